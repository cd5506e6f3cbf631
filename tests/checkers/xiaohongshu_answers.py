"""Pages of Xiaohongshu in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from checkers.base import Target
from registry.dates import SHANGHAI
from tests.checkers.driving import NOON

UID = "0123456789abcdef01234567"
NAME = "青石发布"


def target(**more: Any) -> Target:
    """The account 青石发布, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"uid": UID},
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("xiaohongshu", NAME, **(given | more))


def local(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def note_id(at: datetime) -> str:
    """The id of a note made at that moment."""
    return f"{int(at.timestamp()):08x}000000001e02abcd"


def note(at: datetime, *, by: str = UID, sticky: Any = False, **card: Any) -> dict[str, Any]:
    """One note as the profile lists it."""
    shown = {
        "noteId": note_id(at),
        "displayTitle": " 青石县防溺水提醒 ",
        "type": "normal",
        "user": {"userId": by, "nickname": NAME},
        "interactInfo": {"liked": False, "likedCount": "8", "sticky": sticky},
    }
    return {"id": note_id(at), "noteCard": shown | card, "index": 0}


def user(*notes: dict[str, Any], collected: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The state of an account with those notes of its own."""
    return {
        "loggedIn": False,
        "userPageData": {
            "result": {"success": True, "code": 0, "message": "success"},
            "basicInfo": {"nickname": NAME, "redId": "qingshi_01", "ipLocation": "云川"},
            "interactions": [
                {"type": "follows", "name": "关注", "count": "3"},
                {"type": "fans", "name": "粉丝", "count": "5200"},
            ],
        },
        "notes": [list(notes), collected or [], []],
        "noteQueries": [{"num": 30, "cursor": "", "userId": UID, "hasMore": False}],
        "bannedInfo": {"code": 0, "showAlert": False, "reason": ""},
    }


def page(state: Any, before: str = "window.x = 1;") -> str:
    """A profile page with that state, its empty values written as the website writes them."""
    script = json.dumps(state, ensure_ascii=False).replace("null", "undefined")
    return (
        f"<!DOCTYPE html><html><head><title>{NAME} - 小红书</title><script>{before}</script></head>"
        f"<body><div>你访问的页面</div><script>window.__INITIAL_STATE__={script}</script>"
        "<script>window.y = undefined;</script></body></html>"
    )


def profile(*notes: dict[str, Any], **more: Any) -> str:
    """The page of an account with those notes; `more` replaces parts of its state."""
    return page({"global": {"referer": None}, "user": user(*notes) | more})
