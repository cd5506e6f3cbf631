"""The monitoring time point T that a run works for when nobody names one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from registry.sweep_points import latest_time_point
from registry.vocab import samples_sites
from sweeps.planning.leftover import left_over
from sweeps.planning.plan import Filters, unproven
from sweeps.planning.survey import Survey
from sweeps.planning.weekly import WeekPoint, worked_for


def unnamed_point(
    session: Session,
    *,
    weekly: WeekPoint | None,
    filters: Filters,
    now: datetime,
    survey: Callable[[datetime], Survey],
) -> datetime:
    """The `weekly` one of the settings, see `sweeps.planning.weekly.worked_for`; without one that of a
    run that was interrupted and is the same, or the minute that runs. `survey`: what is owed for a T.

    Samples of whether sites open are taken every hour and belong to the week before the next T: for
    them it is that of the latest sweep. All moments are aware UTC.
    """
    minute = now.replace(second=0, microsecond=0)
    if samples_sites(filters.kinds):
        return latest_time_point(session, now) or minute
    if weekly is None:
        left = left_over(session, None, filters, now)
        same = left is not None and left.same and left.time_point <= now
        return left.time_point if left is not None and same else minute
    return worked_for(weekly, now, lambda at: unproven(session, survey(at)))
