"""Which texts name a Weibo account, and which only look like it."""

from __future__ import annotations

import pytest

from checkers.weibo import Weibo
from registry.vocab import Identity
from tests.checkers.weibo_answers import UID

WEIBO = Weibo()


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("https://weibo.com/u/1234567890?refer_flag=x", "uid", UID),
        ("weibo.com/1234567890", "uid", UID),
        ("http://www.weibo.com/1234567890/NabcDefGh", "uid", UID),
        ("https://weibo.com/p/1002061234567890/home?from=page", "uid", UID),
        ("https://weibo.com/p/1001061234567890", "uid", UID),
        ("https://weibo.com/p/1006061234567890/home", "uid", UID),
        ("https://m.weibo.cn/u/1234567890", "uid", UID),
        ("https://m.weibo.cn/profile/1234567890", "uid", UID),
        ("https://weibo.cn/1234567890", "uid", UID),
        ("我在看@青石公安 https://weibo.com/u/1234567890，一起来", "uid", UID),
        ("https://weibo.com/qingshigongan", "domain", "qingshigongan"),
    ],
)
def test_an_address_names_its_account(text: str, scheme: str, value: str) -> None:
    found = WEIBO.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("weibo", scheme, value)


def test_an_address_by_nickname_is_kept_as_an_address() -> None:
    url = "https://weibo.com/n/青石公安"
    assert WEIBO.identify(url) == Identity("weibo", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890",
        "青石公安",
        "https://s.weibo.com/weibo?q=青石",
        "https://m.weibo.cn/status/5012345678901234",
        "https://weibo.com/login.php",
        "https://weibo.com/p/1008081234567890",
        "https://weibo.com/p/1001011234567890/home",
        "https://weibo.com/p/1007061234567890",
        "https://weibo.com/p/1000051234567890",
        "https://weibo.com/hot/search",
        "https://t.qq.com/qingshi",
        "https://notweibo.com/u/1234567890",
        "",
    ],
)
def test_what_names_no_account_is_left_alone(text: str) -> None:
    assert WEIBO.identify(text) is None
