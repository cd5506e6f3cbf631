"""Platforms that a person looks at: their words, their ids and their addresses."""

from __future__ import annotations

import re

import pytest

from checkers.loading import load_checkers
from checkers.naming import display_name
from registry.vocab import Identity

CATALOGUE = load_checkers()
SEC_UID = "MS4wLjABAAAAqingshiqingshiqingshiqingshiqingshi0"
BY_HAND = "kuaishou channels baijiahao".split()


@pytest.mark.parametrize("platform", BY_HAND)
def test_a_platform_read_by_hand_has_words_and_no_source(platform: str) -> None:
    checker = CATALOGUE.platforms[platform]
    assert checker.sources == ()
    assert checker.label["zh"] and checker.label["en"] and checker.synonyms


@pytest.mark.parametrize(
    ("text", "platform", "scheme", "value"),
    [
        (f"https://www.douyin.com/user/{SEC_UID}?from=x", "douyin", "sec_uid", SEC_UID),
        (f"https://www.iesdouyin.com/share/user/{SEC_UID}", "douyin", "sec_uid", SEC_UID),
        (
            f"https://www.iesdouyin.com/share/user/98?sec_uid={SEC_UID}",
            "douyin",
            "sec_uid",
            SEC_UID,
        ),
        ("https://www.kuaishou.com/profile/3xqingshi0001x", "kuaishou", "eid", "3xqingshi0001x"),
        ("https://live.kuaishou.com/u/qingshi01", "kuaishou", "kuaishou_id", "qingshi01"),
        (f"https://www.toutiao.com/c/user/token/{SEC_UID}/", "toutiao", "token", SEC_UID),
        ("https://www.toutiao.com/c/user/51234567890/#mid=1", "toutiao", "uid", "51234567890"),
        ("https://space.bilibili.com/123456/dynamic", "bilibili", "mid", "123456"),
        ("https://m.bilibili.com/space/123456", "bilibili", "mid", "123456"),
        (
            "https://www.xiaohongshu.com/user/profile/0123456789abcdef01234567",
            "xiaohongshu",
            "uid",
            "0123456789abcdef01234567",
        ),
        ("https://www.zhihu.com/org/qing-shi-fa-bu/posts", "zhihu", "org", "qing-shi-fa-bu"),
        ("sphQingShi0001x", "channels", "channels_id", "sphQingShi0001x"),
        (
            "https://author.baidu.com/home/1612345678901234",
            "baijiahao",
            "app_id",
            "1612345678901234",
        ),
        (
            "https://baijiahao.baidu.com/u?app_id=1612345678901234",
            "baijiahao",
            "app_id",
            "1612345678901234",
        ),
        ("https://www.thepaper.cn/gov_12345", "thepaper", "pph_id", "12345"),
        ("https://m.thepaper.cn/ppDetail?pphId=12345", "thepaper", "pph_id", "12345"),
        ("https://www.xuexi.cn/lgdata/1qingshi0001.json", "xuexi", "channel", "1qingshi0001"),
        ("https://apps.apple.com/cn/app/qing/id1234567890", "app", "appstore_id", "1234567890"),
        (
            "https://a.app.qq.com/o/simple.jsp?pkgname=cn.gov.qingshi",
            "app",
            "package",
            "cn.gov.qingshi",
        ),
        ("https://appgallery.huawei.com/app/C100123456", "app", "huawei_id", "C100123456"),
        (
            "#小程序://青石政务服务/AbCdEfGh12345",
            "miniprogram",
            "short_link",
            "#小程序://青石政务服务/AbCdEfGh12345",
        ),
    ],
)
def test_an_address_names_its_account(text: str, platform: str, scheme: str, value: str) -> None:
    found = CATALOGUE.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == (platform, scheme, value)


@pytest.mark.parametrize(
    ("text", "platform", "url"),
    [
        (
            "7.99 复制打开抖音，看看【青石发布的作品】 https://v.douyin.com/AbCdEfG/ 快来",
            "douyin",
            "https://v.douyin.com/AbCdEfG/",
        ),
        ("https://v.kuaishou.com/AbCdEf", "kuaishou", "https://v.kuaishou.com/AbCdEf"),
        ("http://xhslink.com/m/AbCdEf", "xiaohongshu", "http://xhslink.com/m/AbCdEf"),
        ("http://www.qingshi.gov.cn/index.html", "website", "http://www.qingshi.gov.cn/index.html"),
        ("www.qingshi.gov.cn", "website", "https://www.qingshi.gov.cn"),
    ],
)
def test_an_address_without_an_id_is_kept_as_an_address(text: str, platform: str, url: str) -> None:
    assert CATALOGUE.identify(text) == Identity(platform, "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        SEC_UID,
        "1234567890",
        "青石发布",
        "无",
        "",
        "https://www.qingshi.gov.cn/art/2026/3/1/art_1.html",
        "https://www.douyin.com/video/7123456789012345678",
        "https://www.bilibili.com/video/BV1xx411c7mD",
        "https://evil.example/?u=https:space.bilibili.com/1",
        "https://zhuanlan.zhihu.com/p/123456",
        "someone@douyin.com",
    ],
)
def test_what_names_no_account_for_certain_is_left_alone(text: str) -> None:
    assert CATALOGUE.identify(text) is None


def test_an_identity_is_an_id_of_its_platform() -> None:
    for info in CATALOGUE.infos():
        for pattern in info.schemes.values():
            assert not re.fullmatch(pattern, "")
        assert info.preferred == next(iter(info.schemes), "")


def test_no_word_means_two_platforms() -> None:
    owners = dict[str, str]()
    for info in CATALOGUE.infos():
        for word in {info.label["zh"], *info.synonyms}:
            assert owners.setdefault(word.casefold(), info.platform) == info.platform, word


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  青石  发布 ", "青石 发布"),
        ("青石交警50622", "青石交警50622"),
        ("undefined", None),
        ("NULL", None),
        ("12345", None),
        ("用户1234567890", None),
        ("手机用户1234567", None),
        ("账号已注销", None),
        ("帐号已注销", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_name_is_told_from_what_stands_in_its_place(raw: object, name: str | None) -> None:
    assert display_name(raw) == name
