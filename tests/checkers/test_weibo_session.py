"""Weibo's old pages with the office's session: times without a year, pins, reposts, log-ins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._weibo.posts import mid_of_short
from checkers.base import Facts, Inconclusive, Request, Response, Target
from checkers.weibo import Weibo
from registry.vocab import CheckKind, CoverageKind, Derivation, Existence, Precision, Reason
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.weibo_answers import NOON, UID, local, mid, target
from tests.checkers.weibo_pages import info, posts, says, short, wap

WEIBO = Weibo()
ONE_PAGE = target(read_back_to=datetime.min, credential="weibo_session")
NEW, OLD = wap(local(3, 18), "03月18日 10:00"), wap(local(3, 1), "03月01日 10:00")


def session(*pages: str, of: Target = ONE_PAGE, at: datetime | None = None) -> Facts:
    answers = [answer(page, at=at) if at else answer(page) for page in pages]
    return read(WEIBO.check(of, "session"), answers)


def session_refused(*pages: str | Response, of: Target = ONE_PAGE) -> Reason:
    answers = [page if isinstance(page, Response) else answer(page) for page in pages]
    return refused(WEIBO.check(of, "session"), answers).reason


def listed(*blocks: str, **more: Any) -> Facts:
    return session(info(), posts(*blocks, **more))


# --- what is asked ------------------------------------------------------------------------------


def test_the_particulars_are_asked_before_the_posts_and_with_the_session() -> None:
    driven = run(WEIBO.check(ONE_PAGE, "session"), [answer(info()), answer(posts(NEW))])
    assert [(request.url, request.auth) for request in driven.asked] == [
        (f"https://weibo.cn/{UID}/info", "weibo_session"),
        (f"https://weibo.cn/{UID}/profile?page=1", "weibo_session"),
    ]
    assert [request.headers for request in driven.asked] == [(), ()]
    assert {request.max_bytes for request in driven.asked} == {1_000_000}


def test_without_a_name_the_office_has_one_session() -> None:
    of = target(kind=CheckKind.IDENTITY)
    driven = run(WEIBO.check(of, "session"), [answer(info())])
    assert driven.asked[0].auth == "weibo_session"


def test_pages_are_read_until_they_reach_far_enough() -> None:
    of = target(credential="weibo_session")
    second = wap(local(3, 4), "03月04日 10:00")
    driven = run(
        WEIBO.check(of, "session"),
        [answer(info()), answer(posts(NEW)), answer(posts(NEW, second, counted="3"))],
    )
    assert driven.asked[-1].url == f"https://weibo.cn/{UID}/profile?page=2"
    assert isinstance(driven.outcome, Facts)
    assert [post.published_at for post in driven.outcome.posts] == [local(3, 18), local(3, 4)]
    assert driven.outcome.coverage.since == local(3, 4)
    assert driven.outcome.counters["posts"] == 800


def test_no_more_than_three_pages_are_read() -> None:
    days = [wap(local(3, day), f"03月{day}日 10:00") for day in (19, 18, 17)]
    facts = session(info(), *map(posts, days), of=target())
    assert facts.coverage.since == local(3, 17)


def test_posts_without_a_time_on_two_pages_have_none_still() -> None:
    pages = [posts(wap(None, "?").replace("M_?", f"M_?{day}"), NEW) for day in (1, 2)]
    facts = session(info(), *pages, posts(), of=target())
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_page_without_new_posts_ends_the_list() -> None:
    facts = session(info(), posts(NEW), posts(NEW), of=target())
    assert facts.coverage.since == local(3, 18)


def test_a_wall_on_a_later_page_leaves_what_the_first_showed() -> None:
    facts = session(info(), posts(NEW), says("请先登录"), of=target())
    assert facts.coverage.since == local(3, 18)


# --- the account --------------------------------------------------------------------------------


def test_the_particulars_name_the_account_and_its_body() -> None:
    facts = session(info(), of=target(kind=CheckKind.IDENTITY))
    assert facts.existence is Existence.EXISTS
    assert facts.display_name == "青石公安"
    assert facts.verified_subject == "青石县公安局"
    assert facts.identifiers == {"uid": UID}
    assert facts.coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize("name", ["1234567890", "undefined", "用户1234567890"])
def test_what_is_no_name_is_not_reported_as_one(name: str) -> None:
    assert session(info(name), of=target(kind=CheckKind.IDENTITY)).display_name is None


@pytest.mark.parametrize("verified", ["知名博主", "青石县公安局", ""])
def test_a_verification_that_does_not_call_itself_official_names_no_body(verified: str) -> None:
    facts = session(info(verified=verified), of=target(kind=CheckKind.IDENTITY))
    assert facts.verified_subject is None


def test_the_first_of_two_particulars_of_one_name_counts() -> None:
    page = info().replace("简介:", "简介:昵称</div><div class='c'>昵称:别人</div><div class='c'>")
    assert session(page, of=target(kind=CheckKind.IDENTITY)).display_name == "青石公安"


def test_counters_stand_above_the_posts() -> None:
    assert listed(NEW).counters == {"posts": 800, "followers": 5200}
    assert listed(NEW, counted="3.5万").counters == {"followers": 5200}


# --- posts --------------------------------------------------------------------------------------


def test_a_post_without_its_mark_may_be_the_newest() -> None:
    strange = NEW.replace('id="M_', 'id="N_')
    facts = listed(strange, OLD)
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    notice = '<div class="c">还没有人关注TA</div>'
    assert listed(notice, OLD).coverage.kind is CoverageKind.REACHES_BACK_TO


def test_the_id_gives_the_year_and_the_second() -> None:
    post = listed(wap(local(3, 18, 10, 0).replace(second=42), "03月18日 10:00")).posts[0]
    assert post.published_at == local(3, 18, 10, 0).replace(second=42)
    assert (post.precision, post.derived_from) == (Precision.SECOND, Derivation.ID)
    assert post.url == f"https://m.weibo.cn/detail/{mid(local(3, 18).replace(second=42))}"
    assert post.own


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("12月31日 23:50", datetime(2025, 12, 31, 15, 50, tzinfo=UTC)),
        ("01月01日 00:10", datetime(2025, 12, 31, 16, 10, tzinfo=UTC)),
        ("2024-12-31 23:50:10", datetime(2024, 12, 31, 15, 50, 10, tzinfo=UTC)),
        ("今天 00:05", datetime(2025, 12, 31, 16, 5, tzinfo=UTC)),
        ("20分钟前", datetime(2025, 12, 31, 16, 10, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_year_at_new_year(printed: str, expected: datetime) -> None:
    seen = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    facts = session(info(), posts(wap(None, printed)), at=seen)
    assert facts.newest is not None and facts.newest.published_at == expected


def test_a_pinned_post_comes_first_and_is_not_the_newest() -> None:
    facts = listed(wap(local(6, 1, year=2025), "2025-06-01 10:00:00", top=True), NEW, OLD)
    assert facts.newest is not None and facts.newest.published_at == local(3, 18)
    assert [post.pinned for post in facts.posts] == [False, False, True]
    assert facts.coverage.since == local(3, 1)


def test_a_post_without_a_time_leaves_the_list_partial() -> None:
    facts = listed(wap(None, "不久以前"), OLD)
    assert len(facts.posts) == 1
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_post_within_a_post_leaves_the_list_partial() -> None:
    torn = OLD.replace("</div></div>", "", 1)
    facts = listed(torn + NEW + "</div>", counted="2")
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_page_of_nothing_but_nested_blocks_is_read_once() -> None:
    tail = "字" * 100
    page = f'<a href="/{UID}/follow"></a>' + '<div class="c me tip2">' * 200 + tail
    stopped = refused(WEIBO.check(ONE_PAGE, "session"), [answer(page)])
    assert (stopped.reason, stopped.detail) == (Reason.CHANGED_LAYOUT, "no 昵称")
    with_post = posts(f'<div class="c">{OLD}</div>')
    assert session_refused(info(), with_post) is Reason.CHANGED_LAYOUT


def test_a_list_without_any_time_is_a_changed_layout() -> None:
    assert session_refused(info(), posts(wap(None, "不久以前"))) is Reason.CHANGED_LAYOUT


def test_of_a_repost_only_the_reason_is_its_own_text() -> None:
    repost = (
        f'<div class="c" id="M_{short(local(3, 18))}"><div><span class="cmt">转发了 '
        '<a href="/u/1">云川发布</a> 的微博:</span><span class="ctt">别人的话</span></div>'
        '<div><span class="cmt">转发理由:</span>青石  也要注意&nbsp;<br/>'
        '<span class="ct">03月18日 09:00</span><span class="ct">03月18日 10:00</span></div></div>'
    )
    post = listed(repost).posts[0]
    assert post.title == "青石 也要注意"
    assert post.published_at == local(3, 18)


def test_titles_are_the_first_words_of_the_text() -> None:
    assert listed(wap(local(3, 18), "03月18日 10:00", text="字" * 90)).posts[0].title == "字" * 80
    bare = (
        f'<div class="c" id="M_{short(local(3, 18))}"><span class="ct">03月18日 10:00</span></div>'
    )
    assert listed(bare).posts[0].title == ""


def test_posts_shown_for_half_a_year_only_are_a_part() -> None:
    facts = listed(OLD, '<div class="c">作者已设置仅展示半年内微博</div>')
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.note == "仅展示半年内"


def test_an_empty_list_is_proven_by_a_counter_of_zero_only() -> None:
    assert listed(counted="0").coverage.kind is CoverageKind.PROVEN_EMPTY
    assert session_refused(info(), posts(counted="12")) is Reason.AMBIGUOUS
    assert session_refused(info(), posts(counted="?")) is Reason.AMBIGUOUS


def test_a_list_as_long_as_the_counter_is_complete() -> None:
    assert listed(NEW, counted="1").coverage.kind is CoverageKind.COMPLETE


# --- gone, restricted, walls --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "existence"),
    [
        ("该账号因用户自行申请关闭，现已无法查看。", Existence.GONE_SIGNAL),
        ("该账号因被投诉违反相关规定，现已无法查看。", Existence.RESTRICTED),
    ],
)
@pytest.mark.parametrize("step", ["particulars", "posts"])
def test_a_message_in_place_of_the_account_is_a_signal(
    words: str, existence: Existence, step: str
) -> None:
    pages = [says(words)] if step == "particulars" else [info(), says(words)]
    facts = session(*pages)
    assert (facts.existence, facts.signal, facts.posts) == (existence, words, ())


def test_nobody_there_is_a_signal_unless_the_account_was_just_shown() -> None:
    nobody = says("用户不存在哦!")
    assert session(nobody).existence is Existence.GONE_SIGNAL
    stopped = refused(WEIBO.check(ONE_PAGE, "session"), [answer(page) for page in (info(), nobody)])
    assert stopped.reason is Reason.AMBIGUOUS
    assert stopped.detail == "shown, and gone by its list: 用户不存在哦!"


def test_a_muted_account_is_restricted_whatever_else_its_page_shows() -> None:
    words = "因违反社区公约，该用户目前处于禁言状态"
    facts = session(info(), posts(f'<div class="me">{words}</div>', OLD))
    assert (facts.existence, facts.signal) == (Existence.RESTRICTED, words)


def test_such_words_elsewhere_on_the_page_are_none() -> None:
    page = '<html><body><div class="c">用户不存在哦!</div></body></html>'
    assert session_refused(page) is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize(
    "page",
    [
        says("请先登录"),
        "<html><title>登录 - 新浪微博</title><body><form>密码</form></body></html>",
        '<html><meta charset="gb2312"/><title>Sina Visitor System</title></html>',
        answer(info(), url="https://passport.weibo.com/sso/signin?entry=wapsso"),
        answer(info(), url="https://weibo.cn/pub/?vt=4"),
        answer(info(), url=f"https://m.weibo.cn/{UID}/info"),
    ],
)
@pytest.mark.parametrize("step", ["particulars", "posts"])
def test_a_session_that_has_run_out_is_a_wall(page: str | Response, step: str) -> None:
    pages = [page] if step == "particulars" else [info(), page]
    assert session_refused(*pages) is Reason.LOGIN_WALL


@pytest.mark.parametrize("status", [403, 418, 432])
def test_a_refusing_status_is_a_wall(status: int) -> None:
    assert session_refused(answer(info(), status)) is Reason.BLOCKED


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (answer(info(), 404), Reason.AMBIGUOUS),
        (info(uid="1999999999"), Reason.WRONG_ACCOUNT),
        (info(uid=f"{UID}1"), Reason.WRONG_ACCOUNT),
        ("<html><body>Welcome</body></html>", Reason.CHANGED_LAYOUT),
        (info().replace("昵称:", "昵称"), Reason.CHANGED_LAYOUT),
        ("<!-- -->", Reason.CHANGED_LAYOUT),
        ("", Reason.EMPTY_BODY),
    ],
)
def test_another_page_is_no_finding(page: str | Response, reason: Reason) -> None:
    assert session_refused(page) is reason


def test_a_list_of_another_account_is_refused() -> None:
    other = posts(NEW, uid="1999999999").replace("/fans", "/fans?fuid=1999999999")
    assert session_refused(info(), other) is Reason.WRONG_ACCOUNT


def test_a_refusal_keeps_the_pages_words() -> None:
    for page, detail in (
        (answer(info(), url="https://weibo.cn/pub/" + "x" * 200), "weibo.cn/pub/" + "x" * 107),
        (answer(info(), 404), "HTTP 404"),
        (answer("<p>" + "字" * 121), "字" * 120),
        (answer(says("请先登录")), "the session has run out"),
        (answer(info(uid="1999999999")), "1999999999"),
        (answer(info().replace("昵称:", "昵称")), "no 昵称"),
    ):
        assert refused(WEIBO.check(ONE_PAGE, "session"), [page]).detail == detail
    assert session(says("用户不存在" + "。" * 200)).signal == "用户不存在" + "。" * 115


def test_a_notice_far_down_a_block_is_not_looked_for() -> None:
    for blanks, kind in ((194, CoverageKind.PARTIAL), (195, CoverageKind.REACHES_BACK_TO)):
        facts = listed(OLD, f'<div class="c">{"x" * blanks}仅展示半年内</div>')
        assert facts.coverage.kind is kind


def test_reasons_of_reposts_are_cut_like_titles() -> None:
    block = (
        f'<div class="c" id="M_{short(local(3, 18))}"><span class="cmt">转发理由:</span>'
        + "字" * 81
        + '<span class="ct">03月18日 10:00</span></div>'
    )
    assert listed(block).posts[0].title == "字" * 80


# --- ids ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [local(3, 18), local(1, 1, 0, 0, 2012), local(12, 31, 23, 59)])
def test_the_short_form_of_an_id_is_the_long_one(at: datetime) -> None:
    assert mid_of_short(short(at)) == mid(at)


@pytest.mark.parametrize("text", ["", "abcd", "?", "a" * 13, "青石公安微博", "abc-defgh"])
def test_what_is_no_short_id_has_no_long_form(text: str) -> None:
    assert mid_of_short(text) == ""


def test_a_short_id_is_read_in_groups_of_four_from_the_right() -> None:
    assert mid_of_short("10000") == "10000000"
    assert mid_of_short("1000Z") == "10000061"
    assert mid_of_short("0001a") == f"{62 + 10}"


@given(st.text('<div class="c tip2">M_/:昵称微博[]123&;-!\'', max_size=200) | st.binary())
def test_any_page_gives_facts_or_a_reason(page: str | bytes) -> None:
    """A checker that crashes on an odd page would say nothing about it."""
    body = page.encode() if isinstance(page, str) else page
    linked = f'<a href="/{UID}/follow">'.encode() + body
    for pages in ([body], [linked], [info().encode(), body], [info().encode(), linked]):
        steps = WEIBO.check(ONE_PAGE, "session")
        try:
            request = next(steps)
            for shown in pages:
                assert isinstance(request, Request)
                request = steps.send(Response(request.url, 200, {}, shown, NOON))
        except (StopIteration, Inconclusive):
            pass
