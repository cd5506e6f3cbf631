"""The files that a sweep travels in between two networks: targets out, looks back.

A parcel is a zip of JSON lines and evidence with a manifest that names every member, its size and its
SHA-256. It is outside input: it is opened only when every member is as stated, and never unpacked by
the names that it brings.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import AlreadyExists, Refused, UnreadableFile
from registry.keeping.archives import MANIFEST, Entry, Writer, as_stated
from registry.messages import _
from registry.models import Registry as Registries
from registry.system_words import os_fault

FORMAT = 1
TARGETS, LOOKS = "targets.jsonl", "looks.jsonl"
SEGMENT = re.compile(r"evidence/([0-9a-f-]{36}-\d{1,6}\.warc\.gz)")

MOST_MANIFEST = 4 << 20
"""Bytes of a manifest."""
MOST_LINES = 4 << 30
"""Bytes of a member of JSON lines, unpacked."""
MOST_LINE = 16 << 20
"""Bytes of one line."""

_DOUBTFUL = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""How JSON spells what no database stores; only then is a line looked through."""
_ZEROS, _LONG = bytes.maketrans(b"123456789", b"0" * 9), b"0" * 19
_LONG_NUMBER = re.compile(rb'(?:":|[\[,])\s*-?\d{19}')
"""A whole number that may be beyond 64 bits, of which the fast reader keeps a part only. It is
looked for where there are that many digits at all."""
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """Which way a parcel goes."""

    TARGETS = "targets"
    LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class About:
    """Which run a parcel is about."""

    registry: str
    """Uid of the registry that planned it; empty where it has none."""
    run: str
    time_point: datetime
    """T, in UTC."""
    as_of: datetime
    """The moment given to checkers: of planning; in looks, of beginning on the connected machine."""
    window_days: int
    fresh_days: int
    planned: int
    """Checks in all."""
    program: str
    """Version of the program that wrote it."""
    targets: str = ""
    """In looks: SHA-256 of the targets they were made from."""
    work: str = ""
    """In looks: names the one beginning on a connected machine that all of them come from."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An opened parcel, every member of which is as stated."""

    about: About
    files: Mapping[str, Entry]
    _archive: zipfile.ZipFile = field(repr=False)
    _path: Path

    def lines(self, name: str) -> Iterator[Any]:
        """The objects of a member of JSON lines. Raises UnreadableFile."""
        packed: Any = self._archive.open(name)
        with io.BufferedReader(packed, 1 << 20) as member:  # which reads lines by itself, slowly
            for number in range(1, self.about.planned + 2):
                line = member.readline(MOST_LINE + 1)
                if not line:
                    return
                if len(line) > MOST_LINE or number > self.about.planned:
                    self.refuse(_("line {number} is not one of ours").format(number=number))
                try:
                    found = _object(line)
                    yield storable(found) if _DOUBTFUL.search(line) else found
                except (ValueError, RecursionError):
                    self.refuse(_("line {number} is not one of ours").format(number=number))

    def segments(self) -> Iterator[str]:
        """The names of its evidence files, in their order."""
        found = [hit[1] for hit in map(SEGMENT.fullmatch, self.files) if hit]
        return iter(sorted(found, key=lambda name: (len(name), name)))

    def unpack(self, segment: str, target: Path) -> None:
        """Write an evidence file to where it is wanted."""
        with self._archive.open(f"evidence/{segment}") as member, target.open("xb") as out:
            while block := member.read(1 << 20):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())

    def refuse(self, what: str) -> NoReturn:
        """Raise the refusal of this parcel."""
        raise refusal(self._path, what)


def _object(line: bytes) -> Any:
    """What a line says. Raises ValueError, also for NaN and infinity."""
    if _LONG in line.translate(_ZEROS) and _LONG_NUMBER.search(line):
        return json.loads(line, parse_constant=_no_number)
    return orjson.loads(line)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def storable(value: Any) -> Any:
    """The value as it is. Raises ValueError when a text in it cannot be stored in a database."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL")
        value.encode()  # half a character cannot be encoded
    elif isinstance(value, dict):
        for key, held in value.items():
            storable(key)
            storable(held)
    elif isinstance(value, list):
        for held in value:
            storable(held)
    return value


def refusal(path: Path, what: str, hint: str = "") -> UnreadableFile:
    """The refusal of a file that is no parcel, or not as it was written. `hint`: what to do next,
    where copying it anew does not help."""
    anew = _("Nothing was taken in. Copy the file anew from the other machine, or write it again.")
    return UnreadableFile(
        _("{file} is refused: {what}.").format(file=path.name, what=what), hint or anew
    )


def registry_uid(session: Session) -> str:
    """The uid of the registry itself; empty where it was never given one."""
    return session.scalars(select(Registries.uid).where(Registries.is_self)).first() or ""


# --- writing ----------------------------------------------------------------------------------


@contextmanager
def written(target: Path, kind: Kind, about: About, *, over: bool = False) -> Iterator[Writer]:
    """A new parcel, under its name only when it is whole. Raises AlreadyExists unless `over`, and
    Refused where nothing can be written."""
    if target.exists() and not over:
        raise AlreadyExists(
            _("{file} is there already.").format(file=target),
            _("Give another name; no file is overwritten."),
        )
    with writable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w") as archive:
                writer = Writer(archive)
                yield writer
                archive.writestr(MANIFEST, _manifest(kind, about, writer.files))
            out.flush()
            os.fsync(out.fileno())
        with writable(target):
            os.replace(name, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


@contextmanager
def writable(target: Path, hint: str = "") -> Iterator[None]:
    """Raises Refused when the block cannot write there: no such disk, locked, write-protected."""
    try:
        yield
    except OSError as error:
        raise Refused(
            _("{path} cannot be written: {reason}").format(path=target, reason=os_fault(error)),
            hint or _("Close it if another program has it open, or choose another place."),
        ) from None


def _manifest(kind: Kind, about: About, files: Mapping[str, Entry]) -> bytes:
    form = {
        "format": FORMAT,
        "kind": kind.value,
        "registry": about.registry,
        "run": about.run,
        "time_point": about.time_point.astimezone(UTC).isoformat(),
        "as_of": about.as_of.astimezone(UTC).isoformat(),
        "window_days": about.window_days,
        "fresh_days": about.fresh_days,
        "planned": about.planned,
        "program": about.program,
        "targets": about.targets,
        "work": about.work,
        "files": {name: {"sha256": e.sha256, "size": e.size} for name, e in files.items()},
    }
    return json.dumps(form, ensure_ascii=False, indent=1).encode()


# --- reading ----------------------------------------------------------------------------------


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[Parcel]:
    """The parcel, after every member was hashed. Raises UnreadableFile."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield _checked(archive, path, kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise refusal(path, _("it is no parcel of a sweep, or it is damaged")) from None
    except OSError as error:
        if error.filename != str(path):
            raise
        raise refusal(path, os_fault(error)) from None


def _checked(archive: zipfile.ZipFile, path: Path, kind: Kind) -> Parcel:
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise refusal(path, _("it is no parcel of a sweep"))
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise refusal(path, _("it is locked by a password"))
    about, files = _about(archive.read(MANIFEST), path, kind)
    wanted = {TARGETS} if kind is Kind.TARGETS else {LOOKS}
    strange = {*files} - wanted
    if kind is Kind.LOOKS:
        strange = {name for name in strange if not _segment_of(name, about.run)}
    if missing := ({*files} | wanted) - {*names}:
        raise refusal(path, _("{name} is missing").format(name=min(missing)[:80]))
    strange |= {*names} - {MANIFEST, *files}
    if strange or len(names) != len(set(names)):
        name = min(strange, default=MANIFEST)
        raise refusal(path, _("{name} does not belong there").format(name=name[:80]))
    for name, entry in files.items():
        if not _bounded(archive.getinfo(name)) or not as_stated(archive, name, entry):
            raise refusal(path, _("{name} was altered or damaged").format(name=name))
    return Parcel(about, files, archive, path)


def _segment_of(name: str, run_uid: str) -> bool:
    found = SEGMENT.fullmatch(name)
    return found is not None and found[1].startswith(run_uid + "-")


def _bounded(info: zipfile.ZipInfo) -> bool:
    """False for what may unpack to more than it should: evidence is compressed in itself."""
    if info.filename.startswith("evidence/"):
        return info.compress_type == zipfile.ZIP_STORED
    return info.compress_type == zipfile.ZIP_DEFLATED and info.file_size <= MOST_LINES


_ABOUT = ("registry", "run", "window_days", "fresh_days", "planned", "program", "targets", "work")


def _about(text: bytes, path: Path, kind: Kind) -> tuple[About, Mapping[str, Entry]]:
    try:
        form = storable(json.loads(text))
        if form["format"] != FORMAT:
            raise refusal(
                path,
                _("it was written by another version of the program"),
                _("Install the same version on both machines, then write the file again."),
            )
        if form["kind"] != kind.value:
            raise refusal(path, *_wrong_way(kind))
        files = {
            name: Entry(_text(e["sha256"], _SHA256), _count(e["size"]))
            for name, e in form["files"].items()
        }
        about = About(
            time_point=_moment(form["time_point"]),
            as_of=_moment(form["as_of"]),
            **{name: form[name] for name in _ABOUT},
        )
        for number in (about.window_days, about.fresh_days, about.planned):
            _count(number)
        for word in (about.registry, about.work):
            _text(word or about.run, _UID)
        _text(about.run, _UID)
        _text(about.targets or "0" * 64, _SHA256)
        storable(str(about.program))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise refusal(path, _("it is no parcel of a sweep")) from None
    return about, files


def _wrong_way(wanted: Kind) -> tuple[str, str]:
    """What a parcel is that goes the other way, and what to do with it."""
    if wanted is Kind.TARGETS:
        return _("it holds what was seen"), _("Take it back with `taizhang sweep import`.")
    return (
        _("it holds targets"),
        _("Sweep them with `taizhang sweep run --from FILE --out RESULT`, and take in the result."),
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC)


def _count(number: Any) -> int:
    if type(number) is not int or not 0 <= number < 1 << 62:
        raise ValueError("no count")
    return number


def _text(text: Any, form: re.Pattern[str]) -> str:
    if not isinstance(text, str) or not form.fullmatch(text):
        raise ValueError("not of that form")
    return text
