"""Made-up answers of Douyin for the contract: the account 青石发布 seen on 20 March 2026."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Request, Response
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.douyin_answers import (
    SEC_UID,
    api_error,
    listing,
    local,
    post,
    profile,
    refusal,
    target,
)
from tests.checkers.driving import NOON
from tests.checkers.rsshub_cases import rsshub_cases


def _says(body: Mapping[str, Any]) -> Answers:
    return lambda request: Response("", 200, {}, json.dumps(body).encode())


def _list(*posts: dict[str, Any], whole: bool = True) -> Answers:
    """The first page, and a second one that ends with an old post."""

    def answers(request: Request) -> Response:
        first = "cursor=0&" in request.url
        page = listing(*posts) if first else listing(_OLD, has_more=False)
        return _says(page if whole else listing(*posts))(request)

    return answers


_NEW, _OLD = post(local(3, 18)), post(local(3, 1))
_UNDATED = post(local(3, 1), create_time=None, video_id="?")
_PAST_MIDNIGHT = datetime(2026, 3, 17, 16, 30, tzinfo=UTC)

_API = SourceCases(
    target(credential="douyin:_000qingshiqingshiqingshi0001"),
    {
        "ok": Example(_list(_NEW, _OLD), local(3, 18)),
        "pinned_old": Example(
            _list(*(post(local(6, day, year=2025), is_top=True) for day in (3, 1, 2)), _NEW),
            local(3, 18),
        ),
        "pinned_newest": Example(_list(_NEW | {"is_top": True}, post(local(3, 9))), local(3, 18)),
        "future": Example(_list(post(NOON + timedelta(days=2)), _NEW), local(3, 18)),
        "time_zone": Example(_list(post(_PAST_MIDNIGHT)), _PAST_MIDNIGHT),
        "silent": Example(_list(_OLD), local(3, 1)),
        "cut_short": Example(_list(post(local(3, 16)), whole=False)),
        "empty": Example(_says(listing(has_more=False))),
        "undated": Example(_list(_UNDATED, _OLD)),
        "pinned_only": Example(_list(_OLD | {"is_top": True}, whole=False)),
        "gone": Example(_says(api_error(28001045, "用户已注销"))),
        "restricted": Example(_says(api_error(28001046, "用户已被封禁"))),
    },
    absent={
        "others": "the list is of the account that gave its authorisation, and names no author"
    },
)

_NO_LIST = "the profile shows no posts"

_PAGE = SourceCases(
    target(),
    {
        "silent": Example(_says(profile(aweme_count=0))),
        "empty": Example(_says(profile(aweme_count=12))),
        "gone": Example(_says(refusal(2065, "用户不存在"))),
        "restricted": Example(_says(refusal(2096))),
        "renamed": Example(_says(profile(nickname="青石县政府")), name="青石县政府"),
    },
    absent={"cut_short": _NO_LIST, "undated": _NO_LIST, "pinned_only": _NO_LIST},
)

CASES = {
    "api": _API,
    "rsshub": rsshub_cases("douyin", {"sec_uid": SEC_UID}, "{name}"),
    "page": _PAGE,
}
