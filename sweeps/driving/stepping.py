"""Where checkers compute: on a thread beside the driver, given up when a step takes too long.

A step is one call of a checker's own code: to begin, to go on with answers, to close. The driver
waits for it, so that a step costs a hand-over and never a new thread; quick ones are handed over
several at once, for to wake a thread costs more than most of them do. One that is overdue is left
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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sweeps.clock import SystemClock

_PATIENCE = 3
"""Overdue steps in a row after which a checker is not called any more."""

_SLICE = 0.5
"""Seconds: a wait is cut into such pieces, because on some systems Ctrl-C cannot break one."""

_TOGETHER = 0.002
"""Seconds of computing that are handed over at once: while it lasts, who sends has to wait for it."""

Step = Callable[[], Any]
Take = Callable[[str, Step], Any]
"""Does a step of the checker of that name; see `Stepping.take`."""


def directly(checker: str, step: Step) -> Any:
    """A step taken by the caller itself, for as long as it lasts."""
    return step()


class Overdue(Exception):
    """The step took too long, or was not begun since others of its checker did."""


class Quit(Exception):
    """The checker raised what is no error: SystemExit, KeyboardInterrupt, something of its own."""


class _TooLong(Exception):
    """Stands for what a step that was left behind would have come to."""


class _End(SystemExit):
    """Raised in a thread that was left behind. A SystemExit ends a thread without a word."""


@dataclass(slots=True, eq=False)
class _Task:
    """A step of a checker, and what became of it."""

    checker: str
    step: Step
    value: Any = None
    """What it returned."""
    error: BaseException | None = None
    """What it raised."""
    seconds: float = 0.0
    """That it took."""
    over: bool = False
    """The driver knows what became of it."""


@dataclass(slots=True)
class _Desk:
    """A thread with its tasks, and those that are done; both in their order."""

    tasks: queue.SimpleQueue[_Task | None] = field(default_factory=queue.SimpleQueue)
    done: queue.SimpleQueue[_Task] = field(default_factory=queue.SimpleQueue)
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
        clock = SystemClock()
        while (task := self.tasks.get()) is not None:
            began = clock.monotonic()
            try:
                task.value = task.step()
            except BaseException as error:  # it is raised again where the step was asked for
                task.error = error
            task.seconds = clock.monotonic() - began
            self.done.put(task)
            del task

    def emptied(self) -> list[_Task]:
        """The tasks that were not begun, taken back."""
        found: list[_Task] = []
        with suppress(queue.Empty):
            while True:
                task = self.tasks.get_nowait()
                found += [task] if task is not None else []
        return found

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
        self._under_way: deque[_Task] = deque()
        """What the desk was given, in its order."""
        self._begun: dict[int, _Task] = {}
        """Identity of a step → its task, of those that were begun and nobody has asked for yet."""
        self._usual = _TOGETHER
        """Seconds that a step took of late."""
        self._left: list[_Desk] = []
        self._overdue = Counter[str]()

    @property
    def left_behind(self) -> int:
        """Threads that were given up and have not ended yet."""
        return len(self._left)

    def begin(self, steps: Iterable[tuple[str, Step] | None]) -> None:
        """Begin with these steps, each of a checker by name, as far as they are quickly done; each
        of them is then to be asked for by `take`, the same object, in this order."""
        room = int(_TOGETHER / max(self._usual, 1e-6))
        for found in steps if room > 1 else ():
            if found is None or id(found[1]) in self._begun:
                continue
            if self._overdue[found[0]] < _PATIENCE:
                task = self._begun[id(found[1])] = _Task(*found)
                self._give(task)
                room -= 1
            if not room:
                return

    def take(self, checker: str, step: Step) -> Any:
        """What the step returns or raises. Raises Overdue for one that takes too long, and for any
        of a checker (by name) of which several in a row did; Quit for what is no error."""
        if self._left:
            self._left = [desk for desk in self._left if desk.interrupt()]
        task = self._begun.pop(id(step), None)
        if task is None:
            if self._overdue[checker] >= _PATIENCE:
                raise Overdue(f"not asked any more after {_PATIENCE} overdue steps")
            task = _Task(checker, step)
            self._give(task)
        self._await(task)
        error = task.error
        if isinstance(error, _TooLong):
            raise Overdue(f"a step took more than {self._seconds:g} seconds")
        self._overdue.pop(checker, None)
        if isinstance(error, Exception):
            raise error
        if error is not None:
            raise Quit(repr(error)[:200])
        return task.value

    def farewell(self, last: Sequence[Callable[[], None]]) -> None:
        """Take the last steps, all together for at most half a second.

        What is not done by then stays with its thread, for which the end of the program does not
        wait; so it is never done here either, by the garbage collector, on the thread that asks.
        """

        def all_of_them() -> None:
            for step in last:
                with suppress(BaseException):
                    step()

        desk, task = self._given_up() or _Desk(), _Task("", all_of_them)
        if desk.thread is None:
            desk.start()
        desk.tasks.put(task)
        desk.tasks.put(None)
        with suppress(queue.Empty):
            while desk.done.get(timeout=_SLICE) is not task:
                pass

    def close(self) -> None:
        """Let the thread end. What is left behind is told to end once more."""
        desk = self._given_up()
        if desk is not None:
            desk.tasks.put(None)
        self._left = [desk for desk in self._left if desk.interrupt()]

    def _give(self, task: _Task) -> None:
        """Put the task on the desk."""
        if self._desk is None:
            self._desk = _Desk()
            self._desk.start()
        self._under_way.append(task)
        self._desk.tasks.put(task)

    def _await(self, task: _Task) -> None:
        """Wait until it is known what became of the task, and of those before it."""
        while not task.over:
            desk = self._desk
            assert desk is not None
            try:
                self._ended(self._awaited(desk))
            except queue.Empty:
                self._late(desk, task)
            except BaseException:
                # Ctrl-C: the answer to this step must not be taken for that to the next.
                self._leave(desk)
                raise

    def _ended(self, task: _Task) -> None:
        self._under_way.popleft()
        self._usual += (task.seconds - self._usual) / 8
        task.over = True

    def _late(self, desk: _Desk, wanted: _Task) -> None:
        """The first task has had its time: leave it behind with its thread, unless it ended just
        now. Others that were begun with it are taken one by one when they are asked for."""
        waiting = desk.emptied()
        # From here on the desk can begin nothing; so what is not done by now never counts.
        try:
            self._ended(desk.done.get_nowait())
        except queue.Empty:
            late = self._under_way[0]
            late.error, late.over = _TooLong(), True
            self._overdue[late.checker] += 1
            self._leave(desk)
            if late is not wanted:
                self._begun[id(late.step)] = late
                self._give(wanted)
            return
        for task in waiting:
            desk.tasks.put(task)

    def _awaited(self, desk: _Desk) -> _Task:
        """The next task that is done. Raises queue.Empty."""
        left = self._seconds
        while left > _SLICE:
            try:
                return desk.done.get(timeout=_SLICE)
            except queue.Empty:
                left -= _SLICE
        return desk.done.get(timeout=max(left, 0.0))

    def _leave(self, desk: _Desk) -> None:
        self._given_up()
        desk.leave()
        self._left.append(desk)

    def _given_up(self) -> _Desk | None:
        """The desk, if there is one, with nothing on it but what it is at."""
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.emptied()
        self._under_way.clear()
        self._begun.clear()
        return desk
