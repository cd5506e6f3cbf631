"""The page 关于公众号 as an office gives its address: 微信号, 认证主体 and the record of names.

WeChat shows it only within its own client, so the address is the office's matter. It names the
account and says nothing about whether it still exists or posts.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from checkers._web.pages import split
from checkers._wechat.article import at_captcha, biz_of
from checkers.base import (
    MAX_TREE,
    Facts,
    Inconclusive,
    Request,
    Response,
    Steps,
    Target,
    Unsupported,
)
from checkers.naming import display_name
from checkers.signals import SignalClass, match
from registry.dates import DateError, parse_when, shanghai_date
from registry.vocab import Reason

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SHORT = 600
"""A wall has fewer visible characters than this."""

_WXID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_RECORD = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)\s{0,4}(.{1,200})", re.S)
_QUOTED = re.compile(r"“([^“”]{1,60})”")
_SCENES = {"4": "renamed", "14": "registered", "21": "renamed in a migration"}
"""data-scene of an entry in the record of names."""


def look(target: Target) -> Steps:
    """Name, verified subject and ids as the page at `target.address` shows them."""
    parts = urlsplit(target.address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unsupported(Reason.NO_ADDRESS, "no address of the page 关于公众号")
    response: Response = yield Request(target.address, max_bytes=MAX_TREE)
    facts = read_about(response)
    for scheme in ("biz", "wxid"):
        known, seen = target.identifiers.get(scheme), facts.identifiers.get(scheme)
        if known and seen and known.casefold() != seen.casefold():
            raise Inconclusive(Reason.WRONG_ACCOUNT, f"{seen} instead of {known}")
    return facts


def read_about(response: Response) -> Facts:
    """What the page shows. Raises Inconclusive for anything that is not such a page."""
    if at_captcha(response.url):
        raise Inconclusive(Reason.CAPTCHA, urlsplit(response.url).path)
    text = response.usable().text()
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    fields = _fields(soup)
    if "微信号" not in fields:
        _refuse_wall(split(text).visible)
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no 微信号")
    record = _names(soup, response.moment)
    newest = max(record, key=lambda entry: entry[0], default=None)
    return Facts(
        display_name=display_name(newest[2]) if newest else None,
        verified_subject=fields.get("认证主体") or None,
        identifiers=_identifiers(soup, fields["微信号"]),
        note="; ".join(f"{day.isoformat()} {how}: {name}" for day, how, name in record),
    )


def _refuse_wall(visible: str) -> None:
    signal = match("wechat", visible) if len(visible) < _SHORT else None
    if signal and signal.kind is SignalClass.WALL:
        login = signal.name == "client_only"
        raise Inconclusive(Reason.LOGIN_WALL if login else Reason.CAPTCHA, signal.text)


def _fields(soup: BeautifulSoup) -> dict[str, str]:
    """Title of a line → what it says."""
    found = dict[str, str]()
    for line in soup.select("div.item-info"):
        title, said = line.select_one(".item-title"), line.select_one(".item-desc")
        if title and said:
            found.setdefault(_words(title), _words(said))
    return found


def _words(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ", strip=True))


def _identifiers(soup: BeautifulSoup, wxid: str) -> dict[str, str]:
    found = {"wxid": wxid} if _WXID.fullmatch(wxid) else {}
    links = (biz_of(str(link["href"])) for link in soup.select("#link a[href]"))
    biz = next((value for value in links if value), "")
    return found | ({"biz": biz} if biz else {})


def _names(soup: BeautifulSoup, seen_at: datetime) -> list[tuple[date, str, str]]:
    """(day, how it came, name) of each entry that can be read, in the page's order, newest first."""
    record = list[tuple[date, str, str]]()
    for entry in soup.select("#js_div_rename_history .js_item"):
        found = _RECORD.search(_words(entry))
        names = _QUOTED.findall(found.group(2)) if found else []
        if not found or not names:
            continue
        try:
            day = shanghai_date(parse_when(found.group(1), seen_at=seen_at).at)
        except DateError:
            continue
        record.append((day, _SCENES.get(str(entry.get("data-scene")), "named"), names[-1]))
    return record
