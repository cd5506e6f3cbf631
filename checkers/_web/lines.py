"""The words of a page in sight, a line for each block, to be looked through for hints.

What stands in two cells, two paragraphs or two list items never runs together: three short numbers
in a row of a table are no telephone number. Style sheets are not read.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

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
_MOST_STEPS = 300_000


def lines_of(
    element: HtmlElement, most: int, without: frozenset[HtmlElement] = frozenset()
) -> list[str]:
    """The lines below `element`, white space folded, of at most `most` characters together.

    `without`: elements that are left out with all that stands in them. Whether `element` itself is
    in sight is not asked.
    """
    parts, room = list[str](), most
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for step, (event, current) in enumerate(walk):
        if room <= 0 or step == _MOST_STEPS:
            break
        if isinstance(current.tag, str) and current.tag not in _INLINE:
            parts.append("\n")
        text = current.tail if event != "start" and current is not element else ""
        if event == "start":
            left_out = current is not element and (current in without or _is_unseen(current))
            text = "" if left_out else current.text
            if left_out:
                walk.skip_subtree()
        shown = _SPACE.sub(" ", text or "")[:room]
        parts.append(shown)
        room -= len(shown.strip())
    folded = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return [line for line in folded if line]


def _is_unseen(element: HtmlElement) -> bool:
    if element.tag in _NO_TEXT:
        return True
    return element.get("hidden") is not None or bool(_HIDES.search(element.get("style") or ""))
