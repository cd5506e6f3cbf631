"""Lanes: order, gaps, limits, rests and walls, in seconds that the test gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers.base import Pace
from registry.errors import BadConfig
from sweeps.lanes import DEFAULT_PACE, Lanes

HOST = "m.weibo.cn"


def lanes(**settings: float) -> Lanes:
    pace = Pace(30.0, **settings)  # type: ignore[arg-type]
    return Lanes({HOST: pace})


def test_two_requests_to_one_host_start_the_gap_apart() -> None:
    held = lanes(in_flight=5)
    held.add(1, HOST)
    held.add(2, HOST)
    assert held.due(100.0, 9) == [1]
    assert held.next_due() == 130.0
    assert held.due(129.9, 9) == []
    assert held.due(130.0, 9) == [2]


def test_hosts_do_not_wait_for_each_other() -> None:
    held = Lanes({"a.example": Pace(30.0), "b.example": Pace(1.0)})
    for ticket, host in enumerate(["a.example", "a.example", "b.example", "b.example"]):
        held.add(ticket, host)
    assert held.due(0.0, 9) == [0, 2]
    held.finished("b.example")
    assert held.due(1.0, 9) == [3]


def test_no_more_requests_are_in_flight_than_the_host_allows() -> None:
    held = lanes()
    held.add(1, HOST)
    held.add(2, HOST)
    assert held.due(0.0, 9) == [1]
    assert held.due(100.0, 9) == []
    assert held.next_due() is None
    held.finished(HOST)
    assert held.due(100.0, 9) == [2]


def test_no_more_tickets_start_than_there_is_room_for_and_the_rest_keeps_its_turn() -> None:
    held = Lanes({})
    held.add(1, "a.example")
    held.add(2, "b.example")
    assert held.due(0.0, 1) == [1]
    assert held.due(0.0, 1) == [2]


def test_checks_under_way_go_before_new_ones() -> None:
    held = lanes(in_flight=5)
    held.add(1, HOST, fresh=True)
    held.add(2, HOST)
    assert held.due(0.0, 9) == [2]
    assert held.due(30.0, 9) == [1]


def test_a_retry_waits_for_its_time_and_then_goes_first() -> None:
    held = Lanes({HOST: Pace(1.0, in_flight=5)})
    held.add(1, HOST, not_before=10.0)
    held.add(2, HOST)
    held.add(3, HOST)
    assert held.due(0.0, 9) == [2]
    assert held.due(10.0, 9) == [1]
    assert held.due(11.0, 9) == [3]


def test_a_host_that_no_checker_names_gets_the_default_pace_and_three_walls() -> None:
    held = Lanes({})
    lane = held.lane("www.qingshi.example")
    assert (lane.pace, lane.patience) == (DEFAULT_PACE, 3)
    held.wall(lane.host, "captcha")
    held.wall(lane.host, "captcha")
    assert held.closed(lane.host) == ""
    held.wall(lane.host, "captcha")
    assert held.closed(lane.host) == "captcha"


def test_a_good_answer_forgives_earlier_walls() -> None:
    held = Lanes({})
    for _round in range(5):
        held.wall("a.example", "blocked")
        held.wall("a.example", "blocked")
        held.good("a.example")
    assert held.closed("a.example") == ""


def test_one_wall_closes_a_named_host_and_spills_what_waits() -> None:
    held = lanes()
    held.add(1, HOST, fresh=True)
    held.add(2, HOST)
    held.wall(HOST, "login wall")
    assert held.spilled() == [(2, "login wall"), (1, "login wall")]
    assert held.spilled() == []
    assert held.due(1000.0, 9) == []
    assert held.next_due() is None


def test_a_429_rests_the_lane_as_long_as_the_host_asks() -> None:
    held = lanes()
    held.add(1, HOST)
    assert held.cool(HOST, 120.0, now=50.0)
    assert held.due(169.0, 9) == []
    assert held.due(170.0, 9) == [1]


def test_a_429_without_a_time_rests_as_the_pace_says() -> None:
    held = lanes(cool_down=400.0)
    held.add(1, HOST)
    held.cool(HOST, None, now=0.0)
    assert held.next_due() == 400.0


def test_a_second_429_closes_the_host() -> None:
    held = lanes()
    assert held.cool(HOST, 1.0, now=0.0)
    assert not held.cool(HOST, 1.0, now=5.0)
    assert held.closed(HOST) == "rate limited"


def test_a_rest_beyond_an_hour_closes_the_host() -> None:
    held = lanes()
    assert not held.cool(HOST, 86400.0, now=0.0)
    assert held.closed(HOST)


def test_the_budget_of_a_run_closes_the_lane_and_spills_the_rest() -> None:
    held = Lanes({HOST: Pace(1.0, per_run=2, in_flight=9)})
    for ticket in range(4):
        held.add(ticket, HOST)
    assert [held.due(float(second), 9) for second in range(3)] == [[0], [1], []]
    assert [ticket for ticket, _why in held.spilled()] == [2, 3]
    assert "2" in held.closed(HOST)


def test_a_port_of_its_own_keeps_the_pace_of_the_host_name() -> None:
    assert Lanes({"rss.example": Pace(5.0)}).lane("rss.example:1200").pace == Pace(5.0)


def test_a_source_may_name_the_pace_of_hosts_that_nobody_names() -> None:
    held = Lanes({HOST: Pace(30.0)}, {"slow.example": {"min_gap": 9}})
    for host in ("rss.example:1200", HOST, "slow.example"):
        held.expect(host, Pace(5.0))
    assert held.lane("rss.example:1200").pace == Pace(5.0)
    assert not held.named("rss.example:1200")
    assert held.lane(HOST).pace == Pace(30.0)
    assert held.lane("slow.example").pace == Pace(9)


def test_settings_are_laid_over_the_paces_of_the_checkers() -> None:
    held = Lanes({HOST: Pace(30.0, 40)}, {HOST: {"min_gap": 60}, "x.example": {"in_flight": 4}})
    assert held.lane(HOST).pace == Pace(60, 40)
    assert held.lane("x.example").pace == Pace(3.0, in_flight=4)


@pytest.mark.parametrize("settings", [{"gap": 3}, {"min_gap": "often"}, {"in_flight": 0}])
def test_a_setting_that_is_no_pace_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(BadConfig):
        Lanes({}, {HOST: settings})


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 20), st.booleans()), min_size=1, max_size=40
    )
)
def test_every_ticket_starts_once_and_gaps_hold_whatever_the_order(
    asked: list[tuple[str, float, bool]],
) -> None:
    held = Lanes({"a": Pace(2.0, in_flight=2), "b": Pace(0.0, in_flight=1)}, default=Pace(5.0))
    for ticket, (host, later, retry) in enumerate(asked):
        held.add(ticket, host, not_before=later if retry else None)
    now, started = 0.0, list[tuple[float, int]]()
    while (when := held.next_due()) is not None:
        now = max(now, when)
        for ticket in held.due(now, 3):
            started.append((now, ticket))
            held.finished(asked[ticket][0])
    assert sorted(ticket for _at, ticket in started) == list(range(len(asked)))
    for host, gap in {"a": 2.0, "b": 0.0, "c": 5.0}.items():
        times = [at for at, ticket in started if asked[ticket][0] == host]
        assert all(later >= earlier + gap for earlier, later in zip(times, times[1:]))
