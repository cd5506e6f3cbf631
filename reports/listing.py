"""The one way in which every command puts out a listing: table, CSV or JSON, to the terminal or to
a file. It prints what it is given; it selects and sorts nothing.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from registry.messages import _, language
from reports.cells import clean, csv_safe, jsonable, shown
from reports.files import write_file

__all__ = ["Column", "ListingFormat", "put", "write_file", "write_listing", "write_object"]


class ListingFormat(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: which field of the row, and its printed title."""

    key: str
    """The model's field name: an attribute of the row or a key of it. The key of the JSON."""
    title: str
    table: bool = True
    """False for what is too wide for a terminal and stands in CSV and JSON only."""
    right: bool = False
    """True for figures."""
    shown: Callable[[Any], str] | None = None
    """How people read it, where the value alone does not say it (a platform's printed name); the
    JSON keeps the value."""

    def read(self, row: Any) -> Any:
        """The value for table and CSV."""
        value = _field(row, self.key)
        return self.shown(value) if self.shown and value not in (None, "") else value


def write_listing(
    rows: Sequence[Any],
    columns: Sequence[Column],
    format: ListingFormat | str = ListingFormat.TABLE,
    output: Path | str | None = None,
    lang: str | None = None,
    *,
    stream: TextIO | None = None,
) -> None:
    """Put out `rows` (dataclasses, mappings or anything with attributes) under `columns`.

    Without `output` it goes to `stream` (standard output by default). CSV is UTF-8 with a BOM,
    under the printed titles, with labels for enums and nothing that a spreadsheet would run as a
    formula. JSON is a list of objects with enums by value and times ISO 8601 with +08:00.
    Raises Refused when `output` cannot be written.
    """
    lang = lang or language().value
    match ListingFormat(format):
        case ListingFormat.CSV:
            put(_csv(rows, columns, lang), output, stream)
        case ListingFormat.JSON:
            objects = [{c.key: jsonable(_field(row, c.key)) for c in columns} for row in rows]
            put(_json(objects), output, stream)
        case ListingFormat.TABLE:
            _table(rows, columns, output, lang, stream)


def write_object(
    value: Any, output: Path | str | None = None, *, stream: TextIO | None = None
) -> None:
    """Put out one dataclass or mapping (a plan, a run with its counts) as a JSON object."""
    put(_json(jsonable(value)), output, stream)


def _field(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key)


def _csv(rows: Iterable[Any], columns: Sequence[Column], lang: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([csv_safe(column.title) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(column.read(row), lang) for column in columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv_cell(value: Any, lang: str) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)  # a minus sign of a figure is not a formula
    return csv_safe(shown(value, lang))


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _table(
    rows: Sequence[Any],
    columns: Sequence[Column],
    output: Path | str | None,
    lang: str,
    stream: TextIO | None,
) -> None:
    from reports import terminal  # rich is slow to load and only a table needs it

    chosen = [column for column in columns if column.table]
    titles = [clean(column.title) for column in chosen]
    right = [number for number, column in enumerate(chosen) if column.right]
    cells = [[column.read(row) for column in chosen] for row in rows]
    target = io.StringIO() if output is not None else stream
    terminal.print_table(titles, cells, right=right, stream=target, lang=lang)
    if not rows and output is None and stream is None:
        print(_("Nothing to list."))
    if output is not None and isinstance(target, io.StringIO):
        write_file(output, target.getvalue().encode("utf-8", "replace"))


def put(data: bytes, output: Path | str | None, stream: TextIO | None = None) -> None:
    """UTF-8 text to a file, else to `stream`, standard output by default. Raises Refused."""
    if output is not None:
        write_file(output, data)
        return
    stream = stream or sys.stdout
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(data.decode())
        return
    # The bytes are UTF-8 whatever code page the console has.
    stream.flush()
    raw.write(data)
    raw.flush()
