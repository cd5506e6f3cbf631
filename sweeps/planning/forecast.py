"""What politeness allows the sources: how far apart requests are, how many fit into a run or a day.

Each check is counted with the requests that its source mostly makes, all at one host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from checkers.base import Pace
from checkers.loading import Catalogue
from sweeps.driving.engine import paces
from sweeps.lanes.lanes import DEFAULT_PACE


class Budgets:
    """What the hosts behind lanes allow a day."""

    def __init__(
        self, catalogue: Catalogue, pace: Mapping[str, Mapping[str, Any]], hours: float = 24
    ) -> None:
        """`pace`: host → figures, where the office sets its own; `hours` a day in which it asks."""
        self._catalogue = catalogue
        self._pace = pace
        self.hours = min(hours or 24, 24)
        self._known: dict[str, _Budget] = {}

    def host(self, lane: str) -> str:
        """The host that a lane's checks mostly ask; empty where they ask nobody."""
        return self._of(lane).host

    def gap(self, lane: str) -> float:
        """Seconds between two requests."""
        return self._of(lane).gap

    def requests(self, lane: str) -> int:
        """Requests that one check mostly takes."""
        return self._of(lane).each

    def a_run(self, lane: str, spent: int = 0) -> int | None:
        """Requests for which it has room in one run; None for any number. `spent`: those that it got
        today already."""
        limits = (self._of(lane).per_run, self.left(lane, spent))
        return min((limit for limit in limits if limit is not None), default=None)

    def left(self, lane: str, spent: int) -> int | None:
        """What is left of its budget of a day after `spent` requests; None for any number."""
        daily = self._of(lane).daily
        return None if daily is None else max(daily - spent, 0)

    def a_day(self, lane: str) -> int | None:
        """The same on one day, counting one run a day."""
        return self._of(lane).a_day

    def in_hours(self, lane: str) -> int | None:
        """Requests for which its pace has time in the hours of a day; None for any number."""
        gap = self._of(lane).gap
        return max(int(self.hours * 3600 / gap), 1) if gap else None

    def _of(self, lane: str) -> _Budget:
        if lane not in self._known:
            self._known[lane] = self._asked(lane) if lane else _Budget()
        return self._known[lane]

    def _asked(self, lane: str) -> _Budget:
        platform, source, host = lane.split(":", 2)
        host, own = _pace(self._catalogue, platform, source, host)
        own = _overridden(host, own, self._pace)
        most = [limit for limit in (own.per_run, own.daily) if limit is not None]
        if own.min_gap:
            most.append(max(int(self.hours * 3600 / own.min_gap), 1))
        each = _requests(self._catalogue, platform, source)
        a_day = min(most, default=None)
        return _Budget(host, own.min_gap, own.per_run, own.daily, a_day, each)


@dataclass(frozen=True, slots=True)
class _Budget:
    host: str = ""
    gap: float = 0.0
    per_run: int | None = None
    daily: int | None = None
    a_day: int | None = None
    each: int = 1
    """Requests of one check."""


def _overridden(host: str, own: Pace, pace: Mapping[str, Mapping[str, Any]]) -> Pace:
    """The pace with the office's own figures."""
    return replace(own, **(pace.get(host) or pace.get(host.split(":")[0]) or {}))


def first_host(lane: str, catalogue: Catalogue) -> tuple[str, float]:
    """The host at which checks of that lane (`PlannedTarget.lane`) begin, empty for none, and its
    own seconds between requests."""
    if not lane:
        return "", 0.0
    platform, source, host = lane.split(":", 2)
    host, pace = _pace(catalogue, platform, source, host)
    return host, pace.min_gap


def _pace(catalogue: Catalogue, platform: str, source: str, host: str) -> tuple[str, Pace]:
    """The host with its pace: the one that the source names; of a platform's own source that names
    none the slowest counts; a shared one asks the address that the office gave."""
    known = paces(catalogue)
    checker, chosen = catalogue.find_source(platform, source) or (None, None)
    if chosen is not None and chosen.host:
        return chosen.host, known.get(chosen.host, DEFAULT_PACE)
    if chosen is not None and chosen.pace is not None:
        return host, known.get(host, chosen.pace)
    if checker is not None and checker.platform and checker.hosts:
        return max(checker.hosts.items(), key=lambda item: item[1].min_gap)
    return host, known.get(host, DEFAULT_PACE)


def _requests(catalogue: Catalogue, platform: str, source: str) -> int:
    found = catalogue.find_source(platform, source)
    return max(found[1].requests, 1) if found else 1
