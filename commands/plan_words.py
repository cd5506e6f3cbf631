"""What `sweep plan` says below its table: the days, what the plan comes to, what it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from registry.messages import _

if TYPE_CHECKING:
    from datetime import datetime

    from commands.door import Door
    from sweeps.planning.outlook import DayLoad, HostPlan
    from sweeps.planning.week import Week

_WIDTH = 100
"""Columns of a line, of which a Chinese character takes two."""


def figure(value: float) -> str:
    """A figure without a tail of zeros; nothing for zero."""
    return f"{value:g}" if value else ""


def _each_day(days: Iterable[DayLoad]) -> list[str]:
    """Checks, requests where those are others, and hours of each day."""
    alike = _("{day} {checks} ({hours:g} h)")
    text = _("{day} {checks} ({requests} requests, {hours:g} h)")
    return [
        (alike if load.requests in {0, load.checks} else text).format(
            day=f"{load.day:%m-%d}",
            checks=load.checks,
            requests=load.requests,
            hours=load.hours,
        )
        for load in days
    ]


def day_by_day(days: Sequence[DayLoad]) -> str:
    """The same in one line."""
    return " · ".join(_each_day(days))


def tell(at: datetime, week: Week, hosts: Sequence[HostPlan], door: Door) -> None:
    """What the plan comes to, hosts being asked side by side."""
    asked = [row for row in hosts if row.host]
    _tell_days(asked, door)
    _tell_standing(at, week, asked)
    _tell_work(hosts, asked)
    _tell_waiting(asked, week)
    _tell_blind(asked, door)
    if lacking := sum(entry.lacks_link for entry in week.owed):
        text = _(
            "Of those for people, {count} have neither a link nor an id in the ledger. With one the"
            " program looks by itself: import a sheet with the link, or taizhang account identifier"
        )
        click.echo(text.format(count=lacking))


def _tell_days(asked: Sequence[HostPlan], door: Door) -> None:
    """What each source is asked on each day, in lines that a terminal holds."""
    if any(row.days for row in asked):
        click.echo(_("Per day, checks and at least so many hours:"))
    for row in asked:
        if row.days:
            name = f"  {door.platform_label(row.platform)} {row.source} {row.host}  "
            click.echo("\n".join(_folded(name, _each_day(row.days))))


def _folded(begin: str, parts: Iterable[str]) -> list[str]:
    from rich.cells import cell_len

    lines = [begin]
    for part in parts:
        if cell_len(lines[-1]) + cell_len(part) > _WIDTH and lines[-1].strip():
            lines.append("    ")
        lines[-1] += f"{part}  "
    return [line.rstrip() for line in lines]


def _tell_standing(at: datetime, week: Week, asked: Sequence[HostPlan]) -> None:
    from registry.dates import to_the_minute

    text = _("For {at}, which has come: {proven} accounts proven already.")
    if week.ahead:
        text = _("For {at}: {now} checks now, {later} later, {proven} accounts proven already.")
    click.echo(
        text.format(
            at=to_the_minute(at),
            now=sum(row.due_now for row in asked),
            later=sum(row.later for row in asked),
            proven=week.accounts_proven,
        )
    )


def _tell_work(hosts: Sequence[HostPlan], asked: Sequence[HostPlan]) -> None:
    """How much the program does now, and what is left for people."""
    from sweeps.planning.outlook import minutes_in_all

    minutes = minutes_in_all(asked)
    text = _(
        "{checks} checks by machine; {others} that no source can read, left for people (`taizhang"
        " sweep todo`)."
    )
    if minutes:
        text = _(
            "{checks} checks by machine, at least {minutes} minutes; {others} that no source can"
            " read, left for people (`taizhang sweep todo`)."
        )
    by_person = sum(row.checks for row in hosts) - sum(row.checks for row in asked)
    now = sum(row.due_now for row in asked)
    click.echo(text.format(checks=now, minutes=figure(minutes), others=by_person))


def _tell_waiting(asked: Sequence[HostPlan], week: Week) -> None:
    """How many checks wait for another run or another day, and how many no run will make."""
    tomorrow = sum(row.tomorrow for row in asked)
    if waiting := sum(row.next_run for row in asked) - tomorrow:
        text = _(
            "{count} checks are more than their hosts allow and wait for the next run; requests and"
            " minutes are without them."
        )
        click.echo(text.format(count=waiting))
    if tomorrow:
        text = _(
            "For {count} checks the day's limit of their hosts ({hosts}) has no room: they wait for"
            " tomorrow and the days after, another run today would not make them."
        )
        click.echo(text.format(count=tomorrow, hosts=_named(row for row in asked if row.tomorrow)))
    if unfit := sum(row.unfit for row in asked):
        text = _(
            "{count} checks will not be made at all: the limits of their hosts ({hosts}) are 0 in"
            " [sweep.pace]. Raise per_run or daily, or have people look (`taizhang sweep todo`)."
        )
        if week.ahead:
            text = _(
                "{count} checks will not fit before the time point: no day up to it has room for"
                " them at their hosts ({hosts}). Raise daily or per_run in [sweep.pace] or hours"
                " under [sweep], if that is polite, or have people look (`taizhang sweep todo`)."
            )
        click.echo(text.format(count=unfit, hosts=_named(row for row in asked if row.unfit)))
    if overtime := sum(row.overtime for row in asked):
        text = _(
            "{count} checks of now take longer than the hours a day under [sweep] ({hosts}): the"
            " run goes on past those until it is done."
        )
        click.echo(text.format(count=overtime, hosts=_named(row for row in asked if row.overtime)))


def _tell_blind(asked: Sequence[HostPlan], door: Door) -> None:
    """Of which checks it is clear beforehand that they cannot tell when an account posted."""
    for row in asked:
        if row.blind:
            text = _(
                "{platform}: {count} checks by {source} tell that the account is there, not when it"
                " posted: none can be proven fresh by them. `taizhang checkers list` shows what"
                " else reads this platform, e.g. an own RSSHub (rsshub under [sweep])."
            )
            label = door.platform_label(row.platform)
            click.echo(text.format(platform=label, count=row.blind, source=row.source))


def tell_paused(hosts: Iterable[HostPlan], paused: Mapping[str, datetime]) -> None:
    """Which of the hosts are not to be asked yet, as they asked an earlier run for a pause."""
    from registry.dates import to_the_minute

    for host in sorted({row.host for row in hosts if row.due_now} & paused.keys()):
        text = _(
            "{host} asked to be left alone: no run asks it before {until}; a run before that leaves its"
            " checks undone."
        )
        click.echo(text.format(host=host, until=to_the_minute(paused[host])))


def _named(rows: Iterable[HostPlan]) -> str:
    return ", ".join(sorted({row.host for row in rows}))
