"""A monitoring time point 监测时间点 under a rule set: the days that its windows begin on.

Days are Shanghai dates throughout. A window of n days that the edge day fails begins n − 1 days
before the time point's date; one that the edge day passes begins n days before.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from registry.dates import shanghai_date, start_of_day
from verdicts.ruleset import Edge, RuleSet


@dataclass(frozen=True, slots=True)
class Point:
    """What the rule set asks at `at`. A post on or after a window's first day keeps it."""

    at: datetime
    """T, aware."""
    rules: RuleSet
    day: date
    window_days: int
    edge: Edge
    first_day: date
    """Of the window that accounts are held to: NM-V2, or SITE-3 for websites."""
    soon_day: date | None
    """A newest post before this day is reminded of (NM-SOON)."""
    cadence_day: date | None
    """Of the window of the local cadence (NM-LOCAL)."""
    silent_day: date | None
    """A newest post before this day makes the account dormant (NM-ZOMBIE)."""
    until: datetime | None = None
    """Signals that the account is gone count up to here: the next time point, if there is one."""

    @classmethod
    def of(cls, at: datetime, rules: RuleSet, until: datetime | None = None) -> Point:
        """The point at `at` (aware) under `rules`."""
        day, soon, months = shanghai_date(at), rules.soon_day, rules.silent_months
        return cls(
            at=at,
            rules=rules,
            day=day,
            window_days=rules.window_days,
            edge=rules.edge,
            first_day=first_day_of_window(day, rules.window_days, rules.edge),
            # day n of silence itself is reminded of, whatever the edge
            soon_day=day - timedelta(days=soon - 1) if soon else None,
            cadence_day=(
                first_day_of_window(day, rules.cadence_days, rules.edge)
                if rules.cadence_days
                else None
            ),
            silent_day=months_before(day, months) if months else None,
            until=until,
        )

    def of_platform(self, platform: str) -> Point:
        """The same point for accounts of that platform: websites have a window of their own."""
        rule = self.rules.window_rule(platform)
        if rule == "NM-V2":
            return self
        days, edge = int(self.rules.rules[rule].figures["window_days"]), self.rules.edge_of(rule)
        first = first_day_of_window(self.day, days, edge)
        return replace(self, window_days=days, edge=edge, first_day=first)

    @property
    def read_back_to(self) -> datetime:
        """How far back a list must reach to prove staleness, with a day to spare; UTC."""
        first = min(self.first_day, self.cadence_day or self.first_day)
        return start_of_day(first - timedelta(days=1))


def first_day_of_window(day: date, days: int, edge: Edge) -> date:
    """The first day on which a post keeps the account fresh on `day`."""
    return day - timedelta(days=days if edge is Edge.PASS else days - 1)


def first_day_of_months(day: date, months: int, edge: Edge) -> date:
    """The same for a window of calendar months."""
    return months_before(day, months) + timedelta(days=0 if edge is Edge.PASS else 1)


def months_before(day: date, months: int) -> date:
    """The same day `months` calendar months earlier, or the last of that month."""
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
