"""One row under reading: its cells by column, and a note of every fault met on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from registry.errors import Fault
from registry.exchange.cells import CellFault, text_of
from registry.exchange.columns import Column
from registry.exchange.sheets import Row
from registry.messages import _
from registry.text import clean

LONGEST_NAME = 200
_T = TypeVar("_T")
_SEVERAL = re.compile(r"[、；;\r\n]")
_WRAPPED = re.compile(r"(?<=[\u3400-\u9fff])\s*[\r\n]+\s*(?=[\u3400-\u9fff（(])")


class RowCells:
    """The cells of one row. Faults go to the list given, with the sender's own row number."""

    def __init__(self, sheet: str, row: Row, faults: list[Fault]) -> None:
        self.sheet, self.row, self.faults = sheet, row, faults

    def fault(self, column: Column | None, message: str, remedy: str = "") -> None:
        """Note a fault of the cell in that column."""
        title = column.title if column else ""
        self.faults.append(
            Fault(message, remedy, sheet=self.sheet, row=self.row.number, column=title)
        )

    def contradiction(self, column: Column | None, one: str, other: str) -> None:
        """Note that the row says two things of which one must be wrong."""
        self.fault(
            column,
            _("The row says both {one} and {other}.").format(one=one, other=other),
            _("Correct the one that is wrong; one account in a row."),
        )

    def attempt(self, column: Column | None, read: Callable[[], _T]) -> _T | None:
        """What `read` gives, or None with its fault noted."""
        try:
            return read()
        except CellFault as fault:
            self.fault(column, fault.message, fault.remedy)
            return None

    def text(self, column: Column | None) -> str:
        """The text of a cell; empty without a column, for 无 and for a fault."""
        if column is None:
            return ""
        cell = self.row.at(column.index)
        if cell is None:
            return ""
        return self.attempt(column, lambda: text_of(cell)) or ""

    def lines(self, column: Column) -> str:
        """The text of a cell with its line breaks."""
        text, cell = self.text(column), self.row.at(column.index)
        return cell if text and isinstance(cell, str) else text

    def names(self, column: Column | None) -> list[str]:
        """The units a cell names, as printed; a name broken over two lines is one."""
        if column is None:
            return []
        text = self.lines(column)
        if not _SEVERAL.search(text):
            return [name] if (name := self._short(column, clean(text))) else []
        text = _WRAPPED.sub("", text)
        names = [name for part in _SEVERAL.split(text) if (name := clean(part))]
        return [self._short(column, name) for name in names]

    def _short(self, column: Column, name: str) -> str:
        if len(name) > LONGEST_NAME:
            self.too_long(column)
        return name

    def too_long(self, column: Column) -> None:
        """Note a name that no register can hold."""
        self.fault(
            column,
            _("The text is longer than {most} characters.").format(most=LONGEST_NAME),
            _("Shorten it; one account and one unit in a cell."),
        )
