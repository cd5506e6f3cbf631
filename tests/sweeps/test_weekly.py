"""The time point that comes every week."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from registry.dates import SHANGHAI
from sweeps.planning.weekly import WeekPoint


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text", ["周一 09:00", "星期一 9:00", "mon 09:00", " Mon  9:00 ", "周一　09：00"]
)
def test_it_is_read_as_people_write_it(text: str) -> None:
    assert WeekPoint.parse(text) == WeekPoint(0, time(9))


def test_sunday_has_two_names() -> None:
    assert (
        WeekPoint.parse("周日 18:30")
        == WeekPoint.parse("星期天 18:30")
        == WeekPoint(6, time(18, 30))
    )


@pytest.mark.parametrize(
    "text", ["", "周一", "09:00", "周八 09:00", "foo 09:00", "mon 25:00", "周一 9"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        WeekPoint.parse(text)


def test_the_point_itself_has_passed_and_the_next_one_is_a_week_later() -> None:
    point = WeekPoint.parse("周一 09:00")
    monday = moment("2026-11-23 09:00")
    assert point.passed(monday) == monday
    assert point.coming(monday) == moment("2026-11-30 09:00")
    assert point.passed(moment("2026-11-23 08:59")) == moment("2026-11-16 09:00")
    assert point.coming(moment("2026-11-22 23:00")) == monday


def test_it_is_written_as_it_is_read() -> None:
    assert str(WeekPoint.parse("周三 08:05")) == "wed 08:05"
