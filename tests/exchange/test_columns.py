"""The header of a sheet is found, and each title means its field."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from registry.errors import BadInput
from registry.exchange.columns import (
    Columns,
    column_letter,
    find_columns,
    parse_overrides,
    unused_overrides,
)
from registry.exchange.sheets import Cell, Merge, Sheet, build_sheet
from registry.exchange.titles import all_fields, meanings, plain_title, scale_of
from tests.exchange.catalogue import CATALOGUE


def sheet(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = ()) -> Sheet:
    lines = {number: list(row) for number, row in enumerate(rows, 1)}
    return build_sheet("台账", lines, merges=merges)


def fields(columns: Columns) -> dict[str, str]:
    return {column.title: column.field for column in columns.columns}


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("账号名称", "name"),
        ("帳號名稱", "name"),
        ("【账号名称】", "name"),
        ("政务新媒体名称：", "name"),
        ("账号(平台)——原文一格", "name"),
        ("【账号(平台)——原文一格】", "name"),
        ("＊账号名称（必填）", "name"),
        ("主 办 单 位", "host_unit"),
        ("主办单位\n（全称）", "host_unit"),
        ("责任单位", "host_unit"),
        ("主管单位名称", "supervising_unit"),
        ("运维单位", "operator"),
        ("注册平台", "platform"),
        ("新媒體類型", "platform"),
        ("公众号类型", "form"),
        ("账号链接（没链接的填无）", "url"),
        ("微信号", "wxid"),
        ("UID", "uid"),
        ("微信号/UID", "native_id"),
        ("微信号或微博UID", "native_id"),
        ("账号ID", "native_id"),
        ("原始ID（gh_开头）", "gh_id"),
        ("bizid", "biz"),
        ("粉丝量（万）", "followers"),
        ("是否认证", "verified"),
        ("账号认证主体", "verified_subject"),
        ("开通时间", "opened_on"),
        ("主办单位联系人", "contact_name"),
        ("联系方式", "contact_phone"),
        ("分管负责人", "responsible_name"),
        ("经办人及职务", "contact_name"),
        ("负责人手机", "responsible_phone"),
        ("管理员姓名", "admin_name"),
        ("问题/状态", "problem"),
        ("检查时更新日期", "last_update"),
        ("发布條數", "posts_count"),
        ("身份证号码", "ignore"),
        ("联系人身份证号", "ignore"),
    ],
)
def test_a_title_means_its_field(title: str, field: str) -> None:
    assert meanings(title)[0].field == field


@pytest.mark.parametrize(
    "title", ["", "青石发布", "变更前账号名称", "审批意见", "曾用名称", "2024年3月", "甲" * 40]
)
def test_other_titles_mean_nothing(title: str) -> None:
    assert meanings(title) == []


def test_what_only_explains_a_title_is_left_away() -> None:
    assert plain_title("【账号 链接（没链接的填“无”）】：") == "账号链接"
    assert plain_title("（备注）") == "备注"


@pytest.mark.parametrize(
    ("title", "scale"),
    [("粉丝量（万）", 10_000), ("粉丝数(单位：千人)", 1_000), ("粉丝量（個）", 1), ("粉丝数", 1)],
)
def test_a_unit_in_a_title_scales_the_numbers_under_it(title: str, scale: int) -> None:
    assert scale_of(title) == scale


def test_the_header_is_found_below_title_rows() -> None:
    columns = find_columns(
        sheet(
            [
                ["青石县政务新媒体账号统计表", None, None],
                ["填报单位：", "填报人：", "审核人："],
                [],
                ["序号", "单位名称", "账号名称"],
                [1, "青石县公安局", "青石警方"],
            ]
        ),
        CATALOGUE,
    )
    assert columns.header == (4,)
    assert columns.headings == ("青石县政务新媒体账号统计表", "填报单位：", "填报人：", "审核人：")
    assert fields(columns) == {"序号": "sequence", "单位名称": "host_unit", "账号名称": "name"}


def test_a_header_over_two_rows_is_read_together() -> None:
    rows: list[list[Cell]] = [
        ["序号", "账号名称", "联系人", None, "备注"],
        [None, None, "姓名", "电话", None],
        [1, "青石警方", "张三", "13800138000", None],
    ]
    merges = [Merge(1, 2, 1, 3), *(Merge(1, at, 2, at) for at in (0, 1, 4))]
    columns = find_columns(sheet(rows, merges), CATALOGUE)
    assert columns.header == (1, 2)
    assert fields(columns) == {
        "序号": "sequence",
        "账号名称": "name",
        "联系人姓名": "contact_name",
        "联系人电话": "contact_phone",
        "备注": "note",
    }


def test_of_two_columns_for_one_field_the_more_telling_wins() -> None:
    columns = find_columns(sheet([["单位名称", "主办单位", "名称", "账号名称"]]), CATALOGUE)
    assert fields(columns) == {
        "单位名称": "",
        "主办单位": "host_unit",
        "名称": "",
        "账号名称": "name",
    }


def test_a_second_column_of_types_is_the_form() -> None:
    columns = find_columns(sheet([["账号名称", "注册平台", "账号类型"]]), CATALOGUE)
    assert fields(columns)["账号类型"] == "form"
    columns = find_columns(sheet([["账号名称", "账号类型"]]), CATALOGUE)
    assert fields(columns)["账号类型"] == "platform"


def test_a_table_may_have_a_column_of_names_for_each_platform() -> None:
    columns = find_columns(sheet([["主办单位", "微信公众号", "微博名称", "抖音号"]]), CATALOGUE)
    assert [(c.title, c.platform) for c in columns.all("name")] == [
        ("微信公众号", "wechat"),
        ("微博名称", "weibo"),
        ("抖音号", "douyin"),
    ]


def test_a_data_row_is_never_taken_for_the_header() -> None:
    columns = find_columns(sheet([["青石警方", "微信", "青石县公安局"]]), CATALOGUE)
    assert not columns.found
    assert columns.header == ()


def test_a_column_of_mobile_numbers_is_a_contact_whatever_its_title() -> None:
    rows: list[list[Cell]] = [["账号名称", "口令"], ["甲", 13800138000.0], ["乙", "13900139000"]]
    columns = find_columns(sheet(rows), CATALOGUE)
    assert fields(columns)["口令"] == "contact_phone"
    assert columns.notes == ("“口令”列是电话号码，已按联系方式保管。",)


def test_a_column_can_be_named_by_its_title_or_its_letter() -> None:
    overrides = parse_overrides(["刊号=name", "B=host_unit", "备注=ignore"], CATALOGUE)
    columns = find_columns(sheet([["刊号", "某某", "备注", "问题"]]), CATALOGUE, overrides)
    assert fields(columns) == {
        "刊号": "name",
        "某某": "host_unit",
        "备注": "ignore",
        "问题": "problem",
    }
    assert unused_overrides(overrides, [columns]) == []


def test_a_sheet_without_header_is_read_by_letters() -> None:
    overrides = parse_overrides(["A=host_unit", "B=name"], CATALOGUE)
    columns = find_columns(sheet([["青石县公安局", "青石警方"]]), CATALOGUE, overrides)
    assert columns.found
    assert columns.header == ()


def test_every_bad_mapping_is_named_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        parse_overrides(["甲=nonsense", "乙", "=name", "丙=uid"], CATALOGUE)
    assert [fault.message for fault in caught.value.faults] == [
        "--map 甲=nonsense 中没有可用的字段。",
        "--map 乙 中没有可用的字段。",
        "--map =name 中没有可用的字段。",
    ]


def test_a_mapped_column_that_no_sheet_has_is_said() -> None:
    overrides = parse_overrides(["刊号=name"], CATALOGUE)
    columns = find_columns(sheet([["账号名称", "备注"]]), CATALOGUE, overrides)
    (fault,) = unused_overrides(overrides, [columns])
    assert fault.message == "没有名为“刊号”的列。"
    assert fault.remedy == "表中的列有：账号名称、备注。"


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_every_listed_title_means_a_field_that_lists_it() -> None:
    from registry.exchange.titles import columns_data

    for field in all_fields():
        for title in columns_data()["fields"][field]:
            assert field in {meaning.field for meaning in meanings(title)}, title


def test_an_overly_wide_sheet_is_cut_and_said() -> None:
    wide: list[Cell] = ["账号名称", "主办单位", *([None] * 500), "x"]
    columns = find_columns(sheet([wide, ["甲", "青石县公安局"]]), CATALOGUE)
    assert fields(columns) == {"账号名称": "name", "主办单位": "host_unit"}
    assert columns.notes == ("工作表“台账”宽达 503 列，只读取了前 300 列。",)


def test_a_column_of_personal_data_that_nobody_needs_is_left_and_said() -> None:
    columns = find_columns(sheet([["账号名称", "身份证号"]]), CATALOGUE)
    assert columns.notes == ("“身份证号”列未导入。",)
    overrides = parse_overrides(["身份证号=ignore"], CATALOGUE)
    assert find_columns(sheet([["账号名称", "身份证号"]]), CATALOGUE, overrides).notes == ()
