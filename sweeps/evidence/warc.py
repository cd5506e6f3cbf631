"""Records as the bytes of a WARC 1.1 file, each a gzip member of its own, for any WARC tool to read.

Made by hand because a sweep writes two for every exchange: what a general writer does for them costs
more than the exchange itself.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime

Fields = Iterable[tuple[str, str]]

_VERSION = "WARC/1.1"
_TYPES = {
    "warcinfo": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "metadata": "application/json",
}
_TINY = 1024
"""Bytes that are stored as they are: a third is all that a compressor would take off them, and for
that it would cost more than whatever else is done for an exchange."""
_SMALL = 8192
"""Bytes: to set up the compressor for more costs more than to compress less."""
_GZIP_STORED = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1))
"""The header of a gzip member, and of its one block, which is stored."""

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]


def member(
    kind: str, record_id: str, date: str, url: str, more: Fields, head: bytes, body: bytes
) -> bytes:
    """One record, as a gzip member. `head`: of the HTTP message, empty where there is none; `more`:
    further fields of the record's own header; `date`: see `warc_date`."""
    block = head + body
    payload = [("WARC-Payload-Digest", digest(body))] if kind == "response" else []
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        *([("WARC-Target-URI", url)] if url else []),
        ("WARC-Date", date),
        *more,
        *payload,
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", _TYPES[kind]),
        # The digest stands before the length, so that a cut within the length does not go unnoticed.
        ("Content-Length", str(len(block))),
    ]
    header = message(_VERSION, fields).encode("utf-8", "replace")
    return zipped(b"".join((header, block, b"\r\n\r\n")))


def warc_date(at: datetime) -> str:
    """An aware moment as WARC writes it."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def message(first: str, fields: Fields) -> str:
    """The head of an HTTP message or of a record, with the empty line at its end."""
    lines = [f"{name}: {value}" for name, value in fields]
    return "\r\n".join([first, *lines, "", ""])


def digest(data: bytes) -> str:
    """SHA-1 in base 32, as WARC tools write it."""
    number = int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big")
    return "sha1:" + "".join([_PAIRS[number >> shift & 1023] for shift in range(150, -1, -10)])


def zipped(data: bytes) -> bytes:
    """A whole gzip member."""
    size = len(data)
    if size <= _TINY:
        ends = struct.pack("<II", zlib.crc32(data), size)
        return b"".join((_GZIP_STORED, struct.pack("<HH", size, size ^ 0xFFFF), data, ends))
    window, memory = (12, 5) if size <= _SMALL else (15, 8)
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + window, memory)
    return compressor.compress(data) + compressor.flush()
