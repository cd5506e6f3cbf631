"""Answers of Toutiao in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checkers.base import Target
from tests.checkers.driving import NOON

UID = "51234567890"
TOKEN = "MS4wLjABAAAAqingshiqingshiqingshiqingshiqingshi0"
NAME = "青石发布"


def target(**more: Any) -> Target:
    """The account 青石发布, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"token": TOKEN, "uid": UID},
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("toutiao", NAME, **(given | more))


def profile(message: Any = "success", **more: Any) -> dict[str, Any]:
    """The anonymous profile of the account."""
    data = {
        "status": 0,
        "user_id": int(UID),
        "media_id": 1612345678901234,
        "name": NAME,
        "screen_name": "青石发布头条",
        "user_verified": True,
        "verified_content": "青石县人民政府官方帐号",
        "is_blocked": 0,
        "is_blocking": 0,
        "followers_count": 5200,
    }
    return {"message": message, "data": data | more}
