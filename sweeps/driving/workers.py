"""Who fetches only fetches: threads that take a request and hand back a response, nothing more.

They know no lane, no checker, no database. Another kind (processes, other machines) need only keep
to the `Workers` protocol.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from checkers.base import Failure, Request, Response
from registry.vocab import Reason
from sweeps.clock import Clock, SystemClock
from sweeps.driving.ear import MOST, Ear
from sweeps.network.begun import Begun
from sweeps.network.credentials import Insertion

Fetch = Callable[[Request, Insertion | None, Callable[[], None]], Response]
"""Answers a request, and calls the last argument as soon as it is on the wire."""

_Task = tuple[int, Request, Callable[[], Response]]
_Tray = queue.SimpleQueue[_Task | None]
"""Of one thread. With one for all, each request would wake a second thread that finds nothing."""

_SLICE = 0.5
"""Seconds: a wait is cut into such pieces, because on some systems Ctrl-C cannot break one."""


_ROUND = 0.004
"""Seconds between two collections: what has come by then is worked off together. To be woken for
each answer, among as many threads as fetch, would cost more than most answers do."""

_SPARE = 8
"""Threads for which one request more is taken in, so that whichever of them is done first goes on at
once. What waits there can be neither put in order nor called back, so it shall be little."""

_SOON = 0.02
"""Seconds: when the next request is due so soon, the answers that come until then wait for it."""


class Workers(Protocol):
    """Takes requests, gives responses back in any order."""

    @property
    def room(self) -> int:
        """How many requests may be handed over before answers are back."""

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Send this request now."""

    def collect(self, seconds: float) -> Sequence[tuple[int, Response | None]]:
        """What has come back; waits for the first at most `seconds`. None: whoever had the request
        is gone, and nobody knows whether it was sent."""

    def sent(self) -> Sequence[tuple[int, float]]:
        """Requests that were put on the wire since the last call, with when that was at the latest
        (seconds of the stop-watch). One that is never told counts as sent when its answer is there.
        """

    def close(self) -> None:
        """Give up what is under way."""


class AtOnce(Protocol):
    """Sends without waiting what can be sent so; see `Transport`."""

    def begin(self, request: Request, insertion: Insertion | None) -> Begun | None:
        """Send it; None where only a thread can."""

    def heard(self, begun: Begun) -> Response | None:
        """Its answer, or None: see `so_far`."""

    def finish(self, begun: Begun) -> Response:
        """The rest of it, on a thread."""

    def give_up(self, begun: Begun) -> None:
        """Nobody wants it any more."""

    def assure(self) -> None:
        """Raises where nobody at all can be asked any more."""


class Threads:
    """A pool of threads in this process; with `at_once`, only for what takes one.

    They are daemons, not the threads of `concurrent.futures`: those are joined when the program
    ends, so that an interrupted sweep would wait for the slowest host.
    """

    def __init__(
        self, fetch: Fetch, clock: Clock, count: int, at_once: AtOnce | None = None
    ) -> None:
        self._at_once = at_once
        self._ear = Ear() if at_once else None
        self._begun: dict[int, Begun] = {}
        """By ticket: what no thread waits for."""
        self._count = count
        self.room = count + count // _SPARE
        self._fetch = fetch
        self._clock = clock
        self._under_way = 0
        self._started = 0
        self._rounds = SystemClock()
        self._collected = self._rounds.monotonic()
        self._lock = threading.Lock()
        """Over what follows: who has nothing to do, what nobody has begun, and the end."""
        self._idle: list[_Tray] = []
        self._todo: deque[_Task] = deque()
        self._closed = False
        self._done: queue.SimpleQueue[tuple[int, Response]] = queue.SimpleQueue()
        self._sent: deque[tuple[int, float]] = deque()

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Send this request now, or as soon as a thread is free; one is started while there are too
        few. Of those that are free it is the one that fetched last: what it needs is still at hand.
        """
        self._under_way += 1
        out = partial(self._went_out, ticket)
        task = ticket, request, partial(self._fetch, request, insertion, out)
        if not self._put_off(task) and not self._sent_at_once(ticket, request, insertion):
            self._give(task)

    def _full(self) -> bool:
        """True while as many are on their way as may be, whoever sent them. Needs the lock."""
        return self._started - len(self._idle) + len(self._begun) >= self._count

    def _put_off(self, task: _Task) -> bool:
        """Let it wait for one that is on its way, if there is no place."""
        with self._lock:
            full = self._full()
            if full:
                self._todo.append(task)
        return full

    def _go_on(self) -> None:
        """Let threads take what waits, as far as there is place."""
        while True:
            with self._lock:
                if not self._todo or self._full():
                    return
                task = self._todo.popleft()
            self._give(task)

    def _sent_at_once(self, ticket: int, request: Request, insertion: Insertion | None) -> bool:
        if self._at_once is None or self._ear is None or self._ear.held >= MOST:
            return False
        begun = self._at_once.begin(request, insertion)
        if begun is None:
            return False
        self._went_out(ticket)
        self._begun[ticket] = begun
        self._ear.add(begun.socket, ticket)
        return True

    def _give(self, task: _Task) -> None:
        """Let a thread do it."""
        with self._lock:
            tray = self._idle.pop() if self._idle else None
            if tray is None and self._started == self._count:
                self._todo.append(task)
                return
        if tray is None:
            tray = self._start()
        tray.put(task)

    def _start(self) -> _Tray:
        self._started += 1
        tray: _Tray = queue.SimpleQueue()
        name = f"fetch-{self._started}"
        threading.Thread(target=self._run, args=(tray,), daemon=True, name=name).start()
        return tray

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        """What has come back; with nothing under way, the clock's `seconds` pass.

        Not quite at once, though, unless there is no time or nothing more could be handed over: then
        every answer makes place for a request. Who has so little time is about to send something,
        and gets what has come when it is over. Raises where nobody can be asked any more.
        """
        if not self._under_way:
            self._clock.wait(min(seconds, _SLICE))
            return []
        stocked = self._under_way > self._count
        if seconds > 0 and (stocked or self._under_way < self.room):
            seconds -= self._rest(seconds if seconds <= _SOON else 0.0)
        seconds = max(min(seconds, _SLICE), 0.0)
        answers = self._listened(seconds) if self._begun else []
        try:
            if not answers and not self._begun:
                answers.append(self._done.get(timeout=seconds))
            while True:
                answers.append(self._done.get_nowait())
        except queue.Empty:
            self._under_way -= len(answers)
        self._collected = self._rounds.monotonic()
        if self._at_once is not None:
            self._at_once.assure()  # before what came of it is taken for an answer
        return answers

    def _listened(self, seconds: float) -> list[tuple[int, Response]]:
        """The answers that have come to what no thread waits for, unless a thread has one sooner."""
        assert self._ear is not None and self._at_once is not None
        answers: list[tuple[int, Response]] = []
        for ticket in self._ear.listen(seconds, lambda: not self._done.empty()):
            begun = self._begun[ticket]
            self._ear.drop(sock := begun.socket)
            answer = self._at_once.heard(begun)
            if answer is not None:
                del self._begun[ticket]
                answers.append((ticket, answer))
            elif begun.so_far:
                del self._begun[ticket]
                self._give((ticket, begun.request, partial(self._at_once.finish, begun)))
            else:
                self._ear.add(sock, ticket)
        self._go_on()
        return answers

    def _rest(self, least: float) -> float:
        """Let a round pass since the last collection, and at least so many seconds; those that it
        took. They are real ones, as those are in which threads fetch."""
        left = max(self._collected + _ROUND - self._rounds.monotonic(), least)
        if left > 0:
            self._rounds.wait(left)
        return max(left, 0.0)

    def sent(self) -> list[tuple[int, float]]:
        """What the threads have put on the wire since the last call."""
        return [self._sent.popleft() for _stamp in range(len(self._sent))]

    def close(self) -> None:
        """Let idle threads end; busy ones die with the program, and what waits is never sent."""
        with self._lock:
            self._closed = True
            self._todo.clear()
            for tray in self._idle:
                tray.put(None)
        if self._at_once is not None and self._ear is not None:
            self._ear.close()
            for begun in self._begun.values():
                self._at_once.give_up(begun)

    def _run(self, tray: _Tray) -> None:
        while (task := tray.get()) is not None:
            self._answer(*task)
            with self._lock:
                if self._todo:
                    tray.put(self._todo.popleft())
                elif self._closed:
                    return
                else:
                    self._idle.append(tray)

    def _answer(self, ticket: int, request: Request, fetch: Callable[[], Response]) -> None:
        try:
            answer = fetch()
        except Exception as error:
            # It should never raise; a thread that ended here would leave the driver waiting. The
            # error's text may hold the address with its secret.
            failure = Failure(Reason.CONNECTION, type(error).__name__)
            answer = Response(request.url, 0, fetched_at=self._clock.now(), failure=failure)
        self._done.put((ticket, answer))
        if self._ear is not None:
            self._ear.call()

    def _went_out(self, ticket: int) -> None:
        self._sent.append((ticket, self._clock.monotonic()))
