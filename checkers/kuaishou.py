"""快手 (Kuaishou): what it is called and how its accounts are addressed. A person looks at it.

Its lists are signed, and this program forges no signature; the feeds that exist carry no dates.
"""

from __future__ import annotations

from checkers._by_hand import ByHand
from checkers._share_texts import labelled, unglued
from checkers.addresses import Place
from registry.vocab import Identity

_EID = r"3x[0-9a-z]{10,24}"


class Kuaishou(ByHand):
    """快手号."""

    platform = "kuaishou"
    label = {"zh": "快手", "en": "Kuaishou"}
    synonyms = ("快手号", "快手短视频", "政务快手", "政务快手号", "快手政务号", "快手账号")
    schemes = {"eid": _EID, "kuaishou_id": r"[A-Za-z0-9_-]{3,30}"}
    bare = ("eid",)
    places = (
        Place("kuaishou.com", rf"/(?:profile|u|fw/user)/(?P<id>{_EID})", "eid"),
        Place("chenzhongtech.com", rf"/fw/user/(?P<id>{_EID})", "eid"),
        Place("gifshow.com", rf"/fw/user/(?P<id>{_EID})", "eid"),
        Place("kuaishou.com", r"/(?:profile|u|fw/user)/(?P<id>[\w-]+)", "kuaishou_id"),
        Place("v.kuaishou.com", r"/[\w-]+", "url"),
        Place("v.kuaishouapp.com", r"/s/[\w-]+", "url"),
        Place("kuaishou.com", r"/f/[\w-]+", "url"),
    )
    why = "its lists are signed, and its feeds carry no dates"

    def identify(self, text: str) -> Identity | None:
        """The account in an address, a share text, an id or `快手号：…`; None for anything else."""
        found = super().identify(unglued(text))
        value = "" if found else labelled(text, ("快手号", "快手ID"), self.schemes["kuaishou_id"])
        return Identity(self.platform, "kuaishou_id", value) if value else found
