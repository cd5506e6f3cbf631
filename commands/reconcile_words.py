"""What `reconcile run` says: a table with the counts, an object for programs, or a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.messages import _, language
from registry.text import display_safe
from registry.vocab import code_title

if TYPE_CHECKING:
    from registry.errors import Fault
    from registry.findings.differences import Reconciliation


def tell(
    result: Reconciliation,
    files: Sequence[Path],
    format_: str,
    output: str | None,
    platform: Callable[[str], str],
) -> None:
    """Say it in the format asked for, on the terminal or in a file. Raises Refused."""
    if not result.compared:
        click.echo(_not_compared(), err=format_ != "table")
    if format_ == "table":
        _tell_counts(result, output)
        _tell_sums(result, files)
        return
    from reports.listing import put, write_object
    from reports.reconcile_page import reconciliation_object, render_reconcile_page

    if format_ == "json":
        write_object(reconciliation_object(result, list(map(str, files))), output)
    else:
        page = render_reconcile_page(result, platform=platform)
        put(page.encode("utf-8", "replace"), output)


def load_printing() -> None:
    """Load what `tell` prints a table with."""
    import reports.terminal  # noqa: F401


_MOST_NOTES = 10


def tell_notes(notes: Sequence[Fault]) -> None:
    """Name the cells of an export that were kept although nothing can be read from them."""
    if not notes:
        return
    from commands.faults import fault_lines

    text = _("Note: {count} cells say no day or no number. They are kept as they stand:")
    click.echo(text.format(count=len(notes)), err=True)
    for line in fault_lines(notes, _MOST_NOTES):
        click.echo(line, err=True)


def tell_remarks(remarks: Sequence[str]) -> None:
    """Say what of an export was passed over."""
    for remark in remarks[:_MOST_NOTES]:
        click.echo(display_safe(_("Note: {remark}").format(remark=remark)), err=True)
    if len(remarks) > _MOST_NOTES:
        more = len(remarks) - _MOST_NOTES
        click.echo(_("  … and {more} more.").format(more=more), err=True)


def _not_compared() -> str:
    from reports.reconcile_words import not_compared

    how = _("Export the list of the national system and give it: --national FILE.")
    return f"{not_compared()}{how}"


def _tell_sums(result: Reconciliation, files: Sequence[Path]) -> None:
    from reports.reconcile_words import export_words, how_to_map, state_words, stopping_words

    coverage = result.coverage
    if result.export is not None:
        click.echo(display_safe(export_words(result)))
    click.echo(
        _("Compared: {live} live accounts, {seen} of them seen; {national} national rows.").format(
            live=coverage.live,
            seen=coverage.seen,
            national="–" if coverage.national_rows is None else coverage.national_rows,
        )
    )
    if coverage.unread:
        text = _(
            "{count} of these rows were not compared: their platform is not known, see the workbook."
        )
        click.echo(text.format(count=coverage.unread))
    if coverage.unknown_states:
        text = _(
            "The state of {count} of these rows was not compared: the mapping does not say what its"
            " words mean ({words}). {how}"
        )
        count = sum(coverage.unknown_states.values())
        told = text.format(count=count, words=state_words(coverage), how=how_to_map())
        click.echo(display_safe(told))
    click.echo(
        _("{rows} rows to upload, {held} held back, {review} pairs for a person to decide.").format(
            rows=len(result.upload_rows), held=len(result.held), review=len(result.review)
        )
    )
    if result.changes:
        click.echo(
            _(
                "Since the export before: {came} rows came, {went} went, {unknown} of them to be told by a"
                " person."
            ).format(
                came=len(result.changes.came),
                went=len(result.changes.went),
                unknown=len(result.changes.unidentified),
            )
        )
    for file in files:
        click.echo(_("Written: {file}").format(file=file))
    if result.blocking:
        told = _("{count} open matters stop the upload ({parts}); see the workbook.")
        click.echo(told.format(count=result.blocking, parts=stopping_words(result)))
    elif result.compared:
        passed = stopping_words(result)
        told = (
            _("Nothing stops the upload ({parts}).") if passed else _("Nothing stops the upload.")
        )
        click.echo(told.format(parts=passed))


def _tell_counts(result: Reconciliation, output: str | None) -> None:
    from reports.listing import Column, write_listing

    stopping = result.stopping_codes
    rows = [
        {
            "code": code,
            "title": code_title(code, language()),
            "count": count,
            "stops": code in stopping,
        }
        for code, count in result.counts.items()
    ]
    columns = [
        Column("code", _("Code")),
        Column("title", _("Problem")),
        Column("count", _("Number"), right=True),
        Column("stops", _("Stops the upload")),
    ]
    write_listing(rows, columns, "table", output)
