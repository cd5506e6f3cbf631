"""What goes out and what comes back: requests, responses, and the walls that all platforms share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from checkers.base.json_bytes import read_json
from registry.dates import feed_moments
from registry.vocab import Reason

MAX_BODY = 5_000_000
"""Bytes of a response that are read before it is given up as TOO_LARGE."""

MAX_TREE = 1_000_000
"""The same for a page that is read into a tree of objects, which takes seconds for each megabyte."""


class Inconclusive(Exception):
    """The check was made and nothing can be concluded: a wall, a fault, a changed layout."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class Unsupported(Inconclusive):
    """The check cannot be made by this source at all: no credential, no address, by hand only."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP exchange to make. `auth` names a credential; the engine puts the token in."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    auth: str | None = None
    redirects: bool = True
    """Follow redirects; the chain is kept either way."""
    max_bytes: int = MAX_BODY
    seconds: float | None = None
    """How long the whole answer may take; None: as long as the transport allows."""
    once: bool = False
    """Not tried again after a passing fault: the fault is a fact of this visit."""
    ill: bool = False
    """It failed the last time as well, whenever it was tried: of the further tries after a passing
    fault only the last is made, which is the one that gives it most time to get well."""
    early: bool = False
    """It kept us waiting the last time, so it starts before others that could start now."""
    shared: bool = field(default=False, compare=False)
    """Another check of the run may ask the very same in this moment: both are then given one answer, and
    their evidence is one record. Not for what carries a credential or is to be `read`."""
    read: Callable[[Response], Any] | None = field(default=None, compare=False, repr=False)
    """Where it is given, the checker is sent what this makes of the answer in place of the answer,
    and of many requests in one list each is read as it comes, its body kept no longer. A function
    of the checker's own like its steps: it may compute and raise, and does nothing else."""

    @property
    def host(self) -> str:
        """The lane this request belongs to: host name, with the port where one is given."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "").lower()
        return f"{host}:{parts.port}" if parts.port else host

    @classmethod
    def json_post(cls, url: str, payload: Mapping[str, Any], auth: str | None = None) -> Request:
        """A POST of `payload` as JSON, keys sorted so that replay finds it again."""
        body = json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()
        return cls(url, "POST", (("Content-Type", "application/json"),), body, auth)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came, or not a whole one."""

    reason: Reason
    detail: str = ""
    expires_at: datetime | None = None
    """For TLS: when the certificate ran out, if that is why."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the address asked, the status answered, the address it pointed to."""

    url: str
    status: int
    location: str


_OF_PAGES = re.compile(
    r"(?:utf|gb|big5|hz|iso|latin|ascii|us-ascii|cp|windows|euc|shift|sjis|koi|tis|ks)", re.I
)
"""How charsets of pages begin. Python has further codecs, one of which takes minutes for 1 MB."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `failure` is set when there is no usable answer; then `status` is 0."""

    url: str
    """The final address, after redirects."""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    fetched_at: datetime = datetime.min
    """UTC, when the answer was complete."""
    hops: tuple[Hop, ...] = ()
    failure: Failure | None = None
    seconds: float = 0.0
    """From asking to the complete answer, of the last hop; 0 where nobody has measured it."""

    @property
    def moment(self) -> datetime:
        """When the answer was written, in UTC: the Date header if sane, else when it arrived.

        Sane is within one day of arrival. Relative times in the answer count from here.
        """
        raw = self.headers.get("date", "")
        said = _date_of(raw) if raw else None
        if said is None:
            return self.fetched_at
        if abs(said - self.fetched_at) > timedelta(days=1):
            return self.fetched_at
        return said.astimezone(self.fetched_at.tzinfo)

    def text(self, fallback: str = "utf-8") -> str:
        """The body as text: declared charset, else one named in the first bytes, else `fallback`.

        gb2312 and gbk are read as their superset gb18030. Undecodable bytes are replaced. A name
        that no page has is not believed.
        """
        declared = re.search(r"charset=[\"']?([\w-]+)", self.headers.get("content-type", ""), re.I)
        inside = re.search(rb"(?:charset|encoding)=[\"']?([\w-]+)", self.body[:2048], re.I)
        name = declared.group(1) if declared else inside.group(1).decode() if inside else fallback
        name = "gb18030" if name.lower() in {"gb2312", "gbk"} else name
        if not _OF_PAGES.match(name):
            name = fallback
        try:
            return self.body.decode(name, "replace")
        except LookupError:
            return self.body.decode(fallback, "replace")

    def usable(self) -> Response:
        """Itself, or Inconclusive: no answer, a wall by status or by address, an empty 200."""
        if self.failure:
            raise Inconclusive(self.failure.reason, self.failure.detail)
        wall = WALL_STATUS.get(self.status)
        if wall:
            raise Inconclusive(wall, f"HTTP {self.status}")
        if is_wall_address(self.url):
            raise Inconclusive(Reason.LOGIN_WALL, urlsplit(self.url).hostname or "")
        if self.status >= 500:
            raise Inconclusive(Reason.SERVER_ERROR, f"HTTP {self.status}")
        if self.status == 200 and not self.body.strip():
            raise Inconclusive(Reason.EMPTY_BODY)
        return self

    def json(self) -> Any:
        """The body as JSON; Inconclusive(BAD_JSON) when it is anything else.

        Half a character, which JSON can spell and nothing else can hold, becomes U+FFFD.
        """
        self.usable()
        try:
            return read_json(self.body)
        except (ValueError, RecursionError) as error:
            raise Inconclusive(Reason.BAD_JSON, str(error)[:120]) from None


def _date_of(header: str) -> datetime | None:
    """The moment in a Date header, which has a zone; None when there is none."""
    usual = feed_moments([header]) if header.endswith("GMT") else None
    if usual:
        return usual[0]
    try:
        said = parsedate_to_datetime(header)
    except ValueError:
        return None
    return said if said.tzinfo else None


WALL_STATUS: Mapping[int, Reason] = {
    401: Reason.LOGIN_WALL,
    403: Reason.BLOCKED,
    412: Reason.BLOCKED,
    418: Reason.BLOCKED,
    429: Reason.RATE_LIMITED,
    432: Reason.BLOCKED,
    461: Reason.CAPTCHA,
    471: Reason.CAPTCHA,
    521: Reason.BLOCKED,
}
"""Statuses that are a wall whatever the body says."""

_PERHAPS_WALL = re.compile(r"passport|visitor|login|signin|captcha|[\t\r\n]", re.I)
"""Most addresses hold none of these, and need not be taken apart (which drops tabs and breaks)."""
_WALL_HOST = re.compile(r"^(passport|visitor|login)\b|\.passport\.|captcha", re.I)
_WALL_PATH = re.compile(r"captcha|/(visitor|website-login|signin|login(\.php)?)(/|$)", re.I)


def is_wall_address(url: str) -> bool:
    """True when an answer came from a login, visitor or captcha address: a wall at any status."""
    if not _PERHAPS_WALL.search(url):
        return False
    parts = urlsplit(url)
    return bool(_WALL_HOST.search(parts.hostname or "") or _WALL_PATH.search(parts.path))
