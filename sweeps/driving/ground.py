"""What the driver stands on: its lanes, workers, tokens, recorder and clock, and how hard it tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from checkers.base import Request, Response
from sweeps.clock import Clock
from sweeps.driving.course import CourseLimits
from sweeps.driving.workers import Workers
from sweeps.lanes.egresses import Egresses
from sweeps.lanes.lanes import Lanes
from sweeps.network.tokens import Tokens


class Recorder(Protocol):
    """Keeps what was exchanged, before it is used."""

    def redacted(self, response: Response) -> Response:
        """The response without any secret."""

    def record(self, ticket: int, request: Request, response: Response) -> str:
        """Keep an exchange; the id of its record, or empty."""

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        """Keep that `request` was never sent and got another exchange's answer."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How hard the driver tries."""

    retries: int = 2
    """Further tries after a passing fault."""
    back_off: float = 2.0
    """Seconds before the first of them; each further one waits four times as long."""
    losses: int = 10
    """Times that a request is asked again because its worker was lost."""
    ahead: int = 32
    """New checks that may stand before one lane at a time."""
    most: int = 4000
    """Checks under way at once, over all lanes."""
    limits: CourseLimits = CourseLimits()
    share: bool = True
    """Checks that ask the same at the same time are given one answer."""


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the parts of the driver share."""

    lanes: Lanes | Egresses
    workers: Workers
    tokens: Tokens
    recorder: Recorder
    clock: Clock
