"""What a website's own words mean: kinds of column, links that lead to none, empty and unfilled pages.

The words stand in `columns.toml`, a user-readable list; here they are only folded and compared.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib import resources

from checkers.signals import fold
from registry.vocab import ColumnKind

_LONGEST_NAME = 16
"""Characters of a link that may be the name of a column; longer ones are titles."""


_LONGEST_LABEL = 100


@cache
def words(table: str, name: str) -> tuple[str, ...]:
    """The folded words of one list, longest first; hosts as they stand."""
    text = resources.files("checkers").joinpath("columns.toml").read_text("utf-8")
    listed = tomllib.loads(text)[table][name]
    folded = listed if table == "hosts" else [fold(word) for word in listed]
    return tuple(sorted(folded, key=lambda word: -len(word)))


def holds(text: str, table: str, name: str) -> bool:
    """True when one of the words stands anywhere in `text`."""
    folded = folded_name(text) if len(text) <= _LONGEST_LABEL else fold(text)
    return any(word in folded for word in words(table, name))


@lru_cache(maxsize=1024)
def folded_name(text: str) -> str:
    """The label folded; those of navigation stand on every page of a site."""
    return fold(text)


def kind_of(*names: str) -> ColumnKind:
    """The kind of a column by the first of its names that tells."""
    for name in names:
        for kind in (ColumnKind.NEWS, ColumnKind.NOTICE):
            if holds(name, "kinds", kind.value):
                return kind
    return ColumnKind.OTHER


def is_more(text: str) -> bool:
    """True for a link that only points at the rest of a list."""
    return folded_name(text) in words("links", "more")


def may_name_a_column(text: str) -> bool:
    """True for a link's words that can be the name of a column."""
    folded = folded_name(text)
    if not 2 <= len(folded) <= _LONGEST_NAME or folded.isdigit():
        return False
    return is_more(text) or not holds(text, "links", "skip")


def leads_to_matrix(text: str) -> bool:
    """True for a link to the list of the unit's new-media accounts 新媒体矩阵."""
    return len(fold(text)) <= _LONGEST_NAME and holds(text, "links", "matrix")
