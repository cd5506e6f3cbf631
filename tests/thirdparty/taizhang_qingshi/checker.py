"""青石号: its public profile answers JSON with the newest posts. A counter proves an empty list.

The office's own RSSHub is asked before it, where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checkers.addresses import Addressed, Place
from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
    newest_first,
)
from checkers.feed import read_rsshub
from checkers.naming import display_name
from registry.dates import DateError, parse_when
from registry.vocab import CheckKind, CoverageKind, Existence, Proof, Reason

_HELD_BACK = {404: Existence.GONE_SIGNAL, 423: Existence.RESTRICTED}
"""Codes by which the platform speaks about the account itself."""


class Qingshi(Addressed):
    """青石号."""

    platform = "qingshi"
    label = {"zh": "青石号", "en": "Qingshi"}
    synonyms = ("青石账号", "政务青石号")
    schemes = {"uid": r"[1-9][0-9]{5,9}"}
    places = (Place("qingshi.example", r"/u/(?P<id>\d+)", "uid"),)
    hosts = {"api.qingshi.example": Pace(min_gap=10.0, per_run=100)}
    sources = (
        Source(
            "rsshub",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            route="/qingshi/user/{uid}",
            pace=Pace(5.0),
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
        Source(
            "profile",
            frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME}),
            frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY}),
            label={"zh": "公开主页", "en": "public profile"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """The newest posts of the account with the target's `uid`."""
        if source == "rsshub":
            return (yield from read_rsshub(target))
        if source != "profile":
            raise Unsupported(Reason.NO_SOURCE, source)
        uid = target.identifiers.get("uid")
        if not uid:
            raise Unsupported(Reason.NO_ADDRESS, "no uid")
        response: Response = yield Request(f"https://api.qingshi.example/profile?uid={uid}")
        return _facts(response.json(), uid, response.moment)


def _facts(data: Any, uid: str, seen_at: datetime) -> Facts:
    code = data.get("code") if isinstance(data, dict) else None
    if code in _HELD_BACK:
        return Facts(_HELD_BACK[code], signal=f"{code} {data.get('message', '')}")
    user = data.get("user") if code == 0 else None
    if not isinstance(user, dict) or not isinstance(data.get("list"), list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"code {code}")
    if str(user.get("uid")) != uid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, str(user.get("uid")))
    rows = [row for row in data["list"] if isinstance(row, dict)]
    posts = [post for row in rows if (post := _post(row, uid, seen_at))]
    return Facts(
        Existence.EXISTS,
        newest_first(posts),
        _coverage(rows, posts, user.get("posts")),
        display_name(user.get("name")),
    )


def _post(row: Mapping[str, Any], uid: str, seen_at: datetime) -> Post | None:
    """One item of the list; None when its time cannot be told."""
    try:
        when = parse_when(row.get("time") or "", seen_at=seen_at)
    except DateError:
        return None
    own, pinned = str(row.get("author")) == uid, row.get("top") is True
    return Post(when.at, when.precision, str(row.get("title") or ""), own=own, pinned=pinned)


def _coverage(rows: list[Any], posts: list[Post], counted: object) -> Coverage:
    """How far the list reaches. A pinned post is out of order and says nothing of the reach."""
    if not rows:
        if counted != 0:
            raise Inconclusive(Reason.AMBIGUOUS, f"an empty list of {counted} posts")
        return Coverage(CoverageKind.PROVEN_EMPTY)
    in_order = [post.published_at for post in posts if post.own and not post.pinned]
    if len(posts) < len(rows) or not in_order:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, min(in_order))
