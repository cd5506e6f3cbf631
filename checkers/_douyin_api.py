"""The list of posts that Douyin's open platform gives to an account's own authorisation.

The list names no author: it is the account's that gave the token. Posts that the public cannot see
do not count. It calls nothing empty, since no second field of the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Post,
    Request,
    Response,
    Steps,
    Target,
    Unsupported,
    newest_first,
)
from registry.dates import DateError, When, parse_when
from registry.vocab import CoverageKind, Derivation, Existence, Reason

_LIST = "https://open.douyin.com/api/douyin/v1/video/video_list/"
_PAGES = 3
_PER_PAGE = 20
"""The most that one answer holds."""

_PUBLIC = 5
_HIDDEN = frozenset({2, 4, 6, 7})
"""Not fit for the public, under review, for friends only, private."""

_TOLD: Mapping[int, Existence] = {
    28001045: Existence.GONE_SIGNAL,
    28001046: Existence.RESTRICTED,
    28001047: Existence.RESTRICTED,
}
"""The account was deregistered, banned, made private."""

_ERRORS: Mapping[int, Reason] = {
    2100004: Reason.SERVER_ERROR,
    28001005: Reason.SERVER_ERROR,
    28001006: Reason.SERVER_ERROR,
    2190001: Reason.RATE_LIMITED,
    28001052: Reason.RATE_LIMITED,
    28003017: Reason.RATE_LIMITED,
    28003018: Reason.RATE_LIMITED,
    2100007: Reason.PERMISSION,
    2100009: Reason.PERMISSION,
    28001012: Reason.PERMISSION,
    28001014: Reason.PERMISSION,
    28001018: Reason.PERMISSION,
    28001019: Reason.PERMISSION,
    28001020: Reason.PERMISSION,
    28001056: Reason.PERMISSION,
}
"""Any other code is a matter of the office's application or token."""


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of the list."""

    rows: tuple[Mapping[str, Any], ...]
    cursor: int
    more: bool | None
    """None where the answer does not say."""


def read_list(target: Target, open_id_pattern: str) -> Steps:
    """The public posts of the account whose `open_id` the target holds.

    Raises Unsupported without that id, Inconclusive for errors of the platform.
    """
    open_id = target.identifiers.get("open_id", "")
    if not re.fullmatch(open_id_pattern, open_id):
        raise Unsupported(Reason.NO_ADDRESS, "no open_id")
    rows, cursor, more = list[Mapping[str, Any]](), 0, None
    for number in range(_PAGES):
        response: Response = yield _request(open_id, cursor, target.credential or "douyin")
        try:
            answered = _answer(response)
        except Inconclusive:
            if number == 0:
                raise
            break  # what the first pages showed stands; coverage says how far they reach
        if isinstance(answered, Facts):
            return answered
        rows += answered.rows
        more = answered.more
        onward = more and answered.cursor != cursor and answered.rows
        if not onward or _reaches(rows, response.moment, target.read_back_to):
            break
        cursor = answered.cursor
    return _facts(rows, more, response.moment, open_id)


def _request(open_id: str, cursor: int, auth: str) -> Request:
    url = f"{_LIST}?open_id={open_id}&cursor={cursor}&count={_PER_PAGE}"
    return Request(url, headers=(("Content-Type", "application/json"),), auth=auth)


def _answer(response: Response) -> _Page | Facts:
    """One page, or what the platform says about the account; Inconclusive for anything else."""
    payload = response.json()
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no data")
    extra = payload.get("extra")
    for part in (extra if isinstance(extra, dict) else {}, data):
        if code := _whole(part.get("error_code")):
            said = f"{code} {str(part.get('description') or '')[:120]}".strip()
            if code in _TOLD:
                return Facts(_TOLD[code], signal=said)
            raise Inconclusive(_ERRORS.get(code, Reason.CONFIG), said)
    listed = data.get("list")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list")
    more = data.get("has_more")
    told = bool(more) if more in (0, 1) else None
    return _Page(tuple(listed), _whole(data.get("cursor")) or 0, told)


def _whole(raw: object) -> int | None:
    return int(str(raw)) if re.fullmatch(r"[0-9]{1,19}", str(raw)) else None


# --- rows ---------------------------------------------------------------------------------------


def _facts(
    rows: list[Mapping[str, Any]], more: bool | None, seen_at: datetime, open_id: str
) -> Facts:
    posts, unsure = list[Post](), 0
    for row in rows:
        public, told = _is_public(row), _time(row, seen_at)
        if public and told:
            posts.append(_post(row, *told))
        unsure += public is None or (public and (told is None or told[1] is Derivation.ID))
    if not posts and not unsure:
        raise Inconclusive(Reason.AMBIGUOUS, f"no public post among {len(rows)} listed")
    return Facts(
        Existence.EXISTS,
        newest_first(posts),
        Coverage(CoverageKind.PARTIAL) if unsure else _coverage(posts, more),
        identifiers={"open_id": open_id},
        note=f"{unsure} posts of uncertain time or visibility" if unsure else "",
    )


def _coverage(posts: list[Post], more: bool | None) -> Coverage:
    if more is False:
        return Coverage(CoverageKind.COMPLETE)
    oldest = min((post.published_at for post in posts if not post.pinned), default=None)
    if oldest is None:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, oldest)


def _reaches(rows: list[Mapping[str, Any]], seen_at: datetime, back_to: datetime) -> bool:
    """True when a post in its order of time is as old as asked; true at once if nothing is asked."""
    if back_to.tzinfo is None:
        return True
    times = [told for row in rows if not row.get("is_top") and (told := _time(row, seen_at))]
    return any(when.at <= back_to for when, _derived in times)


def _is_public(row: Mapping[str, Any]) -> bool | None:
    """Whether everybody can see the post; None where the answer leaves it open."""
    if row.get("video_status") is None:
        return row.get("is_reviewed") != 0  # false is zero, and missing is neither
    status = _whole(row["video_status"])
    return status == _PUBLIC if status in {_PUBLIC, *_HIDDEN} else None


def _time(row: Mapping[str, Any], seen_at: datetime) -> tuple[When, Derivation] | None:
    """When a post was published; by its id, when it was made, which may be long before."""
    created, video_id = _whole(row.get("create_time")), _whole(row.get("video_id"))
    try:
        if created:
            return parse_when(created, seen_at=seen_at), Derivation.FIELD
        if video_id:
            return parse_when(video_id >> 32, seen_at=seen_at), Derivation.ID
    except DateError:
        pass
    return None


def _post(row: Mapping[str, Any], when: When, derived: Derivation) -> Post:
    title, url = str(row.get("title") or "")[:200], str(row.get("share_url") or "")[:500]
    pinned = bool(row.get("is_top"))
    return Post(when.at, when.precision, title, url, True, pinned, derived)
