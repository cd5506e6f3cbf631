"""`finding`: what the rules flagged, what people made of it, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import DAY, POINT, Words, card_options, listing_options
from registry.messages import _, language
from registry.text import quoted
from registry.vocab import (
    CODES,
    HAND_CODES,
    Remedy,
    Review,
    act_words,
    code_title,
    finding_act,
    label,
)

if TYPE_CHECKING:
    from registry.findings.filings import UnderWay
    from registry.models import Finding
    from reports.listing import Column

pass_door = click.make_pass_decorator(Door)
_ids = click.argument("findings", nargs=-1, required=True)
_reason = click.option("--reason", default="", help=_("Why; kept with the act."))


@click.group(
    help=_(
        "Findings: add · list · show · confirm · dismiss · waive · assign · reported · recheck ·"
        " clear."
    )
)
def command() -> None:
    pass


@command.command(help=_("Enter what only a person sees (CT603–CT606)."))
@click.argument("account")
@click.argument("code", type=click.Choice(HAND_CODES))
@click.option("--reason", required=True, help=_("What was seen."))
@click.option("--seen", type=POINT, help=_("When it was seen (default: now)."))
@click.option("--url", default="", help=_("Its address."))
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help=_("A screenshot or paper; may be repeated."),
)
@pass_door
def add(
    door: Door,
    account: str,
    code: str,
    reason: str,
    seen: datetime | None,
    url: str,
    evidence: tuple[str, ...],
) -> None:
    from registry.accounts.making import find_account
    from registry.findings import acts as finding_acts
    from registry.keeping.attachments import attach

    with door.registry() as registry, registry.write() as session:
        act = door.act(session, reason, person=True)
        found = find_account(session, account, catalogue=door.platforms)
        papers = [
            attach(registry, session, Path(path), act=act, purpose="evidence", account=found)
            for path in evidence
        ]
        made = finding_acts.add(
            session,
            found,
            code=code,
            seen_at=seen or door.now,
            act=act,
            evidence=papers,
            url=url,
        )
        said = _("Finding {code} {title} entered: {uid}").format(
            code=code, title=code_title(code, language()), uid=made.uid
        )
    click.echo(said)


@command.command("list", help=_("List findings."))
@click.option("--code", "codes", multiple=True, type=click.Choice(list(CODES)), help=_("Code."))
@click.option(
    "--review",
    "reviews",
    multiple=True,
    type=Words(Review),
    help=_("Review."),
)
@click.option(
    "--remedy",
    "remedies",
    multiple=True,
    type=Words(Remedy),
    help=_("Remedy."),
)
@click.option("--unit", help=_("Only this unit's."))
@click.option("--all", "ended", is_flag=True, help=_("With those that have ended."))
@click.option("--overdue", is_flag=True, help=_("Only those whose deadline is over."))
@listing_options
@pass_door
def list_(
    door: Door,
    codes: Sequence[str],
    reviews: Sequence[str],
    remedies: Sequence[str],
    unit: str | None,
    ended: bool,
    overdue: bool,
    format_: str,
    output: str | None,
) -> None:
    from registry.findings.queries import FindingQuery
    from registry.findings.rows import listed
    from registry.units.naming import find_unit
    from reports.listing import Column, write_listing

    with door.reading() as session:
        query = FindingQuery(
            codes=codes,
            reviews=[Review(value) for value in reviews],
            remedies=[Remedy(value) for value in remedies],
            unit_ids=[find_unit(session, unit).id] if unit else (),
            running=None if ended else True,
            overdue_on=door.today if overdue else None,
        )
        rows = listed(session, query, now=door.now)
    columns = [
        Column("uid", _("Finding no.")),
        Column("code", _("Code")),
        Column("title", _("Problem")),
        Column("severity", _("Severity")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account"), shown=quoted),
        Column("unit", _("Unit"), shown=quoted),
        Column("detail", _("What was seen")),
        Column("review", _("Review")),
        Column("remedy", _("Remedy")),
        Column("due_on", _("Due on")),
        Column("first_seen_at", _("First seen"), table=False),
        Column("last_seen_at", _("Last seen"), table=False),
        Column("discriminator", _("Where"), table=False),
    ]
    write_listing(rows, columns, format_, output)


@command.command(help=_("Show one finding with its facts and all that happened to it."))
@click.argument("finding")
@card_options
@pass_door
def show(door: Door, finding: str, format_: str, output: str | None) -> None:
    from registry.findings.acts import find_finding
    from registry.findings.facts import fact_rows
    from registry.findings.rows import finding_card
    from reports.card import Section, flat, write_card
    from reports.listing import Column

    with door.reading() as session:
        card = flat(finding_card(session, find_finding(session, finding), now=door.now))
    if format_ == "table":
        card["fact_rows"] = fact_rows(card["facts"], door.platforms.label, card["platform"])
    fields = [
        Column("code", _("Code")),
        Column("title", _("Problem")),
        Column("severity", _("Severity")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account")),
        Column("unit", _("Unit")),
        Column("detail", _("What was seen")),
        Column("discriminator", _("Where")),
        Column("review", _("Review")),
        Column("remedy", _("Remedy")),
        Column("waived_until", _("Waived until")),
        Column("due_on", _("Due on")),
        Column("first_seen_at", _("First seen")),
        Column("last_seen_at", _("Last seen")),
        Column("ended_at", _("Ended")),
        Column("rule_set", _("Rule set")),
        Column("previous", _("Earlier finding")),
        Column("filings", _("Filings under way"), shown=_filings),
        Column("observations", _("Observations")),
        Column("legal_acts", _("Possible now"), shown=_acts),
        Column("uid", _("Finding no.")),
    ]
    events = [
        Column("at", _("When")),
        Column("act", _("Act"), shown=_act),
        Column("passed", _("Result"), shown=_passed),
        Column("due_on", _("Last day")),
        Column("actor", _("Actor")),
        Column("note", _("Note")),
    ]
    sections = [Section("events", _("What happened"), events)]
    if format_ == "json":
        fields.append(Column("facts", _("Facts")))
    else:
        sections.insert(0, Section("fact_rows", _("Facts"), _fact_columns()))
    write_card(card, fields, sections, format_, output)


def _fact_columns() -> list[Column]:
    from reports.listing import Column

    return [Column("side", _("Side")), Column("name", _("Fact")), Column("value", _("Value"))]


def _act(act: str) -> str:
    return finding_act(act, language())


def _acts(acts: Sequence[str]) -> str:
    return act_words(acts, language())


def _filings(filings: Sequence[UnderWay]) -> str:
    return _(", ").join(filing.words for filing in filings)


def _passed(passed: bool) -> str:
    return _("passed") if passed else _("not passed")


def _each(
    door: Door, findings: Sequence[str], reason: str, act_on: Callable[..., Finding], **more: Any
) -> None:
    """One act on several findings, in one transaction."""
    from registry.findings.acts import find_finding

    lines = []
    with door.writing(reason, person=True) as (session, act):
        for text in findings:
            done = act_on(session, find_finding(session, text), act=act, **more)
            lines.append(
                _("{uid}: review {review}, remedy {remedy}.").format(
                    uid=done.uid,
                    review=label(done.review, language()),
                    remedy=label(done.remedy, language()),
                )
            )
    click.echo("\n".join(lines))


@command.command(help=_("A person has verified it; it may enter a circular."))
@_ids
@_reason
@pass_door
def confirm(door: Door, findings: tuple[str, ...], reason: str) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.confirm)


@command.command(help=_("It is no fault."))
@_ids
@_reason
@pass_door
def dismiss(door: Door, findings: tuple[str, ...], reason: str) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.dismiss)


@command.command(help=_("Let it be until the end of a day."))
@_ids
@click.option("--until", type=DAY, required=True, help=_("The last day."))
@_reason
@pass_door
def waive(door: Door, findings: tuple[str, ...], until: date, reason: str) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.waive, until=until)


@command.command(help=_("Have it put right by a deadline."))
@_ids
@click.option("--due", type=DAY, required=True, help=_("The last day."))
@click.option("--unit", help=_("Who must put it right (default: the host unit)."))
@_reason
@pass_door
def assign(door: Door, findings: tuple[str, ...], due: date, unit: str | None, reason: str) -> None:
    from registry.findings import acts as finding_acts
    from registry.units.naming import find_unit

    def run(session: Any, finding: Finding, **more: Any) -> Finding:
        to = find_unit(session, unit) if unit else None
        return finding_acts.assign(session, finding, due_on=due, unit=to, **more)

    _each(door, findings, reason, run)


@command.command(help=_("The unit says that it is put right."))
@_ids
@_reason
@pass_door
def reported(door: Door, findings: tuple[str, ...], reason: str) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.reported)


@command.command(help=_("The office has looked again."))
@_ids
@click.option("--passed/--failed", required=True, help=_("Whether it is put right."))
@click.option("--due", type=DAY, help=_("If not: the new deadline."))
@_reason
@pass_door
def recheck(
    door: Door, findings: tuple[str, ...], passed: bool, due: date | None, reason: str
) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.recheck, passed=passed, due_on=due)


@command.command(help=_("Strike it off."))
@_ids
@_reason
@pass_door
def clear(door: Door, findings: tuple[str, ...], reason: str) -> None:
    from registry.findings import acts as finding_acts

    _each(door, findings, reason, finding_acts.clear)
