"""The links and QR codes that a website's home page and its 新媒体矩阵 page show, for the link check.

Whether they work is another check's fact. Their number is bounded, since each is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from checkers._site.hosts import host_of, place, same_host
from checkers._site.names import leads_to_matrix
from checkers._site.robots import Rule, may_read
from checkers._site.visit import address_of, opened, visit
from checkers._web.html import Picture, read_html
from checkers._web.html_parts import Html
from checkers._wechat.menu import kind_of
from checkers.base import Facts, Inconclusive, Link, Request, Response, Target
from registry.vocab import Existence, LinkKind

MOST_LINKS = 180
MOST_QR = 30
"""A QR code may cost three requests, a link one; together they stay within what a check may ask."""

_HOME = "首页"
_QR = re.compile(r"qr|ewm|erwei|二维码|扫一扫|扫码|weixin|wechat|gzh|公众号|(?:^|[/_-])wx", re.I)


@dataclass(slots=True)
class _Shown:
    """The links found so far, each address and each path once."""

    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    paths: set[tuple[str, ...]] = field(default_factory=set)
    codes: int = 0

    def add(self, page: str, label: str, kind: LinkKind, url: str) -> None:
        """Take one in. Of two with one label on one page the second is told by its address."""
        key = ("qr" if kind is LinkKind.QR else "url", _told_by(url))
        qr = kind is LinkKind.QR
        full = self.codes >= MOST_QR if qr else len(self.links) - self.codes >= MOST_LINKS
        if key in self.links or full:
            return
        path = (page, label)
        if not label or path in self.paths:
            path = (page, f"{label} {urlsplit(url).path or url}".strip())
        self.paths.add(path)
        self.codes += qr
        self.links[key] = Link(label, kind, url, path, place=url)


def _told_by(url: str) -> str:
    host, path, query = place(url)
    return f"{host}{path}?{query}"


def read_links(target: Target) -> Generator[Request, Any, Facts]:
    """The links of the home page and of its page of new-media accounts."""
    page, response, rules = yield from visit(address_of(target))
    home = _read(response)
    matrix = next(_matrix(home, page.url, rules), None)
    shown = _Shown()
    if matrix is not None:
        name, url = matrix
        answer: Response = yield Request(url)
        _add(shown, name, _if_opened(answer), page.url, rules)
    _add(shown, _HOME, home, page.url, rules)
    return Facts(existence=Existence.EXISTS, links=tuple(shown.links.values()))


def _read(response: Response) -> Html:
    return read_html(response.body, response.headers.get("content-type", ""), response.url)


def _if_opened(answer: Response) -> Html | None:
    try:
        opened(answer)
    except Inconclusive:
        return None
    return _read(answer)


def _matrix(home: Html, url: str, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    """Links of the home page to lists of new-media accounts on the same host."""
    for anchor in home.anchors:
        label = anchor.text or anchor.title
        own = same_host(anchor.url, url) and place(anchor.url) != place(url)
        if own and leads_to_matrix(label) and may_read(rules, anchor.url):
            yield label, anchor.url


def _add(shown: _Shown, name: str, page: Html | None, home: str, rules: tuple[Rule, ...]) -> None:
    """Take in what one page shows; hidden links and what robots.txt forbids are left out."""
    if page is None:
        return
    for picture in page.pictures:
        if host_of(picture.url) and _is_qr(picture) and _may_ask(picture.url, home, rules):
            shown.add(name, _label(picture), LinkKind.QR, picture.url)
    for anchor in page.anchors:
        if anchor.spot.hidden or not host_of(anchor.url) or place(anchor.url) == place(home):
            continue
        if _may_ask(anchor.url, home, rules):
            url = anchor.url.partition("#")[0]
            shown.add(name, (anchor.text or anchor.title)[:100], kind_of(url), url)


def _may_ask(url: str, home: str, rules: tuple[Rule, ...]) -> bool:
    return not same_host(url, home) or may_read(rules, url)


def _is_qr(picture: Picture) -> bool:
    """True when the picture's own name, its words or the line beside it speak of a QR code."""
    file = urlsplit(picture.url).path.rpartition("/")[2]
    own = " ".join((file, picture.alt, picture.title, *picture.spot.words[:2]))
    return bool(_QR.search(own)) or "二维码" in picture.spot.row or "扫" in picture.spot.row


def _label(picture: Picture) -> str:
    near = next(iter(picture.spot.labels), "")
    return (picture.alt or picture.title or picture.spot.row or near or "二维码")[:100]
