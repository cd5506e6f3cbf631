"""What a platform's own words mean: account gone, restricted, migrated, one article gone, a wall.

The words stand in `signals.toml`, a user-readable list; here they are only folded and compared.
This module never decides what follows from a signal: that is for the checker that read the page.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any


class SignalClass(StrEnum):
    """What a text says about, in the order in which the classes are tried."""

    ACCOUNT_MIGRATED = "account_migrated"
    ACCOUNT_GONE = "account_gone"
    ACCOUNT_RESTRICTED = "account_restricted"
    HISTORY_HIDDEN = "history_hidden"
    """Older posts exist and are not shown, so a list proves fresh and never stale."""
    ARTICLE_ONLY = "article_only"
    """One post or article cannot be seen; says nothing about the account."""
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class Signal:
    """One recognised text."""

    kind: SignalClass
    name: str
    """What exactly, e.g. `deregistered`, `deleted`, `violation`, `migrated`, `captcha`."""
    text: str
    """The words of `signals.toml` that were found, unfolded."""


def fold(text: str) -> str:
    """The text without widths, case, punctuation and spaces, 帐 written 账."""
    plain = _UNSETTLED.sub(_settled, text).casefold().replace("帐", "账")
    return "".join(_WORDS.findall(plain))


_WORDS = re.compile(r"[^\W_]+")
_UNSETTLED = re.compile(r"[\x00-\x7f\u4e00-\u9fff]?[^\x00-\x7f\u4e00-\u9fff]+")
"""Signs of which some have another form, with the one before that they may join. Latin letters and
Chinese characters have none, and join nothing before them."""


def _settled(found: re.Match[str]) -> str:
    return _normal(found.group())


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@cache
def _table() -> dict[str, list[tuple[str, Signal]]]:
    """Platform → (folded words, signal), in the order in which they are tried."""
    raw = tomllib.loads(resources.files("checkers").joinpath("signals.toml").read_text("utf-8"))
    return {platform: _ordered(entries) for platform, entries in raw.items()}


def _ordered(entries: list[dict[str, Any]]) -> list[tuple[str, Signal]]:
    rank = list(SignalClass).index
    rows = [
        (fold(text), Signal(SignalClass(entry["class"]), entry["name"], text))
        for entry in entries
        for text in entry["texts"]
    ]
    return sorted(rows, key=lambda row: (rank(row[1].kind), -len(row[0])))


def match(platform: str, text: str) -> Signal | None:
    """The gravest signal of `platform` that stands anywhere in `text`, or None.

    Give it a message, a title or a page known to be no article: an article may quote these words.
    """
    folded = fold(text) if text.strip() else ""
    if not folded:
        return None
    rows = _table().get(platform, [])
    return next((signal for words, signal in rows if words in folded), None)
