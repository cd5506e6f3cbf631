"""Changes that an import makes itself: counters, links, contacts, what a row fills in.

In bulk and through history. Whatever needs a filing was sorted out by the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.accounts.contacts import digests, person_of
from registry.accounts.making import ContactGiven, new_contact
from registry.accounts.parts import replace_roles
from registry.dates import shanghai_date
from registry.errors import StaleRevision
from registry.exchange.comparing import Comparison
from registry.exchange.known import Known
from registry.exchange.plan_rows import PlanRow
from registry.history import writing as history
from registry.bulk import chunks
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, AccountRole, Unit
from registry.platforms import PlatformCatalogue


def update_accounts(
    session: Session,
    rows: Sequence[PlanRow],
    units: Mapping[str, Unit],
    catalogue: PlatformCatalogue,
    act: Act,
) -> None:
    """Make the direct changes of these rows, from today on; `units` holds every unit by key.

    Raises StaleRevision when an account was changed since the plan was made.
    """
    today = shanghai_date(act.at)
    items: list[history.Item] = []
    for some in chunks(row for row in rows if row.comparison and row.comparison.updates):
        accounts = _accounts(session, some)
        for row, account in zip(some, accounts, strict=True):
            changes = _changes(row, account, units, catalogue, today)
            items.append((account, changes, today))
    history.record_many(session, items, act)


def _accounts(session: Session, rows: Sequence[PlanRow]) -> list[Account]:
    """The live accounts that the rows speak of, in their order."""
    known = [_known(row) for row in rows]
    query = select(Account).where(Account.id.in_([each.id for each in known]))
    changed = [row.comparison for row in rows if row.comparison]
    if any(each.people is not None for each in changed):
        query = query.options(selectinload(Account.contacts))
    if any(each.roles for each in changed):
        query = query.options(selectinload(Account.roles).selectinload(AccountRole.unit))
    found = {account.id: account for account in session.scalars(query)}
    for each in known:
        if found[each.id].revision != each.revision:
            raise StaleRevision(
                _("{name} was changed after the plan was made.").format(name=each.name),
                _("Make the plan again."),
            )
    return [found[each.id] for each in known]


def _known(row: PlanRow) -> Known:
    assert row.match is not None and row.match.known is not None
    return row.match.known


def _changes(
    row: PlanRow,
    account: Account,
    units: Mapping[str, Unit],
    catalogue: PlatformCatalogue,
    today: date,
) -> dict[str, Any]:
    found = row.comparison
    assert found is not None
    changes = dict(found.direct)
    if found.ids:
        changes["identifiers"] = _new_ids(row, found, catalogue)
    for role, named in found.roles.items():
        new = replace_roles(_open_roles(account), role, [units[named.key].uid], today)
        changes.setdefault("roles", {}).update(new.get("roles", {}))
    if found.people is not None:
        changes["contacts"] = _replace_people(account, found.people)
    return changes


def _new_ids(row: PlanRow, found: Comparison, catalogue: PlatformCatalogue) -> dict[str, Any]:
    """Ids that the account lacked. Since when they hold is not known."""
    native = "" if _known(row).has_native else preferred_scheme(catalogue, row.platform, found.ids)
    return {
        f"{scheme}:{value}": {
            "valid_from": None,
            "valid_to": None,
            "preferred": scheme == native,
            "disputed": scheme in row.disputed,
        }
        for scheme, value in found.ids.items()
    }


def preferred_scheme(
    catalogue: PlatformCatalogue, platform: str, identifiers: Mapping[str, str]
) -> str:
    """The scheme of the native id 平台ID among those given: the platform's own choice, else the first."""
    known = platform in catalogue.platforms
    preferred = catalogue.info(platform).preferred if known else ""
    return preferred if preferred in identifiers else next(iter(identifiers), "")


def _open_roles(account: Account) -> dict[str, Any]:
    """The roles that hold now, as the account's state has them."""
    roles = {
        f"{row.role.value}:{row.unit.uid}": {
            "valid_from": row.valid_from.isoformat() if row.valid_from else None,
            "valid_to": None,
        }
        for row in account.roles
        if row.valid_to is None
    }
    return {"roles": roles}


def _replace_people(account: Account, people: Sequence[ContactGiven]) -> list[str]:
    """Exactly these contacts from now on; what history is to hold of them."""
    wanted = list(dict.fromkeys(people))
    kept = {person_of(row): row for row in account.contacts if person_of(row) in wanted}
    for row in [row for row in account.contacts if row not in kept.values()]:
        account.contacts.remove(row)
    account.contacts.extend(new_contact(person) for person in wanted if person not in kept)
    return digests(account.contacts)
