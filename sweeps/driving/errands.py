"""What the driver keeps of a check that is under way and of each request that it sends for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from checkers.base import Request, Response
from sweeps.driving.agenda import Planned
from sweeps.driving.course import Asked, Course
from sweeps.driving.digest import Answered
from sweeps.network.credentials import Insertion
from sweeps.network.redirects import Trail
from sweeps.network.wire import MalformedRequest, host_of

_LONGEST = 366 * 86_400.0
"""Seconds: who asks for a longer wait is not believed to mean it."""


@dataclass(slots=True, eq=False)
class UnderWay:
    """A check with its course and the answers to what it asked last."""

    planned: Planned
    course: Course
    group: str
    number: int
    """Older checks have lower ones, and their requests go first: so they end one after another,
    and are read and stored while the next are fetched."""
    lane: str = ""
    """Of its latest request; what follows takes the same way out."""
    begun: bool = False
    """Something of it was sent."""
    asked: Asked | None = None
    answers: list[Answered | None] = field(default_factory=list)
    missing: int = 0
    unread: list[int] = field(default_factory=list)
    """Places of answers that its checker may read before the others have come."""

    @property
    def told(self) -> list[Answered] | None:
        """The answers with which it goes on; None where it has yet to begin."""
        return None if self.asked is None else [a for a in self.answers if a is not None]


@dataclass(slots=True, eq=False)
class Errand:
    """One request on its way, or the exchange of a secret for a token."""

    owner: UnderWay | None
    slot: int | None
    """Place of the answer among those that its check asked for; None while it has not asked yet."""
    request: Request
    """As it is sent next: a hop, perhaps."""
    first: Request
    """As the checker asked."""
    hosts: frozenset[str] = frozenset()
    """Which the checker names: only their login walls speak for the host."""
    lane: str = ""
    attempt: int = 0
    losses: int = 0
    """Times that nobody could say what became of it."""
    renewed: bool = False
    trail: Trail = Trail()
    records: tuple[str, ...] = ()
    answer: Answered | None = None
    """What came before its check asked for it."""
    forgotten: bool = False
    """Its check will never ask for it."""
    before: Answered | None = None
    """The answer to the try before this one."""
    sent: Insertion | None = None
    token_for: str = ""
    also: list[tuple[UnderWay, int]] | None = None
    """Checks that want the same answer, with its place among theirs; None where nobody may."""

    @property
    def turn(self) -> int:
        """Whose turn it is among requests that could start: the lowest comes first. What tells which
        links there are goes before all links, for among those it names may be the slowest."""
        if self.owner is None:
            return -1
        if self.slot is not None and self.owner.course.seeks_links:
            return -2
        return -1 if self.request.early else self.owner.number


def lane_of(request: Request) -> str:
    """The host of a request; empty for one that has none."""
    try:
        return host_of(request.url)
    except MalformedRequest:
        return ""


def retry_after(response: Response) -> float | None:
    """Seconds, more than 0, that the host asks us to wait, if it says so in seconds or as a date. Nought, a
    date gone by and what is neither name no wait: None."""
    raw = response.headers.get("retry-after", "").strip()
    try:
        if raw.isascii() and raw.isdigit():
            seconds = float(raw)
        else:
            seconds = (parsedate_to_datetime(raw) - response.moment).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, or one without its zone
        return None
    return min(seconds, _LONGEST) if seconds > 0 else None
