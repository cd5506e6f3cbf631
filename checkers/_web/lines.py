"""The words of a page in sight, a line for each block, to be looked through for hints.

What stands in two cells, two paragraphs or two list items never runs together: three short numbers
in a row of a table are no telephone number. Style sheets are not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml.etree import _Element

OF_ARTICLE = "{url} 正文"
"""Where an article's text stands. Its title, which lists show too, stands at the address itself: a
title that is read again must not speak for a text that is not."""

NO_TEXT = frozenset(
    "head script style template noscript noframes iframe object option select textarea".split()
)
INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike"
    " strong sub sup time tt u var wbr".split()
)
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_SPACE = re.compile(r"\s+")
_MOST_ELEMENTS = 150_000
_OFTEN = 500
"""Elements after which it is asked whether the text found is enough."""


def lines_of(
    element: _Element,
    most: int,
    without: frozenset[_Element] = frozenset(),
    instead: Mapping[_Element, Sequence[str]] = {},
) -> list[str]:
    """The lines below `element`, white space folded, of at most `most` characters together.

    `without`: elements that are left out with all that stands in them. Whether `element` itself is
    in sight is not asked. `instead`: elements, none of them `element`, in place of whose children
    these pieces stand, with `BREAK` before one that begins a line.
    """
    parts = _Parts(most)
    _walk(element, without, instead, parts)
    return folded_lines(parts.text())


def lines_of_parts(found: list[str], most: int) -> list[str]:
    """The same of pieces of text in order, `BREAK` before each that begins a line."""
    parts = _Parts(most)
    parts.found = found
    return folded_lines(parts.text())


def folded_lines(text: str) -> list[str]:
    """What stands between breaks, white space folded; nothing for what is nothing but that."""
    folded = " ".join(text.split())  # of all lines in one go: no break is white space
    return [line for each in folded.split(BREAK) if (line := each.strip())]


BREAK = "\0"
"""Stands before what a block begins or ends with; no document holds it."""


class _Parts:
    """Pieces of text with breaks between them, of which at most so many characters are wanted."""

    def __init__(self, most: int) -> None:
        self.found: list[str] = []
        self._most = self._room = most
        self._shown: list[str] = []

    def are_enough(self) -> bool:
        """True when the pieces found so far hold all the characters that are wanted."""
        if self._room == self._most and sum(map(len, self.found)) <= self._most:
            return False
        for part in self.found[len(self._shown) :]:
            if self._room <= 0:
                return True
            self._show(part)
        return self._room <= 0

    def _show(self, part: str) -> None:
        edge, part = (BREAK, part[1:]) if part[:1] == BREAK else ("", part)
        shown = (part if part.isalnum() else _SPACE.sub(" ", part))[: self._room]
        self._shown.append(edge + shown)
        self._room -= len(shown.strip())

    def text(self) -> str:
        """The pieces that are wanted."""
        self.are_enough()
        return "".join(self._shown or self.found)


def _walk(
    element: _Element,
    without: frozenset[_Element],
    instead: Mapping[_Element, Sequence[str]],
    parts: _Parts,
) -> None:
    """Gather the text below an element in order, a break where a block begins or ends."""
    found = parts.found
    found.append(element.text or "")
    left, check = _MOST_ELEMENTS, _MOST_ELEMENTS - _OFTEN
    around = [(iter(element), "")]
    while around:
        children, behind = around.pop()
        for child in children:
            left -= 1
            if left < check:
                check = left - _OFTEN
                if left <= 0 or parts.are_enough():
                    return
            tag, tail = child.tag, child.tail or ""
            shown = isinstance(tag, str)
            block = BREAK if shown and tag not in INLINE else ""
            if not shown or tag in NO_TEXT or child in without or is_unseen(child):
                found.append(block + tail)
                continue
            found.append(block + (child.text or ""))
            if child in instead:
                found += instead[child]
            elif len(child):
                around.append((children, behind))
                around.append((iter(child), block + tail))
                break
            found.append(block + tail)
        else:
            found.append(behind)


def is_unseen(element: _Element) -> bool:
    """True for an element that its own attributes keep from sight."""
    style = element.get("style")
    if style is not None and _HIDES.search(style) is not None:
        return True
    return element.get("hidden") is not None
