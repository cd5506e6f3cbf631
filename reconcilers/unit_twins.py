"""Units that an import would make although they are likely known under another writing: 青石二中 beside
青石县第二中学. They are named with what to do about it; nothing is merged here, and nothing refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from reconcilers.bodies import Apart, Bodies, Body
from reconcilers.ledger import read_bodies
from reconcilers.shortening import customarily_for
from registry.exchange.plan_rows import ImportPlan, PlanRow, UnitTwin
from registry.names import fold_unit
from registry.vocab import UnitStatus

_MOST = 200
"""A name that shares its characters with more units of its place says too little to name one."""

_Writing = tuple[Apart, Body]
"""One name of a unit in its parts."""


def with_unit_twins(session: Session, plan: ImportPlan) -> ImportPlan:
    """The plan with those of the units that it would make named that are likely a known one, or
    another one of the list."""
    made: dict[str, PlanRow] = {}
    for row in plan.rows:
        for unit in row.units():
            if unit.is_new:
                made.setdefault(unit.name, row)
    return replace(plan, unit_twins=tuple(_twins(session, made))) if made else plan


def _twins(session: Session, made: Mapping[str, PlanRow]) -> Iterator[UnitTwin]:
    """`made`: the name of each new unit → the first row that names it."""
    new = [
        Body(-number, "", name, fold_unit(name), UnitStatus.ACTIVE, None)
        for number, name in enumerate(made, start=1)
    ]
    told: set[str] = set()
    for pair in _alike(read_bodies(session).living_with(new), new):
        short, full = sorted(pair, key=lambda body: (body.id > 0, len(body.name)))
        if short.name not in told:
            told.add(short.name)
            row = made[short.name]
            yield UnitTwin(row.sheet, row.row, short.name, full.name, full.id > 0)


def _alike(bodies: Bodies, new: Sequence[Body]) -> Iterator[tuple[Body, Body]]:
    """Pairs of a new unit and the one other that it likely is."""
    readings = {body.id: bodies.readings(body.name) for body in new}
    places = {one.stem for told in readings.values() for one in told}
    there = [writing for place in places for writing in bodies.by_place.get(place, ())]
    everybody = _Writings(there)
    newcomers = _Writings([writing for writing in there if writing[1].id < 0])
    fits = {body.id: list(everybody.written_out(body, readings[body.id])) for body in new}
    for reading, body in there:
        if body.id > 0:
            for _name, unit in newcomers.written_out(body, [reading]):
                fits[unit.id].append((reading, body))
    for body in new:
        found = _one_of(fits[body.id])
        if found is not None and not everybody.leave_open(readings[body.id]):
            yield body, found


def _one_of(fits: Sequence[_Writing]) -> Body | None:
    """The one unit that is meant; of several that may be one body themselves the known one, or the
    one written out; else None."""
    if not fits:
        return None
    best, found = max(fits, key=lambda fit: (fit[1].id > 0, len(fit[1].name)))
    one_body = all(best.may_be(other) or other.may_be(best) for other, _unit in fits)
    return found if one_body else None


class _Writings:
    """Names of units by what a shorter writing of them must have in common with them."""

    whole: defaultdict[tuple[str, str], list[_Writing]]
    """(place, what the body is for) → names."""
    parts: defaultdict[tuple[str, str, str], list[_Writing]]
    """(place, first character, one of the characters of what it is for) → names."""

    def __init__(self, writings: Iterable[_Writing]) -> None:
        self.whole = defaultdict(list)
        self.parts = defaultdict(list)
        for writing in writings:
            told = writing[0]
            self.whole[told.stem, told.mid].append(writing)
            for char in set(told.mid):
                self.parts[told.stem, told.mid[0], char].append(writing)

    def written_out(self, body: Body, readings: Iterable[Apart]) -> Iterator[_Writing]:
        """The names of other units of which that of `body`, read so, may be a shorter writing."""
        for one in readings:
            for other, unit in self._near(one):
                if unit is not body and one.may_be(other) and one.is_office == other.is_office:
                    yield other, unit

    def _near(self, one: Apart) -> Iterator[_Writing]:
        """Names that the reading may be a shorter writing of."""
        place, mid = one.stem, one.mid
        for full in {mid, *customarily_for(mid)}:
            yield from self.whole.get((place, full), ())
        lists = (self.parts.get((place, mid[0], char), ()) for char in mid)
        shortest = min(lists, key=len, default=())
        if len(shortest) <= _MOST:
            yield from shortest

    def leave_open(self, readings: Iterable[Apart]) -> bool:
        """Whether a name, read so, leaves out which of several kinds of body is meant."""
        return any(
            not one.kind and len({other.kind for other, _ in self.whole[one.stem, one.mid]}) > 1
            for one in readings
        )
