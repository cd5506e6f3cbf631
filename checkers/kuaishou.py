"""快手 (Kuaishou): what it is called and how its accounts are addressed. A person looks at it.

Its lists are signed, and the feeds that exist carry no dates.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Kuaishou(Addressed):
    """快手号."""

    platform = "kuaishou"
    label = {"zh": "快手", "en": "Kuaishou"}
    synonyms = ("快手号", "快手短视频", "政务快手", "政务快手号", "快手政务号", "快手账号")
    schemes = {
        "eid": r"3x[0-9a-z]{10,24}",
        "kuaishou_id": r"[A-Za-z0-9_-]{3,30}",
    }
    bare = ("eid",)
    places = (
        Place("kuaishou.com", r"/profile/(?P<id>3x[0-9a-z]+)", "eid"),
        Place("kuaishou.com", r"/(?:profile|u)/(?P<id>[\w-]+)", "kuaishou_id"),
        Place("v.kuaishou.com", r"/[\w-]+", "url"),
    )
