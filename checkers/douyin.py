"""抖音 (Douyin): the open platform with the account's own authorisation, the office's RSSHub, and the
anonymous profile of the share pages, which counts posts and shows none.

The lists of its website are signed, and this program forges no signature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkers._bytedance import payload_of
from checkers._douyin_api import read_list
from checkers._share_texts import id_of, labelled, unglued
from checkers.addresses import Addressed, Place
from checkers.base import (
    Coverage,
    Credential,
    Facts,
    Inconclusive,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.feed import read_rsshub
from checkers.naming import display_name
from registry.vocab import CheckKind, CoverageKind, Existence, Identity, Proof, Reason

_PROFILE = "https://www.iesdouyin.com/web/api/v2/user/info/?sec_uid="
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE})
_TOLD: Mapping[int, tuple[Existence, str]] = {
    2065: (Existence.GONE_SIGNAL, "用户不存在"),
    2096: (Existence.RESTRICTED, "privacy settings"),
}
"""Status codes that speak about the account; any other but zero stands in an answer's way."""

_SLOW = Pace(min_gap=60.0, per_run=5)


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
        "open_id": r"_000[A-Za-z0-9_-]{16,60}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    }
    places = (
        Place("douyin.com", r"/(?:share/)?user/(?P<id>MS4wLjAB[\w-]+)", "sec_uid"),
        Place("iesdouyin.com", r"/share/user/(?P<id>MS4wLjAB[\w-]+)", "sec_uid"),
        Place("douyin.com", r"/share/user/\d+", "sec_uid", parameter="sec_uid"),
        Place("iesdouyin.com", r"/share/user/\d+", "sec_uid", parameter="sec_uid"),
        Place("v.douyin.com", r"/[\w-]+", "url"),
    )
    hosts = {
        "open.douyin.com": Pace(min_gap=2.0, per_run=500),
        "www.iesdouyin.com": _SLOW,
        "v.douyin.com": _SLOW,
    }
    credentials = (Credential("douyin", "header:access-token", per_account=True),)
    sources = (
        Source(
            "api",
            frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE}),
            needs=("douyin",),
            host="open.douyin.com",
            label={"zh": "抖音开放平台接口", "en": "open platform"},
        ),
        Source(
            "rsshub",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            route="/douyin/user/{sec_uid}",
            pace=Pace(5.0),
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "page",
            frozenset({Proof.STALE, Proof.EXISTENCE, Proof.NAME}),
            _KINDS,
            label={"zh": "抖音分享页资料", "en": "profile of the share page"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The account in an address, a share text or `抖音号：…`; None for anything else."""
        found = super().identify(unglued(text))
        value = "" if found else labelled(text, ("抖音号", "抖音ID"), self.schemes["douyin_id"])
        return Identity(self.platform, "douyin_id", value) if value else found

    def check(self, target: Target, source: str) -> Steps:
        """Freshness by `open_id` or route; name, existence and the count of posts by `sec_uid`."""
        if source == "api":
            return (yield from read_list(target, self.schemes["open_id"]))
        if source == "rsshub":
            return (yield from read_rsshub(target))
        if source != "page":
            raise Unsupported(Reason.NO_SOURCE, source)
        sec_uid = yield from id_of(self, target, "sec_uid")
        response: Response = yield Request(_PROFILE + sec_uid)
        return _profile(response, sec_uid)


def _profile(response: Response, sec_uid: str) -> Facts:
    """The facts of an anonymous profile, or why there are none."""
    payload = payload_of(response)
    code = payload.get("status_code") if isinstance(payload, dict) else None
    if not isinstance(code, int):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no status_code")
    if code in _TOLD:
        existence, meaning = _TOLD[code]
        words = str(payload.get("status_msg") or meaning)[:120]
        return Facts(existence, identifiers={"sec_uid": sec_uid}, signal=f"{code} {words}")
    if code:
        raise Inconclusive(Reason.BLOCKED, f"status_code {code}")
    user = payload.get("user_info")
    if not isinstance(user, dict) or not user.get("sec_uid"):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no user_info")
    if user["sec_uid"] != sec_uid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, str(user["sec_uid"])[:80])
    return _user(user, sec_uid)


def _user(user: Mapping[str, Any], sec_uid: str) -> Facts:
    posts, followers = _count(user.get("aweme_count")), _count(user.get("follower_count"))
    counted = {"posts": posts, "followers": followers}
    # an answer that holds its figures back shows zeros throughout
    empty = posts == 0 and bool(followers)
    return Facts(
        Existence.EXISTS,
        coverage=Coverage(CoverageKind.PROVEN_EMPTY if empty else CoverageKind.UNREAD),
        display_name=display_name(user.get("nickname")),
        verified_subject=_subject(user.get("enterprise_verify_reason")),
        counters={name: count for name, count in counted.items() if count is not None},
        identifiers={"sec_uid": sec_uid, **_douyin_id(user)},
    )


def _count(raw: object) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 else None


def _subject(reason: object) -> str | None:
    """The body named in the verification of an organisation; a person's stands elsewhere."""
    words = re.sub(r"\s+", " ", reason).strip() if isinstance(reason, str) else ""
    return re.sub(r"\s?的?(?:官方|政务)(?:抖音号|抖音|账号|帐号)$", "", words) or None


def _douyin_id(user: Mapping[str, Any]) -> dict[str, str]:
    """The 抖音号: the one that was chosen, else the one that was given. Zero is none."""
    for name in ("unique_id", "short_id"):
        value = str(user.get(name) or "")
        if value != "0" and re.fullmatch(Douyin.schemes["douyin_id"], value):
            return {"douyin_id": value}
    return {}
