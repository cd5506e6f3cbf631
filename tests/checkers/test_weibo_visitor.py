"""Weibo as an anonymous visitor: how the cookie is come by, what it is used for, who is muted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from checkers.base import Facts, Hop, Request, Response, Target
from checkers.weibo import Weibo
from registry.vocab import CheckKind, CoverageKind, Existence, Reason
from tests.checkers.driving import Driven, answer, read, refused, run
from tests.checkers.weibo_answers import (
    NOTHING_HERE,
    UID,
    blog,
    card,
    listing,
    local,
    notice,
    profile,
    target,
)
from tests.checkers.weibo_pages import SUB, SUBP, callback, granted, made

WEIBO = Weibo()
ONE_PAGE = target(read_back_to=datetime.min)
COOKIE = f"SUB={SUB}; SUBP={SUBP}"
NEW, OLD = card(blog(local(3, 19))), card(blog(local(3, 1)))


def visited(*bodies: Any, of: Target = ONE_PAGE, first: str = "", second: str = "") -> Driven:
    """A look with a cookie granted, and `bodies` for what is asked with it."""
    answers = [answer(first or made()), answer(second or granted()), *map(answer, bodies)]
    return run(WEIBO.check(of, "visitor"), answers)


def facts_of(*bodies: Any, of: Target = ONE_PAGE) -> Facts:
    outcome = visited(*bodies, of=of).outcome
    assert isinstance(outcome, Facts), outcome
    return outcome


# --- the cookie ---------------------------------------------------------------------------------


def test_a_visitor_is_made_without_a_fingerprint() -> None:
    first = visited(profile(), listing(NEW)).asked[0]
    assert (first.method, first.url) == ("POST", "https://passport.weibo.com/visitor/genvisitor")
    assert first.body == b"cb=gen_callback"
    assert first.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    assert first.auth is None


@pytest.mark.parametrize(
    ("more", "query"),
    [
        ({}, "t=qingshi%2Btid%2F0001%3D&w=2&c=095"),
        ({"new_tid": True}, "t=qingshi%2Btid%2F0001%3D&w=3&c=095"),
        ({"confidence": 7}, "t=qingshi%2Btid%2F0001%3D&w=2&c=007"),
        ({"confidence": 0}, "t=qingshi%2Btid%2F0001%3D&w=2&c=000"),
        ({"confidence": 100}, "t=qingshi%2Btid%2F0001%3D&w=2&c=100"),
        ({"confidence": 101}, "t=qingshi%2Btid%2F0001%3D&w=2&c=100"),
        ({"confidence": -1}, "t=qingshi%2Btid%2F0001%3D&w=2&c=100"),
        ({"confidence": "x"}, "t=qingshi%2Btid%2F0001%3D&w=2&c=100"),
    ],
)
def test_the_visitor_is_asked_in_by_the_number_given(more: dict[str, Any], query: str) -> None:
    asked = visited(profile(), listing(NEW), first=made(**more)).asked[1]
    assert asked.url == (
        "https://passport.weibo.com/visitor/visitor"
        f"?a=incarnate&{query}&gc=&cb=cross_domain&from=weibo"
    )
    assert (asked.method, asked.headers, asked.auth) == ("GET", (), None)


def test_the_cookie_goes_to_the_pages_and_nowhere_else() -> None:
    driven = visited(profile(), listing(NEW))
    assert [request.headers for request in driven.asked[2:]] == [(("Cookie", COOKIE),)] * 2
    assert [request.url for request in driven.asked[2:]] == [
        f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}",
        f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}&containerid=107603{UID}",
    ]


def test_without_the_visitor_no_cookie_is_sent() -> None:
    driven = run(WEIBO.check(ONE_PAGE, "page"), [answer(profile()), answer(listing(NEW))])
    assert [request.headers for request in driven.asked] == [(), ()]


def test_an_identity_check_asks_for_the_user_only() -> None:
    driven = visited(profile(), of=target(kind=CheckKind.IDENTITY))
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.display_name == "青石公安"
    assert len(driven.asked) == 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (callback("gen_callback", None, 50111501, "busy"), Reason.LOGIN_WALL),
        (callback("gen_callback", None), Reason.CHANGED_LAYOUT),
        (callback("gen_callback", {"tid": ""}), Reason.CHANGED_LAYOUT),
        (callback("gen_callback", {"tid": 12345678}), Reason.CHANGED_LAYOUT),
        (callback("gen_callback", {"tid": "a b; c=d e"}), Reason.CHANGED_LAYOUT),
        (callback("gen_callback", {"tid": "1234567"}), Reason.CHANGED_LAYOUT),
        ('gen_callback({"code": 1})', Reason.CHANGED_LAYOUT),
        ("gen_callback()", Reason.BAD_JSON),
        ("gen_callback({", Reason.BAD_JSON),
        ("} {", Reason.BAD_JSON),
        ("gen_callback({oops})", Reason.BAD_JSON),
        ("", Reason.EMPTY_BODY),
    ],
)
def test_an_odd_answer_to_a_visitor_is_no_finding(body: str, reason: Reason) -> None:
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), [answer(body)]).reason is reason


def test_a_refusal_is_told_with_its_code() -> None:
    body = callback("gen_callback", None, 50111501, "busy")
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), [answer(body)]).detail == "50111501 busy"


def test_long_words_of_the_visitor_service_and_of_a_mute_are_cut() -> None:
    body = callback("gen_callback", None, 5, "x" * 200)
    stopped = refused(WEIBO.check(ONE_PAGE, "visitor"), [answer(body)])
    assert stopped.detail == "5 " + "x" * 118
    facts, _asked = silent({"ok": 1, "data": {"text": MUTED + "。" * 200}})
    assert facts.signal == MUTED + "。" * (200 - len(MUTED))


def test_what_is_missing_is_named() -> None:
    for first, detail in (
        ("gen_callback()", "no callback"),
        ('gen_callback({"code": 1})', "HTTP 200, no retcode"),
        (callback("gen_callback", None), "no data"),
        (callback("gen_callback", {}), "no tid"),
    ):
        assert refused(WEIBO.check(ONE_PAGE, "visitor"), [answer(first)]).detail == detail


@pytest.mark.parametrize(
    "cookies",
    [
        {"sub": SUB},
        {"subp": SUBP},
        {"sub": f"{SUB}\r\nX: 1", "subp": SUBP},
        {"sub": "", "subp": ""},
    ],
)
def test_half_a_cookie_is_none(cookies: dict[str, Any]) -> None:
    answers = [answer(made()), answer(callback("cross_domain", cookies))]
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), answers).reason is Reason.CHANGED_LAYOUT


def test_the_shortest_and_the_longest_token_will_do() -> None:
    answers = [answer(made("12345678")), answer(granted("s" * 800, "p" * 8))]
    driven = run(
        WEIBO.check(ONE_PAGE, "visitor"), [*answers, answer(profile()), answer(listing(NEW))]
    )
    assert driven.asked[-1].headers == (("Cookie", f"SUB={'s' * 800}; SUBP={'p' * 8}"),)
    answers = [answer(made()), answer(granted("s" * 801))]
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), answers).reason is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize("status", [302, 404])
def test_a_status_that_is_no_answer_brings_no_visitor(status: int) -> None:
    answers = [answer(made(), status)]
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), answers).reason is Reason.CHANGED_LAYOUT


def test_a_redirect_from_the_visitor_service_is_a_wall() -> None:
    away = answer(made(), url="https://passport.weibo.com/sso/signin?entry=x")
    assert refused(WEIBO.check(ONE_PAGE, "visitor"), [away]).reason is Reason.LOGIN_WALL


def test_a_cookie_that_does_not_help_is_a_wall() -> None:
    outcome = visited({"ok": -100, "url": "https://passport.weibo.cn/signin/welcome"}).outcome
    assert getattr(outcome, "reason", None) is Reason.LOGIN_WALL


# --- muted accounts -----------------------------------------------------------------------------

MUTED = "因违反社区公约，该用户目前处于禁言状态"


def silent(mute: Any, *, of: Target = target(), **user: Any) -> tuple[Facts, Request]:
    """A look at an account whose list is silent, the question whether it is muted, and the facts."""
    driven = visited(profile(**user), listing(OLD), mute, of=of)
    assert isinstance(driven.outcome, Facts), driven.outcome
    return driven.outcome, driven.asked[-1]


@pytest.mark.parametrize("words", [MUTED, "因违反社区公约，该用户处于永久禁言状态"])
def test_a_silent_account_may_be_muted(words: str) -> None:
    facts, asked = silent({"ok": 1, "data": {"text": words}})
    assert asked.url == f"https://weibo.com/ajax/profile/getMuteuser?uid={UID}"
    assert asked.headers == (("Cookie", COOKIE),)
    assert (facts.existence, facts.signal) == (Existence.RESTRICTED, words)
    assert facts.display_name == "青石公安"


@pytest.mark.parametrize(
    "mute",
    [
        {"ok": 1, "data": {"text": ""}},
        {"ok": 1, "data": {"text": None}},
        {"ok": 1, "data": {"text": "此微博已被作者删除"}},
        {"ok": 1, "data": []},
        {"ok": 1},
        [1],
        "not json",
        "",
    ],
)
def test_an_account_of_which_nothing_is_said_is_not_muted(mute: Any) -> None:
    facts, _asked = silent(mute)
    assert (facts.existence, facts.signal) == (Existence.EXISTS, "")
    assert facts.newest is not None and facts.newest.published_at == local(3, 1)
    assert facts.coverage.since == local(3, 1)


def test_an_account_without_posts_may_be_muted_too() -> None:
    of = target()
    driven = visited(profile(statuses_count=0), NOTHING_HERE, {"data": {"text": MUTED}}, of=of)
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.existence is Existence.RESTRICTED
    assert driven.outcome.coverage.kind is CoverageKind.PROVEN_EMPTY


@pytest.mark.parametrize("day", [5, 19])
def test_one_that_posts_is_not_asked(day: int) -> None:
    at = local(3, day, 12)
    facts = facts_of(profile(statuses_count=1), listing(card(blog(at))), of=target())
    assert facts.existence is Existence.EXISTS


def test_a_look_that_is_not_to_reach_back_does_not_ask() -> None:
    assert facts_of(profile(), listing(OLD)).existence is Existence.EXISTS


def test_one_that_is_gone_is_not_asked() -> None:
    closed = notice("该账号因用户自行申请关闭，现已无法查看。")
    assert facts_of(closed, of=target()).existence is Existence.GONE_SIGNAL


# --- short links --------------------------------------------------------------------------------


def short(*hops: str, last: str, status: int = 200) -> Response:
    """What following a short link answers."""
    found = answer("<html>微博</html>", status, url=last)
    chain = tuple(Hop("http://t.cn/AbCdEfG", 302, hop) for hop in hops)
    return Response(found.url, status, {}, found.body, found.fetched_at, chain)


SHORT = target(identifiers={}, url=" http://t.cn/AbCdEfG ", kind=CheckKind.IDENTITY)


@pytest.mark.parametrize(
    "answered",
    [
        short(last=f"https://weibo.com/u/{UID}?from=x"),
        short(f"https://weibo.com/u/{UID}", last="https://passport.weibo.com/visitor/visitor?x=1"),
        short(f"https://weibo.com/u/{UID}", last=f"https://weibo.com/u/{UID}", status=403),
    ],
)
def test_a_short_link_is_followed_to_the_account(answered: Response) -> None:
    driven = run(WEIBO.check(SHORT, "page"), [answered, answer(profile())])
    assert driven.asked[0].url == "http://t.cn/AbCdEfG"
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"uid": UID}


def test_the_last_address_of_a_short_link_counts() -> None:
    way = short("https://weibo.com/u/1999999999", last=f"https://weibo.com/u/{UID}")
    assert read(WEIBO.check(SHORT, "page"), [way, answer(profile())]).identifiers == {"uid": UID}
    way = short(
        "https://weibo.com/u/1999999999", f"https://weibo.com/u/{UID}", last="https://x.cn/"
    )
    assert read(WEIBO.check(SHORT, "page"), [way, answer(profile())]).identifiers == {"uid": UID}


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        (short(last="https://www.qingshi.gov.cn/"), Reason.NOT_FOUND),
        (short(last="https://passport.weibo.com/visitor/visitor?x=1"), Reason.LOGIN_WALL),
        (short(last="http://t.cn/AbCdEfG", status=502), Reason.SERVER_ERROR),
        (short(last="https://weibo.com/n/青石公安"), Reason.NOT_FOUND),
    ],
)
def test_a_short_link_to_no_account_is_no_finding(answered: Response, reason: Reason) -> None:
    assert refused(WEIBO.check(SHORT, "page"), [answered]).reason is reason


@pytest.mark.parametrize("url", ["http://t.cn/", "https://t.cn/a/b", "https://x.cn/AbCdEfG", ""])
def test_no_other_link_is_followed(url: str) -> None:
    of = target(identifiers={}, url=url)
    assert refused(WEIBO.check(of, "page"), []).reason is Reason.NO_ADDRESS


def test_a_short_link_to_a_named_page_knows_no_uid() -> None:
    named = short(last="https://weibo.com/qingshigongan")
    assert refused(WEIBO.check(SHORT, "page"), [named]).reason is Reason.NO_ADDRESS


# --- accounts known by their domain -------------------------------------------------------------

DOMAIN = target(identifiers={"domain": "qingshigongan"}, kind=CheckKind.IDENTITY)
LINKED = target(identifiers={}, url="https://weibo.com/qingshigongan", kind=CheckKind.IDENTITY)


def owner(uid: Any) -> dict[str, Any]:
    return {"ok": 1, "data": {"user": {"id": uid, "screen_name": "青石公安"}}}


@pytest.mark.parametrize("of", [DOMAIN, LINKED])
@pytest.mark.parametrize("body", [owner(int(UID)), {"ok": 1, "data": {"user": {"idstr": UID}}}])
def test_a_visitor_may_ask_who_stands_behind_a_domain(of: Target, body: dict[str, Any]) -> None:
    driven = visited(body, profile(), of=of)
    asked = driven.asked[2]
    assert asked.url == "https://weibo.com/ajax/profile/info?custom=qingshigongan"
    assert asked.headers == (("Cookie", COOKIE),)
    assert driven.asked[3].url.endswith(f"&value={UID}")
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"uid": UID, "domain": "qingshigongan"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ok": 0, "message": "该用户不存在(20003)"}, Reason.NOT_FOUND),
        ({"ok": -100}, Reason.LOGIN_WALL),
        ({"ok": 1, "data": {}}, Reason.CHANGED_LAYOUT),
        (owner(""), Reason.CHANGED_LAYOUT),
        (owner(123), Reason.CHANGED_LAYOUT),
    ],
)
def test_a_domain_that_nobody_has_says_nothing_of_the_account(
    body: dict[str, Any], reason: Reason
) -> None:
    stopped = visited(body, of=DOMAIN).outcome
    assert getattr(stopped, "reason", None) is reason


def test_a_number_in_the_link_goes_before_a_domain() -> None:
    of = target(
        identifiers={"domain": "qingshigongan"},
        url=f"https://weibo.com/u/{UID}",
        kind=CheckKind.IDENTITY,
    )
    assert read(WEIBO.check(of, "page"), [answer(profile())]).identifiers == {"uid": UID}
    of = target(identifiers={"uid": UID, "domain": "qingshigongan"}, kind=CheckKind.IDENTITY)
    assert facts_of(profile(), of=of).identifiers == {"uid": UID}


@pytest.mark.parametrize("source", ["api", "page", "session"])
def test_no_other_source_may_ask_by_a_domain(source: str) -> None:
    assert refused(WEIBO.check(DOMAIN, source), []).reason is Reason.NO_ADDRESS


def test_an_account_with_an_id_follows_no_short_link() -> None:
    of = target(identifiers={"domain": "qingshigongan"}, url="http://t.cn/AbCdEfG")
    assert refused(WEIBO.check(of, "page"), []).reason is Reason.NO_ADDRESS
