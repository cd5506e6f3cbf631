"""Decisions that come back in the workbook: what each does, once, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import approve_duplicate, decide, load_decisions
from registry.dates import shanghai_date
from registry.errors import BadInput, Refused
from registry.exchange.decision_sheet import PairKey, read_key
from registry.exchange.national_template import NationalEntry
from registry.findings.acts import confirm, dismiss
from registry.findings.rows import finding_card
from registry.models import Decision, Filing, Finding, Registry, UnitAlias
from registry.units.acts import add_alias
from registry.vocab import (
    AccountState,
    CheckKind,
    DecisionKind,
    FilingKind,
    FilingState,
    NationalState,
    Review,
    Verdict,
)
from tests.conftest import NOW
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from tests.reconcilers.workbooks import (
    DECISION,
    FIELDS,
    KEEP,
    KEY,
    NOTICE,
    PAIRS,
    UNTIL,
    carried,
    change,
    fill,
    fill_cell,
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


def test_a_day_that_the_decision_makes_no_use_of_is_told(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC306")
    fill(path, ("RC306", 1, "更正报送系统", datetime(2026, 12, 31), ""))
    result = carried(county, path)
    assert result.faults == []
    assert [(each.row, each.column, each.message) for each in result.notes] == [
        (5, UNTIL, "“更正报送系统”用不到这一栏，所填“2026-12-31”未采用。")
    ]


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


def test_an_account_that_another_run_is_opening_is_not_opened_again(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC301"](county)
    path = fill(written(county, tmp_path), ("RC301", 1, "补办开设备案", None, ""))
    (first,) = carried(county, path).outcomes
    county.national["extra"] = NationalEntry(
        *("weibo", "青石交警大队"),
        host_unit="青石县公安局",
        identifiers={"uid": "1000000099"},
        state=NationalState.LIVE,
        number=9,
    )
    path = fill(written(county, tmp_path), ("RC305", 1, "补办开设备案", None, ""))
    (second,) = carried(county, path).outcomes
    assert (second.effect.value, second.filing) == ("nothing", first.filing)
    assert second.detail == f"已有备案 {first.filing}：草稿"


def test_a_namesake_with_another_id_is_opened_beside_it(county: County, tmp_path: Path) -> None:
    for code, uid in (("1", "1000000091"), ("2", "1000000092")):
        county.national[code] = NationalEntry(
            *("weibo", "青石交警"),
            host_unit="青石县公安局",
            identifiers={"uid": uid},
            state=NationalState.LIVE,
            national_code=f"5301999{code}",
        )
    path = written(county, tmp_path)
    carried(county, fill(path, ("RC305", 1, "补办开设备案", None, "")))
    (second,) = carried(county, fill(path, ("RC305", 2, "补办开设备案", None, ""))).outcomes[1:]
    assert second.effect.value == "filed"


def test_two_rows_with_one_id_are_opened_once(county: County, tmp_path: Path) -> None:
    for name in ("青石公交", "青石公交集团"):
        county.national[name] = NationalEntry(
            "weibo",
            name,
            host_unit="青石县融媒体中心",
            identifiers={"uid": "1000000077"},
            state=NationalState.LIVE,
            number=50 + len(name),
        )
    path = planted(county, tmp_path)
    notes = [d.note for d in county.reconcile().differences if d.code == "RC305"]
    assert len(notes) == 2 and all("同一" in note for note in notes)
    assert "青石公交集团" in "".join(notes)
    both = [("RC305", n, "补办开设备案", None, "") for n in (1, 2)]
    (fault,) = carried(county, fill(path, *both)).faults
    assert "1000000077" in fault.message and "只能有一个" in fault.remedy


def test_another_name_of_the_host_unit_is_kept_as_its_alias(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC309"), ("RC309", 1, "是主办单位的别名", None, ""))
    assert [effect for _code, effect, _detail in told(carried(county, path))] == ["remembered"]
    assert county.session.scalars(select(UnitAlias.alias)).all() == [
        finding(county, "RC309").facts["outside"]["verified_subject"]
    ]
    assert county.codes(at=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("decision", "review"), [("确认属实", Review.CONFIRMED), ("不成立", Review.DISMISSED)]
)
def test_a_name_decided_otherwise_is_taken_from_the_unit_again(
    county: County, tmp_path: Path, decision: str, review: Review
) -> None:
    path = fill(planted(county, tmp_path, "RC309"), ("RC309", 1, "是主办单位的别名", None, ""))
    carried(county, path)
    fill(path, ("RC309", 1, decision, None, "另一家单位"))
    ((_code, effect, detail),) = told(carried(county, path))
    assert effect == "reviewed" and "不再是青石县融媒体中心的别名" in detail
    assert county.session.scalars(select(UnitAlias.alias)).all() == []
    assert finding(county, "RC309").review is review
    assert carried(county, path).nothing_new
    county.reconcile(at=NOW + timedelta(days=1))
    assert finding(county, "RC309").ended_at is None


def test_a_name_decided_otherwise_after_the_next_run_is_taken_back_too(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "RC309"), ("RC309", 1, "是主办单位的别名", None, ""))
    carried(county, path)
    assert county.codes(at=NOW + timedelta(days=1)) == []
    fill(path, ("RC309", 1, "确认属实", None, ""))
    ((_code, effect, detail),) = told(carried(county, path))
    assert effect == "remembered" and "不再是" in detail and "；问题已于" in detail
    assert county.codes(at=NOW + timedelta(days=2)) == ["RC309"]


def test_a_name_that_people_gave_the_unit_otherwise_stays(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC309")
    name = finding(county, "RC309").facts["outside"]["verified_subject"]
    unit = county.unit("青石县融媒体中心")
    add_alias(county.session, unit, name, act=county.act, effective_on=date(2026, 11, 1))
    carried(county, fill(path, ("RC309", 1, "确认属实", None, "")))
    assert county.session.scalars(select(UnitAlias.alias)).all() == [name]


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


@pytest.mark.parametrize("until", [None, "2027年6月30日"])
def test_an_exception_decided_otherwise_is_withdrawn(
    county: County, tmp_path: Path, until: str | None
) -> None:
    path = planted(county, tmp_path, "DU401")
    carried(county, fill(path, ("DU401", 1, "批准保留多个", until, "县政府办批准")))
    fill(path, ("DU401", 1, "确认属实", None, "批准有误"))
    ((_code, effect, detail),) = told(carried(county, path))
    assert (effect, detail) == ("reviewed", "已撤销批准；已确认")
    assert finding(county, "DU401").review is Review.CONFIRMED
    assert carried(county, path).nothing_new
    assert county.codes(at=NOW + timedelta(days=1)) == ["DU401"]


def test_an_exception_made_elsewhere_is_not_withdrawn_by_a_row(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "DU401")
    unit = county.unit("青石县融媒体中心")
    approve_duplicate(county.session, unit.uid, "weibo", "", None, county.act)
    result = carried(county, fill(path, ("DU401", 1, "确认属实", None, "")))
    (fault,) = result.faults
    assert "批准保留多个" in fault.message and "--withdraw" in fault.remedy


def test_two_entries_that_are_two_accounts_end_the_matter(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "DU402"), ("DU402", 1, "不是同一账号", None, ""))
    assert told(carried(county, path)) == [("DU402", "remembered", "不是同一账号")]
    assert finding(county, "DU402").review is Review.DISMISSED
    assert carried(county, path).nothing_new


def test_of_one_account_entered_twice_the_second_entry_is_drafted_to_go(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "DU402"), ("DU402", 1, "同一账号", None, ""))
    ((code, effect, detail),) = told(carried(county, path))
    assert (code, effect) == ("DU402", "filed")
    assert detail.startswith("同一账号；保留：1 青石县第一中学 1000000003") and "重复登记" in detail
    made = filing(county)
    assert (made.kind, made.state) == (FilingKind.CANCEL, FilingState.DRAFT)
    assert made.account is county.accounts["again"]
    assert finding(county, "DU402").review is Review.CONFIRMED
    assert carried(county, path).nothing_new
    (found,) = [d for d in county.reconcile().differences if d.code == "DU402"]
    assert "已认定为同一账号" in found.action and made.number in found.action
    again = written(county, tmp_path)
    carried(county, fill(again, ("DU402", 1, "不是同一账号", None, "核实过，是两个")))
    assert made.state is FilingState.WITHDRAWN


def test_how_another_entry_than_the_suggested_one_is_kept_is_told(county: County) -> None:
    PLANTS["DU402"](county)
    [found] = [each for each in county.reconcile().differences if each.code == "DU402"]
    assert "`taizhang filing cancel 账号 --cause 重复登记`" in found.action


def test_the_account_to_keep_may_be_typed_as_it_is_called(county: County, tmp_path: Path) -> None:
    PLANTS["DU402"](county)
    county.accounts["again"].name = "@青石县第一中学"
    path = fill(written(county, tmp_path), ("DU402", 1, "同一账号", None, ""))
    assert carried(county, fill_cell(path, "DU402", 1, KEEP, "@青石县第一中学")).faults == []
    assert filing(county).account is county.accounts["school1"]


def test_a_typed_name_that_reads_like_both_accounts_asks_for_the_number(
    county: County, tmp_path: Path
) -> None:
    PLANTS["DU402"](county)
    county.accounts["again"].name = "@青石县第一中学"
    path = fill(written(county, tmp_path), ("DU402", 1, "同一账号", None, ""))
    (fault,) = carried(county, fill_cell(path, "DU402", 1, KEEP, "＠青石县第一中学")).faults
    assert (fault.column, "像是本行的几个账号" in fault.message) == (KEEP, True)
    assert "请填 1 或 2：" in fault.remedy


def test_the_entry_that_was_entered_first_may_be_the_one_that_goes(
    county: County, tmp_path: Path
) -> None:
    PLANTS["DU402"](county)
    county.accounts["again"].followers = 50_000
    path = fill(written(county, tmp_path), ("DU402", 1, "同一账号", None, ""))
    carried(county, path)
    assert filing(county).account is county.accounts["school1"]
    (found,) = [d for d in county.reconcile().differences if d.code == "DU402"]
    assert filing(county).number in found.action


def test_an_entry_cancelled_as_the_second_is_no_handle_that_came_back(county: County) -> None:
    PLANTS["DU402"](county)
    again = county.accounts["again"]
    for state, cause in (("entered_twice", []), ("seized", ["RC312"])):
        again.state = AccountState.CLOSED
        day = date(2026, 11, 1)
        county.file(
            "again",
            FilingKind.CANCEL,
            FilingState.COMPLETED,
            form={"cause": state},
            effective_on=day,
        )
        county.see(
            "again",
            display_name="青石县一中",
            verified_subject="青石县第一中学",
            kind=CheckKind.HANDLE,
        )
        assert [code for code in county.codes() if code == "RC312"] == cause


def test_two_entries_that_are_two_accounts_are_never_asked_again(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "DU403"), ("DU403", 1, "不是同一账号", None, ""))
    carried(county, path)
    assert finding(county, "DU403").review is Review.DISMISSED
    result = county.reconcile(at=NOW + timedelta(days=1))
    (standing,) = [result.standings[each.identity] for each in result.differences]
    assert (standing.review, result.review) == (Review.DISMISSED, ())


def test_that_two_alike_are_two_accounts_is_taken_back_in_the_next_workbook(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "DU403"), ("DU403", 1, "不是同一账号", None, ""))
    carried(county, path)
    again = fill(written(county, tmp_path), ("DU403", 1, "确认属实", None, "名称确实易混"))
    ((code, effect, detail),) = told(carried(county, again))
    assert (code, effect) == ("DU403", "reviewed")
    assert "不再认定" in detail and "不是同一账号" in detail
    assert finding(county, "DU403").review is Review.CONFIRMED
    assert load_decisions(county.session, shanghai_date(NOW)).pairs == {}
    assert county.codes() == ["DU403"]
    back = fill(written(county, tmp_path), ("DU403", 1, "不是同一账号", None, "再次核实"))
    assert told(carried(county, back)) == [
        ("DU403", "remembered", "不是同一账号；原为：已确认（李静，2026-11-22）")
    ]
    assert finding(county, "DU403").review is Review.DISMISSED


def test_two_accounts_told_apart_on_the_terminal_are_no_row_of_the_workbook(
    county: County,
) -> None:
    PLANTS["DU403"](county)
    one, other = county.accounts["media"].uid, county.accounts["alike"].uid
    decide(county.session, DecisionKind.NOT_SAME, one, other, county.act)
    assert county.codes() == []


# --- one of several accounts, one of several fields, a notice


def test_the_suggested_account_is_kept_and_the_others_are_stopped(
    county: County, tmp_path: Path
) -> None:
    county.account("third", "青石融媒三号", "青石县融媒体中心", identifiers={"uid": "1000000023"})
    path = planted(county, tmp_path, "DU401")
    kept, word = (finding(county, "DU401").facts[key] for key in ("ledger", "words"))
    kept, word = kept["name"], word[0]
    fill(path, ("DU401", 1, "保留建议的、其余办理关停备案", None, "按一家一号清理"))
    result = carried(county, path)
    assert result.faults == []
    names = {"青石融媒", "青石融媒视界", "青石融媒三号"} - {kept}
    assert {(one.name, one.effect.value, one.detail) for one in result.outcomes} == {
        (name, "filed", f"保留：{word}；关停；提交前还缺：停更日期 (--stop-on YYYY-MM-DD)")
        for name in names
    }
    made = county.session.scalars(select(Filing).where(Filing.kind == FilingKind.STOP)).all()
    assert {each.account.name for each in made if each.account} == names
    assert {(each.state, each.reason) for each in made} == {(FilingState.DRAFT, "按一家一号清理")}
    assert carried(county, path).nothing_new
    assert len(county.session.scalars(select(Filing)).all()) == 2


def test_another_account_than_the_suggested_one_is_kept_where_it_is_chosen(
    county: County, tmp_path: Path
) -> None:
    county.account("third", "青石融媒三号", "青石县融媒体中心", identifiers={"uid": "1000000023"})
    path = planted(county, tmp_path, "DU401")
    suggested, _second, third = finding(county, "DU401").facts["words"]
    assert "建议保留" in suggested and third == "3 青石融媒三号 1000000023"
    fill(path, ("DU401", 1, "保留一个、其余办理关停备案", None, "按一家一号清理"))
    result = carried(county, fill_cell(path, "DU401", 1, KEEP, third))
    assert result.faults == []
    assert {(one.name, one.detail.partition("；")[0]) for one in result.outcomes} == {
        (name, "保留：3 青石融媒三号 1000000023") for name in ("青石融媒", "青石融媒视界")
    }
    assert carried(county, path).nothing_new
    carried(county, fill_cell(path, "DU401", 1, KEEP, "1"))
    made = county.session.scalars(select(Filing).where(Filing.kind == FilingKind.STOP)).all()
    assert {each.account.name: each.state.value for each in made if each.account} == {
        "青石融媒": "draft",
        "青石融媒视界": "withdrawn",
        "青石融媒三号": "draft",
    }


def test_the_accounts_of_the_row_are_offered_in_its_drop_down(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "DU401")
    sheet = sheet_of(openpyxl.load_workbook(path), "DU401")
    head, columns = head_of(sheet)
    at = f"{sheet.cell(head + 1, columns[KEEP]).coordinate}"
    (offered,) = [v.formula1 for v in sheet.data_validations.dataValidation if at in v.sqref]
    assert offered.strip('"').split(",") == finding(county, "DU401").facts["words"]


@pytest.mark.parametrize(
    ("decision", "keep", "message"),
    [
        ("保留一个、其余办理关停备案", "9 没有的账号", "“9 没有的账号”不是本行的账号"),
        ("保留一个、其余办理关停备案", "2 青石融媒", "“2 青石融媒”不是本行的账号"),
        ("确认属实", "1", "没有保留其中一个"),
    ],
)
def test_a_wrong_account_to_keep_is_one_fault_with_its_place(
    county: County, tmp_path: Path, decision: str, keep: str, message: str
) -> None:
    path = fill(planted(county, tmp_path, "DU401"), ("DU401", 1, decision, None, ""))
    result = carried(county, fill_cell(path, "DU401", 1, KEEP, keep))
    ((sheet, row, column, said),) = wrong(result)
    assert (sheet, column) == ("DU401", KEEP) and row is not None and message in said


def test_an_account_that_closed_since_is_not_kept(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "DU401")
    fill(path, ("DU401", 1, "保留一个、其余办理关停备案", None, ""))
    county.accounts["media"].state = AccountState.CLOSED
    [fault] = carried(county, fill_cell(path, "DU401", 1, KEEP, "2")).faults
    assert "青石融媒已不在用" in fault.message and fault.column == KEEP


def three_entries(county: County, folder: Path) -> Path:
    PLANTS["DU402"](county)
    uid = {"uid": "1000000003"}
    county.account(
        "more", "青石县一中", "青石县第一中学", identifiers=uid, disputed=["uid"], reported=None
    )
    rows = [("DU402", number, "同一账号", None, "") for number in (1, 2)]
    return fill(written(county, folder), *rows)


@pytest.mark.parametrize("kept", ["school1", "again", "more"])
def test_of_three_entries_the_chosen_one_stays(county: County, tmp_path: Path, kept: str) -> None:
    path = three_entries(county, tmp_path)
    for number, entry in enumerate(of_code(county, "DU402"), start=1):
        facts, uid = entry.facts, county.accounts[kept].uid
        word = facts["words"][facts["accounts"].index(uid)]
        fill_cell(path, "DU402", number, KEEP, word)
    result = carried(county, path)
    assert result.faults == []
    gone = {each.account for each in county.session.scalars(select(Filing))}
    entries = {county.accounts[key] for key in ("school1", "again", "more")}
    assert gone == entries - {county.accounts[kept]}


def test_two_rows_that_keep_different_entries_contradict_each_other(
    county: County, tmp_path: Path
) -> None:
    path = three_entries(county, tmp_path)
    first, second = of_code(county, "DU402")
    fill_cell(path, "DU402", 1, KEEP, _word_of(first, first.subject_uid))
    fill_cell(path, "DU402", 2, KEEP, _word_of(second, second.discriminator))
    [(sheet, _row, column, said)] = wrong(carried(county, path))
    assert (sheet, column) == ("DU402", KEEP) and "相反" in said


def of_code(county: County, code: str) -> list[Finding]:
    """The findings of a code in the order of their rows in the workbook."""
    rows = [each.identity for each in county.reconcile().differences if each.code == code]
    stored = county.session.scalars(select(Finding).where(Finding.code == code)).all()
    by_subject = {each.subject_uid: each for each in stored}
    return [by_subject[identity.subject_uid] for identity in rows]


def _word_of(found: Finding, uid: str) -> str:
    return str(found.facts["words"][found.facts["accounts"].index(uid)])


def test_accounts_that_nothing_tells_apart_are_told_apart_in_the_list(county: County) -> None:
    PLANTS["DU402"](county)
    [found] = [each for each in county.reconcile().differences if each.code == "DU402"]
    assert len(set(found.words)) == 2
    assert [word[0] for word in found.words] == ["1", "2"]


def test_of_equals_one_is_chosen_and_the_others_are_stopped(county: County, tmp_path: Path) -> None:
    county.account("second", "青石融媒视界", "青石县融媒体中心", identifiers={"uid": "1000000021"})
    path = planted(county, tmp_path)
    fill(path, ("DU401", 1, "保留建议的、其余办理关停备案", None, "按一家一号清理"))
    carried(county, fill_cell(path, "DU401", 1, KEEP, "2"))
    assert filing(county).account is county.accounts["media"]


def test_of_equals_none_is_suggested_and_the_others_are_not_stopped(
    county: County, tmp_path: Path
) -> None:
    county.account("second", "青石融媒视界", "青石县融媒体中心", identifiers={"uid": "1000000021"})
    path = planted(county, tmp_path)
    [found] = county.reconcile().differences
    assert found.code == "DU401" and "建议保留" not in found.note and "自行选定" in found.note
    assert "`taizhang filing stop 账号`" in found.action
    fill(path, ("DU401", 1, "保留建议的、其余办理关停备案", None, "按一家一号清理"))
    (fault,) = carried(county, path).faults
    assert "无法区分" in fault.message and fault.column == KEEP
    assert "1 " in fault.remedy and "2 " in fault.remedy
    assert county.session.scalars(select(Filing).where(Filing.kind == FilingKind.STOP)).all() == []


def test_an_exception_takes_the_drafted_stops_back(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "DU401")
    carried(county, fill(path, ("DU401", 1, "保留一个、其余办理关停备案", None, "")))
    fill(path, ("DU401", 1, "批准保留多个", None, "县政府批准"))
    assert carried(county, path).faults == []
    assert filing(county).state is FilingState.WITHDRAWN


def two_fields(county: County, folder: Path) -> Path:
    county.report("media", name="青石县融媒", host_unit="青石县民政局")
    return fill(written(county, folder), ("RC306", 1, "办理变更备案", None, ""))


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("账号名称", {"name"}),
        ("名称", {"name"}),
        ("主办单位", {"host_unit"}),
        ("主办单位、账号名称", {"host_unit", "name"}),
        ("Host unit", {"host_unit"}),
        ("", {"host_unit", "name"}),
    ],
)
def test_the_ledger_follows_in_the_fields_that_are_named(
    county: County, tmp_path: Path, words: str, form: set[str]
) -> None:
    path = fill_cell(two_fields(county, tmp_path), "RC306", 1, FIELDS, words)
    ((_code, effect, detail),) = told(carried(county, path))
    assert (effect, set(filing(county).form)) == ("filed", form)
    assert ("以台账为准" in detail) is (len(form) == 1)
    assert carried(county, path).nothing_new


def test_a_draft_of_other_fields_is_drafted_anew(county: County, tmp_path: Path) -> None:
    path = two_fields(county, tmp_path)
    carried(county, path)
    first = filing(county)
    result = carried(county, fill_cell(path, "RC306", 1, FIELDS, "名称"))
    assert (result.faults, first.state) == ([], FilingState.WITHDRAWN)
    assert filing(county).form == {"name": "青石县融媒"}
    assert carried(county, path).nothing_new


@pytest.mark.parametrize(
    ("decision", "words", "message"),
    [
        ("办理变更备案", "链接、粉丝数", "两边没有不同的栏目：粉丝数、链接。"),
        ("更正报送系统", "名称", "填了以报送系统为准的栏目，但没有选办理变更备案。"),
    ],
)
def test_fields_that_are_none_of_the_row_are_refused(
    county: County, tmp_path: Path, decision: str, words: str, message: str
) -> None:
    path = fill_cell(two_fields(county, tmp_path), "RC306", 1, FIELDS, words)
    fill(path, ("RC306", 1, decision, None, ""))
    (fault,) = wrong(carried(county, path))
    assert fault[2:] == (FIELDS, message)


@pytest.mark.parametrize("words", ["", "账号名称、主办单位层级", "账号名称"])
def test_what_no_filing_changes_is_left_and_told_beside_what_is_filed(
    county: County, tmp_path: Path, words: str
) -> None:
    county.report("media", name="青石县融媒", fields={"host_level": "市级"})
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    result = carried(county, fill_cell(path, "RC306", 1, FIELDS, words))
    ((_code, effect, detail),) = told(result)
    assert (effect, filing(county).form) == ("filed", {"name": "青石县融媒"})
    assert "主办单位层级" in detail and "台账" in detail and "host_level" not in detail
    assert carried(county, path).nothing_new


def test_a_field_that_no_filing_changes_is_refused_alone_in_the_sheet_s_own_words(
    county: County, tmp_path: Path
) -> None:
    county.report("media", name="青石县融媒", fields={"host_level": "市级"})
    path = fill(written(county, tmp_path), ("RC306", 1, "办理变更备案", None, ""))
    (fault,) = carried(county, fill_cell(path, "RC306", 1, FIELDS, "主办单位层级")).faults
    assert (fault.column, "变更备案" in fault.message) == (FIELDS, True)
    assert "账号名称" in fault.remedy and "host_level" not in f"{fault.message}{fault.remedy}"
    (fault,) = carried(county, fill_cell(path, "RC306", 1, FIELDS, "链接")).faults
    assert fault.remedy == "本行不同的栏目是：账号名称、主办单位层级。"


def test_the_link_of_a_notice_is_recorded_from_the_workbook(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC310"), ("RC310", 1, "登记公告链接", None, ""))
    (fault,) = wrong(carried(county, path))
    assert fault[2:] == (NOTICE, "未填写公告链接。")
    (fault,) = wrong(carried(county, fill_cell(path, "RC310", 1, NOTICE, "见政府网站")))
    assert fault[2] == NOTICE
    url = "https://www.qingshi.example/notice/1.html"
    result = carried(county, fill_cell(path, "RC310", 1, NOTICE, url))
    assert told(result) == [("RC310", "remembered", f"2026-07-01 主办单位变更的公告：{url}")]
    assert carried(county, path).nothing_new
    assert county.codes(at=NOW + timedelta(hours=1)) == []
    assert finding(county, "RC310").ended_at is not None


def test_the_filing_that_waits_for_the_notice_gets_it_and_names_the_finding(
    county: County, tmp_path: Path
) -> None:
    host = county.unit("青石县教育局")
    filing = county.file(
        *("school1", FilingKind.CHANGE, FilingState.APPROVED),
        form={"host_unit": host.uid},
        effective_on=date(2026, 11, 16),
    )
    path = fill(written(county, tmp_path), ("RC310", 1, "登记公告链接", None, ""))
    url = "https://www.qingshi.example/notice/1.html"
    (outcome,) = carried(county, fill_cell(path, "RC310", 1, NOTICE, url)).outcomes
    assert outcome.detail.endswith(f"已写入备案 {filing.number}（已批准）")
    assert (filing.notice_url, filing.state) == (url, FilingState.APPROVED)
    assert [(step.act, step.note) for step in filing.steps] == [
        ("notice", "RC310 主办单位变化未公告；依据：国办发〔2018〕123号")
    ]


def test_the_fields_are_called_as_the_workbook_calls_them(county: County) -> None:
    from registry.exchange.decision_sheet import fields_of
    from registry.messages import set_language
    from registry.vocab import Lang
    from reports.fields import field_title

    names = (
        *("host_unit", "name", "form", "identifier", "verified_subject", "url", "state"),
        *("host_level", "region_code", "supervising_unit"),
    )
    try:
        for lang in Lang:
            set_language(lang)
            assert [fields_of(field_title(name)) for name in names] == [([n], []) for n in names]
    finally:
        set_language(Lang.ZH)


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
        (PAIRS, 7, DECISION, "第 6 行已认定为同一账号；只能有一个。")
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


def reopened_here_and_there(county: County, folder: Path) -> Path:
    """A closed account that posts again, filled in to be re-opened on both its sheets."""
    PLANTS["RC312"](county)
    (key,) = (k for k, a in county.accounts.items() if a.state is AccountState.CLOSED)
    county.report(key, state=NationalState.LIVE, url="https://weibo.com/qingshi")
    path = written(county, folder)
    cells = [(code, 1, "补办重新启用备案", None, "") for code in ("RC303", "RC312")]
    return fill(path, *cells)


def test_one_draft_serves_both_rows_of_one_account(county: County, tmp_path: Path) -> None:
    path = reopened_here_and_there(county, tmp_path)
    result = carried(county, path)
    (made,) = county.session.query(Filing).filter(Filing.kind == FilingKind.REOPEN)
    assert made.form["url"] == "https://weibo.com/qingshi"
    said = {row.code: row for row in result.outcomes}
    assert [said[code].effect for code in ("RC303", "RC312")] == ["filed", "reviewed"]
    assert "一并办理" in said["RC312"].detail and said["RC312"].filing == made.number
    assert {finding(county, code).review for code in said} == {Review.CONFIRMED}
    assert carried(county, path).nothing_new


def test_a_draft_that_serves_two_rows_goes_with_the_last_of_them(
    county: County, tmp_path: Path
) -> None:
    path = reopened_here_and_there(county, tmp_path)
    carried(county, path)
    for code, state in (("RC312", FilingState.DRAFT), ("RC303", FilingState.WITHDRAWN)):
        assert carried(county, fill(path, (code, 1, "不成立", None, "看错了"))).faults == []
        (made,) = county.session.query(Filing).filter(Filing.kind == FilingKind.REOPEN)
        assert made.state is state


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
        (
            "RC308",
            5,
            DECISION,
            "王敏 已于 2026-11-22 10:00（核对表生成之后）另作认定：不成立。",
        )
    ]


LATER = NOW + timedelta(hours=1)


def test_an_older_workbook_overrules_nobody_whatever_it_decides(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "RC305", "RC306")
    newer = (
        ("RC305", 1, "不成立", None, "另有单位主办"),
        ("RC306", 1, "更正报送系统", None, ""),
    )
    assert carried(county, fill(path, *newer), at=LATER).faults == []
    older = (
        ("RC305", 1, "报送系统申请下线", None, ""),
        ("RC306", 1, "办理变更备案", None, ""),
    )
    result = carried(county, fill(path, *older), by="王敏", at=LATER + timedelta(hours=1))
    assert [(code, text.split("：")[1]) for code, _row, _column, text in wrong(result)] == [
        ("RC305", "不成立。"),
        ("RC306", "更正报送系统。"),
    ]
    assert all("李静 已于 2026-11-22" in text for *_place, text in wrong(result))
    assert finding(county, "RC305").review is Review.DISMISSED
    assert county.session.scalars(select(Filing)).all() == []


def test_a_draft_of_another_person_is_not_withdrawn_by_an_older_workbook(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path, at=LATER)
    fill(path, ("RC306", 1, "更正报送系统", None, ""))
    result = carried(county, path, by="王敏", at=LATER + timedelta(hours=1))
    assert [text.split("：")[1] for *_place, text in wrong(result)] == ["变更备案 2026-0001。"]
    assert filing(county).state is FilingState.DRAFT


def test_who_says_the_same_as_another_overrules_nobody(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC305", "RC306")
    fill(
        path,
        ("RC305", 1, "报送系统申请下线", None, ""),
        ("RC306", 1, "办理变更备案", None, ""),
    )
    carried(county, path, at=LATER)
    again = carried(county, path, by="王敏", at=LATER + timedelta(hours=1))
    assert (again.faults, again.nothing_new) == ([], True)


def test_who_takes_back_his_own_later_decision_is_told(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC307"), ("RC307", 1, "不成立", None, "看错了"))
    carried(county, path, at=LATER)
    fill(path, ("RC307", 1, "更正报送系统", None, ""))
    result = carried(county, path, at=LATER + timedelta(hours=1))
    assert result.faults == []
    assert [(each.row, each.message) for each in result.notes] == [
        (5, "这份核对表早于您本人 2026-11-22 10:00 的认定（不成立），将以表中的为准。")
    ]
    assert told(result) == [("RC307", "reviewed", "已确认；原为：不成立（李静，2026-11-22）")]


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


# --- another mind, after a filing was drafted


@pytest.mark.parametrize(
    ("decision", "remark", "review"),
    [("更正报送系统", "", Review.CONFIRMED), ("不成立", "没有改名", Review.DISMISSED)],
)
def test_another_decision_takes_its_draft_back(
    county: County, tmp_path: Path, decision: str, remark: str, review: Review
) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path)
    draft = filing(county)
    fill(path, ("RC306", 1, decision, None, remark))
    ((_code, effect, detail),) = told(carried(county, path))
    said = {Review.CONFIRMED: "已确认", Review.DISMISSED: "不成立"}[review]
    assert (effect, detail) == ("reviewed", f"撤回备案草稿 {draft.number}；{said}")
    assert draft.state is FilingState.WITHDRAWN
    assert (draft.steps[-1].actor_name, draft.steps[-1].note) == ("李静", remark or decision)
    county.session.expire_all()
    stored = finding(county, "RC306")
    assert stored.review is review
    assert "unfiled" in [event.act for event in stored.events]
    assert carried(county, path).nothing_new
    acts = [act for act, _name, _state in uploaded(county)]
    assert acts == (["change"] if review is Review.CONFIRMED else [])


def test_a_filing_that_was_handed_in_is_for_people_to_take_back(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "RC306"), ("RC306", 1, "办理变更备案", None, ""))
    carried(county, path)
    filing(county).state = FilingState.SUBMITTED
    county.session.flush()
    fill(path, ("RC306", 1, "更正报送系统", None, ""))
    result = carried(county, path)
    number = filing(county).number
    assert [text for *_place, text in wrong(result)] == [
        f"由该行起草的备案 {number} 现为“已提交”，与这一决定不符。"
    ]
    assert f"taizhang filing withdraw {number}" in result.faults[0].remedy


def test_a_confirmed_finding_keeps_its_filing_and_names_it(county: County, tmp_path: Path) -> None:
    path = fill(planted(county, tmp_path, "RC308"), ("RC308", 1, "办理变更备案", None, ""))
    carried(county, path)
    fill(path, ("RC308", 1, "确认属实", None, ""))
    ((_code, effect, detail),) = told(carried(county, path))
    number = filing(county).number
    assert effect == "nothing" and f"备案 {number}（草稿）继续办理" in detail
    assert filing(county).state is FilingState.DRAFT


def test_another_kind_of_filing_takes_the_place_of_the_draft(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "DU405"), ("DU405", 1, "办理关停备案", None, ""))
    carried(county, path)
    first = filing(county)
    county.unit("青石县民政局").successor_id = county.unit("青石县公安局").id
    county.reconcile()
    path = fill(written(county, tmp_path), ("DU405", 1, "办理变更备案", None, ""))
    result = carried(county, path)
    assert (result.faults, first.state) == ([], FilingState.WITHDRAWN)
    assert filing(county).kind is FilingKind.CHANGE
    assert result.outcomes[0].detail.startswith(f"撤回备案草稿 {first.number}；变更")


# --- faults, all at once


def test_every_fault_of_one_row_is_told_at_once(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC306", "RC308", "DU401")
    fill(
        path,
        ("RC306", 1, "暂免", None, ""),
        ("RC308", 1, "暂免", "下个月", ""),
        ("DU401", 1, "批准保留多个", "2026-11-01", ""),
    )
    until, remark = "截止日期（暂免、批准时填）", "备注（理由）"
    found = sorted((code, column) for code, _row, column, _text in wrong(carried(county, path)))
    assert found == [
        *(("DU401", remark), ("DU401", until)),
        *(("RC306", remark), ("RC306", until)),
        *(("RC308", remark), ("RC308", until)),
    ]


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


@pytest.mark.parametrize("filled", [True, False])
def test_a_sheet_whose_decisions_lost_their_heading_is_told(
    county: County, tmp_path: Path, filled: bool
) -> None:
    path = planted(county, tmp_path, "RC306", "RC308")
    if filled:
        fill(path, ("RC306", 1, "不成立", None, "误报"), ("RC308", 1, "不成立", None, "误报"))

    def retype(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC308")
        head, columns = head_of(sheet)
        sheet.cell(head, columns[DECISION], "领导意见")

    result = carried(county, change(path, retype))
    assert [(code, text) for code, *_place, text in wrong(result)] == [
        ("RC308", "该表各行有标识，但没有一栏的标题是“处理决定”。")
    ]
    assert len(result.outcomes) == filled


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


OFFLINE = ("RC305", 1, "报送系统申请下线", None, "")
THEN = NOW + timedelta(hours=1)


@pytest.mark.parametrize("decision", ["不成立", "补办开设备案"])
def test_a_row_of_which_something_else_was_said_since_stays(
    county: County, tmp_path: Path, decision: str
) -> None:
    county.unit("青石县水利局")
    path = planted(county, tmp_path, "RC305")
    carried(county, fill(path, OFFLINE))
    path = fill(written(county, tmp_path), ("RC305", 1, decision, None, "由县水利局主办"))
    assert carried(county, path, at=THEN).faults == []
    assert uploaded(county) == []


def test_what_was_said_of_a_row_and_taken_back_does_not_come_back_with_a_new_matter(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "RC305")
    carried(county, fill(path, OFFLINE))
    dismiss(county.session, finding(county, "RC305"), act=replace(county.act_for("误报"), at=THEN))
    county.report("extra", name="青石水利发布")
    assert uploaded(county) == []
    last = county.session.scalars(select(Finding).order_by(Finding.id.desc()).limit(1)).one()
    assert (last.code, last.review) == ("RC305", Review.OPEN)
    later = NOW + timedelta(hours=4)
    carried(county, fill(written(county, tmp_path), OFFLINE), at=later)
    assert uploaded(county) == [("offline", "青石水利发布", "offline_requested")]


def test_a_row_that_is_let_be_goes_once_its_day_is_over(county: County, tmp_path: Path) -> None:
    path = planted(county, tmp_path, "RC305")
    carried(county, fill(path, OFFLINE))
    fill(written(county, tmp_path), ("RC305", 1, "暂免", date(2026, 11, 30), "核实中"))
    assert carried(county, path, at=THEN).faults == []
    assert uploaded(county) == []
    county.act = replace(county.act, at=datetime(2026, 12, 1, 9, tzinfo=NOW.tzinfo))
    assert [row.act for row in county.reconcile(at=county.act.at).upload_rows] == ["offline"]


@pytest.mark.parametrize("code", ["RC303", "RC304", "RC306", "RC307"])
@pytest.mark.parametrize(
    "decision", [("不成立", None, "已核实"), ("暂免", date(2026, 12, 31), "核实中")]
)
def test_what_is_let_pass_after_it_was_confirmed_is_not_uploaded(
    county: County, tmp_path: Path, code: str, decision: tuple[str, date | None, str]
) -> None:
    path = planted(county, tmp_path, code)
    carried(county, fill(path, (code, 1, "更正报送系统", None, "")))
    assert len(uploaded(county)) == 1
    path = fill(written(county, tmp_path), (code, 1, *decision))
    assert carried(county, path, at=THEN).faults == []
    assert uploaded(county) == []


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


def test_a_row_that_went_offline_too_early_is_uploaded_to_be_restored(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "RC307")
    fill(path, ("RC307", 1, "更正报送系统", None, ""))
    assert told(carried(county, path)) == [("RC307", "reviewed", "已确认")]
    assert uploaded(county) == [("change", "青石县第一中学", "live")]
    row = county.reconcile().upload_rows[0]
    assert row.entry.national_code == county.national["school1"].national_code
    assert row.changed == ("state",)


def test_a_row_whose_account_is_to_be_stopped_is_not_restored(
    county: County, tmp_path: Path
) -> None:
    path = planted(county, tmp_path, "RC307")
    carried(county, fill(path, ("RC307", 1, "办理关停备案", None, "")))
    result = county.reconcile()
    assert (result.upload_rows, [row.codes for row in result.held]) == ((), [("RC307",)])
    [said] = [d.action for d in result.differences]
    assert filing(county).number in said and "upload.xlsx" not in said


def test_what_is_said_of_a_row_to_be_restored_follows_the_upload(
    county: County, tmp_path: Path
) -> None:
    def said() -> str:
        return next(d.action for d in county.reconcile().differences if d.code == "RC307")

    path = planted(county, tmp_path, "RC307")
    assert "已列入 upload.xlsx" in said()
    carried(county, fill(path, ("RC307", 1, "暂免", date(2026, 12, 31), "核实中")))
    assert uploaded(county) == [] and "upload.xlsx" not in said()


def test_a_row_kept_out_by_another_matter_says_so(county: County) -> None:
    PLANTS["RC307"](county)
    county.see("school1", display_name="另一个名称", verified_subject="青石县第一中学")
    result = county.reconcile()
    assert (result.upload_rows, len(result.held)) == ((), 1)
    [said] = [d.action for d in result.differences if d.code == "RC307"]
    assert "暂缓报送" in said and "已列入" not in said


@pytest.mark.parametrize("decision", ["办理关停备案", "办理注销备案"])
def test_an_account_that_is_to_go_is_not_added_and_names_its_filing(
    county: County, tmp_path: Path, decision: str
) -> None:
    path = planted(county, tmp_path, "RC304")
    assert [act for act, *_rest in uploaded(county)] == ["add"]
    assert carried(county, fill(path, ("RC304", 1, decision, None, "不再使用"))).faults == []
    result = county.reconcile()
    [found] = [d for d in result.differences if d.code == "RC304"]
    assert filing(county).number in found.action and "补" not in found.action
    assert (result.upload_rows, [row.codes for row in result.held]) == ((), [("RC304",)])


def said_of(county: County, code: str) -> str:
    (found,) = (d.action for d in county.reconcile().differences if d.code == code)
    return found


def test_a_second_finding_points_at_the_draft_that_the_first_one_made(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC307"](county)
    county.judge("school1", Verdict.GONE)
    path = written(county, tmp_path)
    assert "在办" not in said_of(county, "RC302")
    carried(county, fill(path, ("RC307", 1, "办理关停备案", None, "")))
    said = said_of(county, "RC302")
    assert said.startswith("到平台核实") and f"在办的关停 {filing(county).number}（草稿）" in said
    card = finding_card(county.session, finding(county, "RC302"), now=NOW)
    assert [(each.uid, each.state) for each in card.filings] == [
        (filing(county).uid, FilingState.DRAFT)
    ]
    book = openpyxl.load_workbook(written(county, tmp_path))
    cells = [cell for row in sheet_of(book, "RC302").iter_rows(values_only=True) for cell in row]
    assert any(filing(county).number in str(cell) for cell in cells)
    filing(county).state = FilingState.WITHDRAWN
    assert "在办" not in said_of(county, "RC302")
    assert finding_card(county.session, finding(county, "RC302"), now=NOW).filings == ()


@pytest.mark.parametrize("form, pointed", [({"name": "青石融媒新名"}, True), ({"url": ""}, False)])
def test_a_change_of_another_field_is_not_what_a_finding_asks_for(
    county: County, form: dict[str, str], pointed: bool
) -> None:
    county.see("media", display_name="青石融媒发布厅")
    made = county.file("media", FilingKind.CHANGE, FilingState.DRAFT, form=form)
    assert (made.number in said_of(county, "RC308")) is pointed
    card = finding_card(county.session, finding(county, "RC308"), now=NOW)
    assert bool(card.filings) is pointed


def test_an_account_that_is_not_in_use_promises_no_row(county: County) -> None:
    county.accounts["school1"].state = AccountState.TRANSFERRED
    result = county.reconcile()
    (found,) = (d for d in result.differences if d.code == "RC306")
    assert result.upload_rows == () and "upload.xlsx 中没有" in found.action


def test_a_choice_that_came_too_late_names_those_that_its_sheet_still_has(
    county: County, tmp_path: Path
) -> None:
    path = fill(planted(county, tmp_path, "RC307"), ("RC307", 1, "不成立", None, "误报"))
    assert carried(county, path).faults == []
    fill(path, ("RC307", 1, "暂免", datetime(2026, 12, 31), "再看"))
    [fault] = carried(county, path, at=NOW + timedelta(hours=1)).faults
    assert fault.message == "不能选“暂免”：该问题现为“不成立”。"
    assert fault.remedy == "可选：更正报送系统、办理关停备案、办理注销备案。"
