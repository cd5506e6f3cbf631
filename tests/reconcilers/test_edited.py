"""What a clerk changes in the workbook beside the green cells is named, and the host unit of an account to
be opened has a green cell of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from reports.reconcile_book import write_reconcile_book
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from tests.reconcilers.workbooks import (
    HOST,
    KEY,
    PAIRS,
    carried,
    change,
    fill,
    fill_cell,
    head_of,
    read,
    sheet_of,
    told,
    written,
    wrong,
)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def write_over(path: Path, code: str, title: str, value: Any, which: int = 0) -> Path:
    """Write into the first row of a sheet, under the title (of several: which, from 0)."""

    def edit(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, code)
        head, _columns = head_of(sheet)
        places = [cell.column for cell in sheet[head] if cell.value == title]
        sheet.cell(head + 1, places[which]).value = value

    return change(path, edit)


def edited(path: Path) -> list[tuple[str, int | None, str, str]]:
    return [
        (each.sheet.split()[0], each.row, each.column, each.message) for each in read(path).edited
    ]


def test_a_workbook_that_nobody_edited_says_nothing(county: County, tmp_path: Path) -> None:
    for code in ("RC301", "RC302", "DU401", "CL501"):
        PLANTS[code](county)
    county.report("school1", identifiers={"uid": "1000000045"})
    path = fill(written(county, tmp_path), ("RC301", 1, "不成立", None, "核实过"))
    assert edited(path) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_saved_in_either_language_says_nothing(
    county: County, tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.messages import set_language
    from registry.vocab import Lang

    PLANTS["RC302"](county)
    set_language(Lang(lang))
    try:
        write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=CATALOGUE.label)
    finally:
        set_language(Lang.ZH)
    change(tmp_path / "r.xlsx", lambda book: None)
    assert edited(tmp_path / "r.xlsx") == []


def test_every_edited_cell_is_named_whether_anything_is_decided_or_not(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC301"](county)
    PLANTS["RC306"](county)
    path = write_over(written(county, tmp_path), "RC306", "账号名称", "青石一中官微", 1)
    write_over(path, "RC306", "责任单位", None)
    write_over(path, "RC301", "主办单位", "青石县教育局")
    assert edited(path) == [
        ("RC301", 5, "主办单位", "已改为“青石县教育局”，但这一栏不读取。"),
        ("RC306", 5, "责任单位", "已清空，但这一栏不读取。"),
        ("RC306", 5, "账号名称", "已改为“青石一中官微”，但这一栏不读取。"),
    ]
    remedies = [each.remedy for each in read(path).edited]
    assert HOST in remedies[0] and "taizhang filing change" in remedies[2]
    assert carried(county, path).outcomes == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_cell_that_now_says_what_the_other_side_says_is_named(
    county: County, tmp_path: Path, which: int
) -> None:
    PLANTS["RC306"](county)
    path = written(county, tmp_path)
    sheet = sheet_of(openpyxl.load_workbook(path), "RC306")
    head, _columns = head_of(sheet)
    names = [sheet.cell(head + 1, c.column).value for c in sheet[head] if c.value == "账号名称"]
    assert len(set(names)) == 2
    write_over(path, "RC306", "账号名称", names[1 - which], which)
    assert edited(path) == [
        ("RC306", 5, "账号名称", f"已改为“{names[1 - which]}”，但这一栏不读取。")
    ]


def test_of_two_columns_of_one_title_one_may_be_deleted(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)

    def delete(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, _columns = head_of(sheet)
        sheet.delete_cols(next(c.column for c in sheet[head] if c.value == "账号名称"))

    path = change(written(county, tmp_path), delete)
    assert [each for each in edited(path) if each[2] == "账号名称"] == []


def test_rows_that_are_sorted_or_moved_are_not_edited(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)
    county.report("media", name="青石融媒旧名")
    path = written(county, tmp_path)

    def swap(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, _columns = head_of(sheet)
        for one, other in zip(sheet[head + 1], sheet[head + 2], strict=True):
            one.value, other.value = other.value, one.value

    assert edited(change(path, swap)) == []


def test_a_column_that_was_added_is_named_once(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)
    path = written(county, tmp_path)

    def add(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "RC306")
        head, _columns = head_of(sheet)
        last = sheet.max_column + 1
        sheet.cell(head, last, "我的说明")
        sheet.cell(head + 1, last, "已电话核实")

    ((_sheet, row, column, message),) = edited(change(path, add))
    assert (row, column) == (5, "我的说明")
    assert "已电话核实" in message


def test_a_pair_and_a_workbook_without_the_marks(county: County, tmp_path: Path) -> None:
    county.report("school1", identifiers={"uid": "1000000045"})
    path = write_over(written(county, tmp_path), PAIRS, "主办单位", "青石县教育局")
    assert [each[2] for each in edited(path)] == ["主办单位"]

    def older(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, PAIRS)
        head, columns = head_of(sheet)
        sheet.delete_cols(columns[KEY] + 1)

    assert edited(change(path, older)) == []


# --- the host unit of an account to be opened


def test_an_opening_is_filed_of_the_unit_that_the_clerk_names(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC301"](county)
    path = fill(written(county, tmp_path), ("RC301", 1, "补办开设备案", None, ""))
    fill_cell(path, "RC301", 1, HOST, "青石县民政局")
    ((_code, effect, detail),) = told(carried(county, path))
    assert effect == "filed" and "主办单位“青石县民政局”" in detail
    fill_cell(path, "RC301", 1, HOST, "青石县融媒体中心")
    ((_sheet, _row, column, message),) = wrong(carried(county, path))
    assert column == HOST and "青石县民政局" in message


def test_a_lead_without_a_unit_is_opened_once_one_is_named(county: County, tmp_path: Path) -> None:
    PLANTS["RC305"](county)
    county.report("extra", host_unit="")
    path = fill(written(county, tmp_path), ("RC305", 1, "补办开设备案", None, ""))
    ((_sheet, _row, column, message),) = wrong(carried(county, path))
    assert (column, message) == (HOST, "不知道主办单位是谁。")
    fill_cell(path, "RC305", 1, HOST, "青石县民政局")
    assert [effect for _code, effect, _detail in told(carried(county, path))] == ["filed"]


def test_a_host_unit_beside_another_decision_is_a_fault(county: County, tmp_path: Path) -> None:
    PLANTS["RC301"](county)
    path = fill(written(county, tmp_path), ("RC301", 1, "确认属实", None, ""))
    fill_cell(path, "RC301", 1, HOST, "青石县民政局")
    ((_sheet, _row, column, message),) = wrong(carried(county, path))
    assert (column, message) == (HOST, "填了主办单位，但没有选补办开设备案。")
