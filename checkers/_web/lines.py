"""The words of a page in sight, a line for each block, to be looked through for hints.

What stands in two cells, two paragraphs or two list items never runs together: three short numbers
in a row of a table are no telephone number. Style sheets are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

OF_ARTICLE = "{url} 正文"
"""Where an article's text stands. Its title, which lists show too, stands at the address itself: a
title that is read again must not speak for a text that is not."""

_NO_TEXT = frozenset(
    "head script style template noscript noframes iframe object option select textarea".split()
)
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike"
    " strong sub sup time tt u var wbr".split()
)
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_SPACE = re.compile(r"\s+")
_MOST_ELEMENTS = 150_000


def lines_of(element: _Element, most: int, without: frozenset[_Element] = frozenset()) -> list[str]:
    """The lines below `element`, white space folded, of at most `most` characters together.

    `without`: elements that are left out with all that stands in them. Whether `element` itself is
    in sight is not asked.
    """
    written = _Written(most)
    for text in _texts(element, without):
        if text is None:
            written.parts.append("\n")
        elif not written.takes(text):
            break
    folded = (" ".join(line.split()) for line in "".join(written.parts).split("\n"))
    return [line for line in folded if line]


@dataclass(slots=True)
class _Written:
    """What has been written down, and for how many more characters there is room."""

    room: int
    parts: list[str] = field(default_factory=list)

    def takes(self, text: str) -> bool:
        """Write a piece down; False when there is no room for another."""
        shown = (text if text.isalnum() else _SPACE.sub(" ", text))[: self.room]
        self.parts.append(shown)
        self.room -= len(shown.strip())
        return self.room > 0


def _texts(element: _Element, without: frozenset[_Element]) -> Iterator[str | None]:
    """The pieces of text below an element in order; None where a block begins or ends."""
    around = list[tuple[Iterator[_Element], str | None, bool]]()
    children: Iterator[_Element] = iter(element)
    room = _MOST_ELEMENTS
    yield element.text or ""
    while room:
        for child in children:
            room -= 1
            tag, tail = child.tag, child.tail
            block = tag not in _INLINE and isinstance(tag, str)
            if block:
                yield None
            if isinstance(tag, str) and not (child in without or _is_unseen(child, tag)):
                yield child.text or ""
                if len(child):
                    around.append((children, tail, block))
                    children = iter(child)
                    break
            if block:
                yield None
            yield tail or ""
        else:
            if not around:
                return
            children, tail, block = around.pop()
            if block:
                yield None
            yield tail or ""


def _is_unseen(element: _Element, tag: str) -> bool:
    if tag in _NO_TEXT or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDES.search(style) is not None
