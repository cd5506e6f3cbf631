"""Whether the evidence is as it was written: every file there, every record whole and the same.

A file carries its own checks, a sum over each gzip member and a digest over each record, and a look
names the records it rests on; the registry keeps the hash of the file as it was when its run ended,
since whoever rewrites a file can make it fit in itself. It mends nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.keeping.absent import absent
from registry.keeping.retention import removals
from registry.messages import _
from registry.models import Observation, Run
from sweeps.evidence.adoption import differs
from sweeps.evidence.places import Cut, members
from sweeps.evidence.sums import Sum, proven, recorded
from sweeps.evidence.warc import digest

_FIELD = re.compile(rb"(?m)^(WARC-Record-ID|WARC-Block-Digest|Content-Length): (.*?)\r?$")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; sound when there are no problems."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    """No fault: a last record that was being written when a run was interrupted; files that the
    backup from which the registry was restored was made without; files of which no hash was kept."""


@dataclass(slots=True)
class _Read:
    """What one file holds."""

    ids: set[str] = field(default_factory=set)
    """Of the records that are whole and as they were written."""
    problem: str = ""
    cut: bool = False


class _Altered(Exception):
    """A record is not what its digest says."""


class _InOne(Exception):
    """A gzip member holds several records."""


def check(
    session: Session, folder: Path, on_progress: Callable[[int], None] = lambda done: None
) -> Found:
    """Check every file in `folder` that a run names and that was neither removed by policy nor left
    out of a backup. Reads each once for every run that names it; `on_progress` is told how many runs
    are done."""
    problems, notes = dict[str, None](), dict[str, None]()
    runs = session.execute(select(Run.id, Run.uid, Run.evidence).order_by(Run.id)).all()
    named = {name for run in runs for name in run.evidence}
    left_out = {each for each in named & absent(folder) if not (folder / each).is_file()}
    gone = left_out | removals(session, named).keys()
    if left_out:
        notes[_left_out(folder, len(left_out))] = None
    if named - gone and not any((folder / name).is_file() for name in named):
        return Found((_nothing_there(folder, len(named - gone)),), tuple(notes))
    kept, unproven = recorded(session, named), set[str]()
    for done, run in enumerate(runs, 1):
        for name, read in (files := _files(folder, run.evidence, gone)).items():
            problem = read.problem or _compared(folder / name, kept.get(name))
            if problem:
                problems[_said(name, problem)] = None
            elif read.cut:
                notes[_said(name, _interrupted())] = None
            unproven |= {name} - {*kept}
        whole = len(files) == len(run.evidence) and not any(read.problem for read in files.values())
        if whole and (lost := _lost(session, run.id, files)):
            words = _(
                "Run {uid}: {count} looks rest on records that its evidence no longer holds."
                " Put it back from a backup."
            )
            problems[words.format(uid=run.uid, count=lost)] = None
        on_progress(done)
    if unproven:
        notes[_without_hash(len(unproven))] = None
    return Found(tuple(problems), tuple(notes))


def _compared(path: Path, kept: Sum | None) -> str:
    """What is wrong with a file by the hash that was kept of it."""
    until = proven(path, kept) if kept is not None else 0
    if until is None:
        return differs()
    if kept is None or until == kept.size:
        return ""
    missing = kept.size - path.stat().st_size
    text = _("its end is missing, {count} bytes of {size}. Put it back from a backup.")
    return text.format(count=missing, size=kept.size)


def altered(paths: Iterable[Path]) -> tuple[str, ...]:
    """What is wrong with each of the files that are not as they were written; a last record that was
    cut off is no fault."""
    return tuple(_said(path.name, read.problem) for path in paths if (read := _read(path)).problem)


def is_cut(path: Path) -> bool:
    """True for a file that ends within a record."""
    return _read(path).cut


def unsound(session: Session, folder: Path, run_id: int, names: Sequence[str]) -> tuple[str, int]:
    """What a run's files in `folder` lack: the name of one that is not as it was written, or empty; and
    how many looks of the run rest on records that none of them holds, where all are there and none was
    cut off in its last record."""
    files = {name: _read(folder / name) for name in names if (folder / name).is_file()}
    for name, read in files.items():
        if read.problem:
            return name, 0
    whole = len(files) == len(names) and not any(read.cut for read in files.values())
    return "", _lost(session, run_id, files) if whole else 0


def _nothing_there(folder: Path, count: int) -> str:
    return _(
        "None of the {count} evidence files is in {folder}. Put the folder back; a backup holds it"
        " when it was made with --evidence."
    ).format(count=count, folder=folder)


def _left_out(folder: Path, count: int) -> str:
    return _(
        "{count} evidence files are absent because the backup was made without them (backup without"
        " --evidence). Nothing was lost by it; where they still exist they can be put in {folder}."
    ).format(count=count, folder=folder)


def _without_hash(count: int) -> str:
    return _(
        "Of {count} evidence files no hash was kept: their runs are older than this version, or have"
        " not ended. They are sound by what they say of themselves."
    ).format(count=count)


def _said(name: str, what: str) -> str:
    return _("Evidence {name}: {what}").format(name=name, what=what)


def _interrupted() -> str:
    return _("its last record is cut off, as an interrupted run leaves it.")


def _files(folder: Path, names: list[str], gone: Set[str]) -> dict[str, _Read]:
    """What the files of a run hold, but those that are not there and for a known reason."""
    wanted = [name for name in names if name not in gone or (folder / name).is_file()]
    return {name: _read(folder / name) for name in wanted}


def _lost(session: Session, run_id: int, files: dict[str, _Read]) -> int:
    """How many looks of a run name a record that is in none of its files."""
    if not files:
        return 0
    held = set[str]().union(*(read.ids for read in files.values()))
    query = select(Observation.records).where(Observation.run_id == run_id)
    looks = session.scalars(query.execution_options(yield_per=2000))
    return sum(not held.issuperset(records) for records in looks)


def _read(path: Path) -> _Read:
    read = _Read()
    try:
        for _offset, member in members(path):
            read.ids.add(_checked(member))
    except FileNotFoundError:
        read.problem = _("the file is missing. Put it back from a backup.")
    except Cut:
        read.cut = True
    except _InOne:
        read.problem = _(
            "it is packed as one piece, and must be packed record by record. Put it back from a backup;"
            " of a file from elsewhere `warcio recompress FILE NEW.warc.gz` makes such a one."
        )
    except (zlib.error, _Altered):
        words = _("the file was altered after record {count}. Put it back from a backup.")
        read.problem = words.format(count=len(read.ids))
    except OSError as error:
        read.problem = _("the file cannot be read ({why}).").format(why=error.strerror)
    return read


def _checked(member: bytes) -> str:
    """The id of the one record in a member. Raises _Altered when it is not what its header says, and
    _InOne when others stand behind it."""
    head, _gap, rest = member.partition(b"\r\n\r\n")
    fields: dict[bytes, str] = {
        name: value.decode("utf-8", "replace") for name, value in _FIELD.findall(head)
    }
    length = fields.get(b"Content-Length", "")
    block = rest[: int(length)] if length.isdecimal() else b""
    if not length or digest(block) != fields.get(b"WARC-Block-Digest"):
        raise _Altered
    if rest[len(block) :].strip():
        raise _InOne
    return fields.get(b"WARC-Record-ID", "")
