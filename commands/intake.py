"""`import`: a spreadsheet is read and planned; with --apply the plan is carried out. No rule here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from commands.door import Door
from commands.options import listing_options
from registry.messages import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.db import Registry
    from registry.exchange.apply import Applied
    from registry.exchange.incoming import Incoming
    from registry.exchange.mentions import MentionList
    from registry.exchange.plan import File
    from registry.exchange.plan_rows import ImportPlan
    from registry.exchange.recognise import Kind
    from registry.exchange.record import Parsed
    from registry.exchange.senders import Sender

pass_door = click.make_pass_decorator(Door)

KINDS = ("ledger", "problems", "observations")
FIELDS = {
    "name": "name",
    "host": "host_unit",
    "subject": "verified_subject",
    "platform": "platform",
    "identifier": "identifiers",
}
"""The words of --accept-changed and the fields they mean; the fields themselves will do as well."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    file: Path
    kind: str | None
    sender: str | None
    default_host: str
    year: int | None
    columns: Mapping[str, str]
    apply: bool
    skip_rejected: bool
    rejects: Path | None
    as_filing: bool
    accept: frozenset[str]
    format_: str
    output: str | None

    @property
    def options(self) -> dict[str, Any]:
        """What is kept with the batch."""
        kept = {"default_host": self.default_host, "year": self.year, "columns": self.columns}
        return {name: value for name, value in kept.items() if value}


@click.command(
    "import",
    help=_(
        "Read a spreadsheet of accounts and show what importing it would do; --apply does it."
        " Nothing is written without --apply."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(KINDS), help=_("What the file is, where it is unclear.")
)
@click.option("--sender", metavar="NAME", help=_("The unit that sent it, in full."))
@click.option(
    "--default-host", default="", metavar="UNIT", help=_("Host unit of rows that name none.")
)
@click.option("--year", type=int, metavar="Y", help=_("Year of dates without one."))
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar='"COLUMN=field"',
    help=_("What a column is, by its title or letter; remembered for the sender."),
)
@click.option("--apply", is_flag=True, help=_("Carry out the plan."))
@click.option(
    "--skip-rejected", is_flag=True, help=_("With --apply: leave out the rows with faults.")
)
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Where to put the rows left out, with the reasons (.xlsx or .csv)."),
)
@click.option(
    "--as-filing", is_flag=True, help=_("Submit CHANGE filings for changes that need one.")
)
@click.option("--accept-absent", is_flag=True, help=_("The list is right: what is absent is gone."))
@click.option(
    "--accept-changed",
    multiple=True,
    metavar=_("COLUMN"),
    help=_(
        "The list is right: this column did change (名称, 主办单位, 认证主体, 平台, 平台ID; or name, host,"
        " subject, platform, identifier)."
    ),
)
@listing_options
@pass_door
def command(
    door: Door,
    file: Path,
    kind: str | None,
    sender: str | None,
    default_host: str,
    year: int | None,
    mapping: tuple[str, ...],
    apply: bool,
    skip_rejected: bool,
    rejects: Path | None,
    as_filing: bool,
    accept_absent: bool,
    accept_changed: tuple[str, ...],
    format_: str,
    output: str | None,
) -> None:
    from registry.exchange.columns import parse_overrides
    from registry.exchange.watched import watched_fields

    if skip_rejected != (rejects is not None) or (skip_rejected and not apply):
        raise click.UsageError(_("--skip-rejected and --rejects FILE go together, with --apply."))
    _spare(file, rejects, output)
    accept = watched_fields(
        (FIELDS.get(word, word) for word in accept_changed), tuple(FIELDS.values())
    )
    _run(
        door,
        Order(
            file,
            kind,
            sender,
            default_host,
            year,
            parse_overrides(mapping, door.platforms),
            apply,
            skip_rejected,
            rejects,
            as_filing,
            frozenset(accept | ({"absent"} if accept_absent else set())),
            format_,
            output,
        ),
    )


def _spare(file: Path, *written: Path | str | None) -> None:
    """Nothing is written over the sender's file, of which nobody may have another copy."""
    for each in written:
        if each and os.path.exists(each) and os.path.samefile(file, each):
            raise click.UsageError(
                _("{file} is the file that is imported; give another name.").format(file=each)
            )


def _run(door: Door, order: Order) -> None:
    from commands.progress import steps
    from registry.exchange.plan import File
    from registry.exchange.recognise import Kind
    from registry.exchange.senders import find_sender

    if order.rejects is not None:
        from registry.exchange.rejects import check_name

        check_name(order.rejects.name)
    with door.registry() as registry:
        with registry.read() as session:
            sender = find_sender(session, order.sender)
        with steps(_("Reading")):
            incoming, kind, parsed = _read(door, order, sender)
        file = File(incoming.file, incoming.workbook.sha256, kind.value)
        if kind is Kind.LEDGER:
            _ledger(door, registry, order, sender, incoming, file, parsed)
        else:
            _mentions(door, registry, order, sender, file, parsed)


def _read(door: Door, order: Order, sender: Sender) -> tuple[Incoming, Kind, Parsed]:
    """The file as records, and what it is. Raises Refused where that is unclear."""
    from registry.exchange.incoming import read_incoming

    incoming = read_incoming(order.file, door.platforms, order.columns, sender.columns)
    kind = _kind(order, incoming)
    parsed = incoming.parse(
        door.platforms,
        kind=kind,
        sender=sender.name,
        default_host=order.default_host,
        year=order.year,
        today=door.today,
    )
    for note in (*incoming.notes, *parsed.notes):
        click.echo(note, err=True)
    return incoming, kind, parsed


def _kind(order: Order, incoming: Incoming) -> Kind:
    from registry.errors import Refused
    from registry.exchange.recognise import Kind

    if order.kind:
        return Kind(order.kind)
    told = incoming.recognition
    named = any(columns.found for _sheet, columns in incoming.tables)
    if told.kind is not Kind.UNCLEAR or not named:
        # a file that names no account is refused when it is read, with the way to map its columns
        return told.kind if named else Kind.LEDGER
    raise Refused(
        _("It is unclear what {file} is. {reasons}").format(
            file=incoming.file, reasons=" ".join(told.reasons)
        ),
        _("Say so: --as ledger, --as problems or --as observations."),
    )


def _session(registry: Registry, order: Order) -> AbstractContextManager[Session]:
    return registry.write() if order.apply else registry.read()


# --- ledgers --------------------------------------------------------------------------------------


def _ledger(
    door: Door,
    registry: Registry,
    order: Order,
    sender: Sender,
    incoming: Incoming,
    file: File,
    parsed: Parsed,
) -> None:
    from commands.progress import steps
    from reconcilers.unit_twins import with_unit_twins
    from registry.exchange.apply import apply_plan, check_faults
    from registry.exchange.plan import make_plan
    from registry.exchange.rejects import is_returned
    from registry.exchange.shifted import check_guards

    applied = None
    with _session(registry, order) as session:
        with steps(_("Comparing"), len(parsed.records)) as show:
            plan = make_plan(
                session,
                parsed,
                sender=sender,
                file=file,
                catalogue=door.platforms,
                as_filing=order.as_filing,
                accept=order.accept,
                supplement=is_returned(incoming),
                columns=order.columns,
                on_progress=lambda done, total: show(done),
            )
            plan = with_unit_twins(session, plan)
        if order.apply and (plan.rows or plan.faults):
            act = door.act(session, person=bool(order.accept))
            with steps(_("Writing"), len(plan.rows)) as show:
                applied = apply_plan(
                    session,
                    plan,
                    act,
                    catalogue=door.platforms,
                    skip_rejected=order.skip_rejected,
                    options=order.options,
                    on_progress=lambda done, total: show(done),
                )
            _write_rejects(order, incoming, plan)
    _show_plan(door, order, plan, applied)
    if applied is None:
        check_guards(plan)
        check_faults(plan, skip_rejected=True)


def _write_rejects(order: Order, incoming: Incoming, plan: ImportPlan) -> None:
    """Before the transaction ends: if the file cannot be written, nothing is."""
    from registry.exchange.plan_rows import Result
    from registry.exchange.rejects import rejects
    from reports.files import write_file

    if order.rejects is not None and plan.of(Result.REJECTED):
        write_file(order.rejects, rejects(incoming, plan, order.rejects.name))


def _show_plan(door: Door, order: Order, plan: ImportPlan, applied: Applied | None) -> None:
    from reports.import_plan import plan_columns, plan_lines, print_plan
    from reports.listing import write_listing, write_object

    label = door.platforms.label
    if order.format_ == "json":
        write_object({**plan.as_dict(), "applied": _outcome(applied)}, order.output)
    elif order.format_ == "csv":
        write_listing(plan_lines(plan, label), plan_columns(), "csv", order.output)
    said = _said(plan, applied, order.rejects) if applied else []
    done = applied is not None
    _put(order, lambda stream: print_plan(plan, label, stream, done=done), said)


def _outcome(applied: Applied | None) -> dict[str, Any] | None:
    if applied is None:
        return None
    return {
        "batch": applied.batch.uid,
        "filings": applied.filings,
        "nothing_new": applied.nothing_new,
    }


def _said(plan: ImportPlan, applied: Applied, rejects: Path | None) -> list[str]:
    """What was done."""
    counts = plan.counts
    written = _("Written: {create} new, {update} updated, {filing} filed as changes.")
    nothing = _("This file was imported before and brings nothing new; nothing was written.")
    lines = [nothing if applied.nothing_new else written.format(**counts)]
    if applied.filings:
        numbers = _(", ").join(applied.filings[:20]) + ("…" if len(applied.filings) > 20 else "")
        lines.append(_("Filings submitted: {numbers}").format(numbers=numbers))
    if counts["conflict"]:
        text = _(
            "{count} conflicts were left as they are: file the changes, or let --as-filing submit"
            " them."
        )
        lines.append(text.format(count=counts["conflict"]))
    if rejects is not None and counts["rejected"]:
        lines.append(_("Rejected rows: {file}").format(file=rejects))
    return lines


def _put(order: Order, show: Callable[[TextIO | None], None], said: list[str]) -> None:
    """The text for people, to the terminal or whole to a file; then what was done."""
    from reports.files import write_file

    if order.format_ == "table" and order.output:
        text = StringIO()
        show(text)
        write_file(order.output, text.getvalue().encode("utf-8", "replace"))
    elif order.format_ == "table":
        show(None)
    for line in said:
        click.echo(line, err=order.format_ != "table")


# --- lists of problems and observations -----------------------------------------------------------


def _mentions(
    door: Door, registry: Registry, order: Order, sender: Sender, file: File, parsed: Parsed
) -> None:
    from registry.errors import BadInput
    from registry.exchange.mentions import find_mentions

    with _session(registry, order) as session:
        found = find_mentions(session, parsed, sender=sender, file=file, today=door.today)
        kept = _keep_mentions(door, order, session, found) if order.apply else None
    _show_mentions(door, order, found, kept)
    faults = [fault for fault in found.faults if fault.row is None]
    if faults:
        raise BadInput(_("{file} cannot be read as it is.").format(file=file.name), faults)


def _keep_mentions(door: Door, order: Order, session: Session, found: MentionList) -> int:
    """Note the dates of known accounts; how many were new."""
    from registry.exchange.mentions import keep_batch
    from sweeps.people.imported import Listed, keep_listed, not_kept

    listed = [
        Listed(row.account_id, row.last_update, row.problem)
        for row in found.dated
        if row.account_id is not None and row.last_update is not None
    ]
    fresh = not_kept(session, listed)
    act = door.act(session)
    batch = keep_batch(session, found, act, order.options, anew=bool(fresh))
    if batch is not None:
        options = {"batch": batch.uid, "sha256": found.file.sha256}
        keep_listed(session, fresh, now=act.at, actor=act.actor, options=options)
    return len(fresh)


def _show_mentions(door: Door, order: Order, found: MentionList, kept: int | None) -> None:
    from reports.import_plan import mention_columns, mention_lines, print_mentions
    from reports.listing import write_listing, write_object

    label = door.platforms.label
    said = []
    if kept is not None:
        text = _("{count} dates of last update were noted as observations; no account was made.")
        said.append(text.format(count=kept))
    if order.format_ == "json":
        write_object({**found.as_dict(), "noted": kept}, order.output)
    elif order.format_ == "csv":
        write_listing(mention_lines(found, label), mention_columns(), "csv", order.output)
    _put(order, lambda stream: print_mentions(found, label, stream, done=kept is not None), said)
