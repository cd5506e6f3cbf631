"""Every check that the accounts in question could owe, and when each is due; it plans nothing.

A stream, account by account: what is proven is passed on like what is due, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from sys import intern

from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.vocab import AccountState, CheckKind, Reason
from sweeps.driving.targets import PlannedSource, lane_of
from sweeps.planning.calendar import NEVER
from sweeps.planning.choice import Choice
from sweeps.planning.due import Cause, Due, Frame, Known, due, in_question, known, loss
from sweeps.planning.looked import LOOK_BACK, Key, looks_of, rhythms
from sweeps.planning.rhythm import Rhythm
from sweeps.planning.sourcing import PlannedAccount, Sourcing
from sweeps.planning.watch import handle_due

_OF_ACCOUNT = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})


@dataclass(frozen=True, slots=True)
class Check:
    """One check that an account could owe, as it would be planned."""

    kind: CheckKind
    ordinal: int
    identifiers: Mapping[str, str]
    sources: tuple[PlannedSource, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One check with when it is due."""

    account_id: int
    kind: CheckKind
    ordinal: int
    lane: str
    """As `PlannedTarget.lane`."""
    due: Due
    tried_at: datetime | None
    read_at: datetime | None
    losses: tuple[float, ...]
    """What a look on each day from today to T's loses; one figure from T on."""
    lacks_link: bool = False
    """People must look because the ledger holds neither a link nor an id of the account."""
    blind: bool = False
    """It is to tell when the account posted, and none of the sources that can be used does."""

    @property
    def wanted(self) -> bool:
        """False for what is proven, but where a machine can tell whom to remind."""
        return not self.due.proven or (self.due.cause is Cause.SOON and bool(self.lane))

    def waits(self, now: datetime) -> bool:
        """True while a look tells nothing new."""
        return self.due.not_before is not None and self.due.not_before > now

    @property
    def turn(self) -> tuple[bool, int, int, str, int]:
        """Sorts everything: whom nobody has asked for days, so that a host's budget for one run
        goes round; then in the order of the ledger."""
        day = shanghai_date(self.tried_at).toordinal() if self.tried_at else 0
        return self.tried_at is not None, day, self.account_id, self.kind.value, self.ordinal

    @property
    def order(self) -> tuple[bool, date, bool, float, float, int, str, int]:
        """Sorts what is due: open accounts before cancelled ones; by deadline; then whom nobody has
        asked for longest, for the same reason; then by risk."""
        tried = self.tried_at.timestamp() if self.tried_at else 0.0
        which = (self.account_id, self.kind.value, self.ordinal)
        closed = self.kind is CheckKind.HANDLE
        return closed, self.due.by, self.tried_at is not None, tried, -self.due.risk, *which


def checks(
    account: PlannedAccount, kinds: Collection[CheckKind], sourcing: Sourcing
) -> Iterator[Check]:
    """The checks that an account could owe. Freshness is owed whatever happens; the rest where it
    can be looked at; of a cancelled account one per id that it had: who holds it now?"""
    if account.state is AccountState.CLOSED:
        if CheckKind.HANDLE in kinds:
            yield from _handles(account, sourcing)
        return
    for kind in sorted(set(kinds) - {CheckKind.HANDLE}):
        sources = sourcing.sources(account, kind, account.identifiers)
        usable = any(source.why_not is None for source in sources)
        if usable or kind is CheckKind.FRESHNESS:
            yield Check(kind, 0, account.identifiers, sources)


def _lacks_link(account: PlannedAccount, check: Check) -> bool:
    """Whether a link or an id in the ledger would let a machine look."""
    lacking = any(source.why_not is Reason.NO_ADDRESS for source in check.sources)
    return lacking and not account.url and not account.identifiers


def _handles(account: PlannedAccount, sourcing: Sourcing) -> Iterator[Check]:
    """One for each id that a machine can ask for, or else one for a person."""
    kind = CheckKind.HANDLE
    ids = [{scheme: value} for scheme, value in sorted(account.identifiers.items())] or [{}]
    every = [
        Check(kind, ordinal, asked, sourcing.sources(account, kind, asked))
        for ordinal, asked in enumerate(ids)
    ]
    usable = [check for check in every if any(s.why_not is None for s in check.sources)]
    if usable:
        yield from usable
    else:
        sources = sourcing.sources(account, kind, account.identifiers)
        yield Check(kind, 0, account.identifiers, sources)


class Survey:
    """Goes over the accounts of a choice."""

    def __init__(
        self,
        session: Session,
        choice: Choice,
        sourcing: Sourcing,
        frame: Frame,
        *,
        kinds: Collection[CheckKind],
        now: datetime,
        sweep: int,
    ) -> None:
        """`sweep`: the key of T's sweep; `now`: the moment of planning, UTC."""
        self._session = session
        self.choice = choice
        self.sourcing = sourcing
        self._frame = frame
        self._kinds = kinds
        self.now = now
        self.at = frame.at
        self._sweep = sweep
        self.ahead = now < frame.at
        today = shanghai_date(now)
        whole = range((frame.day - today).days + 1) if self.ahead else range(1)
        self.days = [today + timedelta(days=n) for n in whole]
        """The days on which looks are planned: up to T's, or today alone."""

    def __iter__(self) -> Iterator[Entry]:
        """Every check with when it is due, in the order of the ledger."""
        since = min(self._frame.at, self.now) - LOOK_BACK
        for ids in self.choice.parts():
            accounts = self.choice.accounts(ids)
            seen = looks_of(self._session, ids, self._kinds, since, self._sweep)
            told = {key: known(looks, self._frame) for key, looks in seen.items()}
            rhythm = rhythms(self._session, self._asking(ids, told), self.now)
            for key, account in accounts.items():
                regular = rhythm.get(key, Rhythm())
                for check in checks(account, self._kinds, self.sourcing):
                    facts = told.get((key, check.kind, check.ordinal), Known())
                    yield self._entry(account, check, facts, regular)

    def _asking(self, ids: Sequence[int], told: Mapping[Key, Known]) -> list[int]:
        """The accounts whose rhythm matters: those not proven, and from T on those that may have to
        be reminded."""
        if not _OF_ACCOUNT & set(self._kinds):
            return []
        found = []
        for key in ids:
            facts = told.get((key, CheckKind.FRESHNESS, 0))
            if facts is not None and facts.read_at is not None:
                proven = due(CheckKind.FRESHNESS, facts, self._frame).proven
                if not proven or (not self.ahead and in_question(facts, self._frame)):
                    found.append(key)
        return found

    def _entry(self, account: PlannedAccount, check: Check, told: Known, rhythm: Rhythm) -> Entry:
        lane = intern(lane_of(account.platform, account.url, check.sources))
        tried_at = told.tried_at
        if check.kind is CheckKind.HANDLE:
            found = handle_due(told, self._frame, by_machine=bool(lane))
            tried_at = max(filter(None, (tried_at, told.left_at)), default=None)
        else:
            found = due(check.kind, told, self._frame, rhythm)
        losses = self._losses(check.kind, told, found, rhythm, lane)
        return Entry(
            account.id,
            check.kind,
            check.ordinal,
            lane,
            found,
            tried_at,
            told.read_at,
            losses,
            lacks_link=not lane and _lacks_link(account, check),
            blind=bool(lane) and self.sourcing.blind(account.platform, check.kind, check.sources),
        )

    def _losses(
        self, kind: CheckKind, told: Known, found: Due, rhythm: Rhythm, lane: str
    ) -> tuple[float, ...]:
        """What a look loses on each day. Ahead of T only machines look, and after a failure not
        again on the same day."""
        if found.proven or len(self.days) == 1:
            return (0.0,)
        *before, last = self.days
        if not found.ahead or not lane:
            return (*(NEVER for _day in before), 0.0)
        failed = told.failures and told.tried_at and shanghai_date(told.tried_at)
        return tuple(
            (
                NEVER
                if day == failed and day < last
                else round(loss(told, self._frame, rhythm, day), 3) if kind in _OF_ACCOUNT else 0.0
            )
            for day in self.days
        )
