"""Whom to remind before the window closes (NM-SOON 更新提醒): accounts that a look on or after the
reminder's day saw silent, by host unit. What was told once of a silence is never told again.

Nothing is sent here. A silence is named by its last post; it lasts until a newer one is seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date, start_of_day
from registry.findings.queries import FindingQuery, search
from registry.models import Reminder, Unit, UnitIdentifier
from registry.vocab import CoverageKind, Existence, Precision, Review
from verdicts.freshness import judge
from verdicts.lists import newest_post, silence
from verdicts.points import Point
from verdicts.reading import MOST_NAMED, Subject, looks_since, newest_posts, subjects
from verdicts.ruleset import Edge, RuleSet
from verdicts.seen import Seen, SeenPost

CODE = "ST102"
_NEVER = "never"
_GONE = frozenset({Existence.GONE_SIGNAL, Existence.RESTRICTED})


@dataclass(frozen=True, slots=True)
class Silent:
    """One account that is about to go stale."""

    account_id: int
    name: str
    platform: str
    last_post_at: datetime | date | None
    """As precise as it is known; None for one that never posted."""
    stale_on: date
    """The first day (Shanghai) on which it counts as not updated."""
    looked_at: datetime
    """UTC; when the silence was seen."""
    silence: str
    """What names it: the moment of the last post in ISO 8601, or `never`."""


@dataclass(frozen=True, slots=True)
class UnitReminder:
    """What one host unit is to be told."""

    unit_id: int | None
    unit: str
    """Empty where the ledger names no host unit."""
    called: tuple[str, ...]
    """What the unit may have addresses under: its name, its other names, its codes."""
    accounts: tuple[Silent, ...]
    """The most urgent first."""


@dataclass(frozen=True, slots=True)
class Reminders:
    """All that is due."""

    units: tuple[UnitReminder, ...]
    unproven: int
    """Accounts that may be silent as well, of which no look since the reminder's day read a list."""


def due(session: Session, rules: RuleSet, now: datetime) -> Reminders:
    """The reminders due at `now` (aware) under the rule set; none where NM-SOON is off."""
    soon = rules.soon_day
    if soon is None:
        return Reminders((), 0)
    known = subjects(session)
    newest = newest_posts(session, now, known.keys())
    today = shanghai_date(now)
    waiting = {
        key: subject
        for key, subject in known.items()
        if rules.asks(CODE, subject.facts.platform)
        and _in_question(subject, newest.get(key), today, rules)
    }
    excused = _excused(session, waiting.values(), now)
    told = _told(session, waiting.keys())
    seen = looks_since(session, start_of_day(today - timedelta(days=_reach(rules))), waiting)
    found: dict[int | None, list[Silent]] = {}
    unproven = 0
    for key, subject in waiting.items():
        last = newest.get(key)
        if subject.facts.uid in excused or _is_gone(seen[key]):
            continue
        if (key, shanghai_date(last) if last else None) in told:
            continue
        silent = _silent(subject, seen[key], rules, now)
        if silent is None:
            unproven += 1
        elif silent.stale_on > today:
            found.setdefault(subject.unit_id, []).append(silent)
    return Reminders(_by_unit(session, found), unproven)


def note(session: Session, reminder: UnitReminder, now: datetime) -> None:
    """Keep that the unit was told at `now`, so that it is not told again; never commits."""
    told = _told(session, [silent.account_id for silent in reminder.accounts])
    for silent in reminder.accounts:
        if (silent.account_id, _day(silent.silence)) not in told:
            row = Reminder(account_id=silent.account_id, unit_id=reminder.unit_id)
            row.silence, row.sent_at = silent.silence, now
            session.add(row)


def _reach(rules: RuleSet) -> int:
    """Days back from today within which a silence that is still to be told of began."""
    return max(rules.windows) + 1


def _in_question(subject: Subject, newest: datetime | None, today: date, rules: RuleSet) -> bool:
    """True when the account has been silent for long enough, and not yet for too long, by what is
    known of it."""
    began = shanghai_date(newest) if newest else subject.facts.opened_on
    days = (today - began).days if began else 0
    return (rules.soon_day or 0) <= days < _reach(rules)


def _excused(session: Session, waiting: Iterable[Subject], now: datetime) -> set[str]:
    """Those whose silence a person has waived or dismissed."""
    reviews = [Review.WAIVED, Review.DISMISSED]
    query = FindingQuery(codes=[CODE], reviews=reviews, running=True)
    uids = {subject.facts.uid for subject in waiting}
    return {found.subject_uid for found in search(session, query, now=now)} & uids


def _told(session: Session, keys: Collection[int]) -> set[tuple[int, date | None]]:
    """Account key and day of the last post of every silence that was told of."""
    wanted = set(keys)
    query = select(Reminder.account_id, Reminder.silence)
    if len(wanted) <= MOST_NAMED:
        query = query.where(Reminder.account_id.in_(wanted))
    rows = session.execute(query)
    return {(key, _day(silence)) for key, silence in rows if key in wanted}


def _day(silence: str) -> date | None:
    """The day of the last post: one post may be known to the day first, to the second later."""
    return None if silence == _NEVER else shanghai_date(datetime.fromisoformat(silence))


def _is_gone(seen: Sequence[Seen]) -> bool:
    signs = [look for look in seen if look.is_read and look.existence is not Existence.UNKNOWN]
    last = max(signs, key=lambda look: look.observed_at, default=None)
    return last is not None and last.existence in _GONE


def _silent(subject: Subject, seen: Sequence[Seen], rules: RuleSet, now: datetime) -> Silent | None:
    """The silence of an account as the latest look proves it that can; None without such a look."""
    newest, _uids = newest_post(seen, now)
    lists = (look for look in seen if look.is_read and look.coverage is not CoverageKind.UNREAD)
    for read_at in sorted({look.read_at for look in lists}, reverse=True):
        point = Point.of(read_at, rules).of_platform(subject.facts.platform)
        if newest is None and _never(subject, seen, point):
            return _made(subject, None, point)
        told = judge(subject.facts, seen, point)
        if newest is not None and told.newest == newest and CODE in {h.code for h in told.hits}:
            return _made(subject, newest, point)
    return None


def _never(subject: Subject, seen: Sequence[Seen], point: Point) -> bool:
    """True when an account opened within the window is proven not to have posted since."""
    opened, soon = subject.facts.opened_on, point.rules.soon_day
    if opened is None or soon is None or (point.day - opened).days < soon:
        return False
    return silence(seen, point.at, opened) is not None


def _made(subject: Subject, newest: SeenPost | None, point: Point) -> Silent:
    lasts = point.window_days + (1 if point.edge is Edge.PASS else 0)
    opened = subject.facts.opened_on
    if newest is None:
        assert opened is not None
        stale_on = opened + timedelta(days=lasts - 1)
    else:
        stale_on = newest.day + timedelta(days=lasts)
    by_day = newest is not None and newest.precision is Precision.DAY
    return Silent(
        subject.id,
        subject.name,
        subject.facts.platform,
        newest.day if newest and by_day else newest.at if newest else None,
        stale_on,
        point.at,
        newest.at.isoformat() if newest else _NEVER,
    )


def _by_unit(
    session: Session, found: Mapping[int | None, Sequence[Silent]]
) -> tuple[UnitReminder, ...]:
    keys = [key for key in found if key is not None]
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(keys)))}
    codes: dict[int, list[str]] = {}
    held = select(UnitIdentifier.unit_id, UnitIdentifier.value).order_by(UnitIdentifier.id)
    for owner, value in session.execute(held.where(UnitIdentifier.unit_id.in_(keys))):
        codes.setdefault(owner, []).append(value)
    made = []
    for key, silents in found.items():
        unit = units.get(key) if key is not None else None
        others = [alias.alias for alias in unit.aliases] if unit else []
        called = [unit.name, *others, *codes.get(unit.id, ())] if unit else []
        urgent = sorted(silents, key=lambda silent: (silent.stale_on, silent.account_id))
        made.append(UnitReminder(key, unit.name if unit else "", tuple(called), tuple(urgent)))
    return tuple(sorted(made, key=lambda told: (told.accounts[0].stale_on, told.unit)))
