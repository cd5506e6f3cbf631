"""Numbers of persons in free text (备注, 简介, 原因, unknown columns) are starred before they are kept.

Contacts stand in their own table, where they can be erased; a remark goes into the history, where
nothing can. Names in free text cannot be told from other words and are left.
"""

from __future__ import annotations

import re

from registry.text import fold_width, mask_phone

_MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
_CITIZEN = r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]"
_NUMBER = re.compile(rf"(?<!\w)(?:{_CITIZEN}|{_MOBILE})(?!\w)", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def without_numbers(text: str) -> str:
    """The text with mobile numbers, citizen numbers and mail addresses starred.

    Landlines stay: they are an office's. A text without any comes back as it was.
    """
    if len(text) < 6:
        return text
    plain = fold_width(text)
    starred = _NUMBER.sub(lambda hit: mask_phone(hit.group()), plain)
    starred = _MAIL.sub(lambda hit: "***" + hit.group()[hit.group().index("@") :], starred)
    return text if starred == plain else starred
