"""A plan is carried out whole or not at all, and the same file twice changes nothing."""

from __future__ import annotations

import string
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import BadInput, Refused, StaleRevision
from registry.exchange.plan_rows import Result
from registry.filings import acts as filings
from registry.models import (
    Account,
    AccountRole,
    Contact,
    Filing,
    History,
    ImportBatch,
    SenderAccount,
    SenderMapping,
    Unit,
)
from registry.vocab import FilingKind, FilingState, RoleKind
from tests.exchange.lists import HEADER, WITH_IDS, Desk, act, many, results

POLICE = ("青石县公安局", "青石警方", "微博")
NOTHING = (0, 0, 0)


def test_a_new_account_comes_as_a_baseline_filing_with_history(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    [account] = desk.accounts()
    [filing] = desk.session.scalars(select(Filing))
    assert (filing.kind, filing.state) == (FilingKind.BASELINE, FilingState.COMPLETED)
    assert filing.account is account
    [batch] = desk.session.scalars(select(ImportBatch))
    rows = desk.session.scalars(select(History).where(History.subject_uid == account.uid)).all()
    assert [row.batch_uid for row in rows] == [batch.uid]
    assert account.revision == rows[0].seq


def test_all_that_a_row_says_is_kept(desk: Desk) -> None:
    header = (
        *WITH_IDS,
        "主管单位",
        "承办单位",
        "功能简介",
        "涉及领域",
        "自定一列",
        "备注",
    )
    row = (
        "县公安局、县司法局",
        "青石警方",
        "微博",
        "7000001",
        "县委宣传部",
        "青石县传媒公司",
        "警务",
        "公安",
        "甲",
        "乙",
    )
    desk.take([row], header)
    [account] = desk.accounts()
    roles = {
        (row.role, row.unit.name) for row in desk.session.scalars(select(AccountRole)).unique()
    }
    assert roles == {
        (RoleKind.HOST, "青石县公安局"),
        (RoleKind.CO_HOST, "青石县司法局"),
        (RoleKind.SUPERVISING, "青石县委宣传部"),
        (RoleKind.OPERATOR, "青石县传媒公司"),
    }
    assert account.purpose == "警务"
    assert account.details == {"涉及领域": "公安", "自定一列": "甲", "备注": "乙"}
    assert results(desk.plan([row], header)) == [Result.UNCHANGED]


def test_units_and_the_sender_are_made_with_their_region_above_them(desk: Desk) -> None:
    desk.take([POLICE, ("县司法局", "青石司法", "微博")])
    units = {unit.name: unit for unit in desk.session.scalars(select(Unit))}
    assert set(units) == {"青石县", "青石县公安局", "青石县司法局"}
    assert units["青石县司法局"].parent_id == units["青石县"].id
    assert all(unit.revision for unit in units.values())


def test_the_file_itself_is_not_kept_but_its_name_and_hash(desk: Desk) -> None:
    plan = desk.take([POLICE])
    [batch] = desk.session.scalars(select(ImportBatch))
    assert (batch.file_name, batch.sha256, batch.kind) == (plan.file_name, plan.sha256, "ledger")
    assert batch.counts["create"] == 1


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    header = (*WITH_IDS, "粉丝数", "联系人", "联系电话", "备注")
    rows = [(*POLICE, "7000001", "5", "张三", "13800000001", "甲")] + [
        (*row, "", "6", "", "", "") for row in many(3)
    ]
    desk.take(rows, header)
    tally = desk.tally()
    again = desk.plan(rows, header)
    assert set(results(again)) == {Result.UNCHANGED}
    assert desk.apply(again).nothing_new
    assert desk.tally() == tally
    assert len(desk.session.scalars(select(ImportBatch)).all()) == 1


def test_a_new_file_without_news_is_still_noted_as_received(desk: Desk) -> None:
    desk.take([POLICE])
    desk.take([POLICE], ("主办单位", "新媒体名称", "平台"))
    batches = desk.session.scalars(select(ImportBatch).order_by(ImportBatch.id)).all()
    assert len(batches) == 2
    [listed] = desk.session.scalars(select(SenderAccount))
    assert listed.batch_id == batches[1].id


def test_contacts_are_stored_nowhere_but_in_contact(desk: Desk) -> None:
    header = (*HEADER, "联系人", "联系电话", "负责人")
    desk.take([(*POLICE, "张三", "13800000001", "李四")], header)
    found = {(c.duty, c.name, c.phone) for c in desk.session.scalars(select(Contact))}
    assert found == {("contact", "张三", "13800000001"), ("responsible", "李四", "")}
    for table in (Account, Filing, History, ImportBatch):
        for row in desk.session.scalars(select(table)):
            text = str({c.name: getattr(row, c.name) for c in table.__table__.columns})
            assert "13800000001" not in text and "张三" not in text and "李四" not in text


def test_the_contact_of_one_duty_leaves_those_of_others(desk: Desk) -> None:
    header = (*HEADER, "联系人", "负责人")
    desk.take([(*POLICE, "张三", "李四")], header)
    desk.take([(*POLICE, "王五", "")], header)
    found = {(c.duty, c.name) for c in desk.session.scalars(select(Contact))}
    assert found == {("contact", "王五"), ("responsible", "李四")}
    again = desk.plan([(*POLICE, "王五", "李四")], header)
    assert results(again) == [Result.UNCHANGED]


def test_another_supervising_unit_takes_the_place_of_the_former(desk: Desk) -> None:
    header = (*HEADER, "主管单位")
    desk.take([(*POLICE, "青石县委宣传部")], header)
    desk.take([(*POLICE, "青石县政府办")], header)
    rows = desk.session.scalars(select(AccountRole).where(AccountRole.role == RoleKind.SUPERVISING))
    assert {(r.unit.name, r.valid_to is None) for r in rows} == {
        ("青石县委宣传部", False),
        ("青石县政府办", True),
    }
    assert results(desk.plan([(*POLICE, "青石县政府办")], header)) == [Result.UNCHANGED]


# --- rejected rows --------------------------------------------------------------------------------


def test_one_rejected_row_writes_nothing(desk: Desk) -> None:
    plan = desk.plan([(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "abc")], WITH_IDS)
    with pytest.raises(BadInput) as refused:
        desk.apply(plan)
    assert [fault.row for fault in refused.value.faults] == [3]
    assert "--skip-rejected" in refused.value.hint
    assert desk.tally() == NOTHING
    assert not desk.session.scalars(select(Unit)).all()


def test_rejected_rows_can_be_left_out(desk: Desk) -> None:
    plan = desk.plan([(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "abc")], WITH_IDS)
    desk.apply(plan, skip_rejected=True)
    assert [account.name for account in desk.accounts()] == ["青石警方"]


def test_a_failure_half_way_leaves_nothing(registry: Registry, desk: Desk) -> None:
    """Two writers of one plan: the second one's transaction is undone as a whole."""
    plan = desk.plan([(*POLICE, "7000001")], WITH_IDS)
    desk.apply(plan)
    tally = desk.tally()
    late = desk.plan_file(desk.write([(*POLICE, "7000001")], WITH_IDS))
    stale = [row for row in plan.rows if row.result is Result.CREATE]
    assert stale and late.rows[0].result is Result.UNCHANGED
    savepoint = desk.session.begin_nested()
    with pytest.raises(BadInput, match="平台ID|编号"):
        desk.apply(plan)
    savepoint.rollback()
    desk.session.expire_all()
    assert desk.tally() == tally


def test_a_plan_on_an_account_that_changed_meanwhile_is_refused(desk: Desk) -> None:
    from registry.history.writing import record
    from tests.registry.county import TODAY

    desk.take([(*POLICE, "5")], (*HEADER, "粉丝数"))
    plan = desk.plan([(*POLICE, "6")], (*HEADER, "粉丝数"))
    [account] = desk.accounts()
    record(desk.session, account, {"followers": 7}, effective_on=TODAY, act=act(desk.session))
    with pytest.raises(StaleRevision, match="青石警方"):
        desk.apply(plan)


def test_a_list_of_nobody_is_planned_but_not_applied(session: Session, desk: Desk) -> None:
    nobody = Desk(session, desk.folder, "")
    plan = nobody.plan([POLICE])
    assert results(plan) == [Result.CREATE]
    with pytest.raises(Refused, match="哪个单位"):
        nobody.apply(plan)


def test_a_list_without_sender_is_that_of_the_registrys_office(desk: Desk) -> None:
    from registry.filings.jurisdictions import found_office

    found_office(desk.session, "青石县", act=act(desk.session))
    plan = Desk(desk.session, desk.folder, "").plan([("县公安局", "青石警方", "微博")])
    assert plan.sender.name == "青石县"
    assert plan.rows[0].host_unit == "青石县公安局"


# --- columns --------------------------------------------------------------------------------------


def test_what_a_column_is_is_remembered_for_the_sender(desk: Desk) -> None:
    header = ("主办单位", "账号名称", "平台", "热度")
    plan = desk.plan([(*POLICE, "12")], header, columns={"热度": "followers"})
    desk.apply(plan)
    assert desk.accounts()[0].followers == 12
    [mapping] = desk.session.scalars(select(SenderMapping))
    assert mapping.columns == {"热度": "followers"}
    later = desk.take([(*POLICE, "13")], header)
    assert results(later) == [Result.UPDATE]
    assert desk.accounts()[0].followers == 13
    assert results(desk.plan([POLICE])) == [Result.UNCHANGED]


# --- filings --------------------------------------------------------------------------------------


def test_conflicts_become_change_filings_that_wait_for_approval(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    row = ("青石县司法局", "青石司法", "微博", "7000001")
    plan = desk.plan([row], WITH_IDS, as_filing=True)
    assert results(plan) == [Result.FILING]
    applied = desk.apply(plan)
    change = filings.find_filing(desk.session, applied.filings[0])
    assert (change.kind, change.state) == (FilingKind.CHANGE, FilingState.SUBMITTED)
    unit = desk.session.scalars(select(Unit).where(Unit.name == "青石县司法局")).one()
    assert change.form == {"name": "青石司法", "host_unit": unit.uid}
    assert change.before["name"] == "青石警方"
    assert desk.accounts()[0].name == "青石警方"


def test_counters_of_a_filed_row_are_updated_at_once(desk: Desk) -> None:
    header = (*WITH_IDS, "粉丝数")
    desk.take([(*POLICE, "7000001", "5")], header)
    desk.take([("青石县公安局", "青石公安", "微博", "7000001", "6")], header, as_filing=True)
    [account] = desk.accounts()
    assert (account.name, account.followers) == ("青石警方", 6)


def test_a_change_under_way_is_not_filed_again(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    row = ("青石县公安局", "青石公安", "微博", "7000001")
    applied = desk.apply(desk.plan([row], WITH_IDS, as_filing=True))
    tally = desk.tally()
    again = desk.plan([row], WITH_IDS, as_filing=True)
    assert results(again) == [Result.CONFLICT]
    assert applied.filings[0] in again.rows[0].reasons[0]
    assert desk.apply(again).nothing_new
    assert desk.tally() == tally


def test_a_change_that_was_approved_and_completed_is_no_change_any_more(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    row = ("青石县公安局", "青石公安", "微博", "7000001")
    applied = desk.apply(desk.plan([row], WITH_IDS, as_filing=True))
    change = filings.find_filing(desk.session, applied.filings[0])
    filings.approve(desk.session, change, act(desk.session))
    filings.complete(desk.session, change, act(desk.session))
    assert results(desk.plan([row], WITH_IDS)) == [Result.UNCHANGED]
    assert not desk.plan([row], WITH_IDS).absent


def test_a_new_id_in_place_of_another_is_filed(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    applied = desk.apply(desk.plan([(*POLICE, "7000002")], WITH_IDS, as_filing=True))
    change = filings.find_filing(desk.session, applied.filings[0])
    assert change.form == {"identifiers": {"uid": "7000002"}}


def test_an_id_that_another_account_holds_is_not_filed(desk: Desk) -> None:
    rows = [(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "7000002")]
    desk.take(rows, WITH_IDS)
    rows[1] = ("青石县司法局", "青石司法", "微博", "7000001")
    plan = desk.plan(rows, WITH_IDS, as_filing=True, accept={"identifiers"})
    assert results(plan) == [Result.UNCHANGED, Result.CONFLICT]


# --- properties -----------------------------------------------------------------------------------

_ROW = st.tuples(
    st.sampled_from(["青石县公安局", "县公安局", "青石县司法局", "青石縣司法局"]),
    st.sampled_from(["青石警方", "青石發布", "青石发布", "＠青石ABC", "青石abc"]),
    st.sampled_from(["微博", "微博", "微信公众号", "订阅号", "服务号"]),
    st.sampled_from(["", "", "7", "1.2万"]),
    st.sampled_from(["", "", "", "7000001", "7000002", "7000003"]),
    st.text(string.printable + "青石丨·（）", max_size=6),
)
_LIST = st.lists(_ROW, max_size=8)
_FIELDS = (*HEADER, "粉丝数", "UID", "备注")


_ACCEPTED = frozenset({"absent", "name", "host_unit", "platform"})


class _Undone(Exception):
    """Ends a trial."""


@pytest.mark.parametrize(
    "terms",
    [
        {"accept": _ACCEPTED},
        {"accept": _ACCEPTED | {"identifiers"}, "as_filing": True},
    ],
    ids=["plain", "everything"],
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=_LIST, second=_LIST)
def test_any_list_applied_is_unchanged_the_next_time(
    registry: Registry,
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[str, ...]],
    second: list[tuple[str, ...]],
    terms: dict[str, Any],
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    with pytest.raises(_Undone), registry.write() as session:
        desk = Desk(session, folder)
        for rows in (first, second):
            plan = desk.plan(rows, _FIELDS, **terms)
            assert Counter(results(plan)) == Counter(
                {Result(k): n for k, n in plan.counts.items() if n and k != "absent"}
            )
            desk.apply(plan, skip_rejected=True)
            tally = desk.tally()
            again = desk.plan(rows, _FIELDS, **terms)
            assert {Result.CREATE, Result.UPDATE}.isdisjoint(results(again))
            desk.apply(again, skip_rejected=True)
            assert desk.tally() == tally
        raise _Undone
