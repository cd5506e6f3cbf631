"""The ledger as reconcilers see it: read in a handful of set-based queries, held by identifier.

It reads and compares; it changes nothing. Only accounts ABANDONED before they ever opened are left
out, because they were never declared to anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from sys import intern
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Select, case, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NULLTYPE

from reconcilers.bodies import Bodies, Body
from reconcilers.holders import Holders, Key
from registry.errors import NotFound
from registry.exchange.comparing import title_of
from registry.models import Account, AccountIdentifier, AccountRole, Registry, Unit, UnitAlias
from registry.units.naming import find_unit, several_called
from registry.units.reading import levels_read_off
from registry.vocab import LIVE_STATES, AccountState, RoleKind

_AT_ONCE = 2000

_Value = TypeVar("_Value")

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True, eq=False)
class LedgerAccount:
    """One account as declared. Not changed once read."""

    id: int
    uid: str
    platform: str
    form: str
    name: str
    fold: str
    verified_subject: str | None
    url: str
    state: AccountState
    opened_on: date | None
    followers: int | None
    purpose: str
    revision: int
    host: Body | None = None
    """The host unit today; for a closed account, the last one."""
    host_name: str = ""
    supervising: Body | None = None
    """The unit that is said to supervise it; never the host's parent in the place of one."""
    scheme: str = ""
    value: str = ""
    """Of the identifier in force that was entered first; nearly all accounts have no other."""
    several: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Where it has others: as `identifiers`."""
    further: tuple[tuple[str, str], ...] = ()
    """(scheme, value) of others in force, where a scheme has several."""
    ended: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Scheme → value, of those no longer in force (the latest of each scheme)."""
    ended_on: date | None = None
    """The last day on which any of the ended ones was in force."""
    disputed: bool = False
    """One of its identifiers was accepted although another account holds it."""
    native: str = ""
    """The preferred identifier's value, in force or ended."""

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def identifiers(self) -> Mapping[str, str]:
        """Scheme → value, of those in force; of several in a scheme the preferred one."""
        return self.several or ({self.scheme: self.value} if self.scheme else NOTHING)

    def hosted_by(self, host: Body) -> None:
        """Note its host unit."""
        self.host, self.host_name = host, host.name

    @property
    def supervising_name(self) -> str:
        return self.supervising.name if self.supervising else ""

    @property
    def host_level(self) -> str:
        """The level of its host unit as it is printed; empty where nobody knows."""
        return self.host.level_word if self.host else ""

    @property
    def given_level(self) -> str:
        """The same, unless it was only read off the unit's name."""
        return "" if self.host is None or self.host.level_read_off else self.host_level

    @property
    def region_code(self) -> str:
        """Of its host unit; empty where it has none."""
        return (self.host.region_code or "") if self.host else ""

    @property
    def held(self) -> frozenset[tuple[str, str]]:
        """(scheme, value) of all in force."""
        return frozenset((*self.identifiers.items(), *self.further))

    def keys(self) -> Iterator[Key]:
        """The identifiers in force."""
        for scheme, value in self.identifiers.items():
            yield self.platform, scheme, value
        for scheme, value in self.further:
            yield self.platform, scheme, value

    def side(self) -> dict[str, Any]:
        """What a report prints of it."""
        return {
            "host_unit": self.host_name,
            "platform": self.platform,
            "form": self.form,
            "name": self.name,
            "identifier": self.native,
            "verified_subject": self.verified_subject or "",
            "url": self.url,
            "state": self.state,
        }


@dataclass(frozen=True)
class Ledger:
    """All declared accounts with the bodies that answer for them."""

    accounts: tuple[LedgerAccount, ...]
    bodies: Bodies
    manifold: Sequence[LedgerAccount] = ()
    """Those that hold more than one identifier in force."""
    by_code: Mapping[str, Sequence[LedgerAccount]] = field(default_factory=dict)
    """Code in the national system → the accounts that the ledger has it of."""

    @cached_property
    def by_uid(self) -> Mapping[str, LedgerAccount]:
        return {account.uid: account for account in self.accounts}

    @cached_property
    def by_id(self) -> Mapping[int, LedgerAccount]:
        return {account.id: account for account in self.accounts}

    @cached_property
    def live(self) -> tuple[LedgerAccount, ...]:
        """Accounts open to the public: ACTIVE and CLOSING."""
        return tuple(account for account in self.accounts if account.live)

    @cached_property
    def holders(self) -> Holders:
        """Who holds which identifier in force."""
        return Holders(self.accounts, self.manifold)

    def held_by(self, key: Key) -> Sequence[LedgerAccount]:
        """The accounts that hold an identifier, the one entered first in front."""
        return self.holders.of(key)

    @property
    def shared(self) -> Mapping[Key, Sequence[LedgerAccount]]:
        """Identifiers in force that several accounts hold: one of them is disputed."""
        return self.holders.shared()

    @cached_property
    def by_ended_identifier(self) -> Mapping[Key, list[LedgerAccount]]:
        """Identifiers once in force: how a closed account is recognised."""
        found: dict[Key, list[LedgerAccount]] = {}
        for account in self.accounts:
            if account.ended is NOTHING:
                continue
            for scheme, value in account.ended.items():
                found.setdefault((account.platform, scheme, value), []).append(account)
        return found

    def once_held_by(self, key: Key) -> Sequence[LedgerAccount]:
        """The accounts that held an identifier which is no longer in force."""
        return self.by_ended_identifier.get(key, ())

    @cached_property
    def by_host(self) -> Mapping[Body, list[LedgerAccount]]:
        """Live accounts under the body that hosts them."""
        found: defaultdict[Body, list[LedgerAccount]] = defaultdict(list)
        for account in self.live:
            if account.host:
                found[account.host].append(account)
        return found


def read_ledger(session: Session) -> Ledger:
    """The ledger as it stands now."""
    bodies = read_bodies(session)
    accounts = _accounts(session)
    manifold = _add_identifiers(session, accounts)
    _add_ended_identifiers(session, accounts)
    _add_hosts(session, accounts, bodies)
    _add_supervising(session, accounts, bodies)
    return Ledger(tuple(accounts.values()), bodies, manifold, _codes(session, accounts))


def _codes(
    session: Session, accounts: Mapping[int, LedgerAccount]
) -> Mapping[str, Sequence[LedgerAccount]]:
    """The accounts by the codes that an imported list brought."""
    code = Account.details[title_of("national_code")].as_string()
    found: defaultdict[str, list[LedgerAccount]] = defaultdict(list)
    for number, text in session.execute(select(Account.id, code).where(code.is_not(None))):
        if text and number in accounts:
            found[text].append(accounts[number])
    return found


def read_bodies(session: Session) -> Bodies:
    """All units with the names they answer to."""
    u = Unit
    columns = (
        *(u.id, u.uid, u.name, u.fold, u.status, u.successor_id, u.level, u.region_code),
        u.supervising_unit_id,
    )
    guessed = levels_read_off(session)
    rows = session.connection().execute(select(*columns).order_by(Unit.id))
    units = [Body(*row, level_read_off=row[0] in guessed) for row in rows]
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for unit_id, alias in session.execute(select(UnitAlias.unit_id, UnitAlias.alias)):
        aliases[unit_id].append(alias)
    own = select(Unit.name).join(Registry, Registry.jurisdiction_uid == Unit.uid)
    prefix = session.scalars(own.where(Registry.is_self)).first() or ""
    return Bodies(units, aliases, prefix)


def find_host(session: Session, name: str) -> Unit:
    """The unit that a person means: by full name, alias, code or uid, or by a short form that fits
    no other unit, as names are compared here. Raises NotFound, Ambiguous."""
    bodies = read_bodies(session)
    try:
        return find_unit(session, name, prefix=bodies.prefix)
    except NotFound:
        alike = bodies.all_called(name)
        if not alike:
            raise
        if len(alike) > 1:
            raise several_called(name, alike) from None
        return session.scalars(select(Unit).where(Unit.uid == alike[0].uid)).one()


def _accounts(session: Session) -> dict[int, LedgerAccount]:
    """Id → account, without identifiers and host. Of words that many share one copy is kept."""
    a = Account
    other_fold = case((a.fold != a.name, a.fold))
    columns = (
        *(a.id, a.uid, a.platform, a.form, a.name, other_fold, a.verified_subject, a.url),
        *(a.state, a.opened_on, a.followers, a.purpose, a.revision),
    )
    query = select(*columns).where(a.state != AccountState.ABANDONED).order_by(a.id)
    states = {state.value: state for state in AccountState}
    known: dict[Any, Any] = {}
    days = _Days()
    found: dict[int, LedgerAccount] = {}
    for stretch in _stretches(session, query):
        ids, uids, platforms, forms, names, folds, subjects, urls, words, dates, *rest = stretch
        made = map(
            LedgerAccount,
            ids,
            uids,
            _once(platforms, known),
            _once(forms, known),
            names,
            [name if fold is None else fold for name, fold in zip(names, folds, strict=True)],
            _once(subjects, known),
            urls,
            map(states.__getitem__, words),
            map(days.__getitem__, dates),
            *rest,
        )
        found.update(zip(ids, made, strict=True))
    return found


class _Days(dict[Any, date | None]):
    """A day as the driver gives it → the day, one copy of each."""

    def __missing__(self, given: Any) -> date | None:
        day = date.fromisoformat(given) if isinstance(given, str) else given
        return self.setdefault(given, day)


def _once(values: Sequence[_Value], known: dict[Any, Any]) -> Iterable[_Value]:
    """The values, equal ones as the one object that is known."""
    return map(known.setdefault, values, values)


def _stretches(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    """The rows of a long table, some thousand at a time and by column.

    Values are as the driver has them, an enum as its word; on SQLite a day is a text and a truth
    value a number. To make of each what its column says takes half as long again.
    """
    plain = [type_coerce(column, NULLTYPE) for column in query.selected_columns]
    told = query.with_only_columns(*plain).execution_options(yield_per=_AT_ONCE)
    for rows in session.connection().execute(told).partitions():
        yield tuple(zip(*rows, strict=True))


def _add_identifiers(
    session: Session, accounts: Mapping[int, LedgerAccount]
) -> Sequence[LedgerAccount]:
    """The identifiers in force. Returns the accounts that have more than one."""
    i = AccountIdentifier
    columns = (i.account_id, i.scheme, i.value, i.preferred, i.disputed)
    query = select(*columns).where(i.valid_to.is_(None)).order_by(i.id)
    manifold: dict[int, LedgerAccount] = {}
    for stretch in _stretches(session, query):
        for number, scheme, value, preferred, disputed in zip(*stretch, strict=True):
            account = accounts.get(number)
            if account is not None:
                if account.scheme:
                    manifold[number] = account
                _add_identifier(account, intern(scheme), value, preferred)
                if disputed:
                    account.disputed = True
    return tuple(manifold.values())


def _add_identifier(account: LedgerAccount, scheme: str, value: str, preferred: bool) -> None:
    """One more in force; of several in a scheme the preferred one stands for it."""
    if not account.scheme:
        account.scheme, account.value = scheme, value
    else:
        held = account.identifiers
        if scheme in held:
            account.further += ((scheme, held[scheme] if preferred else value),)
        if preferred or scheme not in held:
            account.several = {**held, scheme: value}
    if preferred:
        account.native = value


def _add_ended_identifiers(session: Session, accounts: Mapping[int, LedgerAccount]) -> None:
    """Those no longer in force, the latest last."""
    i = AccountIdentifier
    columns = (i.account_id, i.scheme, i.value, i.valid_to, i.preferred)
    query = select(*columns).where(i.valid_to.is_not(None)).order_by(i.valid_to, i.id)
    without: set[int] = set()
    for number, scheme, value, last, preferred in session.execute(query):
        account = accounts.get(number)
        if account is None:
            continue
        account.ended = {**account.ended, scheme: value}
        account.ended_on = last
        if not account.native:
            without.add(number)
        if preferred and number in without:
            account.native = value


def _add_hosts(session: Session, accounts: Mapping[int, LedgerAccount], bodies: Bodies) -> None:
    """The host in force; where the role has ended with the account, the last one."""
    r = AccountRole
    hosts = select(r.account_id, r.unit_id).where(r.role == RoleKind.HOST)
    ended = hosts.where(r.valid_to.is_not(None)).order_by(r.valid_to, r.id)
    for number, unit in session.execute(ended):
        if number in accounts:
            accounts[number].hosted_by(bodies.by_id[unit])
    for stretch in _stretches(session, hosts.where(r.valid_to.is_(None)).order_by(r.id)):
        for number, unit in zip(*stretch, strict=True):
            if (account := accounts.get(number)) is not None:
                account.hosted_by(bodies.by_id[unit])


def _add_supervising(
    session: Session, accounts: Mapping[int, LedgerAccount], bodies: Bodies
) -> None:
    """The unit that is said to supervise the account, else the one said to supervise its host."""
    if any(body.supervising_id for body in bodies.by_id.values()):
        for each in accounts.values():
            if each.host is not None and each.host.supervising_id is not None:
                each.supervising = bodies.by_id[each.host.supervising_id]
    r = AccountRole
    own = select(r.account_id, r.unit_id).where(r.role == RoleKind.SUPERVISING)
    for number, unit in session.execute(own.where(r.valid_to.is_(None)).order_by(r.id)):
        if (account := accounts.get(number)) is not None:
            account.supervising = bodies.by_id[unit]
