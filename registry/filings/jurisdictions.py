"""The rules of an office as data: who approves in which order, within how many working days.

What is seeded here is a beginning that the office edits; nothing in it is a national rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.history.writing import Act
from registry.models import Jurisdiction, Registry, Unit
from registry.names import region_levels, simplify
from registry.uids import new_uid
from registry.units.naming import ensure_unit
from registry.vocab import UnitKind, UnitLevel

STEP_LIMIT = 5
"""Working days for one approval step in a new jurisdiction: ours, to be edited."""

STEP_SOURCE = "本项目约定"
"""Who says so, in Chinese."""

LIMITS = {"notice": 15, "cancel": 5, "complete": 20}
"""Working days. notice: a stop is announced at least so long (云南). cancel: a cancellation is
reported within so many (安康). complete: an approved filing is completed; ours, to be edited."""

SOURCES = {
    "notice": "云南：公告期不少于15个工作日",
    "cancel": "安康：注销后5个工作日内报告",
    "complete": "本项目约定",
}
"""Who says so, in Chinese, as the list of limits prints it."""

WARN_KINDS = (UnitKind.SECTION, UnitKind.TOWNSHIP)
"""Kinds of unit that several provinces keep from opening accounts: warned about, never refused."""

_UPWARDS = (UnitLevel.TOWNSHIP, UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE)
_BY_ENDING = (
    ("自治区", UnitLevel.PROVINCE),
    ("省", UnitLevel.PROVINCE),
    ("县", UnitLevel.COUNTY),
    ("旗", UnitLevel.COUNTY),
    ("区", UnitLevel.COUNTY),
    ("市", UnitLevel.CITY),
    ("州", UnitLevel.CITY),
    ("盟", UnitLevel.CITY),
    ("镇", UnitLevel.TOWNSHIP),
    ("乡", UnitLevel.TOWNSHIP),
    ("街道", UnitLevel.TOWNSHIP),
)


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """One local approval step."""

    level: str
    """`county`, `city` …: a UnitLevel by value."""
    unit_uid: str | None = None
    """Who approves; None: the office of that level, not named."""
    limit: int | None = None
    """Working days."""


def seed(session: Session, unit: Unit, *, level: UnitLevel | None = None) -> Jurisdiction:
    """The jurisdiction of `unit` with the steps usual at its level (county: county, then city).

    One that is there already is returned untouched.
    """
    found = session.scalars(select(Jurisdiction).where(Jurisdiction.unit_id == unit.id)).first()
    if found is not None:
        return found
    made = Jurisdiction(
        unit_id=unit.id,
        approval_steps=_usual_steps(unit, level or unit.level or _level_of(unit.name)),
        limits=dict(LIMITS),
        may_open={"warn_kinds": [kind.value for kind in WARN_KINDS]},
    )
    session.add(made)
    session.flush()
    return made


def seed_registry(
    session: Session, unit: Unit, *, at: datetime, region_code: str | None = None
) -> Registry:
    """The row of this registry itself, governed by `unit`. One that is there is given the unit."""
    found = session.scalars(select(Registry).where(Registry.is_self)).first()
    if found is None:
        found = Registry(uid=new_uid(), name=unit.name, is_self=True, created_at=at)
        session.add(found)
    found.jurisdiction_uid = unit.uid
    found.region_code = region_code or unit.region_code or found.region_code
    session.flush()
    return found


def found_office(
    session: Session,
    name: str,
    *,
    act: Act,
    level: UnitLevel | None = None,
    region_code: str | None = None,
    parent: str | None = None,
) -> Jurisdiction:
    """Make `name` the office whose rules hold in this registry, with the units it takes.

    `parent` names the unit above it, which approves after it. Units that are there are used.
    """
    today = shanghai_date(act.at)
    above = ensure_unit(session, parent, act=act, effective_on=today) if parent else None
    unit = ensure_unit(
        session,
        name,
        act=act,
        effective_on=today,
        level=level,
        usual_level=_level_of(name),
        region_code=region_code,
        parent=above,
    )
    rules = seed(session, unit, level=level)
    seed_registry(session, unit, at=act.at, region_code=region_code)
    return rules


def for_unit(session: Session, unit: Unit | None) -> Jurisdiction | None:
    """Whose rules hold for a unit: its own, the nearest above it, or else this registry's."""
    rules = {rule.unit_id: rule for rule in session.scalars(select(Jurisdiction))}
    above = unit
    while above is not None:
        if above.id in rules:
            return rules[above.id]
        above = above.parent
    own = select(Unit.id).join(Registry, Registry.jurisdiction_uid == Unit.uid)
    return rules.get(session.scalars(own.where(Registry.is_self)).first() or 0)


def steps(rules: Jurisdiction | None) -> tuple[ApprovalStep, ...]:
    """The approval steps in order; where nothing is set, one step by nobody in particular."""
    if rules is None or not rules.approval_steps:
        return (ApprovalStep(""),)
    return tuple(
        ApprovalStep(str(step.get("level", "")), step.get("unit"), step.get("limit"))
        for step in rules.approval_steps
    )


def limit(rules: Jurisdiction | None, name: str) -> int | None:
    """A limit in working days by its name (`notice`, `cancel`, `complete`), or None if not set."""
    return rules.limits.get(name) if rules is not None else None


def warned_kinds(rules: Jurisdiction | None) -> frozenset[str]:
    """Kinds of unit whose opening is warned about at submission, by value."""
    return frozenset(rules.may_open.get("warn_kinds", ())) if rules is not None else frozenset()


def _usual_steps(unit: Unit, level: UnitLevel | None) -> list[dict[str, Any]]:
    start = _UPWARDS.index(level) if level in _UPWARDS else 1
    wanted = _UPWARDS[start : start + 2]
    approvers = [unit.uid, unit.parent.uid if unit.parent is not None else None]
    return [
        {"level": each.value, "unit": approver, "limit": STEP_LIMIT}
        for each, approver in zip(wanted, approvers, strict=False)
    ]


def _level_of(name: str) -> UnitLevel | None:
    """The level that a region's name says, taken as the usual one: 市 a city, 区 a district."""
    levels = region_levels(name)
    last = simplify(levels[-1]) if levels else ""
    return next((level for ending, level in _BY_ENDING if last.endswith(ending)), None)
