"""A run that was interrupted, when somebody starts another one: is it the same, to be gone on with?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.models import Run, Sweep
from registry.vocab import RunMethod, samples_sites
from sweeps.planning.owed import remaining
from sweeps.planning.plan import Filters

_STANDS = timedelta(days=1)
"""How long a plan stands: afterwards ledger, credentials and settings may have moved on."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A run that was interrupted within the last day."""

    run_uid: str
    time_point: datetime
    """T of its sweep, UTC."""
    started_at: datetime
    left: int
    """Checks without an observation."""
    same: bool
    """The run asked for now would be the same one."""
    replanned: bool = False
    """It would not, but it plans anew whatever of that one is still due."""


def left_over(
    session: Session, at: datetime | None, filters: Filters, now: datetime
) -> Leftover | None:
    """The run planned last, if it was interrupted; None when it ended or is more than a day old.

    `at` (None: any T will do) and `filters` are those of the run asked for now. A run of single
    accounts is never the same, nor is one that was asked to look at everything. What was planned
    ahead of T is a day's share: neither another day nor T itself goes on with it. Samples of
    websites are neither gone on with nor looked for.
    """
    since = Run.method == RunMethod.ENGINE, Run.started_at >= now - _STANDS
    latest = session.scalars(select(Run).where(*since).order_by(Run.id.desc()))
    run = next((run for run in latest if not samples_sites(run.options.get("kinds", ()))), None)
    if run is None or run.finished_at is not None or samples_sites(filters.kinds):
        return None
    left, point = len(remaining(session, run.id)), session.get_one(Sweep, run.sweep_id).time_point
    wanted = filters.stored()
    alike = all(run.options.get(name) == value for name, value in wanted.items())
    narrow = bool(filters.account_ids) or filters.everything
    alike = left > 0 and at in {None, point} and alike and not narrow
    stands = _stands(run.started_at, point, now)
    return Leftover(run.uid, point, run.started_at, left, alike and stands, alike and not stands)


def _stands(planned_at: datetime, point: datetime, now: datetime) -> bool:
    """Whether a plan made then still says what is due now."""
    if planned_at >= point:
        return True
    return now < point and shanghai_date(now) == shanghai_date(planned_at)
