"""A website's page as a tree: what stands beside what, and where it is hidden or left out.

Made for pages of any kind: wrong charsets, unclosed tags, five megabytes, thousands of levels.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree
from lxml.etree import _Element

from checkers._site.dates import that_may_name_days
from checkers._site.hosts import absolute, place
from checkers._site.outline import NOT_SHOWN, STEPS, Outline, is_in_a_link, outlined, walk
from checkers._site.rows import Place, Run, Short, settled, shortened
from checkers._web.charset import decode
from checkers._web.lines import NO_TEXT, is_unseen, lines_of, lines_of_parts
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
_ENDS = re.compile("</(?:html|body)", re.I)


@dataclass(frozen=True)
class SitePage:
    """One page as answered."""

    url: str
    """The final address."""
    text: str
    octets: bytes
    """The same without the rows of `runs` and without choices that are like others, in UTF-8."""
    root: _Element
    base: str
    """What its links are relative to."""
    runs: Mapping[_Element, Run] = field(default_factory=dict, compare=False)
    """Rows of lists that are no elements of it, by the one that stands in for them."""

    def links(self) -> Iterator[tuple[_Element, str]]:
        """Links that lead somewhere, in order, with whole addresses; at most 4,000. Those of rows
        in `runs` are not among them: they lead to articles of the page's own host."""
        return ((link, url) for link, url in self._links if url)

    def links_and_runs(self) -> Iterator[tuple[_Element, str]]:
        """The same with the element of each run at its place, without an address."""
        return iter(self._links)

    def has_links(self) -> bool:
        """True where anything leads anywhere."""
        return bool(self._links)

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
            elif self.runs and (row := element.getparent()) in self.runs:
                assert row is not None
                found.append((row, ""))
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
            return walk(element, most, self.runs)
        return outline.pieces[span[0] : min(span[1], span[0] + most)]

    def may_tell_a_day(self, element: _Element) -> bool:
        """False where no piece below the element names a day or a part of one."""
        span = self._outline.spans.get(element)
        if span is None:
            return True
        place = bisect_left(self._telling, span[0])
        return place < len(self._telling) and self._telling[place] < span[1]

    @cached_property
    def _telling(self) -> list[int]:
        """The places of pieces that may name a day."""
        texts = [text for _where, text in self._outline.pieces]
        telling = frozenset(that_may_name_days(texts))
        return [place for place, text in enumerate(texts) if text in telling]

    def words(self, element: _Element, most: int = _MOST_PIECES) -> str:
        """The shown text of an element, white space folded."""
        pieces = self.pieces(element, most)
        if element is not self.root:
            return " ".join(" ".join([text for _where, text in pieces]).split())
        if len(pieces) not in self._words_of_page:
            words = " ".join([text for _where, text in pieces]).split()
            self._words_of_page[len(pieces)] = " ".join(words)
        return self._words_of_page[len(pieces)]

    @cached_property
    def _words_of_page(self) -> dict[int, str]:
        """The words of so many pieces of the page, of which marks and fillings are each sought."""
        return {}

    def loose(self, element: _Element) -> list[str]:
        """Shown pieces of text below `element` that stand in no link, within the first eighty."""
        outline = self._outline
        span = outline.spans.get(element)
        if span is None or span[2] > STEPS * _MOST_PIECES:
            return self.walked_loose(element)
        first, end = span[0], min(span[1], span[0] + _MOST_PIECES)
        linked = outline.linked[first:end]
        if all(linked):
            return []
        pairs = zip(outline.pieces[first:end], linked, strict=True)
        return [piece[1] for piece, inside in pairs if not inside]

    def walked_loose(self, element: _Element) -> list[str]:
        """`loose` by a walk of its own."""
        runs, found, left = self.runs, list[str](), _MOST_PIECES
        linked = {row: iter(run.linked()) for row, run in runs.items()}
        for where, text in walk(element, left, runs):
            if not (next(linked[where]) if where in linked else is_in_a_link(where)):
                found.append(text)
        return found

    def lines(self, most: int, titled: Set[Place]) -> list[str]:
        """The lines in sight, as `lines_of` gives them, without the links that lead to `titled`."""
        links = [link for link, url in self.links() if place(url) in titled] if titled else []
        links = [link for link in links if link is not self.root]
        rows = {row: run.lines(titled) for row, run in self.runs.items()}
        outline = self._outline
        if not outline.whole:
            return lines_of(self.root, most, frozenset(links), rows)
        unseen = [*self.root.iter(*(NO_TEXT - NOT_SHOWN))]
        if _may_hide(self.octets):
            unseen += filter(is_unseen, found_by(_STYLED, self.root))
        return lines_of_parts(outline.parts_without([*links, *unseen], rows), most)

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
        return outlined(self.root, self.runs)

    @cached_property
    def below_foot(self) -> dict[_Element, int]:
        """What `entries` has found out of single elements: how far below the page's foot they are."""
        return {}

    @cached_property
    def with_others(self) -> dict[_Element, bool]:
        """The same: whether they hold links to several addresses."""
        return {}

    @property
    def whole(self) -> bool:
        """False when the page seems to have been cut off."""
        return _ENDS.search(self.text, max(0, len(self.text) - 20_000)) is not None


def read_page(response: Response, quickly: bool = True) -> SitePage | None:
    """The page in an answer; None where it holds no markup at all. `quickly`: rows of lists that
    need no tree are taken out of it."""
    text = decoded(response)
    text = text.replace("\0", "") if "\0" in text else text
    short = shortened(text, response.url) if quickly else Short(text)
    octets = short.text.encode("utf-8", "replace")
    root = _parsed(octets)
    if root is None:
        return None
    given = next((base for base in root.iter("base") if base.get("href") is not None), None)
    runs = settled(root, short, _NOTHING_IN)
    if runs is None or (runs and given is not None):
        return read_page(response, quickly=False)
    base = absolute(response.url, given.get("href") or "") if given is not None else ""
    return SitePage(response.url, text, octets, root, base or response.url, runs)


_NOTHING_IN = NOT_SHOWN | NO_TEXT
_STYLED = etree.XPath("descendant::*[@style or @hidden]")


def _may_hide(octets: bytes) -> bool:
    """False for a page in which no element has a style of its own, nor is hidden."""
    lowered = octets.lower()
    tags = lowered.count(b"<style") + lowered.count(b"</style")
    return b"hidden" in lowered or lowered.count(b"style") > tags


def _parsed(octets: bytes) -> _Element | None:
    # plain elements: the library's own for HTML each pass through Python when they are made
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root: _Element | None = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError:
        root = None
    return root


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
