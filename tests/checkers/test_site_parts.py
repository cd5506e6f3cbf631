"""The parts of a look at a website: addresses, names of columns, marks, robots.txt, filled pages."""

from __future__ import annotations

import pytest

from checkers._site.columns import leads
from checkers._site.filling import (
    is_bare_list,
    is_challenge,
    is_filled_by_scripts,
    onward,
    says_empty,
)
from checkers._site.hosts import (
    absolute,
    below,
    folder,
    host_of,
    is_foreign,
    is_own,
    place,
    registrable,
    same_host,
    within,
)
from checkers._site.marks import (
    marks,
    metas,
    name_for,
    site_code,
    site_name,
    tells_of_marks,
)
from checkers._site.names import (
    holds,
    is_more,
    kind_of,
    leads_to_matrix,
    may_name_a_column,
    words,
)
from checkers._site.robots import Rule, may_read, read_rules
from checkers._site.tree import SitePage, ancestors, decoded, read_page
from checkers.base import Failure, Response
from registry.vocab import ColumnKind, Reason, SiteMark
from tests.checkers.driving import answer
from tests.checkers.site_answers import FOOT, HOME, page

NEWS, NOTICE, OTHER = ColumnKind.NEWS, ColumnKind.NOTICE, ColumnKind.OTHER


def parsed(text: str, url: str = HOME) -> SitePage:
    read = read_page(answer(text, url=url))
    assert read is not None
    return read


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a/", "https://www.qingshi.gov.cn/a/"),
        ("b.html#c", "https://www.qingshi.gov.cn/b.html"),
        (" //x.example/1\n", "https://x.example/1"),
        ("http://x.example", "http://x.example"),
        ("/a\tb", "https://www.qingshi.gov.cn/ab"),
        ("", ""),
        ("#top", ""),
        ("javascript:void(0)", ""),
        ("mailto:a@qingshi.gov.cn", ""),
        ("tel:12345", ""),
        ("http://[1", ""),
    ],
)
def test_a_link_is_made_whole_or_leads_nowhere(href: str, url: str) -> None:
    assert absolute(HOME, href) == url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Qingshi.gov.cn.:8080/a", "www.qingshi.gov.cn"),
        ("ftp://a.example/", ""),
        ("a.example", ""),
        ("http://[::1/", ""),
    ],
)
def test_only_web_addresses_have_a_host(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.qingshi.gov.cn", "qingshi.gov.cn"),
        ("qingshi.gov.cn", "qingshi.gov.cn"),
        ("a.b.qingshi.gov.cn", "qingshi.gov.cn"),
        ("www.qingshi.yn.cn", "qingshi.yn.cn"),
        ("www.qingshi.cn", "qingshi.cn"),
        ("www.qingshi.com.example", "com.example"),
        ("gov.cn", "gov.cn"),
        ("12345.qingshi.gov.cn", "qingshi.gov.cn"),
        ("kyfw.12306.cn", "12306.cn"),
        ("10.0.0.1", "10.0.0.1"),
        ("a:b:c.d.e", "a:b:c.d.e"),
    ],
)
def test_the_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_a_department_is_not_the_city_and_the_city_not_the_department() -> None:
    city, police = "https://www.yunchuan.gov.cn/", "https://gaj.yunchuan.gov.cn/"
    assert is_own(police, city) and not is_own(city, police)
    assert is_own("http://yunchuan.gov.cn/a", city)
    assert not is_own("https://notyunchuan.gov.cn/", city)
    assert not is_own("mailto:x", city)
    assert same_host("http://yunchuan.gov.cn/", city) and not same_host(police, city)
    assert not same_host("", "")
    assert within("a.b", "b") and within("b", "b") and not within("ab", "b")


@pytest.mark.parametrize(
    ("url", "home", "expected"),
    [
        ("https://qingshi.gov.cn/xwzx/", HOME, True),
        ("https://www.qingshi.gov.cn/index.html", HOME, False),
        ("https://www.qingshi.gov.cn", HOME, False),
        ("https://www.qingshi.gov.cn/?a=1", HOME, True),
        ("https://zfxxgk.qingshi.gov.cn/xwzx/", HOME, False),
        ("https://www.qingshi.gov.cn/jyj/dt/", "https://www.qingshi.gov.cn/jyj/index.html", True),
        ("https://www.qingshi.gov.cn/wjw/dt/", "https://www.qingshi.gov.cn/jyj/index.html", False),
    ],
)
def test_a_site_in_a_folder_keeps_to_its_folder(url: str, home: str, expected: bool) -> None:
    assert below(url, home) is expected


def test_a_page_has_one_place_however_it_is_written() -> None:
    spellings = (
        "http://www.a.example/x/",
        "https://a.example/x/index.html",
        "http://a.example/x/Default.aspx",
    )
    assert {place(url) for url in spellings} == {("a.example", "/x/", "")}
    assert place("http://a.example") == ("a.example", "/", "")
    assert place("http://a.example/x?b=1") == ("a.example", "/x", "b=1")
    assert folder("http://a.example/x/y.html") == "/x/" and folder("http://a.example") == "/"


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("https://zfxxgk.qingshi.gov.cn/", False),
        ("https://www.gov.cn/", False),
        ("https://mp.weixin.qq.com/s/a", False),
        ("https://bszs.conac.cn/x", False),
        ("https://www.people.com.cn/", False),
        ("https://www.caipiao.example/", True),
        ("https://fakegov.cn/", True),
        ("javascript:1", False),
    ],
)
def test_hosts_outside_the_sites_own_list_are_foreign(url: str, foreign: bool) -> None:
    assert is_foreign(url, HOME) is foreign


def test_the_domain_of_a_site_is_not_foreign_to_it() -> None:
    assert not is_foreign("https://news.qingshi.example/", "https://www.qingshi.example/")


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("要闻动态", NEWS),
        ("青石要闻", NEWS),
        ("部门 动态", NEWS),
        ("时政新闻", NEWS),
        ("通知公告", NOTICE),
        ("公示公告", NOTICE),
        ("政策文件", NOTICE),
        ("规范性文件", NOTICE),
        ("财政预决算", OTHER),
        ("领导之窗", OTHER),
        ("", OTHER),
    ],
)
def test_columns_are_told_by_their_names(name: str, kind: ColumnKind) -> None:
    assert kind_of(name) is kind


def test_the_first_name_that_tells_decides() -> None:
    assert kind_of("更多", "通知公告", "要闻") is NOTICE
    assert kind_of("通知动态") is NEWS


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("要闻动态", True),
        ("更多>>", True),
        ("MORE", True),
        ("财政", True),
        ("财", False),
        ("2026", False),
        ("网站地图", False),
        ("English", False),
        ("设为首页", False),
        ("一二三四五六七八九十一二三四五六", True),
        ("一二三四五六七八九十一二三四五六七", False),
    ],
)
def test_short_words_may_name_a_column(text: str, may: bool) -> None:
    assert may_name_a_column(text) is may


def test_more_is_more_and_nothing_else() -> None:
    assert is_more("更多 >>") and is_more("[More]") and not is_more("更多动态")


def test_a_list_of_accounts_is_told_by_its_name() -> None:
    assert leads_to_matrix("青石县人民政府政务新媒体账号矩阵")
    assert leads_to_matrix("政务新媒体矩阵") and not leads_to_matrix("要闻动态")
    assert not leads_to_matrix("青石县召开政务新媒体矩阵建设工作推进会议并部署")


def test_words_are_longest_first_and_hosts_are_not_folded() -> None:
    listed = words("links", "more")
    assert list(listed) == sorted(listed, key=len, reverse=True) and "查看更多" in listed
    assert "qq.com" in words("hosts", "known")
    assert holds("请 启用 JavaScript！", "words", "loading") and not holds("青石", "words", "empty")


def test_every_column_kind_with_a_window_has_its_words() -> None:
    assert words("kinds", "news") and words("kinds", "notice")
    assert not set(words("kinds", "news")) & set(words("kinds", "notice"))


# --- which links lead to columns ------------------------------------------------------------------


def named(
    body: str, home: str = HOME, rules: tuple[Rule, ...] = ()
) -> list[tuple[str, str, ColumnKind]]:
    return [
        (x.name, x.url.removeprefix("https://www.qingshi.gov.cn"), x.kind)
        for x in leads(parsed(page(body), home), home, rules)
    ]


def test_columns_of_a_home_page_in_their_order() -> None:
    body = (
        "<a href='/gk/'>政府概况</a><a href='/more/'>更多</a><a href='/tz/'>通知公告</a>"
        "<a href='/xw.jsp'>要闻动态</a><a href='/zx/index.html'>人事任免</a><a href='/about.html'>领导之窗</a>"
        "<a href='/xw/content_1001.html'>时政要闻</a><a href='https://x.example/xw/'>要闻</a>"
        "<a href='/bs/'>办事服务</a><a href='/'>要闻</a><a href='/rs/list_1.html'>人事信息</a>"
    )
    assert named(body) == [
        ("要闻动态", "/xw.jsp", NEWS),
        ("通知公告", "/tz/", NOTICE),
        ("政府概况", "/gk/", OTHER),
        ("人事任免", "/zx/index.html", OTHER),
        ("人事信息", "/rs/list_1.html", OTHER),
        ("", "/more/", OTHER),
    ]


def test_a_column_linked_twice_has_its_name() -> None:
    assert named(
        "<a href='/xw/'>更多</a><a href='/xw/index.html'>要闻动态</a><a href='/xw/'>动态</a>"
    ) == [("要闻动态", "/xw/index.html", NEWS)]


def test_a_link_without_words_is_named_by_its_title() -> None:
    assert named("<a href='/tz/' title='通知公告'><img src='/a.png'></a>") == [
        ("通知公告", "/tz/", NOTICE)
    ]


def test_at_most_sixteen_columns_are_read_news_and_notices_first() -> None:
    body = "".join(f"<a href='/o{n}/'>栏目之{chr(0x4E00 + n)}</a>" for n in range(20))
    found = named(body + "<a href='/tz/'>通知公告</a>")
    assert len(found) == 16 and found[0] == ("通知公告", "/tz/", NOTICE)


def test_columns_that_robots_txt_forbids_are_left_out() -> None:
    assert named(
        "<a href='/xw/'>要闻</a><a href='/tz/'>通知</a>", rules=(Rule("/xw/", False),)
    ) == [("通知", "/tz/", NOTICE)]


# --- the tree -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("青石县人民政府召开会议".encode("gb18030"), ""),
        ("青石县人民政府召开会议".encode("gb18030"), "text/html; charset=utf-8"),
        ("青石县人民政府召开会议".encode(), "text/html; charset=gbk"),
        ("<meta charset=gbk>青石县人民政府召开会议".encode(), ""),
        ("青石县人民政府召开会议".encode()[:-1] + b"", "text/html"),
    ],
)
def test_bytes_tell_the_charset_whatever_is_declared(body: bytes, kind: str) -> None:
    assert "青石县人民政府召开会" in decoded(answer(body, headers={"content-type": kind}))


def test_a_page_without_markup_is_none() -> None:
    assert read_page(answer(b"\x00 \n")) is None


def test_relative_links_count_from_the_base_of_the_page() -> None:
    shown = parsed(
        "<head><base href='/sub/'></head><a href='a.html'>x</a><a href='http://b.example/'>y</a>"
    )
    assert [url for _link, url in shown.links()] == [
        "https://www.qingshi.gov.cn/sub/a.html",
        "http://b.example/",
    ]


def test_shown_words_leave_out_scripts_menus_and_comments() -> None:
    shown = parsed(
        "<body>一<script>x</script>二<!-- c --><select><option>o</option></select>"
        "<b> 三\n四 </b><noscript>n</noscript>五<style>s</style></body>"
    )
    assert shown.words(shown.root) == "一 二 三 四 五"
    assert shown.words(shown.root, 2) == "一 二"
    assert shown.pieces(shown.root)[2][0].tag == "b"
    assert [text.strip() for _where, text in shown.pieces(shown.root)][2] == "三\n四"


def test_the_words_of_an_element_are_those_in_it_and_none_behind_it() -> None:
    shown = parsed("<div>一<p>二<b>三</b>四</p>五</div><select><option>六</option></select>")
    said = {str(element.tag): shown.words(element) for element in shown.elements()}
    assert said["p"] == "二 三 四"
    assert said["b"] == "三"
    assert said["option"] == "六"


def test_words_far_down_a_page_without_words_are_not_waited_for() -> None:
    for count, said in ((200, "x"), (2100, "")):
        shown = parsed("<p>" + "<b></b>" * count + "x</p>")
        assert shown.words(shown.root) == said


def test_ancestors_are_bounded() -> None:
    shown = parsed("<div><p><b>x</b></p></div>")
    (bold,) = shown.root.iter("b")
    assert [e.tag for e in ancestors(bold)] == ["b", "p", "div", "body", "html"]
    assert [e.tag for e in ancestors(bold, 2)] == ["b", "p"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("<html><body><p>a</p></body></html>", True),
        ("<html><body><p>a</p></BODY>", True),
        ("<html><body><p>a</p></HTML>", True),
        ("<html><body><p>a</p>", False),
        ("<p></body></html>" + "x" * 30_000, False),
    ],
)
def test_a_page_without_its_end_is_not_whole(text: str, whole: bool) -> None:
    assert parsed(text).whole is whole


# --- filled pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<li>{{ item.title }}</li>",
        "<li v-for='x in xs'>a</li>",
        "<li ng-repeat='x'>a</li>",
        "<li><%= title %></li>",
        "<li>${title}</li>",
        "<ul class='news'></ul>",
        "<ol> \n</ol>",
        "<table><tbody></tbody></table>",
        "<div id='app'></div>",
        "<div class='news-box'></div>",
        "<section class='list'></section>",
        "<div>数据加载中…</div>",
        "<p>Loading...</p>",
        "<noscript>请启用 JavaScript 后访问</noscript>",
        "<iframe src='/inc/news.html'></iframe>",
    ],
)
def test_a_page_that_scripts_fill_is_told(body: str) -> None:
    assert is_filled_by_scripts(parsed(page(body)))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<script>var t = '{{x}}' + '<%= y %>';</script><style>a{}</style>",
        "<SCRIPT>\nvar t = '{{x}}';\n</SCRIPT>",
        "<ul class='carousel-indicators'></ul>",
        "<ul class='slide-dots'></ul>",
        "<div class='weather-list'></div>",
        "<div class='clear'></div>",
        "<div id='wrapper'></div>",
        "<ul><li></li></ul>",
        "<iframe src='https://weather.example/'></iframe>",
        "<iframe></iframe>",
        "<noscript>统计</noscript>",
    ],
)
def test_an_ordinary_page_is_not_filled_by_scripts(body: str) -> None:
    assert not is_filled_by_scripts(parsed(page(body)))


@pytest.mark.parametrize("said", ["暂无内容", "栏目建设中，敬请期待！", "对不起，没有相关信息"])
def test_a_page_says_that_it_is_empty(said: str) -> None:
    assert says_empty(parsed(page(f"<div><p>{said}</p></div>")))


@pytest.mark.parametrize(
    "body",
    [
        "<p>青石县</p>",
        "<p style='display:none'>暂无内容</p>",
        "<div hidden><p>暂无内容</p></div>",
        "<div style='visibility: hidden'><p>暂无内容</p></div>",
        "<p>青石县融媒体中心大楼正在建设中，预计明年年底之前可以完工并且投入使用吧</p>",
        f"<p>暂无内容</p><p>{'青石' * 800}</p>",
        "<script>'暂无内容'</script>",
    ],
)
def test_a_page_that_does_not_say_so_is_not_empty(body: str) -> None:
    assert not says_empty(parsed(page(body)))


def test_an_empty_list_counts_only_without_any_script() -> None:
    assert is_bare_list(parsed(page("<ul></ul>")))
    assert not is_bare_list(parsed(page("<ul></ul><script src='/a.js'></script>")))
    assert not is_bare_list(parsed(page("<p>x</p>")))


_PLAIN = "<html><body><p>Welcome</p></body></html>"
_RUISHU = "<html><script src='/x.js' r='m'></script><script>$_ts=window['$_ts'];</script><body></body></html>"


@pytest.mark.parametrize(
    ("text", "status", "cookie", "challenge"),
    [
        (_PLAIN, 200, False, False),
        (_PLAIN, 200, True, False),
        (_PLAIN, 202, False, True),
        (_RUISHU, 200, False, True),
        ("<html><script>var a=1;</script></html>", 200, True, True),
        ("<html><script>var a=1;</script></html>", 200, False, False),
        ("<html><script src='/app.js'></script><div id='app'></div></html>", 200, True, False),
        ("<script>document.cookie='__jsl=1'</script>", 200, False, True),
        ("<script>eval(x)</script><p>" + "青" * 200 + "</p>", 200, True, False),
        ("<script>eval(x)</script><p>" + "青" * 199 + "</p>", 200, True, True),
        ("<script>eval(x)</script><a href='/a/'>a</a>", 200, True, False),
        ("<script>eval(x)</script><a href='/a/'>a</a>", 202, True, False),
        ("document.cookie", 200, True, False),
    ],
)
def test_a_page_of_nothing_but_a_script_is_a_challenge(
    text: str, status: int, cookie: bool, challenge: bool
) -> None:
    assert is_challenge(parsed(text), text, status, cookie) is challenge


def test_an_answer_without_markup_is_a_challenge_only_by_its_status() -> None:
    assert is_challenge(None, "", 202, False) and not is_challenge(None, "", 200, True)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<meta http-equiv='refresh' content='0;url=/portal/'>", "/portal/"),
        ("<meta http-equiv='Refresh' content='0; URL=\"index.html\"'>", "/index.html"),
        ("<meta http-equiv=refresh content='3;/a/'>", "/a/"),
        ("<script>window.location.href = '/main.html';</script>", "/main.html"),
        ('<script>location.replace("/main.html")</script>', "/main.html"),
        ("<script>top.location='main.html'</script>", "/main.html"),
        (
            "<frameset><frame src='top.html'><frame name='mainFrame' src='m.html'></frameset>",
            "/m.html",
        ),
        ("<frameset><frame src='only.html'></frameset>", "/only.html"),
        ("<iframe src=''></iframe><iframe src='/in.html'></iframe>", "/in.html"),
        ("<p>青石</p>", ""),
        ("<meta http-equiv='refresh' content='600'>", ""),
        ("<meta http-equiv='refresh' content='0;url=https://www.qingshi.gov.cn/'>", ""),
        ("<script>location.href='javascript:x'</script>", ""),
        ("<a href='/a/'>a</a><script>location.href='/m/'</script>", ""),
    ],
)
def test_a_page_without_links_may_send_its_visitors_on(body: str, url: str) -> None:
    whole = "https://www.qingshi.gov.cn" + url if url else ""
    assert onward(parsed(f"<html><head></head>{body}</html>")) == whole


# --- marks ----------------------------------------------------------------------------------------

CONAC = "<a href='http://bszs.conac.cn/sitename?method=show&id=1'><img src='/red.png'></a>"


def test_all_marks_of_a_foot_are_read() -> None:
    report = "<a href='https://zfwzzc.www.gov.cn/check_web/errorInfo_index.action'>找错</a>"
    shown = marks(parsed(page("", foot=FOOT + CONAC + report)))
    assert shown == {
        SiteMark.PARTY_GOVERNMENT: "http://bszs.conac.cn/sitename?method=show&id=1",
        SiteMark.SITE_CODE: "5300000001",
        SiteMark.ICP: "云ICP备12345678号-1",
        SiteMark.POLICE: "云公网安备 53000002000001号",
        SiteMark.ERROR_REPORT: "https://zfwzzc.www.gov.cn/check_web/errorInfo_index.action",
    }


@pytest.mark.parametrize(
    ("foot", "mark", "says"),
    [
        (
            "<script src='//dcs.conac.cn/js/1.js'></script>",
            SiteMark.PARTY_GOVERNMENT,
            "//dcs.conac.cn/js/1.js",
        ),
        (
            "<script>document.write(unescape('%3Cscript src=//dcs.conac.cn/js/1.js'))</script>",
            SiteMark.PARTY_GOVERNMENT,
            "script: conac",
        ),
        (
            "<script>x='https%3A%2F%2Fdcs.conac.cn/js/1.js'</script>",
            SiteMark.PARTY_GOVERNMENT,
            "script: conac",
        ),
        ("<span id='_ideConac'></span>", SiteMark.PARTY_GOVERNMENT, "_ideConac"),
        ("<script id='_jiucuo_' src='/j.js'></script>", SiteMark.ERROR_REPORT, "_jiucuo_"),
        (
            "<img src='https://pucha.kaipuyun.cn/exposure/i.png'>",
            SiteMark.ERROR_REPORT,
            "https://pucha.kaipuyun.cn/exposure/i.png",
        ),
        ("<p>滇 ICP备05000001号</p>", SiteMark.ICP, "滇 ICP备05000001号"),
        (
            "<a href='http://www.beian.gov.cn/p?recordcode=53000002000001'>x</a>",
            SiteMark.POLICE,
            "53000002000001",
        ),
        ("<p>滇公网安备53000002000001号</p>", SiteMark.POLICE, "滇公网安备53000002000001号"),
        ("<p>网站标识码：bm12000001</p>", SiteMark.SITE_CODE, "bm12000001"),
    ],
)
def test_each_mark_is_found_by_itself(foot: str, mark: SiteMark, says: str) -> None:
    assert marks(parsed(page("", head="", foot=foot))) == {mark: says}


@pytest.mark.parametrize(
    "foot",
    [
        "<a href='https://notconac.cn/'>x</a>",
        "<p>ICP备</p>",
        "<p>公网安备</p>",
        "<p>标识码：12345</p>",
    ],
)
def test_what_only_looks_like_a_mark_is_none(foot: str) -> None:
    assert marks(parsed(page("", head="", foot=foot))) == {}


def test_nothing_is_said_of_marks_that_a_script_may_write() -> None:
    bare, scripted = parsed(page("", head="", foot="")), parsed(
        page("", head="", foot="", script="<script></script>")
    )
    assert tells_of_marks(bare, {}) and not tells_of_marks(scripted, {})
    assert tells_of_marks(scripted, {SiteMark.ICP: "云ICP备12345678号"})
    assert not tells_of_marks(parsed(page("<iframe></iframe>", head="", foot="")), {})


@pytest.mark.parametrize(
    ("head", "body", "code"),
    [
        ("<meta name='siteidcode' content='5300000001'>", "", "5300000001"),
        ("<META NAME='SITEIDCODE' CONTENT='BM12000001'>", "", "bm12000001"),
        ("", "网站标识码 5300000001", "5300000001"),
        ("", "政府网站标识码:5300000001", "5300000001"),
        ("", "<script sitecode='5300000001'></script>", "5300000001"),
        ("<meta name='SiteIDCode' content='53'>", "标识码：5300000002", "5300000002"),
        ("", "标识码：53000000012", None),
        ("", "<script sitecode='x'></script>", None),
        ("", "电话 5300000001", None),
    ],
)
def test_the_site_code_is_read_where_it_stands(head: str, body: str, code: str | None) -> None:
    assert site_code(parsed(page(body, head=head, foot=""))) == code


def test_metas_are_read_whatever_their_case_and_the_first_counts() -> None:
    head = "<meta NAME='PubDate' CONTENT=' 2026-03-18 '><meta name='pubdate' content='2025-01-01'><meta name='a'>"
    assert metas(parsed(page("", head=head)))["pubdate"] == "2026-03-18"
    assert "a" not in metas(parsed(page("", head=head)))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<meta name='SiteName' content='青石县人民政府'><title>x</title>", "青石县人民政府"),
        ("<title>青石县人民政府门户网站</title>", "青石县人民政府门户网站"),
        ("<title>首页_青石县人民政府</title>", "青石县人民政府"),
        ("<title>青石县人民政府 - 网站首页</title>", "青石县人民政府"),
        ("<title>欢迎访问青石县人民政府网站</title>", "青石县人民政府网站"),
        ("<title>青石县人民政府|云川市</title>", None),
        ("<title>首页</title>", None),
        ("<title></title>", None),
        (f"<title>{'青' * 101}</title>", "青" * 100),
        ("<meta name='SiteName' content='undefined'><title>首页</title>", None),
    ],
)
def test_the_name_is_site_name_or_an_unmistakable_title(head: str, name: str | None) -> None:
    assert site_name(parsed(f"<html><head>{head}</head><body>x</body></html>")) == name


@pytest.mark.parametrize(
    ("shown", "ledger", "name"),
    [
        ("青石县人民政府", "青石县人民政府网站", "青石县人民政府网站"),
        ("青石县人民政府门户网站", "青石县政府网", "青石县政府网"),
        ("青石县 教育局", "青石县教育局官网", "青石县教育局官网"),
        ("青石县教育局政府信息公开平台", "青石县教育局", "青石县教育局"),
        ("青石县人民政府", "青石县", "青石县"),
        ("青石县人民医院", "青石县", "青石县人民医院"),
        ("青石县教育局信息公开平台", "青石县教育局", "青石县教育局"),
        ("青岩县人民政府", "青石县人民政府网站", "青岩县人民政府"),
        ("青石县教育局", "青石县人民政府网站", "青石县教育局"),
        ("网站", "官网", "网站"),
        ("青石网", "青石", "青石"),
    ],
)
def test_a_name_that_differs_by_its_kind_only_is_the_ledgers(
    shown: str, ledger: str, name: str
) -> None:
    assert name_for(parsed(f"<meta name='SiteName' content='{shown}'><p>x</p>"), ledger) == name


def test_without_a_name_the_ledgers_is_not_taken() -> None:
    assert name_for(parsed("<p>x</p>"), "青石县人民政府网站") is None


# --- robots.txt -----------------------------------------------------------------------------------


def rules(text: str | bytes, **more: object) -> tuple[Rule, ...]:
    return read_rules(answer(text, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a", "/ab", False),
        ("User-agent: *\nDisallow: /a/", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /a", "/a/b", True),
        ("User-agent: *\nAllow: /\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.html$", "/x.html", False),
        ("User-agent: *\nDisallow: /*.html$", "/x.html?a", True),
        ("User-agent: *\nDisallow: /*?", "/x?a=1", False),
        ("User-agent: *\nDisallow: /*?", "/x", True),
        ("User-agent: *\nDisallow: /中", "/%E4%B8%AD", False),
        ("User-agent: Baiduspider\nDisallow: /", "/a", True),
        ("User-agent: Taizhang\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
        ("User-agent: Taizhang\nDisallow: /b\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: a\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: x\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", False),
        ("User-agent: x\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", False),
        ("User-agent: *\nCrawl-delay: 3\nUser-agent: b\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a\nUser-agent: b\nDisallow: /c", "/c", True),
        ("user-AGENT : * # all\n disallow : /a # not this", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("Disallow: /", "/a", True),
        ("<html>Disallow: /</html>", "/a", True),
        ("<html>\nUser-agent: *\nDisallow: /\n</html>", "/a", True),
    ],
)
def test_rules_are_read_as_written(text: str, path: str, may: bool) -> None:
    assert may_read(rules(text), "https://www.qingshi.gov.cn" + path) is may


def test_no_robots_txt_forbids_nothing() -> None:
    forbidding = "User-agent: *\nDisallow: /"
    assert rules(forbidding) == (Rule("/", False),)
    assert rules(forbidding, status=404) == () == rules(forbidding, status=403)
    assert read_rules(Response("", 0, failure=Failure(Reason.TOO_LARGE))) == ()
    assert len(rules("User-agent: *\n" + "Disallow: /a\n" * 2000)) == 1000


def test_an_address_without_a_path_is_the_front_page() -> None:
    assert not may_read((Rule("/$", False),), "https://www.qingshi.gov.cn")
    assert may_read((Rule("/$", False),), "https://www.qingshi.gov.cn/a")
