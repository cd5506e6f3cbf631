"""Mini-programs: how they are named, and what WeChat tells those who hold their credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checkers.base import Facts, Failure, Link, Response, Unsupported
from checkers.loading import load_checkers
from checkers.miniprogram import MiniProgram
from registry.vocab import CheckKind, CoverageKind, Existence, Identity, LinkKind, Proof, Reason
from tests.checkers.cases.miniprogram import APPID, PNG, basics, target, visits
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.wechat_answers import card, error

API = "https://api.weixin.qq.com"
DENIED = answer(error(48001, "api unauthorized"))


def api(*answers: Any, **more: Any) -> Facts:
    return read(MiniProgram().check(target(**more), "api"), [_said(a) for a in answers])


def _said(body: Any) -> Response:
    return body if isinstance(body, Response) else answer(body)


# --- how it is named --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (f"weixin://dl/business/?appid={APPID}&path=pages/a", "appid", APPID),
        (f"weixin://dl/business?appid={APPID}", "appid", APPID),
        (f"打开青石政务 weixin://dl/business/?appid={APPID}&path=a 办事", "appid", APPID),
        (
            "alipays://platformapi/startapp?appId=2021000000000001&page=pages/a",
            "alipay_appid",
            "2021000000000001",
        ),
        (
            "alipay://platformapi/startapp?page=a&appId=2021000000000001",
            "alipay_appid",
            "2021000000000001",
        ),
        (
            "https://ds.alipay.com/?scheme=alipays%3A%2F%2Fplatformapi%2Fstartapp%3FappId%3D2021000000000001",
            "alipay_appid",
            "2021000000000001",
        ),
        ("#小程序://青石政务/AbCd12", "short_link", "#小程序://青石政务/AbCd12"),
    ],
)
def test_a_link_that_opens_it_names_it(text: str, scheme: str, value: str) -> None:
    found = MiniProgram().identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("miniprogram", scheme, value)


def test_the_link_is_kept_with_the_identity() -> None:
    link = f"weixin://dl/business/?appid={APPID}&path=a"
    assert MiniProgram().identify(f"点 {link}") == Identity("miniprogram", "appid", APPID, link)


def test_a_short_address_is_kept_as_an_address() -> None:
    url = "https://wxaurl.cn/AbCdEf"
    assert MiniProgram().identify(url) == Identity("miniprogram", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        APPID,
        "weixin://dl/business/?t=AbCdEf",
        "weixin://dl/business/?appid=wx123",
        "alipays://platformapi/startapp?appId=60000002",
        "alipays://platformapi/startapp?appid=2021000000000001",
        "alipays://platformapi/other?appId=2021000000000001",
        "2021000000000001",
        "x" * 2000 + f" weixin://dl/business/?appid={APPID}",
    ],
)
def test_what_names_none_for_certain_is_left_alone(text: str) -> None:
    assert MiniProgram().identify(text) is None


def test_an_appid_alone_is_an_official_accounts() -> None:
    found = load_checkers().identify(APPID)
    assert found == Identity("wechat", "appid", APPID)


# --- what it declares -------------------------------------------------------------------------------


def test_no_source_tells_when_it_was_last_updated() -> None:
    proofs = {source.name: source.proves for source in MiniProgram.sources}
    assert proofs == {
        "api": {Proof.EXISTENCE, Proof.NAME},
        "authorizer": {Proof.EXISTENCE, Proof.NAME},
        "link": {Proof.LINKS},
        "by_hand": frozenset(),
    }
    assert all(source.by_default for source in MiniProgram.sources)
    assert [source.name for source in MiniProgram.sources if source.address] == ["link"]
    pace = MiniProgram.hosts["api.weixin.qq.com"]
    assert (pace.min_gap, pace.per_run) == (1, 1000)
    assert {credential.kind for credential in MiniProgram.credentials} == {
        "miniprogram",
        "wechat_authorized",
        "wechat_component",
    }


def test_its_own_secret_comes_before_an_authorisation() -> None:
    source = MiniProgram.source("api")
    assert source and (source.needs, source.instead) == (("miniprogram",), ("wechat_authorized",))
    link = MiniProgram.source("link")
    assert link and link.kinds == {CheckKind.MENU}
    assert (link.needs, link.instead) == (("miniprogram",), ("wechat_authorized",))


def test_what_nobody_can_ask_is_left_to_people() -> None:
    for identifiers in ({"alipay_appid": "2021000000000001"}, {}, {"appid": APPID}):
        bare = target(identifiers=identifiers, credential="")
        outcome = refused(MiniProgram().check(bare, "by_hand"), [])
        assert isinstance(outcome, Unsupported)
        assert outcome.reason is Reason.BY_HAND


# --- its service and its release --------------------------------------------------------------------


def test_it_is_asked_for_its_service_its_release_and_its_name() -> None:
    answers = [answer(visits()), answer(PNG), answer(basics())]
    driven = run(MiniProgram().check(target(), "api"), answers)
    assert [(a.method, a.url, a.auth) for a in driven.asked] == [
        ("POST", f"{API}/wxa/getvisitstatus", f"miniprogram:{APPID}"),
        ("POST", f"{API}/wxa/getwxacodeunlimit", f"miniprogram:{APPID}"),
        ("GET", f"{API}/cgi-bin/account/getaccountbasicinfo", f"miniprogram:{APPID}"),
    ]
    assert driven.asked[0].body == b"{}"
    assert json.loads(driven.asked[1].body or b"")["env_version"] == "release"
    assert driven.outcome == Facts(
        Existence.EXISTS,
        display_name="青石政务",
        verified_subject="青石县人民政府办公室",
        identifiers={"appid": APPID},
    )


def test_without_a_named_credential_its_appid_names_one() -> None:
    answers = [answer(visits()), answer(PNG), answer(basics())]
    driven = run(MiniProgram().check(target(credential=""), "api"), answers)
    assert {a.auth for a in driven.asked} == {f"miniprogram:{APPID}"}


def test_an_authorisation_names_the_appid_where_the_ledger_does_not() -> None:
    found = api(visits(), PNG, basics(), credential=f"wechat_authorized:{APPID}", identifiers={})
    assert found.identifiers == {"appid": APPID}


@pytest.mark.parametrize("source", ["api", "link"])
@pytest.mark.parametrize("credential", ["", "miniprogram", "miniprogram:wx1"])
def test_without_appid_and_credential_nothing_is_asked(source: str, credential: str) -> None:
    bare = target(credential=credential, identifiers={}, url="https://wxaurl.cn/AbCdEf")
    outcome = refused(MiniProgram().check(bare, source), [])
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_CREDENTIAL


def test_a_suspended_service_is_a_restriction() -> None:
    found = api(visits(0))
    assert found.existence is Existence.RESTRICTED
    assert (found.signal, found.note) == ("visit status 0", "service suspended")


def test_a_mini_program_without_a_release_cannot_be_opened() -> None:
    found = api(visits(), error(85079, "miniprogram has no online release"))
    assert found.existence is Existence.RESTRICTED
    assert found.signal == "85079 miniprogram has no online release"
    assert found.note == "no released version"


@pytest.mark.parametrize("code", [48004, 50002, 50004, 50007])
def test_a_frozen_mini_program_is_restricted(code: int) -> None:
    found = api(error(code, "user limited"))
    assert (found.existence, found.signal) == (Existence.RESTRICTED, f"{code} user limited")


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ((DENIED, PNG, basics()), "青石政务"),
        ((DENIED, PNG, DENIED), None),
        ((visits(), DENIED, DENIED), None),
        ((DENIED, DENIED, basics()), "青石政务"),
        ((visits(), PNG, DENIED), None),
    ],
)
def test_one_granted_answer_is_enough_to_say_that_it_exists(
    answers: tuple[Any, ...], name: str | None
) -> None:
    found = api(*answers)
    assert (found.existence, found.display_name) == (Existence.EXISTS, name)
    assert found.posts == ()
    assert found.coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize("visited", [DENIED, answer({"errcode": 0}), answer(visits(7))])
def test_nothing_granted_is_nothing_known(visited: Response) -> None:
    steps = MiniProgram().check(target(), "api")
    outcome = refused(steps, [visited, DENIED, DENIED])
    assert (outcome.reason, outcome.detail) == (
        Reason.PERMISSION,
        "nothing of it is granted",
    )


@pytest.mark.parametrize(
    "answers",
    [
        (error(40001, "bad"),),
        (visits(), error(40001, "bad")),
        (visits(), PNG, error(40001, "bad")),
    ],
)
def test_a_refusal_of_another_kind_is_the_reason(answers: tuple[Any, ...]) -> None:
    outcome = refused(MiniProgram().check(target(), "api"), [_said(a) for a in answers])
    assert (outcome.reason, outcome.detail) == (Reason.CONFIG, "40001 bad")


def test_a_code_that_is_neither_picture_nor_error_is_a_changed_layout() -> None:
    outcome = refused(MiniProgram().check(target(), "api"), [answer(visits()), answer({})])
    assert outcome.reason is Reason.CHANGED_LAYOUT


def test_a_wall_before_the_code_is_a_wall() -> None:
    walled = answer(PNG, 403)
    outcome = refused(MiniProgram().check(target(), "api"), [answer(visits()), walled])
    assert outcome.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("told", "name", "subject"),
    [
        (basics(nickname="undefined"), None, "青石县人民政府办公室"),
        (basics(nickname=" 青石 政务 ", principal_name=" 青石县委 "), "青石 政务", "青石县委"),
        (basics(principal_name=""), "青石政务", None),
        (basics(principal_name=7), "青石政务", None),
    ],
)
def test_names_are_taken_as_they_can_be_trusted(
    told: dict[str, Any], name: str | None, subject: str | None
) -> None:
    found = api(visits(), PNG, told)
    assert (found.display_name, found.verified_subject) == (name, subject)


def test_a_missing_secret_is_told_as_one() -> None:
    missing = Response("", 0, failure=Failure(Reason.NO_CREDENTIAL, "x"))
    outcome = refused(MiniProgram().check(target(), "api"), [missing])
    assert outcome.reason is Reason.NO_CREDENTIAL


# --- through an authorisation -----------------------------------------------------------------------


def test_an_authorised_mini_program_is_told_of_with_its_appid_only() -> None:
    body = card()
    body["authorization_info"]["authorizer_appid"] = APPID
    named = target(credential=f"wechat_authorized:{APPID}")
    found = read(MiniProgram().check(named, "authorizer"), [answer(body)])
    assert found.identifiers == {"appid": APPID}
    assert found.verified_subject == "青石县公安局"


# --- its own link -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", [{"url": "https://wxaurl.cn/Ab1"}, {"address": "https://wxaurl.cn/Ab1"}]
)
def test_the_link_of_the_ledger_is_handed_to_the_link_checker(given: dict[str, str]) -> None:
    found = read(MiniProgram().check(target(kind=CheckKind.MENU, **given), "link"), [])
    assert found == Facts(
        links=(
            Link("青石政务", LinkKind.MINIPROGRAM, "https://wxaurl.cn/Ab1", ("青石政务",), APPID),
        )
    )


def test_without_a_link_there_is_none_to_look_up() -> None:
    outcome = refused(MiniProgram().check(target(kind=CheckKind.MENU), "link"), [])
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_ADDRESS
