"""Made-up websites: 青石县 seen at noon of 20 March 2026, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkers.base import Request, Response, Target
from registry.vocab import CheckKind
from tests.checkers.driving import NOON

HOME = "https://www.qingshi.gov.cn/"
BACK_TO = datetime(2026, 3, 5, 16, tzinfo=UTC)
"""Midnight of 6 March in Shanghai: two weeks before the look."""

FOOT = (
    '<div class="footer"><p>版权所有 2010-2026 青石县人民政府办公室 <a href="/wzsm/2026/t20260319_9.html">'
    "本网站的声明和说明</a> 2026-03-19</p><p>网站标识码：5300000001 云ICP备12345678号-1"
    ' <a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=53000002000001">'
    "云公网安备 53000002000001号</a></p></div>"
)
METAS = (
    '<meta name="SiteName" content="青石县人民政府"><meta name="SiteIDCode" content="5300000001">'
)


def page(body: str, *, head: str = METAS, foot: str = FOOT, script: str = "") -> str:
    """A whole page."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>首页_青石县人民政府</title></head>'
        f"<body>{body}{foot}{script}</body></html>"
    )


def row(day: str, number: int = 0, title: str = "青石县召开防汛工作会议") -> str:
    """One entry of a list; `day` as it is printed."""
    number = number or sum(map(ord, day + title)) % 9000 + 1000
    return f'<li><a href="/xwzx/content_{number}.html">{title}{number}</a><span>{day}</span></li>'


def listing(*rows: str) -> str:
    """A list of entries."""
    return f"<ul class='list'>{''.join(rows)}</ul>"


OLD_DAYS = ("2026-03-01", "2026-02-27", "2026-02-20", "2026-02-11", "2026-01-30")
OLD = listing(*(row(day, 3000 + at) for at, day in enumerate(OLD_DAYS)))
"""A list of five entries, the newest of 1 March."""

NEWS = '<a href="/xwzx/">要闻动态</a>'


def target(kind: CheckKind = CheckKind.FRESHNESS, url: str = HOME, **more: Any) -> Target:
    """The account of the site."""
    given = {"as_of": NOON, "read_back_to": BACK_TO, "time_point": NOON} | more
    return Target("website", "青石县人民政府网站", url=url, kind=kind, **given)


class Site:
    """Answers by path; what is not given is missing. Remembers what was asked."""

    def __init__(
        self, home: str | bytes | Response, pages: Mapping[str, Any] | None = None
    ) -> None:
        self.pages: dict[str, Any] = {"/": home, **(pages or {})}
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.url)
        path = request.url.removeprefix("https://www.qingshi.gov.cn")
        found = self.pages.get(path)
        if isinstance(found, Response):
            return found
        if found is None:
            return Response(
                "", 404, {"content-type": "text/html"}, b"<html><body>404</body></html>"
            )
        body = found.encode() if isinstance(found, str) else found
        return Response("", 200, {"content-type": "text/html"}, body)
