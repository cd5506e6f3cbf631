"""One article page of WeChat: an article, a notice about it, a notice about its account, a wall."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkers._wechat.article import biz_of
from checkers.base import Facts, Failure, Inconclusive, Passage, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CoverageKind, Existence, Precision, Reason
from tests.checkers.driving import answer, drive, read, refused, run
from tests.checkers.wechat_answers import BIZ, GH_ID, NAME, article, notice, target

ADDRESS = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
SENT = datetime(2026, 3, 19, 6, 0, tzinfo=UTC)  # 1773900000


def look(page: str | bytes | Response, **more: object) -> Facts | Inconclusive:
    response = page if isinstance(page, Response) else answer(page)
    given = {"address": ADDRESS} | more
    return drive(Wechat().check(target(**given), "article"), [response])


def facts(page: str, **more: object) -> Facts:
    outcome = look(page, **more)
    assert isinstance(outcome, Facts), outcome
    return outcome


def reason(page: str | bytes | Response, **more: object) -> Reason:
    outcome = look(page, **more)
    assert isinstance(outcome, Inconclusive), outcome
    return outcome.reason


# --- an article -----------------------------------------------------------------------------------


def test_an_article_shows_its_account_its_name_and_its_own_time() -> None:
    found = facts(article())
    assert found.existence is Existence.EXISTS
    assert found.display_name == NAME
    assert found.newest and found.newest.published_at == SENT
    assert found.newest.title == "青石县公安局发布防溺水提醒"
    assert found.identifiers["gh_id"] == GH_ID
    assert found.identifiers["biz"] == BIZ


PLACE = f"{ADDRESS} 正文"
"""Not the address itself: there the title stands, which other sources read without the text."""


def test_the_text_of_an_article_is_handed_over_for_hints_by_paragraphs() -> None:
    page = article(body="联系人李某</p><p style='display:none'>看不见</p><p>电话<b>13512345678</b>")
    unseen = '<div id="js_content" style="visibility: hidden; opacity: 0;">'
    page = page.replace('<div id="js_content">', unseen)
    assert facts(page).passages == (Passage("联系人李某\n电话13512345678", PLACE),)


def test_an_article_of_an_unknown_layout_is_handed_over_as_it_shows() -> None:
    page = article().replace('id="js_content"', 'id="other"')
    assert facts(page).passages == (Passage(f"{NAME}\n近日，青石县公安局……", PLACE),)


def test_of_an_article_fifty_thousand_characters_are_handed_over() -> None:
    assert facts(article(body="长" * 60_000)).passages == (Passage("长" * 50_000, PLACE),)


def test_a_notice_hands_over_nothing() -> None:
    assert facts(notice("此帐号已自主注销，内容无法查看")).passages == ()


def test_one_article_is_never_the_whole_list() -> None:
    assert facts(article()).coverage.kind is CoverageKind.PARTIAL


def test_the_page_is_asked_for_in_chinese() -> None:
    driven = run(Wechat().check(target(address=ADDRESS), "article"), [answer(article())])
    assert driven.asked[0].url == ADDRESS
    assert ("Accept-Language", "zh-CN,zh;q=0.9") in driven.asked[0].headers


def test_a_renamed_account_shows_its_new_name_on_an_old_article() -> None:
    found = facts(article("1600000000", name="青石融媒"))
    assert found.display_name == "青石融媒"


@pytest.mark.parametrize(
    "script",
    [
        "window.ct = '1773900000' || '';",
        'var ct = "" || "1773900000";',
        "d.ct = xml ? getXmlValue('ori_create_time.DATA') : '1773900000';",
        "window.cgiDataNew = {ori_send_time: '1773900000' * 1};",
        "d.ori_send_time = xml ? getXmlValue('ori_send_time.DATA') : '1773900000';",
        "var createTimestamp = '1773900000';",
        "x = {create_timestamp: '1773900000' * 1};",
        "x = {ori_create_time: '1773900000' * 1};",
        "var createTime = '1773900000';",
    ],
)
def test_the_second_of_sending_stands_in_one_of_many_variables(script: str) -> None:
    newest = facts(f"<html><body><script>{script}</script></body></html>").newest
    assert newest and newest.published_at == SENT
    assert newest.precision is Precision.SECOND


@pytest.mark.parametrize(
    "script",
    [
        "var createTime = '2026-03-19 14:00';",
        "x = {create_time: JsDecode('2026-03-19 14:00')};",
    ],
)
def test_a_written_time_is_precise_to_the_minute_and_of_shanghai(script: str) -> None:
    newest = facts(f"<html><body><script>{script}</script></body></html>").newest
    assert newest and newest.published_at == SENT
    assert newest.precision is Precision.MINUTE


def test_the_empty_publish_time_of_the_static_page_is_not_missed() -> None:
    assert '<em id="publish_time"></em>' in article()
    assert facts(article()).newest is not None


def test_a_picture_page_without_an_article_body_is_not_deleted() -> None:
    page = """<html><body><script>window.biz = '' || 'MzAwMDAwMDAwMQ==';
    window.ct = '1773900000' || ''; window.cgiDataNew = {user_name: JsDecode('gh_0a1b2c3d4e5f'),
    nick_name: JsDecode('青石公安')};</script></body></html>"""
    found = facts(page)
    assert "js_content" not in page
    assert (found.existence, found.display_name) == (Existence.EXISTS, NAME)


def test_an_article_that_quotes_a_notice_is_an_article() -> None:
    quoting = article(body="误传“此帐号已自主注销，内容无法查看”“环境异常”“该内容已被发布者删除”")
    assert facts(quoting).existence is Existence.EXISTS


def test_a_time_quoted_in_the_text_of_an_article_is_not_its_time() -> None:
    quoting = article(body='代码：var ct = "1500000000"; window.ct = "1500000000"')
    newest = facts(quoting).newest
    assert newest and newest.published_at == SENT


def test_an_article_of_an_unknown_layout_that_quotes_a_notice_says_nothing() -> None:
    page = article(ct="", body="误传“此帐号已自主注销，内容无法查看”")
    assert reason(page) is Reason.CHANGED_LAYOUT
    long = f"<html><body><p>此帐号已自主注销</p>{'青石县公安局提醒您。' * 80}</body></html>"
    assert reason(long) is Reason.CHANGED_LAYOUT


def test_the_advertiser_on_the_page_is_not_the_account() -> None:
    advertiser = "<script>biz_info: {user_name: 'gh_ffffffffffff', nick_name: '广告'},</script>"
    found = facts(article().replace("<body>", f"<body>{advertiser}"))
    assert found.display_name == NAME
    assert found.identifiers["gh_id"] == GH_ID


def test_a_time_of_the_future_is_refused() -> None:
    assert reason(article("1999999999")) is Reason.CHANGED_LAYOUT


def test_a_time_before_the_platform_is_refused() -> None:
    assert reason(article("1000000000")) is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize("name", ["", "undefined", "12345678", "青石\ufffd安"])
def test_a_name_that_no_account_has_is_unknown(name: str) -> None:
    assert facts(article(name=name)).display_name is None


def test_a_name_is_read_as_people_read_it() -> None:
    assert facts(article(name=r"青石\x26amp;绿水")).display_name == "青石&绿水"
    assert facts(article(name=r"\u9752\u77f3\x41绿水")).display_name == "青石A绿水"


# --- another account ------------------------------------------------------------------------------


def test_an_article_of_another_account_is_the_wrong_account() -> None:
    outcome = look(article(gh_id="gh_999999999999"))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.WRONG_ACCOUNT
    assert outcome.detail == "gh_999999999999 instead of gh_0a1b2c3d4e5f"


def test_another_biz_is_another_account_where_no_gh_id_is_registered() -> None:
    assert reason(article(), identifiers={"biz": "MzAwMDAwMDAwOQ=="}) is Reason.WRONG_ACCOUNT
    assert facts(article(), identifiers={"biz": BIZ}).existence is Existence.EXISTS


def test_an_account_registered_without_an_id_takes_the_id_it_finds() -> None:
    assert facts(article(), identifiers={}).identifiers["gh_id"] == GH_ID


# --- notices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "existence"),
    [
        ("此帐号已自主注销，内容无法查看", Existence.GONE_SIGNAL),
        ("此账号已自主注销, 内容无法查看", Existence.GONE_SIGNAL),
        ("帐号已被系统回收", Existence.GONE_SIGNAL),
        ("此帐号被投诉且经审核涉嫌侵权。此帐号已注销，内容无法查看。", Existence.GONE_SIGNAL),
        ("此帐号已被屏蔽, 内容无法查看", Existence.RESTRICTED),
        ("该帐号已冻结", Existence.RESTRICTED),
        ("该公众号已迁移", Existence.RESTRICTED),
        ("此帐号处于帐号迁移流程中", Existence.RESTRICTED),
        ("此帐号已申请公众号帐号迁移流程，被冻结/回收，小主页暂无法访问。", Existence.RESTRICTED),
        ("经大量用户投诉，此帐号存在违规行为，已限制跳转到小主页。", Existence.RESTRICTED),
    ],
)
def test_a_notice_about_the_account_is_a_signal(words: str, existence: Existence) -> None:
    found = facts(notice(words))
    assert found.existence is existence
    assert found.signal
    assert found.posts == ()
    assert found.coverage.kind is CoverageKind.UNREAD


def test_a_migrated_account_says_where_it_went() -> None:
    moved = "var transferTargetLink = 'https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwOQ==';"
    found = facts(notice("该公众号已迁移", moved))
    assert found.note == "migrated to https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwOQ=="


@pytest.mark.parametrize(
    "words",
    [
        "该内容已被发布者删除",
        "The content has been deleted by the author.",
        "Unable to view this content because it violates regulation",
        "此内容因违规无法查看",
        "此内容被投诉且经审核涉嫌侵权，无法查看",
        "此内容被多人投诉，相关的内容无法进行查看。",
        "此内容发送失败无法查看",
        "该内容暂时无法查看",
        "链接已过期",
        "参数错误",
    ],
)
def test_a_notice_about_the_article_says_nothing_of_the_account(words: str) -> None:
    assert reason(notice(words)) is Reason.NOT_FOUND


def test_a_blocked_article_still_shows_the_name_of_its_account_and_no_more() -> None:
    block = "window.cgiData = {del_reason_id: '10001', user_name: 'gh_0a1b2c3d4e5f', nick_name: '青石融媒'};"
    found = facts(notice("此内容因违规无法查看", block, tag="h2"))
    assert found.existence is Existence.UNKNOWN
    assert found.display_name == "青石融媒"
    assert found.posts == ()
    assert found.coverage.kind is CoverageKind.UNREAD


def test_words_in_the_scripts_of_a_notice_are_not_its_message() -> None:
    assert "参数错误" in notice("")
    assert reason(notice("")) is Reason.CHANGED_LAYOUT


# --- walls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("环境异常 当前环境异常，完成验证后即可继续访问。 去验证", Reason.CAPTCHA),
        ("访问过于频繁，请稍后再试", Reason.RATE_LIMITED),
        ("请在微信客户端打开链接", Reason.LOGIN_WALL),
    ],
)
def test_a_wall_is_a_reason(words: str, expected: Reason) -> None:
    assert reason(notice(words)) is expected


@pytest.mark.parametrize(
    "url",
    [
        "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x",
        "https://weixin110.qq.com/security/secitptpage/verify?x=1",
    ],
)
def test_a_redirect_to_the_captcha_is_a_wall_whatever_it_shows(url: str) -> None:
    assert reason(answer(article(), url=url)) is Reason.CAPTCHA
    assert reason(answer("", url=url)) is Reason.CAPTCHA


def test_a_hidden_way_to_the_captcha_is_a_wall() -> None:
    page = '<html><body><script>location.href = "/mp/wappoc_appmsgcaptcha?x"</script></body></html>'
    assert reason(page) is Reason.CAPTCHA


def test_a_page_that_is_not_there_is_not_found() -> None:
    assert reason(answer("<html>404</html>", 404)) is Reason.NOT_FOUND


def test_a_timeout_is_a_timeout() -> None:
    failed = Response(ADDRESS, 0, failure=Failure(Reason.TIMEOUT, "10 s"))
    assert reason(failed) is Reason.TIMEOUT


# --- what is asked, and bad input -------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["", "https://mp.weixin.qq.com/", "https://example.gov.cn/s/abc", "weixin://s/abc", "http://["],
)
def test_only_an_article_address_is_asked_for(address: str) -> None:
    outcome = look_without_answer(address)
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_ADDRESS


def look_without_answer(address: str) -> Inconclusive:
    return refused(Wechat().check(target(address=address), "article"), [])


@pytest.mark.parametrize(
    "page",
    [
        article()[:250],
        "<div>" * 300_000,
        "<script>" * 300_000,
        "<script>" + "var ct = " * 300_000,
        "<!--" * 300_000,
        "<" * 3_000_000,
        "青" * 1_600_000,
        '<script>var nickname = "' + "\\" * 3_000_000,
        "{}",
    ],
    ids=["cut", "deep", "scripts", "variables", "comments", "brackets", "text", "slashes", "json"],
)
def test_nonsense_is_a_changed_layout(page: str) -> None:
    assert reason(page) is Reason.CHANGED_LAYOUT


def test_a_page_in_a_wrong_charset_keeps_its_time_and_loses_its_name() -> None:
    outcome = look(article().encode("gb18030"))
    assert isinstance(outcome, Facts)
    assert outcome.newest and outcome.newest.published_at == SENT
    assert outcome.display_name is None


def test_the_charset_of_the_answer_is_believed() -> None:
    page = answer(
        article().encode("gb18030"), headers={"content-type": "text/html; charset=gb2312"}
    )
    found = read(Wechat().check(target(address=ADDRESS), "article"), [page])
    assert found.display_name == NAME


@pytest.mark.parametrize("url", ["https://[mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMA==", "http://x]"])
def test_what_is_no_address_holds_no_biz(url: str) -> None:
    assert biz_of(url) == ""
