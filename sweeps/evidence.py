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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from checkers.base import Request, Response
from registry.uids import new_uid
from sweeps.credentials import Redactor

KEY = "Taizhang-Request-Key"
ORDINAL = "Taizhang-Request-Ordinal"
CREDENTIAL = "Taizhang-Credential"
"""The name of the credential that went with a request."""

_IN_A_PATH = "/?#[]@!$&'()*+,;=:%~"
_WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Told how the body travelled; what is kept is the body itself."""


def request_key(request: Request) -> str:
    """The name under which an exchange is found again: SHA-256 over what makes it this request.

    The request holds no secret (it only names its credential), so the key gives none away.
    """
    body = hashlib.sha256(request.body or b"").hexdigest()
    parts = [request.method, request.url, sorted(request.headers), body, request.auth or ""]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """The head of an HTTP message, written as the bytes that travelled, not percent-encoded."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        try:
            self.headers_buff = self.to_bytes(header_filter, "latin-1")
        except UnicodeEncodeError:
            self.headers_buff = self.to_bytes(header_filter, "utf-8")


class EvidenceWriter:
    """Writes one segment. `info`: what the segment is about, for its first record."""

    def __init__(
        self, path: Path, redactor: Redactor, info: Mapping[str, str], at: datetime
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._redactor = redactor
        self._file: BinaryIO = path.open("xb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")
        self._asked: Counter[str] = Counter()
        fields = {"software": "Taizhang", "format": "WARC File Format 1.1", **info}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        headers = {"WARC-Filename": path.name, "Content-Type": "application/warc-fields"}
        self._write("", "warcinfo", lines.encode(), at, headers)

    def close(self) -> None:
        """No more is written."""
        self._file.close()

    def redacted(self, response: Response) -> Response:
        """The response as it may be stored, and as checkers see it."""
        clean = self._redactor.text
        return replace(
            response,
            url=clean(response.url),
            headers={name: clean(value) for name, value in response.headers.items()},
            body=self._redactor.data(response.body),
        )

    def record(self, _ticket: int, request: Request, response: Response) -> str:
        """Write an exchange whose response is redacted already; the id of the answer's record."""
        key = request_key(request)
        asked = self._request(request, key, response.fetched_at)
        url = _address(self._redactor.text(request.url))
        extra = {"WARC-Concurrent-To": asked}
        if response.failure:
            return self._note(url, _failure(response), response.fetched_at, extra)
        headers = [(n, v) for n, v in response.headers.items() if n not in _WIRE_HEADERS]
        headers = [(n, line.strip("\r")) for n, value in headers for line in value.split("\n")]
        headers.append(("content-length", str(len(response.body))))
        status = _Head(_status_line(response.status), headers, protocol="HTTP/1.1")
        return self._write(url, "response", response.body, response.fetched_at, extra, status)

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        """Note that a request was never sent and got the answer of another (a refused token)."""
        extra = self._fields(request, request_key(request))
        self._note(_address(self._redactor.text(request.url)), {"answered_by": record}, at, extra)

    def _request(self, request: Request, key: str, at: datetime) -> str:
        address = _address(self._redactor.text(request.url))
        parts = urlsplit(address) if _splits(address) else urlsplit("")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc.rpartition("@")[2]), *request.headers]
        headers = [(name, self._redactor.text(value)) for name, value in headers]
        line = f"{request.method} {quote(path, safe=_IN_A_PATH)} HTTP/1.1"
        status = _Head(line, headers, is_http_request=True)
        extra = self._fields(request, key)
        body = self._redactor.data(request.body or b"")
        return self._write(address, "request", body, at, extra, status)

    def _fields(self, request: Request, key: str) -> dict[str, str]:
        fields = {KEY: key, ORDINAL: str(self._asked[key])}
        self._asked[key] += 1
        return fields | ({CREDENTIAL: request.auth} if request.auth else {})

    def _note(self, url: str, note: Mapping[str, Any], at: datetime, extra: dict[str, str]) -> str:
        body = self._redactor.text(json.dumps(note, ensure_ascii=False)).encode()
        return self._write(url, "metadata", body, at, {**extra, "Content-Type": "application/json"})

    def _write(
        self,
        url: str,
        kind: str,
        body: bytes,
        at: datetime,
        headers: Mapping[str, str],
        status: StatusAndHeaders | None = None,
    ) -> str:
        record_id = f"<urn:uuid:{new_uid()}>"
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=status,
            warc_content_type=headers.get("Content-Type", ""),
            warc_headers_dict={
                "WARC-Record-ID": record_id,
                "WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                **{name: value for name, value in headers.items() if name != "Content-Type"},
            },
        )
        self._writer.write_record(record)
        return record_id


def _address(url: str) -> str:
    """An address for a WARC header, where a line break would begin a header of its own."""
    return re.sub(r"[\x00-\x20\x7f]", lambda hit: f"%{ord(hit.group()):02X}", url)


def _splits(url: str) -> bool:
    try:
        return bool(urlsplit(url))
    except ValueError:
        return False


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
