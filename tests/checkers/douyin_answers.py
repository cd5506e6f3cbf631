"""Answers of Douyin in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checkers.base import Target
from registry.dates import SHANGHAI
from tests.checkers.driving import NOON

SEC_UID = "MS4wLjABAAAAqingshiqingshiqingshiqingshiqingshi0"
OPEN_ID = "_000qingshiqingshiqingshi0001"
NAME = "青石发布"


def target(**more: Any) -> Target:
    """The account 青石发布, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"sec_uid": SEC_UID, "open_id": OPEN_ID},
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("douyin", NAME, **(given | more))


def local(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def post(at: datetime, **more: Any) -> dict[str, Any]:
    """One public video as the open platform lists it."""
    seconds = int(at.timestamp())
    return {
        "item_id": "@qingshi/AbCdEf==",
        "video_id": str((seconds - 6) << 32 | 7),
        "title": "青石县发布防溺水提醒",
        "create_time": seconds,
        "is_reviewed": True,
        "is_top": False,
        "video_status": 5,
        "share_url": f"https://www.iesdouyin.com/share/video/{seconds}",
    } | more


def listing(*posts: dict[str, Any], has_more: Any = True, cursor: int = 20) -> dict[str, Any]:
    """One page of the list."""
    data = {"error_code": 0, "description": "", "cursor": cursor, "has_more": has_more}
    return {"data": data | {"list": list(posts)}, "extra": {"error_code": 0, "logid": "x"}}


def api_error(code: int, words: str = "") -> dict[str, Any]:
    said = {"error_code": code, "description": words}
    return {"data": said, "extra": said | {"logid": "x", "now": 1773979200000}}


def profile(**more: Any) -> dict[str, Any]:
    """The anonymous profile of the account."""
    user = {
        "uid": "1234567890123",
        "sec_uid": SEC_UID,
        "short_id": "987654321",
        "unique_id": "qingshi.fabu",
        "nickname": NAME,
        "aweme_count": 300,
        "follower_count": 5200,
        "custom_verify": "",
        "enterprise_verify_reason": "青石县人民政府官方抖音号",
    }
    return {"status_code": 0, "user_info": user | more}


def refusal(code: Any, words: str = "") -> dict[str, Any]:
    """The profile's answer with a status code other than zero."""
    return {"status_code": code, "status_msg": words}
