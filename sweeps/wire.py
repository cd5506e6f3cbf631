"""What really goes over the wire: the request with its secret in place. Lives only while it is sent.

It is made just before sending and never stored; its text form shows no address and no body.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from checkers.base import Request
from sweeps.credentials import Insertion


class MalformedRequest(Exception):
    """No HTTP request can be made of this; the text says why without naming the address."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as sent."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = field(repr=False)
    host: str
    port: int


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host (with its port, where one is named) of a web address. Raises MalformedRequest."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except (ValueError, AttributeError):
        raise MalformedRequest("not a web address") from None
    if parts.scheme not in {"http", "https"}:
        raise MalformedRequest(f"not a web address ({parts.scheme[:20] or 'no scheme'})")
    host = (parts.hostname or "").lower()
    if not host or not host.strip(".") or any(c.isspace() or c in '\\<>"{}|^`' for c in host):
        raise MalformedRequest("not a web address (no host)")
    return f"{host}:{port}" if port else host


def wire(request: Request, insertion: Insertion | None = None) -> Wire:
    """The request with the secret where it belongs. Raises MalformedRequest."""
    host_of(request.url)
    parts = urlsplit(request.url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    query, headers, body = parts.query, list(request.headers), request.body
    for each in insertion.all() if insertion is not None else ():
        kind, _colon, name = each.place.partition(":")
        if kind == "query":
            query = _with_parameter(query, name, each.value)
        elif kind == "json":
            body = _with_field(body, name, each.value)
        else:
            headers.append(("Cookie" if kind == "cookie" else name, each.value))
    url = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
    return Wire(request.method, url, tuple(_sendable(headers)), body, host, port)


def _with_parameter(query: str, name: str, value: str) -> str:
    """The query with the parameter at its end; one of that name is taken out."""
    others = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    return "&".join([*others, f"{name}={quote(value, safe='')}"])


def _with_field(body: bytes | None, name: str, value: str) -> bytes:
    payload = json.loads(body or b"{}")
    return json.dumps({**payload, name: value}, ensure_ascii=False, sort_keys=True).encode()


def _sendable(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for name, value in headers:
        if any(character in "\r\n\0" for character in name + value):
            raise MalformedRequest(f"line break in a header ({name.splitlines()[0][:40]})")
    return headers
