"""Evidence: every exchange of a run in a WARC file, secrets taken out before anything is hashed.

An exchange is written and handed to the system before its answer is used, so that no observation
outlives its proof. Any WARC tool reads the files; one cut off by a crash reads up to the cut.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from checkers.base import Request, Response
from registry.errors import Unwritable
from registry.messages import _
from registry.system_words import os_fault
from registry.uids import new_uids
from sweeps.evidence.warc import member, message, warc_date
from sweeps.network.credentials import Redactor
from sweeps.network.wire import named

KEY = "Taizhang-Request-Key"
ORDINAL = "Taizhang-Request-Ordinal"
CREDENTIAL = "Taizhang-Credential"
"""The name of the credential that went with a request."""

_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]")
_IN_A_PATH = "/?#[]@!$&'()*+,;=:%~"
_AT_ONCE = 64
"""Uids made together."""

_NO_BODY = hashlib.sha256(b"").hexdigest()
_json = json.JSONEncoder(ensure_ascii=False).encode

_WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Told how the body travelled; what is kept is the body itself."""


def request_key(request: Request) -> str:
    """The name under which an exchange is found again: SHA-256 over what makes it this request.

    The request holds no secret (it only names its credential), so the key gives none away.
    """
    body = hashlib.sha256(request.body).hexdigest() if request.body else _NO_BODY
    parts = [request.method, request.url, sorted(request.headers), body, request.auth or ""]
    return hashlib.sha256(_json(parts).encode()).hexdigest()


class EvidenceWriter:
    """Writes one segment. `info`: what the segment is about, for its first record."""

    def __init__(
        self, path: Path, redactor: Redactor, info: Mapping[str, str], at: datetime
    ) -> None:
        self.path = path
        self._redactor = redactor
        self._size = 0
        with written(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb", buffering=0)
        self._asked: Counter[bytes] = Counter()
        self._uids: list[str] = []
        fields = {"software": "Taizhang", "format": "WARC File Format 1.1", **info}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        name = [("WARC-Filename", path.name)]
        try:
            self._write(self._record("warcinfo", "", warc_date(at), name, lines.encode()))
        except Unwritten:
            self.close()
            path.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """No more is written."""
        self._file.close()

    def take_back(self, size: int) -> None:
        """Nothing stands behind the first `size` bytes any more; then no more is written."""
        self._file.truncate(size)
        self.close()

    def redacted(self, response: Response) -> Response:
        """The response as it may be stored, and as checkers see it."""
        if not self._redactor.knows_any:
            return response
        clean = self._redactor.text
        return replace(
            response,
            url=clean(response.url),
            headers={name: clean(value) for name, value in response.headers.items()},
            body=self._redactor.data(response.body),
        )

    def record(self, _ticket: int, request: Request, response: Response) -> str:
        """Write an exchange whose response is redacted already; the id of the answer's record."""
        at, url = warc_date(response.fetched_at), _address(self._redactor.text(request.url))
        asked = self._request(request, url, at)
        told = [("WARC-Concurrent-To", asked.id)]
        answer = (
            self._note(url, _failure(response), at, told)
            if response.failure
            else self._record("response", url, at, told, response.body, _response_head(response))
        )
        self._write(asked, answer)
        return answer.id

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        """Note that a request was never sent and got the answer of another: a refused token,
        or the same that another check asked at that time."""
        url = _address(self._redactor.text(request.url))
        note = {"answered_by": record}
        self._write(self._note(url, note, warc_date(at), self._fields(request)))

    def _request(self, request: Request, url: str, at: str) -> _Member:
        clean = self._redactor.text
        host, path = named(url) or taken_apart(url)
        headers = [("Host", host), *request.headers]
        line = f"{request.method} {path} HTTP/1.1"
        head = _encoded(message(line, [(name, clean(value)) for name, value in headers]))
        body = self._redactor.data(request.body or b"")
        return self._record("request", url, at, self._fields(request), body, head)

    def _fields(self, request: Request) -> list[tuple[str, str]]:
        key = request_key(request)
        # Half of the hash is enough to tell requests apart, and there may be a million of them.
        short = bytes.fromhex(key[:32])
        ordinal = self._asked[short]
        self._asked[short] += 1
        fields = [(KEY, key), (ORDINAL, str(ordinal))]
        return [*fields, (CREDENTIAL, _address(request.auth))] if request.auth else fields

    def _note(
        self, url: str, note: Mapping[str, Any], at: str, more: list[tuple[str, str]]
    ) -> _Member:
        body = self._redactor.text(_json(note)).encode()
        return self._record("metadata", url, at, more, body)

    def _record(
        self,
        kind: str,
        url: str,
        at: str,
        more: list[tuple[str, str]],
        body: bytes,
        head: bytes = b"",
    ) -> _Member:
        self._uids = self._uids or new_uids(_AT_ONCE)[::-1]
        record_id = f"<urn:uuid:{self._uids.pop()}>"
        return _Member(record_id, member(kind, record_id, at, url, more, head, body))

    def _write(self, *members: _Member) -> None:
        """Hand records to the system before the answer is used: all of them, or none."""
        left = memoryview(b"".join([each.data for each in members]))
        size = self._size + len(left)
        try:
            with written(self.path):
                while left:
                    left = left[self._file.write(left) :]
        except Unwritten:
            with suppress(OSError):
                self._file.seek(self._file.truncate(self._size))
            raise
        self._size = size


class Unwritten(Unwritable):
    """Evidence cannot be written, so nothing more is looked at."""

    code = "evidence_unwritten"


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Raises Unwritten where the system does not write."""
    try:
        yield
    except OSError as error:
        raise Unwritten(
            _("Evidence cannot be written to {path}: {reason}.").format(
                path=path, reason=os_fault(error)
            ),
            _("Make room on the disk, or see that the folder can be written; then run it again."),
        ) from error


@dataclass(frozen=True, slots=True)
class _Member:
    """A record as it is written."""

    id: str
    data: bytes


def _response_head(response: Response) -> bytes:
    """The head of the answer, with the length of the body as it is kept."""
    fields = [
        (name, line.strip("\r"))
        for name, value in response.headers.items()
        if name not in _WIRE_HEADERS
        for line in value.split("\n")
    ]
    fields.append(("content-length", str(len(response.body))))
    return _encoded(message(f"HTTP/1.1 {_status_line(response.status)}", fields))


def _encoded(head: str) -> bytes:
    """The head of an HTTP message as the bytes that travelled, not percent-encoded."""
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError:
        return head.encode("utf-8", "replace")


def _address(url: str) -> str:
    """An address for a WARC header, where a line break would begin a header of its own."""
    return _UNSENDABLE.sub(lambda hit: f"%{ord(hit.group()):02X}", url)


def taken_apart(url: str) -> tuple[str, str]:
    """Host and what is asked for there, of whatever was to be sent."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.netloc.rpartition("@")[2], quote(path, safe=_IN_A_PATH)


@lru_cache
def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} -"


def _failure(response: Response) -> dict[str, Any]:
    failure = response.failure
    assert failure is not None
    expires = failure.expires_at.isoformat() if failure.expires_at else None
    return {"failure": failure.reason.value, "detail": failure.detail, "expires_at": expires}


@dataclass(frozen=True, slots=True)
class Record:
    """One whole record, as read back."""

    offset: int
    """Where its gzip member begins in the file."""
    kind: str
    """`warcinfo`, `request`, `response` or `metadata`."""
    fields: Mapping[str, str]
    """The WARC header; names as written."""
    status: str = ""
    """The first line of the HTTP message, without the protocol of an answer."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def record_id(self) -> str:
        return self.fields.get("WARC-Record-ID", "")


def records(file: BinaryIO) -> Iterator[Record]:
    """The whole records of a WARC file from where it stands, up to the first cut or broken one."""
    from warcio.archiveiterator import ArchiveIterator

    # The digest stands before the length, so that a cut within the length does not go unnoticed.
    archive = ArchiveIterator(file, check_digests="raise")
    try:
        for found in archive:
            http = found.http_headers
            body = found.raw_stream.read()
            if getattr(found.raw_stream, "limit", 1) > 0:
                # Shorter than its header says, or of no stated length: not whole.
                return
            yield Record(
                archive.get_record_offset(),
                found.rec_type,
                dict(found.rec_headers.headers),
                http.statusline if http else "",
                tuple(http.headers) if http else (),
                body,
            )
    except Exception:
        # A killed run leaves its last member cut, upon which warcio fails in one of many ways;
        # what came before is whole and stands.
        return


def segment_info(path: Path) -> dict[str, str]:
    """What the first record of a segment says it is about; empty when it is none of ours."""
    with path.open("rb") as file:
        first = next(records(file), None)
    if first is None or first.kind != "warcinfo":
        return {}
    lines = first.body.decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _colon, value in pairs}
