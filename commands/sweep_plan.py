"""`sweep plan`: what is due up to T, of whom it would be asked, and on which day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import listing_options
from commands.sweep_options import choice_options, filters_of
from registry.messages import _

if TYPE_CHECKING:
    from datetime import datetime

    from reports.listing import Column
    from sweeps.planning.due import Cause
    from sweeps.planning.outlook import DayLoad, HostPlan
    from sweeps.planning.week import Week


@click.command(help=_("Show what is due up to T, of whom it is asked, and on which day."))
@choice_options
@click.option("--accounts", "each", is_flag=True, help=_("Each account with its deadline and why."))
@listing_options
@click.pass_obj
def plan(door: Door, /, each: bool, format_: str, output: str | None, **given: Any) -> None:
    from commands import owing, sweep_setup
    from registry.dates import shanghai_date
    from reports.listing import write_listing
    from sweeps.lanes.host_use import used
    from sweeps.planning.outlook import check_plans, host_plans
    from sweeps.planning.week import Week

    with door.registry() as registry:
        with registry.read() as session:
            sweep_setup.check_sweep_settings(door, session)
        filters = filters_of(door, registry, given)
        at = given["at"] or owing.time_point(door, registry, filters)
        with registry.read() as session:
            survey = owing.survey(door, registry, session, at, filters)
            budgets = sweep_setup.budgets(door)
            week = Week.of(survey, budgets, everything=filters.everything, keep=each)
            spent = used(session, shanghai_date(door.now))
            checks = list(check_plans(week, survey.choice, budgets, spent)) if each else []
    if each:
        write_listing(checks, _check_columns(door), format_, output)
        return
    hosts = host_plans(week, budgets, spent)
    sweep_setup.warn_of_refused(door, {row.host for row in hosts if row.host})
    if format_ != "table":
        write_listing(hosts, _host_columns(door), format_, output)
        return
    write_listing([row for row in hosts if row.host], _host_columns(door), format_, output)
    if output is None:
        _tell(at, week, hosts)


def _host_columns(door: Door) -> list[Column]:
    from reports.listing import Column

    return [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("source", _("Source")),
        Column("host", _("Host")),
        Column("checks", _("Checks"), right=True),
        Column("due_now", _("Now"), right=True, shown=_figure),
        Column("later", _("Later"), right=True, shown=_figure),
        Column("proven", _("Proven"), right=True, shown=_figure),
        Column("requests", _("Requests, about"), right=True, shown=_figure),
        Column("seconds_between", _("Seconds between requests"), right=True, shown=_figure),
        Column("minutes", _("Minutes, at least"), right=True, shown=_figure),
        Column("next_run", _("Left for the next run"), right=True, shown=_figure),
        Column("tomorrow", _("Of them tomorrow"), right=True, shown=_figure, table=False),
        Column("days", _("Per day"), shown=_days),
    ]


def _check_columns(door: Door) -> list[Column]:
    from reports.listing import Column

    return [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("account", _("Account")),
        Column("kind", _("Kind")),
        Column("due_by", _("Due by")),
        Column("planned_for", _("Planned for")),
        Column("cause", _("Reason"), shown=_cause),
        Column("risk", _("Risk"), right=True, shown=_percent),
        Column("fits", _("Fits"), table=False),
        Column("looked_at", _("Looked at"), table=False),
        Column("uid", _("Internal no."), table=False),
    ]


def _figure(value: float) -> str:
    """A figure without a tail of zeros; nothing for zero."""
    return f"{value:g}" if value else ""


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _days(days: Sequence[DayLoad]) -> str:
    """Checks and hours of each day."""
    text = _("{day} {checks} ({hours:g} h)")
    return " · ".join(
        text.format(day=f"{load.day:%m-%d}", checks=load.checks, hours=load.hours) for load in days
    )


def _cause(cause: Cause) -> str:
    return {
        "proven": _("proven by earlier looks"),
        "never_read": _("never read"),
        "no_recent_post": _("no recent post known"),
        "near_edge": _("only a day is known, at the window's edge"),
        "failed": _("the last looks read nothing"),
        "gone": _("gave a signal of being gone"),
        "restricted": _("restricted by the platform"),
        "at_point": _("only a look from T on tells"),
        "routine": _("looked at regularly"),
        "soon": _("proven, probably silent: to be reminded?"),
    }[cause.value]


def _tell(at: datetime, week: Week, hosts: Sequence[HostPlan]) -> None:
    """What the plan comes to, hosts being asked side by side."""
    from registry.dates import to_the_minute
    from sweeps.planning.outlook import minutes_in_all

    asked = [row for row in hosts if row.host]
    by_person = sum(row.checks for row in hosts) - sum(row.checks for row in asked)
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
    else:
        text = _("For {at}, which has come: {proven} accounts proven already.")
        click.echo(text.format(at=to_the_minute(at), proven=week.accounts_proven))
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
    now = sum(row.due_now for row in asked)
    click.echo(text.format(checks=now, minutes=_figure(minutes), others=by_person))
    _tell_waiting(asked)
    if lacking := sum(entry.lacks_link for entry in week.owed):
        text = _(
            "Of those for people, {count} have neither a link nor an id in the ledger. With one the"
            " program looks by itself: import a sheet with the link, or taizhang account identifier"
        )
        click.echo(text.format(count=lacking))


def _tell_waiting(asked: Sequence[HostPlan]) -> None:
    """How many checks wait for another run, and which of them for another day."""
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
            " tomorrow, another run today would not make them."
        )
        hosts = sorted({row.host for row in asked if row.tomorrow})
        click.echo(text.format(count=tomorrow, hosts=", ".join(hosts)))
