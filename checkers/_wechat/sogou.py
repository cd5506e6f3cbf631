"""What Sogou's search of official accounts shows: a name, a 微信号, the time of one article.

A hint that an account is fresh and never more: its index is patchy and old. An account counts as
found only when its 微信号 is the one that the ledger holds. Its captcha is a wall.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from checkers._web.pages import split
from checkers._wechat.api import second
from checkers._wechat.article import at_captcha
from checkers.base import (
    MAX_TREE,
    Coverage,
    Facts,
    Inconclusive,
    Post,
    Request,
    Response,
    Steps,
    Target,
    Unsupported,
    newest_first,
)
from checkers.naming import display_name
from registry.vocab import CoverageKind, Reason

if TYPE_CHECKING:
    from bs4 import Tag

_SEARCH = "https://weixin.sogou.com/weixin"
_NORMAL = 1
"""del_flag of an article that is there; others are of articles that were taken back."""

_CONVERT = re.compile(r"timeConvert\(\s{0,4}['\"](\d{9,11})['\"]")
_LIST = re.compile(r"(?<![\w.])msgList\s{0,4}=\s{0,4}(?=\{)")
_BIZ = re.compile(r"(?<![\w.])biz\s{0,4}=\s{0,4}[\"'](M[A-Za-z0-9+/]{13}==)[\"']")
_WXID = re.compile(r"微信号\s{0,4}[:：]\s{0,4}([A-Za-z][A-Za-z0-9_-]{5,19})")


def look(target: Target) -> Steps:
    """The account with the target's 微信号: its newest articles known there.

    Raises Unsupported(NO_ADDRESS) without a 微信号, Inconclusive(NOT_FOUND) when it is not found.
    """
    wxid = target.identifiers.get("wxid", "")
    if not wxid:
        raise Unsupported(Reason.NO_ADDRESS, "no 微信号")
    query = urlencode({"type": "1", "query": target.name, "ie": "utf8"})
    answer: Response = yield Request(f"{_SEARCH}?{query}", max_bytes=MAX_TREE)
    found = read_search(answer, wxid)
    posts, biz = found.posts, ""
    if found.profile:
        page: Response = yield Request(found.profile, max_bytes=MAX_TREE)
        listed = read_profile(page, wxid)
        if listed is not None:
            posts, biz = (*posts, *listed.posts), listed.biz
    if not posts:
        raise Inconclusive(Reason.AMBIGUOUS, "found without an article")
    return Facts(
        posts=newest_first(posts),
        coverage=Coverage(CoverageKind.PARTIAL),
        display_name=found.name,
        identifiers={"wxid": found.wxid} | ({"biz": biz} if biz else {}),
        note="as Sogou's index knows it; newer articles are not seen",
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One account among the results."""

    wxid: str
    name: str | None
    posts: tuple[Post, ...]
    profile: str = ""
    """The address of its list of articles, where the result leads to one at WeChat itself."""


def read_search(response: Response, wxid: str) -> Found:
    """The result with this 微信号. Raises Inconclusive."""
    text = _page(response)
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    rows = soup.select("ul.news-list2 > li")
    if not rows and "暂无" not in split(text).visible:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list of accounts")
    for row in rows:
        label = row.select_one("label[name=em_weixinhao]")
        shown = label.get_text(strip=True) if label else ""
        if shown.casefold() == wxid.casefold():
            return _found(row, shown, response)
    raise Inconclusive(Reason.NOT_FOUND, f"{wxid} is not among {len(rows)} accounts")


def _page(response: Response) -> str:
    """The page's text, or Inconclusive for what is none and for the captcha."""
    text = response.usable().text()
    if "antispider" in response.url or "seccodeImage" in text:
        raise Inconclusive(Reason.CAPTCHA, "antispider")
    if response.status != 200:
        raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
    return text


def _found(row: Tag, wxid: str, response: Response) -> Found:
    name = row.select_one("p.tit a")
    shown = display_name(name.get_text("", strip=True)) if name else None
    return Found(wxid, shown, _last_article(row, response), _profile(name, response))


def _last_article(row: Tag, response: Response) -> tuple[Post, ...]:
    converted = _CONVERT.search(str(row))
    at = second(converted.group(1), response.moment) if converted else None
    title = row.select_one("a[uigs^=account_article]")
    words = title.get_text("", strip=True) if title else ""
    return (Post(at, title=words),) if at else ()


def _profile(link: Tag | None, response: Response) -> str:
    """The list of articles behind a result; Sogou's own redirects need a browser and are left."""
    url = urljoin(response.url, str(link.get("href", ""))) if link else ""
    parts = urlsplit(url)
    return url if (parts.hostname, parts.path) == ("mp.weixin.qq.com", "/profile") else ""


# --- the list of articles that WeChat shows to visitors who come from Sogou ------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """Its newest ten mass-sent articles, as far as they are still there."""

    posts: tuple[Post, ...]
    biz: str = ""


def read_profile(response: Response, wxid: str) -> Listed | None:
    """The list in the page; None when it shows none (a captcha, an address that ran out).

    Raises Inconclusive(WRONG_ACCOUNT) when the page is another account's.
    """
    if response.failure or response.status != 200 or at_captcha(response.url):
        return None
    page = split(response.text())
    rows = _rows(page.scripts)
    if rows is None:
        return None
    shown = _WXID.search(page.visible)
    if shown and shown.group(1).casefold() != wxid.casefold():
        raise Inconclusive(Reason.WRONG_ACCOUNT, f"{shown.group(1)} instead of {wxid}")
    posts = (_mass_sent(row, response.moment) for row in rows)
    biz = _BIZ.search(page.scripts)
    return Listed(tuple(p for p in posts if p), biz.group(1) if biz else "")


def _rows(scripts: str) -> list[Any] | None:
    found = _LIST.search(scripts)
    try:
        data, _end = json.JSONDecoder().raw_decode(scripts, found.end()) if found else (None, 0)
    except (ValueError, RecursionError):
        return None
    rows = data.get("list") if isinstance(data, dict) else None
    return rows if isinstance(rows, list) else None


def _mass_sent(row: Any, seen_at: datetime) -> Post | None:
    sent = _part(row, "comm_msg_info")
    article = _part(row, "app_msg_ext_info")
    at = second(sent.get("datetime"), seen_at)
    if at is None or article.get("del_flag", _NORMAL) != _NORMAL:
        return None
    title = article.get("title")
    return Post(at, title=title if isinstance(title, str) else "")


def _part(row: Any, name: str) -> Mapping[str, Any]:
    part = row.get(name) if isinstance(row, dict) else None
    return part if isinstance(part, dict) else {}
