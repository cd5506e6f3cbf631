"""The one strict parser of dates: moments as platforms print them, days as spreadsheets do.

It knows a closed list of forms and refuses everything else with a `DateError`; it never guesses,
reads no clock and imports the standard library only. Days are Asia/Shanghai, moments are UTC.
"""

from __future__ import annotations

import calendar
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache

from registry.vocab import DateFault, Precision, label

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time without summer time, so a fixed offset is exact for every date met here."""

TOLERANCE = timedelta(minutes=10)
"""How far a platform's clock may run ahead of ours before a time counts as a misreading."""

EARLIEST = datetime(2009, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
"""No platform of ours is older; anything before is an epoch zero or a misreading."""

_YEARS = range(1990, 2101)
_FIRST_YEAR, _LAST_YEAR = str(_YEARS[0]), str(_YEARS[-1])
_SERIALS = range(32874, 73051)
"""Excel day numbers of the years 1990 to 2099 (1900 date system)."""
_LONGEST = 120
_WEIBO_EPOCH = 515483463


class DateError(ValueError):
    """The value is no date that can be taken; `fault` says why."""

    def __init__(self, fault: DateFault, value: object) -> None:
        # str() of an integer of more than 4,300 digits is refused by Python itself
        huge = isinstance(value, int) and value.bit_length() > 64
        super().__init__(f"{label(fault, 'en')}: {'number' if huge else str(value)[:40]}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class When:
    """A moment, as precise as it was printed."""

    at: datetime
    """UTC; with day precision midnight in Shanghai, of which only the date means anything."""
    precision: Precision


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def shanghai_date(moment: datetime) -> date:
    """The day in Shanghai on which `moment` (aware) falls."""
    return moment.astimezone(SHANGHAI).date()


def to_the_minute(moment: datetime) -> str:
    """A moment (aware) for a message: `2026-11-22 09:00`, Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@lru_cache(maxsize=1024)
def start_of_day(day: date) -> datetime:
    """Midnight in Shanghai at which `day` begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def weibo_mid_time(mid: int | str) -> datetime:
    """The second (UTC) at which a Weibo post of that `mid` was created.

    Raises DateError for short ids of the old kind, which hold no time.
    """
    if isinstance(mid, str) and not re.fullmatch(r"[0-9]{1,20}", mid):
        raise DateError(DateFault.UNREADABLE, mid)
    at = _from_seconds((int(mid) >> 22) + _WEIBO_EPOCH, str(mid))
    if at < EARLIEST:
        raise DateError(DateFault.TOO_OLD, str(mid))
    return at


# --- moments ------------------------------------------------------------------------------------

_TIME = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?"
_ZONE = r"(?P<zone>Z|UTC|UT|GMT|CST|[+-]\d{2}:?\d{2})"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_AGO = {"秒": "seconds", "分": "minutes", "时": "hours", "天": "days"}
_DAYS_BACK = {"今": 0, "昨": 1, "前": 2}

Reading = tuple[datetime, Precision]
"""A moment (UTC) and how precisely it was printed, of which there are many: not yet a `When`."""


def parse_when(
    value: str | int | float, *, seen_at: datetime, earliest: datetime = EARLIEST
) -> When:
    """The moment that `value` names, read off a page or answer of `seen_at` (aware).

    Takes unix seconds and milliseconds (from 10^12 on), the absolute forms of platforms, RFC 822,
    ISO 8601, and forms relative to `seen_at`. A form without a zone, or with CST, is Shanghai time.
    A month and day without a year is its last occurrence. A time up to ten minutes ahead of
    `seen_at` is taken as `seen_at`. Hours ago are precise to the day only.
    Raises DateError: unreadable, impossible, future, or before `earliest` (2009).
    """
    if isinstance(value, str):
        at, precision = _usual(value) or _read(_plain(value), seen_at)
    else:
        at, precision = _from_number(value)
    if at > seen_at:
        if at > seen_at + TOLERANCE:
            raise DateError(DateFault.FUTURE, value)
        at = seen_at
    if at < earliest:
        raise DateError(DateFault.TOO_OLD, value)
    return When(_floor(at, precision), precision)


_RFC_822 = re.compile(
    r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (GMT|[+-]\d{4})", re.ASCII
)
_MONTH_NUMBERS = {name.title(): f"{number:02}" for number, name in enumerate(_MONTHS, 1)}


def feed_moments(texts: Sequence[str]) -> list[datetime] | None:
    """The moments (UTC) in texts of the one form that programs write into feeds, by the hundred, each
    to the second; None when any of them is of another form or cannot be. Whether they are early or
    late is not asked."""
    rows = [*map(_RFC_822.fullmatch, texts)]
    if not all(rows):
        return None
    try:
        return [_of_parts(*found.groups()) for found in rows if found]
    except (KeyError, ValueError):
        return None


def _of_parts(day: str, month: str, year: str, clock: str, zone: str) -> datetime:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:  # four digits each
        raise ValueError(year)
    at = datetime.fromisoformat(f"{year}-{_MONTH_NUMBERS[month]}-{day}T{clock}+00:00")
    return at if zone in _NO_OFFSET else at - _offset(zone)


_NO_OFFSET = frozenset({"GMT", "+0000", "-0000"})


@lru_cache(maxsize=64)
def _offset(zone: str) -> timedelta:
    return _zone(zone).utcoffset(None) or timedelta()


_OF_API = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})", re.ASCII
)


def _usual(text: str) -> Reading | None:
    """The moment in one of the two forms that programs print, feeds and Weibo's, a dozen to an
    answer; None for another form and for a moment that cannot be."""
    found = _OF_API.fullmatch(text)
    if found is None:
        moments = feed_moments((text,))
        return (moments[0], Precision.SECOND) if moments else None
    month, day, clock, zone, year = found.groups()
    try:
        return _of_parts(day, month, year, clock, zone), Precision.SECOND
    except (KeyError, ValueError):
        return None


def _plain(text: str) -> str:
    """The text in plain widths, without the wreckage of PDF copies and spaces around marks."""
    if len(text) > _LONGEST:
        raise DateError(DateFault.UNREADABLE, text)
    if text.isascii():
        return _SPACED_MARK.sub(r"\1\2", " ".join(text.split()))
    # GB2312 row 3 read as if it were Unicode: U+A3AE for a full stop, U+A3B0 for 0 …
    mended = "".join(chr(ord(c) - 0xA380) if "\ua3a1" <= c <= "\ua3fe" else c for c in text)
    plain = re.sub(r"[\u200b\ufeff]", "", unicodedata.normalize("NFKC", mended))
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r"[–—―−]+", "~", plain)
    return _SPACED_MARK.sub(r"\1\2", plain)


_SPACED_MARK = re.compile(r" ([-/:~年月日号]) ?|([-/:~年月日号]) ")


def _floor(at: datetime, precision: Precision) -> datetime:
    if precision is Precision.SECOND and at.tzinfo is UTC and not at.microsecond:
        return at
    if precision is Precision.DAY:
        return start_of_day(shanghai_date(at))
    second = 0 if precision is Precision.MINUTE else at.second
    return at.astimezone(UTC).replace(second=second, microsecond=0)


def _from_number(value: float) -> Reading:
    """Unix seconds, milliseconds, or a day written as one number (20260320)."""
    if isinstance(value, bool) or not abs(value) < 10**16:
        raise DateError(DateFault.UNREADABLE, value)
    whole = int(value)
    if 19900101 <= whole <= 21001231:
        day = _day(whole // 10000, whole // 100 % 100, whole % 100)
        return start_of_day(day), Precision.DAY
    return _from_seconds(whole // 1000 if whole >= 10**12 else whole, value), Precision.SECOND


def _from_seconds(seconds: int, shown: object) -> datetime:
    if seconds >= 4_102_444_800:
        raise DateError(DateFault.FUTURE, shown)
    if seconds < 0:
        raise DateError(DateFault.TOO_OLD, shown)
    return datetime.fromtimestamp(seconds, UTC)


def _day(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise DateError(DateFault.TOO_OLD if year < 1990 else DateFault.FUTURE, f"{year}")
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(DateFault.IMPOSSIBLE, f"{year}-{month}-{day}") from None


@lru_cache(maxsize=64)
def _zone(name: str | None) -> tzinfo:
    if name is None or name == "CST":
        return SHANGHAI
    if name[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
    if offset > timedelta(hours=14):
        raise DateError(DateFault.IMPOSSIBLE, name)
    return timezone(offset if name[0] == "+" else -offset)


def _at(found: re.Match[str], day: date) -> Reading:
    """The moment on `day` that the match's H, M, S and zone name; the day alone without them."""
    part = found.groupdict()
    if part.get("H") is None:
        return start_of_day(day), Precision.DAY
    hour, minute, second = int(part["H"]), int(part["M"]), int(part["S"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise DateError(DateFault.IMPOSSIBLE, found.group())
    zone = _zone(part.get("zone"))
    at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    return at.astimezone(UTC), Precision.SECOND if part["S"] else Precision.MINUTE


def _just_now(found: re.Match[str], seen_at: datetime) -> Reading:
    return seen_at, Precision.MINUTE


def _ago(found: re.Match[str], seen_at: datetime) -> Reading:
    unit = _AGO[found["unit"][0].replace("小", "时")]
    at = seen_at - timedelta(**{unit: int(found["n"])})
    precise = {"seconds": Precision.SECOND, "minutes": Precision.MINUTE}
    return at, precise.get(unit, Precision.DAY)


def _named_day(found: re.Match[str], seen_at: datetime) -> Reading:
    back = timedelta(days=_DAYS_BACK[found["name"]])
    return _at(found, shanghai_date(seen_at) - back)


def _full(found: re.Match[str], seen_at: datetime) -> Reading:
    return _at(found, _day(int(found["y"]), int(found["m"]), int(found["d"])))


def _month_day(found: re.Match[str], seen_at: datetime) -> Reading:
    """The last occurrence; a page of New Year's Eve may already print the first of January."""
    fault = DateError(DateFault.IMPOSSIBLE, found.group())
    this_year = shanghai_date(seen_at).year
    for year in (this_year + 1, this_year, this_year - 1):
        try:
            reading = _at(found, _day(year, int(found["m"]), int(found["d"])))
        except DateError as error:
            fault = error
            continue
        if reading[0] <= seen_at + TOLERANCE:
            return reading
    raise fault


def _named_month(found: re.Match[str], seen_at: datetime) -> Reading:
    if len(found["y"]) == 2:
        raise DateError(DateFault.TWO_DIGIT_YEAR, found.group())
    name = found["mon"].lower()
    if name not in _MONTHS:
        raise DateError(DateFault.UNREADABLE, found.group())
    return _at(found, _day(int(found["y"]), _MONTHS.index(name) + 1, int(found["d"])))


def _digits(found: re.Match[str], seen_at: datetime) -> Reading:
    return _from_number(int(found.group()))


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Reading]], ...]:
    """Compiled when the first date is read: most commands read none, and every command loads this."""
    return tuple(
        (re.compile(pattern, re.ASCII), reader)
        for pattern, reader in (
            (rf"(?P<y>\d{{4}})-(?P<m>\d\d?)-(?P<d>\d\d?)(?:[ T]{_TIME} ?{_ZONE}?)?", _full),
            (rf"(?P<y>\d{{4}})/(?P<m>\d\d?)/(?P<d>\d\d?)(?: {_TIME})?", _full),
            (rf"(?P<y>\d{{4}})\.(?P<m>\d\d?)\.(?P<d>\d\d?)(?: {_TIME})?", _full),
            (rf"(?P<y>\d{{4}})年(?P<m>\d\d?)月(?P<d>\d\d?)[日号](?:{_TIME})?", _full),
            (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", _full),
            (r"\d{9,10}|\d{13}", _digits),
            (rf"(?P<m>\d\d?)-(?P<d>\d\d?)(?: {_TIME})?", _month_day),
            (rf"(?P<m>\d\d?)月(?P<d>\d\d?)[日号](?:{_TIME})?", _month_day),
            (r"刚刚|剛剛|刚才", _just_now),
            (r"(?P<n>\d{1,4}) ?(?P<unit>秒钟?|秒鐘|分钟?|分鐘|小时|小時|天)前", _ago),
            (rf"(?P<name>[今昨前])[天日](?: ?{_TIME})?", _named_day),
            (
                rf"(?:[A-Za-z]{{3,9}}, ?)?(?P<d>\d\d?) (?P<mon>[A-Za-z]{{3}}) (?P<y>\d{{4}}|\d\d) "
                rf"{_TIME} ?{_ZONE}?",
                _named_month,
            ),
            (
                rf"[A-Za-z]{{3}} (?P<mon>[A-Za-z]{{3}}) (?P<d>\d\d?) {_TIME} ?{_ZONE} (?P<y>\d{{4}})",
                _named_month,
            ),
        )
    )


def _read(text: str, seen_at: datetime) -> Reading:
    for pattern, reader in _forms():
        found = pattern.fullmatch(text)
        if found:
            return reader(found, seen_at)
    raise DateError(DateFault.UNREADABLE, text)


# --- days of spreadsheets -----------------------------------------------------------------------

_LABEL = r"[^\d~]{0,20}?"
_TAIL = r"(?:更新|发布|止|[。;,])*"
_PART = r"(?:(?P<y{0}>\d{{4}})年)?(?:(?P<m{0}>\d{{1,2}})月份?)?(?:(?P<d{0}>\d{{1,2}})[日号])?"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
_SPAN = re.compile(_LABEL + _PART.format(1) + "(?:~" + _PART.format(2) + ")?" + _TAIL, re.ASCII)
_QUARTER = re.compile(_LABEL + r"(?:(?P<y>\d{4})年)?第?(?P<q>[一二三四1-4])季度" + _TAIL, re.ASCII)
_SHORT_YEAR = re.compile(
    r"(?<![\d./-])(?:\d{2}年|\d{1,2}([-/.])\d{1,2}\1\d{1,2}(?![\d./-]))", re.ASCII
)


@cache
def _rewrites() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern, re.ASCII), replacement)
        for pattern, replacement in (
            (r"截[至止]到?", ""),
            (r"^(\d{4})(\d\d)(\d\d)$", r"\1年\2月\3日"),
            (r"(?<![\d.])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d.])", r"\1年\3月\4日"),
            (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])", r"\3年\2月\1日"),
            (r"(?<![\d.])(\d{4})[-/.](\d{1,2})(?![\d./-])", r"\1年\2月"),
            (r"(?<![\d./年月日~-])(\d{1,2})-(\d{1,2})(?![\d./年月日号~-])", r"\1月\2日"),
            (rf"(?<=[日号])[ T]?{_CLOCK}", ""),
            (r"(?<=[\d年月日号份]) ?(?:[至到~-] ?)+(?=\d)", "~"),
            (r"(?<=\d)~(\d{1,2})([月日号])", r"\2~\1\2"),
        )
    )


_Part = tuple[int | None, int | None, int | None]


def parse_span(value: str | int | float | date, *, year: int | None, today: date) -> Span:
    """The day or days that a spreadsheet cell names.

    Takes dates and datetimes (an aware one by its day in Shanghai), Excel serial numbers, and
    text: days, months, quarters, years and ranges of them, with a label before (`最后更新时间`,
    `截至`) and a time of day behind, which is dropped. Without a year in it, the value is of `year`;
    without that either, it is the last occurrence that begins on or before `today`.
    Raises DateError: unreadable, impossible, ambiguous, a year of two digits, not of 1990–2100.
    """
    if isinstance(value, datetime):
        return _one_day(shanghai_date(value) if value.tzinfo else value.date())
    if isinstance(value, date):
        return _one_day(value)
    if isinstance(value, str):
        return _span_of_text(_plain(value), year, today)
    return _span_of_number(value, today)


def _one_day(day: date) -> Span:
    _day(day.year, day.month, day.day)
    return Span(day, day)


def _span_of_number(value: float, today: date) -> Span:
    if isinstance(value, bool) or not abs(value) < 10**16:
        raise DateError(DateFault.UNREADABLE, value)
    if math.floor(value) in _SERIALS:
        return _one_day(date(1899, 12, 30) + timedelta(days=math.floor(value)))
    if 19900101 <= value <= 21001231 and value == int(value):
        return _span_of_text(str(int(value)), None, today)
    # 2019.3 typed into a cell: March. But 2019.1 may have been 2019.10.
    if re.fullmatch(r"\d{4}\.1", repr(value)):
        raise DateError(DateFault.AMBIGUOUS, repr(value))
    if re.fullmatch(r"\d{4}\.([2-9]|1[12])", repr(value)):
        return _span_of_text(repr(value), None, today)
    raise DateError(DateFault.UNREADABLE, value)


def _span_of_text(text: str, year: int | None, today: date) -> Span:
    serial = re.fullmatch(r"(\d{5})(?:\.\d+)?", text, re.ASCII)
    if serial and int(serial[1]) in _SERIALS:
        return _span_of_number(int(serial[1]), today)
    if _SHORT_YEAR.search(text):
        raise DateError(DateFault.TWO_DIGIT_YEAR, text)
    for pattern, replacement in _rewrites():
        text = pattern.sub(replacement, text)
    return _spelled(text.strip(), year, today)


def _spelled(text: str, year: int | None, today: date) -> Span:
    """The span of a text in which every number carries its mark 年, 月 or 日."""
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        first = "一二三四1234".index(quarter["q"]) % 4 * 3 + 1
        own = int(quarter["y"]) if quarter["y"] else None
        return _dated((own, first, None), (own, first + 2, None), year, today)
    found = _SPAN.fullmatch(text)
    if not found:
        raise DateError(DateFault.UNREADABLE, text)
    left, right = _part(found, 1), _part(found, 2)
    if left[0] is left[1] is None or (left[0] and left[2] and not left[1]):
        raise DateError(DateFault.UNREADABLE, text)
    return _dated(left, right if any(right) else None, year, today)


def _part(found: re.Match[str], side: int) -> _Part:
    year, month, day = (found[f"{name}{side}"] for name in "ymd")
    return (int(year) if year else None, _number(month), _number(day))


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _dated(left: _Part, right: _Part | None, year: int | None, today: date) -> Span:
    """The span of two partial dates, in the year they name, or `year`, or the last that fits."""
    own = left[0] or (right[0] if right else None) or year
    if own is not None:
        return _in_year(left, right, own)
    fault = DateError(DateFault.IMPOSSIBLE, f"{left[1]}-{left[2]}")
    for candidate in range(today.year, today.year - 9, -1):
        try:
            span = _in_year(left, right, candidate)
        except DateError as error:
            fault = error
            continue
        if span.first <= today:
            return span
    raise fault


def _in_year(left: _Part, right: _Part | None, year: int) -> Span:
    """Both parts with what they leave out filled in; a range may run over one New Year."""
    if right is None:
        return Span(_edge(year, left[1], left[2]), _edge(year, left[1], left[2], last=True))
    month = right[1] or (left[1] if right[2] else None)
    end = _edge(right[0] or year, month, right[2], last=True)
    start = _edge(left[0] or year, left[1], left[2])
    if end < start and right[1] and not right[0]:
        end = _edge(year + 1, month, right[2], last=True)
    if end < start and right[0] and not left[0]:
        start = _edge(right[0] - 1, left[1], left[2])
    if end < start:
        raise DateError(DateFault.IMPOSSIBLE, f"{start}~{end}")
    return Span(start, end)


def _edge(year: int, month: int | None, day: int | None, last: bool = False) -> date:
    """The first or last day of a year, a month or a day."""
    if month is None:
        return _day(year, 12, 31) if last else _day(year, 1, 1)
    if day is None:
        first = _day(year, month, 1)
        return first.replace(day=calendar.monthrange(year, month)[1]) if last else first
    return _day(year, month, day)
