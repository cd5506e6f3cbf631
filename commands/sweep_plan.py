"""`sweep plan`: what is due up to T, of whom it would be asked, and on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import listing_options
from commands.sweep_options import choice_options, filters_of
from registry.messages import _

if TYPE_CHECKING:
    from reports.listing import Column
    from sweeps.planning.due import Cause


@click.command(help=_("Show what is due up to T, of whom it is asked, and on which day."))
@choice_options
@click.option("--accounts", "each", is_flag=True, help=_("Each account with its deadline and why."))
@listing_options
@click.pass_obj
def plan(door: Door, /, each: bool, format_: str, output: str | None, **given: Any) -> None:
    from commands import owing, sweep_setup
    from commands.clock_words import warn_of_clock
    from commands.plan_words import tell, tell_paused
    from registry.dates import shanghai_date
    from reports.listing import write_listing
    from sweeps.lanes.host_use import used
    from sweeps.lanes.pauses import kept_pauses
    from sweeps.planning.outlook import check_plans, host_plans
    from sweeps.planning.week import Week

    with door.registry() as registry:
        warn_of_clock(door, registry)
        sweep_setup.check_sweep_settings(door, registry)
        filters = filters_of(door, registry, given)
        at = owing.named_or_due(door, registry, given["at"], filters)
        with registry.read() as session:
            survey = owing.survey(door, registry, session, at, filters)
            budgets = sweep_setup.budgets(door)
            week = Week.of(survey, budgets, everything=filters.everything, keep=each)
            spent = used(session, shanghai_date(door.now))
            paused = kept_pauses(session, door.now)
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
        tell(at, week, hosts, door)
        tell_paused(hosts, paused)


def _host_columns(door: Door) -> list[Column]:
    from commands.plan_words import day_by_day, figure
    from reports.listing import Column

    return [
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("source", _("Source")),
        Column("host", _("Host")),
        Column("checks", _("Checks"), right=True),
        Column("due_now", _("Now"), right=True, shown=figure),
        Column("later", _("Later"), right=True, shown=figure),
        Column("proven", _("Proven"), right=True, shown=figure),
        Column("requests", _("Requests, about"), right=True, shown=figure),
        Column("seconds_between", _("Seconds between requests"), right=True, shown=figure),
        Column("minutes", _("Minutes, at least"), right=True, shown=figure),
        Column("next_run", _("Left for the next run"), right=True, shown=figure),
        Column("tomorrow", _("Of them tomorrow"), right=True, shown=figure, table=False),
        Column("unfit", _("Will not fit"), right=True, shown=figure),
        Column("overtime", _("Past the hours"), right=True, shown=figure, table=False),
        Column("blind", _("Freshness not provable"), right=True, shown=figure, table=False),
        Column("days", _("Per day"), shown=day_by_day, table=False),
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


def _percent(value: float) -> str:
    return f"{value:.0%}"


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
