"""How a long job shows itself, on stderr: a bar on a terminal and nothing in a pipe; a sweep as a
table of hosts, or as a line a minute.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from commands.live import line, table

if TYPE_CHECKING:
    from checkers.loading import Catalogue
    from sweeps.clock import Clock
    from sweeps.gauge import Gauge, Standing
    from sweeps.run import Progress


_SOON = 2.0
"""Seconds that a job may take without anything being shown."""

_MINUTE = 60.0
_FRAME = 0.25
"""Seconds between two pictures of a table that changes."""


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
def sweep_progress(clock: Clock, catalogue: Catalogue) -> Iterator[Callable[[Progress], None]]:
    """How a sweep gets on: host by host on a terminal, else one line a minute. Both to stderr."""
    from sweeps.gauge import Gauge
    from sweeps.planning.forecast import first_host

    gauge = Gauge(lambda lane: first_host(lane, catalogue))
    if not sys.stderr.isatty():
        yield _Paced(clock, _MINUTE, gauge, lambda standing, now: _say(line(standing, now))).show
        return
    from rich.live import Live

    from reports.terminal import console

    with Live(console=console(sys.stderr), auto_refresh=False, transient=True) as live:

        def draw(standing: Standing, now: datetime) -> None:
            live.update(table(standing, now, live.console.width), refresh=True)

        yield _Paced(clock, _FRAME, gauge, draw).show


class _Paced:
    """Shows a run's standing, but no more often than every `gap` seconds."""

    def __init__(
        self,
        clock: Clock,
        gap: float,
        gauge: Gauge,
        draw: Callable[[Standing, datetime], None],
    ) -> None:
        self._clock, self._gap, self._gauge, self._draw = clock, gap, gauge, draw
        self._next = clock.monotonic() + gap

    def show(self, progress: Progress) -> None:
        """Called by the driver after each of its turns, so mostly it only looks at the watch."""
        now = self._clock.monotonic()
        if now >= self._next:
            self._next = now + self._gap
            self._draw(self._gauge.read(progress, now), self._clock.now())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
