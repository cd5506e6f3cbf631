"""Bilibili: every trap of its card and of its dynamics, one answer each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._bilibili.dynamics import id_time
from checkers.base import Facts, Hop, Inconclusive, Pace, Request, Response, Target
from checkers.bilibili import Bilibili
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Identity,
    Precision,
    Reason,
)
from tests.checkers.bilibili_answers import (
    MID,
    NAME,
    OTHER,
    card,
    dynamic_id,
    item,
    ok,
    refusal,
    space,
    target,
)
from tests.checkers.cases.feed import NEW, OLD, rss
from tests.checkers.cases.feed import item as feed_item
from tests.checkers.driving import NOON, answer, drive, read, refused, run
from tests.checkers.weibo_answers import local

BILIBILI = Bilibili()
ONE_PAGE = target(read_back_to=datetime.min, credential="bilibili_session")
DEEP = target(credential="bilibili_session")


def by_card(body: Any, of: Target = target()) -> Facts:
    return read(BILIBILI.check(of, "card"), [answer(body)])


def card_refused(body: Any, status: int = 200) -> Inconclusive:
    return refused(BILIBILI.check(target(), "card"), [answer(body, status)])


def dynamics(*pages: Any, of: Target = ONE_PAGE, first: Any = None) -> Facts:
    answers = [answer(first or card()), *map(answer, pages)]
    return read(BILIBILI.check(of, "dynamics"), answers)


def dynamics_refused(*pages: Any, of: Target = ONE_PAGE, first: Any = None) -> Inconclusive:
    answers = [answer(first or card()), *map(answer, pages)]
    return refused(BILIBILI.check(of, "dynamics"), answers)


def listed(*items: Any, **more: Any) -> Facts:
    return dynamics(space(*items, **more))


# --- the card -----------------------------------------------------------------------------------


def test_the_card_is_asked_for_anonymously() -> None:
    driven = run(BILIBILI.check(target(), "card"), [answer(card())])
    (asked,) = driven.asked
    assert asked.url == "https://api.bilibili.com/x/web-interface/card?mid=12345678"
    assert (asked.auth, asked.headers) == (None, ())


def test_the_card_shows_the_account() -> None:
    facts = by_card(card())
    assert facts.existence is Existence.EXISTS
    assert facts.display_name == NAME
    assert facts.verified_subject == "青石县公安局"
    assert facts.counters == {"videos": 40, "articles": 3, "followers": 5200}
    assert facts.identifiers == {"mid": MID}


def test_the_card_lists_no_posts_and_so_proves_no_silence() -> None:
    facts = by_card(card(videos=0, articles=0))
    assert facts.posts == ()
    assert facts.coverage.kind is CoverageKind.UNREAD


def test_the_id_of_the_card_may_be_a_number() -> None:
    assert by_card(card(mid=int(MID))).identifiers == {"mid": MID}


@pytest.mark.parametrize("count", ["3.5万", -1, None, 1.5])
def test_a_counter_that_is_no_number_is_left_out(count: Any) -> None:
    assert by_card(card(videos=count)).counters == {"articles": 3, "followers": 5200}


@pytest.mark.parametrize(
    ("verified", "subject"),
    [
        ({"type": 1, "desc": "青石县公安局官方账号"}, "青石县公安局"),
        ({"type": 1, "desc": "青石县公安局的官方哔哩哔哩帐号"}, "青石县公安局"),
        ({"type": 1, "desc": "bilibili机构认证：青石县公安局"}, "青石县公安局"),
        ({"type": 1, "desc": "青石县  公安局"}, "青石县 公安局"),
        ({"type": 1, "desc": "官方账号"}, None),
        ({"type": 1, "desc": ""}, None),
        ({"type": 1}, None),
        ({"type": 0, "desc": "知名UP主"}, None),
        ({"type": -1, "desc": ""}, None),
        ({}, None),
        ("x", None),
    ],
)
def test_only_an_organisations_verification_names_a_body(
    verified: Any, subject: str | None
) -> None:
    assert by_card(card(official_verify=verified)).verified_subject == subject


def test_a_missing_card_is_a_gone_signal() -> None:
    facts = by_card(refusal(-404, "啥都木有"))
    assert (facts.existence, facts.signal) == (Existence.GONE_SIGNAL, "-404 啥都木有")
    assert facts.coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize("name", ["账号已注销", "帐号已注销", " 账号已注销 "])
def test_a_name_given_up_is_a_restriction(name: str) -> None:
    facts = by_card(card(name=name))
    assert (facts.existence, facts.signal) == (Existence.RESTRICTED, name)
    assert facts.display_name is None


def test_a_name_that_only_speaks_of_it_is_a_name() -> None:
    assert by_card(card(name="如何办理账号已注销证明")).existence is Existence.EXISTS


def test_a_banned_space_is_a_restriction() -> None:
    facts = by_card(card(spacesta=-2))
    assert (facts.existence, facts.signal) == (Existence.RESTRICTED, "spacesta -2")
    assert by_card(card(spacesta=2)).existence is Existence.EXISTS


@pytest.mark.parametrize("name", ["", "undefined", "1234567890", None, 5])
def test_what_is_no_name_is_not_reported_as_one(name: Any) -> None:
    assert by_card(card(name=name)).display_name is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (-101, Reason.LOGIN_WALL),
        (-352, Reason.CAPTCHA),
        (-401, Reason.BLOCKED),
        (-403, Reason.BLOCKED),
        (-412, Reason.BLOCKED),
        (-509, Reason.RATE_LIMITED),
        (-799, Reason.RATE_LIMITED),
        (-500, Reason.SERVER_ERROR),
        (-503, Reason.SERVER_ERROR),
        (-504, Reason.SERVER_ERROR),
        (-400, Reason.AMBIGUOUS),
        (404, Reason.AMBIGUOUS),
        (1, Reason.AMBIGUOUS),
    ],
)
def test_a_code_in_place_of_an_answer_is_no_finding(code: int, reason: Reason) -> None:
    stopped = card_refused(refusal(code, "说明"))
    assert (stopped.reason, stopped.detail) == (reason, f"{code} 说明")


def test_an_answer_that_holds_a_voucher_only_is_a_wall() -> None:
    assert card_refused(ok({"v_voucher": "voucher_1"})).reason is Reason.CAPTCHA


def test_the_risk_controls_status_is_a_wall() -> None:
    assert card_refused(refusal(-412, "请求被拦截"), 412).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ok(None), Reason.CHANGED_LAYOUT),
        (ok([]), Reason.CHANGED_LAYOUT),
        (ok({}), Reason.CHANGED_LAYOUT),
        (ok({"mid": int(MID), "name": NAME}), Reason.CHANGED_LAYOUT),
        (ok({"card": {}}), Reason.WRONG_ACCOUNT),
        ({"data": {"card": {"mid": MID}}}, Reason.CHANGED_LAYOUT),
        ({"code": "0", "data": {"card": {"mid": MID}}}, Reason.CHANGED_LAYOUT),
        ({"code": False, "data": {"card": {"mid": MID}}}, Reason.CHANGED_LAYOUT),
        ([0], Reason.CHANGED_LAYOUT),
        ("not json", Reason.BAD_JSON),
        ("", Reason.EMPTY_BODY),
    ],
)
def test_an_odd_card_is_no_finding(body: Any, reason: Reason) -> None:
    assert card_refused(body).reason is reason


def test_a_card_of_another_account_is_refused() -> None:
    stopped = card_refused(card(mid="87654321"))
    assert (stopped.reason, stopped.detail) == (Reason.WRONG_ACCOUNT, "87654321")


def test_a_card_under_a_status_that_is_no_answer_is_refused() -> None:
    assert card_refused(card(), 404).reason is Reason.CHANGED_LAYOUT
    assert card_refused(refusal(-404, "啥都木有"), 404).reason is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (refusal(1, "字" * 130), "1 " + "字" * 118),
        ({"code": 1}, "1"),
        ({"code": "字" * 130}, "HTTP 200, code " + "字" * 105),
        (ok(None), "no data"),
        (ok({}), "no card"),
        (card(mid="5" * 41), "5" * 40),
    ],
)
def test_a_refusal_keeps_the_platforms_words(body: Any, detail: str) -> None:
    assert card_refused(body).detail == detail


# --- dynamics: what is asked --------------------------------------------------------------------


def test_the_card_goes_before_and_only_the_list_has_the_session() -> None:
    steps = BILIBILI.check(ONE_PAGE, "dynamics")
    driven = run(steps, [answer(card()), answer(space(item(local(3, 19))))])
    assert [(request.url, request.auth) for request in driven.asked] == [
        ("https://api.bilibili.com/x/web-interface/card?mid=12345678", None),
        (
            "https://api.bilibili.com/x/polymer/web-dynamic/v1/feed/space?host_mid=12345678",
            "bilibili_session",
        ),
    ]
    bare = BILIBILI.check(target(read_back_to=datetime.min), "dynamics")
    asked = run(bare, [answer(card()), answer(space(item(local(3, 19))))]).asked
    assert asked[1].auth == "bilibili_session"


def test_pages_are_read_until_they_reach_far_enough() -> None:
    driven = run(
        BILIBILI.check(DEEP, "dynamics"),
        [
            answer(card()),
            answer(space(item(local(3, 19)), offset="901")),
            answer(space(item(local(3, 5, 12)), offset="902")),
        ],
    )
    assert driven.asked[-1].url.endswith("/space?host_mid=12345678&offset=901")
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert driven.outcome.coverage.since == local(3, 5, 12)
    assert len(driven.outcome.posts) == 2


def test_no_more_than_five_pages_are_read() -> None:
    pages = [space(item(local(3, day))) for day in (19, 18, 17, 16, 15)]
    assert dynamics(*pages, of=DEEP).coverage.since == local(3, 15)


@pytest.mark.parametrize("offset", ["", "a&b=1", None, 0.5])
def test_without_an_offset_there_is_no_next_page(offset: Any) -> None:
    facts = dynamics(space(item(local(3, 19)), offset=offset), of=DEEP)
    assert facts.coverage.since == local(3, 19)


def test_a_page_of_known_items_ends_the_list() -> None:
    page = space(item(local(3, 19)))
    facts = dynamics(page, page, of=DEEP)
    assert len(facts.posts) == 1
    assert facts.coverage.since == local(3, 19)


def test_known_items_of_a_later_page_hide_no_new_ones() -> None:
    first, second = item(local(3, 19)), item(local(3, 18))
    facts = dynamics(space(first), space(first, second, more=False), of=DEEP)
    assert [post.published_at for post in facts.posts] == [local(3, 19), local(3, 18)]


def test_undated_items_of_two_pages_are_undated_still() -> None:
    pages = [
        space(item(local(3, day)), item(local(3, day), pub_ts=0) | {"id_str": str(day)})
        for day in (19, 18)
    ]
    pages[1]["data"]["has_more"] = False
    facts = dynamics(*pages, of=DEEP)
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert len(facts.posts) == 2


def test_a_list_without_more_is_complete() -> None:
    facts = dynamics(space(item(local(3, 19)), more=False), of=DEEP)
    assert facts.coverage.kind is CoverageKind.COMPLETE


def test_a_last_page_makes_the_whole_list_complete() -> None:
    pages = [space(item(local(3, 19))), space(item(local(3, 18)), more=False)]
    facts = dynamics(*pages, of=DEEP)
    assert facts.coverage.kind is CoverageKind.COMPLETE
    assert len(facts.posts) == 2


@pytest.mark.parametrize("wall", [refusal(-352, "风控校验失败"), ok({"v_voucher": "x"}), ""])
def test_a_wall_on_a_later_page_leaves_what_the_first_showed(wall: Any) -> None:
    facts = dynamics(space(item(local(3, 19))), wall, of=DEEP)
    assert facts.coverage.since == local(3, 19)


# --- dynamics: own posts and their times --------------------------------------------------------


@pytest.mark.parametrize("stamp", [1773885600, "1773885600", 1773885600000])
def test_the_time_is_that_of_the_field(stamp: Any) -> None:
    post = listed(item(local(3, 1), pub_ts=stamp)).posts[0]
    assert post.published_at == local(3, 19)
    assert (post.precision, post.derived_from) == (Precision.SECOND, Derivation.FIELD)


def test_a_post_has_its_words_and_its_address() -> None:
    post = listed(item(local(3, 19))).posts[0]
    assert post.title == "防溺水 提醒"
    assert post.url == f"https://t.bilibili.com/{dynamic_id(local(3, 19))}"
    assert (post.own, post.pinned) == (True, False)


@pytest.mark.parametrize(
    ("dynamic", "title"),
    [
        ({"desc": None, "major": {"archive": {"title": "视频"}}}, "视频"),
        ({"desc": {"text": " "}, "major": {"article": {"title": "专栏"}}}, "专栏"),
        ({"major": {"opus": {"title": "图文", "summary": {"text": "摘要"}}}}, "图文"),
        ({"major": {"opus": {"title": None, "summary": {"text": "摘要"}}}}, "摘要"),
        ({"desc": {"text": "字" * 81}}, "字" * 80),
        ({"desc": {"text": " " * 399 + "字词"}}, "字"),
        ({"desc": "x", "major": 5}, ""),
        (None, ""),
    ],
)
def test_titles_are_found_where_each_kind_of_post_has_them(dynamic: Any, title: str) -> None:
    shown = item(local(3, 19))
    shown["modules"]["module_dynamic"] = dynamic
    assert listed(shown).posts[0].title == title


def test_what_is_forwarded_has_anothers_time() -> None:
    forward = item(local(3, 10)) | {"orig": item(local(3, 20, 11), mid=OTHER)}
    facts = listed(forward)
    assert [post.published_at for post in facts.posts] == [local(3, 10)]


def test_other_peoples_items_in_the_list_are_not_its_own() -> None:
    facts = listed(item(local(3, 20, 11), mid=OTHER), item(local(3, 10)))
    assert facts.newest is not None and facts.newest.published_at == local(3, 10)
    assert [post.own for post in facts.posts] == [False, True]
    assert facts.coverage.since == local(3, 10)


def test_a_pinned_item_may_be_the_newest_and_says_nothing_of_the_reach() -> None:
    facts = listed(item(local(3, 19), tag="置顶"), item(local(3, 9)))
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)
    assert facts.newest.pinned
    facts = listed(item(local(3, 1), tag="置顶"), item(local(3, 9)))
    assert facts.coverage.since == local(3, 9)
    facts = listed(item(local(3, 1), tag="置顶"))
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_the_newest_is_the_latest_and_not_the_first() -> None:
    facts = listed(item(local(3, 2)), item(local(3, 18)), item(local(3, 9)))
    assert facts.newest is not None and facts.newest.published_at == local(3, 18)


@pytest.mark.parametrize("stamp", [0, "", None, "soon", True])
def test_a_missing_time_is_taken_from_the_id(stamp: Any) -> None:
    post = listed(item(local(3, 18), pub_ts=stamp, pub_time="03-18")).posts[0]
    assert post.published_at == local(3, 18)
    assert (post.precision, post.derived_from) == (Precision.SECOND, Derivation.ID)


@pytest.mark.parametrize(
    ("printed", "dated"),
    [("2天前", True), ("03-17", True), ("03-19", True), ("03-16", False), ("昨天 22:07", True)]
    + [("03-20", False), ("2025-03-18", False), ("", True), ("投稿了视频", True), (None, True)],
)
def test_the_printed_time_only_contradicts_the_id(printed: Any, dated: bool) -> None:
    facts = listed(item(local(3, 18), pub_ts=0, pub_time=printed), item(local(3, 1)))
    assert len(facts.posts) == 1 + dated
    assert facts.coverage.kind is (CoverageKind.REACHES_BACK_TO if dated else CoverageKind.PARTIAL)


def test_a_time_ahead_is_neither_believed_nor_replaced() -> None:
    ahead = item(local(3, 18), pub_ts=int(local(3, 22).timestamp()))
    facts = listed(ahead, item(local(3, 10)))
    assert [post.published_at for post in facts.posts] == [local(3, 10)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    facts = listed(item(NOON + timedelta(seconds=1), pub_ts=0), item(local(3, 10)))
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_an_undated_item_of_another_takes_nothing_from_the_list() -> None:
    facts = listed(item(local(3, 18), mid=OTHER, pub_ts=0) | {"id_str": "7"}, item(local(3, 10)))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO


def test_an_item_of_another_shape_may_be_the_newest() -> None:
    facts = listed({"id_str": "9", "modules": []}, item(local(3, 10)), more=False)
    assert [post.published_at for post in facts.posts] == [local(3, 10)]
    assert facts.coverage.kind is CoverageKind.PARTIAL


@pytest.mark.parametrize("author", [None, "", "x", 1.5, True, {"mid": 1}, -1, 0, "1" * 21])
def test_an_item_of_nobody_may_be_the_accounts_newest(author: Any) -> None:
    nobodys = item(local(3, 18), mid=author)
    facts = listed(nobodys, item(local(3, 1)), more=False)
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_items_without_ids_are_posts_too() -> None:
    facts = listed(item(local(3, 18)) | {"id_str": ""}, item(local(3, 10)) | {"id_str": None})
    assert [(post.published_at, post.url) for post in facts.posts] == [
        (local(3, 18), ""),
        (local(3, 10), ""),
    ]


@pytest.mark.parametrize(
    ("name", "at"),
    [
        (dynamic_id(local(3, 18)), local(3, 18)),
        (str(31 * 86400 << 32), datetime(2017, 7, 31, 16, 0, tzinfo=UTC)),
        (str((31 * 86400 << 32) - 1), None),
        ("76690937085980", None),
        ("123456789", None),
        ("9" * 20, None),
        ("", None),
        ("dynamic", None),
    ],
)
def test_ids_since_august_2017_hold_their_second(name: str, at: datetime | None) -> None:
    assert id_time(name) == at


# --- dynamics: empty and odd lists --------------------------------------------------------------


def test_an_empty_list_is_proven_by_counters_of_zero() -> None:
    facts = dynamics(space(more=False), first=card(videos=0, articles=0))
    assert facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    assert (facts.existence, facts.posts) == (Existence.EXISTS, ())


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (card(videos=1, articles=0), False),
        (card(videos=0, articles=1), False),
        (card(videos=None, articles=0), False),
        (card(videos=0, articles=0), True),
    ],
)
def test_an_empty_list_is_ambiguous_without_them(first: dict[str, Any], more: bool) -> None:
    assert dynamics_refused(space(more=more), first=first).reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (refusal(-404, "啥都木有"), Reason.NOT_FOUND),
        (refusal(-352, "风控校验失败"), Reason.CAPTCHA),
        (refusal(-101, "账号未登录"), Reason.LOGIN_WALL),
        (ok({"items": None}), Reason.CHANGED_LAYOUT),
        (ok({"items": [{}, 5, {"modules": {}}, {"modules": 1}]}), Reason.CHANGED_LAYOUT),
        (space(item(local(3, 19), mid=OTHER)), Reason.WRONG_ACCOUNT),
        (space(item(local(3, 19), pub_ts=0) | {"id_str": "7"}), Reason.CHANGED_LAYOUT),
    ],
)
def test_an_odd_list_is_no_finding_about_the_account(page: Any, reason: Reason) -> None:
    assert dynamics_refused(page).reason is reason


def test_a_missing_card_ends_the_look_at_dynamics() -> None:
    facts = read(BILIBILI.check(DEEP, "dynamics"), [answer(refusal(-404, "啥都木有"))])
    assert facts.existence is Existence.GONE_SIGNAL


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "https://space.bilibili.com/12345678",
        "space.bilibili.com/12345678/dynamic?spm_id_from=333",
        "https://space.bilibili.com/h5/12345678",
        "https://m.bilibili.com/space/12345678?from=search",
        "https://m.bilibili.com/space/12345678/dynamic",
        "看看 https://space.bilibili.com/12345678/ ，关注一下",
    ],
)
def test_an_address_names_its_account(text: str) -> None:
    found = BILIBILI.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("bilibili", "mid", MID)


def test_a_share_text_is_kept_as_its_short_link() -> None:
    text = "【青石公安的个人空间-哔哩哔哩】 https://b23.tv/AbCdEfG"
    url = "https://b23.tv/AbCdEfG"
    assert BILIBILI.identify(text) == Identity("bilibili", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "12345678",
        "https://space.bilibili.com/0",
        "https://space.bilibili.com/",
        "https://www.bilibili.com/video/BV1xx411c7mD",
        "https://b23.tv/BV1xx411c7mD",
        "https://b23.tv/av170001",
        "https://b23.tv/ep12345",
        "https://b23.tv/",
        "https://live.bilibili.com/12345",
        "https://notspace.bilibili.com.example/12345678",
        "",
    ],
)
def test_what_names_no_account_is_left_alone(text: str) -> None:
    assert BILIBILI.identify(text) is None


SHORT = target(identifiers={}, url="https://b23.tv/AbCdEfG")


def landed(url: str, *hops: str, status: int = 200) -> Response:
    chain = tuple(Hop("https://b23.tv/AbCdEfG", 302, hop) for hop in hops)
    return Response(url, status, {}, b"<html></html>", NOON, chain)


def test_a_short_link_is_followed_to_the_account() -> None:
    way = landed("https://space.bilibili.com/12345678?share=1")
    driven = run(BILIBILI.check(SHORT, "card"), [way, answer(card())])
    assert driven.asked[0].url == "https://b23.tv/AbCdEfG"
    assert isinstance(driven.outcome, Facts) and driven.outcome.identifiers == {"mid": MID}


def test_a_wall_behind_a_short_link_hides_no_id() -> None:
    way = landed("https://x.bilibili.com/", "https://m.bilibili.com/space/12345678", status=412)
    facts = read(BILIBILI.check(SHORT, "card"), [way, answer(card())])
    assert facts.identifiers == {"mid": MID}


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (landed("https://www.bilibili.com/video/BV1xx411c7mD"), Reason.NOT_FOUND),
        (landed("https://www.bilibili.com/", status=412), Reason.BLOCKED),
    ],
)
def test_a_short_link_to_no_account_is_no_finding(way: Response, reason: Reason) -> None:
    assert refused(BILIBILI.check(SHORT, "card"), [way]).reason is reason


def test_the_ledgers_link_will_do_for_a_mid() -> None:
    linked = target(identifiers={}, url="https://space.bilibili.com/12345678")
    assert by_card(card(), of=linked).display_name == NAME


@pytest.mark.parametrize("mid", ["", "0", "0123", "x", "1" * 19, "１２３"])
def test_without_a_mid_nothing_is_asked(mid: str) -> None:
    of = target(identifiers={"mid": mid})
    assert refused(BILIBILI.check(of, "card"), []).reason is Reason.NO_ADDRESS


def test_the_sessions_source_is_switched_on_by_the_office_alone() -> None:
    assert [(s.name, s.by_default, s.needs) for s in BILIBILI.sources] == [
        ("card", True, ()),
        ("rsshub", True, ()),
        ("dynamics", False, ("bilibili_session",)),
    ]
    assert [source.route for source in BILIBILI.sources if source.route] == [
        "/bilibili/user/dynamic/{mid}"
    ]
    (credential,) = BILIBILI.credentials
    assert (credential.kind, credential.place) == ("bilibili_session", "cookie")
    assert BILIBILI.hosts == {"api.bilibili.com": Pace(5.0, 100), "b23.tv": Pace(5.0, 100)}
    rsshub = BILIBILI.source("rsshub")
    assert rsshub is not None and rsshub.pace == Pace(5.0)


def test_an_identity_check_by_the_card_is_one_request() -> None:
    assert by_card(card(), of=target(kind=CheckKind.IDENTITY)).display_name == NAME


KEYS = (
    "code message data card mid name official_verify type desc spacesta archive_count items"
    " modules module_author module_dynamic module_tag text pub_ts pub_time id_str has_more offset"
).split()
SCALARS = st.sampled_from(
    [None, True, 0, -404, 1.5, "", "1", MID, int(MID), 10**30, "置顶", "昨天", "1773885600"]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@given(JSON, JSON)
def test_any_json_gives_facts_or_a_reason(first: Any, second: Any) -> None:
    """A checker that crashes on an odd answer would say nothing about it."""
    shown = {"code": 0, "data": {"card": {"mid": MID, "name": first}, "archive_count": second}}
    for bodies in ([first], [card(), second], [card(), ok({"items": second})], [shown, space()]):
        waiting = [json.dumps(body).encode() for body in bodies]
        steps = BILIBILI.check(ONE_PAGE, "dynamics")
        try:
            request = next(steps)
            while waiting:
                assert isinstance(request, Request)
                request = steps.send(Response(request.url, 200, {}, waiting.pop(0), NOON))
        except (StopIteration, Inconclusive):
            pass


# --- through RSSHub -----------------------------------------------------------------------------


def by_rsshub(title: str, *items: str) -> Facts | Inconclusive:
    of = target(address="http://rsshub.qingshi.example:1200/bilibili/user/dynamic/12345678")
    return drive(BILIBILI.check(of, "rsshub"), [answer(rss(*items, title=title))])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("青石公安 的 bilibili 空间", NAME),
        ("青石公安 的 bilibili 动态", NAME),
        ("undefined 的 bilibili 空间", None),
    ],
)
def test_a_channel_that_rsshub_could_not_name_has_no_name(title: str, name: str | None) -> None:
    facts = by_rsshub(title, feed_item(NEW), feed_item(OLD))
    assert isinstance(facts, Facts)
    assert facts.display_name == name
    assert facts.existence is Existence.UNKNOWN


def test_an_empty_channel_is_no_silence() -> None:
    stopped = by_rsshub("青石公安 的 bilibili 空间")
    assert isinstance(stopped, Inconclusive) and stopped.reason is Reason.AMBIGUOUS
