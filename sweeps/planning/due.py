"""By when an account has to be looked at again, so that every verdict is proven at a time point T.

A post seen on day D keeps an account fresh on every T before D + window, whatever is deleted later;
silence is proven by a list read at or after T alone. So what was seen tells who need not be looked
at, and the rhythm of the posts tells on which day a look ahead of T probably proves two weeks at
once. Existence and names ride along: a proof older than `IDENTITY_DAYS` is looked at again, an
account that gave a sign of being gone as soon as a second one would count, and again for T like one
that is restricted. Who is proven and yet probably silent is looked at from T on, to be reminded.
Pure: no session and no clock. Days are those of Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from registry.dates import shanghai_date, start_of_day
from registry.vocab import NOT_ASKED_REASONS, CheckKind, Existence, Outcome, Precision, RunMethod
from sweeps.planning.calendar import NEVER
from sweeps.planning.rhythm import Rhythm
from verdicts.lists import silence
from verdicts.seen import Seen

IDENTITY_DAYS = 14
"""So old may be the last look at name and existence at T."""
MENU_DAYS = 6
"""A menu is read weekly; a day less, so that a look that came late does not skip the next week."""
GONE_APART = timedelta(hours=24)
"""Between the two signals that make an account gone."""
WEEK_DAYS = 7

_UNSEEN_RISK = 0.5
_PROBABLY = 0.5
"""Above this chance of silence a look is worth it that proves nothing for T."""
_OF_ITS_OWN_AGE = {CheckKind.MENU: MENU_DAYS}


class Cause(StrEnum):
    """Why an account is looked at, or that it need not be."""

    PROVEN = "proven"
    NEVER_READ = "never_read"
    NO_RECENT_POST = "no_recent_post"
    """No post known that keeps it fresh at T."""
    NEAR_EDGE = "near_edge"
    """Its post is known by the day alone, and that day is the window's first."""
    FAILED = "failed"
    """The last looks read nothing."""
    GONE = "gone"
    RESTRICTED = "restricted"
    AT_POINT = "at_point"
    """Only a look at or after T tells."""
    ROUTINE = "routine"
    """The last look is too old."""
    SOON = "soon"
    """Proven, and yet probably silent by now: a look from T on would tell whom to remind."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The time point that is worked for, and its window."""

    at: datetime
    """T, aware."""
    first_day: date
    """Of the window: a post on or after it keeps an account fresh at T."""
    soon_day: date | None = None
    """Who is fresh and silent since this day is reminded (NM-SOON); None: nobody is."""

    @property
    def day(self) -> date:
        """T's date."""
        return shanghai_date(self.at)

    @property
    def first_of_next(self) -> date:
        """The first day of the window of the T a week later."""
        return self.first_day + timedelta(days=WEEK_DAYS)


@dataclass(frozen=True, slots=True)
class Known:
    """What all looks of one kind at one account have told, as far as planning cares."""

    newest: date | None = None
    """Day of the newest own post at or before T."""
    firm: date | None = None
    """The same of posts whose time of day is known."""
    read_at: datetime | None = None
    """When something was read last."""
    tried_at: datetime | None = None
    """When it was asked last, whatever came of it."""
    left_at: datetime | None = None
    """When a run found last that only a person can look."""
    failures: int = 0
    """Looks in a row since then that read nothing."""
    gone_since: datetime | None = None
    """The first signal of being gone without a sign of life after it."""
    gone_twice: bool = False
    """A second one came far enough from it."""
    restricted: bool = False
    settled: bool = False
    """A look at or after T has told what there is to tell."""
    not_before: datetime | None = None
    """A look before this moment tells nothing new."""


@dataclass(frozen=True, slots=True)
class Due:
    """When one check is due."""

    proven: bool
    """Nothing need be asked for T."""
    by: date
    """The last day for a look; of what is proven the first T that this proof does not reach."""
    cause: Cause
    risk: float
    """The chance from 0 to 1, by its rhythm, that the account is stale at T."""
    ahead: bool = False
    """A look ahead of T may prove it."""
    not_before: datetime | None = None


def known(looks: Iterable[tuple[Seen, bool]], frame: Frame) -> Known:
    """Fold looks, oldest first. With each: whether it belongs to the sweep of T itself.

    What a unit reported of itself proves nothing here. Of posts of later looks those after T are
    passed over.
    """
    fold = _Fold(frame)
    for look, own in looks:
        if look.method is not RunMethod.SELF_REPORT:
            fold.add(look, own)
    return fold.known()


class _Fold:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._newest: date | None = None
        self._firm: date | None = None
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._left_at: datetime | None = None
        self._failures = 0
        self._gone: list[datetime] = []
        self._restricted = self._settled = False
        self._not_before: datetime | None = None

    def add(self, look: Seen, own: bool) -> None:
        if look.outcome is Outcome.UNSUPPORTED:
            self._left_at = look.observed_at
        if not look.is_read:
            # of a host that was closed nobody asked for this account
            if look.outcome is Outcome.INCONCLUSIVE and look.reason not in NOT_ASKED_REASONS:
                self._tried_at, self._failures = look.observed_at, self._failures + 1
            return
        self._tried_at = self._read_at = look.observed_at
        self._failures = 0
        self._stand(look)
        for post in look.posts:
            if post.at <= self._frame.at:
                self._newest = max(self._newest or post.day, post.day)
                if post.precision is not Precision.DAY:
                    self._firm = max(self._firm or post.day, post.day)
        if look.observed_at >= self._frame.at:
            self._settle(look, own)

    def _stand(self, look: Seen) -> None:
        """Whether it was there: a post after a gone signal is a sign of life, too."""
        if look.existence is Existence.GONE_SIGNAL:
            self._gone.append(look.observed_at)
        elif look.existence is not Existence.UNKNOWN:
            self._gone.clear()
        if self._gone and any(post.at > self._gone[0] for post in look.posts):
            self._gone.clear()
        if look.existence is not Existence.UNKNOWN:
            self._restricted = look.existence is Existence.RESTRICTED

    def _settle(self, look: Seen, own: bool) -> None:
        """What a look at or after T settles. A list that ends before T is asked for another day."""
        at, since = self._frame.at, self._frame.first_day
        if look.existence is Existence.GONE_SIGNAL:
            self._settled = self._gone[-1] - self._gone[0] >= GONE_APART
        elif look.read_at < at and look.existence is not Existence.RESTRICTED:
            self._not_before = start_of_day(shanghai_date(look.observed_at) + timedelta(days=1))
        elif own or silence([look], at, since) is not None:
            self._settled = True

    def known(self) -> Known:
        since = self._gone[0] if self._gone else None
        twice = since is not None and self._gone[-1] - since >= GONE_APART
        return Known(
            self._newest,
            self._firm,
            self._read_at,
            self._tried_at,
            self._left_at,
            self._failures,
            since,
            twice,
            self._restricted,
            self._settled,
            since + GONE_APART if since else self._not_before,
        )


def due(kind: CheckKind, told: Known, frame: Frame, rhythm: Rhythm = Rhythm()) -> Due:
    """When a check of this kind is due for T, by all that was `told` and the account's rhythm. Of
    ids of cancelled accounts see `sweeps.planning.watch`."""
    if kind is CheckKind.FRESHNESS:
        return _of_account(told, frame, rhythm)
    if kind is CheckKind.IDENTITY:
        return _of_account(told, replace(frame, soon_day=None), rhythm)
    days = _OF_ITS_OWN_AGE.get(kind)
    if kind is CheckKind.SITE:
        return Due(False, frame.day, Cause.ROUTINE, 0.0)
    if told.gone_since is not None and not told.settled:
        return Due(False, frame.day, Cause.GONE, 0.0, not_before=told.not_before)
    if days is not None and told.read_at is not None:
        by = shanghai_date(told.read_at) + timedelta(days=days)
        if by > frame.day or told.settled:
            return Due(True, by, Cause.PROVEN, 0.0)
        return Due(False, frame.day, Cause.ROUTINE, 0.0)
    if told.settled:
        return Due(True, frame.day + timedelta(days=1), Cause.PROVEN, 0.0)
    return Due(False, frame.day, _cause(told, Cause.AT_POINT), 0.0)


def _of_account(told: Known, frame: Frame, rhythm: Rhythm) -> Due:
    """Freshness, and with it name and existence."""
    reach = frame.day - frame.first_day + timedelta(days=1)
    last = told.newest + reach if told.newest else None
    if told.settled:
        return Due(True, max(last or frame.day, frame.day + timedelta(days=1)), Cause.PROVEN, 0.0)
    if told.gone_since is not None:
        return _missing(told, told.gone_since, frame)
    if told.restricted:
        return Due(False, frame.day, Cause.RESTRICTED, 1.0)
    if told.newest is not None and told.newest >= frame.first_day and told.read_at is not None:
        seen = shanghai_date(told.read_at) + timedelta(days=IDENTITY_DAYS + 1)
        last = min(told.newest + reach, seen)
        if last > frame.day and not _on_the_edge(told, frame):
            cause = Cause.SOON if _probably_silent(told, frame, rhythm) else Cause.PROVEN
            return Due(True, last, cause, 0.0)
        cause = Cause.NEAR_EDGE if last > frame.day else Cause.ROUTINE
        return Due(False, frame.day, cause, _risk(told, frame, rhythm), ahead=True)
    cause = _cause(told, Cause.NO_RECENT_POST)
    early = timedelta(days=1 if told.failures else 0)
    risk = _risk(told, frame, rhythm)
    return Due(False, frame.day - early, cause, risk, ahead=True, not_before=told.not_before)


def _missing(told: Known, since: datetime, frame: Frame) -> Due:
    """One that gave a signal of being gone: nobody waits for T with the second look."""
    second = shanghai_date(since + GONE_APART)
    early = second < frame.day and not told.gone_twice
    by = second if early else frame.day
    return Due(False, by, Cause.GONE, 1.0, ahead=early, not_before=told.not_before)


def in_question(told: Known, frame: Frame) -> bool:
    """True when it may be silent for long enough to be reminded, by the posts known; one try at or
    after T is made at most."""
    if frame.soon_day is None or told.newest is None or told.newest >= frame.soon_day:
        return False
    return not told.settled and (told.tried_at is None or told.tried_at < frame.at)


def _probably_silent(told: Known, frame: Frame, rhythm: Rhythm) -> bool:
    if frame.soon_day is None or told.read_at is None or not in_question(told, frame):
        return False
    first = max(frame.soon_day, shanghai_date(told.read_at))
    return 1.0 - rhythm.chance(first, max(first, frame.day)) > _PROBABLY


def _cause(told: Known, otherwise: Cause) -> Cause:
    if told.failures:
        return Cause.FAILED
    return Cause.NEVER_READ if told.read_at is None else otherwise


def _on_the_edge(told: Known, frame: Frame) -> bool:
    """An error of a day would make it stale: nothing but a post known by its day, on the first."""
    return told.newest == frame.first_day and (told.firm is None or told.firm < frame.first_day)


def _risk(told: Known, frame: Frame, rhythm: Rhythm) -> float:
    """That no post comes from the day after the last look on, up to T."""
    if told.read_at is None:
        return _UNSEEN_RISK
    first = max(frame.first_day, shanghai_date(told.read_at))
    return round(1.0 - rhythm.chance(first, max(first, frame.day)), 3)


def loss(told: Known, frame: Frame, rhythm: Rhythm, day: date) -> float:
    """What a look on `day` ahead of T proves less, in weeks, than one at T.

    One at T proves T itself and perhaps the next; one before it needs a post for either. Posts of
    the very day of the look are not counted on. An account never read is best read ahead, which
    leaves T to those that have to be confirmed. A second look at one that may be gone proves nothing
    before its time, and is worth less with every day that it is put off.
    """
    if told.read_at is None:
        return 0.0 if day < frame.day else 1.0
    if told.gone_since is not None and not told.gone_twice:
        late = (day - shanghai_date(told.gone_since + GONE_APART)).days
        return float(late) if late >= 0 else NEVER
    if day >= frame.day:
        return 0.0
    eve, last = day - timedelta(days=1), frame.day - timedelta(days=1)
    after = max(frame.first_day, shanghai_date(told.read_at))
    this = rhythm.chance(after, eve)
    next_ = rhythm.chance(max(after, frame.first_of_next), eve)
    both = rhythm.chance(max(after, frame.first_of_next), last)
    return 1.0 + both - this - next_
