"""Whether the machine's clock can be right: whatever runs saw, they saw before now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import Observation, Run

SLACK = timedelta(minutes=10)
"""By so much the clocks of two machines that share a registry may differ without a word."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The latest look or run, which is of a moment still to come. Moments in UTC."""

    now: datetime
    latest: datetime
    looked: bool
    """It is a look at an account: what is judged rests on it."""


def recorded_ahead(session: Session, now: datetime) -> Ahead | None:
    """The latest look or run when it lies after `now`: the clock was set back, or was ahead then."""
    looked = session.scalar(select(func.max(Observation.observed_at)))
    moments = [looked, session.scalar(select(func.max(Run.started_at)))]
    latest = max((moment for moment in moments if moment is not None), default=now)
    if latest <= now + SLACK:
        return None
    return Ahead(now, latest, looked is not None and looked > now + SLACK)
