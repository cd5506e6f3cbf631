"""Work beside a sweep: on a thread of its own, while answers are awaited and the processor idles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sweeps.run import Progress

Tell = Callable[[Progress], None]


@contextmanager
def beside(work: Callable[[], object], tell: Tell = lambda progress: None) -> Iterator[Tell]:
    """What to tell the progress of a run, so that `tell` hears it and `work` is done besides, once:
    as soon as the first checks are stored, when hosts are busy and nothing has to be hurried.

    What it raises is lost: it is for what would be done later anyway, such as to load what comes
    after. It has ended when the block has.
    """
    thread = threading.Thread(target=_do, args=(work,), daemon=True, name="aside")
    begun = False

    def told(progress: Progress) -> None:
        nonlocal begun
        tell(progress)
        if progress.done and not begun:
            begun = True
            thread.start()

    yield told
    if begun:
        thread.join()


def _do(work: Callable[[], object]) -> None:
    with suppress(Exception):
        work()
