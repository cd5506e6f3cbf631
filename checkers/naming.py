"""Display names as platforms answer them: what is a name and what only stands in its place."""

from __future__ import annotations

import re

_NOT_NAMES = frozenset(
    {
        "undefined",
        "null",
        "none",
        "nan",
        "[object object]",
        "unknown",
        "未知",
        "未知用户",
        "匿名用户",
    }
)
_PLACEHOLDER = re.compile(
    r"(?:手机|微博|抖音|快手|头条|百家号)?用户[ _-]?[0-9A-Za-z_]{4,}|.{0,4}[帐账]号已注销"
)


def display_name(raw: object) -> str | None:
    """The name, trimmed; None when there is none or only a stand-in for one.

    Stand-ins are `undefined` and its like, names of digits only, and the names platforms give to
    accounts that have none (用户1234567890).
    """
    if not isinstance(raw, str):
        return None
    name = re.sub(r"\s+", " ", raw).strip()
    if not name or name.isdigit() or name.casefold() in _NOT_NAMES:
        return None
    return None if _PLACEHOLDER.fullmatch(name) else name
