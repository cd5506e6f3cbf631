"""What is due up to a time point T, day by day, and what of it a run does today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from registry.dates import shanghai_date
from registry.vocab import CheckKind
from sweeps.planning.calendar import Place, Task, arrange, most_a_day
from sweeps.planning.forecast import Budgets
from sweeps.planning.survey import Entry, Survey
from sweeps.planning.watch import left_for_later


@dataclass(frozen=True, slots=True)
class Week:
    """The checks that are due, with the day of each."""

    days: tuple[date, ...]
    """Of Shanghai: from today to T's day; today alone from T on."""
    ahead: bool
    """T is still to come: what stands on its day waits for it."""
    owed: tuple[Entry, ...]
    places: tuple[Place, ...]
    """Of each of `owed`."""
    now: datetime
    proven: Counter[str]
    """Lane → checks that earlier looks have proven for T already."""
    accounts_proven: int
    """Of them, checks of freshness: so many accounts."""
    everything: bool = False
    kept: tuple[Entry, ...] = ()
    """What is proven, and the ids of cancelled accounts whose turn is another week, if asked for."""

    @classmethod
    def of(
        cls, survey: Survey, budgets: Budgets, *, everything: bool = False, keep: bool = False
    ) -> Week:
        """Arrange what the survey finds due. `everything` is done today, proven or not; `keep`:
        also what is proven, which nothing but a listing needs."""
        owed: list[Entry] = []
        kept: list[Entry] = []
        watched: list[Entry] = []
        proven, asked, done = Counter[str](), Counter[str](), 0
        fresh = accounts = never_read = 0
        today = survey.days[0]
        for entry in survey:
            lively = entry.kind is CheckKind.FRESHNESS
            accounts += lively
            if entry.kind is CheckKind.HANDLE:
                watched.append(entry)
            if survey.ahead and entry.tried_at and shanghai_date(entry.tried_at) == today:
                asked[budgets.host(entry.lane)] += budgets.requests(entry.lane)
                done += 1
            if not entry.wanted and not everything:
                proven[entry.lane] += 1
                fresh += lively
                kept += [entry] if keep else []
            else:
                owed.append(entry)
                never_read += entry.read_at is None and entry.kind is not CheckKind.HANDLE
        if watched and not everything:
            owed, later = _share(owed, watched, survey.now)
            kept += later if keep else []
        places = (
            _arranged(owed, budgets, _even(survey, accounts, never_read), done, asked)
            if survey.ahead and not everything
            else [Place(0)] * len(owed)
        )
        return cls(
            days=tuple(survey.days),
            ahead=survey.ahead,
            owed=tuple(owed),
            places=tuple(places),
            now=survey.now,
            proven=proven,
            accounts_proven=fresh,
            everything=everything,
            kept=tuple(kept),
        )

    @property
    def today(self) -> list[Entry]:
        """What a run does now, in its order. On T's day itself nothing is done before T."""
        if self.everything:
            return sorted(self.owed, key=lambda entry: entry.turn)
        if self.ahead and len(self.days) == 1:
            return []
        return sorted(self._now(), key=lambda entry: entry.order)

    def day_of(self, entry: Entry, place: Place) -> date:
        """The day in Shanghai on which a check is made: that of its place, or the later one before
        which a look tells nothing new."""
        day, first = self.days[place.day], entry.due.not_before
        if first is None or self.everything or not entry.waits(self.now):
            return day
        return max(day, shanghai_date(first))

    def _now(self) -> list[Entry]:
        return [
            entry
            for entry, place in zip(self.owed, self.places, strict=True)
            if place.day == 0 and not entry.waits(self.now)
        ]


def _share(
    owed: Iterable[Entry], watched: Iterable[Entry], now: datetime
) -> tuple[list[Entry], list[Entry]]:
    """What is owed with this week's share of the cancelled accounts, and what is left of those."""
    urgent = sorted(watched, key=lambda entry: entry.order)
    due = [entry for entry in urgent if not entry.due.proven and not entry.waits(now)]
    later = left_for_later(urgent, due, now)
    found: tuple[list[Entry], list[Entry]] = [], []
    for entry in owed:
        left = entry.kind is CheckKind.HANDLE and entry.account_id in later
        found[left].append(entry)
    return found


def _even(survey: Survey, accounts: int, never_read: int) -> int:
    return most_a_day(accounts, never_read, len(survey.days) - 1)


def _arranged(
    owed: Iterable[Entry], budgets: Budgets, even: int, done: int, asked: Counter[str]
) -> list[Place]:
    """A day for each. Checks of one host share its room, whatever lane they come by; those that ask
    nobody share nothing and count for nothing."""
    rooms: dict[str, int | None] = {}
    tasks: list[Task] = []
    for entry in owed:
        host = budgets.host(entry.lane)
        rooms[host] = budgets.a_day(entry.lane)
        each = budgets.requests(entry.lane)
        tasks.append(Task(host, entry.losses, entry.kind is CheckKind.HANDLE, each))
    return arrange(tasks, lambda host: rooms[str(host)], even, done, asked)
