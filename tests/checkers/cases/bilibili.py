"""Made-up answers of Bilibili for the contract: the account 青石公安 seen on 20 March 2026."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Request, Response
from tests.checkers.bilibili_answers import (
    MID,
    OTHER,
    card,
    item,
    refusal,
    space,
    target,
)
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.rsshub_cases import rsshub_cases
from tests.checkers.weibo_answers import NOON, local


def _json(body: Mapping[str, Any]) -> Response:
    return Response("", 200, {}, json.dumps(body).encode())


def _says(body: Mapping[str, Any]) -> Answers:
    return lambda request: _json(body)


_GONE = Example(_says(refusal(-404, "啥都木有")))
_GIVEN_UP = Example(_says(card(name="账号已注销")))

CARD = SourceCases(
    target(),
    {
        "renamed": Example(_says(card(name="青石警方")), name="青石警方"),
        "gone": _GONE,
        "restricted": _GIVEN_UP,
    },
)

_OLD = item(local(3, 1))
_NEW_AT = local(3, 18)
_NEW = item(_NEW_AT)


def _dynamics(*items: Any, whole: bool = True, of: dict[str, Any] | None = None) -> Answers:
    """The card, then `items`, then pages without any."""
    listed = [*items, _OLD] if whole else list(items)

    def answers(request: Request) -> Response:
        if "/card?" in request.url:
            return _json(of or card())
        return _json(space() if "&offset=" in request.url else space(*listed))

    return answers


DYNAMICS = SourceCases(
    target(credential="bilibili_session"),
    {
        "ok": Example(_dynamics(_NEW), _NEW_AT),
        "others": Example(_dynamics(item(local(3, 20, 11), mid=OTHER), _NEW), _NEW_AT),
        "pinned_old": Example(_dynamics(item(local(6, 1, year=2025), tag="置顶"), _NEW), _NEW_AT),
        "pinned_newest": Example(_dynamics(item(_NEW_AT, tag="置顶"), item(local(3, 9))), _NEW_AT),
        "future": Example(_dynamics(item(NOON + timedelta(days=2)), _NEW), _NEW_AT),
        "time_zone": Example(
            _dynamics(item(local(3, 18, 0, 30))), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
        "silent": Example(_dynamics(), local(3, 1)),
        "cut_short": Example(_dynamics(item(local(3, 16)), whole=False)),
        "empty": Example(_dynamics(whole=False)),
        "undated": Example(_dynamics(item(local(3, 1), pub_ts=0) | {"id_str": "7"})),
        "pinned_only": Example(_dynamics(item(local(3, 1), tag="置顶"), whole=False)),
        "gone": _GONE,
        "restricted": _GIVEN_UP,
        "renamed": Example(_dynamics(_NEW, of=card(name="青石警方")), name="青石警方"),
    },
)

RSSHUB = rsshub_cases("bilibili", {"mid": MID}, "{name} 的 bilibili 动态")

CASES = {"card": CARD, "rsshub": RSSHUB, "dynamics": DYNAMICS}
