"""One thing shown in full: its fields, then what belongs to it in tables. Prints what it is given."""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from registry.messages import language
from reports.cells import clean, one_line, shown
from reports.listing import Column, write_file, write_object


@dataclass(frozen=True, slots=True)
class Section:
    """A list that belongs to the thing shown."""

    key: str
    title: str
    columns: Sequence[Column]


def write_card(
    value: Any,
    fields: Sequence[Column],
    sections: Sequence[Section] = (),
    format: str = "table",
    output: Path | str | None = None,
) -> None:
    """Put out one dataclass or mapping as `table` (lines and tables) or as a JSON object.

    Empty fields and empty sections are left out of the lines, never out of the JSON.
    """
    if format == "json":
        wanted = {column.key: _get(value, column.key) for column in fields}
        wanted |= {section.key: _objects(value, section) for section in sections}
        write_object(wanted, output)
        return
    target = io.StringIO() if output else sys.stdout
    _lines(value, fields, target)
    for section in sections:
        _section(_get(value, section.key), section, target)
    if output and isinstance(target, io.StringIO):
        write_file(output, target.getvalue().encode("utf-8", "replace"))


def flat(card: Any) -> dict[str, Any]:
    """A dataclass that holds a list row under `row`, as one mapping."""
    fields = {field.name: getattr(card, field.name) for field in dataclasses.fields(card)}
    row = fields.pop("row")
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)} | fields


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else getattr(value, key)


def _objects(value: Any, section: Section) -> list[dict[str, Any]]:
    rows = _get(value, section.key)
    return [{column.key: _get(row, column.key) for column in section.columns} for row in rows]


def _lines(value: Any, fields: Sequence[Column], target: TextIO) -> None:
    lang = language().value
    for column in fields:
        printed = one_line(shown(column.read(value), lang))
        if printed:
            target.write(f"{clean(column.title)}: {printed}\n")


def _section(rows: Sequence[Any], section: Section, target: TextIO) -> None:
    from reports import terminal

    if not rows:
        return
    target.write(f"\n{clean(section.title)}\n")
    titles = [clean(column.title) for column in section.columns]
    right = [number for number, column in enumerate(section.columns) if column.right]
    cells = [[column.read(row) for column in section.columns] for row in rows]
    terminal.print_table(titles, cells, right=right, stream=target, lang=language().value)
