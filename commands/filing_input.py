"""How a filing is put on the command line: shared options, and the way from them to requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from commands.options import DAY
from registry.messages import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.accounts.making import ContactGiven
    from registry.db import Registry
    from registry.filings.batch import FilingRequest
    from registry.history.writing import Act
    from registry.models import Filing
    from registry.vocab import FilingKind

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORM_OPTIONS = (
    "platform",
    "name",
    "host_unit",
    "form",
    "verified_subject",
    "url",
    "purpose",
    "opened_on",
    "cadence",
    "supervising_unit",
    "operator",
    "stop_on",
    "cause",
    "cancelled_on",
    "transferred_to",
)
"""Options that are fields of the form, by the same name."""


def filing_options(function: Decorated) -> Decorated:
    """What every filing may bring on the command line."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    options = [
        click.option("--form", help=_("Form of the account, e.g. 服务号.")),
        click.option(
            "--id",
            "identifiers",
            multiple=True,
            metavar="[SCHEME:]VALUE",
            help=_("A platform id, e.g. uid:1234567890; may be repeated."),
        ),
        click.option("--subject", "verified_subject", help=_("Verified subject as shown.")),
        click.option("--url", help=_("Address of the account.")),
        click.option("--purpose", help=_("What the account is for.")),
        click.option("--opened-on", help=_("Day of opening.")),
        click.option("--cadence", help=_("How often it is updated.")),
        click.option("--supervising", "supervising_unit", help=_("Supervising unit.")),
        click.option("--operator", help=_("Operator.")),
        click.option(
            "--contact",
            "contacts",
            multiple=True,
            metavar="NAME,PHONE[,DUTY]",
            help=_("A person to call; kept apart and erasable."),
        ),
        click.option("--reason", default="", help=_("Why.")),
        click.option("--notice", "notice_url", default="", help=_("Link of the public notice.")),
        click.option(
            "--paper", "papers", multiple=True, type=file, help=_("A paper to keep with it.")
        ),
        click.option(
            "--proof", "proofs", multiple=True, type=file, help=_("The platform's proof of it.")
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def making_options(function: Decorated) -> Decorated:
    """What only the making of a filing takes: a sheet, a date, whether it stays a draft."""
    options = [
        click.option(
            "--from",
            "sheet",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=_("A sheet with one filing a row (see `filing template`)."),
        ),
        click.option("--effective", "effective_on", type=DAY, help=_("Day from which it holds.")),
        click.option("--draft", is_flag=True, help=_("Keep it as a draft for now.")),
    ]
    for option in reversed(options):
        function = option(function)
    return filing_options(function)


def form_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form among the options; options not given are no fields."""
    fields = {name: given[name] for name in FORM_OPTIONS if given.get(name) is not None}
    identifiers = dict(_identifier(text) for text in given.get("identifiers", ()))
    if identifiers:
        fields["identifiers"] = _one_or_many(identifiers)
    return fields


def correction(given: Mapping[str, Any]) -> dict[str, Any]:
    """What `registry.filings.acts.amend` is to change, by its own argument names."""
    return {
        "fields": form_fields(given),
        "effective_on": given["effective_on"],
        "reason": given["reason"] or None,
        "notice_url": given["notice_url"] or None,
        "contacts": contacts_given(given["contacts"]),
    }


def _identifier(text: str) -> tuple[str, str]:
    scheme, colon, value = text.partition(":")
    return (scheme, value) if colon else ("", text)


def _one_or_many(identifiers: Mapping[str, str]) -> Mapping[str, str] | str:
    """An id without a scheme is left to the form, which knows the platform."""
    return identifiers[""] if set(identifiers) == {""} else identifiers


def contacts_given(texts: Iterable[str]) -> list[ContactGiven]:
    """`NAME,PHONE[,DUTY]` as contacts; a comma may be full-width."""
    from registry.accounts.making import ContactGiven

    found = []
    for text in texts:
        name, phone, duty = [*text.replace("，", ",").split(","), "", ""][:3]
        found.append(ContactGiven(name.strip(), phone.strip(), duty.strip() or "contact"))
    return found


def requests_for(
    door: Door, kind: FilingKind, accounts: Sequence[str], given: Mapping[str, Any]
) -> list[FilingRequest]:
    """One request for each account named, for each row of the sheet, or for one opening.

    Raises UsageError when nothing is named, BadInput with every fault of the sheet.
    """
    from registry.filings.batch import FilingRequest
    from registry.vocab import FilingKind

    if given["sheet"]:
        from registry.exchange.filing_sheet import read_requests

        return read_requests(given["sheet"], kind, today=door.today, catalogue=door.platforms)
    if kind is not FilingKind.OPEN and not accounts:
        raise click.UsageError(_("Name at least one account, or give a sheet with --from."))
    named: Sequence[str | None] = accounts or (None,)
    return [
        FilingRequest(
            kind,
            account,
            form_fields(given),
            None,
            given["effective_on"],
            given["reason"],
            given["notice_url"],
            contacts_given(given["contacts"]),
        )
        for account in named
    ]


def attach_papers(
    registry: Registry, session: Session, filing: Filing, given: Mapping[str, Any], act: Act
) -> None:
    """Keep the papers and proofs given with a filing."""
    from registry.filings.needs import PROOF
    from registry.keeping.attachments import attach

    for purpose, paths in (("paper", given["papers"]), (PROOF, given["proofs"])):
        for path in paths:
            attach(registry, session, path, act=act, purpose=purpose, filing=filing)
