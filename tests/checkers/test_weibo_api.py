"""Weibo's open API: the account's own authorisation, its order, its errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from checkers.base import Facts, Response, Target
from checkers.weibo import Weibo
from registry.vocab import CheckKind, CoverageKind, Existence, Reason
from tests.checkers.driving import answer, read, refused, run
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


def test_an_empty_timeline_is_proven_by_the_counter_only() -> None:
    facts = api(user(statuses_count=0), {"statuses": []})
    assert facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    steps = WEIBO.check(BY_API, "api")
    assert refused(steps, [answer(user()), answer({"statuses": []})]).reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("20502", Reason.CONFIG),
        (21327, Reason.CONFIG),
        (10014, Reason.PERMISSION),
        (10023, Reason.RATE_LIMITED),
        (10001, Reason.SERVER_ERROR),
        ("x", Reason.CONFIG),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_an_api_error_is_no_finding(code: Any, reason: Reason, status: int) -> None:
    body = {"request": "/2/users/show.json", "error_code": code, "error": "said so"}
    stopped = refused(WEIBO.check(BY_API, "api"), [answer(body, status)])
    assert stopped.reason is reason
    assert "said so" in stopped.detail


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
