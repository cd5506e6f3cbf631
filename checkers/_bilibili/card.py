"""A Bilibili account's public card: that it exists, its name, the body verified for it.

The card is the one answer that may say an account is gone. It lists no posts, so a counter of
zero videos proves nothing about other kinds of post.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkers.base import Facts, Inconclusive, Request, Response, Steps, Target
from checkers.naming import display_name
from checkers.signals import SignalClass, match
from registry.vocab import Existence, Reason

_CARD = "https://api.bilibili.com/x/web-interface/card"
_NOT_FOUND = -404
_BANNED = -2

WALLS: Mapping[int, Reason] = {
    -101: Reason.LOGIN_WALL,
    -352: Reason.CAPTCHA,
    -401: Reason.BLOCKED,
    -403: Reason.BLOCKED,
    -412: Reason.BLOCKED,
    -509: Reason.RATE_LIMITED,
    -799: Reason.RATE_LIMITED,
    -500: Reason.SERVER_ERROR,
    -503: Reason.SERVER_ERROR,
    -504: Reason.SERVER_ERROR,
    _NOT_FOUND: Reason.NOT_FOUND,
}
"""Codes in place of an answer. -404 is about the item asked for; of a card that is the account."""

_BEFORE = re.compile(
    r"^(?:bilibili|哔哩哔哩)?\s?(?:官方|机构|政府|企业|媒体)*认证\s?[:：]\s?", re.I
)
_BEHIND = re.compile(r"的?官方(?:bilibili|哔哩哔哩|B站)?(?:账号|帐号|号)?$", re.I)


class Told(Exception):
    """The platform said outright that the account is gone or restricted."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts.signal)
        self.facts = facts


def by_card(target: Target, mid: str) -> Steps:
    """The facts of the card of account `mid`. Raises Inconclusive and Told."""
    response: Response = yield Request(f"{_CARD}?mid={mid}")
    try:
        data = data_of(response)
    except Inconclusive as missing:
        if missing.reason is Reason.NOT_FOUND:
            raise Told(Facts(Existence.GONE_SIGNAL, signal=missing.detail)) from None
        raise
    return _facts(data, mid)


def data_of(response: Response) -> Mapping[str, Any]:
    """The `data` of an answer with code 0. Raises Inconclusive for every other."""
    payload = response.json()
    code = payload.get("code") if isinstance(payload, dict) else None
    if response.status != 200 or type(code) is not int:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, code {code}"[:120])
    said = f"{code} {payload.get('message') or ''}".strip()[:120]
    if code != 0:
        raise Inconclusive(WALLS.get(code, Reason.AMBIGUOUS), said)
    data = payload.get("data")
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no data")
    if "v_voucher" in data:
        raise Inconclusive(Reason.CAPTCHA, "v_voucher")
    return data


def _facts(data: Mapping[str, Any], mid: str) -> Facts:
    card = data.get("card")
    if not isinstance(card, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no card")
    if str(card.get("mid")) != mid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, str(card.get("mid"))[:40])
    counters = {
        name: count
        for name, key in (
            ("videos", "archive_count"),
            ("articles", "article_count"),
            ("followers", "follower"),
        )
        if isinstance(count := data.get(key), int) and count >= 0
    }
    _refuse_restricted(card)
    return Facts(
        existence=Existence.EXISTS,
        display_name=display_name(card.get("name")),
        verified_subject=_subject(card.get("official_verify")),
        counters=counters,
        identifiers={"mid": mid},
    )


def _refuse_restricted(card: Mapping[str, Any]) -> None:
    """Raises for a name that says the account was given up, or a state that says it is banned."""
    name = str(card.get("name") or "")
    signal = match("bilibili", name)
    if signal and signal.kind is SignalClass.ACCOUNT_RESTRICTED and display_name(name) is None:
        raise Told(Facts(Existence.RESTRICTED, signal=name))
    if card.get("spacesta") == _BANNED:
        raise Told(Facts(Existence.RESTRICTED, signal=f"spacesta {_BANNED}"))


def _subject(verified: Any) -> str | None:
    """The body of an organisation's verification (type 1); a person's names no body."""
    if not isinstance(verified, dict) or verified.get("type") != 1:
        return None
    said = re.sub(r"\s+", " ", str(verified.get("desc") or "")).strip()
    return _BEHIND.sub("", _BEFORE.sub("", said)) or None
