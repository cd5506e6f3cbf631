"""What the platform WeChat says of itself: names, forms, ids, credential."""

from __future__ import annotations

import re

import pytest

from checkers.wechat import Wechat
from registry.vocab import Identity

BIZ = "MzAwMDAwMDAwMQ=="


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("gh_0a1b2c3d4e5f", "gh_id", "gh_0a1b2c3d4e5f"),
        (" wx00112233445566aa ", "appid", "wx00112233445566aa"),
        (BIZ, "biz", BIZ),
        (f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1&sn=a#rd", "biz", BIZ),
        ("http://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ%3D%3D&mid=1", "biz", BIZ),
        ("https://mp.weixin.qq.com/s?mid=1&__biz=MzAwMDAwMDAwMQ", "biz", BIZ),
        (f"mp.weixin.qq.com/mp/profile_ext?action=home&__biz={BIZ}#wechat_redirect", "biz", BIZ),
        (f"青石公安 https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1 点击查看", "biz", BIZ),
        ("https://open.weixin.qq.com/qr/code?username=gh_0a1b2c3d4e5f", "gh_id", "gh_0a1b2c3d4e5f"),
        ("MzAwMDAwMDAwMQ", "biz", BIZ),
        ("名称：青石公安，原始ID：gh_0a1b2c3d4e5f（服务号）", "gh_id", "gh_0a1b2c3d4e5f"),
        ("gh_0a1b2c3d4e5f / gh_0a1b2c3d4e5f", "gh_id", "gh_0a1b2c3d4e5f"),
    ],
)
def test_an_id_or_an_address_that_names_an_account_is_identified(
    text: str, scheme: str, value: str
) -> None:
    found = Wechat().identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("wechat", scheme, value)


def test_an_address_is_kept_with_the_identity() -> None:
    url = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1"
    assert Wechat().identify(url) == Identity("wechat", "biz", BIZ, url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "青石公安",
        "qingshigongan",
        "gh_xyz",
        "gh_0a1b2c3d4e5f0",
        "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        "https://mp.weixin.qq.com/s?__biz=nonsense",
        f"https://evil.example/s?__biz={BIZ}",
        f"https://mp.weixin.qq.com.evil.example/s?__biz={BIZ}",
        "https://weibo.com/u/1234567890",
        "http://[broken",
        "aHR0cHM6Ly9leA==",
        "MHR0cHM6Ly9leA==",
        "gh_0a1b2c3d4e5f gh_0a1b2c3d4e60",
        "gh_0a1b2c3d4e5f-2",
        "微信小程序，原始ID gh_0a1b2c3d4e5f",
        "x" * 2000 + " gh_0a1b2c3d4e5f",
        "x-gh_0a1b2c3d4e5f",
        "微信号：qingshi-gongan",
    ],
)
def test_what_names_no_account_is_not_identified(text: str) -> None:
    assert Wechat().identify(text) is None


def test_the_native_id_is_the_gh_id() -> None:
    info = Wechat.info()
    assert info.preferred == "gh_id"
    assert set(info.schemes) == {"gh_id", "biz", "wxid", "appid"}


@pytest.mark.parametrize(
    ("word", "form"),
    [("订阅号", "订阅号"), ("微信服务号", "服务号"), ("企业号", "企业号"), ("公众号", None)],
)
def test_some_words_for_the_platform_name_its_form(word: str, form: str | None) -> None:
    assert word in Wechat.synonyms
    assert Wechat.forms.get(word) == form


def test_every_form_is_also_a_synonym() -> None:
    assert set(Wechat.forms) <= set(Wechat.synonyms)


def test_the_secret_goes_to_the_call_that_does_not_disturb_other_holders() -> None:
    credential = next(c for c in Wechat.credentials if c.kind == "wechat")
    assert credential.exchange is not None
    assert credential.exchange.url == "https://api.weixin.qq.com/cgi-bin/stable_token"
    assert dict(credential.exchange.extra) == {"grant_type": "client_credential"}
    assert credential.exchange.expired == {40001, 40014, 42001}
    assert (credential.place, credential.per_account) == ("query:access_token", True)


def test_a_wechat_id_may_have_a_dash_and_begins_with_a_letter() -> None:
    pattern = Wechat.schemes["wxid"]
    assert re.fullmatch(pattern, "qingshi-gongan_01")
    assert not re.fullmatch(pattern, "1qingshi")
    assert not re.fullmatch(pattern, "青石公安")
