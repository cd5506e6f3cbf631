"""Tables of an HTML page, which many systems export under the name .xls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.exchange.sheets import Cell, Merge, Sheet, build_sheet

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_SPAN = 100_000
_MAX_COLUMNS = 1_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_AWAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*collapse", re.I)


def looks_like_html(head: bytes) -> bool:
    """True when the first bytes are those of a page."""
    plain = head.replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \r\n\t").lower()
    return plain.startswith(b"<") and bool(
        re.search(rb"<(?:!doctype html|html|table|head|meta)\b", plain)
    )


def read_tables(text: str, sheet_name: str) -> list[Sheet]:
    """One sheet for each table that holds no other table."""
    from lxml import html

    parser = html.HTMLParser(no_network=True, huge_tree=False)
    page = html.document_fromstring(_DECLARATION.sub("", text) or "<p/>", parser=parser)
    tables = [table for table in page.iter("table") if next(table.iterdescendants("table"), 0) == 0]
    sheets = []
    for position, table in enumerate(tables, 1):
        name = sheet_name if len(tables) == 1 else f"{sheet_name} {position}"
        sheets.append(_read_table(table, name))
    return [sheet for sheet in sheets if sheet.rows]


def _read_table(table: HtmlElement, name: str) -> Sheet:
    lines: dict[int, list[Cell]] = {}
    merges: list[Merge] = []
    hidden: set[int] = set()
    taken: dict[int, int] = {}
    for number, row in enumerate(table.iter("tr"), 1):
        if _AWAY.search(row.get("style") or ""):
            hidden.add(number)
        lines[number] = _read_row(row, number, taken, merges)
    return build_sheet(name, lines, hidden_rows=frozenset(hidden), merges=merges)


def _read_row(
    row: HtmlElement, number: int, taken: dict[int, int], merges: list[Merge]
) -> list[Cell]:
    """The cells of a row; `taken` holds, by column, the last row of a merge from above."""
    line: list[Cell] = []
    for cell in row.iterchildren("td", "th"):
        while taken.get(len(line), 0) >= number:
            line.append(None)
        column = len(line)
        down, across = _span(cell, "rowspan", _MAX_SPAN), _span(cell, "colspan", _MAX_COLUMNS)
        if column + across > _MAX_COLUMNS:
            break
        line.extend([_text(cell), *([None] * (across - 1))])
        if down > 1 or across > 1:
            merges.append(Merge(number, column, number + down - 1, column + across - 1))
            taken.update({at: number + down - 1 for at in range(column, column + across)})
    return line


def _span(cell: HtmlElement, name: str, most: int) -> int:
    given = (cell.get(name) or "").strip()
    return min(max(int(given), 1), most) if given.isascii() and given.isdigit() else 1


def _text(cell: HtmlElement) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = str(cell.text_content()).split("\n")
    return "\n".join(line for part in lines if (line := " ".join(part.split())))
