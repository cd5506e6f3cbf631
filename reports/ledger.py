"""The ledger for people: `ledger.xlsx`, CSV or JSON, as it stands or as of a day. It prints the rows
it is given; contacts come masked, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from registry.messages import _
from registry.queries import LedgerRow
from registry.vocab import AccountState
from reports.fields import field_title
from reports.listing import Column, write_listing
from reports.workbook import Book, Cell, Look, SheetColumn, printed_at

_NARROW = ("host_unit", "platform", "form", "name", "state", "native_id", "opened_on", "followers")
"""What a table on a terminal has room for."""

_WIDTHS: Mapping[str, float] = {
    "host_unit": 28,
    "supervising_units": 24,
    "operators": 24,
    "co_hosts": 24,
    "name": 24,
    "native_id": 20,
    "identifiers": 22,
    "verified_subject": 28,
    "url": 36,
    "purpose": 28,
    "contacts": 22,
    "platform": 14,
}
_PRINTED = (
    *("host_unit", "supervising_units", "platform", "form", "name", "native_id"),
    *("verified_subject", "url", "state", "opened_on", "followers", "cadence", "operators"),
    *("co_hosts", "purpose", "identifiers", "contacts"),
)
_MAY_BE_EMPTY = frozenset({"operators", "co_hosts", "identifiers", "contacts", "cadence"})
"""Columns left out of the workbook where no account has anything in them."""


def ledger_columns(platform: Callable[[str], str], contacts: bool = False) -> list[Column]:
    """The columns of a ledger listing, with the printed titles; `platform` prints a platform, and
    with `contacts` a table has room for them too."""
    names = ["uid", *_PRINTED, "region_code", "host_level", "host_kind", "details"]
    return [
        Column(
            name,
            field_title(name),
            table=name in _NARROW or (contacts and name == "contacts"),
            right=name == "followers",
            shown=platform if name == "platform" else None,
        )
        for name in sorted(names, key=lambda name: name not in _NARROW)
    ]


def write_ledger(
    rows: Sequence[LedgerRow],
    format: str,
    output: Path | None = None,
    *,
    platform: Callable[[str], str],
    at: datetime,
    as_of: date | None = None,
) -> None:
    """Put out the ledger as `xlsx` (to a file), or as table, csv or json. Raises Refused."""
    if format == "xlsx":
        write_ledger_book(
            rows, output or Path("ledger.xlsx"), platform=platform, at=at, as_of=as_of
        )
        return
    contacts = any(row.contacts for row in rows)
    write_listing(rows, ledger_columns(platform, contacts), format, output)


def write_ledger_book(
    rows: Sequence[LedgerRow],
    path: Path,
    *,
    platform: Callable[[str], str],
    at: datetime,
    as_of: date | None = None,
) -> int:
    """Write `ledger.xlsx`, the rows in their order; returns the number of rows."""
    names = [n for n in _PRINTED if n not in _MAY_BE_EMPTY or any(_has(r, n) for r in rows)]
    columns = [SheetColumn(_("No."), 6)]
    columns += [SheetColumn(field_title(name), _WIDTHS.get(name, 12)) for name in names]
    columns.append(SheetColumn(field_title("uid"), 38, hidden=True))
    notes = [
        _("As of {at}").format(at=as_of or printed_at(at)),
        _("{count} accounts").format(count=len(rows)),
    ]
    lines = (_line(number, row, names, platform) for number, row in enumerate(rows, start=1))
    with Book(path) as book:
        title = _("Ledger of government new media")
        return book.sheet(_("Ledger"), columns, lines, title=title, notes=notes)


def _line(
    number: int, row: LedgerRow, names: Sequence[str], platform: Callable[[str], str]
) -> list[Any]:
    live = row.state in {AccountState.ACTIVE, AccountState.CLOSING}
    look = Look.PLAIN if live else Look.FAINT
    cells = [Cell(number, Look.CENTRE)]
    for name in names:
        value = getattr(row, name)
        if name == "platform":
            value = platform(value)
        elif name == "identifiers":
            others = ((s, text) for s, text in value.items() if text != row.native_id)
            value = "; ".join(f"{scheme}:{text}" for scheme, text in others)
        cells.append(Cell(value, look))
    return [*cells, row.uid]


def _has(row: LedgerRow, name: str) -> bool:
    """Whether the account has anything for a column; further ids are those beside the native one."""
    if name == "identifiers":
        return any(value != row.native_id for value in row.identifiers.values())
    return bool(getattr(row, name))
