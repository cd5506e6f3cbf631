"""What really goes over the wire: the request with its secret in place. Lives only while it is sent.

It is made just before sending and never stored; its text form shows no address and no body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from checkers.base import Request
from sweeps.network.credentials import Insertion

_PLAIN = re.compile(
    r"(https?)://([a-z0-9-][a-z0-9.-]*)(?::([1-9]\d{0,4}))?"
    r"((?:/(?:[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@%-]*)?)+(?:\?[\w.~!$&'()*+,;=:@/?%-]*)?)?",
    re.ASCII,
)
"""Most addresses: they travel as they are. No segment of the path begins with a dot or with %."""
_HALF = re.compile(r"%(?![0-9A-F]{2})")
_NO_HOST = re.compile(r"[\s\\<>\"{}|^`]")
_NO_NAME = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_BREAK = re.compile(r"[\r\n\0]")
_PORTS = {"http": 80, "https": 443}


class MalformedRequest(Exception):
    """No HTTP request can be made of this; the text says why without naming the address."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whom to connect to."""

    scheme: str
    host: str
    """Of an IPv6 address without brackets."""
    port: int

    @property
    def named(self) -> str:
        """Host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as sent."""

    method: str
    place: Place
    target: str = field(repr=False)
    """Path and query, in the letters that travel."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = field(repr=False)

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.place.scheme}://{self.place.named}{self.target}"

    def message(self, target: str, usual: Mapping[str, str]) -> bytes:
        """All that is sent. `usual`: headers that go where the request has none of that name.
        Raises UnicodeEncodeError for what no header can hold."""
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.place.named}"]
        if self.body is not None or self.method not in {"GET", "HEAD"}:
            lines.append(f"Content-Length: {len(self.body or b'')}")
        lines += [f"{name}: {value}" for name, value in {**usual, **dict(self.headers)}.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        return head + self.body if self.body else head


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host (with its port, where one is named) of a web address. Raises MalformedRequest."""
    plain = _PLAIN.match(url) if isinstance(url, str) else None
    if plain and url[plain.end() : plain.end() + 1] in {"", "#"} and _true_port(plain[3]):
        return f"{plain[2]}:{plain[3]}" if plain[3] else plain[2]
    try:
        parts = urlsplit(url)
        port = parts.port
    except (ValueError, AttributeError):
        raise MalformedRequest("not a web address") from None
    if parts.scheme not in {"http", "https"}:
        raise MalformedRequest(f"not a web address ({parts.scheme[:20] or 'no scheme'})")
    host = (parts.hostname or "").lower()
    if not host or not host.strip(".") or _NO_HOST.search(host):
        raise MalformedRequest("not a web address (no host)")
    return f"{host}:{port}" if port else host


def named(url: str) -> tuple[str, str] | None:
    """The host as it is named and what is asked for there, of an address that travels as it is; None
    for any other."""
    plain = _PLAIN.fullmatch(url)
    if plain is None or url.endswith("?") or not _true_port(plain[3]):
        return None
    return f"{plain[2]}:{plain[3]}" if plain[3] else plain[2], plain[4] or "/"


def _true_port(digits: str | None) -> bool:
    return digits is None or int(digits) <= 65535


def wire(request: Request, insertion: Insertion | None = None) -> Wire:
    """The request with the secret where it belongs. Raises MalformedRequest."""
    url, headers, body = request.url, [*request.headers], request.body
    for each in insertion.all() if insertion is not None else ():
        kind, _colon, name = each.place.partition(":")
        if kind == "query":
            url = _with_parameter(url, name, each.value)
        elif kind == "json":
            body = _with_field(body, name, each.value)
        else:
            headers.append(("Cookie" if kind == "cookie" else name, each.value))
    place, target = _aimed(url)
    return Wire(_token(request.method), place, target, tuple(_sendable(headers)), body)


def _aimed(url: str) -> tuple[Place, str]:
    """Where an address leads, and what is asked for there. Raises MalformedRequest."""
    plain = _PLAIN.fullmatch(url)
    if plain and _true_port(plain[3]) and not ("%" in url and _HALF.search(url)):
        port = int(plain[3]) if plain[3] else _PORTS[plain[1]]
        return Place(plain[1], plain[2], port), plain[4] or "/"
    host_of(url)
    return _normalised(url.partition("#")[0])


def _normalised(url: str) -> tuple[Place, str]:
    from requests import PreparedRequest
    from requests.exceptions import RequestException
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        if not url.isascii():
            prepared = PreparedRequest()
            prepared.prepare_url(url, None)
            url = prepared.url or url
        parts, found = urlsplit(url), parse_url(url)
        host, scheme = parts.hostname or "", parts.scheme
        return Place(scheme, host, parts.port or _PORTS[scheme]), found.request_uri or "/"
    except (LocationParseError, RequestException, UnicodeError, ValueError):
        raise MalformedRequest("not a web address") from None


def _with_parameter(url: str, name: str, value: str) -> str:
    """The address with the parameter at the end of its query; one of that name is taken out."""
    host_of(url)
    parts = urlsplit(url)
    others = [part for part in parts.query.split("&") if part and part.partition("=")[0] != name]
    query = "&".join([*others, f"{name}={quote(value, safe='')}"])
    return urlunsplit(parts._replace(query=query))


def _with_field(body: bytes | None, name: str, value: str) -> bytes:
    payload = json.loads(body or b"{}")
    return json.dumps({**payload, name: value}, ensure_ascii=False, sort_keys=True).encode()


def _sendable(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for name, value in headers:
        if _BREAK.search(name) or _BREAK.search(value):
            raise MalformedRequest(f"line break in a header ({name.splitlines()[0][:40]})")
        _token(name)
    return headers


@lru_cache(maxsize=256)
def _token(name: str) -> str:
    """A method or the name of a header. Raises MalformedRequest."""
    if not name or _NO_NAME.search(name):
        raise MalformedRequest(f"not a name of HTTP ({name[:40]!r})")
    return name
