"""Made-up channel data of 学习强国 for the contract, seen on 20 March 2026."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from checkers.base import Response, Target
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON


def row(time: Any, **more: Any) -> dict[str, Any]:
    """One row of a channel."""
    return {
        "itemId": "12345678901234567890",
        "title": "防汛提示",
        "url": "https://www.xuexi.cn/lgpage/detail/index.html?id=12345678901234567890",
        "publishTime": time,
        "channelNames": ["青石频道"],
        "dataValid": True,
    } | more


def says(*rows: Any) -> Answers:
    return lambda request: Response("", 200, {}, json.dumps(list(rows)).encode())


TARGET = Target(
    "xuexi",
    "青石学习",
    identifiers={"channel": "1qingshi0001"},
    as_of=NOON,
    read_back_to=datetime(2026, 3, 5, 4, tzinfo=UTC),
)
NEW, OLD = row("2026-03-18 10:00:00"), row("2026-03-01 10:00:00")
NEW_AT, OLD_AT = datetime(2026, 3, 18, 2, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)

CASES = {
    "channel": SourceCases(
        TARGET,
        {
            "ok": Example(says(OLD, NEW), NEW_AT),
            "pinned_old": Example(says(row("2025-06-01 08:00:00"), NEW, OLD), NEW_AT),
            "pinned_newest": Example(says(NEW, row("2026-03-09 08:00:00"), OLD), NEW_AT),
            "future": Example(says(row("2026-03-22 10:00:00"), NEW, OLD), NEW_AT),
            "time_zone": Example(
                says(row("2026-03-18 00:30:00")), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
            ),
            "silent": Example(says(OLD), OLD_AT),
            "cut_short": Example(says(row("2026-03-16 08:00:00"))),
            "empty": Example(says()),
            "undated": Example(says(row(None), OLD)),
        },
        absent={
            "others": "all rows of a channel are the channel's",
            "pinned_only": "its data mark no row as pinned",
        },
    )
}
