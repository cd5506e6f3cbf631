"""Decisions that come back in the workbook: what each does, once, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import BadInput, Refused
from registry.exchange.decision_sheet import PairKey, read_key
from registry.finding_acts import confirm, dismiss
from registry.models import Decision, Filing, Finding, Registry, UnitAlias
from registry.vocab import DecisionKind, FilingKind, FilingState, NationalState, Review
from tests.conftest import NOW
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from tests.reconcilers.workbooks import (
    DECISION,
    KEY,
    PAIRS,
    carried,
    change,
    fill,
    head_of,
    read,
    sheet_of,
    told,
    written,
    wrong,
)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def planted(county: County, folder: Path, *codes: str) -> Path:
    for code in codes:
        PLANTS[code](county)
    return written(county, folder)


def finding(county: County, code: str) -> Finding:
    return county.session.scalars(select(Finding).where(Finding.code == code)).one()


def filing(county: County) -> Filing:
    return county.session.scalars(select(Filing).order_by(Filing.id.desc()).limit(1)).one()


# --- findings


def test_findings_are_confirmed_dismissed_and_waived(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC308", "RC309", "DU403")
    fill(
        path,
        ("RC308", 1, "确认属实", None, ""),
        ("RC309", 1, "不成立", None, "主办单位挂牌的另一名称"),
        ("DU403", 1, "暂免", datetime(2026, 12, 31), "年底机构改革后再看"),
    )
    result = carried(county, path)
    assert result.faults == []
    assert [detail for _code, _effect, detail in told(result)] == [
        "暂免，至 2026-12-31",
        "已确认",
        "不成立",
    ]
    reviews = {code: finding(county, code).review for code in ("RC308", "RC309", "DU403")}
    assert list(reviews.values()) == [Review.CONFIRMED, Review.DISMISSED, Review.WAIVED]
    assert finding(county, "DU403").waived_until == date(2026, 12, 31)
    assert finding(county, "RC309").events[-1].note == "主办单位挂牌的另一名称"
    assert finding(county, "RC309").events[-1].actor_name == "李静"


def test_a_rename_becomes_a_drafted_change(county: County, tmp_path: Path) -> None:
    path = fill(
        planted(county, tmp_path, "RC308"), ("RC308", 1, "办理变更备案", None, "平台已改名")
    )
    assert told(carried(county, path)) == [("RC308", "filed", "变更：名称“青石融媒发布厅”")]
    made = filing(county)
    assert (made.kind, made.state, made.form) == (
        FilingKind.CHANGE,
        FilingState.DRAFT,
        {"name": "青石融媒发布厅"},
    )
    assert made.reason == "平台已改名"
    assert finding(county, "RC308").review is Review.CONFIRMED


def test_the_ledger_follows_the_national_system_where_a_person_says_so(
    county: County, tmp_path: Path
) -> None:
    county.report("media", name="青石县融媒", host_unit="青石县民政局")
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path)
    form = {"name": "青石县融媒", "host_unit": county.units["青石县民政局"].uid}
    assert filing(county).form == form


def test_a_state_is_not_filed_as_a_change(county: County, tmp_path: Path) -> None:
    county.report("media", state=NationalState.OFFLINE_REQUESTED)
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    assert [text for *_place, text in wrong(carried(county, path))] == [
        "账号状态不能通过变更备案更改。"
    ]


@pytest.mark.parametrize(
    ("code", "decision", "kind"),
    [
        ("RC302", "办理关停备案", FilingKind.STOP),
        ("RC311", "办理注销备案", FilingKind.CANCEL),
        ("RC312", "补办重新启用备案", FilingKind.REOPEN),
        ("RC307", "办理关停备案", FilingKind.STOP),
    ],
)
def test_each_way_out_of_the_ledger_and_back_is_drafted(
    county: County, tmp_path: Path, code: str, decision: str, kind: FilingKind
) -> None:
    path = fill(planted(county, tmp_path, code), (code, 1, decision, None, ""))
    result = carried(county, path)
    assert result.faults == []
    assert (filing(county).kind, filing(county).state) == (kind, FilingState.DRAFT)
    assert filing(county).reason.startswith(code)


@pytest.mark.parametrize("code", ["RC301", "RC305"])
def test_an_account_that_is_not_in_the_ledger_is_drafted_as_an_opening(
    county: County, tmp_path: Path, code: str
) -> None:
    county.unit("青石县水利局")
    path = fill(planted(county, tmp_path, code), (code, 1, "补办开设备案", None, ""))
    assert carried(county, path).faults == []
    made = filing(county)
    assert (made.kind, made.account, made.form["platform"]) == (FilingKind.OPEN, None, "weibo")
    assert made.host_unit and made.host_unit.name.startswith("青石县")


def test_another_name_of_the_host_unit_is_kept_as_its_alias(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC309"), ("RC309", 1, "是主办单位的别名", None, ""))
    assert [effect for _code, effect, _detail in told(carried(county, path))] == ["remembered"]
    assert county.session.scalars(select(UnitAlias.alias)).all() == [
        finding(county, "RC309").facts["outside"]["verified_subject"]
    ]
    assert county.codes(at=NOW + timedelta(days=1)) == []


def test_the_name_of_another_unit_is_no_alias(county: County, tmp_path: Path) -> None:
    county.see("media", display_name="青石融媒", verified_subject="青石县民政局")
    path = fill(written(county, tmp_path), ("RC309", 1, "是主办单位的别名", None, ""))
    assert wrong(carried(county, path)) == [
        ("RC309", 5, DECISION, "青石县民政局是另一个单位的名称：青石县民政局。")
    ]


def test_several_accounts_are_approved_until_a_day(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "DU401")
    fill(path, ("DU401", 1, "批准保留多个", "2027年6月30日", "县政府办批准"))
    assert [effect for _code, effect, _detail in told(carried(county, path))] == ["remembered"]
    kept = county.session.scalars(select(Decision)).one()
    assert (kept.kind, kept.valid_to) == (DecisionKind.DUPLICATE_APPROVED, date(2027, 6, 30))
    assert county.codes(at=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("decision", "review"), [("同一账号", Review.CONFIRMED), ("不是同一账号", Review.DISMISSED)]
)
def test_whether_two_entries_are_one_account_is_remembered(
    county: County, tmp_path: Path, decision: str, review: Review
) -> None:
    path = fill(planted(county, tmp_path, "DU402"), ("DU402", 1, decision, None, ""))
    assert told(carried(county, path)) == [("DU402", "remembered", decision)]
    assert finding(county, "DU402").review is review
    assert carried(county, path).nothing_new


def test_two_entries_that_are_two_accounts_are_never_asked_again(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "DU403"), ("DU403", 1, "不是同一账号", None, ""))
    carried(county, path)
    assert finding(county, "DU403").review is Review.DISMISSED
    assert county.codes(at=NOW + timedelta(days=1)) == []


# --- pairs


def doubtful(county: County, folder: Path) -> Path:
    county.report("agency", identifiers={"uid": "1000000044"})
    county.report("school1", identifiers={"uid": "1000000045"})
    return written(county, folder)


def test_a_pair_is_remembered_and_not_asked_again(county: County, tmp_path: Path) -> None:
    path = fill(doubtful(county, tmp_path), (PAIRS, 1, "同一账号", None, "核对过二维码"))
    assert told(carried(county, path)) == [("", "remembered", "同一账号")]
    kept = county.session.scalars(select(Decision)).one()
    assert (kept.kind, kept.left_key) == (DecisionKind.SAME, county.accounts["school1"].uid)
    assert kept.reason == "核对过二维码"
    assert county.reconcile().review == ()


def test_one_row_cannot_be_two_accounts(county: County, tmp_path: Path) -> None:
    path = doubtful(county, tmp_path)
    other = PairKey(county.accounts["school2"].uid, "outside:national:53010005")

    def copy(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, PAIRS)
        head, columns = head_of(sheet)
        key = read_key(str(sheet.cell(head + 1, columns[KEY]).value))
        assert isinstance(key, PairKey)
        sheet.cell(head + 2, columns[KEY], str(PairKey(other.left, key.right)))
        for row in (head + 1, head + 2):
            sheet.cell(row, columns[DECISION], "同一账号")

    assert wrong(carried(county, change(path, copy))) == [
        (PAIRS, 6, DECISION, "第 5 行已认定为同一账号；只能有一个。")
    ]


# --- twice, late, and by others


def test_carried_out_twice_nothing_more_is_done(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC301", "RC302", "RC304", "RC309", "DU401", "DU403")
    fill(
        path,
        ("RC301", 1, "补办开设备案", None, ""),
        ("RC302", 1, "办理关停备案", None, ""),
        ("RC304", 1, "更正报送系统", None, ""),
        ("RC309", 1, "是主办单位的别名", None, ""),
        ("DU401", 1, "批准保留多个", None, "批准"),
        ("DU403", 1, "暂免", "2026-12-31", "再看"),
    )
    first = carried(county, path)
    assert (first.faults, first.nothing_new) == ([], False)
    assert all(outcome.effect != "nothing" for outcome in first.outcomes)
    filings = county.session.query(Filing).count()
    again = carried(county, path)
    assert (again.faults, again.nothing_new) == ([], True)
    assert county.session.query(Filing).count() == filings
    county.reconcile(at=NOW + timedelta(days=1))
    late = carried(county, path)
    assert (late.faults, late.nothing_new) == ([], True)


def test_a_filing_that_came_to_nothing_is_drafted_anew(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC308"), ("RC308", 1, "办理变更备案", None, ""))
    carried(county, path)
    filing(county).state = FilingState.WITHDRAWN
    county.session.flush()
    assert carried(county, path).outcomes[0].effect == "filed"


def test_a_second_rename_is_filed_though_the_first_was_completed(
    county: County, tmp_path: Path
) -> None:
    county.report("media", name="青石县融媒")
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path)
    done = filing(county)
    done.state = FilingState.COMPLETED
    county.session.flush()
    assert carried(county, path).outcomes[0].effect == "nothing"
    county.report("media", name="青石县融媒中心")
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    assert carried(county, path).outcomes[0].effect == "filed"
    assert filing(county).form == {"name": "青石县融媒中心"}


def test_a_filing_made_by_somebody_else_is_not_made_again(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC308"), ("RC308", 1, "办理变更备案", None, ""))
    county.file("media", FilingKind.CHANGE, FilingState.DRAFT, form={"name": "青石融媒发布厅"})
    assert told(carried(county, path))[0][1:] == (
        "nothing",
        f"已有备案 {filing(county).number}：草稿",
    )


def test_a_row_that_says_something_else_by_now_is_refused(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "更正报送系统", None, ""))
    county.report("school1", name="青石县一中")
    county.reconcile()
    assert wrong(carried(county, path)) == [
        ("RC306", 5, DECISION, "核对表生成之后，该行的内容已有变化。")
    ]


def test_what_is_put_right_by_now_asks_nothing(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "更正报送系统", None, ""))
    county.report("school1", name="青石县第一中学")
    county.reconcile(at=NOW + timedelta(days=1))
    assert told(carried(county, path)) == [("RC306", "nothing", "问题已于 2026-11-23 消除")]


def test_nobody_is_overruled_unawares(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC308"), ("RC308", 1, "确认属实", None, ""))
    later = county.act_for("名称相同")
    later = type(later)(later.actor, NOW + timedelta(hours=1), later.reason)
    dismiss(county.session, finding(county, "RC308"), act=later)
    assert wrong(carried(county, path)) == [
        ("RC308", 5, DECISION, "核对表生成之后，王敏 已作出认定：不成立。")
    ]


def test_who_decided_it_may_change_his_mind(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC308"), ("RC308", 1, "确认属实", None, ""))
    confirm(county.session, finding(county, "RC308"), act=county.act_for(""))
    fill(path, ("RC308", 1, "不成立", None, "看错了"))
    assert carried(county, path, by="王敏", at=NOW + timedelta(hours=2)).faults == []
    assert finding(county, "RC308").review is Review.DISMISSED


def test_a_workbook_of_another_registry_is_refused(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "不成立", None, "误报"))
    own = county.session.scalars(select(Registry).where(Registry.is_self)).one()
    own.uid = "01900000-0000-7000-8000-000000000000"
    county.session.flush()
    with pytest.raises(Refused, match="另一个台账的核对表"):
        carried(county, path)


# --- faults, all at once


def test_every_fault_of_the_file_is_told_at_once(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC301", "RC306", "RC308", "RC309", "DU403", "DU404")
    fill(
        path,
        ("RC301", 1, "同一账号", None, ""),
        ("RC306", 1, "随便", None, ""),
        ("RC308", 1, "暂免", None, "再看"),
        ("RC309", 1, "不成立", None, ""),
        ("DU403", 1, "暂免", "下个月", "再看"),
        ("DU404", 1, "暂免", "2026-11-01", "再看"),
    )
    result = carried(county, path)
    assert [(code, column) for code, _row, column, _text in wrong(result)] == [
        ("DU403", "截止日期（暂免、批准时填）"),
        ("DU404", "截止日期（暂免、批准时填）"),
        ("RC301", DECISION),
        ("RC306", DECISION),
        ("RC308", "截止日期（暂免、批准时填）"),
        ("RC309", "备注（理由）"),
    ]
    assert all(fault.remedy and fault.row == 5 and fault.file for fault in result.faults)


def test_a_row_without_its_key_is_told(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "不成立", None, "误报"))

    def add(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, columns = head_of(sheet)
        sheet.cell(head + 2, columns[DECISION], "不成立")
        sheet.cell(head + 1, columns[KEY], "1.23E+10")

    assert [text for *_place, text in wrong(carried(county, change(path, add)))] == [
        "该行的标识已损坏：1.23E+10。",
        "该行没有标识：可能是新插入的行，或隐藏的“标识”列被删除。",
    ]


def test_any_other_workbook_is_refused(county: County, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(BadInput, match="不是核对表"):
        read(tmp_path / "other.xlsx")


# --- what spreadsheets do to it


def test_rows_may_be_sorted_deleted_copied_and_sheets_renamed(
    county: County, tmp_path: Path
) -> None:
    for key in ("school1", "school2", "pension"):
        county.report(key, name=county.accounts[key].name + "甲")
    path = fill(
        written(county, tmp_path),
        ("RC306", 1, "不成立", None, "甲"),
        ("RC306", 3, "更正报送系统", None, ""),
    )
    before = {row.key: row.choice for row in read(path).rows}

    def shuffle(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, _columns = head_of(sheet)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
        for number, values in enumerate([rows[2], rows[0], rows[0]], start=head + 1):
            for column, value in enumerate(values, start=1):
                sheet.cell(number, column, value)
        sheet.title = "王芳核对"
        for other in book.sheetnames[:1]:
            del book[other]

    assert {row.key: row.choice for row in read(change(path, shuffle)).rows} == before


def test_cells_sorted_without_the_hidden_key_are_refused(county: County, tmp_path: Path) -> None:
    for key in ("school1", "school2"):
        county.report(key, name=county.accounts[key].name + "甲")
    path = fill(written(county, tmp_path), ("RC306", 1, "不成立", None, "甲"))

    def sort_what_is_seen(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, columns = head_of(sheet)
        for column in range(1, min(columns.values())):
            above, below = (sheet.cell(head + number, column) for number in (1, 2))
            above.value, below.value = below.value, above.value

    (fault,) = wrong(carried(county, change(path, sort_what_is_seen)))
    assert fault[2] == KEY and "青石县第一中学" in fault[3] and "青石县第二中学" in fault[3]


def test_a_key_copied_to_another_row_is_refused(county: County, tmp_path: Path) -> None:
    for key in ("school1", "school2"):
        county.report(key, name=county.accounts[key].name + "甲")
    cells = [("RC306", number, "不成立", None, "甲") for number in (1, 2)]
    path = fill(written(county, tmp_path), *cells)

    def copy_key(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, columns = head_of(sheet)
        sheet.cell(head + 2, columns[KEY], sheet.cell(head + 1, columns[KEY]).value)

    assert [fault[1:3] for fault in wrong(carried(county, change(path, copy_key)))] == [
        (head_of(sheet_of(openpyxl.load_workbook(path), "RC306"))[0] + 2, KEY)
    ]


@pytest.mark.parametrize("until", [46387, 46387.0, "2026/12/31", "20261231", date(2026, 12, 31)])
def test_days_and_numbers_come_back_as_they_were_meant(
    county: County, tmp_path: Path, until: object
) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "暂免", until, ""))
    change(path, lambda book: numbered(book, 20261231))
    row = read(path).rows[0]
    assert (row.until, row.remark) == (date(2026, 12, 31), "20261231")


def numbered(book: openpyxl.Workbook, number: int) -> None:
    sheet = sheet_of(book, "RC306")
    head, columns = head_of(sheet)
    sheet.cell(head + 1, columns["备注（理由）"], number)


def test_a_remark_without_a_decision_is_counted(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "", None, "问过了"))
    assert (read(path).rows, read(path).idle) == ([], 1)


# --- what the next upload makes of it


def uploaded(county: County) -> list[tuple[str, str, str]]:
    """(act, name, state) of each row to upload."""
    rows = county.reconcile(at=NOW + timedelta(hours=3)).upload_rows
    return [(row.act.value, row.entry.name, row.entry.state.value) for row in rows]


def test_a_row_there_that_is_nobody_s_is_taken_offline(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC305"), ("RC305", 1, "报送系统申请下线", None, ""))
    assert uploaded(county) == []
    carried(county, path)
    assert uploaded(county) == [("offline", "青石水利", "offline_requested")]
    assert finding(county, "RC305").review is Review.CONFIRMED
    assert carried(county, path).nothing_new


def test_an_account_s_second_row_is_taken_offline_and_asked_about_no_more(
    county: County, tmp_path: Path
) -> None:
    county.national["again"] = replace(county.national["media"], national_code="53019999")
    path = fill(written(county, tmp_path), (PAIRS, 1, "报送系统申请下线", None, ""))
    assert carried(county, path).faults == []
    assert uploaded(county) == [("offline", "青石融媒", "offline_requested")]
    after = county.reconcile(at=NOW + timedelta(hours=4))
    assert (after.counts, after.review) == ({}, ())
    county.report("again", state=NationalState.OFFLINE_REQUESTED)
    assert uploaded(county) == []


def test_what_the_ledger_is_to_follow_is_not_uploaded(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC306")
    assert [act for act, _name, _state in uploaded(county)] == ["change"]
    fill(path, ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path)
    result = county.reconcile(at=NOW + timedelta(hours=3))
    assert (result.upload_rows, [row.codes for row in result.held]) == ((), [("RC306",)])
    filing(county).state = FilingState.WITHDRAWN
    assert [act for act, _name, _state in uploaded(county)] == ["change"]
