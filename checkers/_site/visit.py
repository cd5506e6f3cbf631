"""Opening pages of a website: its robots.txt, its home page, and what stands in the way.

A site is visited as anybody would, page by page; where its home page only sends its visitors on,
that is followed once. It never answers a challenge.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from checkers._site.filling import is_challenge, onward
from checkers._site.hosts import host_of, same_host
from checkers._site.robots import Rule, may_read, read_rules
from checkers._site.tree import SitePage, read_page
from checkers.base import Inconclusive, Request, Response, Target, Unsupported
from registry.vocab import Reason

_ROBOTS_BYTES = 500_000
_SERVED_NONE = frozenset({Reason.TOO_LARGE, Reason.REDIRECT_LOOP})
"""What a site without a robots.txt may answer; it forbids nothing."""

Home = tuple[SitePage, Response, tuple[Rule, ...]]


def address_of(target: Target) -> str:
    """The home page: what the office gave for this source, else the ledger's link."""
    url = (target.address or target.url).strip()
    if not url:
        raise Unsupported(Reason.NO_ADDRESS)
    if not host_of(url):
        raise Unsupported(Reason.CONFIG, f"no web address: {url[:80]}")
    return url


def visit(url: str) -> Generator[Request, Any, Home]:
    """The home page as it was answered at last, and the rules of its host. Raises Inconclusive."""
    rules = yield from _rules(url)
    response: Response = yield _allowed(rules, url)
    page = opened(response)
    forward = onward(page)
    if forward:
        if not same_host(forward, url):
            rules = yield from _rules(forward)
        response = yield _allowed(rules, forward)
        page = opened(response)
    if not page.has_links():
        raise Inconclusive(Reason.CHANGED_LAYOUT, "a home page without links")
    return page, response, rules


def _rules(url: str) -> Generator[Request, Any, tuple[Rule, ...]]:
    parts = urlsplit(url)
    response: Response = yield Request(
        f"{parts.scheme}://{parts.netloc}/robots.txt", max_bytes=_ROBOTS_BYTES, shared=True
    )
    if response.failure and response.failure.reason not in _SERVED_NONE:
        raise Inconclusive(response.failure.reason, response.failure.detail)
    return read_rules(response)


def _allowed(rules: tuple[Rule, ...], url: str) -> Request:
    if not may_read(rules, url):
        raise Inconclusive(Reason.BLOCKED, "robots.txt")
    return Request(url, shared=True)


def opened(response: Response) -> SitePage:
    """The page of an answer. Raises Inconclusive: a wall, a challenge, a fault, no page."""
    response.usable()
    if response.status in {404, 410}:
        raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
    page = read_page(response)
    text = page.text if page else ""
    if is_challenge(page, text, response.status, "set-cookie" in response.headers):
        raise Inconclusive(Reason.BLOCKED, f"challenge page, HTTP {response.status}")
    if not 200 <= response.status < 300:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}")
    if page is None:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no page")
    return page
