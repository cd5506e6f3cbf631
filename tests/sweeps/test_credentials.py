"""Secrets: where they are found, and that nothing shows them."""

from __future__ import annotations

import base64
import json
import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers.base import Credential, Request
from registry.errors import BadConfig
from sweeps.network.credentials import MARK, Credentials, Insertion, Redactor, quiet_logs, variable
from sweeps.network.wire import wire

CANARY = "canary/+ 密钥=&\"'"


def redactor(*secrets: str) -> Redactor:
    made = Redactor()
    for secret in secrets:
        made.add(secret)
    return made


@pytest.mark.parametrize(
    "form",
    [
        CANARY,
        quote(CANARY),
        quote(CANARY, safe=""),
        quote(CANARY, safe="").lower(),
        json.dumps(CANARY),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode().rstrip("="),
        "canary/+ 密钥=&amp;&quot;&#x27;",
    ],
)
def test_a_secret_is_taken_out_in_every_form_in_which_it_may_come_back(form: str) -> None:
    clean = redactor(CANARY)
    for text in (form, f"a{form}b", f'{{"errmsg": "{form}"}}'):
        assert "canary" not in clean.text(text).lower()
        assert b"canary" not in clean.data(text.encode()).lower()
        assert "canary" not in clean.data(text.encode("utf-16-le")).decode("utf-16-le").lower()
    assert MARK in clean.text(form)


def test_each_cookie_of_a_cookie_line_is_a_secret_too() -> None:
    clean = redactor("SUB=_2A25canaryone; SUBP=0033canarytwo; _s=1")
    assert clean.text("you are 0033canarytwo, not 1") == f"you are {MARK}, not 1"


def test_a_secret_with_half_a_character_is_taken_out_as_json_spells_it() -> None:
    redactor = Redactor()
    redactor.add("canary-\ud800-half")
    assert redactor.data(b'{"a": "canary-\\ud800-half"}') == b'{"a": "REDACTED"}'
    assert redactor.text("canary-\\ud800-half") == MARK


def test_what_is_no_secret_stays_as_it_is() -> None:
    clean = redactor("canary-secret")
    assert clean.text("青石公安 canary") == "青石公安 canary"
    assert clean.data(b"\xff\xfe\x00") == b"\xff\xfe\x00"


@given(st.text(min_size=8), st.text(), st.text())
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    clean = redactor(secret)
    shown = clean.text(before + secret + after)
    assert secret in MARK or secret not in shown


def test_the_environment_names_credentials_in_capitals() -> None:
    assert variable("weibo") == "TAIZHANG_SECRET_WEIBO"
    assert variable("wechat:wx0123456789abcdef") == "TAIZHANG_SECRET_WECHAT_WX0123456789ABCDEF"


def test_a_secret_is_found_by_its_name_only() -> None:
    held = Credentials({"TAIZHANG_SECRET_WECHAT_WX1": "canary-secret", "PATH": "/usr/bin"})
    assert held.has("wechat:wx1")
    assert not held.has("wechat:wx2")
    assert not held.has("wechat")


@pytest.mark.parametrize("secret", ["geheim", "geheim\nand more", "geheim\udcffand more"])
def test_a_secret_that_could_not_be_redacted_is_refused(secret: str) -> None:
    with pytest.raises(BadConfig) as refused:
        Credentials({"TAIZHANG_SECRET_WEIBO": secret})
    assert "geheim" not in refused.value.message + refused.value.hint


def test_the_keyring_is_asked_once_and_only_when_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def get_password(service: str, name: str) -> str | None:
        asked.append((service, name))
        return "canary-from-keyring" if name == "weibo" else None

    monkeypatch.setattr("keyring.get_password", get_password)
    assert not Credentials({}).has("weibo")
    held = Credentials({}, use_keyring=True)
    assert held.has("weibo") and held.has("weibo") and not held.has("wechat:wx1")
    assert asked == [("taizhang", "weibo"), ("taizhang", "wechat:wx1")]
    assert held.redactor.text("canary-from-keyring") == MARK


def test_a_machine_without_a_keyring_has_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.errors import NoKeyringError

    def nowhere(service: str, name: str) -> str:
        raise NoKeyringError("none")

    monkeypatch.setattr("keyring.get_password", nowhere)
    assert not Credentials({}, use_keyring=True).has("weibo")


def test_no_text_form_shows_a_secret() -> None:
    held = Credentials(
        {"TAIZHANG_SECRET_WEIBO": "canary-secret"},
        [Credential("weibo", "header:Authorization", prefix="OAuth2 ")],
    )
    insertion = held.insertion("weibo")
    assert insertion == Insertion("header:Authorization", "OAuth2 canary-secret")
    sent = wire(Request("https://api.weibo.com/2/x?a=1"), insertion)
    assert ("Authorization", "OAuth2 canary-secret") in sent.headers
    assert "canary" not in repr((held, insertion, sent, held.redactor))


def test_a_token_in_the_query_takes_the_place_of_an_earlier_one() -> None:
    sent = wire(
        Request("https://a.example/x?access_token=REDACTED&b=2"),
        Insertion("query:access_token", "new token"),
    )
    assert sent.url == "https://a.example/x?b=2&access_token=new%20token"


def test_the_http_librarys_log_is_screened(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("urllib3.connectionpool")
    before = list(logger.filters)
    with caplog.at_level(logging.DEBUG), quiet_logs(redactor("canary-secret")):
        logger.debug("%s %s", "GET", "/x?token=canary-secret")
    logger.debug("afterwards")
    assert caplog.messages[:1] == [f"GET /x?token={MARK}"]
    assert logger.filters == before
