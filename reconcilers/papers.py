"""What the filings say that a reconciler must know: changes under way or newer than a look, stops
and cancellations with their days, notices of a change of host. Read, never judged, here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from reconcilers.ledger import Ledger, LedgerAccount
from registry.dates import shanghai_date
from registry.models import Account, AccountRole, Attachment, Decision, Filing, History
from registry.vocab import (
    AccountState,
    CancelCause,
    DecisionKind,
    FilingKind,
    FilingState,
    RoleKind,
)

_UNDER_WAY = frozenset({FilingState.SUBMITTED, FilingState.RETURNED, FilingState.APPROVED})
_DONE = frozenset({FilingState.APPROVED, FilingState.COMPLETED})


@dataclass(frozen=True, slots=True)
class Change:
    """One filing of a change, under way or completed."""

    form: Mapping[str, Any]
    effective_on: date | None
    done: bool
    noticed: bool
    """It names the public notice, by link or by attachment."""


@dataclass
class Papers:
    """Filings by account uid."""

    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    stopped_on: dict[str, date] = field(default_factory=dict)
    """Accounts under closing → the day on which they stopped."""
    closed_on: dict[str, date] = field(default_factory=dict)
    """Closed accounts → the day of the cancellation, as well as it is known."""
    closed_before: set[str] = field(default_factory=set)
    """Closed accounts that an import brought so: closed on some day before that in `closed_on`."""
    entered_twice: set[str] = field(default_factory=set)
    """Accounts closed in the ledger alone: they go on under another entry."""
    reopening: set[str] = field(default_factory=set)
    """Accounts whose re-opening is filed."""
    rehosted_on: dict[str, date] = field(default_factory=dict)
    """Accounts that went from one host unit to another → the new one's first day (the latest)."""

    notices: set[tuple[str, str]] = field(default_factory=set)
    """(account uid, ISO day of its change of host) of notices recorded without a filing."""

    def accounts(self) -> frozenset[str]:
        """The uids of all accounts of which anything is filed."""
        days = (self.stopped_on, self.closed_on, self.rehosted_on)
        return frozenset().union(self.changes, self.reopening, *days)

    def changed_since(self, uid: str, keys: frozenset[str], day: date) -> bool:
        """A completed change of one of these fields took effect on `day` or later."""
        return any(
            change.done and change.effective_on is not None and change.effective_on >= day
            for change in self.changes.get(uid, ())
            if keys & set(change.form)
        )

    def unannounced(self, uid: str, today: date) -> date | None:
        """The day of a change of host that is over, while its filing waits for the notice."""
        days = (
            change.effective_on
            for change in self.changes.get(uid, ())
            if "host_unit" in change.form and not change.done and not change.noticed
        )
        over = (day for day in days if day is not None and day <= today)
        return min((day for day in over if not self._recorded(uid, day)), default=None)

    def _recorded(self, uid: str, day: date) -> bool:
        return (uid, day.isoformat()) in self.notices

    def noticed(self, uid: str, day: date) -> bool:
        """The change of host that took effect on `day` names its public notice."""
        return self._recorded(uid, day) or any(
            "host_unit" in change.form
            and change.done
            and change.noticed
            and change.effective_on in {day, None}
            for change in self.changes.get(uid, ())
        )


def was_closed(account: LedgerAccount, papers: Papers) -> bool:
    """Whether the account was cancelled; until its re-opening is completed it stays so."""
    return account.state is AccountState.CLOSED or (
        account.state is AccountState.PROPOSED and account.uid in papers.reopening
    )


def read_papers(session: Session, ledger: Ledger) -> Papers:
    """Everything the reality reconcilers ask of the filings, in five queries."""
    papers = Papers()
    _read_filings(session, ledger, papers)
    _read_hosts(session, ledger, papers)
    papers.notices = set(_notices(session))
    _fill_closing_days(session, ledger, papers)
    return papers


def _read_filings(session: Session, ledger: Ledger, papers: Papers) -> None:
    f = Filing
    noticed = set(session.scalars(select(Attachment.filing_id).where(_is_notice())))
    columns = (f.id, f.account_id, f.kind, f.state, f.form, f.effective_on, f.notice_url)
    kinds = (FilingKind.CHANGE, FilingKind.STOP, FilingKind.CANCEL, FilingKind.REOPEN)
    query = select(*columns).where(f.kind.in_(kinds), f.state.in_([*_UNDER_WAY, *_DONE]))
    for filing_id, account_id, kind, state, form, day, url in session.execute(query.order_by(f.id)):
        account = ledger.by_id.get(account_id)
        if account is None:
            continue
        done = state is FilingState.COMPLETED
        if kind is FilingKind.CHANGE:
            change = Change(form, day, done, bool(url) or filing_id in noticed)
            papers.changes[account.uid].append(change)
        elif kind is FilingKind.REOPEN and not done:
            papers.reopening.add(account.uid)
        elif kind is FilingKind.STOP and state in _DONE:
            _note(papers.stopped_on, account.uid, _day(form.get("stop_on")) or day)
        elif kind is FilingKind.CANCEL and done:
            _note(papers.closed_on, account.uid, _day(form.get("cancelled_on")) or day)
            twice = form.get("cause") == CancelCause.ENTERED_TWICE
            (papers.entered_twice.add if twice else papers.entered_twice.discard)(account.uid)


def _is_notice() -> Any:
    return (Attachment.purpose == "notice") & Attachment.filing_id.is_not(None)


def _notices(session: Session) -> Iterator[tuple[str, str]]:
    d = Decision
    query = select(d.left_key, d.right_key).where(d.kind == DecisionKind.NOTICE)
    for uid, day in session.execute(query):
        yield uid, day


def _note(days: dict[str, date], uid: str, day: date | None) -> None:
    if day is not None:
        days[uid] = day


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _read_hosts(session: Session, ledger: Ledger, papers: Papers) -> None:
    """Live accounts that have had another host unit than the one they have now."""
    r = AccountRole
    hosts: defaultdict[int, list[tuple[int, date | None, date | None]]] = defaultdict(list)
    query = select(r.account_id, r.unit_id, r.valid_from, r.valid_to)
    several = (
        select(r.account_id)
        .where(r.role == RoleKind.HOST)
        .group_by(r.account_id)
        .having(func.count(distinct(r.unit_id)) > 1)
    )
    query = query.where(r.role == RoleKind.HOST, r.account_id.in_(several))
    for account_id, unit_id, first, last in session.execute(query):
        hosts[account_id].append((unit_id, first, last))
    for account_id, rows in hosts.items():
        account = ledger.by_id.get(account_id)
        starts = [first for _unit, first, last in rows if last is None and first is not None]
        if account is not None and account.live and starts:
            papers.rehosted_on[account.uid] = max(starts)


def _fill_closing_days(session: Session, ledger: Ledger, papers: Papers) -> None:
    """Closed or stopped without a filing (first import): the end of the ids, else the last change
    of the account in the history."""
    brought = _brought_closed(session)
    unknown = {
        account.revision: account
        for account in ledger.accounts
        if (was_closed(account, papers) and account.uid not in papers.closed_on)
        or (account.state is AccountState.CLOSING and account.uid not in papers.stopped_on)
    }
    for account in list(unknown.values()):
        if account.uid in brought:
            papers.closed_before.add(account.uid)
        if was_closed(account, papers) and account.ended_on:
            papers.closed_on[account.uid] = account.ended_on
            del unknown[account.revision]
    seqs = sorted(filter(None, unknown))
    for start in range(0, len(seqs), 500):
        part = seqs[start : start + 500]
        rows = session.execute(
            select(History.seq, History.effective_on).where(History.seq.in_(part))
        )
        for seq, day in rows:
            account = unknown[seq]
            closed = was_closed(account, papers)
            (papers.closed_on if closed else papers.stopped_on)[account.uid] = day


def _brought_closed(session: Session) -> frozenset[str]:
    """Uids of accounts that a list brought as closed, on the day of its import for want of another."""
    f = Filing
    query = (
        select(Account.uid, f.effective_on, f.created_at)
        .join(Account, Account.id == f.account_id)
        .where(f.kind == FilingKind.BASELINE)
        .where(f.form["state"].as_string() == AccountState.CLOSED.value)
    )
    return frozenset(uid for uid, day, made in session.execute(query) if day == shanghai_date(made))
