"""What a website's own words mean: kinds of column, links that lead to none, empty and unfilled pages.

The words stand in `columns.toml`, a user-readable list; here they are only folded and compared.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources

from checkers._web.later import later
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
    if len(text) <= _LONGEST_LABEL:
        return _label_holds(text, table, name)
    if _ODD.search(text) is None and _sieve(table, name).search(text) is None:
        return False
    folded = fold(text)
    return any(word in folded for word in words(table, name))


@lru_cache(maxsize=4096)
def _label_holds(text: str, table: str, name: str) -> bool:
    folded = folded_name(text)
    return any(word in folded for word in words(table, name))


_ODD = later(
    r"[^\x00-\x7f\xa0\xa9\xb7\u2014\u2018-\u201d\u2026\u3000-\u3020\u4e00-\u9fff"
    r"\uff01-\uff0f\uff1a-\uff20]"
)
"""Signs that folding may turn into letters of a word; it does so with no other but capitals."""


@cache
def _sieve(table: str, name: str) -> re.Pattern[str]:
    """Finds the words of one list in a text that is not folded yet and holds no `_ODD` sign."""
    spelt = (
        first + r"[\W_]*+".join(["", *map(_class, word[1:])])
        for word in words(table, name)
        for first in _forms(word[0])
    )
    return later("|".join(spelt))  # of which each begins with a sign: then it is fast


def _forms(sign: str) -> list[str]:
    """A sign of a folded word as it may stand in a text."""
    return sorted({sign, sign.upper()} | ({"帐"} if sign == "账" else set()))


def _class(sign: str) -> str:
    return f"[{''.join(_forms(sign))}]"


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
