"""What a sweep owes, asked for with what the door knows: clock, checkers, credentials, settings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from commands.judging import rules_in_force
from commands.sweep_setup import budgets
from registry.vocab import RunMethod

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from sweeps.network.credentials import Credentials
    from sweeps.planning.plan import Filters, NewRun
    from sweeps.planning.survey import Survey
    from verdicts.ruleset import RuleSet


def time_point(door: Door, registry: Registry, filters: Filters) -> datetime:
    """T of a plan, run or export for which nobody named one; see `sweeps.planning.point`."""
    from sweeps.planning.point import unnamed_point

    with registry.read() as session:
        return unnamed_point(
            session,
            weekly=door.settings.sweep.time_point,
            filters=filters,
            now=door.now,
            survey=lambda at: survey(door, registry, session, at, filters),
        )


def named_or_due(
    door: Door, registry: Registry, given: datetime | None, filters: Filters
) -> datetime:
    """T that somebody named, if it can be meant, else that of `time_point`. Raises BadInput."""
    from registry.sweep_points import sensible_time_point

    if given is None:
        return time_point(door, registry, filters)
    with registry.read() as session:
        return sensible_time_point(session, given, door.now)


def survey(
    door: Door, registry: Registry, session: Session, at: datetime, filters: Filters
) -> Survey:
    """Every check that the accounts could owe for `at`, and when it is due."""
    from sweeps.planning.plan import survey_of

    rules = rules_in_force(door, session, registry.data)
    known = _known(door, rules, at, filters)
    return survey_of(session, credentials=door.credentials, **known)


def _known(door: Door, rules: RuleSet, at: datetime, filters: Filters) -> dict[str, Any]:
    """What planning is told, whether it only looks or enters a run."""
    return {
        "at": at,
        "now": door.now,
        "catalogue": door.catalogue,
        "fresh_days": rules.fresh_days,
        "soon_days": rules.soon_day,
        "filters": filters,
        "rsshub": door.settings.sweep.rsshub,
        "order": door.source_order,
    }


def plan(
    door: Door,
    registry: Registry,
    *,
    at: datetime,
    filters: Filters,
    credentials: Credentials,
) -> str:
    """Plan a run of the sweep for time point `at`; returns the run's uid."""
    with registry.write() as session:
        return planned(door, registry, session, at, filters, credentials).uid


def planned(
    door: Door,
    registry: Registry,
    session: Session,
    at: datetime,
    filters: Filters,
    credentials: Credentials,
    method: RunMethod = RunMethod.ENGINE,
) -> NewRun:
    """A new run with all that it owes, planned in the caller's transaction."""
    from sweeps.planning.plan import plan_run

    rules = rules_in_force(door, session, registry.data)
    return plan_run(
        session,
        credentials=credentials,
        window_days=rules.reach_days,
        method=method,
        actor=door.act(session).actor,
        budgets=budgets(door),
        **_known(door, rules, at, filters),
    )
