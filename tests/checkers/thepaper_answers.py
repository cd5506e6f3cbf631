"""Made-up answers of 澎湃号: the office 青石发布 (pph 12345) seen at noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Target
from registry.dates import SHANGHAI
from registry.vocab import CheckKind
from tests.checkers.driving import NOON

PPH = "12345"


def local(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def item(at: datetime, author: int = 12345, name: str = "青石发布", **more: Any) -> dict[str, Any]:
    """One item of a list, published at `at`; its words say something else, as they may."""
    stamp = int(at.timestamp()) * 1000 + 207
    return {
        "contId": str(stamp // 1000 % 10**8),
        "name": "防汛提示",
        "pubTime": "20小时前",
        "pubTimeLong": stamp,
        "authorInfo": {"userId": author, "sname": name},
    } | more


def listing(*items: Any, more: bool = False, **data: Any) -> dict[str, Any]:
    """The answer that holds these items."""
    held = {"hasNext": more, "startTime": 777, "list": list(items)}
    return {"code": 200, "data": held | data, "desc": "成功"}


def refusal(code: int = 500, words: str = "参数错误") -> dict[str, Any]:
    return {"code": code, "data": None, "desc": words}


def home(name: str = "青石发布", user: int = 12345) -> dict[str, Any]:
    return {"userInfo": {"userId": user, "sname": name, "userType": "2"}}


def target(
    url: str = "https://www.thepaper.cn/gov_12345", kind: CheckKind = CheckKind.FRESHNESS
) -> Target:
    return Target(
        "thepaper",
        "青石发布",
        identifiers={"pph_id": PPH},
        url=url,
        kind=kind,
        as_of=NOON,
        read_back_to=NOON - timedelta(days=15),
    )
