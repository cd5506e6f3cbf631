"""The week up to T: who is looked at on which day."""

from __future__ import annotations

from collections import Counter

from sweeps.planning.calendar import NEVER, Place, Task, arrange, most_a_day

ANY = (0.0,) * 7
LAST = (*(NEVER,) * 6, 0.0)


def no_limit(_lane: object) -> None:
    return None


def test_looks_that_any_day_suits_are_spread_evenly() -> None:
    places = arrange([Task("weibo", ANY)] * 70, no_limit)
    assert Counter(place.day for place in places) == {day: 10 for day in range(7)}


def test_small_lanes_are_spread_over_the_days_together() -> None:
    places = arrange([Task(f"site{n}", ANY) for n in range(14)], no_limit)
    assert Counter(place.day for place in places) == {day: 2 for day in range(7)}


def test_what_only_t_proves_stands_at_t_and_the_rest_makes_room() -> None:
    places = arrange([Task("weibo", ANY)] * 12 + [Task("weibo", LAST)] * 10, no_limit)
    assert {place.day for place in places[12:]} == {6}
    assert {place.day for place in places[:12]} == set(range(6))


def test_a_day_takes_no_more_than_its_host_allows_and_what_is_left_over_is_told() -> None:
    places = arrange([Task("douyin", LAST)] * 7, lambda _lane: 5)
    assert Counter(place.fits for place in places) == {True: 5, False: 2}
    assert {place.day for place in places} == {6}


def test_of_those_that_lose_the_one_that_loses_least_gives_way() -> None:
    little, much = (*(0.2,) * 6, 0.0), (*(0.9,) * 6, 0.0)
    places = arrange([Task("a", little), Task("a", much)], lambda _lane: 1)
    assert [place.day == 6 for place in places] == [False, True]


def test_an_even_week_moves_looks_away_from_a_full_day() -> None:
    little = (0.5, 0.4, 0.3, 0.2, 0.0)
    places = arrange([Task("a", little)] * 6, no_limit, even=3)
    assert Counter(place.day for place in places) == {4: 3, 3: 3}


def test_evenness_gives_way_where_nothing_else_is_left() -> None:
    assert arrange([Task("a", LAST)] * 3, no_limit, even=1) == [Place(6)] * 3


def test_looks_made_today_count_as_todays() -> None:
    places = arrange([Task("a", (0.0, 0.0))] * 4, no_limit, done=4, asked={"a": 4})
    assert [place.day for place in places] == [1, 1, 1, 1]


def test_a_day_has_a_share_of_all_accounts_and_room_for_those_never_read() -> None:
    assert most_a_day(1000, 0, 6) == 160
    assert most_a_day(1000, 1200, 6) == 200
    assert most_a_day(2, 0, 0) == 50


def test_looks_share_the_requests_that_their_host_allows_a_day() -> None:
    heavy, light = Task("api", (0.0, 0.0, 0.0), requests=8), Task(
        "api", (0.0, 0.0, 0.0), requests=3
    )
    places = arrange([heavy] * 3 + [light] * 2, lambda _lane: 11)
    days = Counter(place.day for place in places[:3])
    assert days == {0: 1, 1: 1, 2: 1}
    assert all(place.fits for place in places)
    (spilled,) = arrange([light], lambda _lane: 11, asked={"api": 9}, done=1)
    assert spilled.day == 1


def test_a_look_that_takes_more_than_a_day_allows_has_a_day_of_its_own() -> None:
    places = arrange([Task("api", (0.0, 0.0), requests=8)] * 3, lambda _lane: 5)
    assert [place.fits for place in places] == [True, True, False]
    assert not arrange([Task("api", (0.0,))], lambda _lane: 0)[0].fits
