"""What evidence files were when nothing more was to be written to them, held against what they are.

A file carries its own sums, but whoever rewrites it can write those anew. So the registry keeps the
SHA-256 of each, and on the way to it enough marks to prove what is left of one whose end is missing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.bulk import chunks
from registry.db import Registry
from registry.models import EvidenceSum, Run, table_of
from registry.vocab import RunMethod, samples_sites

_SUM, _RUN = table_of(EvidenceSum), table_of(Run)
_MOST_MARKS, _LEAST_STEP = 256, 512
_MARK = 32
"""Hexadecimal digits of a mark: half of a hash."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What was recorded of a file."""

    sha256: str
    size: int
    """Bytes."""
    marks: str
    """The beginnings of the hashes of its first step, its first two steps …; see `_step`."""


def sum_of(path: Path) -> Sum:
    """What there is to record of a file as it is now. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        running, step, marks = hashlib.sha256(), _step(size), list[str]()
        for _number in range(size // step):
            running.update(file.read(step))
            marks.append(running.hexdigest()[:_MARK])
        running.update(file.read(size % step))
    return Sum(running.hexdigest(), size, "".join(marks))


def proven(path: Path, kept: Sum) -> int | None:
    """How many bytes of a file, from its beginning, are those that were recorded: all of a whole one,
    fewer of one whose end is missing; None for one that is another. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > kept.size:
            return None
        running, step = hashlib.sha256(), _step(kept.size)
        for number in range(size // step):
            running.update(file.read(step))
            if running.hexdigest()[:_MARK] != kept.marks[number * _MARK :][:_MARK]:
                return None
        running.update(file.read(size % step))
    if size < kept.size:
        return size - size % step
    return size if running.hexdigest() == kept.sha256 else None


def _step(size: int) -> int:
    """Bytes between two marks in a file of that size."""
    step = _LEAST_STEP
    while size > step * _MOST_MARKS:
        step *= 2
    return step


def recorded(session: Session, names: Collection[str]) -> dict[str, Sum]:
    """Those of these files, relative to `evidence/`, of which something is recorded."""
    found: dict[str, Sum] = {}
    for some in chunks(sorted(names)):
        for row in session.execute(select(_SUM).where(_SUM.c.name.in_(some))):
            found[row.name] = Sum(row.sha256, row.size, row.marks)
    return found


def recorded_as(session: Session, sha256: str) -> str:
    """The name under which runs know the file with that hash, the earliest; empty when none does."""
    query = select(_SUM.c.name).where(_SUM.c.sha256 == sha256).order_by(_SUM.c.id)
    if not (names := session.scalars(query).all()):
        return ""
    of_runs = session.scalars(select(_RUN.c.evidence).order_by(_RUN.c.id))
    known = [name for each in of_runs for name in each]
    return next((name for name in known if name in names), "")


def record(registry: Registry, folder: Path, names: Collection[str], now: datetime) -> None:
    """Record those of these files in `folder` that are there and not recorded yet."""
    with registry.read() as session:
        there = recorded(session, names)
    new = {n: sum_of(folder / n) for n in names if n not in there and (folder / n).is_file()}
    if new:
        with registry.write() as session:
            enter(session, new, now)


def enter(session: Session, new: dict[str, Sum], now: datetime) -> None:
    """Keep what is to be recorded of files, but of those that are recorded. Never commits."""
    there = recorded(session, new)
    for name, each in new.items():
        if name not in there:
            values = {"sha256": each.sha256, "size": each.size, "marks": each.marks}
            session.execute(insert(_SUM).values(name=name, recorded_at=now, **values))


def record_left(registry: Registry, folder: Path, now: datetime, *, samples: bool) -> None:
    """Record what killed runs left: all that tried websites alone, with `samples`, or all others.
    Whoever calls holds their lease, so that nobody writes to their files any more."""
    wanted = select(_RUN.c.evidence, _RUN.c.options).where(
        _RUN.c.finished_at.is_(None), _RUN.c.method == RunMethod.ENGINE
    )
    with registry.read() as session:
        names = [
            name
            for run in session.execute(wanted)
            if samples_sites(run.options.get("kinds", ())) == samples
            for name in run.evidence
        ]
    record(registry, folder, names, now)
