"""`evidence`: the WARC files of sweeps, and letting go of old ones that nothing rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import listing_options
from registry.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.keeping.retention import EvidenceFile
    from reports.listing import Column

MOST_FILES, MOST_FINDINGS = 10, 3
"""So many files are named that findings keep, and so many of those of each."""

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Evidence files of sweeps: list · prune."))
def command() -> None:
    pass


@command.command("list", help=_("List the evidence files and how many findings rest on each."))
@listing_options
@pass_door
def list_(door: Door, format_: str, output: str | None) -> None:
    from registry.keeping.retention import evidence_files
    from reports.listing import write_listing
    from sweeps.run import evidence_folder

    with door.registry() as registry, registry.read() as session:
        files = evidence_files(session, evidence_folder(registry), door.today)
    write_listing(files, _columns(), format_, output)


@command.command(
    help=_("Remove evidence older than the policy that no finding rests on; without --apply, list.")
)
@click.option(
    "--keep-days",
    type=click.IntRange(1, 36500),
    help=_("Days to keep (default: [evidence] keep_days in the settings, else 730)."),
)
@click.option("--apply", "really", is_flag=True, help=_("Remove them; what was removed is noted."))
@listing_options
@pass_door
def prune(
    door: Door, keep_days: int | None, really: bool, format_: str, output: str | None
) -> None:
    from commands.notifying import warn
    from commands.progress import steps
    from registry.keeping import retention
    from reports.listing import write_listing
    from sweeps.run import evidence_folder

    days = keep_days or max(door.settings.evidence.keep_days, 1)
    with door.registry() as registry, registry.write() if really else registry.read() as session:
        folder = evidence_folder(registry)
        files = retention.evidence_files(session, folder, door.today)
        doomed = [file for file in files if file.may_go(days)]
        if really and doomed:
            act = door.act(session)
            with steps(_("Removing evidence"), len(doomed)) as tell:
                retention.prune(session, folder, doomed, keep_days=days, act=act, on_progress=tell)
    write_listing(doomed, _columns(), format_, output)
    if really and (stayed := [file.name for file in doomed if (folder / file.name).exists()]):
        text = _("Open in another program, so still there: {files}. Prune again when it is closed.")
        warn(text.format(files=_(", ").join(stayed)))
    if format_ == "table" and output is None:
        _tell(days, [file.size for file in doomed], really)
        _tell_held(days, [file for file in files if file.is_held(days)])


def _tell(days: int, sizes: list[int], really: bool) -> None:
    words = (
        _("{count} files older than {days} days removed, {size} MB freed.")
        if really
        else _("{count} files older than {days} days may go, {size} MB. To remove them: --apply")
    )
    click.echo(words.format(count=len(sizes), days=days, size=round(sum(sizes) / 1e6, 1)))


def _tell_held(days: int, held: Sequence[EvidenceFile]) -> None:
    """Which findings keep files that would go by their age."""
    if not held:
        return
    text = _(
        "{count} files older than {days} days stay, {size} MB: findings rest on them"
        " (`taizhang finding show NUMBER`)."
    )
    size = round(sum(file.size for file in held) / 1e6, 1)
    click.echo(text.format(count=len(held), days=days, size=size))
    for file in held[:MOST_FILES]:
        names = _(", ").join(file.held_by[:MOST_FINDINGS])
        if (more := file.findings - MOST_FINDINGS) > 0:
            names += _(" and {count} more").format(count=more)
        click.echo(f"  {file.name}: {names}")
    if len(held) > MOST_FILES:
        click.echo(_("  … and {count} more").format(count=len(held) - MOST_FILES))


def _columns() -> list[Column]:
    from reports.cells import shown
    from reports.listing import Column

    return [
        Column("day", _("Day")),
        Column("age_days", _("Days old"), right=True),
        Column("size", _("Bytes"), right=True),
        Column("findings", _("Findings resting on it"), right=True),
        Column("pinned", _("Must stay")),
        Column("there", _("There")),
        Column("removed_on", _("Removed on")),
        Column("name", _("File")),
        Column("runs", _("Run no."), table=False, shown=lambda runs: shown(list(runs))),
        Column("held_by", _("Finding no."), table=False, shown=lambda uids: shown(list(uids))),
    ]
