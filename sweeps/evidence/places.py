"""Where records stand: in which evidence file, from which byte on, and what address each is about."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_GZIP = 31
"""zlib's word for a gzip member with its sum."""
_FIELD = re.compile(rb"(?m)^(WARC-Record-ID|WARC-Target-URI): (.*?)\r?$")


class Cut(Exception):
    """A file ends within a member."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands."""

    record: str
    """Its id."""
    url: str = ""
    file: str = ""
    """The name of the file; empty where none that is there holds it."""
    offset: int | None = None
    """Bytes before it in that file; a WARC tool reads it from there."""


def places(paths: Iterable[Path], ids: Collection[str]) -> list[Place]:
    """Where each of these records stands, in their order; of one in several files, the first. Files
    that are not there are passed over, and broken ones from the break on."""
    found: dict[str, Place] = {}
    for path in paths:
        if len(found) == len({*ids}):
            break
        with suppress(OSError, zlib.error, Cut):
            for offset, member in members(path):
                head = member.partition(b"\r\n\r\n")[0]
                said = {n: value.decode("utf-8", "replace") for n, value in _FIELD.findall(head)}
                record = said.get(b"WARC-Record-ID", "")
                if record in ids:
                    url = said.get(b"WARC-Target-URI", "")
                    found.setdefault(record, Place(record, url, path.name, offset))
    return [found.get(record, Place(record)) for record in ids]


def members(path: Path) -> Iterator[tuple[int, bytes]]:
    """The gzip members of a file, opened, each with where it begins. Raises zlib.error, Cut, OSError."""
    with path.open("rb") as file:
        data = file.read(_CHUNK)
        while data:
            offset = file.tell() - len(data)
            opened, pieces = zlib.decompressobj(_GZIP), list[bytes]()
            while not opened.eof:
                if not data:
                    raise Cut
                pieces.append(opened.decompress(data))
                data = opened.unused_data if opened.eof else file.read(_CHUNK)
            yield offset, b"".join(pieces)
            data = data or file.read(_CHUNK)
