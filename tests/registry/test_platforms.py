"""Which platform a word means, and whether an id can be one of that platform."""

from __future__ import annotations

import pytest

from checkers.loading import load_checkers
from registry.errors import NotFound
from registry.platforms import PlatformCatalogue, known_platforms
from registry.vocab import PLATFORM_PATTERN, Identity, Lang, PlatformInfo

WEIBO = PlatformInfo(
    "weibo",
    {"zh": "新浪微博", "en": "Weibo"},
    ("微博", "政务微博"),
    {},
    {"uid": r"\d{6,11}"},
    "uid",
)
WECHAT = PlatformInfo(
    "wechat",
    {"zh": "微信公众号", "en": "WeChat"},
    ("公众号", "微信"),
    {"订阅号": "订阅号", "服务号": "服务号"},
    {"wxid": r"[A-Za-z][\w-]{5,19}", "gh_id": r"gh_[0-9a-f]{12}"},
    "gh_id",
)


def address(text: str) -> Identity | None:
    """Knows Weibo addresses only."""
    head = "https://weibo.com/u/"
    return Identity("weibo", "uid", text[len(head) :], text) if text.startswith(head) else None


CATALOGUE = PlatformCatalogue([WEIBO, WECHAT], address)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("新浪微博", ("weibo", "")),
        (" 微 博 ", ("weibo", "")),
        ("Weibo", ("weibo", "")),
        ("政務微博", ("weibo", "")),
        ("政务微信公众号", ("wechat", "")),
        ("微信公眾號", ("wechat", "")),
        ("微信号", ("wechat", "")),
        ("官方微信", ("wechat", "")),
        ("订阅号", ("wechat", "订阅号")),
        ("微信服務號", ("wechat", "服务号")),
        ("微信公众号（订阅号）", ("wechat", "订阅号")),
        ("微博/微信", None),
        ("号", None),
        ("政务", None),
        ("其他", None),
        ("", None),
    ],
)
def test_a_platform_is_recognised_by_its_spellings(
    text: str, found: tuple[str, str] | None
) -> None:
    assert CATALOGUE.recognise(text) == found


def test_labels_come_in_both_languages_and_an_unknown_platform_is_its_own() -> None:
    assert CATALOGUE.label("weibo") == "新浪微博"
    assert CATALOGUE.label("weibo", Lang.EN) == "Weibo"
    assert CATALOGUE.label("elsewhere") == "elsewhere"


def test_an_unknown_platform_is_refused_with_those_that_are_known() -> None:
    assert CATALOGUE.validate("weibo") == "weibo"
    with pytest.raises(NotFound) as caught:
        CATALOGUE.validate("weixin")
    assert "新浪微博、微信公众号" in caught.value.hint


def test_an_id_is_valid_only_as_a_whole_and_only_on_its_platform() -> None:
    assert CATALOGUE.valid_identifier("weibo", "uid", "1234567890")
    assert not CATALOGUE.valid_identifier("weibo", "uid", "1234567890x")
    assert not CATALOGUE.valid_identifier("wechat", "uid", "1234567890")
    assert not CATALOGUE.valid_identifier("elsewhere", "uid", "1234567890")


def test_the_scheme_of_an_unnamed_id_follows_from_the_platform() -> None:
    assert CATALOGUE.scheme_of("weibo", "1234567890") == "uid"
    assert CATALOGUE.scheme_of("wechat", "gh_0123456789ab") == "gh_id"
    assert CATALOGUE.scheme_of("wechat", "qingshi_fabu") == "wxid"
    assert CATALOGUE.scheme_of("wechat", "青石") is None


def test_an_address_is_asked_of_the_checkers() -> None:
    assert CATALOGUE.identify("https://weibo.com/u/1234567890") == Identity(
        "weibo", "uid", "1234567890", "https://weibo.com/u/1234567890"
    )
    assert CATALOGUE.identify("青石") is None


def test_a_checker_replaces_the_entry_of_a_platform_known_from_sheets_only() -> None:
    own = PlatformInfo("douyin", {"zh": "抖音号"}, ("斗音",), {}, {"sec_uid": "S.+"}, "sec_uid")
    joined = PlatformCatalogue.with_known([own])
    assert joined.label("douyin") == "抖音号"
    assert joined.info("douyin").schemes == {"sec_uid": "S.+"}
    assert joined.recognise("斗音") == joined.recognise("抖音短视频") == ("douyin", "")


def test_every_platform_known_from_sheets_has_a_valid_name_and_finds_itself() -> None:
    catalogue = PlatformCatalogue.with_known([])
    for info in known_platforms():
        assert PLATFORM_PATTERN.fullmatch(info.platform)
        for word in (info.label["zh"], info.label["en"], *info.synonyms):
            assert catalogue.recognise(word) == (info.platform, ""), word


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("青石县官方微博", {"weibo"}),
        ("扫码关注「青石发布」抖音号", {"douyin"}),
        ("微信视频号", {"channels"}),
        ("微博、抖音", {"weibo", "douyin"}),
        ("青石发布", set()),
        ("", set()),
        ("x" * 200 + "微博", set()),
        ("x" * 198 + "微博", {"weibo"}),
    ],
)
def test_platforms_mentioned_anywhere_in_a_text(text: str, platforms: set[str]) -> None:
    catalogue = PlatformCatalogue.with_known(load_checkers().infos())
    assert catalogue.mentioned(text) == platforms
