"""Each row offers the decisions that make sense in it, and apply refuses the others of its code."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from registry.vocab import Choice, Lang, NationalState, choices_for, label
from reports.reconcile_book import write_reconcile_book
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from tests.reconcilers.workbooks import (
    HOST,
    DECISION,
    NOTICE,
    carried,
    fill,
    fill_cell,
    head_of,
    sheet_of,
    written,
)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def other_host(county: County) -> None:
    county.report("media", host_unit="青石县民政局")


def unknown_host(county: County) -> None:
    county.report("media", host_unit="青石县传媒中心")


def other_state(county: County) -> None:
    county.report("media", state=NationalState.OFFLINE_REQUESTED)


def nobodys_row(county: County) -> None:
    PLANTS["RC305"](county)
    (key,) = county.national.keys() - county.accounts.keys()
    county.report(key, host_unit="")


CASES: dict[str, tuple[str, Callable[[County], None]]] = {
    **{code: (code, plant) for code, plant in PLANTS.items()},
    "another host": ("RC306", other_host),
    "an unknown host": ("RC306", unknown_host),
    "another state": ("RC306", other_state),
    "nobody's row": ("RC305", nobodys_row),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_row_offers_can_be_carried_out_and_nothing_else(
    county: County, tmp_path: Path, case: str
) -> None:
    code, plant = CASES[case]
    plant(county)
    result = county.reconcile()
    (row,) = (each for each in result.differences if each.code == code)
    write_reconcile_book(result, tmp_path / "a.xlsx", platform=CATALOGUE.label)
    for choice in choices_for(code):
        path = tmp_path / "b.xlsx"
        shutil.copy(tmp_path / "a.xlsx", path)
        day = datetime(2026, 12, 31) if choice in {Choice.WAIVE, Choice.APPROVE} else None
        fill(path, (code, 1, label(choice, Lang.ZH), day, "经核实"))
        if choice is Choice.NOTICE:
            fill_cell(path, code, 1, NOTICE, "https://qingshi.example/notice")
        if choice is Choice.FILE_OPEN and not row.outside.get("host_unit"):
            fill_cell(path, code, 1, HOST, "青石县民政局")
        with county.session.begin_nested() as trial:
            faults = carried(county, path).faults
            trial.rollback()
        county.session.expire_all()
        faults = [fault for fault in faults if "taizhang unit add" not in fault.remedy]
        assert bool(faults) is (choice not in row.choices), (choice, faults)


def offers(path: Path, code: str, count: int) -> list[set[str]]:
    """The drop-down of each of the first rows of a sheet."""
    sheet = sheet_of(openpyxl.load_workbook(path), code)
    head, columns = head_of(sheet)
    cells = [sheet.cell(head + n, columns[DECISION]).coordinate for n in range(1, count + 1)]
    return [
        {
            word
            for rule in sheet.data_validations.dataValidation
            if cell in rule.sqref
            for word in str(rule.formula1).strip('"').split(",")
        }
        for cell in cells
    ]


def test_an_alias_is_offered_where_the_host_units_differ(county: County, tmp_path: Path) -> None:
    county.report("school1", name="青石一中")
    unknown_host(county)
    county.report("pension", name="青石养老")
    path = written(county, tmp_path)
    always = {"更正报送系统", "不成立", "暂免"}
    told = offers(path, "RC306", 3)
    assert sorted(map(sorted, told)) == sorted(
        sorted(each)
        for each in (
            always | {"办理变更备案"},
            always | {"办理变更备案"},
            always | {"办理变更备案", "是主办单位的别名"},
        )
    )


def test_only_a_row_of_the_national_system_can_be_taken_offline(
    county: County, tmp_path: Path
) -> None:
    county.account("again", "青石融媒发布", "青石县融媒体中心", reported=None)
    county.report("school1", identifiers={"uid": "1000000045"})
    path = written(county, tmp_path)
    kinds = [pair.outside_kind.value for pair in county.reconcile().review]
    told = offers(path, "待人工认定", len(kinds))
    assert sorted(zip(kinds, map(len, told), strict=True)) == [("account", 2), ("national_row", 3)]
