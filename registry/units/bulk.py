"""Units that a list names for the first time, made together with their acts and history.

For lists of many rows: a bounded number of queries however many there are. One unit alone is made
by `registry.units.naming.ensure_unit`, whose rules for level, kind and parent hold here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from registry.errors import Ambiguous, BadInput, Fault
from registry.history import writing as history
from registry.bulk import chunks
from registry.history.writing import Act
from registry.messages import _
from registry.models import Unit, UnitAct
from registry.names import fold_unit, region_levels
from registry.text import clean
from registry.units.acts import LEVEL_READ_OFF
from registry.units.naming import UnitIndex, infer
from registry.vocab import UnitActKind


def ensure_units(
    session: Session,
    names: Iterable[str],
    *,
    act: Act,
    effective_on: date,
    index: UnitIndex,
) -> dict[str, Unit]:
    """Full name → unit, for every name given; what no unit is called yet is added.

    `index` has learnt the new ones afterwards. Raises Ambiguous, BadInput for an empty name.
    """
    found: dict[str, Unit] = {}
    missing: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        unit = index.find(name)
        if unit is not None:
            found[name] = unit
        else:
            missing[_key(name)].append(name)
    made = _added(session, {key: clean(same[0]) for key, same in missing.items()}, act, index)
    for key, same in missing.items():
        found.update(dict.fromkeys(same, made[key]))
    _note(session, list(made.values()), act, effective_on)
    return found


def _key(name: str) -> str:
    key = fold_unit(name)
    if not key:
        raise BadInput(_("A unit needs a name."), [Fault(_("A unit needs a name."))])
    return key


def _added(
    session: Session, names: Mapping[str, str], act: Act, index: UnitIndex
) -> dict[str, Unit]:
    """Folded name → new unit. Regions come before what lies in them, so that they can be parents."""
    by_depth: dict[int, list[str]] = defaultdict(list)
    for key, name in names.items():
        levels = region_levels(name)
        inside = fold_unit("".join(levels)) != key
        by_depth[2 * len(levels) + inside].append(key)
    made: dict[str, Unit] = {}
    for depth in sorted(by_depth):
        units = {key: _unit(names[key], key, index) for key in by_depth[depth]}
        session.add_all(units.values())
        session.flush()
        for key, unit in units.items():
            made[key] = unit
            index.remember(unit)
    return made


def _unit(name: str, key: str, index: UnitIndex) -> Unit:
    level, kind = infer(name)
    parent = _region(name, key, index)
    unit = Unit(name=name, fold=key, level=level, kind=kind, parent_id=parent)
    unit.aliases = []
    return unit


def _region(name: str, key: str, index: UnitIndex) -> int | None:
    """The key of the unit of the narrowest known region that the name begins with."""
    levels = region_levels(name)
    for length in range(len(levels), 0, -1):
        region = "".join(levels[:length])
        if fold_unit(region) == key:
            continue
        try:
            found = index.find(region)
        except Ambiguous:  # where a region's name is not clear, people choose the parent
            return None
        if found is not None:
            return found.id
    return None


def _note(session: Session, units: Sequence[Unit], act: Act, day: date) -> None:
    """The act and the first row of history of each new unit."""
    history.record_many(session, [(unit, {}, day) for unit in units], act)
    rows: list[dict[str, Any]] = [
        {
            "kind": UnitActKind.ADD,
            "unit_id": unit.id,
            "other_unit_id": unit.parent_id,
            "effective_on": day,
            "recorded_at": act.at,
            "actor_id": act.actor.id,
            "reason": act.reason,
            "details": dict(LEVEL_READ_OFF) if unit.level else {},
        }
        for unit in units
    ]
    for some in chunks(rows, 5000):
        session.execute(insert(UnitAct), some)
