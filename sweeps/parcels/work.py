"""A run on the connected machine: a small store made of the targets, from which the result is written.

The store lies beside the file and knows the accounts by uid and target only. It outlives a killed
run, so that the same command goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry import db
from registry.actors import system
from registry.db import Registry
from registry.errors import AlreadyExists, Refused, TaizhangError
from registry.messages import _
from registry.models import Account, PlannedCheck, Run
from registry.uids import new_uid
from registry.vocab import AccountState, RunMethod
from sweeps.clock import Clock
from sweeps.driving.targets import PlannedTarget
from sweeps.evidence.adoption import differs
from sweeps.evidence.store import segment_info
from sweeps.evidence.sums import proven, record, recorded
from sweeps.lease import leased
from sweeps.network.credentials import Credentials
from sweeps.parcels.parcel import LOOKS, TARGETS, About, Kind, Parcel, opened, writable, written
from sweeps.parcels.rows import look_lines
from sweeps.planning.plan import sweep_key
from sweeps.planning.sourcing import NamedSource, Order, PlannedAccount, Sourcing
from sweeps.run import RunResult, conclude, evidence_folder

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Means:
    """What the connected machine has to look with."""

    catalogue: Catalogue
    credentials: Credentials
    rsshub: str
    order: Order


@dataclass(frozen=True, slots=True)
class Work:
    """The opened store of one file of targets."""

    registry: Registry
    about: About
    """As in the result: `as_of`, `targets` and `work` are those of this store."""

    def result(self, now: datetime) -> RunResult:
        """What the run has come to so far."""
        with self.registry.write() as session:
            return conclude(session, self.about.run, now)


@contextmanager
def opened_work(file: Path, means: Means, now: datetime) -> Iterator[Work]:
    """The store beside `file`, made at the first call; closed at the end of the block.

    Sources and their order are chosen anew here, by this machine's credentials and settings.
    Raises UnreadableFile for a file that is not as it was written.
    """
    with opened(file, Kind.TARGETS) as parcel:
        folder = file.with_name(f"{file.stem}-{parcel.about.run[-12:]}.work")
        with writable(
            folder, _("Copy the file into a folder that can be written, and use it there.")
        ):
            folder.mkdir(exist_ok=True)
        place = str(folder / "accounts.db")
        registry = db.open_registry(place) if db.exists(place) else db.create(place)
        try:
            with registry.write() as session:
                run = _filled(session, parcel, means, now)
                about = replace(
                    parcel.about,
                    as_of=run.as_of,
                    targets=parcel.files[TARGETS].sha256,
                    work=run.options["work"],
                )
            yield Work(registry, about)
        finally:
            registry.close()


def _filled(session: Session, parcel: Parcel, means: Means, now: datetime) -> Run:
    """The run of the parcel, planned in this store."""
    about, targets = parcel.about, parcel.files[TARGETS].sha256
    found = session.scalars(select(Run)).first()
    if found is not None:
        if found.options["targets"] != targets:
            parcel.refuse(_("another file of the same run was begun here"))
        return found
    run = Run(
        uid=about.run,
        sweep_id=sweep_key(session, about.time_point, now),
        method=RunMethod.ENGINE,
        as_of=now,
        started_at=now,
        actor_id=system(session).id,
        evidence=[],
        options={
            "window_days": about.window_days,
            "fresh_days": about.fresh_days,
            "targets": targets,
            "work": new_uid(),
        },
    )
    session.add(run)
    session.flush()
    _plan(session, run, parcel, means)
    return run


def _plan(session: Session, run: Run, parcel: Parcel, means: Means) -> None:
    sourcing = Sourcing(means.catalogue, means.credentials, means.rsshub, means.order)
    keys: dict[str, int] = {}
    accounts: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    for line in parcel.lines(TARGETS):
        try:
            target, ordinal, settings = _read(line)
        except (KeyError, TypeError, ValueError, AttributeError):
            parcel.refuse(_("line {number} is not one of ours").format(number=len(checks) + 1))
        if target.account not in keys:
            keys[target.account] = len(keys) + 1
            accounts.append(_account(keys[target.account], target))
        known = PlannedAccount(
            keys[target.account],
            target.account,
            target.platform,
            target.name,
            target.url,
            AccountState.ACTIVE,
            target.identifiers,
            settings,
        )
        sources = sourcing.sources(known, target.kind, target.identifiers)
        frozen = replace(target, as_of=run.as_of, sources=sources)
        place = {"run_id": run.id, "account_id": known.id, "kind": target.kind, "ordinal": ordinal}
        checks.append({**place, "target": frozen.to_json()})
    for rows, table in ((accounts, Account), (checks, PlannedCheck)):
        for start in range(0, len(rows), _BATCH):
            session.execute(insert(table), rows[start : start + _BATCH])


def _read(line: Any) -> tuple[PlannedTarget, int, list[NamedSource]]:
    if {*line} != {"ordinal", "target", "settings"} or type(line["ordinal"]) is not int:
        raise ValueError("other fields than a target has")
    settings = [NamedSource(**_setting(own)) for own in line["settings"]]
    return PlannedTarget.from_json(line["target"]), line["ordinal"], settings


def _setting(own: Mapping[str, Any]) -> dict[str, Any]:
    if {*own} != {"source", "address", "credential", "enabled"}:
        raise ValueError("other fields than a setting has")
    return dict(own)


def _account(key: int, target: PlannedTarget) -> dict[str, Any]:
    return {
        "id": key,
        "uid": target.account,
        "platform": target.platform,
        "name": target.name,
        "fold": target.name,
        "url": target.url,
        "state": AccountState.ACTIVE,
    }


def write_result(
    work: Work,
    target: Path,
    clock: Clock,
    program: str,
    on_progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write what has been seen so far, with its evidence; how many observations.

    A result of the same run that is there is replaced by this later one. Raises AlreadyExists for
    any other file, SweepUnderWay while the run goes on in another process.
    """
    over = is_earlier(target, work.about.run)
    with leased(work.registry, clock), work.registry.read() as session:
        run = session.scalars(select(Run)).one()
        folder = evidence_folder(work.registry)
        record(work.registry, folder, run.evidence, clock.now())
        _assure_unaltered(session, folder, run.evidence)
        kept = (folder / name for name in run.evidence)
        # A run that was killed at once leaves a name without a file, or a file without a record.
        segments = [path for path in kept if path.exists() and segment_info(path)]
        about, lines = replace(work.about, program=program), _Counted(
            look_lines(session, run), on_progress
        )
        with written(target, Kind.LOOKS, about, over=over) as writer:
            writer.add(LOOKS, lines)
            for path in segments:
                writer.add_file(f"evidence/{path.name}", path, packed=False)
    return lines.count


def _assure_unaltered(session: Session, folder: Path, names: Collection[str]) -> None:
    """Raise Refused for evidence here that is not as it was recorded: nothing of it goes home."""
    for name, kept in recorded(session, names).items():
        if (folder / name).exists() and proven(folder / name, kept) is None:
            raise Refused(
                _("Evidence {name}: {what}").format(name=folder / name, what=differs()),
                _("Without it: remove {folder}, then sweep again.").format(folder=folder.parent),
            )


class _Counted:
    """Lines that are counted as they pass."""

    def __init__(self, lines: Iterator[bytes], tell: Callable[[int], None]) -> None:
        self._lines = lines
        self._tell = tell
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.count += 1
            self._tell(self.count)
            yield line


def is_earlier(target: Path, run_uid: str) -> bool:
    """True when `target` is an earlier result of the run, to be replaced; False when there is no
    such file. Raises AlreadyExists for any other file."""
    if not target.exists():
        return False
    try:
        with opened(target, Kind.LOOKS) as earlier:
            return earlier.about.run == run_uid
    except TaizhangError:
        raise AlreadyExists(
            _("{file} is there already.").format(file=target),
            _("Give another name; no file is overwritten."),
        ) from None
