"""Which accounts the sweeps have looked at without an answer, and why none came.

A sweep of a part of the ledger says nothing of the rest: there the sweeps before it stand, back to
the last run that was about the whole ledger. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.models import Observation, Run, Sweep
from registry.vocab import CheckKind, CoverageKind, Existence, Outcome, Reason, RunMethod
from sweeps.planning.choice import KINDS
from sweeps.planning.plan import Moments

_BY_ENGINE = (RunMethod.ENGINE, RunMethod.AWAY)


@dataclass(frozen=True, slots=True)
class Scope:
    """The sweeps whose looks count for a time point."""

    sweep_id: int
    """That of the time point itself."""
    sweeps: Mapping[int, Moments]
    """It and those before it that still stand, with the moments of each."""

    @property
    def moments(self) -> Moments:
        """Those of the time point."""
        return self.sweeps[self.sweep_id]

    @classmethod
    def of(cls, session: Session, sweep: Sweep) -> Scope:
        """Back from the last run for `sweep` or an earlier time point to the last one over all."""
        runs = session.execute(
            select(
                Run.sweep_id,
                Run.method,
                Run.as_of,
                Run.finished_at,
                Run.options,
                Sweep.time_point,
            )
            .join(Sweep, Sweep.id == Run.sweep_id)
            .where(Sweep.time_point <= sweep.time_point)
            .order_by(Run.id.desc())
        )
        points = {sweep.id: sweep.time_point}
        planned: Mapping[str, Any] = {}
        for run in runs:
            points[run.sweep_id] = run.time_point
            planned = planned or (run.options if "window_days" in run.options else {})
            if _was_over_all(run):
                break
        return cls(sweep.id, {key: _moments(at, planned) for key, at in points.items()})


def _was_over_all(run: Any) -> bool:
    """Whether a run was planned, at T or later, over all that the ledger owed, and has ended."""
    options = run.options
    return (
        run.method in _BY_ENGINE
        and run.finished_at is not None
        and run.as_of >= run.time_point
        and set(options.get("kinds", ())) >= KINDS
        and not (options.get("platforms") or options.get("unit") or options.get("accounts"))
    )


def _moments(at: datetime, planned: Mapping[str, Any]) -> Moments:
    """The windows that the runs were planned with; two weeks where none was."""
    return Moments.of(at, at, planned.get("window_days", 14), planned.get("fresh_days", 14))


@dataclass(frozen=True, slots=True)
class Left:
    """An account about which no look was conclusive."""

    reason: Reason | None
    """None when it was read, and too little to judge."""
    sweep_id: int
    """The last sweep that looked."""


def unread_posts(session: Session, scope: Scope) -> dict[int, Left]:
    """By account key, those about whose posts no look tells: for the time point, or, of a look
    before it, for its own."""
    rows = session.execute(
        select(
            Observation.account_id,
            Run.sweep_id,
            Run.method,
            Observation.outcome,
            Observation.reason,
            Observation.existence,
            Observation.observed_at,
            Observation.last_post_at,
            Observation.coverage,
            Observation.covered_since,
            Observation.covered_until,
        )
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id.in_(scope.sweeps), Observation.kind == CheckKind.FRESHNESS)
        .order_by(Observation.id)
    )
    looks: dict[int, list[Any]] = {}
    for row in rows:
        # the date in a list can show an account to be fresh, and never that somebody must look
        if row.method is not RunMethod.IMPORT or _tells(row, scope.moments):
            looks.setdefault(row.account_id, []).append(row)
    found = {key: _left(seen, scope) for key, seen in looks.items()}
    return {key: left for key, left in found.items() if left is not None}


def _left(looks: Iterable[Any], scope: Scope) -> Left | None:
    """What the last sweep that looked at an account has left open; None when it told, or when any
    look from T on tells for T."""
    seen = list(looks)
    last = max((row.sweep_id for row in seen), key=lambda key: scope.sweeps[key].time_point)
    own = [row for row in seen if row.sweep_id == last]
    since = [row for row in seen if row.observed_at >= scope.moments.time_point]
    told = any(_tells(row, scope.sweeps[last]) for row in own)
    if told or any(_tells(row, scope.moments) for row in (*own, *since)):
        return None
    return Left(own[-1].reason, last)


def unread_apps(session: Session, scope: Scope) -> dict[int, Reason | None]:
    """Account key → why, for each app whose stores told nothing and that no person has seen."""
    by_people = Run.method.in_((RunMethod.HAND, RunMethod.SELF_REPORT))
    rows = session.execute(
        select(Observation.account_id, Observation.kind, Observation.outcome, Observation.reason)
        .join(Run, Run.id == Observation.run_id)
        .where(
            Run.sweep_id.in_(scope.sweeps),
            or_(Observation.kind == CheckKind.APP, by_people),
        )
        .order_by(Observation.id)
    ).all()
    told = {row.account_id for row in rows if row.outcome is Outcome.READ}
    return {
        row.account_id: row.reason
        for row in rows
        if row.kind is CheckKind.APP and row.account_id not in told
    }


def unread_handles(session: Session, scope: Scope) -> dict[int, Reason | None]:
    """Account key → why, for each cancelled account of which no machine could ask for an id and
    that no person has looked at."""
    rows = session.execute(
        select(Observation.account_id, Observation.outcome, Observation.reason)
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id.in_(scope.sweeps), Observation.kind == CheckKind.HANDLE)
        .order_by(Observation.id)
    ).all()
    told = {row.account_id for row in rows if row.outcome is not Outcome.UNSUPPORTED}
    return {row.account_id: row.reason for row in rows if row.account_id not in told}


def _tells(row: Any, moments: Moments) -> bool:
    """True when the look leaves a person nothing to add for the time point."""
    if row.outcome is not Outcome.READ:
        return False
    if row.existence in {Existence.GONE_SIGNAL, Existence.RESTRICTED}:
        return True
    if row.last_post_at and moments.fresh_since <= row.last_post_at <= moments.time_point:
        return True
    current = min(row.observed_at, row.covered_until or row.observed_at)
    if current < moments.time_point:
        return False
    if row.coverage is CoverageKind.REACHES_BACK_TO:
        return row.covered_since is not None and row.covered_since <= moments.read_back_to
    return row.coverage in {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}
