"""`init`, `upgrade`, `verify`, `backup`, `restore`: the registry as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import REGION_CODE, Words
from registry.errors import EXIT_USAGE
from registry.messages import _
from registry.vocab import UnitLevel

if TYPE_CHECKING:
    from registry.db import Registry
    from sweeps.evidence.intact import Found

pass_door = click.make_pass_decorator(Door)


@click.command(help=_("Create a registry, and seed the rules of a jurisdiction."))
@click.option("--jurisdiction", metavar="UNIT", help=_("The office whose rules hold, in full."))
@click.option("--level", type=Words(UnitLevel), help=_("Its level."))
@click.option("--region-code", type=REGION_CODE, help=_("Its region code, six digits (GB/T 2260)."))
@click.option("--parent", metavar="UNIT", help=_("The unit above it, which approves after it."))
@pass_door
def init(
    door: Door,
    jurisdiction: str | None,
    level: str | None,
    region_code: str | None,
    parent: str | None,
) -> None:
    from registry.db import create, shown

    registry = create(door.location, door.data)
    try:
        if jurisdiction:
            from registry.filings.jurisdictions import found_office

            with registry.write() as session:
                found_office(
                    session,
                    jurisdiction,
                    act=door.act(session, "init"),
                    level=UnitLevel(level) if level else None,
                    region_code=region_code,
                    parent=parent,
                )
    finally:
        registry.close()
    click.echo(_("Registry created: {where}").format(where=shown(door.location)))


@click.command(help=_("Bring a registry to this version. Copy database and data folder first."))
@pass_door
def upgrade(door: Door) -> None:
    from registry import db

    db.upgrade(door.location, door.data).close()
    click.echo(_("The registry has version {version}.").format(version=db.head()))


@click.command(help=_("Check history, papers and protections; name the first broken row."))
@click.option(
    "--anchor",
    metavar="SEQ:HASH",
    is_flag=False,
    flag_value="",
    help=_("Without a value: print the anchor to note elsewhere. With one: check it."),
)
@pass_door
def verify(door: Door, anchor: str | None) -> None:
    from registry.db import open_unchecked
    from registry.history.verify import verify as run

    registry = open_unchecked(door.location, door.data)
    try:
        report = run(registry, anchor=anchor or None)
        evidence = _evidence(registry)
    finally:
        registry.close()
    problems = [*report.problems, *evidence.problems]
    for problem in problems:
        click.secho(str(problem), fg="red", err=True)
    for note in (*report.notes, *evidence.notes):
        click.echo(_("Mind: {note}").format(note=note), err=True)
    if anchor == "" and not problems:
        click.echo(report.anchor)
        return
    if problems:
        count = len(problems)
        click.echo(_("{count} problems found.").format(count=count), err=True)
        raise click.exceptions.Exit(EXIT_USAGE)
    click.echo(_("All in order. Anchor: {anchor}").format(anchor=report.anchor))


def _evidence(registry: Registry) -> Found:
    from sqlalchemy import func, select

    from commands.progress import steps
    from registry.models import Run
    from sweeps.evidence.intact import check
    from sweeps.run import evidence_folder

    with registry.read() as session:
        runs = session.scalar(select(func.count(Run.id))) or 0
        with steps(_("Reading the evidence"), runs) as tell:
            return check(session, evidence_folder(registry), tell)


@click.command(help=_("Write one archive: database, attachments, on request the evidence."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--evidence", is_flag=True, help=_("With the evidence of the sweeps."))
@pass_door
def backup(door: Door, file: Path, evidence: bool) -> None:
    from registry.keeping.backup import backup as run

    with door.registry() as registry:
        run(registry, file, evidence=evidence, now=door.now)
    click.echo(_("Backup written: {file}").format(file=file))


@click.command(help=_("Unpack an archive into the place named by --db, which must be empty."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_door
def restore(door: Door, file: Path) -> None:
    from registry.db import shown
    from registry.keeping.backup import restore as run

    run(file, door.location, door.data)
    click.echo(_("Restored to {where}.").format(where=shown(door.location)))
