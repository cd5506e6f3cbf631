"""When an account must be looked at again, by what was seen of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from registry.dates import shanghai_date
from registry.vocab import CheckKind, CoverageKind, Existence, Outcome, Precision, Reason, RunMethod
from sweeps.planning.calendar import NEVER
from sweeps.planning.due import Cause, Due, Frame, Known, due, known, loss
from sweeps.planning.rhythm import Rhythm
from tests.verdicts.building import at, failed, look
from verdicts.seen import Seen

T = at("2026-11-23 09:00")
FRAME = Frame(T, date(2026, 11, 10))
"""A Monday; a post of the 10th or later keeps an account fresh."""


def told(*looks: Seen, own: bool = False, frame: Frame = FRAME) -> Known:
    return known([(each, own) for each in looks], frame)


def when(*looks: Seen, kind: CheckKind = CheckKind.FRESHNESS, own: bool = False) -> Due:
    return due(kind, told(*looks, own=own), FRAME)


def test_a_post_seen_keeps_an_account_for_two_weeks_however_early_it_was_seen() -> None:
    found = when(look("2026-11-18 10:00", "2026-11-17 08:00"))
    assert (found.proven, found.by, found.cause) == (True, date(2026, 12, 1), Cause.PROVEN)


def test_a_post_before_the_window_proves_nothing_for_t() -> None:
    found = when(look("2026-11-18 10:00", "2026-11-09 23:59"))
    assert (found.proven, found.by, found.cause) == (False, T.date(), Cause.NO_RECENT_POST)
    assert found.ahead


def test_a_post_seen_once_counts_although_a_later_look_lacks_it() -> None:
    assert when(look("2026-11-13 10:00", "2026-11-12 08:00"), look("2026-11-18 10:00")).proven


def test_silence_seen_ahead_of_t_proves_nothing() -> None:
    found = when(look("2026-11-23 08:59"))
    assert not found.proven


def test_silence_seen_at_t_settles_it() -> None:
    assert when(look("2026-11-23 09:00")).proven


def test_a_list_that_ends_before_t_is_asked_for_another_day() -> None:
    found = when(look("2026-11-23 10:00", until="2026-11-23 00:00"), own=True)
    assert (found.proven, found.not_before) == (False, at("2026-11-24 00:00"))


def test_part_of_a_list_settles_its_own_sweep_alone() -> None:
    part = look("2026-11-24 09:00", coverage=CoverageKind.PARTIAL)
    assert not when(part).proven
    assert when(part, own=True).proven


def test_what_a_unit_reports_of_itself_proves_nothing() -> None:
    report = look("2026-11-18 10:00", "2026-11-17 08:00", method=RunMethod.SELF_REPORT)
    assert when(report).cause is Cause.NEVER_READ


def test_a_post_known_by_its_day_alone_is_not_trusted_on_the_windows_first_day() -> None:
    found = when(look("2026-11-18 10:00", "2026-11-10"))
    assert (found.proven, found.cause) == (False, Cause.NEAR_EDGE)
    assert when(look("2026-11-18 10:00", "2026-11-10 00:30")).proven
    assert when(look("2026-11-18 10:00", "2026-11-11")).proven


def test_failures_are_looked_at_a_day_earlier_and_a_closed_host_is_no_failure() -> None:
    silent = look("2026-11-18 10:00", "2026-11-01 08:00")
    found = when(silent, failed("2026-11-19 10:00"), failed("2026-11-20 10:00"))
    assert (found.by, found.cause) == (date(2026, 11, 22), Cause.FAILED)
    blocked = failed("2026-11-20 10:00", Reason.HOST_BLOCKED)
    assert told(silent, blocked).failures == 0
    assert told(silent, blocked).tried_at == silent.observed_at


def test_one_gone_signal_wants_another_look_a_day_later_at_t() -> None:
    gone = look("2026-11-22 20:00", existence=Existence.GONE_SIGNAL)
    found = when(look("2026-11-20 10:00", "2026-11-19 10:00"), gone)
    assert (found.proven, found.cause, found.ahead) == (False, Cause.GONE, False)
    assert found.not_before == at("2026-11-23 20:00")
    again = look("2026-11-23 21:00", existence=Existence.GONE_SIGNAL)
    assert when(gone, again, own=True).proven
    assert not when(gone, look("2026-11-23 10:00", existence=Existence.GONE_SIGNAL)).proven


def test_a_second_look_at_one_that_may_be_gone_does_not_wait_for_t() -> None:
    gone = look("2026-11-18 20:00", existence=Existence.GONE_SIGNAL)
    found = when(look("2026-11-17 10:00", "2026-11-16 10:00"), gone)
    assert (found.proven, found.cause, found.ahead) == (False, Cause.GONE, True)
    assert (found.by, found.not_before) == (date(2026, 11, 19), at("2026-11-19 20:00"))
    losses = [loss(told(gone), FRAME, Rhythm(), date(2026, 11, day)) for day in (18, 19, 20, 23)]
    assert losses == [NEVER, 0.0, 1.0, 4.0]
    again = look("2026-11-20 08:00", existence=Existence.GONE_SIGNAL)
    confirmed = when(gone, again)
    assert (confirmed.ahead, confirmed.by) == (False, T.date())


SOON = Frame(T, FRAME.first_day, date(2026, 11, 14))
"""At ten days of silence units are reminded."""
LAPSED = Rhythm.of([date(2026, 10, 3), date(2026, 11, 11)], date(2026, 9, 20), date(2026, 11, 16))
LIVELY = Rhythm.of(
    [date(2026, 9, 20) + timedelta(days=n) for n in range(56)],
    date(2026, 9, 20),
    date(2026, 11, 16),
)


@pytest.mark.parametrize(
    ("rhythm", "frame", "newest", "soon"),
    [
        (LAPSED, SOON, "2026-11-11 08:00", True),
        (LIVELY, SOON, "2026-11-11 08:00", False),
        (Rhythm(), SOON, "2026-11-11 08:00", False),  # nothing is known of it
        (LAPSED, SOON, "2026-11-14 08:00", False),  # not silent for ten days yet
        (LAPSED, FRAME, "2026-11-11 08:00", False),  # nobody is reminded
    ],
)
def test_who_is_proven_and_probably_silent_by_now_is_to_be_reminded(
    rhythm: Rhythm, frame: Frame, newest: str, soon: bool
) -> None:
    facts = told(look("2026-11-16 10:00", newest), frame=frame)
    found = due(CheckKind.FRESHNESS, facts, frame, rhythm)
    assert (found.proven, found.cause is Cause.SOON) == (True, soon)


@pytest.mark.parametrize("then", [look("2026-11-23 09:30"), failed("2026-11-23 09:30")])
def test_one_try_from_t_on_is_enough_for_a_reminder(then: Seen) -> None:
    facts = told(look("2026-11-16 10:00", "2026-11-11 08:00"), then, frame=SOON)
    found = due(CheckKind.FRESHNESS, facts, SOON, LAPSED)
    assert (found.proven, found.cause) == (True, Cause.PROVEN)


def test_one_that_came_back_is_proven_again() -> None:
    gone = look("2026-11-18 20:00", existence=Existence.GONE_SIGNAL)
    assert when(gone, look("2026-11-20 10:00", "2026-11-19 10:00")).proven


def test_a_restricted_account_is_looked_at_at_t() -> None:
    posts = look("2026-11-18 10:00", "2026-11-17 08:00")
    found = when(posts, look("2026-11-19 10:00", existence=Existence.RESTRICTED))
    assert (found.proven, found.cause, found.ahead) == (False, Cause.RESTRICTED, False)


def test_a_menu_is_read_weekly_and_an_app_at_each_t() -> None:
    week, day = look("2026-11-16 10:00"), look("2026-11-22 10:00")
    assert not when(week, kind=CheckKind.MENU).proven
    assert when(day, kind=CheckKind.MENU).proven
    assert when(day, kind=CheckKind.APP).cause is Cause.AT_POINT
    assert when(look("2026-11-23 09:00"), kind=CheckKind.APP, own=True).proven


def test_name_and_existence_are_never_older_than_a_fortnight() -> None:
    wide = Frame(T, date(2026, 10, 1))
    seen = look("2026-11-05 10:00", "2026-11-05 08:00")
    found = due(CheckKind.FRESHNESS, told(seen, frame=wide), wide)
    assert (found.proven, found.cause) == (False, Cause.ROUTINE)


def test_a_look_ahead_loses_little_of_a_daily_account_and_a_week_of_a_dead_one() -> None:
    since, read = date(2026, 9, 21), date(2026, 11, 16)
    daily = Rhythm.of([read - timedelta(days=n) for n in range(1, 50)], since, read)
    facts = told(look("2026-11-16 10:00", "2026-11-09 08:00"))
    friday = date(2026, 11, 20)
    assert loss(facts, FRAME, daily, friday) < 0.1
    assert loss(facts, FRAME, Rhythm.of([], since, read), friday) > 0.9
    assert loss(facts, FRAME, daily, T.date()) == 0.0
    assert loss(facts, FRAME, daily, date(2026, 11, 17)) > 0.9


def test_an_account_never_read_is_best_read_ahead() -> None:
    assert loss(Known(), FRAME, Rhythm(), date(2026, 11, 18)) == 0.0
    assert loss(Known(), FRAME, Rhythm(), T.date()) == 1.0


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED])
def test_a_look_that_read_nothing_is_no_reading(outcome: Outcome) -> None:
    seen = Seen("1", at("2026-11-23 10:00"), outcome, reason=Reason.TIMEOUT)
    assert told(seen, own=True).read_at is None
    assert not when(seen, own=True).proven


def test_the_chance_is_that_of_the_same_weekdays_before() -> None:
    until = date(2026, 11, 22)
    sundays = [until - timedelta(weeks=n) for n in range(8)]
    rhythm = Rhythm.of(sundays, date(2026, 9, 28), until)
    sunday = date(2026, 11, 29)
    assert rhythm.chance(sunday, sunday) > 0.9
    assert rhythm.chance(sunday - timedelta(days=2), sunday - timedelta(days=1)) < 0.1
    assert rhythm.chance(sunday, sunday - timedelta(days=1)) == 0.0


def test_one_who_falls_silent_is_noticed_after_few_weeks() -> None:
    until, since = date(2026, 11, 22), date(2026, 9, 28)
    posts = [until - timedelta(weeks=n) for n in range(3, 8)]
    assert Rhythm.of(posts, since, until).chance(date(2026, 11, 23), date(2026, 11, 29)) < 0.3


def test_days_are_those_of_shanghai() -> None:
    late = datetime.fromisoformat("2026-11-09T16:30:00+00:00")
    assert shanghai_date(late) == FRAME.first_day
    seen = look("2026-11-18 10:00", "2026-11-10 00:30")
    assert seen.posts[0].at == late
    assert seen.posts[0].precision is Precision.MINUTE
    assert when(seen).by == date(2026, 11, 24)
