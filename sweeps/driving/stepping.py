"""Where checkers compute: on a thread beside the driver, given up when a step takes too long.

A step is one call of a checker's own code: to begin, to go on with answers, to close. The driver
waits for it, so that a step costs a hand-over and never a new thread. One that is overdue is left
behind: its thread is told to end (an exception raised in it from outside, which reaches nothing but
the checker, since that thread does nothing else), and the next step gets a new thread. So a checker
may loop, sleep, wait for a lock or swallow every exception; the sweep goes on. What cannot be cut is
a single call into C that keeps the interpreter to itself, a regular expression gone wild for one:
then nothing runs at all until it is over.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

_PATIENCE = 3
"""Overdue steps in a row after which a checker is not called any more."""

_SLICE = 0.5
"""Seconds: a wait is cut into such pieces, because on some systems Ctrl-C cannot break one."""

Step = Callable[[], Any]
Take = Callable[[str, Step], Any]
"""Does a step of the checker of that name; see `Stepping.take`."""

_Outcome = tuple[Any, BaseException | None]
"""What a step returned, or what it raised."""


def directly(checker: str, step: Step) -> Any:
    """A step taken by the caller itself, for as long as it lasts."""
    return step()


class Overdue(Exception):
    """The step took too long, or was not begun since others of its checker did."""


class Quit(Exception):
    """The checker raised what is no error: SystemExit, KeyboardInterrupt, something of its own."""


class _End(SystemExit):
    """Raised in a thread that was left behind. A SystemExit ends a thread without a word."""


@dataclass(slots=True)
class _Desk:
    """A thread with its tasks and what became of them."""

    tasks: queue.SimpleQueue[Step | None] = field(default_factory=queue.SimpleQueue)
    done: queue.SimpleQueue[_Outcome] = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None
    ended: bool = False

    def start(self) -> None:
        self.thread = threading.Thread(target=self._serve, daemon=True, name="checker")
        self.thread.start()

    def _serve(self) -> None:
        with suppress(_End):
            self._work()
        self.ended = True

    def _work(self) -> None:
        while (step := self.tasks.get()) is not None:
            outcome: _Outcome
            try:
                outcome = (step(), None)
            except BaseException as error:  # it is raised again where the step was asked for
                outcome = (None, error)
            self.done.put(outcome)
            del step, outcome

    def leave(self) -> None:
        """Let the thread end after its step, and break the step off."""
        self.tasks.put(None)
        self.interrupt()

    def interrupt(self) -> bool:
        """Raise in the thread, if it still runs; it may have to be done again."""
        thread = self.thread
        if self.ended or thread is None or not thread.is_alive() or thread.ident is None:
            return False
        raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        raise_in(ctypes.c_ulong(thread.ident), ctypes.py_object(_End))
        return True


class Stepping:
    """Takes the steps of all checkers, one at a time. `seconds`: how long one may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._desk: _Desk | None = None
        self._left: list[_Desk] = []
        self._overdue = Counter[str]()

    @property
    def left_behind(self) -> int:
        """Threads that were given up and have not ended yet."""
        return len(self._left)

    def take(self, checker: str, step: Step) -> Any:
        """What the step returns or raises. Raises Overdue for one that takes too long, and for any
        of a checker (by name) of which several in a row did; Quit for what is no error."""
        self._left = [desk for desk in self._left if desk.interrupt()]
        if self._overdue[checker] >= _PATIENCE:
            raise Overdue(f"not asked any more after {_PATIENCE} overdue steps")
        value, error = self._outcome(checker, step)
        self._overdue.pop(checker, None)
        if isinstance(error, Exception):
            raise error
        if error is not None:
            raise Quit(repr(error)[:200])
        return value

    def farewell(self, last: Sequence[Callable[[], None]]) -> None:
        """Take the last steps, all together for at most half a second.

        What is not done by then stays with its thread, for which the end of the program does not
        wait; so it is never done here either, by the garbage collector, on the thread that asks.
        """

        def all_of_them() -> None:
            for step in last:
                with suppress(BaseException):
                    step()

        desk, self._desk = self._desk or _Desk(), None
        if desk.thread is None:
            desk.start()
        desk.tasks.put(all_of_them)
        desk.tasks.put(None)
        with suppress(queue.Empty):
            desk.done.get(timeout=_SLICE)

    def close(self) -> None:
        """Let the thread end. What is left behind is told to end once more."""
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.tasks.put(None)
        self._left = [desk for desk in self._left if desk.interrupt()]

    def _outcome(self, checker: str, step: Step) -> _Outcome:
        desk = self._desk
        if desk is None:
            desk = self._desk = _Desk()
            desk.start()
        desk.tasks.put(step)
        try:
            return self._awaited(desk)
        except queue.Empty:
            self._overdue[checker] += 1
            self._leave(desk)
            raise Overdue(f"a step took more than {self._seconds:g} seconds") from None
        except BaseException:
            # Ctrl-C: the answer to this step must not be taken for that to the next.
            self._leave(desk)
            raise

    def _awaited(self, desk: _Desk) -> _Outcome:
        """What became of the step. Raises queue.Empty."""
        left = self._seconds
        while left > _SLICE:
            try:
                return desk.done.get(timeout=_SLICE)
            except queue.Empty:
                left -= _SLICE
        return desk.done.get(timeout=max(left, 0.0))

    def _leave(self, desk: _Desk) -> None:
        self._desk = None
        desk.leave()
        self._left.append(desk)
