"""An answer's bytes as JSON: what the standard library reads, several times as fast where it can be.

What the quicker reader refuses or would read otherwise is left to the slower one, so nobody has to
know that there are two.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """The value that `body` spells. Raises ValueError, also for lists and objects more than DEEPEST
    within each other, whichever reader had its turn: none may end in a RecursionError of theirs, or of
    whoever walks through what they read.

    Half a character, which JSON can spell and nothing else can hold, becomes U+FFFD.
    """
    quick = True
    try:
        found = orjson.loads(body)
    except (
        orjson.JSONDecodeError
    ):  # half a character, NaN, a byte order mark, UTF-16, endless depth
        quick, found = False, _read_slowly(body)
    if (not quick or _may_be_deep(body)) and _is_deep(found):
        raise ValueError(_TOO_DEEP)
    if not quick:
        return _whole(found)
    return _read_slowly(body) if _may_exceed_64_bits(body) else found


DEEPEST = 200
"""Lists and objects within each other; answers of platforms have a dozen."""

_TOO_DEEP = f"nested more than {DEEPEST} deep"
_ROUNDS = 40
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")
_ALIKE = bytes.maketrans(b"{}", b"[]")


def _read_slowly(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def _may_be_deep(body: bytes) -> bool:
    """False where `body` does not look as if anything were within more than DEEPEST lists and objects.
    Its brackets are left, and what closes at once taken out again and again.

    Brackets in texts count, too: opening ones cost a closer look, and closing ones may hide a depth, of
    a thousand at most, which is what the quicker reader takes."""
    left = body.translate(_ALIKE, _NO_BRACKETS)
    for taken_out in range(_ROUNDS):
        if taken_out + len(left) <= DEEPEST:
            return False
        left = left.replace(b"[]", b"")
    return True


def _is_deep(found: Any) -> bool:
    level = [found] if isinstance(found, list | dict) else []
    for _depth in range(DEEPEST):
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, list | dict)
        ]
    return bool(level)


_TO_ZERO = bytes(ord("0") if code in b"-0123456789" else ord(" ") for code in range(256))
_LONG = re.compile(rb"(?:[\[,:\s]|\A)(?:\d{20}|-\d{19})")


def _may_exceed_64_bits(body: bytes) -> bool:
    """False where no number has twenty digits, or nineteen and a sign: shorter ones fit, of longer
    ones the quicker reader makes floats. Looked through is every fourth byte, of which such a
    number holds five."""
    sparse = body[::4].translate(_TO_ZERO)
    place = sparse.find(b"00000")
    while place >= 0:
        at = 4 * place
        if body[at + 1 : at + 17].isdigit() and _LONG.search(body, max(0, at - 4), at + 20):
            return True
        place = sparse.find(b"00000", place + 1)
    return False


_HALF = re.compile("[\ud800-\udfff]")


def _whole(data: Any) -> Any:
    """The same with U+FFFD for half a character in any text, keys included."""
    if isinstance(data, str):
        return _HALF.sub("\ufffd", data)
    if isinstance(data, list):
        return [_whole(each) for each in data]
    if isinstance(data, dict):
        return {_whole(key): _whole(value) for key, value in data.items()}
    return data
