"""Lanes of several ways out: who goes where, who stays, and what happens when one goes away."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from checkers.base import Pace, Request, Response, Steps, Target
from registry.vocab import Outcome, Reason
from sweeps.driving.agenda import Agenda
from sweeps.driving.course import Result
from sweeps.driving.engine import Engine
from sweeps.lanes.egresses import Egresses
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes
from sweeps.network.credentials import Credentials
from sweeps.network.tokens import Tokens
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, KeepingRecorder, catalogue, checker, facts
from tests.sweeps.test_engine import planned

HOST = "m.weibo.cn"
SLOW = {HOST: Pace(10.0)}


def egresses(*names: str, paces: Any = SLOW, home: int = 4, **options: Any) -> Egresses:
    """Lanes of these egresses, four requests at once each."""
    made = Egresses(lambda egress: Lanes(paces, egress=egress), home=home, **options)
    for name in names:
        made.seat(name, 4)
    return made


def added(lanes: Egresses, *tickets: int, host: str = HOST) -> list[str]:
    """Queue new checks, each on the lane that it is given."""
    names = []
    for ticket in tickets:
        names.append(lanes.route(host))
        lanes.add(ticket, names[-1], fresh=True)
    return names


def test_each_egress_asks_at_the_hosts_pace() -> None:
    lanes = egresses("east", "west")
    assert sorted(added(lanes, 1, 2, 3, 4)) == [f"{HOST}@east"] * 2 + [f"{HOST}@west"] * 2
    started = lanes.due(0.0, 8)
    assert sorted(map(lanes.egress, started)) == ["east", "west"]
    assert lanes.due(5.0, 8) == []
    for ticket in started:
        lanes.finished(f"{HOST}@{'east' if ticket in (1, 3) else 'west'}", ticket, 0.0)
    assert len(lanes.due(10.1, 8)) == 2


def test_a_request_takes_the_way_that_is_free_first() -> None:
    lanes = egresses("east", "west")
    first, second = added(lanes, 1), added(lanes, 2)
    assert {*first, *second} == {f"{HOST}@east", f"{HOST}@west"}
    (ticket,) = lanes.due(0.0, 1)
    started = (first + second)[ticket - 1]
    lanes.seat("north", 4)
    waiting = [ticket for ticket, _why in lanes.spilled()]
    assert set(added(lanes, *waiting, 3)) == {f"{HOST}@north", *({*first, *second} - {started})}


def test_what_waits_is_dealt_anew_when_an_egress_joins() -> None:
    lanes = egresses("east")
    added(lanes, 1, 2, 3, 4)
    assert lanes.due(0.0, 8) == [1]
    lanes.seat("west", 4)
    waiting = [ticket for ticket, why in lanes.spilled() if not why]
    assert waiting == [2, 3, 4]
    assert added(lanes, *waiting) == [f"{HOST}@west", f"{HOST}@east", f"{HOST}@west"]


def test_no_egress_is_given_more_than_it_can_take() -> None:
    lanes = egresses("east", paces={HOST: Pace(0.0, in_flight=100)})
    added(lanes, *range(9))
    assert len(lanes.due(0.0, 100)) == 4
    assert lanes.due(0.0, 100) == []
    assert lanes.next_due() is None


def test_what_carries_a_credential_goes_out_at_home_and_so_does_what_follows() -> None:
    lanes = egresses("east")
    assert lanes.route(HOST, home=True) == HOST
    assert lanes.route("other.cn", like=HOST) == "other.cn"
    chosen = egresses("east", "west", credentials="west")
    assert chosen.route(HOST, home=True) == f"{HOST}@west"


def test_a_continuation_takes_the_way_of_what_came_before() -> None:
    lanes = egresses("east", "north", "west")
    assert {lanes.route("a.cn", like=f"{HOST}@north") for _again in range(5)} == {"a.cn@north"}


def test_what_waits_for_an_egress_that_is_given_up_takes_another() -> None:
    lanes = egresses("east", "west")
    added(lanes, 1, 2, 3, 4)
    lanes.seat("east", 0)
    assert lanes.spilled() == []
    lanes.leave("east")
    moved = lanes.spilled()
    assert len(moved) == 2 and all(why is None for _ticket, why in moved)
    assert lanes.route(HOST, like=f"{HOST}@east") == f"{HOST}@west"


def test_an_egress_that_comes_back_in_time_finds_what_waits_for_it() -> None:
    lanes = egresses("east")
    added(lanes, 1)
    lanes.seat("east", 0)
    assert lanes.due(0.0, 8) == []
    assert lanes.next_due() == math.inf
    lanes.seat("east", 4)
    assert lanes.due(0.0, 8) == [1]


def test_an_egress_that_was_away_has_not_lost_count() -> None:
    lanes = egresses("east", paces={HOST: Pace(10.0, per_run=1)})
    added(lanes, 1)
    assert lanes.due(0.0, 8) == [1]
    lanes.finished(f"{HOST}@east", 1, 0.0)
    lanes.leave("east")
    lanes.seat("east", 4)
    stop = lanes.closed(f"{HOST}@east")
    assert stop is not None and stop.by_us


def test_without_any_egress_tickets_wait_for_the_first_to_come() -> None:
    lanes = egresses()
    added(lanes, 1, 2)
    assert lanes.due(0.0, 8) == [] and lanes.next_due() == math.inf
    lanes.seat("east", 4)
    assert lanes.spilled() == [(1, None), (2, None)]
    assert lanes.route(HOST) == f"{HOST}@east"


def test_a_wall_closes_one_egress_and_new_checks_take_another() -> None:
    lanes = egresses("east", "west")
    names = added(lanes, 1, 2, 3, 4)
    (started,) = lanes.due(0.0, 1)
    walled = names[started - 1]
    lanes.finished(walled, started, 0.0)
    lanes.wall(walled, Reason.BLOCKED)
    assert lanes.closed(walled) == Stop(Reason.BLOCKED)
    assert [why for _ticket, why in lanes.spilled()] == [None]
    assert lanes.route(HOST) not in {walled, HOST}


def test_what_has_begun_behind_a_wall_is_not_asked_from_elsewhere() -> None:
    lanes = egresses("east", "west")
    lanes.add(1, f"{HOST}@east")
    lanes.wall(f"{HOST}@east", Reason.BLOCKED)
    assert lanes.spilled() == [(1, Stop(Reason.BLOCKED))]


def test_a_host_that_has_refused_two_egresses_is_left_alone_by_all() -> None:
    lanes = egresses("east", "north", "west")
    lanes.wall(f"{HOST}@east", Reason.BLOCKED)
    assert lanes.closed(f"{HOST}@west") is None
    lanes.wall(f"{HOST}@north", Reason.CAPTCHA)
    assert lanes.closed(f"{HOST}@west") == Stop(Reason.CAPTCHA)
    lanes.add(1, f"{HOST}@west", fresh=True)
    assert lanes.closed(lanes.route(HOST)) is not None


def test_a_host_that_asks_one_egress_to_wait_is_asked_by_others() -> None:
    lanes = egresses("east", "west")
    lanes.add(0, f"{HOST}@east", fresh=True)
    assert lanes.cool(f"{HOST}@east", 60.0, 0.0)
    assert lanes.spilled() == [(0, None)]
    assert added(lanes, 0, 1) == [f"{HOST}@west"] * 2
    assert lanes.cool(f"{HOST}@east", 60.0, 60.0) is False


# --- the driver and requests that are lost with their worker -------------------------------------


class Forgetful(FakeWorkers):
    """Loses the first so many requests."""

    def __init__(self, clock: FakeClock, losses: int) -> None:
        super().__init__(clock, self.answer)
        self._losses = losses

    def answer(self, request: Request) -> Response:
        return Response(request.url, 200, body=NOW.isoformat().encode(), fetched_at=NOW)

    def collect(self, seconds: float) -> Any:
        return [(ticket, self._kept(answer)) for ticket, answer in super().collect(seconds)]

    def _kept(self, response: Response) -> Response | None:
        self._losses -= 1
        return None if self._losses >= 0 else response


def result_of(script: Any, losses: int) -> tuple[Result, FakeWorkers, KeepingRecorder]:
    """How one check ends whose first so many requests are lost."""
    clock = FakeClock()
    workers, recorder = Forgetful(clock, losses), KeepingRecorder()
    known = catalogue(checker(script, hosts={"127.0.0.1": Pace(1.0)}))
    engine = Engine(
        known,
        lanes=Lanes({"127.0.0.1": Pace(1.0)}),
        workers=workers,
        tokens=Tokens(Credentials.of(known, {})),
        recorder=recorder,
        clock=clock,
    )
    results: list[Result] = []
    one = planned(1, url="http://127.0.0.1/1")
    engine.run(
        Agenda([(1, "127.0.0.1")], lambda ids: [one]),
        lambda finished: results.extend(result for _planned, result in finished),
    )
    (result,) = results
    return result, workers, recorder


def posting(target: Target, _source: str) -> Steps:
    """A check that asks with a POST."""
    response: Response = yield Request(target.url, "POST", body=b"x")
    return facts(datetime.fromisoformat(response.usable().text()))


def visiting(target: Target, _source: str) -> Steps:
    """A visit of which a fault would be a fact."""
    response: Response = yield Request(target.url, once=True)
    return facts(datetime.fromisoformat(response.usable().text()))


def test_a_lost_request_is_asked_again_in_its_lane_and_counts_as_nothing() -> None:
    result, workers, recorder = result_of(visiting, losses=3)
    assert result.outcome is Outcome.READ
    moments = [at for at, _request in workers.asked]
    assert len(moments) == 4
    assert all(b - a >= 1.0 for a, b in zip(moments, moments[1:], strict=False))
    assert len(recorder.kept) == 1


def test_a_visit_that_is_lost_again_and_again_says_nothing_about_the_host() -> None:
    result, workers, _recorder = result_of(visiting, losses=100)
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, Reason.INTERRUPTED)
    assert len(workers.asked) == 11


def test_a_lost_request_that_may_have_done_something_is_a_failed_one() -> None:
    result, _workers, recorder = result_of(posting, losses=100)
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, Reason.CONNECTION)
    assert {
        response.failure.reason for _request, response in recorder.kept if response.failure
    } == {Reason.CONNECTION}
