"""今日头条 (Toutiao): the office's own RSSHub, and the anonymous profile of the app's share pages, which
shows no posts.

The lists of its website are signed, and this program forges no signature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkers._bytedance import payload_of
from checkers._share_texts import id_of, unglued
from checkers.addresses import Addressed, Place
from checkers.base import (
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
from registry.vocab import CheckKind, Existence, Identity, Proof, Reason

_PROFILE = (
    "https://is.snssdk.com/user/profile/homepage/v3/json/"
    "?to_html=0&source=article_top_author&refer=all&media_id="
)


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
        Place("toutiao.com", r"/(?:c/user/|m/?|profile/|user/)(?P<id>\d+)", "uid"),
        Place("zjurl.cn", r"/rogue/ugc/profile", "uid", parameter="user_id"),
        Place("m.toutiao.com", r"/is/[\w-]+", "url"),
    )
    hosts = {
        "is.snssdk.com": Pace(min_gap=60.0, per_run=5),
        "m.toutiao.com": Pace(min_gap=60.0, per_run=5),
    }
    sources = (
        Source(
            "rsshub",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            route="/toutiao/user/token/{token}",
            pace=Pace(5.0),
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "page",
            frozenset({Proof.NAME}),
            frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}),
            label={"zh": "头条分享页资料", "en": "profile of the share page"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The account in an address or a share text; None for anything else."""
        return super().identify(unglued(text))

    def check(self, target: Target, source: str) -> Steps:
        """Freshness by `token`; name and verified body by `uid`."""
        if source == "rsshub":
            # the list of an account holds cards that recommend others
            return (yield from read_rsshub(target, mixed=True))
        if source != "page":
            raise Unsupported(Reason.NO_SOURCE, source)
        uid = yield from id_of(self, target, "uid")
        response: Response = yield Request(_PROFILE + uid)
        return _profile(response, uid)


def _profile(response: Response, uid: str) -> Facts:
    """The facts of a profile. `is_blocked` in it is about the visitor, so it says nothing here."""
    payload = payload_of(response)
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no data")
    if payload.get("message") != "success" or data.get("status") != 0:
        said = f"{payload.get('message')}, status {data.get('status')}"
        raise Inconclusive(Reason.AMBIGUOUS, said[:120])
    ids = {str(data.get(key)) for key in ("user_id", "media_id") if data.get(key)}
    if not ids:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no id")
    if uid not in ids:
        raise Inconclusive(Reason.WRONG_ACCOUNT, ", ".join(sorted(ids))[:80])
    count = data.get("followers_count")
    return Facts(
        Existence.EXISTS,
        display_name=display_name(data.get("name")) or display_name(data.get("screen_name")),
        verified_subject=_subject(data),
        counters={"followers": count} if type(count) is int else {},
        identifiers={"uid": uid},
    )


def _subject(data: Mapping[str, Any]) -> str | None:
    """The body named in a verification of an official account; a person's names none."""
    words = re.sub(r"\s+", " ", str(data.get("verified_content") or "")).strip()
    found = re.fullmatch(r"(.+?)\s?的?(?:官方|政务)(?:头条号|账号|帐号)", words)
    return found[1] if found and data.get("user_verified") is True else None
