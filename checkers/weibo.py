"""Sina Weibo: how it is called and addressed, and which way of looking proves what.

It solves no captcha and borrows nobody's cookie: a visitor's is anonymous, a session is one of an
account that the office owns, and both are used only where the office says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping

from checkers._weibo.account import DOMAIN, UID, Told
from checkers._weibo.api import by_api
from checkers._weibo.page import by_page
from checkers._weibo.visitor import by_visitor
from checkers._weibo.wap import by_session
from checkers.addresses import Addressed, Place, follow_short
from checkers.base import (
    Credential,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.feed import read_rsshub
from registry.vocab import CheckKind, Identity, Proof, Reason

_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME})
_LISTED = frozenset({Proof.FRESH, Proof.STALE, Proof.NAME})
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE})


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
    schemes = {"uid": UID, "domain": DOMAIN}
    places = (
        Place("weibo.com", r"/(?:u/|profile/|p/100[1-6]0[56])?(?P<id>\d+)", "uid"),
        Place("weibo.com", r"/p/100[1-6]0[56](?P<id>\d+)/\w+", "uid"),
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
        "weibo.com": Pace(min_gap=30.0, per_run=40),
        "weibo.cn": Pace(min_gap=30.0, per_run=40),
        "passport.weibo.com": Pace(min_gap=30.0, per_run=40),
        "api.weibo.com": Pace(min_gap=2.0, per_run=500),
        "t.cn": Pace(min_gap=5.0, per_run=100),
    }
    credentials = (
        Credential("weibo", "header:Authorization", prefix="OAuth2 ", per_account=True),
        Credential("weibo_session", "cookie"),
    )
    sources = (
        Source(
            "api",
            _PROVES,
            _KINDS,
            needs=("weibo",),
            host="api.weibo.com",
            requests=2,
            label={"zh": "微博开放平台接口", "en": "open API"},
        ),
        Source(
            "rsshub",
            _LISTED,
            pace=Pace(min_gap=5.0),
            route="/weibo/user/{uid}",
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "page",
            _PROVES,
            _KINDS,
            host="m.weibo.cn",
            requests=2,
            label={"zh": "微博移动网页", "en": "m.weibo.cn"},
        ),
        Source(
            "visitor",
            _PROVES,
            _KINDS,
            by_default=False,
            host="m.weibo.cn",
            requests=2,
            label={"zh": "微博移动网页(匿名访客)", "en": "m.weibo.cn as an anonymous visitor"},
        ),
        Source(
            "session",
            _PROVES,
            _KINDS,
            needs=("weibo_session",),
            by_default=False,
            host="weibo.cn",
            label={
                "zh": "微博旧版网页(本单位账号登录)",
                "en": "weibo.cn with the office's session",
            },
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness or identity of the account with the target's `uid`."""
        if source == "rsshub":
            return (yield from read_rsshub(target))
        look = _LOOKS.get(source)
        if look is None:
            raise Unsupported(Reason.NO_SOURCE, source)
        found = yield from self._whom(target)
        if found is None or found.scheme not in _KNOWN_BY[source]:
            raise Unsupported(Reason.NO_ADDRESS, "no uid")
        try:
            return (yield from look(target, found.value))
        except Told as told:
            return told.facts

    def _whom(self, target: Target) -> Generator[Request, Response, Identity | None]:
        """The account: known by id, by the ledger's link, or by where its short link leads."""
        url = target.url.strip()
        linked = self.identify(url)
        known = dict(target.identifiers)
        if linked:
            known.setdefault(linked.scheme, linked.value)
        for scheme, pattern in self.schemes.items():
            if re.fullmatch(pattern, known.get(scheme, "")):
                return Identity(self.platform, scheme, known[scheme])
        if not known and _SHORT.fullmatch(url):
            return (yield from follow_short(self, url))
        return None


_SHORT = re.compile(r"https?://t\.cn/[0-9A-Za-z]{4,12}")
"""A short link of Weibo's own; it may lead anywhere, so it names no account by itself."""

_LOOKS: Mapping[str, Callable[[Target, str], Steps]] = {
    "api": by_api,
    "page": by_page,
    "visitor": by_visitor,
    "session": by_session,
}

_KNOWN_BY = {source: {"uid"} for source in _LOOKS} | {"visitor": {"uid", "domain"}}
"""Source → the schemes it can ask by; only a visitor may ask who stands behind a domain."""
