"""One visit to a home page: did it open in time? A sample for SITE-2, never a verdict.

Only what every visitor would meet counts against a site: no answer in 15 seconds, a fault of the
server, a page that is gone, an expired certificate. Before silence counts, a witness shows that our
own way out is open.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from checkers._site.filling import is_challenge
from checkers._site.hosts import host_of, same_host
from checkers._site.tree import read_page
from checkers.base import (
    Facts,
    Failure,
    Inconclusive,
    Request,
    Response,
    Target,
    Unsupported,
    is_wall_address,
)
from checkers.site_facts import SiteFacts
from registry.vocab import NOT_ASKED_REASONS, Reason, SitePart

WITNESS = "https://www.gov.cn/"
PATIENCE = 15.0
"""Seconds: 国办秘函〔2019〕19号 counts a visit as failed when a page has not opened by then."""

_PERHAPS_OURS = frozenset({Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION})
_SILENT = _PERHAPS_OURS | NOT_ASKED_REASONS | {Reason.ADDRESS_REFUSED}
"""Failures of a witness that say nothing for our own way out."""


def read_reach(target: Target) -> Generator[Request, Any, Facts]:
    """A sample. `target.address`: another witness than www.gov.cn, for closed networks.

    Raises Inconclusive for walls, and when the failure may be our own; Unsupported without a link.
    """
    url = target.url.strip()
    if not host_of(url):
        raise Unsupported(Reason.NO_ADDRESS if not url else Reason.CONFIG, url[:80])
    response: Response = yield Request(url, seconds=PATIENCE, once=True)
    if response.failure is None:
        return _answered(response)
    failure = response.failure
    if failure.reason is Reason.TOO_LARGE:
        return _sample(True)
    if failure.reason in _PERHAPS_OURS:
        yield from _ask_witness(target, url, failure)
        return _sample(False, _said(failure))
    if failure.reason is Reason.TLS and failure.expires_at is not None:
        return _sample(False, f"certificate expired {failure.expires_at:%Y-%m-%d}")
    raise Inconclusive(failure.reason, failure.detail)


def _ask_witness(target: Target, url: str, failure: Failure) -> Generator[Request, Any, None]:
    """Raises Inconclusive with the failure's own reason unless another host answers."""
    witness = target.address.strip() or WITNESS
    if same_host(witness, url) or not host_of(witness):
        raise Inconclusive(failure.reason, f"no other witness; {_said(failure)}")
    response: Response = yield Request(witness, seconds=PATIENCE, max_bytes=100_000, once=True)
    if response.failure and response.failure.reason in _SILENT:
        raise Inconclusive(failure.reason, f"own network; {_said(failure)}")


def _said(failure: Failure) -> str:
    return f"{failure.reason.value} {failure.detail}".strip()


def _answered(response: Response) -> Facts:
    if response.status >= 500 and response.status != 521:
        return _sample(False, f"HTTP {response.status}")
    response.usable()
    if response.status in {404, 410}:
        return _sample(False, f"HTTP {response.status}")
    page = read_page(response)
    cookie = "set-cookie" in response.headers
    if page is None or is_challenge(page, page.text, response.status, cookie):
        raise Inconclusive(Reason.BLOCKED, f"challenge page, HTTP {response.status}")
    if not 200 <= response.status < 300 or is_wall_address(response.url):
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}")
    return _sample(True)


def _sample(opened: bool, why: str = "") -> Facts:
    return Facts(site=SiteFacts(frozenset({SitePart.REACH}), opened=opened, why=why))
