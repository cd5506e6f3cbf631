"""Working days: holidays and make-up days counted, unknown years said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.filings.workdays import WorkingDays, is_working_day, working_days


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        (date(2025, 9, 1), date(2025, 9, 1), 0),
        (date(2025, 9, 2), date(2025, 9, 1), 0),
        (date(2025, 9, 1), date(2025, 9, 5), 4),
        (date(2025, 9, 5), date(2025, 9, 8), 1),
        # National Day and Mid-Autumn 2025: off from 1 to 8 October; 28 September, 11 October worked
        (date(2025, 9, 26), date(2025, 9, 28), 1),
        (date(2025, 9, 30), date(2025, 10, 8), 0),
        (date(2025, 9, 30), date(2025, 10, 11), 3),
        (date(2024, 12, 31), date(2025, 12, 31), 248),
    ],
)
def test_working_days_follow_the_state_councils_calendar(
    after: date, until: date, count: int
) -> None:
    assert working_days(after, until) == WorkingDays(count, True)


def test_a_year_without_a_calendar_counts_weekdays_and_says_so() -> None:
    assert working_days(date(2099, 1, 1), date(2099, 1, 8)) == WorkingDays(5, False)
    assert is_working_day(date(2099, 1, 3)) == (False, False)


@given(
    st.dates(date(2019, 1, 1), date(2025, 12, 31)), st.dates(date(2019, 1, 1), date(2025, 12, 31))
)
def test_two_spans_add_up(one: date, other: date) -> None:
    first, last = sorted((one, other))
    middle = first + (last - first) / 2
    parts = working_days(first, middle).count + working_days(middle, last).count
    assert working_days(first, last).count == parts
