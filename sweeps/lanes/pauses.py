"""How long hosts asked to be left alone: what a run keeps of it, and what later runs heed.

Kept are moments, a week ahead at most, whatever a host names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Run, table_of
from sweeps.clock import Clock
from sweeps.lanes.lane import Lane
from sweeps.lanes.stops import KEY as STOPPED
from sweeps.lanes.stops import stops

KEY = "pauses"
"""Among the options of a run: host → moment in ISO 8601."""

_LONGEST = timedelta(days=7)

_RUNS = timedelta(days=60)
"""Runs begun longer ago keep no pause that lasts."""


def asked_pauses(lanes: Iterable[Lane], clock: Clock) -> dict[str, datetime]:
    """Host → until when it asked to be left alone, of those that did and still want it."""
    now, found = clock.now(), dict[str, datetime]()
    for lane in lanes:
        left = lane.asked_until - clock.monotonic()
        if left > 0:
            until = now + min(timedelta(seconds=left), _LONGEST)
            found[lane.host] = max(until, found.get(lane.host, until))
    return found


def noted(options: Mapping[str, Any], lanes: Iterable[Lane], clock: Clock) -> dict[str, Any]:
    """The options of a run with what is kept of its hosts: whom it let alone, and who asked for a pause."""
    lanes, new = list(lanes), dict(options)
    pauses = {host: m.isoformat() for host, m in sorted(asked_pauses(lanes, clock).items())}
    stopped = [
        replace(stop, until=pauses.get(stop.host, "") if stop.rest_seconds else "")
        for stop in stops(lanes)
    ]
    if stopped or options.get(STOPPED):
        new[STOPPED] = [stop.to_json() for stop in stopped]
    if pauses or options.get(KEY):
        new[KEY] = {**options.get(KEY, {}), **pauses}
    return new


def kept_pauses(session: Session, now: datetime) -> dict[str, datetime]:
    """Host → until when it is asked nothing, of all that hosts told earlier runs. What it told last counts."""
    run = table_of(Run).c
    query = select(run.options).where(run.started_at >= now - _RUNS).order_by(run.started_at)
    found: dict[str, datetime] = {}
    for options in session.scalars(query):
        for host, until in options.get(KEY, {}).items():
            found[host] = datetime.fromisoformat(until)
    return {host: until for host, until in found.items() if until > now}
