"""`todo.xlsx` written: the list of what a person must see, as a form to fill in.

Cells are text, never formulas. Reading the filled-in form is `read_todo`, re-exported here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from registry.dates import SHANGHAI, shanghai_date
from registry.exchange.row_sheet import RowSheet, empty_cell, text_cell
from registry.platforms import PlatformCatalogue
from registry.text import display_safe
from registry.vocab import Lang, label
from sweeps.people.todo import TodoRow, accounts_of, entries_of
from sweeps.people.todo_form import TodoAnswer, TodoForm, read_todo
from sweeps.people.todo_layout import (
    ACCOUNT_COLUMNS,
    ACCOUNTS,
    HEADER,
    HOW,
    MENU_COLUMNS,
    MENUS,
    POINT,
    RISKS,
    TITLE,
    Column,
)

__all__ = ["TodoAnswer", "TodoForm", "read_todo", "write_todo"]


def write_todo(
    path: Path, rows: Sequence[TodoRow], *, at: datetime, platforms: PlatformCatalogue
) -> None:
    """Write the form for time point `at` (UTC). An existing file is replaced."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    ) as book:
        accounts = [_account_cells(row, platforms) for row in accounts_of(rows)]
        _write_sheet(book, ACCOUNTS, ACCOUNT_COLUMNS, accounts, at)
        entries = [_entry_cells(row, platforms) for row in entries_of(rows)]
        if entries:
            _write_sheet(book, MENUS, MENU_COLUMNS, entries, at)


def _account_cells(row: TodoRow, platforms: PlatformCatalogue) -> dict[str, str]:
    known = shanghai_date(row.last_post_at).isoformat() if row.last_post_at else ""
    return {
        **_who(row, platforms),
        "native_id": row.native_id,
        "url": row.url,
        "risk": RISKS[row.risk],
        "reason": label(row.reason, Lang.ZH) if row.reason else "读到的内容不足以判断",
        "known": known,
    }


def _entry_cells(row: TodoRow, platforms: PlatformCatalogue) -> dict[str, str]:
    entry = row.entry
    assert entry is not None
    return {
        **_who(row, platforms),
        "path": entry.path,
        "label": entry.label,
        "kind": label(entry.kind, Lang.ZH),
        "appid": entry.appid,
        "page": entry.page,
        "url": entry.url,
    }


def _who(row: TodoRow, platforms: PlatformCatalogue) -> dict[str, str]:
    platform = platforms.label(row.platform, Lang.ZH)
    return {
        "unit": row.unit,
        "platform": f"{platform}（{row.form}）" if row.form else platform,
        "name": row.name,
        "uid": row.account_uid,
    }


def _write_sheet(
    book: Any, name: str, columns: Sequence[Column], rows: list[dict[str, str]], at: datetime
) -> None:
    sheet = book.add_worksheet(name, RowSheet)
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    fill = book.add_format(
        {"text_wrap": True, "valign": "top", "border": 1, "bg_color": "#FFF8DC", "num_format": "@"}
    )
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#DDE6F0"}
    )
    sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(0, 3, POINT + f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    sheet.write_string(1, 0, HOW)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(HEADER, number, column.title, head)
    look = {False: plain._get_xf_index(), True: fill._get_xf_index()}
    places = [(xl_col_to_name(n), look[c.fill], c.key) for n, c in enumerate(columns)]
    for number, cells in enumerate(rows, HEADER + 1):
        sheet.write_line(number, [_cell(f"{x}{number + 1}", s, cells, k) for x, s, k in places])
    _finish(sheet, columns, len(rows))


def _cell(at: str, style: int, cells: Mapping[str, str], key: str) -> str:
    text = display_safe(cells.get(key, ""))
    return text_cell(at, style, text) if text else empty_cell(at, style)


def _finish(sheet: Any, columns: Sequence[Column], count: int) -> None:
    """Drop-downs, the frozen header and how it prints."""
    last = HEADER + max(count, 1)
    for place, column in enumerate(columns):
        if column.choices:
            sheet.data_validation(
                HEADER + 1,
                place,
                last,
                place,
                {
                    "validate": "list",
                    "source": list(column.choices),
                    "error_title": "请从列表中选择",
                    "error_message": "请从下拉列表中选择查看结果。",
                },
            )
    sheet.freeze_panes(HEADER + 1, 3)
    sheet.autofilter(HEADER, 0, last, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER)
    sheet.set_footer("&C第 &P 页，共 &N 页")
