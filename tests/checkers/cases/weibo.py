"""Made-up answers of Weibo for the contract: the account 青石公安 seen on 20 March 2026."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from checkers.base import Request, Response, Target
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON

UID = "1234567890"
STRANGER = "9876543210"
NAME = "青石公安"
MARCH_19 = datetime(2026, 3, 19, 6, tzinfo=UTC)
"""14:00 in Shanghai."""

AT_NIGHT = datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
"""18 March, 00:30 in Shanghai."""

FEBRUARY_10 = datetime(2026, 2, 10, 2, tzinfo=UTC)
FEBRUARY_1 = datetime(2026, 2, 1, 2, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 1, 2, tzinfo=UTC)


def target(**more: Any) -> Target:
    given: dict[str, Any] = {
        "identifiers": {"uid": UID},
        "credential": "weibo:qingshi",
        "as_of": NOON,
        "read_back_to": NOON - timedelta(days=15),
    }
    return Target("weibo", NAME, **(given | more))


def post(at: datetime, uid: str = UID, *, dated: bool = True, **more: Any) -> dict[str, Any]:
    """One post of `at`, the second in its id as well; undated ones keep neither."""
    mid = str((int(at.timestamp()) - 515_483_463) << 22) if dated else "3"
    shanghai = at.astimezone(timezone(timedelta(hours=8)))
    return {
        "id": mid,
        "mid": mid,
        "created_at": shanghai.strftime("%a %b %d %H:%M:%S +0800 %Y"),
        "text": "青石县公安局提醒您",
        "user": {"id": int(uid), "screen_name": NAME},
    } | more


def pinned(at: datetime) -> dict[str, Any]:
    return post(at, mblogtype=2, isTop=1, title={"text": "置顶"})


def user(posts: int = 300, name: str = NAME) -> dict[str, Any]:
    return {"id": int(UID), "screen_name": name, "statuses_count": posts, "verified": False}


def _json(body: Mapping[str, Any]) -> Response:
    return Response("", 200, {}, json.dumps(body).encode())


def page(
    *posts: Mapping[str, Any], of: Mapping[str, Any] | None = None, notice: str = ""
) -> Answers:
    """m.weibo.cn: the profile, one page of cards, and nothing behind it."""
    cards: list[dict[str, Any]] = [{"card_type": 9, "mblog": blog} for blog in posts]
    cards += [{"card_type": 58, "desc": notice}] if notice else []

    def answer(request: Request) -> Response:
        if "containerid" not in request.url:
            return _json({"ok": 1, "data": {"userInfo": of or user()}})
        shown = [] if "&page=" in request.url else cards
        return _json({"ok": 1, "data": {"cards": shown}})

    return answer


def always(body: Mapping[str, Any]) -> Answers:
    return lambda request: _json(body)


def api(*posts: Mapping[str, Any], of: Mapping[str, Any] | None = None) -> Answers:
    """The open API: the user, one page of the time line, and nothing behind it."""

    def answer(request: Request) -> Response:
        if "users/show" in request.url:
            return _json(of or user())
        return _json({"statuses": list(posts) if "&page=1" in request.url else []})

    return answer


def notice_link(words: str) -> dict[str, Any]:
    link = f"sinaweibo://notice?text={quote(words)}"
    return {"ok": 0, "error_type": "link", "url": link, "data": {}}


PAGE = SourceCases(
    target(),
    {
        "ok": Example(page(post(MARCH_19), post(FEBRUARY_10)), MARCH_19),
        "others": Example(page(post(NOON, STRANGER), post(MARCH_19)), MARCH_19),
        "pinned_old": Example(page(pinned(FEBRUARY_1), post(MARCH_19)), MARCH_19),
        "pinned_newest": Example(page(pinned(MARCH_19), post(FEBRUARY_10)), MARCH_19),
        "future": Example(page(post(NEXT_YEAR), post(MARCH_19)), MARCH_19),
        "time_zone": Example(page(post(AT_NIGHT)), AT_NIGHT),
        "silent": Example(page(post(FEBRUARY_10), post(FEBRUARY_1)), FEBRUARY_10),
        "cut_short": Example(
            page(post(FEBRUARY_10), post(FEBRUARY_1), notice="仅展示半年内微博"), FEBRUARY_10
        ),
        "gone": Example(always({"ok": 0, "msg": "该用户不存在(20003)"})),
        "restricted": Example(always(notice_link("该账号因被投诉违反《微博社区公约》"))),
        "renamed": Example(page(post(MARCH_19), of=user(name="青石融媒")), name="青石融媒"),
    },
)

_API_PINS = "the time line is in order of time and marks no post as pinned"

API = SourceCases(
    target(),
    {
        "ok": Example(api(post(FEBRUARY_10), post(MARCH_19)), MARCH_19),
        "others": Example(api(post(NOON, STRANGER), post(MARCH_19)), MARCH_19),
        "future": Example(api(post(NEXT_YEAR), post(MARCH_19)), MARCH_19),
        "time_zone": Example(api(post(AT_NIGHT)), AT_NIGHT),
        "silent": Example(api(post(FEBRUARY_10), post(FEBRUARY_1)), FEBRUARY_10),
        "cut_short": Example(api(post(FEBRUARY_10, dated=False, created_at="soon"))),
        "gone": Example(always({"error_code": "20003", "error": "User does not exists!"})),
        "renamed": Example(api(post(MARCH_19), of=user(name="青石融媒")), name="青石融媒"),
    },
    {
        "pinned_old": _API_PINS,
        "pinned_newest": _API_PINS,
        "restricted": "the API has no code that tells a restricted account from other errors",
    },
)

CASES = {"api": API, "page": PAGE}
