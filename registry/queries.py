"""The ledger as rows to read: now, as of a day, as it was known at a moment.

Two ways to the same rows: the live tables for now, history for then. Contacts are absent unless
asked for, and then masked; history has none to show.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from registry.accounts.contacts import masked
from registry.history.live import states_of
from registry.history.states import State
from registry.history.writing import states
from registry.models import Account, Contact, Unit
from registry.names import fold_name
from registry.vocab import AccountState, RoleKind, SubjectKind, UnitKind, UnitLevel


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One account as the ledger declares it, with the names of units as they stood."""

    uid: str
    platform: str
    form: str
    name: str
    state: AccountState
    host_unit: str
    host_unit_uid: str
    host_level: UnitLevel | None
    host_kind: UnitKind | None
    region_code: str
    """Of the host unit; empty where it has none."""
    co_hosts: tuple[str, ...]
    supervising_units: tuple[str, ...]
    """主管单位: by role, else the host unit's own, else the host unit's parent."""
    operators: tuple[str, ...]
    verified_subject: str
    url: str
    purpose: str
    opened_on: date | None
    cadence: str
    followers: int | None
    identifiers: Mapping[str, str]
    """Scheme → value of the ids that were valid; of a closed account those it held last."""
    native_id: str
    """平台ID: the preferred one of them."""
    details: Mapping[str, Any]
    contacts: tuple[str, ...] = ()
    """Masked; empty unless asked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which accounts to list; everything that is given must hold."""

    uids: Collection[str] | None = None
    platforms: Collection[str] = ()
    states: Collection[AccountState] = ()
    host_uids: Collection[str] = ()
    under: str = ""
    """Uid of a unit: accounts of it and of all units below it."""
    name: str = ""
    """Part of the account's name, compared as names are (width, Traditional/Simplified)."""

    def admits(self, state: State, uid: str) -> bool:
        """True when an account in that state is wanted, its host apart."""
        return (
            (self.uids is None or uid in self.uids)
            and (not self.platforms or state["platform"] in self.platforms)
            and (not self.states or state["state"] in self.states)
            and (not self.name or fold_name(self.name) in fold_name(state["name"]))
        )

    def applied(self, query: Select[int, str]) -> Select[int, str]:
        """The query over the live table, narrowed by what the database can tell."""
        if self.uids is not None and len(self.uids) <= 500:
            query = query.where(Account.uid.in_(self.uids))
        if self.platforms:
            query = query.where(Account.platform.in_(self.platforms))
        if self.states:
            query = query.where(Account.state.in_(self.states))
        if self.name:
            query = query.where(Account.fold.contains(fold_name(self.name), autoescape=True))
        return query


EVERYTHING = Filters()


def ledger(
    session: Session,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    filters: Filters = EVERYTHING,
    with_contacts: bool = False,
) -> list[LedgerRow]:
    """The ledger by host unit, platform and name; equals in the order in which they were entered.

    `as_of` (a day in Shanghai) goes by effect, `known_at` (aware) by record; without either it is
    the ledger now. Accounts of every state are listed unless `filters` names some. With
    `with_contacts` the ledger now shows contacts, masked.
    """
    then = as_of is not None or known_at is not None
    if then:
        found = states(session, SubjectKind.ACCOUNT, as_of=as_of, known_at=known_at)
    else:
        found = _live(session, filters)
    units = _units(session, as_of, known_at)
    hosts = _wanted_hosts(filters, units)
    contacts = _contacts(session) if with_contacts and not then else {}
    rows = (
        _row(uid, state, units, as_of, contacts.get(uid, ()))
        for uid, state in found.items()
        if filters.admits(state, uid)
    )
    wanted = (row for row in rows if hosts is None or row.host_unit_uid in hosts)
    return sorted(wanted, key=lambda row: (row.host_unit, row.platform, row.name, row.uid))


def _wanted_hosts(filters: Filters, units: Mapping[str, State]) -> set[str] | None:
    """The uids of the host units that the filters admit; None for all."""
    wanted: set[str] | None = set(filters.host_uids) or None
    if filters.under:
        below = units_below(units, filters.under)
        wanted = below if wanted is None else wanted & below
    return wanted


def units_below(units: Mapping[str, State], root: str) -> set[str]:
    """The uid of a unit and of all units below it, by the parents that `units` names."""
    children: dict[str | None, list[str]] = {}
    for uid, state in units.items():
        children.setdefault(state["parent"], []).append(uid)
    found, open_ones = {root}, [root]
    while open_ones:
        for child in children.get(open_ones.pop(), []):
            if child not in found:
                found.add(child)
                open_ones.append(child)
    return found


def _units(session: Session, as_of: date | None, known_at: datetime | None) -> Mapping[str, State]:
    """Uid → state of every unit then; of one that was entered later, its state now."""
    uids = {key: uid for key, uid in session.execute(select(Unit.id, Unit.uid))}
    now = states_of(session, SubjectKind.UNIT, uids)
    found = {uids[key]: state for key, state in now.items()}
    if as_of is not None or known_at is not None:
        found.update(states(session, SubjectKind.UNIT, as_of=as_of, known_at=known_at))
    return found


def _live(session: Session, filters: Filters) -> dict[str, State]:
    """The states of the live rows that the filters admit, as far as the database can tell."""
    query = filters.applied(select(Account.id, Account.uid))
    uids = {key: uid for key, uid in session.execute(query)}
    found = states_of(session, SubjectKind.ACCOUNT, uids)
    return {uids[key]: state for key, state in found.items()}


def _contacts(session: Session) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for uid, contact in session.execute(
        select(Account.uid, Contact).join(Contact.account).order_by(Contact.id)
    ):
        found[uid] = (*found.get(uid, ()), masked(contact))
    return found


def _row(
    uid: str,
    state: State,
    units: Mapping[str, State],
    day: date | None,
    contacts: tuple[str, ...],
) -> LedgerRow:
    hosts = _holders(state, RoleKind.HOST, day) or _last_holders(state, RoleKind.HOST)
    host = units.get(hosts[-1], {}) if hosts else {}
    held = _valid(state["identifiers"], day) or _last(state["identifiers"])
    return LedgerRow(
        uid=uid,
        platform=state["platform"],
        form=state["form"],
        name=state["name"],
        state=AccountState(state["state"]),
        host_unit=host.get("name", ""),
        host_unit_uid=hosts[-1] if hosts else "",
        host_level=UnitLevel(host["level"]) if host.get("level") else None,
        host_kind=UnitKind(host["kind"]) if host.get("kind") else None,
        region_code=host.get("region_code") or "",
        co_hosts=_names(_holders(state, RoleKind.CO_HOST, day), units),
        supervising_units=_supervisors(state, host, units, day),
        operators=_names(_holders(state, RoleKind.OPERATOR, day), units),
        verified_subject=state["verified_subject"] or "",
        url=state["url"],
        purpose=state["purpose"],
        opened_on=date.fromisoformat(state["opened_on"]) if state["opened_on"] else None,
        cadence=state["cadence"],
        followers=state["followers"],
        identifiers=_by_scheme(held),
        native_id=_native(held),
        details=state["details"],
        contacts=contacts,
    )


def _valid(entries: Mapping[str, State], day: date | None) -> dict[str, State]:
    """The entries that hold on the day; with None, those that have no end."""
    until = day.isoformat() if day else "9999"
    return {
        name: entry for name, entry in entries.items() if (entry["valid_to"] or "9999") >= until
    }


def _last(entries: Mapping[str, State]) -> dict[str, State]:
    """The entries that ended last, where none holds any more."""
    end = max((entry["valid_to"] for entry in entries.values()), default=None)
    return {name: entry for name, entry in entries.items() if entry["valid_to"] == end}


def _of_role(state: State, role: RoleKind) -> dict[str, State]:
    start = f"{role.value}:"
    return {
        name.removeprefix(start): entry
        for name, entry in state["roles"].items()
        if name.startswith(start)
    }


def _holders(state: State, role: RoleKind, day: date | None) -> list[str]:
    """The uids of the units that have the role on the day, the newest last."""
    found = _valid(_of_role(state, role), day)
    return sorted(found, key=lambda uid: (found[uid]["valid_from"] or "", uid))


def _last_holders(state: State, role: RoleKind) -> list[str]:
    return sorted(_last(_of_role(state, role)))


def _names(uids: Collection[str], units: Mapping[str, State]) -> tuple[str, ...]:
    return tuple(units[uid]["name"] for uid in uids if uid in units)


def _supervisors(
    state: State, host: State, units: Mapping[str, State], day: date | None
) -> tuple[str, ...]:
    own = _holders(state, RoleKind.SUPERVISING, day)
    general = host.get("supervising_unit") or host.get("parent")
    return _names(own or ([general] if general else []), units)


def _by_scheme(entries: Mapping[str, State]) -> dict[str, str]:
    """Scheme → value; of several ids of a scheme the preferred one, else the newest."""
    found: dict[str, str] = {}
    for name in sorted(entries, key=lambda name: _weight(entries[name])):
        scheme, value = name.split(":", 1)
        found[scheme] = value
    return found


def _native(entries: Mapping[str, State]) -> str:
    last = max(entries, key=lambda name: _weight(entries[name]), default="")
    return last.split(":", 1)[1] if last else ""


def _weight(entry: State) -> tuple[bool, str]:
    return bool(entry["preferred"]), entry["valid_from"] or ""
