"""Findings as they are asked for: by code, review, remedy, unit, window. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.models import Finding
from registry.vocab import Remedy, Review, Severity


@dataclass(frozen=True, slots=True)
class FindingQuery:
    """Which findings; every condition left out holds for all."""

    codes: Collection[str] = ()
    reviews: Collection[Review] = ()
    """As they stand in effect: a waiver that has run out counts as open."""
    remedies: Collection[Remedy] = ()
    severities: Collection[Severity] = ()
    subject_uids: Collection[str] = ()
    unit_ids: Collection[int] = ()
    running: bool | None = None
    """True: the streak goes on; False: it has ended."""
    seen_from: datetime | None = None
    """Seen at or after that moment."""
    seen_before: datetime | None = None
    """First seen before that moment."""
    overdue_on: date | None = None
    """To be put right before that day, and not yet reported."""


def effective_review(finding: Finding, today: date) -> Review:
    """The review as it stands on `today` (Shanghai): a waiver holds through its last day."""
    waived = finding.review is Review.WAIVED
    over = waived and finding.waived_until is not None and finding.waived_until < today
    return Review.OPEN if over else finding.review


def search(session: Session, query: FindingQuery, *, now: datetime) -> list[Finding]:
    """The findings, oldest first; `now` (aware) decides which waivers have run out."""
    today = shanghai_date(now)
    rows = session.scalars(select(Finding).where(*_conditions(query)).order_by(Finding.id))
    wanted = set(query.reviews)
    return [row for row in rows if not wanted or effective_review(row, today) in wanted]


def open_severities(session: Session, now: datetime) -> set[Severity]:
    """The severities of running findings that nobody dismissed or waived."""
    query = FindingQuery(reviews=[Review.OPEN, Review.CONFIRMED], running=True)
    return {finding.severity for finding in search(session, query, now=now)}


def _conditions(query: FindingQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column.in_(list(values))
        for column, values in (
            (Finding.code, query.codes),
            (Finding.remedy, query.remedies),
            (Finding.severity, query.severities),
            (Finding.subject_uid, query.subject_uids),
            (Finding.unit_id, query.unit_ids),
        )
        if values
    ]
    if query.running is not None:
        open_ended = Finding.ended_at.is_(None)
        conditions.append(open_ended if query.running else ~open_ended)
    if query.seen_from is not None:
        conditions.append(Finding.last_seen_at >= query.seen_from)
    if query.seen_before is not None:
        conditions.append(Finding.first_seen_at < query.seen_before)
    if query.overdue_on is not None:
        conditions += [Finding.remedy == Remedy.DUE, Finding.due_on < query.overdue_on]
    return conditions
