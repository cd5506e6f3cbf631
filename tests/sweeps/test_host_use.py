"""Budgets of a day: counted over runs, apart from observations only while something is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from checkers.base import Checker, Pace, Request, Response
from checkers.loading import Catalogue
from registry.db import Registry
from registry.models import Run
from registry.vocab import Outcome, Reason
from sweeps.lanes.host_use import DayBook, add_use, used
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes
from sweeps.lanes.pauses import kept_pauses
from sweeps.lanes.stops import HostStop
from sweeps.network.credentials import Credentials
from sweeps.planning.plan import plan_run
from sweeps.run import RunResult, Settings, run
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, add_account, catalogue, checker

HOST = "page.example"
DAY, NEXT = date(2026, 11, 22), date(2026, 11, 23)


def page(pace: Pace) -> Checker:
    return checker(hosts={HOST: pace})


class Desk:
    """A registry with some accounts on one host, and its runs."""

    def __init__(self, registry: Registry, accounts: int, pace: Pace) -> None:
        self.registry = registry
        self.known = catalogue(page(pace))
        self.asked: list[float] = []
        self.clock = FakeClock()
        with registry.write() as session:
            for number in range(accounts):
                add_account(session, f"青石{number}", url=f"https://{HOST}/{number}")

    def sweep(
        self,
        reply: Callable[[Request], Response] | None = None,
        settings: Settings = Settings(),
        known: Catalogue | None = None,
    ) -> RunResult:
        known = known or self.known
        credentials = Credentials.of(known, {})
        with self.registry.write() as session:
            uid = plan_run(
                session,
                at=NOW,
                now=self.clock.now(),
                catalogue=known,
                credentials=credentials,
                window_days=14,
            ).uid
        workers = FakeWorkers(self.clock, reply or says_now)
        result = run(
            self.registry,
            uid,
            known,
            credentials=credentials,
            clock=self.clock,
            settings=settings,
            workers=workers,
        )
        self.asked = [at for at, _request in workers.asked]
        return result

    def used(self, day: date = DAY) -> dict[str, int]:
        with self.registry.read() as session:
            return used(session, day)


def says_now(request: Request) -> Response:
    return Response(request.url, 200, {}, NOW.isoformat().encode(), NOW)


def test_a_days_budget_is_shared_by_its_runs_and_the_rest_goes_on_the_next_day(
    registry: Registry,
) -> None:
    desk = Desk(registry, 5, Pace(1.0, daily=3))
    first = desk.sweep()
    assert first.outcomes == {Outcome.READ: 3, Outcome.INCONCLUSIVE: 2}
    assert first.reasons == {Reason.OWN_LIMIT: 2}
    assert (len(desk.asked), desk.used()) == (3, {HOST: 3})
    second = desk.sweep()
    assert (desk.asked, second.reasons) == ([], {Reason.OWN_LIMIT: 2})
    desk.clock.wait(86400.0)
    third = desk.sweep()
    assert third.outcomes == {Outcome.READ: 2}
    assert (desk.used(), desk.used(NEXT)) == ({HOST: 3}, {HOST: 2})


@pytest.mark.parametrize(
    ("pace", "stop"),
    [
        (Pace(1.0, daily=3), HostStop(HOST, Reason.OWN_LIMIT, "daily", 3)),
        (Pace(1.0, per_run=2), HostStop(HOST, Reason.OWN_LIMIT, "per_run", 2)),
    ],
)
def test_a_run_keeps_why_it_let_a_host_alone(
    registry: Registry, pace: Pace, stop: HostStop
) -> None:
    desk = Desk(registry, 5, pace)
    assert desk.sweep().stopped == (stop,)
    with registry.read() as session:
        (options,) = session.scalars(select(Run.options))
    assert HostStop.stored(options) == (stop,)


def test_a_run_that_lets_no_host_alone_keeps_nothing_of_it(registry: Registry) -> None:
    assert Desk(registry, 2, Pace(1.0, per_run=2)).sweep().stopped == ()


def test_the_office_may_set_the_whole_pace(registry: Registry) -> None:
    desk = Desk(registry, 3, Pace(1.0, daily=1))
    desk.sweep(settings=Settings(pace={HOST: {"min_gap": 7, "daily": 2}}))
    assert [round(later - first, 1) for first, later in zip(desk.asked, desk.asked[1:])] == [7.0]


def test_midnight_in_shanghai_brings_a_new_budget_to_a_run_that_lasts(registry: Registry) -> None:
    desk = Desk(registry, 6, Pace(600.0, daily=4))
    # 23:45 in Shanghai: two requests before midnight, four after
    desk.clock.began = datetime(2026, 11, 22, 15, 45, tzinfo=UTC)
    assert desk.sweep().outcomes == {Outcome.READ: 6}
    assert (desk.used(), desk.used(NEXT)) == ({HOST: 2}, {HOST: 4})


def test_what_a_broken_off_run_asked_is_counted_though_it_came_to_nothing(
    registry: Registry,
) -> None:
    desk = Desk(registry, 3, Pace(1.0, daily=9))

    def interrupted(request: Request) -> Response:
        if request.url.endswith("/1"):
            raise KeyboardInterrupt
        return says_now(request)

    try:
        desk.sweep(interrupted)
    except KeyboardInterrupt:
        assert desk.used() == {HOST: 2}
    else:
        raise AssertionError("nobody interrupted it")


def test_a_failed_try_and_each_further_one_count(registry: Registry) -> None:
    desk = Desk(registry, 1, Pace(1.0, daily=9))
    desk.sweep(lambda request: Response(request.url, 500, {}, b"", NOW))
    assert desk.used() == {HOST: 3}


def test_use_adds_up_by_egress_host_and_day(registry: Registry) -> None:
    with registry.write() as session:
        add_use(session, {(DAY, "a.example"): 2, (NEXT, "a.example"): 5})
        add_use(session, {(DAY, "a.example"): 3, (DAY, "b.example"): 1})
        add_use(session, {(DAY, "a.example"): 7}, egress="cloud")
        add_use(session, {})
    with registry.read() as session:
        assert used(session, DAY) == {"a.example": 5, "b.example": 1}
        assert used(session, NEXT) == {"a.example": 5}
        assert used(session, DAY, "cloud") == {"a.example": 7}


def test_each_egress_has_a_budget_of_its_own_and_one_that_joins_late_is_told_the_day(
    registry: Registry,
) -> None:
    with registry.write() as session:
        add_use(session, {(DAY, HOST): 4}, egress="cloud")
    clock, ways = FakeClock(), list[Lanes]()
    book = DayBook(registry, clock, lambda: ways)
    ways.append(Lanes({HOST: Pace(0.0, in_flight=9, daily=5)}))
    book.turn()
    ways.append(Lanes({HOST: Pace(0.0, in_flight=9, daily=5)}, egress="cloud"))
    for lanes in ways:
        for ticket in range(3):
            lanes.add(ticket, HOST)
    # asked before anybody said which day it is: counted once somebody does
    assert ways[1].due(0.0, 1) == [0]
    book.turn()
    assert [len(lanes.due(0.0, 9)) for lanes in ways] == [3, 0]
    assert ways[1].closed(HOST) == Stop(Reason.OWN_LIMIT, "daily", 5)
    book.close()
    with registry.read() as session:
        assert used(session, DAY) == {HOST: 3}
        assert used(session, DAY, "cloud") == {HOST: 5}


def test_a_day_that_begins_leaves_nothing_of_the_last_one() -> None:
    lanes = Lanes({HOST: Pace(0.0, in_flight=9, daily=2)})
    lanes.begin_day(DAY, {HOST: 1})
    lanes.add(0, HOST)
    lanes.add(1, HOST)
    assert lanes.due(0.0, 1) == [0]
    lanes.begin_day(NEXT, {})
    assert lanes.due(0.0, 9) == [1]
    assert lanes.counted() == {(DAY, HOST): 1, (NEXT, HOST): 1}
    assert lanes.counted() == {}


def refuses(status: int, wait: str) -> Callable[[Request], Response]:
    return lambda request: Response(request.url, status, {"retry-after": wait}, b"x", NOW)


@pytest.mark.parametrize("status", [412, 429, 503])
def test_a_pause_that_a_host_asked_for_is_heeded_by_later_runs_until_its_end(
    registry: Registry, status: int
) -> None:
    desk = Desk(registry, 3, Pace(1.0))
    (stop,) = desk.sweep(refuses(status, "86400")).stopped
    assert (len(desk.asked), stop.until[:16]) == (1, "2026-11-23T01:00")
    with registry.read() as session:
        assert set(kept_pauses(session, desk.clock.now())) == {HOST}
    second = desk.sweep()
    assert (desk.asked, second.reasons) == ([], {Reason.HOST_BLOCKED: 3})
    desk.clock.wait(86400.0)
    assert desk.sweep().outcomes == {Outcome.READ: 3}


def test_a_short_pause_is_waited_for_by_the_next_run(registry: Registry) -> None:
    desk = Desk(registry, 2, Pace(1.0))
    desk.sweep(refuses(412, "600"))
    assert desk.sweep().outcomes == {Outcome.READ: 2}
    assert desk.asked[0] >= 600.0


def test_no_pause_is_kept_for_longer_than_a_week(registry: Registry) -> None:
    desk = Desk(registry, 1, Pace(1.0))
    (stop,) = desk.sweep(refuses(429, "9999999")).stopped
    assert stop.until[:10] == "2026-11-29"
