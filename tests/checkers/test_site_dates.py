"""Days on websites: which texts are a date and nothing else, and what addresses say."""

from __future__ import annotations

from datetime import date

import pytest

from checkers._site.dates import InAddress, Printed, in_address, in_pieces, printed, pub_date
from tests.checkers.driving import NOON

THE_18TH = date(2026, 3, 18)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-18",
        " 2026-3-18 ",
        "2026/03/18",
        "2026.03.18",
        "2026 - 03 - 18",
        "2026年3月18日",
        "2026年03月18",
        "2026年3月18号",
        "20260318",
        "（2026-03-18）",
        "[2026-03-18]",
        "【2026-03-18】",
        "２０２６－０３－１８",
        "2026-03-18 10:22",
        "2026-03-18 10:22:33",
        "2026-03-18T10:22:33.000",
        "发布日期：2026-03-18",
        "发布时间:2026-03-18 10:22",
        "来源：青石县政府办 2026-03-18",
        "2026-03-18 浏览：123",
        "2026-03-18|点击",
        "| 2026-03-18",
    ],
)
def test_a_text_that_is_a_date_with_its_label_is_a_day(text: str) -> None:
    assert printed(text, NOON) == Printed(THE_18TH)


@pytest.mark.parametrize("text", ["03-18", "[03-18]", "03/18", "03.18", "3月18日", "03-18 09:30"])
def test_without_a_year_it_is_the_last_occurrence_and_marked(text: str) -> None:
    assert printed(text, NOON) == Printed(THE_18TH, with_year=False)


def test_a_month_and_day_still_ahead_was_last_year() -> None:
    assert printed("12-25", NOON) == Printed(date(2025, 12, 25), with_year=False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天", date(2026, 3, 19)),
        ("3天前", date(2026, 3, 17)),
        ("[3天前]", date(2026, 3, 17)),
        ("今天 08:30", date(2026, 3, 20)),
    ],
)
def test_days_are_counted_back_from_the_look(text: str, day: date) -> None:
    assert printed(text, NOON) == Printed(day)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "今天",
        "2026-03",
        "2026",
        "12:30",
        "1.2",
        "3-18",
        "1-2",
        "10.0.0.1",
        "第12-18号",
        "0871-65321234",
        "〔2026〕3号",
        "2026-02-30",
        "20261318",
        "2026-03-21",
        "1998-12-31",
        "今天是2026年3月18日",
        "今日是 2026-03-18",
        "2026年3月18日 星期三",
        "2026年3月18日 周三",
        "农历2026-03-18",
        "欢迎您 2026-03-18",
        "当前时间：2026-03-18",
        "北京时间 2026-03-18",
        "成文日期：2026-03-18",
        "实施日期 2026-03-18",
        "截止时间：2026-03-18",
        "有效期至 2026-03-18",
        "会议时间 2026-03-18",
        "3月18日，青石县召开会议",
        "青石县将于2026年3月18日停水。请各村注意",
        "关于2026年3月18日停水",
        "青石县水务局关于青石县城区及周边各乡镇停水 2026-03-18",
        "2026-03-18 " + "青" * 60,
    ],
)
def test_anything_else_is_no_day(text: str) -> None:
    assert printed(text, NOON) is None


def test_a_text_of_sixty_characters_may_still_be_a_date() -> None:
    text = "青" * 20 + "2026-03-18 10:22:33 "
    assert printed(text + "石" * (60 - len(text)), NOON) == Printed(THE_18TH)
    assert printed(text + "石" * (61 - len(text)), NOON) is None


def test_the_day_of_the_look_is_not_ahead() -> None:
    assert printed("2026-03-20", NOON) == Printed(date(2026, 3, 20))


def test_the_web_of_1999_is_old_enough() -> None:
    assert printed("1999-01-02", NOON) == Printed(date(1999, 1, 2))


@pytest.mark.parametrize(
    "text",
    ["18 2026-03", "18 2026/03", "18日 2026年3月", "2026-03 18", "2026年03月 18日", "18\n2026.3"],
)
def test_a_date_in_two_pieces_is_a_day(text: str) -> None:
    assert in_pieces(text, NOON) == Printed(THE_18TH)


@pytest.mark.parametrize(
    "text", ["", "18", "2026-03", "32 2026-03", "21 2026-03", "18 3", "x 18 2026-03 y"]
)
def test_other_pieces_are_none(text: str) -> None:
    assert in_pieces(text, NOON) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-18 14:46:00",
        "2026-03-18 09:26",
        "2026/03/18 09:30",
        "2026年03月18日",
        "2026年3月18日 下午",
        "2026-03-18",
        "2026.3.18",
        "20260318",
        "20260318143000",
        " 2026-03-18T02:00:00Z",
        "2026-03-18 25:61",
    ],
)
def test_of_a_pub_date_the_day_is_read_in_all_forms(text: str) -> None:
    assert pub_date(text, NOON) == THE_18TH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "暂无",
        "2026-03",
        "202603181",
        "20261318",
        "2026-03-21",
        "2026-13-01",
        "18.03.2026",
        "0000-00-00",
    ],
)
def test_a_pub_date_that_cannot_be_is_none(text: str) -> None:
    assert pub_date(text, NOON) is None


@pytest.mark.parametrize(
    ("path", "first", "last", "text"),
    [
        ("/a/202603/t20260318_123.html", (3, 18), (3, 18), "t20260318_123"),
        ("/art/2026/3/18/art_1_2.html", (3, 18), (3, 18), "2026/3/18"),
        ("/x/2026-03-18/1.html", (3, 18), (3, 18), "2026-03-18"),
        ("/2026-03/18/content_53.htm", (3, 18), (3, 18), "2026-03/18"),
        ("/202603/18/c53.htm", (3, 18), (3, 18), "202603/18"),
        ("/20260318/1.html", (3, 18), (3, 18), "20260318"),
        ("/info/20260318.htm", (3, 18), (3, 18), "20260318"),
        ("/info/20260318_77.htm", (3, 18), (3, 18), "20260318"),
        ("/202602/1.html", (2, 1), (2, 28), "202602"),
        ("/t20261318_1/202602/1.html", (2, 1), (2, 28), "202602"),
        ("/2026-02/1.html", (2, 1), (2, 28), "2026-02"),
        ("/2026/01/1.html", (1, 1), (1, 31), "2026/01"),
    ],
)
def test_an_address_names_a_day_or_a_month(
    path: str, first: tuple[int, int], last: tuple[int, int], text: str
) -> None:
    expected = InAddress(date(2026, *first), date(2026, *last), text)
    assert in_address("https://www.qingshi.gov.cn" + path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/a/1.html",
        "/202613/1.html",
        "/content_20260318123.html",
        "/a.html?d=/20260318/",
        "/1998/01/a",
    ],
)
def test_other_addresses_name_none(path: str) -> None:
    assert in_address("https://www.qingshi.gov.cn" + path) is None
