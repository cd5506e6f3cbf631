"""Weibo's old pages (weibo.cn) with the session of an account that the office owns.

Only where the office switches it on. A session that has run out is a wall, and nothing is ever
done but reading two kinds of page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree, html

from checkers._weibo.account import (
    EXISTENCE,
    OFFICIAL,
    PAGES,
    Told,
    counter_of,
    far_enough,
    refuse_contradiction,
    with_list,
)
from checkers._weibo.posts import NOTHING, Listed, mid_of_short, told_time
from checkers.base import (
    MAX_TREE,
    Facts,
    Inconclusive,
    Post,
    Request,
    Response,
    Steps,
    Target,
)
from checkers.naming import display_name
from checkers.signals import SignalClass, match
from registry.vocab import CheckKind, Existence, Reason

_HOST = "weibo.cn"
_SPACE = re.compile(r"\s+")
_REPORTED = re.compile(r"[?&]fuid=(\d{5,11})")
"""The account of which a page says: follow it, report it, see its albums."""


def by_session(target: Target, uid: str) -> Steps:
    """The account `uid` by its page of particulars, then its posts. Raises Inconclusive, Told."""
    auth = target.credential or "weibo_session"
    response: Response = yield _page(f"{uid}/info", auth)
    profile = _particulars(_tree(response, uid), uid)
    if target.kind is CheckKind.IDENTITY:
        return profile
    seen, counted = NOTHING, None
    for page in range(1, PAGES + 1):
        response = yield _page(f"{uid}/profile?page={page}", auth)
        try:
            tree = _list_tree(response, uid, page)
        except Inconclusive:
            if page == 1:
                raise
            break  # what the first pages showed stands
        if page == 1:
            profile, counted = _with_counters(profile, tree)
        listed = _posts(tree, response)
        ended = not listed.mids - seen.mids
        seen = seen.joined(listed)
        if ended or far_enough(seen, target, counted):
            break
    if seen.mids and not seen.posts:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "posts without a time")
    return with_list(profile, seen, counted)


def _page(path: str, auth: str) -> Request:
    return Request(f"https://{_HOST}/{path}", auth=auth, max_bytes=MAX_TREE)


# --- one page -----------------------------------------------------------------------------------


def _tree(response: Response, uid: str) -> html.HtmlElement:
    """The page of the account `uid`; raises for a login, a notice on it, or another page."""
    response.usable()
    parts = urlsplit(response.url)
    if parts.hostname != _HOST or parts.path.startswith("/pub"):
        raise Inconclusive(Reason.LOGIN_WALL, f"{parts.hostname}{parts.path}"[:120])
    if response.status != 200:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}")
    try:
        tree = html.document_fromstring(response.body, html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no page") from None
    _refuse_notice(tree)
    links = [a.get("href") or a.get("action") or "" for a in tree.iter("a", "form")]
    # the link that loads the page anew only repeats what was asked for
    links = [link for link in links if "rand=" not in link]
    if any(re.search(rf"[/=]{uid}(?:[/?&]|$)", link) for link in links):
        return tree
    other = next((found for link in links if (found := _REPORTED.search(link))), None)
    if other:
        raise Inconclusive(Reason.WRONG_ACCOUNT, other[1])
    words = _plain("".join(map(str, tree.itertext())))
    signal = match("weibo", words)
    if (signal and signal.kind is SignalClass.WALL) or "登录" in words:
        raise Inconclusive(Reason.LOGIN_WALL, "the session has run out")
    raise Inconclusive(Reason.CHANGED_LAYOUT, words[:120])


def _list_tree(response: Response, uid: str, page: int) -> html.HtmlElement:
    """A page of the account's list, after its particulars were shown."""
    try:
        return _tree(response, uid)
    except Told as told:
        refuse_contradiction(told, page)
        raise


def _refuse_notice(tree: html.HtmlElement) -> None:
    """Raises when the place for messages says that the account is gone or restricted."""
    notice = " ".join(_plain(div.text_content()) for div in _of_class(tree, "div", "me"))
    signal = match("weibo", notice)
    if signal and signal.kind in EXISTENCE:
        raise Told(Facts(existence=EXISTENCE[signal.kind], signal=notice[:120]))


def _of_class(tree: html.HtmlElement, tag: str, name: str) -> Iterator[html.HtmlElement]:
    """The outermost elements of that class, in order: each word of a page is read but once."""
    waiting = list(reversed(tree))
    while waiting:
        element = waiting.pop()
        if element.tag == tag and name in element.get("class", "").split():
            yield element
        else:
            waiting.extend(reversed(element))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


# --- the account --------------------------------------------------------------------------------


def _particulars(tree: html.HtmlElement, uid: str) -> Facts:
    said = dict[str, str]()
    for div in _of_class(tree, "div", "c"):
        for text in div.itertext():
            label, mark, value = _plain(str(text)).replace("：", ":").partition(":")
            if mark:
                said.setdefault(label, value.strip())
    if "昵称" not in said:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no 昵称")
    return Facts(
        existence=Existence.EXISTS,
        display_name=display_name(said["昵称"]),
        verified_subject=_subject(said.get("认证信息") or said.get("认证", "")),
        identifiers={"uid": uid},
    )


def _subject(reason: str) -> str | None:
    """The body of a verification that calls itself official; others may be a person's."""
    return OFFICIAL.sub("", reason) or None if OFFICIAL.search(reason) else None


def _with_counters(profile: Facts, tree: html.HtmlElement) -> tuple[Facts, int | None]:
    shown = " ".join(div.text_content() for div in _of_class(tree, "div", "tip2"))
    counters = dict[str, int]()
    for name, word in (("posts", "微博"), ("followers", "粉丝")):
        found = re.search(rf"{word}\[([^\[\]]{{1,20}})\]", shown)
        counted = counter_of(found[1]) if found else None
        if counted is not None:
            counters[name] = counted
    return replace(profile, counters=counters), counters.get("posts")


# --- posts --------------------------------------------------------------------------------------


def _posts(tree: html.HtmlElement, response: Response) -> Listed:
    posts, mids, undated, notices = list[Post](), set[str](), 0, list[str]()
    for div in _of_class(tree, "div", "c"):
        name = div.get("id", "")
        if not _is_post(div):
            notices.append(_plain(div.text_content())[:200])
            # only a post has a time: this is one out of shape
            undated += next(_of_class(div, "span", "ct"), None) is not None
            continue
        mids.add(name)
        # a post within a post is a page out of shape, and may be the newest
        undated += any(_is_post(inner) for inner in div.iterdescendants("div"))
        post = _post(div, mid_of_short(name[2:]), response)
        if post:
            posts.append(post)
        undated += post is None
    return Listed(tuple(posts), frozenset(mids), undated, " ".join(notices))


def _is_post(div: html.HtmlElement) -> bool:
    return str(div.get("id", "")).startswith("M_")


def _post(div: html.HtmlElement, mid: str, response: Response) -> Post | None:
    """One post; the last time in it is its own. None when no time can be told."""
    times = [_plain(span.text_content()) for span in _of_class(div, "span", "ct")]
    printed = times[-1].partition("来自")[0] if times else ""
    told = told_time(mid, printed, response.moment)
    if told is None:
        return None
    when, derived = told
    pinned = any("置顶" in span.text_content() for span in _of_class(div, "span", "kt"))
    url = f"https://m.weibo.cn/detail/{mid}" if mid else ""
    return Post(when.at, when.precision, _title(div), url, True, pinned, derived)


def _title(div: html.HtmlElement) -> str:
    """What the account itself wrote: of a repost the reason, never the original's text."""
    for span in _of_class(div, "span", "cmt"):
        if "转发理由" in span.text_content():
            return _plain(span.tail or "")[:80]
    own = next(_of_class(div, "span", "ctt"), None)
    return _plain(own.text_content())[:80] if own is not None else ""
