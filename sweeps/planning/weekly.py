"""The monitoring time point that comes every week, as an office writes it: `周一 09:00`, `mon 09:00`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from registry.dates import SHANGHAI

WEEK = timedelta(days=7)
GRACE = timedelta(days=2)
"""So long after T a run still works for it, while something is not proven."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE = "一二三四五六日"
_WRITTEN = re.compile(
    r"(?:(?:周|星期)(?P<zh>[一二三四五六日天])|(?P<en>[A-Za-z]{3}))[ \u3000]+(?P<at>\d{1,2}[:：]\d{2})"
)


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """A weekday and a time of day in Shanghai."""

    weekday: int
    """0 is Monday."""
    at: time

    @classmethod
    def parse(cls, text: str) -> WeekPoint:
        """Read `周一 09:00`, `星期一 9:00` or `mon 09:00`. Raises ValueError for anything else."""
        hit = _WRITTEN.fullmatch(text.strip())
        if hit is None:
            raise ValueError(f"{text!r} is no weekday with a time")
        if hit["zh"]:
            weekday = _CHINESE.index(hit["zh"].replace("天", "日"))
        else:
            weekday = _DAYS.index(hit["en"].lower())
        hours, minutes = re.split("[:：]", hit["at"])
        return cls(weekday, time(int(hours), int(minutes)))

    def passed(self, now: datetime) -> datetime:
        """The last one at or before `now` (aware); in Shanghai's time zone."""
        local = now.astimezone(SHANGHAI)
        days = (local.weekday() - self.weekday) % 7
        found = datetime.combine(local.date() - timedelta(days=days), self.at, SHANGHAI)
        return found if found <= local else found - WEEK

    def coming(self, now: datetime) -> datetime:
        """The first one after `now`."""
        return self.passed(now) + WEEK

    def __str__(self) -> str:
        """As `parse` reads it: `mon 09:00`."""
        return f"{_DAYS[self.weekday]} {self.at:%H:%M}"


def worked_for(point: WeekPoint, now: datetime, unproven: Callable[[datetime], bool]) -> datetime:
    """The T that a run at `now` works for, UTC: the one that has just passed, until all is proven
    for it or two days are over; else the coming one. `unproven`: whether a T lacks anything."""
    passed = point.passed(now).astimezone(UTC)
    if now - passed <= GRACE and unproven(passed):
        return passed
    return point.coming(now).astimezone(UTC)
