"""今日头条 (Toutiao): what it is called and how its accounts are addressed. A person looks at it.

Its lists are signed; an office that runs its own RSSHub may read them through a feed.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Toutiao(Addressed):
    """头条号."""

    platform = "toutiao"
    label = {"zh": "今日头条", "en": "Toutiao"}
    synonyms = (
        "头条",
        "头条号",
        "今日头条号",
        "政务头条",
        "政务头条号",
        "政务今日头条号",
        "头条政务号",
    )
    schemes = {
        "token": r"MS4wLjAB[A-Za-z0-9_-]{20,120}",
        "uid": r"[0-9]{5,20}",
    }
    places = (
        Place("toutiao.com", r"/c/user/token/(?P<id>MS4wLjAB[\w-]+)", "token"),
        Place("toutiao.com", r"/(?:c/user|m|profile|user)/(?P<id>\d+)", "uid"),
    )
