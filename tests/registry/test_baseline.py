"""存量登记 in bulk: one completed filing and one row of history for each account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry.accounts import making as accounts
from registry.accounts.baseline import BaselineRow, baseline_many, register_baseline
from registry.accounts.making import ContactGiven
from registry.errors import BadInput, Fault
from registry.filings import acts as filings
from registry.history import writing as history
from registry.models import Account, Contact, Filing, FilingStep, ImportBatch
from registry.vocab import AccountState, FilingKind, FilingState, RoleKind, SubjectKind
from tests.conftest import NOW
from tests.registry.county import NEW_YEAR, TODAY, County, an_act, found, machine


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def rows(county: County, count: int) -> list[BaselineRow]:
    return [
        BaselineRow("weibo", f"青石{n}号", county.police, identifiers={"uid": str(8000000 + n)})
        for n in range(count)
    ]


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(bind, "before_cursor_execute", note)


def test_a_row_becomes_an_account_with_a_completed_filing(county: County) -> None:
    row = BaselineRow(
        "wechat",
        "青石发布",
        county.media,
        form="订阅号",
        identifiers={"gh_id": "gh_0123456789ab", "wxid": "qsfb"},
        preferred="gh_id",
        verified_subject="青石县融媒体中心",
        opened_on=date(2019, 3, 1),
        followers=12000,
        details={"备注": "县级主账号"},
        co_hosts=[county.health],
        supervising_unit=county.office,
        operator=county.police,
        contacts=[ContactGiven("李雷", "13800001234")],
    )
    account = register_baseline(county.session, row, machine(county.session))
    assert (account.state, account.name, account.fold) == (
        AccountState.ACTIVE,
        "青石发布",
        "青石发布",
    )
    assert accounts.native_id(account) == "gh_0123456789ab"
    assert accounts.host_unit(account) is county.media
    assert accounts.units_in(account, RoleKind.OPERATOR) == [county.police]
    filing = county.session.scalars(select(Filing)).one()
    assert (filing.kind, filing.state, filing.number) == (
        FilingKind.BASELINE,
        FilingState.COMPLETED,
        "B2026-0001",
    )
    assert filing.account is account and filing.host_unit is county.media
    assert [step.act for step in filing.steps] == ["complete"]
    (entry,) = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert entry.effective_on == TODAY and "李雷" not in entry.state
    assert account.revision == entry.seq
    assert county.session.scalars(select(Contact)).one().account is account


def test_the_state_and_day_of_the_sheet_are_kept_and_a_closed_account_holds_no_id(
    county: County,
) -> None:
    row = BaselineRow(
        "weibo",
        "青石旧号",
        county.police,
        identifiers={"uid": "1"},
        state=AccountState.CLOSED,
        effective_on=NEW_YEAR,
    )
    account = register_baseline(county.session, row, machine(county.session))
    assert account.state is AccountState.CLOSED
    assert account.identifiers[0].valid_to == NEW_YEAR
    (entry,) = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert entry.effective_on == NEW_YEAR


def test_accounts_come_back_in_the_order_of_their_rows(county: County) -> None:
    made = baseline_many(county.session, rows(county, 30), machine(county.session))
    assert [account.name for account in made] == [f"青石{n}号" for n in range(30)]
    numbers = county.session.scalars(select(Filing.number).order_by(Filing.id)).all()
    assert (numbers[0], numbers[-1]) == ("B2026-0001", "B2026-0030")


def test_of_two_accounts_of_one_list_the_earlier_row_was_entered_first(county: County) -> None:
    made = baseline_many(county.session, rows(county, 300), machine(county.session))
    uids = [account.uid for account in made]
    assert uids == sorted(uids)
    filings = county.session.scalars(select(Filing.uid).order_by(Filing.number)).all()
    assert list(filings) == sorted(filings)


def test_many_rows_cost_no_statement_each(county: County) -> None:
    act = machine(county.session)
    with statements(county.session) as few:
        baseline_many(county.session, rows(county, 10), act)
    more = [
        BaselineRow("weibo", f"云川{n}号", county.police, identifiers={"uid": str(9000000 + n)})
        for n in range(300)
    ]
    with statements(county.session) as many:
        baseline_many(county.session, more, act)
    assert len(many) <= len(few) + 10
    assert county.session.scalar(select(func.count(FilingStep.id))) == 310


def test_the_import_batch_stands_on_every_row_of_history(county: County) -> None:
    act = machine(county.session)
    batch = ImportBatch(
        kind="ledger",
        file_name="台账.xlsx",
        sha256="0" * 64,
        applied_at=NOW,
        actor_id=act.actor.id,
    )
    county.session.add(batch)
    county.session.flush()
    (account,) = baseline_many(county.session, rows(county, 1), act, batch)
    (entry,) = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert entry.batch_uid == batch.uid


def test_ids_held_or_given_twice_are_all_named_and_nothing_is_written(county: County) -> None:
    county.account("青石警方", uid="7000001")
    before = county.session.scalar(select(func.count(Account.id)))
    police = county.police
    given = [
        BaselineRow("weibo", "甲", police, identifiers={"uid": "7000001"}, fault=Fault("", row=4)),
        BaselineRow("weibo", "乙", police, identifiers={"uid": "7000002"}, fault=Fault("", row=5)),
        BaselineRow("weibo", "丙", police, identifiers={"uid": "7000002"}, fault=Fault("", row=6)),
        BaselineRow("bilibili", "丁", police, identifiers={"uid": "7000002"}),
    ]
    with pytest.raises(BadInput) as caught:
        baseline_many(county.session, given, machine(county.session))
    assert [fault.row for fault in caught.value.faults] == [4, 5, 6]
    assert "青石警方" in caught.value.faults[0].message
    assert county.session.scalar(select(func.count(Account.id))) == before


def test_a_disputed_id_is_taken_beside_its_holder(county: County) -> None:
    county.account("青石警方", uid="7000001")
    row = BaselineRow(
        "weibo",
        "甲",
        county.police,
        identifiers={"uid": "7000001"},
        disputed=frozenset({"uid"}),
    )
    account = register_baseline(county.session, row, machine(county.session))
    assert account.identifiers[0].disputed is True


def test_a_registered_account_can_be_filed_about_at_once(county: County) -> None:
    (account,) = baseline_many(county.session, rows(county, 1), machine(county.session))
    filing = county.approved(FilingKind.CHANGE, account, fields={"name": "青石公安"})
    filings.complete(county.session, filing, an_act(county.session))
    assert (filing.number, account.name) == ("2026-0001", "青石公安")


def test_no_rows_are_no_accounts(county: County) -> None:
    assert baseline_many(county.session, [], machine(county.session)) == []
