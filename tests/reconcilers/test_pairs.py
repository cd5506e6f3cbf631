"""Pairs that only a person can tell: each is decided once, from its sheet or on the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import approve_duplicate, decide, load_decisions, newest_decision
from reconcilers.explaining import look_up
from reconcilers.bodies import Bodies
from reconcilers.ledger import find_host, read_bodies
from reconcilers.naming import RowKeys, row_named
from reconcilers.pairs import if_reversed, settle
from registry.findings.differences import ReviewKind
from registry.errors import Ambiguous, MissingField, NotFound, Refused
from registry.exchange.national_rows import NationalRows
from registry.models import Decision, Lead
from registry.vocab import DecisionKind, NationalState
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.workbooks import PAIRS, carried, fill, sheet_of, told, written, wrong

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def twice(county: County, *, code: str = "53019999") -> None:
    """The national system holds 青石融媒 a second time, under the same id."""
    county.national["again"] = replace(
        county.national["media"], name="青石融媒发布", national_code=code, number=99
    )
    if not code:
        county.report("media", national_code="")


def leaving(county: County) -> list[tuple[str, str, int]]:
    """(act, name, row in the export) of each row to upload."""
    rows = county.reconcile(at=LATER).upload_rows
    return [(row.act.value, row.entry.name, row.entry.number) for row in rows]


def media_row(county: County) -> int:
    return county.national["media"].number


# --- one account, two rows there


@pytest.mark.parametrize("code", ["53019999", ""])
@pytest.mark.parametrize(
    ("decision", "goes"), [("同一账号", "青石融媒"), ("报送系统申请下线", "青石融媒发布")]
)
def test_which_of_two_rows_is_right_is_asked_once(
    county: County, tmp_path: Path, code: str, decision: str, goes: str
) -> None:
    twice(county, code=code)
    (pair,) = county.reconcile().review
    assert pair.kind is ReviewKind.TWICE
    path = fill(written(county, tmp_path), (PAIRS, 1, decision, None, "核对过编码"))
    assert carried(county, path).faults == []
    after = county.reconcile(at=LATER)
    assert after.review == ()
    numbers = {"青石融媒": media_row(county), "青石融媒发布": 99}
    offline = [row for row in leaving(county) if row[0] == "offline"]
    assert offline == [("offline", goes, numbers[goes])]
    gone = "media" if goes == "青石融媒" else "again"
    county.report(gone, state=NationalState.OFFLINE)
    assert county.reconcile(at=LATER).review == ()
    assert carried(county, path).nothing_new


def test_a_second_row_that_is_another_account_is_asked_as_one(
    county: County, tmp_path: Path
) -> None:
    twice(county)
    path = fill(written(county, tmp_path), (PAIRS, 1, "不是同一账号", None, "平台ID填错"))
    assert carried(county, path).faults == []
    after = county.reconcile(at=LATER)
    assert (after.review, after.counts) == ((), {"RC305": 1})


def test_of_three_rows_the_one_chosen_stays(county: County, tmp_path: Path) -> None:
    twice(county)
    county.national["third"] = replace(
        county.national["media"], national_code="53019998", number=98
    )
    path = written(county, tmp_path)
    fill(path, (PAIRS, 1, "同一账号", None, ""))
    assert carried(county, path).faults == []
    after = county.reconcile(at=LATER)
    assert after.review == ()
    assert sorted(number for act, _name, number in leaving(county) if act == "offline") == sorted(
        {media_row(county), 98, 99} - {99 if after.counts else 98}
    )


def test_two_rows_cannot_both_be_the_account(county: County, tmp_path: Path) -> None:
    twice(county)
    county.national["third"] = replace(
        county.national["media"], national_code="53019998", number=98
    )
    cells = [(PAIRS, number, "同一账号", None, "") for number in (1, 2)]
    (fault,) = wrong(carried(county, fill(written(county, tmp_path), *cells)))
    assert fault[3] == "第 6 行已认定为同一账号；只能有一个。"


def test_a_mind_changed_about_two_rows_needs_its_reason_and_is_kept(
    county: County, tmp_path: Path
) -> None:
    twice(county)
    path = fill(written(county, tmp_path), (PAIRS, 1, "同一账号", None, "看编码"))
    carried(county, path)
    fill(path, (PAIRS, 1, "报送系统申请下线", None, ""))
    (fault,) = wrong(carried(county, path))
    assert fault[2] == "备注（理由）" and "李静" in fault[3] and "同一账号" in fault[3]
    fill(path, (PAIRS, 1, "报送系统申请下线", None, "看反了"))
    ((_code, effect, detail),) = told(carried(county, path))
    assert effect == "remembered" and "改变了原来的认定" in detail
    kept = county.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert kept is not None and kept.reason == "看反了" and kept.details["reverses"]


def test_the_sheet_tells_the_rows_apart_and_prints_the_command(
    county: County, tmp_path: Path
) -> None:
    twice(county)
    sheet = sheet_of(openpyxl.load_workbook(written(county, tmp_path)), PAIRS)
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if "处理决定" in row)
    line = dict(zip(reversed(head), reversed(rows[-1]), strict=True))
    cells = " ".join(str(cell) for cell in rows[-1] if cell)
    assert "53019999" in cells and "99" in cells
    assert county.national["media"].national_code in cells
    assert f"导出表第 {media_row(county)} 行" in cells
    assert (line["责任单位"], line["依据"]) == ("青石县融媒体中心", "国办发〔2018〕123号")
    assert line["办理期限"] == "2026-11-27"
    uid = county.accounts["media"].uid
    assert f"taizhang reconcile decide {uid} outside:national:53019999 --same" in cells


def test_leads_that_are_one_account_are_no_question(county: County) -> None:
    for name in ("青石融媒", "青石融媒号"):
        county.session.add(
            Lead(
                platform="weibo",
                name=name,
                url="",
                identifiers={"uid": "1000000002"},
                host_unit="青石县融媒体中心",
                found_at=NOW,
                found_where="微博搜索",
            )
        )
    result = county.reconcile()
    assert (result.review, result.counts) == ((), {})


# --- two candidates


@pytest.mark.parametrize("decision", ["同一账号", "不是同一账号", "报送系统申请下线"])
def test_two_equal_rows_without_any_id_are_told_apart_and_asked_once(
    county: County, tmp_path: Path, decision: str
) -> None:
    county.report("agency", national_code="")
    county.national["again"] = replace(county.national["agency"], number=99)
    asked = county.reconcile().review
    assert [pair.kind for pair in asked] == [ReviewKind.SEVERAL] * 2
    assert len({pair.right_key for pair in asked}) == 2
    path = fill(written(county, tmp_path), (PAIRS, 1, decision, None, ""))
    assert carried(county, path).faults == []
    after = county.reconcile(at=LATER)
    assert after.review == ()
    numbers = [number for act, _name, number in leaving(county) if act == "offline"]
    first = asked[0].outside["row"]
    assert numbers == ([first] if decision == "报送系统申请下线" else [])


# --- rows of one code or id


def test_rows_of_one_id_have_keys_of_their_own(county: County) -> None:
    twice(county, code="")
    county.national["third"] = replace(county.national["again"], number=100)
    rows = NationalRows.of(list(county.national.values()))
    keys = RowKeys(rows, county_bodies(county))
    assert len({keys(row) for row in rows}) == len(rows)
    assert keys(rows[0]) == "outside:national:53010000"
    turned = NationalRows.of(list(reversed(list(county.national.values()))))
    again = RowKeys(turned, county_bodies(county))
    assert {again(row) for row in turned} == {keys(row) for row in rows}


@pytest.mark.parametrize("code", ["53019999", "53010000", "", "9" * 80])
def test_a_key_is_the_same_by_row_and_by_position(county: County, code: str) -> None:
    twice(county, code=code)
    rows = NationalRows.of(list(county.national.values()))
    keys = RowKeys(rows, county_bodies(county))
    assert [keys.at(at) for at in range(len(rows))] == [keys(row) for row in rows]


def test_an_id_of_several_rows_is_asked_back(county: County) -> None:
    twice(county)
    rows = NationalRows.of(list(county.national.values()))
    keys = RowKeys(rows, county_bodies(county))
    with pytest.raises(Ambiguous, match="53019999.*导出表第 99 行"):
        row_named(rows, keys, "1000000002")
    assert row_named(rows, keys, "第99行") == rows[len(rows) - 1]
    assert row_named(rows, keys, "row 99") == rows[len(rows) - 1]
    assert row_named(rows, keys, "53019999") == rows[len(rows) - 1]
    assert row_named(rows, keys, "第 98 行") is None


def county_bodies(county: County) -> Bodies:
    county.session.flush()
    return read_bodies(county.session)


# --- what was said before


def decided(
    county: County,
    kind: DecisionKind,
    reverse: bool = False,
    reason: str = "",
    key: str = "media",
) -> bool:
    """Decide of the account 平安青石 and the row of 青石融媒, or another one."""
    county.session.flush()
    county.keep_export()
    uid, code = county.accounts["police"].uid, county.national[key].national_code
    shown, picture = look_up(county.session, uid, code, catalogue=CATALOGUE, at=NOW)
    act = county.act_for(reason)
    allowed = if_reversed(act, reverse)
    keys = (shown.left_key, shown.right_key)
    return settle(county.session, kind, *keys, act, overrule=allowed, picture=picture).recorded


def test_the_same_again_is_not_recorded_twice(county: County) -> None:
    assert decided(county, DecisionKind.NOT_SAME)
    assert not decided(county, DecisionKind.NOT_SAME)
    assert county.session.query(Decision).count() == 1


def test_an_earlier_decision_is_overruled_only_on_purpose(county: County) -> None:
    county.report("media", identifiers={})
    decided(county, DecisionKind.NOT_SAME, reason="两个单位")
    with pytest.raises(Refused, match="王敏 于 2026-11-22 认定“不是同一账号”（两个单位）"):
        decided(county, DecisionKind.SAME)
    with pytest.raises(MissingField):
        decided(county, DecisionKind.SAME, reverse=True)
    assert decided(county, DecisionKind.SAME, reverse=True, reason="单位合并")
    first, last = county.session.scalars(select(Decision).order_by(Decision.id)).all()[:2]
    assert last.details["reverses"] == first.uid


def test_a_row_that_is_another_account_already_is_not_given_away(county: County) -> None:
    county.report("media", identifiers={})
    key = f"outside:national:{county.national['media'].national_code}"
    act = county.act_for("")
    free = if_reversed(act, False)
    settle(
        county.session, DecisionKind.SAME, county.accounts["school1"].uid, key, act, overrule=free
    )
    with pytest.raises(Refused, match="同一账号"):
        decided(county, DecisionKind.SAME)
    decided(county, DecisionKind.SAME, reverse=True, reason="认错了")
    said = newest_decision(county.session, county.accounts["school1"].uid, key)
    assert said is not None and said.kind is DecisionKind.NOT_SAME


def test_what_was_to_go_with_a_decision_stays_once_it_is_taken_back(county: County) -> None:
    county.report("media", identifiers={})
    decided(county, DecisionKind.SAME)
    assert ("offline", "平安青石", county.national["police"].number) in leaving(county)
    decided(county, DecisionKind.NOT_SAME, reverse=True, reason="手误")
    result = county.reconcile(at=LATER)
    assert (result.counts, result.upload_rows, result.held) == ({}, (), ())
    assert load_decisions(county.session, NOW.date()).offline == {}
    assert decided(county, DecisionKind.OFFLINE_THERE, reason="录重了", key="police")
    decided(county, DecisionKind.SAME, reverse=True, reason="又核对过")
    assert ("offline", "平安青石", county.national["police"].number) in leaving(county)


def test_an_account_whose_row_goes_offline_is_not_added_anew_under_the_same_id(
    county: County,
) -> None:
    decided(county, DecisionKind.OFFLINE_THERE, key="police")
    result = county.reconcile(at=LATER)
    assert [row.act.value for row in result.upload_rows] == ["offline"]
    assert [(row.act.value, row.codes) for row in result.held] == [("add", ("RC304",))]
    (absent,) = result.differences
    assert "同一平台ID" in absent.action and "--reverse" in absent.action


def test_a_row_with_the_id_of_another_account_is_given_to_nobody_else(county: County) -> None:
    with pytest.raises(Refused, match="1000000002 是台账另一个账号的：青石融媒") as caught:
        decided(county, DecisionKind.SAME, reason="就是")
    uid, key = county.accounts["media"].uid, "outside:national:53010003"
    assert f'reconcile decide {uid} "{key}" --not-same' in str(caught.value.hint)
    decide(county.session, DecisionKind.NOT_SAME, uid, key, county.act_for("填错"))
    with pytest.raises(MissingField, match="台账是 1000000001.*1000000002"):
        decided(county, DecisionKind.SAME)
    assert decided(county, DecisionKind.SAME, reason="核对过主页")


def test_an_id_of_nobody_that_differs_needs_a_reason(county: County) -> None:
    county.national["stray"] = replace(
        county.national["media"],
        name="青石先锋",
        identifiers={"uid": "1000000099"},
        national_code="53019999",
        number=99,
    )
    with pytest.raises(MissingField, match="台账是 1000000001.*1000000099"):
        decided(county, DecisionKind.SAME, key="stray")
    assert decided(county, DecisionKind.SAME, reason="后台截图", key="stray")


def test_the_newest_exception_counts_even_where_it_ends_sooner(county: County) -> None:
    unit, act = county.unit("青石县公安局"), county.act_for("县政府批准")
    approve_duplicate(county.session, unit.uid, "weibo", "", None, act)
    approve_duplicate(county.session, unit.uid, "weibo", "", date(2026, 11, 30), act)
    assert load_decisions(county.session, date(2026, 11, 30)).approved
    assert not load_decisions(county.session, date(2026, 12, 1)).approved


# --- the unit that a person means


def test_a_unit_answers_to_its_short_names(county: County) -> None:
    county.unit("云川市公安局")
    named = {name: find_host(county.session, name).name for name in ("县公安局", "青石县公安局")}
    assert set(named.values()) == {"青石县公安局"}
    assert find_host(county.session, "融媒体中心").name == "青石县融媒体中心"


def test_a_short_name_of_several_units_lists_them(county: County) -> None:
    county.unit("云川市公安局")
    with pytest.raises(Ambiguous, match="青石县公安局.*云川市公安局"):
        find_host(county.session, "公安局")
    with pytest.raises(NotFound):
        find_host(county.session, "天文台")
