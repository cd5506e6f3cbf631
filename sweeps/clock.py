"""Time as the engine sees it. Nothing in `sweeps` reads a clock but through this protocol."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A calendar, a stop-watch and a way to wait, so that tests bring their own."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; lanes and limits count in these."""

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass."""


class SystemClock:
    """The machine's own time. Made at the door and handed down."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)
