"""The rows of a list that were not taken over, as the sender's own sheet with a reason beside each.

Titles, heads and columns stay as they were, so that the file comes back corrected by the same way.
Rows that were taken over are left out; what a row borrowed from one of them is written into it.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from registry.errors import Refused
from registry.exchange.cells import is_ditto
from registry.exchange.columns import Columns
from registry.exchange.incoming import Incoming
from registry.exchange.plan_rows import ImportPlan, PlanRow, Result
from registry.exchange.sheets import Cell, Row, Sheet, cell_text
from registry.messages import _
from registry.names import fold_name
from registry.text import cell_safe, display_safe

REASON_TITLE = "退回原因"
"""Title of the column of reasons, always Chinese: the file goes back to an office. The list of
titles (`columns.toml`) has it under `ignore`."""

_EXACT = 10**15


def is_returned(incoming: Incoming) -> bool:
    """True for rows that were sent back once: not the sender's whole list."""
    wanted = fold_name(REASON_TITLE)
    titles = (column.title for _sheet, table in incoming.tables for column in table.columns)
    return any(fold_name(title) == wanted for title in titles)


def check_name(name: str) -> None:
    """Raise Refused unless the file's name says xlsx or csv."""
    if PurePath(name).suffix.lower() not in {".xlsx", ".csv"}:
        raise Refused(
            _("The rejected rows cannot be written to {name}.").format(name=name),
            _("Give a name that ends in .xlsx or .csv."),
        )


def rejects(incoming: Incoming, plan: ImportPlan, name: str) -> bytes:
    """The file of that name with the rejected rows of the plan.

    Raises Refused for a name of another kind, or for rejected rows of several sheets in a CSV.
    """
    check_name(name)
    tables = list(_tables(incoming, plan))
    if PurePath(name).suffix.lower() == ".xlsx":
        return _xlsx(tables)
    if len(tables) > 1:
        raise Refused(
            _("Rows of {count} sheets are rejected; a CSV file holds one.").format(
                count=len(tables)
            ),
            _("Give a name that ends in .xlsx."),
        )
    return _csv([line for _name, lines in tables for line in lines])


def _tables(incoming: Incoming, plan: ImportPlan) -> Iterator[tuple[str, list[list[Cell]]]]:
    """Each sheet with rejected rows, and its lines."""
    bad: dict[str, dict[int, list[PlanRow]]] = defaultdict(lambda: defaultdict(list))
    good: dict[str, set[int]] = defaultdict(set)
    for row in plan.rows:
        if row.result is Result.REJECTED:
            bad[row.sheet][row.row].append(row)
        else:
            good[row.sheet].add(row.row)
    for sheet, columns in incoming.tables:
        if sheet.name in bad:
            yield sheet.name, list(_lines(sheet, columns, bad[sheet.name], good[sheet.name]))


def _lines(
    sheet: Sheet, columns: Columns, bad: dict[int, list[PlanRow]], good: set[int]
) -> Iterator[list[Cell]]:
    at = next(
        (c.index for c in columns.columns if fold_name(c.title) == fold_name(REASON_TITLE)),
        sheet.width,
    )
    title_row = max(columns.header, default=0)
    for row in _without_ditto(sheet.rows):
        if row.number in good:
            continue
        line = list(row.cells) + [None] * (at + 1 - len(row.cells))
        line[at] = REASON_TITLE if row.number == title_row else None
        if row.number in bad:
            line[at] = "；".join(dict.fromkeys(r for each in bad[row.number] for r in each.reasons))
            _fill_host(line, columns, bad[row.number])
        yield line


def _without_ditto(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with 同上 replaced by what stands above: the row above may be left out."""
    above: tuple[Cell, ...] = ()
    for row in rows:
        cells = row.cells
        if any(is_ditto(cell) for cell in cells):
            last = Row(0, above)
            cells = tuple(last.at(i) if is_ditto(c) else c for i, c in enumerate(cells))
        above = cells
        yield Row(row.number, cells)


def _fill_host(line: list[Cell], columns: Columns, rows: Sequence[PlanRow]) -> None:
    """A unit that the row had from a row above is written into it."""
    column = columns.first("host_unit")
    if column is None or column.index >= len(line) or cell_text(line[column.index]):
        return
    hosts = [row.match.record.host_unit for row in rows if row.match]
    line[column.index] = next((host for host in hosts if host), None)


def _csv(lines: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a BOM, as Excel wants it; nothing in it is run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([cell_safe(display_safe(_text(cell), lines=True)) for cell in line])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return cell if isinstance(cell, str) else cell_text(cell)


def _xlsx(tables: Sequence[tuple[str, Sequence[Sequence[Cell]]]]) -> bytes:
    import xlsxwriter  # slow to load, and reading does not need it

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, (name, lines) in enumerate(tables, 1):
            page = book.add_worksheet(_page_name(name, number))
            for y, line in enumerate(lines):
                for x, cell in enumerate(line):
                    _write(page, y, x, cell, day, moment)
    return made.getvalue()


def _page_name(name: str, number: int) -> str:
    """The sheet's own name as far as Excel allows it, and never twice the same."""
    plain = "".join(" " if char in "[]:*?/\\'" else char for char in display_safe(name)).strip()
    return plain[:27] if number == 1 else f"{plain[:27]}_{number}"


def _write(page: Any, y: int, x: int, cell: Cell, day: Any, moment: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(y, x, cell)
    elif isinstance(cell, int | float) and abs(cell) < _EXACT:
        page.write_number(y, x, cell)
    elif isinstance(cell, datetime) and cell.time() != datetime.min.time():
        page.write_datetime(y, x, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        page.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), day)
    else:
        page.write_string(y, x, display_safe(_text(cell), lines=True)[:32767])
