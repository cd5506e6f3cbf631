"""`sweep show`: what a run saw, or one look in full, down to the records it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import card_options
from commands.stop_words import again_words, tell_stops
from registry.dates import SHANGHAI
from registry.messages import _, language
from registry.vocab import WEBSITE, CheckKind, label, link_signal

if TYPE_CHECKING:
    from registry.sweep_queries import ObservationCard
    from reports.card import Section
    from reports.listing import Column

pass_door = click.make_pass_decorator(Door)


@click.command(
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
    from registry.models import Sweep
    from reports.card import write_card
    from reports.listing import write_listing
    from sweeps.evidence.places import places
    from sweeps.run import evidence_folder

    with door.registry() as registry, registry.read() as session:
        if what is None or asked.is_run(session, what):
            run = asked.find_run(session, what) if what else asked.latest_run(session)
            write_listing(asked.run_looks(session, run), _look_columns(door), format_, output)
            if format_ == "table" and output is None:
                point = session.get_one(Sweep, run.sweep_id).time_point
                _tell_stopped(point, run.options)
            return
        look, *others = asked.find_observations(session, what)
        finding = asked.asked_finding(session, what)
        card = asked.observation_card(session, look, others, finding)
        folder = evidence_folder(registry)
    where = places([folder / name for name in card.evidence], card.records)
    if format_ != "json":
        where = [replace(each, file=each.file or _("not there")) for each in where]
    told = {field.name: getattr(card, field.name) for field in fields(card)} | {"places": where}
    columns = _observation_fields(door, card, folder, as_lines=format_ != "json")
    write_card(told, columns, _observation_sections(door, card.platform), format_, output)


def _tell_stopped(point: datetime, options: Mapping[str, Any]) -> None:
    from sweeps.lanes.stops import HostStop

    if stopped := HostStop.stored(options):
        click.echo(_("Left alone before the end of this run:"))
        tell_stops(stopped, again_words(point, everything=bool(options.get("all"))))


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


def _observation_fields(
    door: Door, card: ObservationCard, folder: Path, *, as_lines: bool
) -> Sequence[Column]:
    from registry.sweep_queries import as_known
    from reports.cells import shown
    from reports.listing import Column

    def known(at: datetime) -> str:
        return shown(as_known(at, card.last_post_precision), language())

    def places(names: Sequence[str]) -> str:
        return shown([_place(folder / name, card.removed.get(name)) for name in names])

    def kind(of: CheckKind) -> str:
        site = card.platform == WEBSITE and of is CheckKind.MENU
        return _("Links") if site else label(of, language())

    # in lines, the records stand in a table with their places
    records = [] if as_lines else [Column("records", _("WARC records"))]
    return [
        Column("finding", _("Problem")),
        Column("finding_uid", _("Finding no.")),
        Column("account", _("Account")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("kind", _("Kind"), shown=kind),
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
        *records,
        Column("evidence", _("Evidence files"), shown=places),
        Column("account_uid", _("Account's uid")),
        Column("uid", _("Internal no.")),
    ]


def _place(path: Path, removed_on: date | None) -> str:
    """Where a file lies, since when it does so no more, or that it is missing."""
    if path.is_file():
        return str(path)
    if removed_on is None:
        return _("{path} (missing; put it back from a backup)").format(path=path)
    removed = _("removed by policy on {day}").format(day=removed_on.isoformat())
    return f"{path} ({removed})"


def _bound(at: datetime) -> str:
    """A bound of what was read; the beginning of a day prints as that day."""
    from reports.cells import shown

    local = at.astimezone(SHANGHAI)
    return shown(at if local.time() != time() else local.date())


def _observation_sections(door: Door, platform: str) -> Sequence[Section]:
    from reports.card import Section
    from reports.listing import Column

    columns = [
        Column("path", _("Place of the link") if platform == WEBSITE else _("Menu path")),
        Column("kind", _("Kind")),
        Column("url", _("Address")),
        Column("status", _("Status"), right=True, shown=lambda status: str(status or "")),
        Column("signal", _("Signal"), shown=lambda signal: link_signal(signal, language())),
        Column("failure", _("Failure")),
        Column("final_url", _("Leads to")),
    ]
    stands = [
        Column("file", _("Evidence file")),
        Column("offset", _("From byte"), right=True),
        Column("url", _("Address")),
        Column("record", _("Record no.")),
    ]
    return [
        Section("places", _("Its records"), stands),
        Section("seen", _("Also seen"), [Column("name", _("Fact")), Column("value", _("Value"))]),
        Section("links", _("Links"), columns),
        Section("others", _("It also rests on"), _look_columns(door)),
    ]
