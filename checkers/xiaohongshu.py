"""小红书 (Xiaohongshu): what it is called and how its accounts are addressed. A person looks at it.

Its pages show nothing without a login, and its lists hold other people's notes beside one's own.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Xiaohongshu(Addressed):
    """小红书号."""

    platform = "xiaohongshu"
    label = {"zh": "小红书", "en": "Xiaohongshu"}
    synonyms = ("小红书号", "小红书账号")
    schemes = {"uid": r"[0-9a-f]{24}", "red_id": r"[A-Za-z0-9_]{4,20}"}
    places = (
        Place("xiaohongshu.com", r"/user/profile/(?P<id>[0-9a-f]{24})", "uid"),
        Place("xhslink.com", r"/(?:m/)?[\w-]+", "url"),
    )
