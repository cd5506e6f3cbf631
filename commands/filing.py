"""`filing`: openings, changes, stops, cancellations, and their way through local approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.filing_input import (
    attach_papers,
    correction,
    filing_options,
    form_fields,
    making_options,
    requests_for,
)
from commands.options import DAY, Words, card_options, listing_options
from registry.messages import _, language
from registry.vocab import CancelCause, FilingKind, FilingState, label

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.filings.batch import Batch
    from registry.filings.needs import Caution
    from registry.models import Filing

pass_door = click.make_pass_decorator(Door)
_numbers = click.argument("filings", nargs=-1, required=True)
_accounts = click.argument("accounts", nargs=-1)
_note = click.option("--note", default="", help=_("A remark; kept with the step."))
_CAUSE = _("Where there is no proof: platform shut down, account seized.")
_for = click.option("--for", "unit", metavar="UNIT", help=_("The unit acted for."))


@click.group(
    help=_(
        "Filings: open · change · stop · cancel · reopen · transfer · submit · approve · return ·"
        " reject · withdraw · complete · list · show · template."
    )
)
def command() -> None:
    pass


@command.command("open", help=_("File the opening of an account (or of many, with --from)."))
@click.option("--platform", help=_("Platform, e.g. 微博."))
@click.option("--name", help=_("Name of the account."))
@click.option("--host", "host_unit", metavar="UNIT", help=_("Host unit."))
@making_options
@pass_door
def open_(door: Door, /, **given: Any) -> None:
    _file(door, FilingKind.OPEN, (), given)


@command.command(help=_("File a change: name, host unit, verified subject, link, contact …"))
@_accounts
@click.option("--name", help=_("New name."))
@click.option("--host", "host_unit", metavar="UNIT", help=_("New host unit."))
@making_options
@pass_door
def change(door: Door, /, accounts: tuple[str, ...], **given: Any) -> None:
    _file(door, FilingKind.CHANGE, accounts, given)


@command.command(help=_("File that accounts are to be stopped."))
@_accounts
@click.option("--stop-on", help=_("Last day of updates."))
@making_options
@pass_door
def stop(door: Door, /, accounts: tuple[str, ...], **given: Any) -> None:
    _file(door, FilingKind.STOP, accounts, given)


@command.command(help=_("File that accounts were cancelled on their platform."))
@_accounts
@click.option("--cancelled-on", help=_("Day of the platform's cancellation."))
@click.option(
    "--cause",
    type=Words(CancelCause),
    help=_CAUSE,
)
@making_options
@pass_door
def cancel(door: Door, /, accounts: tuple[str, ...], **given: Any) -> None:
    _file(door, FilingKind.CANCEL, accounts, given)


@command.command(help=_("File that cancelled accounts are opened again."))
@_accounts
@click.option("--name", help=_("New name."))
@making_options
@pass_door
def reopen(door: Door, /, accounts: tuple[str, ...], **given: Any) -> None:
    _file(door, FilingKind.REOPEN, accounts, given)


@command.command(help=_("File that accounts leave this registry for good."))
@_accounts
@click.option("--to", "transferred_to", help=_("To whom."))
@making_options
@pass_door
def transfer(door: Door, /, accounts: tuple[str, ...], **given: Any) -> None:
    _file(door, FilingKind.TRANSFER, accounts, given)


def _file(door: Door, kind: FilingKind, accounts: Sequence[str], given: dict[str, Any]) -> None:
    """One batch in one transaction; all faults of all rows together."""
    from registry.filings.batch import file_batch

    with door.registry() as registry, registry.write() as session:
        act = door.act(session, given["reason"])
        requests = requests_for(door, kind, accounts, given)
        batch = file_batch(
            session,
            requests,
            act=act,
            title=label(kind, language()),
            hand_in=not given["draft"],
            catalogue=door.platforms,
        )
        for filing in batch.filings:
            attach_papers(registry, session, filing, given, act)
        lines = _filed(session, batch)
    click.echo("\n".join(lines))


def _filed(session: Session, batch: Batch) -> list[str]:
    lines = [_said(session, filing) for filing in batch.filings]
    for filing, caution in batch.cautions:
        lines += _minded(filing, [caution])
    return lines


def _minded(filing: Filing, cautions: Sequence[Caution]) -> list[str]:
    text = _("Mind {number}: {message}")
    return [text.format(number=filing.number, message=caution.message) for caution in cautions]


def _said(session: Session, filing: Filing) -> str:
    """What became of a filing, and for whom it waits now."""
    from registry.filings.approvals import awaited

    name = filing.account.name if filing.account else filing.form.get("name", "")
    said = _("{number} {kind} {account}: {state}").format(
        number=filing.number,
        kind=label(filing.kind, language()),
        account=name,
        state=label(filing.state, language()),
    )
    unit = awaited(session, filing)
    return said + _(", waits for {unit}").format(unit=unit) if unit else said


def _each(
    door: Door,
    numbers: Sequence[str],
    act_on: Callable[..., Any],
    *,
    unit: str | None = None,
    **more: Any,
) -> None:
    """One act on several filings, in one transaction."""
    from registry.filings.acts import find_filing
    from registry.units.naming import find_unit

    with door.writing(person=True) as (session, act):
        if unit:
            act = replace(act, acting_unit=find_unit(session, unit))
        done = [find_filing(session, number) for number in numbers]
        for filing in done:
            act_on(session, filing, act, **more)
        lines = [_said(session, filing) for filing in done]
    click.echo("\n".join(lines))


@command.command(help=_("Hand in drafts or returned filings, corrected by what is given here."))
@_numbers
@filing_options
@click.option("--platform", help=_("Platform, e.g. 微博."))
@click.option("--name", help=_("Name of the account."))
@click.option("--host", "host_unit", metavar="UNIT", help=_("Host unit."))
@click.option("--stop-on", help=_("Last day of updates."))
@click.option("--cancelled-on", help=_("Day of the platform's cancellation."))
@click.option("--cause", type=Words(CancelCause), help=_CAUSE)
@click.option("--to", "transferred_to", help=_("To whom."))
@click.option("--effective", "effective_on", type=DAY, help=_("Day from which it holds."))
@pass_door
def submit(door: Door, /, filings: tuple[str, ...], **given: Any) -> None:
    from registry.filings import acts as rules
    from registry.filings.openings import Openings

    with door.registry() as registry, registry.write() as session:
        act, openings = door.act(session, given["reason"]), Openings(session)
        done = [rules.find_filing(session, number) for number in filings]
        lines = []
        for filing in done:
            if any(given.values()):
                rules.amend(session, filing, act=act, **correction(given), catalogue=door.platforms)
                attach_papers(registry, session, filing, given, act)
            handed = rules.submit(session, filing, act, openings)
            lines += [_said(session, filing), *_minded(filing, handed.cautions)]
    click.echo("\n".join(lines))


@command.command(help=_("Pass one local approval step."))
@_numbers
@_note
@_for
@pass_door
def approve(door: Door, filings: tuple[str, ...], note: str, unit: str | None) -> None:
    from registry.filings import acts as rules

    _each(door, filings, rules.approve, unit=unit, note=note)


@command.command("return", help=_("Send filings back to be corrected."))
@_numbers
@_note
@_for
@pass_door
def return_(door: Door, filings: tuple[str, ...], note: str, unit: str | None) -> None:
    from registry.filings import acts as rules

    _each(door, filings, rules.return_, unit=unit, note=note)


@command.command(help=_("Refuse filings for good."))
@_numbers
@_note
@_for
@pass_door
def reject(door: Door, filings: tuple[str, ...], note: str, unit: str | None) -> None:
    from registry.filings import acts as rules

    _each(door, filings, rules.reject, unit=unit, note=note)


@command.command(help=_("Take filings back; what their approval did is undone."))
@_numbers
@_note
@pass_door
def withdraw(door: Door, filings: tuple[str, ...], note: str) -> None:
    from registry.filings import acts as rules

    _each(door, filings, rules.withdraw, note=note)


@command.command(help=_("Complete approved filings: they take effect."))
@_numbers
@click.option("--on", "effective_on", type=DAY, help=_("The day from which it holds."))
@filing_options
@click.option("--cancelled-on", help=_("Day of the platform's cancellation."))
@click.option(
    "--cause",
    type=Words(CancelCause),
    help=_CAUSE,
)
@pass_door
def complete(
    door: Door, /, filings: tuple[str, ...], effective_on: date | None, **given: Any
) -> None:
    from registry.filings import acts as rules

    with door.registry() as registry, registry.write() as session:
        act = door.act(session, given["reason"], person=True)
        done = [rules.find_filing(session, number) for number in filings]
        for filing in done:
            attach_papers(registry, session, filing, given, act)
            rules.complete(
                session,
                filing,
                act,
                fields=form_fields(given),
                notice_url=given["notice_url"],
                effective_on=effective_on,
                catalogue=door.platforms,
            )
        lines = [_said(session, filing) for filing in done]
    click.echo("\n".join(lines))


@command.command("list", help=_("List filings; --due shows what waits for whom."))
@click.option("--due", is_flag=True, help=_("What waits, for whom, since how many working days."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=Words(FilingState),
    help=_("State."),
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=Words(FilingKind),
    help=_("Kind."),
)
@click.option("--unit", help=_("Only this host unit's."))
@listing_options
@pass_door
def list_(
    door: Door,
    due: bool,
    states: tuple[str, ...],
    kinds: tuple[str, ...],
    unit: str | None,
    format_: str,
    output: str | None,
) -> None:
    from registry.filings.reading import list_filings
    from registry.units.naming import find_unit
    from reports.listing import write_listing

    with door.reading() as session:
        if due:
            _list_due(door, session, format_, output)
            return
        rows = list_filings(
            session,
            states=[FilingState(state) for state in states],
            kinds=[FilingKind(kind) for kind in kinds],
            unit=find_unit(session, unit) if unit else None,
        )
    write_listing(rows, _row_columns(door), format_, output)


def _list_due(door: Door, session: Any, format_: str, output: str | None) -> None:
    from registry.filings.due import due
    from reports.listing import Column, write_listing

    columns = [
        Column("number", _("Filing no.")),
        Column("task", _("To do")),
        Column("kind", _("Kind")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account_name", _("Account")),
        Column("waits_for", _("Waits for")),
        Column("since", _("Since")),
        Column("working_days", _("Working days"), right=True),
        Column("limit", _("Limit"), right=True),
        Column("exceeded", _("Over the limit")),
        Column("note", _("Remark")),
        Column("host_unit", _("Host unit"), table=False),
        Column("filing_uid", _("Internal no."), table=False),
    ]
    write_listing(due(session, door.now), columns, format_, output)


def _row_columns(door: Door) -> list[Any]:
    from reports.listing import Column

    return [
        Column("number", _("Filing no.")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account")),
        Column("host_unit", _("Host unit")),
        Column("level", _("Steps passed"), right=True),
        Column("effective_on", _("In effect from")),
        Column("waiting_since", _("Waiting since")),
        Column("created_at", _("Made"), table=False),
        Column("uid", _("Internal no."), table=False),
    ]


@command.command(help=_("Show one filing with its form, steps and papers."))
@click.argument("filing")
@card_options
@pass_door
def show(door: Door, filing: str, format_: str, output: str | None) -> None:
    from registry.filings.acts import find_filing
    from registry.filings.reading import filing_card
    from reports.card import Section, flat, write_card
    from reports.listing import Column

    with door.reading() as session:
        card = flat(filing_card(session, find_filing(session, filing), door.platforms))
    fields = [
        *_row_columns(door),
        Column("reason", _("Reason")),
        Column("notice_url", _("Notice")),
        Column("batch", _("Handed in with")),
        Column("account_uid", _("Account's uid")),
    ]
    form = [
        Column("field", _("Field")),
        Column("before", _("Before")),
        Column("value", _("Filed")),
    ]
    steps = [
        Column("at", _("When")),
        Column("act", _("Act")),
        Column("level", _("Level"), right=True),
        Column("actor", _("Actor")),
        Column("unit", _("For")),
        Column("note", _("Note")),
    ]
    papers = [
        Column("file_name", _("File")),
        Column("purpose", _("Kind of paper")),
        Column("size", _("Bytes"), right=True),
        Column("sha256", "SHA-256"),
    ]
    sections = [
        Section("form", _("What is filed"), form),
        Section("steps", _("Steps"), steps),
        Section("papers", _("Papers"), papers),
    ]
    write_card(card, fields, sections, format_, output)


@command.command(help=_("Write an empty sheet for many filings at once."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    from registry.exchange.filing_sheet import write_template
    from reports.files import replaced

    with replaced(file) as made:
        write_template(made)
    click.echo(_("Written: {file}").format(file=file))
