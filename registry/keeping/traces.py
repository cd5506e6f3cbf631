"""Where a text is left in files: in their bytes, and in the members of archives they may be.

A workbook, a document, an EPUB or a backup is a zip; its members are looked into, to a depth. It
finds what stands there as text: never what is only in a picture.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
MAX_DEPTH = 4
MAX_INNER = 64 << 20
"""Bytes of a member up to which it is looked into as an archive of its own."""
MAX_BYTES = 2 << 30
"""Bytes unpacked from one file before the search is given up as undecided."""
_BLOCK = 1 << 20


class Undecided(Exception):
    """The file is too large unpacked, encrypted or damaged to be searched to its end."""


def needles_of(texts: Iterable[str]) -> tuple[bytes, ...]:
    """The bytes in which the texts may stand in a file; texts of one character are left out."""
    forms = {form for text in texts if len(text) > 1 for form in (text, escape(text))}
    found = set()
    for form in forms:
        for encoding in ENCODINGS:
            found.add(form.encode(encoding))
    return tuple(sorted(found))


def files_with(folder: Path, texts: Iterable[str]) -> Iterator[Path]:
    """The files below `folder` that hold one of the texts, or cannot be searched to their end."""
    needles = needles_of(texts)
    if not needles or not folder.is_dir():
        return
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if any(needle in str(path).encode() for needle in needles) or holds(path, needles):
            yield path


def holds(path: Path, needles: Sequence[bytes]) -> bool:
    """True when the file holds one of the needles, or may: then it is for a person to look."""
    try:
        with path.open("rb") as source:
            return _holds(source, needles, _Budget(MAX_BYTES), 0)
    except Undecided:
        return True


class _Budget:
    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Undecided


def _holds(source: IO[bytes], needles: Sequence[bytes], budget: _Budget, depth: int) -> bool:
    if _in_stream(source, needles, budget):
        return True
    source.seek(0)
    if depth >= MAX_DEPTH or not zipfile.is_zipfile(source):
        return False
    try:
        with zipfile.ZipFile(source) as archive:
            return any(
                _member_holds(archive, info, needles, budget, depth) for info in archive.infolist()
            )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Undecided from error


def _member_holds(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    needles: Sequence[bytes],
    budget: _Budget,
    depth: int,
) -> bool:
    if any(needle in info.filename.encode() for needle in needles):
        return True
    with archive.open(info) as member:
        if info.file_size > MAX_INNER:
            return _in_stream(member, needles, budget)
        whole = io.BytesIO(member.read(MAX_INNER + 1))
    return _holds(whole, needles, budget, depth + 1)


def _in_stream(source: IO[bytes], needles: Sequence[bytes], budget: _Budget) -> bool:
    """Read block by block, with enough of the last one kept for a needle across the border."""
    keep = max(map(len, needles), default=1) - 1
    rest = b""
    while block := source.read(_BLOCK):
        budget.take(len(block))
        window = rest + block
        if any(needle in window for needle in needles):
            return True
        rest = window[-keep:] if keep else b""
    return False
