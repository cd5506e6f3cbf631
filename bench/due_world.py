"""The accounts of `bench/due.py`: a simulated year of posts, some deleted, looks that fail at times."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.dates import SHANGHAI
from registry.vocab import CoverageKind, Existence, Outcome, Reason
from verdicts.seen import Seen, SeenPost

FIRST_MONDAY = date(2026, 1, 5)
WEEKS = 52
SHARES = {
    "daily": 0.40,
    "three a week": 0.20,
    "weekly": 0.15,
    "ten days": 0.08,
    "lapsing": 0.07,
    "dead": 0.05,
    "seasonal": 0.05,
}
_REACH = 20
"""Posts on one page of a list, and so in one look."""


@dataclass(frozen=True, slots=True)
class Published:
    """One post of an account."""

    at: datetime
    gone: datetime | None = None
    """When it was deleted, if ever."""


@dataclass(frozen=True)
class Account:
    """What really happens at one account."""

    name: str
    kind: str
    posts: tuple[Published, ...]
    moments: tuple[datetime, ...]

    def visible(self, now: datetime) -> list[datetime]:
        """Moments of the posts that stand at `now`, newest first."""
        upto = self.posts[: bisect_right(self.moments, now)]
        return [p.at for p in reversed(upto) if p.gone is None or p.gone > now]

    def look(self, now: datetime, number: int) -> Seen:
        """What a look at `now` sees: the newest page, and how far back it reaches."""
        shown = self.visible(now)
        page = shown[:_REACH]
        whole = len(page) == len(shown)
        return Seen(
            f"{self.name}-{number}",
            now,
            existence=Existence.EXISTS,
            posts=tuple(SeenPost(at) for at in page),
            coverage=CoverageKind.COMPLETE if whole else CoverageKind.REACHES_BACK_TO,
            covered_since=None if whole else page[-1],
        )


def failed(name: str, now: datetime, number: int) -> Seen:
    """A look that read nothing."""
    return Seen(f"{name}-{number}", now, Outcome.INCONCLUSIVE, reason=Reason.TIMEOUT)


def accounts(count: int, deleted: float, rng: random.Random) -> list[Account]:
    """`count` accounts in the shares above; of their posts the share `deleted` is taken down."""
    made: list[Account] = []
    for kind, share in SHARES.items():
        for number in range(round(count * share)):
            days = sorted(_days(kind, rng))
            moments = [_moment(day, rng) for day in days]
            posts = tuple(_published(at, deleted, rng) for at in sorted(moments))
            made.append(Account(f"{kind} {number}", kind, posts, tuple(p.at for p in posts)))
    return made


def _published(at: datetime, deleted: float, rng: random.Random) -> Published:
    gone = at + timedelta(hours=rng.uniform(1, 240)) if rng.random() < deleted else None
    return Published(at, gone)


def _moment(day: date, rng: random.Random) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(minutes=round(rng.triangular(7 * 60, 23 * 60, 15 * 60)))


def _days(kind: str, rng: random.Random) -> list[date]:
    """The days on which an account of that kind posts, from four weeks before the first Monday."""
    start, end = FIRST_MONDAY - timedelta(days=28), FIRST_MONDAY + timedelta(weeks=WEEKS)
    every = [start + timedelta(days=n) for n in range((end - start).days)]
    if kind == "daily":
        return [day for day in every if rng.random() < 0.92]
    if kind == "three a week":
        favourites = rng.sample(range(7), 3)
        return [_near(d, rng) for d in every if d.weekday() in favourites and rng.random() < 0.95]
    if kind == "weekly":
        favourite = rng.randrange(7)
        return [_near(d, rng) for d in every if d.weekday() == favourite and rng.random() < 0.95]
    if kind == "ten days":
        phase = rng.randrange(10)
        return [_near(day, rng) for n, day in enumerate(every) if n % 10 == phase]
    if kind == "lapsing":
        return _lapsing(every, rng)
    if kind == "dead":
        return []
    return [day for day in every if _in_season(day, rng)]


def _near(day: date, rng: random.Random) -> date:
    return day + timedelta(days=rng.choice((-1, 0, 0, 0, 1)))


def _lapsing(every: list[date], rng: random.Random) -> list[date]:
    """Posts a few times a week, with silences of two to six weeks in between."""
    days: list[date] = []
    at = 0
    while at < len(every):
        busy = rng.randint(20, 90)
        days += [day for day in every[at : at + busy] if rng.random() < 0.4]
        at += busy + rng.randint(14, 42)
    return days


def _in_season(day: date, rng: random.Random) -> bool:
    """Flood warnings and the like: from May to September, next to nothing else."""
    return rng.random() < (0.5 if 5 <= day.month <= 9 else 0.01)
