"""Hidden links of a website, and publish dates that other evidence contradicts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from checkers._site.article import Article, doubt, read_article
from checkers._site.dates import in_address
from checkers._site.hidden import hidden_links
from checkers._site.tree import read_page
from checkers.base import Failure, Response
from checkers.site_facts import DoubtfulDate, HiddenLink
from registry.vocab import Reason
from tests.checkers.driving import NOON, answer
from tests.checkers.site_answers import HOME, page

BAD = "<a href='https://www.caipiao.example/'>精彩内容</a>"
SCRIPT = "<script>menu()</script>"


def hidden(body: str, script: str = SCRIPT) -> list[HiddenLink]:
    read = read_page(answer(page(body, script=script), url=HOME))
    assert read is not None
    return hidden_links(read, HOME)


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (f"<div style='display:none'>{BAD}</div>", "style"),
        (f"<div style='DISPLAY : NONE !important'>{BAD}</div>", "style"),
        (f"<p style='visibility:hidden'><b>{BAD}</b></p>", "style"),
        (f"<p style='opacity:0'>{BAD}</p>", "style"),
        (f"<p hidden>{BAD}</p>", "style"),
        (BAD.replace("<a ", "<a style='display:none' "), "style"),
        (BAD.replace("<a ", "<a style='font-size:0' "), "size"),
        (BAD.replace("<a ", "<a style='color:red;font-size: 1px' "), "size"),
        (f"<p style='font-size:0px'>{BAD}</p>", "size"),
        (f"<p style='font-size:1px'><b>{BAD}</b></p>", "size"),
        (f"<div style='width:0;height:0;overflow:hidden'>{BAD}</div>", "size"),
        (f"<marquee width='1' height='1'>{BAD}</marquee>", "size"),
        (f"<div style='position:absolute;left:-9999px'>{BAD}</div>", "position"),
        (f"<div class='x' style='position:absolute;top:-1000px'>{BAD}</div>", "position"),
        (f"<div style='text-indent:-9999px'>{BAD}</div>", "position"),
        (
            f"<style>.far{{position:absolute;left:-2000px}}</style><div class='far'>{BAD}</div>",
            "position",
        ),
    ],
)
def test_a_link_that_nobody_sees_is_found(body: str, how: str) -> None:
    assert hidden(body) == [HiddenLink("https://www.caipiao.example/", "精彩内容", how, HOME)]


@pytest.mark.parametrize(
    "body",
    [
        BAD,
        f"<div style='display:block'>{BAD}</div>",
        "<div style='display:none'><a href='/jyj/'>教育局</a><a href='https://gaj.qingshi.gov.cn/'>公安局</a></div>",
        "<div style='display:none'><a href='https://www.gov.cn/'>中国政府网</a></div>",
        "<div style='display:none'><a href='https://weibo.com/u/1'>微博</a></div>",
        "<div style='display:none'><a href='https://bszs.conac.cn/1'>标识</a></div>",
        f"<div class='menu' style='display:none'>{BAD}</div>",
        f"<div id='menu' style='display:none'>{BAD}</div>",
        f"<style>.menu{{display:none}}</style><div class='menu'>{BAD}</div>",
        f"<ul style='font-size:0'><li><p><b>{BAD}</b></p></li></ul>",
        "<p style='font-size:0'><a href='https://www.caipiao.example/'><img src='/a.png'></a></p>",
        f"<noscript><div style='display:none'>{BAD}</div></noscript>",
        f"<div style='position:absolute;left:-9px'>{BAD}</div>",
    ],
)
def test_what_is_seen_or_may_be_a_menu_is_no_hidden_link(body: str) -> None:
    assert hidden(body) == []


def test_a_menu_with_foul_words_is_no_menu() -> None:
    foul = BAD.replace("精彩内容", "澳门娱乐城")
    (found,) = hidden(f"<div class='menu' style='display:none'>{foul}</div>")
    assert (found.text, found.how) == ("澳门娱乐城", "style")


def test_a_page_without_scripts_has_no_menus() -> None:
    assert len(hidden(f"<div class='menu' style='display:none'>{BAD}</div>", script="")) == 1


def test_a_hidden_body_hides_nothing() -> None:
    read = read_page(answer(f"<html><body style='visibility:hidden'>{BAD}</body></html>", url=HOME))
    assert read is not None and hidden_links(read, HOME) == []


def test_at_most_a_hundred_hidden_links_of_a_page_are_told() -> None:
    links = "".join(f"<a href='https://a{n}.example/'>x</a>" for n in range(150))
    assert len(hidden(f"<div style='display:none'>{links}</div>")) == 100


def test_the_words_of_a_hidden_link_are_cut() -> None:
    (found,) = hidden(f"<p hidden>{BAD.replace('精彩内容', '彩' * 300)}</p>")
    assert found.text == "彩" * 200


# --- articles -------------------------------------------------------------------------------------

URL = "https://www.qingshi.gov.cn/xwzx/202603/t20260318_1001.html"
PUB = '<meta name="pubdate" content="{}"><meta name="ArticleTitle" content="防汛会议">'


def article(day: str = "2026-03-18 09:00:00", body: str = "<p>正文</p>", **headers: str) -> Article:
    shown = page(body, head=PUB.format(day) if day else "")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = read_article(answer(shown, url=URL, headers=named), URL)
    assert found is not None
    return found


def test_an_article_tells_its_day_in_its_meta_its_words_its_address_and_its_answer() -> None:
    found = article(
        body="<p>发布时间：2026-03-17 08:00 来源：本站</p>",
        last_modified="Wed, 18 Mar 2026 20:00:00 GMT",
    )
    assert found == Article(
        URL,
        "防汛会议",
        date(2026, 3, 18),
        date(2026, 3, 17),
        date(2026, 3, 19),
        in_address(URL),
        True,
    )


def test_the_title_of_an_article_is_cut() -> None:
    head = f'<meta name="ArticleTitle" content="{"青" * 300}">'
    found = read_article(answer(page("", head=head), url=URL), URL)
    assert found == Article(URL, "青" * 200, address=in_address(URL))


@pytest.mark.parametrize(
    "words",
    [
        "发布时间：2026-03-17",
        "发布日期: 2026年3月17日",
        "发文日期 2026/3/17",
        "公开时间：2026.03.17",
        "上传时间：2026-3-17",
    ],
)
def test_without_pub_date_the_words_of_the_page_tell(words: str) -> None:
    found = article("", f"<p>{words}</p>")
    assert (found.published, found.said, found.from_meta) == (date(2026, 3, 17),) * 2 + (False,)


def test_other_days_on_the_page_are_not_its_own() -> None:
    found = article("", "<p>成文日期：2026-03-17</p><p>2026-03-16</p>")
    assert (found.published, found.said, found.modified) == (None, None, None)


@pytest.mark.parametrize(
    "response",
    [
        Response(URL, 0, failure=Failure(Reason.TIMEOUT)),
        Response(URL, 404, body=b"<p>x</p>", fetched_at=NOON),
        Response(URL, 403, body=b"<p>x</p>", fetched_at=NOON),
        Response(URL, 200, body=b"", fetched_at=NOON),
        Response("https://www.qingshi.gov.cn/login/", 200, body=b"<p>x</p>", fetched_at=NOON),
        Response(URL, 200, body=b"<script>$_ts=1</script>", fetched_at=NOON),
        Response(URL, 200, {"set-cookie": "a=1"}, b"<script>var a=1</script>", fetched_at=NOON),
    ],
)
def test_a_wall_or_a_fault_is_no_article(response: Response) -> None:
    assert read_article(response, URL) is None


def test_an_article_that_leads_to_another_site_says_nothing_of_its_day() -> None:
    moved = answer(page("", head=PUB.format("2026-03-18")), url="https://mp.weixin.qq.com/s/a")
    assert read_article(moved, URL) == Article(URL)


def midnight(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day - 1, 16, tzinfo=UTC)


THE_10TH, THE_18TH = date(2026, 3, 10), date(2026, 3, 18)


def test_no_evidence_no_doubt() -> None:
    assert doubt(article(), "t", THE_18TH) is None
    assert doubt(article(), "t", None) is None
    assert doubt(Article(URL), "t", THE_10TH) is None


@pytest.mark.parametrize(
    ("published", "evidence", "by"),
    [
        (dict(body="<p>发布时间：2026-03-10</p>"), "page text 2026-03-10", 10),
        (dict(day="2026-03-10"), "address t20260318_1001", 18),
        (dict(last_modified="Tue, 10 Mar 2026 02:00:00 GMT"), "Last-Modified 2026-03-10", 10),
    ],
)
def test_evidence_that_contradicts_the_printed_day_is_named(
    published: dict[str, str], evidence: str, by: int
) -> None:
    found = article(**published)
    printed = 10 if published.get("day") else 18
    assert doubt(found, "t", None) == DoubtfulDate(
        URL, "防汛会议", midnight(printed), evidence, midnight(by)
    )


def test_the_day_of_a_list_contradicts_too() -> None:
    found = Article(URL, published=THE_18TH, from_meta=True)
    assert doubt(found, "表中标题", THE_10TH) == DoubtfulDate(
        URL, "表中标题", midnight(18), "list 2026-03-10", midnight(10)
    )
    assert doubt(found, "t", date(2026, 3, 19)) is None
    assert doubt(found, "t", date(2026, 3, 17)) is None
    assert doubt(found, "t", date(2026, 3, 20)) is not None


@pytest.mark.parametrize(
    "fine",
    [
        Article(URL, published=THE_18TH, said=date(2026, 3, 17), from_meta=True),
        Article(URL, published=THE_18TH, said=THE_10TH, from_meta=False),
        Article(URL, published=date(2026, 3, 17), address=in_address(URL)),
        Article(URL, published=date(2026, 3, 19), address=in_address(URL)),
        Article(URL, published=date(2026, 3, 30), address=in_address(URL)),
        Article(URL, published=THE_10TH, address=in_address("https://a.example/202604/1.html")),
        Article(URL, published=THE_18TH, modified=date(2026, 3, 17)),
        Article(URL, published=THE_18TH, modified=date(2026, 4, 17)),
    ],
)
def test_what_may_well_be_so_is_no_contradiction(fine: Article) -> None:
    assert doubt(fine, "t", None) is None


@pytest.mark.parametrize(
    "wrong",
    [
        Article(URL, published=date(2026, 3, 16), address=in_address(URL)),
        Article(URL, published=THE_18TH, modified=date(2026, 3, 16)),
        Article(URL, published=THE_18TH, said=date(2026, 3, 16), from_meta=True),
        Article(URL, published=THE_18TH, said=date(2026, 3, 20), from_meta=True),
    ],
)
def test_two_days_are_more_than_a_day(wrong: Article) -> None:
    assert doubt(wrong, "t", None) is not None
