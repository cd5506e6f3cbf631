"""`checkers list`: how each platform is read here, what that proves, what it needs; `checkers
identify`: which account an address, id or share text means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import listing_options
from registry.errors import EXIT_USAGE
from registry.messages import _, language
from registry.vocab import CheckKind, Identity, Proof

if TYPE_CHECKING:
    from sweeps.planning.offers import Offer

_SUGGESTED = 3
"""Platforms named as a help for an id that fits many."""

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Platforms and how they are read: list · identify."))
def command() -> None:
    pass


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of one platform; a platform without any is read by hand."""

    platform: str
    label: str
    source: str
    """Empty where people look."""
    title: str
    switched: str
    """A `sweeps.planning.offers.Switch`."""
    at_hand: str
    """A `sweeps.planning.offers.Held`."""
    kinds: tuple[CheckKind, ...]
    proves: tuple[Proof, ...]
    needs: tuple[str, ...]
    instead: tuple[str, ...]
    """Kinds of credential of which one will do where the needed one is missing."""
    route: str
    pace: Mapping[str, float]
    """Host → seconds between two requests; an empty host is the one of the office's address."""


@command.command(
    "list", help=_("List platforms with their sources: what is used, proofs, credentials, pace.")
)
@listing_options
@click.pass_obj
def list_(door: Door, format_: str, output: str | None) -> None:
    from reports.listing import Column, write_listing
    from sweeps.planning.offers import offers

    hub = door.settings.sweep.rsshub
    found = offers(door.catalogue, door.source_order, door.credentials, rsshub=hub)
    switches, holdings = _switches(), _holdings()
    columns = [
        Column("platform", _("Platform")),
        Column("label", _("Name")),
        Column("source", _("Source")),
        Column("title", _("What it is"), table=False),
        Column("switched", _("In use"), shown=lambda switch: switches[switch]),
        Column("proves", _("Proves")),
        Column("kinds", _("Kinds of check"), table=False),
        Column("needs", _("Credential")),
        Column("instead", _("Will do instead")),
        Column("at_hand", _("At hand"), shown=lambda held: holdings[held]),
        Column("route", _("RSSHub route"), table=False),
        Column(
            "pace", _("Seconds between requests"), shown=_span if format_ == "table" else _by_host
        ),
    ]
    write_listing([_row(offer) for offer in found], columns, format_, output)
    for broken in door.catalogue.broken:
        said = _("The checker {name} ({origin}) cannot be used: {error}")
        click.secho(
            said.format(name=broken.name, origin=broken.origin, error=broken.error),
            fg="yellow",
            err=True,
        )


def _row(offer: Offer) -> SourceRow:
    lang, checker, source = language().value, offer.checker, offer.source
    shown = checker.label.get(lang, offer.platform)
    if source is None:
        return SourceRow(
            offer.platform, shown, "", "", offer.switch, offer.held, (), (), (), (), "", {}
        )
    # a source that goes to the office's own address asks none of the platform's hosts
    pace = {"": source.pace} if source.pace else checker.hosts
    return SourceRow(
        offer.platform,
        shown,
        source.name,
        source.label.get(lang, ""),
        offer.switch,
        offer.held,
        tuple(kind for kind in CheckKind if kind in source.kinds),
        tuple(proof for proof in Proof if proof in source.proves),
        source.needs,
        source.instead,
        source.route,
        {host: pace[host].min_gap for host in pace},
    )


def _span(pace: Mapping[str, float]) -> str:
    """The shortest and the longest: all hosts of a platform would not fit into a table."""
    ends = sorted({min(pace.values()), max(pace.values())}) if pace else []
    return "–".join(f"{seconds:g}" for seconds in ends)


def _by_host(pace: Mapping[str, float]) -> str:
    return "; ".join(f"{host} {seconds:g}".strip() for host, seconds in pace.items())


def _switches() -> dict[str, str]:
    from sweeps.planning.offers import Switch

    return {
        Switch.DEFAULT: _("by default"),
        Switch.OFFICE: _("by the office's order"),
        Switch.ACCOUNT: _("where an account names it"),
        Switch.OFF: _("off"),
        Switch.BY_HAND: _("by hand"),
    }


def _holdings() -> dict[str, str]:
    from sweeps.planning.offers import Held

    return {
        Held.YES: _("at hand"),
        Held.NO: _("missing"),
        Held.PER_ACCOUNT: _("one for each account"),
        Held.NO_RSSHUB: _("no RSSHub set up"),
        Held.NOT_NEEDED: _("none needed"),
    }


@dataclass(frozen=True, slots=True)
class Identified:
    """What one text was taken for."""

    text: str
    platform: str
    """Empty when it was not recognised, as are the following two."""
    scheme: str
    value: str
    url: str
    advice: str
    """What to do next, where it was not recognised or only as an address."""


@command.command(
    help=_("Say which account a link, share text, store link or id means; exit 2 if none does.")
)
@click.argument("texts", metavar="TEXT…", nargs=-1, required=True)
@listing_options
@pass_door
def identify(door: Door, texts: tuple[str, ...], format_: str, output: str | None) -> None:
    from reports.listing import Column, write_listing

    rows = [_identified(door, text) for text in texts]
    columns = [
        Column("text", _("Given"), table=len(texts) > 1),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("scheme", _("Kind of id")),
        Column("value", _("Id")),
        Column("url", _("Address"), table=False),
        Column("advice", _("Next step")),
    ]
    write_listing(rows, columns, format_, output)
    if any(not row.platform for row in rows):
        raise click.exceptions.Exit(EXIT_USAGE)


def _identified(door: Door, text: str) -> Identified:
    found = door.catalogue.identify(text) or door.platforms.spelled_out(text)
    if found is None:
        return Identified(text, "", "", "", "", _advice(door, text))
    return Identified(
        text, found.platform, found.scheme, found.value, found.url, _caution(door, text, found)
    )


def _caution(door: Door, text: str, found: Identity) -> str:
    """What to bear in mind of what was recognised: an id yet unknown, or one that others have too."""
    if found.scheme == "url":
        return _("The id shows when the page is looked at.")
    others = [
        f"{door.platform_label(info.platform)}:{found.value}"
        for info in door.catalogue.infos()
        if info.platform != found.platform
        and text.strip() == found.value
        and door.platforms.valid_identifier(info.platform, found.scheme, found.value)
    ]
    if not others:
        return ""
    return _("Others have ids of this form, too. If it is one of them, give {words}.").format(
        words=_(" or ").join(others)
    )


def _advice(door: Door, text: str) -> str:
    from checkers.addresses import addresses

    candidates = door.catalogue.candidates(text)
    fitting = [
        f"{door.platform_label(info.platform)}:{text.strip()}"
        for info in door.catalogue.infos()
        if door.platforms.scheme_of(info.platform, text.strip())
    ]
    host = next((found.host for found in addresses(text)), "")
    if candidates:
        names = _(", ").join(door.platform_label(each.platform) for each in candidates)
        return _(
            "Not recognised: it fits several platforms ({names}). Give one account's link alone."
        ).format(names=names)
    if fitting:
        return _("Not recognised: say the platform, too, e.g. {words}.").format(
            words=_(" or ").join(fitting[:_SUGGESTED])
        )
    if host:
        return _(
            "Not recognised: {host} is no account's page of a known platform. Open it and copy the"
            " link of the account's own home page."
        ).format(host=host)
    return _(
        "Not recognised: a name alone is no id. Copy the link of the account's home page, or the"
        " text that “share” puts on the clipboard."
    )
