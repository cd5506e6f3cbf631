"""How a long job shows itself: a line that grows on a terminal, nothing in a pipe. To stderr."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from registry.messages import _

if TYPE_CHECKING:
    from sweeps.run import Progress


_SOON = 2.0
"""Seconds that a job may take without anything being shown."""


@contextmanager
def steps(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar for a job of over two seconds; call what it yields with the steps done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True))
    task = bar.add_task(title, total=total)
    late = threading.Timer(_SOON, bar.start)
    late.daemon = True
    late.start()
    try:
        yield lambda done: bar.update(task, completed=done)
    finally:
        late.cancel()
        late.join()
        bar.stop()


@contextmanager
def sweep_progress() -> Iterator[Callable[[Progress], None]]:
    """The progress of a sweep: checks done out of planned."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn
    from rich.progress import Progress as Bar
    from rich.progress import TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(_("Sweep"), total=None)

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.planned, completed=progress.done)

        yield show
