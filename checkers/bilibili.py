"""哔哩哔哩 (Bilibili): what it is called and how its accounts are addressed. A person looks at it.

An office that runs its own RSSHub may read it through a feed.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Bilibili(Addressed):
    """B站 up 主空间."""

    platform = "bilibili"
    label = {"zh": "哔哩哔哩", "en": "Bilibili"}
    synonyms = (
        "B站",
        "bilibili",
        "哔哩哔哩弹幕网",
        "哔哩哔哩号",
        "B站账号",
        "政务B站",
        "哔哩",
    )
    schemes = {"mid": r"[0-9]{1,18}"}
    places = (
        Place("space.bilibili.com", r"/(?P<id>\d+)(?:/.*)?", "mid"),
        Place("m.bilibili.com", r"/space/(?P<id>\d+)", "mid"),
    )
