"""Which sweep is meant, by its monitoring time point T: the latest, the few before it, that of a day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.dates import SHANGHAI, to_the_minute
from registry.errors import Ambiguous, BadInput, NotFound
from registry.messages import _
from registry.models import History, Run, Sweep

_RECENT = 4
"""Sweeps that are looked through for what is left to people."""
_BEFORE, _AHEAD = timedelta(days=366), timedelta(days=92)
"""How far before the first record, and how far ahead of now (a quarter), a T may lie."""


def latest_time_point(session: Session, now: datetime) -> datetime | None:
    """T of the latest sweep that has passed, UTC."""
    passed = select(Sweep.time_point).where(Sweep.time_point <= now)
    return session.scalars(passed.order_by(Sweep.time_point.desc()).limit(1)).first()


def recent_time_points(session: Session, now: datetime) -> list[datetime]:
    """T of the last few sweeps that have passed, UTC, the latest first."""
    passed = select(Sweep.time_point).where(Sweep.time_point <= now)
    return list(session.scalars(passed.order_by(Sweep.time_point.desc()).limit(_RECENT)))


def sensible_time_point(session: Session, at: datetime, now: datetime) -> datetime:
    """`at` as it is, or the one of a sweep that was made. Raises BadInput for a T that nobody can mean:
    more than a year before the first record of this registry, or further ahead than `_AHEAD`.
    """
    first = session.scalars(select(func.min(History.recorded_at))).one() or now
    earliest, latest = min(first, now) - _BEFORE, now + _AHEAD
    known = session.scalars(select(Sweep.id).where(Sweep.time_point == at)).first()
    if earliest <= at <= latest or known is not None:
        return at
    text = (
        _("The time point {at} lies too far back: the first record here is of {first}.")
        if at < earliest
        else _("The time point {at} lies too far ahead: it is {now} now by this machine's clock.")
    )
    raise BadInput(
        text.format(at=to_the_minute(at), first=to_the_minute(first), now=to_the_minute(now)),
        hint=_("Possible here: from {earliest} to {latest}. Look at the year of --at.").format(
            earliest=to_the_minute(earliest), latest=to_the_minute(latest)
        ),
    )


def meant_time_point(session: Session, given: datetime) -> datetime:
    """T of the sweep that people mean by `given`: that very moment, or, where they named a day
    alone (its midnight), the one sweep of that day in Shanghai. `given` itself when there is none.

    Raises Ambiguous when the day has several.
    """
    local = given.astimezone(SHANGHAI)
    if local.time() != time():
        return given
    query = select(Sweep.time_point).where(
        Sweep.time_point >= given, Sweep.time_point < given + timedelta(days=1)
    )
    found = session.scalars(query.order_by(Sweep.time_point)).all()
    if len(found) > 1 and found[0] != given:
        raise Ambiguous(
            _("There are several sweeps of {day}: {points}.").format(
                day=local.date().isoformat(), points=", ".join(map(to_the_minute, found))
            ),
            _('Name the moment, e.g. --at "{point}".').format(point=to_the_minute(found[-1])),
        )
    return found[0] if found else given


def needed_time_point(session: Session, now: datetime) -> datetime:
    """T of the latest sweep that has passed, UTC. Raises NotFound when there was none yet."""
    found = latest_time_point(session, now)
    if found is None:
        raise NotFound(_("There was no sweep yet."), _("Make one with `taizhang sweep run`."))
    return found


def time_point_of(session: Session, run_uid: str) -> datetime:
    """T of the sweep that a run belongs to, UTC."""
    query = select(Sweep.time_point).join(Run).where(Run.uid == run_uid)
    return session.scalars(query).one()
