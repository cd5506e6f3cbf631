"""One account in full, and its history in words. Reads only; the list is `registry.queries`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.accounts.seen_ids import SeenId, seen_ids
from registry.dates import shanghai_date
from registry.findings.queries import FindingQuery
from registry.findings.rows import FindingRow, listed
from registry.history.rebase import key_label, value_label
from registry.history.states import ABSENT, KEYED, State, get
from registry.history.writing import rows_of
from registry.messages import _, language
from registry.models import Account, Filing, History, Observation, Unit
from registry.platforms import PlatformCatalogue
from registry.queries import Filters, LedgerRow, ledger
from registry.vocab import (
    CheckKind,
    FilingKind,
    FilingState,
    Outcome,
    Reason,
    SubjectKind,
)


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """An id the account has or had."""

    scheme: str
    value: str
    preferred: bool
    valid_from: date | None
    valid_to: date | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How the office wants it looked at."""

    source: str
    address: str
    credential: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class LookRow:
    """One observation."""

    observed_at: datetime
    kind: CheckKind
    outcome: Outcome
    reason: Reason | None
    source: str
    last_post_at: datetime | None
    display_name: str
    uid: str


@dataclass(frozen=True, slots=True)
class AccountFiling:
    """One filing about the account."""

    number: str
    kind: FilingKind
    state: FilingState
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class AccountCard:
    """One account in full."""

    row: LedgerRow
    ids: tuple[IdentifierRow, ...]
    sources: tuple[SourceRow, ...]
    filings: tuple[AccountFiling, ...]
    seen_ids: tuple[SeenId, ...]
    """Ids that a platform showed beside one of these and the ledger has not."""
    looks: tuple[LookRow, ...]
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of the history, with what it changed in words."""

    seq: int
    effective_on: date
    recorded_at: datetime
    changed: str
    reason: str
    actor: str
    filing: str
    late: bool
    """Entered when later rows were there already, or repeated on top of one that was."""


MOST_LOOKS = 10
"""How many observations a card shows, the newest first; of hourly samples of a site, the last."""


def account_card(session: Session, account: Account, *, now: datetime) -> AccountCard:
    """The account with everything that belongs to it; contacts masked."""
    row = ledger(session, filters=Filters(uids=[account.uid]), with_contacts=True)[0]
    filings = session.scalars(
        select(Filing).where(Filing.account_id == account.id).order_by(Filing.id)
    )
    sampled = select(func.max(Observation.id)).where(
        Observation.account_id == account.id, Observation.kind == CheckKind.SITE
    )
    looks = session.scalars(
        select(Observation)
        .where(Observation.account_id == account.id)
        .where((Observation.kind != CheckKind.SITE) | (Observation.id == sampled.scalar_subquery()))
        .order_by(Observation.observed_at.desc(), Observation.id.desc())
        .limit(MOST_LOOKS)
    )
    return AccountCard(
        row=row,
        ids=tuple(
            IdentifierRow(i.scheme, i.value, i.preferred, i.valid_from, i.valid_to, i.disputed)
            for i in account.identifiers
        ),
        sources=tuple(
            SourceRow(s.source, s.address, s.credential, s.enabled) for s in account.sources
        ),
        filings=tuple(AccountFiling(f.number, f.kind, f.state, f.effective_on) for f in filings),
        seen_ids=seen_ids(session, account),
        looks=tuple(_look(o) for o in looks),
        findings=tuple(listed(session, FindingQuery(subject_uids=[account.uid]), now=now)),
    )


def _look(look: Observation) -> LookRow:
    return LookRow(
        look.observed_at,
        look.kind,
        look.outcome,
        look.reason,
        look.source,
        look.last_post_at,
        look.display_name or "",
        look.uid,
    )


def history_rows(
    session: Session, account: Account, platforms: PlatformCatalogue
) -> list[HistoryRow]:
    """The account's history in the order in which it takes effect, each row against the one before
    it that was known when it was recorded. Contacts show only that they changed."""
    rows = rows_of(session, SubjectKind.ACCOUNT, account.uid)
    names = {unit.uid: unit.name for unit in session.scalars(select(Unit))}
    names[account.platform] = platforms.label(account.platform, language())
    numbers = _filing_numbers(session, rows)
    found, told = list[HistoryRow](), list[tuple[int, dict[str, Any]]]()
    for row in rows:
        state = json.loads(row.state)
        before: dict[str, Any] = next((old for seq, old in reversed(told) if seq < row.seq), {})
        found.append(
            HistoryRow(
                row.seq,
                row.effective_on,
                row.recorded_at,
                _difference(before, state, names),
                row.reason,
                row.actor_name,
                numbers.get(row.filing_uid or "", ""),
                row.rebased_seq is not None or shanghai_date(row.recorded_at) > row.effective_on,
            )
        )
        told.append((row.seq, state))
    return found


def _filing_numbers(session: Session, rows: list[History]) -> dict[str, str]:
    uids = {row.filing_uid for row in rows if row.filing_uid}
    found = session.execute(select(Filing.uid, Filing.number).where(Filing.uid.in_(uids)))
    return {uid: number for uid, number in found}


def _difference(before: State, after: State, names: Mapping[str, str]) -> str:
    """What differs, as `名称: 旧 → 新`, in the order of the state's keys."""
    parts = []
    for path in _paths(before, after):
        old, new = _at(before, path), _at(after, path)
        if old == new or not (_filled(old) or _filled(new)):
            continue
        if path == "contacts":
            parts.append(key_label(path))
        else:
            parts.append(
                f"{key_label(path)}: {_said(path, old, names)} → {_said(path, new, names)}"
            )
    return "; ".join(parts)


def _at(state: State, path: str) -> Any:
    """The value at a path; ABSENT in a state that lacks the whole key (before the first row)."""
    return get(state, path) if path.partition("/")[0] in state else ABSENT


def _paths(before: State, after: State) -> list[str]:
    """Every key of either state; of keyed parts, every entry."""
    found: dict[str, None] = {}
    for state in (after, before):
        for key, value in state.items():
            names = [f"{key}/{name}" for name in value] if key in KEYED else [key]
            found.update(dict.fromkeys(names))
    return list(found)


def _filled(value: Any) -> bool:
    return value is not ABSENT and value not in (None, "", {}, [])


def _said(path: str, value: Any, names: Mapping[str, str]) -> str:
    if not _filled(value):
        return "–"
    if path == "platform":
        return names.get(value, value)
    if not isinstance(value, Mapping):
        return value_label(path, value)
    _key, _slash, name = path.partition("/")
    shown = names.get(name.partition(":")[2], "") if path.startswith("roles/") else ""
    return " ".join(filter(None, (shown, _lasting(value)))) or _("there")


def _lasting(entry: Mapping[str, Any]) -> str:
    """From when to when an entry holds, "" where neither is known."""
    first, last = entry.get("valid_from"), entry.get("valid_to")
    if first and last:
        return f"{first}–{last}"
    if first:
        return _("since {day}").format(day=first)
    return _("until {day}").format(day=last) if last else ""
