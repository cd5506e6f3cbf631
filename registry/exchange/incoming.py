"""One file from an office, from its bytes to records: read, header found, recognised, parsed.

The plan builds on what comes out here. Nothing is written, and the file itself is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from registry.errors import BadInput
from registry.exchange.columns import Columns, find_columns, unused_overrides
from registry.exchange.pasted import unfolded
from registry.exchange.readers import read_workbook
from registry.exchange.recognise import Kind, Recognition, recognise_all
from registry.exchange.record import Parsed
from registry.exchange.rows import parse_rows
from registry.exchange.sheets import Sheet, Workbook
from registry.messages import _
from registry.platforms import PlatformCatalogue


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file with its tables found."""

    file: str
    """The file's name, without folders."""
    workbook: Workbook
    tables: tuple[tuple[Sheet, Columns], ...]
    """Every sheet that is not empty, with its columns."""
    recognition: Recognition

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know, in the user's language: hidden rows, contacts found …"""
        return self.workbook.notes + tuple(n for _sheet, table in self.tables for n in table.notes)

    def parse(
        self,
        catalogue: PlatformCatalogue,
        *,
        kind: Kind,
        sender: str = "",
        default_host: str = "",
        year: int | None = None,
        today: date,
    ) -> Parsed:
        """The records of all sheets that name accounts, as `parse_rows`; faults name the file.

        A file without any such sheet is one fault.
        """
        found = [table for table in self.tables if table[1].found] or self.tables[:1]
        parsed = Parsed()
        for sheet, columns in found:
            parsed += parse_rows(
                sheet,
                columns,
                catalogue,
                sender=sender,
                default_host=default_host,
                year=year,
                today=today,
                kind=kind,
            )
        faults = tuple(replace(fault, file=self.file) for fault in parsed.faults)
        return replace(parsed, faults=faults)


def read_incoming(
    path: Path,
    catalogue: PlatformCatalogue,
    overrides: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Incoming:
    """Read a file and find its tables. `overrides` are those of `parse_overrides`.

    `remembered` are those of the sender's earlier lists; a column of theirs may be missing.

    Raises UnreadableFile for what is no table, BadInput for a `--map` column that no sheet has.
    """
    path = Path(path)
    workbook = read_workbook(path)
    sheets = (unfolded(sheet) for sheet in workbook.sheets if sheet.rows)
    settled = {**(remembered or {}), **(overrides or {})}
    tables = tuple((sheet, find_columns(sheet, catalogue, settled)) for sheet in sheets)
    faults = unused_overrides(overrides or {}, [columns for _sheet, columns in tables])
    if faults:
        named = [replace(fault, file=path.name) for fault in faults]
        raise BadInput(_("The column mapping cannot be used."), named)
    return Incoming(path.name, workbook, tables, recognise_all(tables))
