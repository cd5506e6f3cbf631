"""`unit`: the bodies that answer for accounts, and what happens to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import DAY, REGION_CODE, Words, card_options, listing_options
from registry.messages import _
from registry.vocab import UnitKind, UnitLevel

if TYPE_CHECKING:
    from registry.units.acts import Aftermath

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Units: add · alias · rename · merge · split · abolish · move · list · show."))
def command() -> None:
    pass


_on = click.option("--on", type=DAY, help=_("The day from which it holds (default: today)."))
_reason = click.option("--reason", default="", help=_("Why; kept with the act."))


@command.command(help=_("Add a unit under its full name."))
@click.argument("name")
@click.option("--level", type=Words(UnitLevel), help=_("Its level."))
@click.option("--kind", type=Words(UnitKind), help=_("Its kind."))
@click.option("--region-code", type=REGION_CODE, help=_("Its region code, six digits (GB/T 2260)."))
@click.option("--parent", metavar="UNIT", help=_("The unit above it."))
@click.option("--alias", "aliases", multiple=True, help=_("Another name; may be repeated."))
@_on
@_reason
@pass_door
def add(
    door: Door,
    name: str,
    level: str | None,
    kind: str | None,
    region_code: str | None,
    parent: str | None,
    aliases: tuple[str, ...],
    on: date | None,
    reason: str,
) -> None:
    from registry.units.acts import add_unit
    from registry.units.naming import find_unit, infer

    seen_level, seen_kind = infer(name)
    with door.writing(reason) as (session, act):
        unit = add_unit(
            session,
            name,
            act=act,
            effective_on=door.day(on),
            level=UnitLevel(level) if level else seen_level,
            level_read_off=not level,
            kind=UnitKind(kind) if kind else seen_kind,
            region_code=region_code,
            parent=find_unit(session, parent) if parent else None,
            aliases=aliases,
        )
        said = _("Added: {name} ({uid})").format(name=unit.name, uid=unit.uid)
    click.echo(said)


@command.command(help=_("Let a unit be found by another name too, or no longer."))
@click.argument("unit")
@click.argument("name")
@click.option("--remove", is_flag=True, help=_("It is no name of the unit: take it back."))
@_on
@_reason
@pass_door
def alias(door: Door, unit: str, name: str, remove: bool, on: date | None, reason: str) -> None:
    from registry.units.acts import add_alias, remove_alias
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        found = find_unit(session, unit)
        do = remove_alias if remove else add_alias
        do(session, found, name, act=act, effective_on=door.day(on))
        told = (
            _("{name} is no longer found as {alias}.")
            if remove
            else _("{name} is now also found as {alias}.")
        )
        said = told.format(name=found.name, alias=name)
    click.echo(said)


@command.command(help=_("Give a unit another name; the former one stays known."))
@click.argument("unit")
@click.argument("name")
@_on
@_reason
@pass_door
def rename(door: Door, unit: str, name: str, on: date | None, reason: str) -> None:
    from registry.units.acts import rename_unit
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        found = find_unit(session, unit)
        former = found.name
        rename_unit(session, found, name, act=act, effective_on=door.day(on))
        said = _("{former} is now called {name}.").format(former=former, name=name)
    click.echo(said)


@command.command(help=_("End a unit; another succeeds it."))
@click.argument("unit")
@click.argument("into")
@_on
@_reason
@pass_door
def merge(door: Door, unit: str, into: str, on: date | None, reason: str) -> None:
    from registry.units.acts import merge_unit
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        left = merge_unit(
            session,
            find_unit(session, unit),
            find_unit(session, into),
            act=act,
            effective_on=door.day(on),
        )
        lines = _aftermath(door, left)
    click.echo("\n".join(lines))


@command.command(help=_("Note that other units were split off a unit."))
@click.argument("unit")
@click.argument("parts", nargs=-1, required=True)
@_on
@_reason
@pass_door
def split(door: Door, unit: str, parts: tuple[str, ...], on: date | None, reason: str) -> None:
    from registry.units.acts import split_unit
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        left = split_unit(
            session,
            find_unit(session, unit),
            [find_unit(session, part) for part in parts],
            act=act,
            effective_on=door.day(on),
        )
        lines = _aftermath(door, left)
    click.echo("\n".join(lines))


@command.command(help=_("End a unit, with or without a successor."))
@click.argument("unit")
@click.option("--successor", metavar="UNIT", help=_("The unit that takes its place."))
@_on
@_reason
@pass_door
def abolish(door: Door, unit: str, successor: str | None, on: date | None, reason: str) -> None:
    from registry.units.acts import abolish_unit
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        left = abolish_unit(
            session,
            find_unit(session, unit),
            act=act,
            effective_on=door.day(on),
            successor=find_unit(session, successor) if successor else None,
        )
        lines = _aftermath(door, left)
    click.echo("\n".join(lines))


@command.command(help=_("Put a unit under another one."))
@click.argument("unit")
@click.argument("parent")
@_on
@_reason
@pass_door
def move(door: Door, unit: str, parent: str, on: date | None, reason: str) -> None:
    from registry.units.acts import move_unit
    from registry.units.naming import find_unit

    with door.writing(reason) as (session, act):
        found, above = find_unit(session, unit), find_unit(session, parent)
        move_unit(session, found, above, act=act, effective_on=door.day(on))
        said = _("{name} now stands under {parent}.").format(name=found.name, parent=above.name)
    click.echo(said)


@command.command("list", help=_("List the units."))
@click.option("--under", metavar="UNIT", help=_("Only this unit and those below it."))
@listing_options
@pass_door
def list_(door: Door, under: str | None, format_: str, output: str | None) -> None:
    from registry.units.reading import list_units
    from reports.listing import Column, write_listing

    with door.reading() as session:
        rows = list_units(session, under=under)
    columns = [
        Column("name", _("Unit")),
        Column("level", _("Level")),
        Column("kind", _("Kind")),
        Column("region_code", _("Region code")),
        Column("parent", _("Parent unit")),
        Column("status", _("Status")),
        Column("accounts", _("Accounts"), right=True),
        Column("aliases", _("Other names"), table=False),
        Column("uid", _("Internal no."), table=False),
    ]
    write_listing(rows, columns, format_, output)


@command.command(help=_("Show one unit with its names, acts and accounts."))
@click.argument("unit")
@card_options
@pass_door
def show(door: Door, unit: str, format_: str, output: str | None) -> None:
    from registry.units.naming import find_unit
    from registry.units.reading import unit_card
    from reports.card import Section, write_card
    from reports.listing import Column

    with door.reading() as session:
        card = unit_card(session, find_unit(session, unit))
    fields = [
        Column("name", _("Unit")),
        Column("level", _("Level")),
        Column("kind", _("Kind")),
        Column("region_code", _("Region code")),
        Column("parent", _("Parent unit")),
        Column("supervising_unit", _("Supervising unit")),
        Column("status", _("Status")),
        Column("aliases", _("Other names")),
        Column("identifiers", _("Unit codes")),
        Column("uid", _("Internal no.")),
    ]
    acts = [
        Column("effective_on", _("From")),
        Column("kind", _("Act")),
        Column("other", _("About")),
        Column("actor", _("Actor")),
        Column("reason", _("Reason")),
    ]
    accounts = [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("name", _("Account")),
        Column("state", _("State")),
        Column("uid", _("Internal no.")),
    ]
    sections = [Section("acts", _("Acts"), acts), Section("accounts", _("Accounts"), accounts)]
    write_card(card, fields, sections, format_, output)


def _aftermath(door: Door, left: Aftermath) -> list[str]:
    lines = [_("Noted for {name}.").format(name=left.unit.name)]
    if left.refile:
        lines.append(_("These accounts need a filing for their new host unit:"))
        lines += [
            _("  {name} ({platform})").format(
                name=account.name, platform=door.platform_label(account.platform)
            )
            for account in left.refile
        ]
    if left.orphans:
        lines.append(_("These units stood below it and need another parent:"))
        lines += [f"  {orphan.name}" for orphan in left.orphans]
    return lines
