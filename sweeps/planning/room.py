"""For which checks of a planned week their hosts have room, and when the others are made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sweeps.planning.forecast import Budgets
from sweeps.planning.survey import Entry
from sweeps.planning.week import Week

Key = tuple[int, str, int]
"""Account, kind and ordinal: one check."""


class Left(StrEnum):
    """What becomes of a check for which its day has no room."""

    RUN = "run"
    """The next run makes it, today if there is one."""
    DAY = "day"
    """A run of a later day does."""
    OVERTIME = "overtime"
    """The run of today does, past the hours that a day has for it."""
    NEVER = "never"
    """Ahead of T no run does: all days up to it are full, or the host is never to be asked."""


@dataclass(slots=True)
class _Host:
    """What one host still has room for, in requests; None for any number."""

    run: int | None
    day: int | None
    hours: int | None
    spare: int | None
    """On the days after today."""


@dataclass(slots=True)
class Room:
    """A week as its hosts have room for it."""

    days: defaultdict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    """Lane → how many of its checks each day has room for."""
    left: dict[Key, Left] = field(default_factory=dict)
    """The checks for which their day has none."""
    by_lane: dict[Left, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """The same, counted by lane."""

    @classmethod
    def of(cls, week: Week, budgets: Budgets, spent: Mapping[str, int]) -> Room:
        """`spent`: host → requests that it got today already."""
        room = cls()
        load = room._later_days(week, budgets)
        hosts: dict[str, _Host] = {}
        for entry in week.today:
            host, each = budgets.host(entry.lane), budgets.requests(entry.lane)
            if host not in hosts:
                used = spent.get(host, 0)
                hosts[host] = _host(entry.lane, week, budgets, used, load[host])
            why = _without(hosts[host], each, budgets.a_day(entry.lane) == 0)
            room._count(entry, why, week.days[0])
        return room

    def _later_days(self, week: Week, budgets: Budgets) -> defaultdict[str, Counter[date]]:
        """Place what is not made today; host → the requests of each day."""
        load: defaultdict[str, Counter[date]] = defaultdict(Counter)
        made_now = {key_of(entry) for entry in week.today}
        for entry, place in zip(week.owed, week.places, strict=True):
            if key_of(entry) in made_now:
                continue
            day, each = week.day_of(entry, place), budgets.requests(entry.lane)
            most, asked = budgets.a_day(entry.lane), load[budgets.host(entry.lane)]
            fits = place.fits and (
                most is None or asked[day] + each <= max(most, each * (most > 0))
            )
            asked[day] += each * fits
            self._count(entry, None if fits else Left.NEVER if week.ahead else Left.DAY, day)
        return load

    def _count(self, entry: Entry, why: Left | None, day: date) -> None:
        if why is None:
            self.days[entry.lane][day] += 1
        else:
            self.left[key_of(entry)] = why
            self.by_lane[why][entry.lane] += 1


def key_of(entry: Entry) -> Key:
    """Which check it is."""
    return entry.account_id, entry.kind.value, entry.ordinal


def _host(lane: str, week: Week, budgets: Budgets, used: int, load: Counter[date]) -> _Host:
    most = budgets.a_day(lane)
    arranged = week.ahead and not week.everything
    after = [day for day in week.days if day > week.days[0]]
    spare = (
        sum(max(most - load[day], 0) for day in after) if most is not None and arranged else None
    )
    return _Host(budgets.a_run(lane, used), budgets.left(lane, used), budgets.in_hours(lane), spare)


def _without(host: _Host, each: int, never: bool) -> Left | None:
    """Take room for one check of so many requests; why there is none."""
    if host.day is not None and host.day < each:
        if never or (host.spare is not None and host.spare < each):
            return Left.NEVER
        host.spare = None if host.spare is None else host.spare - each
        return Left.DAY
    if host.run is not None and host.run < each and never:
        return Left.NEVER
    host.day = None if host.day is None else host.day - each
    if host.run is not None and host.run < each:
        return Left.RUN
    host.run = None if host.run is None else host.run - each
    if host.hours is not None and host.hours < each:
        return Left.OVERTIME
    host.hours = None if host.hours is None else host.hours - each
    return None
