"""One article page of mp.weixin.qq.com: when it was published, by whom, or why it is not shown.

It reads script variables and, only on a page without a time, the short message of a notice. What
an article's own text says is never taken for a message.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from checkers._web.later import later
from checkers._web.lines import lines_of
from checkers._web.plain_lines import body_of, content_of, plain_lines
from checkers._web.pages import Page, meta, scripts_of, split, title
from checkers.base import Response
from checkers.naming import display_name
from checkers.signals import Signal, match
from registry.dates import DateError, When, parse_when

_NOTICE = 600
"""A notice has fewer visible characters than this; a longer page is an article of some kind."""

_STRING = r"([\"'])((?:\\.|(?!\1)[^\\\n]){1,200})\1"
_SET = r"(?<![\w.])(?:var\s{1,4}|window\.)%s\s{0,4}=\s{0,4}(?:[\"']{2}\s{0,4}\|\|\s{0,4})?"
_FROM_XML = r"(?<!\w)d\.%s\s{0,4}=\s{0,4}\(?\s{0,4}xml\s{0,4}\?[^:;\n]{0,160}:\s{0,4}"
_DECODED = r"(?<![\w.])%s\s{0,4}:\s{0,4}JsDecode\(\s{0,4}"
_PLAIN = r"(?<![\w.])%s\s{0,4}[:=]\s{0,4}"
_BLOCK = r"cgiData(?:New)?\s{0,4}=\s{0,4}\{[^{}]{0,3000}?(?<!\w)%s\s{0,4}:\s{0,4}"


def _forms(name: str, *forms: str) -> tuple[re.Pattern[str], ...]:
    return tuple(later(form % name + _STRING) for form in forms)


_TIMES = (
    *_forms("ct", _SET, _FROM_XML),
    *_forms("createTime", _SET),
    *_forms("(?:create_timestamp|createTimestamp)", _SET, _PLAIN),
    *_forms("ori_create_time", _PLAIN),
    *_forms("ori_send_time", _SET, _FROM_XML, _PLAIN),
    *_forms("createTime", _PLAIN),
    *_forms("create_time", _DECODED),
)
_GH_IDS = _forms("user_name", _SET, _DECODED, _FROM_XML, _BLOCK)
_BIZ = _forms("biz", _SET, _FROM_XML, _BLOCK)
_WXIDS = _forms("alias", _DECODED, _FROM_XML)
_NAMES = (
    later(_SET % "nickname" + r"htmlDecode\(\s{0,4}" + _STRING),
    *_forms("nickname", _SET),
    *_forms("nick_name", _DECODED, _FROM_XML, _BLOCK),
)
_SHOWN_NAME = later(r"\bid\s?=\s?[\"']js_name[\"'][^<>]{0,200}>([^<]{1,200})<")
_MOVED_TO = later(r"(?<!\w)transferTargetLink\s{0,4}=\s{0,4}" + _STRING)
_HEADING = later(r"\bclass\s?=\s?[\"'][^\"'<>]{0,80}weui-msg__title[^<>]{0,200}>([^<]{1,200})<")
_WALLS = ("wappoc_appmsgcaptcha", "secitptpage/verify")

_IDENTIFIERS = {
    "gh_id": (later(r"gh_[0-9a-z]{6,20}"), _GH_IDS),
    "biz": (later(r"M[A-Za-z0-9+/]{13}=="), _BIZ),
    "wxid": (later(r"[A-Za-z][A-Za-z0-9_-]{5,19}"), _WXIDS),
}


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What one page shows. Without `when` it is a notice, and `signal` says which if known."""

    when: When | None
    title: str
    name: str | None
    """The account's name as it is today, also on old articles; None when not trustworthy."""
    identifiers: dict[str, str]
    signal: Signal | None = None
    moved_to: str = ""
    """Where a migrated account's article went."""
    markup: str = field(default="", compare=False, repr=False)
    """The whole page."""


def read_article(response: Response) -> ArticlePage:
    """The page in `response`, whatever its kind; never raises over what stands in it."""
    text = response.text()
    page = split(text)
    when = _first_time(page.scripts, response.moment)
    return ArticlePage(
        when,
        meta(text, "og:title") or title(text),
        _trusted(_first(page.scripts, _NAMES) or _shown_name(text)),
        _identifiers(page.scripts, response.url),
        None if when else _signal(page, text),
        "" if when else _first(page.scripts, (_MOVED_TO,)),
        text,
    )


def read_signal(response: Response) -> Signal | None:
    """Only what `read_article` would say that a notice says: an article is known by its time."""
    moment = response.moment
    if any(_first_time(script, moment) for script in scripts_of(response.text())):
        return None
    return read_article(response).signal


LONGEST = 50_000
"""Characters of an article that are handed over; the platform takes no longer ones."""


def words_of(article: ArticlePage) -> str:
    """The article's text, a line for each paragraph; of an unknown layout, all that the page shows.

    The platform keeps the text from sight until its scripts have run.
    """
    page = article.markup.replace("\x00", "")
    lines = _plain(page)
    return "\n".join(_of_tree(page) if lines is None else lines)


_CONTENT = "js_content"


def _plain(page: str) -> list[str] | None:
    """The lines of a page that needs no tree."""
    markup = content_of(page, _CONTENT) if _CONTENT in page else body_of(page)
    return None if markup is None else plain_lines(markup, LONGEST)


def _of_tree(page: str) -> list[str]:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root: etree._Element | None = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return []
    text_of = root.find(f".//*[@id='{_CONTENT}']")
    return lines_of(root if text_of is None else text_of, LONGEST)


def at_captcha(url: str) -> bool:
    """True for the addresses to which mp.weixin.qq.com sends visitors that it takes for robots."""
    return any(mark in url for mark in _WALLS)


def _values(scripts: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    for pattern in patterns:
        for found in pattern.finditer(scripts):
            yield _decoded(found.group(2)).strip()


def _first(scripts: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    return next((value for value in _values(scripts, patterns) if value), "")


def _decoded(value: str) -> str:
    """A script's string as people read it: `\\x26amp;` and `&amp;` are both `&`."""
    plain = re.sub(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))", _character, value)
    return html.unescape(html.unescape(re.sub(r"\\(.)", r"\1", plain)))


def _character(found: re.Match[str]) -> str:
    return chr(int(found.group(1) or found.group(2), 16))


def _first_time(scripts: str, moment: datetime) -> When | None:
    for value in _values(scripts, _TIMES):
        try:
            return parse_when(value, seen_at=moment)
        except DateError:
            continue
    return None


def _identifiers(scripts: str, url: str) -> dict[str, str]:
    """The account's ids by scheme, from the scripts and, for biz, from the final address."""
    seen = {}
    for scheme, (whole, patterns) in _IDENTIFIERS.items():
        value = next((v for v in _values(scripts, patterns) if whole.fullmatch(v)), "")
        if value:
            seen[scheme] = value
    asked = biz_of(url)
    return seen if "biz" in seen or not asked else {**seen, "biz": asked}


def biz_of(url: str) -> str:
    """The biz in an address (`__biz=`), padded as it should be, or nothing."""
    try:
        query = parse_qs(urlsplit(url).query.replace("+", "%2B"))
    except ValueError:
        return ""  # no address at all, e.g. with half an IPv6 host
    biz = next(iter(query.get("__biz", ())), "").strip().rstrip("=") + "=="
    return biz if _IDENTIFIERS["biz"][0].fullmatch(biz) else ""


def _shown_name(text: str) -> str:
    found = _SHOWN_NAME.search(text)
    return html.unescape(found.group(1)).strip() if found else ""


def _trusted(name: str) -> str | None:
    """The name, or None for a stand-in and for one whose bytes were read in a wrong charset."""
    return None if "\ufffd" in name else display_name(name)


def _signal(page: Page, text: str) -> Signal | None:
    """What the notice says. An article of an unknown layout may quote such words: no signal."""
    article = len(page.visible) > _NOTICE or meta(text, "og:title")
    heading = _HEADING.search(text)
    words = (heading.group(1) if heading else "", f"{title(text)} {page.visible}")
    found = (match("wechat", part) for part in words if part and not article)
    signal = next((signal for signal in found if signal), None)
    if signal or article:
        return signal
    hidden = next((mark for mark in _WALLS if mark in text), "")
    return match("wechat", hidden) if hidden else None
