"""Looking only at who is due tells the same as looking at everybody: never a false STALE, never a
missed one, whatever accounts do and whichever looks fail."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.dates import SHANGHAI, shanghai_date
from registry.vocab import CheckKind, CoverageKind, Existence, Outcome, Reason, Verdict
from sweeps.planning.due import Frame, due, known
from verdicts.freshness import judge
from verdicts.points import Point
from verdicts.ruleset import load
from verdicts.seen import AccountFacts, Seen, SeenPost

NATIONAL = load("national-2019")
MONDAY = date(2026, 11, 2)
FACTS = AccountFacts("1", "weibo")


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def seen_at(now: datetime, posts: list[datetime], number: int, fails: bool) -> Seen:
    if fails:
        return Seen(str(number), now, Outcome.INCONCLUSIVE, reason=Reason.TIMEOUT)
    there = tuple(SeenPost(at) for at in posts if at <= now)
    return Seen(
        str(number), now, existence=Existence.EXISTS, posts=there, coverage=CoverageKind.COMPLETE
    )


@given(
    posts=st.lists(st.tuples(st.integers(-20, 41), st.integers(0, 23)), max_size=12),
    ahead=st.lists(st.tuples(st.integers(-6, 41), st.integers(0, 23), st.booleans()), max_size=12),
    failures=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_six_weeks_judged_by_what_is_due_are_those_judged_by_looking_always(
    posts: list[tuple[int, int]],
    ahead: list[tuple[int, int, bool]],
    failures: list[bool],
) -> None:
    published = sorted(moment(MONDAY + timedelta(days=d), h) for d, h in posts)
    early = sorted((moment(MONDAY + timedelta(days=d), h), fails) for d, h, fails in ahead)
    looks: list[Seen] = []
    for week in range(6):
        at = moment(MONDAY + timedelta(weeks=week), 9)
        point = Point.of(at, NATIONAL)
        frame = Frame(at, point.first_day)
        while early and early[0][0] < at:
            when, fails = early.pop(0)
            looks.append(seen_at(when, published, len(looks), fails))
        told = known([(look, False) for look in looks], frame)
        if not due(CheckKind.FRESHNESS, told, frame).proven:
            if failures[week]:
                looks.append(seen_at(at, published, len(looks), fails=True))
            looks.append(seen_at(at + timedelta(hours=1), published, len(looks), fails=False))
        always = judge(FACTS, [seen_at(at, published, 0, fails=False)], point).verdict
        assert judge(FACTS, looks, point).verdict is always


def deleting(rng: random.Random, day: date, days: int) -> dict[datetime, datetime]:
    """Posts with when each is taken down."""
    posted = (moment(day + timedelta(days=n), rng.randrange(24)) for n in range(days))
    return {
        at: at + timedelta(hours=rng.choice((2, 30, 900))) for at in posted if rng.random() < 0.2
    }


@pytest.mark.parametrize("seed", range(20))
def test_a_post_that_was_seen_counts_after_it_was_deleted(seed: int) -> None:
    rng = random.Random(seed)
    posts, looks, shown = (
        deleting(rng, MONDAY - timedelta(days=20), 90),
        list[Seen](),
        set[datetime](),
    )
    for week in range(8):
        at = moment(MONDAY + timedelta(weeks=week), 9)
        point = Point.of(at, NATIONAL)
        frame = Frame(at, point.first_day)
        for when in (at - timedelta(days=rng.randrange(1, 7)), at):
            told = known([(look, False) for look in looks], frame)
            if not due(CheckKind.FRESHNESS, told, frame).proven:
                standing = [p for p, end in posts.items() if p <= when < end]
                shown.update(standing)
                looks.append(seen_at(when, standing, len(looks), fails=False))
        stands = {p for p, end in posts.items() if p <= at < end}
        fresh = any(shanghai_date(p) >= point.first_day for p in stands | shown if p <= at)
        assert judge(FACTS, looks, point).verdict is (Verdict.FRESH if fresh else Verdict.STALE)
