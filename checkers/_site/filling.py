"""Whether a page shows its lists itself, is filled by scripts, or says that it has nothing.

A list that scripts fill is no empty list: what the page does not hold, it does not deny.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import chain, islice

from lxml.etree import XPath, _Element

from checkers._site.hosts import absolute, host_of, is_own
from checkers._site.names import holds
from checkers._site.tree import SitePage, ancestors, found_by, named
from checkers._web.later import later

_TEMPLATES = tuple(
    later(pattern, re.I)
    for pattern in (
        r"\{\{[^{}]{1,200}\}\}",
        r"<%[=-]",
        r"\$\{[^{}]{1,100}\}",
        r"-(?:(?:(?<=\bv-)|(?<=\bx-))for|(?<=\bng-)(?:repeat|bind)|(?<=\bv-)html)=",
    )
)
_SIGNS = (b"{{", b"<%", b"${")
_SIGN = later(
    rb"-(?:[fF][oO][rR]|[rR][eE][pP][eE][aA][tT]|[bB](?:[iI]|\xc4[\xb0\xb1])[nN][dD]|[hH][tT][mM][lL])="
)
"""What stands in all of them; several plain searches take less than one for any of these."""
_MAY_HOLD = frozenset({"ul", "ol", "tbody", "dl", "div", "section", "p", "span", "td", "article"})
_SEEN = frozenset({"img", "a", "input", "video", "iframe", "svg", "canvas", "button", "script"})
_MOST_BLANK = 30
_IN_QUOTES = later(r"[\"'][#.]?([\w-]{1,60})[\"' ]")
_PLACES = later(r"(?:[\"']#|getElementById\(\s{0,4}[\"'])([\w-]{1,60})")
_AS_TEMPLATE = later(r"template|text/html|x-tmpl|x-handlebars", re.I)
_DOCUMENT_WRITE = later(r"document\.write(?:ln)?\s{0,4}\(")
_WRITES_OTHERS = later(
    r"conac|cnzz|baidu|analytics|jiucuo|<script|%3Cscript|stylesheet|getFullYear|getDay|getDate",
    re.I,
)
"""Marks, counters, further scripts and clocks: what a script on a page of entries writes as well."""
_FETCHES = later(
    r"getJSON|\$\.(?:ajax|get|post)\b|\.load\(\s{0,4}[\"']|\bfetch\(|XMLHttpRequest|axios|jsonp",
    re.I,
)
_PUTS = later(
    r"innerHTML|insertAdjacentHTML|\.(?:html|append|prepend|load|appendTo|appendChild)\(", re.I
)
_FILLED_LISTS = ("ul", "ol", "tbody", "dl")
_HOLDER = later(r"\b(?:app|root)\b|list|news|article|xinwen")
_CONTROL = later(
    r"dot|indicat|num|pag(?:er|ing|ination)|btn|arrow|weather|tianqi|search|nav|menu|share|point"
    r"|slide|clock|time|date|visit|count|login|user|foot"
)
"""Names of what scripts add to a page beside its entries: arrows, dots, the weather."""

_MOST_WORDS = 1500
"""Shown characters up to which a page may say that it is empty; a longer one has other words."""


def is_filled_by_scripts(page: SitePage) -> bool:
    """True when entries may come from elsewhere: templates, frames, empty or loading lists."""
    return (
        _has_template(page)
        or _has_own_frame(page)
        or _has_empty_list(page)
        or any(_writes(page, script) for script in page.root.iter("script"))
        or holds(page.words(page.root, 4000), "words", "loading")
        or any(
            holds("".join(map(str, element.itertext()))[:200], "words", "loading")
            for element in _noscripts(page)
        )
    )


_SCRIPT = later(r"<(script|style)\b.*?</\1\s{0,9}>", re.I | re.S)


def _has_template(page: SitePage) -> bool:
    """True for what scripts fill in, outside the scripts and styles themselves."""
    octets = page.octets
    if not any(sign in octets for sign in _SIGNS) and _SIGN.search(octets) is None:
        return False
    markup = _SCRIPT.sub(" ", page.text)
    return any(template.search(markup) for template in _TEMPLATES)


def _noscripts(page: SitePage) -> list[_Element]:
    return list(page.root.iter("noscript"))[:20]


def _has_own_frame(page: SitePage) -> bool:
    """True when a part of the page is another page of the same site."""
    for frame in page.root.iter("iframe", "frame", "object", "embed"):
        url = absolute(page.base, frame.get("src") or frame.get("data") or "")
        if url and is_own(url, page.url):
            return True
    return False


def _has_empty_list(page: SitePage) -> bool:
    """True where entries may be put in: an empty list, holder or element of the page's own making,
    or an element that a script of the page calls by its id."""
    called = set[str]()
    for number, element in enumerate(filter(_may_wait, page.bare())):
        if not number:
            called.update(*(_called(text) for text in _inline(page)))
        if _waits(element, called):
            return True
    if next(page.root.iter("script"), None) is None:
        return False
    lists = page.root.iter(*_FILLED_LISTS)
    if _OWN_NAME.search(page.octets):
        lists = chain(lists, found_by(_OF_OWN_MAKING, page.root))
    return any(
        not page.pieces(element, 1) and _is_blank(element) and not _CONTROL.search(named(element))
        for element in lists
    )


_OWN_NAME = later(rb"<[a-zA-Z][^ \t\n\f\r/>-]*+-")
_OF_OWN_MAKING = XPath("descendant-or-self::*[contains(name(), '-')]")


def _may_wait(element: _Element) -> bool:
    return (element.tag in _MAY_HOLD or "-" in element.tag) and not _CONTROL.search(named(element))


def _waits(element: _Element, called: Set[str]) -> bool:
    """True for a bare element, which may wait for something, if it waits for entries."""
    own, tag = "-" in element.tag, str(element.tag)
    if own or tag in _FILLED_LISTS or (element.get("id") or "").strip() in called:
        return True
    return tag in {"div", "section"} and _HOLDER.search(named(element)) is not None


def _is_blank(element: _Element) -> bool:
    """True for an element with a few empty ones in it and nothing to see."""
    inner = list(islice(element.iter(), _MOST_BLANK + 1))
    if len(inner) > _MOST_BLANK:
        return False
    return not any(e.tag in _SEEN or (e.text or "").strip() for e in inner) and not any(
        (e.tail or "").strip() for e in inner[1:]
    )


def _inline(page: SitePage) -> Iterator[str]:
    """The page's own scripts, none of them longer than any that people write."""
    for script in islice(page.root.iter("script"), 200):
        yield (script.text or "")[:100_000]


def _called(script: str) -> frozenset[str]:
    """Ids of elements that a script speaks of."""
    return frozenset(_IN_QUOTES.findall(script))


def _writes(page: SitePage, script: _Element) -> bool:
    """True for a script that may write entries: into its own place, or fetched from elsewhere."""
    text = (script.text or "")[:100_000]
    if _AS_TEMPLATE.search(script.get("type") or ""):
        return True
    if script.get("src"):
        url = absolute(page.base, script.get("src") or "")
        return bool(url) and is_own(url, page.url) and _stands_in_a_list(script)
    if _DOCUMENT_WRITE.search(text) and not _WRITES_OTHERS.search(text):
        return True
    if not (_FETCHES.search(text) and _PUTS.search(text)):
        return False
    ids = {name for name in _PLACES.findall(text)}
    return not ids or not all(_CONTROL.search(name.lower()) for name in ids)


def _stands_in_a_list(script: _Element) -> bool:
    around = list(ancestors(script, 4))[1:]
    return any(
        element.tag in {"ul", "ol", "li", "dl", "dd", "td", "tr", "tbody"} for element in around
    )


def says_empty(page: SitePage) -> bool:
    """True when a page without scripts' lists says in its own words that it has no entries."""
    shown = [text for where, text in page.pieces(page.root, 4000) if not _hidden(where)]
    if sum(len(text.strip()) for text in shown) > _MOST_WORDS:
        return False
    return any(len(text.strip()) <= 30 and holds(text, "words", "empty") for text in shown)


def is_bare_list(page: SitePage) -> bool:
    """True for a page with an empty list and without any script that could fill it."""
    return _has_empty_list(page) and next(page.root.iter("script"), None) is None


_HIDES = later(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def _hidden(element: _Element) -> bool:
    return any(
        _HIDES.search(around.get("style") or "") or around.get("hidden") is not None
        for around in ancestors(element, 20)
    )


def is_challenge(page: SitePage | None, text: str, status: int, cookie: bool) -> bool:
    """True for a page that is nothing but a script which sends the visitor on: 瑞数, 加速乐.

    `cookie`: the answer sets one. Such a page holds no link and next to no words.
    """
    if page is not None and page.has_links():
        return False
    if page is not None and len(page.words(page.root)) >= _CHALLENGE_WORDS:
        return False
    # a page of nothing but outside scripts may be an ordinary one that they fill
    inline = re.search(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", text, re.I) is not None
    tricks = _TRICKS.search(text) is not None and re.search(r"<script\b", text, re.I) is not None
    return status == 202 or tricks or (inline and cookie)


_CHALLENGE_WORDS = 200
_TRICKS = later(
    r"\$_ts\b|__jsl|_0x[0-9a-f]{4}|eval\(|document\.cookie|acw_sc__|String\.fromCharCode"
)


_REFRESH = later(r"^\s*(\d{1,3})?\s*[;,]\s*(?:url\s*=)?\s*[\"']?([^\"']{1,500})", re.I)
_SENT_ON = later(
    r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\()\s*[\"']([^\"'\s]{1,500})[\"']",
    re.I,
)


def onward(page: SitePage) -> str:
    """Where a page without links of its own sends its visitors; empty where it does not."""
    if page.has_links():
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


def named_frame(frame: _Element) -> str:
    """The name and id of a frame, in lower case."""
    return f"{frame.get('name') or ''} {frame.get('id') or ''}".lower()


def _elsewhere(page: SitePage, href: str) -> str:
    url = absolute(page.base, href)
    return url if host_of(url) and url != page.url else ""
