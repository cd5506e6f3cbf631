"""Websites: what a look at a home page and its columns shows, and when silence is silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checkers.base import (
    Coverage,
    Facts,
    Failure,
    Inconclusive,
    Post,
    Request,
    Response,
    Target,
    Unsupported,
)
from checkers.site_facts import HiddenLink, SiteColumn, SiteFacts
from checkers.website import Website
from registry.dates import start_of_day
from registry.vocab import (
    CheckKind,
    ColumnKind,
    CoverageKind,
    Derivation,
    Existence,
    LinkKind,
    Precision,
    Reason,
    SiteMark,
    SitePart,
)
from tests.checkers.contract import look
from tests.checkers.driving import answer
from tests.checkers.site_answers import HOME, NEWS, OLD, Site, listing, page, row, target

HOST = "https://www.qingshi.gov.cn"
PARTIAL = Coverage(CoverageKind.PARTIAL)


def day(month: int, of_month: int, year: int = 2026) -> datetime:
    return start_of_day(date(year, month, of_month))


def reaches(month: int, of_month: int) -> Coverage:
    return Coverage(CoverageKind.REACHES_BACK_TO, day(month, of_month))


def seen(site: Site, source: str = "pages", at: Target | None = None) -> Facts:
    outcome = look(Website(), source, at or target(), site).outcome
    assert isinstance(outcome, Facts), outcome
    return outcome


def refused(site: Any, source: str = "pages", at: Target | None = None) -> tuple[Reason, str]:
    outcome = look(Website(), source, at or target(), site).outcome
    assert isinstance(outcome, Inconclusive), outcome
    return outcome.reason, outcome.detail


def facts_of(facts: Facts) -> SiteFacts:
    assert facts.site is not None
    return facts.site


def article(pub_date: str = "", body: str = "<p>正文</p>") -> str:
    return page(body, head=f'<meta name="PubDate" content="{pub_date}">' if pub_date else "")


# --- a whole look ---------------------------------------------------------------------------------


def test_a_look_at_a_site_asks_robots_home_columns_and_the_newest_entry() -> None:
    site = Site(
        page(NEWS + '<a href="/tz/">通知公告</a>' + listing(row("2026-03-18", 1001)) + OLD),
        {"/xwzx/": page(OLD), "/tz/": page(OLD), "/xwzx/content_1001.html": article("2026-03-18")},
    )
    facts = seen(site)
    paths = ["/robots.txt", "/", "/xwzx/", "/tz/", "/xwzx/content_1001.html"]
    assert site.asked == [HOST + path for path in paths]
    assert facts.existence is Existence.EXISTS
    assert facts.display_name == "青石县人民政府网站"
    assert facts.identifiers == {"site_code": "5300000001"}
    assert facts.posts[0] == Post(
        day(3, 18),
        Precision.DAY,
        "青石县召开防汛工作会议1001",
        HOST + "/xwzx/content_1001.html",
        derived_from=Derivation.TEXT,
    )
    assert [post.published_at for post in facts.posts[1:]] == [
        day(3, 1),
        day(2, 27),
        day(2, 20),
        day(2, 11),
        day(1, 30),
    ]
    assert facts.note == ""
    shown = facts_of(facts)
    assert shown.looked_at == {SitePart.COLUMNS, SitePart.MARKS, SitePart.HIDDEN, SitePart.DATES}
    assert shown.opened is None and shown.doubtful == () and shown.hidden == ()
    assert shown.marks[SiteMark.ICP] == "云ICP备12345678号-1"
    assert shown.columns == (
        SiteColumn("要闻动态", HOST + "/xwzx/", ColumnKind.NEWS, 5, day(3, 1)),
        SiteColumn("通知公告", HOST + "/tz/", ColumnKind.NOTICE, 5, day(3, 1)),
    )


def test_identity_asks_for_the_home_page_alone() -> None:
    site = Site(page(NEWS + OLD))
    facts = seen(site, at=target(CheckKind.IDENTITY))
    assert site.asked == [HOST + "/robots.txt", HOME]
    assert facts.posts == () and facts.coverage == Coverage()
    assert facts_of(facts).looked_at == {SitePart.MARKS, SitePart.HIDDEN}
    assert facts.display_name == "青石县人民政府网站"


def test_marks_that_a_script_may_write_are_not_spoken_of() -> None:
    site = Site(page(NEWS, head="", foot="", script="<script src='/foot.js'></script>"))
    facts = seen(site, at=target(CheckKind.IDENTITY))
    assert facts_of(facts).looked_at == {SitePart.HIDDEN}
    assert facts.identifiers == {}


def test_entries_of_columns_are_posts_too() -> None:
    site = Site(page(NEWS + OLD), {"/xwzx/": page(listing(row("2026-03-18", 1001)) + OLD)})
    facts = seen(site)
    assert facts.newest is not None and facts.newest.published_at == day(3, 18)


def test_the_address_that_the_office_gave_goes_before_the_ledgers() -> None:
    site = Site(page(NEWS + OLD))
    given = target(CheckKind.IDENTITY, url="http://old.qingshi.gov.cn/", address=HOME)
    seen(site, at=given)
    assert site.asked == [HOST + "/robots.txt", HOME]


def test_hidden_links_of_home_and_columns_are_told() -> None:
    bad = "<p style='display:none'><a href='https://{}.example/'>x</a></p>"
    site = Site(page(NEWS + OLD + bad.format("a")), {"/xwzx/": page(OLD + bad.format("b"))})
    assert facts_of(seen(site)).hidden == (
        HiddenLink("https://a.example/", "x", "style", HOME),
        HiddenLink("https://b.example/", "x", "style", HOST + "/xwzx/"),
    )


# --- silence --------------------------------------------------------------------------------------


def test_a_home_page_whose_lists_are_old_shows_silence() -> None:
    assert seen(Site(page(OLD))).coverage == reaches(1, 31)


def test_the_list_that_ends_first_sets_the_reach() -> None:
    busy = listing(*(row(f"2026-03-{n}", 1000 + n) for n in (19, 18, 17)))
    assert seen(Site(page(OLD + busy))).coverage == reaches(3, 18)


def test_an_old_entry_on_top_does_not_lengthen_the_reach() -> None:
    pinned = listing(
        row("2020-01-05", 1001), *(row(f"2026-02-{n}", 1000 + n) for n in (19, 18, 17))
    )
    assert seen(Site(page(OLD + pinned))).coverage == reaches(2, 18)


def test_four_entries_are_too_few_and_five_are_enough() -> None:
    days = ("2026-03-01", "2026-02-27", "2026-02-20", "2026-02-11")
    four = [row(text, 1000 + at) for at, text in enumerate(days)]
    assert seen(Site(page(listing(*four)))).coverage == PARTIAL
    five = [*four, row("2026-02-10", 1009)]
    assert seen(Site(page(listing(*five)))).coverage == reaches(2, 11)


@pytest.mark.parametrize(
    "more",
    [
        "<ul class='news'></ul>",
        "<div id='app'></div>",
        "<li>{{ title }}</li>",
        "<iframe src='/inc/'></iframe>",
        listing("<li><a href='/content_7001.html'>青石县融媒体中心发布</a></li>"),
        listing("<li><a href='/content_7001.html'>青石县融媒体中心发布</a>2026-04-01</li>"),
        listing(
            "<li><a href='https://www.yunchuan.gov.cn/content_1.html'>云川市的消息通报</a></li>"
        ),
        listing(row("12-32", 7001)),
    ],
)
def test_silence_is_not_shown_by_a_page_that_may_hold_something_newer(more: str) -> None:
    facts = seen(Site(page(OLD + more)))
    assert facts.coverage == PARTIAL
    assert facts.newest is not None and facts.newest.published_at == day(3, 1)


@pytest.mark.parametrize(
    ("more", "coverage"),
    [
        (
            listing("<li><a href='/202601/t20260115_7.html'>青石县融媒体中心发布</a></li>"),
            reaches(1, 31),
        ),
        (
            listing("<li><a href='/202602/t20260215_7.html'>青石县融媒体中心发布</a></li>"),
            reaches(2, 16),
        ),
        (listing("<li><a href='/202602/c70001.html'>青石县融媒体中心发布</a></li>"), reaches(3, 1)),
        (
            listing(
                "<li><a href='https://www.yunchuan.gov.cn/content_1.html'>云川市的消息通报</a>2026-03-19</li>"
            ),
            reaches(3, 20),
        ),
        (
            listing(
                "<li><a href='https://www.yunchuan.gov.cn/content_1.html'>云川市的消息通报</a>2026-03-20</li>"
            ),
            PARTIAL,
        ),
        (listing(row("02-25", 7001)), reaches(2, 26)),
    ],
)
def test_what_is_surely_old_only_shortens_the_reach(more: str, coverage: Coverage) -> None:
    assert seen(Site(page(OLD + more))).coverage == coverage


def test_a_page_that_was_cut_off_shows_no_silence() -> None:
    assert seen(Site(page(OLD).replace("</body></html>", ""))).coverage == PARTIAL


@pytest.mark.parametrize(
    ("column", "note"),
    [
        (Response("", 403, body=b"x"), "a page was not read: blocked"),
        (Response("", 500, body=b"x"), "a page was not read: server_error"),
        (Response("", 0, failure=Failure(Reason.TIMEOUT)), "a page was not read: timeout"),
        (Response("", 200, {}, b"<script>$_ts</script>"), "a page was not read: blocked"),
        (Response("", 301, {}, b"<p>x</p>"), "a page was not read: ambiguous"),
    ],
)
def test_a_column_that_was_not_read_may_hold_something_newer(column: Response, note: str) -> None:
    facts = seen(Site(page(NEWS + OLD), {"/xwzx/": column}))
    assert facts.coverage == PARTIAL
    assert facts.note == note
    assert facts_of(facts).columns == ()
    assert SitePart.COLUMNS not in facts_of(facts).looked_at


def test_a_column_that_is_gone_holds_nothing() -> None:
    facts = seen(Site(page(NEWS + OLD)))
    assert facts.coverage == reaches(1, 31)
    assert facts_of(facts).columns == () and facts.note == ""


def test_after_a_wall_no_article_is_asked_for() -> None:
    site = Site(page(NEWS + OLD), {"/xwzx/": Response("", 412, body=b"x")})
    seen(site)
    assert len(site.asked) == 3
    site = Site(page(NEWS + OLD), {"/xwzx/": Response("", 500, body=b"x")})
    assert seen(site).note == "a page was not read: server_error"
    assert site.asked[3:] == [HOST + "/xwzx/content_3000.html"]


def test_a_wall_is_told_before_another_fault() -> None:
    body = NEWS + '<a href="/tz/">通知公告</a><a href="/gs/">公示</a>' + OLD
    for walled in ("/xwzx/", "/tz/", "/gs/"):
        pages = {path: Response("", 500, body=b"x") for path in ("/xwzx/", "/tz/", "/gs/")}
        site = Site(page(body), pages | {walled: Response("", 403, body=b"x")})
        assert seen(site).note == "a page was not read: blocked"


# --- single pages ---------------------------------------------------------------------------------


def test_an_entry_without_a_day_is_dated_by_its_own_page() -> None:
    headline = '<a href="/xwzx/content_7001.html">青石县融媒体中心发布</a>'
    site = Site(page(headline + OLD), {"/xwzx/content_7001.html": article("2026-02-25")})
    facts = seen(site)
    assert site.asked[2:] == [HOST + "/xwzx/content_3000.html", HOST + "/xwzx/content_7001.html"]
    assert facts.coverage == reaches(2, 26)
    found = {post.url: post for post in facts.posts}[HOST + "/xwzx/content_7001.html"]
    assert (found.published_at, found.derived_from) == (day(2, 25), Derivation.FIELD)


def test_a_picture_without_words_may_be_the_newest_of_all() -> None:
    slide = '<a href="/xwzx/content_7001.html"><img src="/1.jpg"></a>'
    assert seen(Site(page(slide + OLD))).coverage == PARTIAL
    head = '<meta name="PubDate" content="2026-03-19"><meta name="ArticleTitle" content="防汛">'
    newest = seen(Site(page(slide + OLD), {"/xwzx/content_7001.html": page("", head=head)})).newest
    assert newest is not None and (newest.published_at, newest.title) == (day(3, 19), "防汛")


def test_a_headline_may_be_the_newest_of_all() -> None:
    headline = '<a href="/xwzx/content_7001.html">青石县融媒体中心发布</a>'
    pages = {"/xwzx/content_7001.html": article("", "<p>发布时间：2026-03-19</p>")}
    newest = seen(Site(page(headline + OLD), pages)).newest
    assert newest is not None
    assert (newest.published_at, newest.derived_from) == (day(3, 19), Derivation.TEXT)


def test_entries_without_a_day_are_not_opened_when_the_site_is_fresh() -> None:
    headline = '<a href="/xwzx/content_7001.html">青石县融媒体中心发布</a>'
    site = Site(page(headline + listing(row("2026-03-06", 1001)) + OLD))
    seen(site)
    assert site.asked[2:] == [HOST + "/xwzx/content_1001.html"]


def test_the_last_day_before_the_window_is_not_fresh() -> None:
    headline = '<a href="/xwzx/content_7001.html">青石县融媒体中心发布</a>'
    site = Site(page(headline + listing(row("2026-03-05", 1001)) + OLD))
    seen(site)
    assert len(site.asked) == 4
    site = Site(page(headline + listing(row("2026-03-05", 1001)) + OLD))
    seen(site, at=replace(target(), read_back_to=datetime.min))
    assert len(site.asked) == 3


def test_at_most_six_undated_entries_are_opened_and_only_those_that_may_be_new() -> None:
    heads = "".join(
        f'<a href="/xwzx/content_7{n:03}.html">青石县融媒体中心发布</a>' for n in range(9)
    )
    heads = '<a href="/202601/t20260115_7.html">青石县融媒体中心发布</a>' + heads
    site = Site(page(heads + OLD))
    assert seen(site).coverage == PARTIAL
    assert site.asked[3:] == [f"{HOST}/xwzx/content_7{n:03}.html" for n in range(6)]


def test_days_without_a_year_are_confirmed_by_the_entries_own_pages() -> None:
    rows = listing(row("03-18", 1001), row("03-17", 1002), row("03-16", 1003), row("03-15", 1004))
    pages = {
        "/xwzx/content_1001.html": article("2024-03-18"),
        "/xwzx/content_1002.html": article("2026-03-17"),
    }
    site = Site(page(rows + OLD), pages)
    facts = seen(site)
    assert [url[-9:-5] for url in site.asked[2:]] == ["1001", "1002", "1003", "3000"]
    shown = {post.url[-9:-5]: post.published_at for post in facts.posts}
    assert shown["1001"] == day(3, 18, 2024) and shown["1002"] == day(3, 17)
    assert "1003" not in shown and "1004" not in shown
    assert facts.newest is not None and facts.newest.published_at == day(3, 17)


def test_only_pages_of_the_home_pages_host_are_opened() -> None:
    below = "<li><a href='https://zw.qingshi.gov.cn/content_1.html'>青石县政务公开的消息</a>2026-03-02</li>"
    site = Site(page(listing(below) + OLD))
    facts = seen(site)
    assert facts.newest is not None and facts.newest.published_at == day(3, 2)
    assert site.asked[2:] == [HOST + "/xwzx/content_3000.html"]


def test_days_without_a_year_older_than_the_newest_are_not_opened() -> None:
    site = Site(page(listing(row("02-28", 1001)) + OLD))
    seen(site)
    assert site.asked[2:] == [HOST + "/xwzx/content_3000.html"]


def test_a_home_page_is_dated_by_its_columns() -> None:
    headline = '<a href="/xwzx/content_7001.html">青石县融媒体中心发布</a>'
    column = page(listing(row("2026-02-26", 7001, "青石县融媒体中心发布")))
    site = Site(page(NEWS + headline + OLD), {"/xwzx/": column})
    assert seen(site).coverage == reaches(2, 27)
    assert site.asked[3:] == [HOST + "/xwzx/content_3000.html"]


def test_an_article_that_contradicts_its_list_is_told_and_shows_no_silence() -> None:
    site = Site(
        page(listing(row("2026-03-18", 1001)) + OLD),
        {"/xwzx/content_1001.html": article("2026-02-20")},
    )
    facts = seen(site)
    (found,) = facts_of(facts).doubtful
    assert (found.evidence, found.printed) == ("list 2026-03-18", day(2, 20))
    assert found.contradicted_by == day(3, 18) and found.title == "青石县召开防汛工作会议1001"
    assert facts.coverage == reaches(3, 19)
    assert facts.newest is not None and facts.newest.published_at == day(3, 1)


def test_an_article_that_was_not_read_leaves_the_list_as_it_is() -> None:
    body = page(listing(row("2026-03-18", 1001)) + OLD)
    gone, down = seen(Site(body)), Site(
        body, {"/xwzx/content_1001.html": Response("", 502, body=b"x")}
    )
    assert gone.newest is not None and gone.newest.published_at == day(3, 18)
    assert gone.note == "" and SitePart.DATES not in facts_of(gone).looked_at
    assert seen(down).note == "a page was not read: HTTP 502"
    silent = Site(body, {"/xwzx/content_1001.html": Response("", 0, failure=Failure(Reason.DNS))})
    assert seen(silent).note == "a page was not read: dns"
    assert seen(silent).coverage == PARTIAL


# --- columns --------------------------------------------------------------------------------------


def column(body: str, head: str = "", script: str = "") -> SiteColumn:
    more = '<a href="/lm/">栏目乙</a>'
    site = Site(page(more + OLD), {"/lm/": page(body, head=head, foot="", script=script)})
    (found,) = facts_of(seen(site)).columns
    assert found.url == HOST + "/lm/"
    return found


def test_a_column_is_named_by_its_link_and_told_by_its_own_page() -> None:
    head = '<meta name="columnname" content="{}"><meta name="ColumnType" content="{}">'
    assert column(OLD, head.format("青石要闻", "")).kind is ColumnKind.NEWS
    assert column(OLD, head.format("栏目乙", "政策文件")).kind is ColumnKind.NOTICE
    assert column(OLD, head.format("", "")).kind is ColumnKind.OTHER
    assert column(OLD, head.format("青石要闻", "")).name == "栏目乙"


def test_a_column_behind_more_is_named_by_its_page() -> None:
    body = '<a href="/a/">更多</a><a href="/b/">更多&gt;&gt;</a>' + OLD
    pages = {
        "/a/": page(OLD, head='<meta name="ColumnName" content="通知公告">'),
        "/b/": page(OLD, head=""),
    }
    one, two = facts_of(seen(Site(page(body), pages))).columns
    assert (one.name, one.kind) == ("通知公告", ColumnKind.NOTICE)
    assert two.name == HOST + "/b/"


def test_the_newest_of_a_column_is_its_latest_day_wherever_it_stands() -> None:
    rows = listing(row("2025-03-01", 1), row("2026-03-02", 2), row("2026-01-01", 3))
    found = column(rows)
    assert (found.entries, found.newest, found.precision) == (3, day(3, 2), Precision.DAY)


@pytest.mark.parametrize(
    ("body", "entries", "newest"),
    [
        ("<p>暂无内容</p>", 0, None),
        ("<p>青石县</p>", None, None),
        ("<ul></ul>", 0, None),
        ("<ul></ul><p>暂无内容</p>", 0, None),
        (listing(row("2026-03-02", 1)) + "<ul class='news'></ul>", None, None),
        (listing(row("2026-03-02", 1)) + "<p>暂无内容</p>", 1, (3, 2)),
        (listing(row("03-02", 1)), 1, None),
        (listing(row("2026-03-02", 1), row("", 2)), 2, None),
        (listing(row("2026-03-02", 1)) + listing(row("", 2), row("", 4)), 3, (3, 2)),
        (
            listing(
                row("2026-03-02", 1),
                "<li><a href='/202602/t20260201_9.html'>青石县融媒体中心发布</a></li>",
            ),
            2,
            (3, 2),
        ),
        (
            listing(
                row("2026-03-02", 1),
                "<li><a href='/202603/t20260303_9.html'>青石县融媒体中心发布</a></li>",
            ),
            2,
            None,
        ),
    ],
)
def test_a_column_is_empty_or_dated_only_when_its_page_tells(
    body: str, entries: int | None, newest: tuple[int, int] | None
) -> None:
    found = column(body)
    assert (found.entries, found.newest) == (entries, day(*newest) if newest else None)


def test_an_empty_list_that_a_script_may_fill_is_not_empty() -> None:
    assert column("<ul></ul>", script="<script src='/list.js'></script>").entries is None
    assert column("<ul></ul><p>暂无内容</p>", script="<script></script>").entries is None
    assert column("<p>暂无内容</p>", script="<script></script>").entries == 0


def test_a_column_that_leads_to_another_site_is_not_the_sites() -> None:
    moved = Response("https://www.yunchuan.gov.cn/xwzx/", 200, {}, page(OLD).encode())
    assert facts_of(seen(Site(page(NEWS + OLD), {"/xwzx/": moved}))).columns == ()


# --- what stands in the way -----------------------------------------------------------------------


def robots(text: str) -> dict[str, str]:
    return {"/robots.txt": text}


def test_robots_txt_is_honoured() -> None:
    closed = Site(page(NEWS + OLD), robots("User-agent: *\nDisallow: /"))
    assert refused(closed) == (Reason.BLOCKED, "robots.txt")
    assert refused(Site(page(NEWS + OLD), robots("User-agent: *\nDisallow: /")), "links") == (
        Reason.BLOCKED,
        "robots.txt",
    )
    partly = Site(page(NEWS + OLD), robots("User-agent: *\nDisallow: /xwzx/"))
    seen(partly)
    assert partly.asked == [HOST + "/robots.txt", HOME]


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION, Reason.TLS])
def test_a_site_that_does_not_answer_for_robots_txt_is_not_asked_again(reason: Reason) -> None:
    down = Response("", 0, failure=Failure(reason, "why"))
    site = Site(page(OLD), {"/robots.txt": down})
    assert refused(site) == (reason, "why")
    assert site.asked == [HOST + "/robots.txt"]


@pytest.mark.parametrize("reason", [Reason.TOO_LARGE, Reason.REDIRECT_LOOP])
def test_a_robots_txt_that_is_none_forbids_nothing(reason: Reason) -> None:
    site = Site(page(OLD), {"/robots.txt": Response("", 0, failure=Failure(reason))})
    assert seen(site).existence is Existence.EXISTS


def test_robots_txt_is_asked_for_at_the_root_and_bounded() -> None:
    asked = look(Website(), "pages", target(url=HOST + ":8443/a/b.html"), Site("")).asked
    assert [r.url for r in asked][:1] == [HOST + ":8443/robots.txt"]
    assert asked[0].max_bytes == 500_000 and asked[1].max_bytes == 5_000_000


def test_further_pages_are_read_up_to_two_megabytes() -> None:
    asked = look(Website(), "pages", target(), Site(page(NEWS + OLD), {"/xwzx/": page(OLD)})).asked
    assert [request.max_bytes for request in asked[2:]] == [2_000_000, 2_000_000]


@pytest.mark.parametrize(
    ("home", "reason", "detail"),
    [
        (Response("", 202, {}, b"<script>x</script>"), Reason.BLOCKED, "challenge page, HTTP 202"),
        (Response("", 412, {}, b"<script>x</script>"), Reason.BLOCKED, "HTTP 412"),
        (Response("", 521, {}, b"<script>x</script>"), Reason.BLOCKED, "HTTP 521"),
        (Response("", 403, {}, b"no"), Reason.BLOCKED, "HTTP 403"),
        (
            Response("", 200, {"set-cookie": "a=1"}, b"<script>go()</script>"),
            Reason.BLOCKED,
            "challenge page, HTTP 200",
        ),
        (Response("", 200, {}, b"  "), Reason.EMPTY_BODY, ""),
        (Response("", 200, {}, b"\x00"), Reason.CHANGED_LAYOUT, "no page"),
        (Response("", 200, {}, b"<p>x</p>"), Reason.CHANGED_LAYOUT, "a home page without links"),
        (Response("", 404, {}, b"<p>x</p>"), Reason.NOT_FOUND, "HTTP 404"),
        (Response("", 410, {}, b"<p>x</p>"), Reason.NOT_FOUND, "HTTP 410"),
        (Response("", 400, {}, b"<p>x</p>"), Reason.AMBIGUOUS, "HTTP 400"),
        (Response("", 300, {}, b"<a href='/a/'>x</a>"), Reason.AMBIGUOUS, "HTTP 300"),
        (Response("", 503, {}, b"<p>x</p>"), Reason.SERVER_ERROR, "HTTP 503"),
        (Response("", 0, failure=Failure(Reason.TLS, "old")), Reason.TLS, "old"),
    ],
)
def test_walls_and_faults_are_no_findings(home: Response, reason: Reason, detail: str) -> None:
    assert refused(Site(home)) == (reason, detail)
    assert refused(Site(home), "links") == (reason, detail)


def test_a_page_answered_with_203_is_a_page() -> None:
    assert seen(Site(Response("", 203, {}, page(OLD).encode()))).existence is Existence.EXISTS


def test_a_home_page_that_sends_on_is_followed_once() -> None:
    site = Site("<meta http-equiv='refresh' content='0;url=/portal/'>", {"/portal/": page(OLD)})
    assert seen(site).coverage == reaches(1, 31)
    assert site.asked[:3] == [HOST + "/robots.txt", HOME, HOST + "/portal/"]
    again = Site("<script>location='/a/'</script>", {"/a/": "<script>location='/b/'</script>"})
    assert refused(again) == (Reason.CHANGED_LAYOUT, "a home page without links")
    assert again.asked == [HOST + "/robots.txt", HOME, HOST + "/a/"]


def test_sent_on_to_another_host_its_own_robots_txt_counts() -> None:
    moved = "https://zw.qingshi.gov.cn"
    pages = {moved + "/": page(OLD), moved + "/robots.txt": "User-agent: *\nDisallow: /"}
    site = Site(f"<script>location.href='{moved}/'</script>", pages)
    assert refused(site) == (Reason.BLOCKED, "robots.txt")
    assert site.asked == [HOST + "/robots.txt", HOME, moved + "/robots.txt"]
    site = Site(f"<script>location.href='{moved}/'</script>", {moved + "/": page(OLD)})
    assert seen(site, at=target(CheckKind.IDENTITY)).existence is Existence.EXISTS


@pytest.mark.parametrize("source", ["pages", "links", "reach"])
def test_without_an_address_nothing_is_asked(source: str) -> None:
    site = Site("")
    outcome = look(Website(), source, target(url="  "), site).outcome
    assert isinstance(outcome, Unsupported) and outcome.reason is Reason.NO_ADDRESS
    outcome = look(Website(), source, target(url="青石县政府网"), site).outcome
    assert isinstance(outcome, Unsupported) and outcome.reason is Reason.CONFIG
    assert "青石县政府网" in outcome.detail and site.asked == []
    outcome = look(Website(), source, target(url="青" * 200), site).outcome
    assert isinstance(outcome, Unsupported) and outcome.detail.count("青") == 80


def test_an_unknown_source_is_refused() -> None:
    outcome = look(Website(), "guess", target(), Site("")).outcome
    assert isinstance(outcome, Unsupported)
    assert (outcome.reason, outcome.detail) == (Reason.NO_SOURCE, "guess")


# --- bad pages ------------------------------------------------------------------------------------


def test_a_gbk_page_without_a_charset_is_read() -> None:
    body = page(NEWS + OLD).replace('<meta charset="utf-8">', "").encode("gb18030")
    facts = seen(Site(body, {"/xwzx/": page(OLD)}))
    assert facts.display_name == "青石县人民政府网站"
    assert facts.posts[0].title == "青石县召开防汛工作会议3000"


def test_a_page_that_lies_about_its_charset_is_read() -> None:
    facts = seen(Site(page(NEWS + OLD).encode("gb18030")))
    assert facts.display_name == "青石县人民政府网站"


@pytest.mark.parametrize("depth", [300, 100_000])
def test_nesting_beyond_reason_costs_what_lies_below_it_only(depth: int) -> None:
    facts = seen(Site(page(OLD + "<div>" * depth + listing(row("2026-03-18", 1001)))))
    assert day(3, 1) in {post.published_at for post in facts.posts}


def test_a_broken_page_is_read_as_far_as_it_goes() -> None:
    facts = seen(Site(page(OLD, foot="")[:-60]))
    assert facts.coverage == PARTIAL
    assert [post.published_at for post in facts.posts][:2] == [day(3, 1), day(2, 27)]


# --- links ----------------------------------------------------------------------------------------


def links(
    body: str, pages: Mapping[str, Any] | None = None
) -> list[tuple[str, LinkKind, str, tuple[str, ...]]]:
    facts = seen(Site(page(body, foot=""), pages), "links", target(CheckKind.MENU))
    assert facts.existence is Existence.EXISTS
    return [(x.label, x.kind, x.url.removeprefix(HOST), x.path) for x in facts.links]


def test_links_of_the_home_page_in_their_order_each_once() -> None:
    body = (
        "<a href='/a/'>要闻</a><a href='/a/index.html'>动态</a><a href='/b/#x'>公告</a>"
        "<a href='/'>首页</a><a href='#'>顶部</a><a href='javascript:x()'>x</a><a href='mailto:a@b'>信</a>"
        "<a href='https://mp.weixin.qq.com/s/AbCdEf'>文章</a><a href='/c/' title='名称'><img src='/c.png'></a>"
        "<p style='display:none'><a href='/hid/'>隐藏</a></p>"
    )
    assert links(body) == [
        ("要闻", LinkKind.URL, "/a/", ("首页", "要闻")),
        ("公告", LinkKind.URL, "/b/", ("首页", "公告")),
        ("文章", LinkKind.ARTICLE, "https://mp.weixin.qq.com/s/AbCdEf", ("首页", "文章")),
        ("名称", LinkKind.URL, "/c/", ("首页", "名称")),
    ]


def test_two_links_of_one_label_are_told_by_their_addresses() -> None:
    shown = links(
        "<a href='/a/'>更多</a><a href='/b/'>更多</a><a href='/c/'></a><a href='https://x.example'></a>"
    )
    assert [path for _label, _kind, _url, path in shown] == [
        ("首页", "更多"),
        ("首页", "更多 /b/"),
        ("首页", "/c/"),
        ("首页", "https://x.example"),
    ]


def test_qr_codes_are_links_to_their_pictures() -> None:
    body = (
        "<a href='/a/'>要闻</a>"
        "<img src='/images/ewm.png' alt='青石发布'><img src='/i/1.png' alt='微信公众号二维码'>"
        "<div><img src='/i/2.png'><p>扫一扫关注</p></div><img src='/banner.jpg' alt='青石风光'>"
        "<img src='data:image/png;base64,AAAA' alt='二维码'>"
        "<section><img src='/i/3.png' title='青石微博二维码'></section>"
    )
    shown = {url: (label, kind) for label, kind, url, _path in links(body)}
    assert shown["/images/ewm.png"] == ("青石发布", LinkKind.QR)
    assert shown["/i/1.png"] == ("微信公众号二维码", LinkKind.QR)
    assert shown["/i/3.png"] == ("青石微博二维码", LinkKind.QR)
    assert "/banner.jpg" not in shown
    assert not any(url.startswith("data:") for url in shown)


def test_the_page_of_new_media_accounts_is_read_first() -> None:
    matrix = page(
        "<a href='https://weibo.com/u/1234567890'>青石发布微博</a><a href='/a/'>要闻</a>", foot=""
    )
    body = "<a href='/a/'>要闻</a><a href='/jz/'>政务新媒体矩阵</a>"
    assert links(body, {"/jz/": matrix}) == [
        (
            "青石发布微博",
            LinkKind.URL,
            "https://weibo.com/u/1234567890",
            ("政务新媒体矩阵", "青石发布微博"),
        ),
        ("要闻", LinkKind.URL, "/a/", ("政务新媒体矩阵", "要闻")),
        ("政务新媒体矩阵", LinkKind.URL, "/jz/", ("首页", "政务新媒体矩阵")),
    ]


def test_the_home_page_is_not_its_own_page_of_accounts() -> None:
    home = target(CheckKind.MENU, url=HOST + "/portal/")
    pages = {
        "/portal/": page("<a href='/portal/'>新媒体</a><a href='/jz/'>新媒体矩阵</a>", foot="")
    }
    site = Site("", pages)
    seen(site, "links", home)
    assert site.asked == [HOST + "/robots.txt", HOST + "/portal/", HOST + "/jz/"]
    only = Site(
        "", {"/portal/": page("<a href='/portal/'>新媒体</a><a href='/a/'>要闻</a>", foot="")}
    )
    seen(only, "links", home)
    assert len(only.asked) == 2


def test_a_page_of_accounts_that_does_not_open_is_only_a_link() -> None:
    body = "<a href='/jz/'>新媒体矩阵</a><a href='https://x.example/jz/'>新媒体矩阵</a>"
    site = Site(page(body, foot=""))
    facts = seen(site, "links", target(CheckKind.MENU))
    assert site.asked == [HOST + "/robots.txt", HOME, HOST + "/jz/"]
    assert [link.url for link in facts.links] == [HOST + "/jz/", "https://x.example/jz/"]


def test_links_that_robots_txt_forbids_are_not_tried() -> None:
    body = "<a href='/no/'>要闻</a><a href='/yes/'>公告</a><a href='https://x.example/no/'>外</a><a href='/no/jz'>新媒体</a>"
    site = Site(page(body, foot=""), robots("User-agent: *\nDisallow: /no/"))
    facts = seen(site, "links", target(CheckKind.MENU))
    assert [link.label for link in facts.links] == ["公告", "外"]


def test_links_and_qr_codes_are_bounded() -> None:
    body = "".join(f"<a href='/a{n}/'>栏目{n}</a><img src='/qr{n}.png'>" for n in range(300))
    kinds = [kind for _label, kind, _url, _path in links(body)]
    assert (kinds.count(LinkKind.URL), kinds.count(LinkKind.QR)) == (180, 30)


def test_articles_of_wechat_are_counted_as_links() -> None:
    body = "".join(f"<a href='https://mp.weixin.qq.com/s/a{n}'>文章{n}</a>" for n in range(200))
    assert [kind for _label, kind, _url, _path in links(body)] == [LinkKind.ARTICLE] * 180


def test_labels_are_cut() -> None:
    ((label, _kind, _url, _path),) = links(f"<a href='/a/'>{'青' * 300}</a>")
    assert label == "青" * 100


# --- reach ----------------------------------------------------------------------------------------

WITNESS = "https://www.gov.cn/"


class Down:
    """A home page that ends as told; a witness that answers, or does not."""

    def __init__(self, home: Response, witness: Response | None = None) -> None:
        self.home, self.witness = home, witness or Response("", 200, {}, b"<p>x</p>")
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        return self.home if request.url == HOME else self.witness


def failed(reason: Reason, detail: str = "why", expires_at: datetime | None = None) -> Response:
    return Response("", 0, failure=Failure(reason, detail, expires_at))


SITE = target(CheckKind.SITE)


@pytest.mark.parametrize(
    "home",
    [
        Response("", 200, {}, b"<html><body><p>x</p></body></html>"),
        Response("", 204, {}, b"x"),
        Response("https://zw.qingshi.gov.cn/", 200, {}, b"<p>x</p>"),
        failed(Reason.TOO_LARGE),
    ],
)
def test_a_home_page_with_content_is_a_sample_that_opened(home: Response) -> None:
    site = Down(home)
    facts = look(Website(), "reach", SITE, site).outcome
    assert facts == Facts(site=SiteFacts(frozenset({SitePart.REACH}), opened=True))
    assert site.asked == [Request(HOME, seconds=15.0, once=True)]


@pytest.mark.parametrize(
    ("home", "why"),
    [
        (Response("", 500, {}, b"x"), "HTTP 500"),
        (Response("", 503, {}, b""), "HTTP 503"),
        (Response("", 404, {}, b"x"), "HTTP 404"),
        (Response("", 410, {}, b"x"), "HTTP 410"),
        (
            failed(Reason.TLS, "expired", datetime(2026, 1, 2, tzinfo=UTC)),
            "certificate expired 2026-01-02",
        ),
    ],
)
def test_what_every_visitor_meets_needs_no_witness(home: Response, why: str) -> None:
    site = Down(home)
    facts = look(Website(), "reach", SITE, site).outcome
    assert facts == Facts(site=SiteFacts(frozenset({SitePart.REACH}), opened=False, why=why))
    assert len(site.asked) == 1


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION])
def test_silence_counts_when_a_witness_answers(reason: Reason) -> None:
    for witness in (
        Response("", 200, {}, b"x"),
        Response("", 503, {}, b""),
        Response("", 403, {}, b""),
        failed(Reason.TLS),
    ):
        site = Down(failed(reason), witness)
        facts = look(Website(), "reach", SITE, site).outcome
        assert isinstance(facts, Facts) and facts.site is not None
        assert (facts.site.opened, facts.site.why) == (False, f"{reason.value} why")
        assert site.asked[1:] == [Request(WITNESS, seconds=15.0, max_bytes=100_000, once=True)]


@pytest.mark.parametrize(
    "witness",
    [Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION, Reason.HOST_BLOCKED, Reason.ADDRESS_REFUSED],
)
def test_silence_of_a_witness_too_is_our_own_network(witness: Reason) -> None:
    site = Down(failed(Reason.TIMEOUT, ""), failed(witness))
    assert refused(site, "reach", SITE) == (Reason.TIMEOUT, "own network; timeout")


def test_an_office_in_a_closed_network_names_its_own_witness() -> None:
    site = Down(failed(Reason.DNS))
    look(Website(), "reach", replace(SITE, address="http://10.1.2.3/"), site)
    assert site.asked[1].url == "http://10.1.2.3/"


def test_a_site_is_no_witness_of_itself() -> None:
    for given in (replace(SITE, address="http://qingshi.gov.cn/x"), replace(SITE, address="x")):
        site = Down(failed(Reason.DNS))
        assert refused(site, "reach", given) == (Reason.DNS, "no other witness; dns why")
        assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("home", "reason"),
    [
        (Response("", 401, {}, b"x"), Reason.LOGIN_WALL),
        (Response("", 403, {}, b"x"), Reason.BLOCKED),
        (Response("", 412, {}, b"x"), Reason.BLOCKED),
        (Response("", 429, {}, b"x"), Reason.RATE_LIMITED),
        (Response("", 521, {}, b"x"), Reason.BLOCKED),
        (Response("", 202, {}, b"<script>x</script>"), Reason.BLOCKED),
        (Response("", 200, {}, b"<script>$_ts=1</script>"), Reason.BLOCKED),
        (Response("", 200, {"set-cookie": "a"}, b"<script>x</script>"), Reason.BLOCKED),
        (Response("", 200, {}, b" "), Reason.EMPTY_BODY),
        (Response("", 200, {}, b"\x00"), Reason.BLOCKED),
        (Response("", 302, {}, b"<p>x</p>"), Reason.AMBIGUOUS),
        (Response("", 400, {}, b"<p>x</p>"), Reason.AMBIGUOUS),
        (Response("https://passport.example.com/", 200, {}, b"x"), Reason.LOGIN_WALL),
        (failed(Reason.TLS), Reason.TLS),
        (failed(Reason.HOST_BLOCKED), Reason.HOST_BLOCKED),
        (failed(Reason.REDIRECT_LOOP), Reason.REDIRECT_LOOP),
        (failed(Reason.ADDRESS_REFUSED), Reason.ADDRESS_REFUSED),
    ],
)
def test_a_wall_is_no_sample(home: Response, reason: Reason) -> None:
    site = Down(home)
    assert refused(site, "reach", SITE)[0] is reason
    assert len(site.asked) == 1


# --- what the sources say of themselves -----------------------------------------------------------


def test_sites_are_asked_every_three_seconds_one_request_at_a_time() -> None:
    for source in Website.sources:
        assert source.pace is not None and (source.pace.min_gap, source.pace.in_flight) == (3.0, 1)
    pace = Website.hosts["www.gov.cn"]
    assert (pace.min_gap, pace.in_flight) == (3.0, 1)


def test_each_kind_of_check_has_one_source() -> None:
    kinds = {source.name: source.kinds for source in Website.sources}
    assert kinds == {
        "pages": {CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE},
        "links": {CheckKind.MENU},
        "reach": {CheckKind.SITE},
    }
    assert all(source.label["zh"] and source.label["en"] for source in Website.sources)
    assert all(source.by_default and not source.address for source in Website.sources)


def test_any_host_is_read_that_the_ledger_calls_a_website() -> None:
    shown = answer(page(OLD).encode())
    outcome = look(
        Website(), "pages", target(url="http://10.0.0.8/"), lambda request: shown
    ).outcome
    assert isinstance(outcome, Facts) and len(outcome.posts) == 5
