"""`sweep export` and `sweep import`, and the run in between on a machine without the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.sweep_options import choice_options, filters_of
from registry.errors import Interrupted
from registry.messages import _

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from sweeps.planning.plan import NewRun
    from sweeps.parcels.work import Means
    from verdicts.sweep import SweepJudgement

pass_door = click.make_pass_decorator(Door)
_CHOSEN = ("at", "everything", "kinds", "platforms", "unit", "accounts")
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


def parcel_options(function: Any) -> Any:
    """How `run` is told to work from a file, as `away` takes it."""
    options = [
        click.option(
            "--from",
            "parcel",
            type=_THERE,
            help=_("Work from a file of `sweep export`, without a ledger."),
        ),
        click.option("--out", type=_FILE, help=_("With --from: where the result goes.")),
        click.option(
            "--partial",
            is_flag=True,
            help=_("With --from: ask nothing, write what was seen so far."),
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command(
    help=_("Write the targets of a run for a machine with a network; no contacts, no secrets.")
)
@click.argument("file", type=_FILE)
@choice_options
@pass_door
def export(door: Door, /, file: Path, **given: Any) -> None:
    from commands import owing, sweep_setup
    from registry.dates import to_the_minute
    from commands.crash import program_version
    from commands.progress import steps
    from registry.vocab import RunMethod
    from sweeps.parcels.leaving import HopedCredentials, send_out

    sweep_setup.sweep_settings(door)
    with door.registry() as registry:
        filters = filters_of(door, registry, given)
        at = owing.named_or_due(door, registry, given["at"], filters)
        hoped = HopedCredentials(door.catalogue)

        def plan(session: Session) -> NewRun:
            return owing.planned(door, registry, session, at, filters, hoped, RunMethod.AWAY)

        there = file.exists()
        try:
            with steps(_("Writing targets")) as tell:
                count = send_out(registry, plan, file, program_version(), tell)
        except KeyboardInterrupt:
            if there or not file.exists():
                text = _("Interrupted; nothing was exported, neither a file nor a run.")
                raise Interrupted(text) from None
            raise Interrupted(
                _("Interrupted, but {file} had been written whole.").format(file=file),
                _("It can be used; else end its run with `taizhang sweep close`."),
            ) from None
    click.echo(
        _(
            "{count} checks of the sweep of {at} written to {file}. On the machine with a network:"
            " taizhang sweep run --from {name} --out RESULT.zip"
        ).format(count=count, at=to_the_minute(at), file=file, name=file.name)
    )


def is_away(given: Mapping[str, Any]) -> bool:
    """True when `run` was told to work from a file."""
    return any(given[name] for name in ("parcel", "out", "partial"))


def away(door: Door, given: Mapping[str, Any], *, alone: bool = True) -> None:
    """Do the run of a file of targets, or go on with it, and write what was seen.

    `alone`: it was not told to do something else besides.
    """
    from commands import running
    from commands.crash import program_version
    from commands.progress import steps
    from commands.sweep_words import tell_run
    from sweeps.parcels.parcel import writable
    from sweeps.parcels.work import is_earlier, opened_work, write_result

    parcel, out = given["parcel"], given["out"]
    if parcel is None or out is None:
        raise click.UsageError(_("--from and --out belong together."))
    if not alone:
        raise click.UsageError(_("--from goes with --out and --partial alone."))
    if any(given[name] for name in _CHOSEN):
        raise click.UsageError(_("What is looked at was chosen by `taizhang sweep export`."))
    again = f"taizhang sweep run --from {parcel} --out {out}"
    with opened_work(parcel, _means(door), door.now) as work:
        # Told now, not after a sweep of some hours.
        is_earlier(out, work.about.run)
        with writable(out):
            out.parent.mkdir(parents=True, exist_ok=True)
        if not given["partial"]:
            running.do_run(door, work.registry, work.about.run, door.credentials, again=again)
        with steps(_("Writing the result")) as tell:
            write_result(work, out, door.engine_clock, program_version(), tell)
        tell_run(
            work.result(door.now),
            work.about.time_point,
            again=_("taizhang sweep export NEW-TARGETS.zip (where the ledger is)"),
            todo=_("taizhang sweep todo --out LOOK.xlsx (where the ledger is)"),
        )
    click.echo(
        _("Result: {file}. Where the ledger is: taizhang sweep import {name}").format(
            file=out, name=out.name
        )
    )


def _means(door: Door) -> Means:
    from sweeps.parcels.work import Means

    rsshub = door.settings.sweep.rsshub
    return Means(door.catalogue, door.credentials, rsshub, door.source_order)


@click.command("import", help=_("Take back what was seen on the other machine, and judge it."))
@click.argument("file", metavar="RESULT", type=_THERE)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    help=_("How to print it."),
)
@pass_door
def import_(door: Door, file: Path, format_: str) -> None:
    from commands import judging
    from registry.dates import to_the_minute
    from commands.progress import steps
    from commands.sweep_words import tell_pending, tell_run, tell_sweep
    from sweeps.parcels.arriving import take_back

    judged: list[SweepJudgement] = []
    with door.registry() as registry:

        def judge(session: Session, at: datetime) -> None:
            if at <= door.now:
                judged.append(judging.judge_within(door, session, registry.data, at))

        try:
            with steps(_("Taking in")) as tell:
                taken = take_back(registry, file, door.now, judge, tell)
        except KeyboardInterrupt:
            raise Interrupted(
                _("Interrupted. A result is taken in whole or not at all."),
                _("Import it again; nothing is taken in twice."),
            ) from None
        missing = judging.pending(door, registry)
    if format_ == "table":
        click.echo(
            _("Taken in: {added} looks; {known} were there already.").format(
                added=taken.added, known=taken.known
            )
        )
    if judged:
        tell_sweep(door, taken.result, judged[0], missing, format_)
        return
    tell_run(taken.result, taken.time_point)
    tell_pending(door, missing)
    click.echo(
        _(
            "The time point {at} lies ahead: import the file again after it, to have it judged."
        ).format(at=to_the_minute(taken.time_point))
    )
