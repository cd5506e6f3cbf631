"""A planned week in figures: what each host is asked on each day, and when each check is due."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from registry.vocab import CheckKind
from sweeps.planning.choice import AT_ONCE, Choice
from sweeps.planning.due import Cause
from sweeps.planning.forecast import Budgets
from sweeps.planning.survey import Entry
from sweeps.planning.week import Week


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
    requests: int
    """That those due now take, about; but those that wait for the next run."""
    seconds_between: float
    minutes: float
    """Of what is due now, at least; whole ones, but for less than one."""
    next_run: int
    """That will not fit: over the host's budget."""
    tomorrow: int
    """Of them, those of now for which the host's budget of the day has no room, so that no other run
    today would make them."""
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
    """Per source, what takes longest first; of the rest by name. `spent`: host → requests today.

    Sources of one host share what it allows: a request of one is none of another.
    """
    days: defaultdict[str, Counter[date]] = defaultdict(Counter)
    over: Counter[str] = Counter()
    for entry, place in zip(week.owed, week.places, strict=True):
        days[entry.lane][week.day_of(entry, place)] += 1
        over[entry.lane] += not place.fits
    now = Counter(entry.lane for entry in week.today)
    left = _without_room(week.today, budgets, spent)
    made = now - Counter(entry.lane for entry, _tomorrow in left)
    waiting = Counter(entry.lane for entry, tomorrow in left if tomorrow)
    lanes = {*days, *week.proven}
    rows = [
        _host_plan(
            lane, week, days[lane], now[lane], made[lane], over[lane], waiting[lane], budgets
        )
        for lane in lanes
    ]
    return sorted(rows, key=lambda row: (-row.minutes, row.platform, row.source, row.host))


def _without_room(
    today: Sequence[Entry], budgets: Budgets, spent: Mapping[str, int]
) -> list[tuple[Entry, bool]]:
    """Checks of today for which their host has no room left, in the order in which a run makes them;
    with each, whether the budget of the day has none either."""
    room: dict[str, int | None] = {}
    of_day: dict[str, int | None] = {}
    over: list[tuple[Entry, bool]] = []
    for entry in today:
        host, each = budgets.host(entry.lane), budgets.requests(entry.lane)
        if host not in room:
            used = spent.get(host, 0)
            room[host], of_day[host] = budgets.a_run(entry.lane, used), budgets.left(
                entry.lane, used
            )
        left, today_left = room[host], of_day[host]
        tomorrow = today_left is not None and today_left < each
        if left is not None and left < each:
            over.append((entry, tomorrow))
        elif left is not None:
            room[host] = left - each
        if today_left is not None and not tomorrow:
            of_day[host] = today_left - each
    return over


def minutes_in_all(rows: Iterable[HostPlan]) -> float:
    """How long today's part takes at least, hosts being asked side by side."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        seconds[row.host] += row.requests * row.seconds_between
    return _minutes(max(seconds.values(), default=0))


def _host_plan(
    lane: str,
    week: Week,
    loads: Counter[date],
    now: int,
    at_once: int,
    over: int,
    tomorrow: int,
    budgets: Budgets,
) -> HostPlan:
    platform, source, _host = lane.split(":", 2) if lane else ("", "", "")
    host, gap, checks = budgets.host(lane), budgets.gap(lane), sum(loads.values())
    each = budgets.requests(lane)
    days = (
        DayLoad(day, count, round(count * each * gap / 3600, 2))
        for day, count in sorted(loads.items())
    )
    return HostPlan(
        platform=platform,
        source=source,
        host=host,
        checks=checks,
        due_now=now,
        later=checks - now,
        proven=week.proven[lane],
        requests=at_once * each if host else 0,
        seconds_between=gap,
        minutes=_minutes(at_once * each * gap),
        next_run=over + now - at_once,
        tomorrow=tomorrow,
        days=tuple(days),
    )


def _minutes(seconds: float) -> float:
    """Rounded up: to minutes, what is less than one to a tenth of it."""
    return math.ceil(seconds / 60) if seconds >= 60 else math.ceil(seconds / 6) / 10


def check_plans(
    week: Week, choice: Choice, budgets: Budgets, spent: Mapping[str, int]
) -> Iterator[CheckPlan]:
    """Per account and kind: those due in the order of their days, then what is proven. `spent`: host
    → requests today."""
    left = _without_room(week.today, budgets, spent)
    over = {(entry.account_id, entry.kind, entry.ordinal) for entry, _tomorrow in left}
    placed = [
        (
            *(entry, week.day_of(entry, place)),
            place.fits and (entry.account_id, entry.kind, entry.ordinal) not in over,
        )
        for entry, place in zip(week.owed, week.places, strict=True)
    ]
    rows: list[tuple[Entry, date | None, bool]] = [
        *sorted(placed, key=lambda row: (row[1], row[0].order))
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
