"""`sweep`: plan and make a sweep, go on with one, judge one again, list what a person must see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import POINT, card_options, listing_options
from registry.dates import SHANGHAI
from registry.errors import EXIT_COVERAGE, EXIT_GATE, BadInput
from registry.messages import _, language
from registry.vocab import CheckKind, Outcome, Severity, Verdict, label, link_signal

if TYPE_CHECKING:
    from registry.db import Registry
    from registry.sweep_queries import ObservationCard
    from reports.card import Section
    from reports.listing import Column
    from sweeps.forecast import SourceCost
    from sweeps.plan import Filters
    from sweeps.run import RunResult
    from verdicts.sweep import SweepJudgement

pass_door = click.make_pass_decorator(Door)
_SEVERITIES = [severity.value for severity in Severity]


@click.group(help=_("Sweeps: plan · run · todo · list · show."))
def command() -> None:
    pass


def _choice_options(function: Any) -> Any:
    """Which accounts and checks; the same for `plan` and `run`."""
    options = [
        click.option("--at", type=POINT, help=_("Time point T (default: now).")),
        click.option("--all", "everything", is_flag=True, help=_("Also what was read already.")),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            type=click.Choice([kind.value for kind in CheckKind]),
            help=_("Only this kind of check."),
        ),
        click.option("--platform", "platforms", multiple=True, help=_("Only this platform.")),
        click.option("--unit", help=_("Only this unit's and those of units below it.")),
        click.option("--account", "accounts", multiple=True, help=_("Only this account.")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _filters(door: Door, registry: Registry, given: dict[str, Any]) -> Filters:
    from registry.accounts import find_account
    from registry.units import find_unit
    from sweeps.plan import KINDS, Filters

    with registry.read() as session:
        return Filters(
            kinds=[CheckKind(kind) for kind in given["kinds"]] or KINDS,
            platforms=[door.platforms.named(platform) for platform in given["platforms"]],
            unit_id=find_unit(session, given["unit"]).id if given["unit"] else None,
            account_ids=[
                find_account(session, text, catalogue=door.platforms).id
                for text in given["accounts"]
            ],
            everything=given["everything"],
        )


@command.command(help=_("Show what a run would ask, of whom, and how long politeness makes it."))
@_choice_options
@listing_options
@pass_door
def plan(door: Door, /, format_: str, output: str | None, **given: Any) -> None:
    from commands.flow import run_point, trial_plan
    from reports.listing import Column, write_listing
    from sweeps.forecast import forecast

    with door.registry() as registry:
        filters = _filters(door, registry, given)
        at = given["at"] or run_point(door, registry, filters)
        owed = trial_plan(door, registry, at=at, filters=filters)
    rows = forecast((lane for _id, lane in owed), door.catalogue, door.settings.sweep.pace)
    columns = [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("source", _("Source")),
        Column("host", _("Host")),
        Column("checks", _("Checks"), right=True),
        Column("seconds_between", _("Seconds between requests"), right=True, shown=_figure),
        Column("minutes", _("Minutes, at least"), right=True, shown=_figure),
        Column("next_run", _("Left for the next run"), right=True, shown=_figure),
    ]
    if format_ != "table":
        write_listing(rows, columns, format_, output)
        return
    asked = [row for row in rows if row.host]
    write_listing(asked, columns, format_, output)
    if output is None:
        _tell_plan(asked, rows)


def _figure(value: float) -> str:
    """A figure without a tail of zeros; nothing for zero."""
    return f"{value:g}" if value else ""


def _tell_plan(asked: Sequence[SourceCost], rows: Sequence[SourceCost]) -> None:
    """What the plan comes to, hosts being asked side by side."""
    by_person = sum(row.checks for row in rows) - sum(row.checks for row in asked)
    click.echo(
        _(
            "{checks} checks by machine, at least {minutes} minutes; {others} that no source can"
            " read, left for people (`taizhang sweep todo`)."
        ).format(
            checks=sum(row.checks for row in asked),
            minutes=max((row.minutes for row in asked), default=0),
            others=by_person,
        )
    )


@command.command(help=_("Look at the accounts, judge what was seen, note the findings."))
@_choice_options
@click.option("--resume", is_flag=True, help=_("Go on with the run that was interrupted."))
@click.option(
    "--replay",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Judge again from an evidence file; no network."),
)
@click.option("--min-coverage", type=click.FloatRange(0, 1), help=_("Exit 3 below this share."))
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help=_("Exit 1 from this severity."))
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
    resume: bool,
    replay: tuple[Path, ...],
    min_coverage: float | None,
    fail_on: str | None,
    format_: str,
    **given: Any,
) -> None:
    from commands import flow

    if resume and replay:
        raise click.UsageError(_("--resume and --replay exclude each other."))
    with door.registry() as registry:
        if resume:
            uid, result = _resume(door, registry)
        elif replay:
            uid, recording = flow.plan_replay(door, registry, replay)
            result = flow.do_run(door, registry, uid, door.credentials, recording)
        else:
            filters = _filters(door, registry, given)
            uid = flow.plan(
                door,
                registry,
                at=given["at"] or flow.run_point(door, registry, filters),
                filters=filters,
                credentials=door.credentials,
            )
            result = flow.do_run(door, registry, uid, door.credentials)
        told = flow.judge(door, registry, flow.time_point_of(registry, uid))
        worst = flow.open_severities(door, registry)
    _tell(result, told, format_)
    if min_coverage is not None and told.coverage.whole.share < min_coverage:
        raise click.exceptions.Exit(EXIT_COVERAGE)
    if fail_on and any(_SEVERITIES.index(s) <= _SEVERITIES.index(fail_on) for s in worst):
        raise click.exceptions.Exit(EXIT_GATE)


def _resume(door: Door, registry: Registry) -> tuple[str, RunResult]:
    from commands import flow
    from registry.sweep_queries import unfinished_run

    with registry.read() as session:
        uid = unfinished_run(session).uid
    return uid, flow.do_run(door, registry, uid, door.credentials)


def _tell(result: RunResult, told: SweepJudgement, format_: str) -> None:
    """What the run and its judgement came to: lines for people, one object for programs."""
    from reports.listing import write_object

    if format_ == "json":
        write_object(_summary(result, told))
        return
    lang = language().value
    click.echo(
        _("Sweep of {at}: {done} of {planned} checks done, {read} read.").format(
            at=_shown(told.at),
            done=result.done,
            planned=result.planned,
            read=result.outcomes.get(Outcome.READ, 0),
        )
    )
    for reason, count in sorted(result.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {label(reason, lang)} {count}")
    whole = told.coverage.whole
    click.echo(
        _("Coverage: {read} of {planned} accounts read ({share:.0%}).").format(
            read=whole.read, planned=whole.planned, share=whole.share
        )
    )
    verdicts = "  ".join(f"{label(v, lang)} {told.verdicts[v]}" for v in Verdict)
    click.echo(_("Verdicts from all looks so far: {verdicts}").format(verdicts=verdicts))
    click.echo(
        _("Findings: {raised} new, {seen} seen again, {ended} ended.").format(
            raised=len(told.settled.raised),
            seen=len(told.settled.seen),
            ended=len(told.settled.ended),
        )
    )
    click.echo(_("Next: `taizhang finding list`; what a person must see: `taizhang sweep todo`."))


def _summary(result: RunResult, told: SweepJudgement) -> dict[str, Any]:
    return {
        "run": result.run_uid,
        "time_point": told.at,
        "rule_set": told.rule_set,
        "planned": result.planned,
        "done": result.done,
        "outcomes": result.outcomes,
        "reasons": result.reasons,
        "coverage": told.coverage,
        "verdicts": told.verdicts,
        "links": told.links,
        "findings": {
            "raised": len(told.settled.raised),
            "seen": len(told.settled.seen),
            "ended": len(told.settled.ended),
        },
    }


def _shown(at: datetime) -> str:
    from commands.flow import shown

    return shown(at)


@command.command(help=_("Write a workbook of what no machine could read, to be filled in."))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--at", type=POINT, help=_("Time point (default: the latest)."))
@click.option("--unit", help=_("Only this unit's and those of units below it."))
@pass_door
def todo(door: Door, out: Path, at: datetime | None, unit: str | None) -> None:
    from commands.flow import meant_time_point, needed_time_point
    from registry.units import find_unit
    from sweeps.hand import todo as rows_of
    from sweeps.todo_sheet import write_todo

    if out.suffix.lower() != ".xlsx":
        raise BadInput(
            _("{file}: the form is a workbook.").format(file=out),
            hint=_("Give it a name that ends in .xlsx."),
        )
    with door.reading() as session:
        point = meant_time_point(session, at) if at else needed_time_point(session, door.now)
        unit_id = find_unit(session, unit).id if unit else None
        rows = rows_of(session, at=point, catalogue=door.catalogue, unit_id=unit_id)
    write_todo(out, rows, at=point, platforms=door.platforms)
    click.echo(
        _("{count} rows written to {file}. Fill in, then: taizhang observe --from {file}").format(
            count=len(rows), file=out
        )
    )


@command.command("list", help=_("List sweeps and their runs."))
@listing_options
@pass_door
def list_(door: Door, format_: str, output: str | None) -> None:
    from registry.sweep_queries import list_runs
    from reports.listing import Column, write_listing

    with door.reading() as session:
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
        Column("uid", _("Run no.")),
    ]
    write_listing(rows, columns, format_, output)


@command.command(
    help=_(
        "Show what a run saw (default: the latest), or one observation, or those behind a finding,"
        " with their evidence."
    )
)
@click.argument("what", required=False, metavar="[RUN|OBSERVATION|FINDING]")
@card_options
@pass_door
def show(door: Door, what: str | None, format_: str, output: str | None) -> None:
    from registry import sweep_queries as asked
    from reports.card import write_card
    from reports.listing import write_listing
    from sweeps.run import evidence_folder

    with door.registry() as registry, registry.read() as session:
        if what is None or asked.is_run(session, what):
            run = asked.find_run(session, what) if what else asked.latest_run(session)
            write_listing(asked.run_looks(session, run), _look_columns(door), format_, output)
            return
        look, *others = asked.find_observations(session, what)
        card = asked.observation_card(session, look, others)
        folder = evidence_folder(registry)
    fields = _observation_fields(door, card, folder)
    write_card(card, fields, _observation_sections(door), format_, output)


def _look_columns(door: Door) -> list[Column]:
    from reports.listing import Column

    return [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account")),
        Column("kind", _("Kind")),
        Column("observed_at", _("When")),
        Column("outcome", _("Outcome")),
        Column("reason", _("Reason")),
        Column("existence", _("Existence")),
        Column("last_post_at", _("Last post")),
        Column("source", _("Source")),
        Column("display_name", _("Name shown"), table=False),
        Column("uid", _("Internal no.")),
    ]


def _observation_fields(door: Door, card: ObservationCard, folder: Path) -> Sequence[Column]:
    from registry.sweep_queries import as_known
    from reports.cells import shown
    from reports.listing import Column

    def known(at: datetime) -> str:
        return shown(as_known(at, card.last_post_precision), language())

    def places(names: Sequence[str]) -> str:
        return shown([str(folder / name) for name in names])

    return [
        Column("account", _("Account")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("kind", _("Kind")),
        Column("method", _("Method")),
        Column("observed_at", _("When")),
        Column("outcome", _("Outcome")),
        Column("reason", _("Reason")),
        Column("detail", _("Detail")),
        Column("source", _("Source")),
        Column("existence", _("Existence")),
        Column("signal", _("Signal")),
        Column("last_post_at", _("Last post"), shown=known),
        Column("last_post_precision", _("Precision")),
        Column("last_post_derived", _("Taken from")),
        Column("coverage", _("List read")),
        Column("covered_since", _("Back to"), shown=_bound),
        Column("covered_until", _("Up to"), shown=_bound),
        Column("display_name", _("Name shown")),
        Column("verified_subject", _("Verified subject")),
        Column("records", _("WARC records")),
        Column("evidence", _("Evidence files"), shown=places),
        Column("account_uid", _("Account's uid")),
        Column("uid", _("Internal no.")),
    ]


def _bound(at: datetime) -> str:
    """A bound of what was read; the beginning of a day prints as that day."""
    from reports.cells import shown

    local = at.astimezone(SHANGHAI)
    return shown(at if local.time() != time() else local.date())


def _observation_sections(door: Door) -> Sequence[Section]:
    from reports.card import Section
    from reports.listing import Column

    columns = [
        Column("path", _("Menu path")),
        Column("kind", _("Kind")),
        Column("url", _("Address")),
        Column("status", _("Status"), right=True, shown=lambda status: str(status or "")),
        Column("signal", _("Signal"), shown=lambda signal: link_signal(signal, language())),
        Column("failure", _("Failure")),
        Column("final_url", _("Leads to")),
    ]
    return [
        Section("seen", _("Also seen"), [Column("name", _("Fact")), Column("value", _("Value"))]),
        Section("links", _("Links"), columns),
        Section("others", _("It also rests on"), _look_columns(door)),
    ]
