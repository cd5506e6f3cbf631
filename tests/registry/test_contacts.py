"""Contacts go through history as digests and are shown masked."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.contacts import (
    add_contact,
    contacts_of,
    masked,
    person_of,
    remove_contact,
    replace_contacts,
)
from registry.accounts.making import ContactGiven
from registry.errors import NotFound
from registry.history.writing import rows_of, state_of
from registry.models import Account, Contact
from registry.vocab import SubjectKind
from tests.registry.ledgers import a_unit, an_account, an_act

MAR, MAY = date(2026, 3, 1), date(2026, 5, 1)
LIU = ContactGiven("刘洋洋", "13900002222")
SUN = ContactGiven("孙悦", "0990-6012345", "responsible")


@pytest.fixture
def account(session: Session) -> Account:
    return an_account(session, a_unit(session))


def test_history_holds_a_digest_and_never_the_contact(session: Session, account: Account) -> None:
    contact = add_contact(session, account, LIU, act=an_act(session), effective_on=MAR)
    rows = rows_of(session, SubjectKind.ACCOUNT, account.uid)
    digests = json.loads(rows[-1].state)["contacts"]
    assert len(digests) == 1 and len(digests[0]) == 64
    assert digests == state_of(account)["contacts"]
    assert not any("刘洋洋" in row.state or "13900002222" in row.state for row in rows)
    assert len(contact.salt) == 16


def test_the_same_person_at_two_accounts_has_two_digests(session: Session) -> None:
    host = a_unit(session)
    digests = []
    for n in range(2):
        account = an_account(session, host, uid=f"700000{n}")
        add_contact(session, account, LIU, act=an_act(session), effective_on=MAR)
        digests += state_of(account)["contacts"]
    assert len(set(digests)) == 2


def test_a_contact_that_is_there_already_is_not_added_again(
    session: Session, account: Account
) -> None:
    for _n in range(2):
        add_contact(session, account, LIU, act=an_act(session), effective_on=MAR)
    assert len(contacts_of(session, account)) == 1
    assert len(rows_of(session, SubjectKind.ACCOUNT, account.uid)) == 2


def test_contacts_are_replaced_by_exactly_those_given(session: Session, account: Account) -> None:
    act = an_act(session)
    kept = add_contact(session, account, LIU, act=act, effective_on=MAR)
    new = [LIU, SUN, SUN]
    assert replace_contacts(session, account, new, act=act, effective_on=MAY) is not None
    assert replace_contacts(session, account, [SUN, LIU], act=act, effective_on=MAY) is None
    assert [person_of(row) for row in contacts_of(session, account)] == [LIU, SUN]
    assert contacts_of(session, account)[0] is kept
    replace_contacts(session, account, [SUN], act=act, effective_on=MAY)
    assert [person_of(row) for row in session.scalars(select(Contact))] == [SUN]
    assert len(state_of(account)["contacts"]) == 1


def test_a_contact_can_be_removed_only_from_its_own_account(
    session: Session, account: Account
) -> None:
    contact = add_contact(session, account, LIU, act=an_act(session), effective_on=MAR)
    other = an_account(session, a_unit(session, "青石县融媒体中心"), uid="2")
    with pytest.raises(NotFound):
        remove_contact(session, other, contact, act=an_act(session), effective_on=MAY)
    remove_contact(session, account, contact, act=an_act(session), effective_on=MAY)
    assert session.scalars(select(Contact)).all() == []
    assert state_of(account)["contacts"] == []


def test_contacts_are_shown_masked() -> None:
    assert masked(LIU) == "刘** 139****2222"
    assert masked(ContactGiven(phone="13900002222")) == "139****2222"
    assert "刘" not in repr(LIU) and "139" not in repr(LIU)
