"""A planned week in figures: what each host is asked on each day, and when each check is due."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from registry.vocab import CheckKind
from sweeps.choice import AT_ONCE, Choice
from sweeps.due import Cause
from sweeps.forecast import Budgets
from sweeps.survey import Entry
from sweeps.week import Week


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One source on one day."""

    day: date
    checks: int
    hours: float
    """That politeness takes at least."""


@dataclass(frozen=True, slots=True)
class HostPlan:
    """One source of one platform, up to T."""

    platform: str
    source: str
    """Empty for checks that ask nobody: a person must look."""
    host: str
    checks: int
    """Due by T."""
    due_now: int
    """Of them, those that a run would make now."""
    later: int
    proven: int
    """Not due: earlier looks have proven them."""
    seconds_between: float
    minutes: int
    """Of what is due now, at least."""
    next_run: int
    """That will not fit: over the host's budget."""
    days: tuple[DayLoad, ...]


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of one account."""

    platform: str
    account: str
    kind: CheckKind
    due_by: date
    """The last day for a look; of what is proven the first T that the proof does not reach."""
    planned_for: date | None
    """None for what is proven already."""
    cause: Cause
    risk: float
    fits: bool
    looked_at: datetime | None
    """When it was asked last; None: not within a month."""
    uid: str


def host_plans(week: Week, budgets: Budgets, spent: Mapping[str, int]) -> list[HostPlan]:
    """Per source, what takes longest first; of the rest by name. `spent`: host → requests today."""
    days: defaultdict[str, Counter[int]] = defaultdict(Counter)
    over: Counter[str] = Counter()
    for entry, place in zip(week.owed, week.places, strict=True):
        days[entry.lane][place.day] += 1
        over[entry.lane] += not place.fits
    now = Counter(entry.lane for entry in week.today)
    lanes = {*days, *week.proven}
    rows = [
        _host_plan(lane, week, days[lane], now[lane], over[lane], budgets, spent) for lane in lanes
    ]
    return sorted(rows, key=lambda row: (-row.minutes, row.platform, row.source, row.host))


def _host_plan(
    lane: str,
    week: Week,
    loads: Counter[int],
    now: int,
    over: int,
    budgets: Budgets,
    spent: Mapping[str, int],
) -> HostPlan:
    platform, source, _host = lane.split(":", 2) if lane else ("", "", "")
    host, gap, checks = budgets.host(lane), budgets.gap(lane), sum(loads.values())
    most = budgets.a_run(lane, spent.get(host, 0))
    at_once = now if most is None else min(now, most)
    days = (
        DayLoad(week.days[number], count, round(count * gap / 3600, 2))
        for number, count in sorted(loads.items())
    )
    return HostPlan(
        platform=platform,
        source=source,
        host=host,
        checks=checks,
        due_now=now,
        later=checks - now,
        proven=week.proven[lane],
        seconds_between=gap,
        minutes=math.ceil(at_once * gap / 60),
        next_run=over + now - at_once,
        days=tuple(days),
    )


def check_plans(week: Week, choice: Choice) -> Iterator[CheckPlan]:
    """Per account and kind: those due in the order of their days, then what is proven."""
    numbered = sorted(
        zip(week.owed, week.places, strict=True), key=lambda pair: (pair[1].day, pair[0].order)
    )
    rows: list[tuple[Entry, date | None, bool]] = [
        (entry, week.days[place.day], place.fits) for entry, place in numbered
    ]
    rows += [(entry, None, True) for entry in week.kept]
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        accounts = choice.accounts(list({entry.account_id for entry, *_ in some}))
        for entry, day, fits in some:
            account = accounts[entry.account_id]
            yield CheckPlan(
                account.platform,
                account.name,
                entry.kind,
                entry.due.by,
                day,
                entry.due.cause,
                entry.due.risk,
                fits,
                entry.tried_at,
                account.uid,
            )
