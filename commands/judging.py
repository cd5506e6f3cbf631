"""Judging a sweep by the rules in force, with what the door knows: clock, actor, platforms."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from registry.dates import to_the_minute
from registry.findings.queries import open_severities as severities_of
from registry.messages import _
from registry.sweep_points import latest_time_point
from registry.vocab import Severity
from verdicts import in_force
from verdicts.ruleset import RuleSet

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from verdicts.pending import Missing
    from verdicts.sweep import SweepJudgement


def rules_in_force(door: Door, session: Session, data: Path) -> RuleSet:
    """The rule set that judges here; see `verdicts.in_force`."""
    return in_force.rules_in_force(session, data, door.settings.rules.set)


def judge(door: Door, registry: Registry, at: datetime) -> SweepJudgement:
    """Judge the sweep of time point `at` and settle its findings, in one transaction."""
    with registry.write() as session:
        return judge_within(door, session, registry.data, at)


def judge_within(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The same in the caller's transaction."""
    from verdicts.sweep import judge_sweep

    rules = rules_in_force(door, session, data)
    act = door.act(session, _("sweep of {at}").format(at=to_the_minute(at)))
    return judge_sweep(
        session, at=at, ruleset=rules, now=door.now, act=act, platforms=door.platforms
    )


def look(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The judgement of a sweep without touching a finding."""
    from verdicts.sweep import look_at_sweep

    rules = rules_in_force(door, session, data)
    return look_at_sweep(session, at=at, ruleset=rules, now=door.now, platforms=door.platforms)


def pending(door: Door, registry: Registry) -> list[Missing]:
    """The accounts that may be gone by now and have to be looked at again."""
    from verdicts.pending import pending as found

    with registry.read() as session:
        rules = rules_in_force(door, session, registry.data)
        return found(session, rules, door.now, latest_time_point(session, door.now))


def open_severities(door: Door, registry: Registry) -> set[Severity]:
    """The severities of running findings that nobody dismissed or waived."""
    with registry.read() as session:
        return severities_of(session, door.now)
