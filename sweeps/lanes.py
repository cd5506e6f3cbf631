"""One lane per host: when its next request may start, and whether it may start at all.

Lanes only keep count; they never fetch, wait or hold a lock. The driver asks which tickets are due
and tells what became of them. Seconds are those of the clock's stop-watch.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checkers.base import Pace
from registry.errors import BadConfig
from registry.messages import _

DEFAULT_PACE = Pace(3.0)
"""For hosts that no checker and no setting names, mostly government sites."""

PATIENCE = 3
"""Walls in succession before a host that no checker names is left alone; a named one gets none.

A menu may well hold one entry that asks for a login, and that says nothing about its neighbours.
"""

_FREE = Pace(0.0, in_flight=1_000_000)


@dataclass(slots=True)
class Lane:
    """The state of one host in one run."""

    host: str
    pace: Pace
    patience: int
    onward: deque[int] = field(default_factory=deque)
    """Tickets of checks under way; they go before those of new checks."""
    fresh: deque[int] = field(default_factory=deque)
    later: list[tuple[float, int]] = field(default_factory=list)
    """Heap of retries: not before when, ticket."""
    free_at: float = 0.0
    in_flight: int = 0
    sent: int = 0
    walls: int = 0
    """In succession."""
    cooled: int = 0
    stopped: str = ""
    """Why nothing is asked any more; empty while the lane is open."""
    alarm: float | None = None
    """For when it is entered among the alarms; other entries of it are out of date."""

    @property
    def waiting(self) -> int:
        """How many tickets wait here."""
        return len(self.onward) + len(self.fresh) + len(self.later)

    def wake_at(self) -> float | None:
        """When the next ticket may start; None while there is none or no room for it."""
        if self.in_flight >= self.pace.in_flight:
            return None
        if self.onward or self.fresh:
            return self.free_at
        return max(self.free_at, self.later[0][0]) if self.later else None

    def start(self, now: float) -> int:
        """Take the next ticket and count its start."""
        if self.later and self.later[0][0] <= now:
            self.onward.appendleft(heapq.heappop(self.later)[1])
        ticket = self.onward.popleft() if self.onward else self.fresh.popleft()
        self.in_flight += 1
        self.sent += 1
        self.free_at = now + self.pace.min_gap
        return ticket

    def empty(self) -> list[int]:
        """Take all waiting tickets out."""
        tickets = [*self.onward, *(ticket for _when, ticket in sorted(self.later)), *self.fresh]
        self.onward.clear()
        self.fresh.clear()
        self.later.clear()
        return tickets

    @property
    def spent(self) -> bool:
        """True when the budget of this run is used up."""
        return self.pace.per_run is not None and self.sent >= self.pace.per_run


class Lanes:
    """All lanes of a run. `paces` come from the checkers, `overrides` from the office's settings."""

    def __init__(
        self,
        paces: Mapping[str, Pace],
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        default: Pace = DEFAULT_PACE,
        *,
        polite: bool = True,
    ) -> None:
        """`polite`: False for a replay, where nobody is asked anything."""
        self._paces = paced(paces, overrides or {}, default)
        self._default = default
        self._polite = polite
        self._lanes: dict[str, Lane] = {}
        self._alarms: list[tuple[float, str]] = []
        self._closing: set[str] = set()

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def lane(self, host: str) -> Lane:
        """The lane of `host` (`name` or `name:port`), opened at the first mention."""
        if host not in self._lanes:
            name = host.rpartition(":")[0] or host
            pace = self._paces.get(host) or self._paces.get(name)
            lane = Lane(host, pace or self._default, 1 if pace else PATIENCE)
            self._lanes[host] = lane if self._polite else Lane(host, _FREE, 1_000_000)
        return self._lanes[host]

    def expect(self, host: str, pace: Pace) -> None:
        """Open the lane of a host that is not named at another pace than the default one."""
        name = host.rpartition(":")[0] or host
        if self._polite and host not in self._lanes and not {host, name} & self._paces.keys():
            self._lanes[host] = Lane(host, pace, PATIENCE)

    def named(self, host: str) -> bool:
        """True when a checker or a setting names the host."""
        return self.lane(host).patience == 1

    def closed(self, host: str) -> str:
        """Why `host` is asked nothing more in this run; empty when it may be asked."""
        lane = self.lane(host)
        if lane.spent and not lane.stopped:
            self.stop(host, f"budget of {lane.pace.per_run} requests per run used")
        return lane.stopped

    def add(
        self, ticket: int, host: str, *, fresh: bool = False, not_before: float | None = None
    ) -> None:
        """Queue a ticket: of a new check (`fresh`), of one under way, or a retry for later."""
        lane = self.lane(host)
        if not_before is not None:
            heapq.heappush(lane.later, (not_before, ticket))
        else:
            (lane.fresh if fresh else lane.onward).append(ticket)
        self._set_alarm(lane)

    def due(self, now: float, room: int) -> list[int]:
        """At most `room` tickets that start now; each is counted as in flight."""
        started: list[int] = []
        while len(started) < room:
            when = self.next_due()
            if when is None or when > now:
                break
            lane = self._lanes[heapq.heappop(self._alarms)[1]]
            lane.alarm = None
            if not self.closed(lane.host):
                started.append(lane.start(now))
            self._set_alarm(lane)
        return started

    def spilled(self) -> list[tuple[int, str]]:
        """Tickets that wait in lanes closed since the last call, taken out, with the reason."""
        closed = [self._lanes[host] for host in sorted(self._closing)]
        self._closing.clear()
        return [(ticket, lane.stopped) for lane in closed for ticket in lane.empty()]

    def next_due(self) -> float | None:
        """When something may start next; None when nothing waits that could."""
        while self._alarms:
            when, host = self._alarms[0]
            lane = self._lanes[host]
            wake = lane.wake_at()
            if lane.alarm == when and wake is not None and wake <= when:
                return when
            heapq.heappop(self._alarms)
            if lane.alarm == when:
                lane.alarm = None
                self._set_alarm(lane)
        return None

    def finished(self, host: str) -> None:
        """A request to `host` is over, one way or another."""
        lane = self.lane(host)
        lane.in_flight -= 1
        self._set_alarm(lane)

    def good(self, host: str) -> None:
        """The host answered as it should: earlier walls are forgiven."""
        self.lane(host).walls = 0

    def wall(self, host: str, why: str) -> None:
        """The host refused. A host that a checker names is left alone at once, others after three."""
        lane = self.lane(host)
        lane.walls += 1
        if lane.walls >= lane.patience:
            self.stop(host, why)

    def cool(self, host: str, seconds: float | None, now: float) -> bool:
        """Rest after a 429: what the host asked for, else its own measure. False: now it is a wall.

        The second time within a run the lane is stopped, and so it is for a rest beyond an hour.
        """
        lane = self.lane(host)
        if not self._polite:
            return True
        rest = lane.pace.cool_down if seconds is None else seconds
        lane.cooled += 1
        if lane.cooled > 1 or rest > 3600:
            self.stop(host, "rate limited")
            return False
        lane.free_at = max(lane.free_at, now + rest)
        self._set_alarm(lane)
        return True

    def stop(self, host: str, why: str) -> None:
        """Ask `host` nothing more in this run."""
        lane = self.lane(host)
        lane.stopped = lane.stopped or why
        self._closing.add(host)

    def _set_alarm(self, lane: Lane) -> None:
        wake = None if lane.stopped else lane.wake_at()
        if wake is not None and (lane.alarm is None or wake < lane.alarm):
            lane.alarm = wake
            heapq.heappush(self._alarms, (wake, lane.host))


def paced(
    paces: Mapping[str, Pace], overrides: Mapping[str, Mapping[str, Any]], default: Pace
) -> dict[str, Pace]:
    """The paces with the settings laid over them. Raises BadConfig for one that is no pace."""
    merged = dict(paces)
    for host, settings in overrides.items():
        try:
            merged[host] = _sane(replace(merged.get(host, default), **settings))
        except (TypeError, ValueError):
            raise BadConfig(
                _("The pace of {host} cannot be read.").format(host=host),
                _("Allowed are min_gap, per_run, in_flight, daily and cool_down, all numbers."),
            ) from None
    return merged


def _sane(pace: Pace) -> Pace:
    if pace.min_gap < 0 or pace.cool_down < 0 or pace.in_flight < 1:
        raise ValueError("a pace cannot run backwards")
    return pace
