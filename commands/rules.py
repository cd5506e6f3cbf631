"""`rules`: the rule sets that judge, data files so that an office can tighten them; and its limits."""

from __future__ import annotations

from dataclasses import dataclass

import click

from commands.door import Door
from commands.options import card_options, listing_options
from registry.db import data_folder
from registry.messages import _, language
from registry.vocab import code_title

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Rule sets: list · show · check. Limits in working days: limits."))
def command() -> None:
    pass


@dataclass(frozen=True, slots=True)
class SetRow:
    """One rule set of the list."""

    name: str
    title: str
    jurisdiction: str
    year: int | None
    window_days: int | None
    path: str
    fault: str


@command.command("list", help=_("List the rule sets, shipped and your own."))
@listing_options
@pass_door
def list_(door: Door, format_: str, output: str | None) -> None:
    from reports.listing import Column, write_listing
    from verdicts.ruleset import list_rulesets

    rows = []
    for found in list_rulesets(data_folder(door.location, door.data)):
        rules = found.rule_set
        rows.append(
            SetRow(
                found.name,
                rules.title[language().value] if rules else "",
                rules.jurisdiction if rules else "",
                rules.year if rules else None,
                rules.window_days if rules else None,
                found.path or _("shipped"),
                "; ".join(fault.message for fault in found.faults),
            )
        )
    columns = [
        Column("name", _("Rule set id")),
        Column("title", _("Title")),
        Column("jurisdiction", _("Holds in")),
        Column("year", _("Year"), right=True),
        Column("window_days", _("Days without update"), right=True),
        Column("path", _("File")),
        Column("fault", _("Faults")),
    ]
    write_listing(rows, columns, format_, output)


@command.command(help=_("Show one rule set with its thresholds and sources."))
@click.argument("name")
@card_options
@pass_door
def show(door: Door, name: str, format_: str, output: str | None) -> None:
    from reports.card import Section, write_card
    from reports.listing import Column
    from verdicts.ruleset import load

    lang = language().value
    rules = load(name, data=data_folder(door.location, door.data))
    shown = {
        "name": rules.name,
        "title": rules.title[lang],
        "jurisdiction": rules.jurisdiction,
        "year": rules.year,
        "source": rules.source,
        "extends": "、".join(rules.extends),
        "rules": [
            {
                "id": rule.id,
                "title": rule.title[lang],
                "figures": "、".join(f"{key} = {value}" for key, value in rule.figures.items()),
                "codes": "、".join(f"{code} {code_title(code, lang)}" for code in rule.codes),
                "source": rule.source,
                "enabled": rule.enabled,
            }
            for rule in rules.rules.values()
        ],
    }
    fields = [
        Column("name", _("Rule set id")),
        Column("title", _("Title")),
        Column("jurisdiction", _("Holds in")),
        Column("year", _("Year")),
        Column("source", _("Source")),
        Column("extends", _("Builds on")),
    ]
    columns = [
        Column("id", _("Rule")),
        Column("title", _("Title")),
        Column("figures", _("Thresholds")),
        Column("codes", _("Finding codes")),
        Column("source", _("Source")),
        Column("enabled", _("In force")),
    ]
    write_card(shown, fields, [Section("rules", _("Rules"), columns)], format_, output)


@command.command(help=_("Check a rule set file: all faults at once."))
@click.argument("file")
@pass_door
def check(door: Door, file: str) -> None:
    from verdicts.ruleset import check as run

    rules = run(file, data=data_folder(door.location, door.data))
    click.echo(
        _("{name} is in order: {count} rules.").format(name=rules.name, count=len(rules.rules))
    )


@command.command(help=_("List the limits in working days, or set some of them."))
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=DAYS",
    help=_("Set this limit, such as RC304=8; may be repeated."),
)
@click.option("--reason", default="", help=_("Why; kept with the act."))
@click.option("--basis", default="", help=_("The regulation on which it rests."))
@listing_options
@pass_door
def limits(
    door: Door,
    given: tuple[str, ...],
    reason: str,
    basis: str,
    format_: str,
    output: str | None,
) -> None:
    from reconcilers.limits import change
    from reconcilers.limits import limits as read
    from reports.listing import Column, write_listing

    if given:
        with door.writing(reason, person=True) as (session, act):
            rows = change(session, given, act=act, effective_on=door.today, basis=basis)
    elif reason or basis:
        raise click.UsageError(_("--reason and --basis go with --set."))
    else:
        with door.reading() as session:
            rows = read(session)
    columns = [
        Column("name", _("Name")),
        Column("title", _("Limit")),
        Column("days", _("Days"), right=True),
        Column("unit", _("Counted in"), shown=lambda _unit: _("working days")),
        Column("basis", _("Basis")),
        Column("since", _("Set on")),
        Column("actor", _("Actor")),
        Column("reason", _("Reason")),
    ]
    write_listing(rows, columns, format_, output)
