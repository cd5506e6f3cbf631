"""The limits of an office in working days, set by name and remembered: who set which, when and why.

A limit holds from the moment it is set. What was due under the former one stays as it was noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.filings.jurisdictions import limit, steps
from registry.history.writing import Act
from registry.models import Actor, Jurisdiction, UnitAct
from registry.personal import without_numbers
from registry.vocab import UnitActKind

SHORTEST, LONGEST = 1, 250
"""Working days that a limit may be: a day to about a year."""

_STEP = "approve-"


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The last time that a limit was set."""

    since: date
    """The day in Shanghai on which it was set."""
    actor: str
    reason: str
    basis: str
    """The regulation as the person named it, or empty."""


def step_names(rules: Jurisdiction | None) -> list[str]:
    """The names of the limits of the approval steps: `approve-1`, `approve-2` …"""
    count = len(rules.approval_steps) if rules is not None else 0
    return [f"{_STEP}{number}" for number in range(1, count + 1)]


def limit_of(rules: Jurisdiction | None, name: str) -> int | None:
    """A limit in working days by any name that can be set, or None where the office sets none."""
    if name in step_names(rules):
        return steps(rules)[_step(name)].limit
    return limit(rules, name)


def set_limits(
    session: Session,
    rules: Jurisdiction,
    days: Mapping[str, int],
    *,
    act: Act,
    effective_on: date,
    basis: str = "",
) -> None:
    """Set limits by name, in working days; each leaves an act on the unit whose rules these are.

    One that has the value already is set anew all the same: its reason and basis may be new.
    """
    for name, value in days.items():
        before = limit_of(rules, name)
        details = {"limit": name, "from": before, "to": value, "basis": without_numbers(basis)}
        _put(rules, name, value)
        session.add(
            UnitAct(
                kind=UnitActKind.LIMIT,
                unit_id=rules.unit_id,
                effective_on=effective_on,
                recorded_at=act.at,
                actor_id=act.actor.id,
                reason=act.reason,
                details=details,
            )
        )
    session.flush()


def last_set(session: Session, rules: Jurisdiction | None) -> dict[str, LimitSet]:
    """Who set which limit last, by its name; those that stand as they were seeded are not there."""
    if rules is None:
        return {}
    rows = session.execute(
        select(UnitAct, Actor.name)
        .join(Actor, Actor.id == UnitAct.actor_id)
        .where(UnitAct.unit_id == rules.unit_id, UnitAct.kind == UnitActKind.LIMIT)
        .order_by(UnitAct.id)
    )
    return {
        done.details["limit"]: LimitSet(
            done.effective_on, actor, done.reason, done.details.get("basis", "")
        )
        for done, actor in rows
    }


def _step(name: str) -> int:
    return int(name.removeprefix(_STEP)) - 1


def _put(rules: Jurisdiction, name: str, days: int) -> None:
    """JSON columns are replaced, not changed: only so is it noticed."""
    if name in step_names(rules):
        changed = [dict(step) for step in rules.approval_steps]
        changed[_step(name)]["limit"] = days
        rules.approval_steps = changed
    else:
        rules.limits = {**rules.limits, name: days}
