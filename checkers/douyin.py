"""抖音 (Douyin): what it is called and how its accounts are addressed. A person looks at it.

Its lists are signed and this program forges no signature; see the project's table of sources.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Douyin(Addressed):
    """抖音号."""

    platform = "douyin"
    label = {"zh": "抖音", "en": "Douyin"}
    synonyms = (
        "抖音号",
        "抖音短视频",
        "政务抖音",
        "政务抖音号",
        "抖音政务号",
        "抖音公众号",
        "抖音视频号",
        "抖音账号",
        "抖音官方账号",
    )
    schemes = {
        "sec_uid": r"MS4wLjAB[A-Za-z0-9_-]{20,120}",
        "douyin_id": r"[A-Za-z0-9._]{2,24}",
    }
    places = (
        Place("douyin.com", r"/(?:share/)?user/(?P<id>MS4wLjAB[\w-]+)", "sec_uid"),
        Place("iesdouyin.com", r"/share/user/(?P<id>MS4wLjAB[\w-]+)", "sec_uid"),
        Place("iesdouyin.com", r"/share/user/\d+", "sec_uid", parameter="sec_uid"),
        Place("v.douyin.com", r"/[\w-]+", "url"),
    )
