"""The whole address of a link on a page, told at a glance where it is written as most are: whole, or
leading down from the page's host or folder. For any other, the standard library takes it apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HOST = r"[a-z\d-]+(?:\.[a-z\d-]+)+"
_SEGMENT = r"[\w%~-][\w.%~-]*"
_PATH = rf"(?:{_SEGMENT}/)*(?:{_SEGMENT})?"
_WHOLE = re.compile(rf"https?://{_HOST}(?::\d{{1,5}})?/{_PATH}", re.A)
"""A whole address as a browser would write it itself, without parameters."""
_WITHIN = re.compile(rf"(/|(?:\./)?(?=[\w%~-])){_PATH}", re.A)
"""A path that leads nowhere but down, below the host or below the page's own folder."""
_BASE = re.compile(rf"(https?://{_HOST})(/[^?#\s]*)?(?:\?[^#\s]*)?", re.A)

_MOST_KNOWN = 4096
"""Addresses that are remembered; a page names each several times."""


def plainly_joined(base: str, href: str) -> str:
    """The whole address of a link on the page `base`; empty where it takes more to tell."""
    if href[:4] == "http" and _is_whole(href):
        return href
    down = _WITHIN.fullmatch(href)
    if not down:
        return ""
    origin, below_it = origin_and_folder(base)
    if not origin:
        return ""
    return origin + href if down.group(1) == "/" else below_it + href.removeprefix("./")


@lru_cache(maxsize=_MOST_KNOWN)
def _is_whole(href: str) -> bool:
    return _WHOLE.fullmatch(href) is not None


@lru_cache(maxsize=64)
def origin_and_folder(base: str) -> tuple[str, str]:
    """What an address within the host begins with, and one within the folder of `base`; nothing
    for a base that is more than host and path."""
    plain = _BASE.fullmatch(base)
    path = (plain.group(2) or "/") if plain else ""
    if not plain or not _WITHIN.fullmatch(path):
        return "", ""
    origin = plain.group(1)
    return origin, origin + path[: path.rindex("/") + 1]
