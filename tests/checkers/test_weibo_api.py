"""Weibo's open API: the account's own authorisation, its order, its errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from checkers.base import Facts, Inconclusive, Response, Target
from checkers.weibo import Weibo
from registry.vocab import CheckKind, CoverageKind, Existence, Reason
from tests.checkers.driving import answer, drive, read, refused, run
from tests.checkers.weibo_answers import UID, blog, local, target, user

WEIBO = Weibo()
BY_API = target(credential="weibo:1234567890", read_back_to=datetime.min)


def api(*bodies: dict[str, Any] | Response, of: Target = BY_API) -> Facts:
    answers = [body if isinstance(body, Response) else answer(body) for body in bodies]
    return read(WEIBO.check(of, "api"), answers)


def test_the_api_is_asked_with_the_accounts_own_credential() -> None:
    timeline = {"statuses": [blog(local(3, 19))], "total_number": 800}
    driven = run(WEIBO.check(BY_API, "api"), [answer(user()), answer(timeline)])
    assert {request.auth for request in driven.asked} == {"weibo:1234567890"}
    assert [request.url for request in driven.asked] == [
        "https://api.weibo.com/2/users/show.json?uid=1234567890",
        "https://api.weibo.com/2/statuses/user_timeline.json?uid=1234567890&count=100&page=1",
    ]


def test_the_api_list_is_not_in_order_of_time() -> None:
    facts = api(user(), {"statuses": [blog(local(3, 1)), blog(local(3, 19)), blog(local(3, 9))]})
    assert facts.newest is not None and facts.newest.published_at == local(3, 19)
    assert facts.coverage.since == local(3, 1)


def test_an_entry_that_is_no_object_may_be_the_newest_post() -> None:
    facts = api(user(), {"statuses": ["x", blog(local(3, 1))]})
    assert [post.published_at for post in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    steps = WEIBO.check(BY_API, "api")
    stopped = refused(steps, [answer(user(statuses_count=0)), answer({"statuses": [None, 7]})])
    assert stopped.reason is Reason.CHANGED_LAYOUT
    assert stopped.detail == "2 posts of no known shape"


def test_an_empty_timeline_is_proven_by_the_counter_only() -> None:
    facts = api(user(statuses_count=0), {"statuses": []})
    assert facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    steps = WEIBO.check(BY_API, "api")
    assert refused(steps, [answer(user()), answer({"statuses": []})]).reason is Reason.AMBIGUOUS


ERRORS = {
    10001: Reason.SERVER_ERROR,
    10002: Reason.SERVER_ERROR,
    10003: Reason.SERVER_ERROR,
    10004: Reason.BLOCKED,
    10005: Reason.PERMISSION,
    10009: Reason.SERVER_ERROR,
    10010: Reason.SERVER_ERROR,
    10011: Reason.SERVER_ERROR,
    10014: Reason.PERMISSION,
    10022: Reason.RATE_LIMITED,
    10023: Reason.RATE_LIMITED,
    10024: Reason.RATE_LIMITED,
}
"""Every other code is the application's own fault: a token, a parameter, an address."""


@pytest.mark.parametrize("code", [*range(9999, 10027), 20002, 20004, 20502, "21327"])
def test_a_code_of_the_api_has_its_reason(code: Any) -> None:
    body = {"request": "/2/users/show.json", "error_code": code, "error": "said so"}
    stopped = refused(WEIBO.check(BY_API, "api"), [answer(body, 400)])
    assert stopped.reason is ERRORS.get(code, Reason.CONFIG)
    assert stopped.detail == f"{code} said so"


def test_a_timeline_of_nobody_contradicts_the_user_just_shown() -> None:
    nobody = answer({"error_code": 20003, "error": "User does not exists!"}, 400)
    assert api(nobody).existence is Existence.GONE_SIGNAL
    stopped = refused(WEIBO.check(BY_API, "api"), [answer(user()), nobody])
    assert stopped.reason is Reason.AMBIGUOUS
    assert stopped.detail == "shown, and gone by its list: 20003 User does not exists!"


def test_an_error_of_many_words_is_cut() -> None:
    for body, detail in (
        ({"error": "字" * 121}, "字" * 120),
        ({"error_code": "10001234", "error": "x"}, "10001234 x"),
        ({"error_code": 20003, "error": "字" * 121}, None),
    ):
        outcome = drive(WEIBO.check(BY_API, "api"), [answer(body, 400)])
        if detail is None:
            assert isinstance(outcome, Facts) and outcome.signal == "20003 " + "字" * 120
        else:
            assert isinstance(outcome, Inconclusive)
            assert (outcome.reason, outcome.detail) == (Reason.CONFIG, detail)


@pytest.mark.parametrize(
    ("code", "reason"), [("20502", Reason.CONFIG), (10001, Reason.SERVER_ERROR)]
)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_an_api_error_is_no_finding(code: Any, reason: Reason, status: int) -> None:
    body = {"request": "/2/users/show.json", "error_code": code, "error": "said so"}
    stopped = refused(WEIBO.check(BY_API, "api"), [answer(body, status)])
    assert stopped.reason is reason


def test_an_account_unknown_to_the_api_is_a_gone_signal() -> None:
    body = {"request": "/2/x", "error_code": 20003, "error": "User does not exists!"}
    assert api(answer(body, 400)).existence is Existence.GONE_SIGNAL


def test_a_wall_before_the_api_is_a_wall() -> None:
    steps = WEIBO.check(BY_API, "api")
    assert refused(steps, [answer("<html>no</html>", 403)]).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("domain", "identifiers"),
    [
        ("qingshigongan", {"uid": UID, "domain": "qingshigongan"}),
        ("", {"uid": UID}),
        (UID, {"uid": UID}),
        (None, {"uid": UID}),
    ],
)
def test_an_answer_that_shows_the_domain_too_joins_both(
    domain: str | None, identifiers: dict[str, str]
) -> None:
    facts = api(user(domain=domain), of=target(kind=CheckKind.IDENTITY, credential="weibo"))
    assert facts.identifiers == identifiers


def test_pages_of_the_api_are_read_until_they_reach_far_enough() -> None:
    of = target(credential="weibo:1234567890")
    pages = [{"statuses": [blog(local(3, day))]} for day in (19, 18, 17)]
    driven = run(WEIBO.check(of, "api"), [answer(user()), *map(answer, pages)])
    assert [request.url.partition("&")[2] for request in driven.asked[1:]] == [
        "count=100&page=1",
        "count=100&page=2",
        "count=100&page=3",
    ]
    assert isinstance(driven.outcome, Facts) and driven.outcome.coverage.since == local(3, 17)


def test_a_page_of_known_posts_ends_the_timeline() -> None:
    page = {"statuses": [blog(local(3, 19))]}
    facts = api(user(), page, page, of=target(credential="weibo:1234567890"))
    assert len(facts.posts) == 1


def test_a_timeline_reaches_back_to_the_very_moment() -> None:
    facts = api(
        user(), {"statuses": [blog(local(3, 5, 12))]}, of=target(credential="weibo:1234567890")
    )
    assert facts.coverage.since == local(3, 5, 12)


@pytest.mark.parametrize(
    ("bodies", "reason"),
    [
        ([{"id": 1}], Reason.WRONG_ACCOUNT),
        ([{}], Reason.CHANGED_LAYOUT),
        (["[]"], Reason.CHANGED_LAYOUT),
        ([user(), {"statuses": None}], Reason.CHANGED_LAYOUT),
        ([user(), {"statuses": [blog(local(3, 1), user={"id": 1})]}], Reason.WRONG_ACCOUNT),
    ],
)
def test_an_odd_answer_of_the_api_is_no_finding(bodies: list[Any], reason: Reason) -> None:
    answers = [answer(body) for body in bodies]
    assert refused(WEIBO.check(BY_API, "api"), answers).reason is reason


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_an_answer_without_an_error_under_such_a_status_is_a_wall(status: int) -> None:
    assert isinstance(drive(WEIBO.check(BY_API, "api"), [answer(user(), status)]), Inconclusive)


def test_without_a_credentials_name_the_kind_is_named() -> None:
    of = target(kind=CheckKind.IDENTITY)
    assert run(WEIBO.check(of, "api"), [answer(user())]).asked[0].auth == "weibo"
