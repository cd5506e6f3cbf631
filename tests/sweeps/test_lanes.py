"""Lanes: order, gaps, limits, rests and walls, in seconds that the test gives."""

from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers.base import Failure, Pace
from registry.errors import BadConfig
from registry.vocab import Reason
from sweeps.lanes.lane import Stop
from sweeps.lanes.stops import KEY, HostStop, stops
from sweeps.lanes.lanes import DEFAULT_PACE, Lanes

HOST = "m.weibo.cn"


def lanes(**settings: float) -> Lanes:
    pace = Pace(30.0, **settings)  # type: ignore[arg-type]
    return Lanes({HOST: pace}, margin=0.0)


def sent(held: Lanes, host: str, now: float, room: int = 9) -> list[int]:
    """What is due at `now`, all of it on the wire at once."""
    tickets = held.due(now, room)
    for ticket in tickets:
        held.went_out(host, ticket, now)
    return tickets


def test_two_requests_to_one_host_start_the_gap_apart() -> None:
    held = lanes(in_flight=5)
    held.add(1, HOST)
    held.add(2, HOST)
    assert sent(held, HOST, 100.0) == [1]
    assert held.next_due() == 130.0
    assert held.due(129.9, 9) == []
    assert held.due(130.0, 9) == [2]


def test_hosts_do_not_wait_for_each_other() -> None:
    held = Lanes({"a.example": Pace(30.0), "b.example": Pace(1.0)}, margin=0.0)
    for ticket, host in enumerate(["a.example", "a.example", "b.example", "b.example"]):
        held.add(ticket, host)
    assert held.due(0.0, 9) == [0, 2]
    held.finished("b.example", 2)
    assert held.due(1.0, 9) == [3]


def test_no_more_requests_are_in_flight_than_the_host_allows() -> None:
    held = lanes()
    held.add(1, HOST)
    held.add(2, HOST)
    assert held.due(0.0, 9) == [1]
    assert held.due(100.0, 9) == []
    assert held.next_due() is None
    held.finished(HOST, 1)
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
    assert sent(held, HOST, 0.0) == [2]
    assert held.due(30.0, 9) == [1]


def test_a_retry_waits_for_its_time_and_then_goes_first() -> None:
    held = Lanes({HOST: Pace(1.0, in_flight=5)}, margin=0.0)
    held.add(1, HOST, not_before=10.0)
    held.add(2, HOST)
    held.add(3, HOST)
    assert sent(held, HOST, 0.0) == [2]
    assert sent(held, HOST, 10.0) == [1]
    assert sent(held, HOST, 11.0) == [3]


def test_a_host_that_no_checker_names_gets_the_default_pace_and_three_walls() -> None:
    held = Lanes({})
    lane = held.lane("www.qingshi.example")
    assert (lane.pace, lane.patience) == (DEFAULT_PACE, 3)
    held.wall(lane.host, Reason.CAPTCHA)
    held.wall(lane.host, Reason.CAPTCHA)
    assert held.closed(lane.host) is None
    held.wall(lane.host, Reason.CAPTCHA)
    assert held.closed(lane.host) == Stop(Reason.CAPTCHA)


def test_a_good_answer_forgives_earlier_walls() -> None:
    held = Lanes({})
    for _round in range(5):
        held.wall("a.example", Reason.BLOCKED)
        held.wall("a.example", Reason.BLOCKED)
        held.good("a.example")
    assert held.closed("a.example") is None


def test_one_wall_closes_a_named_host_and_spills_what_waits() -> None:
    held = lanes()
    held.add(1, HOST, fresh=True)
    held.add(2, HOST)
    held.wall(HOST, Reason.LOGIN_WALL)
    assert held.spilled() == [(2, Stop(Reason.LOGIN_WALL)), (1, Stop(Reason.LOGIN_WALL))]
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
    assert held.closed(HOST) == Stop(Reason.RATE_LIMITED)


def test_a_rest_beyond_an_hour_closes_the_host() -> None:
    held = lanes()
    assert not held.cool(HOST, 86400.0, now=0.0)
    assert held.closed(HOST) == Stop(Reason.RATE_LIMITED, rest=86400.0)


def test_a_budget_used_up_for_the_day_is_not_taken_for_that_of_the_run() -> None:
    held = Lanes({HOST: Pace(1.0, per_run=1, daily=1)}, margin=0.0)
    held.add(1, HOST)
    held.due(0.0, 9)
    assert held.closed(HOST) == Stop(Reason.OWN_LIMIT, "daily", 1)


def test_hosts_let_alone_are_told_once_and_only_where_no_way_out_is_left() -> None:
    here, there = (Lanes({HOST: Pace(1.0, per_run=1)}, egress=way) for way in ("", "east"))
    for ways in (here, there):
        ways.add(1, HOST)
        ways.due(0.0, 9)
    assert here.closed(HOST) and stops([*here, *there]) == []
    assert there.closed(HOST)
    told = stops([*here, *there])
    assert told == [HostStop(HOST, Reason.OWN_LIMIT, "per_run", 1)]
    assert HostStop.stored({KEY: [stop.to_json() for stop in told]}) == tuple(told)


def test_the_budget_of_a_run_closes_the_lane_and_spills_the_rest() -> None:
    held = Lanes({HOST: Pace(1.0, per_run=2, in_flight=9)}, margin=0.0)
    for ticket in range(4):
        held.add(ticket, HOST)
    assert [sent(held, HOST, float(second)) for second in range(3)] == [[0], [1], []]
    assert [ticket for ticket, _why in held.spilled()] == [2, 3]
    assert held.closed(HOST) == Stop(Reason.OWN_LIMIT, "per_run", 2)


def test_a_host_that_refuses_after_our_budget_was_used_up_has_refused() -> None:
    held = Lanes({HOST: Pace(1.0, per_run=1)})
    held.add(1, HOST)
    held.due(0.0, 9)
    spent = held.closed(HOST)
    assert spent is not None and spent.failure == Failure(
        Reason.OWN_LIMIT, "budget of 1 requests per run used"
    )
    held.wall(HOST, Reason.BLOCKED)
    refused = held.closed(HOST)
    assert refused is not None and not refused.by_us
    assert refused.failure == Failure(Reason.HOST_BLOCKED, "blocked")


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


def test_a_start_waits_for_the_actual_sending_of_the_one_that_it_must_keep_away_from() -> None:
    held = Lanes({HOST: Pace(0.1, in_flight=99)}, margin=0.01)
    for ticket in range(12):
        held.add(ticket, HOST)
    assert [held.due(0.1 * number, 9) for number in range(10)] == [[n] for n in range(10)]
    assert (held.next_due(), held.unsure) == (None, True)
    assert held.due(5.0, 9) == []
    held.went_out(HOST, 0, 5.2)
    assert (held.next_due(), held.unsure) == (6.21, False)
    held.went_out(HOST, 1, 0.5)
    assert held.due(6.21, 9) == [10]


@pytest.mark.parametrize("gap", [0.15, 0.3, 0.5])
def test_a_gap_begins_when_the_earlier_request_was_sent_however_late_that_was(gap: float) -> None:
    held = Lanes({HOST: Pace(gap, in_flight=9)}, margin=0.0)
    for ticket in range(2):
        held.add(ticket, HOST)
    assert held.due(0.0, 9) == [0]
    assert (held.next_due(), held.unsure) == (None, True)
    assert held.due(5.0, 9) == []
    held.went_out(HOST, 0, 5.2)
    assert (held.next_due(), held.unsure) == (5.2 + gap, False)
    assert held.due(5.2 + gap, 9) == [1]


def test_what_was_never_sent_keeps_its_place_by_its_start_and_what_nobody_told_by_its_answer() -> (
    None
):
    held = lanes(in_flight=5)
    for ticket in range(3):
        held.add(ticket, HOST)
    assert held.due(0.0, 9) == [0]
    held.finished(HOST, 0)
    assert held.due(30.0, 9) == [1]
    held.finished(HOST, 1, 40.0)
    assert (held.due(69.9, 9), held.due(70.0, 9)) == ([], [2])


def test_a_slow_answer_counts_as_slow_though_a_quicker_one_comes_only_after_it() -> None:
    held = Lanes({HOST: Pace(0.5, in_flight=9)}, margin=0.0)
    for ticket in range(3):
        held.add(ticket, HOST)
    assert sent(held, HOST, 0.0) == [0]
    assert sent(held, HOST, 0.5) == [1]
    held.finished(HOST, 0, 0.56, 0.56)
    assert held.next_due() == 1.0
    held.finished(HOST, 1, 1.0, 0.5)
    assert held.due(1.05, 9) == []
    assert held.due(1.0601, 9) == [2]


def test_a_start_that_is_late_shifts_the_later_ones_no_more_than_the_window_does() -> None:
    held = Lanes({HOST: Pace(0.1, in_flight=99)}, margin=0.0)
    for ticket in range(40):
        held.add(ticket, HOST)
    times, now = list[float](), 0.0
    while (due := held.next_due()) is not None:
        # the driver is late at every fifth start, by as much as half the gap
        now = max(now, due) + (0.05 if len(times) % 5 == 2 else 0.0)
        times += [now] * len(sent(held, HOST, now))
    assert len(times) == 40
    assert all(later >= earlier + 1.0 - 1e-9 for earlier, later in zip(times, times[10:]))
    assert all(later >= earlier + 0.025 for earlier, later in zip(times, times[1:]))
    assert times[-1] <= 3.9 + 0.2


@pytest.mark.parametrize("gap", [0.15, 0.2, 1 / 3, 0.5, 0.7, 2.0])
def test_seconds_between_two_requests_are_kept_between_any_two_of_them(gap: float) -> None:
    held = Lanes({HOST: Pace(gap, in_flight=99)})
    for ticket in range(20):
        held.add(ticket, HOST)
    times, now = list[float](), 0.0
    while (due := held.next_due()) is not None:
        # the driver is late at every fifth start
        now = max(now, due) + (0.015 if len(times) % 5 == 2 else 0.0)
        times += [now] * len(sent(held, HOST, now))
    assert len(times) == 20
    between = [later - earlier for earlier, later in zip(times, times[1:])]
    assert min(between) >= gap - 1e-9
    assert times[-1] <= 19 * gap + 20 * 0.025


def test_starts_that_came_late_for_a_moment_are_made_up_for_together() -> None:
    held = Lanes({HOST: Pace(0.01, in_flight=99)}, margin=0.0)
    for ticket in range(99):
        held.add(ticket, HOST)
    assert len(sent(held, HOST, 0.0)) == 2
    assert len(sent(held, HOST, 0.025)) == 4
    # Of what was late for long, no more than a moment is made up for.
    assert len(sent(held, HOST, 0.5)) == 4


def test_starts_that_would_be_close_together_go_two_by_two_at_the_same_rate() -> None:
    held = Lanes({HOST: Pace(0.02, in_flight=99)}, margin=0.0)
    for ticket in range(100):
        held.add(ticket, HOST)
    times, now = list[float](), 0.0
    while (due := held.next_due()) is not None:
        now = max(now, due)
        times += [now] * len(sent(held, HOST, now))
    assert times[:6] == pytest.approx([0.0, 0.0, 0.024, 0.024, 0.048, 0.048])
    assert all(later >= earlier + 1.0 - 1e-9 for earlier, later in zip(times, times[50:]))
    assert times[-1] == pytest.approx(1.0 + 24 * 0.024)


def test_what_one_request_had_to_wait_for_its_window_is_not_added_to_what_others_had() -> None:
    held = Lanes({HOST: Pace(0.1, in_flight=99)}, margin=0.0)
    for ticket in range(100):
        held.add(ticket, HOST)
    times, wire, now = list[float](), list[float](), 0.0
    while (due := held.next_due()) is not None:
        now = max(now, due)
        for ticket in held.due(now, 9):
            window, place = divmod(ticket, 10)
            # in each window another one is late on the wire
            wire.append(now + (0.015 if place == window else 0.0))
            held.went_out(HOST, ticket, wire[-1])
            times.append(now)
    assert all(later >= earlier + 1.0 - 1e-9 for earlier, later in zip(wire, wire[10:]))
    # The last one starts in the tenth window as it would have if none had been late.
    assert times[-1] <= 9 * 1.0 + 9 * 0.06 + 1e-9


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 0.4), st.floats(0, 2)), max_size=60),
    st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 1.0, 2.5]),
    st.integers(1, 30),
)
def test_no_window_at_the_host_holds_more_than_its_rate_however_late_anything_is(
    asked: list[tuple[float, float, float]], gap: float, in_flight: int
) -> None:
    """Each request: when it is queued, how long until it is sent, how long until its answer."""
    held, waiting = Lanes({HOST: Pace(gap, in_flight=in_flight)}), sorted(asked)
    events: list[tuple[float, str, int]] = [
        (at, "add", i) for i, (at, _b, _c) in enumerate(waiting)
    ]
    heapq.heapify(events)
    arrivals, now = list[float](), 0.0
    while events or held.next_due() is not None:
        due = held.next_due()
        if due is not None and (not events or max(due, now) <= events[0][0]):
            now = max(now, due)
            for ticket in held.due(now, 9):
                _at, before, after = waiting[ticket]
                arrivals.append(now + before)
                heapq.heappush(events, (now + before, "sent", ticket))
                heapq.heappush(events, (now + before + after, "done", ticket))
            continue
        now, what, ticket = heapq.heappop(events)
        if what == "add":
            held.add(ticket, HOST)
        elif what == "sent":
            held.went_out(HOST, ticket, now)
        else:
            held.finished(HOST, ticket, now)
    arrivals.sort()
    window = max(1, int(1 / gap + 1e-9))
    assert len(arrivals) == len(asked)
    pairs = zip(arrivals, arrivals[window:])
    assert all(later - earlier >= window * gap for earlier, later in pairs)
    if gap > 0.1:
        assert all(b - a >= gap - 1e-9 for a, b in zip(arrivals, arrivals[1:]))


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 20), st.booleans()), min_size=1, max_size=40
    )
)
def test_every_ticket_starts_once_and_gaps_hold_whatever_the_order(
    asked: list[tuple[str, float, bool]],
) -> None:
    paces = {"a": Pace(2.0, in_flight=2), "b": Pace(0.0, in_flight=1)}
    held = Lanes(paces, default=Pace(5.0), margin=0.0)
    for ticket, (host, later, retry) in enumerate(asked):
        held.add(ticket, host, not_before=later if retry else None)
    now, started = 0.0, list[tuple[float, int]]()
    while (when := held.next_due()) is not None:
        now = max(now, when)
        for ticket in held.due(now, 3):
            started.append((now, ticket))
            held.finished(asked[ticket][0], ticket)
    assert sorted(ticket for _at, ticket in started) == list(range(len(asked)))
    for host, gap in {"a": 2.0, "b": 0.0, "c": 5.0}.items():
        times = [at for at, ticket in started if asked[ticket][0] == host]
        assert all(later >= earlier + gap for earlier, later in zip(times, times[1:]))
