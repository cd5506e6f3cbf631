"""One article of a website: when it says it was published, and what contradicts that.

A file cannot have been written before it was published, nor its address made long after. Evidence
within a day of the printed date is none; hours are never compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from checkers._site.dates import EARLIEST, InAddress, in_address, pub_date
from checkers._site.filling import is_challenge
from checkers._site.hosts import same_host
from checkers._site.marks import metas
from checkers._site.tree import SitePage, read_page
from checkers.base import Response, is_wall_address
from checkers.site_facts import DoubtfulDate
from registry.dates import shanghai_date, start_of_day

_SAID = re.compile(
    r"(?:发布|发文|公开|上传)(?:时间|日期)\s*[:：]?\s*"
    r"((?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2})"
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Article:
    """What one article's page and answer say of its day."""

    url: str
    title: str = ""
    published: date | None = None
    """PubDate, else what its words say."""
    said: date | None = None
    """发布时间 in its words."""
    modified: date | None = None
    """Last-Modified of the answer."""
    address: InAddress | None = None
    from_meta: bool = False
    page: SitePage | None = field(default=None, compare=False, repr=False)


def read_article(response: Response, asked: str) -> Article | None:
    """The article in an answer to `asked`; None for a wall or a fault.

    Sent on to another site, it says nothing of its day.
    """
    if response.failure or response.status != 200 or is_wall_address(response.url):
        return None
    if not same_host(response.url, asked):
        return Article(asked)
    page = read_page(response)
    cookie = "set-cookie" in response.headers
    if page is None or is_challenge(page, page.text, response.status, cookie):
        return None
    held, seen_at = metas(page), response.moment
    words = _SAID.search(page.words(page.root, 2000))
    said = pub_date(words.group(1), seen_at) if words else None
    given = pub_date(held.get("pubdate", ""), seen_at)
    title = held.get("articletitle", "")[:200]
    modified = _modified(response)
    address = in_address(asked)
    from_meta = given is not None
    return Article(asked, title, given or said, said, modified, address, from_meta, page)


_FILE = re.compile(r"\.s?html?$", re.I)


def _modified(response: Response) -> date | None:
    """Last-Modified of a file; a program's answer may bear the day of the program, or none that can
    be (a server that knows no day says 1970)."""
    if not _FILE.search(urlsplit(response.url).path):
        return None
    try:
        at = parsedate_to_datetime(response.headers.get("last-modified", ""))
    except ValueError:
        return None
    return shanghai_date(at) if at.tzinfo and at >= EARLIEST else None


def doubt(article: Article, title: str, listed: date | None) -> DoubtfulDate | None:
    """The article's publish date if evidence contradicts it by more than a day.

    `listed`: the day printed beside it in a list of the site.
    """
    if article.published is None:
        return None
    for evidence, day, contradicts in _evidence(article, article.published, listed):
        if contradicts:
            return DoubtfulDate(
                article.url,
                article.title or title,
                start_of_day(article.published),
                evidence,
                start_of_day(day),
            )
    return None


def _evidence(
    article: Article, published: date, listed: date | None
) -> Iterator[tuple[str, date, bool]]:
    """(what it is, the day it gives, whether that contradicts the printed day)."""
    if article.from_meta and article.said:
        yield f"page text {article.said}", article.said, _apart(article.said, published)
    if article.address and article.address.first == article.address.last:
        made = article.address.first
        yield f"address {article.address.text}", made, made - published > _DAY
    if article.modified:
        modified = article.modified
        yield f"Last-Modified {modified}", modified, published - modified > _DAY
    if listed:
        yield f"list {listed}", listed, _apart(listed, published)


def _apart(one: date, other: date) -> bool:
    return abs(one - other) > _DAY
