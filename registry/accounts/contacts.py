"""Contacts of accounts: added, replaced and removed through history, shown masked.

A contact stands in its own row and nowhere else; history holds a digest under the row's salt.
How a contact is forgotten for good is `registry.keeping.forgetting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven, new_contact
from registry.errors import NotFound
from registry.history.live import contact_digest
from registry.history.writing import Act, record
from registry.messages import _
from registry.models import Account, Contact, History
from registry.text import mask_name, mask_phone


def person_of(contact: Contact) -> ContactGiven:
    """The person a row speaks of."""
    return ContactGiven(contact.name, contact.phone, contact.duty)


def masked(contact: Contact | ContactGiven) -> str:
    """The contact for showing: `张* 138****5678`."""
    return " ".join(filter(None, (mask_name(contact.name), mask_phone(contact.phone))))


def digests(contacts: Iterable[Contact]) -> list[str]:
    """What the state of an account holds of its contacts."""
    return sorted(contact_digest(contact) for contact in contacts)


def contacts_of(session: Session, account: Account) -> list[Contact]:
    """The account's contacts in the order in which they were entered."""
    return list(
        session.scalars(
            select(Contact).where(Contact.account_id == account.id).order_by(Contact.id)
        )
    )


def add_contact(
    session: Session, account: Account, person: ContactGiven, *, act: Act, effective_on: date
) -> Contact:
    """One more contact of the account. One that is there already is returned as it is."""
    for contact in contacts_of(session, account):
        if person_of(contact) == person:
            return contact
    contact = new_contact(person)
    account.contacts.append(contact)
    _note(session, account, act, effective_on)
    return contact


def replace_contacts(
    session: Session,
    account: Account,
    people: Sequence[ContactGiven],
    *,
    act: Act,
    effective_on: date,
) -> History | None:
    """Exactly these people from now on; None, and no row of history, when nothing changes."""
    wanted = list(dict.fromkeys(people))
    kept = [row for row in contacts_of(session, account) if person_of(row) in wanted]
    known = {person_of(row) for row in kept}
    gone = [row for row in contacts_of(session, account) if row not in kept]
    new = [new_contact(person) for person in wanted if person not in known]
    if not gone and not new:
        return None
    for row in gone:
        account.contacts.remove(row)
    account.contacts.extend(new)
    return _note(session, account, act, effective_on)


def remove_contact(
    session: Session, account: Account, contact: Contact, *, act: Act, effective_on: date
) -> History:
    """Take one contact away. Its bytes may linger in the file until it is forgotten."""
    if contact.account_id != account.id:
        raise NotFound(_("{name} has no such contact.").format(name=account.name))
    account.contacts.remove(contact)
    return _note(session, account, act, effective_on)


def _note(session: Session, account: Account, act: Act, day: date) -> History:
    session.flush()
    changes = {"contacts": digests(contacts_of(session, account))}
    return record(session, account, changes, effective_on=day, act=act)
