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


def quick(stepping: Stepping) -> None:
    """So many quick steps that several are begun at once."""
    for _time in range(60):
        stepping.take("quick", lambda: None)


class Counted:
    """A step that tells how often it was called."""

    def __init__(self, told: Any) -> None:
        self.told, self.calls = told, 0

    def __call__(self) -> Any:
        self.calls += 1
        return self.told


def test_steps_begun_together_are_each_taken_once_and_tell_their_own(stepping: Stepping) -> None:
    quick(stepping)
    steps = [Counted(number) for number in range(20)]
    stepping.begin([("quick", step) for step in steps])
    while sum(step.calls for step in steps) < 20:
        pass
    assert stepping.take("quick", lambda: "between") == "between"
    assert [stepping.take("quick", step) for step in steps] == list(range(20))
    assert {step.calls for step in steps} == {1}


def test_a_step_that_is_begun_again_before_it_was_asked_for_runs_once(stepping: Stepping) -> None:
    quick(stepping)
    steps = [Counted(number) for number in range(3)]
    for _time in range(2):
        stepping.begin([("quick", step) for step in steps])
    assert [stepping.take("quick", step) for step in steps] == [0, 1, 2]
    assert {step.calls for step in steps} == {1}


def test_steps_that_take_their_time_are_not_begun_together(stepping: Stepping) -> None:
    held = Held()
    held.go.set()
    stepping.begin([("slow", held), ("slow", held)])
    assert held.began == []
    assert stepping.take("slow", held) == "late"


def test_one_that_is_overdue_is_left_behind_and_the_others_run_once(stepping: Stepping) -> None:
    quick(stepping)
    before, after, held = Counted("before"), Counted("after"), Held()
    stepping.begin([("quick", before), ("slow", held), ("quick", after)])
    assert stepping.take("quick", before) == "before"
    assert stepping.take("other", lambda: "waited for the slow one") == "waited for the slow one"
    overdue(stepping, held)
    held.go.set()
    while stepping.left_behind:
        assert stepping.take("quick", lambda: "seen") == "seen"
    assert stepping.take("quick", after) == "after"
    assert (before.calls, len(held.began), after.calls) == (1, 1, 1)


def test_of_several_overdue_steps_begun_together_no_more_than_three_are_called(
    stepping: Stepping,
) -> None:
    quick(stepping)
    steps = [Held() for _step in range(5)]
    stepping.begin([("slow", step) for step in steps])
    for step in steps:
        overdue(stepping, step)
    assert [len(step.began) for step in steps] == [1, 1, 1, 0, 0]
    for step in steps:
        step.go.set()


def test_what_was_begun_and_not_asked_for_ends_with_the_sweep(stepping: Stepping) -> None:
    quick(stepping)
    held, after, last = Held(), Counted("after"), Counted("last")
    stepping.begin([("slow", held), ("quick", after)])
    while not held.began:
        pass
    stepping.farewell([last])
    held.go.set()
    while not last.calls:
        pass
    assert after.calls == 0


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
