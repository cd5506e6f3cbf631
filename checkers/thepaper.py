"""澎湃号 (The Paper): the site's anonymous JSON, and the office's own RSSHub.

Offices of government (政务号) and other authors (湃客) are listed at two addresses. A relative time
in words is never read, and an empty list never counts as empty: nothing else says that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
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

_API = "https://api.thepaper.cn"
_PAGES = 3
_PAGE_SIZE = 20

_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.NAME})
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE})
_RSSHUB = Pace(min_gap=5.0)
_GOVERNMENT, _USER = "gov", "user"
_IsOwn = Callable[[Mapping[str, Any]], bool]


class ThePaper(Addressed):
    """澎湃政务号与湃客."""

    platform = "thepaper"
    label = {"zh": "澎湃号", "en": "The Paper"}
    synonyms = ("澎湃", "澎湃新闻", "澎湃政务", "澎湃政务号", "澎湃问政", "澎湃新闻号")
    schemes = {"pph_id": r"[0-9]{1,12}"}
    places = (
        Place("thepaper.cn", r"/(?:gov|user)_(?P<id>\d+)", "pph_id"),
        Place("thepaper.cn", r"/ppDetail", "pph_id", parameter="pphId"),
    )
    hosts = {"api.thepaper.cn": Pace(min_gap=4.0, per_run=200)}
    sources = (
        Source("json", _PROVES, _KINDS, label={"zh": "澎湃公开数据", "en": "public JSON"}),
        Source(
            "rsshub",
            _PROVES,
            pace=_RSSHUB,
            route="/thepaper/gov/{pph_id}",
            label={"zh": "自建 RSSHub（政务号）", "en": "own RSSHub, government"},
        ),
        Source(
            "rsshub_user",
            _PROVES,
            pace=_RSSHUB,
            route="/thepaper/user/{pph_id}",
            label={"zh": "自建 RSSHub（湃客）", "en": "own RSSHub, users"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness or identity of the account with the target's `pph_id`."""
        if source in {"rsshub", "rsshub_user"}:
            wanted = _USER if source == "rsshub_user" else _GOVERNMENT
            if wanted not in _listings(target):
                raise Unsupported(Reason.NO_ADDRESS, f"its address is not one of a {wanted}")
            return (yield from read_rsshub(target))
        if source != "json":
            raise Unsupported(Reason.NO_SOURCE, source)
        pph_id = target.identifiers.get("pph_id", "") or self._id_in(target.url)
        if not re.fullmatch(self.schemes["pph_id"], pph_id):
            raise Unsupported(Reason.NO_ADDRESS, "no pph_id")
        if target.kind is CheckKind.IDENTITY:
            return (yield from _identity(pph_id))
        return (yield from _freshness(target, pph_id))

    def _id_in(self, url: str) -> str:
        found = self.identify(url)
        return found.value if found else ""


def _listings(target: Target) -> tuple[str, ...]:
    """Which of the two lists may hold the account: the one that its address names, else both."""
    named = re.search(r"thepaper\.cn/(gov|user)_\d", target.url)
    return (named[1],) if named else (_GOVERNMENT, _USER)


# --- who it is ----------------------------------------------------------------------------------


def _identity(pph_id: str) -> Steps:
    url = f"{_API}/userservice/user/homePage/{pph_id}"
    response: Response = yield Request(url, headers=(("Client-Type", "2"),))
    user = _mapping(response.json()).get("userInfo")
    if response.status != 200 or not isinstance(user, dict):
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}, no userInfo")
    shown = str(user.get("userId") or pph_id)
    if shown != pph_id:
        raise Inconclusive(Reason.WRONG_ACCOUNT, shown)
    name = display_name(user.get("sname"))
    if name is None:
        raise Inconclusive(Reason.AMBIGUOUS, "a user without a name")
    return Facts(Existence.EXISTS, display_name=name, identifiers={"pph_id": pph_id})


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    return data


# --- what it posts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of a list, or several joined."""

    items: Mapping[str, Mapping[str, Any]]
    """By their own number."""
    more: bool
    start: int
    """What the next page is asked with."""


def _freshness(target: Target, pph_id: str) -> Steps:
    listing, seen, seen_at = yield from _first_page(target, pph_id)
    facts = _facts(target, pph_id, seen.items, seen_at)
    for page in range(2, _PAGES + 1):
        if not seen.more or _far_enough(facts, target):
            break
        response: Response = yield _request(listing, pph_id, page, seen.start)
        try:
            found = _page(response)
        except Inconclusive:
            break  # what the first pages showed stands; coverage says how far they reach
        if not found.items.keys() - seen.items.keys():
            break
        seen = replace(found, items={**seen.items, **found.items})
        facts = _facts(target, pph_id, seen.items, seen_at)
    return facts


def _first_page(
    target: Target, pph_id: str
) -> Generator[Request, Any, tuple[str, _Page, datetime]]:
    """(list, its first page, when it was seen) of the first list that holds anything.

    Where the address does not say which, the government's is asked first, and mostly last too.
    """
    refusal = Inconclusive(Reason.AMBIGUOUS, "an empty list")
    for listing in _listings(target):
        response: Response = yield _request(listing, pph_id, 1, 0)
        try:
            found = _page(response)
        except Inconclusive as failed:
            if failed.reason is not Reason.AMBIGUOUS:
                raise
            refusal = failed
            continue
        if found.items:
            return listing, found, response.moment
    raise refusal


def _request(listing: str, pph_id: str, page: int, start: int) -> Request:
    wanted: dict[str, Any] = {"pageNum": page, "pageSize": _PAGE_SIZE, "pphId": pph_id}
    if listing == _USER:
        wanted |= {"contType": 0, "excludeContIds": [], "startTime": start}
    return Request.json_post(f"{_API}/contentapi/cont/pph/{listing}", wanted)


def _page(response: Response) -> _Page:
    """A page; Inconclusive(AMBIGUOUS) where the answer is no list at all."""
    payload = _mapping(response.json())
    data = payload.get("data")
    if response.status != 200 or payload.get("code") != 200 or not isinstance(data, dict):
        raise Inconclusive(Reason.AMBIGUOUS, f"code {payload.get('code')}: {_said(payload)}")
    listed = data.get("list")
    if not isinstance(listed, list):
        raise Inconclusive(Reason.AMBIGUOUS, "no list")
    items = [item for item in listed if isinstance(item, dict)]
    if len(items) < len(listed):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "items that are no objects")
    start = data.get("startTime")
    return _Page(
        {_number(item): item for item in items},
        bool(items) and data.get("hasNext") is not False,
        start if isinstance(start, int) else 0,
    )


def _number(item: Mapping[str, Any]) -> str:
    """What tells an item from the others, on whichever page it stands.

    The time belongs to it: of two items of one number neither may hide the other.
    """
    return f"{item.get('contId') or item.get('name')} {item.get('pubTimeLong')}"


def _said(payload: Mapping[str, Any]) -> str:
    return str(payload.get("desc") or payload.get("msg") or "")[:120]


def _far_enough(facts: Facts, target: Target) -> bool:
    back_to, since = target.read_back_to, facts.coverage.since
    return back_to.tzinfo is None or (since is not None and since <= back_to)


def _facts(
    target: Target, pph_id: str, items: Mapping[str, Mapping[str, Any]], seen_at: datetime
) -> Facts:
    own = _own(target, pph_id, list(items.values()))
    dated = [(item, read_post(item, seen_at)) for item in items.values()]
    posts = [replace(post, own=own(item)) for item, post in dated if post]
    name = next((n for i in items.values() if own(i) and (n := display_name(_author(i)[1]))), None)
    return Facts(
        Existence.EXISTS,
        newest_first(posts),
        _coverage(posts, len(items)),
        display_name=name,
        identifiers={"pph_id": pph_id},
    )


def read_post(item: Mapping[str, Any], seen_at: datetime) -> Post | None:
    """One item of a list seen at `seen_at`; None where `pubTimeLong` (ms) is no time that can be.

    `pubTime` is a text such as 20小时前 that may have been cached, so it is never looked at.
    """
    raw = item.get("pubTimeLong")
    if not isinstance(raw, int) or isinstance(raw, bool):
        return None
    try:
        when = parse_when(raw, seen_at=seen_at)
    except DateError:
        return None
    number = str(item.get("contId") or "")
    url = f"https://www.thepaper.cn/newsDetail_forward_{number}" if number else ""
    return Post(when.at, when.precision, str(item.get("name") or "")[:200], url)


def _coverage(posts: Sequence[Post], listed: int) -> Coverage:
    """`posts` as listed, the newest first: whole from the last own one on, so that an old one put
    on top says nothing of the reach."""
    own = [post.published_at for post in posts if post.own]
    if len(posts) < listed or not own:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, own[-1])


def _author(item: Mapping[str, Any]) -> tuple[str, str]:
    """(number, name) of an item's author, empty where the item does not say."""
    info = item.get("authorInfo")
    info = info if isinstance(info, dict) else {}
    return str(info.get("userId") or ""), str(info.get("sname") or "").strip()


def _own(target: Target, pph_id: str, items: Sequence[Mapping[str, Any]]) -> _IsOwn:
    """Says of an item whether it is the account's own; raises when none of them can be.

    An author's number decides; where only names are given, the ledger's name; an item that names
    nobody is the account's whose list it stands in.
    """
    authors = {_author(item) for item in items}
    names = {name for number, name in authors if not number and name}

    def is_own(item: Mapping[str, Any]) -> bool:
        number, name = _author(item)
        if number == pph_id or not (number or name):
            return True
        return name == target.name.strip() or (not number and len(names) == 1)

    if not any(is_own(item) for item in items):
        shown = ", ".join(sorted(" ".join(author).strip() for author in authors))
        raise Inconclusive(Reason.WRONG_ACCOUNT, shown[:120])
    return is_own
