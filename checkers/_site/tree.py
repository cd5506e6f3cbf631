"""A website's page as a tree: what stands beside what, and where it is hidden or left out.

Made for pages of any kind: wrong charsets, unclosed tags, five megabytes, thousands of levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from lxml.etree import _Element

from checkers._site.hosts import absolute
from checkers._site.outline import NOT_SHOWN, STEPS, Outline, is_in_a_link, outlined, walk
from checkers._web.charset import decode
from checkers.base import Response

__all__ = [
    "NOT_SHOWN",
    "SitePage",
    "ancestors",
    "decoded",
    "found_by",
    "is_bare",
    "named",
    "read_page",
]

_MOST_LINKS = 4000
_MOST_PIECES = 80


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
        return self.root.iter(etree.Element)

    @cached_property
    def _links(self) -> list[tuple[_Element, str]]:
        found = list[tuple[_Element, str]]()
        assert self._outline  # which keeps elements at hand
        for element in self.root.iter("a", "area"):
            url = absolute(self.base, element.get("href") or "")
            if url:
                found.append((element, url))
            if len(found) == _MOST_LINKS:
                break
        return found

    def pieces(self, element: _Element, most: int = _MOST_PIECES) -> list[tuple[_Element, str]]:
        """Shown pieces of text below `element` with the element each stands in, in order.

        At most so many, and no more than twenty-five steps for each of them.
        """
        outline = self._outline
        span = outline.spans.get(element)
        if span is None or span[2] > STEPS * most:
            return walk(element, most)
        return outline.pieces[span[0] : min(span[1], span[0] + most)]

    def words(self, element: _Element, most: int = _MOST_PIECES) -> str:
        """The shown text of an element, white space folded."""
        return " ".join(" ".join([text for _where, text in self.pieces(element, most)]).split())

    def loose(self, element: _Element) -> list[str]:
        """Shown pieces of text below `element` that stand in no link, within the first eighty."""
        outline = self._outline
        span = outline.spans.get(element)
        if span is None or span[2] > STEPS * _MOST_PIECES:
            return [text for where, text in walk(element, _MOST_PIECES) if not is_in_a_link(where)]
        first, end = span[0], min(span[1], span[0] + _MOST_PIECES)
        linked = outline.linked[first:end]
        if all(linked):
            return []
        pairs = zip(outline.pieces[first:end], linked, strict=True)
        return [piece[1] for piece, inside in pairs if not inside]

    def bare(self) -> Iterator[_Element]:
        """Elements without an element or a text in them."""
        outline = self._outline
        if not outline.whole:
            yield from filter(is_bare, self.elements())
            return
        yield from filter(is_bare, [self.root])
        yield from outline.bare
        for element in outline.apart:
            yield from filter(is_bare, element.iter(etree.Element))

    @cached_property
    def _outline(self) -> Outline:
        return outlined(self.root)

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


def is_bare(element: _Element) -> bool:
    """True for an element without an element or a text in it."""
    return len(element) == 0 and not (element.text or "").strip()


def ancestors(element: _Element, most: int = 60) -> Iterator[_Element]:
    """The element and those around it, from the inside out."""
    current: _Element | None = element
    while current is not None and most > 0:
        yield current
        current, most = current.getparent(), most - 1


def found_by(path: etree.XPath, element: _Element, **names: str) -> list[_Element]:
    """The elements that a path leads to."""
    found = path(element, **names)
    return [each for each in found if isinstance(each, _Element)] if isinstance(found, list) else []


def named(element: _Element) -> str:
    """Its id and classes, in lower case."""
    name, words = element.get("id"), element.get("class")
    return f"{name or ''} {words or ''}".lower() if name or words else ""
