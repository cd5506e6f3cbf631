"""Whose turn it is among requests that could start: early ones, then those of older checks."""

from __future__ import annotations

from checkers.base import Pace
from registry.vocab import Reason
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes

FREE = Pace(0.0, in_flight=100)


def lanes(**paces: Pace) -> Lanes:
    return Lanes(paces)


def test_early_tickets_start_before_those_of_all_lanes() -> None:
    made = lanes(a=FREE, b=FREE, c=FREE)
    for ticket, host in enumerate("aabbcc"):
        made.add(ticket, host)
    made.add(10, "c", turn=-1)
    made.add(11, "b", turn=-1)
    assert made.due(5.0, 3) == [10, 11, 0]
    assert sorted(made.due(5.0, 9)) == [1, 2, 3, 4, 5]


def test_an_early_ticket_keeps_its_hosts_pace_and_its_hosts_limit() -> None:
    made = lanes(slow=Pace(3.0), busy=Pace(0.0, in_flight=1))
    made.add(1, "slow", turn=-1)
    made.add(2, "slow", turn=-1)
    made.add(3, "busy", turn=-1)
    made.add(4, "busy", turn=-1)
    assert made.due(0.0, 9) == [1, 3]
    made.finished("slow", 1, 0.1)
    made.finished("busy", 3, 0.1)
    assert made.due(1.0, 9) == [4]
    assert made.due(3.2, 9) == [2]


def test_an_early_ticket_of_a_closed_lane_is_spilled() -> None:
    made = lanes(a=FREE)
    made.add(1, "a")
    made.add(2, "a", turn=-1)
    made.stop("a", Stop(Reason.CAPTCHA))
    assert made.due(0.0, 9) == []
    assert made.spilled() == [(2, Stop(Reason.CAPTCHA)), (1, Stop(Reason.CAPTCHA))]
    assert made.due(0.0, 9) == []


def test_among_lanes_the_oldest_check_goes_first_and_new_ones_last() -> None:
    made = lanes(a=FREE, b=FREE)
    made.add(1, "a", fresh=True)
    for ticket, host in ((2, "a"), (3, "b"), (4, "a")):
        made.add(ticket, host, turn=8)
    made.add(5, "b", turn=7)
    made.add(6, "b", turn=3, not_before=2.0)
    assert made.due(1.0, 3) == [5, 2, 3]
    assert made.next_due() is not None
    made.add(7, "b", turn=9)
    assert made.due(2.0, 9) == [6, 4, 7, 1]
    assert made.next_due() is None


def test_a_lane_that_may_start_and_then_may_not_loses_its_turn() -> None:
    made = lanes(a=Pace(0.0, in_flight=1), b=FREE)
    made.add(1, "a", turn=1)
    made.add(2, "b", turn=2)
    assert made.due(1.0, 1) == [1]
    made.add(3, "a", turn=1)
    assert made.due(1.0, 9) == [2]
    assert made.next_due() is None
    made.finished("a", 1, 1.2)
    assert made.due(1.3, 9) == [3]


def test_a_retry_whose_time_has_come_takes_its_turn_from_lanes_that_were_waiting() -> None:
    made = lanes(a=FREE, b=FREE)
    for ticket in range(10):
        made.add(ticket, "ab"[ticket % 2], turn=5)
    made.add(20, "b", turn=2, not_before=1.5)
    assert made.due(1.0, 2) == [0, 1]
    assert made.due(1.4, 1) == [2]
    assert made.due(1.5, 2) == [20, 3]


def test_a_retry_waits_for_room_on_its_host() -> None:
    made = lanes(a=Pace(0.0, in_flight=1))
    made.add(1, "a", turn=5)
    made.add(2, "a", turn=5)
    assert made.due(1.0, 1) == [1]
    made.add(3, "a", turn=2, not_before=1.5)
    assert made.due(2.0, 9) == []
    made.finished("a", 1, 1.0)
    assert made.due(2.1, 9) == [3]
    made.finished("a", 3, 2.1)
    assert made.due(2.2, 9) == [2]
