"""The plain, slow readings of a page that the quick ones must agree with, and pages to try them on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from checkers._site.hosts import place
from checkers._site.outline import is_in_a_link, walk
from checkers._site.tree import SitePage, is_bare
from checkers._web.lines import INLINE, NO_TEXT, is_unseen, lines_of

PIECES = (
    "<p>|</p>|<b>|</b>|<div>|</div>|<div hidden>|<div style='display : none'>|<br>|<span> </span>| x |"
    "<span>2026-03-18</span>|<textarea>q|</textarea>|<object>|</object>|<script>|</script>|<noscript>|"
    "</noscript>|<template><ul></ul></template>|<select>|</select>|<option>o</option>|<ul>|</ul>|<li>|"
    "</li>|<a href='/a/2026/03/t20260318_1.html'>青石县召开防汛工作会议|<a href='/xwzx/'>要闻|</a>|"
    "<a href='/b.html'><img src=b.jpg></a>|<a href='/c_123.html'>昨天</a>|<area href='/d_1.html'>|"
    "<my-list></my-list>|<i></i>|&nbsp;|\u3000|\n|<td>|<tr>|</table>|<table>|<head>|<title>t|</title>|"
    "<div class=footer>|18|2026-03|ICP备12345678号|滇|备"
).split("|")
"""What damaged pages are given."""


def agree(page: SitePage, most: int) -> None:
    """Fail where what is gathered in one walk is not what a walk of its own finds."""
    stand_in = {*page.runs, *(link for row in page.runs for link in row)}
    for element in page.elements():
        if element in stand_in:
            continue
        walked = walk(element, most, page.runs)
        assert page.pieces(element, most) == walked
        assert page.loose(element) == page.walked_loose(element)
        if not page.runs:
            loose = [text for where, text in walk(element, 80, {}) if not is_in_a_link(where)]
            assert page.loose(element) == loose
    assert set(page.bare()) - stand_in == set(filter(is_bare, page.elements())) - stand_in
    titles = {link: place(url) for link, url in page.links()}
    for without in (frozenset[_Element](), frozenset(titles)):
        assert lines_of(page.root, most, without) == slow_lines(page.root, most, without)
        titled = {titles[link] for link in without}
        rows = {row: run.lines(titled) for row, run in page.runs.items()}
        assert page.lines(most, titled) == lines_of(page.root, most, without, rows)


def tell_the_same(quick: SitePage, thorough: SitePage) -> None:
    """Fail where a page without its rows says another thing than the page with them."""
    for most in (1, 5, 80, 20_000):
        told = [text for _where, text in thorough.pieces(thorough.root, most)]
        assert [text for _where, text in quick.pieces(quick.root, most)] == told
        assert [text for _where, text in walk(quick.root, most, quick.runs)] == told
        rows = {row: run.lines(frozenset()) for row, run in quick.runs.items()}
        lines = lines_of(quick.root, most, frozenset(), rows)
        assert lines == lines_of(thorough.root, most)
    assert quick.loose(quick.root) == thorough.loose(thorough.root)
    assert quick.has_links() == thorough.has_links()
    out = {"i", "a", "option"}
    told = [element.tag for element in thorough.elements() if is_bare(element)]
    bare = [element.tag for element in quick.elements() if is_bare(element)]
    assert [tag for tag in bare if tag not in out] == [tag for tag in told if tag not in out]


def slow_lines(element: _Element, most: int, without: frozenset[_Element]) -> list[str]:
    """`lines_of`, piece by piece."""
    shown, room = list[str](), most
    for text in _texts(element, without):
        if text is None:
            shown.append("\n")
            continue
        shown.append(re.sub(r"\s+", " ", text)[:room])
        room -= len(shown[-1].strip())
        if room <= 0:
            break
    folded = (" ".join(line.split()) for line in "".join(shown).split("\n"))
    return [line for line in folded if line]


def _texts(element: _Element, without: frozenset[_Element]) -> Iterator[str | None]:
    """The pieces below an element in order; None where a block begins or ends."""
    yield element.text or ""
    for child in element:
        block = child.tag not in INLINE
        if block:
            yield None
        if not (child in without or child.tag in NO_TEXT or is_unseen(child)):
            yield from _texts(child, without)
        if block:
            yield None
        yield child.tail or ""
