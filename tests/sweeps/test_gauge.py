"""How a run gets on, read off its lanes."""

from __future__ import annotations

from collections import Counter

import pytest

from checkers.base import Pace
from registry.vocab import Reason
from sweeps.driving.agenda import Agenda
from sweeps.gauge import Gauge, HostStanding, Standing
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes
from sweeps.run import Progress

GAPS = {"m.weibo.cn": 30.0, "b.example": 2.0}


def begins(lane: str) -> tuple[str, float]:
    """`platform:source:host` begins at its host."""
    host = lane.rpartition(":")[2]
    return host, GAPS.get(host, 1.0)


def run(lanes: Lanes, *ahead: tuple[str, int], planned: int = 100, done: int = 0) -> Progress:
    return Progress(planned, done, Counter(), lanes, lambda: ahead)


def hosts(standing: Standing) -> dict[str, HostStanding]:
    return {host.host: host for host in standing.hosts}


def test_what_waits_is_in_the_lane_or_has_not_begun() -> None:
    lanes = Lanes({"m.weibo.cn": Pace(30.0), "b.example": Pace(2.0)})
    for ticket in range(5):
        lanes.add(ticket, "m.weibo.cn")
    lanes.add(9, "b.example")
    standing = Gauge(begins).read(run(lanes, ("weibo:page:m.weibo.cn", 7), done=3), 0.0)
    weibo, other = standing.hosts
    assert (weibo.host, weibo.waiting, weibo.seconds_left) == ("m.weibo.cn", 12, 360.0)
    assert (other.waiting, other.seconds_left) == (1, 2.0)
    assert (standing.planned, standing.done, standing.seconds_left) == (100, 3, 360.0)


def test_a_host_whose_checks_have_not_begun_is_there_and_one_that_asks_nobody_is_not() -> None:
    standing = Gauge(begins).read(run(Lanes({}), ("site:home:b.example", 10), ("", 50)), 0.0)
    assert standing.hosts == (HostStanding("b.example", 0, 10, 0.0, 0.0, None, 20.0),)


def test_under_way_is_neither_done_nor_waiting() -> None:
    lanes = Lanes({"b.example": Pace(2.0)})
    lanes.add(1, "b.example")
    lanes.add(2, "b.example")
    assert lanes.due(0.0, 9) == [1]
    assert hosts(Gauge(begins).read(run(lanes), 0.0))["b.example"].done == 0
    lanes.finished("b.example", 1)
    read = hosts(Gauge(begins).read(run(lanes), 0.0))["b.example"]
    assert (read.done, read.waiting) == (1, 1)


def test_what_was_refused_is_not_done_and_what_drips_is_counted() -> None:
    lanes = Lanes({"a.example": Pace(2.0), "b.example": Pace(2.0)})
    for ticket, name in enumerate(("a.example", "b.example")):
        lanes.add(ticket, name)
        lanes.due(0.0, 9)
        lanes.finished(name, ticket)
    lanes.refused("a.example")
    lanes.overdue("b.example")
    standing = Gauge(begins).read(run(lanes), 0.0)
    read = hosts(standing)
    assert (read["a.example"].done, read["a.example"].refused) == (0, 1)
    assert (read["b.example"].done, read["b.example"].overdue) == (1, 1)
    assert standing.refused == 1
    lanes.good("b.example")
    assert hosts(Gauge(begins).read(run(lanes), 0.0))["b.example"].overdue == 0


def test_the_rate_is_that_of_the_last_minute() -> None:
    lanes, gauge = Lanes({}), Gauge(begins)
    lane = lanes.lane("b.example")
    rates = []
    for now, sent in ((0.0, 0), (30.0, 30), (60.0, 60), (90.0, 60), (125.0, 60)):
        lane.sent = sent
        rates.append(hosts(gauge.read(run(lanes), now))["b.example"].per_minute)
    assert rates == [0.0, 60.0, 60.0, 30.0, 0.0]


def test_a_cooling_host_waits_on_top_and_a_stopped_one_no_more() -> None:
    lanes = Lanes({"m.weibo.cn": Pace(30.0, cool_down=300.0), "b.example": Pace(2.0)})
    for host in ("m.weibo.cn", "b.example"):
        lanes.add(hash(host), host)
    lanes.cool("m.weibo.cn", None, 100.0)
    lanes.stop("b.example", Stop(Reason.CAPTCHA))
    read = hosts(Gauge(begins).read(run(lanes), 160.0))
    assert (read["m.weibo.cn"].cooling, read["m.weibo.cn"].seconds_left) == (240.0, 270.0)
    assert (read["b.example"].stopped, read["b.example"].seconds_left) == (
        Stop(Reason.CAPTCHA),
        0.0,
    )
    assert Gauge(begins).read(run(lanes), 500.0).hosts[0].cooling == 0.0


def test_a_budget_bounds_what_is_left() -> None:
    lanes = Lanes({"m.weibo.cn": Pace(30.0, per_run=40)})
    read = Gauge(begins).read(run(lanes, ("weibo:page:m.weibo.cn", 1000)), 0.0)
    assert hosts(read)["m.weibo.cn"].waiting == 1000
    lanes.lane("m.weibo.cn")
    read = Gauge(begins).read(run(lanes, ("weibo:page:m.weibo.cn", 1000)), 0.0)
    assert hosts(read)["m.weibo.cn"].seconds_left == 1200.0


def test_several_ways_to_one_host_are_one_row_and_share_what_waits() -> None:
    class Two(list[object]):
        """Lanes of two ways out."""

    first, second = (Lanes({"m.weibo.cn": Pace(30.0)}) for _way in range(2))
    lanes = Two([first.lane("m.weibo.cn"), second.lane("m.weibo.cn")])
    progress = Progress(9, 0, Counter(), lanes, lambda: [("weibo:page:m.weibo.cn", 10)])  # type: ignore[arg-type]
    (read,) = Gauge(begins).read(progress, 0.0).hosts
    assert (read.waiting, read.seconds_left) == (10, 150.0)


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_an_agenda_tells_what_is_ahead(taken: int) -> None:
    owed = [(1, "a"), (2, "a"), (3, "a"), (4, "b")]
    made = Agenda(owed, lambda ids: [*ids])  # type: ignore[list-item]
    made.take("a", taken)
    assert sorted(made.ahead()) == [("a", 3 - taken)] * (taken < 3) + [("b", 1)]
