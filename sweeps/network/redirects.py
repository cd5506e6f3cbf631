"""Redirects followed by hand: each hop is a request of its own, in its own host's lane.

A credential and the cookies of one site never travel on to another. An address that is no web
address (`weixin://`, `tel:`) ends the chain and is not a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urldefrag, urljoin, urlsplit

from checkers.base import Failure, Hop, Request, Response
from registry.vocab import Reason
from sweeps.network.wire import MalformedRequest, host_of

MOST_HOPS = 10
_STATUSES = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Trail:
    """The way that one request has gone so far."""

    hops: tuple[Hop, ...] = ()
    seen: frozenset[tuple[str, str]] = frozenset()
    """Addresses asked, with the cookies sent: a page may well send us to itself with a cookie."""
    cookies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Host → name → value."""


def follow(request: Request, response: Response, trail: Trail) -> tuple[Request, Trail] | None:
    """The next hop, or None when the answer is final. A loop is for `looped` to find first."""
    location = response.headers.get("location", "")
    if not request.redirects or response.status not in _STATUSES or not location:
        return None
    url = urldefrag(_joined(request.url, location)).url
    try:
        host = host_of(url)
    except MalformedRequest:
        return None
    cookies = _with_cookies(trail.cookies, request, response)
    hop = Hop(request.url, response.status, location)
    seen = trail.seen | {(request.url, _cookie_of(request))}
    onward = _onward(request, url, response.status, cookies.get(host, {}))
    return onward, Trail((*trail.hops, hop), seen, cookies)


def looped(request: Request, trail: Trail) -> Failure | None:
    """The failure that asking `request` next would be, if it leads in a circle or too far."""
    if (request.url, _cookie_of(request)) in trail.seen:
        return Failure(Reason.REDIRECT_LOOP, "it leads back to where it began")
    if len(trail.hops) > MOST_HOPS:
        return Failure(Reason.REDIRECT_LOOP, f"more than {MOST_HOPS} redirects")
    return None


def _joined(base: str, location: str) -> str:
    try:
        # Headers are read as Latin-1; many sites put plain UTF-8 into this one.
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    try:
        return urljoin(base, location.strip())
    except ValueError:
        return ""


def _onward(request: Request, url: str, status: int, cookies: Mapping[str, str]) -> Request:
    same = _origin(url) == _origin(request.url)
    own = [(n, v) for n, v in request.headers if n.lower() != "cookie"]
    if not same:
        own = [(n, v) for n, v in own if n.lower() not in {"authorization", "content-type"}]
    if cookies:
        own.append(("Cookie", "; ".join(f"{n}={v}" for n, v in sorted(cookies.items()))))
    onward = replace(request, url=url, headers=tuple(own), auth=request.auth if same else None)
    if status in _KEEP_METHOD or request.method in {"GET", "HEAD"}:
        # A body may hold what was meant for the first host only.
        return onward if same else replace(onward, body=None)
    return replace(onward, method="GET", body=None)


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_of(url)


def _cookie_of(request: Request) -> str:
    return next((value for name, value in request.headers if name.lower() == "cookie"), "")


def _with_cookies(
    held: Mapping[str, Mapping[str, str]], request: Request, response: Response
) -> Mapping[str, Mapping[str, str]]:
    """The cookies with those that this answer set, for its own host only."""
    lines = response.headers.get("set-cookie", "").split("\n")
    pairs = [line.split(";", 1)[0].partition("=") for line in lines if "=" in line.split(";", 1)[0]]
    if not pairs:
        return held
    host = host_of(request.url)
    new = {name.strip(): value.strip() for name, _equals, value in pairs if name.strip()}
    return {**held, host: {**held.get(host, {}), **new}}
