"""Who fetches only fetches: threads that take a request and hand back a response, nothing more.

They know no lane, no checker, no database. Another kind (processes, other machines) need only keep
to the `Workers` protocol.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

from checkers.base import Request, Response
from sweeps.clock import Clock
from sweeps.credentials import Insertion

Fetch = Callable[[Request, Insertion | None], Response]

_SLICE = 0.5
"""Seconds: a wait is cut into such pieces, because on some systems Ctrl-C cannot break one."""


class Workers(Protocol):
    """Takes requests, gives responses back in any order."""

    @property
    def room(self) -> int:
        """How many requests may be under way at once."""

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Send this request now."""

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        """What has come back; waits for the first at most `seconds`."""

    def close(self) -> None:
        """Give up what is under way."""


class Threads:
    """A pool of threads in this process.

    They are daemons, not the threads of `concurrent.futures`: those are joined when the program
    ends, so that an interrupted sweep would wait for the slowest host.
    """

    def __init__(self, fetch: Fetch, clock: Clock, count: int) -> None:
        self.room = count
        self._fetch = fetch
        self._clock = clock
        self._under_way = 0
        self._started = 0
        self._todo: queue.SimpleQueue[tuple[int, Request, Insertion | None] | None]
        self._todo = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Response]] = queue.SimpleQueue()

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Send this request now; a thread is started while there are too few."""
        self._under_way += 1
        if self._started < min(self._under_way, self.room):
            self._started += 1
            threading.Thread(target=self._run, daemon=True, name=f"fetch-{self._started}").start()
        self._todo.put((ticket, request, insertion))

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        """What has come back; with nothing under way, the clock's `seconds` pass."""
        if not self._under_way:
            self._clock.wait(min(seconds, _SLICE))
            return []
        answers: list[tuple[int, Response]] = []
        try:
            answers.append(self._done.get(timeout=max(min(seconds, _SLICE), 0.0)))
            while True:
                answers.append(self._done.get_nowait())
        except queue.Empty:
            self._under_way -= len(answers)
            return answers

    def close(self) -> None:
        """Let idle threads end; busy ones die with the program."""
        for _thread in range(self._started):
            self._todo.put(None)

    def _run(self) -> None:
        while (task := self._todo.get()) is not None:
            ticket, request, insertion = task
            self._done.put((ticket, self._fetch(request, insertion)))
