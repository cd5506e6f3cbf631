"""What completed filings do to accounts, on which day, and what they need for it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from registry.accounts import making as accounts
from registry.accounts.making import ContactGiven
from registry.errors import (
    AlreadyExists,
    HistoryConflict,
    IllegalTransition,
    MissingField,
    Refused,
    StaleRevision,
)
from registry.filings import acts as filings
from registry.history import writing as history
from registry.models import Account, Filing
from registry.vocab import AccountState, FilingKind, FilingState, RoleKind, SubjectKind
from tests.registry.county import NOTICE, TODAY, County, an_act, found

K = FilingKind


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def state_on(county: County, account: Account, day: date) -> dict[str, object]:
    return history.states(county.session, SubjectKind.ACCOUNT, as_of=day)[account.uid]


def changed(county: County, account: Account, days: int = 0, **given: object) -> Filing:
    filing = county.approved(K.CHANGE, account, days=days, **given)
    return filings.complete(county.session, filing, an_act(county.session, days=days))


# --- OPEN -----------------------------------------------------------------------------------------


def test_an_opening_is_completed_with_an_id_and_the_verified_subject(county: County) -> None:
    session, act, filing = county.session, an_act(county.session), county.opened()
    with pytest.raises(MissingField, match="平台ID或链接；认证主体"):
        filings.complete(session, filing, act)
    filings.complete(
        session,
        filing,
        act,
        fields={
            "identifiers": {"uid": "7000009"},
            "verified_subject": "青石县卫生健康局",
            "opened_on": "2026-11-20",
        },
    )
    account = filing.account
    assert account is not None and account.state is AccountState.ACTIVE
    assert accounts.live_identifiers(account) == {"uid": "7000009"}
    assert account.identifiers[0].preferred is True
    assert account.opened_on == date(2026, 11, 20)
    assert (filing.state, filing.completed_at, filing.effective_on) == (
        FilingState.COMPLETED,
        act.at,
        TODAY,
    )


def test_a_link_is_enough_where_the_platform_shows_no_id(county: County) -> None:
    filing = county.opened()
    filings.complete(
        county.session,
        filing,
        an_act(county.session),
        fields={"url": "https://weibo.com/qswj", "verified_subject": "青石县卫生健康局"},
    )
    assert filing.account is not None and filing.account.state is AccountState.ACTIVE


def test_an_opening_entered_late_lands_on_its_day(county: County) -> None:
    filing = county.opened(effective_on=date(2026, 3, 1))
    filings.complete(
        county.session,
        filing,
        an_act(county.session),
        fields={"url": "https://weibo.com/qswj", "verified_subject": "青石县卫生健康局"},
    )
    assert filing.account is not None
    assert state_on(county, filing.account, date(2026, 3, 1))["state"] == "active"


def test_an_opening_with_the_id_of_another_account_is_refused_at_submission(
    county: County,
) -> None:
    county.account()
    with pytest.raises(AlreadyExists, match="青石警方"):
        county.approved(
            K.OPEN,
            fields={
                "platform": "weibo",
                "name": "青石公安",
                "host_unit": county.media,
                "identifiers": {"uid": "7000001"},
            },
        )


def test_an_id_taken_meanwhile_is_refused_at_completion(county: County) -> None:
    filing = county.opened()
    county.account()
    with pytest.raises(AlreadyExists, match="青石警方"):
        filings.complete(
            county.session,
            filing,
            an_act(county.session),
            fields={"identifiers": {"uid": "7000001"}, "verified_subject": "青石县卫生健康局"},
        )


# --- CHANGE ---------------------------------------------------------------------------------------


def test_a_change_takes_effect_when_completed_and_keeps_what_stood_before(
    county: County,
) -> None:
    account = county.account()
    filing = county.approved(K.CHANGE, account, fields={"name": "青石公安"})
    assert (filing.before, account.name) == ({"name": "青石警方"}, "青石警方")
    filings.complete(county.session, filing, an_act(county.session))
    assert (account.name, account.fold) == ("青石公安", "青石公安")
    first, last = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert (last.filing_uid, last.effective_on) == (filing.uid, TODAY)
    assert account.revision == last.seq


def test_a_change_entered_late_lands_on_its_effective_date(county: County) -> None:
    account = county.account()
    changed(county, account, fields={"purpose": "警务公开"}, effective_on=date(2026, 8, 1))
    changed(county, account, fields={"name": "青石公安"}, effective_on=date(2026, 6, 1))
    assert state_on(county, account, date(2026, 5, 31))["name"] == "青石警方"
    assert state_on(county, account, date(2026, 6, 1))["name"] == "青石公安"
    assert state_on(county, account, date(2026, 6, 1))["purpose"] == ""
    assert (account.name, account.purpose) == ("青石公安", "警务公开")


def test_a_late_change_that_contradicts_a_later_one_is_refused_naming_the_row(
    county: County,
) -> None:
    account = county.account()
    changed(county, account, fields={"name": "青石公安"}, effective_on=date(2026, 8, 1))
    late = county.approved(
        K.CHANGE, account, fields={"name": "平安青石"}, effective_on=date(2026, 6, 1)
    )
    assert late.before == {"name": "青石警方"}
    with pytest.raises(HistoryConflict, match="2026-08-01"):
        filings.complete(county.session, late, an_act(county.session))
    assert account.name == "青石公安"


def test_a_change_with_a_day_to_come_waits_in_approved(county: County) -> None:
    account, session = county.account(), county.session
    filing = county.approved(
        K.CHANGE, account, fields={"name": "青石公安"}, effective_on=date(2026, 11, 25)
    )
    with pytest.raises(Refused, match="2026-11-25"):
        filings.complete(session, filing, an_act(session))
    assert (filing.state, account.name) == (FilingState.APPROVED, "青石警方")
    filings.complete(session, filing, an_act(session, days=3))
    assert (filing.state, account.name) == (FilingState.COMPLETED, "青石公安")


def test_a_change_that_rests_on_what_is_no_longer_so_is_refused(county: County) -> None:
    account = county.account()
    first = county.approved(K.CHANGE, account, fields={"name": "青石公安"})
    second = county.approved(K.CHANGE, account, fields={"name": "平安青石"})
    filings.complete(county.session, second, an_act(county.session))
    with pytest.raises(StaleRevision) as caught:
        filings.complete(county.session, first, an_act(county.session))
    assert "青石警方" in caught.value.message and "平安青石" in caught.value.message
    assert account.name == "平安青石"


def test_a_change_of_nothing_is_missing_its_changes(county: County) -> None:
    account = county.account()
    for fields in ({}, {"name": "青石警方"}):
        with pytest.raises(MissingField, match="变更内容"):
            county.approved(K.CHANGE, account, fields=fields)


def test_another_host_needs_the_link_of_the_public_notice(county: County) -> None:
    account = county.account()
    filing = county.approved(K.CHANGE, account, fields={"host_unit": "青石县融媒体中心"})
    assert filing.before == {"host_unit": county.police.uid}
    with pytest.raises(MissingField, match="公告链接"):
        filings.complete(county.session, filing, an_act(county.session))
    filings.complete(county.session, filing, an_act(county.session), notice_url=NOTICE)
    assert accounts.host_unit(account) is county.media
    old = next(row for row in account.roles if row.unit is county.police)
    assert old.valid_to == date(2026, 11, 21)
    assert state_on(county, account, date(2026, 11, 21))["roles"] == {
        f"host:{county.police.uid}": {"valid_from": None, "valid_to": None}
    }


def test_another_host_is_warned_of_what_it_has_already(county: County) -> None:
    county.account("青石发布", host=county.media, uid="7000002")
    account, act = county.account(), an_act(county.session)
    filing = filings.draft(
        county.session, K.CHANGE, act=act, account=account, fields={"host_unit": county.media}
    )
    done = filings.submit(county.session, filing, act)
    assert [caution.code for caution in done.cautions] == ["NM-DUP"]


def test_a_new_id_ends_the_old_one_of_its_scheme(county: County) -> None:
    account = county.account()
    changed(county, account, fields={"identifiers": {"uid": "7000009"}})
    assert accounts.live_identifiers(account) == {"uid": "7000009"}
    assert accounts.native_id(account) == "7000009"
    old = next(row for row in account.identifiers if row.value == "7000001")
    assert (old.valid_to, old.preferred) == (date(2026, 11, 21), False)
    county.account("青石消防", uid="7000001")


def test_roles_beside_the_host_are_replaced_and_emptied(county: County) -> None:
    account = county.account(operator=county.media)
    changed(county, account, fields={"operator": "", "co_hosts": [county.media, county.health]})
    assert accounts.units_in(account, RoleKind.OPERATOR) == []
    assert set(accounts.units_in(account, RoleKind.CO_HOST)) == {county.media, county.health}


def test_details_are_added_to_and_counters_are_no_conflict(county: County) -> None:
    account = county.account(followers=10, details={"备注": "老账号"})
    filing = county.approved(
        K.CHANGE, account, fields={"followers": 30, "details": {"审签领导": "张三"}}
    )
    history.record(
        county.session,
        account,
        {"followers": 20},
        effective_on=TODAY,
        act=an_act(county.session),
    )
    filings.complete(county.session, filing, an_act(county.session))
    assert account.followers == 30
    assert account.details == {"备注": "老账号", "审签领导": "张三"}


def test_a_new_contact_takes_the_place_of_the_one_of_its_duty(county: County) -> None:
    account = county.account(
        contacts=[
            ContactGiven("李雷", "13800001234"),
            ContactGiven("周总", "13800005678", "responsible"),
        ]
    )
    filing = county.approved(K.CHANGE, account, contacts=[ContactGiven("韩梅", "13900001111")])
    assert {contact.name for contact in account.contacts} == {"李雷", "周总"}
    filings.complete(county.session, filing, an_act(county.session))
    assert {contact.name for contact in account.contacts} == {"韩梅", "周总"}
    row = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)[-1]
    assert row.changed == '["contacts"]' and "韩梅" not in row.state


def test_a_closing_account_may_still_be_changed(county: County) -> None:
    account = county.account()
    county.stopped(account)
    changed(county, account, fields={"name": "青石公安"})
    assert (account.name, account.state) == ("青石公安", AccountState.CLOSING)


def test_a_change_approved_before_the_account_closed_cannot_take_effect_after(
    county: County,
) -> None:
    account = county.account()
    filing = county.approved(K.CHANGE, account, fields={"name": "青石公安"})
    county.stopped(account)
    county.cancelled(account)
    with pytest.raises(IllegalTransition, match="已注销"):
        filings.complete(county.session, filing, an_act(county.session))


# --- STOP and CANCEL ------------------------------------------------------------------------------


def test_a_cancellation_needs_the_proof_of_the_platform(county: County) -> None:
    account, session = county.account(), county.session
    county.stopped(account)
    filing = county.approved(K.CANCEL, account)
    with pytest.raises(MissingField, match="注销凭证"):
        filings.complete(session, filing, an_act(session))
    county.attach(filing, "notice")
    with pytest.raises(MissingField):
        filings.complete(session, filing, an_act(session))
    county.attach(filing, "cancellation_proof")
    filings.complete(session, filing, an_act(session))
    assert account.state is AccountState.CLOSED
    assert accounts.live_identifiers(account) == {}
    assert account.identifiers[0].valid_to == TODAY


@pytest.mark.parametrize("cause", ["seized", "平台停止服务", "platform shut down"])
def test_an_active_account_is_cancelled_only_for_a_cause(county: County, cause: str) -> None:
    account, session = county.account(), county.session
    with pytest.raises(MissingField, match="关停"):
        county.approved(K.CANCEL, account)
    filing = county.approved(K.CANCEL, account, fields={"cause": cause})
    filings.complete(session, filing, an_act(session))
    assert account.state is AccountState.CLOSED


def test_a_stop_entered_late_lands_on_its_day(county: County) -> None:
    account = county.account()
    county.approved(
        K.STOP,
        account,
        reason="整合",
        fields={"stop_on": "2026-10-08"},
        effective_on=date(2026, 10, 1),
    )
    assert state_on(county, account, date(2026, 9, 30))["state"] == "active"
    assert state_on(county, account, date(2026, 10, 1))["state"] == "closing"


def test_the_notice_of_a_stop_can_be_recorded_after_the_cancellation(county: County) -> None:
    account = county.account()
    stop = county.stopped(account, complete=False)
    county.cancelled(account)
    filings.complete(county.session, stop, an_act(county.session), notice_url=NOTICE)
    assert (stop.state, account.state) == (FilingState.COMPLETED, AccountState.CLOSED)


def test_the_notice_of_a_stop_can_be_recorded_even_after_a_reopening(county: County) -> None:
    account = county.account(verified_subject="青石县公安局")
    stop = county.stopped(account, complete=False)
    county.cancelled(account)
    again = county.approved(K.REOPEN, account, days=1)
    fields = {"identifiers": {"uid": "7000009"}}
    filings.complete(county.session, again, an_act(county.session, days=1), fields=fields)
    filings.complete(county.session, stop, an_act(county.session, days=2), notice_url=NOTICE)
    assert (stop.state, stop.effective_on) == (FilingState.COMPLETED, TODAY)
    assert account.state is AccountState.ACTIVE


# --- REOPEN and TRANSFER --------------------------------------------------------------------------


def test_a_reopened_account_needs_new_ids_and_becomes_active(county: County) -> None:
    account = county.account(state=AccountState.CLOSED, verified_subject="青石县公安局")
    filing = county.approved(K.REOPEN, account)
    with pytest.raises(MissingField, match="平台ID或链接"):
        filings.complete(county.session, filing, an_act(county.session))
    filings.complete(
        county.session,
        filing,
        an_act(county.session),
        fields={"identifiers": {"uid": "7000009"}},
    )
    assert account.state is AccountState.ACTIVE
    assert accounts.live_identifiers(account) == {"uid": "7000009"}


def test_a_transfer_says_to_whom_and_frees_the_ids(county: County) -> None:
    account = county.account()
    with pytest.raises(MissingField, match="划转"):
        county.approved(K.TRANSFER, account)
    filing = county.approved(K.TRANSFER, account, fields={"transferred_to": "白水县公安局"})
    filings.complete(county.session, filing, an_act(county.session))
    assert account.state is AccountState.TRANSFERRED
    assert accounts.live_identifiers(account) == {}
    with pytest.raises(IllegalTransition) as caught:
        county.approved(K.REOPEN, account)
    assert "新的开设备案" in caught.value.hint


def test_a_day_before_the_ledger_knew_the_account_is_refused(county: County) -> None:
    account = county.account()
    with pytest.raises(HistoryConflict, match="青石警方"):
        county.approved(
            K.CHANGE, account, fields={"name": "青石公安"}, effective_on=date(2025, 12, 31)
        )
