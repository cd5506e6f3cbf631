"""澎湃号: which list an account stands in, whose items count, and how far the list reaches."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkers.base import Coverage, Inconclusive, Pace, Request, Response, Target, Unsupported
from checkers.thepaper import ThePaper, read_post
from registry.vocab import CheckKind, CoverageKind, Existence, Identity, Precision, Reason
from tests.checkers.driving import NOON, answer, drive, read, refused, run
from tests.checkers.thepaper_answers import (
    PPH,
    home,
    item,
    listing,
    local,
    refusal,
    target,
)

API = "https://api.thepaper.cn/contentapi/cont/pph"
GOV, USER, UNSAID = (
    "https://www.thepaper.cn/gov_12345",
    "https://www.thepaper.cn/user_12345",
    "https://m.thepaper.cn/ppDetail?pphId=12345",
)
NEW, OLD = local(3, 18), local(3, 1)


def check(given: Target, *bodies: Any) -> Any:
    return run(ThePaper().check(given, "json"), [one(body) for body in bodies])


def one(body: Any) -> Response:
    return body if isinstance(body, Response) else answer(body)


def facts(given: Target, *bodies: Any) -> Any:
    return read(ThePaper().check(given, "json"), [one(body) for body in bodies])


def refusing(given: Target, *bodies: Any) -> Inconclusive:
    return refused(ThePaper().check(given, "json"), [one(body) for body in bodies])


def asked_with(request: Request) -> Any:
    return json.loads(request.body or b"")


# --- which list ---------------------------------------------------------------------------------


def test_the_address_says_which_list_is_asked() -> None:
    (gov,) = check(target(GOV), listing(item(OLD))).asked
    (user,) = check(target(USER), listing(item(OLD))).asked
    assert (gov.method, gov.url, user.url) == ("POST", f"{API}/gov", f"{API}/user")
    assert asked_with(gov) == {"pageNum": 1, "pageSize": 20, "pphId": PPH}
    assert asked_with(user) == {
        "contType": 0,
        "excludeContIds": [],
        "pageNum": 1,
        "pageSize": 20,
        "pphId": PPH,
        "startTime": 0,
    }
    assert ("Content-Type", "application/json") in gov.headers


def test_without_an_address_the_governments_list_is_asked_first_and_alone() -> None:
    looked = check(target(UNSAID), listing(item(OLD)))
    assert [request.url for request in looked.asked] == [f"{API}/gov"]


@pytest.mark.parametrize("first", [refusal(), listing(), {"code": 200, "data": {}}])
def test_what_is_not_in_the_governments_list_is_looked_for_among_users(first: Any) -> None:
    looked = check(target(UNSAID), first, listing(item(NEW), item(OLD)))
    assert [request.url for request in looked.asked] == [f"{API}/gov", f"{API}/user"]
    assert not isinstance(looked.outcome, Inconclusive)
    assert looked.outcome.newest.published_at == NEW


def test_a_wall_is_not_asked_a_second_time_at_the_other_list() -> None:
    assert refusing(target(UNSAID), answer("x", 403)).reason is Reason.BLOCKED


def test_in_neither_list_nothing_is_known() -> None:
    ended = refusing(target(UNSAID), listing(), refusal(404, "不存在"))
    assert (ended.reason, ended.detail) == (Reason.AMBIGUOUS, "code 404: 不存在")
    ended = refusing(target(GOV), listing())
    assert (ended.reason, ended.detail) == (Reason.AMBIGUOUS, "an empty list")


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (refusal(500, "服务器开小差"), Reason.AMBIGUOUS, "code 500: 服务器开小差"),
        ({"code": 7, "msg": "x" * 300}, Reason.AMBIGUOUS, f"code 7: {'x' * 120}"),
        ({"code": 200, "data": {"list": None}}, Reason.AMBIGUOUS, "no list"),
        ({"code": 200}, Reason.AMBIGUOUS, "code 200: "),
        (answer(listing(item(OLD)), 404), Reason.AMBIGUOUS, "code 200: 成功"),
        (answer(listing(item(OLD)), 102), Reason.AMBIGUOUS, "code 200: 成功"),
        ([1], Reason.CHANGED_LAYOUT, "not an object"),
        (listing(7, item(OLD)), Reason.CHANGED_LAYOUT, "items that are no objects"),
        (answer("<html>"), Reason.BAD_JSON, "Expecting value: line 1 column 1 (char 0)"),
        (answer(""), Reason.EMPTY_BODY, ""),
    ],
)
def test_no_list_is_no_silence(body: Any, reason: Reason, detail: str) -> None:
    ended = refusing(target(GOV), body)
    assert (ended.reason, ended.detail) == (reason, detail)


# --- times --------------------------------------------------------------------------------------


def test_the_time_is_the_number_in_milliseconds_and_never_the_words() -> None:
    shown = facts(target(), listing(item(NEW, pubTime="刚刚"), item(OLD, pubTime="1分钟前")))
    assert [post.published_at for post in shown.posts] == [NEW, OLD]
    assert {post.precision for post in shown.posts} == {Precision.SECOND}


@pytest.mark.parametrize("raw", [None, "", "1小时前", 0, True, 1.5, -1, [1], 4_102_444_800_000])
def test_a_time_that_is_none_dates_no_post(raw: Any) -> None:
    assert read_post({"pubTimeLong": raw, "pubTime": "刚刚"}, NOON) is None


def test_a_post_has_its_title_and_its_page() -> None:
    post = read_post({"contId": 321, "name": "标" * 300, "pubTimeLong": 1_773_800_000_000}, NOON)
    assert post is not None
    assert (post.url, len(post.title), post.own) == (
        "https://www.thepaper.cn/newsDetail_forward_321",
        200,
        True,
    )
    assert post.published_at == datetime.fromtimestamp(1_773_800_000, UTC)
    bare = read_post({"pubTimeLong": 1_773_800_000_000}, NOON)
    assert bare is not None and (bare.url, bare.title) == ("", "")


# --- whose items --------------------------------------------------------------------------------


def test_items_of_other_authors_are_not_the_accounts_own() -> None:
    stranger = item(local(3, 20, 11), 99999, "路人")
    shown = facts(target(), listing(stranger, item(NEW), item(OLD)))
    assert [post.own for post in shown.posts] == [False, True, True]
    assert shown.newest.published_at == NEW
    assert shown.display_name == "青石发布"


def test_where_every_item_is_another_accounts_that_one_answered() -> None:
    strangers = (item(NEW, 99999, "路人"), item(OLD, 88888, "过客"))
    ended = refusing(target(), listing(*strangers))
    assert (ended.reason, ended.detail) == (Reason.WRONG_ACCOUNT, "88888 过客, 99999 路人")


def test_an_author_is_known_by_number_or_by_the_ledgers_name() -> None:
    renamed = facts(target(), listing(item(NEW, name="云川发布"), item(OLD, name="云川发布")))
    assert renamed.display_name == "云川发布"
    other_number = facts(target(), listing(item(NEW, 777), item(OLD, 99999, "路人")))
    assert [post.own for post in other_number.posts] == [True, False]


@pytest.mark.parametrize("author", [None, {}, {"sname": None}, "青石发布"])
def test_an_item_that_names_nobody_is_the_lists_own(author: Any) -> None:
    shown = facts(target(), listing(item(NEW, authorInfo=author), item(OLD)))
    assert [post.own for post in shown.posts] == [True, True]


def test_of_names_without_numbers_one_alone_is_the_accounts_and_of_several_the_ledgers() -> None:
    alone = facts(target(), listing(item(NEW, authorInfo={"sname": "云川发布"})))
    assert ([post.own for post in alone.posts], alone.display_name) == ([True], "云川发布")
    named = [
        item(at, authorInfo={"sname": name}) for at, name in ((NEW, "路人"), (OLD, "青石发布"))
    ]
    assert [post.own for post in facts(target(), listing(*named)).posts] == [False, True]


def test_a_name_alone_is_the_accounts_beside_strangers_with_numbers() -> None:
    named, numbered = item(NEW, authorInfo={"sname": "云川发布"}), item(OLD, 99999, "路人")
    shown = facts(target(), listing(named, numbered))
    assert [post.own for post in shown.posts] == [True, False]


def test_a_stand_in_for_a_name_is_no_name() -> None:
    assert facts(target(), listing(item(OLD, name="undefined"))).display_name is None


# --- how far ------------------------------------------------------------------------------------


def test_a_list_reaches_back_to_its_last_own_item() -> None:
    stranger = item(local(2, 1), 99999, "路人")
    shown = facts(target(), listing(item(NEW), item(OLD), stranger))
    assert shown.coverage == Coverage(CoverageKind.REACHES_BACK_TO, OLD)
    assert (shown.existence, shown.identifiers) == (Existence.EXISTS, {"pph_id": PPH})


def test_an_old_item_put_on_top_does_not_lengthen_the_list() -> None:
    shown = facts(target(), listing(item(local(1, 5)), item(NEW)))
    assert shown.coverage == Coverage(CoverageKind.REACHES_BACK_TO, NEW)


def test_an_item_without_a_time_may_be_new() -> None:
    shown = facts(target(), listing(item(NEW, pubTimeLong=None), item(OLD)))
    assert shown.coverage == Coverage(CoverageKind.PARTIAL)
    assert len(shown.posts) == 1


def test_pages_are_asked_until_they_reach_back_far_enough() -> None:
    pages = [listing(item(local(3, day)), more=True) for day in (19, 12, 4)]
    looked = check(target(USER), *pages)
    assert [asked_with(request)["pageNum"] for request in looked.asked] == [1, 2, 3]
    assert [asked_with(request)["startTime"] for request in looked.asked] == [0, 777, 777]
    assert looked.outcome.coverage == Coverage(CoverageKind.REACHES_BACK_TO, local(3, 4))
    assert [post.published_at.day for post in looked.outcome.posts] == [19, 12, 4]


def test_items_without_a_number_are_told_apart_on_every_page() -> None:
    pages = [listing(item(local(3, day), contId=None), more=True) for day in (19, 12, 4)]
    assert len(facts(target(), *pages).posts) == 3


def test_three_pages_are_enough_for_one_look() -> None:
    pages = [listing(item(local(3, day)), more=True) for day in (19, 18, 17)]
    assert facts(target(), *pages).coverage.since == local(3, 17)


def test_a_page_is_the_last_when_it_says_so_or_repeats_what_was_seen() -> None:
    assert len(check(target(), listing(item(NEW), more=False)).asked) == 1
    again = listing(item(NEW), more=True)
    assert len(check(target(), again, again).asked) == 2


def test_far_enough_is_the_day_that_was_asked_for() -> None:
    given = replace(target(), read_back_to=NEW)
    assert len(check(given, listing(item(NEW), more=True)).asked) == 1
    given = replace(target(), read_back_to=NEW - timedelta(seconds=1))
    assert len(check(given, listing(item(NEW), more=True), listing()).asked) == 2
    nowhere = replace(target(), read_back_to=datetime.min)
    assert len(check(nowhere, listing(item(NEW), more=True)).asked) == 1


def test_a_wall_in_the_middle_leaves_what_was_seen() -> None:
    shown = facts(target(), listing(item(NEW), more=True), answer("x", 429))
    assert shown.coverage == Coverage(CoverageKind.REACHES_BACK_TO, NEW)


def test_a_start_that_is_no_number_is_not_passed_on() -> None:
    first = listing(item(NEW), more=True, startTime="x")
    looked = check(target(USER), first, listing())
    assert asked_with(looked.asked[1])["startTime"] == 0


# --- who ----------------------------------------------------------------------------------------


def test_a_name_is_asked_of_the_home_page() -> None:
    looked = check(target(kind=CheckKind.IDENTITY), home("云川发布"))
    (request,) = looked.asked
    assert request.url == "https://api.thepaper.cn/userservice/user/homePage/12345"
    assert (request.method, request.headers) == ("GET", (("Client-Type", "2"),))
    shown = looked.outcome
    assert (shown.existence, shown.display_name, shown.identifiers, shown.posts) == (
        Existence.EXISTS,
        "云川发布",
        {"pph_id": PPH},
        (),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"userInfo": None}, Reason.AMBIGUOUS),
        ({}, Reason.AMBIGUOUS),
        (answer(home(), 404), Reason.AMBIGUOUS),
        (answer(home(), 102), Reason.AMBIGUOUS),
        (home("undefined"), Reason.AMBIGUOUS),
        (home(user=54321), Reason.WRONG_ACCOUNT),
        ([], Reason.CHANGED_LAYOUT),
    ],
)
def test_a_home_page_without_its_user_says_nothing(body: Any, reason: Reason) -> None:
    assert refusing(target(kind=CheckKind.IDENTITY), body).reason is reason


def test_an_id_may_stand_in_the_address_alone() -> None:
    bare = replace(target(), identifiers={})
    assert asked_with(check(bare, listing(item(OLD))).asked[0])["pphId"] == PPH
    ended = refusing(replace(bare, url=""))
    assert isinstance(ended, Unsupported) and ended.reason is Reason.NO_ADDRESS
    assert refusing(replace(target(), identifiers={"pph_id": "abc"})).reason is Reason.NO_ADDRESS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://www.thepaper.cn/user_4221", "4221"),
        ("看看 m.thepaper.cn/gov_12345 ，青石发布", "12345"),
        (UNSAID, "12345"),
    ],
)
def test_an_address_names_its_account(text: str, value: str) -> None:
    found = ThePaper().identify(text)
    assert found is not None and (found.scheme, found.value) == ("pph_id", value)


def test_an_article_is_no_account() -> None:
    assert ThePaper().identify("https://www.thepaper.cn/newsDetail_forward_32126") is None
    assert ThePaper().identify("12345") is None


# --- through RSSHub -----------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "other"), [("rsshub", USER), ("rsshub_user", GOV)])
def test_rsshub_is_not_asked_for_the_other_kind_of_account(source: str, other: str) -> None:
    given = replace(target(other), address="http://rsshub.qingshi.example/thepaper/x/12345")
    ended = drive(ThePaper().check(given, source), [])
    assert isinstance(ended, Unsupported) and ended.reason is Reason.NO_ADDRESS
    assert other.split("/")[-1].split("_")[0] not in ended.detail.split()[-1]


def test_the_routes_are_those_of_rsshub() -> None:
    routes = {source.name: source.route for source in ThePaper.sources}
    assert routes == {
        "json": "",
        "rsshub": "/thepaper/gov/{pph_id}",
        "rsshub_user": "/thepaper/user/{pph_id}",
    }
    assert ThePaper.hosts == {"api.thepaper.cn": Pace(min_gap=4.0, per_run=200)}
    assert [source.pace for source in ThePaper.sources] == [None, Pace(5.0), Pace(5.0)]


def test_identity_of_the_account_is_its_number() -> None:
    assert ThePaper().identify(GOV) == Identity("thepaper", "pph_id", "12345", GOV)


@pytest.mark.parametrize("source", ["aaa", "zzz"])
def test_a_source_that_nobody_knows_is_none(source: str) -> None:
    ended = refused(ThePaper().check(target(), source), [])
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (Reason.NO_SOURCE, source)


def test_of_two_items_of_one_number_neither_hides_the_other() -> None:
    new, old = item(local(3, 18), contId="7"), item(local(3, 1), contId="7")
    found = facts(target(), listing(new, old))
    assert len(found.posts) == 2
    assert found.newest is not None
    assert found.newest.published_at == local(3, 18).replace(microsecond=0)
