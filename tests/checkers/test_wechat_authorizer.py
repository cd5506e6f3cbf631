"""Accounts that have authorised a third-party platform: what WeChat tells of them, and with what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checkers.base import Facts, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CheckKind, CoverageKind, Existence, Proof, Reason
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.wechat_answers import (
    APPID,
    AUTHORIZED,
    GH_ID,
    NAME,
    WXID,
    card,
    entry,
    error,
    statistics,
    target,
)

IDS = {"gh_id": GH_ID, "wxid": WXID, "appid": APPID}


def told(body: Any) -> Facts:
    return read(Wechat().check(target(credential=AUTHORIZED), "authorizer"), [answer(body)])


def test_the_card_is_asked_for_with_the_platforms_token_by_the_accounts_appid() -> None:
    driven = run(Wechat().check(target(credential=AUTHORIZED), "authorizer"), [answer(card())])
    (asked,) = driven.asked
    assert asked.url == "https://api.weixin.qq.com/cgi-bin/component/api_get_authorizer_info"
    assert (asked.method, asked.auth) == ("POST", "wechat_component")
    assert json.loads(asked.body or b"") == {"authorizer_appid": APPID}


def test_name_subject_and_all_ids_come_in_one_answer() -> None:
    assert told(card()) == Facts(
        Existence.EXISTS,
        display_name=NAME,
        verified_subject="青石县公安局",
        identifiers=IDS,
    )


@pytest.mark.parametrize(
    ("status", "existence", "signal"),
    [
        (1, Existence.EXISTS, ""),
        (18, Existence.EXISTS, ""),
        (14, Existence.GONE_SIGNAL, "account_status 14"),
        (16, Existence.RESTRICTED, "account_status 16"),
        (19, Existence.RESTRICTED, "account_status 19"),
        (0, Existence.UNKNOWN, ""),
        ("14", Existence.UNKNOWN, ""),
        (True, Existence.UNKNOWN, ""),
        (None, Existence.UNKNOWN, ""),
    ],
)
def test_the_state_of_the_account_is_told_by_a_number(
    status: Any, existence: Existence, signal: str
) -> None:
    found = told(card(account_status=status))
    assert (found.existence, found.signal) == (existence, signal)
    assert found.posts == ()
    assert found.coverage.kind is CoverageKind.UNREAD


def test_a_card_without_a_state_is_an_account_that_exists() -> None:
    body = card()
    del body["authorizer_info"]["account_status"]
    assert told(body).existence is Existence.EXISTS


@pytest.mark.parametrize(
    ("info", "name", "subject", "ids"),
    [
        ({"alias": ""}, NAME, "青石县公安局", {"gh_id": GH_ID, "appid": APPID}),
        ({"alias": None, "user_name": 7}, NAME, "青石县公安局", {"appid": APPID}),
        ({"nick_name": "undefined", "principal_name": " "}, None, None, IDS),
        ({"principal_name": " 青石县委 "}, NAME, "青石县委", IDS),
        ({"principal_name": ["x"]}, NAME, None, IDS),
    ],
)
def test_what_is_left_out_of_the_card_is_not_made_up(
    info: dict[str, Any], name: str | None, subject: str | None, ids: dict[str, str]
) -> None:
    found = told(card(**info))
    assert (found.display_name, found.verified_subject, found.identifiers) == (name, subject, ids)


def test_a_card_of_another_account_is_refused() -> None:
    body = card()
    body["authorization_info"]["authorizer_appid"] = "wxffeeddccbbaa0099"
    outcome = refused(Wechat().check(target(credential=AUTHORIZED), "authorizer"), [answer(body)])
    assert outcome.reason is Reason.WRONG_ACCOUNT
    assert outcome.detail == f"wxffeeddccbbaa0099 instead of {APPID}"


@pytest.mark.parametrize("said", [None, 7, {}])
def test_a_card_that_does_not_repeat_the_appid_is_taken(said: Any) -> None:
    body = card() | {"authorization_info": said}
    assert told(body).display_name == NAME


@pytest.mark.parametrize("body", [{}, {"authorizer_info": []}, {"authorizer_info": None}])
def test_an_answer_without_a_card_is_a_changed_layout(body: dict[str, Any]) -> None:
    outcome = refused(Wechat().check(target(credential=AUTHORIZED), "authorizer"), [answer(body)])
    assert (outcome.reason, outcome.detail) == (
        Reason.CHANGED_LAYOUT,
        "no authorizer_info",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [(61003, Reason.PERMISSION), (61005, Reason.CONFIG), (61004, Reason.CONFIG)],
)
def test_an_account_that_did_not_authorise_us_says_so(code: int, reason: Reason) -> None:
    answers = [answer(error(code, "no"))]
    outcome = refused(Wechat().check(target(credential=AUTHORIZED), "authorizer"), answers)
    assert outcome.reason is reason


@pytest.mark.parametrize(
    "credential", ["", "wechat_authorized", "wechat_authorized:", f"wechat:{APPID}"]
)
def test_without_an_authorisation_nothing_is_asked(credential: str) -> None:
    outcome = refused(Wechat().check(target(credential=credential), "authorizer"), [])
    assert isinstance(outcome, Unsupported)
    assert (outcome.reason, outcome.detail) == (Reason.NO_CREDENTIAL, "wechat_authorized")


# --- the other sources with an authorisation ----------------------------------------------------------

SILENT = statistics()


def days(*first: dict[str, Any], of: int = 7) -> list[Response]:
    return [answer(body) for body in (*first, *[SILENT] * (of - len(first)))]


def test_the_statistics_of_an_authorised_account_bring_its_name_along() -> None:
    answers = [answer(card()), *days(statistics(entry("2026-03-19")))]
    driven = run(Wechat().check(target(credential=AUTHORIZED), "api"), answers)
    assert [asked.auth for asked in driven.asked] == ["wechat_component"] + [AUTHORIZED] * 7
    found = driven.outcome
    assert isinstance(found, Facts)
    assert (found.display_name, found.verified_subject) == (NAME, "青石县公安局")
    assert found.identifiers == IDS
    assert (len(found.posts), found.existence) == (1, Existence.EXISTS)
    assert found.coverage.kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize("refusal", [error(61003), error(50002), {}])
def test_a_refused_card_does_not_spoil_the_statistics(refusal: dict[str, Any]) -> None:
    answers = [answer(refusal), *days(statistics(entry("2026-03-19")))]
    found = read(Wechat().check(target(credential=AUTHORIZED), "api"), answers)
    assert (found.display_name, found.verified_subject, found.identifiers) == (None, None, {})
    assert len(found.posts) == 1


@pytest.mark.parametrize("status", [14, 16, 19])
def test_an_account_that_is_closed_is_not_asked_for_statistics(status: int) -> None:
    body = card(account_status=status)
    found = read(Wechat().check(target(credential=AUTHORIZED), "api"), [answer(body)])
    assert found.signal == f"account_status {status}"
    assert found.display_name == NAME


def test_with_its_own_secret_no_card_is_asked_for() -> None:
    answers = days(statistics(entry("2026-03-19")))
    driven = run(Wechat().check(target(), "api"), answers)
    assert {asked.auth for asked in driven.asked} == {f"wechat:{APPID}"}


@pytest.mark.parametrize("source", ["api", "freepublish", "menu"])
def test_an_authorisation_will_do_where_there_is_no_secret_of_its_own(source: str) -> None:
    found = Wechat.source(source)
    assert found and (found.needs, found.instead) == (("wechat",), ("wechat_authorized",))


def test_what_an_office_must_switch_on_is_off() -> None:
    off = {source.name for source in Wechat.sources if not source.by_default}
    assert off == {"backend", "sogou", "about"}
    proofs = {source.name: source.proves for source in Wechat.sources}
    assert proofs["freepublish"] == {Proof.FRESH, Proof.EXISTENCE}
    assert proofs["sogou"] == {Proof.FRESH}
    assert proofs["about"] == {Proof.NAME}
    assert proofs["backend"] == {Proof.FRESH, Proof.STALE}
    about = Wechat.source("about")
    assert about and about.kinds == {CheckKind.IDENTITY} and about.address


def test_each_source_says_what_it_looks_at_and_what_it_must_be_given() -> None:
    told = {s.name: (s.kinds, s.needs, s.address) for s in Wechat.sources}
    when, who = frozenset({CheckKind.FRESHNESS}), frozenset({CheckKind.IDENTITY})
    assert told == {
        "api": (when, ("wechat",), False),
        "freepublish": (when, ("wechat",), False),
        "article": (when | who | {CheckKind.HANDLE}, (), True),
        "authorizer": (when | who, ("wechat_authorized",), False),
        "menu": (frozenset({CheckKind.MENU}), ("wechat",), False),
        "backend": (when, ("wechat_backend",), False),
        "sogou": (when, (), False),
        "about": (who, (), True),
    }


def test_hosts_are_asked_as_gently_as_they_want() -> None:
    paces = {host: (pace.min_gap, pace.per_run) for host, pace in Wechat.hosts.items()}
    assert paces == {
        "api.weixin.qq.com": (1, 1000),
        "mp.weixin.qq.com": (10, 50),
    }
    sogou = Wechat.source("sogou")
    assert sogou and sogou.pace and (sogou.pace.min_gap, sogou.pace.per_run) == (20, 30)


def test_the_chain_of_a_third_party_platform_is_the_documented_one() -> None:
    kinds = {credential.kind: credential for credential in Wechat.credentials}
    hub, account = kinds["wechat_component"].exchange, kinds["wechat_authorized"].exchange
    assert hub and account
    assert hub.url == "https://api.weixin.qq.com/cgi-bin/component/api_component_token"
    assert (hub.secret_field, hub.token_field) == ("component_appsecret", "component_access_token")
    assert hub.parts == (("component_appid", "appid"), ("component_verify_ticket", "ticket"))
    assert account.url == "https://api.weixin.qq.com/cgi-bin/component/api_authorizer_token"
    assert (account.id_field, account.secret_field) == (
        "authorizer_appid",
        "authorizer_refresh_token",
    )
    assert (account.token_field, account.through) == ("authorizer_access_token", "wechat_component")
    assert account.renews_field == "authorizer_refresh_token"
    assert kinds["wechat_component"].parts == (("json:component_appid", "appid"),)
    assert kinds["wechat_component"].place == "query:component_access_token"
    assert kinds["wechat_authorized"].place == "query:access_token"
    assert (hub.expired, account.expired) == (frozenset({40001, 40014, 42001}),) * 2
    backend = kinds["wechat_backend"]
    assert (backend.place, backend.parts) == ("cookie", (("query:token", "token"),))
    per_account = {kind for kind, credential in kinds.items() if credential.per_account}
    assert per_account == {"wechat", "wechat_authorized"}


@pytest.mark.parametrize("call", ["api_component_token", "api_get_authorizer_info"])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (40013, Reason.CONFIG),
        (48004, Reason.CONFIG),
        (50002, Reason.CONFIG),
        (61003, Reason.PERMISSION),
        (45009, Reason.RATE_LIMITED),
        (99999, Reason.AMBIGUOUS),
    ],
)
@pytest.mark.parametrize("source", ["authorizer", "menu"])
def test_what_the_offices_platform_is_refused_is_no_state_of_the_account(
    source: str, code: int, reason: Reason, call: str
) -> None:
    url = f"https://api.weixin.qq.com/cgi-bin/component/{call}"
    given = target(credential=AUTHORIZED, kind=CheckKind.IDENTITY)
    answers = [answer(error(code, "refused"), url=url)] * (2 if source == "menu" else 1)
    found = refused(Wechat().check(given, source), answers)
    assert (found.reason, found.detail) == (reason, f"{code} refused")


def test_the_address_that_the_platform_must_put_on_its_whitelist_is_named() -> None:
    url = "https://api.weixin.qq.com/cgi-bin/component/api_component_token"
    said = answer(error(61004, "access clientip is not registered 203.0.113.9"), url=url)
    given = target(credential=AUTHORIZED, kind=CheckKind.IDENTITY)
    found = refused(Wechat().check(given, "authorizer"), [said])
    assert (found.reason, found.detail) == (
        Reason.CONFIG,
        "61004 IP 203.0.113.9 is not on the whitelist",
    )


def test_an_account_is_restricted_where_its_own_call_says_so() -> None:
    url = "https://api.weixin.qq.com/cgi-bin/get_current_selfmenu_info"
    given = target(credential=AUTHORIZED, kind=CheckKind.MENU)
    said = answer(error(50002, "user limited"), url=url)
    assert read(Wechat().check(given, "menu"), [said, said]).existence is Existence.RESTRICTED
