"""Evidence files that are judged from again: which of the recorded ones each is, how much of it can be
relied on, and where it is kept. Nothing that is kept is ever written over."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import BadInput, Fault, NotFound
from registry.keeping.retention import removals
from registry.messages import _
from registry.models import Run, table_of
from registry.uids import new_uid
from sweeps.evidence.store import written
from sweeps.evidence.sums import enter, proven, recorded, recorded_as, sum_of

_RUN = table_of(Run)


@dataclass(frozen=True, slots=True)
class Basis:
    """A file that is judged from."""

    path: Path
    until: int | None = None
    """So many bytes of it are proven, where its end is missing."""
    unproven: bool = False
    """Its run is known here, and of its files no hash was kept."""


def assure_there(session: Session, files: Iterable[Path]) -> None:
    """Raise BadInput when some of `files` are not there; of those that were removed by policy it says
    when."""
    missing = [file for file in files if not file.is_file()]
    removed = removals(session, [file.name for file in missing])
    if not missing:
        return
    gone = _("it was removed by policy on {day} and cannot be judged again.")
    faults = [
        Fault(
            _("Evidence {name}: {what}").format(
                name=file if file.name not in removed else file.name,
                what=(
                    gone.format(day=removed[file.name].isoformat())
                    if file.name in removed
                    else _("there is no such file.")
                ),
            )
        )
        for file in missing
    ]
    hint = _("`taizhang evidence list` names the files there are, and when others were removed.")
    raise BadInput(_("Nothing can be judged from evidence that is not there."), faults, hint)


def recognised(session: Session, run_of: Mapping[Path, str]) -> list[Basis]:
    """What each file is by its hash. `run_of`: file → uid of the run that it says it is of.

    Raises BadInput for those that are not what was recorded, each named: whoever rewrites a file can
    make it fit in itself.
    """
    found = {file: _recognised(session, file, run) for file, run in run_of.items()}
    if faults := [fault for fault in found.values() if isinstance(fault, Fault)]:
        raise BadInput(
            _("Nothing can be judged from evidence that is not what the run recorded."),
            faults,
            _("Put the files back from a backup, then run the same command again."),
        )
    return [basis for basis in found.values() if isinstance(basis, Basis)]


def _recognised(session: Session, file: Path, run_uid: str) -> Basis | Fault:
    if recorded_as(session, sum_of(file).sha256):
        return Basis(file)
    names = session.scalars(select(_RUN.c.evidence).where(_RUN.c.uid == run_uid)).first()
    kept = recorded(session, {file.name, *(names or ())})
    for each in kept.values():
        if until := proven(file, each):
            return Basis(file, until)
    if file.name in kept or names and {*names} <= {*kept}:
        return Fault(_("Evidence {name}: {what}").format(name=file.name, what=differs()))
    return Basis(file, unproven=names is not None)


def differs() -> str:
    """That a file is whole in itself and not the one whose hash was kept."""
    return _(
        "its SHA-256 is not the one that was recorded when the run ended; it was rewritten or"
        " replaced. Put it back from a backup."
    )


def adopt_evidence(
    registry: Registry, folder: Path, run_uid: str, files: Iterable[Path], now: datetime
) -> list[str]:
    """Enter the files that a replay judges from in its run, and give the names under which they are
    kept in `folder`. One that a run has recorded keeps its name, whatever the file is called that was
    given; one from elsewhere is copied in and its hash recorded. Raises NotFound, Unwritten."""
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with registry.write() as session:
        names = list(dict.fromkeys(_kept(session, folder, file, now) for file in files))
        entered = update(_RUN).where(_RUN.c.uid == run_uid).values(evidence=names)
        if not session.execute(entered).rowcount:  # type: ignore[attr-defined]
            raise NotFound(_("There is no run {uid}.").format(uid=run_uid))
    return names


def _kept(session: Session, folder: Path, file: Path, now: datetime) -> str:
    """The name in `folder` of a file with this content; it is copied in where there is none."""
    found = sum_of(file)
    if name := recorded_as(session, found.sha256):
        if not (folder / name).exists():
            _copy(file, folder / name)
        return name
    named = [name for names in session.scalars(select(_RUN.c.evidence)) for name in names]
    order = {name: place for place, name in reversed([*enumerate(named)])}
    for there in sorted(
        folder.glob("*.warc.gz"), key=lambda path: (order.get(path.name, len(named)), path)
    ):
        if there.stat().st_size == found.size and filecmp.cmp(there, file, shallow=False):
            return there.name
    kept = folder / file.name
    if kept.exists() or recorded(session, [file.name]):
        kept = folder / f"{found.sha256[:16]}-{file.name}"
    _copy(file, kept)
    enter(session, {kept.name: found}, now)
    return kept.name


def _copy(file: Path, kept: Path) -> None:
    """Put a copy there, whole or not at all. Raises Unwritten."""
    copy = kept.with_name(f".{new_uid()}")
    with written(kept):
        try:
            shutil.copyfile(file, copy)
            copy.replace(kept)
        finally:
            copy.unlink(missing_ok=True)
