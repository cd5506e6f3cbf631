"""Accounts: made with their ids and roles, found by what a person knows of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts import making as accounts
from registry.errors import AlreadyExists, Ambiguous, NotFound, Refused
from registry.history import writing as history
from registry.models import Contact
from registry.vocab import AccountState, RoleKind, SubjectKind
from tests.registry.county import NEW_YEAR, County, an_act, found

JUNE = date(2026, 6, 1)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def test_a_new_account_has_ids_roles_and_one_row_of_history(county: County) -> None:
    account = county.account(
        verified_subject="青石县公安局",
        co_hosts=[county.media],
        supervising_unit=county.office,
        operator=county.health,
    )
    (row,) = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert row.effective_on == NEW_YEAR
    assert accounts.live_identifiers(account) == {"uid": "7000001"}
    assert accounts.native_id(account) == "7000001"
    assert accounts.host_unit(account) is county.police
    assert accounts.units_in(account, RoleKind.OPERATOR) == [county.health]
    assert accounts.units_in(account, RoleKind.CO_HOST) == [county.media]


def test_the_name_is_stored_as_printed_and_compared_folded(county: County) -> None:
    account = county.account("@青石丨發布")
    assert (account.name, account.fold) == ("@青石丨發布", "青石发布")


def test_contacts_go_to_their_table_and_to_history_only_as_digests(county: County) -> None:
    given = accounts.ContactGiven("李雷", "13800001234")
    account = county.account(contacts=[given])
    (contact,) = county.session.scalars(select(Contact)).all()
    assert (contact.account, contact.name, len(contact.salt)) == (account, "李雷", 16)
    (row,) = history.rows_of(county.session, SubjectKind.ACCOUNT, account.uid)
    assert "李雷" not in row.state and "13800001234" not in row.state
    assert "13800001234" not in repr(given) and "李雷" not in repr(given)


def test_an_id_of_another_live_account_is_refused_naming_it(county: County) -> None:
    county.account("青石警方")
    with pytest.raises(AlreadyExists) as caught:
        county.account("青石公安", host=county.media)
    assert "青石警方" in caught.value.message and "青石县公安局" in caught.value.message


def test_the_same_value_on_another_platform_is_another_id(county: County) -> None:
    county.account()
    assert county.account(platform="bilibili").identifiers[0].value == "7000001"


def test_an_id_can_be_accepted_as_disputed(county: County) -> None:
    county.account("青石警方")
    other = county.account("青石公安", disputed=["uid"])
    assert other.identifiers[0].disputed is True


@pytest.mark.parametrize("state", [AccountState.CLOSED, AccountState.TRANSFERRED])
def test_an_account_that_has_ended_frees_its_ids(county: County, state: AccountState) -> None:
    closed = county.account(state=state)
    assert closed.identifiers[0].valid_to == NEW_YEAR
    assert accounts.live_identifiers(closed) == {}
    assert accounts.live_identifiers(county.account("青石公安")) == {"uid": "7000001"}


def test_an_account_needs_a_name_and_a_platform(county: County) -> None:
    with pytest.raises(Refused):
        county.account("  ")
    with pytest.raises(Refused):
        county.account(platform="微博")


def test_an_account_is_found_by_uid_id_address_and_name(county: County) -> None:
    account = county.account(url="https://weibo.com/u/7000001")
    find = accounts.find_account
    session = county.session
    assert find(session, account.uid) is account
    assert find(session, account.uid[-12:]) is account
    assert find(session, "7000001") is account
    assert find(session, "uid:7000001") is account
    assert find(session, "https://weibo.com/u/7000001") is account
    assert find(session, "青石警方") is account
    assert find(session, "@青石警方") is account
    assert find(session, "微博:青石警方") is account
    assert find(session, "weibo/青石警方") is account
    assert find(session, "青石警方（新浪微博）") is account


def test_a_name_on_two_platforms_is_ambiguous_until_the_platform_is_named(county: County) -> None:
    weibo = county.account()
    wechat = county.account(platform="wechat", uid="", form="订阅号")
    with pytest.raises(Ambiguous) as caught:
        accounts.find_account(county.session, "青石警方")
    first, second = caught.value.candidates
    assert weibo.uid in first and wechat.uid in second
    assert "新浪微博" in first and "青石县公安局" in first
    assert "微博:青石发布" in caught.value.hint
    assert accounts.find_account(county.session, "微信公众号：青石警方") is wechat
    assert accounts.find_account(county.session, "订阅号:青石警方") is wechat


def test_an_account_that_exists_goes_before_a_closed_one_of_its_name(county: County) -> None:
    closed = county.account(state=AccountState.CLOSED, uid="")
    assert accounts.find_account(county.session, "青石警方") is closed
    live = county.account()
    assert accounts.find_account(county.session, "青石警方") is live


def test_two_accounts_of_one_name_and_platform_need_their_ids(county: County) -> None:
    first, second = county.account(uid="7000001"), county.account(uid="7000002")
    with pytest.raises(Ambiguous) as caught:
        accounts.find_account(county.session, "微博:青石警方")
    assert "写明平台" not in caught.value.hint and "平台ID" in caught.value.hint
    assert accounts.find_account(county.session, "7000002") is second
    assert accounts.find_account(county.session, "7000001") is first


def test_of_names_that_fold_to_one_the_one_written_is_meant(county: County) -> None:
    plain = county.account(name="青石水利", uid="7000001")
    marked = county.account(name="@青石水利", uid="7000002")
    assert accounts.find_account(county.session, "微博:@青石水利") is marked
    assert accounts.find_account(county.session, "微博:青石水利") is plain
    with pytest.raises(Ambiguous):
        accounts.find_account(county.session, "微博:青石 水利")
    county.account(name="青石水利", platform="wechat", uid="", form="订阅号")
    with pytest.raises(Ambiguous):
        accounts.find_account(county.session, "青石水利")


def test_an_unknown_account_is_not_found_and_says_how_to_name_one(county: County) -> None:
    for text in ("没有这个账号", "", "deadbeef"):
        with pytest.raises(NotFound):
            accounts.find_account(county.session, text)


def test_an_id_begins_and_ends_through_history(county: County) -> None:
    account, session = county.account(), county.session
    act = an_act(session)
    row = accounts.add_identifier(session, account, "custom", "qs110", act=act, effective_on=JUNE)
    assert (row.valid_from, row.preferred, row.platform) == (JUNE, False, "weibo")
    accounts.prefer_identifier(session, account, "custom", "qs110", act=act, effective_on=JUNE)
    assert accounts.native_id(account) == "qs110"
    accounts.end_identifier(session, account, "uid", "7000001", act=act, effective_on=JUNE)
    assert accounts.live_identifiers(account) == {"custom": "qs110"}
    may = history.states(session, SubjectKind.ACCOUNT, as_of=date(2026, 5, 31))[account.uid]
    assert list(may["identifiers"]) == ["uid:7000001"]


def test_an_added_id_is_checked_against_other_accounts(county: County) -> None:
    session, act = county.session, an_act(county.session)
    county.account(uid="7000001")
    other = county.account("青石公安", uid="7000002")
    with pytest.raises(AlreadyExists, match="青石警方"):
        accounts.add_identifier(session, other, "uid", "7000001", act=act, effective_on=JUNE)
    row = accounts.add_identifier(
        session, other, "uid", "7000001", act=act, effective_on=JUNE, disputed=True
    )
    assert row.disputed is True


def test_a_closed_account_takes_no_id_and_an_unknown_id_is_named(county: County) -> None:
    session, act = county.session, an_act(county.session)
    closed = county.account(state=AccountState.CLOSED)
    with pytest.raises(Refused):
        accounts.add_identifier(session, closed, "uid", "1", act=act, effective_on=JUNE)
    live = county.account("青石公安")
    with pytest.raises(NotFound) as caught:
        accounts.end_identifier(session, live, "uid", "9", act=act, effective_on=JUNE)
    assert "uid 7000001" in caught.value.hint


def test_sources_are_set_replaced_ordered_and_removed(county: County) -> None:
    account, session = county.account(), county.session
    accounts.set_source(session, account, "feed", address="https://a.example/f", position=1)
    accounts.set_source(session, account, "api", credential="WEIBO_TOKEN")
    accounts.set_source(session, account, "feed", address="https://a.example/f", enabled=False)
    kept = [(row.source, row.enabled, row.position) for row in account.sources]
    assert sorted(kept) == [("api", True, 0), ("feed", False, 0)]
    accounts.remove_source(session, account, "api")
    with pytest.raises(NotFound):
        accounts.remove_source(session, account, "api")


def test_an_address_with_a_password_is_not_kept(county: County) -> None:
    account, session = county.account(), county.session
    with pytest.raises(Refused) as told:
        accounts.set_source(session, account, "feed", address="https://u:p4ssw0rd@a.example/f")
    assert "p4ssw0rd" not in told.value.message + told.value.hint
    assert account.sources == []
    accounts.set_source(session, account, "feed", address="https://a.example/@qingshi")
    assert [row.address for row in account.sources] == ["https://a.example/@qingshi"]
