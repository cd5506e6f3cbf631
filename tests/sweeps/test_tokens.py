"""Tokens that are fetched through other tokens, with secrets of several parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from checkers.base import (
    Credential,
    Exchange,
    Inconclusive,
    Pace,
    Request,
    Response,
    Steps,
    Target,
)
from registry.vocab import Outcome, Reason
from sweeps.driving.course import Result
from sweeps.network.credentials import MARK, Credentials, Insertion
from sweeps.network.tokens import MARGIN, Standing, Tokens
from sweeps.network.wire import wire
from tests.conftest import NOW
from tests.sweeps.play import checker, facts
from tests.sweeps.test_engine import Play, by_path, in_turn, planned, says

HUB = "https://api.hub.example"
COMPONENT = Credential(
    "hub",
    "query:hub_token",
    exchange=Exchange(
        f"{HUB}/hub",
        id_field="hub_appid",
        secret_field="hub_secret",
        parts=(("hub_appid", "appid"), ("ticket", "ticket")),
        token_field="hub_token",
        expired=frozenset({40001}),
    ),
    parts=(("json:hub_appid", "appid"),),
    confidential=("refresh_token",),
)
AUTHORIZED = Credential(
    "weibo",
    "query:access_token",
    exchange=Exchange(
        f"{HUB}/authorized",
        id_field="account",
        secret_field="refresh_token",
        token_field="account_token",
        expired=frozenset({40001}),
        through="hub",
        renews_field="refresh_token",
    ),
    per_account=True,
)
SECRETS = {
    "TAIZHANG_SECRET_HUB": "canary-hub-secret",
    "TAIZHANG_SECRET_HUB_APPID": "hub-appid-1",
    "TAIZHANG_SECRET_HUB_TICKET": "canary-ticket-1",
    "TAIZHANG_SECRET_WEIBO_WX1": "canary-refresh-1",
}
HUB_TOKEN = {"hub_token": "canary-hub-token", "expires_in": 7200}
ACCOUNT_TOKEN = {
    "account_token": "canary-account-token",
    "expires_in": 7200,
    "refresh_token": "canary-refresh-2",
}


def listing(target: Target, source: str) -> Steps:
    answer: Response = yield Request(f"{HUB}/list", auth="weibo:wx1")
    data = answer.json()
    if data.get("errcode"):
        raise Inconclusive(Reason.CONFIG, str(data["errcode"]))
    return facts(NOW)


def played(
    reply: Any, checks: int = 1, secrets: Mapping[str, str] = SECRETS
) -> tuple[Play, dict[int, Result]]:
    made = checker(
        listing, hosts={"api.hub.example": Pace(0.1)}, credentials=[AUTHORIZED, COMPONENT]
    )
    play = Play(made, reply, environ=secrets)
    return play, play.run(*(planned(n, "") for n in range(checks)))


def sent(play: Play) -> list[tuple[str, dict[str, str]]]:
    """Path of each request with what was put into it, by place."""
    return [
        (request.url.rpartition("/")[2], {i.place: i.value for i in insertion.all()})
        for (_at, request), insertion in zip(
            play.workers.asked, play.workers.insertions, strict=True
        )
        if insertion is not None
    ]


def test_a_token_is_fetched_through_another_and_each_only_once() -> None:
    replies = by_path(hub=says(HUB_TOKEN), authorized=says(ACCOUNT_TOKEN), list=says({}))
    play, results = played(replies, 3)
    assert {result.outcome for result in results.values()} == {Outcome.READ}
    assert sent(play) == [
        (
            "hub",
            {
                "json:hub_secret": "canary-hub-secret",
                "json:hub_appid": "hub-appid-1",
                "json:ticket": "canary-ticket-1",
            },
        ),
        (
            "authorized",
            {
                "json:refresh_token": "canary-refresh-1",
                "query:hub_token": "canary-hub-token",
                "json:hub_appid": "hub-appid-1",
            },
        ),
        *[("list", {"query:access_token": "canary-account-token"})] * 3,
    ]


def test_the_exchanges_show_names_and_no_secret() -> None:
    replies = by_path(hub=says(HUB_TOKEN), authorized=says(ACCOUNT_TOKEN), list=says({}))
    play, _results = played(replies)
    (hub, hub_said), (account, account_said) = play.recorder.kept[:2]
    assert json.loads(hub.body or b"") == {
        "hub_secret": MARK,
        "hub_appid": MARK,
        "ticket": MARK,
    }
    assert (hub.auth, hub.redirects) == (None, False)
    assert json.loads(account.body or b"") == {"account": "wx1", "refresh_token": MARK}
    assert (account.auth, account.redirects) == ("hub", False)
    assert json.loads(hub_said.body) == {"expires_in": 7200, "hub_token": MARK}
    assert json.loads(account_said.body) == {
        "account_token": MARK,
        "expires_in": 7200,
        "refresh_token": MARK,
    }


def test_a_refusal_at_the_beginning_of_the_chain_comes_back_in_place_of_the_response() -> None:
    play, results = played(by_path(hub=says({"errcode": 61005})), 2)
    assert [(r.reason, r.detail) for r in results.values()] == [(Reason.CONFIG, "61005")] * 2
    assert [path for path, _placed in sent(play)] == ["hub"]
    asked = [request.url.rpartition("/")[2] for request, _record in play.recorder.stood_in]
    assert asked == ["authorized", "list", "list"]


def test_a_refusal_in_the_middle_of_the_chain_comes_back_too() -> None:
    play, results = played(by_path(hub=says(HUB_TOKEN), authorized=says({"errcode": 61023})))
    assert (results[0].reason, results[0].detail) == (Reason.CONFIG, "61023")
    assert [path for path, _placed in sent(play)] == ["hub", "authorized"]


def test_a_token_in_the_middle_that_has_run_out_is_fetched_anew_once() -> None:
    hubs = in_turn(says(HUB_TOKEN), says(HUB_TOKEN | {"hub_token": "canary-hub-again"}))
    accounts = in_turn(says({"errcode": 40001}), says(ACCOUNT_TOKEN))
    play, results = played(by_path(hub=hubs, authorized=accounts, list=says({})))
    assert results[0].outcome is Outcome.READ
    paths = [path for path, _placed in sent(play)]
    assert paths == ["hub", "authorized", "hub", "authorized", "list"]
    assert sent(play)[3][1]["query:hub_token"] == "canary-hub-again"


def test_a_secret_that_the_answer_renews_is_exchanged_the_next_time() -> None:
    accounts = in_turn(
        says(ACCOUNT_TOKEN), says(ACCOUNT_TOKEN | {"account_token": "canary-account-again"})
    )
    listings = in_turn(says({"errcode": 40001}), says({}))
    play, results = played(by_path(hub=says(HUB_TOKEN), authorized=accounts, list=listings))
    assert results[0].outcome is Outcome.READ
    exchanged = [
        placed["json:refresh_token"] for path, placed in sent(play) if path == "authorized"
    ]
    assert exchanged == ["canary-refresh-1", "canary-refresh-2"]


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_without_any_link_of_the_chain_nothing_is_sent(missing: str) -> None:
    secrets = {name: value for name, value in SECRETS.items() if name != missing}
    play, results = played(says({}), secrets=secrets)
    assert results[0].reason is Reason.NO_CREDENTIAL
    assert play.sent == []


# --- the bookkeeping alone --------------------------------------------------------------------------


def tokens(environ: Mapping[str, str] = SECRETS, **more: Any) -> tuple[Tokens, Credentials]:
    held = Credentials(environ, [COMPONENT, AUTHORIZED], **more)
    return Tokens(held), held


def reply(body: Any, **more: Any) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(HUB, 200, {}, raw, NOW, **more)


def test_a_credential_is_at_hand_only_with_its_parts_and_what_it_goes_through() -> None:
    _tokens, held = tokens()
    assert held.has("hub") and held.has("weibo:wx1")
    for missing in set(SECRETS) - {"TAIZHANG_SECRET_WEIBO_WX1"}:
        _tokens, held = tokens({k: v for k, v in SECRETS.items() if k != missing})
        assert not held.has("hub") and not held.has("weibo:wx1")
    _tokens, held = tokens({k: v for k, v in SECRETS.items() if "WX1" not in k})
    assert held.has("hub") and not held.has("weibo:wx1")


def test_a_token_lasts_until_five_minutes_before_its_end() -> None:
    kept, _held = tokens()
    assert kept.standing("hub", 0.0) is Standing.NEEDS_TOKEN
    assert kept.accept("hub", reply(HUB_TOKEN), 100.0)
    last = 100.0 + 7200 - MARGIN
    assert kept.standing("hub", last - 0.5) is Standing.READY
    assert kept.standing("hub", last) is Standing.NEEDS_TOKEN
    assert kept.standing("nobody", 0.0) is Standing.MISSING


@pytest.mark.parametrize(
    ("lasts", "seconds"), [(120, 60.0), (30, 30.0), (360, 60.0), (400, 100.0), ("soon", 0.0)]
)
def test_a_short_token_is_used_for_a_minute_at_most(lasts: Any, seconds: float) -> None:
    kept, _held = tokens()
    assert kept.accept("hub", reply({"hub_token": "canary-short", "expires_in": lasts}), 0.0)
    assert kept.standing("hub", seconds - 0.01) is Standing.READY
    assert kept.standing("hub", seconds) is Standing.NEEDS_TOKEN


@pytest.mark.parametrize("body", [{}, {"hub_token": ""}, {"hub_token": 7}, [], b"<html>"])
def test_an_answer_without_a_token_is_not_accepted(body: Any) -> None:
    kept, _held = tokens()
    assert not kept.accept("hub", reply(body), 0.0)
    assert kept.insertion("hub") is None


@pytest.mark.parametrize("token", ["canary\r\nX: y", "canary\ud800", "\0"])
def test_what_cannot_go_over_the_wire_is_no_token(token: str) -> None:
    kept, _held = tokens()
    assert not kept.accept("hub", reply({"hub_token": token, "expires_in": 7200}), 0.0)
    assert kept.accept("weibo:wx1", reply({**ACCOUNT_TOKEN, "refresh_token": token}), 0.0)
    assert kept.exchange_secrets("weibo:wx1").value == "canary-refresh-1"


@pytest.mark.parametrize("lasts", [b"1e999", b"9" * 400, b"-5", b'"nan"', b"null", b"NaN"])
def test_a_token_may_say_anything_of_how_long_it_lasts(lasts: bytes) -> None:
    kept, _held = tokens()
    body = b'{"hub_token": "canary-long", "expires_in": ' + lasts + b"}"
    assert kept.accept("hub", reply(body), 0.0)
    ready = lasts == b"1e999"
    assert kept.standing("hub", 0.0) is (Standing.READY if ready else Standing.NEEDS_TOKEN)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b'{"hub_token": "canary-cut-o', MARK),
        (b"<html>canary-page</html>", MARK),
        (b'["canary-listed"]', f'["{MARK}"]'),
        (b'{"data": {"hub_token": "canary-deep"}, "expires_in": 7200}', '{"expires_in": 7200}'),
        (b'{"refresh_token": "canary-lone"}', f'{{"refresh_token": "{MARK}"}}'),
        (b'{"errcode": 0, "errmsg": "canary-said"}', f'{{"errcode": 0, "errmsg": "{MARK}"}}'),
        (
            b'{"errcode": 61023, "errmsg": "refresh_token is invalid", "was": "canary-old"}',
            f'{{"errcode": 61023, "errmsg": "refresh_token is invalid", "was": "{MARK}"}}',
        ),
        (b"", ""),
        (b" ", " "),
    ],
)
def test_an_exchange_without_a_token_shows_its_error_and_nothing_else(
    body: bytes, left: str
) -> None:
    kept, _held = tokens()
    assert kept.blotted("hub", reply(body)).body.decode() == left


def test_what_was_cut_off_in_an_exchange_is_neither_recorded_nor_shown() -> None:
    cut = b'{"hub_token": "canary-cut-off-token", "expi'
    play, results = played(lambda request: reply(cut))
    assert results[0].reason is Reason.BAD_JSON
    assert [response.body for _request, response in play.recorder.kept] == [MARK.encode()]


def test_parts_go_beside_the_token_into_each_request() -> None:
    kept, _held = tokens()
    kept.accept("hub", reply(HUB_TOKEN), 0.0)
    placed = kept.insertion("hub")
    assert placed == Insertion(
        "query:hub_token", "canary-hub-token", (Insertion("json:hub_appid", "hub-appid-1"),)
    )
    went = wire(Request.json_post(f"{HUB}/info", {"account": "wx1"}), placed)
    assert went.url == f"{HUB}/info?hub_token=canary-hub-token"
    assert json.loads(went.body or b"") == {"account": "wx1", "hub_appid": "hub-appid-1"}
    assert "canary" not in repr((placed, went, kept))


def test_a_token_that_another_request_has_renewed_is_kept() -> None:
    kept, _held = tokens()
    kept.accept("hub", reply(HUB_TOKEN), 0.0)
    old = kept.insertion("hub")
    kept.accept("hub", reply(HUB_TOKEN | {"hub_token": "canary-newer-one"}), 0.0)
    assert kept.drop_if_expired("hub", reply({"errcode": 40001}), old)
    assert kept.standing("hub", 1.0) is Standing.READY
    assert not kept.drop_if_expired("hub", reply({"errcode": 40002}), kept.insertion("hub"))
    assert kept.drop_if_expired("hub", reply({"errcode": 40001}), kept.insertion("hub"))
    assert kept.standing("hub", 1.0) is Standing.NEEDS_TOKEN


def test_the_ticket_is_read_from_the_keyring_at_the_moment_of_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = {"hub": "canary-hub-secret", "hub:appid": "hub-appid-1", "hub:ticket": "canary-ticket-1"}
    monkeypatch.setattr("keyring.get_password", lambda service, name: ring.get(name))
    kept, held = tokens({}, use_keyring=True)
    assert held.has("hub")
    ring["hub:ticket"] = "canary-ticket-2"
    placed = {i.place: i.value for i in kept.exchange_secrets("hub").all()}
    assert placed["json:ticket"] == "canary-ticket-2"
    assert held.redactor.text("canary-ticket-2, canary-ticket-1") == f"{MARK}, {MARK}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"info": {"refresh_token": "canary-other-one"}}',
        b'{"info": {"refresh_token" :\n "canary-other-one',
        b'["refresh_token", {"refresh_token":"canary-other-one"}]',
        b'{"refresh_token": "canary-\\u006fther-one"}',
    ],
)
def test_a_secret_in_an_answer_is_known_before_it_is_recorded(body: bytes) -> None:
    kept, held = tokens()
    kept.learn("hub", reply(body))
    assert held.redactor.text("it is canary-other-one") == f"it is {MARK}"


def test_what_is_not_said_to_be_secret_is_not_learnt() -> None:
    kept, held = tokens()
    kept.learn("hub", reply({"nick_name": "青石公安的公众号名称"}))
    kept.learn("weibo:wx1", reply({"refresh_token": "canary-of-no-account"}))
    kept.learn("nobody", reply({"refresh_token": "canary-of-no-account"}))
    text = "青石公安的公众号名称 canary-of-no-account"
    assert held.redactor.text(text) == text
