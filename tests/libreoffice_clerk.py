"""A clerk at LibreOffice Calc: run by a Python that has `uno`, not by the tests' own.

Reads from standard input a JSON list of sittings `{open, titles, fill, save}`, tells on standard
output what each drop-down offered, and ends the office. Every word chosen must stand in its cell's
drop-down; everything else is typed as at the keyboard.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import uno  # type: ignore[import-not-found]

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97"}
PATIENCE = 60.0
"""Seconds until the office must answer."""


def value(name: str, content: Any) -> Any:
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, content
    return made


def desktop(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    until = time.monotonic() + PATIENCE
    while True:
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)


class Sheet:
    """One sheet with its header."""

    def __init__(self, document: Any, start: str, decision: str) -> None:
        names = document.Sheets.ElementNames
        self.sheet = document.Sheets.getByName(next(n for n in names if n.startswith(start)))
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        self.last, self.width = cursor.RangeAddress.EndRow, cursor.RangeAddress.EndColumn
        self.head = next(row for row in range(20) if decision in self.line(row))
        self.titles = self.line(self.head)

    def line(self, row: int) -> list[str]:
        cells = self.sheet.getCellRangeByPosition(0, row, self.width, row)
        return [str(text) for text in cells.DataArray[0]]

    def cell(self, row: int, title: str) -> Any:
        """The cell under a title; `row` from 1 below the header."""
        return self.sheet.getCellByPosition(self.titles.index(title), self.head + row)

    def choose(self, row: int, title: str, word: str) -> list[str]:
        """Choose a word from the cell's drop-down; gives what is offered."""
        cell = self.cell(row, title)
        rule = cell.Validation
        offered = [part.strip('"') for part in rule.Formula1.split(";")]
        if rule.Type.value != "LIST" or word not in offered:
            raise ValueError(f"{word} is not offered: {rule.Type.value} {offered}")
        cell.String = word
        return offered

    def type(self, row: int, title: str, text: str) -> None:
        """Type into a cell: the program makes of it what it makes of typing."""
        self.cell(row, title).FormulaLocal = text

    def sort(self) -> None:
        """Turn the rows round, by their number."""
        rows = self.sheet.getCellRangeByPosition(0, self.head + 1, self.width, self.last)
        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field, field.IsAscending = 0, False
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        uno.invoke(rows, "sort", ((value("SortFields", fields), value("ContainsHeader", False)),))

    def hide(self, row: int) -> None:
        """Hide a row, as a filter does."""
        self.sheet.Rows.getByIndex(self.head + row).IsVisible = False


def sit(office: Any, sitting: dict[str, Any]) -> list[list[str]]:
    """One sitting: open, fill in, save under another name."""
    address = uno.systemPathToFileUrl(sitting["open"])
    document = office.loadComponentFromURL(address, "_blank", 0, (value("Hidden", True),))
    decision, until, remark = sitting["titles"]
    seen = []
    for order in sitting["fill"]:
        sheet = Sheet(document, order["sheet"], decision)
        if order.get("sort"):
            sheet.sort()
        offered = sheet.choose(order["row"], decision, order["decision"])
        if order.get("until"):
            sheet.type(order["row"], until, order["until"])
        if order.get("remark"):
            sheet.type(order["row"], remark, order["remark"])
        if order.get("hide"):
            sheet.hide(order["row"])
        seen.append(offered)
    target = sitting["save"]
    form = value("FilterName", FILTERS[target.rsplit(".", 1)[1]])
    document.storeToURL(uno.systemPathToFileUrl(target), (form,))
    document.close(True)
    return seen


def main() -> None:
    office = desktop(sys.argv[1])
    try:
        told = [sit(office, sitting) for sitting in json.load(sys.stdin)]
    finally:
        office.terminate()
    json.dump(told, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
