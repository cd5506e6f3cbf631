"""What a file holds once it is read: sheets of rows that keep the sender's own row numbers.

Values are as the file gives them. Nothing is interpreted here: not a title, not a number, not a
date; only the cells of a real vertical merge are filled, because there the sender wrote one value
for all of them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from registry.text import clean

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""One value; None for an empty cell."""

NONE: frozenset[int] = frozenset()
NONE_NAMED: frozenset[str] = frozenset()

NumberedRow = tuple[int, Sequence[Cell]]
"""A row's number in the file, from 1, and its cells; an empty one is None or an empty text."""

_SPREADSHEETS = frozenset((".xlsx", ".xlsm", ".xls", ".ods", ".et"))

Rows = Iterator[tuple[str, Iterator[NumberedRow]]]
"""Sheet after sheet: its name and its rows, each to be read before the next."""


def cell_text(value: Cell) -> str:
    """The value as a person would read it in the sheet: no `.0` behind a whole number."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def written(cell: Cell) -> str:
    """What a person wrote, also where the program made a number or a day of it."""
    midnight = isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second)
    if isinstance(cell, datetime) and midnight:
        return cell.date().isoformat()
    return cell_text(cell).strip()


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows from 1, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty."""

    number: int
    """The sender's own row number, from 1."""
    cells: tuple[Cell, ...]
    hidden: bool = False
    """Hidden or filtered away by the sender; kept all the same."""
    assumed: frozenset[int] = NONE
    """Columns (from 0) filled from the row above by assumption, where nothing shows a merge."""
    filled: frozenset[int] = NONE
    """Columns filled because the cell belongs to a merged range."""

    def at(self, column: int) -> Cell:
        """The value in a column (from 0); None beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of rows."""

    name: str
    rows: tuple[Row, ...]
    hidden: bool = False
    merges: tuple[Merge, ...] = ()
    knows_merges: bool = True
    """False for text formats, which lose the merges of the sheet they were saved from."""

    @property
    def width(self) -> int:
        """The number of columns of the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Workbook:
    """One file as read."""

    sheets: tuple[Sheet, ...]
    sha256: str
    format: str
    """`xlsx`, `xls`, `ods`, `csv` or `html`, by content."""
    notes: tuple[str, ...] = field(default=())
    """What the user should know about how it was read, in the user's language."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One file as it is read. No row is kept."""

    name: str
    sheets: Rows
    sha256: str
    kind: str = ""
    """`csv` for plain text; nothing for a workbook that is taken apart as it is read."""
    until_apart: Callable[[], object] = lambda: None
    """Waits while a workbook is measured; after that the library takes it apart, without Python."""
    hidden: AbstractSet[str] = NONE_NAMED
    """The names of hidden sheets, each at the latest when its rows come."""

    @property
    def disguised(self) -> bool:
        """Plain text under the name of a spreadsheet."""
        return self.kind == "csv" and Path(self.name).suffix.lower() in _SPREADSHEETS


def build_sheet(
    name: str,
    lines: Mapping[int, Sequence[Cell]],
    *,
    hidden: bool = False,
    hidden_rows: frozenset[int] = NONE,
    merges: Iterable[Merge] = (),
    knows_merges: bool = True,
) -> Sheet:
    """A sheet out of rows by number: merges filled down, empty rows dropped.

    Only the first column of a range is filled, and only within its rows.
    """
    merges = tuple(merges)
    filled = _fill_down(lines, merges)
    rows = tuple(
        Row(number, cells, number in hidden_rows, NONE, filled.get(number, NONE))
        for number, line in lines.items()
        if (cells := _values(line)) is not None
    )
    return Sheet(name, rows, hidden, merges, knows_merges)


def rows_of(sheet: Sheet) -> Iterator[NumberedRow]:
    """The rows of a sheet with their numbers."""
    return ((row.number, row.cells) for row in sheet.rows)


def _values(line: Sequence[Cell]) -> tuple[Cell, ...] | None:
    """The cells with None for empty ones; None for a row without any value."""
    cells = tuple([None if cell == "" else cell for cell in line])
    return cells if cells.count(None) < len(cells) else None


def _fill_down(
    lines: Mapping[int, Sequence[Cell]], merges: Sequence[Merge]
) -> dict[int, frozenset[int]]:
    """Fill each vertical merge in place; row number → columns filled."""
    filled: dict[int, frozenset[int]] = {}
    last = max(lines, default=0)
    for merge in merges:
        column = merge.first_column
        top = lines.get(merge.first_row, ())
        value = top[column] if column < len(top) else None
        if value is None or value == "":
            continue
        for number in range(merge.first_row + 1, min(merge.last_row, last) + 1):
            line = lines.get(number)
            # a row that holds nothing of its own stays empty
            if not isinstance(line, list) or not any(c not in ("", None) for c in line):
                continue
            line.extend([None] * (column + 1 - len(line)))
            line[column] = value
            filled[number] = filled.get(number, NONE) | {column}
    return filled
