"""Since when a person has been asked about a pair: its term runs from the first run that found it, and
ends with the question. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from reconcilers.deadlines import PAIR, due
from reconcilers.naming import NATIONAL
from registry.bulk import chunks
from registry.dates import shanghai_date
from registry.findings.differences import ReviewPair
from registry.models import Jurisdiction, OpenPair

Key = tuple[str, str]
"""(left, right) as decisions name them."""


def with_terms(
    session: Session,
    pairs: Sequence[ReviewPair],
    rules: Jurisdiction | None,
    *,
    at: datetime,
    with_national: bool,
) -> list[ReviewPair]:
    """The pairs of a run at `at` (aware) with their deadlines. New ones are noted; those no longer
    asked are forgotten, but for rows of the national system when it was not compared.
    """
    first = _noted(session, {(pair.left_key, pair.right_key) for pair in pairs}, at, with_national)
    days = {moment: due(PAIR, shanghai_date(moment), rules) for moment in {*first.values()}}
    return [replace(pair, deadline=days[first[pair.left_key, pair.right_key]]) for pair in pairs]


def _noted(
    session: Session, asked: set[Key], at: datetime, with_national: bool
) -> dict[Key, datetime]:
    """When each was first asked."""
    p = OpenPair
    query = select(p.left_key, p.right_key, p.first_asked_at)
    known = {(left, right): moment for left, right, moment in session.execute(query)}
    new = [
        {"left_key": left, "right_key": right, "first_asked_at": at}
        for left, right in sorted(asked - known.keys())
    ]
    if new:
        session.execute(insert(p), new)
    over = [key for key in known.keys() - asked if with_national or not key[1].startswith(NATIONAL)]
    for some in chunks(sorted(over), 300):
        session.execute(delete(p).where(tuple_(p.left_key, p.right_key).in_(some)))
    return {key: min(known.get(key, at), at) for key in asked}
