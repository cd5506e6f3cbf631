"""`report`: the ledger and the upload sheet as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from commands.door import Door
from commands.options import DAY
from registry.messages import _

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Reports: ledger · upload."))
def command() -> None:
    pass


@command.command(help=_("The ledger as a workbook, table, CSV or JSON; contacts masked."))
@click.option("--as-of", type=DAY, help=_("What held on that day."))
@click.option("--unit", help=_("Only this unit's and those of units below it."))
@click.option("--contacts", is_flag=True, help=_("With contacts, masked."))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["xlsx", "table", "csv", "json"]),
    default="xlsx",
    show_default=True,
    help=_("How to print it."),
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help=_("The file."))
@pass_door
def ledger(
    door: Door,
    as_of: date | None,
    unit: str | None,
    contacts: bool,
    format_: str,
    output: Path | None,
) -> None:
    from registry.queries import Filters
    from registry.queries import ledger as rows_of
    from registry.units.naming import find_unit
    from reports.ledger import write_ledger

    with door.reading() as session:
        filters = Filters(under=find_unit(session, unit).uid if unit else "")
        rows = rows_of(session, as_of=as_of, filters=filters, with_contacts=contacts)
    target = output or (Path("ledger.xlsx") if format_ == "xlsx" else None)
    write_ledger(rows, format_, target, platform=door.platforms.label, at=door.now, as_of=as_of)
    if target:
        click.echo(_("Written: {file}").format(file=target))


@command.command(help=_("Rows to add, change, take offline in the national system."))
@click.option(
    "--output",
    default="upload.xlsx",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("The file."),
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Its column mapping (default: the shipped one, or as the settings say)."),
)
@pass_door
def upload(door: Door, output: Path, mapping: Path | None) -> None:
    from commands.comparing import reconcile_all
    from registry.errors import NotFound
    from registry.exchange.national import kept_last
    from reports.upload import write_upload

    template = door.national_mapping(mapping)
    with door.registry() as registry, registry.trial() as session:
        export = kept_last(session)
        if export is None:
            raise NotFound(
                _("No export of the national system is known."),
                _("Give one with `taizhang reconcile run --national FILE`."),
            )
        result = reconcile_all(door, session, registry.data, door.act(session), export)
    write_upload(result.upload_rows, output, template, door.platforms)
    click.echo(_("Written: {file}").format(file=output))
    if result.held:
        click.echo(
            _("{count} accounts are held back until the ledger is settled.").format(
                count=len(result.held)
            )
        )
