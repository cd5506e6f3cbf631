"""Days as websites print them beside links, in addresses and in the PubDate of 国办发〔2017〕47号.

A date counts only where it stands alone: one within a sentence, a title, a clock (今天是…) or a
footer says nothing of when something was published. Days only: hours on such pages are unreliable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from checkers._web.later import later
from registry.dates import DateError, parse_when, shanghai_date

EARLIEST = datetime(1999, 1, 1, tzinfo=UTC)
"""Government went online in China in 1999; what is older is no date of publishing."""

_LONGEST = 60
_BEFORE = r"[^\d,。;!?第]{0,20}"
_YEAR = r"(?:(?P<y>(?:19|20)\d\d) ?[-/.年] ?)"
_DAY = r"(?P<m>\d{1,2}) ?[-/.月] ?(?P<d>\d{1,2})(?![\d:])[日号]?"
_SHORT = r"(?P<m>\d\d(?=[-/.]\d\d)|\d\d?(?=月))[-/.月](?P<d>\d\d?)(?![\d:])[日号]?"
_TIME = r"(?:[ t]*\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?"
_AFTER = r"(?:[\])>】〕」|丨]+\D{0,8}|[\s|].{0,24})?"
_ALONE = later(rf"{_BEFORE}{_YEAR}{_DAY}{_TIME}{_AFTER}", re.I)
_YEARLESS = later(rf"{_BEFORE}(?P<y>(?!)x)?{_SHORT}{_TIME}{_AFTER}", re.I)
_RUN = later(rf"{_BEFORE}(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d){_AFTER}")
_NO_SIGN = r"\x01-/:-\x7f\u3000-\u3020\u4e00-\u524c\u524e-\u5928\u592a-\u9fff\uff08\uff09\uff0c\uff1a\uff1b\u2014\u2018-\u201d\u2026"
_PERHAPS = later(rf"[^\x00{_NO_SIGN}]")
"""Digits, signs that may stand for them, 前 and 天: without any of these a text names no day."""
_WITH_SIGN = later(rf"\x00([{_NO_SIGN}]*+[^\x00][^\x00]*+)")

_FORMS = (_ALONE, _RUN, _YEARLESS)
_AGO = later(r"\W*(\d{1,3} ?(?:分钟|小时|天)前|[昨前]天(?: ?\d{1,2}:\d\d)?|今天 ?\d{1,2}:\d\d)\W*")
_SPLIT = later(
    r"\W*(?:(?P<d1>\d{1,2})日?\s+(?P<y1>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m1>\d{1,2})月?"
    r"|(?P<y2>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m2>\d{1,2})月?\s+(?P<d2>\d{1,2})日?)\W*"
)
_FULL = later(r"(?P<y>(?:19|20)\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})")
_CLOCK = later(r"今天是|今日是|现在是|当前时间|北京时间|星期|周[一二三四五六日天]|农历|欢迎")
_OTHER = later(
    r"成文|生效|实施|施行|截止|截至|有效|失效|废止|到期|开始|结束|活动|会议|征集|开标|报名|考试"
)
"""Labels of days that are not those of publishing."""


class Printed(NamedTuple):
    """A day as printed; the year is ours where the page left it out."""

    day: date
    with_year: bool = True


def printed(text: str, seen_at: datetime) -> Printed | None:
    """The day in a text that is nothing but a date with its label; None for anything else.

    `seen_at` (UTC): days after it are none. A month and day without a year is its last occurrence.
    """
    return _printed(text, seen_at) if may_name_a_day(text) else None


def may_name_a_day(text: str) -> bool:
    """False for a text without any sign of a day or part of one."""
    if text.isalpha() and "天" not in text and "前" not in text:
        return False
    return _PERHAPS.search(text) is not None


def that_may_name_days(texts: Iterable[str]) -> list[str]:
    """Those texts in which there is any such sign, each once, looked through together. None of them
    may hold a `\0`."""
    return _WITH_SIGN.findall("\0".join(["", *dict.fromkeys(texts), ""]))


@lru_cache(maxsize=2048)
def _printed(text: str, seen_at: datetime) -> Printed | None:
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not plain or len(plain) > _LONGEST or _CLOCK.search(plain) or _OTHER.search(plain):
        return None
    ago = _AGO.fullmatch(plain)
    if ago:
        day = _day(ago.group(1), seen_at)
        return Printed(day) if day else None
    found = next((f for form in _FORMS if (f := form.fullmatch(plain))), None)
    if not found:
        return None
    day = _day(_written(found["y"], found["m"], found["d"]), seen_at)
    return Printed(day, found["y"] is not None) if day else None


def in_pieces(text: str, seen_at: datetime) -> Printed | None:
    """The day of a date that a page prints in two pieces: `18` beside `2026-03`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _SPLIT.fullmatch(plain) if len(plain) <= _LONGEST else None
    if not found:
        return None
    side = "1" if found["d1"] else "2"
    day = _day(_written(found["y" + side], found["m" + side], found["d" + side]), seen_at)
    return Printed(day) if day else None


def pub_date(text: str, seen_at: datetime) -> date | None:
    """The day of a PubDate in any form; its hours are left alone (some CMSs count only to 12)."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:_LONGEST]))
    found = _FULL.match(plain)
    if found:
        return _day(_written(found["y"], found["m"], found["d"]), seen_at)
    whole = re.match(r"20\d{6}(?=(?:\d{4}|\d{6})?$)", plain)
    return _day(whole.group(), seen_at) if whole else None


def _written(year: str | None, month: str, day: str) -> str:
    rest = f"{int(month):02d}-{int(day):02d}"
    return f"{year}-{rest}" if year else rest


def _day(text: str, seen_at: datetime) -> date | None:
    """The day; None for one that cannot be, lies ahead or is too old."""
    try:
        when = parse_when(text, seen_at=seen_at, earliest=EARLIEST)
    except DateError:
        return None
    return shanghai_date(when.at)


class InAddress(NamedTuple):
    """The days from `first` to `last` that an address names."""

    first: date
    last: date
    text: str
    """The piece of the address that says so."""


_IN_URL = tuple(
    later(pattern)
    for pattern in (
        r"/(?P<text>t(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)_\d+)",
        r"/(?P<text>(?P<y>20\d\d)[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2}))/",
        r"/(?P<text>(?P<y>20\d\d)-?(?P<m>[01]\d)/(?P<d>[0-3]\d))/",
        r"/(?P<text>(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d))(?:/|[_\d-]*\.\w{3,5}$)",
        r"/(?P<text>(?P<y>20\d\d)[-/]?(?P<m>[01]\d))/",
    )
)


def in_address(url: str) -> InAddress | None:
    """The day or month that an address says its page was made in."""
    path = url.partition("?")[0]
    for pattern in _IN_URL:
        found = pattern.search(path)
        told = _told(*found.groups()) if found else None
        if told:
            return told
    return None


@lru_cache(maxsize=1024)
def _told(text: str, year: str, month: str, day: str = "") -> InAddress | None:
    """The same of a piece of an address: those of a list share a few."""
    try:
        first = date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return InAddress(first, first if day else _month_end(first), text)


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
