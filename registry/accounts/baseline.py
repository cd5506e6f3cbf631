"""BASELINE 存量登记: the accounts that a ledger brings without papers, registered in bulk.

One completed filing and one history row for each account, with a bounded number of statements per
thousand rows. What a row means was settled by whoever read the sheet; here only ids are guarded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven, check_platform, new_contact
from registry.accounts.parts import ENDED_STATES
from registry.dates import shanghai_date
from registry.errors import BadInput, Fault
from registry.filings.acts import last_ordinal
from registry.history import writing as history
from registry.bulk import chunks
from registry.history.writing import Act
from registry.messages import _
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    Contact,
    Filing,
    FilingStep,
    ImportBatch,
    Unit,
)
from registry.names import fold_name
from registry.uids import new_uids
from registry.vocab import AccountState, FilingAct, FilingKind, FilingState, RoleKind

_BATCH = 5000
"""Rows per INSERT."""


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One account as a ledger prints it."""

    platform: str
    name: str
    host_unit: Unit
    form: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    preferred: str = ""
    """The scheme of the native id; default the first given."""
    disputed: frozenset[str] = frozenset()
    """Schemes whose value another live account holds, and that were accepted all the same."""
    state: AccountState = AccountState.ACTIVE
    """ACTIVE, or the state that the sheet prints."""
    effective_on: date | None = None
    """Since when; None: the day of the import."""
    verified_subject: str | None = None
    url: str = ""
    purpose: str = ""
    opened_on: date | None = None
    followers: int | None = None
    cadence: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    co_hosts: Sequence[Unit] = ()
    supervising_unit: Unit | None = None
    operator: Unit | None = None
    contacts: Sequence[ContactGiven] = ()
    fault: Fault | None = None
    """The row's place in the sheet, for messages."""


def register_baseline(
    session: Session, row: BaselineRow, act: Act, batch: ImportBatch | None = None
) -> Account:
    """One account by a BASELINE filing, as `baseline_many`."""
    return baseline_many(session, [row], act, batch)[0]


def baseline_many(
    session: Session, rows: Sequence[BaselineRow], act: Act, batch: ImportBatch | None = None
) -> list[Account]:
    """The accounts of `rows`, in their order, each with a completed BASELINE filing.

    All rows' units must be flushed. Raises BadInput naming every id that is given twice or that
    another live account holds undisputed, with nothing written.
    """
    if not rows:
        return []
    _check_ids(session, rows)
    for platform in {row.platform for row in rows}:
        check_platform(platform)
    session.flush()
    today = shanghai_date(act.at)
    if batch is not None:
        act = replace(act, batch_uid=batch.uid)
    accounts = _insert_accounts(session, rows)
    days = [row.effective_on or today for row in rows]
    pairs = list(zip(accounts, rows, strict=True))
    _insert(session, AccountIdentifier, _identifiers(pairs, days))
    _insert(session, AccountRole, _roles(pairs))
    _insert(session, Contact, _contacts(pairs))
    _insert_filings(session, pairs, days, act)
    items: list[history.Item] = [
        (account, {}, day) for account, day in zip(accounts, days, strict=True)
    ]
    history.record_many(session, items, act)
    return accounts


def _insert(session: Session, table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    for some in chunks(rows, _BATCH):
        session.execute(insert(table), some)


def _insert_accounts(session: Session, rows: Sequence[BaselineRow]) -> list[Account]:
    uids = new_uids(len(rows))  # of two accounts of one list the earlier row is the older
    _insert(session, Account, (_account(uid, row) for uid, row in zip(uids, rows, strict=True)))
    found: dict[str, Account] = {}
    for some in chunks(uids):
        for account in session.scalars(select(Account).where(Account.uid.in_(some))):
            found[account.uid] = account
    return [found[uid] for uid in uids]


def _account(uid: str, row: BaselineRow) -> dict[str, Any]:
    return {
        "uid": uid,
        "platform": row.platform,
        "form": row.form,
        "name": row.name,
        "fold": fold_name(row.name),
        "verified_subject": row.verified_subject,
        "url": row.url,
        "purpose": row.purpose,
        "opened_on": row.opened_on,
        "followers": row.followers,
        "cadence": row.cadence,
        "details": dict(row.details),
        "state": row.state,
        "revision": 0,
    }


_Pairs = Sequence[tuple[Account, BaselineRow]]


def _identifiers(pairs: _Pairs, days: Sequence[date]) -> Iterator[dict[str, Any]]:
    for (account, row), day in zip(pairs, days, strict=True):
        native = row.preferred or next(iter(row.identifiers), "")
        for scheme, value in row.identifiers.items():
            yield {
                "account_id": account.id,
                "platform": row.platform,
                "scheme": scheme,
                "value": value,
                "valid_from": None,
                "valid_to": day if row.state in ENDED_STATES else None,
                "preferred": scheme == native,
                "disputed": scheme in row.disputed,
            }


def _roles(pairs: _Pairs) -> Iterator[dict[str, Any]]:
    for account, row in pairs:
        units: list[tuple[RoleKind, Unit | None]] = [(RoleKind.HOST, row.host_unit)]
        units += [(RoleKind.CO_HOST, unit) for unit in row.co_hosts]
        units += [(RoleKind.SUPERVISING, row.supervising_unit), (RoleKind.OPERATOR, row.operator)]
        for role, unit in units:
            if unit is not None:
                yield {"account_id": account.id, "unit_id": unit.id, "role": role}


def _contacts(pairs: _Pairs) -> Iterator[dict[str, Any]]:
    for account, row in pairs:
        for given in row.contacts:
            made = new_contact(given)
            yield {
                "account_id": account.id,
                "duty": made.duty,
                "name": made.name,
                "phone": made.phone,
                "salt": made.salt,
            }


def _insert_filings(session: Session, pairs: _Pairs, days: Sequence[date], act: Act) -> None:
    # A series of its own: thousands of old accounts must not eat the year's numbers.
    series = f"B{shanghai_date(act.at).year}"
    first = last_ordinal(session, series) + 1
    uids = new_uids(len(pairs))
    _insert(
        session,
        Filing,
        (
            _filing(uid, f"{series}-{first + n:04d}", pair, day, act)
            for n, (uid, pair, day) in enumerate(zip(uids, pairs, days, strict=True))
        ),
    )
    for some in chunks(uids):
        made = session.execute(select(Filing.id).where(Filing.uid.in_(some))).scalars()
        session.execute(insert(FilingStep), [_step(filing_id, act) for filing_id in made])


def _filing(
    uid: str, number: str, pair: tuple[Account, BaselineRow], day: date, act: Act
) -> dict[str, Any]:
    account, row = pair
    return {
        "uid": uid,
        "number": number,
        "kind": FilingKind.BASELINE,
        "state": FilingState.COMPLETED,
        "account_id": account.id,
        "host_unit_id": row.host_unit.id,
        "form": {"platform": row.platform, "name": row.name, "state": row.state.value},
        "before": {},
        "effective_on": day,
        "reason": act.reason,
        "notice_url": "",
        "level": 0,
        "created_at": act.at,
        "completed_at": act.at,
    }


def _step(filing_id: int, act: Act) -> dict[str, Any]:
    return {
        "filing_id": filing_id,
        "ordinal": 1,
        "act": FilingAct.COMPLETE.value,
        "level": 0,
        "actor_id": act.actor.id,
        "actor_name": act.actor.name,
        "unit_id": act.acting_unit.id if act.acting_unit else act.actor.unit_id,
        "at": act.at,
        "note": act.reason,
    }


_Id = tuple[str, str, str]


def _check_ids(session: Session, rows: Sequence[BaselineRow]) -> None:
    """Every id must be free, or be given as disputed. One query for each thousand values."""
    wanted = [
        (row, (row.platform, scheme, value))
        for row in rows
        if row.state not in ENDED_STATES
        for scheme, value in row.identifiers.items()
        if scheme not in row.disputed
    ]
    counts = Counter(key for _row, key in wanted)
    holders = _holders(session, {key[2] for key in counts})
    faults = [
        _id_fault(row, key, holders.get(key))
        for row, key in wanted
        if counts[key] > 1 or key in holders
    ]
    if faults:
        raise BadInput(_("Platform ids are held by other accounts or given twice."), faults)


def _holders(session: Session, values: Iterable[str]) -> dict[_Id, str]:
    """(platform, scheme, value) → name of the live account that holds it undisputed."""
    row = AccountIdentifier
    found: dict[_Id, str] = {}
    for some in chunks(values):
        query = select(row.platform, row.scheme, row.value, Account.name).join(row.account)
        live = (row.value.in_(some), row.valid_to.is_(None), row.disputed.is_(False))
        for platform, scheme, value, name in session.execute(query.where(*live)):
            found[platform, scheme, value] = name
    return found


def _id_fault(row: BaselineRow, key: _Id, holder: str | None) -> Fault:
    what = {"name": row.name, "scheme": key[1], "value": key[2]}
    if holder is None:
        message = _("{name}: the id {scheme} {value} is given more than once.").format(**what)
    else:
        message = _("{name}: the id {scheme} {value} belongs to the account {holder}.").format(
            **what, holder=holder
        )
    remedy = _("Correct the id, or accept it as disputed.")
    place = row.fault or Fault("")
    return replace(place, message=message, remedy=remedy)
