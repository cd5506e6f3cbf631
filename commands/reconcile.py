"""`reconcile`: ledger, reality and national system side by side, with a workbook of what to fix."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door, folder
from commands.options import DAY, card_options
from commands.reconcile_apply import command as apply
from commands.reconcile_words import tell
from registry.errors import EXIT_GATE
from registry.exchange.national_template import WATCHED
from registry.messages import _
from registry.vocab import DecisionKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.platforms import PlatformCatalogue

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Reconciling: run · apply · decide · explain · approve-duplicate."))
def command() -> None:
    pass


@command.command(help=_("Compare all three pictures; write reconcile.xlsx and upload.xlsx."))
@click.option(
    "--national",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Export of the national system (default: the one kept last)."),
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Its column mapping (default: the shipped one, or as the settings say)."),
)
@click.option(
    "--out",
    default="reconcile-report",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    help=_("Folder for the workbooks."),
)
@click.option(
    "--accept-absent",
    is_flag=True,
    help=_("The export is whole: what it lacks since the last one is gone."),
)
@click.option(
    "--accept-changed",
    multiple=True,
    metavar="FIELD",
    type=click.Choice(WATCHED),
    help=_("The export is right: this field did change in so many rows."),
)
@click.option("--gate", is_flag=True, help=_("Exit 1 while anything stops the upload."))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help=_("How to print it; html is one page with every difference."),
)
@click.option("--output", type=click.Path(dir_okay=False), help=_("Write to this file instead."))
@pass_door
def run(
    door: Door,
    /,
    national: Path | None,
    mapping: Path | None,
    out: Path,
    accept_absent: bool,
    accept_changed: tuple[str, ...],
    gate: bool,
    format_: str,
    output: str | None,
) -> None:
    from commands.flow import export_of, national_mapping, reconcile_all
    from reports.reconcile_book import write_reconcile_book
    from reports.upload import write_upload

    template = national_mapping(door, mapping)
    accept = {*accept_changed, *(["absent"] if accept_absent else [])}
    with door.registry() as registry, registry.write() as session:
        act = door.act(session, _("reconciling"), person=bool(accept))
        export = export_of(door, session, act, national, template, accept)
        result = reconcile_all(door, session, registry.data, act, export)
    folder(out)
    files = [out / "reconcile.xlsx", out / "upload.xlsx"]
    _spare(door, files[0])
    write_reconcile_book(result, files[0], platform=door.platforms.label)
    write_upload(result.upload_rows, files[1], template, door.platforms)
    tell(result, files, format_, output, door.platforms.label)
    if gate and result.blocking:
        raise click.exceptions.Exit(EXIT_GATE)


def _spare(door: Door, file: Path) -> None:
    """Keep what somebody filled in where the new workbook goes."""
    from registry.dates import shanghai_date
    from registry.exchange.decided import is_filled_in
    from reports.files import put_aside

    if is_filled_in(file, today=shanghai_date(door.now)):
        text = _("The workbook there was filled in already; it is kept as {file}.")
        click.echo(text.format(file=put_aside(file)), err=True)


@command.command(help=_("Record for ever that two rows are the same account, or are not."))
@click.argument("left", metavar="ACCOUNT")
@click.argument("right", metavar="ACCOUNT_OR_ROW")
@click.option("--same/--not-same", "same", required=True, help=_("Which of the two."))
@click.option("--reason", default="", help=_("Why; kept with the act."))
@pass_door
def decide(door: Door, left: str, right: str, same: bool, reason: str) -> None:
    from reconcilers.decisions import decide as record
    from reconcilers.explaining import explain as explained

    kind = DecisionKind.SAME if same else DecisionKind.NOT_SAME
    with door.writing(reason, person=True) as (session, act):
        uid, other = _two(session, left, right, door.platforms)
        found = explained(session, uid, other, catalogue=door.platforms, at=door.now)
        record(session, kind, found.left_key, found.right_key, act)
    click.echo(_("Recorded."))


@command.command(help=_("Say why two are, or are not, taken for one account."))
@click.argument("left", metavar="ACCOUNT")
@click.argument("right", metavar="ACCOUNT_OR_ROW")
@card_options
@pass_door
def explain(door: Door, left: str, right: str, format_: str, output: str | None) -> None:
    from reconcilers.explaining import explain as explained
    from reports.explanation import write_explanation

    with door.reading() as session:
        uid, other = _two(session, left, right, door.platforms)
        found = explained(session, uid, other, catalogue=door.platforms, at=door.now)
    write_explanation(found, format_, output)


def _two(session: Session, left: str, right: str, catalogue: PlatformCatalogue) -> tuple[str, str]:
    """The uid of the account, and that of the other; its own words where they name no other one:
    then a row is meant."""
    from registry.accounts import find_account
    from registry.errors import NotFound

    uid = find_account(session, left, catalogue=catalogue).uid
    if right.startswith("outside:"):
        return uid, right
    try:
        other = find_account(session, right, catalogue=catalogue).uid
    except NotFound:
        return uid, right
    return uid, other if other != uid else right


@command.command("approve-duplicate", help=_("Let a unit keep several accounts on a platform."))
@click.argument("unit")
@click.argument("platform")
@click.option("--form", default="", help=_("Form, e.g. 服务号."))
@click.option("--until", type=DAY, help=_("The last day of the exception."))
@click.option("--reason", required=True, help=_("On whose approval."))
@pass_door
def approve_duplicate(
    door: Door, unit: str, platform: str, form: str, until: date | None, reason: str
) -> None:
    from reconcilers.decisions import approve_duplicate as record
    from registry.units import find_unit

    with door.writing(reason, person=True) as (session, act):
        record(
            session,
            find_unit(session, unit).uid,
            door.platforms.named(platform),
            form,
            until,
            act,
        )
    click.echo(_("Recorded."))


command.add_command(apply)
