"""Made-up answers of 青石号 for the contract: the account 青石公安 seen on 20 March 2026."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from checkers.base import Response, Target
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON
from tests.checkers.rsshub_cases import rsshub_cases

UID = "1234567890"


def post(time: str, **more: Any) -> dict[str, Any]:
    return {"author": UID, "time": time, "title": "防汛提示"} | more


def profile(*posts: dict[str, Any], name: str = "青石公安", counted: int = 300) -> Answers:
    user = {"uid": UID, "name": name, "posts": counted}
    return says({"code": 0, "user": user, "list": posts})


def says(body: dict[str, Any]) -> Answers:
    return lambda request: Response("", 200, {}, json.dumps(body).encode())


NEW, OLD = post("2026-03-18 00:30:00"), post("2026-03-01 10:00:00")
NEW_AT, OLD_AT = datetime(2026, 3, 17, 16, 30, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)

CASES = {
    "rsshub": rsshub_cases("qingshi", {"uid": UID}),
    "profile": SourceCases(
        Target(
            "qingshi",
            "青石公安",
            identifiers={"uid": UID},
            as_of=NOON,
            read_back_to=datetime(2026, 3, 5, 4, tzinfo=UTC),
        ),
        {
            "ok": Example(profile(NEW, OLD), NEW_AT),
            "others": Example(profile(post("2026-03-20 09:00", author="999999"), NEW), NEW_AT),
            "pinned_old": Example(profile(post("2025-06-01", top=True), NEW, OLD), NEW_AT),
            "pinned_newest": Example(profile(NEW | {"top": True}, OLD), NEW_AT),
            "future": Example(profile(post("2026-03-22 09:00"), NEW, OLD), NEW_AT),
            "time_zone": Example(profile(NEW), NEW_AT),
            "silent": Example(profile(OLD), OLD_AT),
            "cut_short": Example(profile(post("2026-03-16 08:00"))),
            "empty": Example(profile()),
            "undated": Example(profile(post("soon"), OLD)),
            "pinned_only": Example(profile(OLD | {"top": True})),
            "gone": Example(says({"code": 404, "message": "账号已注销"})),
            "restricted": Example(says({"code": 423, "message": "账号已被封禁"})),
            "renamed": Example(profile(NEW, name="青石警方"), name="青石警方"),
        },
    ),
}
