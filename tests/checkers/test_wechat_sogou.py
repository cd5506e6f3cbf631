"""Sogou's search of accounts and the list behind a result: hints, taken only for the right account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from checkers.base import Facts, Failure, Inconclusive, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CoverageKind, Existence, Precision, Reason
from tests.checkers.driving import answer, drive, refused, run
from tests.checkers.wechat_answers import (
    BIZ,
    PROFILE,
    WXID,
    mass_sent,
    profile,
    sogou,
    sogou_row,
    target,
)

NEW, OLD = 1773900000, 1772000000
NEW_AT, OLD_AT = (
    datetime(2026, 3, 19, 6, tzinfo=UTC),
    datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC),
)
WANTED = {"identifiers": {"wxid": WXID}, "credential": ""}


def looked(*answers: Any, **more: Any) -> Facts | Inconclusive:
    told = [a if isinstance(a, Response) else answer(a) for a in answers]
    return drive(Wechat().check(target(**(WANTED | more)), "sogou"), told)


def facts(*answers: Any) -> Facts:
    outcome = looked(*answers)
    assert isinstance(outcome, Facts), outcome
    return outcome


def test_the_name_is_searched_for_and_the_wechat_id_decides() -> None:
    found = sogou(sogou_row("another01", str(NEW)), sogou_row(WXID.upper(), str(OLD)))
    driven = run(Wechat().check(target(**WANTED), "sogou"), [answer(found)])
    (asked,) = driven.asked
    assert asked.url.startswith("https://weixin.sogou.com/weixin?")
    assert parse_qs(urlsplit(asked.url).query) == {
        "type": ["1"],
        "query": ["青石公安"],
        "ie": ["utf8"],
    }
    assert asked.auth is None
    assert isinstance(driven.outcome, Facts)
    assert [post.published_at for post in driven.outcome.posts] == [OLD_AT]
    assert driven.outcome.identifiers == {"wxid": WXID.upper()}


def test_white_space_around_what_is_shown_does_not_count() -> None:
    row = sogou_row(f" {WXID}\n", name="\n 青石 <em> 公安 </em>").replace(
        "防溺水提醒", " 防溺水提醒 "
    )
    found = facts(sogou(row))
    assert (found.identifiers, found.display_name) == ({"wxid": WXID}, "青石公安")
    assert found.posts[0].title == "防溺水提醒"


def test_the_last_article_is_a_hint_and_no_list() -> None:
    found = facts(sogou(sogou_row()))
    (post,) = found.posts
    assert (post.published_at, post.precision, post.title) == (
        NEW_AT,
        Precision.SECOND,
        "防溺水提醒",
    )
    assert found.coverage.kind is CoverageKind.PARTIAL
    assert found.existence is Existence.UNKNOWN
    assert found.display_name == "青石公安"
    assert found.note == "as Sogou's index knows it; newer articles are not seen"


def test_without_a_wechat_id_nothing_is_asked() -> None:
    outcome = refused(Wechat().check(target(identifiers={"biz": BIZ}), "sogou"), [])
    assert isinstance(outcome, Unsupported)
    assert (outcome.reason, outcome.detail) == (Reason.NO_ADDRESS, "no 微信号")


@pytest.mark.parametrize(
    "page",
    [
        sogou(sogou_row("another01"), sogou_row("another02")),
        sogou("<li>广告</li><li></li>"),
    ],
)
def test_an_account_that_is_not_found_is_not_taken_by_its_name(page: str) -> None:
    outcome = looked(page)
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (
        Reason.NOT_FOUND,
        f"{WXID} is not among 2 accounts",
    )


def test_no_results_are_told_from_a_changed_layout() -> None:
    none = looked("<html><p>暂无与“青石公安”相关的官方认证订阅号。</p></html>")
    assert isinstance(none, Inconclusive)
    assert (none.reason, none.detail) == (Reason.NOT_FOUND, f"{WXID} is not among 0 accounts")
    other = looked("<html><p>搜狗</p></html>")
    assert isinstance(other, Inconclusive)
    assert (other.reason, other.detail) == (Reason.CHANGED_LAYOUT, "no list of accounts")


@pytest.mark.parametrize(
    "response",
    [
        answer('<html><img id="seccodeImage"/>您的访问过于频繁</html>'),
        answer("<html>ok</html>", url="https://weixin.sogou.com/antispider/?from=%2fweixin"),
    ],
)
def test_its_captcha_is_a_wall_with_status_200(response: Response) -> None:
    outcome = looked(response)
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.CAPTCHA, "antispider")


def test_a_page_that_is_not_there_is_not_found() -> None:
    outcome = looked(answer(sogou(sogou_row()), 404))
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.NOT_FOUND, "HTTP 404")


@pytest.mark.parametrize("unix", ["0", "1900000000", "soon", ""])
def test_a_result_without_a_credible_time_says_nothing(unix: str) -> None:
    outcome = looked(sogou(sogou_row(unix=unix)))
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.AMBIGUOUS, "found without an article")


# --- the list behind a result -----------------------------------------------------------------------


def test_the_list_behind_a_result_is_read_where_it_leads_to_wechat_itself() -> None:
    answers = [sogou(sogou_row(unix=str(OLD), href=PROFILE)), profile(mass_sent(NEW, "二"))]
    driven = run(Wechat().check(target(**WANTED), "sogou"), [answer(a) for a in answers])
    assert driven.asked[1].url == PROFILE
    found = driven.outcome
    assert isinstance(found, Facts)
    assert [(p.published_at, p.title) for p in found.posts] == [
        (NEW_AT, "二"),
        (OLD_AT, "防溺水提醒"),
    ]
    assert found.identifiers == {"wxid": WXID, "biz": BIZ}
    assert found.coverage.kind is CoverageKind.PARTIAL


@pytest.mark.parametrize(
    "href",
    [
        "/link?url=dn9a_x",
        "https://weixin.sogou.com/profile",
        "http://mp.weixin.qq.com/s?src=3",
        "http://mp.weixin.qq.com.evil.example/profile?src=3",
        "javascript:void(0)",
        "",
    ],
)
def test_other_ways_on_are_not_followed(href: str) -> None:
    assert len(facts(sogou(sogou_row(href=href))).posts) == 1


def test_a_flag_of_one_is_an_article_that_is_there() -> None:
    listed = profile(
        mass_sent(NEW, "在", 1), mass_sent(NEW + 60, "删", 4), mass_sent(NEW + 120, "零", 0)
    )
    found = facts(sogou(sogou_row(unix="0", href=PROFILE)), listed)
    assert [post.title for post in found.posts] == ["在"]


def test_a_message_without_an_article_has_its_time() -> None:
    text = {"comm_msg_info": {"datetime": NEW, "type": 1}}
    found = facts(sogou(sogou_row(unix="0", href=PROFILE)), profile(text))
    assert [(post.published_at, post.title) for post in found.posts] == [(NEW_AT, "")]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"comm_msg_info": 7},
        {"comm_msg_info": {"datetime": None}},
        mass_sent(1900000000),
        mass_sent(True),
    ],
)
def test_an_entry_without_a_credible_time_is_left_out(entry: dict[str, Any]) -> None:
    found = facts(sogou(sogou_row(unix=str(OLD), href=PROFILE)), profile(entry, mass_sent(NEW)))
    assert [post.published_at for post in found.posts] == [NEW_AT, OLD_AT]


@pytest.mark.parametrize(
    "page",
    [
        answer("环境异常", url="https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?x=1"),
        answer(profile(mass_sent(NEW)), url="https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha"),
        answer(profile(mass_sent(NEW)), 404),
        answer("", 500),
        Response(PROFILE, 0, failure=Failure(Reason.TIMEOUT)),
        answer("<html>链接已过期</html>"),
        answer("<script>var msgList = {broken;</script>"),
        answer("<script>var msgList = {};</script>"),
        answer('<script>var msgList = {"list": 7};</script>'),
        answer("<script>var msgList = " + '{"a":' * 50_000 + "</script>"),
        answer("<script>myMsgList = {}; x.msgList = {};</script>"),
    ],
)
def test_a_list_that_is_not_shown_leaves_the_hint_of_the_search(page: Response) -> None:
    found = facts(sogou(sogou_row(unix=str(OLD), href=PROFILE)), page)
    assert [post.published_at for post in found.posts] == [OLD_AT]
    assert found.identifiers == {"wxid": WXID}


def test_a_list_of_another_account_is_refused() -> None:
    search = sogou(sogou_row(href=PROFILE))
    outcome = looked(search, profile(mass_sent(NEW), wxid="another01"))
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (
        Reason.WRONG_ACCOUNT,
        f"another01 instead of {WXID}",
    )


def test_a_wechat_id_is_compared_without_its_case() -> None:
    assert len(facts(sogou(sogou_row(href=PROFILE)), profile(wxid=WXID.upper())).posts) == 1


def test_a_list_without_a_readable_biz_adds_no_id() -> None:
    found = facts(sogou(sogou_row(href=PROFILE)), profile(mass_sent(NEW), biz="x"))
    assert found.identifiers == {"wxid": WXID}
