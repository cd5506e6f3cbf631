"""Answers of Bilibili in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checkers.base import Target
from tests.checkers.weibo_answers import NOON, local

MID = "12345678"
NAME = "青石公安"
OTHER = 87654321


def target(**more: Any) -> Target:
    """The account 青石公安, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"mid": MID},
        "as_of": NOON,
        "read_back_to": local(3, 5, 12),
    }
    return Target("bilibili", NAME, **(given | more))


def ok(data: Any) -> dict[str, Any]:
    return {"code": 0, "message": "0", "ttl": 1, "data": data}


def refusal(code: int, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "ttl": 1, "data": None}


def card(videos: Any = 40, articles: Any = 3, **more: Any) -> dict[str, Any]:
    """The public card of a verified government body."""
    shown = {
        "mid": MID,
        "name": NAME,
        "spacesta": 0,
        "official_verify": {"type": 1, "desc": "青石县公安局官方账号"},
    }
    counters = {"archive_count": videos, "article_count": articles, "follower": 5200}
    return ok({"card": shown | more} | counters)


def dynamic_id(at: datetime, low: int = 7) -> str:
    """The id of a dynamic made at that moment."""
    return str((int(at.timestamp()) - 1498838400) << 32 | low)


def item(at: datetime, *, mid: int = int(MID), tag: str = "", **author: Any) -> dict[str, Any]:
    """One dynamic, its time in the field meant for it unless given otherwise."""
    modules: dict[str, Any] = {
        "module_author": {"mid": mid, "name": NAME, "pub_ts": int(at.timestamp())} | author,
        "module_dynamic": {"desc": {"text": "防溺水\n提醒"}, "major": None},
    }
    if tag:
        modules["module_tag"] = {"text": tag}
    return {"id_str": dynamic_id(at), "type": "DYNAMIC_TYPE_WORD", "modules": modules}


def space(*items: Any, more: bool = True, offset: str = "900") -> dict[str, Any]:
    """One page of dynamics."""
    return ok({"has_more": more, "items": list(items), "offset": offset})
