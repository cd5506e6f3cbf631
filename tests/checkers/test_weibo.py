"""Weibo: every trap of its pages and of its open API, one answer each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._weibo.account import _hidden as hidden_history
from checkers._weibo.posts import flattened
from checkers.base import Coverage, Facts, Inconclusive, Pace, Request, Response, Target
from checkers.weibo import Weibo
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Precision,
    Reason,
)
from tests.checkers.driving import answer, drive, read, refused, run
from tests.checkers.weibo_answers import (
    NOON,
    NOTHING_HERE,
    UID,
    blog,
    card,
    listing,
    local,
    mid,
    notice,
    printed,
    profile,
    target,
    user,
)

WEIBO = Weibo()
ONE_PAGE = target(read_back_to=datetime.min)


def page(*bodies: dict[str, Any] | str, of: Target = ONE_PAGE) -> Facts:
    return read(WEIBO.check(of, "page"), [answer(body) for body in bodies])


def page_refused(*bodies: dict[str, Any] | str, of: Target = ONE_PAGE) -> Reason:
    return refused(WEIBO.check(of, "page"), [answer(body) for body in bodies]).reason


def listed(*cards: dict[str, Any], **user_fields: Any) -> Facts:
    return page(profile(**user_fields), listing(*cards))


# --- what is asked ------------------------------------------------------------------------------


def test_a_page_check_asks_for_the_user_and_then_for_the_list() -> None:
    steps = WEIBO.check(ONE_PAGE, "page")
    driven = run(steps, [answer(profile()), answer(listing(card(blog(local(3, 19)))))])
    assert [request.url for request in driven.asked] == [
        "https://m.weibo.cn/api/container/getIndex?type=uid&value=1234567890",
        "https://m.weibo.cn/api/container/getIndex?type=uid&value=1234567890"
        "&containerid=1076031234567890",
    ]
    assert {request.auth for request in driven.asked} == {None}


def test_an_identity_check_asks_for_the_user_only() -> None:
    facts = page(profile(), of=target(kind=CheckKind.IDENTITY))
    assert facts.existence is Existence.EXISTS
    assert facts.display_name == "青石公安"
    assert facts.verified_subject == "青石县公安局"
    assert facts.counters == {"posts": 800, "followers": 5200}
    assert facts.identifiers == {"uid": UID}
    assert facts.coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize("uid", ["", "12345", "qingshi", "1" * 12, "１２３４５６７８９０"])
def test_without_a_uid_nothing_is_asked(uid: str) -> None:
    stopped = refused(WEIBO.check(target(identifiers={"uid": uid}), "page"), [])
    assert stopped.reason is Reason.NO_ADDRESS


def test_the_ledgers_link_will_do_for_a_uid() -> None:
    linked = target(identifiers={}, url="https://weibo.com/u/1234567890", kind=CheckKind.IDENTITY)
    assert page(profile(), of=linked).display_name == "青石公安"


# --- the newest post ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark",
    [
        {"mblogtype": 2},
        {"mblogtype": "2"},
        {"isTop": 1},
        {"title": {"text": "置顶", "base_color": 1}},
        {"profile_type_id": "proweibotop_123"},
    ],
)
def test_a_pinned_post_comes_first_and_is_not_the_newest(mark: dict[str, Any]) -> None:
    pinned, new = blog(local(6, 27, year=2025)) | mark, blog(local(3, 19))
    facts = listed(card(pinned), card(new), card(blog(local(3, 1))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)
    assert [post.pinned for post in facts.posts] == [False, False, True]
    assert facts.coverage.since == local(3, 1)


def test_a_mark_on_the_card_pins_its_post_too() -> None:
    facts = listed(card(blog(local(3, 1)), profile_type_id="proweibotop_1"))
    assert facts.posts[0].pinned
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_pinned_post_may_be_the_newest() -> None:
    facts = listed(card(blog(local(3, 19), isTop=1)), card(blog(local(3, 1))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)


def test_the_newest_is_the_latest_and_not_the_first() -> None:
    facts = listed(card(blog(local(3, 2))), card(blog(local(3, 18))), card(blog(local(3, 9))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 18)


def test_posts_inside_a_card_group_count() -> None:
    group = {"card_type": 11, "card_group": [card(blog(local(3, 19)))]}
    facts = listed({"card_type": 11, "card_group": [group]}, card(blog(local(3, 1))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)


def test_cards_nested_deep_are_read_in_their_order() -> None:
    nested: Any = card(blog(local(3, 19)))
    for _level in range(3000):
        nested = {"card_type": 11, "card_group": [nested]}
    cards = list(flattened([nested, card(blog(local(3, 1))), "x", {"card_group": "x"}]))
    assert [at["mblog"]["created_at"] for at in cards if "mblog" in at] == [
        printed(local(3, 19)),
        printed(local(3, 1)),
    ]
    assert len(cards) == 3003
    assert list(flattened(None)) == []


@pytest.mark.parametrize(
    "strange",
    [
        "x",
        None,
        {"card_type": 9},
        {"card_type": "9", "mblog": None},
        {"card_type": 1, "mblog": []},
        {"card_type": 11, "card_group": "x"},
        {"card_type": 11, "card_group": ["x"]},
        {"card_type": 11, "card_group": [{"card_type": 9, "mblog": 7}]},
    ],
)
def test_a_card_of_another_shape_may_hold_the_newest_post(strange: Any) -> None:
    facts = listed(strange, card(blog(local(3, 1))))
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert page_refused(profile(), listing(strange)) is Reason.CHANGED_LAYOUT
    assert page_refused(profile(statuses_count=0), listing(strange)) is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize(
    "other", [{"card_type": 11, "desc": "相关推荐"}, {"card_type": 11, "card_group": []}]
)
def test_a_card_that_holds_no_post_takes_nothing_from_the_list(other: Any) -> None:
    facts = listed(other, card(blog(local(3, 1))))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize("author", ["x", 1.5, True, -1, "0", {"a": 1}, "1" * 21])
def test_a_post_whose_author_has_no_number_may_be_the_accounts_own(author: Any) -> None:
    nobodys = blog(local(3, 18), user={"id": author})
    facts = listed(card(nobodys), card(blog(local(3, 1))))
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_repost_is_an_update_and_its_originals_time_is_not() -> None:
    original = blog(local(3, 20, 11), user={"id": 1999999999})
    facts = listed(card(blog(local(3, 10), retweeted_status=original)))
    assert [post.published_at for post in facts.posts] == [local(3, 10)]


def test_a_repost_of_a_deleted_post_counts_by_its_long_id() -> None:
    gone = {"deleted": "1", "text": "此微博已被原作者删除。"}
    repost = blog(local(3, 10), "03-10", id="3456789", retweeted_status=gone)
    facts = listed(card(repost))
    assert facts.newest is not None
    assert (facts.newest.published_at, facts.newest.own) == (local(3, 10), True)


def test_other_peoples_posts_in_the_list_are_not_its_own() -> None:
    stranger = blog(local(3, 20, 11), user={"id": 1999999999})
    facts = listed(card(stranger), card(blog(local(3, 10))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 10)
    assert [post.own for post in facts.posts] == [False, True]


@pytest.mark.parametrize("user", [None, {}, {"id": ""}, "x"])
def test_a_post_of_an_unknown_author_may_be_the_newest(user: Any) -> None:
    facts = listed(card(blog(local(3, 19), user=user)), card(blog(local(3, 1))))
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    nobody = listing(card(blog(local(3, 19), user=user)))
    assert page_refused(profile(), nobody) is Reason.CHANGED_LAYOUT


def test_an_author_may_be_named_by_text_only() -> None:
    facts = listed(card(blog(local(3, 19), user={"idstr": UID})))
    assert facts.posts[0].own


# --- times --------------------------------------------------------------------------------------


def test_a_time_in_full_is_taken_from_its_field() -> None:
    facts = listed(card(blog(local(3, 19))))
    assert facts.newest is not None
    assert facts.newest.derived_from is Derivation.FIELD
    assert facts.newest.precision is Precision.SECOND


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (local(3, 20, 11, 40), "20分钟前"),
        (local(3, 20, 8, 30), "3小时前"),
        (local(3, 19, 14, 5), "昨天 14:05"),
        (local(3, 1, 8, 30), "03-01"),
        (local(12, 27, 8, 30, year=2025), "12-27"),
    ],
)
def test_a_coarse_time_is_made_exact_by_the_id(at: datetime, text: str) -> None:
    facts = listed(card(blog(at, text)))
    assert facts.newest is not None
    assert (facts.newest.published_at, facts.newest.precision) == (at, Precision.SECOND)
    assert facts.newest.derived_from is Derivation.ID


def test_hours_rounded_down_may_lead_over_midnight() -> None:
    at, seen = local(3, 19, 23, 50), local(3, 20, 1, 30).astimezone(UTC)
    bodies = [answer(profile(), at=seen), answer(listing(card(blog(at, "1小时前"))), at=seen)]
    facts = read(WEIBO.check(ONE_PAGE, "page"), bodies)
    assert facts.newest is not None and facts.newest.published_at == at


def test_an_id_older_than_the_printed_time_gives_way_to_it() -> None:
    scheduled = blog(local(3, 10), "03-18")
    facts = listed(card(scheduled))
    assert facts.newest is not None
    assert (facts.newest.published_at, facts.newest.precision) == (
        local(3, 18, 0),
        Precision.DAY,
    )
    assert facts.newest.derived_from is Derivation.FIELD


@pytest.mark.parametrize(
    ("at", "text", "derived"),
    [
        (local(3, 9, 23, 59), "03-10", Derivation.FIELD),
        (local(3, 10, 0, 0), "03-10", Derivation.ID),
        (local(3, 11, 0, 0), "03-10", Derivation.FIELD),
        (local(3, 18, 10, 10), "2026-03-18 10:00", Derivation.ID),
        (local(3, 18, 9, 50), "2026-03-18 10:00", Derivation.ID),
        (local(3, 18, 10, 11), "2026-03-18 10:00", Derivation.FIELD),
        (local(3, 18, 9, 49), "2026-03-18 10:00", Derivation.FIELD),
        (local(3, 19, 8, 0), "8小时前", Derivation.ID),
        (local(3, 19, 8, 0), "8小時前", Derivation.ID),
        (local(3, 18, 23, 59), "8小时前", Derivation.FIELD),
    ],
)
def test_an_id_counts_only_where_the_text_allows_it(
    at: datetime, text: str, derived: Derivation
) -> None:
    facts = listed(card(blog(at, text)))
    assert facts.newest is not None and facts.newest.derived_from is derived


@pytest.mark.parametrize(("seconds", "posts"), [(600, 2), (601, 1)])
def test_an_id_may_run_ahead_by_ten_minutes(seconds: int, posts: int) -> None:
    ahead = blog(NOON + timedelta(seconds=seconds), "?")
    assert len(listed(card(ahead), card(blog(local(3, 1)))).posts) == posts


def test_relative_times_count_from_the_servers_date() -> None:
    late = answer(
        listing(card(blog(local(3, 19), "5分钟前", id="1", mid="1"))),
        headers={"date": "Fri, 20 Mar 2026 02:00:00 GMT"},
    )
    facts = read(WEIBO.check(ONE_PAGE, "page"), [answer(profile()), late])
    assert facts.newest is not None and facts.newest.published_at == local(3, 20, 9, 55)


def test_an_unreadable_time_leaves_the_list_partial() -> None:
    facts = listed(card(blog(local(3, 19), "不久以前", id="1", mid="1")), card(blog(local(3, 1))))
    assert len(facts.posts) == 1
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_time_ahead_of_its_page_is_not_mended_by_the_id() -> None:
    facts = listed(card(blog(local(3, 9), "2026-03-21 12:00")), card(blog(local(3, 1))))
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_list_without_any_readable_time_is_a_changed_layout() -> None:
    odd = blog(local(3, 19), "不久以前", id="1", mid="1")
    assert page_refused(profile(), listing(card(odd))) is Reason.CHANGED_LAYOUT


def test_titles_are_plain_text_and_link_to_the_post() -> None:
    post = listed(card(blog(local(3, 19)))).posts[0]
    assert post.title == "青石县公安局发布防溺水提醒"
    assert post.url == f"https://m.weibo.cn/detail/{mid(local(3, 19))}"


# --- how much was seen --------------------------------------------------------------------------


def test_a_list_covers_what_it_reaches_back_to() -> None:
    facts = listed(card(blog(local(3, 19))), card(blog(local(3, 2))))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == local(3, 2)


def test_a_list_as_long_as_the_counter_is_complete() -> None:
    facts = listed(card(blog(local(3, 19))), statuses_count=1)
    assert facts.coverage.kind is CoverageKind.COMPLETE


def test_pages_are_read_until_they_reach_far_enough() -> None:
    first = listing(card(blog(local(3, 19))), card(blog(local(3, 9))))
    second = listing(card(blog(local(3, 9))), card(blog(local(3, 4))))
    steps = WEIBO.check(target(), "page")
    driven = run(steps, [answer(profile()), answer(first), answer(second)])
    assert driven.asked[-1].url.endswith("&containerid=1076031234567890&page=2")
    assert isinstance(driven.outcome, Facts)
    assert len(driven.outcome.posts) == 3
    assert driven.outcome.coverage.since == local(3, 4)


def test_a_list_longer_than_the_counter_is_read_no_further() -> None:
    first = listing(card(blog(local(3, 19))), card(blog(local(3, 18))))
    facts = page(profile(statuses_count=1), first, of=target())
    assert facts.coverage.kind is CoverageKind.COMPLETE


def test_posts_without_a_time_on_two_pages_have_none_still() -> None:
    odd = [card(blog(local(3, 1), "?", id=number, mid=number)) for number in ("1", "2")]
    pages = [listing(odd[0], card(blog(local(3, 19)))), listing(odd[1], card(blog(local(3, 4))))]
    facts = page(profile(), *pages, of=target())
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert len(facts.posts) == 2


def test_a_notice_of_hidden_posts_may_stand_on_the_first_page_or_on_the_last() -> None:
    words = {"msg": "作者已设置仅展示半年内微博"}
    for first, second in ((words, {}), ({}, words)):
        pages = [
            listing(card(blog(local(3, 19)))) | first,
            listing(card(blog(local(3, 4)))) | second,
        ]
        assert page(profile(), *pages, of=target()).coverage.kind is CoverageKind.PARTIAL


def test_no_more_than_three_pages_are_read() -> None:
    pages = [listing(card(blog(local(3, day)))) for day in (19, 18, 17)]
    facts = page(profile(), *pages, of=target())
    assert facts.coverage.since == local(3, 17)


def test_an_empty_later_page_ends_the_list_where_it_was() -> None:
    facts = page(profile(), listing(card(blog(local(3, 19)))), NOTHING_HERE, of=target())
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == local(3, 19)


def test_a_wall_on_a_later_page_leaves_what_the_first_showed() -> None:
    wall = {"ok": -100, "url": "https://passport.weibo.cn/signin/welcome"}
    facts = page(profile(), listing(card(blog(local(3, 19)))), wall, of=target())
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)
    assert facts.coverage.since == local(3, 19)


def test_posts_shown_for_half_a_year_only_are_a_part() -> None:
    hidden = {"card_type": 58, "desc1": "作者已设置仅展示半年内微博"}
    facts = listed(card(blog(local(3, 1))), hidden)
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.note == "仅展示半年内"


@pytest.mark.parametrize(
    "words", ["仅展示半年内", "仅展示一年内", "仅展示三个月内", "仅展示一个月内", "仅展示最近半年"]
)
def test_the_list_itself_may_say_that_older_posts_are_hidden(words: str) -> None:
    facts = page(profile(), listing(card(blog(local(3, 1))), msg=f"作者已设置{words}微博"))
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.note == words


def test_a_post_that_speaks_of_hidden_posts_hides_none() -> None:
    facts = listed(card(blog(local(3, 1), text="如何设置仅展示半年内微博")))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.note == ""


def test_hidden_posts_are_not_the_same_as_none() -> None:
    empty = listing(msg="作者已设置仅展示半年内微博")
    assert page_refused(profile(statuses_count=0), empty) is Reason.AMBIGUOUS


def test_a_pinned_post_shown_twice_counts_once() -> None:
    twice = blog(local(3, 9))
    facts = listed(card(twice | {"isTop": 1}), card(twice), statuses_count=2)
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    facts = listed(card(twice | {"isTop": 1}), card(twice), statuses_count=1)
    assert facts.coverage.kind is CoverageKind.COMPLETE


def test_posts_without_ids_are_told_apart_by_nothing_and_kept() -> None:
    first, second = (blog(local(3, day), id="", mid="", user={"id": int(UID)}) for day in (19, 1))
    pages = [
        listing(card(first), card(blog(local(3, 18)))),
        listing(card(second), card(blog(local(3, 17)))),
    ]
    facts = page(profile(), *pages, of=target(read_back_to=local(3, 2)))
    assert [post.published_at for post in facts.posts] == [
        local(3, 19),
        local(3, 18),
        local(3, 17),
        local(3, 1),
    ]


@pytest.mark.parametrize("empty", [NOTHING_HERE, listing()])
def test_an_empty_list_is_proven_by_a_counter_of_zero(empty: dict[str, Any]) -> None:
    facts = page(profile(statuses_count=0), empty)
    assert facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    assert (facts.existence, facts.posts) == (Existence.EXISTS, ())


@pytest.mark.parametrize("counter", [12, "3.5万", None])
@pytest.mark.parametrize("empty", [NOTHING_HERE, listing()])
def test_an_empty_list_is_ambiguous_without_it(empty: dict[str, Any], counter: Any) -> None:
    assert page_refused(profile(statuses_count=counter), empty) is Reason.AMBIGUOUS


# --- gone, restricted, walls ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "existence"),
    [
        ("该账号因用户自行申请关闭，现已无法查看。", Existence.GONE_SIGNAL),
        ("应账号持有人自行申请，此账号不再显示", Existence.GONE_SIGNAL),
        ("该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看。", Existence.RESTRICTED),
        ("该帐号行为异常，存在安全风险，用户验证之前暂时不能查看。", Existence.RESTRICTED),
        ("该账号内容存在风险，用户验证之前暂时不能查看", Existence.RESTRICTED),
    ],
)
def test_a_notice_on_the_account_is_read_out_of_its_address(
    words: str, existence: Existence
) -> None:
    facts = page(notice(words))
    assert facts.existence is existence
    assert facts.signal and facts.coverage.kind is CoverageKind.UNREAD


def test_a_notice_in_place_of_the_list_counts_too() -> None:
    facts = page(profile(), notice("该账号因用户自行申请关闭，现已无法查看。"))
    assert facts.existence is Existence.GONE_SIGNAL


def test_a_list_that_knows_nobody_contradicts_the_profile_just_shown() -> None:
    steps = WEIBO.check(ONE_PAGE, "page")
    stopped = refused(steps, [answer(profile()), answer({"ok": 0, "msg": "该用户不存在(20003)"})])
    assert stopped.reason is Reason.AMBIGUOUS
    assert stopped.detail == "shown, and gone by its list: 该用户不存在(20003)"


@pytest.mark.parametrize(
    "words", ["该用户不存在(20003)", "该账号因用户自行申请关闭，现已无法查看。"]
)
def test_posts_just_shown_contradict_any_end_of_the_account(words: str) -> None:
    shown = listing(card(blog(local(3, 18))))
    facts = page(profile(), shown, notice(words), of=target())
    assert facts.existence is Existence.EXISTS
    assert [post.published_at for post in facts.posts] == [local(3, 18)]
    assert facts.coverage == Coverage(CoverageKind.REACHES_BACK_TO, local(3, 18))


def test_an_account_held_back_while_its_list_is_read_is_restricted() -> None:
    words = notice("该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看。")
    facts = page(profile(), listing(card(blog(local(3, 18)))), words, of=target())
    assert (facts.existence, facts.posts) == (Existence.RESTRICTED, ())


def test_words_about_one_post_say_nothing_of_the_account() -> None:
    words = notice("该微博因被多人投诉，根据《微博社区公约》，已被删除。")
    assert page_refused(words) is Reason.AMBIGUOUS


def test_a_user_that_does_not_exist_is_a_gone_signal() -> None:
    facts = page({"ok": 0, "msg": "该用户不存在(20003)"})
    assert facts.existence is Existence.GONE_SIGNAL
    assert facts.signal == "该用户不存在(20003)"


def test_a_notice_in_other_words_is_ambiguous() -> None:
    assert page_refused(notice("系统维护中")) is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    "body",
    [
        {"ok": -100, "msg": "请先登录", "url": "https://passport.weibo.cn/signin/welcome?r=x"},
        {"ok": -100},
        {"ok": 0, "url": "https://weibo.com/login.php?url=x", "data": {}},
        '<html><meta charset="gb2312"/><title>Sina Visitor System</title></html>',
    ],
)
@pytest.mark.parametrize("step", ["user", "list"])
def test_a_login_in_place_of_an_answer_is_a_wall(body: dict[str, Any] | str, step: str) -> None:
    bodies = [body] if step == "user" else [profile(), body]
    assert page_refused(*bodies) is Reason.LOGIN_WALL


def test_a_redirect_to_the_visitor_page_is_a_wall() -> None:
    visitor = answer("{}", url="https://passport.weibo.com/visitor/visitor?entry=miniblog")
    assert refused(WEIBO.check(ONE_PAGE, "page"), [visitor]).reason is Reason.LOGIN_WALL


@pytest.mark.parametrize("status", [403, 418, 432])
def test_a_refusing_status_is_a_wall(status: int) -> None:
    stopped = refused(WEIBO.check(ONE_PAGE, "page"), [answer({"ok": 0}, status)])
    assert stopped.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ok": 1, "data": {}}, Reason.CHANGED_LAYOUT),
        ({"ok": 1}, Reason.AMBIGUOUS),
        ({"ok": 0, "msg": "系统繁忙", "data": {}}, Reason.AMBIGUOUS),
        ({"ok": [], "data": {}}, Reason.AMBIGUOUS),
        ({"ok": 1, "data": {"userInfo": {}}}, Reason.CHANGED_LAYOUT),
        (NOTHING_HERE, Reason.AMBIGUOUS),
        ("[1, 2]", Reason.CHANGED_LAYOUT),
        ("not json", Reason.BAD_JSON),
        ("<html>此微博已被作者删除</html>", Reason.BAD_JSON),
        ("<html>用户不存在</html>", Reason.BAD_JSON),
        ("", Reason.EMPTY_BODY),
    ],
)
def test_an_odd_answer_to_the_user_call_is_no_finding(body: Any, reason: Reason) -> None:
    assert page_refused(body) is reason


@pytest.mark.parametrize("status", [302, 404, 410])
def test_a_profile_under_a_status_that_is_no_answer_is_ambiguous(status: int) -> None:
    stopped = refused(WEIBO.check(ONE_PAGE, "page"), [answer(profile(), status)])
    assert stopped.reason is Reason.AMBIGUOUS


def test_an_answer_about_another_account_is_refused() -> None:
    assert page_refused(profile(id=1999999999)) is Reason.WRONG_ACCOUNT


def test_a_list_of_another_account_is_refused() -> None:
    other = listing(card(blog(local(3, 19), user={"id": 1999999999})))
    assert page_refused(profile(), other) is Reason.WRONG_ACCOUNT
    other["data"]["cardlistInfo"]["containerid"] = "1076031999999999"
    assert page_refused(profile(), other) is Reason.WRONG_ACCOUNT


def test_an_empty_list_of_another_account_proves_nothing() -> None:
    other = listing()
    other["data"]["cardlistInfo"]["containerid"] = "1076031999999999"
    assert page_refused(profile(statuses_count=0), other) is Reason.WRONG_ACCOUNT


def test_a_list_without_cards_is_a_changed_layout() -> None:
    assert page_refused(profile(), {"ok": 1, "data": {"cards": None}}) is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ({"ok": 0, "msg": "忙" * 121, "data": {}}, Reason.AMBIGUOUS, "忙" * 120),
        ({"ok": 0, "data": {}}, Reason.AMBIGUOUS, "no userInfo"),
        ({"ok": 1, "data": {}}, Reason.CHANGED_LAYOUT, "no userInfo"),
        ({"ok": 1}, Reason.AMBIGUOUS, "HTTP 200"),
        ({"ok": 0, "message": "忙", "data": {}}, Reason.AMBIGUOUS, "忙"),
        ({"ok": -100, "msg": "请登录"}, Reason.LOGIN_WALL, "请登录"),
        (notice("维" * 150), Reason.AMBIGUOUS, "维" * 120),
        ({"error_type": "link", "url": "y" * 1999 + "自行"}, Reason.AMBIGUOUS, "y" * 119 + "自"),
        (" " * 19982 + "Sina Visitor System", Reason.BAD_JSON, None),
        (" " * 19981 + "Sina Visitor System", Reason.LOGIN_WALL, "Sina Visitor System"),
        (profile(id=1999999999), Reason.WRONG_ACCOUNT, "1999999999"),
    ],
)
def test_a_refusal_keeps_the_platforms_words(body: Any, reason: Reason, detail: str | None) -> None:
    stopped = refused(WEIBO.check(ONE_PAGE, "page"), [answer(body)])
    assert stopped.reason is reason
    assert detail is None or stopped.detail == detail


@pytest.mark.parametrize(("word", "existence"), [("自行", "gone_signal"), ("投诉", "restricted")])
def test_a_notice_of_one_known_word_keeps_its_end(word: str, existence: str) -> None:
    facts = page({"ok": 0, "error_type": "link", "url": "y" * 1998 + word})
    assert (facts.existence.value, facts.signal) == (existence, "y" * 118 + word)


def test_a_title_is_cut_to_eighty_signs_of_the_first_four_thousand() -> None:
    long = listed(card(blog(local(3, 19), text="字" * 81))).posts[0]
    assert long.title == "字" * 80
    hidden = "<i>" * 1333 + "字词"
    assert listed(card(blog(local(3, 19), text=hidden))).posts[0].title == "字"


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "undefined", "1234567890", "用户1234567890", None, 5])
def test_what_is_no_name_is_not_reported_as_one(name: Any) -> None:
    facts = page(profile(screen_name=name), of=target(kind=CheckKind.IDENTITY))
    assert facts.display_name is None


@pytest.mark.parametrize(
    "fields",
    [{"verified": False}, {"verified_type": 0}, {"verified_type": -1}, {"verified_reason": ""}],
)
def test_a_persons_verification_names_no_body(fields: dict[str, Any]) -> None:
    facts = page(profile(**fields), of=target(kind=CheckKind.IDENTITY))
    assert facts.verified_subject is None


def test_sources_stand_in_their_order_of_trust() -> None:
    assert [(s.name, s.by_default, s.needs, s.route) for s in WEIBO.sources] == [
        ("api", True, ("weibo",), ""),
        ("rsshub", True, (), "/weibo/user/{uid}"),
        ("page", True, (), ""),
        ("visitor", False, (), ""),
        ("session", False, ("weibo_session",), ""),
    ]
    assert WEIBO.hosts == {
        "m.weibo.cn": Pace(30.0, 40),
        "weibo.com": Pace(30.0, 40),
        "weibo.cn": Pace(30.0, 40),
        "passport.weibo.com": Pace(30.0, 40),
        "api.weibo.com": Pace(2.0, 500),
        "t.cn": Pace(5.0, 100),
    }
    rsshub = WEIBO.source("rsshub")
    assert rsshub is not None and rsshub.pace == Pace(5.0)
    assert {c.kind: (c.place, c.prefix, c.per_account) for c in WEIBO.credentials} == {
        "weibo": ("header:Authorization", "OAuth2 ", True),
        "weibo_session": ("cookie", "", False),
    }


def test_a_naive_moment_to_read_back_to_asks_one_page() -> None:
    outcome = drive(
        WEIBO.check(ONE_PAGE, "page"),
        [answer(profile()), answer(listing(card(blog(local(3, 19)))))],
    )
    assert isinstance(outcome, Facts)


def test_a_post_dated_two_days_ahead_is_not_believed() -> None:
    ahead = blog(local(3, 20) + timedelta(days=2))
    facts = listed(card(ahead), card(blog(local(3, 10))))
    assert facts.newest is not None and facts.newest.published_at == local(3, 10)
    assert facts.coverage.kind is CoverageKind.PARTIAL


KEYS = (
    "ok msg url error_type data userInfo cards cardlistInfo containerid id mid screen_name user"
    " statuses_count created_at mblog card_group title text error_code error statuses verified"
    " verified_type verified_reason isTop mblogtype"
).split()
SCALARS = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        -100,
        1.5,
        "",
        "1",
        int(UID),
        UID,
        "07-01",
        mid(local(3, 19)),
        10**30,
        "验证",
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@given(JSON, JSON, st.booleans())
def test_any_json_gives_facts_or_a_reason(first: Any, second: Any, by_page: bool) -> None:
    """A checker that crashes on an odd answer would say nothing about it."""
    of = target(read_back_to=datetime.min, credential="weibo")
    known: Any = profile() if by_page else user()
    listing_like = {"ok": 1, "data": {"cards": second}} if by_page else {"statuses": second}
    for bodies in ([first], [known, second], [known, listing_like]):
        waiting = [json.dumps(body).encode() for body in bodies]
        steps = WEIBO.check(of, "page" if by_page else "api")
        try:
            request = next(steps)
            while waiting:
                assert isinstance(request, Request)
                request = steps.send(Response(request.url, 200, {}, waiting.pop(0), NOON))
        except (StopIteration, Inconclusive):
            pass


@pytest.mark.parametrize("words", ["请先登录", "此微博已被作者删除", "该账号因用户自行申请关闭"])
def test_words_of_another_kind_hide_no_older_posts(words: str) -> None:
    assert hidden_history(words) == ""
