"""How a run gets on, host by host: read off its lanes while it runs, for whoever shows it.

What is left is a lower bound: every waiting request at the host's own pace, and each check that has
not begun as one request more.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sweeps.lanes.lane import Lane, Stop
from sweeps.run import Progress

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class HostStanding:
    """One host, over all ways out."""

    host: str
    done: int
    """Requests that were sent and are over."""
    waiting: int
    """Requests in its lanes, and checks that will begin there."""
    per_minute: float
    """Requests started within the last minute, as a rate."""
    cooling: float
    """Seconds for which it is left in peace; 0 while it is not."""
    stopped: Stop | None
    """Why it is asked nothing more; None while it is."""
    seconds_left: float
    overdue: int = 0
    """Its latest answers that were cut off at the limit of all, so slowly did they come."""
    refused: int = 0
    """Requests that were never sent: its address may not be asked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole run."""

    planned: int
    done: int
    hosts: tuple[HostStanding, ...]
    """Those that take longest first."""

    @property
    def seconds_left(self) -> float:
        """At least so long until the last host is done; hosts are asked side by side."""
        return max((host.seconds_left for host in self.hosts), default=0.0)

    @property
    def refused(self) -> int:
        """Requests that were never sent because of where they would have led."""
        return sum(host.refused for host in self.hosts)


@dataclass(slots=True)
class Gauge:
    """Reads one run again and again; `first_host` gives the host at which checks of a lane begin,
    with its seconds between requests."""

    first_host: Callable[[str], tuple[str, float]]
    _started: dict[str, deque[tuple[float, int]]] = field(default_factory=dict)
    """Host → moments of the last minute with the requests started by then."""

    def read(self, progress: Progress, now: float) -> Standing:
        """The standing at `now`, in seconds of the run's stop-watch."""
        ahead, gaps = Counter[str](), dict[str, float]()
        for lane_name, checks in progress.ahead():
            host, gap = self.first_host(lane_name)
            gaps[host] = gap
            ahead[host] += checks
        ahead.pop("", None)  # what asks nobody waits for nobody
        lanes: dict[str, list[Lane]] = {}
        for lane in progress.lanes:
            lanes.setdefault(lane.host, []).append(lane)
        hosts = [self._host(host, found, ahead.pop(host, 0), now) for host, found in lanes.items()]
        hosts += [_to_come(host, checks, gaps[host]) for host, checks in ahead.items()]
        hosts.sort(key=lambda host: (-host.seconds_left, -host.waiting, -host.done, host.host))
        return Standing(progress.planned, progress.done, tuple(hosts))

    def _host(self, host: str, lanes: Sequence[Lane], ahead: int, now: float) -> HostStanding:
        sent = sum(lane.sent for lane in lanes)
        refused = sum(lane.refused for lane in lanes)
        waiting = sum(lane.waiting for lane in lanes) + ahead
        open_lanes = [lane for lane in lanes if not lane.stopped]
        resting = min((_resting(lane, now) for lane in open_lanes), default=0.0)
        return HostStanding(
            host,
            sent - refused - sum(lane.in_flight for lane in lanes),
            waiting,
            self._rate(host, sent, now),
            resting,
            None if open_lanes else lanes[0].stopped,
            resting + _at_least(open_lanes, waiting),
            max((lane.overdue for lane in lanes), default=0),
            refused,
        )

    def _rate(self, host: str, sent: int, now: float) -> float:
        past = self._started.setdefault(host, deque([(now, sent)]))
        if now - past[-1][0] >= 1.0:
            past.append((now, sent))
        while len(past) > 1 and now - past[1][0] >= _MINUTE:
            past.popleft()
        since, before = past[0]
        return (sent - before) * _MINUTE / (now - since) if now > since else 0.0


def _to_come(host: str, checks: int, gap: float) -> HostStanding:
    return HostStanding(host, 0, checks, 0.0, 0.0, None, checks * gap)


def _resting(lane: Lane, now: float) -> float:
    return max(lane.free_at - now, 0.0)


def _at_least(lanes: Iterable[Lane], waiting: int) -> float:
    """Seconds that so many requests take these lanes, within what each may still ask in this run."""
    gaps = [lane.pace.min_gap for lane in lanes]
    budgets = [lane.pace.per_run - lane.sent for lane in lanes if lane.pace.per_run is not None]
    if not gaps or not all(gaps):
        return 0.0
    allowed = min(waiting, sum(budgets)) if len(budgets) == len(gaps) else waiting
    return allowed / sum(1 / gap for gap in gaps)
