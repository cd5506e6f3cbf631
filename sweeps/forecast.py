"""What a planned run costs in politeness: checks per host and how long its gaps make them.

A lower bound: each check is counted with one request, and more are made where one does not do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checkers.loading import Catalogue
from sweeps.engine import paces
from sweeps.lanes import DEFAULT_PACE


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host of a plan."""

    host: str
    """Empty for checks that ask nobody: no source, by hand."""
    checks: int
    requests: int
    seconds_between: float
    minutes: int
    next_run: int
    """Checks over the host's budget for one run."""


def forecast(
    lanes: Iterable[str], catalogue: Catalogue, pace: Mapping[str, float]
) -> list[HostRow]:
    """Per host, the slowest first. `pace`: host → seconds, where the office sets its own."""
    known = paces(catalogue)
    rows = []
    for host, checks in Counter(lanes).items():
        own = known.get(host, DEFAULT_PACE)
        gap = pace.get(host, own.min_gap) if host else 0.0
        allowed = checks if own.per_run is None or not host else min(checks, own.per_run)
        requests = allowed if host else 0
        rows.append(
            HostRow(host, checks, requests, gap, math.ceil(requests * gap / 60), checks - allowed)
        )
    return sorted(rows, key=lambda row: (-row.minutes, row.host))
