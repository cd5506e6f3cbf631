"""What is done beside a sweep."""

from __future__ import annotations

import threading
from collections import Counter

from registry.vocab import Outcome
from sweeps.aside import beside
from sweeps.lanes.lanes import Lanes
from sweeps.run import Progress


def progress(done: int) -> Progress:
    return Progress(5, done, Counter[Outcome](), Lanes({}))


def test_it_is_done_once_on_a_thread_of_its_own_and_has_ended_with_the_run() -> None:
    threads, heard = list[threading.Thread](), list[int]()
    with beside(
        lambda: threads.append(threading.current_thread()), lambda state: heard.append(state.done)
    ) as tell:
        for done in (0, 2, 3):
            tell(progress(done))
    assert len(threads) == 1 and threads[0] is not threading.current_thread()
    assert heard == [0, 2, 3]


def test_it_is_left_until_something_is_stored() -> None:
    begun = list[int]()
    with beside(lambda: begun.append(1)) as tell:
        tell(progress(0))
    assert begun == []


def test_what_it_raises_troubles_nobody() -> None:
    begun = list[int]()

    def fail() -> None:
        begun.append(1)
        raise RuntimeError("not to be had")

    with beside(fail) as tell:
        tell(progress(1))
    assert begun == [1]
