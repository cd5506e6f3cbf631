"""Whether a page shows its lists itself, is filled by scripts, or says that it has nothing.

A list that scripts fill is no empty list: what the page does not hold, it does not deny.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from checkers._site.hosts import absolute, host_of, is_own
from checkers._site.names import holds
from checkers._site.tree import SitePage, ancestors, named, pieces, words_of

_TEMPLATE = re.compile(
    r"\{\{[^{}]{1,200}\}\}|<%[=-]|\$\{[^{}]{1,100}\}|\b(?:v-for|ng-repeat|ng-bind|v-html|x-for)=",
    re.I,
)
_FILLED_LISTS = ("ul", "ol", "tbody", "dl")
_HOLDER = re.compile(r"\b(?:app|root)\b|list|news|article|xinwen")
_CONTROL = re.compile(
    r"dot|indicat|num|pag(?:er|ing|ination)|btn|arrow|weather|search|nav|menu|share|point|slide"
)
"""Names of what scripts add to a page beside its entries: arrows, dots, the weather."""

_MOST_WORDS = 1500
"""Shown characters up to which a page may say that it is empty; a longer one has other words."""


def is_filled_by_scripts(page: SitePage) -> bool:
    """True when entries may come from elsewhere: templates, frames, empty or loading lists."""
    return (
        _TEMPLATE.search(_markup(page)) is not None
        or _has_own_frame(page)
        or _has_empty_list(page)
        or holds(words_of(page.root, 4000), "words", "loading")
        or any(
            holds(element.text_content()[:200], "words", "loading") for element in _noscripts(page)
        )
    )


_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s{0,9}>", re.I | re.S)


def _markup(page: SitePage) -> str:
    """The page without scripts and styles."""
    return _SCRIPT.sub(" ", page.text)


def _noscripts(page: SitePage) -> list[HtmlElement]:
    return list(page.root.iter("noscript"))[:20]


def _has_own_frame(page: SitePage) -> bool:
    """True when a part of the page is another page of the same site."""
    for frame in page.root.iter("iframe", "frame"):
        url = absolute(page.base, frame.get("src") or "")
        if url and is_own(url, page.url):
            return True
    return False


def _has_empty_list(page: SitePage) -> bool:
    empty = [e for e in page.root.iter(*_FILLED_LISTS, "div", "section") if _is_bare(e)]
    return any(
        not _CONTROL.search(named(e)) and (e.tag in _FILLED_LISTS or _HOLDER.search(named(e)))
        for e in empty
    )


def _is_bare(element: HtmlElement) -> bool:
    return len(element) == 0 and not (element.text or "").strip()


def says_empty(page: SitePage) -> bool:
    """True when a page without scripts' lists says in its own words that it has no entries."""
    shown = [text for where, text in pieces(page.root, 4000) if not _hidden(where)]
    if sum(len(text.strip()) for text in shown) > _MOST_WORDS:
        return False
    return any(len(text.strip()) <= 30 and holds(text, "words", "empty") for text in shown)


def is_bare_list(page: SitePage) -> bool:
    """True for a page with an empty list and without any script that could fill it."""
    return _has_empty_list(page) and next(page.root.iter("script"), None) is None


_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def _hidden(element: HtmlElement) -> bool:
    return any(
        _HIDES.search(around.get("style") or "") or around.get("hidden") is not None
        for around in ancestors(element, 20)
    )


def is_challenge(page: SitePage | None, text: str, status: int, cookie: bool) -> bool:
    """True for a page that is nothing but a script which sends the visitor on: 瑞数, 加速乐.

    `cookie`: the answer sets one. Such a page holds no link and next to no words.
    """
    if page is not None and next(page.links(), None) is not None:
        return False
    if page is not None and len(words_of(page.root)) >= _CHALLENGE_WORDS:
        return False
    # a page of nothing but outside scripts may be an ordinary one that they fill
    inline = re.search(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", text, re.I) is not None
    tricks = _TRICKS.search(text) is not None and re.search(r"<script\b", text, re.I) is not None
    return status == 202 or tricks or (inline and cookie)


_CHALLENGE_WORDS = 200
_TRICKS = re.compile(
    r"\$_ts\b|__jsl|_0x[0-9a-f]{4}|eval\(|document\.cookie|acw_sc__|String\.fromCharCode"
)


_REFRESH = re.compile(r"^\s*(\d{1,3})?\s*[;,]\s*(?:url\s*=)?\s*[\"']?([^\"']{1,500})", re.I)
_SENT_ON = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\()\s*[\"']([^\"'\s]{1,500})[\"']",
    re.I,
)


def onward(page: SitePage) -> str:
    """Where a page without links of its own sends its visitors; empty where it does not."""
    if next(page.links(), None) is not None:
        return ""
    for meta in page.root.iter("meta"):
        found = _REFRESH.match(meta.get("content") or "")
        if (meta.get("http-equiv") or "").lower() == "refresh" and found:
            return _elsewhere(page, found.group(2))
    frames = [frame.get("src") or "" for frame in page.root.iter("frame", "iframe")]
    named_main = [f.get("src") or "" for f in page.root.iter("frame") if "main" in named_frame(f)]
    for src in [*named_main, *frames]:
        if _elsewhere(page, src):
            return _elsewhere(page, src)
    found = _SENT_ON.search(page.text)
    return _elsewhere(page, found.group(1)) if found else ""


def named_frame(frame: HtmlElement) -> str:
    """The name and id of a frame, in lower case."""
    return f"{frame.get('name') or ''} {frame.get('id') or ''}".lower()


def _elsewhere(page: SitePage, href: str) -> str:
    url = absolute(page.base, href)
    return url if host_of(url) and url != page.url else ""
