"""Made-up feeds for the contract: the account 青石发布 seen on 20 March 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from checkers.base import Response, Target
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON

ADDRESS = "https://rss.qingshi.example/weibo/user/1234567890"


def item(date: str, title: str = "青石县发布防汛提示") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{title}</title><link>https://qingshi.example/1</link>{dated}</item>"


def rss(*items: str, title: str = "青石发布的微博", built: str = "") -> str:
    """An RSS 2.0 document, built at noon of 20 March unless said otherwise."""
    made = built or "Fri, 20 Mar 2026 03:55:00 GMT"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title><![CDATA[{title}]]></title><link>https://qingshi.example/</link>"
        f"<lastBuildDate>{made}</lastBuildDate>{''.join(items)}</channel></rss>"
    )


NEW = "Wed, 18 Mar 2026 02:00:00 GMT"
OLD = "Sun, 01 Mar 2026 02:00:00 GMT"


def _feed(*dates: str, **more: Any) -> Answers:
    body = rss(*map(item, dates), **more).encode()
    return lambda request: Response("", 200, {}, body)


READ_BACK_TO = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
_TARGET = Target("weibo", "青石发布", address=ADDRESS, as_of=NOON, read_back_to=READ_BACK_TO)
_NEW_AT = datetime(2026, 3, 18, 2, tzinfo=UTC)


def examples(titled: str = "{name}的微博") -> dict[str, Example]:
    """Feeds whose channel is titled so."""
    now, then = titled.format(name="青石发布"), titled.format(name="青石县政府")
    feed = partial(_feed, title=now)
    return {
        "ok": Example(feed(NEW, OLD), _NEW_AT),
        "pinned_old": Example(feed("Sun, 01 Jun 2025 02:00:00 GMT", NEW, OLD), _NEW_AT),
        "future": Example(feed("Sun, 22 Mar 2026 02:00:00 GMT", NEW, OLD), _NEW_AT),
        "time_zone": Example(
            feed("2026-03-18 00:30:00", OLD), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
        "silent": Example(
            feed(OLD, "Fri, 20 Feb 2026 02:00:00 GMT"), datetime(2026, 3, 1, 2, tzinfo=UTC)
        ),
        "cut_short": Example(feed(NEW)),
        "empty": Example(feed()),
        "undated": Example(feed("", OLD)),
        "renamed": Example(_feed(NEW, title=then), name="青石县政府"),
    }


ABSENT = {
    "others": "a feed names no authors that could be compared",
    "pinned_newest": "a feed marks no entry as pinned",
    "pinned_only": "a feed marks no entry as pinned",
}

CASES = {
    "feed": SourceCases(_TARGET, examples(), ABSENT, json=False),
    "rsshub": SourceCases(_TARGET, examples(), ABSENT, json=False),
}
