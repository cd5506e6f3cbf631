"""The form of a backup: a zip whose manifest names every file with its size and SHA-256.

An archive is outside input: names that would lead out of its folders, files that the manifest does
not know, and anything that does not hash as stated refuse the whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from registry.errors import UnreadableFile
from registry.messages import _

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database/accounts.db"
"""The database as one file, from SQLite."""
ROWS = "database/rows"
"""The folder of one file of JSON lines per table, from elsewhere."""
_NAME = re.compile(r"(database|attachments|mappings|evidence)(/[^/\\:\x00-\x1f]+)+")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    made_at: datetime
    schema: str
    """The version of the tables."""
    anchor: str
    """`seq:hash` of the last row of history."""
    files: Mapping[str, Entry]
    evidence: bool
    """True when it was made with the evidence of sweeps, of which there may be none."""

    @property
    def holds_rows(self) -> bool:
        """True when the database is there as rows, False when it is one file."""
        return DATABASE not in self.files

    def as_json(self) -> bytes:
        """The form in which it stands in the archive."""
        files = {name: {"sha256": e.sha256, "size": e.size} for name, e in self.files.items()}
        form = {
            "format": FORMAT,
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "schema": self.schema,
            "anchor": self.anchor,
            "evidence": self.evidence,
            "files": files,
        }
        return json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True).encode()


class Writer:
    """Adds files to an archive and keeps what the manifest will say of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.files: dict[str, Entry] = {}

    def add(self, name: str, blocks: Iterable[bytes], *, packed: bool = True) -> None:
        """One file, hashed as it is written: it may change while it is read."""
        hashed, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self.archive.open(info, "w", force_zip64=True) as out:
            for block in blocks:
                hashed.update(block)
                size += len(block)
                out.write(block)
        self.files[name] = Entry(hashed.hexdigest(), size)

    def add_file(self, name: str, path: Path, *, packed: bool = True) -> None:
        with path.open("rb") as source:
            self.add(name, blocks_of(source), packed=packed)

    def finish(self, made_at: datetime, schema: str, anchor: str, evidence: bool) -> Manifest:
        """Write the manifest."""
        files = dict(sorted(self.files.items()))
        manifest = Manifest(made_at, schema, anchor, files, evidence)
        self.archive.writestr(MANIFEST, manifest.as_json())
        return manifest


def blocks_of(source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, a megabyte at a time."""
    while block := source.read(_BLOCK):
        yield block


@contextmanager
def opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The archive for reading. Raises UnreadableFile for what is none, or damaged on the way."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise unreadable(source, str(error)) from None


def unreadable(source: Path, what: str) -> UnreadableFile:
    """The refusal of an archive."""
    return UnreadableFile(
        _("{file} cannot be restored: {what}").format(file=source, what=what),
        _("Nothing was written. Use another copy of the backup."),
    )


def checked(archive: zipfile.ZipFile, source: Path) -> Manifest:
    """The manifest of an archive in which every file is as it says. Raises UnreadableFile."""
    manifest = _manifest(archive, source)
    names = archive.namelist()
    for name in manifest.files:
        if not _NAME.fullmatch(name) or ".." in name.split("/"):
            raise unreadable(source, _("{name} is no name of ours.").format(name=name))
    strange = sorted({*names} ^ {MANIFEST, *manifest.files})
    if strange or len(names) != len(set(names)):
        what = _("it does not hold exactly the files it lists ({name}).")
        raise unreadable(source, what.format(name=", ".join(strange[:3])))
    for name, entry in manifest.files.items():
        if not as_stated(archive, name, entry):
            raise unreadable(source, _("{name} is not what was backed up.").format(name=name))
    return manifest


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        form: Any = json.loads(archive.read(MANIFEST))
        if form["format"] != FORMAT:
            raise unreadable(source, _("it was made by a newer program."))
        files = {name: Entry(e["sha256"], e["size"]) for name, e in form["files"].items()}
        return Manifest(
            datetime.fromisoformat(form["made_at"]),
            form["schema"],
            form["anchor"],
            files,
            # archives of before this was written down
            bool(form.get("evidence", any(name.startswith("evidence/") for name in files))),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable(source, _("it is not a backup of a registry.")) from None


def as_stated(archive: zipfile.ZipFile, name: str, entry: Entry) -> bool:
    """True when a member has the stated size and hash; a larger one is not unpacked to its end."""
    hashed, size = hashlib.sha256(), 0
    with archive.open(name) as member:
        for block in blocks_of(member):
            hashed.update(block)
            size += len(block)
            if size > entry.size:
                return False
    own_name = name.split("/")[-1]
    named_right = not name.startswith("attachments/") or own_name == entry.sha256
    return (hashed.hexdigest(), size) == (entry.sha256, entry.size) and named_right


def unpack(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    """Write one checked member below `folder`."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as member, target.open("wb") as out:
        for block in blocks_of(member):
            out.write(block)
