"""`remind`: tell host units which of their accounts are about to go stale, once for each silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import listing_options
from registry.errors import BadConfig, TaizhangError
from registry.messages import _

if TYPE_CHECKING:
    from registry.db import Registry
    from sweeps.lease import Lease
    from verdicts.reminders import Reminders, UnitReminder

pass_door = click.make_pass_decorator(Door)


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One account of the listing."""

    unit: str
    platform: str
    account: str
    last_post_at: datetime | date | None
    stale_on: date
    looked_at: datetime
    sent: bool


@click.command(
    help=_(
        "Remind host units of accounts about to go stale, each silence once. Messages go to the"
        " unit's own addresses, else to the office's."
    )
)
@click.option("--dry-run", is_flag=True, help=_("Only list; nothing is sent or kept."))
@listing_options
@pass_door
def command(door: Door, dry_run: bool, format_: str, output: str | None) -> None:
    from commands.judging import rules_in_force
    from verdicts.reminders import due

    with door.registry() as registry, _alone(door, registry, dry_run) as lease:
        with registry.read() as session:
            found = due(session, rules_in_force(door, session, registry.data), door.now)
        sent = set(_send_all(door, registry, lease, found.units)) if lease else set()
    rows = list(_rows(found.units, sent))
    _list(door, rows, format_, output)
    if format_ == "table" and output is None:
        _tell(found, len(sent), dry_run)
    left = len(found.units) - len(sent)
    if left and not dry_run:
        raise TaizhangError(
            _("{count} units could not be told.").format(count=left),
            _("Mend the addresses and repeat; who was told is not told again."),
        )


def _alone(door: Door, registry: Registry, dry_run: bool) -> AbstractContextManager[Lease | None]:
    """Nobody else tells the units meanwhile; none is told in a dry run. Raises SweepUnderWay."""
    from sweeps.lease import REMINDERS, leased

    return nullcontext() if dry_run else leased(registry, door.engine_clock, REMINDERS)


def _send_all(
    door: Door, registry: Registry, lease: Lease, units: Iterable[UnitReminder]
) -> Iterator[int | None]:
    """Send each unit its reminder; yields the keys of those that were told.

    A reminder is kept right after it was taken: one that fails is due again, and a process that
    dies in between may repeat its last one, no more.
    """
    from commands.progress import steps
    from reports.reminder_note import reminder_note
    from verdicts.reminders import note

    told, slips = list(units), set[str]()
    if not told:
        return
    with steps(_("Reminders"), len(told)) as done:
        for number, unit in enumerate(told, 1):
            lease.renew()
            if _told(door, reminder_note(unit, door.platform_label), unit.called, slips):
                with registry.write() as session:
                    note(session, unit, door.now)
                yield unit.unit_id
            done(number)


def _told(door: Door, note: tuple[str, str], called: Sequence[str], slips: set[str]) -> bool:
    """True when somebody took the message. A unit whose addresses are wrong holds up no other;
    `slips` are those that were spoken of."""
    from commands.notifying import warn, warn_undelivered

    try:
        delivery = door.messenger.send(*note, called)
    except BadConfig as error:
        if error.message not in slips:
            slips.add(error.message)
            warn(f"{error.message} {error.hint}")
        return False
    warn_undelivered(delivery)
    return delivery.taken > 0


def _rows(units: Iterable[UnitReminder], sent: set[int | None]) -> Iterator[ReminderRow]:
    for unit in units:
        for silent in unit.accounts:
            yield ReminderRow(
                unit.unit,
                silent.platform,
                silent.name,
                silent.last_post_at,
                silent.stale_on,
                silent.looked_at,
                unit.unit_id in sent,
            )


def _list(door: Door, rows: list[ReminderRow], format_: str, output: str | None) -> None:
    from reports.listing import Column, write_listing

    columns = [
        Column("unit", _("Host unit")),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account")),
        Column("last_post_at", _("Last post")),
        Column("stale_on", _("Not updated from")),
        Column("looked_at", _("Looked at")),
        Column("sent", _("Sent")),
    ]
    write_listing(rows, columns, format_, output)


def _tell(found: Reminders, sent: int, dry_run: bool) -> None:
    if dry_run and found.units:
        click.echo(_("{count} units would be told.").format(count=len(found.units)))
    elif sent:
        click.echo(_("{count} units told.").format(count=sent))
    if found.unproven:
        click.echo(
            _(
                "{count} more accounts may be silent: no list was read lately"
                " (`taizhang sweep run`)."
            ).format(count=found.unproven)
        )
