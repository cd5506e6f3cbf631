"""Hints in the text that a check already holds: titles, passages, notes, link labels.

What is kept of a hit is its kind, the number starred, its place and a starred snippet; the text
itself is not kept, and nothing is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from checkers.base import Facts, Link
from checkers.hints import excerpt, find_numbers, masked
from registry.misprints import Misprints
from registry.vocab import HintKind

MOST_HINTS = 100
"""Hits kept of one check."""

MOST_TEXT = 200_000
"""Characters that are looked through of one piece of text."""

MOST_PLACES = 500

NOTE = "note"
"""The place of what a checker itself remarked."""

Clean = Callable[[str, int], str]


def hints_of(facts: Facts, misprints: Misprints, clean: Clean) -> dict[str, Any]:
    """`hints`: the hits, and `scanned`: the places beside posts that were looked through.

    Both are left out when empty; the places of posts stand with the posts.
    """
    found = list(islice(_hits(facts, misprints, clean), MOST_HINTS))
    beside = _places(facts, clean)
    return {
        **({"hints": found} if found else {}),
        **({"scanned": beside} if beside else {}),
    }


def place_of_post(url: str, title: str, clean: Clean) -> str:
    """Where a post's title stands: its address, else the title itself, starred."""
    return clean(url, 2000) or clean(masked(title), 300)


def _place_of_link(link: Link, clean: Clean) -> str:
    at_path = clean(masked(" / ".join(link.path) or link.label), 300)
    return clean(link.place, 2000) or at_path


def _texts(facts: Facts, clean: Clean) -> Iterator[tuple[str, Callable[[], str]]]:
    """Everything there is to be looked through, each with what tells its place: few hold a hit."""
    for post in facts.posts:
        if post.own and post.title:
            yield post.title, partial(place_of_post, post.url, post.title, clean)
    for passage in facts.passages:
        yield passage.text, partial(clean, masked(passage.where), 2000)
    for link in facts.links:
        yield link.label, partial(_place_of_link, link, clean)
    if facts.note:
        yield facts.note, lambda: NOTE


def _places(facts: Facts, clean: Clean) -> list[str]:
    places = dict.fromkeys(clean(masked(passage.where), 2000) for passage in facts.passages)
    return list(places)[:MOST_PLACES]


def _hits(facts: Facts, misprints: Misprints, clean: Clean) -> Iterator[dict[str, Any]]:
    seen = set[tuple[str, str, str]]()
    for text, place in _texts(facts, clean):
        if not isinstance(text, str):
            raise TypeError("text is wanted")
        for kind, shown, around in _in_text(text[:MOST_TEXT], misprints):
            where = place()
            if (kind, shown, where) not in seen:
                seen.add((kind, shown, where))
                yield {
                    "kind": kind.value,
                    "masked": clean(shown, 100),
                    "where": where,
                    "snippet": clean(around, 200),
                }


def _in_text(text: str, misprints: Misprints) -> Iterator[tuple[HintKind, str, str]]:
    """(kind, what, starred snippet) of each hit. Nothing runs over from one line to the next."""
    for line in text.splitlines():
        yield from _in_line(line, misprints)


def _in_line(line: str, misprints: Misprints) -> Iterator[tuple[HintKind, str, str]]:
    numbers, misprinted = find_numbers(line), misprints.found(line)
    if not numbers and not misprinted:
        return
    told = masked(line)
    for number in numbers:
        yield number.kind, number.masked, excerpt(told, number.start, number.end)
    for misprint in misprinted:
        shown = f"{misprint.wrong} → {misprint.right}"
        yield HintKind.MISPRINT, shown, excerpt(told, misprint.start, misprint.end)
