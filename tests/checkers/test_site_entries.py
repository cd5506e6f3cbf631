"""Entries of a website's page: which day belongs to which link, and which belongs to none."""

from __future__ import annotations

from datetime import date

import pytest

from checkers._site.entries import Entry, entries
from checkers._site.kinds import looks_like_article
from checkers._site.tree import SitePage, read_page
from tests.checkers.driving import NOON, answer
from tests.checkers.site_answers import FOOT, HOME, page, row

A, B = "/xwzx/content_1001.html", "/xwzx/content_1002.html"
ONE, TWO = "青石县召开防汛工作会议", "青石县开展春耕检查"
THE_18TH, THE_17TH = date(2026, 3, 18), date(2026, 3, 17)


def parsed(body: str, url: str = HOME) -> SitePage:
    read = read_page(answer(page(body, foot=""), url=url))
    assert read is not None
    return read


def found(body: str, url: str = HOME) -> list[Entry]:
    return entries(parsed(body, url), HOME, NOON)


def days(body: str) -> dict[str, date | None]:
    """Title → day."""
    return {entry.title: entry.day for entry in found(body)}


ARRANGED = {
    "list items": f"<ul><li><a href='{A}'>{ONE}</a><span>2026-03-18</span></li>"
    f"<li><a href='{B}'>{TWO}</a><span>2026-03-17</span></li></ul>",
    "dates in front": f"<ul><li><i>2026-03-18</i><a href='{A}'>{ONE}</a></li>"
    f"<li><i>2026-03-17</i><a href='{B}'>{TWO}</a></li></ul>",
    "dates inside the links": f"<ul><li><a href='{A}'>{ONE}<em>2026-03-18</em></a></li>"
    f"<li><a href='{B}'><em>2026-03-17</em>{TWO}</a></li></ul>",
    "dates at the end of the words": f"<p><a href='{A}'>{ONE}</a></p>".replace(
        ONE, f"{ONE} 2026-03-18"
    )
    + f"<p><a href='{B}'>{TWO}[2026-03-17]</a></p>",
    "tags in front": f"<ul><li><a href='/tz/'>[通知]</a><a href='{A}'>{ONE}</a> 2026-03-18</li>"
    f"<li><a href='/tz/'>[通知]</a><a href='{B}'>{TWO}</a> 2026-03-17</li></ul>",
    "rows of a table": f"<table><tr><td><a href='{A}'>{ONE}</a></td><td>青教〔2026〕3号</td>"
    f"<td>2026-03-18</td></tr><tr><td><a href='{B}'>{TWO}</a></td><td></td><td>2026-03-17</td></tr></table>",
    "blocks": f"<div><div><h4><a href='{A}'>{ONE}</a></h4><p>2026-03-18</p></div>"
    f"<div><h4><a href='{B}'>{TWO}</a></h4><p>2026-03-17</p></div></div>",
    "definitions": f"<dl><dt><a href='{A}'>{ONE}</a></dt><dd>2026-03-18</dd>"
    f"<dt><a href='{B}'>{TWO}</a></dt><dd>2026-03-17</dd></dl>",
    "one definition each": f"<dl><dt><a href='{A}'>{ONE}</a></dt><dd>2026-03-18</dd></dl>"
    f"<dl><dt><a href='{B}'>{TWO}</a></dt><dd>2026-03-17</dd></dl>",
    "lines, dates behind": f"<td><a href='{A}'>{ONE}</a> 2026-03-18<br><a href='{B}'>{TWO}</a>"
    " <font>2026-03-17</font><br></td>",
    "lines, dates in front": f"<div>2026-03-18 <a href='{A}'>{ONE}</a><br>2026-03-17"
    f" <a href='{B}'>{TWO}</a></div>",
    "lines, marked dates in front": f"<div><b>2026-03-18</b> <a href='{A}'>{ONE}</a><br>"
    f"<b>2026-03-17</b> <a href='{B}'>{TWO}</a></div>",
    "lines without breaks": f"<div><a href='{A}'>{ONE}</a> 2026-03-18 <a href='{B}'>{TWO}</a> 2026-03-17</div>",
    "in two pieces": f"<ul><li><div><b>18</b><i>2026-03</i></div><a href='{A}'>{ONE}</a></li>"
    f"<li><div><i>2026-03</i><b>17</b></div><a href='{B}'>{TWO}</a></li></ul>",
    "in two pieces inside": f"<div><a href='{A}'><b>18</b><i>2026-03</i><h4>{ONE}</h4></a>"
    f"<a href='{B}'><b>17</b><i>2026-03</i><h4>{TWO}</h4></a></div>",
}


@pytest.mark.parametrize("how", ARRANGED)
def test_a_day_belongs_to_the_link_of_its_item(how: str) -> None:
    shown = {entry.url: entry.day for entry in found(ARRANGED[how])}
    host = "https://www.qingshi.gov.cn"
    assert {host + A: THE_18TH, host + B: THE_17TH}.items() <= shown.items()
    assert set(shown) <= {host + A, host + B}


def test_an_entry_has_title_address_list_and_owner() -> None:
    body = f"<ul>{row('2026-03-18', 1001)}</ul><ul>{row('2026-03-17', 1002)}{row('2026-03-16', 1003)}</ul>"
    one, two, three = found(body)
    assert one == Entry(
        "https://www.qingshi.gov.cn/xwzx/content_1001.html",
        ("qingshi.gov.cn", "/xwzx/content_1001.html", ""),
        "青石县召开防汛工作会议1001",
        THE_18TH,
        True,
        True,
        0,
    )
    assert (two.group, three.group) == (1, 1)


def test_days_in_titles_sentences_and_addresses_belong_to_nobody() -> None:
    body = (
        f"<ul><li><a href='/2018-06/22/content_5300522.htm'>关于2026年3月18日停水的公告</a></li></ul>"
        f"<div><a href='{A}'>{ONE}</a><p>3月17日，青石县召开会议，部署有关工作。</p></div>"
    )
    assert days(body) == {"关于2026年3月18日停水的公告": None, ONE: None}


def test_a_published_day_wins_over_others_in_its_row() -> None:
    body = (
        f"<table><tr><td><a href='{A}'>{ONE}</a></td><td>成文日期：2026-03-19</td>"
        "<td>2026-03-02</td><td>发布日期：2026-03-18</td></tr></table>"
    )
    assert days(body) == {ONE: THE_18TH}


def test_menus_clocks_and_footers_hold_no_entry() -> None:
    body = (
        "<select><option value='/2018-06/22/content_1.html'>2026-03-18</option></select>"
        f"<li>今天是2026年3月20日 <a href='/sc/content_9.html'>把本网站收藏起来</a></li>"
        f"<script>document.write('<a href=\"{A}\">{ONE}</a> 2026-03-18')</script>"
        f"<!-- <li><a href='{A}'>{ONE}</a> 2026-03-18</li> -->"
    )
    assert days(body) == {"把本网站收藏起来": None}
    assert found(FOOT) == []


@pytest.mark.parametrize(
    "foot",
    [
        "<footer>{}</footer>",
        "<div class='Footer-box'>{}</div>",
        "<div id='copyright'>{}</div>",
        "<div class='page-bottom'>{}</div>",
        "<div class='w bottom'>{}</div>",
        "<table class='banquan'><td>{}</td></table>",
    ],
)
def test_the_foot_of_a_page_holds_no_entry(foot: str) -> None:
    assert found(foot.format(row("2026-03-18"))) == []


def test_a_border_at_the_bottom_is_no_foot() -> None:
    assert len(found(f"<div class='border-bottom'>{row('2026-03-18')}</div>")) == 1


def test_a_column_beside_its_list_has_no_day_of_it() -> None:
    body = f"<a href='/xwzx/yaowen/'>青石县政务要闻动态</a><ul>{row('2026-03-18', 1001)}</ul>"
    assert days(body) == {"青石县召开防汛工作会议1001": THE_18TH}


def test_of_two_links_to_one_page_the_day_and_the_longer_title_are_kept() -> None:
    body = (
        f"<a href='{A}'><img src='/a.jpg' alt='防汛会议现场图片'></a>"
        f"<ul><li><a href='{A}#top'>{ONE}</a><span>2026-03-18</span></li></ul>"
        f"<a href='http://qingshi.gov.cn{A}'>防汛会议</a>"
    )
    assert days(body) == {ONE: THE_18TH}


def test_a_day_with_its_year_wins_over_one_without() -> None:
    body = f"<ul><li><a href='{A}'>{ONE}</a>03-18</li></ul><ul><li><a href='{A}'>{ONE}</a>2025-03-18</li></ul>"
    (entry,) = found(body)
    assert (entry.day, entry.dated) == (date(2025, 3, 18), True)
    body = f"<ul><li><a href='{A}'>{ONE}</a>2025-03-18</li></ul><ul><li><a href='{A}'>{ONE}</a>03-18</li></ul>"
    assert found(body)[0].day == date(2025, 3, 18)


@pytest.mark.parametrize(
    ("path", "day", "with_year"),
    [
        ("/202403/t20240318_1001.html", date(2024, 3, 18), True),
        ("/202403/1001.html", date(2024, 3, 18), True),
        ("/202403/t20240319_1001.html", THE_18TH, False),
        ("/202403/t20240317_1001.html", THE_18TH, False),
        ("/202402/1001.html", THE_18TH, False),
        ("/content_1001.html", THE_18TH, False),
    ],
)
def test_the_year_that_a_list_leaves_out_is_taken_from_an_address_of_the_same_day(
    path: str, day: date, with_year: bool
) -> None:
    (entry,) = found(f"<ul><li><a href='{path}'>{ONE}</a>03-18</li></ul>")
    assert (entry.day, entry.dated) == (day, with_year)


def test_a_29th_of_february_is_not_taken_to_a_year_that_has_none() -> None:
    page_of = parsed(f"<ul><li><a href='/202702/1001.html'>{ONE}</a>02-29</li></ul>")
    (entry,) = entries(page_of, HOME, NOON.replace(year=2028))
    assert (entry.day, entry.dated) == (date(2028, 2, 29), False)


@pytest.mark.parametrize(("levels", "day"), [(4, THE_18TH), (5, None)])
def test_a_day_that_stands_far_away_belongs_to_nobody(levels: int, day: date | None) -> None:
    inner = "<b>" * levels + f"<a href='{A}'>{ONE}</a>" + "</b>" * levels
    assert days(f"<p>2026-03-18<u>x</u>{inner}</p>") == {ONE: day}


def test_only_a_term_has_its_definition_beside_it() -> None:
    assert days(f"<ul><li><a href='{A}'>{ONE}</a></li><dd>2026-03-18</dd></ul>") == {ONE: None}
    assert days(f"<dl><dt><a href='{A}'>{ONE}</a></dt><p>2026-03-18</p></dl>")[ONE] == THE_18TH
    wrong = f"<dl><dt><a href='{A}'>{ONE}</a></dt><dt>2026-03-18</dt><dd><a href='{B}'>{TWO}</a></dd></dl>"
    assert days(wrong)[ONE] is None
    block = f"<dl><div><a href='{A}'>{ONE}</a></div><dd>2026-03-18</dd><p><a href='{B}'>{TWO}</a></p></dl>"
    assert days(block)[ONE] is None


def test_pieces_of_a_date_are_short_and_what_stands_between_them_does_not_count() -> None:
    whole = "<ul><li><b>18</b><i>2026年03月</i><a href='{}'>{}</a></li></ul>"
    assert days(whole.format(A, ONE)) == {ONE: THE_18TH}
    between = (
        "<ul><li><b>18</b><u>青石县融媒体中心发</u><i>2026-03</i><a href='{}'>{}</a></li></ul>"
    )
    assert days(between.format(A, ONE)) == {ONE: THE_18TH}


def test_future_days_are_no_days() -> None:
    assert days(f"<ul>{row('2026-03-21', 1001)}</ul>") == {"青石县召开防汛工作会议1001": None}


def test_other_sites_entries_are_not_the_sites_own() -> None:
    urls = {
        "https://www.qingshi.gov.cn/content_1.html": True,
        "http://qingshi.gov.cn/content_2.html": True,
        "https://zfxxgk.qingshi.gov.cn/content_3.html": True,
        "https://www.yunchuan.gov.cn/content_4.html": False,
        "https://notqingshi.gov.cn/content_5.html": False,
        "https://mp.weixin.qq.com/s/AbCdEf": False,
    }
    body = "".join(f"<ul><li><a href='{url}'>{ONE}</a>2026-03-18</li></ul>" for url in urls)
    assert {entry.url: entry.own for entry in found(body)} == urls


def test_undated_links_are_entries_only_when_they_look_like_articles() -> None:
    body = (
        f"<a href='{A}'>{ONE}</a><a href='{B}'>联系我们呀</a><a href='/xwzx/'>青石县要闻动态栏目</a>"
        f"<a href='javascript:void(0)'>{TWO}</a><a href='#top'>{TWO}</a><a href='/content_7.html'></a>"
        "<a href='/'>青石县人民政府门户网站</a><a href='/index.html'>青石县人民政府门户网站</a>"
    )
    assert days(body) == {ONE: None}
    assert found(body)[0].group == 0


def test_six_characters_are_a_title() -> None:
    body = f"<a href='{A}'>青石防汛会议</a><a href='{B}'>青石防汛会</a>"
    assert days(body) == {"青石防汛会议": None}


def test_of_two_days_of_one_page_the_first_counts() -> None:
    for first, second, kept in (
        ("2026-03-18", "2026-03-17", THE_18TH),
        ("2026-03-17", "2026-03-18", THE_17TH),
        ("03-18", "03-17", THE_18TH),
        ("03-18", "", THE_18TH),
        ("", "03-18", THE_18TH),
    ):
        body = f"<ul>{row(first, 1001, ONE)}</ul><ul>{row(second, 1001, ONE)}</ul>"
        assert list(days(body).values()) == [kept]


def test_a_dated_link_needs_a_title_or_the_address_of_a_page() -> None:
    body = (
        "<ul><li><a href='/a/b/'>更多动态</a>2026-03-18</li></ul>"
        f"<ul><li><a href='/c/d/'>{ONE}</a>2026-03-18</li></ul>"
        "<ul><li><a href='/content_71.html'>公告</a>2026-03-18</li></ul>"
    )
    assert days(body) == {ONE: THE_18TH, "公告": THE_18TH}


def test_the_page_itself_is_none_of_its_entries() -> None:
    here = "https://www.qingshi.gov.cn/xwzx/content_1001.html"
    assert found(f"<ul>{row('2026-03-18', 1001)}</ul>", here) == []


def test_a_cut_title_is_completed_by_the_links_own_title() -> None:
    body = f"<ul><li><a href='{A}' title='{ONE}并部署工作'>{ONE[:6]}…</a>2026-03-18</li>"
    assert days(body + f"<li><a href='{B}' title='x'>{TWO}</a></li></ul>") == {
        ONE + "并部署工作": THE_18TH,
        TWO: None,
    }


def test_a_picture_is_named_by_its_words_and_counts_without_any() -> None:
    body = f"<a href='{A}'><img src='/1.jpg' alt='{ONE}'></a><a href='{B}'><img src='/2.jpg'></a>"
    assert days(body) == {ONE: None, "": None}


def test_titles_are_cut_at_200_characters() -> None:
    (title,) = days(f"<ul><li><a href='{A}'>{'青' * 300}</a>2026-03-18</li></ul>")
    assert title == "青" * 200


def test_a_list_item_that_holds_many_links_is_no_item() -> None:
    links = "".join(f"<p><a href='/content_10{n}.html'>{ONE}{n}</a></p>" for n in range(7))
    assert set(days(f"<ul><li>{links}<span>2026-03-18</span></li></ul>").values()) == {None}


@pytest.mark.parametrize(
    ("path", "single"),
    [
        ("/xwzx/content_1001.html", True),
        ("/xwzx/202603/t20260318_1.html", True),
        ("/info/1001/23456.htm", True),
        ("/art/2026/3/18/art_12_3456.html", True),
        ("/a/12.shtml", False),
        ("/a/b_1.html", True),
        ("/a/123456/", True),
        ("/show.jsp?id=abc-1", True),
        ("/show.jsp?articleId=77", True),
        ("/show.jsp?page=2", False),
        ("/xwzx/", False),
        ("/xwzx/index.html", False),
        ("/xwzx/index_1234.html", False),
        ("/col/col12345.html", False),
        ("/xwzx/list_1001.html", False),
        ("/list/1001.html", False),
        ("/channels/1001.html", False),
        ("/lists/1001.html", True),
        ("/about.html", False),
        ("/", False),
    ],
)
def test_addresses_of_single_pages_hold_numbers_days_or_ids(path: str, single: bool) -> None:
    assert looks_like_article("https://www.qingshi.gov.cn" + path) is single


def test_of_a_page_of_thousands_of_links_the_first_4000_are_read() -> None:
    rows = "".join(row("2026-03-18", 10_000 + n) for n in range(4_100))
    shown = found(f"<ul>{rows}</ul>" + "<div>" * 500)
    assert len(shown) == 4000
    assert shown[-1].url.endswith("content_13999.html")
