"""Addresses asked for: what happened is noted for each, and nothing is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checkers.base import Facts, Failure, Hop, Link, LinkFact, Response, Target, Unsupported
from checkers.links import Links
from registry.vocab import CheckKind, LinkKind, Reason
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.wechat_answers import article, notice

PAGE = "https://www.qingshi.gov.cn/zwfw/"
ARTICLE = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
HTML = {"content-type": "text/html; charset=utf-8"}


def target(*links: Link) -> Target:
    return Target("wechat", "青石公安", kind=CheckKind.MENU, links=links)


def fact(response: Response, url: str = PAGE, kind: LinkKind = LinkKind.URL) -> LinkFact:
    found = read(Links().check(target(Link("入口", kind, url)), "http"), [response])
    (only,) = found.link_facts
    return only


def page(body: str | bytes = "<html><body>欢迎办事</body></html>", **more: Any) -> Response:
    return answer(body, **({"headers": HTML} | more))


# --- what is asked ---------------------------------------------------------------------------------


def test_all_addresses_go_out_together_and_each_only_once() -> None:
    links = (Link("一", url=PAGE), Link("二", LinkKind.ARTICLE, ARTICLE), Link("三", url=PAGE))
    driven = run(Links().check(target(*links), "http"), [page(), page(article())])
    assert [request.url for request in driven.asked] == [PAGE, ARTICLE]
    assert isinstance(driven.outcome, Facts)
    assert [fact.url for fact in driven.outcome.link_facts] == [PAGE, ARTICLE]
    assert driven.outcome.links == links


def test_those_that_kept_us_waiting_go_out_first_and_the_order_of_the_facts_stays() -> None:
    urls = [f"{PAGE}{number}" for number in range(4)]
    asked = replace(target(*(Link(url, url=url) for url in urls)), slow=(urls[3], urls[1]))
    answers = [page(status=status) for status in (201, 203, 200, 202)]
    driven = run(Links().check(asked, "http"), answers)
    assert [request.url for request in driven.asked] == [urls[n] for n in (1, 3, 0, 2)]
    assert [request.early for request in driven.asked] == [True, True, False, False]
    assert isinstance(driven.outcome, Facts)
    assert [fact.url for fact in driven.outcome.link_facts] == urls
    assert [fact.status for fact in driven.outcome.link_facts] == [200, 201, 202, 203]


def test_those_that_led_on_go_out_after_them_and_before_the_rest() -> None:
    urls = [f"{PAGE}{number}" for number in range(4)]
    asked = target(*(Link(url, url=url) for url in urls))
    asked = replace(asked, slow=(urls[3],), moved=(urls[2], urls[3]))
    driven = run(Links().check(asked, "http"), [page()] * 4)
    assert [request.url for request in driven.asked] == [urls[n] for n in (3, 2, 0, 1)]
    assert [request.early for request in driven.asked] == [True, False, False, False]


def test_what_is_foreseen_is_what_will_be_asked() -> None:
    urls = [f"{PAGE}{number}" for number in range(3)]
    asked = target(*(Link(url, url=url) for url in urls))
    asked = replace(asked, slow=(urls[2], urls[0]), ill=(urls[2],))
    driven = run(Links().check(asked, "http"), [page()] * 3)
    assert {request.url: request.ill for request in driven.asked} == {
        url: url == urls[2] for url in urls
    }
    assert set(Links().foreseen(asked)) == set(driven.asked[:2])
    moved = replace(asked, moved=(urls[1], urls[2]))
    driven = run(Links().check(moved, "http"), [page()] * 3)
    assert set(Links().foreseen(moved)) == set(driven.asked)
    assert Links().foreseen(replace(asked, slow=("weixin://dl/business",))) == []


def test_how_long_an_answer_took_is_noted() -> None:
    assert fact(replace(page(), seconds=7.5)).seconds == 7.5


@pytest.mark.parametrize(
    "kind",
    [
        LinkKind.MINIPROGRAM,
        LinkKind.EVENT,
        LinkKind.MATERIAL,
        LinkKind.CONTENT,
        LinkKind.UNKNOWN,
    ],
)
def test_what_http_cannot_reach_is_not_asked_for(kind: LinkKind) -> None:
    found = read(Links().check(target(Link("预约", kind, PAGE)), "http"), [])
    assert found.link_facts == ()


@pytest.mark.parametrize("url", ["", "tel:110", "weixin://dl/x", "http://[broken", "pages/index"])
def test_an_address_of_another_sort_is_noted_and_not_asked_for(url: str) -> None:
    found = read(Links().check(target(Link("入口", LinkKind.URL, url)), "http"), [])
    (only,) = found.link_facts
    assert (only.url, only.failure, only.status) == (url, Reason.NO_ADDRESS, 0)


def test_a_menu_without_links_is_read_without_a_request() -> None:
    assert read(Links().check(target(), "http"), []).link_facts == ()


def test_an_unknown_source_is_unsupported() -> None:
    outcome = refused(Links().check(target(), "ftp"), [])
    assert isinstance(outcome, Unsupported)


@pytest.mark.parametrize(
    ("asked", "shown", "signal"),
    [
        ("https://www.qingshi.gov.cn/zwfw/", "https://www.qingshi.gov.cn/", "sent_home"),
        ("https://www.qingshi.gov.cn/zwfw/", "https://qingshi.gov.cn", "sent_home"),
        ("https://www.qingshi.gov.cn/zwfw/", "https://www.qingshi.gov.cn/index.html", "sent_home"),
        (
            "http://www.qingshi.gov.cn/a.html",
            "https://www.qingshi.gov.cn/Default.aspx",
            "sent_home",
        ),
        ("https://www.qingshi.gov.cn/?id=5", "https://www.qingshi.gov.cn/", "sent_home"),
        ("https://www.qingshi.gov.cn/", "https://www.qingshi.gov.cn/index.html", ""),
        ("https://www.qingshi.gov.cn/index.jsp", "https://www.qingshi.gov.cn/", ""),
        ("https://www.qingshi.gov.cn/zwfw/", "https://www.qingshi.gov.cn/zwfw/index.html", ""),
        ("https://www.qingshi.gov.cn/zwfw/", "https://zwfw.yunchuan.gov.cn/", ""),
        ("https://www.qingshi.gov.cn/zwfw/", "https://www.qingshi.gov.cn/?from=zwfw", ""),
    ],
)
def test_a_site_that_leads_on_to_its_home_page_shows_not_what_was_asked_for(
    asked: str, shown: str, signal: str
) -> None:
    hops = (Hop(asked, 302, shown),)
    found = fact(replace(page(url=shown), hops=hops), url=asked)
    assert (found.signal, found.failure, found.status, found.final_url) == (
        signal,
        None,
        200,
        shown,
    )


def test_an_address_that_is_the_home_page_without_a_redirect_is_no_detour() -> None:
    found = fact(page(url="https://www.qingshi.gov.cn/"), url="https://www.qingshi.gov.cn/zwfw/")
    assert found.signal == ""


def test_words_of_absence_go_before_the_way_home() -> None:
    shown = "https://www.qingshi.gov.cn/"
    gone = page("<html><title>页面不存在</title></html>", url=shown)
    found = fact(replace(gone, hops=(Hop(PAGE, 302, shown),)))
    assert found.signal == "soft404"


# --- what came back ---------------------------------------------------------------------------------


def test_a_page_that_answers_is_noted_with_its_status_and_nothing_else() -> None:
    found = fact(page())
    assert found == LinkFact(PAGE, 200, PAGE)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 412, 418, 429, 432, 500, 503])
def test_a_status_is_a_fact_and_no_failure(status: int) -> None:
    found = fact(page(status=status))
    assert (found.status, found.failure, found.signal) == (status, None, "")


def test_the_redirects_on_the_way_are_kept() -> None:
    hop = Hop(PAGE, 302, "https://www.qingshi.gov.cn/new/")
    response = Response("https://www.qingshi.gov.cn/new/", 200, HTML, b"<p>ok</p>", hops=(hop,))
    found = fact(response)
    assert found.final_url == "https://www.qingshi.gov.cn/new/"
    assert found.hops == (hop,)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.TIMEOUT,
        Reason.DNS,
        Reason.CONNECTION,
        Reason.TLS,
        Reason.ADDRESS_REFUSED,
        Reason.REDIRECT_LOOP,
        Reason.TOO_LARGE,
    ],
)
def test_a_failure_is_noted_with_its_reason(reason: Reason) -> None:
    found = fact(Response(PAGE, 0, failure=Failure(reason, "why")))
    assert (found.failure, found.detail, found.status) == (reason, "why", 0)


def test_an_expired_certificate_is_noted_with_its_day() -> None:
    ran_out = datetime(2026, 3, 1, tzinfo=UTC)
    found = fact(Response(PAGE, 0, failure=Failure(Reason.TLS, "expired", ran_out)))
    assert found.certificate_expired_at == ran_out


def test_one_dead_address_does_not_hide_the_others() -> None:
    links = (Link("一", url=PAGE), Link("二", url=PAGE + "2"))
    dead = Response(PAGE, 0, failure=Failure(Reason.TIMEOUT))
    found = read(Links().check(target(*links), "http"), [dead, page()])
    assert [f.failure for f in found.link_facts] == [Reason.TIMEOUT, None]


@pytest.mark.parametrize(
    "url",
    [
        "https://passport.example.gov.cn/sso",
        "https://www.qingshi.gov.cn/login?to=/zwfw",
        "https://login.qingshi.gov.cn/",
    ],
)
def test_a_login_page_is_a_wall(url: str) -> None:
    assert fact(page(url=url)).failure is Reason.LOGIN_WALL


def test_an_empty_page_is_noted() -> None:
    assert fact(page(b"  \n")).failure is Reason.EMPTY_BODY


# --- what the body says -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("该内容已被发布者删除", "deleted"),
        ("The content has been deleted by the author.", "deleted"),
        ("此内容因违规无法查看", "violation"),
        ("此内容被投诉且经审核涉嫌侵权，无法查看", "complained"),
        ("该公众号已迁移", "migrated"),
        ("此帐号已自主注销，内容无法查看", "deregistered"),
        ("链接已过期", "expired"),
        ("该内容暂时无法查看", "unavailable"),
        ("参数错误", "bad_parameter"),
    ],
)
def test_an_article_that_is_not_shown_says_why_with_status_200(words: str, signal: str) -> None:
    found = fact(page(notice(words)), ARTICLE, LinkKind.ARTICLE)
    assert (found.status, found.signal, found.failure) == (200, signal, None)
    assert found.signal_text


def test_an_article_that_is_shown_has_no_signal_whatever_it_quotes() -> None:
    found = fact(page(article(body="“该内容已被发布者删除”")), ARTICLE, LinkKind.ARTICLE)
    assert (found.signal, found.failure) == ("", None)


def test_a_picture_page_is_shown_though_it_has_no_body_and_quotes_a_notice() -> None:
    picture = """<html><body><p>“该内容已被发布者删除”是什么意思</p>
    <script>window.ct = '1773900000';</script></body></html>"""
    assert fact(page(picture), ARTICLE, LinkKind.ARTICLE).signal == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("环境异常 去验证", Reason.CAPTCHA),
        ("访问过于频繁", Reason.RATE_LIMITED),
        ("请在微信客户端打开链接", Reason.LOGIN_WALL),
    ],
)
def test_a_wall_before_an_article_is_a_failure_and_no_dead_link(words: str, reason: Reason) -> None:
    assert fact(page(notice(words)), ARTICLE, LinkKind.ARTICLE).failure is reason


def test_a_redirect_to_the_captcha_is_a_wall() -> None:
    there = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?x=1"
    assert fact(page(url=there), ARTICLE, LinkKind.ARTICLE).failure is Reason.CAPTCHA


def test_a_page_that_opens_only_inside_the_client_is_a_wall() -> None:
    there = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx"
    assert fact(page("<p>请在微信客户端打开链接</p>", url=there)).failure is Reason.LOGIN_WALL


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>404 Not Found</title></head><body>nginx</body></html>",
        "<html><head><title>404</title></head><body>返回首页</body></html>",
        "<html><head><title>青石县人民政府</title></head><body>您访问的页面不存在</body></html>",
        "<html><head><title>没有找到站点</title></head></html>",
        "<html><body>该网站已关闭，感谢支持</body></html>",
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(body: str) -> None:
    found = fact(page(body))
    assert (found.status, found.signal) == (200, "soft404")


def test_a_long_page_that_mentions_a_missing_page_is_no_soft_404() -> None:
    long = "<p>如遇页面不存在，请联系我们。</p>" + "<p>青石县政务服务中心办事指南。</p>" * 60
    assert fact(page(long)).signal == ""


def test_the_404th_meeting_is_no_soft_404() -> None:
    assert fact(page("<title>县政府第404次常务会议</title><p>会议强调</p>")).signal == ""


def test_what_is_no_page_is_not_searched_for_words() -> None:
    pdf = {"content-type": "application/pdf"}
    found = fact(answer(b"%PDF-1.7 \xe9\xa1\xb5 404 Not Found", headers=pdf))
    assert (found.status, found.signal, found.failure) == (200, "", None)


@pytest.mark.parametrize(
    "body",
    [b"<" * 2_000_000, b"<div>" * 300_000, b"<script>" * 200_000, b"\xff\xfe\x00" * 500_000],
    ids=["brackets", "deep", "scripts", "bytes"],
)
def test_nonsense_is_a_page_without_a_signal(body: bytes) -> None:
    assert fact(page(body)).signal == ""


def test_a_page_in_gbk_is_read_by_its_own_declaration() -> None:
    body = '<meta charset="gbk"><title>页面不存在</title>'.encode("gbk")
    assert fact(answer(body)).signal == "soft404"


def test_a_page_in_gbk_that_names_no_charset_says_that_it_is_not_there() -> None:
    body = "<html><body><p>您访问的页面不存在</p><p>请返回首页重新查找办事指南</p></body></html>"
    found = fact(page(body.encode("gbk"), headers={"content-type": "text/html"}))
    assert found.signal == "soft404"


def test_words_out_of_sight_say_nothing_of_the_page() -> None:
    out_of_sight = '<div id="err" style="display:none">您访问的页面不存在</div>'
    assert fact(page(f'<html><body><div id="app"></div>{out_of_sight}</body></html>')).signal == ""
    in_sight = out_of_sight.replace("display:none", "")
    assert fact(page(f"<html><body>{in_sight}</body></html>")).signal == "soft404"
