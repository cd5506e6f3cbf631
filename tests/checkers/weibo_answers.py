"""Answers of Weibo in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from checkers.base import Target
from registry.dates import SHANGHAI

UID = "1234567890"
NAME = "青石公安"
NOON = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
"""2026-03-20 12:00 in Shanghai, the moment of the run."""


def target(**more: Any) -> Target:
    """The account 青石公安, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"uid": UID},
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("weibo", NAME, **(given | more))


def local(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def mid(at: datetime, low: int = 7) -> str:
    """The id of a post created at that moment."""
    return str((int(at.timestamp()) - 515483463) << 22 | low)


def printed(at: datetime) -> str:
    """A time as the platform prints it in full."""
    return at.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S %z %Y")


def user(**more: Any) -> dict[str, Any]:
    """A verified account of a government body."""
    return {
        "id": int(UID),
        "screen_name": NAME,
        "statuses_count": 800,
        "followers_count": 5200,
        "verified": True,
        "verified_type": 1,
        "verified_reason": "青石县公安局官方微博",
    } | more


def profile(**more: Any) -> dict[str, Any]:
    """The answer to the user call."""
    return {"ok": 1, "data": {"userInfo": user(**more), "tabsInfo": {"tabs": []}}}


def blog(at: datetime, created_at: str = "", **more: Any) -> dict[str, Any]:
    """One post of the account, its time printed in full unless given."""
    return {
        "id": mid(at),
        "mid": mid(at),
        "created_at": created_at or printed(at),
        "text": "青石县公安局发布<br />防溺水提醒",
        "mblogtype": 0,
        "user": {"id": int(UID), "screen_name": NAME},
    } | more


def card(post: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"card_type": 9, "mblog": post} | more


def listing(*cards: dict[str, Any], ok: int = 1, msg: str = "") -> dict[str, Any]:
    """The answer to a list call."""
    info = {"containerid": f"107603{UID}", "total": len(cards)}
    return {"ok": ok, "msg": msg, "data": {"cardlistInfo": info, "cards": list(cards)}}


NOTHING_HERE: dict[str, Any] = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


def notice(words: str) -> dict[str, Any]:
    """The answer for an account that is closed, banned or hidden: the words stand in an address."""
    address = f"sinaweibo://infopage?title=&desc={quote(words)}"
    return {"ok": 0, "error_type": "link", "url": address}
