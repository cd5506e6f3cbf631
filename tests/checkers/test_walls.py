"""Addresses that are a wall whatever was answered there."""

from __future__ import annotations

import pytest

from checkers.base import is_wall_address


@pytest.mark.parametrize(
    "url",
    [
        "https://passport.weibo.com/visitor?entry=1",
        "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc=1",
        "https://www.zhihu.com/SignIn",
        "https://www.example.gov.cn/lo\tgin",
        "https://a.passport.example.com/",
    ],
)
def test_login_visitor_and_captcha_addresses_are_walls(url: str) -> None:
    assert is_wall_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://m.weibo.cn/api/container/getIndex?next=/login",
        "https://www.example.gov.cn/zwgk/loginfo",
        "https://www.example.gov.cn/",
        "",
    ],
)
def test_others_are_none_though_their_query_may_name_one(url: str) -> None:
    assert not is_wall_address(url)
