"""`checkers list`: the platforms, how each is read, what that proves, what it needs."""

from __future__ import annotations

from dataclasses import dataclass

import click

from commands.door import Door
from commands.options import listing_options
from registry.messages import _, language
from registry.vocab import label

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Platforms and how they are read: list."))
def command() -> None:
    pass


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of one platform; a platform without any is read by hand."""

    platform: str
    label: str
    source: str
    proves: str
    needs: str
    by_default: bool
    pace: str


@command.command("list", help=_("List platforms with their sources, proofs, credentials, pace."))
@listing_options
@click.pass_obj
def list_(door: Door, format_: str, output: str | None) -> None:
    from reports.listing import Column, write_listing

    rows = _rows(door)
    columns = [
        Column("platform", _("Platform")),
        Column("label", _("Name")),
        Column("source", _("Source")),
        Column("proves", _("Proves")),
        Column("needs", _("Credential")),
        Column("by_default", _("On by default")),
        Column("pace", _("Seconds between requests")),
    ]
    write_listing(rows, columns, format_, output)
    for broken in door.catalogue.broken:
        said = _("The checker {name} ({origin}) cannot be used: {error}")
        click.secho(
            said.format(name=broken.name, origin=broken.origin, error=broken.error),
            fg="yellow",
            err=True,
        )


def _rows(door: Door) -> list[SourceRow]:
    lang = language().value
    rows = []
    for name, checker in [*door.catalogue.platforms.items(), *door.catalogue.shared.items()]:
        shown = checker.label.get(lang, name)
        pace = "; ".join(f"{host} {pace.min_gap:g}" for host, pace in checker.hosts.items())
        if not checker.sources:
            rows.append(SourceRow(name, shown, _("by hand"), "", "", True, ""))
        for source in checker.sources:
            proves = "、".join(sorted(label(proof, lang) for proof in source.proves))
            needs = "、".join(source.needs)
            rows.append(SourceRow(name, shown, source.name, proves, needs, source.by_default, pace))
    return rows
