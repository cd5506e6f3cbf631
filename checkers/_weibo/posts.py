"""Posts of a Weibo account as m.weibo.cn and the open API list them, each with its own time.

Pinned posts come first and are old, reposts carry another account's time inside, and texts such as
"15小时前" are coarse where the post's id holds the second: all of that is sorted out here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checkers.base import Post
from registry.dates import DateError, When, parse_when, shanghai_date, weibo_mid_time
from registry.vocab import DateFault, Derivation, Precision

_CLOSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Listed:
    """What one page of the list showed."""

    posts: tuple[Post, ...] = ()
    mids: frozenset[str] = frozenset()
    undated: int = 0
    """Own posts whose time could not be told, and posts of which not even the author could."""
    notices: str = ""
    """Texts of cards that are no posts."""

    def joined(self, later: Listed) -> Listed:
        """This page and the next one, without posts seen twice."""
        if self is NOTHING:
            return later
        known = {post.url for post in self.posts}
        fresh = tuple(post for post in later.posts if not post.url or post.url not in known)
        return Listed(
            self.posts + fresh,
            self.mids | later.mids,
            self.undated + later.undated,
            f"{self.notices} {later.notices}".strip(),
        )

    @property
    def counted(self) -> int:
        """How many own posts were seen; a pinned one that stands in its order too counts once."""
        return len({post.url for post in self.posts if post.own and post.url})

    @property
    def reach(self) -> datetime | None:
        """The oldest own post that stands in its order of time; a pinned one does not."""
        in_order = [post.published_at for post in self.posts if post.own and not post.pinned]
        return min(in_order, default=None)


NOTHING = Listed()
"""Before the first page."""


def flattened(cards: Any) -> Iterator[Mapping[str, Any]]:
    """All cards of a list, those inside a card_group too."""
    waiting = list(reversed(cards)) if isinstance(cards, list) else []
    while waiting:
        card = waiting.pop()
        if isinstance(card, dict):
            yield card
            inner = card.get("card_group")
            waiting.extend(reversed(inner) if isinstance(inner, list) else ())


def read_cards(cards: Any, uid: str, seen_at: datetime, message: str = "") -> Listed:
    """The posts in `cards` of the account `uid`, times resolved against `seen_at` (UTC).

    `message`: what the answer says beside them, which may be that older posts are hidden.
    """
    flat = list(flattened(cards))
    blogs = [(card, card["mblog"]) for card in flat if isinstance(card.get("mblog"), dict)]
    unread = sum(map(_hides_posts, flat)) + _without_shape(cards)
    notices = [str(card.get(key, "")) for card in flat if "mblog" not in card for key in _NOTICES]
    rows = [(blog, is_pinned(card, blog)) for card, blog in blogs]
    return _listed(rows, uid, seen_at, [message, *notices], unread)


def _hides_posts(card: Mapping[str, Any]) -> bool:
    """True for a card that should show a post, or several, and shows them in no known shape."""
    group = card.get("card_group")
    if isinstance(group, list):
        return _without_shape(group) > 0
    blog = card.get("mblog")
    promised = "mblog" in card or str(card.get("card_type")) == _POST
    return group is not None or (promised and not isinstance(blog, dict))


def _without_shape(rows: Any) -> int:
    """How many entries of a list are no objects, and so may be anything."""
    return sum(not isinstance(row, dict) for row in rows) if isinstance(rows, list) else 0


_POST = "9"
"""`card_type` of a card with one post."""

_NOTICES = ("desc", "desc1", "desc2", "title", "display_name", "title_sub")


def read_statuses(statuses: Any, uid: str, seen_at: datetime) -> Listed:
    """The posts in the open API's `statuses`."""
    rows = statuses if isinstance(statuses, list) else []
    known = [(row, False) for row in rows if isinstance(row, dict)]
    return _listed(known, uid, seen_at, [], _without_shape(rows))


def is_pinned(card: Mapping[str, Any], blog: Mapping[str, Any]) -> bool:
    """True by any of the four marks that a pinned post was seen with."""
    title = blog.get("title")
    text = title.get("text", "") if isinstance(title, dict) else title
    mark = str(card.get("profile_type_id") or blog.get("profile_type_id") or "")
    return (
        str(blog.get("mblogtype")) == "2"
        or str(blog.get("isTop")) in {"1", "True"}
        or "置顶" in str(text or "")
        or mark.startswith("proweibotop")
    )


def _listed(
    rows: Sequence[tuple[Mapping[str, Any], bool]],
    uid: str,
    seen_at: datetime,
    notices: Sequence[str],
    unread: int,
) -> Listed:
    """`unread`: how many further posts there may be that cannot be read at all."""
    posts, mids, undated = list[Post](), set[str](), unread
    for blog, pinned in rows:
        mid, author = _mid(blog), _author(blog)
        own = author == uid
        mids.add(mid)
        if not author:
            undated += 1  # whose it is cannot be told, so it may be the newest post of all
            continue
        told = told_time(mid, blog.get("created_at"), seen_at)
        if told is None:
            undated += own
            continue
        when, derived = told
        url = f"https://m.weibo.cn/detail/{mid}" if mid else ""
        posts.append(Post(when.at, when.precision, _title(blog), url, own, pinned, derived))
    return Listed(tuple(posts), frozenset(mids), undated, " ".join(filter(None, notices)))


def _mid(blog: Mapping[str, Any]) -> str:
    """The long id. A post with a deleted original may show a short old `id` beside it."""
    longest = ""
    for key in ("mid", "idstr", "id"):
        mid = str(blog.get(key, ""))
        if len(longest) < len(mid) <= 20 and mid.isdecimal() and mid.isascii():
            longest = mid
    return longest


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mid_of_short(short: str) -> str:
    """The long id that an address shows as `HATy0b0sZ`; empty for what is no such id.

    From the right, each four signs of base 62 stand for seven digits.
    """
    if not re.fullmatch(r"[0-9A-Za-z]{5,12}", short):
        return ""
    groups = [short[max(0, end - 4) : end] for end in range(len(short), 0, -4)]
    values = [sum(_DIGITS.index(c) * 62**i for i, c in enumerate(reversed(g))) for g in groups]
    return "".join(f"{value:07d}" for value in reversed(values)).lstrip("0")


def _author(blog: Mapping[str, Any]) -> str:
    """The number of its author; empty where it is no number, so that nobody can be told."""
    user = blog.get("user")
    raw = str(user.get("id") or user.get("idstr") or "") if isinstance(user, dict) else ""
    return raw if _NUMBER.fullmatch(raw) else ""


_NUMBER = re.compile(r"[1-9][0-9]{0,19}")


def _title(blog: Mapping[str, Any]) -> str:
    raw = str(blog.get("text") or "")[:4000]
    text = html.unescape(_TAG.sub("", raw) if "<" in raw else raw)
    return " ".join(text.split())[:80]


_TAG = re.compile(r"<[^<>]*>")


def told_time(mid: str, printed: Any, seen_at: datetime) -> tuple[When, Derivation] | None:
    """When a post was published, and what says so; None when nothing does.

    The printed time counts. Where it is coarse and the id does not contradict it, the id's second
    does: it is the moment of creation, and only a scheduled or long-reviewed post differs.
    """
    try:
        field = _printed(printed, seen_at)
    except DateError:
        return None  # a time ahead of its own page is a misreading, whatever the id says
    if field and field.precision is Precision.SECOND:
        return field, Derivation.FIELD
    inside = _inside(mid, seen_at)
    if field is None or inside is None:
        if field:
            return field, Derivation.FIELD
        return (When(inside, Precision.SECOND), Derivation.ID) if inside else None
    if not _agree(field, inside, str(printed)):
        return field, Derivation.FIELD
    return When(inside, Precision.SECOND), Derivation.ID


def _printed(printed: Any, seen_at: datetime) -> When | None:
    """The printed time, if it can be read. Raises DateError for one in the future."""
    if not isinstance(printed, str):
        return None
    try:
        return parse_when(printed, seen_at=seen_at)
    except DateError as error:
        if error.fault is DateFault.FUTURE:
            raise
        return None


def _inside(mid: str, seen_at: datetime) -> datetime | None:
    try:
        at = weibo_mid_time(mid)
    except DateError:
        return None
    return at if at <= seen_at + _CLOSE else None


def _agree(field: When, inside: datetime, printed: str) -> bool:
    if field.precision is not Precision.DAY:
        return abs(field.at - inside) <= _CLOSE
    # hours are rounded down, so they may lead over midnight
    slack = 1 if "时" in printed or "時" in printed else 0
    return 0 <= (shanghai_date(field.at) - shanghai_date(inside)).days <= slack
