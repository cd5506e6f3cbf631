"""A planned week in figures: what each host is asked on each day, and when each check is due."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from registry.vocab import CheckKind
from sweeps.planning.choice import AT_ONCE, Choice
from sweeps.planning.due import Cause
from sweeps.planning.forecast import Budgets
from sweeps.planning.room import Left, Room, key_of
from sweeps.planning.survey import Entry
from sweeps.planning.week import Week


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One source on one day."""

    day: date
    checks: int
    requests: int
    """That they take, about."""
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
    """Over the host's budget: a later run makes them."""
    tomorrow: int
    """Of them, those for which the host's budget of the day has no room, so that no other run today
    would make them."""
    unfit: int
    """That no run makes before T: every day up to it is full, or the host is never to be asked."""
    overtime: int
    """Of those now, that are made past the hours that a day has for it."""
    blind: int
    """Due looks for freshness of which no source in use can tell when an account posted."""
    days: tuple[DayLoad, ...]
    """What each has room for."""


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
    room = Room.of(week, budgets, spent)
    due = Counter(entry.lane for entry in week.owed)
    now = Counter(entry.lane for entry in week.today)
    blind = Counter(entry.lane for entry in week.owed if entry.blind)
    rows = [
        _host_plan(lane, week, room, (due[lane], now[lane], blind[lane]), budgets)
        for lane in {*due, *week.proven}
    ]
    return sorted(rows, key=lambda row: (-row.minutes, row.platform, row.source, row.host))


def minutes_in_all(rows: Iterable[HostPlan]) -> float:
    """How long today's part takes at least, hosts being asked side by side."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        seconds[row.host] += row.requests * row.seconds_between
    return _minutes(max(seconds.values(), default=0))


def _host_plan(
    lane: str, week: Week, room: Room, counts: tuple[int, int, int], budgets: Budgets
) -> HostPlan:
    """`counts`: checks that are due, those of now, those that prove no freshness."""
    checks, now, blind = counts
    platform, source, _host = lane.split(":", 2) if lane else ("", "", "")
    host, gap, each = budgets.host(lane), budgets.gap(lane), budgets.requests(lane)
    left = {why: room.by_lane[why][lane] for why in Left}
    first = week.days[0]
    made = min(room.days[lane][first] + left[Left.OVERTIME], now)
    return HostPlan(
        platform=platform,
        source=source,
        host=host,
        checks=checks,
        due_now=now,
        later=checks - now,
        proven=week.proven[lane],
        requests=made * each if host else 0,
        seconds_between=gap,
        minutes=_minutes(made * each * gap),
        next_run=left[Left.RUN] + left[Left.DAY],
        tomorrow=left[Left.DAY],
        unfit=left[Left.NEVER],
        overtime=left[Left.OVERTIME],
        blind=blind,
        days=tuple(
            DayLoad(day, count, count * each if host else 0, _hours(count * each * gap, budgets))
            for day, count in sorted(room.days[lane].items())
        ),
    )


def _hours(seconds: float, budgets: Budgets) -> float:
    """A request that keeps a longer distance than a day has hours is alone in its day."""
    return round(min(seconds / 3600, budgets.hours), 2)


def _minutes(seconds: float) -> float:
    """Rounded up: to minutes, what is less than one to a tenth of it."""
    return math.ceil(seconds / 60) if seconds >= 60 else math.ceil(seconds / 6) / 10


def check_plans(
    week: Week, choice: Choice, budgets: Budgets, spent: Mapping[str, int]
) -> Iterator[CheckPlan]:
    """Per account and kind: those due in the order of their days, then what is proven. `spent`: host
    → requests today."""
    left = Room.of(week, budgets, spent).left
    placed = [
        (entry, week.day_of(entry, place), key_of(entry) not in left)
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
