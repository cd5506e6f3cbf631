"""Which accounts and checks a sweep is about: the options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from commands.options import POINT
from registry.messages import _
from registry.vocab import CheckKind

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry
    from sweeps.planning.plan import Filters


def choice_options(function: Any) -> Any:
    """Which accounts and checks; the same for `plan` and `run`."""
    options = [
        click.option(
            "--at",
            type=POINT,
            help=_("Time point T (default: the weekly one of the settings, else now)."),
        ),
        click.option("--all", "everything", is_flag=True, help=_("Also what was read already.")),
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            type=click.Choice([kind.value for kind in CheckKind]),
            help=_("Only this kind of check."),
        ),
        click.option("--platform", "platforms", multiple=True, help=_("Only this platform.")),
        click.option("--unit", help=_("Only this unit's and those of units below it.")),
        click.option("--account", "accounts", multiple=True, help=_("Only this account.")),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def filters_of(door: Door, registry: Registry, given: dict[str, Any]) -> Filters:
    """The filters that these options name. Raises NotFound, also for a ledger without
    accounts, or Ambiguous."""
    from registry.accounts.making import find_account
    from registry.units.naming import find_unit
    from sweeps.planning.choice import KINDS, Filters, assure_accounts

    with registry.read() as session:
        assure_accounts(session)
        return Filters(
            kinds=[CheckKind(kind) for kind in given["kinds"]] or KINDS,
            platforms=[door.platforms.named(platform) for platform in given["platforms"]],
            unit_id=find_unit(session, given["unit"]).id if given["unit"] else None,
            account_ids=[
                find_account(session, text, catalogue=door.platforms).id
                for text in given["accounts"]
            ],
            everything=given["everything"],
        )
