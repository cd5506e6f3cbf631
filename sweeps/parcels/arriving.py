"""What was seen on the connected machine, taken back into the ledger's own database.

All of it or nothing: hashes are checked first, and a look that nobody planned, that another result
brought differently, or that is not in our own form refuses the whole file. Bringing the same twice
adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import many_rows
from registry.db import Registry
from registry.errors import Refused
from registry.keeping.attachments import sha256_of
from registry.messages import _
from registry.models import Account, LinkResult, Observation, PlannedCheck, Run, Sweep
from registry.uids import new_uid
from registry.vocab import RunMethod
from sweeps.evidence.intact import unsound
from sweeps.evidence.store import segment_info
from sweeps.evidence.sums import enter, sum_of
from sweeps.parcels.parcel import LOOKS, Kind, Parcel, opened, registry_uid, writable
from sweeps.parcels.rows import Check, read_look
from sweeps.run import RunResult, conclude, evidence_folder
from sweeps.writing import Row, add_rows

AT_ONCE = 1000
"""Looks that are held and written at once."""
_SKEW = timedelta(days=1)
"""How far the clocks of the two machines may differ."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a result brought."""

    result: RunResult
    """Of the run as a whole, after this."""
    time_point: datetime
    added: int
    known: int
    """Looks that an earlier result had brought."""


def take_back(
    registry: Registry,
    file: Path,
    now: datetime,
    judge: Callable[[Session, datetime], None] = lambda session, at: None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Taken:
    """Take looks and evidence of `file` in, and have the sweep of its T judged; one transaction.

    Raises UnreadableFile for a file that is not as it was written, Refused for one that is not of a
    run which this registry sent out, or made twice over.
    """
    with opened(file, Kind.LOOKS) as parcel:
        with registry.read() as session:
            _awaited(session, parcel)
        with _evidence(registry, parcel), registry.write() as session:
            run = _awaited(session, parcel)
            point = session.get_one(Sweep, run.sweep_id).time_point
            with many_rows(session, Observation), many_rows(session, LinkResult):
                added, known = _looks(session, run, parcel, now, on_progress)
            brought = [name for name in parcel.segments() if name not in run.evidence]
            run.evidence, run.as_of = [*run.evidence, *brought], parcel.about.as_of
            run.options = {**run.options, "work": parcel.about.work}
            session.flush()
            _check_evidence(session, run, parcel, folder := evidence_folder(registry))
            enter(session, {name: sum_of(folder / name) for name in brought}, now)
            taken = Taken(conclude(session, run.uid, now), point, added, known)
            session.refresh(run)
            judge(session, point)
    return taken


def _awaited(session: Session, parcel: Parcel) -> Run:
    """The run that a result is of, which was sent out and not begun elsewhere."""
    about = parcel.about
    run = session.scalars(select(Run).where(Run.uid == about.run).with_for_update()).first()
    if run is None or run.method is not RunMethod.AWAY or about.registry != registry_uid(session):
        raise Refused(
            _("This result is of no run that was exported from this registry."),
            _("`taizhang sweep list` shows the runs; use the registry that wrote the targets."),
        )
    point = session.get_one(Sweep, run.sweep_id).time_point
    if run.options.get("targets") != about.targets or point != about.time_point:
        parcel.refuse(_("it was made from other targets than were written here"))
    if run.options.get("work", about.work) != about.work:
        raise Refused(
            _("Another result of this run was taken in, begun anew from the same targets."),
            _("Take in the one that goes on with the first; the rest: `taizhang sweep run`."),
        )
    return run


def _looks(
    session: Session,
    run: Run,
    parcel: Parcel,
    now: datetime,
    on_progress: Callable[[int], None],
) -> tuple[int, int]:
    """Write the looks that are not there yet; how many were added, and how many were there."""
    planned, there = _planned(session, run), _there(session, run)
    added = known = 0
    lines = iter(parcel.lines(LOOKS))
    while batch := list(islice(lines, AT_ONCE)):
        rows: list[Row] = []
        for line in batch:
            check, made = _read(parcel, line, added + known + len(rows) + 1)
            if check not in planned:
                parcel.refuse(_("it holds a look at what was not planned"))
            row = made(planned[check])
            uid, seen_at = row.columns["uid"], row.columns["observed_at"]
            if not run.started_at - _SKEW <= seen_at <= now + _SKEW:
                parcel.refuse(_("the clocks of the two machines differ by more than a day"))
            if there.setdefault(check, uid) != uid:
                parcel.refuse(_("it holds another look at what was looked at already"))
            rows.append(row)
        new = _new(session, run, rows, parcel)
        add_rows(session, run.id, new)
        session.expunge_all()
        session.add(run)
        added, known = added + len(new), known + len(rows) - len(new)
        on_progress(added + known)
    return added, known


def _read(parcel: Parcel, line: object, number: int) -> tuple[Check, Callable[[int], Row]]:
    try:
        return read_look(line)
    except (ValueError, TypeError, KeyError):
        parcel.refuse(_("line {number} is not one of ours").format(number=number))


def _planned(session: Session, run: Run) -> dict[Check, int]:
    """Each check that the run owes, with the key of its account."""
    rows = session.execute(
        select(Account.uid, PlannedCheck.kind, PlannedCheck.ordinal, Account.id)
        .join(Account, Account.id == PlannedCheck.account_id)
        .where(PlannedCheck.run_id == run.id)
    )
    return {(uid, kind, ordinal): key for uid, kind, ordinal, key in rows}


def _there(session: Session, run: Run) -> dict[Check, str]:
    """The looks of the run that are stored, by uid."""
    rows = session.execute(
        select(Account.uid, Observation.kind, Observation.ordinal, Observation.uid)
        .join(Account, Account.id == Observation.account_id)
        .where(Observation.run_id == run.id)
    )
    return {(account, kind, ordinal): uid for account, kind, ordinal, uid in rows}


def _new(session: Session, run: Run, rows: list[Row], parcel: Parcel) -> list[Row]:
    """Those that are not stored. A uid that another run's look has refuses the file."""
    uids = [row.columns["uid"] for row in rows]
    query = select(Observation.uid, Observation.run_id).where(Observation.uid.in_(uids))
    stored = {uid: run_id for uid, run_id in session.execute(query)}
    if {*stored.values()} - {run.id} or len({*uids}) != len(uids):
        parcel.refuse(_("it holds another look at what was looked at already"))
    return [row for row in rows if row.columns["uid"] not in stored]


# --- evidence ---------------------------------------------------------------------------------


@contextmanager
def _evidence(registry: Registry, parcel: Parcel) -> Iterator[None]:
    """The evidence files in their place, gone again unless the block ends well.

    Raises UnreadableFile when one of them is of another run, or not the one that is there.
    """
    folder = evidence_folder(registry)
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
    placed: list[Path] = []
    try:
        for name in parcel.segments():
            kept = folder / name
            if not kept.exists():
                _place(parcel, name, kept)
                placed.append(kept)
            elif sha256_of(kept) != parcel.files[f"evidence/{name}"].sha256:
                parcel.refuse(_("{name} is not the file that is there").format(name=name))
        yield
    except BaseException:
        # somebody may have pressed Ctrl-C when everything was taken in already
        stay = _named(registry, parcel)
        for path in placed:
            if path.name not in stay:
                path.unlink(missing_ok=True)
        raise


def _check_evidence(session: Session, run: Run, parcel: Parcel, folder: Path) -> None:
    """Raise UnreadableFile where the hashes of the parcel fit, but not those within its evidence, or
    where looks rest on records that it does not hold: whoever changes both changes the first only.
    """
    name, lost = unsound(session, folder, run.id, run.evidence)
    if name:
        parcel.refuse(_("{name} was altered or damaged").format(name=name))
    if lost:
        text = _("{count} looks rest on records that its evidence does not hold")
        parcel.refuse(text.format(count=lost))


def _named(registry: Registry, parcel: Parcel) -> list[str]:
    """The evidence files that the run names by now."""
    with registry.read() as session:
        return session.scalars(select(Run.evidence).where(Run.uid == parcel.about.run)).one()


def _place(parcel: Parcel, name: str, kept: Path) -> None:
    copy = kept.with_name(f".{new_uid()}")
    try:
        with writable(kept):
            parcel.unpack(name, copy)
        if segment_info(copy).get("run") != parcel.about.run:
            parcel.refuse(_("{name} is no evidence of this run").format(name=name))
        copy.replace(kept)
    finally:
        copy.unlink(missing_ok=True)
