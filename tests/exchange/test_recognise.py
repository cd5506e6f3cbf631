"""A ledger, a problem list and a list of observations are told apart, or asked for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from registry.exchange.columns import find_columns
from registry.exchange.recognise import Kind, recognise, recognise_all
from registry.exchange.sheets import Cell, build_sheet
from tests.exchange.catalogue import CATALOGUE

NAMES: list[Cell] = ["序号", "主办单位", "账号名称"]


def kind(rows: Sequence[Sequence[Cell]], name: str = "表1") -> Kind:
    lines = {number: list(row) for number, row in enumerate(rows, 1)}
    sheet = build_sheet(name, lines)
    return recognise(sheet, find_columns(sheet, CATALOGUE)).kind


@pytest.mark.parametrize(
    ("titles", "row", "expected"),
    [
        ([*NAMES, "发布条数"], [1, "青石县公安局", "甲", 5], Kind.LEDGER),
        (NAMES, [1, "青石县公安局", "甲"], Kind.LEDGER),
        (["账号名称", "bizid"], ["甲", "x"], Kind.LEDGER),
        ([*NAMES, "联系电话", "最后更新时间"], [1, "青石县公安局", "甲"], Kind.LEDGER),
        ([*NAMES, "运行状态"], [1, "青石县公安局", "甲", "正常运行"], Kind.LEDGER),
        ([*NAMES, "问题类别"], [1, "青石县公安局", "甲", "更新不及时"], Kind.PROBLEMS),
        (["账号名称", "问题"], ["甲", "未备案"], Kind.PROBLEMS),
        ([*NAMES, "最后更新时间", "问题"], [1, "乙", "甲", "1月1日", "不合格"], Kind.PROBLEMS),
        ([*NAMES, "备注"], [1, "青石县公安局", "甲", "超过2周未更新"], Kind.PROBLEMS),
        ([*NAMES, "情况"], [1, "青石县公安局", "甲", "僵尸"], Kind.PROBLEMS),
        ([*NAMES, "最后更新时间"], [1, "青石县公安局", "甲", "1月1日"], Kind.OBSERVATIONS),
        (["账号名称", "平台", "最近更新日期"], ["甲", "微博", "1-1"], Kind.OBSERVATIONS),
        (["甲", "乙"], ["丙", "丁"], Kind.UNCLEAR),
    ],
)
def test_a_list_is_told_by_its_columns(titles: list[str], row: list[Cell], expected: Kind) -> None:
    assert kind([titles, row]) is expected


def test_a_ledger_with_a_column_of_problems_must_be_asked_for() -> None:
    titles = [*NAMES, "账号链接", "联系人", "联系电话", "存在问题"]
    row: list[Cell] = [1, "青石县公安局", "甲", "无", "张三", "13800138000", "更新不及时"]
    assert kind([titles, row]) is Kind.UNCLEAR


def test_a_column_of_problems_that_says_none_leaves_it_a_ledger() -> None:
    titles = [*NAMES, "账号链接", "联系人", "联系电话", "存在问题"]
    row: list[Cell] = [1, "青石县公安局", "甲", "无", "张三", "13800138000"]
    assert kind([titles, [*row, "无"], [*row, "正常"], row]) is Kind.LEDGER


def test_links_beside_a_last_update_could_be_either() -> None:
    titles = [*NAMES, "账号链接", "最后更新时间"]
    assert kind([titles, [1, "青石县公安局", "甲", "无", "1月1日"]]) is Kind.UNCLEAR


def test_a_heading_about_problems_over_mere_names_must_be_asked_for() -> None:
    rows: list[list[Cell]] = [
        ["青石县政务新媒体存在问题通报", None, None],
        NAMES,
        [1, "青石县公安局", "甲"],
    ]
    assert kind(rows) is Kind.UNCLEAR
    assert kind([NAMES, [1, "青石县公安局", "甲"]], name="整改清单") is Kind.UNCLEAR


def test_a_blank_form_is_what_its_titles_say() -> None:
    assert kind([[*NAMES, "账号链接", "联系人"]]) is Kind.LEDGER
    assert kind([[*NAMES, "问题类别"]]) is Kind.PROBLEMS


def test_a_file_whose_sheets_differ_must_be_asked_for() -> None:
    tables = []
    row: list[Cell] = [1, "青石县公安局", "甲", "未备案"]
    for titles in (NAMES, [*NAMES, "问题类别"]):
        sheet = build_sheet("表", {1: titles, 2: row[: len(titles)]})
        tables.append((sheet, find_columns(sheet, CATALOGUE)))
    assert recognise_all(tables[:1]).kind is Kind.LEDGER
    assert recognise_all(tables[1:]).kind is Kind.PROBLEMS
    found = recognise_all(tables)
    assert found.kind is Kind.UNCLEAR
    assert found.reasons[0] == "文件中各工作表的性质不同。"
    assert recognise_all([]).kind is Kind.UNCLEAR
