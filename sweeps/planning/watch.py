"""The watch over ids of cancelled accounts: has the platform let them go, and who holds them now?

Each is asked for monthly by a machine, or looked at quarterly by a person where no source shows it;
every week its share of them, the longest unseen first, so that ten years of closed accounts never
crowd out the open ones. One signal of being gone is how it should be, and needs no second.
Pure: no session and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from registry.dates import shanghai_date
from registry.vocab import CheckKind
from sweeps.planning.due import Cause, Due, Frame, Known

MACHINE_DAYS = 30
"""How often an id is asked for where a machine can."""
PERSON_DAYS = 91
"""How often a person looks where none can: once a quarter, the beat of the circulars."""
_WEEK = timedelta(days=7)


class Watched(Protocol):
    """What the watch asks of an entry."""

    @property
    def account_id(self) -> int: ...
    @property
    def kind(self) -> CheckKind: ...
    @property
    def lane(self) -> str: ...
    @property
    def tried_at(self) -> datetime | None: ...


def handle_due(told: Known, frame: Frame, *, by_machine: bool) -> Due:
    """When an id of a cancelled account is due. What could not be read is asked for again a week
    later."""
    last = max(filter(None, (told.read_at, told.left_at)), default=None)
    if last is not None:
        by = shanghai_date(last) + timedelta(days=MACHINE_DAYS if by_machine else PERSON_DAYS)
        if by > frame.day:
            return Due(True, by, Cause.PROVEN, 0.0)
    wait = told.tried_at + _WEEK if told.failures and told.tried_at else None
    cause = Cause.ROUTINE if last else Cause.FAILED if told.failures else Cause.NEVER_READ
    return Due(False, frame.day, cause, 0.0, ahead=True, not_before=wait)


def left_for_later(
    watched: Iterable[Watched], owed: Iterable[Watched], now: datetime
) -> frozenset[int]:
    """The cancelled accounts that are due and not in this week's share.

    `watched`: an entry for every id, due or not; `owed`: those due, the most urgent first.
    """
    every: dict[bool, set[int]] = {True: set(), False: set()}
    done: dict[bool, set[int]] = {True: set(), False: set()}
    for entry in watched:
        every[bool(entry.lane)].add(entry.account_id)
        if entry.tried_at is not None and entry.tried_at > now - _WEEK:
            done[bool(entry.lane)].add(entry.account_id)
    later: set[int] = set()
    for entry in owed:
        machine = bool(entry.lane)
        days = MACHINE_DAYS if machine else PERSON_DAYS
        if entry.account_id in done[machine] or entry.account_id in later:
            continue
        if len(done[machine]) < -(-len(every[machine]) * _WEEK.days // days):
            done[machine].add(entry.account_id)
        else:
            later.add(entry.account_id)
    return frozenset(later)
