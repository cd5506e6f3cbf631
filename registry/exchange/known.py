"""What the ledger holds that a sheet may speak of, read in bulk before rows are compared with it.

The sender's accounts, the holders of the sheet's ids and the bearers of its names: a few queries
for each thousand rows. It decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven
from registry.accounts.parts import ENDED_STATES
from registry.exchange.record import Record
from registry.bulk import chunks
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    Contact,
    Filing,
    SenderAccount,
)
from registry.names import fold_name
from registry.vocab import AccountState, FilingKind, FilingState, RoleKind

Id = tuple[str, str, str]
"""Platform, scheme, value."""

_COLUMNS = (
    "id",
    "uid",
    "platform",
    "form",
    "name",
    "fold",
    "verified_subject",
    "url",
    "purpose",
    "opened_on",
    "followers",
    "cadence",
    "details",
    "state",
    "revision",
)
_WAITING = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.APPROVED)


@dataclass(slots=True, eq=False)
class Known:
    """One account as the ledger has it now."""

    id: int
    uid: str
    platform: str
    form: str
    name: str
    fold: str
    verified_subject: str | None
    url: str
    purpose: str
    opened_on: date | None
    followers: int | None
    cadence: str
    details: Mapping[str, Any]
    state: AccountState
    revision: int
    identifiers: dict[str, list[str]] = field(default_factory=dict)
    """Scheme → values: those that hold now; of an account that has ended, those it held."""
    has_native: bool = False
    """True when one of them is the native id 平台ID."""
    roles: dict[RoleKind, list[int]] = field(default_factory=dict)
    """Role → keys of the units that have it now, the latest last."""
    people: list[ContactGiven] = field(default_factory=list)
    ordinal: int | None = None
    """Among the sender's accounts of one name; None if the sender never listed it."""
    filings: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """Number and form of each CHANGE under way."""

    @property
    def ended(self) -> bool:
        """True when it is closed, transferred or given up."""
        return self.state in ENDED_STATES

    @property
    def host_id(self) -> int | None:
        """Key of the host unit 主办单位."""
        hosts = self.roles.get(RoleKind.HOST)
        return hosts[-1] if hosts else None


class Ledger:
    """The accounts that a sheet may speak of."""

    def __init__(self, accounts: Iterable[Known] = ()) -> None:
        self.accounts: dict[int, Known] = {}
        self.by_id: dict[Id, list[Known]] = defaultdict(list)
        """The live accounts that hold an id, the undisputed holder first."""
        self.by_name: dict[tuple[str, str], list[Known]] = defaultdict(list)
        """(platform, folded name) → accounts: the sender's own first, then the living."""
        for account in accounts:
            self.accounts[account.id] = account

    @property
    def listed(self) -> list[Known]:
        """The accounts that the sender listed before, in the order in which they came."""
        return [known for known in self.accounts.values() if known.ordinal is not None]

    def sort(self) -> None:
        """Index the accounts by name."""
        for known in self.accounts.values():
            self.by_name[known.platform, known.fold].append(known)
        for bearers in self.by_name.values():
            bearers.sort(key=_rank)


def _rank(known: Known) -> tuple[bool, bool, int, int]:
    return known.ordinal is None, known.ended, known.ordinal or 0, known.id


def load_ledger(session: Session, sender_id: int | None, records: Sequence[Record]) -> Ledger:
    """Everything that the records, or an absence from them, may concern."""
    ordinals = _ordinals(session, sender_id)
    keys = {*ordinals, *_holders(session, records), *_bearers(session, records)}
    ledger = Ledger(_accounts(session, sorted(keys)))
    for key, known in ledger.accounts.items():
        known.ordinal = ordinals.get(key)
    for some in chunks(ledger.accounts):
        _read_identifiers(session, some, ledger)
        _read_roles(session, some, ledger)
        _read_people(session, some, ledger)
        _read_filings(session, some, ledger)
    ledger.sort()
    return ledger


def _ordinals(session: Session, sender_id: int | None) -> dict[int, int]:
    """Key of each account that the sender listed → its ordinal."""
    row = SenderAccount
    query = select(row.account_id, row.ordinal).where(row.sender_id == sender_id)
    return {key: ordinal for key, ordinal in session.execute(query)} if sender_id else {}


def _holders(session: Session, records: Sequence[Record]) -> Iterator[int]:
    """Keys of the live accounts that hold an id of the sheet."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        for scheme, value in record.identifiers.items():
            wanted[record.platform, scheme].add(value)
    row = AccountIdentifier
    for (platform, scheme), values in wanted.items():
        held = (row.platform == platform, row.scheme == scheme, row.valid_to.is_(None))
        for some in chunks(values):
            yield from session.scalars(select(row.account_id).where(*held, row.value.in_(some)))


def _bearers(session: Session, records: Sequence[Record]) -> Iterator[int]:
    """Keys of the accounts that bear a name of the sheet on its platform."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for record in records:
        wanted[record.platform].add(fold_name(record.name))
    for platform, folds in wanted.items():
        for some in chunks(folds):
            named = (Account.platform == platform, Account.fold.in_(some))
            yield from session.scalars(select(Account.id).where(*named))


def _accounts(session: Session, keys: Sequence[int]) -> Iterator[Known]:
    columns = [getattr(Account, name) for name in _COLUMNS]
    for some in chunks(keys):
        query = select(*columns).where(Account.id.in_(some)).order_by(Account.id)
        for row in session.execute(query):
            yield Known(*row)


def _read_identifiers(session: Session, keys: Sequence[int], ledger: Ledger) -> None:
    row = AccountIdentifier
    columns = (row.account_id, row.scheme, row.value, row.valid_to, row.preferred, row.disputed)
    query = select(*columns).where(row.account_id.in_(keys)).order_by(row.disputed, row.id)
    for account_id, scheme, value, valid_to, preferred, _disputed in session.execute(query):
        known = ledger.accounts[account_id]
        if valid_to is not None and not known.ended:
            continue
        known.identifiers.setdefault(scheme, []).append(value)
        known.has_native = known.has_native or preferred
        if valid_to is None:
            ledger.by_id[known.platform, scheme, value].append(known)


def _read_roles(session: Session, keys: Sequence[int], ledger: Ledger) -> None:
    row = AccountRole
    query = select(row.account_id, row.role, row.unit_id).where(
        row.account_id.in_(keys), row.valid_to.is_(None)
    )
    for account_id, role, unit_id in session.execute(query.order_by(row.id)):
        ledger.accounts[account_id].roles.setdefault(role, []).append(unit_id)


def _read_people(session: Session, keys: Sequence[int], ledger: Ledger) -> None:
    row = Contact
    query = select(row.account_id, row.name, row.phone, row.duty).where(row.account_id.in_(keys))
    for account_id, name, phone, duty in session.execute(query.order_by(row.id)):
        ledger.accounts[account_id or 0].people.append(ContactGiven(name, phone, duty))


def _read_filings(session: Session, keys: Sequence[int], ledger: Ledger) -> None:
    row = Filing
    query = select(row.account_id, row.number, row.form).where(
        row.account_id.in_(keys), row.kind == FilingKind.CHANGE, row.state.in_(_WAITING)
    )
    for account_id, number, form in session.execute(query.order_by(row.id)):
        ledger.accounts[account_id or 0].filings.append((number, form))
