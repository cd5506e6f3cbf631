"""Time and network of the sample: a clock that jumps, and workers that answer from `sample.answers`.

No socket is opened; everything else of a sweep is the program's own engine.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from checkers.base import Request, Response
from sweeps.network.credentials import Insertion

Answer = Callable[[Request, datetime], Response]

_LATENCY = 0.4
"""Seconds until an answer comes."""


class StageClock:
    """Time that passes only when somebody waits."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=round(self._seconds, 3))

    def monotonic(self) -> float:
        return self._seconds

    def wait(self, seconds: float) -> None:
        self._seconds += seconds


class StageWorkers:
    """Stands where the network would."""

    room = 8

    def __init__(self, clock: StageClock, answer: Answer) -> None:
        self._clock = clock
        self._answer = answer
        self._order = itertools.count()
        self._due: list[tuple[float, int, int, Request]] = []
        self._sent: list[tuple[int, float]] = []

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        due = self._clock.monotonic() + _LATENCY
        heapq.heappush(self._due, (due, next(self._order), ticket, request))
        self._sent.append((ticket, self._clock.monotonic()))

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        until = self._clock.monotonic() + seconds
        if not self._due or self._due[0][0] > until:
            self._clock.wait(seconds)
            return []
        due, _number, ticket, request = heapq.heappop(self._due)
        self._clock.wait(max(due - self._clock.monotonic(), 0.0))
        now = self._clock.now()
        return [(ticket, replace(self._answer(request, now), fetched_at=now))]

    def sent(self) -> list[tuple[int, float]]:
        said, self._sent = self._sent, []
        return said

    def close(self) -> None:
        """Nothing is open."""
