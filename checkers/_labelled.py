"""Ids that stand in a text behind the platform's own word for them: `抖音号：qingshi_fabu`.

The word makes unmistakable what would be any word without it. Addresses are left to others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DOMAIN = re.compile(r".*\.(?:cn|com|net|org|gov|edu)", re.I)


def labelled(text: str, words: Sequence[str], pattern: str) -> str:
    """The id of that pattern behind one of the words and a colon; empty where there is none.

    No part of a longer word and no domain is taken for an id.
    """
    label = "|".join(map(re.escape, words))
    behind = rf"(?i:{label})\s{{0,3}}[:：]\s{{0,3}}(?P<id>{pattern})(?![\w.@/-])"
    found = re.search(behind, text)
    return found["id"] if found and not _DOMAIN.fullmatch(found["id"]) else ""
