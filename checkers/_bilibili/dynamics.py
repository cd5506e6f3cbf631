"""A Bilibili account's dynamics, with the session of an account that the office owns.

Only where the office switches it on. Of a forward, what is forwarded has another's time and is
never read; a pinned item may well be the newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers._bilibili.card import by_card, data_of
from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Post,
    Request,
    Response,
    Steps,
    Target,
    newest_first,
)
from registry.dates import DateError, When, parse_when, shanghai_date
from registry.vocab import CoverageKind, Derivation, Precision, Reason

_SPACE = "https://api.bilibili.com/x/polymer/web-dynamic/v1/feed/space"
_PAGES = 5
"""Pages of twelve items or so: a month of a daily poster."""

_ID_EPOCH = 1498838400
_FIRST_IDS = timedelta(days=31).total_seconds()
"""Ids of before July 2017 were renumbered into the first weeks of the new count."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the pages so far showed."""

    posts: tuple[Post, ...] = ()
    ids: frozenset[str] = frozenset()
    undated: int = 0
    """Own items whose time could not be told."""
    whole: bool = False
    """The platform says that there are no more."""

    def joined(self, later: Listed) -> Listed:
        """These pages and the next one."""
        return Listed(
            self.posts + later.posts,
            self.ids | later.ids,
            self.undated + later.undated,
            later.whole,
        )

    @property
    def reach(self) -> datetime | None:
        """The oldest own item that stands in its order of time; a pinned one does not."""
        in_order = (post.published_at for post in self.posts if post.own and not post.pinned)
        return min(in_order, default=None)


def by_dynamics(target: Target, mid: str) -> Steps:
    """The card of account `mid`, then its dynamics. Raises Inconclusive and Told."""
    profile = yield from by_card(target, mid)
    auth = target.credential or "bilibili_session"
    seen, offset = Listed(), ""
    for page in range(_PAGES):
        paging = f"&offset={offset}" if offset else ""
        response: Response = yield Request(f"{_SPACE}?host_mid={mid}{paging}", auth=auth)
        try:
            data = data_of(response)
            listed = read_items(data, mid, response.moment, seen.ids)
        except Inconclusive:
            if page == 0:
                raise
            break  # what the first pages showed stands; coverage says how far they reach
        seen = seen.joined(listed)
        offset = str(data.get("offset") or "")
        if not listed.ids or not re.fullmatch(r"[0-9]{1,20}", offset) or _enough(seen, target):
            break
    return _with_list(profile, seen)


def read_items(
    data: Mapping[str, Any], mid: str, seen_at: datetime, known: frozenset[str] = frozenset()
) -> Listed:
    """The items of one answer that are not `known`, those of others than `mid` as not own."""
    items = data.get("items")
    if not isinstance(items, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no items")
    parts = list(_parts(items))
    if items and not parts:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "items without an author")
    # an item of another shape may be the newest post of all
    posts, ids, undated = list[Post](), set[str](), len(items) - len(parts)
    for number, (name, modules, author) in enumerate(parts):
        if name in known or name in ids:
            continue
        ids.add(name or f"item {number}")
        own = str(author.get("mid")) == mid
        told = _told(author, name, seen_at)
        if told is None:
            undated += own
            continue
        pinned = "置顶" in str(_within(modules, "module_tag", "text"))
        url = f"https://t.bilibili.com/{name}" if name else ""
        when, derived = told
        posts.append(Post(when.at, when.precision, _title(modules), url, own, pinned, derived))
    return Listed(tuple(posts), frozenset(ids), undated, data.get("has_more") is False)


_NUMBER = re.compile(r"[1-9][0-9]{0,19}")


def _parts(items: list[Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """The id, modules and author of each item; what stands in `orig` is another's."""
    for item in items:
        modules = item.get("modules") if isinstance(item, dict) else None
        if not isinstance(modules, dict):
            continue
        author = modules.get("module_author")
        # whose an item without an author's number is cannot be told
        if isinstance(author, dict) and _NUMBER.fullmatch(str(author.get("mid"))):
            yield str(item.get("id_str") or ""), modules, author


def _within(modules: Mapping[str, Any], *path: str) -> Any:
    found: Any = modules
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


_WHITE = re.compile(r"\s+")


def _title(modules: Mapping[str, Any]) -> str:
    """What the account itself wrote, or the title of what it published."""
    for path in (
        ("desc", "text"),
        ("major", "archive", "title"),
        ("major", "article", "title"),
        ("major", "opus", "title"),
        ("major", "opus", "summary", "text"),
    ):
        text = _within(modules, "module_dynamic", *path)
        if isinstance(text, str) and text.strip():
            return _WHITE.sub(" ", text[:400]).strip()[:80]
    return ""


# --- times --------------------------------------------------------------------------------------


_STAMP = re.compile(r"[0-9]{9,13}")


def _told(
    author: Mapping[str, Any], name: str, seen_at: datetime
) -> tuple[When, Derivation] | None:
    """When an item was published, and what says so; None when nothing does for certain."""
    stamp = str(author.get("pub_ts") or "")
    if _STAMP.fullmatch(stamp):
        try:
            return parse_when(int(stamp), seen_at=seen_at), Derivation.FIELD
        except DateError:
            return None
    inside = id_time(name)
    if inside is None or inside > seen_at or not _agrees(inside, author.get("pub_time"), seen_at):
        return None
    return When(inside, Precision.SECOND), Derivation.ID


def id_time(name: str) -> datetime | None:
    """The second (UTC) at which the dynamic of that id was made; None for ids that hold none."""
    if not re.fullmatch(r"[0-9]{10,19}", name):
        return None
    seconds = int(name) >> 32
    return datetime.fromtimestamp(seconds + _ID_EPOCH, UTC) if seconds >= _FIRST_IDS else None


def _agrees(inside: datetime, printed: Any, seen_at: datetime) -> bool:
    """False when the printed time, coarse as it is, is of another day."""
    try:
        when = parse_when(str(printed or ""), seen_at=seen_at)
    except DateError:
        return True
    return abs((shanghai_date(when.at) - shanghai_date(inside)).days) <= 1


# --- how much was seen --------------------------------------------------------------------------


def _enough(seen: Listed, target: Target) -> bool:
    if seen.whole or target.read_back_to.tzinfo is None:
        return True
    return seen.reach is not None and seen.reach <= target.read_back_to


def _with_list(profile: Facts, seen: Listed) -> Facts:
    """The card's facts with the posts. An empty list is proven only by counters of zero."""
    if not seen.ids:
        counted = [profile.counters.get(name) for name in ("videos", "articles")]
        if not seen.whole or counted != [0, 0]:
            raise Inconclusive(Reason.AMBIGUOUS, f"no dynamics; videos, articles {counted}")
        return replace(profile, coverage=Coverage(CoverageKind.PROVEN_EMPTY))
    if not any(post.own for post in seen.posts):
        reason = Reason.CHANGED_LAYOUT if seen.undated else Reason.WRONG_ACCOUNT
        raise Inconclusive(reason, "no dated dynamics of the account itself")
    return replace(profile, posts=newest_first(seen.posts), coverage=_coverage(seen))


def _coverage(seen: Listed) -> Coverage:
    if seen.undated:
        return Coverage(CoverageKind.PARTIAL)
    if seen.whole:
        return Coverage(CoverageKind.COMPLETE)
    if seen.reach is None:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, seen.reach)
