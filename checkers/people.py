"""人民号 (People's Daily): one article of the account, by the address that the office gives.

Nobody outside the app is shown the articles of one account, so an article can prove that something
was posted and never that nothing was. Its page may want the cookie that its own first answer set.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from checkers._pages import meta
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
        if found and not _title(_soup(response)):
            response = yield Request(url, headers=(("Cookie", found[1]),))
        return _facts(target, response.usable(), url)


def _is_article(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = (parts.hostname or "").lower() == _HOST and parts.scheme in {"http", "https"}
    return named and bool(_ARTICLE.fullmatch(parts.path)) and "id=" in parts.query


def _soup(response: Response) -> BeautifulSoup:
    return BeautifulSoup(response.text(), "lxml")


def _facts(target: Target, response: Response, url: str) -> Facts:
    page = _soup(response)
    title = _title(page)
    if response.status != 200 or not title:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no article")
    byline = page.select_one("div.other")
    author = display_name(_text(byline.select_one("p a span"))) if byline else None
    if author is None:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "an article without an author")
    if author.casefold() != target.name.strip().casefold():
        raise Inconclusive(Reason.WRONG_ACCOUNT, author)
    when, derived = _when(response, byline)
    post = Post(when.at, when.precision, title[:200], url, derived_from=derived)
    return Facts(posts=(post,), coverage=Coverage(CoverageKind.PARTIAL))


def _title(page: BeautifulSoup) -> str:
    return _text(page.select_one("div.title h2"))


def _text(tag: Tag | None) -> str:
    return re.sub(r"\s+", " ", tag.get_text()).strip() if tag else ""


def _when(response: Response, byline: Tag | None) -> tuple[When, Derivation]:
    """The time in the page's head, else the first that stands beside the author."""
    stated = _read(meta(response.text(), "og:time"), response.moment)
    if stated is not None:
        return stated, Derivation.FIELD
    for words in byline.find_all(string=True) if byline else ():
        shown = _read(str(words).strip(), response.moment)
        if shown is not None:
            return shown, Derivation.TEXT
    raise Inconclusive(Reason.CHANGED_LAYOUT, "an article without a time")


def _read(words: str, seen_at: datetime) -> When | None:
    try:
        return parse_when(words, seen_at=seen_at)
    except DateError:
        return None
