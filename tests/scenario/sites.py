"""The county's website, whole, or with one thing wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from checkers.base import Request, Response
from registry.dates import shanghai_date
from tests.checkers.qr_images import qr
from tests.checkers.site_answers import FOOT, METAS, listing, page, row
from tests.scenario.cast import OF_A_SITE, Shown

_MARKS = (
    '<a href="https://bszs.conac.cn/sitename?method=show">党政机关</a>'
    '<a href="https://zfwzzc.www.gov.cn/exposure/jiucuo.html?site_code=5300000001">网站找错</a>'
)
_HIDDEN = (
    '<div style="display:none"><a href="https://bet.example/">真人娱乐</a>'
    '<a href="https://bet.example/2">棋牌</a></div>'
)
_COLUMNS = ("要闻动态", "部门动态", "乡镇动态", "工作动态", "图片新闻", "政务要闻")
"""Columns of news, which have two weeks."""
_QR = "/images/erweima.png"
_WEIBO_CODE = "https://weibo.com/u/1000000001"
_HTML = {"content-type": "text/html; charset=utf-8"}


def site(request: Request, name: str, shown: Shown, at: datetime) -> Response:
    """What the site of that name answers at that time; `shown.site` names what is wrong."""
    path, wrong = urlsplit(request.url).path, shown.site
    if path == _QR:
        if wrong == "broken code":
            return Response(request.url, 404, _HTML, b"404")
        code = "https://www.douyin.com/user/" if wrong == "other code" else _WEIBO_CODE
        code += "MS4wLjABAAAAqingshi00000000000000000001" if wrong == "other code" else ""
        return Response(request.url, 200, {"content-type": "image/png"}, qr(code))
    if path in {"", "/"}:
        return _page(request, _home(name, shown, at))
    if path.startswith("/lm"):
        return _page(request, _column(int(path.strip("/")[2:]), name, shown, at))
    if path.startswith("/xwzx/content_"):
        number = int("".join(filter(str.isdigit, path.rpartition("_")[2])))
        return _article(request, name, _day(number, shown, at), wrong)
    if path.startswith("/wzsm/"):
        return _article(request, name, "", wrong)
    return _page(request, "<html><body>404</body></html>", 404)


def _head(name: str) -> str:
    return METAS.replace("青石县人民政府", name)


def _day(number: int, shown: Shown, at: datetime) -> str:
    """The day of an article: from 3000 on those of the home page, from 4000 on those of columns, a
    hundred to each."""
    ago: Sequence[int] = shown.posts if number < 4000 else OF_A_SITE
    if number >= 4000 and shown.site == "old columns":
        ago = range(60, 66)
    return shanghai_date(at - timedelta(days=ago[number % 100])).isoformat()


def _rows(first: int, count: int, shown: Shown, at: datetime) -> str:
    numbers = range(first, first + count)
    return listing(*(row(_day(number, shown, at), number, shown.text) for number in numbers))


def _home(name: str, shown: Shown, at: datetime) -> str:
    links = "".join(f'<a href="/lm{number}/">{name}</a>' for number, name in enumerate(_COLUMNS))
    code = f'<div><img src="{_QR}" alt="青石水利微博二维码"></div>'
    body = links + _rows(3000, len(shown.posts), shown, at) + code
    body += _HIDDEN if shown.site == "hidden links" else ""
    return page(body, head=_head(name), foot=FOOT + ("" if shown.site == "unmarked" else _MARKS))


def _column(number: int, name: str, shown: Shown, at: datetime) -> str:
    if shown.site == "empty columns":
        return page('<ul class="list"></ul><p>暂无内容</p>', head=_head(name))
    return page(_rows(4000 + 100 * number, len(OF_A_SITE), shown, at), head=_head(name))


def _article(request: Request, name: str, day: str, wrong: str) -> Response:
    head = _head(name) + (f'<meta name="PubDate" content="{day}">' if day else "")
    text = page("<h1>青石县召开防汛工作会议</h1><p>会议要求，压实责任。</p>" * 5, head=head)
    modified = {"last-modified": "Mon, 05 Jan 2026 02:00:00 GMT"} if wrong == "untrue dates" else {}
    return Response(request.url, 200, {**_HTML, **modified}, text.encode())


def _page(request: Request, text: str, status: int = 200) -> Response:
    return Response(request.url, status, dict(_HTML), text.encode())
