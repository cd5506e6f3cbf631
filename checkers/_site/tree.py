"""A website's page as a tree: what stands beside what, and where it is hidden or left out.

Made for pages of any kind: wrong charsets, unclosed tags, five megabytes, thousands of levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from checkers._site.hosts import absolute
from checkers._web.charset import decode
from checkers.base import Response

NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "option", "select", "head"})
"""Elements whose text is no text of the page: menus of other sites and their addresses among them."""

_MOST_LINKS = 4000
_MOST_HELD = 100_000
"""Elements of a page that are kept at hand; beyond them each look is a walk of its own."""

_STEPS = 25


@dataclass(frozen=True)
class SitePage:
    """One page as answered."""

    url: str
    """The final address."""
    text: str
    root: _Element
    base: str
    """What its links are relative to."""

    def links(self) -> Iterator[tuple[_Element, str]]:
        """Links that lead somewhere, in order, with whole addresses; at most 4,000."""
        return iter(self._links)

    def elements(self) -> Iterator[_Element]:
        """Every element in order."""
        assert self._held is not None
        return self.root.iter(etree.Element)

    @cached_property
    def _held(self) -> list[_Element]:
        """The elements, lest each be made anew for every look at it."""
        return list(islice(self.root.iter(etree.Element), _MOST_HELD))

    @cached_property
    def _links(self) -> list[tuple[_Element, str]]:
        found = list[tuple[_Element, str]]()
        for element in self.elements():
            if element.tag not in {"a", "area"}:
                continue
            url = absolute(self.base, element.get("href") or "")
            if url:
                found.append((element, url))
            if len(found) == _MOST_LINKS:
                break
        return found

    def pieces(self, element: _Element, most: int = 80) -> list[tuple[_Element, str]]:
        """Shown pieces of text below `element` with the element each stands in, in order.

        At most so many, and no more than twenty-five steps for each of them.
        """
        found, spans = self._outline
        span = spans.get(element)
        if span is None or span[2] > _STEPS * most:
            return _walk(element, most)
        return found[span[0] : min(span[1], span[0] + most)]

    def words(self, element: _Element, most: int = 80) -> str:
        """The shown text of an element, white space folded."""
        return " ".join(" ".join([text for _where, text in self.pieces(element, most)]).split())

    @cached_property
    def _outline(self) -> tuple[list[tuple[_Element, str]], dict[_Element, tuple[int, int, int]]]:
        """The pieces of the page; and of its shown elements where theirs begin and end among them,
        and how many steps these take."""
        found, spans = list[tuple[_Element, str]](), dict[_Element, tuple[int, int, int]]()
        entered, steps = list[tuple[int, int]](), 0
        for kind, where, text in _texts(self.root):
            if kind is _END:
                first, before = entered.pop()
                spans[where] = (first, len(found), steps - before)
                continue
            if kind is _BEGIN:
                entered.append((len(found), steps))
            steps += 1
            if text and not text.isspace():
                found.append((where, text))
            if steps == _MOST_HELD:
                break
        return found, spans

    @cached_property
    def below_foot(self) -> dict[_Element, int]:
        """What `entries` has found out of single elements: how far below the page's foot they are."""
        return {}

    @property
    def whole(self) -> bool:
        """False when the page seems to have been cut off."""
        end = self.text[-20_000:].lower()
        return "</html" in end or "</body" in end


def read_page(response: Response) -> SitePage | None:
    """The page in an answer; None where it holds no markup at all."""
    text = decoded(response)
    text = text.replace("\0", "") if "\0" in text else text
    # plain elements: the library's own for HTML each pass through Python when they are made
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root: _Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return None
    given = root.find(".//base[@href]")
    base = absolute(response.url, given.get("href") or "") if given is not None else ""
    return SitePage(response.url, text, root, base or response.url)


def decoded(response: Response) -> str:
    """The body as text, whatever is declared of it."""
    return decode(response.body, response.headers.get("content-type", ""))[0]


_BEGIN, _BEHIND, _END = range(3)


def _walk(element: _Element, most: int) -> list[tuple[_Element, str]]:
    found, steps = list[tuple[_Element, str]](), _STEPS * most
    for kind, where, text in _texts(element):
        if kind is _END:
            continue
        if text and not text.isspace():
            found.append((where, text))
            if len(found) == most:
                break
        steps -= 1
        if not steps:
            break
    return found


def _texts(element: _Element) -> Iterator[tuple[int, _Element, str | None]]:
    """The text of each shown element as it begins, its end, and what stands behind elements. Each
    is a step, but for the ends."""
    yield _BEGIN, element, element.text
    around = list[tuple[_Element, str | None, Iterator[_Element]]]()
    parent = element
    children: Iterator[_Element] = iter(element)
    while True:
        for child in children:
            tag, tail = child.tag, child.tail
            if tag not in NOT_SHOWN and isinstance(tag, str):
                yield _BEGIN, child, child.text
                if len(child):
                    around.append((parent, tail, children))
                    parent, children = child, iter(child)
                    break
                yield _END, child, None
            if tail:
                yield _BEHIND, parent, tail
        else:
            yield _END, parent, None
            if not around:
                return
            parent, tail, children = around.pop()
            if tail:
                yield _BEHIND, parent, tail


def ancestors(element: _Element, most: int = 60) -> Iterator[_Element]:
    """The element and those around it, from the inside out."""
    current: _Element | None = element
    while current is not None and most > 0:
        yield current
        current, most = current.getparent(), most - 1


def named(element: _Element) -> str:
    """Its id and classes, in lower case."""
    name, words = element.get("id"), element.get("class")
    return f"{name or ''} {words or ''}".lower() if name or words else ""
