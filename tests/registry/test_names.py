"""Keys of names, full names of units, and what a printed name says beside the name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.accounts.splitting import How, Split, split_accounts, split_cell, split_platform
from registry.names import (
    differ_in_region_only,
    expand_unit,
    fold_name,
    fold_unit,
    region_levels,
    region_parts,
)
from registry.platforms import PlatformCatalogue

CATALOGUE = PlatformCatalogue.with_known([])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青石縣發布", "青石县发布"),
        ("ＡＢ青石", "ab青石"),
        (" 青石 发布\u200b", "青石发布"),
        ("@青石发布", "青石发布"),
        ("美丽丨青石", "美丽|青石"),
        ("美丽·青石", "美丽｜青石"),
        ("青石（发布）", "青石发布"),
        ("青石帐号", "青石账号"),
        ("臺灣街道", "台湾街道"),
    ],
)
def test_the_same_name_written_differently_has_one_key(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)
    assert fold_unit(one) == fold_unit(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青石一中队", "青石二中队"),
        ("青石1号", "青石一号"),
        ("东城发布", "西城发布"),
        ("青石第一小学", "青石小学"),
        ("青石县", "青石"),
    ],
)
def test_ordinals_numbers_directions_and_ranks_keep_names_apart(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_a_name_of_marks_only_has_a_key_of_its_own() -> None:
    assert fold_name("@@") == "@@"


@given(st.text())
def test_folding_a_key_changes_nothing(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)


@given(st.text(alphabet="青石縣发布與丨@ （1Ａ）", min_size=1), st.sampled_from(" \u3000\u200b@丨"))
def test_marks_and_spaces_never_change_a_key(text: str, mark: str) -> None:
    if set(text) & set("青石縣发布與1Ａ"):
        assert fold_name(mark + text + mark) == fold_name(text)


def test_the_converter_of_characters_is_not_loaded_until_a_name_is_folded() -> None:
    code = "import sys, registry.names; sys.exit('opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("short", "sender", "full"),
    [
        ("县公安局", "青石县", "青石县公安局"),
        ("县人民政府办公室", "青石县", "青石县人民政府办公室"),
        ("县公安局", "青石县人民政府办公室", "青石县公安局"),
        ("县公安局", "云川市青石县", "青石县公安局"),
        ("市公安局", "云川市青石县", "云川市公安局"),
        ("青石县公安局", "青石县", "青石县公安局"),
        ("国家税务总局青石县税务局", "青石县", "国家税务总局青石县税务局"),
        ("县公安局", "青石土家族自治县", "青石土家族自治县公安局"),
        ("州公安局", "云川苗族自治州", "云川苗族自治州公安局"),
        ("區公安分局", "石州区", "石州区公安分局"),
        ("区管委会", "青石高新区", "青石高新区管委会"),
        ("市民政局", "云川市", "云川市民政局"),
        ("市政府办公室", "云川市", "云川市政府办公室"),
        ("市场监督管理局", "云川市", "市场监督管理局"),
        ("市市场监督管理局", "云川市", "云川市市场监督管理局"),
        ("市政管理局", "云川市", "市政管理局"),
        ("乡村振兴局", "石桥乡", "乡村振兴局"),
        ("县公安局", "云川市", "县公安局"),
        ("县公安局", "", "县公安局"),
        ("", "青石县", ""),
    ],
)
def test_a_short_unit_name_is_completed_by_the_sender(short: str, sender: str, full: str) -> None:
    expected = full.replace("区公安分局", "區公安分局") if short.startswith("區") else full
    assert fold_unit(expand_unit(short, sender)) == fold_unit(expected)


def test_the_regions_at_the_front_of_a_unit_are_told_from_words_like_them() -> None:
    assert region_levels("云川市青石县城市管理局") == ["云川市", "青石县"]
    assert region_levels("石州市社区服务中心") == ["石州市"]
    assert region_levels("公安局") == []


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("盐城市公安局", ["盐城市"]),
        ("青石城市管理局", []),
        ("云川市青石县城市管理局", ["云川市", "青石县"]),
        ("青石市场监督管理局", []),
        ("青石市市场监督管理局", ["青石市"]),
        ("镇海区教育局", ["镇海区"]),
        ("通州区教育局", ["通州区"]),
        ("靖州苗族侗族自治县教育局", ["靖州苗族侗族自治县"]),
        ("云南州青石水族自治县教育局", ["云南州", "青石水族自治县"]),
        ("青石红旗镇人民政府", []),
    ],
)
def test_words_that_look_like_a_region_are_none(name: str, levels: list[str]) -> None:
    assert region_levels(name) == levels


@pytest.mark.parametrize(
    ("level", "parts"),
    [
        ("青石县", ("青石", "县")),
        ("青石彝族自治县", ("青石", "县")),
        ("云川哈尼族彝族自治州", ("云川", "州")),
        ("黔东南苗族侗族自治州", ("黔东南", "州")),
        ("沛县", ("沛县", "")),
        ("五指山市", ("五指山", "市")),
        ("青石高新区", ("青石", "高新区")),
        ("曲林区", ("曲林", "区")),
    ],
)
def test_a_region_is_known_without_its_peoples_and_division(
    level: str, parts: tuple[str, str]
) -> None:
    assert region_parts(level) == parts


@given(st.text(alphabet="青石县市区公安局州云", max_size=12), st.sampled_from(["青石县", "云川市"]))
def test_expanding_twice_is_expanding_once(short: str, sender: str) -> None:
    once = expand_unit(short, sender)
    assert once.endswith(short[1:]) and expand_unit(once, sender) == once


@pytest.mark.parametrize(
    ("printed", "split"),
    [
        ("青石警方(新浪微博)", Split("青石警方", "weibo", "", How.BRACKET)),
        ("青石警方（抖音）", Split("青石警方", "douyin", "", How.BRACKET)),
        ("【微博】青石警方", Split("青石警方", "weibo", "", How.BRACKET)),
        ("青石政务(微信訂閱號)", Split("青石政务", "wechat", "订阅号", How.BRACKET)),
        ("青石政务微博(政务微博)", Split("青石政务微博", "weibo", "", How.BRACKET)),
        ("青石文旅抖音號", Split("青石文旅", "douyin", "", How.SUFFIX)),
        ("青石文旅官博", Split("青石文旅", "weibo", "", How.SUFFIX)),
        ("青石普法微信", Split("青石普法", "wechat", "", How.SUFFIX)),
        ("青石县官博", Split("青石县官博", "weibo", "", How.SUFFIX)),
        ("青石县人民政府门户网站", Split("青石县人民政府门户网站", "website", "", How.SUFFIX)),
        ("微博", Split("微博")),
        ("(微博)", Split("(微博)")),
        ("青石发布（青石县）", Split("青石发布（青石县）")),
        ("青石发布", Split("青石发布")),
        ("青石)", Split("青石)")),
    ],
)
def test_the_platform_is_taken_out_of_a_name(printed: str, split: Split) -> None:
    assert split_platform(printed, CATALOGUE) == split


@given(st.text(alphabet="青石县微博抖音号（）()【】公众号 @/、“”", max_size=14))
def test_taking_out_the_platform_never_leaves_an_empty_name(text: str) -> None:
    if text.strip():
        assert split_platform(text, CATALOGUE).name
    assert all(split.name for split in split_cell(text, CATALOGUE))


@pytest.mark.parametrize(
    ("cell", "accounts"),
    [
        ("青石发布", ["青石发布"]),
        ("甲、乙；丙", ["甲", "乙", "丙"]),
        ("甲\n乙", ["甲", "乙"]),
        ("“甲、乙”", ["甲", "乙"]),
        ("“甲”“乙”", ["甲", "乙"]),
        ("“甲”、“乙”等", ["甲", "乙"]),
        ("“甲、乙", ["甲", "乙"]),
        ("@甲/乙", ["@甲", "乙"]),
        ("@甲", ["@甲"]),
        ("青石“三农”", ["青石“三农”"]),
        ("甲（微博、微信）", ["甲（微博、微信）"]),
        ("甲/乙", ["甲/乙"]),
        ("", []),
        ("、", []),
    ],
)
def test_several_accounts_in_one_cell_are_parted(cell: str, accounts: list[str]) -> None:
    assert split_accounts(cell) == accounts


def test_a_weibo_and_a_wechat_name_in_one_cell_get_their_platforms() -> None:
    first, second = split_cell("@青石文旅/青石文旅局", CATALOGUE)
    assert first[:2] == ("青石文旅", "weibo")
    assert second[:2] == ("青石文旅局", "wechat")


def test_a_platform_before_or_after_a_quoted_group_holds_for_all_of_it() -> None:
    assert [s[:3] for s in split_cell("抖音号“甲甲、乙乙”", CATALOGUE)] == [
        ("甲甲", "douyin", ""),
        ("乙乙", "douyin", ""),
    ]
    assert [s[:3] for s in split_cell("“甲甲”“乙乙”等微信订阅号", CATALOGUE)] == [
        ("甲甲", "wechat", "订阅号"),
        ("乙乙", "wechat", "订阅号"),
    ]


def test_one_bracket_may_name_several_platforms() -> None:
    assert [s[:2] for s in split_cell("青石发布（微博、微信）", CATALOGUE)] == [
        ("青石发布", "weibo"),
        ("青石发布", "wechat"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("松溪教育局", "松溪县教育局", True),
        ("松溪人民政府办公室", "松溪县人民政府办公室", True),
        ("云川市松溪县教育局", "松溪县教育局", True),
        ("云川市松溪县教育局", "云川松溪教育局", True),
        ("县教育局", "松溪县教育局", True),
        ("松溪縣教育局", "松溪教育局", True),
        ("松溪教育", "松溪县教育局", False),
        ("松溪县人民政府", "松溪人民政府办公室", False),
        ("松溪县教育局", "松溪市教育局", False),
        ("松溪县教育局", "青石县教育局", False),
        ("云川市松溪县教育局", "南川市松溪县教育局", False),
        ("松溪县第一中学", "松溪第二中学", False),
        ("松溪县", "松溪", False),
        ("松溪县教育局", "教育局", False),
    ],
)
def test_names_that_differ_in_their_region_only(one: str, other: str, same: bool) -> None:
    assert differ_in_region_only(one, other) is same
    assert differ_in_region_only(other, one) is same
