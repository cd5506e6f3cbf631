"""The cells of an export of the national system, a column at a time: as texts, each distinct one once.
It knows no field and no row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, time
from itertools import compress
from typing import TypeVar

from registry.exchange.sheets import Cell, cell_text
from registry.text import clean, fold_width

ROUNDED = 10**15
"""From 16 digits on a spreadsheet has rounded what it holds as a number."""

TEXT = frozenset((str,))

Texts = dict[str, list[str]]
"""Field → the texts of a stretch of rows."""

_Told = TypeVar("_Told")


class Words(dict[str, str]):
    """A cell's text → what is meant, one copy of each."""

    def __init__(self, empty: Collection[str]) -> None:
        super().__init__((word, "") for word in empty)

    def __missing__(self, text: str) -> str:
        cleaned = clean(text)
        self[text] = meant = self.setdefault(cleaned, cleaned)
        return meant


def half_width(texts: list[str]) -> list[str]:
    """The texts in half-width forms; a column that has no others is looked through as one."""
    return texts if "".join(texts).isascii() else list(map(fold_width, texts))


def text_of(cell: Cell) -> str:
    """The cell as printed; a day that a spreadsheet keeps as midnight is a day."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell_text(cell)


def by_column(rows: Sequence[Sequence[Cell]], width: int) -> list[Sequence[Cell]]:
    """The columns of rows, of which some may be shorter than the header."""
    if any(len(row) < width for row in rows):
        rows = [[*row, *[None] * (width - len(row))] for row in rows]
    return list(zip(*rows, strict=False))


def each_of(tell: Callable[[str], _Told], texts: Sequence[str]) -> list[_Told]:
    """What `tell` says of each text, asked once of equal ones."""
    told = {text: tell(text) for text in dict.fromkeys(texts)}
    return list(map(told.__getitem__, texts))


def where(column: Sequence[object], value: object) -> Iterator[int]:
    return (at for at, each in enumerate(column) if each == value)


def rounded(column: Sequence[Cell]) -> Iterator[tuple[int, Cell]]:
    """Ids that were kept as numbers too long for a spreadsheet."""
    if set(map(type, column)) <= TEXT:
        return
    for at, cell in enumerate(column):
        if isinstance(cell, (int, float)) and abs(cell) >= ROUNDED:
            yield at, cell


def only(wanted: Sequence[bool], numbers: list[int], texts: Texts) -> tuple[list[int], Texts]:
    """The rows that are wanted."""
    if all(wanted):
        return numbers, texts
    kept = {field: list(compress(column, wanted)) for field, column in texts.items()}
    return list(compress(numbers, wanted)), kept
