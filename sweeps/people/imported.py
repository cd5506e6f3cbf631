"""Last-update dates out of a list that somebody sent, noted as observations by import.

A list says when an account was last updated, not what was looked at: such a date can show that an
account is fresh and never that it is stale. It makes no account and no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.dates import start_of_day
from registry.bulk import chunks
from registry.models import Actor, Observation, Run, Sweep
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Outcome,
    Precision,
    RunMethod,
)
from sweeps.planning.plan import sweep_key

SOURCE = "list"
"""`observation.source` of what a list says."""

_MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of one account."""

    account_id: int
    last_update: date
    """The day in Shanghai."""
    note: str = ""
    """What else it says, e.g. the problem."""


def not_kept(session: Session, listed: Sequence[Listed]) -> list[Listed]:
    """What no earlier import noted: one date of an account is noted once, whatever lists hold it."""
    wanted = {(each.account_id, start_of_day(each.last_update)): each for each in reversed(listed)}
    query = select(Observation.account_id, Observation.last_post_at).join(Run)
    query = query.where(Run.method == RunMethod.IMPORT)
    for some in chunks({account_id for account_id, _at in wanted}):
        for kept in session.execute(query.where(Observation.account_id.in_(some))):
            wanted.pop((kept.account_id, kept.last_post_at), None)
    return list(reversed(wanted.values()))


def keep_listed(
    session: Session,
    listed: Sequence[Listed],
    *,
    now: datetime,
    actor: Actor,
    options: dict[str, Any],
) -> Run | None:
    """Note what a list says in one run of the latest sweep; None when it says nothing.

    Where there was no sweep yet, one is made for the time point `now`. Several dates of one
    account are noted in their order. Never commits.
    """
    if not listed:
        return None
    latest = select(Sweep.id).where(Sweep.time_point <= now).order_by(Sweep.time_point.desc())
    run = Run(
        sweep_id=session.scalar(latest.limit(1)) or sweep_key(session, now, now),
        method=RunMethod.IMPORT,
        as_of=now,
        started_at=now,
        finished_at=now,
        actor_id=actor.id,
        evidence=[],
        options=options,
    )
    session.add(run)
    session.flush()
    seen: dict[int, int] = {}
    rows = []
    for each in listed:
        seen[each.account_id] = seen.get(each.account_id, -1) + 1
        rows.append(_row(run.id, seen[each.account_id], each, now, actor))
    for some in chunks(rows, 5000):
        session.execute(insert(Observation), some)
    return run


def _row(run_id: int, ordinal: int, each: Listed, now: datetime, actor: Actor) -> dict[str, Any]:
    at = start_of_day(each.last_update)
    post = {
        "at": at.isoformat(),
        "precision": Precision.DAY.value,
        "own": True,
        "pinned": False,
        "title": "",
        "url": "",
        "derived": Derivation.TEXT.value,
    }
    note = each.note[:_MOST_TEXT]
    return {
        "run_id": run_id,
        "account_id": each.account_id,
        "kind": CheckKind.FRESHNESS,
        "ordinal": ordinal,
        "observed_at": now,
        "outcome": Outcome.READ,
        "source": SOURCE,
        "last_post_at": at,
        "last_post_precision": Precision.DAY,
        "last_post_derived": Derivation.TEXT,
        "coverage": CoverageKind.PARTIAL,
        "facts": {"posts": [post], "counters": {}, "identifiers": {}, "note": note, "sources": []},
        "actor_id": actor.id,
    }
