"""How many requests each host got today, over all runs: for budgets that hold for a day.

Days are those of Shanghai. What a run asked is stored with its observations, in one transaction, so
that a killed run has counted all but what was under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.db import Registry
from registry.models import HostUse, table_of
from sweeps.clock import Clock
from sweeps.lanes.lanes import Lanes
from sweeps.lanes.pauses import kept_pauses

_ADD = text(
    "INSERT INTO host_use (egress, host, day, requests) VALUES (:egress, :host, :day, :requests)"
    " ON CONFLICT (egress, host, day)"
    " DO UPDATE SET requests = host_use.requests + excluded.requests"
).bindparams(bindparam("day", type_=Date))


def used(session: Session, day: date, egress: str = "") -> dict[str, int]:
    """Host → requests from that egress on that day."""
    use = table_of(HostUse).c
    query = select(use.host, use.requests).where(use.egress == egress, use.day == day)
    rows = session.execute(query)
    return {row.host: row.requests for row in rows}


def add_use(session: Session, counted: Mapping[tuple[date, str], int], egress: str = "") -> None:
    """Add to what is stored: requests by day and host."""
    rows = [
        {"egress": egress, "host": host, "day": day, "requests": requests}
        for (day, host), requests in sorted(counted.items())
    ]
    if rows:
        session.execute(_ADD, rows)


class DayBook:
    """Keeps the lanes of a run and the table of one mind. `ways`: the lanes of each egress there is
    by now."""

    def __init__(
        self, registry: Registry, clock: Clock, ways: Callable[[], Iterable[Lanes]]
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._ways = ways

    def turn(self) -> None:
        """Tell lanes of the day when it has changed, or when they are new, then also of the hosts that asked
        an earlier run for a pause which lasts."""
        now = self._clock.now()
        today = shanghai_date(now)
        for lanes in self._ways():
            if lanes.day != today:
                with self._registry.read() as session:
                    if lanes.day is None:
                        second = self._clock.monotonic()
                        kept = kept_pauses(session, now).items()
                        rests = {h: second + (until - now).total_seconds() for h, until in kept}
                        lanes.heed(rests, second)
                    lanes.begin_day(today, used(session, today, lanes.egress))

    def store(self, session: Session) -> None:
        """Store what was asked since the last time."""
        for lanes in self._ways():
            add_use(session, lanes.counted(), lanes.egress)

    def close(self) -> None:
        """Store what was asked and came to nothing: a run that was broken off."""
        self.turn()
        if any(lanes.uncounted for lanes in self._ways()):
            with self._registry.write() as session:
                self.store(session)
