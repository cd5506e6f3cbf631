"""Records as the bytes of a WARC 1.1 file, each a gzip member of its own, for any WARC tool to read.

Made by hand because a sweep writes two for every exchange: what a general writer does for them costs
more than the exchange itself.
"""

from __future__ import annotations

import hashlib
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
_SMALL = 8192
"""Bytes: to set up the compressor for more costs more than to compress less."""

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]


def member(
    kind: str, record_id: str, at: datetime, url: str, more: Fields, head: bytes, body: bytes
) -> bytes:
    """One record, compressed. `head`: of the HTTP message, empty where there is none; `more`:
    further fields of the record's own header; `at`: any aware moment."""
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        *([("WARC-Target-URI", url)] if url else []),
        ("WARC-Date", f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"),
        *more,
    ]
    block = head + body
    if kind == "response":
        fields.append(("WARC-Payload-Digest", digest(body)))
    fields.append(("WARC-Block-Digest", digest(block)))
    fields.append(("Content-Type", _TYPES[kind]))
    # The digest stands before the length, so that a cut within the length does not go unnoticed.
    fields.append(("Content-Length", str(len(block))))
    header = message(_VERSION, fields).encode("utf-8", "replace")
    return compressed(b"".join((header, block, b"\r\n\r\n")))


def message(first: str, fields: Fields) -> str:
    """The head of an HTTP message or of a record, with the empty line at its end."""
    lines = [f"{name}: {value}" for name, value in fields]
    return "\r\n".join((first, *lines, "", ""))


def digest(data: bytes) -> str:
    """SHA-1 in base 32, as WARC tools write it."""
    number = int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big")
    return "sha1:" + "".join([_PAIRS[number >> shift & 1023] for shift in range(150, -1, -10)])


def compressed(data: bytes) -> bytes:
    """A whole gzip member."""
    window, memory = (12, 5) if len(data) <= _SMALL else (15, 8)
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + window, memory)
    return compressor.compress(data) + compressor.flush()
