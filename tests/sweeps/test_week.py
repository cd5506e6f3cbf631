"""The week up to T over the tables: who is asked when, and what a plan says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkers.base import Pace, Source
from registry.models import Account, Observation, PlannedCheck, Run
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Existence,
    Outcome,
    Precision,
    Proof,
    Reason,
)
from sweeps.network.credentials import Credentials
from sweeps.planning.due import Cause
from sweeps.planning.forecast import Budgets
from sweeps.planning.leftover import Leftover, left_over
from sweeps.planning.outlook import check_plans, host_plans, minutes_in_all
from sweeps.planning.plan import Filters, plan_run, survey_of, unproven
from sweeps.planning.survey import Survey
from sweeps.planning.week import Week
from sweeps.planning.weekly import WeekPoint, worked_for
from tests.sweeps.play import ALL_PROOFS, add_account, catalogue, checker

T = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Shanghai."""
DAY = timedelta(days=1)
_FRESHNESS_TOO = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})
SLOW = checker(
    platform="douyin",
    sources=(Source("page", ALL_PROOFS),),
    hosts={"d.example": Pace(60.0, per_run=5)},
)
KNOWN = catalogue(checker(), SLOW)
NOBODY = Credentials.of(KNOWN, {})
FRESHNESS = Filters({CheckKind.FRESHNESS})


def saw(session: Session, account: Account, at: datetime, *posts: datetime, **columns: Any) -> None:
    """A complete list read at `at`, in a sweep of an earlier week unless told otherwise."""
    point = columns.pop("sweep", T - 7 * DAY)
    run = plan_run(
        session,
        at=point,
        now=at,
        catalogue=catalogue(),
        credentials=NOBODY,
        window_days=14,
        filters=Filters({CheckKind.SITE}),
    )
    stored = [{"at": p.isoformat(), "precision": "second", "own": True} for p in posts]
    given = {"outcome": Outcome.READ, "existence": Existence.EXISTS, **columns}
    session.add(
        Observation(
            run_id=run.id,
            account_id=account.id,
            kind=CheckKind.FRESHNESS,
            observed_at=at,
            last_post_at=max(posts, default=None),
            last_post_precision=Precision.SECOND if posts else None,
            coverage=CoverageKind.COMPLETE,
            facts={"posts": stored},
            **given,
        )
    )
    session.flush()


def survey(session: Session, now: datetime, at: datetime = T) -> Survey:
    return survey_of(
        session,
        at=at,
        now=now,
        catalogue=KNOWN,
        credentials=NOBODY,
        fresh_days=14,
        soon_days=10,
        filters=FRESHNESS,
    )


def week(session: Session, now: datetime, at: datetime = T, **more: Any) -> Week:
    return Week.of(survey(session, now, at), Budgets(KNOWN, {}), **more)


def planned(session: Session, now: datetime, at: datetime = T, **filters: Any) -> list[str]:
    """The names in a new run, in its order."""
    run = plan_run(
        session,
        at=at,
        now=now,
        catalogue=KNOWN,
        credentials=NOBODY,
        window_days=14,
        soon_days=10,
        filters=Filters({CheckKind.FRESHNESS}, **filters),
    )
    rows = select(PlannedCheck).where(PlannedCheck.run_id == run.id).order_by(PlannedCheck.id)
    return [check.target["name"] for check in session.scalars(rows)]


def daily(until: datetime) -> list[datetime]:
    return [until - timedelta(days=n, hours=3) for n in range(20)]


def test_a_post_seen_in_an_earlier_sweep_spares_a_look_at_t(session: Session) -> None:
    lively, silent = add_account(session, "青石公安"), add_account(session, "青石水利")
    saw(session, lively, T - 6 * DAY, T - 7 * DAY)
    saw(session, silent, T - 6 * DAY, T - 20 * DAY)
    assert planned(session, T) == ["青石水利"]
    assert planned(session, T, everything=True) == ["青石公安", "青石水利"]


def test_a_run_says_how_many_accounts_were_proven(session: Session) -> None:
    saw(session, add_account(session, "青石公安"), T - 6 * DAY, T - 7 * DAY)
    planned(session, T)
    run = session.scalars(select(Run).order_by(Run.id.desc())).first()
    assert run is not None and run.options["proven"] == 1


def test_ahead_of_t_a_day_has_its_share_and_the_silent_wait_for_t(session: Session) -> None:
    for number in range(6):
        saw(session, add_account(session, f"青石{number}"), T - 7 * DAY, *daily(T - 14 * DAY))
    told = week(session, T - 6 * DAY)
    assert {told.days[place.day] for place in told.places} == {T.date()}
    for number in range(12):
        add_account(session, f"新开{number}")
    assert len(planned(session, T - 6 * DAY)) == 2
    assert len(planned(session, T - DAY)) == 12


def test_on_the_day_of_t_nothing_is_asked_before_t(session: Session) -> None:
    add_account(session, "青石公安")
    assert planned(session, T - timedelta(minutes=5)) == []
    assert planned(session, T) == ["青石公安"]


def test_what_was_looked_at_today_is_part_of_the_days_share(session: Session) -> None:
    for number in range(12):
        add_account(session, f"新开{number}")
    first = planned(session, T - 6 * DAY)
    for account in session.scalars(select(Account).where(Account.name.in_(first))):
        saw(session, account, T - 6 * DAY, T - 7 * DAY, sweep=T)
    assert planned(session, T - 6 * DAY + timedelta(hours=1)) == []
    assert len(planned(session, T - 5 * DAY)) == 2


def test_a_failed_look_is_not_repeated_on_the_same_day_ahead_of_t(session: Session) -> None:
    account = add_account(session, "青石公安")
    failed = {"outcome": Outcome.INCONCLUSIVE, "reason": Reason.TIMEOUT, "sweep": T}
    saw(session, account, T - DAY, existence=Existence.UNKNOWN, **failed)
    assert planned(session, T - DAY + timedelta(hours=2)) == []
    assert planned(session, T) == ["青石公安"]


def test_those_not_looked_at_for_longest_go_first_within_a_hosts_budget(session: Session) -> None:
    accounts = [add_account(session, f"抖音{n}", platform="douyin") for n in range(4)]
    for days, account in zip((1, 4, 2, 3), accounts, strict=True):
        saw(session, account, T - days * DAY, T - 30 * DAY)
    assert planned(session, T) == ["抖音1", "抖音3", "抖音2", "抖音0"]


def test_one_that_may_be_gone_is_looked_at_again_a_day_later_and_then_at_t(
    session: Session,
) -> None:
    account = add_account(session, "青石公安")
    gone = {"existence": Existence.GONE_SIGNAL, "sweep": T}
    saw(session, account, T - 6 * DAY, **gone)
    assert planned(session, T - 5 * DAY - timedelta(hours=1)) == []
    assert planned(session, T - 5 * DAY) == ["青石公安"]
    assert planned(session, T - 3 * DAY) == ["青石公安"]
    told = week(session, T - 5 * DAY - timedelta(hours=1), keep=True)
    (row,) = check_plans(told, survey(session, T).choice, Budgets(KNOWN, {}), {})
    assert (row.cause, row.due_by) == (Cause.GONE, (T - 5 * DAY).date())
    saw(session, account, T - 4 * DAY, **gone)
    assert planned(session, T - 3 * DAY) == []
    assert planned(session, T) == ["青石公安"]


def test_from_t_on_who_is_proven_and_probably_silent_is_looked_at_once(session: Session) -> None:
    lively, lapsing, other = (
        add_account(session, f"青石{name}") for name in ("公安", "水利", "科普")
    )
    seen = T - 7 * DAY
    saw(session, lively, seen, *daily(T - 12 * DAY))
    saw(session, lapsing, seen, T - 12 * DAY, T - 45 * DAY)
    saw(session, other, seen, T - 20 * DAY)
    assert planned(session, T - DAY) == []
    # What T needs goes first.
    assert planned(session, T) == ["青石科普", "青石水利"]
    assert not any(entry.due.cause is Cause.SOON for entry in survey(session, T - DAY))
    failed = {"outcome": Outcome.INCONCLUSIVE, "reason": Reason.TIMEOUT, "sweep": T}
    saw(session, lapsing, T, existence=Existence.UNKNOWN, **failed)
    saw(session, other, T, sweep=T)
    assert planned(session, T + timedelta(hours=2)) == []
    assert not unproven(session, survey(session, T + timedelta(hours=2)))


def test_a_host_that_was_closed_leaves_an_account_where_it_stood(session: Session) -> None:
    first, second = (add_account(session, f"抖音{n}", platform="douyin") for n in range(2))
    saw(session, first, T - 3 * DAY, T - 30 * DAY)
    saw(session, second, T - 4 * DAY, T - 30 * DAY)
    blocked = {"outcome": Outcome.INCONCLUSIVE, "reason": Reason.HOST_BLOCKED, "sweep": T}
    saw(session, second, T - DAY, existence=Existence.UNKNOWN, **blocked)
    assert planned(session, T) == ["抖音1", "抖音0"]


def test_a_plan_shows_hosts_days_and_what_will_not_fit(session: Session) -> None:
    for number in range(8):
        account = add_account(session, f"抖音{number}", platform="douyin")
        saw(session, account, T - 8 * DAY, T - 30 * DAY)
    saw(session, add_account(session, "青石公安"), T - 6 * DAY, T - 7 * DAY)
    rows = {row.platform: row for row in host_plans(week(session, T), Budgets(KNOWN, {}), {})}
    douyin = rows["douyin"]
    assert (douyin.host, douyin.checks, douyin.due_now, douyin.next_run) == ("d.example", 8, 8, 3)
    assert (douyin.minutes, douyin.later) == (5, 0)
    ahead = {r.platform: r for r in host_plans(week(session, T - 2 * DAY), Budgets(KNOWN, {}), {})}
    assert (ahead["douyin"].due_now, ahead["douyin"].later) == (0, 8)
    assert [(load.day, load.checks) for load in ahead["douyin"].days][-1][0] == T.date()


@pytest.mark.parametrize(("spent", "fitting"), [(0, 5), (3, 2), (9, 0)])
def test_each_account_for_which_its_host_has_no_room_today_is_told_not_to_fit(
    session: Session, spent: int, fitting: int
) -> None:
    for number in range(8):
        account = add_account(session, f"抖音{number}", platform="douyin")
        saw(session, account, T - 8 * DAY, T - 30 * DAY)
    budgets, used = Budgets(KNOWN, {"d.example": {"per_run": 5, "daily": 5}}), {"d.example": spent}
    told = week(session, T)
    rows = [*check_plans(told, survey(session, T).choice, budgets, used)]
    (host,) = host_plans(told, budgets, used)
    fits = [row.fits for row in rows]
    assert len(rows) == 8 and fits == sorted(fits, reverse=True)
    assert (
        (fits.count(True), fits.count(False)) == (fitting, host.next_run) == (fitting, 8 - fitting)
    )


@pytest.mark.parametrize(
    ("pace", "spent", "waiting"),
    [
        ({"per_run": 5}, 3, (3, 0)),
        ({"per_run": 5, "daily": 100}, 3, (3, 0)),
        ({"per_run": 5, "daily": 6}, 0, (3, 2)),
        ({"per_run": 9, "daily": 6}, 2, (4, 4)),
        ({"per_run": 9, "daily": 6}, 6, (8, 8)),
    ],
)
def test_what_waits_for_tomorrow_is_told_from_what_waits_for_the_next_run(
    session: Session, pace: dict[str, int], spent: int, waiting: tuple[int, int]
) -> None:
    for number in range(8):
        account = add_account(session, f"抖音{number}", platform="douyin")
        saw(session, account, T - 8 * DAY, T - 30 * DAY)
    budgets = Budgets(KNOWN, {"d.example": {"per_run": None, "daily": None, **pace}})
    (host,) = host_plans(week(session, T), budgets, {"d.example": spent})
    assert (host.next_run, host.tomorrow) == waiting


def test_what_waits_is_planned_for_the_day_on_which_a_look_tells_something(
    session: Session,
) -> None:
    gone = add_account(session, "抖音0", platform="douyin")
    saw(session, gone, T - timedelta(hours=1), existence=Existence.GONE_SIGNAL, sweep=T)
    add_account(session, "抖音1", platform="douyin")
    told = week(session, T + timedelta(hours=1), keep=True)
    (row,) = host_plans(told, Budgets(KNOWN, {}), {})
    assert (row.due_now, row.later) == (1, 1)
    tomorrow = (T + DAY).date()
    assert [(load.day, load.checks) for load in row.days] == [(T.date(), 1), (tomorrow, 1)]
    planned_for = {
        each.account: each.planned_for
        for each in check_plans(
            told, survey(session, T + timedelta(hours=1)).choice, Budgets(KNOWN, {}), {}
        )
    }
    assert planned_for == {"抖音0": tomorrow, "抖音1": T.date()}


def test_less_than_a_minute_is_told_in_tenths(session: Session) -> None:
    add_account(session, "抖音0", platform="douyin")
    quick = Budgets(KNOWN, {"d.example": {"min_gap": 2.0}})
    (row,) = host_plans(week(session, T), quick, {})
    assert row.minutes == 0.1


def test_a_plan_lists_accounts_with_deadline_why_and_risk(session: Session) -> None:
    saw(session, add_account(session, "青石公安"), T - 6 * DAY, T - 7 * DAY)
    add_account(session, "青石水利")
    told = week(session, T, keep=True)
    rows = {
        row.account: row
        for row in check_plans(told, survey(session, T).choice, Budgets(KNOWN, {}), {})
    }
    assert (rows["青石公安"].cause, rows["青石公安"].planned_for) == (Cause.PROVEN, None)
    assert rows["青石公安"].due_by == (T + 7 * DAY).date()
    unseen = rows["青石水利"]
    assert (unseen.cause, unseen.due_by, unseen.risk) == (Cause.NEVER_READ, T.date(), 0.5)


WEEKLY = WeekPoint.parse("周一 09:00")


@pytest.mark.parametrize(
    ("hours", "lacking", "worked"),
    [
        (0, True, T),
        (47, True, T),
        (49, True, T + 7 * DAY),
        (1, False, T + 7 * DAY),
        (-1, True, T),
    ],
)
def test_a_run_works_for_the_passed_t_until_all_is_proven(
    hours: int, lacking: bool, worked: datetime
) -> None:
    assert worked_for(WEEKLY, T + timedelta(hours=hours), lambda _at: lacking) == worked


def test_the_passed_t_wants_one_run_and_then_every_account_proven(session: Session) -> None:
    account = add_account(session, "青石公安")
    saw(session, account, T - DAY, T - 7 * DAY)
    assert unproven(session, survey(session, T + timedelta(hours=1)))
    planned(session, T + timedelta(hours=1))
    assert not unproven(session, survey(session, T + timedelta(hours=2)))
    other = add_account(session, "青石水利")
    assert unproven(session, survey(session, T + timedelta(hours=2)))
    saw(session, other, T + timedelta(hours=3), T - 30 * DAY, sweep=T)
    assert not unproven(session, survey(session, T + timedelta(hours=4)))


def leftover(session: Session, planned: datetime, now: datetime) -> Leftover:
    """What `sweep run` finds at `now` of one planned for T and interrupted at once."""
    add_account(session, "青石公安")
    plan_run(
        session,
        at=T,
        now=planned,
        catalogue=KNOWN,
        credentials=NOBODY,
        window_days=14,
        filters=FRESHNESS,
    )
    found = left_over(session, T, FRESHNESS, now)
    assert found is not None and found.left == 1
    return found


@pytest.mark.parametrize(
    ("planned", "now", "same"),
    [
        (-30, -28, True),  # two hours later on the same day
        (-40, -20, False),  # the next day has its own share
        (-10, 0, False),  # T has come: there is more to prove than the day's share
        (0, 20, True),
        (1, 24, True),
    ],
)
def test_a_days_share_is_gone_on_with_on_that_day_and_what_t_needs_from_t_on(
    session: Session, planned: int, now: int, same: bool
) -> None:
    found = leftover(session, T + timedelta(hours=planned), T + timedelta(hours=now))
    assert (found.same, found.replanned) == (same, not same)


def test_sources_of_one_host_share_its_room_and_its_minutes(session: Session) -> None:
    twin = checker(
        platform="kuaishou",
        sources=(Source("page", ALL_PROOFS),),
        hosts={"d.example": Pace(60.0, per_run=5)},
    )
    known = catalogue(checker(), SLOW, twin)
    for number in range(4):
        add_account(session, f"抖音{number}", platform="douyin")
        add_account(session, f"快手{number}", platform="kuaishou")
    due = survey_of(
        session,
        at=T,
        now=T,
        catalogue=known,
        credentials=NOBODY,
        fresh_days=14,
        filters=FRESHNESS,
    )
    budgets = Budgets(known, {})
    rows = host_plans(Week.of(due, budgets), budgets, {"d.example": 0})
    assert {row.host for row in rows} == {"d.example"}
    assert sum(row.due_now for row in rows) == 8
    assert sum(row.requests for row in rows) == 5
    assert sum(row.next_run for row in rows) == 3
    assert minutes_in_all(rows) == 5.0


@pytest.mark.parametrize(
    ("pace", "hours", "a_day"),
    [
        ({"min_gap": 600.0, "per_run": 40, "daily": 3}, 24, 3),
        ({"min_gap": 600.0, "per_run": 40, "daily": 30}, 1, 6),
        ({"min_gap": 86400.0, "per_run": 40, "daily": 3}, 2, 1),
        ({"per_run": 0}, 24, 0),
    ],
)
def test_no_day_of_a_plan_holds_more_than_its_budget_and_what_no_day_holds_is_named(
    session: Session, pace: dict[str, float], hours: float, a_day: int
) -> None:
    for number in range(30):
        add_account(session, f"抖音{number}", platform="douyin")
    budgets = Budgets(KNOWN, {"d.example": pace}, hours)
    for now in (T - 2 * DAY, T):
        told = Week.of(survey(session, now), budgets)
        (host,) = host_plans(told, budgets, {})
        ahead, made = now < T, 3 * a_day if now < T else a_day
        assert all(load.checks <= a_day and load.hours <= hours for load in host.days)
        assert sum(load.checks for load in host.days) == made
        if ahead or not a_day:
            assert (host.unfit, host.next_run) == (30 - made, 0)
        else:
            assert (host.unfit, made + host.overtime + host.next_run) == (0, 30)
        fits = [row.fits for row in check_plans(told, survey(session, now).choice, budgets, {})]
        assert fits.count(True) == made


def test_what_today_has_no_room_for_is_left_to_a_later_day_only_where_one_has_room(
    session: Session,
) -> None:
    for number in range(9):
        add_account(session, f"抖音{number}", platform="douyin")
    budgets = Budgets(KNOWN, {"d.example": {"per_run": None, "daily": 3}})
    told = Week.of(survey(session, T - 2 * DAY), budgets)
    (host,) = host_plans(told, budgets, {"d.example": 3})
    assert (host.due_now, host.next_run, host.unfit) == (3, 0, 3)
    with_room = Budgets(KNOWN, {"d.example": {"per_run": None, "daily": 4}})
    told = Week.of(survey(session, T - 2 * DAY), with_room)
    (host,) = host_plans(told, with_room, {"d.example": 4})
    assert (host.due_now, host.next_run, host.tomorrow, host.unfit) == (4, 3, 3, 1)


def test_looks_for_freshness_that_can_prove_none_are_counted(session: Session) -> None:
    card = checker(
        platform="douyin",
        sources=(Source("card", frozenset({Proof.EXISTENCE}), _FRESHNESS_TOO),),
        hosts={"d.example": Pace(60.0, per_run=5)},
    )
    known = catalogue(checker(), card)
    add_account(session, "抖音", platform="douyin")
    add_account(session, "青石公安")
    looked = survey_of(
        session,
        at=T,
        now=T,
        catalogue=known,
        credentials=NOBODY,
        fresh_days=14,
        soon_days=10,
        filters=FRESHNESS,
    )
    budgets = Budgets(known, {})
    rows = host_plans(Week.of(looked, budgets), budgets, {})
    assert {row.platform: row.blind for row in rows} == {"douyin": 1, "weibo": 0}
