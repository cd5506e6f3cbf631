"""Turns the rows of a sheet into records of accounts, and says everything that is wrong at once.

It writes nothing and knows no ledger: whether an account is new, changed or gone is the plan's
business. A row with a fault gives no record; what could be read of it stands under `rejected`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from registry.accounts.splitting import How, Split, split_cell
from registry.errors import Fault
from registry.exchange.cells import CellFault, is_ditto, text_of
from registry.exchange.columns import Column, Columns
from registry.exchange.details import Details
from registry.exchange.hosts import Hosts
from registry.exchange.identities import Held, Identities
from registry.exchange.recognise import Kind
from registry.exchange.record import Parsed, Record, Skipped
from registry.exchange.rowcells import LONGEST_NAME, RowCells
from registry.exchange.sections import RowKind, RowSorter, Section
from registry.exchange.sheets import Cell, Row, Sheet
from registry.messages import _, language
from registry.platforms import PlatformCatalogue, Recognised
from registry.text import clean, quoted

_PASSED_OVER: dict[RowKind, Callable[[], str]] = {
    RowKind.SECTION: lambda: _("A heading between the rows."),
    RowKind.HEADER: lambda: _("The header once more."),
    RowKind.TOTAL: lambda: _("A total."),
    RowKind.FOOTNOTE: lambda: _("A footnote."),
    RowKind.FILLER: lambda: _("A filler row."),
    RowKind.EXAMPLE: lambda: _("An example row."),
}
_QUIET = frozenset(
    {"sequence", "host_unit", "supervising_unit", "operator", "platform", "form", "name"}
)
"""Fields that may stand in a row for a unit without accounts."""


def parse_rows(
    sheet: Sheet,
    columns: Columns,
    catalogue: PlatformCatalogue,
    *,
    sender: str = "",
    default_host: str = "",
    year: int | None = None,
    today: date,
    kind: Kind = Kind.LEDGER,
) -> Parsed:
    """The records of one sheet.

    `sender` completes short unit names, `default_host` answers for accounts where no unit is
    named, `year` is that of dates without one, `today` is the day in Shanghai. Only a ledger needs
    host units, and only there are empty unit cells of a text file filled from above.
    """
    if not columns.found:
        return Parsed(faults=(_no_names(sheet),))
    hosts = Hosts(sheet, columns, sender, clean(default_host), kind)
    details = Details(columns, hosts.expand, year, today, kind)
    return _Reader(sheet, columns, catalogue, hosts, details).read()


def _no_names(sheet: Sheet) -> Fault:
    return Fault(
        _("No column of account names was found."),
        _("Name it: --map “TITLE=name”, or by its letter: --map B=name."),
        sheet=sheet.name,
    )


class _Reader:
    """One sheet under way."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Columns,
        catalogue: PlatformCatalogue,
        hosts: Hosts,
        details: Details,
    ) -> None:
        self.sheet, self.columns, self.catalogue = sheet, columns, catalogue
        self.hosts, self.details = hosts, details
        self.records: list[Record] = []
        self.rejected: list[Record] = []
        self.faults: list[Fault] = []
        self.skipped: list[Skipped] = []
        self._identities = Identities(columns, catalogue, not sheet.knows_merges)
        self._sorter = RowSorter(sheet, columns, catalogue)
        self._section = Section()
        self._sheet_platform = catalogue.recognise(sheet.name)
        self._above: tuple[Cell, ...] = ()
        self._names = columns.all("name")
        self._platforms, self._forms = columns.first("platform"), columns.first("form")

    def read(self) -> Parsed:
        """All rows below the header."""
        start = max(self.columns.header, default=0)
        for row in self.sheet.rows:
            if row.number > start:
                self._row(row)
        if self.hosts.unnamed:
            self.faults.insert(0, self.hosts.unnamed)
        return Parsed(
            tuple(self.records),
            tuple(self.faults),
            tuple(self.rejected),
            tuple(self.skipped),
            self.details.notes,
        )

    def _row(self, row: Row) -> None:
        kind = self._sorter.kind(row)
        if kind is RowKind.ACCOUNT:
            self._accounts(self._without_ditto(row))
            return
        if kind is RowKind.SECTION:
            text = next((t for cell in reversed(row.cells) if (t := _plain(cell))), "")
            if self._section.enter(text, self.catalogue):
                self.hosts.enter_section(self._section.unit)
        self._skip(row, _PASSED_OVER[kind]())

    def _skip(self, row: Row, reason: str) -> None:
        self.skipped.append(Skipped(self.sheet.name, row.number, reason))

    def _without_ditto(self, row: Row) -> Row:
        """The row with 同上 replaced by what stands above."""
        if any(is_ditto(cell) for cell in row.cells):
            above = Row(0, self._above)
            cells = (above.at(i) if is_ditto(c) else c for i, c in enumerate(row.cells))
            row = replace(row, cells=tuple(cells))
        self._above = row.cells
        return row

    # --- one row ------------------------------------------------------------------------------

    def _accounts(self, row: Row) -> None:
        before = len(self.faults)
        cells = RowCells(self.sheet.name, row, self.faults)
        held: list[Held] = []
        whole: list[str] = []
        for column in self._names:
            some = self._held(cells, column)
            held += some
            whole += [clean(cells.text(column)) if len(some) > 1 else ""] * len(some)
        if not held:
            self._no_account(cells, before)
            return
        self._identities.read(cells, held)
        common = {**self.hosts.read(cells), **self.details.read(cells)}
        records = [
            self._record(row, cell, account, common)
            for cell, account in zip(whole, held, strict=True)
        ]
        (self.records if len(self.faults) == before else self.rejected).extend(records)

    def _held(self, cells: RowCells, column: Column) -> list[Held]:
        """The accounts of one name cell with their platforms."""
        given, how = self._platform(cells, column)
        text = cells.lines(column)
        if not text:
            return []
        splits = split_cell(text, self.catalogue, suffixes=given is None)
        if any(len(split.name) > LONGEST_NAME for split in splits):
            cells.too_long(column)
        held = [self._placed(cells, column, split, given, how) for split in splits]
        if any(split.how is How.SUFFIX for split in splits):
            for account, split in zip(held, split_cell(text, self.catalogue, suffixes=False)):
                account.whole = split.name
        return held

    def _no_account(self, cells: RowCells, before: int) -> None:
        """A row without a name: a unit without accounts is passed over, anything else a fault."""
        told = [c for c in self.columns.columns if c.field not in _QUIET]
        if len(self.faults) > before:
            return
        if any(_plain(cells.row.at(column.index)) for column in told):
            cells.fault(
                self._names[0],
                _("The row names no account."),
                _("Write the account's name, or delete the row."),
            )
        else:
            self._skip(cells.row, _("A row without an account."))

    # --- platforms ----------------------------------------------------------------------------

    def _platform(self, cells: RowCells, name: Column) -> tuple[Recognised | None, How]:
        """The platform that anything but the name itself gives: its column, a head, the sheet."""
        form = self._form(cells)
        if name.platform:
            return (name.platform, name.form or form[1]), How.COLUMN
        column = self._platforms
        text = cells.text(column)
        found = self.catalogue.recognise(text) if text else None
        if found:
            return (found[0], found[1] or (form[1] if form[0] == found[0] else "")), How.COLUMN
        if text:
            cells.fault(
                column,
                _("{value} is no platform that is known here.").format(value=quoted(text)),
                _("Write one platform, e.g. 微信公众号, 新浪微博, 抖音; one account in a row."),
            )
        if form[0]:
            return form, How.COLUMN
        return self._section.platform or self._sheet_platform, How.SECTION

    def _form(self, cells: RowCells) -> Recognised:
        """What a separate column of forms (订阅号, 服务号) says."""
        text = cells.text(self._forms)
        found = self.catalogue.recognise(text) if text else None
        return found if found and found[1] else ("", "")

    def _placed(
        self, cells: RowCells, column: Column, split: Split, given: Recognised | None, how: How
    ) -> Held:
        """One account with its platform: the column's, else its own mark, else a head's."""
        own = split.platform
        if given is None or (own and how is How.SECTION):
            return Held(split.name, "", own or "", split.form, split.how or How.HABIT)
        if own and own != given[0]:
            label, lang = self.catalogue.label, language()
            cells.contradiction(column, label(given[0], lang), label(own, lang))
        form = given[1] or (split.form if own == given[0] else "")
        return Held(split.name, "", given[0], form, how)

    def _record(self, row: Row, cell: str, account: Held, common: dict[str, Any]) -> Record:
        values = {**common, "extra": {**common["extra"], **account.extra}}
        return Record(
            sheet=self.sheet.name,
            row=row.number,
            name=account.name,
            platform=account.platform,
            form=account.form,
            platform_how=account.how,
            identifiers=account.identifiers,
            url=account.url,
            split_from=cell,
            hidden=row.hidden,
            **values,
        )


def _plain(cell: Cell) -> str:
    try:
        return text_of(cell)
    except CellFault:
        return ""
