"""The backend's list of publications, asked for with the office's own session."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from checkers.base import Facts, Inconclusive, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CoverageKind, Existence, Reason
from tests.checkers.driving import answer, drive, read, refused, run
from tests.checkers.wechat_answers import (
    BIZ,
    WXID,
    backend_article,
    backend_list,
    backend_search,
    target,
)

NEW, OLD = 1773900000, 1772000000
NEW_AT, OLD_AT = (
    datetime(2026, 3, 19, 6, tzinfo=UTC),
    datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC),
)
OTHER_BIZ = "MzAwMDAwMDAwOQ=="


def looked(*answers: Any, **more: Any) -> Facts | Inconclusive:
    told = [a if isinstance(a, Response) else answer(a) for a in answers]
    return drive(Wechat().check(target(**more), "backend"), told)


def facts(*answers: Any, **more: Any) -> Facts:
    outcome = looked(*answers, **more)
    assert isinstance(outcome, Facts), outcome
    return outcome


def by_wxid(**more: Any) -> dict[str, Any]:
    return {"identifiers": {"wxid": WXID}, "credential": "", **more}


def row(wxid: str = WXID, name: str = "青石公安", biz: Any = BIZ) -> dict[str, Any]:
    return {"fakeid": biz, "nickname": name, "alias": wxid, "service_type": 1}


# --- what is asked ----------------------------------------------------------------------------------


def test_the_list_is_asked_for_by_the_accounts_biz_in_the_name_of_the_session() -> None:
    driven = run(Wechat().check(target(), "backend"), [answer(backend_list(backend_article(OLD)))])
    (asked,) = driven.asked
    parts = urlsplit(asked.url)
    assert (parts.hostname, parts.path) == ("mp.weixin.qq.com", "/cgi-bin/appmsgpublish")
    assert {name: values[0] for name, values in parse_qs(parts.query).items()} == {
        "sub": "list",
        "sub_action": "list_ex",
        "begin": "0",
        "count": "5",
        "fakeid": BIZ,
        "type": "101_1",
        "free_publish_type": "1",
        "lang": "zh_CN",
        "f": "json",
        "ajax": "1",
    }
    assert (asked.auth, asked.method) == ("wechat_backend", "GET")
    assert "token" not in asked.url and asked.headers == ()


def test_pages_are_asked_for_until_they_reach_back_far_enough() -> None:
    pages = [backend_list(backend_article(NEW)), backend_list(backend_article(OLD))]
    driven = run(Wechat().check(target(), "backend"), [answer(page) for page in pages])
    begins = [parse_qs(urlsplit(asked.url).query)["begin"] for asked in driven.asked]
    assert begins == [["0"], ["5"]]
    assert isinstance(driven.outcome, Facts)
    assert [post.published_at for post in driven.outcome.posts] == [NEW_AT, OLD_AT]
    assert driven.outcome.coverage.since == OLD_AT


def test_a_list_that_ends_is_not_asked_for_more() -> None:
    found = facts(backend_list(backend_article(NEW)), backend_list())
    assert found.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert found.coverage.since == NEW_AT


def test_no_more_than_six_pages_are_asked_for() -> None:
    found = facts(*[backend_list(backend_article(NEW - n)) for n in range(6)])
    assert (len(found.posts), found.coverage.since) == (
        6,
        NEW_AT.replace(minute=59, second=55, hour=5),
    )


def test_without_a_plan_one_page_is_read() -> None:
    found = facts(backend_list(backend_article(NEW)), read_back_to=datetime.min)
    assert found.newest and found.newest.published_at == NEW_AT


def test_an_account_without_biz_is_searched_for_by_its_wechat_id() -> None:
    answers = [
        answer(backend_search(row("another01", "青石公安", OTHER_BIZ), row(WXID.upper()))),
        answer(backend_list(backend_article(OLD))),
    ]
    driven = run(Wechat().check(target(**by_wxid()), "backend"), answers)
    search = parse_qs(urlsplit(driven.asked[0].url).query)
    assert urlsplit(driven.asked[0].url).path == "/cgi-bin/searchbiz"
    assert (search["action"], search["query"], search["begin"], search["count"]) == (
        ["search_biz"],
        [WXID],
        ["0"],
        ["5"],
    )
    assert driven.asked[0].auth == "wechat_backend"
    assert f"fakeid={BIZ[:-2]}%3D%3D" in driven.asked[1].url
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"biz": BIZ, "wxid": WXID}
    assert driven.outcome.display_name == "青石公安"


def test_an_account_that_is_not_found_by_its_id_is_not_taken_by_its_name() -> None:
    outcome = looked(backend_search(row("another01"), row("another02")), **by_wxid())
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (
        Reason.NOT_FOUND,
        f"{WXID} is not among 2 accounts",
    )


@pytest.mark.parametrize("rows", [[row(biz=None)], [row(biz=7)], [7, None]])
def test_a_result_without_an_id_is_none(rows: list[Any]) -> None:
    outcome = looked(backend_search(*rows), **by_wxid())
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.NOT_FOUND


def test_results_of_another_shape_are_a_changed_layout() -> None:
    outcome = looked({"base_resp": {"ret": 0}, "list": {}}, **by_wxid())
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.CHANGED_LAYOUT, "no list of accounts")


def test_without_biz_and_wechat_id_nothing_is_asked() -> None:
    outcome = refused(Wechat().check(target(identifiers={}), "backend"), [])
    assert isinstance(outcome, Unsupported)
    assert (outcome.reason, outcome.detail) == (Reason.NO_ADDRESS, "neither biz nor 微信号")


# --- what the list says -----------------------------------------------------------------------------


def test_the_newest_of_several_articles_counts_wherever_it_stands() -> None:
    found = facts(backend_list(backend_article(OLD), backend_article(NEW)))
    assert found.newest and found.newest.published_at == NEW_AT
    assert found.existence is Existence.EXISTS
    assert (found.newest.title, found.newest.url) == (
        "夏季治安行动",
        "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
    )
    assert (found.display_name, found.identifiers) == (None, {"biz": BIZ})


def test_the_creation_counts_and_not_the_last_edit() -> None:
    found = facts(backend_list(backend_article(OLD, update_time=NEW)))
    assert found.newest and found.newest.published_at == OLD_AT


def test_articles_may_come_in_a_list_of_their_own() -> None:
    body = {"base_resp": {"ret": 0}, "articles": [backend_article(OLD)]}
    assert facts(body).newest is not None


def test_a_publication_of_several_articles_and_one_taken_back() -> None:
    several = {
        "publish_info": json.dumps({"appmsgex": [backend_article(OLD), backend_article(NEW)]})
    }
    page = {"publish_list": [{"publish_info": ""}, several]}
    found = facts({"base_resp": {"ret": 0}, "publish_page": page})
    assert len(found.posts) == 2


def test_a_deleted_article_is_no_publication() -> None:
    found = facts(backend_list(backend_article(NEW, is_deleted=True), backend_article(OLD)))
    assert [post.published_at for post in found.posts] == [OLD_AT]
    assert found.coverage.kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize("created", [None, "soon", 0, 1900000000, True])
def test_an_article_without_a_credible_time_leaves_the_list_partial(created: Any) -> None:
    found = facts(backend_list(backend_article(created), backend_article(OLD)))
    assert [post.published_at for post in found.posts] == [OLD_AT]
    assert found.coverage.kind is CoverageKind.PARTIAL


def test_an_empty_list_says_nothing() -> None:
    outcome = looked(backend_list())
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.AMBIGUOUS, "an empty list")


def test_an_article_of_another_account_spoils_the_list() -> None:
    link = f"https://mp.weixin.qq.com/s?__biz={OTHER_BIZ}&mid=1"
    outcome = looked(backend_list(backend_article(NEW, link=link)))
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (
        Reason.WRONG_ACCOUNT,
        f"{OTHER_BIZ} instead of {BIZ}",
    )


@pytest.mark.parametrize("more", [{"link": 7, "title": None}, {"link": None, "title": 7}])
def test_an_article_without_words_is_one_all_the_same(more: dict[str, Any]) -> None:
    (post,) = facts(backend_list(backend_article(OLD, **more))).posts
    assert (post.title, post.url) == ("", "")


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ret", "reason"),
    [
        (200003, Reason.CONFIG),
        (200040, Reason.CONFIG),
        (200002, Reason.CONFIG),
        (200013, Reason.RATE_LIMITED),
        (-1, Reason.AMBIGUOUS),
        (64004, Reason.AMBIGUOUS),
    ],
)
@pytest.mark.parametrize("wanted", [{}, by_wxid()])
def test_a_code_is_a_reason_and_never_silence(
    ret: int, reason: Reason, wanted: dict[str, Any]
) -> None:
    outcome = looked({"base_resp": {"ret": ret, "err_msg": "words"}}, **wanted)
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (reason, f"{ret} words")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "no base_resp"),
        ([], "no base_resp"),
        ({"base_resp": {}}, "no base_resp"),
        ({"base_resp": {"ret": "0"}}, "no base_resp"),
        ({"base_resp": {"ret": 0}}, "a part that is no object"),
        ({"base_resp": {"ret": 0}, "articles": {}}, "no list of articles"),
        ({"base_resp": {"ret": 0}, "articles": [7]}, "no list of articles"),
        ({"base_resp": {"ret": 0}, "publish_page": "{"}, "a part that is no object"),
        ({"base_resp": {"ret": 0}, "publish_page": "[]"}, "a part that is no object"),
        ({"base_resp": {"ret": 0}, "publish_page": "{}"}, "no list of publications"),
        (
            {"base_resp": {"ret": 0}, "publish_page": {"publish_list": [{"publish_info": "{}"}]}},
            "a publication without articles",
        ),
        (
            {"base_resp": {"ret": 0}, "publish_page": {"publish_list": [{"publish_info": {}}]}},
            "a publication without articles",
        ),
        (
            {"base_resp": {"ret": 0}, "publish_page": {"publish_list": [{"publish_type": 101}]}},
            "a publication without its contents",
        ),
        (
            {"base_resp": {"ret": 0}, "publish_page": {"publish_list": ["x"]}},
            "a publication without its contents",
        ),
        ({"base_resp": {"ret": 0}, "publish_page": "[" * 100_000}, "a part that is no object"),
    ],
)
def test_another_shape_is_a_changed_layout(body: Any, detail: str) -> None:
    outcome = looked(body)
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.CHANGED_LAYOUT, detail)


def test_a_later_page_that_is_refused_ends_the_check() -> None:
    outcome = looked(backend_list(backend_article(NEW)), {"base_resp": {"ret": 200013}})
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.RATE_LIMITED


def test_a_long_word_of_the_backend_is_cut() -> None:
    outcome = looked({"base_resp": {"ret": 64004, "err_msg": "x" * 500}})
    assert isinstance(outcome, Inconclusive)
    assert outcome.detail == "64004 " + "x" * 160


def test_a_list_that_reaches_to_the_first_day_itself_is_asked_on() -> None:
    exactly = datetime(2026, 3, 19, 6, tzinfo=UTC)
    pages = [backend_list(backend_article(NEW)), backend_list()]
    found = facts(*pages, read_back_to=exactly)
    assert found.coverage.since == exactly


def test_one_unreadable_page_among_several_leaves_the_list_partial() -> None:
    pages = [
        backend_list(backend_article(None), backend_article(NEW)),
        backend_list(backend_article(OLD)),
    ]
    assert facts(*pages).coverage.kind is CoverageKind.PARTIAL


def test_the_secret_parts_are_never_in_a_request() -> None:
    steps = Wechat().check(target(), "backend")
    (asked,) = run(steps, [answer(backend_list(backend_article(OLD)))]).asked
    assert asked.body is None
    assert read(Wechat().check(target(), "backend"), [answer(backend_list(backend_article(OLD)))])
