"""An account's publications as the backend of mp.weixin.qq.com lists them to a logged-in account.

Only with the session of an account that the office owns, and only where it switches that on. The
account is found by its biz or its 微信号, never by its name alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from checkers._wechat.api import second
from checkers._wechat.article import biz_of
from checkers._wechat.credentials import BACKEND
from checkers.base import (
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
from registry.vocab import CoverageKind, Existence, Reason

_HOME = "https://mp.weixin.qq.com"
_PAGE = 5
"""Publications of one page; each may hold several articles."""

_PAGES = 6
_REFUSED = {
    200002: Reason.CONFIG,
    200003: Reason.CONFIG,
    200013: Reason.RATE_LIMITED,
    200040: Reason.CONFIG,
}
"""base_resp.ret: wrong arguments, session over, too often, wrong token."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list."""

    posts: tuple[Post, ...]
    whole: bool
    """False when the time of an entry could not be told."""
    entries: int


def look(target: Target) -> Steps:
    """The publications, page by page, until they reach back far enough or end."""
    biz, wxid = target.identifiers.get("biz", ""), target.identifiers.get("wxid", "")
    name: str | None = None
    if not biz:
        found: Response = yield _search_request(wxid)
        biz, name = read_search(found, wxid)
    posts, whole = list[Post](), True
    for number in range(_PAGES):
        answer: Response = yield _list_request(biz, number * _PAGE)
        page = read_list(answer, biz)
        posts, whole = [*posts, *page.posts], whole and page.whole
        if page.entries == 0 or _far_enough(page, target):
            break
    if not posts:
        raise Inconclusive(Reason.AMBIGUOUS, "an empty list")
    ids = {"biz": biz} | ({"wxid": wxid} if name is not None else {})
    return Facts(
        Existence.EXISTS, newest_first(posts), _coverage(posts, whole), name, identifiers=ids
    )


def _far_enough(page: Listed, target: Target) -> bool:
    back = target.read_back_to
    return back.tzinfo is None or any(post.published_at < back for post in page.posts)


def _coverage(posts: list[Post], whole: bool) -> Coverage:
    if not whole:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, min(post.published_at for post in posts))


def _search_request(wxid: str) -> Request:
    """Raises Unsupported(NO_ADDRESS) for an account of which no id is known to search with."""
    if not wxid:
        raise Unsupported(Reason.NO_ADDRESS, "neither biz nor 微信号")
    return _request("searchbiz", action="search_biz", begin="0", count=str(_PAGE), query=wxid)


def _list_request(biz: str, begin: int) -> Request:
    return _request(
        "appmsgpublish",
        sub="list",
        sub_action="list_ex",
        begin=str(begin),
        count=str(_PAGE),
        fakeid=biz,
        type="101_1",
        free_publish_type="1",
    )


def _request(call: str, **query: str) -> Request:
    address = f"{_HOME}/cgi-bin/{call}?{urlencode(query)}&lang=zh_CN&f=json&ajax=1"
    return Request(address, auth=BACKEND.kind)


def _answered(response: Response) -> dict[str, Any]:
    """The object of an answer whose base_resp says that all is well."""
    data = response.json()
    said = data.get("base_resp") if isinstance(data, dict) else None
    ret = said.get("ret") if isinstance(said, dict) else None
    if type(ret) is not int:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no base_resp")
    if ret:
        assert isinstance(said, dict)
        words = f"{ret} {str(said.get('err_msg', ''))[:160]}"
        raise Inconclusive(_REFUSED.get(ret, Reason.AMBIGUOUS), words)
    assert isinstance(data, dict)
    return data


def read_search(response: Response, wxid: str) -> tuple[str, str | None]:
    """(biz, name) of the account with this 微信号 among those found.

    Raises Inconclusive(NOT_FOUND) when it is not among them.
    """
    rows = _answered(response).get("list")
    if not isinstance(rows, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list of accounts")
    for row in (row for row in rows if isinstance(row, dict)):
        biz = row.get("fakeid")
        if str(row.get("alias", "")).casefold() == wxid.casefold() and isinstance(biz, str):
            return biz, display_name(row.get("nickname"))
    raise Inconclusive(Reason.NOT_FOUND, f"{wxid} is not among {len(rows)} accounts")


def read_list(response: Response, biz: str) -> Listed:
    """One page of publications. Deleted articles are none.

    Raises Inconclusive, WRONG_ACCOUNT when an article is one of another account.
    """
    articles = list(_articles(_answered(response)))
    live = [article for article in articles if article.get("is_deleted") is not True]
    dated = [(article, second(article.get("create_time"), response.moment)) for article in live]
    posts = tuple(_post(article, at, biz) for article, at in dated if at is not None)
    return Listed(posts, len(posts) == len(live), len(articles))


def _post(article: Mapping[str, Any], at: datetime, biz: str) -> Post:
    url, title = article.get("link"), article.get("title")
    link = url if isinstance(url, str) else ""
    other = biz_of(link)
    if other and other != biz:
        raise Inconclusive(Reason.WRONG_ACCOUNT, f"{other} instead of {biz}")
    return Post(at, title=title if isinstance(title, str) else "", url=link)


def _articles(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The articles of an answer: in a list of its own, or packed as text within text."""
    rows = data.get("articles")
    if rows is None:
        rows = _packed(data.get("publish_page"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list of articles")
    yield from rows


def _packed(page: Any) -> list[Any]:
    published = _unpacked(page).get("publish_list")
    if not isinstance(published, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list of publications")
    rows = list[Any]()
    for entry in published:
        if not isinstance(entry, dict) or "publish_info" not in entry:
            raise Inconclusive(Reason.CHANGED_LAYOUT, "a publication without its contents")
        # Of one that was taken back they are empty.
        info = entry["publish_info"]
        articles = [] if info in ("", None) else _unpacked(info).get("appmsgex")
        if not isinstance(articles, list):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "a publication without articles")
        rows += articles
    return rows


def _unpacked(value: Any) -> dict[str, Any]:
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "a part that is no object")
    return data
