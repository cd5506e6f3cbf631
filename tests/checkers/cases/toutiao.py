"""Made-up answers of Toutiao for the contract: the account 青石发布 seen on 20 March 2026."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from checkers.base import Response
from tests.checkers.cases.feed import NEW, OLD, item, rss
from tests.checkers.contract import Example, SourceCases
from tests.checkers.rsshub_cases import rsshub_cases
from tests.checkers.toutiao_answers import TOKEN, profile, target

_TITLE = "{name}的头条主页 - 今日头条(www.toutiao.com)"
_NEW_AT = datetime(2026, 3, 18, 2, tzinfo=UTC)


def _by(author: str, date: str) -> str:
    return item(date).replace("</title>", f"</title><author>{author}</author>")


_RECOMMENDED = rss(
    _by("青石发布", NEW),
    _by("路人头条", "Fri, 20 Mar 2026 02:00:00 GMT"),
    _by("青石发布", OLD),
    title=_TITLE.format(name="青石发布"),
).encode()
_RENAMED = json.dumps(profile(name="青石县政府")).encode()
_FEED = rsshub_cases("toutiao", {"token": TOKEN}, _TITLE)

CASES = {
    "rsshub": replace(
        _FEED,
        examples={
            **_FEED.examples,
            "others": Example(lambda request: Response("", 200, {}, _RECOMMENDED), _NEW_AT),
        },
        absent={name: why for name, why in _FEED.absent.items() if name != "others"},
    ),
    "page": SourceCases(
        target(),
        {"renamed": Example(lambda request: Response("", 200, {}, _RENAMED), name="青石县政府")},
    ),
}
