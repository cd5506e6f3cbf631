"""What belongs to a person goes to the contacts, is left out, or is starred, and the user is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from registry.exchange.columns import find_columns, parse_overrides
from registry.exchange.record import ContactEntry, Parsed
from registry.exchange.rows import parse_rows
from registry.exchange.sheets import Cell, build_sheet
from registry.personal import without_numbers
from tests.exchange.catalogue import CATALOGUE


def parse(rows: Sequence[Sequence[Cell]], overrides: Sequence[str] = ()) -> Parsed:
    sheet = build_sheet("表1", {number: list(row) for number, row in enumerate(rows, 1)})
    columns = find_columns(sheet, CATALOGUE, parse_overrides(overrides, CATALOGUE))
    return parse_rows(sheet, columns, CATALOGUE, today=date(2024, 8, 1))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("找钱七 13912345678", "找钱七 139****5678"),
        ("李二，139-8765-4321", "李二,139-****-4321"),
        ("电话１３９１２３４５６７８", "电话139****5678"),
        ("身份证532329199001011234", "身份证532***********1234"),
        ("投稿qs_news@qingshi.example", "投稿***@qingshi.example"),
        ("办公电话（0878）8711234", "办公电话（0878）8711234"),
        ("发布 13912345678901 条", "发布 13912345678901 条"),
        ("原始ID gh_13912345678", "原始ID gh_13912345678"),
        ("每日更新，全年无休", "每日更新，全年无休"),
        ("", ""),
    ],
)
def test_personal_numbers_in_free_text_are_starred_and_nothing_else(text: str, kept: str) -> None:
    assert without_numbers(text) == kept


def test_numbers_in_remarks_and_unknown_columns_are_starred_and_the_rows_are_named() -> None:
    parsed = parse(
        [
            ["主办单位", "账号名称", "平台", "备注", "其他事项"],
            ["青石县公安局", "青石警方", "微信", "找钱七 13912345678", "无"],
            ["青石县教育局", "青石教育", "微信", "已认证", "李二 13987654321"],
        ]
    )
    assert [(record.note, dict(record.extra)) for record in parsed.records] == [
        ("找钱七 139****5678", {}),
        ("已认证", {"其他事项": "李二 139****4321"}),
    ]
    assert parsed.notes == (
        "“备注”列文字中含有手机号、身份证号或邮箱（行号：2），已用星号隐去；请填入“联系电话”等联系人列。",
        "“其他事项”列文字中含有手机号、身份证号或邮箱（行号：3），已用星号隐去；请填入“联系电话”等联系人列。",
    )


def test_persons_under_titles_of_their_own_are_contacts() -> None:
    parsed = parse(
        [
            ["主办单位", "账号名称", "平台", "对接人", "QQ"],
            ["青石县公安局", "青石警方", "微信", "郑一", "123456789"],
        ]
    )
    (record,) = parsed.records
    assert record.contacts == (ContactEntry("contact", "郑一", "123456789"),)
    assert dict(record.extra) == {}


def test_whatever_may_not_be_taken_over_is_left_out_however_many_columns_it_has() -> None:
    rows: list[list[Cell]] = [
        ["主办单位", "账号名称", "平台", "身份证号", "登录密码", "审核人", "变更前负责人"],
        ["青石县公安局", "青石警方", "微信", "532329199001011234", "abc123", "周九", "吴十"],
    ]
    (record,) = parse(rows).records
    assert (dict(record.extra), record.contacts) == ({}, ())


def test_several_columns_can_be_left_out_by_hand() -> None:
    rows: list[list[Cell]] = [
        ["主办单位", "账号名称", "平台", "甲", "乙"],
        ["青石县公安局", "青石警方", "微信", "一", "二"],
    ]
    (record,) = parse(rows, ["甲=ignore", "乙=ignore"]).records
    assert dict(record.extra) == {}


def test_a_year_that_was_assumed_is_said() -> None:
    rows: list[list[Cell]] = [
        ["账号名称", "平台", "检查时更新日期", "开设时间"],
        ["青石警方", "微信", "7月16日", "2019年3月"],
        ["青石教育", "微信", "11月2日", "2020年5月1日"],
    ]
    assert parse(rows).notes[-1:] == (
        "“检查时更新日期”列的日期没有年份，按 2023、2024 年读取；如不对，请用 --year 年份 指定。",
    )
