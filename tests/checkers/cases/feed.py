"""Made-up feeds for the contract: the Weibo account 青石公安 as RSS, seen on 20 March 2026."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Response, Target
from registry.vocab import Reason
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON

MARCH_19 = datetime(2026, 3, 19, 6, tzinfo=UTC)
TODAY, OLD, OLDER = (
    "Thu, 19 Mar 2026 14:00:00 +0800",
    "Tue, 10 Feb 2026 10:00:00 +0800",
    "Sun, 01 Feb 2026 10:00:00 +0800",
)


def rss(*dates: str, title: str = "青石公安的微博") -> Answers:
    items = "".join(
        f"<item><title>通知{at}</title><link>https://example.com/{at}</link>"
        + (f"<pubDate>{date}</pubDate></item>" if date else "</item>")
        for at, date in enumerate(dates)
    )
    body = f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"
    return lambda request: Response("", 200, {"content-type": "application/xml"}, body.encode())


EXAMPLES = {
    "ok": Example(rss(TODAY, OLD), MARCH_19),
    "pinned_old": Example(rss(OLDER, TODAY, OLD), MARCH_19),
    "pinned_newest": Example(rss(TODAY, OLDER, OLD), MARCH_19),
    "future": Example(rss("Fri, 01 Jan 2027 10:00:00 +0800", TODAY, OLD), MARCH_19),
    "time_zone": Example(
        rss("2026-03-18 00:30:00", OLD), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
    ),
    "silent": Example(rss(OLD, OLDER), datetime(2026, 2, 10, 2, tzinfo=UTC)),
    "cut_short": Example(rss("", OLD, OLDER), datetime(2026, 2, 10, 2, tzinfo=UTC)),
    "renamed": Example(rss(TODAY, OLD, title="青石融媒的微博"), name="青石融媒"),
}
_ONE_CHANNEL = {"others": "a feed is one channel and names no author apart from it"}


def target(**more: Any) -> Target:
    given: dict[str, Any] = {
        "address": "https://rsshub.qingshi.example/weibo/user/1234567890",
        "as_of": NOON,
        "read_back_to": NOON - timedelta(days=15),
    }
    return Target("weibo", "青石公安", **(given | more))


_MEANT_BY_RSSHUB = {
    401: Reason.AMBIGUOUS,
    403: Reason.CONFIG,
    412: Reason.AMBIGUOUS,
    418: Reason.AMBIGUOUS,
    432: Reason.AMBIGUOUS,
    461: Reason.AMBIGUOUS,
    471: Reason.AMBIGUOUS,
    521: Reason.SERVER_ERROR,
}

CASES = {
    "feed": SourceCases(target(), EXAMPLES, _ONE_CHANNEL, json=False),
    "rsshub": SourceCases(target(), EXAMPLES, _ONE_CHANNEL, json=False, statuses=_MEANT_BY_RSSHUB),
}
