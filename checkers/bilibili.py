"""哔哩哔哩 (Bilibili): an account's public card, its dynamics through RSSHub or with a session.

Addresses that want a signature computed in a browser (WBI) are never asked, and a risk control's
answer is a wall. Only the card says that an account is gone; a missing item is only that item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping

from checkers._bilibili.card import Told, by_card
from checkers._bilibili.dynamics import by_dynamics
from checkers.addresses import Addressed, Place, follow_short
from checkers.base import (
    Credential,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.feed import read_rsshub
from registry.vocab import CheckKind, Proof, Reason

_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE})


class Bilibili(Addressed):
    """B站 up 主空间."""

    platform = "bilibili"
    label = {"zh": "哔哩哔哩", "en": "Bilibili"}
    synonyms = (
        "B站",
        "bilibili",
        "哔哩哔哩弹幕网",
        "哔哩哔哩号",
        "B站账号",
        "政务B站",
        "哔哩",
    )
    schemes = {"mid": r"[1-9][0-9]{0,17}"}
    places = (
        Place("space.bilibili.com", r"/(?:h5/)?(?P<id>\d+)(?:/.*)?", "mid"),
        Place("m.bilibili.com", r"/space/(?P<id>\d+)(?:/.*)?", "mid"),
        Place("b23.tv", r"/(?!(?:BV|av|ep|ss|cv|md|au)[0-9A-Za-z]+$)[0-9A-Za-z]{4,12}", "url"),
    )
    hosts = {
        "api.bilibili.com": Pace(min_gap=5.0, per_run=100),
        "b23.tv": Pace(min_gap=5.0, per_run=100),
    }
    credentials = (Credential("bilibili_session", "cookie"),)
    sources = (
        Source(
            "card",
            frozenset({Proof.EXISTENCE, Proof.NAME}),
            _KINDS,
            label={"zh": "B站公开名片", "en": "public card"},
        ),
        Source(
            "rsshub",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            pace=Pace(min_gap=5.0),
            route="/bilibili/user/dynamic/{mid}",
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "dynamics",
            frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME}),
            needs=("bilibili_session",),
            by_default=False,
            label={"zh": "B站动态(本单位账号登录)", "en": "dynamics with the office's session"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness or identity of the account with the target's `mid`."""
        if source == "rsshub":
            return (yield from read_rsshub(target))
        look = _LOOKS.get(source)
        if look is None:
            raise Unsupported(Reason.NO_SOURCE, source)
        mid = yield from self._mid(target)
        try:
            return (yield from look(target, mid))
        except Told as told:
            return told.facts

    def _mid(self, target: Target) -> Generator[Request, Response, str]:
        """The number of the account: known, in the ledger's link, or behind its short link."""
        mid = target.identifiers.get("mid", "")
        if not mid:
            found = self.identify(target.url)
            if found and found.scheme == "url":
                found = yield from follow_short(self, found.url)
            mid = found.value if found else ""
        if not re.fullmatch(self.schemes["mid"], mid):
            raise Unsupported(Reason.NO_ADDRESS, "no mid")
        return mid


_LOOKS: Mapping[str, Callable[[Target, str], Steps]] = {
    "card": by_card,
    "dynamics": by_dynamics,
}
