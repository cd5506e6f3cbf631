"""Made-up pages of a website for the contract: 青石县人民政府 seen on 20 March 2026."""

from __future__ import annotations

from datetime import UTC, datetime

from checkers.base import Failure, Request, Response
from registry.vocab import CheckKind, Reason
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.site_answers import HOME, NEWS, OLD, Site, listing, page, row, target

_NEW = datetime(2026, 3, 17, 16, tzinfo=UTC)
_OLDEST_NEW = datetime(2026, 2, 28, 16, tzinfo=UTC)
_ARTICLE = page(
    "<h1>防汛</h1><a href='/'>首页</a>", head='<meta name="PubDate" content="2026-03-18">'
)


def _home(*rows: str) -> Answers:
    body = NEWS + (listing(*rows) if rows else "") + OLD
    return Site(page(body), {"/xwzx/": page(OLD), "/xwzx/content_1001.html": _ARTICLE})


PAGES = SourceCases(
    target(),
    {
        "ok": Example(_home(row("2026-03-18", 1001)), _NEW),
        "others": Example(
            _home(
                "<li><a href='https://www.yunchuan.gov.cn/content_1.html'>云川市的消息</a>2026-03-19</li>",
                row("2026-03-18", 1001),
            ),
            _NEW,
        ),
        "pinned_old": Example(_home(row("2023-01-05", 1002), row("2026-03-18", 1001)), _NEW),
        "pinned_newest": Example(_home(row("2026-03-18", 1001), row("2026-03-02", 1003)), _NEW),
        "future": Example(_home(row("2026-03-22", 1004), row("2026-03-18", 1001)), _NEW),
        "time_zone": Example(_home(row("2026-03-18 00:30", 1001)), _NEW),
        "silent": Example(_home(), _OLDEST_NEW),
        "cut_short": Example(_home(row("2026-03-16", 1005))),
        "empty": Example(lambda request: Site(page(NEWS))(request)),
        "undated": Example(_home(row("", 1006))),
        "pinned_only": Example(Site(page(NEWS + listing(row("2026-03-01", 1007))))),
        "renamed": Example(
            Site(page(NEWS, head='<meta name="SiteName" content="青岩县人民政府">')),
            name="青岩县人民政府",
            target=target(kind=CheckKind.IDENTITY),
        ),
    },
    json=False,
)

LINKS = SourceCases(
    target(kind=CheckKind.MENU),
    {"links": Example(Site(page(NEWS + OLD)), links=8)},
    json=False,
)


def _down(request: Request) -> Response:
    if request.url == HOME:
        return Response("", 0, failure=Failure(Reason.TIMEOUT, "over 15 s in all"))
    return Response("", 200, {}, b"<html><body>www.gov.cn</body></html>")


REACH = SourceCases(
    target(kind=CheckKind.SITE),
    {"opened": Example(Site(page(NEWS))), "unopened": Example(_down)},
    json=False,
)

CASES = {"pages": PAGES, "links": LINKS, "reach": REACH}
