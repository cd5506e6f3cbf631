"""A direct address of an Android package: asked for its head, else for its first four bytes.

A web page under such an address is no package, and no proof that there is none either.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from checkers._app.offers import NOT_FOUND, SOFT_404, offered, withdrawn
from checkers.base import (
    WALL_STATUS,
    Facts,
    Inconclusive,
    Request,
    Response,
    Steps,
    Target,
    Unsupported,
    is_wall_address,
)
from checkers.links import read_link
from registry.vocab import Reason

_MAGIC = b"PK\x03\x04"
_TYPES = re.compile(
    r"application/(?:vnd\.android\.package-archive|octet-stream|(?:x-)?zip(?:-compressed)?)\s*(?:;|$)",
    re.I,
)
_ABSENT = frozenset({404, 410})
_HEAD_REFUSED = frozenset({403, 405, 501}) | _ABSENT
"""After these the file itself is asked for: servers that know no HEAD may say that it is not there."""
_FIRST_BYTES = (("Range", "bytes=0-3"), ("Accept-Encoding", "identity"))


def is_package_address(url: str) -> bool:
    """True for `https://….apk`, `http` likewise, with or without a query."""
    return bool(re.fullmatch(r"https?://[^\s/?#]+/[^\s?#]+\.apk(?:\?\S*)?", url, re.I))


def package_file(target: Target) -> Steps:
    """The file at the address that the office gave, else at the ledger's link."""
    url = next((u for u in (target.address, target.url) if is_package_address(u)), "")
    if not url:
        raise Unsupported(Reason.NO_ADDRESS, "no direct address of a package")
    head: Response = yield Request(url, "HEAD")
    told = _told_by_head(target, head)
    if told is not None:
        return told
    response: Response = yield Request(url, headers=_FIRST_BYTES)
    return _told_by_bytes(target, response)


def _told_by_head(target: Target, head: Response) -> Facts | None:
    """The facts; None where the head alone does not tell. Raises for a wall or a fault."""
    if head.failure:
        raise Inconclusive(head.failure.reason, head.failure.detail)
    if is_wall_address(head.url):
        raise Inconclusive(Reason.LOGIN_WALL, urlsplit(head.url).hostname or "")
    if head.status in _HEAD_REFUSED:
        return None
    if head.status in WALL_STATUS:
        raise Inconclusive(WALL_STATUS[head.status], f"HTTP {head.status}")
    if head.status >= 500:
        raise Inconclusive(Reason.SERVER_ERROR, f"HTTP {head.status}")
    typed = _TYPES.match(head.headers.get("content-type", ""))
    return _there(target, head) if head.status == 200 and typed else None


def _told_by_bytes(target: Target, response: Response) -> Facts:
    response.usable()
    if response.status in _ABSENT:
        return withdrawn(target, NOT_FOUND, f"HTTP {response.status}")
    if response.status not in {200, 206}:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}")
    if response.body.startswith(_MAGIC):
        return _there(target, response)
    if response.status == 200:
        fact = read_link(response.url, response)
        if fact.signal == SOFT_404:
            return withdrawn(target, SOFT_404, f"HTTP 200: {fact.signal_text}")
    kind = response.headers.get("content-type", "no type")
    raise Inconclusive(Reason.AMBIGUOUS, f"no package under its address: {kind}"[:120])


def _there(target: Target, response: Response) -> Facts:
    """Found. When the file was last changed is the server's word, and weak."""
    return offered(target, day=response.headers.get("last-modified", "")[:40])
