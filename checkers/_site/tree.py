"""A website's page as a tree: what stands beside what, and where it is hidden or left out.

Made for pages of any kind: wrong charsets, unclosed tags, five megabytes, thousands of levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import lxml.etree
import lxml.html
from lxml.html import HtmlElement

from checkers._site.hosts import absolute
from checkers._web.charset import decode
from checkers.base import Response

NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "option", "select", "head"})
"""Elements whose text is no text of the page: menus of other sites and their addresses among them."""

_MOST_LINKS = 4000


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page as answered."""

    url: str
    """The final address."""
    text: str
    root: HtmlElement
    base: str
    """What its links are relative to."""

    def links(self) -> Iterator[tuple[HtmlElement, str]]:
        """Links that lead somewhere, in order, with whole addresses; at most 4,000."""
        found = 0
        for element in self.root.iter("a", "area"):
            url = absolute(self.base, element.get("href") or "")
            if url:
                yield element, url
                found += 1
            if found == _MOST_LINKS:
                return

    @property
    def whole(self) -> bool:
        """False when the page seems to have been cut off."""
        end = self.text[-20_000:].lower()
        return "</html" in end or "</body" in end


def read_page(response: Response) -> SitePage | None:
    """The page in an answer; None where it holds no markup at all."""
    text = decoded(response).replace("\x00", "")
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None
    given = root.find(".//base[@href]")
    base = absolute(response.url, given.get("href") or "") if given is not None else ""
    return SitePage(response.url, text, root, base or response.url)


def decoded(response: Response) -> str:
    """The body as text, whatever is declared of it."""
    return decode(response.body, response.headers.get("content-type", ""))[0]


def pieces(element: HtmlElement, most: int = 80) -> Iterator[tuple[HtmlElement, str]]:
    """Shown pieces of text below `element` with the element each stands in, in order.

    At most so many, and no more than twenty-five steps for each of them.
    """
    stack: list[tuple[HtmlElement, str | None]] = [(element, None)]
    steps = 25 * most
    while stack and most > 0 and steps > 0:
        current, tail = stack.pop()
        steps -= 1
        if tail is not None:
            if tail.strip():
                most -= 1
                yield current, tail
            continue
        if current.text and current.text.strip():
            most -= 1
            yield current, current.text
        for child in reversed(current):
            if child.tail:
                stack.append((current, child.tail))
            if isinstance(child.tag, str) and child.tag not in NOT_SHOWN:
                stack.append((child, None))


def words_of(element: HtmlElement, most: int = 80) -> str:
    """The shown text of an element, white space folded."""
    return " ".join(" ".join(text for _where, text in pieces(element, most)).split())


def ancestors(element: HtmlElement, most: int = 60) -> Iterator[HtmlElement]:
    """The element and those around it, from the inside out."""
    current: HtmlElement | None = element
    while current is not None and most > 0:
        yield current
        current, most = current.getparent(), most - 1


def named(element: HtmlElement) -> str:
    """Its id and classes, in lower case."""
    return f"{element.get('id') or ''} {element.get('class') or ''}".lower()
