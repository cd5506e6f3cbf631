"""The shown text of a page, piece by piece and element by element, gathered in one walk.

Everything that is asked of a page's words is answered from it: who walks the tree again for each
element takes several times as long as the library takes to build it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element

from checkers._site.rows import Run
from checkers._web.lines import BREAK, INLINE

NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "option", "select", "head"})
"""Elements whose text is no text of the page: menus of other sites and their addresses among them."""

_MOST_STEPS = 100_000
"""Elements and pieces of a page that are kept at hand; beyond them each look is a walk of its own."""

STEPS = 25
"""Steps that a walk takes for each piece that is wanted of it."""

_LEVELS = 6
"""Elements, from the inside out, among which a link counts as one that a piece stands in."""

Piece = tuple[_Element, str]

_Level = tuple[_Element, Iterator[_Element], str | None, int, int, int, int]
"""An element, its children still to come, what stands behind it, its first piece, the steps before
it, how far in a link it is, and its first part."""

Span = tuple[int, int, int, int, int]
"""Where an element's pieces begin and end, how many steps they take, where its parts begin and end."""


@dataclass(slots=True)
class Outline:
    """What the walk has gathered."""

    pieces: list[Piece] = field(default_factory=list)
    """Pieces of shown text with the element each stands in, in order."""
    linked: list[bool] = field(default_factory=list)
    """Of each piece, whether it stands in a link."""
    parts: list[str] = field(default_factory=list)
    """What lines are made of: all text of shown elements, and `BREAK` where a line begins."""
    spans: dict[_Element, Span] = field(default_factory=dict)
    """Of shown elements."""
    bare: list[_Element] = field(default_factory=list)
    """Shown elements without element or text in them."""
    apart: list[_Element] = field(default_factory=list)
    """Elements that are not shown, nor anything in them."""
    whole: bool = False
    """False where the walk gave up."""

    def take_in(self, row: _Element, run: Run, first_part: int) -> int:
        """Gather what `row` stands in for; how many steps that takes."""
        first, steps = len(self.pieces), run.count()
        self.pieces += [(row, text) for text in run.pieces()]
        self.linked += run.linked()
        self.parts.append("")
        self.spans[row] = (first, len(self.pieces), steps, first_part, len(self.parts))
        return steps

    def parts_without(
        self, without: Iterable[_Element], instead: dict[_Element, list[str]]
    ) -> list[str]:
        """The parts without those of some elements. `instead`: those of all rows, in order."""
        parts = list(self.parts)
        for element in without:
            if element in self.spans:
                *_others, first, end = self.spans[element]
                parts[first:end] = [""] * (end - first)
        for row, own in reversed(instead.items()):
            place = self.spans[row][4] - 1
            if parts[place - 1]:  # otherwise it is one of those that are left out
                parts[place : place + 1] = own
        return parts


def outlined(root: _Element, runs: Mapping[_Element, Run]) -> Outline:
    """The outline of a page. A step is the beginning of a shown element, or a piece behind one.

    `runs`: rows by the one that stands in for them.
    """
    outline, level = Outline(), 1 if root.tag == "a" else _LEVELS + 1
    pieces, linked, parts, spans = outline.pieces, outline.linked, outline.parts, outline.spans
    parts.append(root.text or "")
    if not _is_blank(root.text):
        pieces.append((root, parts[0]))
        linked.append(level <= _LEVELS)
    steps = 1
    around: list[_Level] = [(root, iter(root), None, 0, 0, level, 0)]
    while around:
        parent, children, behind, first, before, level, part = around.pop()
        for child in children:
            tag, tail, begun = child.tag, child.tail, len(parts)
            edge = "" if tag in INLINE else BREAK
            if tag not in NOT_SHOWN:
                steps += 1
                inside, begin = 1 if tag == "a" else level + 1, len(pieces)
                if (text := child.text) and not text.isspace():
                    pieces.append((child, text))
                    linked.append(inside <= _LEVELS)
                parts.append(edge + text if text else edge)
                if not len(child):
                    spans[child] = (begin, len(pieces), 1, begun, begun + 1)
                    if len(pieces) == begin:
                        outline.bare.append(child)
                elif tag == "li" and child in runs:
                    steps += outline.take_in(child, runs[child], begun) - 1
                else:
                    around.append((parent, children, behind, first, before, level, part))
                    around.append((child, iter(child), tail, begin, steps - 1, inside, begun))
                    break
            else:
                outline.apart.append(child)
            parts.append(edge + tail if tail else edge)
            if tail and not tail.isspace():
                steps += 1
                pieces.append((parent, tail))
                linked.append(level <= _LEVELS)
            if steps >= _MOST_STEPS:
                return outline
        else:
            spans[parent] = (first, len(pieces), steps - before, part, len(parts))
            parts.append(("" if parent.tag in INLINE else BREAK) + (behind or ""))
            if not _is_blank(behind):
                steps += 1
                pieces.append((around[-1][0], behind or ""))
                linked.append(around[-1][5] <= _LEVELS)
    outline.whole = True
    return outline


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def walk(element: _Element, most: int, runs: Mapping[_Element, Run]) -> list[Piece]:
    """The first pieces below an element, at most so many, in twenty-five steps for each."""
    found, left = list[Piece](), STEPS * most
    for where, text in _texts(element, runs):
        left -= 1
        if text and not text.isspace():
            found.append((where, text))
        if not left or len(found) == most:
            break
    return found


def _texts(
    element: _Element, runs: Mapping[_Element, Run]
) -> Iterator[tuple[_Element, str | None]]:
    """The text of each shown element as it begins, and the pieces that stand behind elements; each
    is a step."""
    yield element, element.text
    around = list[tuple[_Element, str | None, Iterator[_Element]]]()
    parent = element
    children: Iterator[_Element] = iter(element)
    while True:
        for child in children:
            tag, tail = child.tag, child.tail
            if tag not in NOT_SHOWN and isinstance(tag, str):
                if child in runs:
                    yield from ((child, text) for text in runs[child].steps())
                else:
                    yield child, child.text
                if len(child) and child not in runs:
                    around.append((parent, tail, children))
                    parent, children = child, iter(child)
                    break
            if tail and not tail.isspace():
                yield parent, tail
        else:
            if not around:
                return
            parent, tail, children = around.pop()
            if tail and not tail.isspace():
                yield parent, tail


def is_in_a_link(element: _Element) -> bool:
    """True when the element, or one of the five around it, is a link."""
    current: _Element | None = element
    for _level in range(_LEVELS):
        if current is None or current.tag == "a":
            break
        current = current.getparent()
    else:
        return False
    return current is not None
