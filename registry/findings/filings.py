"""Filings under way that would put a finding right, whoever drafted them and of whichever finding: they
are pointed at, so that nobody drafts a second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.messages import _, language
from registry.models import Filing, Finding, FindingEvent
from registry.vocab import CODES, Choice, FilingKind, FilingState, choices_for, label

UNDECIDED = (
    FilingState.DRAFT,
    FilingState.SUBMITTED,
    FilingState.RETURNED,
    FilingState.APPROVED,
)
"""States of a filing that is under way."""

_KINDS: Mapping[Choice, FilingKind] = {
    Choice.FILE_CHANGE: FilingKind.CHANGE,
    Choice.FILE_STOP: FilingKind.STOP,
    Choice.FILE_CANCEL: FilingKind.CANCEL,
    Choice.FILE_REOPEN: FilingKind.REOPEN,
}
"""Decisions about an account of the ledger that make a filing of it."""


_OTHERS = ("RC301", "RC305", "DU401", "DU402")
"""Codes of which a decision drafts filings of other accounts than the one that the finding is of, or
of one that is not there yet."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A filing that is under way."""

    uid: str
    number: str
    kind: FilingKind
    state: FilingState

    @property
    def words(self) -> str:
        """`变更 2026-0003（草稿）`"""
        kind, state = label(self.kind, language()), label(self.state, language())
        words = _("{kind} {number} ({state})")
        return words.format(kind=kind, number=self.number, state=state)


def puts_right(code: str, fields: Collection[str], kind: FilingKind, form: Collection[str]) -> bool:
    """Whether a filing with these fields in its form is what a finding asks for that differs in
    `fields`."""
    if kind not in _remedies(code):
        return False
    names = {"identifiers" if name == "identifier" else name for name in fields}
    return kind is not FilingKind.CHANGE or not names.isdisjoint(form)


def _remedies(code: str) -> set[FilingKind]:
    return {_KINDS[choice] for choice in choices_for(code) if choice in _KINDS}


def filings_under_way(
    session: Session, *which: ColumnElement[bool]
) -> dict[str, tuple[UnderWay, ...]]:
    """Finding uid → the filings that would put it right, the one drafted first in front; of the
    running findings for which the conditions hold."""
    f, p = Finding, Filing
    columns = (f.uid, f.code, f.facts, p.form, p.uid, p.number, p.kind, p.state)
    query = select(*columns).join(p, p.account_id == f.account_id)
    asking = [code for code in CODES if _remedies(code)]
    running = query.where(f.code.in_(asking), f.ended_at.is_(None), p.state.in_(UNDECIDED), *which)
    found: defaultdict[str, list[UnderWay]] = defaultdict(list)
    for uid, code, facts, form, *filing in session.execute(running.order_by(p.id)):
        told = UnderWay(*filing)
        if puts_right(code, facts.get("fields", ()), told.kind, form):
            found[uid].append(told)
    for uid, told in _drafted_of(session, *which):
        if told not in found[uid]:
            found[uid].append(told)
    return {uid: tuple(filings) for uid, filings in found.items() if filings}


def _drafted_of(session: Session, *which: ColumnElement[bool]) -> Iterator[tuple[str, UnderWay]]:
    """(finding uid, filing) of findings about several accounts or none, as far as a filing was drafted of them:
    it need not be of the account that the finding stands with."""
    e, p = FindingEvent, Filing
    query = select(Finding.uid, e.details).join(e, e.finding_id == Finding.id)
    several = query.where(Finding.code.in_(_OTHERS), Finding.ended_at.is_(None), e.act == "filed")
    made = {(uid, str(told.get("filing"))) for uid, told in session.execute(several.where(*which))}
    columns = select(p.uid, p.number, p.kind, p.state).where(p.state.in_(UNDECIDED))
    filings = [filing for _uid, filing in made]
    found = {row[0]: UnderWay(*row) for row in session.execute(columns.where(p.uid.in_(filings)))}
    for uid, filing in sorted(made):
        if filing in found:
            yield uid, found[filing]
