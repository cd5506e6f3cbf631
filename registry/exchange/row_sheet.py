"""A worksheet whose rows are written whole, as XML: the library puts each cell through five calls,
which for a reconciling's workbook takes three times as long.

It rests on how the library writes a row in its `constant_memory` mode; what it writes is read back
by the tests of the workbooks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767
"""UTF-16 units that a cell can hold."""

_SPECIAL = re.compile(r"[&<>]|_x[0-9A-Fa-f]{4}_|\A\s|\s\Z")
_CODE = re.compile(r"(_x[0-9A-Fa-f]{4}_)")
"""What a spreadsheet would take for a character by its number."""


class RowSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """One sheet. Rows come in order, each at once; a row has no cells of another kind."""

    def write_line(self, row: int, cells: Sequence[str], height: float | None = None) -> None:
        """Write a row from its first column on. `row` counts from 0, `height` is in points; without one
        whoever opens the workbook finds it."""
        self._check_dimensions(row, len(cells) - 1)
        self._write_single_row(row)
        high = f' ht="{height:g}" customHeight="1"' if height is not None else ""
        self.fh.write(f'<row r="{row + 1}"{high}>{"".join(cells)}</row>')


def text_cell(at: str, style: int, text: str) -> str:
    """A cell of text, which never becomes a number, a formula or a link. `at`: its place, e.g. A1;
    `text` without control characters."""
    if len(text) > LONGEST // 2:
        text = text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
    if text.isalnum() or not _SPECIAL.search(text):
        return f'<c r="{at}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>'
    text = escape(_CODE.sub(r"_x005F\1", text), quote=False)
    start = f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
    return f"{start}{text}</t></is></c>"


def number_cell(at: str, style: int, number: float) -> str:
    """A cell of a number."""
    return f'<c r="{at}" s="{style}"><v>{number!r}</v></c>'


def empty_cell(at: str, style: int) -> str:
    """A cell that holds nothing and has a look."""
    return f'<c r="{at}" s="{style}"/>'
