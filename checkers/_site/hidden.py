"""Hidden links 暗链: links that no visitor sees, to hosts outside the site's own list.

Menus that open by script hide links too: what an id or a class could open is taken for a menu,
unless its words are those of gambling and the like.
"""

from __future__ import annotations

import re

from lxml.etree import _Element

from checkers._site.hosts import is_foreign
from checkers._site.names import holds
from checkers._site.tree import NOT_SHOWN, SitePage, ancestors
from checkers._web.hiding import Sheet, how_hidden
from checkers.site_facts import HiddenLink

_AROUND = 20
_MOST = 100
_LETTERS = re.compile(r"font-size\s*:[^;]{0,40}", re.I)
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]{0,200}url\(", re.I)
_INDENT = re.compile(r"text-indent\s*:[^;]{0,40}", re.I)
_ONE_PIXEL = re.compile(r"font-size\s*:\s*1px", re.I)
_CLOSE = 2
"""Levels around a link within which its letters' size counts: lists are often set to none, to close
the gaps between their items, which then have a size of their own."""


def hidden_links(page: SitePage, home: str) -> list[HiddenLink]:
    """The hidden links of one page of the site `home`, at most 100."""
    sheet, scripts, found = None, False, list[HiddenLink]()
    hosts = dict[str, bool]()
    for link, url in page.links():
        if len(found) == _MOST:
            break
        host = url[: f"{url}/".find("/", len("https://"))]
        if host not in hosts:
            hosts[host] = is_foreign(url, home)
        if not hosts[host]:
            continue
        if sheet is None:
            sheet, scripts = _sheet(page), next(page.root.iter("script"), None) is not None
        text = page.words(link)[:200]
        foul = holds(text, "words", "foul")
        how = _how(link, sheet, menus=scripts and not foul, foul=foul)
        if how:
            found.append(HiddenLink(url, text, how, page.url))
    return found


def _sheet(page: SitePage) -> Sheet:
    sheet = Sheet()
    for block in page.root.iter("style"):
        sheet.add((block.text or "")[:200_000])
    return sheet


def _how(link: _Element, sheet: Sheet, *, menus: bool, foul: bool) -> str:
    """`style`, `size` or `position`; empty for a link that is seen, or may be one of a menu."""
    pictured = next(link.iter("img"), None) is not None
    around = [e for e in ancestors(link, _AROUND) if e.tag not in {"body", "html"}]
    if any(element.tag in NOT_SHOWN for element in around):
        return ""
    for level, element in enumerate(around):
        letters = level <= _CLOSE and not pictured
        how = _hides(element, sheet, letters=letters, foul=foul)
        called = menus and (element.get("id") or element.get("class"))
        if called and (how == "style" or (how == "position" and pictured)):
            return ""  # a menu that opens; a slide or a banner that moves in
        if how:
            return how
    return ""


def _hides(element: _Element, sheet: Sheet, *, letters: bool, foul: bool) -> str:
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    added = sheet.style(attributes)
    if not letters:
        attributes["style"] = _LETTERS.sub("", attributes.get("style", ""))
        added = _LETTERS.sub("", added)
    elif _ONE_PIXEL.search(f"{added};{attributes.get('style', '')}"):
        return "size"
    if not foul and _BACKGROUND.search(f"{added};{attributes.get('style', '')}"):
        # words moved out of the way of a picture that stands for them
        attributes["style"] = _INDENT.sub("", attributes.get("style", ""))
        added = _INDENT.sub("", added)
    return how_hidden(str(element.tag), attributes, added)
