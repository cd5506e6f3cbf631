"""Made-up answers of Xiaohongshu for the contract: 青石发布 seen on 20 March 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Response
from tests.checkers.cases.feed import NEW, OLD, item, rss
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON
from tests.checkers.rsshub_cases import rsshub_cases
from tests.checkers.xiaohongshu_answers import UID, local, note, profile, target


def _shows(*notes: dict[str, Any], **more: Any) -> Answers:
    body = profile(*notes, **more).encode()
    return lambda request: Response("", 200, {"content-type": "text/html"}, body)


_NEW, _OLD = note(local(3, 18)), note(local(3, 1))
_STRANGER = note(local(3, 20), by="76543210fedcba9876543210")
_PAST_MIDNIGHT = datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
_RENAMED = {"userPageData": {"basicInfo": {"nickname": "青石县政府"}}}

_PAGE = SourceCases(
    target(),
    {
        "ok": Example(_shows(_NEW, _OLD), local(3, 18)),
        "others": Example(_shows(_STRANGER, _NEW, _OLD), local(3, 18)),
        "pinned_old": Example(
            _shows(note(local(6, 1, year=2025), sticky=True), _NEW), local(3, 18)
        ),
        "pinned_newest": Example(
            _shows(note(local(3, 18), sticky=True), note(local(3, 9))), local(3, 18)
        ),
        "future": Example(_shows(note(NOON + timedelta(days=2)), _NEW), local(3, 18)),
        "time_zone": Example(_shows(note(_PAST_MIDNIGHT)), _PAST_MIDNIGHT),
        "restricted": Example(
            _shows(bannedInfo={"serverBanned": True, "code": 1, "reason": "账号违规"})
        ),
        "renamed": Example(_shows(_NEW, **_RENAMED), name="青石县政府"),
    },
    absent={"gone": "no word of the platform about a deregistered account is known"},
    json=False,
)


def _by(author: str, date: str) -> str:
    return item(date).replace("</title>", f"</title><author>{author}</author>")


_TITLE = "{name} - 笔记 • 小红书 / RED"
_COLLECTED = rss(
    _by("路人", "Fri, 20 Mar 2026 02:00:00 GMT"),
    _by("青石发布", NEW),
    _by("青石发布", OLD),
    title=_TITLE.format(name="青石发布"),
).encode()
_FEED = rsshub_cases("xiaohongshu", {"uid": UID}, _TITLE)
_RSSHUB = replace(
    _FEED,
    examples={
        **_FEED.examples,
        "others": Example(
            lambda request: Response("", 200, {}, _COLLECTED), datetime(2026, 3, 18, 2, tzinfo=UTC)
        ),
    },
    absent={name: why for name, why in _FEED.absent.items() if name != "others"},
)

CASES = {"rsshub": _RSSHUB, "page": _PAGE}
