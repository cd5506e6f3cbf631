"""Checkers compute on a thread of their own, which is left behind when a step does not end."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from sweeps.driving.stepping import Overdue, Quit, Stepping

SHORT = 0.05


@pytest.fixture
def stepping() -> Iterator[Stepping]:
    made = Stepping(SHORT)
    yield made
    made.close()


def overdue(stepping: Stepping, step: Any, checker: str = "slow") -> None:
    with pytest.raises(Overdue):
        stepping.take(checker, step)


def left_behind() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "checker"]


def compute_for_ever() -> None:
    while True:
        pass


class Held:
    """A step that waits inside one call which no exception can break off."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began: list[int] = []

    def __call__(self) -> str:
        self.began.append(threading.get_ident())
        self.go.wait()
        return "late"


def test_a_step_returns_or_raises_as_if_it_were_called(stepping: Stepping) -> None:
    assert stepping.take("quick", lambda: "seen") == "seen"
    with pytest.raises(ZeroDivisionError):
        stepping.take("quick", lambda: 1 // 0)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_what_is_no_error_ends_nothing_but_the_step(
    stepping: Stepping, error: BaseException
) -> None:
    def step() -> None:
        raise error

    with pytest.raises(Quit, match=type(error).__name__):
        stepping.take("rude", step)


def test_all_steps_are_taken_by_one_thread_and_not_by_the_driver(stepping: Stepping) -> None:
    seen = {stepping.take(f"checker {n}", threading.get_ident) for n in range(50)}
    assert len(seen) == 1 and threading.get_ident() not in seen


def test_a_step_that_never_ends_is_overdue_and_told_to_end(stepping: Stepping) -> None:
    overdue(stepping, compute_for_ever)
    while stepping.left_behind:
        assert stepping.take("quick", lambda: "seen") == "seen"
    assert len(left_behind()) == 1


def test_a_step_that_swallows_every_exception_holds_nobody_up(stepping: Stepping) -> None:
    enough = threading.Event()

    def step() -> None:
        while not enough.is_set():
            try:
                while not enough.is_set():
                    pass
            except BaseException:
                continue

    overdue(stepping, step)
    assert stepping.take("quick", lambda: "seen") == "seen"
    enough.set()


def test_a_step_that_waits_is_left_to_wait(stepping: Stepping) -> None:
    step = Held()
    overdue(stepping, step)
    (began,) = step.began
    assert stepping.take("quick", threading.get_ident) != began
    assert stepping.left_behind == 1
    step.go.set()
    while stepping.left_behind:
        stepping.take("quick", lambda: None)


def test_an_answer_that_comes_late_is_not_taken_for_the_next(stepping: Stepping) -> None:
    step = Held()
    overdue(stepping, step)
    step.go.set()
    assert [stepping.take("quick", partial(int, n)) for n in range(20)] == list(range(20))


def test_after_three_in_a_row_a_checker_is_not_called_any_more(stepping: Stepping) -> None:
    for _time in range(3):
        overdue(stepping, compute_for_ever)
    called: list[int] = []
    overdue(stepping, lambda: called.append(1))
    assert called == []
    assert stepping.take("another", lambda: "seen") == "seen"


def test_a_step_in_between_that_ends_makes_up_for_those_before(stepping: Stepping) -> None:
    for _time in range(2):
        overdue(stepping, compute_for_ever)
    stepping.take("slow", lambda: None)
    for _time in range(2):
        overdue(stepping, compute_for_ever)
    assert stepping.take("slow", lambda: "seen") == "seen"


def test_when_the_wait_is_interrupted_the_step_is_given_up(
    stepping: Stepping, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Held()

    def interrupted(desk: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stepping, "_awaited", interrupted)
        with pytest.raises(KeyboardInterrupt):
            stepping.take("slow", step)
    step.go.set()
    assert stepping.take("quick", lambda: "mine") == "mine"


def test_a_wait_is_cut_into_slices_that_add_up_to_the_whole() -> None:
    stepping, asked = Stepping(1.2), list[float]()

    class Done:
        def get(self, timeout: float) -> Any:
            asked.append(round(timeout, 6))
            raise queue.Empty

    with pytest.raises(queue.Empty):
        stepping._awaited(SimpleNamespace(done=Done()))  # type: ignore[arg-type]
    assert asked == [0.5, 0.5, 0.2]


def test_closing_ends_the_thread(stepping: Stepping) -> None:
    thread = stepping.take("quick", threading.current_thread)
    stepping.close()
    thread.join(10)
    assert not thread.is_alive()
    assert stepping.take("quick", lambda: "again") == "again"


def test_last_steps_are_all_taken_whatever_one_of_them_raises(stepping: Stepping) -> None:
    taken: list[int] = []

    def leave(number: int) -> None:
        taken.append(number)
        if number == 2:
            raise SystemExit(3)

    stepping.take("quick", lambda: None)
    stepping.farewell([partial(leave, number) for number in (1, 2, 3)])
    assert taken == [1, 2, 3]
    stepping.farewell([partial(leave, 4)])
    assert taken == [1, 2, 3, 4]


def test_a_last_step_that_does_not_end_is_not_waited_for(stepping: Stepping) -> None:
    held, taken = Held(), list[str]()
    stepping.farewell([held, lambda: taken.append("after")])  # type: ignore[list-item]
    assert held.began and taken == []
    held.go.set()
    while taken != ["after"]:
        pass
    assert held.began[0] != threading.get_ident()
