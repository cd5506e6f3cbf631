"""Units of a long list are made together, as one alone would be."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import Ambiguous, BadInput
from registry.history.chain import first_break
from registry.models import History, Unit, UnitAct
from registry.units.acts import add_alias
from registry.units.bulk import ensure_units
from registry.units.naming import UnitIndex, ensure_unit
from registry.vocab import UnitActKind, UnitKind, UnitLevel
from tests.registry.county import an_act

DAY = date(2026, 11, 22)


def ensure(session: Session, *names: str) -> dict[str, Unit]:
    return ensure_units(
        session, names, act=an_act(session), effective_on=DAY, index=UnitIndex(session)
    )


def test_new_units_stand_under_the_regions_that_they_name(session: Session) -> None:
    made = ensure(session, "云川市青石县公安局", "云川市青石县", "云川市", "青石商会")
    city, county = made["云川市"], made["云川市青石县"]
    assert (county.parent_id, city.parent_id) == (city.id, None)
    assert made["云川市青石县公安局"].parent_id == county.id
    assert made["云川市青石县公安局"].kind is UnitKind.DEPARTMENT
    assert county.level is UnitLevel.COUNTY
    assert made["青石商会"].parent_id is None


def test_each_has_its_act_and_its_history(session: Session) -> None:
    made = ensure(session, "青石县", "青石县公安局")
    acts = session.scalars(select(UnitAct).order_by(UnitAct.id)).all()
    assert [(act.kind, act.other_unit_id) for act in acts] == [
        (UnitActKind.ADD, None),
        (UnitActKind.ADD, made["青石县"].id),
    ]
    subjects = set(session.scalars(select(History.subject_uid)))
    assert subjects == {unit.uid for unit in made.values()}
    assert all(unit.revision for unit in made.values())
    assert first_break(session) is None


def test_units_that_are_there_are_used(session: Session) -> None:
    there = ensure_unit(session, "青石县公安局", act=an_act(session), effective_on=DAY)
    made = ensure(session, "青石縣公安局", "青石县公安局")
    assert made == {"青石縣公安局": there, "青石县公安局": there}


def test_spellings_of_one_name_make_one_unit(session: Session) -> None:
    made = ensure(session, "青石县（筹）办公室", "青石县(筹)办公室")
    assert len(set(made.values())) == 1
    assert len(session.scalars(select(Unit)).all()) == 1


def test_a_region_of_unclear_name_is_nobodys_parent(session: Session) -> None:
    act = an_act(session)
    for name in ("青石县一", "青石县二"):
        unit = ensure_unit(session, name, act=act, effective_on=DAY)
        add_alias(session, unit, "青石县", act=act, effective_on=DAY)
    assert ensure(session, "青石县公安局")["青石县公安局"].parent_id is None
    with pytest.raises(Ambiguous):
        ensure(session, "青石县")


def test_an_empty_name_is_refused(session: Session) -> None:
    with pytest.raises(BadInput):
        ensure(session, " ")
