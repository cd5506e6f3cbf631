"""The lane to one host: how many requests were started, when the next one may be, whose turn it is.

A pace of so many seconds between two requests holds at the host, where it is counted, whatever
happens to a request between its start here and its arrival there. So a start waits for what was
really sent: of a host that takes 50 a second, request 50 starts a second after request 0 went out
on the wire, and not before that is known; and if its answer took longer than the quickest of that host
did, be that one known only by then, it may have been counted later by so much. Within this window, starts are spread out, and what one of
them was late, or had to wait for its window, is not lost: those after it come a little closer, until
their own windows hold them. So one delay is not added to the next. Of a host that takes few requests,
who told us the seconds between two means those: there the next one starts so many seconds after the one
before it was sent, however long it took to connect, and nothing is made up for.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, field

from checkers.base import Failure, Pace
from registry.vocab import Reason

MARGIN = 0.009
"""Seconds added to each window: how much later than its neighbours one request may arrive."""

_DOUBT = 0.1
"""Seconds by which a slow answer may shift when its request was counted, at most: most of the time it
is the host that takes longer to answer, not to hear, and a host too busy to hear is soon heard again.
"""

_SURE = 0.002
"""Seconds of the margin that are kept where an answer was slow: how slow is not known any better."""

_SPREAD = 0.6
"""Of the pace's gap between two starts of one window, where the gap is short."""

_SHORT = 0.1
"""Seconds: up to there a gap is a number of requests a second, which is kept by the window alone."""

_PAIRED = 0.02
"""Seconds; starts of one window that would be less apart go two by two, at the same rate: to wake for
each costs more than to send it."""

_LATE = 0.02
"""Seconds by which a start may come late and the next be reckoned from when it could have been."""


def in_a_window(gap: float) -> int:
    """How many requests of such a gap one window holds, which is the time that they take: a second or a
    little less, or one gap where that is longer. 0 for no gap at all."""
    return max(1, int(1 / gap + 1e-9)) if gap > 0 else 0


def is_kept(gap: float) -> bool:
    """True where the gap is meant between any two requests, and not only as a rate."""
    return gap > _SHORT


Place = tuple[int, int]
"""Turn and ticket: what comes first starts first."""

_NEW: Place = (1 << 62, 0)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a host is asked nothing more in a run."""

    reason: Reason
    """OWN_LIMIT where a budget of ours is used up; else how the host refused."""
    budget: str = ""
    """Which figure of the pace is used up: `per_run` or `daily`."""
    requests: int = 0
    """What that figure allows."""
    rest: float = 0.0
    """Seconds for which the host asked to be left alone, where no run waits so long."""

    @property
    def by_us(self) -> bool:
        """The host would have answered."""
        return self.reason is Reason.OWN_LIMIT

    @property
    def failure(self) -> Failure:
        """What a request comes to that is not sent for it."""
        if self.by_us:
            span = {"per_run": "run", "daily": "day"}.get(self.budget)
            used = f"budget of {self.requests} requests per {span} used" if span else ""
            return Failure(Reason.OWN_LIMIT, used)
        return Failure(Reason.HOST_BLOCKED, self.reason.value)


@dataclass(slots=True)
class _Start:
    """A request that was started."""

    at: float
    sent: float | None = None
    """When it was on the wire; None while nobody has said so."""
    took: float = 0.0
    """Seconds until its answer, where it is known when it was sent; 0 until then."""


@dataclass(slots=True)
class Lane:
    """The state of one host in one run."""

    host: str
    pace: Pace
    patience: int
    margin: float = MARGIN
    onward: list[Place] = field(default_factory=list)
    """Heap of the tickets of checks under way; they go before those of new checks."""
    fresh: deque[int] = field(default_factory=deque)
    later: list[tuple[float, Place]] = field(default_factory=list)
    """Heap of retries: not before when."""
    free_at: float = 0.0
    """Not before then, whatever the pace would allow."""
    asked_until: float = 0.0
    """Until then the host itself asked to be left alone; 0 where it did not."""
    starts: deque[_Start] = field(default_factory=deque)
    """The latest ones, as many as one window holds."""
    reckoned: float = 0.0
    """From when on the next start keeps its distance within the window."""
    out: dict[int, _Start] = field(default_factory=dict)
    """Tickets under way."""
    shortest: float = math.inf
    """Seconds that the quickest answer took."""
    sent: int = 0
    today: int = 0
    """Requests of this day of Shanghai, those of earlier runs included."""
    walls: int = 0
    """In succession."""
    overdue: int = 0
    """Answers in succession that came so slowly that they were cut off at the limit of all."""
    refused: int = 0
    """Requests that were never sent: the host's address may not be asked."""
    cooled: int = 0
    stopped: Stop | None = None
    """None while the lane is open."""
    at_once: int = field(init=False)
    """How many requests one window holds, 0 for a host without a pace."""
    alarm: float | None = None
    """For when it is entered among the alarms; other entries of it are out of date."""
    ripe: Place | None = None
    """As what it is entered among those that may start; other entries of it are out of date."""

    def __post_init__(self) -> None:
        self.at_once = in_a_window(self.pace.min_gap)

    @property
    def waiting(self) -> int:
        """How many tickets wait here."""
        return len(self.onward) + len(self.fresh) + len(self.later)

    @property
    def in_flight(self) -> int:
        """How many requests are under way."""
        return len(self.out)

    def wake_at(self) -> float | None:
        """When the next ticket may start; None while there is none, no room for it, or while it is
        not known when the earlier one was sent that it must keep away from."""
        if len(self.out) >= self.pace.in_flight:
            return None
        ready = self.ready_at()
        if ready is None or self.onward or self.fresh:
            return ready
        return max(ready, self.later[0][0]) if self.later else None

    @property
    def unsure(self) -> bool:
        """True while tickets wait for nothing but to know when an earlier request was sent."""
        room = len(self.out) < self.pace.in_flight and self.waiting and not self.stopped
        return bool(room) and self.ready_at() is None

    def ready_at(self) -> float | None:
        """When the pace allows the next start; None while that is not known."""
        starts, gap, held = self.starts, self.pace.min_gap, self.at_once
        if not starts or not held:
            return self.free_at
        if gap > _SHORT:  # `is_kept`, spelt out: this is looked at several times for each request
            last = starts[-1].sent
            if last is None:
                return None
            ready = max(self.free_at, last + gap)
        else:
            ready = self._evenly
        if len(starts) < held:
            return ready
        first = starts[0]
        if first.sent is None:
            return None
        return max(ready, first.sent + self._doubt(first) + held * gap + self.margin)

    def _doubt(self, start: _Start) -> float:
        """How much later than it was sent, the margin apart, the request may have been counted."""
        late = start.took - self.shortest - max(self.margin - _SURE, 0.0)
        return min(late, _DOUBT) if late > 0 else 0.0

    @property
    def _evenly(self) -> float:
        """When the next start keeps its distance from the one before, whatever their windows say."""
        apart = _SPREAD * self.pace.min_gap
        if apart < _PAIRED:
            apart *= 0 if self.sent % 2 else 2
        return max(self.free_at, self.reckoned + apart)

    def keeps_from(self, start: _Start) -> bool:
        """True when the next start has to keep away from this one."""
        starts = self.starts
        if not starts:
            return False
        return starts[0] is start or (self.pace.min_gap > _SHORT and starts[-1] is start)

    def head(self, now: float) -> Place:
        """The place of the next ticket, if there is one; of new checks all are alike."""
        while self.later and self.later[0][0] <= now:
            heapq.heappush(self.onward, heapq.heappop(self.later)[1])
        return self.onward[0] if self.onward else _NEW

    def start(self, now: float) -> int:
        """Take the next ticket and count its start."""
        self.head(now)
        ticket = heapq.heappop(self.onward)[1] if self.onward else self.fresh.popleft()
        self.reckoned = max(self._evenly if self.starts else now, now - _LATE)
        start = self.out[ticket] = _Start(now)
        if held := self.at_once:
            self.starts.append(start)
            if len(self.starts) > held:
                self.starts.popleft()
        self.sent += 1
        self.today += 1
        return ticket

    def answered(self, ticket: int, seconds: float) -> None:
        """The request under way was answered, after so many seconds."""
        self.shortest = min(self.shortest, seconds)
        start = self.out[ticket]
        if start.sent is not None:
            start.took = seconds

    def empty(self) -> list[int]:
        """Take all waiting tickets out."""
        places = [*sorted(self.onward), *(place for _when, place in sorted(self.later))]
        tickets = [*(ticket for _turn, ticket in places), *self.fresh]
        self.onward.clear()
        self.fresh.clear()
        self.later.clear()
        return tickets

    def empty_fresh(self) -> list[int]:
        """Take those of new checks out."""
        tickets = list(self.fresh)
        self.fresh.clear()
        return tickets

    @property
    def spent(self) -> Stop | None:
        """Which budget is used up, the day's before the run's, for then no other run today helps; None while
        there is something left."""
        pace = self.pace
        if pace.daily is not None and self.today >= pace.daily:
            return Stop(Reason.OWN_LIMIT, "daily", pace.daily)
        if pace.per_run is not None and self.sent >= pace.per_run:
            return Stop(Reason.OWN_LIMIT, "per_run", pace.per_run)
        return None
