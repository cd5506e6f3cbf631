"""The right to sweep a registry: one process at a time has it, and a dead one loses it.

Two sweeps at once would ask each host at twice its pace. Hourly samples of whether websites open
have a lease of their own: a sweep may take days, and sites are hardly asked in it. The holder renews its lease while it works
and makes sure of it before it writes; whoever comes meanwhile is told who sweeps, and refused.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import sys
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from registry.dates import to_the_minute
from registry.db import Registry
from registry.errors import Interrupted, Refused, Unwritable
from registry.messages import _
from registry.models import Moment, SweepLease, table_of
from registry.vocab import CheckKind, samples_sites
from sweeps.clock import Clock

RENEWAL = 20.0
"""Seconds after which the holder renews."""

SILENCE = 90.0
"""Seconds without a renewal after which a holder on another machine is taken for dead."""

POLL = 5.0
"""Seconds between two tries of one who waits for the holder's end."""

PATIENCE = 86_400.0
"""Seconds that anybody waits for it at most."""

SWEEP, SITES, REMINDERS = "sweep", "sites", "remind"
"""What a lease may be for: everything, samples of websites alone, or telling units."""

_LEASE = table_of(SweepLease)

_OURS = (
    select(_LEASE.c.name)
    .where(_LEASE.c.name == bindparam("mine"), _LEASE.c.holder == bindparam("me"))
    .with_for_update()
)
"""Made once: it is asked at each write."""

_BOUND = text(f"SET LOCAL idle_in_transaction_session_timeout = '{round(SILENCE)}s'")

_STARTED = 19
"""Place of a process's beginning among what Linux tells of it behind its name."""

_BIRTH = 5.0
"""Seconds by which two readings of when a process began may differ."""


def lease_for(kinds: Collection[CheckKind]) -> str:
    """The name of the lease that a run of these kinds of checks needs."""
    return SITES if samples_sites(kinds) else SWEEP


class SweepUnderWay(Refused):
    """Another process holds the lease; the message says which, where and since when."""

    code = "sweep_under_way"


class LeaseLost(Refused):
    """The lease was taken over while its holder was silent."""

    code = "lease_lost"


class WaitEnded(Interrupted):
    """Ctrl-C while nothing was done but wait for somebody else's end."""


class Fate(Enum):
    """What can be known of a process from here."""

    ALIVE = auto()
    GONE = auto()
    UNKNOWN = auto()
    """It runs, or ran, where we cannot look."""


@dataclass(frozen=True, slots=True)
class Place:
    """A process, told apart from all that have or had its number."""

    who: str
    """User and machine, for people."""
    table: str
    """Names the set of processes among which its number is unique: one machine since it was
    started, one container."""
    born: int
    """When it began; see `_born`."""
    process: int

    @classmethod
    def here(cls) -> Place:
        """This process."""
        user = ""
        with suppress(KeyError, OSError, ImportError):  # Windows without USERNAME
            user = getpass.getuser()[:60]
        host = socket.gethostname()[:100]
        number = os.getpid()
        born = round(_born(number))
        return cls(f"{user}@{host}" if user else host, _table(host), born, number)

    @classmethod
    def stored(cls, machine: str, process: int) -> Place:
        """The process that a row names."""
        who, table, born = (*machine.rsplit(" ", 2), "", "")[:3]
        return cls(who, table, int(born) if born.isdigit() else 0, process)

    def machine(self) -> str:
        """For the row."""
        return f"{self.who} {self.table} {self.born}"

    def fate(self) -> Fate:
        """Whether this process still runs, as far as that can be seen from here."""
        if self.table != _table(socket.gethostname()[:100]):
            return Fate.UNKNOWN
        import psutil

        try:
            born = _born(self.process)
            dead = psutil.Process(self.process).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return Fate.GONE
        except psutil.Error:
            return Fate.UNKNOWN
        return Fate.GONE if dead or abs(born - self.born) > _BIRTH else Fate.ALIVE


def _born(process: int) -> float:
    """When a process began, in seconds that stay the same when somebody sets the clock: on Linux
    they are counted from the machine's start. Raises psutil's errors."""
    if sys.platform == "linux":
        with suppress(OSError, ValueError, IndexError):
            told = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
            return int(told[_STARTED]) / os.sysconf("SC_CLK_TCK")
    # Here, not above: who begins a sweep on Linux needs nothing of it.
    import psutil

    # It counts from the machine's start too, and adds what the clock says of that.
    started = psutil.boot_time() if psutil.LINUX else 0.0
    return psutil.Process(process).create_time() - started


def _table(host: str) -> str:
    marks = [host]
    with suppress(OSError):
        marks.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        marks.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]


class Lease:
    """A lease that is held. `renew` it from time to time; every write makes sure of it."""

    def __init__(self, registry: Registry, clock: Clock, holder: str, name: str = SWEEP) -> None:
        self._registry = registry
        self._clock = clock
        self._holder = holder
        self._name = name
        self._sure()

    @property
    def due(self) -> bool:
        """True when it is time to renew. Both clocks count: one of them stands still while a
        machine sleeps."""
        passed = self._clock.monotonic() - self._renewed
        asleep = (self._clock.now() - self._renewed_at).total_seconds()
        return max(passed, asleep) >= RENEWAL

    def renew(self) -> None:
        """Renew in a transaction of its own, if it is time. Raises LeaseLost."""
        if self.due:
            with self._registry.write() as session:
                self.assure(session)

    def assure(self, session: Session) -> None:
        """Make sure that nobody took the lease over, nor will before the caller's transaction ends:
        whoever comes waits for the row. No clock is asked whether to look, for they may all have
        stood still with us. Raises LeaseLost."""
        _bound(session)
        if not session.scalar(_OURS, {"mine": self._name, "me": self._holder}):
            raise _lost(_found(session, self._name))
        if self.due:
            now = _moment(session, self._clock)
            session.execute(update(_LEASE).where(*self._ours).values(renewed_at=now))
            self._sure()

    def release(self) -> None:
        """Give the lease back."""
        # With the database out of reach the row stays; it is taken for dead soon enough.
        with suppress(OperationalError, Unwritable), self._registry.write() as session:
            session.execute(delete(_LEASE).where(*self._ours))

    @property
    def _ours(self) -> tuple[ColumnElement[bool], ...]:
        return _LEASE.c.name == self._name, _LEASE.c.holder == self._holder

    def _sure(self) -> None:
        self._renewed = self._clock.monotonic()
        self._renewed_at = self._clock.now()


Waits = Callable[[SweepUnderWay], None]
"""Told once for whose end somebody waits."""


@contextmanager
def leased(
    registry: Registry, clock: Clock, name: str = SWEEP, waits: Waits | None = None
) -> Iterator[Lease]:
    """Hold a lease for the length of the block. With `waits` it is waited for, a day at most, while
    somebody else holds it. Raises SweepUnderWay, and WaitEnded for a Ctrl-C meanwhile."""
    lease = _awaited(registry, clock, name, waits) if waits else take(registry, clock, name=name)
    try:
        yield lease
    finally:
        lease.release()


def _awaited(registry: Registry, clock: Clock, name: str, waits: Waits) -> Lease:
    given_up, told = clock.monotonic() + PATIENCE, False
    while True:
        try:
            return take(registry, clock, name=name)
        except SweepUnderWay as refusal:
            if clock.monotonic() >= given_up:
                raise
            if not told:
                waits(refusal)
            told = True
        try:
            clock.wait(POLL)
        except KeyboardInterrupt:
            raise WaitEnded(
                _("Not waiting any longer: nothing was looked at, nothing has changed."),
                _("The sweep that is under way goes on. This one: run the same command again."),
            ) from None


def take(registry: Registry, clock: Clock, place: Place | None = None, name: str = SWEEP) -> Lease:
    """Take the lease for this process: it is free, or its holder is dead. Raises SweepUnderWay."""
    mine, holder = place or Place.here(), str(uuid.uuid4())
    with registry.read() as session:
        # Not to wait for whoever is writing just now: most likely the very holder.
        _refuse_unless_dead(_found(session, name), _moment(session, clock))
    try:
        with registry.write() as session:
            found, now = _found(session, name, for_update=True), _moment(session, clock)
            _refuse_unless_dead(found, now)
            columns = {"holder": holder, "machine": mine.machine(), "process": mine.process}
            columns |= {"taken_at": now, "renewed_at": now}
            if found is None:
                session.execute(insert(_LEASE).values(name=name, **columns))
            else:
                session.execute(update(_LEASE).where(_LEASE.c.name == name).values(columns))
    except IntegrityError:
        with registry.read() as session:
            raise _under_way(_found(session, name)) from None
    return Lease(registry, clock, holder, name)


def _found(session: Session, name: str, *, for_update: bool = False) -> Row[Any] | None:
    """The row of that lease."""
    query = select(_LEASE).where(_LEASE.c.name == name)
    return session.execute(query.with_for_update() if for_update else query).first()


def _refuse_unless_dead(lease: Row[Any] | None, now: datetime) -> None:
    """A process of this machine is looked up; of another one only its silence tells."""
    if lease is None:
        return
    fate = Place.stored(lease.machine, lease.process).fate()
    silent = now - lease.renewed_at > timedelta(seconds=SILENCE)
    if fate is not Fate.GONE and not (fate is Fate.UNKNOWN and silent):
        raise _under_way(lease, now if fate is Fate.UNKNOWN else None)


def _bound(session: Session) -> None:
    """A server ends the transaction of a holder that stands still in it for longer than a lease
    lasts, so that who comes need not wait for one that may be gone."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_BOUND)


def _moment(session: Session, clock: Clock) -> datetime:
    """Now, by the one clock that all who share the database have in common: a server's own."""
    if session.get_bind().dialect.name != "postgresql":
        return clock.now()
    return session.scalars(select(func.clock_timestamp(type_=Moment))).one()


def _under_way(lease: Row[Any] | None, now: datetime | None = None) -> SweepUnderWay:
    """Who sweeps. `now`: where only the holder's silence tells whether it does."""
    if lease is None:
        return SweepUnderWay(_("A sweep is under way."), _("Wait for its end, then try again."))
    place = Place.stored(lease.machine, lease.process)
    if lease.name == REMINDERS:
        return SweepUnderWay(
            _("Reminders are being sent: {who}, process {process}, since {since}.").format(
                who=place.who, process=place.process, since=to_the_minute(lease.taken_at)
            ),
            _("Wait for its end: who was told by then is not told again."),
        )
    if now is not None and lease.renewed_at > now + timedelta(seconds=SILENCE):
        return _from_the_future(place, lease.renewed_at, now)
    return SweepUnderWay(
        _("A sweep is under way: {who}, process {process}, since {since}.").format(
            who=place.who, process=place.process, since=to_the_minute(lease.taken_at)
        ),
        _(
            "With --wait this one begins when that one has ended, and looks at what is left then."
            " Or end it there (Ctrl-C keeps everything). If that machine was switched off: try again"
            " in {seconds} seconds, the sweep is then taken over."
        ).format(seconds=round(SILENCE)),
    )


def _from_the_future(place: Place, renewed: datetime, now: datetime) -> SweepUnderWay:
    """Of a holder whose last sign of life is still to come nobody can tell how long it is silent."""
    return SweepUnderWay(
        _(
            "A sweep ({who}, process {process}) was last heard of at {renewed}, and it is {now} now by"
            " this machine's clock: one of the two clocks is wrong."
        ).format(
            who=place.who,
            process=place.process,
            renewed=to_the_minute(renewed),
            now=to_the_minute(now),
        ),
        _(
            "Set the clocks right. If that sweep has ended, this one begins {seconds} seconds after"
            " its last sign of life."
        ).format(seconds=round(SILENCE)),
    )


def _lost(lease: Row[Any] | None) -> LeaseLost:
    who = Place.stored(lease.machine, lease.process).who if lease else "–"
    return LeaseLost(
        _("This sweep was silent for too long and another one took over ({who}).").format(who=who),
        _("All it had seen is kept. When the other has ended: `taizhang sweep run --resume`."),
    )
