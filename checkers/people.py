"""人民号 (People's Daily): one article of the account, by the address that the office gives.

Nobody outside the app is shown the articles of one account, so an article can prove that something
was posted and never that nothing was. Its page may want the cookie that its own first answer set.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from checkers._web.pages import meta
from checkers.addresses import Addressed, Place
from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.naming import display_name
from registry.dates import DateError, When, parse_when
from registry.vocab import CoverageKind, Derivation, Proof, Reason

_HOST = "rmh.pdnews.cn"
_COOKIE = re.compile(r"^\s*(simulation_id=[\w.%-]{1,128})(?:;|$)", re.M)
_TITLE = re.compile(
    r"<div\b[^<>]{0,300}?\bclass=[\"']title[\"'\s][^<>]{0,300}>\s{0,100}"
    r"<h2\b[^<>]{0,300}>(?P<text>[^<]{1,1000})",
    re.I,
)
_BYLINE = re.compile(r"<div\b[^<>]{0,300}?\bclass=[\"']other[\"'\s][^<>]{0,300}>", re.I)
_AUTHOR = re.compile(r"<a\b[^<>]{0,500}>\s{0,100}<span\b[^<>]{0,300}>(?P<text>[^<]{0,200})", re.I)
_LONGEST_BYLINE = 3000
_ARTICLE = re.compile(r"/Pc/ArtInfoApi/(?:article|video)", re.I)


class People(Addressed):
    """人民号."""

    platform = "people"
    label = {"zh": "人民号", "en": "People's Daily account"}
    synonyms = (
        "人民日报人民号",
        "人民日报号",
        "政务人民号",
        "人民网人民号",
    )
    places = (Place(_HOST, r"/.+", "url"),)
    hosts = {_HOST: Pace(min_gap=10.0, per_run=50)}
    sources = (
        Source(
            "article",
            frozenset({Proof.FRESH}),
            address=True,
            # a cookie for visitors is the office's decision, as Weibo's is
            by_default=False,
            label={"zh": "人民号文章页", "en": "article page"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """When the article at the target's address was published, if the account wrote it."""
        if source != "article":
            raise Unsupported(Reason.NO_SOURCE, source)
        url = next((u for u in (target.address, target.url) if _is_article(u)), "")
        if not url:
            raise Unsupported(Reason.NO_ADDRESS, "no article of the account")
        response: Response = yield Request(url)
        response.usable()
        found = _COOKIE.search(response.headers.get("set-cookie", ""))
        if found and not _title(response.text()):
            response = yield Request(url, headers=(("Cookie", found[1]),))
        return _facts(target, response.usable(), url)


def _is_article(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = (parts.hostname or "").lower() == _HOST and parts.scheme in {"http", "https"}
    return named and bool(_ARTICLE.fullmatch(parts.path)) and "id=" in parts.query


def _facts(target: Target, response: Response, url: str) -> Facts:
    page = response.text()
    title = _title(page)
    if response.status != 200 or not title:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no article")
    byline = _byline(page)
    author = display_name(_text(_AUTHOR.search(byline)))
    if author is None:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "an article without an author")
    if author.casefold() != target.name.strip().casefold():
        raise Inconclusive(Reason.WRONG_ACCOUNT, author)
    when, derived = _when(page, re.split(r"<[^<>]*>", byline), response.moment)
    post = Post(when.at, when.precision, title[:200], url, derived_from=derived)
    return Facts(posts=(post,), coverage=Coverage(CoverageKind.PARTIAL))


def _title(page: str) -> str:
    return _text(_TITLE.search(page))


def _text(found: re.Match[str] | None) -> str:
    return re.sub(r"\s+", " ", html.unescape(found["text"])).strip() if found else ""


def _byline(page: str) -> str:
    """The markup that holds author and time; empty where there is none."""
    found = _BYLINE.search(page)
    block = page[found.end() : found.end() + _LONGEST_BYLINE] if found else ""
    return re.split(r"</div\b", block, maxsplit=1, flags=re.I)[0]


def _when(page: str, pieces: Sequence[str], seen_at: datetime) -> tuple[When, Derivation]:
    """The time in the page's head, else the first among the `pieces` beside the author."""
    stated = _read(meta(page, "og:time"), seen_at)
    if stated is not None:
        return stated, Derivation.FIELD
    for words in pieces:
        shown = _read(html.unescape(words).strip(), seen_at)
        if shown is not None:
            return shown, Derivation.TEXT
    raise Inconclusive(Reason.CHANGED_LAYOUT, "an article without a time")


def _read(words: str, seen_at: datetime) -> When | None:
    try:
        return parse_when(words, seen_at=seen_at)
    except DateError:
        return None
