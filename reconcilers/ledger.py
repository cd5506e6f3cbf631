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
from itertools import starmap
from types import MappingProxyType
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from reconcilers.bodies import Bodies, Body
from registry.models import Account, AccountIdentifier, AccountRole, Registry, Unit, UnitAlias
from registry.vocab import LIVE_STATES, AccountState, Lang, RoleKind, label

Key = tuple[str, str, str]
"""(platform, scheme, value) of an identifier."""

_AT_ONCE = 2000

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
    identifiers: dict[str, str] = field(default_factory=dict)
    """Scheme → value, of those in force; of several in a scheme the preferred one."""
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
    def host_name(self) -> str:
        return self.host.name if self.host else ""

    @property
    def host_level(self) -> str:
        """The level of its host unit as it is printed; empty where nobody knows."""
        return label(self.host.level, Lang.ZH) if self.host and self.host.level else ""

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
    def _held(self) -> tuple[dict[Key, LedgerAccount], dict[Key, list[LedgerAccount]]]:
        found: dict[Key, LedgerAccount] = {}
        several: dict[Key, list[LedgerAccount]] = {}
        for account in self.accounts:
            platform = account.platform
            for scheme, value in (*account.identifiers.items(), *account.further):
                key = (platform, scheme, value)
                first = found.setdefault(key, account)
                if first is not account:
                    several.setdefault(key, [first]).append(account)
        return found, several

    @property
    def holders(self) -> Mapping[Key, LedgerAccount]:
        """Identifiers in force → the account that holds it; of several the one entered first."""
        return self._held[0]

    @property
    def shared(self) -> Mapping[Key, list[LedgerAccount]]:
        """Identifiers in force that several accounts hold: one of them is disputed."""
        return self._held[1]

    def held_by(self, key: Key) -> Sequence[LedgerAccount]:
        """The accounts that hold an identifier."""
        holder = self.holders.get(key)
        return () if holder is None else self.shared.get(key) or (holder,)

    @cached_property
    def by_ended_identifier(self) -> Mapping[Key, list[LedgerAccount]]:
        """Identifiers once in force: how a closed account is recognised."""
        found: dict[Key, list[LedgerAccount]] = {}
        for account in self.accounts:
            for scheme, value in account.ended.items():
                found.setdefault((account.platform, scheme, value), []).append(account)
        return found

    def once_held_by(self, key: Key) -> Sequence[LedgerAccount]:
        """The accounts that held an identifier which is no longer in force."""
        return self.by_ended_identifier.get(key, ())

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
    accounts = {row.id: row for row in _accounts(session)}
    _add_identifiers(session, accounts)
    _add_hosts(session, accounts, bodies)
    return Ledger(tuple(accounts.values()), bodies)


def read_bodies(session: Session) -> Bodies:
    """All units with the names they answer to."""
    u = Unit
    columns = (u.id, u.uid, u.name, u.fold, u.status, u.successor_id, u.level, u.region_code)
    units = [Body(*row) for row in session.connection().execute(select(*columns).order_by(Unit.id))]
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for unit_id, alias in session.execute(select(UnitAlias.unit_id, UnitAlias.alias)):
        aliases[unit_id].append(alias)
    own = select(Unit.name).join(Registry, Registry.jurisdiction_uid == Unit.uid)
    prefix = session.scalars(own.where(Registry.is_self)).first() or ""
    return Bodies(units, aliases, prefix)


def _accounts(session: Session) -> Iterable[LedgerAccount]:
    a = Account
    columns = (
        *(a.id, a.uid, a.platform, a.form, a.name, a.fold, a.verified_subject, a.url, a.state),
        *(a.opened_on, a.followers, a.purpose, a.revision),
    )
    query = select(*columns).where(a.state != AccountState.ABANDONED).order_by(a.id)
    return starmap(LedgerAccount, _rows(session, query))


def _rows(session: Session, query: Executable) -> Iterable[Any]:
    """The rows of a long table, some thousand at a time."""
    return session.connection().execute(query, execution_options={"yield_per": _AT_ONCE})


def _add_identifiers(session: Session, accounts: Mapping[int, LedgerAccount]) -> None:
    i = AccountIdentifier
    query = select(i.account_id, i.scheme, i.value, i.valid_to, i.preferred, i.disputed)
    native_until: dict[int, date] = {}
    for account_id, scheme, value, valid_to, preferred, disputed in _rows(
        session, query.order_by(i.valid_to, i.id)
    ):
        account = accounts.get(account_id)
        if account is None:
            continue
        if valid_to is None:
            _add_identifier(account, scheme, value, preferred)
            account.disputed |= disputed
        else:
            account.ended = {**account.ended, scheme: value}
            account.ended_on = max(filter(None, (account.ended_on, valid_to)))
        until = valid_to or date.max
        if preferred and until >= native_until.get(account_id, date.min):
            account.native, native_until[account_id] = value, until


def _add_identifier(account: LedgerAccount, scheme: str, value: str, preferred: bool) -> None:
    """One more in force; of several in a scheme the preferred one stands for it."""
    known = account.identifiers.get(scheme)
    if known is None or preferred:
        account.identifiers[scheme] = value
    if known is not None:
        account.further += ((scheme, known if preferred else value),)


def _add_hosts(session: Session, accounts: Mapping[int, LedgerAccount], bodies: Bodies) -> None:
    """The host in force; where the role has ended with the account, the last one."""
    r = AccountRole
    query = select(r.account_id, r.unit_id, r.valid_to).where(r.role == RoleKind.HOST)
    ended: dict[int, tuple[date, int]] = {}
    for account_id, unit_id, valid_to in _rows(session, query.order_by(r.id)):
        account = accounts.get(account_id)
        if account is None:
            continue
        if valid_to is None:
            account.host = bodies.by_id[unit_id]
        elif account_id not in ended or ended[account_id][0] <= valid_to:
            ended[account_id] = (valid_to, unit_id)
    for account_id, (_last, unit_id) in ended.items():
        if accounts[account_id].host is None:
            accounts[account_id].host = bodies.by_id[unit_id]
