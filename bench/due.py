"""A simulated year of weekly verdicts: how few requests prove them, and is every one of them right?

The planner and the judge are the real ones. Beside them, over the same accounts with as many failures:
a full check of everybody each Monday, and looking only on Mondays at who is not proven. The truth is
what stands on the platform at T, and what any look has shown before; that no program can know of
posts deleted before any look is told apart.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.due_world import FIRST_MONDAY, WEEKS, Account, accounts, failed  # noqa: E402
from bench.harness import Result, report  # noqa: E402
from registry.dates import SHANGHAI, shanghai_date  # noqa: E402
from registry.vocab import CheckKind, Verdict  # noqa: E402
from sweeps.planning.calendar import NEVER, Task, arrange, most_a_day  # noqa: E402
from sweeps.planning.due import Frame, Known, due, known, loss  # noqa: E402
from sweeps.planning.rhythm import HISTORY_DAYS, Rhythm  # noqa: E402
from verdicts.freshness import judge  # noqa: E402
from verdicts.points import Point  # noqa: E402
from verdicts.ruleset import load  # noqa: E402
from verdicts.seen import AccountFacts, Seen  # noqa: E402

COUNT, FAILURES, DELETED = 1000, 0.05, 0.02
SEEDS = (1, 2, 3, 4, 5)
T_HOUR, AHEAD_HOUR, TRIES = 9, 10, 8
"""T is at nine; runs ahead of it are at ten; on T's day there are up to eight, an hour apart."""
_RULES = load("national-2019")


@dataclass
class Book:
    """What one way of sweeping has seen of one account."""

    account: Account
    looks: list[Seen] = field(default_factory=list)
    posts: set[date] = field(default_factory=set)
    seen: set[datetime] = field(default_factory=set)
    since: date | None = None

    def look(self, now: datetime, rng: random.Random) -> None:
        """One request, which may fail."""
        number = len(self.looks)
        if rng.random() < FAILURES:
            self.looks.append(failed(self.account.name, now, number))
            return
        look = self.account.look(now, number)
        self.looks.append(look)
        self.posts.update(post.day for post in look.posts)
        self.seen.update(post.at for post in look.posts)
        first = shanghai_date(look.covered_since or now - timedelta(days=HISTORY_DAYS))
        self.since = min(self.since or first, first)

    def recent(self, now: datetime) -> list[Seen]:
        """The looks of the last four weeks: older ones prove nothing any more."""
        since = now - timedelta(days=28)
        return [look for look in self.looks[-40:] if look.observed_at >= since]

    def rhythm(self, read_at: datetime | None) -> Rhythm:
        if read_at is None or self.since is None:
            return Rhythm()
        return Rhythm.of(self.posts, self.since, shanghai_date(read_at))


@dataclass
class Tally:
    """What a way of sweeping has come to."""

    requests: int = 0
    missed: int = 0
    false: int = 0
    unproven: int = 0
    unseen_deleted: int = 0
    """STALE although a post had stood in the window: deleted before any look could show it."""
    stale: int = 0
    days: Counter[date] = field(default_factory=Counter)
    verdicts: dict[tuple[str, date], Verdict] = field(default_factory=dict)

    def figures(self, count: int) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "peak_day_share": round(max(self.days.values()) / count, 3),
            "missed_stale": self.missed,
            "false_stale": self.false,
            "unproven": self.unproven,
            "stale": self.stale,
            "unseen_deleted": self.unseen_deleted,
        }


def mondays() -> Iterator[datetime]:
    for week in range(WEEKS):
        day = FIRST_MONDAY + timedelta(weeks=week)
        yield datetime.combine(day, time(T_HOUR), SHANGHAI)


def frame_of(at: datetime) -> Frame:
    """The planner's window for the time point."""
    return Frame(at, Point.of(at, _RULES).first_day)


def proven(book: Book, told: Known, frame: Frame) -> bool:
    """Whether the account need not be asked for T."""
    return due(CheckKind.FRESHNESS, told, frame, book.rhythm(told.read_at)).proven


def plan_ahead(books: list[Book], frame: Frame, now: datetime) -> list[Book]:
    """Those whom the real planner looks at today, `now` being before T."""
    today = shanghai_date(now)
    days = [today + timedelta(days=n) for n in range((frame.day - today).days + 1)]
    owed: list[Book] = []
    tasks: list[Task] = []
    unread = 0
    for book in books:
        told = known(((look, False) for look in book.recent(now)), frame)
        rhythm = book.rhythm(told.read_at)
        found = due(CheckKind.FRESHNESS, told, frame, rhythm)
        if found.proven:
            continue
        losses = tuple(
            loss(told, frame, rhythm, day) if found.ahead or day == frame.day else NEVER
            for day in days
        )
        unread += told.read_at is None
        owed.append(book)
        tasks.append(Task("", losses))
    even = most_a_day(len(books), unread, len(days) - 1)
    places = arrange(tasks, lambda _lane: None, even)
    return [book for book, place in zip(owed, places, strict=True) if place.day == 0]


def by_plan(books: list[Book], tally: Tally, rng: random.Random) -> None:
    """Ours: ahead of each T what is scheduled for the day, from T on what is not proven."""
    for at in mondays():
        frame = frame_of(at)
        for back in range(6, 0, -1):
            now = at - timedelta(days=back) + timedelta(hours=AHEAD_HOUR - T_HOUR)
            ask(plan_ahead(books, frame, now), now, tally, rng)
        confirm(books, frame, tally, rng, everybody=False)
        weigh(books, at, tally)


def on_the_day(books: list[Book], tally: Tally, rng: random.Random, everybody: bool) -> None:
    """The peers: all on Mondays, everybody or only who is not proven by what was seen before."""
    for at in mondays():
        confirm(books, frame_of(at), tally, rng, everybody)
        weigh(books, at, tally)


def confirm(
    books: list[Book], frame: Frame, tally: Tally, rng: random.Random, everybody: bool
) -> None:
    """The runs from T on, until everything is proven or the day is over."""
    for number in range(TRIES):
        now = frame.at + timedelta(hours=number)
        if everybody and number == 0:
            ask(books, now, tally, rng)
            continue
        if everybody:
            ask([book for book in books if not book.looks[-1].is_read], now, tally, rng)
            continue
        told = [(book, known(_owned(book, frame, now), frame)) for book in books]
        left = [book for book, facts in told if not proven(book, facts, frame)]
        ask(left, now, tally, rng)


def _owned(book: Book, frame: Frame, now: datetime) -> Iterator[tuple[Seen, bool]]:
    return ((look, look.observed_at >= frame.at) for look in book.recent(now))


def ask(books: list[Book], now: datetime, tally: Tally, rng: random.Random) -> None:
    for book in books:
        book.look(now, rng)
    tally.requests += len(books)
    tally.days[shanghai_date(now)] += len(books)


def weigh(books: list[Book], at: datetime, tally: Tally) -> None:
    """The real verdict at T beside the truth."""
    point = Point.of(at, _RULES)
    for book in books:
        facts = AccountFacts(book.account.name, "weibo")
        verdict = judge(facts, book.recent(at), point).verdict
        stands = any(_within(when, point) for when in book.account.visible(at))
        shown = any(_within(when, point) for when in book.seen)
        stale = not (stands or shown)
        tally.stale += stale
        tally.missed += stale and verdict is not Verdict.STALE
        tally.false += verdict is Verdict.STALE and not stale
        tally.unproven += verdict is Verdict.UNKNOWN
        published = any(_within(when, point) for when in book.account.moments)
        tally.unseen_deleted += stale and published
        tally.verdicts[book.account.name, point.day] = verdict


def _within(when: datetime, point: Point) -> bool:
    return when <= point.at and shanghai_date(when) >= point.first_day


def simulate(seed: int) -> tuple[Tally, Tally, Tally]:
    """(ours, everybody each Monday, unproven each Monday) over one seed's year."""
    world = accounts(COUNT, DELETED, random.Random(seed))
    tallies = (Tally(), Tally(), Tally())
    for number, tally in enumerate(tallies):
        books, rng = [Book(account) for account in world], random.Random(seed * 10 + number)
        if number == 0:
            by_plan(books, tally, rng)
        else:
            on_the_day(books, tally, rng, everybody=number == 1)
    return tallies


def main() -> Result:
    """All seeds; the worst of each figure counts."""
    seeds = [int(sys.argv[sys.argv.index("--seed") + 1])] if "--seed" in sys.argv else SEEDS
    result = Result(
        "due",
        {
            "accounts": COUNT,
            "weeks": WEEKS,
            "failed_looks": FAILURES,
            "deleted_posts": DELETED,
            "seeds": list(seeds),
        },
    )
    runs = [simulate(seed) for seed in seeds]
    ratios = [ours.requests / full.requests for ours, full, _monday in runs]
    result.ours |= _worst([ours for ours, _full, _monday in runs])
    result.ours["requests_to_full_check"] = round(max(ratios), 4)
    result.ours["by_seed"] = [round(ratio, 4) for ratio in ratios]
    result.peers["weekly full check"] = _worst([full for _ours, full, _monday in runs])
    result.peers["unproven, all on the day"] = _worst([monday for *_others, monday in runs])
    monday_ratios = [monday.requests / full.requests for _ours, full, monday in runs]
    result.peers["unproven, all on the day"]["requests_to_full_check"] = round(
        max(monday_ratios), 4
    )
    result.goals |= {
        "requests_to_full_check": 0.60,
        "missed_stale": 0,
        "false_stale": 0,
        "unproven": 0,
        "peak_day_share": 0.20,
    }
    return result


def _worst(tallies: list[Tally]) -> dict[str, Any]:
    figures = [tally.figures(COUNT) for tally in tallies]
    return {name: max(each[name] for each in figures) for name in figures[0]}


if __name__ == "__main__":
    report(main)
