"""Working days between two dates, by the State Council's calendar of holidays and make-up days.

For a year whose calendar is not published yet, plain weekdays are counted, and the result says so.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days."""

    count: int
    certain: bool
    """False if a year is in it whose holidays the calendar does not know."""


def working_days(after: date, until: date) -> WorkingDays:
    """How many working days have passed: those after the day `after`, up to and with `until`.

    A period of N working days that begins on `after` is over when the count exceeds N. Zero if
    `until` is not later than `after`.
    """
    count, certain = 0, True
    day = after + timedelta(days=1)
    while day <= until:
        end = min(until, _month_end(day))
        if day.day == 1 and end == _month_end(day):
            found, known = _month(day.year, day.month)
        else:
            found, known = _count(day, end)
        count, certain = count + found, certain and known
        day = end + timedelta(days=1)
    return WorkingDays(count, certain)


def is_working_day(day: date) -> tuple[bool, bool]:
    """(is it a working day, does the calendar know its year)."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@cache
def _month(year: int, month: int) -> tuple[int, bool]:
    first = date(year, month, 1)
    return _count(first, _month_end(first))


def _count(first: date, last: date) -> tuple[int, bool]:
    days = [is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1)]
    return sum(works for works, _known in days), all(known for _works, known in days)
