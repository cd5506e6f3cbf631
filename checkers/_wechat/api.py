"""Answers of WeChat's official API: the error code first, then what was published and when.

Codes are matched, never texts. A day whose statistics are late, refused or of the abandoned kind
is an unread day, and an unread day is never silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from checkers._wechat.credentials import HOST
from checkers.base import Coverage, Facts, Inconclusive, Post, Request, Response
from registry.dates import DateError, parse_when, start_of_day
from registry.vocab import CoverageKind, Existence, Precision, Reason

STATISTICS_BEGIN = date(2025, 11, 1)
"""getarticletotaldetail knows nothing before this day and refuses to be asked."""

_NOT_READY = frozenset({61500, 61501, 61503})
"""Date refused or data not there yet: said of yesterday until the statistics are made."""

_MEANING: Mapping[Reason, frozenset[int]] = {
    Reason.RATE_LIMITED: frozenset({-1, 45009, 45011}),
    Reason.CONFIG: frozenset(
        {
            40001,
            40002,
            40013,
            40014,
            40125,
            40164,
            40243,
            41001,
            41002,
            41004,
            41018,
            42001,
            61004,
            61005,
            61006,
            61011,
            61014,
            61015,
            61023,
            61024,
            89501,
            89503,
            89506,
            89507,
        }
    ),
    Reason.PERMISSION: frozenset({48001, 50001, 61003, 61007, 61016, 61017}),
}

_RESTRICTED: Mapping[int, str] = {
    48004: "api banned for this account",
    50002: "account frozen, deregistered or migrating",
    50004: "account under punishment",
    50007: "account frozen",
}

_ADDRESS = frozenset({40164, 61004})
"""The caller's address is not on the whitelist; the message names it."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.A)
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.I)


class Refused(Inconclusive):
    """An error code in place of an answer."""

    def __init__(self, reason: Reason, code: int, message: str) -> None:
        super().__init__(reason, message)
        self.code = code


class AccountRestricted(Exception):
    """The API answers for an account that the platform holds back: a fact, not a failure."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message

    def facts(self) -> Facts:
        """Existence RESTRICTED with the code as it came; nothing else is known."""
        return Facts(Existence.RESTRICTED, signal=str(self), note=_RESTRICTED[self.code])


def payload(response: Response) -> dict[str, Any]:
    """The object that the API answered.

    Raises Inconclusive for walls, broken JSON and every error code, and AccountRestricted for the
    codes by which the platform says that it holds the account back. What the office's third-party
    platform is refused says nothing of an account, so that no code is told of it.
    """
    return _answered(response, response.json())


def _answered(response: Response, data: Any) -> dict[str, Any]:
    """The object that `response` holds as `data`; raises as `payload` does."""
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    code = _error_code(data)
    if code and _of_component(response):
        reason = Reason.CONFIG if code in _RESTRICTED else _reason(code)
        raise Inconclusive(reason, _told(code, data))
    if code:
        _refuse(code, data)
    return data


def _of_component(response: Response) -> bool:
    """True for an answer to the third-party platform itself: to its token, or one through it."""
    return "/cgi-bin/component/" in urlsplit(response.url).path


def _told(code: int, data: Mapping[str, Any]) -> str:
    message = str(data.get("errmsg", ""))[:160]
    if code in _ADDRESS:
        return f"{code} IP {_address(message)} is not on the whitelist"
    return f"{code} {message}"


def _reason(code: int) -> Reason:
    return next((r for r, codes in _MEANING.items() if code in codes), Reason.AMBIGUOUS)


def _error_code(data: Mapping[str, Any]) -> int:
    raw = data.get("errcode", 0)
    try:
        return int(raw)
    except (TypeError, ValueError, OverflowError):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"errcode {str(raw)[:20]}") from None


def _refuse(code: int, data: Mapping[str, Any]) -> None:
    if code in _RESTRICTED:
        raise AccountRestricted(code, str(data.get("errmsg", ""))[:160])
    raise Refused(_reason(code), code, _told(code, data))


def _address(message: str) -> str:
    found = _IP.search(message) or _IPV6.search(message)
    return found.group() if found else "?"


def second(value: Any, moment: datetime) -> datetime | None:
    """The moment in Unix seconds, or None: no such number, before 2009, or after `moment`."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        when = parse_when(value, seen_at=moment)
    except DateError:
        return None
    return when.at if when.precision is Precision.SECOND else None


# --- statistics: one entry per publication, with the day of publication -------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """One asked day of the statistics."""

    day: date
    posts: tuple[Post, ...] = ()
    unread: Reason | None = None
    """Why the day cannot be called read: DELAYED or AMBIGUOUS."""


def day_request(day: date, auth: str) -> Request:
    """The statistics of what was published on one day: a longer span is refused (61501)."""
    span = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
    return Request.json_post(f"{HOST}/datacube/getarticletotaldetail", span, auth)


def days_back(target_day: date, back_to: date) -> list[list[date]]:
    """The days to ask, newest first, in weeks: from the day before `target_day` back to `back_to`.

    The statistics end yesterday and begin at STATISTICS_BEGIN. At least one day is asked, unless
    even yesterday lies before that; then there is none.
    """
    last = target_day - timedelta(days=1)
    first = max(min(back_to, last), STATISTICS_BEGIN)
    days = [last - timedelta(days=n) for n in range((last - first).days + 1)]
    return [days[at : at + 7] for at in range(0, len(days), 7)]


def read_day(response: Response, day: date) -> Day:
    """What one day's answer says. Late or refused statistics make it an unread day.

    An entry of another day is left to its own day's answer; the one asked for was not answered for
    certain then.
    """
    data = response.json()
    if isinstance(data, dict) and _error_code(data) in _NOT_READY:
        return Day(day, unread=Reason.DELAYED)
    data = _answered(response, data)
    entries = listed(data)
    posts = tuple(post for post in entries if post.published_at == start_of_day(day))
    if data.get("is_delay") is True:
        return Day(day, posts, Reason.DELAYED)
    silent = not posts and data.get("is_delay") is not False
    if silent or len(posts) < len(entries):
        return Day(day, posts, Reason.AMBIGUOUS)
    return Day(day, posts)


def listed(data: Mapping[str, Any]) -> tuple[Post, ...]:
    """The publications of a statistics list, day-precise, in the order given.

    Reads getarticletotaldetail and the abandoned getarticletotal, where `ref_date` is the day of
    publication. Refuses getarticlesummary, whose `ref_date` is the day of the readers.
    """
    rows = data.get("list")
    if not isinstance(rows, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list")
    return tuple(_publication(row) for row in rows)


def _publication(row: Any) -> Post:
    if not isinstance(row, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "list of something else")
    if not {"detail_list", "details", "publish_type"} & row.keys():
        raise Inconclusive(Reason.CHANGED_LAYOUT, "daily readers, not publications")
    day = _day(row.get("ref_date"))
    return Post(
        start_of_day(day), Precision.DAY, _words(row.get("title")), _words(row.get("content_url"))
    )


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(str(value)) else date.min
    except ValueError:
        day = date.min
    if day.year < 2009:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"ref_date {str(value)[:20]}")
    return day


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def summary(days: Sequence[Day]) -> Facts:
    """The facts of the asked days, newest first.

    Covered is the unbroken stretch of read days from yesterday back. Without any publication an
    unread day leaves nothing to conclude.
    """
    posts = tuple(post for day in days for post in day.posts)
    unread = next((day.unread for day in days if day.unread), None)
    if unread and not posts:
        raise Inconclusive(unread, f"statistics of {len(days)} days")
    note = f"statistics until {days[0].day.isoformat()}; later posts are not seen"
    return Facts(Existence.EXISTS, posts, _covered(days), note=note)


def _covered(days: Sequence[Day]) -> Coverage:
    read = list(takewhile(lambda day: day.unread is None, days))
    if not read:
        return Coverage(CoverageKind.PARTIAL)
    until = start_of_day(read[0].day + timedelta(days=1))
    return Coverage(CoverageKind.REACHES_BACK_TO, start_of_day(read[-1].day), until)


# --- freepublish: items published without mass-sending --------------------------------------------


def published_request(auth: str) -> Request:
    """The newest published items, without their texts."""
    page = {"offset": 0, "count": 20, "no_content": 1}
    return Request.json_post(f"{HOST}/cgi-bin/freepublish/batchget", page, auth)


def published(data: Mapping[str, Any], moment: datetime) -> Facts:
    """What freepublish/batchget lists: never mass-sent articles, so never the whole picture.

    `moment` is when the answer was written; items dated after it are left out.
    """
    items = data.get("item")
    if not isinstance(items, list) and data.get("total_count") == 0:
        items = []
    if not isinstance(items, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no list of published items")
    posts = tuple(_items(items, moment))
    if not posts:
        raise Inconclusive(Reason.AMBIGUOUS, "nothing published; mass-sent articles are not listed")
    return Facts(
        Existence.EXISTS,
        posts,
        Coverage(CoverageKind.PARTIAL),
        note="published items only; mass-sent articles are not listed",
    )


def _items(items: list[Any], seen_at: datetime) -> Iterable[Post]:
    for item in items:
        content = item.get("content") if isinstance(item, dict) else None
        if not isinstance(content, dict):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "published item without content")
        articles_of_it = content.get("news_item") or []
        if not isinstance(articles_of_it, list):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "published item without articles")
        news = [n for n in articles_of_it if isinstance(n, dict)]
        live = [n for n in news if n.get("is_deleted") is not True]
        moment = _publication_time(item, content, seen_at)
        if moment and (live or not news):
            first = live[0] if live else {}
            yield Post(moment, title=_words(first.get("title")), url=_words(first.get("url")))


def _publication_time(
    item: Mapping[str, Any], content: Mapping[str, Any], seen_at: datetime
) -> datetime | None:
    """`create_time` is the publication; `update_time`, the last edit, stands in where it is all."""
    fields = (
        content.get("create_time"),
        item.get("create_time"),
        item.get("update_time"),
        content.get("update_time"),
    )
    return next((at for value in fields if (at := second(value, seen_at))), None)


@dataclass(frozen=True, slots=True)
class Article:
    """One article behind an id of the API."""

    title: str
    url: str
    deleted: bool = False


def articles(data: Mapping[str, Any]) -> tuple[Article, ...]:
    """The articles in an answer of freepublish/getarticle, freepublish/get or get_material."""
    news = data.get("news_item")
    if isinstance(news, list):
        return tuple(
            Article(_words(n.get("title")), _words(n.get("url")), n.get("is_deleted") is True)
            for n in news
            if isinstance(n, dict)
        )
    detail = data.get("article_detail")
    rows = detail.get("item") if isinstance(detail, dict) else None
    if data.get("publish_status") != 0 or not isinstance(rows, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no articles")
    return tuple(Article("", _words(r.get("article_url"))) for r in rows if isinstance(r, dict))
