"""The host unit of each row: its cell, a head above it, the row above, or the default.

Whatever is not printed in the row is marked as assumed.
"""

from __future__ import annotations

from typing import Any

from registry.errors import Fault
from registry.exchange.columns import Columns
from registry.exchange.recognise import Kind
from registry.exchange.rowcells import RowCells
from registry.exchange.sheets import Sheet
from registry.messages import _
from registry.names import expand_unit


class Hosts:
    """The units of one sheet, row by row in order."""

    def __init__(
        self, sheet: Sheet, columns: Columns, sender: str, default: str, kind: Kind
    ) -> None:
        self._sheet, self._column = sheet, columns.first("host_unit")
        self._sender = sender
        self._needed = kind is Kind.LEDGER
        self._default = default if self._needed else ""
        self._from_above = kind is Kind.LEDGER and not sheet.knows_merges
        self._above: list[str] = []
        self._section = ""
        self._full: dict[str, str] = {}
        self.unnamed: Fault | None = None
        """The one fault of a sheet in which nothing names a unit."""

    def expand(self, name: str) -> str:
        """The full name of a unit, by the sender's region."""
        if name not in self._full:
            self._full[name] = expand_unit(name, self._sender) if self._sender else name
        return self._full[name]

    def enter_section(self, unit: str) -> None:
        """A head: what stood above it no longer fills what stands below."""
        self._section, self._above = unit, []

    def read(self, cells: RowCells) -> dict[str, Any]:
        """The fields of a record that speak of its host unit."""
        names = cells.names(self._column)
        if names:
            self._above = names
            return self._fields(names, assumed=False)
        if self._section:
            return self._fields([self._section], assumed=False)
        above = self._above if self._from_above else []
        found = above or ([self._default] if self._default else [])
        if not found and self._needed:
            self._missing(cells)
        return self._fields(found, assumed=bool(found))

    def _fields(self, names: list[str], *, assumed: bool) -> dict[str, Any]:
        host = names[0] if names else ""
        full = self.expand(host)
        return {
            "host_unit": host,
            "host_unit_full": full if full != host else None,
            "host_assumed": assumed,
            "co_hosts": tuple(self.expand(name) for name in names[1:]),
        }

    def _missing(self, cells: RowCells) -> None:
        """One fault for the sheet where no column names units, else one for each row."""
        if self._column is not None:
            cells.fault(
                self._column,
                _("The host unit is missing."),
                _("Fill it in, or give --default-host UNIT for all such rows."),
            )
        elif self.unnamed is None:
            self.unnamed = Fault(
                _("No column names the host unit."),
                _("Give it for the whole file: --default-host UNIT."),
                sheet=self._sheet.name,
            )
