"""The live rows of accounts and units: their state read off them, and put back by paths.

Reading is set-based, so that 100,000 rows cost a few hundred queries. Contacts are read as digests
and never written here: only `registry.accounts.contacts` and the importers know them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, object_session, selectinload

from registry.bulk import chunks
from registry.history.chain import canonical
from registry.history.states import ACCOUNT_FIELDS, UNIT_FIELDS, UNIT_LINKS, State, plain
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    Contact,
    Unit,
    UnitAlias,
    UnitIdentifier,
)
from registry.names import fold_name, fold_unit
from registry.vocab import AccountState, RoleKind, SubjectKind, UnitKind, UnitLevel, UnitStatus

Subject = Account | Unit


@dataclass(frozen=True, slots=True)
class Applied:
    """A state to put back: only the values at `paths` are touched."""

    subject: Subject
    state: State
    paths: Collection[str]


def kind_of(subject: Subject) -> SubjectKind:
    """What sort of subject a live row is."""
    return SubjectKind.ACCOUNT if isinstance(subject, Account) else SubjectKind.UNIT


def contact_digest(contact: Contact) -> str:
    """What history keeps of a contact: HMAC-SHA256 under its own salt, in hex.

    Sixteen random bytes per contact: without them nobody can try out names and numbers.
    """
    known = canonical([contact.duty, contact.name, contact.phone])
    return hmac.new(contact.salt, known.encode(), hashlib.sha256).hexdigest()


def state_of(subject: Subject) -> State:
    """The state of one live row as the database holds it; pending changes are flushed first."""
    session = object_session(subject)
    if session is None:
        raise ValueError("a state can be read only of a row that belongs to a session")
    session.flush()
    return states_of(session, kind_of(subject), [subject.id])[subject.id]


def states_of(session: Session, kind: SubjectKind, ids: Iterable[int]) -> dict[int, State]:
    """The states of live rows by their integer key, with a few queries for each thousand rows."""
    read = _accounts if kind is SubjectKind.ACCOUNT else _units
    found: dict[int, State] = {}
    for some in chunks(ids):
        found.update(read(session, some))
    return found


def _accounts(session: Session, ids: Sequence[int]) -> dict[int, State]:
    columns = [getattr(Account, name) for name in ACCOUNT_FIELDS]
    found: dict[int, State] = {}
    for key, *values in session.execute(select(Account.id, *columns).where(Account.id.in_(ids))):
        state = found[key] = dict(zip(ACCOUNT_FIELDS, values))
        state["state"], state["opened_on"] = state["state"].value, _iso(state["opened_on"])
        state.update(identifiers={}, roles={}, contacts=[])
    for key, name, entry in _identifiers(session, ids):
        _keep(found[key]["identifiers"], name, entry)
    for key, name, entry in _roles(session, ids):
        _keep(found[key]["roles"], name, entry)
    for contact in session.scalars(select(Contact).where(Contact.account_id.in_(ids))):
        found[contact.account_id or 0]["contacts"].append(contact_digest(contact))
    for state in found.values():
        state["contacts"].sort()
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _keep(entries: State, name: str, entry: State) -> None:
    """Of two live rows with one key the open one counts, else the one that ended last."""
    old = entries.get(name)
    if old is None or (entry["valid_to"] or "9999") >= (old["valid_to"] or "9999"):
        entries[name] = entry


def _identifiers(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, State]]:
    row = AccountIdentifier
    columns = (row.scheme, row.value, row.valid_from, row.valid_to, row.preferred, row.disputed)
    query = select(row.account_id, *columns).where(row.account_id.in_(ids)).order_by(row.id)
    for account_id, scheme, value, first, last, preferred, disputed in session.execute(query):
        yield account_id, f"{scheme}:{value}", {
            "valid_from": _iso(first),
            "valid_to": _iso(last),
            "preferred": preferred,
            "disputed": disputed,
        }


def _roles(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, State]]:
    row = AccountRole
    query = select(row.account_id, row.role, Unit.uid, row.valid_from, row.valid_to).join(row.unit)
    rows = session.execute(query.where(row.account_id.in_(ids)).order_by(row.id))
    for account_id, role, uid, first, last in rows:
        entry = {"valid_from": _iso(first), "valid_to": _iso(last)}
        yield account_id, f"{role.value}:{uid}", entry


def _units(session: Session, ids: Sequence[int]) -> dict[int, State]:
    links = [aliased(Unit) for _name in UNIT_LINKS]
    columns: list[ColumnElement[Any]] = [getattr(Unit, name) for name in UNIT_FIELDS]
    query = select(Unit.id, *columns, *(link.uid for link in links)).where(Unit.id.in_(ids))
    for name, link in zip(UNIT_LINKS, links):
        query = query.outerjoin(link, link.id == getattr(Unit, f"{name}_id"))
    found: dict[int, State] = {}
    for key, *values in session.execute(query):
        found[key] = dict(zip(UNIT_FIELDS + UNIT_LINKS, map(plain, values)))
        found[key].update(aliases=[], identifiers={})
    alias, code = UnitAlias, UnitIdentifier
    for key, name in session.execute(
        select(alias.unit_id, alias.alias).where(alias.unit_id.in_(ids))
    ):
        found[key]["aliases"].append(name)
    for key, scheme, value in session.execute(
        select(code.unit_id, code.scheme, code.value).where(code.unit_id.in_(ids))
    ):
        found[key]["identifiers"][f"{scheme}:{value}"] = {}
    for state in found.values():
        state["aliases"].sort()
    return found


def apply(session: Session, items: Sequence[Applied]) -> None:
    """Put states back on their live rows, at the given paths only, and flush.

    Raises ValueError when a state names a unit that the registry does not have.
    """
    units = _unit_ids(session, items)
    _preload(session, items)
    for item in items:
        if isinstance(item.subject, Account):
            _apply_account(item.subject, item, units)
        else:
            _apply_unit(session, item.subject, item, units)
    session.flush()


def _unit_ids(session: Session, items: Iterable[Applied]) -> dict[str, int]:
    """The integer keys of all units that the paths to be set speak of."""
    uids = set()
    for item in items:
        for path in item.paths:
            if path.startswith("roles/"):
                uids.add(path.split(":", 1)[1])
            elif path in UNIT_LINKS and item.state[path]:
                uids.add(item.state[path])
    found: dict[str, int] = {}
    for some in chunks(uids):
        for uid, key in session.execute(select(Unit.uid, Unit.id).where(Unit.uid.in_(some))):
            found[uid] = key
    if missing := uids - set(found):
        raise ValueError(f"no unit has the uid {sorted(missing)[0]!r}")
    return found


def _preload(session: Session, items: Iterable[Applied]) -> None:
    """Load the collections that will be touched, for all accounts at once."""
    keyed = [
        item.subject.id
        for item in items
        if isinstance(item.subject, Account) and any("/" in path for path in item.paths)
    ]
    loads = (selectinload(Account.identifiers), selectinload(Account.roles))
    for some in chunks(keyed, 500):
        session.scalars(select(Account).where(Account.id.in_(some)).options(*loads)).all()


def _apply_account(account: Account, item: Applied, units: dict[str, int]) -> None:
    for path in item.paths:
        key, _slash, name = path.partition("/")
        if key == "identifiers":
            _apply_identifier(account, name, item.state[key].get(name))
        elif key == "roles":
            _apply_role(account, name, item.state[key].get(name), units)
        elif key == "opened_on":
            account.opened_on = _day(item.state[key])
        elif key == "state":
            account.state = AccountState(item.state[key])
        elif key != "contacts":
            setattr(account, key, item.state[key])
    if "name" in item.paths:
        account.fold = fold_name(account.name)
    if "platform" in item.paths:
        for row in account.identifiers:
            row.platform = account.platform


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _apply_identifier(account: Account, name: str, entry: State | None) -> None:
    scheme, value = name.split(":", 1)
    found = [row for row in account.identifiers if (row.scheme, row.value) == (scheme, value)]
    if entry is None:
        for gone in found:
            account.identifiers.remove(gone)
        return
    row = _counting(found)
    if row is None:
        row = AccountIdentifier(platform=account.platform, scheme=scheme, value=value)
        account.identifiers.append(row)
    row.valid_from, row.valid_to = _day(entry["valid_from"]), _day(entry["valid_to"])
    row.preferred, row.disputed = entry["preferred"], entry["disputed"]


def _apply_role(account: Account, name: str, entry: State | None, units: dict[str, int]) -> None:
    role, uid = name.split(":", 1)
    found = [r for r in account.roles if (r.role.value, r.unit_id) == (role, units[uid])]
    if entry is None:
        for gone in found:
            account.roles.remove(gone)
        return
    row = _counting(found)
    if row is None:
        row = AccountRole(role=RoleKind(role), unit_id=units[uid])
        account.roles.append(row)
    row.valid_from, row.valid_to = _day(entry["valid_from"]), _day(entry["valid_to"])


_Dated = TypeVar("_Dated", AccountIdentifier, AccountRole)


def _counting(rows: Sequence[_Dated]) -> _Dated | None:
    """The row that `_keep` would keep, so that reading gives back what was applied."""
    return max(rows, key=lambda row: (row.valid_to or date.max, row.id or 0), default=None)


def _apply_unit(session: Session, unit: Unit, item: Applied, units: dict[str, int]) -> None:
    for path in item.paths:
        key, _slash, name = path.partition("/")
        value = item.state[key]
        if key == "identifiers":
            _apply_code(session, unit, name, value.get(name))
        elif key in UNIT_LINKS:
            setattr(unit, f"{key}_id", units[value] if value else None)
        elif key == "aliases":
            _apply_aliases(unit, value)
        elif key == "level":
            unit.level = UnitLevel(value) if value else None
        elif key == "kind":
            unit.kind = UnitKind(value)
        elif key == "status":
            unit.status = UnitStatus(value)
        else:
            setattr(unit, key, value)
    if "name" in item.paths:
        unit.fold = fold_unit(unit.name)


def _apply_aliases(unit: Unit, names: Sequence[str]) -> None:
    for row in [row for row in unit.aliases if row.alias not in names]:
        unit.aliases.remove(row)
    present = {row.alias for row in unit.aliases}
    for name in names:
        if name not in present:
            unit.aliases.append(UnitAlias(alias=name, fold=fold_unit(name)))


def _apply_code(session: Session, unit: Unit, name: str, entry: State | None) -> None:
    scheme, value = name.split(":", 1)
    found = session.scalars(
        select(UnitIdentifier).where(
            UnitIdentifier.unit_id == unit.id,
            UnitIdentifier.scheme == scheme,
            UnitIdentifier.value == value,
        )
    ).first()
    if entry is None and found is not None:
        session.delete(found)
    elif entry is not None and found is None:
        session.add(UnitIdentifier(unit_id=unit.id, scheme=scheme, value=value))
