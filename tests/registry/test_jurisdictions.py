"""Jurisdictions: seeded by level, found for a unit, edited as data."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.filings import jurisdictions
from registry.filings.jurisdictions import ApprovalStep
from registry.models import Registry, Unit
from registry.units.naming import ensure_unit, find_unit
from tests.registry.county import NEW_YEAR, an_act, found


def test_a_county_is_seeded_with_its_own_step_and_its_citys(session: Session) -> None:
    rules = jurisdictions.found_office(session, "青石县", act=an_act(session), parent="云川市")
    county, city = find_unit(session, "青石县"), find_unit(session, "云川市")
    assert jurisdictions.steps(rules) == (
        ApprovalStep("county", county.uid, 5),
        ApprovalStep("city", city.uid, 5),
    )
    assert county.parent is city
    assert jurisdictions.limit(rules, "notice") == 15
    assert jurisdictions.limit(rules, "nothing of the kind") is None
    assert jurisdictions.warned_kinds(rules) == {"section", "township"}


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("云川市", ["city", "province"]),
        ("青石县", ["county", "city"]),
        ("东明省", ["province"]),
        ("柳溪镇", ["township", "county"]),
        ("某办公室", ["county", "city"]),
    ],
)
def test_the_steps_follow_the_level_that_the_name_says(
    session: Session, name: str, levels: list[str]
) -> None:
    rules = jurisdictions.found_office(session, name, act=an_act(session))
    assert [step.level for step in jurisdictions.steps(rules)] == levels


def test_the_registry_is_that_of_its_jurisdiction(session: Session) -> None:
    jurisdictions.found_office(session, "青石县", act=an_act(session), region_code="539901")
    row = session.scalars(select(Registry)).one()
    unit = find_unit(session, "青石县")
    assert (row.name, row.is_self, row.jurisdiction_uid) == ("青石县", True, unit.uid)
    assert row.region_code == unit.region_code == "539901"


def test_seeding_twice_keeps_what_was_edited(session: Session) -> None:
    rules = jurisdictions.found_office(session, "青石县", act=an_act(session))
    rules.limits = {"notice": 20}
    again = jurisdictions.found_office(session, "青石县", act=an_act(session))
    assert again is rules and again.limits == {"notice": 20}
    assert len(session.scalars(select(Registry)).all()) == 1


def test_a_units_rules_are_the_nearest_above_it_or_the_registrys(session: Session) -> None:
    county = found(session)
    own = jurisdictions.seed(session, county.police)
    station = ensure_unit(
        session,
        "青石县公安局城关派出所",
        act=an_act(session),
        effective_on=NEW_YEAR,
        parent=county.police,
    )
    far = Unit(name="省属某校", fold="省属某校")
    session.add(far)
    session.flush()
    assert jurisdictions.for_unit(session, station) is own
    by_office = jurisdictions.for_unit(session, county.media)
    assert by_office is not None and by_office.unit_id == county.office.id
    assert jurisdictions.for_unit(session, far) is by_office
    assert jurisdictions.for_unit(session, None) is by_office


def test_without_rules_there_is_one_step_by_nobody_in_particular(session: Session) -> None:
    assert jurisdictions.for_unit(session, None) is None
    assert jurisdictions.steps(None) == (ApprovalStep(""),)
    assert jurisdictions.limit(None, "notice") is None
    assert jurisdictions.warned_kinds(None) == frozenset()
