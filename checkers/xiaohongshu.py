"""小红书 (Xiaohongshu): the office's own RSSHub, and the anonymous profile page where an office
switches it on, since most addresses get nothing from it but a login.

It signs no request and borrows no session. Notes that the account collected are never its own.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from checkers._share_texts import id_of, labelled, unglued
from checkers._xiaohongshu_state import facts_of, state_of
from checkers.addresses import Addressed, Place
from checkers.base import (
    Facts,
    Inconclusive,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.feed import read_rsshub
from registry.vocab import CheckKind, Identity, Proof, Reason

_PROFILE = "https://www.xiaohongshu.com/user/profile/"
_SLOW = Pace(min_gap=60.0, per_run=5)


class Xiaohongshu(Addressed):
    """小红书号."""

    platform = "xiaohongshu"
    label = {"zh": "小红书", "en": "Xiaohongshu"}
    synonyms = ("小红书号", "小红书账号")
    schemes = {"uid": r"[0-9a-f]{24}", "red_id": r"[A-Za-z0-9_]{4,20}"}
    places = (
        Place("xiaohongshu.com", r"/user/profile/(?P<id>[0-9a-f]{24})(?:/[0-9a-f]{24})?", "uid"),
        Place("xhslink.com", r"/(?:[a-z]/)?[\w-]+", "url"),
    )
    hosts = {"www.xiaohongshu.com": _SLOW, "xhslink.com": _SLOW}
    sources = (
        Source(
            "rsshub",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            route="/xiaohongshu/user/{uid}/notes",
            pace=Pace(5.0),
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "page",
            frozenset({Proof.FRESH, Proof.EXISTENCE, Proof.NAME}),
            frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}),
            by_default=False,
            label={"zh": "小红书个人主页", "en": "profile page"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The account in an address, a share text or `小红书号：…`; None for anything else."""
        found = super().identify(unglued(text))
        value = "" if found else labelled(text, ("小红书号", "小红书ID"), self.schemes["red_id"])
        return Identity(self.platform, "red_id", value) if value else found

    def check(self, target: Target, source: str) -> Steps:
        """Freshness by route, or what the profile page of the account with that `uid` shows."""
        if source == "rsshub":
            return (yield from read_rsshub(target, mixed=True))
        if source != "page":
            raise Unsupported(Reason.NO_SOURCE, source)
        uid = yield from id_of(self, target, "uid")
        response: Response = yield Request(_PROFILE + uid)
        return _read(response, uid)


def _read(response: Response, uid: str) -> Facts:
    """The facts of a profile page, or why there are none."""
    response.usable()
    _refuse_code(response)
    if response.status in {404, 410}:
        raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
    if response.status != 200 or uid not in urlsplit(response.url).path:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status} {response.url[:120]}")
    return facts_of(state_of(response.text()), uid, response.moment)


def _refuse_code(response: Response) -> None:
    """Raises for an answer in JSON, which is no page: a code, most often for the network."""
    if not response.body.lstrip().startswith(b"{"):
        return
    try:
        payload = json.loads(response.body)
    except (ValueError, RecursionError):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "neither page nor JSON") from None
    code = payload.get("code")
    reason = Reason.BLOCKED if code == 300012 else Reason.AMBIGUOUS
    raise Inconclusive(reason, f"code {code} {str(payload.get('msg') or '')[:120]}".strip())
