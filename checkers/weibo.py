"""Sina Weibo: how it is called and addressed, and which way of looking proves what.

It passes no login, borrows no cookie and solves no captcha; a wall is a wall.
"""

from __future__ import annotations

import re

from checkers._weibo_account import Told
from checkers._weibo_api import by_api
from checkers._weibo_page import by_page
from checkers.addresses import Addressed, Place
from checkers.base import Credential, Pace, Source, Steps, Target, Unsupported
from registry.vocab import CheckKind, Proof, Reason

_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME})
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})


class Weibo(Addressed):
    """新浪微博."""

    platform = "weibo"
    label = {"zh": "新浪微博", "en": "Weibo"}
    synonyms = (
        "微博",
        "政务微博",
        "新浪政务微博",
        "官博",
        "官方微博",
        "官微",
        "微博号",
        "微博账号",
        "新浪",
    )
    schemes = {"uid": r"[1-9][0-9]{5,10}", "domain": r"[A-Za-z][A-Za-z0-9]{3,19}"}
    places = (
        Place("weibo.com", r"/(?:u/|profile/|p/(?:100505|100206|100306))?(?P<id>\d+)", "uid"),
        Place("weibo.com", r"/(?:p/(?:100505|100206|100306))(?P<id>\d+)/\w+", "uid"),
        Place("weibo.com", r"/(?P<id>\d{6,11})/\w{6,12}", "uid"),
        Place("weibo.cn", r"/(?:u/|profile/|p/(?:100505|107603|230283))?(?P<id>\d+)", "uid"),
        Place("weibo.com", r"/n/.+", "url"),
        Place("weibo.cn", r"/n/.+", "url"),
        Place(
            "weibo.com",
            r"/(?!(?:ajax|home|login|newlogin|signup|search|status|detail|video|article|photo|help"
            r"|about|mygroups)$)(?P<id>[A-Za-z][A-Za-z0-9]{3,19})",
            "domain",
            below=False,
        ),
    )
    hosts = {
        "m.weibo.cn": Pace(min_gap=30.0, per_run=40),
        "api.weibo.com": Pace(min_gap=2.0, per_run=500),
    }
    credentials = (Credential("weibo", "header:Authorization", prefix="OAuth2 ", per_account=True),)
    sources = (
        Source(
            "api",
            _PROVES,
            _KINDS,
            needs=("weibo",),
            label={"zh": "微博开放平台接口", "en": "open API"},
        ),
        Source("page", _PROVES, _KINDS, label={"zh": "微博移动网页", "en": "m.weibo.cn"}),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness or identity of the account with the target's `uid`."""
        uid = target.identifiers.get("uid", "") or self._uid_in(target.url)
        if not re.fullmatch(self.schemes["uid"], uid):
            raise Unsupported(Reason.NO_ADDRESS, "no uid")
        if source not in {"api", "page"}:
            raise Unsupported(Reason.NO_SOURCE, source)
        steps = by_api(target, uid) if source == "api" else by_page(target, uid)
        try:
            return (yield from steps)
        except Told as told:
            return told.facts

    def _uid_in(self, url: str) -> str:
        found = self.identify(url)
        return found.value if found and found.scheme == "uid" else ""
