"""Any RSS or Atom feed by its address, and feeds of the office's own RSSHub, for all platforms.

A feed tells when something was posted, and by its title who posts. It does not tell whether the
account still exists, and it never counts as empty: a broken source also lists nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from urllib.parse import parse_qsl, unquote, urlsplit

from checkers._web.feeds import RawFeed, read_feed
from checkers._web.pages import split
from checkers.base import (
    Checker,
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
from checkers.naming import display_name
from registry.dates import DateError, Reading, feed_moments, parse_when
from registry.text import fold_space
from registry.vocab import CoverageKind, Precision, Proof, Reason

_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.NAME})
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_OLDEST = datetime(1999, 1, 1, tzinfo=UTC)
"""RSS began in 1999; a date before that is a missing one."""

_MIDNIGHT = 16
"""The hour in UTC at which a day in Shanghai begins."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FAILED_ITEM = "获取数据失败"
_LEAVES_OUT = re.compile(r"[/&](?:showRetweeted=(?:0|false)|hideGoods=(?:1|true))(?:[/&]|$)", re.I)
"""Parameters in a route by which RSSHub leaves out what the account reposted or advertised."""

_PUBLIC_INSTANCES = frozenset({"rsshub.app", "www.rsshub.app"})

_PLATFORM_WORDS = r"(?:微博|bilibili|B站|哔哩哔哩|抖音|快手|头条|知乎|小红书|视频号|澎湃)"
_OF_PLATFORM = re.compile(rf"\s*的\s*{_PLATFORM_WORDS}\S*(?:\s.{{0,40}})?$", re.I)
_WITH_PLATFORM = re.compile(
    r"(?:\s*的作品|\s*-\s*笔记)?\s*[-–—|·•]\s*(?:微博|抖音|快手|哔哩哔哩|bilibili|今日头条|知乎|小红书)\S*"
    r"(?:\s.{0,40})?$",
    re.I,
)
_BEFORE = re.compile(r"^澎湃新闻政务号\s*-\s*")
_STOOD_IN = re.compile(r"用户\s*\S+|[\w-]{6,}的作品\s*-\s*快手|政务号\s*\d+")

_ON_ACCOUNT = re.compile(
    r"user\s+(?:does\s+)?not\s+(?:exist|found)|not\s+exist|用户不存在|啥都木有|无法获取用户信息"
    r"|暂未发表作品|账号已注销|帐号已注销|已被封禁",
    re.I,
)
_ON_CONFIG = re.compile(r"lack of relevant config|authentication failed|access denied", re.I)


class Feed(Checker):
    """Accounts of any platform for which the office gave the address of a feed."""

    label = {"zh": "订阅源", "en": "feed"}
    sources = (
        Source("feed", _PROVES, address=True, label={"zh": "RSS 订阅源", "en": "RSS or Atom feed"}),
        Source(
            "rsshub",
            _PROVES,
            address=True,
            pace=Pace(min_gap=5.0),
            label={"zh": "自建 RSSHub", "en": "own RSSHub"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """The posts listed at `target.address`, a whole address with http or https."""
        if source == "rsshub":
            return (yield from read_rsshub(target))
        if source != "feed":
            raise Unsupported(Reason.NO_SOURCE, source)
        response: Response = yield _request(target.address)
        return _said(target, response)


def read_rsshub(target: Target, *, mixed: bool = False) -> Steps:
    """The posts that the office's own RSSHub lists at `target.address`, for any platform's checker.

    A checker that declares a source with a `route` hands its target on to this. `mixed`: the route
    may list other people's items beside the account's own, told apart by their author.
    Raises Unsupported (no_address) without an address, Inconclusive for what RSSHub says instead of
    a feed.
    """
    request = _request(target.address)
    host = urlsplit(request.url).hostname
    if host in _PUBLIC_INSTANCES:
        raise Unsupported(Reason.CONFIG, f"{host} is shared by everybody: run your own")
    response: Response = yield request
    _refuse_by_words(response)
    return _said(target, response, mixed)


def _said(target: Target, response: Response, mixed: bool = False) -> Facts:
    feed = _feed(response)
    owner = _owner(feed, target.name) if mixed else None
    facts = facts_of(feed, response.moment, owner)
    if target.platform == "wechat" or _filtered(target.address):
        return _fresh_only(facts)
    if mixed and _of_another(feed, target.name):
        return _fresh_only(facts)
    return facts


def _request(address: str) -> Request:
    parts = urlsplit(address)
    if not address:
        raise Unsupported(Reason.NO_ADDRESS)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unsupported(Reason.CONFIG, f"not a whole address: {address[:80]}")
    return Request(address, headers=(("Accept", _ACCEPT),))


def _filtered(address: str) -> bool:
    """True when the route leaves posts out: then silence means nothing."""
    parts = urlsplit(address)
    if any(name.startswith("filter") for name, _ in parse_qsl(parts.query)):
        return True
    return _LEAVES_OUT.search(unquote(parts.path)) is not None


def _fresh_only(facts: Facts) -> Facts:
    """The facts of a mirror that may lag behind or leave out: they can prove fresh, never stale."""
    return Facts(
        posts=facts.posts,
        coverage=Coverage(CoverageKind.PARTIAL),
        display_name=facts.display_name,
        note=facts.note,
    )


def _feed(response: Response) -> RawFeed:
    response.usable()
    if response.status in {404, 410}:
        raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
    if response.status != 200:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status}")
    feed = read_feed(response.body, response.headers.get("content-type", ""))
    if feed is None:
        raise Inconclusive(Reason.NOT_A_FEED)
    return feed


# --- what RSSHub says instead of a feed ---------------------------------------------------------


def _refuse_by_words(response: Response) -> None:
    """Raises when RSSHub says why it gives no feed: few statuses stand for many causes there."""
    if response.failure or not (response.status in {403, 404} or response.status >= 500):
        return
    words = _error_words(response)
    said = f"HTTP {response.status}: {words}"
    if _ON_CONFIG.search(words):
        raise Inconclusive(Reason.CONFIG, said)
    if "route is empty" in words or _ON_ACCOUNT.search(words):
        raise Inconclusive(Reason.AMBIGUOUS, said)
    if words:
        by_status = {403: Reason.CONFIG, 404: Reason.NOT_FOUND}
        raise Inconclusive(by_status.get(response.status, Reason.SERVER_ERROR), said)


def _error_words(response: Response) -> str:
    """RSSHub's own error message; empty when somebody else answered, a proxy for one."""
    text = response.text()
    try:
        return str(json.loads(text)["error"]["message"])[:160]
    except (ValueError, KeyError, TypeError, RecursionError):
        named = re.search(r"\w{0,30}Error: .{1,160}", split(text).visible)
        return named.group() if named else ""


# --- facts --------------------------------------------------------------------------------------


def _owner(feed: RawFeed, name: str) -> str | None:
    """Whose the account is where a feed has several authors; None where it has one or none.

    The channel may be titled after its first item, so with several authors it must bear the name
    that the ledger knows.
    """
    if len({item.author for item in feed.items}) < 2:
        return None
    titled = channel_name(feed.title)
    if titled is None or fold_space(titled) != fold_space(name):
        raise Inconclusive(Reason.WRONG_ACCOUNT, f"several authors under {feed.title[:80]!r}")
    return titled


def _of_another(feed: RawFeed, name: str) -> bool:
    """True where an author stands beside the items and none has the name that the ledger knows.

    The account may have been renamed, or cards that recommend somebody else are all that is shown.
    """
    authors = {fold_space(item.author) for item in feed.items} - {""}
    return bool(authors) and fold_space(name) not in authors


def facts_of(feed: RawFeed, seen_at: datetime, owner: str | None = None) -> Facts:
    """The facts of a feed fetched at `seen_at` (UTC). Raises Inconclusive.

    `owner`: items by any other author are other people's; None where all are the account's own.
    """
    if not feed.items:
        raise Inconclusive(Reason.AMBIGUOUS, "a feed without items")
    if _FAILED_ITEM in "\n".join([item.title for item in feed.items]):
        raise Inconclusive(Reason.SYNTHETIC_DATES, _FAILED_ITEM)
    whens = _whens([item.date for item in feed.items], seen_at)
    dated = [(item, *when) for item, when in zip(feed.items, whens, strict=True) if when]
    if not dated:
        raise Inconclusive(Reason.AMBIGUOUS, "items without dates")
    moments = [at for _item, at, _precision in dated]
    _refuse_synthetic(moments, _when(feed.built, seen_at), seen_at)
    undated = len(feed.items) - len(dated)
    whole = feed.sound and not undated and owner is None
    return Facts(
        posts=newest_first(
            [
                Post(
                    at,
                    precision,
                    item.title[:200],
                    item.url,
                    owner is None or item.author == owner,
                )
                for item, at, precision in dated
            ]
        ),
        coverage=(
            _reach([(at, precision) for _item, at, precision in dated])
            if whole
            else Coverage(CoverageKind.PARTIAL)
        ),
        display_name=channel_name(feed.title),
        note=f"{undated} items without a date" if undated else "",
    )


def _whens(texts: Sequence[str], seen_at: datetime) -> list[Reading | None]:
    """When each was, or None; all at once where they are of the usual form and nothing is odd."""
    moments = feed_moments(texts)
    if moments and min(moments) >= _OLDEST and max(moments) <= seen_at:
        second = Precision.SECOND
        return [(at, second if at.hour != _MIDNIGHT else _precision(at, second)) for at in moments]
    return [_when(text, seen_at) for text in texts]


def _when(text: str, seen_at: datetime) -> Reading | None:
    try:
        when = parse_when(text, seen_at=seen_at, earliest=_OLDEST)
    except DateError:
        return None
    return when.at, _precision(when.at, when.precision)


def _precision(at: datetime, printed: Precision) -> Precision:
    """As printed, but that a source which knows only the day prints midnight; `at` is UTC."""
    midnight = at.hour == _MIDNIGHT and not (at.minute or at.second or at.microsecond)
    return Precision.DAY if midnight else printed


def _refuse_synthetic(
    moments: Sequence[datetime], built: Reading | None, seen_at: datetime
) -> None:
    """Refuse dates that a source made up: all of them are the minute of building or fetching.

    A feed of one old post may well be dated by that post, so one item counts only if it is new.
    """
    for made in (built[0] if built else None, seen_at):
        close = made is not None and all(abs(at - made) <= _MINUTE for at in moments)
        if close and (len(moments) > 1 or seen_at - moments[0] < _DAY):
            raise Inconclusive(
                Reason.SYNTHETIC_DATES, f"all {len(moments)} at the time of building"
            )


def _reach(listed: Sequence[Reading]) -> Coverage:
    """A feed lists the newest posts, so it is whole from its oldest one on."""
    oldest, precision = min(listed, key=itemgetter(0))
    # of the oldest day a list of days may show only a part
    since = oldest + _DAY if precision is Precision.DAY else oldest
    return Coverage(CoverageKind.REACHES_BACK_TO, since)


def channel_name(title: str) -> str | None:
    """The account's name in a channel's title, without what RSSHub puts behind it."""
    title = _BEFORE.sub("", title)
    if len(title) > 200 or _STOOD_IN.fullmatch(title):
        return None
    name = _WITH_PLATFORM.sub("", title)
    return display_name(_OF_PLATFORM.sub("", name))
