"""The sheet of rows of an export that were compared with no account, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from registry.findings.differences import UnreadRow
from registry.messages import _
from reports.fields import field_title
from reports.workbook import Book, Cell, Look, SheetColumn


def unread_sheet(book: Book, rows: Sequence[UnreadRow]) -> None:
    """One row for each."""
    columns = [
        SheetColumn(_("No."), 5),
        SheetColumn(field_title("row"), 8),
        SheetColumn(field_title("host_unit"), 24),
        SheetColumn(field_title("platform"), 14),
        SheetColumn(field_title("name"), 22),
        SheetColumn(field_title("identifier"), 18),
        SheetColumn(field_title("national_code"), 16),
        SheetColumn(field_title("state"), 10),
        SheetColumn(_("Why"), 30),
        SheetColumn(_("Accounts of the ledger that it may be"), 28),
        SheetColumn(_("What to do"), 40),
    ]
    cells = ([Cell(number, Look.CENTRE), *_row(row)] for number, row in enumerate(rows, start=1))
    title = _("Not compared")
    notes = [
        _("Nobody knows the platform of these rows. The accounts that they may be are not added."),
    ]
    book.sheet(title, columns, cells, title=title, notes=notes)


def _row(row: UnreadRow) -> list[object]:
    return [
        Cell(row.row or "", Look.CENTRE),
        row.host_unit,
        Cell(row.platform, Look.MARKED),
        row.name,
        row.identifier,
        row.national_code,
        row.state,
        _("{word} is no platform that is known here.").format(word=row.platform),
        "、".join(row.accounts),
        _(
            "Have the platform put right in the national system, export the list again and reconcile"
            " anew."
        ),
    ]
