"""One lane per host: when its next request may start, and whether it may start at all.

Lanes only keep count; they never fetch, wait or hold a lock. The driver asks which tickets are due
and tells what became of them. Seconds are those of the clock's stop-watch.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from checkers.base import Pace
from registry.errors import BadConfig
from registry.messages import _
from registry.vocab import Reason
from sweeps.lanes.lane import MARGIN, Lane, Place, Stop

DEFAULT_PACE = Pace(3.0)
"""For hosts that no checker and no setting names, mostly government sites."""

PATIENCE = 3
"""Walls in succession before a host that no checker names is left alone; a named one gets none.

A menu may well hold one entry that asks for a login, and that says nothing about its neighbours; and of a
site, 403 for one page is that page's answer, whether or not the office has set a pace for the site.
"""

_LONGEST_REST = 3600.0
"""Seconds; a host that asks for more is left to the next run."""

_FREE = Pace(0.0, in_flight=1_000_000)


class Lanes:
    """All lanes of a run by one way out, `egress` (empty: this machine's own). `paces` come from the
    checkers, `overrides` from the office's settings."""

    def __init__(
        self,
        paces: Mapping[str, Pace],
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        default: Pace = DEFAULT_PACE,
        *,
        egress: str = "",
        polite: bool = True,
        margin: float = MARGIN,
    ) -> None:
        """`polite`: False for a replay, where nobody is asked anything."""
        self.egress = egress
        self._platforms = frozenset(paces)
        self._paces = paced(paces, overrides or {}, default)
        self._default = default
        self._polite = polite
        self._margin = margin
        self._lanes: dict[str, Lane] = {}
        self._day: date | None = None
        self._used: Mapping[str, int] = {}
        self._pauses: dict[str, tuple[float, float]] = {}
        self._counted: Counter[tuple[date | None, str]] = Counter()
        self._alarms: list[tuple[float, str]] = []
        self._closing: set[str] = set()
        self._unsure: set[str] = set()
        """Hosts of lanes that were unsure when last looked at."""
        self._ripe: list[tuple[Place, str]] = []
        """Heap of lanes that may start something now."""

    def __iter__(self) -> Iterator[Lane]:
        return iter(self._lanes.values())

    def __contains__(self, host: str) -> bool:
        return host in self._lanes

    def lane(self, host: str) -> Lane:
        """The lane of `host` (`name` or `name:port`), opened at the first mention."""
        if host not in self._lanes:
            name = host.rpartition(":")[0] or host
            pace = self._paces.get(host) or self._paces.get(name)
            if self._polite:
                patience = 1 if self._platforms & {host, name} else PATIENCE
                self._open(host, pace or self._default, patience)
            else:
                self._open(host, _FREE, 1_000_000)
        return self._lanes[host]

    def _open(self, host: str, pace: Pace, patience: int) -> None:
        self._lanes[host] = Lane(host, pace, patience, self._margin, today=self._used.get(host, 0))
        self._keep_pause(host)

    def route(self, host: str, *, like: str = "", home: bool = False) -> str:
        """The name under which the lane to `host` is spoken of: here its own, for there is but one
        way out. `like`: a lane whose way out it should share; `home`: by this machine's own."""
        return host

    def expect(self, host: str, pace: Pace) -> None:
        """Open the lane of a host that is not named at another pace than the default one."""
        name = host.rpartition(":")[0] or host
        if self._polite and host not in self._lanes and not {host, name} & self._paces.keys():
            self._open(host, pace, PATIENCE)

    def named(self, host: str) -> bool:
        """True when a checker names the host: its first wall is one for all that is asked there."""
        return self.lane(host).patience == 1

    def closed(self, host: str) -> Stop | None:
        """Why `host` is asked nothing more in this run; None when it may be asked."""
        lane = self.lane(host)
        if not lane.stopped and (why := lane.spent):
            self.stop(host, why)
        return lane.stopped

    def add(
        self,
        ticket: int,
        host: str,
        *,
        fresh: bool = False,
        turn: int = 0,
        not_before: float | None = None,
    ) -> None:
        """Queue a ticket: of a new check (`fresh`), of one under way, or a retry for later. Of what
        could start, whatever its lane, that of the lowest `turn` does, and new checks come last."""
        lane = self.lane(host)
        if not_before is not None:
            heapq.heappush(lane.later, (not_before, (turn, ticket)))
        elif fresh:
            lane.fresh.append(ticket)
        else:
            heapq.heappush(lane.onward, (turn, ticket))
        self._set_alarm(lane)

    def due(self, now: float, room: int) -> list[int]:
        """At most `room` tickets that start now; each is counted as in flight."""
        started: list[int] = []
        while len(started) < room:
            self._ripen(now)
            if not self._ripe:
                break
            place, host = heapq.heappop(self._ripe)
            lane = self._lanes[host]
            if lane.ripe != place:
                continue
            lane.ripe = None
            wake = lane.wake_at()
            if wake is not None and wake <= now and not self.closed(host):
                self._counted[self._day, host] += 1
                started.append(lane.start(now))
            self._set_alarm(lane)
        return started

    def _ripen(self, now: float) -> None:
        """Sort the lanes whose time has come by whose turn it is."""
        while self._alarms and self._alarms[0][0] <= now:
            when, host = heapq.heappop(self._alarms)
            lane = self._lanes[host]
            if lane.alarm != when:
                continue
            lane.alarm = None
            head, wake = lane.head(now), lane.wake_at()
            may = wake is not None and wake <= now
            if may and (lane.ripe is None or head < lane.ripe):
                lane.ripe = head
                heapq.heappush(self._ripe, (head, host))
            self._set_alarm(lane)

    def idle(self, host: str, now: float) -> bool:
        """True when nothing waits for `host` and it could be asked at once."""
        lane = self.lane(host)
        ready = lane.ready_at()
        free = not lane.waiting and len(lane.out) < lane.pace.in_flight and not self.closed(host)
        return free and ready is not None and ready <= now

    def spilled(self) -> list[tuple[int, Stop | None]]:
        """Tickets that wait in lanes closed since the last call, taken out, with the reason."""
        if not self._closing:
            return []
        closed = [self._lanes[host] for host in sorted(self._closing)]
        self._closing.clear()
        return [(ticket, lane.stopped) for lane in closed for ticket in lane.empty()]

    def next_due(self) -> float | None:
        """When something may start next; None when nothing waits that could."""
        while self._ripe:
            place, host = self._ripe[0]
            lane = self._lanes[host]
            wake = lane.wake_at()
            if lane.ripe == place and wake is not None:
                return wake
            heapq.heappop(self._ripe)
            if lane.ripe == place:
                lane.ripe = None
                self._set_alarm(lane)
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

    @property
    def unsure(self) -> bool:
        """True while some lane could go on if it knew when an earlier request was sent."""
        self._unsure = {host for host in self._unsure if self._lanes[host].unsure}
        return bool(self._unsure)

    def went_out(self, host: str, ticket: int, at: float) -> None:
        """The request under way was on the wire at that time, at the latest."""
        lane = self.lane(host)
        start = lane.out.get(ticket)
        if start is not None and start.sent is None:
            start.sent = at
            if lane.keeps_from(start):
                self._set_alarm(lane)

    def finished(
        self, host: str, ticket: int, at: float | None = None, took: float | None = None
    ) -> None:
        """A request to `host` is over, one way or another. `at`: for one of which nobody said when
        it was sent, the latest that it may have been; None: it never was, or as soon as it started.
        `took`: of one that was answered, the seconds until then.
        """
        lane = self.lane(host)
        if took is not None:
            lane.answered(ticket, took)
        full = lane.in_flight >= lane.pace.in_flight
        start = lane.out.pop(ticket)
        if start.sent is None:
            start.sent = start.at if at is None else at
        if full or lane.keeps_from(start):
            self._set_alarm(lane)

    def good(self, host: str) -> None:
        """The host answered as it should: earlier walls, and slowness, are forgiven."""
        lane = self.lane(host)
        lane.walls = lane.overdue = 0

    def wall(self, host: str, reason: Reason) -> None:
        """The host refused. A host that a checker names is left alone at once, others after three."""
        lane = self.lane(host)
        lane.walls += 1
        if lane.walls >= lane.patience:
            self.stop(host, Stop(reason))

    def had_enough(self, host: str, reason: Reason, seconds: float | None, now: float) -> None:
        """The host refuses us and not a page: whoever it is, it is left alone at once. `seconds`: the wait
        that it named, if any."""
        if self._polite:
            self.lane(host).asked_until = now + seconds if seconds else 0.0
            self.stop(host, Stop(reason, rest=seconds or 0.0))

    def heed(self, pauses: Mapping[str, float], now: float) -> None:
        """Hosts → the second until which they asked an earlier run to be left alone."""
        self._pauses = {host: (until, until - now) for host, until in pauses.items()}
        for host in self._lanes:
            self._keep_pause(host)

    def _keep_pause(self, host: str) -> None:
        lane = self._lanes[host]
        lane.asked_until, rest = self._pauses.get(host, (lane.asked_until, 0.0))
        if rest > _LONGEST_REST:
            self.stop(host, Stop(Reason.RATE_LIMITED, rest=rest))
        elif rest > 0:
            lane.free_at = max(lane.free_at, lane.asked_until)

    def overdue(self, host: str) -> None:
        """An answer was cut off though it was still coming: each such one holds a place for as long as any
        may, so after three in succession the host is left alone."""
        lane = self.lane(host)
        lane.overdue += 1
        if self._polite and lane.overdue >= PATIENCE:
            self.stop(host, Stop(Reason.TIMEOUT))

    def refused(self, host: str) -> None:
        """Nothing was sent: the host's address may not be asked."""
        self.lane(host).refused += 1

    def cool(self, host: str, seconds: float | None, now: float) -> bool:
        """Rest after a 429, or a server error that names a wait; see `rest`. False: now it is a wall, as it
        is the second time in a run."""
        lane = self.lane(host)
        lane.cooled += 1
        lane.asked_until = now + seconds if seconds else 0.0
        if self._polite and lane.cooled > 1:
            asked = self._measure(lane, seconds)
            longer = asked if asked > _LONGEST_REST else 0.0
            self.stop(host, Stop(Reason.RATE_LIMITED, rest=longer))
            return False
        return self.rest(host, seconds, now)

    def rest(self, host: str, seconds: float | None, now: float) -> bool:
        """Leave the host in peace. `seconds`: the wait that it named, which is believed, longer or shorter
        than our measure; one that is none (nothing, zero, a moment gone by) means that measure, the
        `cool_down` of its pace. False: it is longer than a run waits, and now it is a wall.
        """
        lane = self.lane(host)
        if not self._polite:
            return True
        rest = self._measure(lane, seconds)
        if rest > _LONGEST_REST:
            self.stop(host, Stop(Reason.RATE_LIMITED, rest=rest))
            return False
        lane.free_at = max(lane.free_at, now + rest)
        self._set_alarm(lane)
        return True

    @staticmethod
    def _measure(lane: Lane, seconds: float | None) -> float:
        return seconds if seconds and seconds > 0 else lane.pace.cool_down

    def stop(self, host: str, why: Stop) -> None:
        """Ask `host` nothing more in this run. A refusal says more than a budget of ours."""
        lane = self.lane(host)
        if lane.stopped is None or lane.stopped.by_us:
            lane.stopped = why
        self._closing.add(host)

    # --- the day's budgets --------------------------------------------------------------------

    def begin_day(self, day: date, used: Mapping[str, int]) -> None:
        """It is `day` in Shanghai, and hosts have had `used` requests on it from this egress before
        this run. What was started until now is none of them."""
        undated = {h: n for (when, h), n in self._counted.items() if when is None}
        self._day, self._used = day, used
        for host, lane in self._lanes.items():
            lane.today = used.get(host, 0) + undated.get(host, 0)
        for host, count in undated.items():
            del self._counted[None, host]
            self._counted[day, host] += count

    @property
    def day(self) -> date | None:
        """The day that is being counted; None until somebody says which it is."""
        return self._day

    def counted(self) -> Mapping[tuple[date, str], int]:
        """Requests started since the last call, by day and host: to be added to what is kept. Those
        of which nobody said the day stay until somebody does."""
        counted = {(day, host): n for (day, host), n in self._counted.items() if day is not None}
        self._counted = Counter({key: n for key, n in self._counted.items() if key[0] is None})
        return counted

    @property
    def uncounted(self) -> bool:
        """True when something was started since `counted` was called."""
        return bool(self._counted)

    def ways(self) -> list[Lanes]:
        """The lanes of each way out: here one."""
        return [self]

    def _set_alarm(self, lane: Lane) -> None:
        """Enter the lane where it will be looked at next, as something about it has changed."""
        if lane.ripe is not None:
            if lane.onward and lane.onward[0] < lane.ripe:
                lane.ripe = lane.onward[0]
                heapq.heappush(self._ripe, (lane.ripe, lane.host))
            # Of a lane that may start something, a retry may come to have the first turn.
            wake = lane.later[0][0] if lane.later else None
        else:
            wake = None if lane.stopped else lane.wake_at()
        if wake is None:
            if lane.unsure:
                self._unsure.add(lane.host)
        elif lane.alarm is None or wake < lane.alarm:
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
    budgets = (pace.per_run or 0, pace.daily or 0)
    if pace.min_gap < 0 or pace.cool_down < 0 or pace.in_flight < 1 or min(budgets) < 0:
        raise ValueError("a pace cannot run backwards")
    return pace
