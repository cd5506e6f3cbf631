"""`reconcile apply`: the decisions of a filled-in workbook, shown first and written with --apply."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import listing_options
from registry.messages import _

if TYPE_CHECKING:
    from reconcilers.outcomes import Carried
    from registry.errors import BadInput
    from registry.exchange.decided import DecidedBook

pass_door = click.make_pass_decorator(Door)


@click.command(
    "apply",
    help=_(
        "Read the decisions in a filled-in reconcile.xlsx and show what they come to; --apply drafts"
        " the filings and records the decisions. Nothing is written without --apply."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help=_("Carry out the plan."))
@click.option("--reason", default="", help=_("Why, for rows without a remark."))
@listing_options
@pass_door
def command(
    door: Door, file: Path, apply: bool, reason: str, format_: str, output: str | None
) -> None:
    from reconcilers.deciding import carry_out
    from registry.exchange.decided import read_decided

    book = read_decided(file, today=door.today)
    with door.registry() as registry:
        with registry.write() if apply else registry.trial() as session:
            act = door.act(session, reason, person=apply)
            carried = carry_out(session, book, act, catalogue=door.platforms)
            if carried.faults and (apply or format_ != "json"):
                _tell_edited(book)
                _tell_notes(carried)
                raise _faulty(book, carried)
    if not apply:
        carried = carried.unnumbered()
    _show(door, book, carried, applied=apply, format_=format_, output=output)
    _tell_edited(book)
    _tell_notes(carried)
    if carried.faults:
        raise _faulty(book, carried)


def _faulty(book: DecidedBook, carried: Carried) -> BadInput:
    """All faults of the workbook, before anything else is said of it."""
    from registry.errors import BadInput

    message = _("Nothing was written: {file} has {count} faults.")
    wrong = {(fault.sheet, fault.row) for fault in carried.faults}
    right = sum((row.sheet, row.row) not in wrong for row in carried.outcomes)
    return BadInput(
        message.format(file=book.file, count=len(carried.faults)),
        carried.faults,
        (
            _("Put all of them right and run it again; the {rows} other rows are in order.").format(
                rows=right
            )
            if right
            else _("Put all of them right and run it again.")
        ),
    )


def _tell_edited(book: DecidedBook) -> None:
    """Name every cell that was changed and is not read."""
    if not book.edited:
        return
    from commands.faults import fault_lines

    text = _("Note: {count} cells were changed that are not read; nothing was done about them:")
    click.echo(text.format(count=len(book.edited)), err=True)
    for line in fault_lines(book.edited, len(book.edited)):
        click.echo(line, err=True)


def _tell_notes(carried: Carried) -> None:
    """Name the rows that are in order and about which something is to be known."""
    if not carried.notes:
        return
    from commands.faults import fault_lines

    click.echo(_("Note: {count} rows to look at again:").format(count=len(carried.notes)), err=True)
    for line in fault_lines(carried.notes, len(carried.notes)):
        click.echo(line, err=True)


def _show(
    door: Door,
    book: DecidedBook,
    carried: Carried,
    *,
    applied: bool,
    format_: str,
    output: str | None,
) -> None:
    from reports.decision_plan import decision_columns, decision_lines
    from reports.listing import write_listing, write_object

    if format_ == "json":
        plan = {
            "file": book.file,
            "sha256": book.sha256,
            "applied": applied and not carried.nothing_new,
            "counts": carried.counts,
            "idle": book.idle,
            "faults": carried.faults,
            "edited": book.edited,
            "notes": carried.notes,
            "rows": carried.outcomes,
        }
        write_object(plan, output)
    elif carried.outcomes or output:
        write_listing(carried.outcomes, decision_columns(door.platform_label), format_, output)
    faulty = bool(carried.faults)
    said = carried.outcomes, carried.counts, book.idle
    for line in decision_lines(*said, applied=applied, faulty=faulty):
        click.echo(line, err=format_ != "table")
