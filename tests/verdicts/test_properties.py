"""What must hold of every verdict, whatever was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.dates import shanghai_date, start_of_day
from registry.vocab import (
    AccountState,
    CoverageKind,
    Existence,
    Outcome,
    Precision,
    Reason,
    RunMethod,
    Verdict,
)
from tests.verdicts.building import at
from verdicts.freshness import freshness
from verdicts.lists import newest_post
from verdicts.points import first_day_of_window, months_before
from verdicts.ruleset import Edge, load
from verdicts.seen import AccountFacts, Seen, SeenPost

T = at("2026-11-22 09:00")
RULES = load("example-county")

moments = st.integers(-60 * 24, 20 * 24).map(lambda hours: T + timedelta(hours=hours))


@st.composite
def posts(draw: st.DrawFn, before: datetime) -> SeenPost:
    when = min(draw(moments), before)
    if draw(st.booleans()):
        return SeenPost(start_of_day(shanghai_date(when)), Precision.DAY)
    return SeenPost(when)


@st.composite
def looks(draw: st.DrawFn, outcomes: tuple[Outcome, ...] = tuple(Outcome)) -> Seen:
    when, outcome = draw(moments), draw(st.sampled_from(outcomes))
    uid = draw(st.uuids(version=4)).hex
    if outcome is not Outcome.READ:
        reason = draw(st.sampled_from([Reason.LOGIN_WALL, Reason.TIMEOUT, Reason.NO_SOURCE]))
        return Seen(uid, when, outcome, reason=reason)
    return Seen(
        uid,
        when,
        outcome,
        draw(st.sampled_from([RunMethod.ENGINE, RunMethod.HAND, RunMethod.SELF_REPORT])),
        existence=draw(st.sampled_from(Existence)),
        posts=tuple(draw(st.lists(posts(when), max_size=3))),
        coverage=draw(st.sampled_from(CoverageKind)),
        covered_since=draw(st.none() | moments),
        covered_until=draw(st.none() | moments),
    )


accounts = st.builds(
    AccountFacts,
    st.just("account-1"),
    st.just("weibo"),
    st.sampled_from([AccountState.ACTIVE, AccountState.CLOSING]),
    st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 22)),
)
histories = st.lists(looks(), max_size=5)


@given(accounts, histories)
def test_staleness_rests_on_one_list_that_could_not_have_missed_a_post(
    account: AccountFacts, seen: list[Seen]
) -> None:
    told = freshness(account, seen, RULES, at=T)
    if told.verdict is Verdict.STALE:
        proof, *_ = [look for look in seen if look.uid == told.proof[0]]
        assert proof.outcome is Outcome.READ
        assert proof.observed_at >= T and (proof.covered_until or T) >= T
        assert proof.coverage not in {CoverageKind.PARTIAL, CoverageKind.UNREAD}


@given(accounts, st.lists(looks((Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED)), max_size=5))
def test_looks_that_read_nothing_lead_to_nothing_but_unknown(
    account: AccountFacts, seen: list[Seen]
) -> None:
    told = freshness(account, seen, RULES, at=T)
    assert (told.verdict, told.hits, told.examined) == (Verdict.UNKNOWN, (), frozenset())


@given(accounts, histories, looks((Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED)))
def test_a_look_that_read_nothing_changes_no_verdict(
    account: AccountFacts, seen: list[Seen], failed: Seen
) -> None:
    before = freshness(account, seen, RULES, at=T)
    after = freshness(account, [*seen, failed], RULES, at=T)
    assert (before.verdict, before.hits, before.examined) == (
        after.verdict,
        after.hits,
        after.examined,
    )


@given(accounts, histories, posts(T))
def test_one_more_post_never_makes_a_fresh_account_stale(
    account: AccountFacts, seen: list[Seen], extra: SeenPost
) -> None:
    more = Seen("more", T, posts=(extra,), coverage=CoverageKind.PARTIAL)
    if freshness(account, seen, RULES, at=T).verdict is Verdict.FRESH:
        assert freshness(account, [*seen, more], RULES, at=T).verdict is Verdict.FRESH


@given(accounts, histories)
def test_the_order_of_looks_does_not_matter(account: AccountFacts, seen: list[Seen]) -> None:
    told = freshness(account, seen, RULES, at=T)
    assert freshness(account, seen[::-1], RULES, at=T) == told


@given(accounts, histories)
def test_what_is_raised_was_examined_and_at_most_one_code_says_stale(
    account: AccountFacts, seen: list[Seen]
) -> None:
    told = freshness(account, seen, RULES, at=T)
    codes = {hit.code for hit in told.hits}
    assert codes <= told.examined
    assert len(codes & {"ST101", "ST103", "ST105"}) == (told.verdict is Verdict.STALE)


@given(accounts, histories)
def test_gone_rests_on_two_signals_a_day_apart(account: AccountFacts, seen: list[Seen]) -> None:
    told = freshness(account, seen, RULES, at=T)
    if told.verdict is Verdict.GONE:
        first, last = (next(x for x in seen if x.uid == uid) for uid in told.proof)
        assert first.existence is last.existence is Existence.GONE_SIGNAL
        assert last.observed_at - first.observed_at >= timedelta(hours=24)


@given(accounts, histories)
def test_of_looks_before_the_time_point_the_newest_post_is_enough(
    account: AccountFacts, seen: list[Seen]
) -> None:
    def thinned(look: Seen) -> Seen:
        newest = max(look.posts, key=lambda post: (post.at, post.precision), default=None)
        return replace(look, posts=(newest,) if newest else ())

    cut = [thinned(look) if look.observed_at < T else look for look in seen]
    whole, less = (freshness(account, some, RULES, at=T) for some in (seen, cut))
    assert (whole.verdict, whole.days, whole.examined) == (less.verdict, less.days, less.examined)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60), st.integers(0, 100))
def test_a_post_keeps_the_window_exactly_while_the_days_are_fewer(
    day: date, window: int, days: int
) -> None:
    posted = day - timedelta(days=days)
    assert (posted >= first_day_of_window(day, window, Edge.FAIL)) == (days < window)
    assert (posted >= first_day_of_window(day, window, Edge.PASS)) == (days <= window)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 36))
def test_months_back_keep_the_day_or_take_the_last_of_the_month(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before.day < day.day and (before + timedelta(1)).day == 1)


@given(histories)
def test_the_newest_post_is_never_after_the_time_point(seen: list[Seen]) -> None:
    newest, _uids = newest_post(seen, T)
    assert newest is None or newest.at <= T
