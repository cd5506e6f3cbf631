"""A home page is silent only where nothing of it can come from elsewhere or lie behind a script."""

from __future__ import annotations

import pytest

from checkers.base import Coverage, Facts
from checkers.website import Website
from registry.vocab import CoverageKind
from tests.checkers.contract import look
from tests.checkers.site_answers import OLD, Site, page, target

ROW = '<ul><li><a href="%s">青石县召开防汛工作会议</a>%s</li></ul>'


def coverage(body: str) -> Coverage:
    outcome = look(Website(), "pages", target(), Site(page(OLD + body))).outcome
    assert isinstance(outcome, Facts), outcome
    return outcome.coverage


@pytest.mark.parametrize(
    "body",
    [
        '<div id="zwyw"></div><script>$.getJSON("/n",function(d){$("#zwyw").html(d)})</script>',
        '<div class="m"><i></i></div><script>$.get("/n",function(d){$(".m").append(d)})</script>',
        '<script>fetch("/n").then(function(d){yw.innerHTML=d})</script>',
        '<script>x=new XMLHttpRequest();x.onload=function(){p.insertAdjacentHTML("a",1)}</script>',
        '<p id="tzgg"></p><script>load("tzgg")</script>',
        '<span id="tzgg"></span><script>fill("#tzgg")</script>',
        '<div class="yw"><script>document.write(news())</script></div>',
        '<table><tr><td><script src="/js/news.js"></script></td></tr></table>',
        '<ul><li>1</li><script src="/js/news.js"></script></ul>',
        '<script type="text/html" id="t"><li></li></script>',
        '<script type="text/x-template"><li></li></script>',
        '<ul id="news"><li></li></ul><script src="/all.js"></script>',
        '<ul id="news"><li>&nbsp;</li></ul><script src="/all.js"></script>',
        "<dl><dd></dd></dl><script>go()</script>",
        '<div class="news"><div class="c"></div></div><script>$(".c").load("/n.html")</script>',
        '<news-list url="/api"></news-list>',
        '<news-list><span></span></news-list><script src="/vue.js"></script>',
        '<object data="/news.html"></object>',
    ],
)
def test_what_a_script_may_write_may_be_newer(body: str) -> None:
    assert coverage(body) == Coverage(CoverageKind.PARTIAL)


@pytest.mark.parametrize(
    "body",
    [
        '<script src="https://hm.baidu.com/hm.js?1"></script><script>var _hmt=_hmt||[];</script>',
        "<script>document.write(unescape(\"%3Cspan id='_ideConac'%3E%3C/span%3E\"))</script>",
        "<script>document.write(new Date().getFullYear()+'年')</script>",
        "<script>document.write('<script src=/tj.js><\\/script>')</script>",
        '<ul><li>甲</li><li><script src="https://dcs.conac.cn/js/1.js"></script></li></ul>',
        '<p><script src="/js/jquery.js"></script></p><div class="clear"></div>',
        '<span id="visits"></span><script>$.get("/n",function(d){$("#visits").html(d)})</script>',
        '<ul class="dots"><li></li><li></li></ul><script>slide(".dots")</script>',
        '<ul><li><img src="a.jpg"></li></ul><script>slide()</script>',
        '<script>$.ajax("/log")</script>',
        "<script>box.innerHTML='甲'</script>",
    ],
)
def test_ordinary_scripts_hide_no_entries(body: str) -> None:
    assert coverage(body).kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize(
    "address", ["/detail/a9f8e7", "/zwgk/gsgg", "/zwgk/fhgzhy.html", "/xw/a?b=c"]
)
@pytest.mark.parametrize("beside", ["", "<i>19/03</i>", "<b>19</b><i>3月</i>"])
def test_a_title_whose_day_nothing_tells_may_be_the_newest(address: str, beside: str) -> None:
    assert coverage(ROW % (address, beside)) == Coverage(CoverageKind.PARTIAL)


@pytest.mark.parametrize("address", ["/zwgk/", "/zwgk/index.html", "/col/list_3.html"])
def test_the_long_name_of_a_column_is_no_title(address: str) -> None:
    assert coverage(ROW % (address, "")).kind is CoverageKind.REACHES_BACK_TO


def test_nine_characters_are_no_title() -> None:
    nine = '<ul><li><a href="/zwgk/gsgg">信息公开指南与目录</a></li></ul>'
    assert coverage(nine).kind is CoverageKind.REACHES_BACK_TO
    assert coverage(nine.replace("目录", "总目录")).kind is CoverageKind.PARTIAL


@pytest.mark.parametrize(
    "entry",
    [
        '<li onclick="go(1)">青石县召开防汛工作会议<span>2026-03-19</span></li>',
        '<li><a href="javascript:go(1)">青石县召开防汛工作会议</a><span>2026-03-19</span></li>',
        '<li><a href="#" onclick="go(1)">青石县召开防汛工作会议</a><span>03-19</span></li>',
        "<marquee>紧急通知：今晚停水 2026-03-19</marquee>",
    ],
)
def test_a_day_beside_what_is_no_link_shows_something_newer(entry: str) -> None:
    told = coverage(entry)
    assert told.since is not None and f"{told.since:%m-%d %H}" == "03-19 16"  # 20 March, Shanghai


def test_a_day_in_the_foot_or_in_a_sentence_shows_nothing() -> None:
    foot = '<div class="foot"><p>2026-03-19</p></div>'
    sentence = "<p>定于2026年3月19日召开会议</p><p>2026年3月19日 星期四</p>"
    assert coverage(foot + sentence) == coverage("")
