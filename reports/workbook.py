"""One look for every workbook: fonts, header, frozen rows, filter, widths, A4 landscape. Outside
text is always a string cell, so that nothing becomes a formula, a number or a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from registry.dates import SHANGHAI
from registry.messages import _, language
from reports.cells import clean, shown
from reports.files import replaced
from registry.exchange.row_sheet import RowSheet, empty_cell, number_cell, text_cell

FONT = "宋体"
"""On every Chinese Windows, in WPS and in Excel."""

_ROW_HEIGHT = 20
_LINE_HEIGHT = 14
_MOST_LINES = 12
"""Points, for 10 point text."""

_SHEET_NAME = 31
_NOT_IN_SHEET_NAME = str.maketrans({char: " " for char in "[]:*?/\\'"})


class Look(StrEnum):
    """How a cell looks."""

    PLAIN = "plain"
    MARKED = "marked"
    """Differs from the other side."""
    FAINT = "faint"
    STRONG = "strong"
    INPUT = "input"
    """To be filled in. What is typed into it stays text."""
    DAY = "day"
    """A day to be filled in."""
    CENTRE = "centre"


class Cell(NamedTuple):
    """A value with its look; a bare value is PLAIN."""

    value: Any
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a sheet."""

    title: str
    width: float = 14
    """In characters; a Chinese one counts two."""
    choices: Sequence[tuple[str, ...]] = ()
    """For each row of the sheet what its drop-down offers; none where the column has none."""
    hidden: bool = False
    band: str = ""
    """The title over this column and its neighbours of the same band."""


class Book:
    """A workbook under way: written whole or not at all, when the block ends."""

    def __init__(self, path: Path, *, author: str = "Taizhang") -> None:
        self.path = Path(path)
        self._author = author

    def __enter__(self) -> Book:
        self._stack = ExitStack()
        made = self._stack.enter_context(replaced(self.path))
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": 10},
        }
        self._book = xlsxwriter.Workbook(str(made), options)
        self._book.set_properties({"author": self._author, "comments": ""})
        self._formats: dict[str, Format] = {}
        self._styles: dict[str, int] = {}
        self._names: set[str] = set()
        self._lang = language().value
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._book.close()  # after a failure too: it removes its own files for the rows
        except BaseException as failure:
            self._stack.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._stack.__exit__(kind, error, trace)

    def format(self, name: str) -> Format:
        """A format of the house by name: a Look, or title, subtitle, band, header."""
        if name not in self._formats:
            self._formats[name] = self._book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "vcenter", **_FORMATS[name]}
            )
        return self._formats[name]

    def sheet(
        self,
        name: str,
        columns: Sequence[SheetColumn],
        rows: Iterable[Sequence[Any]],
        *,
        title: str = "",
        notes: Sequence[str] = (),
        tab: str = "",
        frozen: int = 0,
    ) -> int:
        """A sheet with a header that stays, a filter and a print set-up; returns how many rows.

        `title` and `notes` stand above the header, each in a line of its own; the first `frozen`
        columns stay in sight like the header.
        """
        sheet = self._book.add_worksheet(self._free_name(name), RowSheet)
        if tab:
            sheet.set_tab_color(tab)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, None, {"hidden": column.hidden})
        line = self._heads(sheet, title, notes, len(columns))
        head = self._header(sheet, line, columns)
        sheet.set_default_row(_ROW_HEIGHT)
        letters = [xl_col_to_name(index) for index in range(len(columns))]
        count = 0
        for count, row in enumerate(rows, start=1):
            self._row(sheet, head + count, row, columns, letters)
        sheet.freeze_panes(head + 1, frozen)
        self._finish(sheet, head, count, columns)
        return count

    def _free_name(self, name: str) -> str:
        """A name Excel takes, different from those before whatever the case."""
        base = clean(name).translate(_NOT_IN_SHEET_NAME).strip()[:_SHEET_NAME] or "Sheet"
        found, number = base, 2
        while found.casefold() in self._names:
            tail = f" {number}"
            found, number = base[: _SHEET_NAME - len(tail)] + tail, number + 1
        self._names.add(found.casefold())
        return found

    def _heads(self, sheet: Worksheet, title: str, notes: Sequence[str], width: int) -> int:
        line = 0
        if title:
            sheet.set_row(line, 28)
            self._across(sheet, line, title, "title", width)
            line += 1
        for note in notes:
            sheet.set_row(line, 18)
            self._across(sheet, line, note, "subtitle", width)
            line += 1
        return line

    def _across(self, sheet: Worksheet, line: int, text: str, look: str, width: int) -> None:
        if width > 1:
            sheet.merge_range(line, 0, line, width - 1, "", self.format(look))
        sheet.write_string(line, 0, clean(text), self.format(look))

    def _header(self, sheet: Worksheet, line: int, columns: Sequence[SheetColumn]) -> int:
        """Write the header, with the bands over it if there are any; its row."""
        if any(column.band for column in columns):
            sheet.set_row(line, 20)
            self._bands(sheet, line, columns)
            line += 1
        lines = max(_lines(clean(each.title), each.width) for each in columns if not each.hidden)
        sheet.set_row(line, max(30, lines * _LINE_HEIGHT + 4))
        for index, column in enumerate(columns):
            sheet.write_string(line, index, clean(column.title), self.format("header"))
        return line

    def _bands(self, sheet: Worksheet, line: int, columns: Sequence[SheetColumn]) -> None:
        start = 0
        for index in range(1, len(columns) + 1):
            if index < len(columns) and columns[index].band == columns[start].band:
                continue
            look = self.format("band")
            if index - start > 1:
                sheet.merge_range(line, start, line, index - 1, "", look)
            sheet.write_string(line, start, clean(columns[start].band), look)
            start = index

    def _row(
        self,
        sheet: RowSheet,
        line: int,
        row: Sequence[Any],
        columns: Sequence[SheetColumn],
        letters: Sequence[str],
    ) -> None:
        """Write one row, as high as its longest text asks for."""
        cells, lines = [], 1
        for item, column, letter in zip(row, columns, letters, strict=False):
            value, look = item if type(item) is Cell else (item, Look.PLAIN)
            at, style = f"{letter}{line + 1}", self._style(look)
            if value == "":
                cells.append(empty_cell(at, style))
                continue
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                cells.append(number_cell(at, style, value))
                continue
            plain = type(value) is str and value.isprintable()
            text = value if plain else shown(value, self._lang)
            cells.append(text_cell(at, style, text) if text else empty_cell(at, style))
            if len(text) * 2 > column.width and not column.hidden:
                lines = max(lines, _lines(text, column.width))
        high = min(lines, _MOST_LINES) * _LINE_HEIGHT + 4 if lines > 1 else _ROW_HEIGHT
        sheet.write_line(line, cells, high)

    def _style(self, look: str) -> int:
        """The number of a format in the file."""
        if look not in self._styles:
            self._styles[look] = self.format(look)._get_xf_index()
        return self._styles[look]

    def _finish(
        self, sheet: Worksheet, head: int, count: int, columns: Sequence[SheetColumn]
    ) -> None:
        last = max(count, 1)
        sheet.autofilter(head, 0, head + last, len(columns) - 1)
        for index, column in enumerate(columns):
            for choices, cells in _cells_by_choice(column.choices, head + 1, index):
                sheet.data_validation(
                    cells.split()[0], {**_drop_down(choices), "multi_range": cells}
                )
        shown_last = max((at for at, each in enumerate(columns) if not each.hidden), default=0)
        sheet.print_area(0, 0, head + last, shown_last)
        banded = any(column.band for column in columns)
        print_set_up(sheet, head, [each.width for each in columns if not each.hidden], banded)


_RANGES = 100
"""Stretches of cells that one drop-down is given: programs cap how long the list of them may be."""


def _cells_by_choice(
    choices: Sequence[tuple[str, ...]], first: int, column: int
) -> Iterator[tuple[tuple[str, ...], str]]:
    """(what is offered, the cells as a list of ranges): rows that offer the same share a drop-down.
    `first`: the row of the first; from 0, like the column."""
    letter, at = xl_col_to_name(column), first + 1
    stretches: dict[tuple[str, ...], list[str]] = {}
    for offered, rows in groupby(choices):
        last = at + sum(1 for _row in rows) - 1
        cells = f"{letter}{at}:{letter}{last}" if last > at else f"{letter}{at}"
        stretches.setdefault(offered, []).append(cells)
        at = last + 1
    for offered, found in stretches.items():
        for start in range(0, len(found) if offered else 0, _RANGES):
            yield offered, " ".join(found[start : start + _RANGES])


def _drop_down(choices: Sequence[str]) -> dict[str, Any]:
    """A list to choose from; a word that is not in it is refused as it is typed."""
    return {
        "validate": "list",
        "source": list(choices),
        "ignore_blank": True,
        "error_title": _("Not in the list"),
        "error_message": _("Choose one from the list, or leave the cell empty."),
    }


@lru_cache(4096)
def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is two wide."""
    room = max(width - 1, 1)
    parts = text.split("\n")
    return sum(-(-len(part.encode("gb18030", "replace")) // int(room)) or 1 for part in parts)


_A4, _A3 = 9, 8
_SMALLEST = 0.75
"""To what share of its size a sheet may shrink on A4, which makes 10 points 7½; wider ones go on A3."""
_PRINTABLE = 1047
"""Pixels of a character's measure across A4 on its long side, less the margins."""


def paper_for(widths: Sequence[float]) -> int:
    """A4, or A3 where columns of these widths, in characters, would be too small to read on it."""
    pixels = sum(width * 7 + 5 for width in widths)
    return _A4 if pixels * _SMALLEST <= _PRINTABLE else _A3


def print_set_up(
    sheet: Worksheet, head: int, widths: Sequence[float] = (), banded: bool = False
) -> None:
    """Landscape, one page wide, on A4 or, where that is too small to read, A3; the header with its bands
    on every page, page numbers below."""
    sheet.set_paper(paper_for(widths))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.repeat_rows(head - banded, head)
    sheet.set_footer(f'&C&"{FONT},常规"&9' + _("Page &P of &N"))


_GRID = {"border": 1, "border_color": "#B7BCC4"}
_BODY = {**_GRID, "text_wrap": True}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 16, "bold": True, "font_color": "#1F3864"},
    "subtitle": {"font_color": "#404550"},
    "band": {**_GRID, "bold": True, "align": "center", "bg_color": "#C9D8EE"},
    "header": {
        **_BODY,
        "bold": True,
        "align": "center",
        "bg_color": "#E4ECF7",
        "font_color": "#1F3864",
    },
    Look.PLAIN: dict(_BODY),
    Look.CENTRE: {**_BODY, "align": "center"},
    Look.FAINT: {**_BODY, "font_color": "#404550"},
    Look.STRONG: {**_BODY, "bold": True},
    Look.MARKED: {**_BODY, "bg_color": "#FFF1CC", "font_color": "#B00020", "bold": True},
    Look.INPUT: {**_BODY, "bg_color": "#EEF7EA", "num_format": "@"},
    Look.DAY: {**_BODY, "bg_color": "#EEF7EA", "num_format": "yyyy-mm-dd", "align": "center"},
}


def printed_at(at: datetime) -> str:
    """A moment as documents print it: 2026年11月22日 09:00, or ISO in English."""
    local = at.astimezone(SHANGHAI)
    if language().value == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
