"""What a planned run costs in politeness: checks per source and how long its gaps make them.

A lower bound: each check is counted with one request, and more are made where one does not do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checkers.base import Pace
from checkers.loading import Catalogue
from sweeps.engine import paces
from sweeps.lanes import DEFAULT_PACE


@dataclass(frozen=True, slots=True)
class SourceCost:
    """One source of one platform in a plan."""

    platform: str
    source: str
    """Empty for checks that ask nobody: a person must look."""
    host: str
    checks: int
    seconds_between: float
    minutes: int
    next_run: int
    """Checks over the host's budget for one run."""


def forecast(
    lanes: Iterable[str], catalogue: Catalogue, pace: Mapping[str, float]
) -> list[SourceCost]:
    """Per source, the slowest first. `lanes`: `PlannedTarget.lane` of each check; `pace`: host →
    seconds, where the office sets its own."""
    costs = [_cost(lane, checks, catalogue, pace) for lane, checks in Counter(lanes).items()]
    return sorted(costs, key=lambda cost: (-cost.minutes, cost.platform, cost.source, cost.host))


def _cost(lane: str, checks: int, catalogue: Catalogue, pace: Mapping[str, float]) -> SourceCost:
    if not lane:
        return SourceCost("", "", "", checks, 0.0, 0, 0)
    platform, source, host = lane.split(":", 2)
    host, own = _pace(catalogue, platform, source, host)
    gap = float(pace.get(host, pace.get(host.split(":")[0], own.min_gap)))
    allowed = checks if own.per_run is None else min(checks, own.per_run)
    minutes = math.ceil(allowed * gap / 60)
    return SourceCost(platform, source, host, checks, gap, minutes, checks - allowed)


def _pace(catalogue: Catalogue, platform: str, source: str, host: str) -> tuple[str, Pace]:
    """The host with its pace. A platform's own source does not say which of the platform's hosts it
    asks: the slowest counts. A shared one asks the address that the office gave."""
    known = paces(catalogue)
    checker, chosen = catalogue.find_source(platform, source) or (None, None)
    if chosen is not None and chosen.pace is not None:
        return host, known.get(host, chosen.pace)
    if checker is not None and checker.platform and checker.hosts:
        return max(checker.hosts.items(), key=lambda item: item[1].min_gap)
    return host, known.get(host, DEFAULT_PACE)
