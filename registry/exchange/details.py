"""What a row says of all its accounts alike: dates, counts, states, contacts, remarks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from registry.dates import Span
from registry.exchange.cells import (
    contact_of,
    count_of,
    join_contacts,
    says_never,
    span_of,
    state_of,
    yes_or_no,
)
from registry.exchange.columns import Column, Columns
from registry.exchange.readers import ranges
from registry.exchange.recognise import Kind
from registry.exchange.record import ContactEntry
from registry.exchange.rowcells import RowCells
from registry.exchange.titles import CONTACT_FIELDS
from registry.messages import _
from registry.personal import without_numbers
from registry.text import quoted

_TEXTS = (
    "sequence",
    "verified_subject",
    "purpose",
    "cadence",
    "problem",
    "address",
    "domain_area",
    "national_code",
    "note",
)
_FREE = frozenset({"purpose", "cadence", "problem", "address", "domain_area", "note"})
"""Texts in which anything may stand."""
_YEAR = re.compile(r"\d{4}")


class Details:
    """Reads the plain columns of one sheet."""

    def __init__(
        self,
        columns: Columns,
        expand: Callable[[str], str],
        year: int | None,
        today: date,
        kind: Kind,
    ) -> None:
        self._expand = expand
        self._year, self._today, self._kind = year, today, kind
        self._texts = [(field, c) for field in _TEXTS if (c := columns.first(field))]
        self._counts = [(f, c) for f in ("followers", "posts_count") if (c := columns.first(f))]
        self._units = [(f, c) for f in ("supervising_unit", "operator") if (c := columns.first(f))]
        self._extra = [column for column in columns.columns if not column.field]
        self._opened, self._updated, self._stated, self._verified = (
            columns.first(f) for f in ("opened_on", "last_update", "state", "verified")
        )
        self._contacts = [c for c in columns.columns if c.field in CONTACT_FIELDS]
        self._starred: dict[str, list[int]] = defaultdict(list)
        self._dated: dict[str, set[int]] = defaultdict(set)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was starred in the rows so far, and which years were assumed."""
        starred = _(
            "Column {title}: personal numbers in free text were starred (rows {rows}). Put them"
            " into a column of contacts, e.g. 联系电话."
        )
        dated = _("Column {title}: dates without a year were taken as of {years}; else: --year Y.")
        return (
            *(starred.format(title=t, rows=ranges(rows)) for t, rows in self._starred.items()),
            *(
                dated.format(title=t, years="、".join(map(str, sorted(years))))
                for t, years in self._dated.items()
            ),
        )

    def read(self, cells: RowCells) -> dict[str, Any]:
        """The fields of a record, by name."""
        values: dict[str, Any] = {
            field: self._free(cells, column) if field in _FREE else cells.text(column)
            for field, column in self._texts
        }
        for field, column in self._counts:
            values[field] = self._count(cells, column)
        for field, column in self._units:
            values[field] = self._expand("、".join(cells.names(column)))
        values["opened_on"] = self._span(cells, self._opened)
        values.update(self._last_update(cells, self._updated))
        values.update(self._state(cells, self._stated))
        verified = self._verified
        values["verified"] = yes_or_no(cells.row.at(verified.index)) if verified else None
        values["contacts"] = self._people(cells)
        values["extra"] = {c.title: text for c in self._extra if (text := self._free(cells, c))}
        return values

    def _free(self, cells: RowCells, column: Column) -> str:
        text = cells.text(column)
        kept = without_numbers(text)
        if kept != text:
            self._starred[column.title].append(cells.row.number)
        return kept

    def _count(self, cells: RowCells, column: Column) -> int | None:
        cell = cells.row.at(column.index)
        return cells.attempt(column, lambda: count_of(cell, column.scale))

    def _span(self, cells: RowCells, column: Column | None) -> Span | None:
        if column is None or (cell := cells.row.at(column.index)) is None:
            return None
        span = cells.attempt(column, lambda: span_of(cell, year=self._year, today=self._today))
        if span and self._year is None and isinstance(cell, str) and not _YEAR.search(cell):
            self._dated[column.title].add(span.last.year)
        return span

    def _last_update(self, cells: RowCells, column: Column | None) -> dict[str, Any]:
        if column is not None and says_never(cells.row.at(column.index)):
            return {"never_updated": True}
        return {"last_update": self._span(cells, column)}

    def _state(self, cells: RowCells, column: Column | None) -> dict[str, Any]:
        text = cells.text(column)
        state = state_of(text) if text else None
        if text and state is None and self._kind is Kind.LEDGER:
            cells.fault(
                column,
                _("{value} is no state of an account that is known here.").format(
                    value=quoted(text)
                ),
                _("Write 正常运行, 关停中 or 已注销, or drop the column: --map “TITLE=ignore”."),
            )
        return {"state": state, "state_text": text}

    def _people(self, cells: RowCells) -> tuple[ContactEntry, ...]:
        parts: dict[str, list[tuple[str, str]]] = {}
        for column in self._contacts:
            duty = column.field.split("_")[0]
            found = self._person(cells, column)
            if found:
                parts.setdefault(duty, []).append(found)
        return join_contacts(parts)

    @staticmethod
    def _person(cells: RowCells, column: Column) -> tuple[str, str] | None:
        cell = cells.row.at(column.index)
        return cells.attempt(column, lambda: contact_of(cell)) if cell is not None else None
