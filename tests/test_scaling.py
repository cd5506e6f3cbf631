"""The page on scaling says what the paces of the checkers come to."""

from __future__ import annotations

from checkers.base import Pace
from tests.scaling_table import PAGE, capacity, with_table


def test_the_table_of_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page)


def test_a_week_holds_what_the_tightest_figure_of_a_pace_allows() -> None:
    assert capacity(Pace(30.0, per_run=40)) == 280
    assert capacity(Pace(60.0)) == 10_080
    assert capacity(Pace(1.0, per_run=1000, daily=500)) == 3500
