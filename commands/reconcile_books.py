"""The workbooks that `reconcile run` leaves: what to fix, and the rows for the next upload."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from commands.door import Door, folder
from commands.second import write_upload_beside
from registry.beside import Second
from registry.dates import shanghai_date
from registry.exchange.decided import is_filled_in
from registry.exchange.national_template import NationalMapping
from registry.findings.differences import Reconciliation
from registry.messages import _
from reports.files import dated, together
from reports.reconcile_book import write_reconcile_book


def write_books(
    result: Reconciliation,
    files: Sequence[Path],
    template: NationalMapping,
    door: Door,
    second: Second,
) -> None:
    """Write the two files, into a folder that is made; a large upload is written by the second Python.

    Raises Refused where one cannot be written; then both are as they were.
    """
    folder(files[0].parent)
    kept = _filled_in(door, files[0])
    with together(files, kept) as made:
        book, upload = made
        finish = write_upload_beside(second, result.upload_rows, upload, template, door.platforms)
        write_reconcile_book(result, book, platform=door.platforms.label)
        finish()
    for name in kept.values():
        text = _("The workbook there was filled in already; it is kept as {file}.")
        click.echo(text.format(file=name), err=True)


def _filled_in(door: Door, file: Path) -> dict[Path, Path]:
    """What somebody filled in where the new workbook goes, with the name by which it is kept."""
    return {file: dated(file)} if is_filled_in(file, today=shanghai_date(door.now)) else {}
