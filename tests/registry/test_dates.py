"""Moments as platforms print them and days as offices type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from registry.dates import (
    EARLIEST,
    SHANGHAI,
    DateError,
    Span,
    When,
    parse_span,
    parse_when,
    shanghai_date,
    start_of_day,
    weibo_mid_time,
)
from registry.vocab import DateFault, Precision

SEEN = datetime(2026, 3, 20, 4, 0, 30, tzinfo=UTC)
"""2026-03-20 12:00:30 in Shanghai."""
TODAY = date(2026, 3, 20)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI).astimezone(UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("刚刚", local(2026, 3, 20, 12, 0), Precision.MINUTE),
        ("3秒前", local(2026, 3, 20, 12, 0, 27), Precision.SECOND),
        ("5分钟前", local(2026, 3, 20, 11, 55), Precision.MINUTE),
        ("5 分鐘前", local(2026, 3, 20, 11, 55), Precision.MINUTE),
        ("15小时前", local(2026, 3, 19), Precision.DAY),
        ("3天前", local(2026, 3, 17), Precision.DAY),
        ("今天 08:01", local(2026, 3, 20, 8, 1), Precision.MINUTE),
        ("昨天 12:30", local(2026, 3, 19, 12, 30), Precision.MINUTE),
        ("昨天", local(2026, 3, 19), Precision.DAY),
        ("前天08:28", local(2026, 3, 18, 8, 28), Precision.MINUTE),
        ("03-19", local(2026, 3, 19), Precision.DAY),
        ("09-26", local(2025, 9, 26), Precision.DAY),
        ("03月19日 10:22", local(2026, 3, 19, 10, 22), Precision.MINUTE),
        ("2025-06-14", local(2025, 6, 14), Precision.DAY),
        ("2025-06-14 10:00", local(2025, 6, 14, 10, 0), Precision.MINUTE),
        ("2025-06-14 10:00:05", local(2025, 6, 14, 10, 0, 5), Precision.SECOND),
        ("2025/06/14 10:00", local(2025, 6, 14, 10, 0), Precision.MINUTE),
        ("2025年06月14日", local(2025, 6, 14), Precision.DAY),
        ("2025年6月14日 10:00", local(2025, 6, 14, 10, 0), Precision.MINUTE),
        ("2020 年 9 月 29 日", local(2020, 9, 29), Precision.DAY),
        ("2020- 09- 30 10: 54", local(2020, 9, 30, 10, 54), Precision.MINUTE),
        ("2025.06.14", local(2025, 6, 14), Precision.DAY),
        ("20250926", local(2025, 9, 26), Precision.DAY),
        ("Fri Sep 26 10:00:00 +0800 2025", local(2025, 9, 26, 10), Precision.SECOND),
        ("Fri Sep 26 02:00:00 +0000 2025", local(2025, 9, 26, 10), Precision.SECOND),
        ("Sat, 14 Jun 2025 10:00:00 +0800", local(2025, 6, 14, 10), Precision.SECOND),
        ("Sat, 14 Jun 2025 10:00:00 -0500", local(2025, 6, 14, 23), Precision.SECOND),
        ("Sat, 14 Jun 2025 02:00:00 GMT", local(2025, 6, 14, 10), Precision.SECOND),
        ("14 Jun 2025 10:00 +0800", local(2025, 6, 14, 10), Precision.MINUTE),
        ("2025-06-14T02:00:00Z", local(2025, 6, 14, 10), Precision.SECOND),
        ("2025-06-14T02:00:00.123Z", local(2025, 6, 14, 10), Precision.SECOND),
        ("2025-06-14T10:00:00+08:00", local(2025, 6, 14, 10), Precision.SECOND),
        ("2025-06-14T10:00:00", local(2025, 6, 14, 10), Precision.SECOND),
        ("1762833603", local(2025, 11, 11, 12, 0, 3), Precision.SECOND),
        ("1762833603000", local(2025, 11, 11, 12, 0, 3), Precision.SECOND),
        ("２０２５－０６－１４　１０：００", local(2025, 6, 14, 10, 0), Precision.MINUTE),
    ],
)
def test_every_form_that_platforms_print_is_read(
    text: str, at: datetime, precision: Precision
) -> None:
    assert parse_when(text, seen_at=SEEN) == When(at, precision)


@pytest.mark.parametrize(
    ("number", "at", "precision"),
    [
        (1762833603, local(2025, 11, 11, 12, 0, 3), Precision.SECOND),
        (1762833603.7, local(2025, 11, 11, 12, 0, 3), Precision.SECOND),
        (1765110400207, local(2025, 12, 7, 20, 26, 40), Precision.SECOND),
        (20250926, local(2025, 9, 26), Precision.DAY),
    ],
)
def test_seconds_are_told_from_milliseconds_by_size(
    number: float, at: datetime, precision: Precision
) -> None:
    assert parse_when(number, seen_at=SEEN) == When(at, precision)


def test_rfc_822_without_a_zone_is_shanghai_time() -> None:
    assert parse_when("Sat, 14 Jun 2025 10:00:00 ", seen_at=SEEN).at == local(2025, 6, 14, 10)


def test_cst_is_china_standard_time_and_not_chicago() -> None:
    assert parse_when("2025-06-14 10:00:00 CST", seen_at=SEEN).at == local(2025, 6, 14, 10)


def test_month_and_day_on_new_years_morning_are_of_last_year() -> None:
    new_year = local(2026, 1, 1, 9, 0)
    assert parse_when("12-31", seen_at=new_year).at == local(2025, 12, 31)
    assert parse_when("12月31日 23:50", seen_at=new_year).at == local(2025, 12, 31, 23, 50)


def test_month_and_day_a_little_ahead_on_new_years_eve_are_of_the_coming_year() -> None:
    eve = local(2025, 12, 31, 23, 55)
    assert parse_when("01-01 00:01", seen_at=eve).at == eve


def test_yesterday_is_counted_in_shanghai() -> None:
    just_after_midnight = local(2026, 3, 20, 0, 5)
    assert parse_when("昨天 23:58", seen_at=just_after_midnight).at == local(2026, 3, 19, 23, 58)


def test_a_clock_ten_minutes_ahead_is_taken_as_now() -> None:
    assert parse_when("2026-03-20 12:10:30", seen_at=SEEN).at == SEEN


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("2026-03-20 12:10:31", DateFault.FUTURE),
        ("2026-03-21", DateFault.FUTURE),
        (32503680000000, DateFault.FUTURE),
        ("2008-12-31", DateFault.TOO_OLD),
        (0, DateFault.TOO_OLD),
        (-1, DateFault.TOO_OLD),
        ("Thu, 01 Jan 1970 00:00:00 GMT", DateFault.TOO_OLD),
        ("9999天前", DateFault.TOO_OLD),
        ("0001-01-01 00:00", DateFault.TOO_OLD),
        ("9999-12-31", DateFault.FUTURE),
        ("2025-02-30", DateFault.IMPOSSIBLE),
        ("2025-02-03 24:00", DateFault.IMPOSSIBLE),
        ("2025-02-03T10:00+99:00", DateFault.IMPOSSIBLE),
        ("02-29", DateFault.IMPOSSIBLE),
        ("Sat, 14 Jun 25 10:00:00 GMT", DateFault.TWO_DIGIT_YEAR),
        ("Sat, 14 Foo 2025 10:00:00 GMT", DateFault.UNREADABLE),
        ("Sat, 14 Jun 2025 10:00:00 EST", DateFault.UNREADABLE),
        ("Invalid Date", DateFault.UNREADABLE),
        ("", DateFault.UNREADABLE),
        ("2017125", DateFault.UNREADABLE),
        ("20171251214", DateFault.UNREADABLE),
        ("2周前", DateFault.UNREADABLE),
        ("九月二十六日", DateFault.UNREADABLE),
        (True, DateFault.UNREADABLE),
        (float("nan"), DateFault.UNREADABLE),
        (float("inf"), DateFault.UNREADABLE),
        pytest.param(10**5000, DateFault.UNREADABLE, id="huge"),
        ("1" * 200, DateFault.UNREADABLE),
    ],
)
def test_what_cannot_be_true_is_refused_by_name(value: str | float, fault: DateFault) -> None:
    with pytest.raises(DateError) as caught:
        parse_when(value, seen_at=SEEN)
    assert caught.value.fault is fault


def test_a_caller_may_allow_older_times() -> None:
    since = datetime(1999, 1, 1, tzinfo=UTC)
    when = parse_when("Thu, 01 Jan 2004 19:48:21 GMT", seen_at=SEEN, earliest=since)
    assert when.at == datetime(2004, 1, 1, 19, 48, 21, tzinfo=UTC)


def test_a_weibo_mid_holds_its_second() -> None:
    made = (int(local(2026, 3, 1, 8, 30, 15).timestamp()) - 515483463) << 22 | 12345
    assert weibo_mid_time(made) == weibo_mid_time(str(made)) == local(2026, 3, 1, 8, 30, 15)


@pytest.mark.parametrize("mid", ["1234567890", "", "HATy0b0sZ", "９", 0, 10**40])
def test_ids_of_another_kind_hold_no_time(mid: int | str) -> None:
    with pytest.raises(DateError):
        weibo_mid_time(mid)


def test_a_day_begins_in_shanghai() -> None:
    assert start_of_day(date(2026, 3, 20)) == datetime(2026, 3, 19, 16, 0, tzinfo=UTC)
    assert shanghai_date(datetime(2026, 3, 19, 16, 0, tzinfo=UTC)) == date(2026, 3, 20)
    assert shanghai_date(datetime(2026, 3, 19, 15, 59, tzinfo=UTC)) == date(2026, 3, 19)


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2021年08月04日", date(2021, 8, 4), date(2021, 8, 4)),
        ("2020 年 9 月 29 日", date(2020, 9, 29), date(2020, 9, 29)),
        ("2020- 09- 30", date(2020, 9, 30), date(2020, 9, 30)),
        ("2020-09-30 10: 54", date(2020, 9, 30), date(2020, 9, 30)),
        ("2024-07-18 14:39:06", date(2024, 7, 18), date(2024, 7, 18)),
        ("2024-07-18T14:39:06", date(2024, 7, 18), date(2024, 7, 18)),
        ("2021/04/23 20:23", date(2021, 4, 23), date(2021, 4, 23)),
        ("2014-2-19", date(2014, 2, 19), date(2014, 2, 19)),
        ("2023.8.25", date(2023, 8, 25), date(2023, 8, 25)),
        ("13.08.2015  17:19", date(2015, 8, 13), date(2015, 8, 13)),
        ("20230825", date(2023, 8, 25), date(2023, 8, 25)),
        ("２０２３年８月２５日", date(2023, 8, 25), date(2023, 8, 25)),
        ("截至2024年 6月30日", date(2024, 6, 30), date(2024, 6, 30)),
        ("最后更新时间 1月26日", date(2026, 1, 26), date(2026, 1, 26)),
        ("更新日期：2023.11.2", date(2023, 11, 2), date(2023, 11, 2)),
        ("7月16日", date(2025, 7, 16), date(2025, 7, 16)),
        ("3月20日", date(2026, 3, 20), date(2026, 3, 20)),
        ("05-23", date(2025, 5, 23), date(2025, 5, 23)),
        ("2月29日", date(2024, 2, 29), date(2024, 2, 29)),
        ("2023年11月", date(2023, 11, 1), date(2023, 11, 30)),
        ("2022年2月份", date(2022, 2, 1), date(2022, 2, 28)),
        ("2019.3", date(2019, 3, 1), date(2019, 3, 31)),
        ("2019.10", date(2019, 10, 1), date(2019, 10, 31)),
        ("2019-03", date(2019, 3, 1), date(2019, 3, 31)),
        ("2019年", date(2019, 1, 1), date(2019, 12, 31)),
        ("2021年第三季度", date(2021, 7, 1), date(2021, 9, 30)),
        ("2021年一季度", date(2021, 1, 1), date(2021, 3, 31)),
        ("二季度", date(2025, 4, 1), date(2025, 6, 30)),
        ("2022年2月1日——2022年2月28日", date(2022, 2, 1), date(2022, 2, 28)),
        ("2022年2月1日至28日", date(2022, 2, 1), date(2022, 2, 28)),
        ("4月27日至5月10日", date(2025, 4, 27), date(2025, 5, 10)),
        ("11月6日—18日", date(2025, 11, 6), date(2025, 11, 18)),
        ("2023年8月23-25日", date(2023, 8, 23), date(2023, 8, 25)),
        ("2022年1-3月", date(2022, 1, 1), date(2022, 3, 31)),
        ("2022年12月27日至1月10日", date(2022, 12, 27), date(2023, 1, 10)),
        ("12月27日至1月10日", date(2025, 12, 27), date(2026, 1, 10)),
        ("12月27日至2024年1月10日", date(2023, 12, 27), date(2024, 1, 10)),
        ("2020-09-30~2020-10-05", date(2020, 9, 30), date(2020, 10, 5)),
        ("2024年7月1日——2024年7月30日", date(2024, 7, 1), date(2024, 7, 30)),
        (2019.3, date(2019, 3, 1), date(2019, 3, 31)),
        (45000, date(2023, 3, 15), date(2023, 3, 15)),
        (45000.75, date(2023, 3, 15), date(2023, 3, 15)),
        ("45000", date(2023, 3, 15), date(2023, 3, 15)),
        (20230825, date(2023, 8, 25), date(2023, 8, 25)),
        (date(2023, 8, 25), date(2023, 8, 25), date(2023, 8, 25)),
        (datetime(2023, 8, 25, 23, 30), date(2023, 8, 25), date(2023, 8, 25)),
        (datetime(2023, 8, 25, 23, 30, tzinfo=UTC), date(2023, 8, 26), date(2023, 8, 26)),
    ],
)
def test_every_form_that_offices_type_is_read(
    value: str | float | date, first: date, last: date
) -> None:
    assert parse_span(value, year=None, today=TODAY) == Span(first, last)


def test_a_value_without_a_year_is_of_the_year_given() -> None:
    assert parse_span("7月16日", year=2021, today=TODAY) == Span(
        date(2021, 7, 16), date(2021, 7, 16)
    )
    assert parse_span("12月27日至1月10日", year=2021, today=TODAY) == Span(
        date(2021, 12, 27), date(2022, 1, 10)
    )


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("202382325日", DateFault.UNREADABLE),
        ("20171251214", DateFault.UNREADABLE),
        ("2017125", DateFault.UNREADABLE),
        (2017125, DateFault.UNREADABLE),
        ("23年11月", DateFault.TWO_DIGIT_YEAR),
        ("23-11-05", DateFault.TWO_DIGIT_YEAR),
        ("更新于23/11/5", DateFault.TWO_DIGIT_YEAR),
        ("2023年2月30日", DateFault.IMPOSSIBLE),
        ("2月30日", DateFault.IMPOSSIBLE),
        ("2023年13月", DateFault.IMPOSSIBLE),
        ("2022年2月28日至1日", DateFault.IMPOSSIBLE),
        (2019.1, DateFault.AMBIGUOUS),
        ("26日", DateFault.UNREADABLE),
        ("2023年26日", DateFault.UNREADABLE),
        ("2024年6月30日前", DateFault.UNREADABLE),
        ("1889年6月30日", DateFault.TOO_OLD),
        ("3/4", DateFault.UNREADABLE),
        ("7.16", DateFault.UNREADABLE),
        (2019, DateFault.UNREADABLE),
        ("无", DateFault.UNREADABLE),
        ("", DateFault.UNREADABLE),
        (True, DateFault.UNREADABLE),
        (float("nan"), DateFault.UNREADABLE),
        (10**400, DateFault.UNREADABLE),
    ],
)
def test_broken_cells_are_refused_by_name(value: str | float, fault: DateFault) -> None:
    with pytest.raises(DateError) as caught:
        parse_span(value, year=None, today=TODAY)
    assert caught.value.fault is fault


# --- properties ---------------------------------------------------------------------------------

moments = st.datetimes(
    datetime(2009, 1, 2), datetime(2060, 1, 1), timezones=st.just(UTC), allow_imaginary=False
).map(lambda at: at.replace(microsecond=0))
days = st.dates(date(2009, 1, 2), date(2059, 12, 31))
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
date_like = st.text(
    alphabet="0123456789-/.: 年月日时分秒天前刚今昨至截季度TZ+~—GMTJanSep,", max_size=30
)


@given(moments, zones)
def test_absolute_forms_come_back_to_the_second(at: datetime, zone: timezone) -> None:
    there = at.astimezone(zone)
    here = at.astimezone(SHANGHAI)
    for text in (
        there.isoformat(),
        there.strftime("%a, %d %b %Y %H:%M:%S %z"),
        there.strftime("%a %b %d %H:%M:%S %z %Y"),
        here.strftime("%Y-%m-%d %H:%M:%S"),
        here.strftime("%Y/%m/%d %H:%M:%S"),
        here.strftime("%Y年%m月%d日 %H:%M:%S"),
        here.strftime("%a, %d %b %Y %H:%M:%S"),
        str(int(at.timestamp())),
        str(int(at.timestamp()) * 1000 + 999),
    ):
        assert parse_when(text, seen_at=at) == When(at, Precision.SECOND), text


@given(moments, st.timedeltas(timedelta(0), timedelta(days=300)))
def test_month_and_day_come_back_within_the_year(at: datetime, age: timedelta) -> None:
    here = at.astimezone(SHANGHAI).replace(second=0)
    assume(here.month != 2 or here.day != 29)
    seen = at + age
    assert parse_when(here.strftime("%m-%d %H:%M"), seen_at=seen).at == here
    assert shanghai_date(parse_when(here.strftime("%m月%d日"), seen_at=seen).at) == here.date()


@given(date_like | st.text(max_size=40), moments)
@example("+", SEEN)
@example("2025-06-14 10:00 +1399", SEEN)
def test_text_gives_a_past_moment_or_a_date_error(text: str, seen_at: datetime) -> None:
    try:
        when = parse_when(text, seen_at=seen_at)
    except DateError:
        return
    assert EARLIEST <= when.at <= seen_at
    assert when.at.utcoffset() == timedelta(0)
    if when.precision is Precision.DAY:
        assert when.at == start_of_day(shanghai_date(when.at))


@given(st.integers() | st.floats())
def test_numbers_give_a_past_moment_or_a_date_error(number: float) -> None:
    try:
        assert EARLIEST <= parse_when(number, seen_at=SEEN).at <= SEEN
    except DateError:
        pass


@given(moments, st.integers(0, 2**22 - 1))
def test_any_mid_gives_back_its_second(at: datetime, low: int) -> None:
    assert weibo_mid_time((int(at.timestamp()) - 515483463) << 22 | low) == at


@given(days, days)
def test_days_and_ranges_come_back(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for day in (one, other):
        for text in (
            day.isoformat(),
            day.strftime("%Y年%m月%d日"),
            f"最后更新时间 {day.year}年{day.month}月{day.day}日",
            f"{day.year}.{day.month}.{day.day}",
            day.strftime("%Y%m%d"),
        ):
            assert parse_span(text, year=None, today=TODAY) == Span(day, day), text
        assert parse_span((day - date(1899, 12, 30)).days, year=None, today=TODAY) == Span(day, day)
    for text in (
        f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日",
        f"{first.isoformat()}——{last.isoformat()}",
        f"{first.isoformat()} 至 {last.isoformat()}",
    ):
        assert parse_span(text, year=None, today=TODAY) == Span(first, last), text


@given(days)
def test_a_day_without_a_year_is_its_last_occurrence(day: date) -> None:
    span = parse_span(f"{day.month}月{day.day}日", year=None, today=day)
    assert span == Span(day, day)


@given(
    date_like | st.text(max_size=40) | st.integers() | st.floats(),
    st.none() | st.integers(-5, 20000),
    days,
)
def test_any_cell_gives_days_in_order_or_a_date_error(
    value: str | float, year: int | None, today: date
) -> None:
    try:
        span = parse_span(value, year=year, today=today)
    except DateError:
        return
    assert span.first <= span.last
