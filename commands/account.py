"""`account`: the ledger as it is or as it was, one account in full, its ids, sources, contacts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import DAY, KNOWN, Words, card_options, listing_options
from registry.messages import _
from registry.vocab import AccountState

if TYPE_CHECKING:
    from reports.card import Section
    from reports.listing import Column

pass_door = click.make_pass_decorator(Door)
_on = click.option("--on", type=DAY, help=_("The day from which it holds (default: today)."))
_reason = click.option("--reason", default="", help=_("Why; kept with the act."))


@click.group(
    help=_("Accounts: list · show · history · identifier · source · contacts · forget-contact.")
)
def command() -> None:
    pass


@command.command("list", help=_("The ledger: now, as of a day, or as it was known at a moment."))
@click.option("--as-of", type=DAY, help=_("What held on that day."))
@click.option("--known-at", type=KNOWN, help=_("What was recorded by that moment."))
@click.option("--platform", "platforms", multiple=True, help=_("Only this platform."))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=Words(AccountState),
    help=_("Only accounts in this state."),
)
@click.option("--unit", help=_("Only this unit's and those of units below it."))
@click.option("--name", default="", help=_("Only names that contain this."))
@click.option("--contacts", is_flag=True, help=_("With contacts, masked."))
@listing_options
@pass_door
def list_(
    door: Door,
    as_of: date | None,
    known_at: datetime | None,
    platforms: tuple[str, ...],
    states: tuple[str, ...],
    unit: str | None,
    name: str,
    contacts: bool,
    format_: str,
    output: str | None,
) -> None:
    from registry.queries import Filters, ledger
    from registry.units.naming import find_unit
    from reports.ledger import write_ledger

    with door.reading() as session:
        filters = Filters(
            platforms=[door.platforms.named(platform) for platform in platforms],
            states=[AccountState(state) for state in states],
            under=find_unit(session, unit).uid if unit else "",
            name=name,
        )
        rows = ledger(
            session, as_of=as_of, known_at=known_at, filters=filters, with_contacts=contacts
        )
    file = Path(output) if output else None
    write_ledger(rows, format_, file, platform=door.platform_label, at=door.now, as_of=as_of)


@command.command(help=_("Show one account with ids, sources, filings, looks and findings."))
@click.argument("account")
@card_options
@pass_door
def show(door: Door, account: str, format_: str, output: str | None) -> None:
    from registry.accounts.making import find_account
    from registry.accounts.reading import account_card
    from reports.card import flat, write_card
    from reports.ledger import ledger_columns

    with door.reading() as session:
        found = find_account(session, account, catalogue=door.platforms)
        card = flat(account_card(session, found, now=door.now))
    write_card(card, ledger_columns(door.platform_label), _sections(), format_, output)


def _sections() -> list[Section]:
    """What belongs to an account, in the order of its card."""
    from reports.card import Section

    return [
        Section("ids", _("Ids"), _id_columns()),
        Section("seen_ids", _("Ids seen, not in the ledger"), _seen_id_columns()),
        Section("sources", _("Sources"), _source_columns()),
        Section("filings", _("Filings"), _filing_columns()),
        Section("looks", _("Last looks"), _look_columns()),
        Section("findings", _("Findings"), _finding_columns()),
    ]


def _id_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("scheme", _("Kind")),
        Column("value", _("Id")),
        Column("preferred", _("Native id")),
        Column("valid_from", _("From")),
        Column("valid_to", _("To")),
        Column("disputed", _("Disputed")),
    ]


def _seen_id_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("scheme", _("Kind")),
        Column("value", _("Id")),
        Column("seen_at", _("Seen at")),
        Column("instead_of", _("In the ledger")),
        Column("held_by", _("Held by")),
    ]


def _source_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("source", _("Source")),
        Column("address", _("Address")),
        Column("credential", _("Credential")),
        Column("enabled", _("On")),
    ]


def _filing_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("number", _("Filing no.")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("effective_on", _("In effect from")),
    ]


def _look_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("observed_at", _("When")),
        Column("kind", _("Kind")),
        Column("outcome", _("Outcome")),
        Column("reason", _("Reason")),
        Column("source", _("Source")),
        Column("last_post_at", _("Last post")),
        Column("display_name", _("Name shown")),
    ]


def _finding_columns() -> list[Column]:
    from reports.listing import Column

    return [
        Column("code", _("Code")),
        Column("title", _("Problem")),
        Column("severity", _("Severity")),
        Column("detail", _("What was seen")),
        Column("review", _("Review")),
        Column("remedy", _("Remedy")),
        Column("uid", _("Finding no.")),
    ]


@command.command(help=_("Everything that was ever recorded of an account."))
@click.argument("account")
@listing_options
@pass_door
def history(door: Door, account: str, format_: str, output: str | None) -> None:
    from registry.accounts.making import find_account
    from registry.accounts.reading import history_rows
    from reports.listing import Column, write_listing

    with door.reading() as session:
        found = find_account(session, account, catalogue=door.platforms)
        rows = history_rows(session, found, door.platforms)
    columns = [
        Column("seq", _("No."), right=True),
        Column("effective_on", _("In effect from")),
        Column("recorded_at", _("Recorded")),
        Column("changed", _("What changed")),
        Column("filing", _("Filing")),
        Column("actor", _("Actor")),
        Column("reason", _("Reason")),
        Column("late", _("Entered late")),
    ]
    write_listing(rows, columns, format_, output)


@command.command(
    help=_(
        "Add, end or prefer an id of an account: SCHEME:VALUE; or enter with --seen those that a"
        " platform showed beside one of the ledger's (`account show` lists them)."
    )
)
@click.argument("account")
@click.argument("identifier", metavar="[SCHEME:VALUE]", required=False)
@click.option("--end", is_flag=True, help=_("The id is no longer valid."))
@click.option("--prefer", is_flag=True, help=_("This is the native id."))
@click.option("--seen", is_flag=True, help=_("Enter the ids seen of schemes without one."))
@_on
@_reason
@pass_door
def identifier(
    door: Door,
    account: str,
    identifier: str | None,
    end: bool,
    prefer: bool,
    seen: bool,
    on: date | None,
    reason: str,
) -> None:
    from registry.accounts import making as rules
    from registry.accounts.seen_ids import take_seen

    if seen and (identifier or end or prefer):
        raise click.UsageError(_("--seen goes with neither an id nor --end nor --prefer."))
    scheme, _colon, value = (identifier or "").partition(":")
    if not seen and not value:
        raise click.UsageError(_("Write the id as SCHEME:VALUE, e.g. uid:1234567890."))
    day = door.day(on)
    with door.writing(reason) as (session, act):
        found = rules.find_account(session, account, catalogue=door.platforms)
        if seen:
            new = take_seen(session, found, platforms=door.platforms, act=act, effective_on=day)
            ids = ", ".join(f"{row.scheme}:{row.value}" for row in new)
            said = _("Noted for {account}: {ids}.").format(account=found.name, ids=ids)
        else:
            door.platforms.check_identifier(found.platform, scheme, value)
            change = (
                rules.end_identifier
                if end
                else rules.prefer_identifier if prefer else rules.add_identifier
            )
            change(session, found, scheme, value, act=act, effective_on=day)
            said = _("Noted for {account}.").format(account=found.name)
    click.echo(said)


@command.command(help=_("Say how an account is to be looked at: feed, rsshub, article …"))
@click.argument("account")
@click.argument("source")
@click.option("--address", default="", help=_("Feed URL, RSSHub route, a known article."))
@click.option("--credential", default="", help=_("Name of the credential, e.g. wechat:wx… ."))
@click.option("--position", default=0, help=_("Place in the order; the lowest is asked first."))
@click.option("--off", is_flag=True, help=_("Do not use this source."))
@click.option("--remove", is_flag=True, help=_("Forget this setting."))
@pass_door
def source(
    door: Door,
    account: str,
    source: str,
    address: str,
    credential: str,
    position: int,
    off: bool,
    remove: bool,
) -> None:
    from registry.accounts import making as rules

    if credential:
        door.credentials.checked_name(credential)
    with door.writing() as (session, _act):
        found = rules.find_account(session, account, catalogue=door.platforms)
        door.check_source(found.platform, source)
        if remove:
            rules.remove_source(session, found, source, address=address)
        else:
            rules.set_source(
                session,
                found,
                source,
                address=address,
                credential=credential,
                enabled=not off,
                position=position,
            )
        said = _("Noted for {account}.").format(account=found.name)
    click.echo(said)


@command.command(help=_("The contacts of one account in full; everywhere else they are masked."))
@click.argument("account")
@listing_options
@pass_door
def contacts(door: Door, account: str, format_: str, output: str | None) -> None:
    from registry.accounts.contacts import contacts_of, person_of
    from registry.accounts.making import find_account
    from reports.listing import Column, write_listing

    with door.reading() as session:
        found = find_account(session, account, catalogue=door.platforms)
        people = [person_of(contact) for contact in contacts_of(session, found)]
    columns = [
        Column("name", _("Contact")),
        Column("phone", _("Phone")),
        Column("duty", _("Duty"), shown=_duty),
    ]
    write_listing(people, columns, format_, output)


def _duty(duty: str) -> str:
    return {
        "contact": _("contact person"),
        "responsible": _("person responsible"),
        "admin": _("administrator"),
    }.get(duty, duty)


@command.command("forget-contact", help=_("Delete the contacts of an account for good."))
@click.argument("account")
@_reason
@pass_door
def forget_contact(door: Door, account: str, reason: str) -> None:
    from registry.accounts.making import find_account
    from registry.keeping.forgetting import forget_contact as forget

    with door.registry() as registry:
        with registry.read() as session:
            uid = find_account(session, account, catalogue=door.platforms).uid
        left = forget(registry, uid, lambda session: door.act(session, reason, person=True))
    click.echo(_("Deleted: {count} contacts.").format(count=left.deleted))
    if left.papers:
        click.echo(_("These may still name the person; look through and replace them:"))
        click.echo("\n".join(f"  {paper}" for paper in left.papers))
