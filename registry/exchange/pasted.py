"""Tables pasted from a web page, where every cell became a line of its own.

Rebuilt only when the lines fit the titles without a rest; otherwise the sheet stays as it is, and
nothing is put together by guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from registry.exchange.sheets import Cell, Sheet, build_sheet, cell_text
from registry.exchange.titles import meanings

_MOST_TITLES = 20
_Line = tuple[int, str]
"""(row number, text) of one line."""


def unfolded(sheet: Sheet) -> Sheet:
    """The table that the lines of a one-column sheet were, or the sheet itself.

    A row's number is that of its first line. With row numbers in the first column, a row that
    lacks one cell has lost that of a merged unit, which is left empty.
    """
    if sheet.width != 1:
        return sheet
    lines = [(row.number, cell_text(row.at(0))) for row in sheet.rows]
    start, fields = _titles([text for _number, text in lines])
    if len(fields) < 2 or "name" not in fields:
        return sheet
    body = lines[start + len(fields) :]
    rows = _numbered(body, fields) if fields[0] == "sequence" else _even(body, len(fields))
    if not rows:
        return sheet
    table: dict[int, list[Cell]] = {number: [text] for number, text in lines[:start]}
    table[lines[start][0]] = [text for _number, text in lines[start : start + len(fields)]]
    table.update(rows)
    return build_sheet(sheet.name, table, hidden=sheet.hidden, knows_merges=False)


def _titles(texts: Sequence[str]) -> tuple[int, list[str]]:
    """Where the titles begin, and the field of each; a run of at least two different ones."""
    for start in range(min(len(texts), _MOST_TITLES)):
        fields: list[str] = []
        for text in texts[start : start + _MOST_TITLES]:
            found = [meaning.field for meaning in meanings(text) if meaning.field not in fields]
            if not found:
                break
            fields.append(found[0])
        if len(fields) >= 2:
            return start, fields
    return 0, []


def _numbered(body: Sequence[_Line], fields: Sequence[str]) -> dict[int, list[Cell]]:
    """Rows that begin with 1, 2, 3 …; empty when a row is neither whole nor short of its unit."""
    width, at, rows = len(fields), 0, dict[int, list[Cell]]()
    unit = fields.index("host_unit") if "host_unit" in fields else 0
    while at < len(body):
        count = len(rows) + 1
        if body[at][1] != str(count):
            return {}
        size = next((n for n in (width, width - 1) if _ends(body, at + n, count + 1)), 0)
        cells: list[Cell] = [text for _number, text in body[at : at + size]]
        if not size or (size < width and not unit):
            return {}
        if size < width:
            cells.insert(unit, None)
        rows[body[at][0]] = cells
        at += size
    return rows


def _ends(body: Sequence[_Line], at: int, following: int) -> bool:
    """True when a row may end before `at`: the next number, or the end of the sheet, stands there."""
    return at == len(body) or (at < len(body) and body[at][1] == str(following))


def _even(body: Sequence[_Line], width: int) -> dict[int, list[Cell]]:
    if len(body) % width:
        return {}
    return {
        body[at][0]: [text for _number, text in body[at : at + width]]
        for at in range(0, len(body), width)
    }
