"""`sweep`: plan and make a sweep, go on with one, judge one again, list what a person must see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.clock_words import warn_of_clock
from commands.door import Door
from commands.options import POINT, listing_options
from commands.sweep_install import install
from commands.sweep_options import choice_options
from commands.sweep_parcels import away, export, import_, is_away, parcel_options
from commands.sweep_plan import plan
from commands.sweep_show import show
from commands.stop_words import again_words
from commands.sweep_words import tell_ahead, tell_limited, tell_sweep
from registry.dates import to_the_minute
from registry.errors import EXIT_COVERAGE, EXIT_GATE, BadInput
from registry.messages import _
from registry.vocab import Severity, samples_sites

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verdicts.sweep import SweepJudgement

pass_door = click.make_pass_decorator(Door)
_SEVERITIES = [severity.value for severity in Severity]


@click.group(help=_("Sweeps: plan · run · todo · list · show · close · install · export · import."))
def command() -> None:
    pass


@command.command(help=_("Look at the accounts, judge what was seen, note the findings."))
@choice_options
@parcel_options
@click.option("--wait", is_flag=True, help=_("Begin when a sweep that is under way has ended."))
@click.option("--resume", is_flag=True, help=_("Go on with the run that was interrupted."))
@click.option(
    "--replay",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_(
        "Judge again from the evidence of a run; no network. Can be given several times: a run that"
        " was gone on with has several files."
    ),
)
@click.option(
    "--other-registry",
    is_flag=True,
    help=_("With --replay: the evidence is of a run that another registry made."),
)
@click.option("--cluster", metavar="ADDRESS", help=_("Ask through the workers of a Dask cluster."))
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 1),
    help=_("Exit 3 below this share of all live accounts."),
)
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help=_("Exit 1 from this severity."))
@click.option("--notify", is_flag=True, help=_("Send a message when it has ended."))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    help=_("How to print it."),
)
@pass_door
def run(
    door: Door,
    /,
    wait: bool,
    resume: bool,
    replay: tuple[Path, ...],
    other_registry: bool,
    cluster: str | None,
    min_coverage: float | None,
    fail_on: str | None,
    notify: bool,
    format_: str,
    **given: Any,
) -> None:
    from commands import judging
    from commands.clustering import clustered
    from commands.notifying import announced
    from commands.sweeping import made
    from registry.sweep_points import time_point_of
    from registry.sweep_queries import proven_before

    _refuse_contradictions(resume, replay, other_registry)
    if is_away(given):
        besides = wait or resume or replay or cluster or notify or fail_on or format_ != "table"
        return away(door, given, alone=not besides and min_coverage is None)
    how: dict[str, Any] = {"resume": resume, "replay": replay, "wait": wait}
    with (
        door.registry() as registry,
        announced(door, registry, notify, min_coverage) as announce,
        clustered(door, cluster, replaying=bool(replay)) as workers,
    ):
        if not replay:
            warn_of_clock(door, registry)
        uid, result = made(door, registry, given, workers, other_registry=other_registry, **how)
        with registry.read() as session:
            point, proven = time_point_of(session, uid), proven_before(session, uid)
        missing = judging.pending(door, registry)
        if point > door.now:
            announce.ahead(result, point, proven, sum(not m.gone for m in missing))
            tell_ahead(door, result, point, proven, missing, format_, replayed=bool(replay))
            return
        told = judging.judge(door, registry, point)
        worst = judging.open_severities(door, registry)
        announce.judged(result, told)
    tell_sweep(door, result, told, missing, format_, replayed=bool(replay))
    _leave(told, worst, min_coverage, fail_on)


def _refuse_contradictions(resume: bool, replay: Collection[Path], other_registry: bool) -> None:
    if resume and replay:
        raise click.UsageError(_("--resume and --replay exclude each other."))
    if other_registry and not replay:
        raise click.UsageError(_("--other-registry goes with --replay."))


def _leave(
    told: SweepJudgement,
    worst: Collection[Severity],
    min_coverage: float | None,
    fail_on: str | None,
) -> None:
    """End with the exit code that was asked for, if what it is about has come to pass."""
    if min_coverage is not None and told.coverage.whole.share < min_coverage:
        raise click.exceptions.Exit(EXIT_COVERAGE)
    if fail_on and any(_SEVERITIES.index(s) <= _SEVERITIES.index(fail_on) for s in worst):
        raise click.exceptions.Exit(EXIT_GATE)


@command.command(help=_("Write a workbook of what no machine could read, to be filled in."))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--at", type=POINT, help=_("Time point (default: the latest)."))
@click.option("--unit", help=_("Only this unit's and those of units below it."))
@pass_door
def todo(door: Door, out: Path, at: datetime | None, unit: str | None) -> None:
    from registry.sweep_points import meant_time_point, needed_time_point
    from commands.progress import steps
    from registry.units.naming import find_unit
    from reports.files import replaced
    from sweeps.people.todo import todo_list
    from sweeps.people.todo_sheet import write_todo

    if out.suffix.lower() != ".xlsx":
        raise BadInput(
            _("{file}: the form is a workbook.").format(file=out),
            hint=_("Give it a name that ends in .xlsx."),
        )
    with door.reading() as session:
        point = meant_time_point(session, at) if at else needed_time_point(session, door.now)
        unit_id = find_unit(session, unit).id if unit else None
        with steps(_("Reading")):
            left = todo_list(session, at=point, catalogue=door.catalogue, unit_id=unit_id)
        rows = left.rows
        elsewhere = None if rows else _left_elsewhere(door, session, point, unit_id)
    with replaced(out) as made, steps(_("Writing")):
        write_todo(made, rows, at=point, platforms=door.platforms)
    click.echo(
        _("{count} rows written to {file}. Fill in, then: taizhang observe --from {file}").format(
            count=len(rows), file=out
        )
    )
    tell_limited(left.later, again_words(point, everything=False))
    if elsewhere:
        other, count = elsewhere
        click.echo(
            _(
                "Nothing is left for {at}; for {other} {count} rows are:"
                ' taizhang sweep todo --at "{other}" --out {file}'
            ).format(at=to_the_minute(point), other=to_the_minute(other), count=count, file=out)
        )


def _left_elsewhere(
    door: Door, session: Session, point: datetime, unit_id: int | None
) -> tuple[datetime, int] | None:
    """The latest of the other recent sweeps that leaves rows to people, and how many."""
    from registry.sweep_points import recent_time_points
    from sweeps.people.hand import todo as rows_of

    for other in recent_time_points(session, door.now):
        if other != point:
            rows = rows_of(session, at=other, catalogue=door.catalogue, unit_id=unit_id)
            if rows:
                return other, len(rows)
    return None


@command.command("list", help=_("List sweeps and their runs."))
@listing_options
@pass_door
def list_(door: Door, format_: str, output: str | None) -> None:
    from registry.sweep_queries import list_runs
    from reports.listing import Column, write_listing

    with door.registry() as registry:
        if format_ == "table":
            warn_of_clock(door, registry)
        with registry.read() as session:
            rows = list_runs(session)
    columns = [
        Column("time_point", _("Time point")),
        Column("week", _("Week")),
        Column("method", _("Method")),
        Column("started_at", _("Started")),
        Column("finished_at", _("Finished")),
        Column("planned", _("Planned"), right=True),
        Column("read", _("Read"), right=True),
        Column("inconclusive", _("Inconclusive"), right=True),
        Column("unsupported", _("Not by machine"), right=True),
        Column("left", _("Left"), right=True),
        Column("closed", _("Closed because")),
        Column("uid", _("Run no.")),
    ]
    write_listing(rows, columns, format_, output)


@command.command(
    help=_("End a run that nobody goes on with: an export never used, a sweep undone.")
)
@click.argument("run")
@click.option("--reason", required=True, help=_("Why; kept with the run."))
@pass_door
def close(door: Door, run: str, reason: str) -> None:
    from registry.sweep_queries import find_run
    from sweeps.closing import close as end
    from sweeps.evidence.sums import record
    from sweeps.lease import SITES, SWEEP, leased
    from sweeps.run import evidence_folder

    with door.registry() as registry:
        with registry.read() as session:
            found = find_run(session, run)
        samples = samples_sites(found.options.get("kinds", ()))
        with leased(registry, door.engine_clock, SITES if samples else SWEEP):
            record(registry, evidence_folder(registry), found.evidence, door.now)
            with registry.write() as session:
                found = find_run(session, run)
                end(session, found, door.act(session, reason))
            said = _("Run {uid} is closed; what it saw is kept.").format(uid=found.uid)
    click.echo(said)


command.add_command(plan)
command.add_command(export)
command.add_command(import_)
command.add_command(install)
command.add_command(show)
