"""One run of a sweep, from what it owes to the last observation; may be killed at any moment.

Each group of finished checks is committed as it comes, after its evidence has been written. A run
that is resumed goes on with what is left, in an evidence segment of its own. Whoever asks a network holds
the lease meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.db import Registry
from registry.errors import NotFound, Unwritable
from registry.messages import _
from registry.misprints import Misprints
from registry.models import Observation, Run, Sweep, table_of
from registry.vocab import Outcome, Reason, samples_sites
from sweeps.clock import Clock
from sweeps.driving.agenda import Agenda, Planned
from sweeps.driving.course import Result
from sweeps.driving.engine import Engine, paces
from sweeps.driving.ground import Recorder, Tuning
from sweeps.driving.workers import Threads, Workers
from sweeps.evidence.store import EvidenceWriter, Unwritten
from sweeps.evidence.sums import record, record_left, recorded
from sweeps.lanes.egresses import HOME, Egresses, Spread
from sweeps.lanes.host_use import DayBook
from sweeps.lanes.lane import Lane
from sweeps.lanes.lanes import Lanes
from sweeps.lanes.pauses import noted
from sweeps.lanes.stops import HostStop
from sweeps.lease import Lease, leased
from sweeps.network.credentials import Credentials, quiet_logs
from sweeps.network.tokens import Tokens
from sweeps.network.transport import Network, transport
from sweeps.planning.owed import load_planned, planned_count, remaining
from sweeps.unbroken import unbroken
from sweeps.writing import add_rows, row

if TYPE_CHECKING:
    from sweeps.evidence.replay import Recording

_RUN = table_of(Run)

_MORE_AHEAD = 8
"""Times as many new checks stand before a host's lanes where several egresses have one each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the office sweeps."""

    workers: int = 64
    """Requests under way at once, over all hosts; so many silent ones hold up the rest."""
    tuning: Tuning = Tuning()
    network: Network = Network()
    pace: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Host → figures of its `Pace` to be used instead of the checker's."""
    misprints: Misprints = Misprints()
    """The office's own list, pointed at in what is read."""


@dataclass(slots=True)
class Progress:
    """Where a run stands, for whoever shows it."""

    planned: int
    done: int
    """Of them with an observation, earlier segments included."""
    outcomes: Counter[Outcome]
    lanes: Lanes | Egresses
    ahead: Callable[[], Iterable[tuple[str, int]]] = tuple
    """Lane (as planned) and number of the checks there that have not begun."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run has come to."""

    run_uid: str
    planned: int
    outcomes: Mapping[Outcome, int]
    reasons: Mapping[Reason, int]
    """Of what was not read."""
    stopped: tuple[HostStop, ...] = ()
    """The hosts that it asked nothing more before its end."""
    everything: bool = False
    """It was asked to look at everything, due or not."""

    @property
    def done(self) -> int:
        """Observations in all."""
        return sum(self.outcomes.values())

    @property
    def left(self) -> int:
        """Planned checks that have none yet."""
        return self.planned - self.done


def evidence_folder(registry: Registry) -> Path:
    """Where the segments lie."""
    return registry.data / "evidence"


def run(
    registry: Registry,
    run_uid: str,
    catalogue: Catalogue,
    *,
    credentials: Credentials,
    clock: Clock,
    settings: Settings = Settings(),
    recording: Recording | None = None,
    workers: Workers | None = None,
    lease: Lease | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> RunResult:
    """Do what the run still owes. Called again after an interruption, it goes on.

    With `recording`, answers come out of evidence, no network is touched and no lease needed; else
    `lease` is the one under which the run was planned, or one is taken. `workers` stands in for our
    own threads. KeyboardInterrupt leaves with everything kept. Raises NotFound, SweepUnderWay, and with
    everything kept that was stored before LeaseLost, and Unwritten where nothing can be written.
    """
    with ExitStack() as stack:
        stack.enter_context(_told_what_is_kept(registry, run_uid))
        if recording is None and lease is None:
            lease = stack.enter_context(leased(registry, clock))
        with registry.read() as session:
            found = _run(session, run_uid)
            owed, planned = remaining(session, found.id), planned_count(session, found.id)
        if recording is None:
            samples = samples_sites(found.options.get("kinds", ()))
            record_left(registry, evidence_folder(registry), clock.now(), samples=samples)
        if not owed:
            return _conclude(registry, run_uid, clock)
        if recording is not None:
            engine = _replaying(catalogue, clock, recording)
        else:
            segment = _segment(registry, run_uid, credentials, clock, lease)
            by = _asking(catalogue, credentials, clock, settings, workers, segment)
            engine = stack.enter_context(by)
        progress = Progress(planned, planned - len(owed), Counter(), engine.lanes)
        book = DayBook(registry, clock, engine.lanes.ways if recording is None else list)
        stack.callback(book.close)
        shelf = _Shelf(registry, found.id, credentials, clock, settings, lease, progress, book)
        agenda = Agenda(owed, shelf.load)
        progress.ahead = agenda.ahead
        stack.callback(_note_stops, registry, run_uid, engine.lanes, clock)
        book.turn()
        engine.run(agenda, shelf.keep, lambda: shelf.tick(on_progress))
    return _conclude(registry, run_uid, clock)


@contextmanager
def _told_what_is_kept(registry: Registry, run_uid: str) -> Iterator[None]:
    """Says of a disk that takes no more what of the run is stored. Raises Unwritten."""
    try:
        yield
    except Unwritable as error:
        with registry.read() as session:
            result = _counted(session, _run(session, run_uid))
        kept = _(
            "{done} of {planned} checks are stored with their evidence, nothing of the others."
        )
        counts = kept.format(done=result.done, planned=result.planned)
        what = _("{what} {kept}").format(what=error.message, kept=counts)
        raise Unwritten(what, error.hint) from error


@contextmanager
def _asking(
    catalogue: Catalogue,
    credentials: Credentials,
    clock: Clock,
    settings: Settings,
    workers: Workers | None,
    segment: AbstractContextManager[EvidenceWriter],
) -> Iterator[Engine]:
    """An engine that asks the network by `workers`, or by our own threads, and keeps its evidence in
    `segment`, for the length of the block."""
    with ExitStack() as stack:
        stack.enter_context(quiet_logs(credentials.redactor))
        evidence = stack.enter_context(segment)
        hands = workers or stack.enter_context(threads(settings, clock))
        yield asking(catalogue, credentials, clock, settings, hands, evidence)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where a run takes its planned checks from and puts what they came to."""

    registry: Registry
    run_id: int
    credentials: Credentials
    clock: Clock
    settings: Settings
    lease: Lease | None
    progress: Progress
    book: DayBook

    def tick(self, on_progress: Callable[[Progress], None]) -> None:
        """What is due from time to time. Raises LeaseLost."""
        if self.lease is not None:
            self.lease.renew()
        self.book.turn()
        on_progress(self.progress)

    def load(self, ids: Sequence[int]) -> list[Planned]:
        """Planned checks by id."""
        with self.registry.read() as session:
            return load_planned(session, ids)

    def keep(self, finished: Sequence[tuple[Planned, Result]]) -> None:
        """Store a group of finished checks, whole or not at all. Their evidence is in the system's
        hands already. Raises LeaseLost and stores nothing when somebody else sweeps by now."""
        now, redactor = self.clock.now(), self.credentials.redactor
        rows = [
            row(p.account_id, p.kind, p.ordinal, result, now, redactor, self.settings.misprints)
            for p, result in finished
        ]
        with unbroken(), self.registry.write() as session:
            if self.lease is not None:
                self.lease.assure(session)
            add_rows(session, self.run_id, rows)
            self.book.store(session)
        self.progress.done += len(finished)
        self.progress.outcomes.update(result.outcome for _planned, result in finished)


def _run(session: Session, run_uid: str) -> Row[Any]:
    """The run's row, read anew."""
    found = session.execute(select(_RUN).where(_RUN.c.uid == run_uid)).first()
    if found is None:
        raise NotFound(
            _("There is no run {uid}.").format(uid=run_uid),
            _("`taizhang sweep list` shows the runs there are."),
        )
    return found


def asking(
    catalogue: Catalogue,
    credentials: Credentials,
    clock: Clock,
    settings: Settings,
    workers: Workers,
    recorder: Recorder,
) -> Engine:
    """An engine that asks the network, within the lanes of the office's settings."""

    def lanes(egress: str) -> Lanes:
        return Lanes(paces(catalogue), settings.pace, egress=egress)

    tuning = settings.tuning
    if isinstance(workers, Spread):
        tuning = replace(tuning, ahead=_MORE_AHEAD * tuning.ahead)
    return Engine(
        catalogue,
        lanes=workers.spread(lanes) if isinstance(workers, Spread) else lanes(HOME),
        workers=workers,
        tokens=Tokens(credentials),
        recorder=recorder,
        clock=clock,
        tuning=tuning,
    )


def _replaying(catalogue: Catalogue, clock: Clock, recording: Recording) -> Engine:
    # Here, not above: whoever asks a network needs nothing of it.
    from sweeps.evidence.replay import RecordedCredentials, ReplayRecorder, ReplayWorkers

    workers = ReplayWorkers(recording, clock)
    recorder: Recorder = ReplayRecorder(workers)
    return Engine(
        catalogue,
        lanes=Lanes({}, polite=False),
        workers=workers,
        tokens=Tokens(RecordedCredentials(catalogue, recording), offline=True),
        recorder=recorder,
        clock=clock,
        tuning=replace(Tuning(), back_off=0.0, share=False),
    )


@contextmanager
def threads(settings: Settings, clock: Clock) -> Iterator[Workers]:
    """Our own threads with their way out, for the length of the block."""
    with transport(clock, settings.network) as way_out:
        threads = Threads(way_out.fetch, clock, settings.workers, way_out)
        try:
            yield threads
        finally:
            threads.close()


@contextmanager
def _segment(
    registry: Registry, run_uid: str, credentials: Credentials, clock: Clock, lease: Lease | None
) -> Iterator[EvidenceWriter]:
    """A new evidence file of the run, entered in the run before anything is asked. It is made before
    it is entered: one that a run names and nobody finds is evidence that was lost."""
    folder = evidence_folder(registry)
    with ExitStack() as stack:
        with registry.write() as session:
            if lease is not None:
                lease.assure(session)
            found = _run(session, run_uid)
            taken = {*found.evidence, *(path.name for path in folder.glob(f"{run_uid}-*"))}
            names = (f"{run_uid}-{number}.warc.gz" for number in range(1, len(taken) + 2))
            name = next(name for name in names if name not in taken)
            _set(session, run_uid, evidence=[*found.evidence, name])
            info = _info(session, found)
            writer = EvidenceWriter(folder / name, credentials.redactor, info, clock.now())
            stack.callback(writer.close)
        stack.callback(_end_segment, registry, writer, clock)
        yield writer


def _end_segment(registry: Registry, writer: EvidenceWriter, clock: Clock) -> None:
    """Record what the file has come to. Where somebody else took over and did so already, what was
    written since is taken back: nothing rests on it."""
    name = writer.path.name
    with registry.read() as session:
        there = recorded(session, [name]).get(name)
    if there is not None:
        writer.take_back(there.size)
        return
    writer.close()
    with suppress(OSError):  # unplugged, say: it is recorded when somebody goes on with the run
        record(registry, writer.path.parent, [name], clock.now())


def _info(session: Session, run: Row[Any]) -> dict[str, str]:
    """What the first record of a segment says it is about."""
    sweep = table_of(Sweep).c
    point = session.scalars(select(sweep.time_point).where(sweep.id == run.sweep_id)).one()
    return {
        "run": run.uid,
        "time-point": point.isoformat(),
        "as-of": run.as_of.isoformat(),
        "window-days": str(run.options["window_days"]),
        "fresh-days": str(run.options["fresh_days"]),
    }


def _conclude(registry: Registry, run_uid: str, clock: Clock) -> RunResult:
    with registry.write() as session:
        return conclude(session, run_uid, clock.now())


def conclude(session: Session, run_uid: str, now: datetime) -> RunResult:
    """Count what there is, and note the end when nothing is left. Never commits. Raises NotFound."""
    session.flush()
    run = _run(session, run_uid)
    result = _counted(session, run)
    if not result.left and run.finished_at is None:
        _set(session, run_uid, finished_at=now)
    return result


def _counted(session: Session, run: Row[Any]) -> RunResult:
    """What the run has come to so far."""
    look = table_of(Observation).c
    counted = select(look.outcome, look.reason, func.count()).where(look.run_id == run.id)
    rows = session.execute(counted.group_by(look.outcome, look.reason)).all()
    outcomes, reasons = Counter[Outcome](), Counter[Reason]()
    for outcome, reason, count in rows:
        outcomes[outcome] += count
        if reason is not None:
            reasons[reason] += count
    planned, stopped = planned_count(session, run.id), HostStop.stored(run.options)
    everything = bool(run.options.get("all"))
    return RunResult(run.uid, planned, outcomes, reasons, stopped, everything)


def _note_stops(registry: Registry, run_uid: str, lanes: Iterable[Lane], clock: Clock) -> None:
    """Keep with the run how hosts refused it, in place of what an earlier part of it kept."""
    with registry.write() as session:
        options = _run(session, run_uid).options
        if (new := noted(options, lanes, clock)) != options:
            _set(session, run_uid, options=new)


def _set(session: Session, run_uid: str, **columns: Any) -> None:
    session.execute(update(_RUN).where(_RUN.c.uid == run_uid).values(columns))
