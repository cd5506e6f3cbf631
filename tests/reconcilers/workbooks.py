"""A county's reconcile.xlsx written, filled in as a clerk does, and carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from reconcilers.deciding import carry_out
from reconcilers.outcomes import Carried
from registry.actors import get_actor
from registry.dates import shanghai_date
from registry.exchange.decided import DecidedBook, read_decided
from registry.history.writing import Act
from reports.reconcile_book import write_reconcile_book
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County

DECISION, UNTIL, REMARK, KEY = (
    "处理决定",
    "截止日期（暂免、批准时填）",
    "备注（理由）",
    "标识（请勿改动）",
)
FIELDS, NOTICE = "以报送系统为准的栏目（办理变更备案时填，不填为全部）", "公告链接（登记公告时填）"
KEEP = "保留的账号（不选为建议保留的）"
HOST = "主办单位（补办开设备案时填，不填为表中所列）"
PAIRS = "待人工认定"


def written(county: County, folder: Path) -> Path:
    """The workbook of the county as it stands."""
    path = folder / "reconcile.xlsx"
    write_reconcile_book(county.reconcile(), path, platform=CATALOGUE.label)
    return path


def sheet_of(book: openpyxl.Workbook, code: str) -> Worksheet:
    """The sheet of a code, or of the pairs."""
    found: Worksheet = next(sheet for sheet in book if sheet.title.startswith(code))
    return found


def head_of(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The row of the titles and the column of each that is filled in, from 1."""
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if DECISION in row:
            titles = (DECISION, UNTIL, REMARK, KEY, FIELDS, NOTICE, KEEP, HOST)
            return number, {title: row.index(title) + 1 for title in titles if title in row}
    raise AssertionError(f"{sheet.title} takes no decision")


def fill(path: Path, *cells: tuple[str, int, str, Any, str]) -> Path:
    """Fill in (code, row from 1, decision, last day, remark) and save in place."""
    book = openpyxl.load_workbook(path)
    for code, number, decision, until, remark in cells:
        sheet = sheet_of(book, code)
        head, columns = head_of(sheet)
        for title, value in ((DECISION, decision), (UNTIL, until), (REMARK, remark)):
            if value is None and title not in columns:
                continue  # no decision of that sheet ends on a day
            cell = sheet.cell(head + number, columns[title], value)
            if isinstance(value, str):
                cell.data_type = "s"  # what is typed into a text cell is no formula
    book.save(path)
    return path


def fill_cell(path: Path, code: str, number: int, title: str, value: str) -> Path:
    """Fill in one more cell of a row (from 1), by its title."""

    def edit(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, code)
        head, columns = head_of(sheet)
        sheet.cell(head + number, columns[title], value)

    return change(path, edit)


def change(path: Path, edit: Callable[[openpyxl.Workbook], None]) -> Path:
    """Edit the workbook otherwise and save in place."""
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def read(path: Path, today: date | None = None) -> DecidedBook:
    return read_decided(path, today=today or shanghai_date(NOW))


def carried(
    county: County, path: Path, *, by: str = "李静", reason: str = "", at: datetime = NOW
) -> Carried:
    """What the filled-in workbook comes to, done in the county's own transaction."""
    act = Act(get_actor(county.session, by), at, reason)
    return carry_out(county.session, read(path), act, catalogue=CATALOGUE)


def told(result: Carried) -> list[tuple[str, str, str]]:
    """(code, effect, detail) of each row."""
    return [(one.code, one.effect.value, one.detail) for one in result.outcomes]


def wrong(result: Carried) -> list[tuple[str, int | None, str, str]]:
    """(sheet's code, row, column, message) of each fault."""
    return [
        (fault.sheet.split()[0], fault.row, fault.column, fault.message) for fault in result.faults
    ]
