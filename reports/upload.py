"""`upload.xlsx`: exactly the rows to add, change and take offline in the national system, in its own
template. One producer for `report upload` and for reconciling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from registry.exchange.national_template import NationalMapping
from registry.exchange.own_books import UPLOAD
from registry.findings.differences import UploadAct, UploadRow
from registry.messages import _
from registry.platforms import PlatformCatalogue
from reports.reconcile_words import act_title
from reports.workbook import Book, Cell, Look, SheetColumn


def write_upload(
    rows: Sequence[UploadRow],
    path: Path,
    mapping: NationalMapping,
    catalogue: PlatformCatalogue,
) -> dict[UploadAct, int]:
    """Write the three sheets; returns the rows of each. Raises Refused.

    Each sheet is the template and nothing else: titles in the first row, so that it can be handed
    in as it is. Changed cells are marked.
    """
    columns = [SheetColumn(column.title, column.width) for column in mapping.columns]
    counts: dict[UploadAct, int] = {}
    with Book(path) as book:
        for act in UploadAct:
            chosen = [row for row in rows if row.act is act]
            lines = _lines(chosen, mapping, catalogue)
            counts[act] = book.sheet(act_title(act), columns, lines)
        _explanation(book, counts, sum(not row.account_uid for row in rows))
    return counts


def _lines(
    rows: Sequence[UploadRow], mapping: NationalMapping, catalogue: PlatformCatalogue
) -> Iterator[list[Any]]:
    for row in rows:
        cells = mapping.cells(row.entry, catalogue)
        yield [
            Cell(text, Look.MARKED if column.field in row.changed else Look.PLAIN)
            for column, text in zip(mapping.columns, cells, strict=True)
        ]


def _explanation(book: Book, counts: dict[UploadAct, int], decided: int) -> None:
    """`decided`: rows that no account answers to, or a second one, and that a person wants gone."""
    columns = [
        SheetColumn(_("Sheet"), 16),
        SheetColumn(_("Rows"), 8),
        SheetColumn(_("Use"), 70),
        SheetColumn(UPLOAD, 10, hidden=True),
    ]
    rows: list[list[Any]] = [
        [
            act_title(UploadAct.ADD),
            counts[UploadAct.ADD],
            _("Accounts of the ledger that are missing there."),
        ],
        [
            act_title(UploadAct.CHANGE),
            counts[UploadAct.CHANGE],
            _("Rows that stand there with other values; changed cells are marked."),
        ],
        [act_title(UploadAct.OFFLINE), counts[UploadAct.OFFLINE], _offline_use(counts, decided)],
    ]
    notes = [
        _("Contacts are not in it: add them in the national system if it asks for them."),
        _("Accounts kept back stand in reconcile.xlsx, with what is to be settled first."),
    ]
    book.sheet(_("Explanation"), columns, rows, title=_("Rows for the upload"), notes=notes)


def _offline_use(counts: dict[UploadAct, int], decided: int) -> str:
    """Why rows go offline; where there are both reasons, how many for each."""
    cancelled = counts[UploadAct.OFFLINE] - decided
    closed = _("Accounts that are cancelled and still run there.")
    wanted = _("Rows that a person decided to have taken offline there; the ledger lacks them.")
    if not decided:
        return closed
    if not cancelled:
        return wanted
    return f"{cancelled}: {closed} {decided}: {wanted}"
