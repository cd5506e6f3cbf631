"""Units: found by any name, and changed only by acts that leave history."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.errors import AlreadyExists, Ambiguous, NotFound, Refused
from registry.history import writing as history
from registry.models import Unit, UnitAct
from registry.units import acts as unit_acts
from registry.units.naming import UnitIndex, ensure_unit, find_unit, infer
from registry.vocab import SubjectKind, UnitActKind, UnitKind, UnitLevel, UnitStatus
from tests.registry.county import NEW_YEAR, TODAY, County, an_act, found

JUNE = date(2026, 6, 1)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def test_a_unit_is_found_by_its_full_name_in_other_widths_and_characters(county: County) -> None:
    assert find_unit(county.session, "青石县公安局") is county.police
    assert find_unit(county.session, " 青石縣公安局 ") is county.police


def test_a_short_name_is_expanded_by_the_senders_region(county: County) -> None:
    assert find_unit(county.session, "县公安局", prefix="青石县") is county.police
    assert find_unit(county.session, "县公安局", prefix="青石县人民政府办公室") is county.police


def test_a_short_name_without_a_sender_is_not_guessed(county: County) -> None:
    with pytest.raises(NotFound) as caught:
        find_unit(county.session, "公安局")
    assert "青石县公安局" in caught.value.hint


def test_the_senders_own_unit_goes_before_another_countys_alias(county: County) -> None:
    other = ensure_unit(
        county.session, "白水县公安局", act=an_act(county.session), effective_on=NEW_YEAR
    )
    unit_acts.add_alias(
        county.session, other, "县公安局", act=an_act(county.session), effective_on=NEW_YEAR
    )
    assert find_unit(county.session, "县公安局", prefix="青石县") is county.police
    assert find_unit(county.session, "县公安局") is other


def test_a_name_of_two_units_is_ambiguous_and_both_are_listed(county: County) -> None:
    act = an_act(county.session)
    for unit in (county.police, county.media):
        unit_acts.add_alias(county.session, unit, "老单位", act=act, effective_on=NEW_YEAR)
    with pytest.raises(Ambiguous, match="青石县公安局.*青石县融媒体中心"):
        find_unit(county.session, "老单位")


def test_ensuring_a_unit_adds_it_once_under_its_expanded_name(county: County) -> None:
    act = an_act(county.session)
    made = ensure_unit(county.session, "县教育局", act=act, effective_on=NEW_YEAR, prefix="青石县")
    assert (made.name, made.kind, made.parent) == (
        "青石县教育局",
        UnitKind.DEPARTMENT,
        county.office,
    )
    again = ensure_unit(county.session, "青石县教育局", act=act, effective_on=NEW_YEAR)
    assert again is made
    assert len(history.rows_of(county.session, SubjectKind.UNIT, made.uid)) == 1


@pytest.mark.parametrize(
    ("name", "level", "kind"),
    [
        ("青石县", UnitLevel.COUNTY, UnitKind.GOVERNMENT),
        ("青石县人民政府", UnitLevel.COUNTY, UnitKind.GOVERNMENT),
        ("青石县公安局", UnitLevel.COUNTY, UnitKind.DEPARTMENT),
        ("青石县柳溪镇人民政府", UnitLevel.TOWNSHIP, UnitKind.TOWNSHIP),
        ("云川市", None, UnitKind.GOVERNMENT),
        ("云川高新区", None, UnitKind.ZONE),
        ("青石县财政局预算股", UnitLevel.COUNTY, UnitKind.SECTION),
        ("青石县融媒体中心", UnitLevel.COUNTY, UnitKind.INSTITUTION),
    ],
)
def test_level_and_kind_are_read_off_a_name_only_where_it_is_sure(
    name: str, level: UnitLevel | None, kind: UnitKind
) -> None:
    assert infer(name) == (level, kind)


def test_an_index_answers_as_the_database_does_without_a_query(county: County) -> None:
    index = UnitIndex(county.session)
    counted: list[str] = []
    bind = county.session.get_bind()

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2]))

    event.listen(bind, "before_cursor_execute", count)
    try:
        assert index.find("县公安局", prefix="青石县") is county.police
        assert index.find("没有的单位") is None
    finally:
        event.remove(bind, "before_cursor_execute", count)
    assert counted == []


def test_a_renamed_unit_keeps_its_former_name_as_an_alias(county: County) -> None:
    act = an_act(county.session)
    unit_acts.rename_unit(
        county.session, county.health, "青石县卫生健康委员会", act=act, effective_on=JUNE
    )
    assert county.health.name == "青石县卫生健康委员会"
    assert find_unit(county.session, "青石县卫生健康局") is county.health
    assert find_unit(county.session, "青石县卫生健康委员会") is county.health
    (alias,) = county.health.aliases
    assert (alias.alias, alias.valid_to) == ("青石县卫生健康局", date(2026, 5, 31))


def test_the_name_as_of_a_day_before_the_renaming_is_the_former_one(county: County) -> None:
    act, uid = an_act(county.session), county.health.uid
    unit_acts.rename_unit(
        county.session, county.health, "青石县卫生健康委员会", act=act, effective_on=JUNE
    )
    names = {
        day: history.states(county.session, SubjectKind.UNIT, as_of=day)[uid]["name"]
        for day in (date(2026, 5, 31), JUNE)
    }
    assert list(names.values()) == ["青石县卫生健康局", "青石县卫生健康委员会"]


def test_another_name_is_taken_back_and_a_former_one_stays(county: County) -> None:
    act, unit = an_act(county.session), county.media
    unit_acts.add_alias(county.session, unit, "青石传媒", act=act, effective_on=NEW_YEAR)
    assert unit_acts.given_aliases(unit) == ["青石传媒"]
    made = unit_acts.remove_alias(county.session, unit, "青石傳媒", act=act, effective_on=JUNE)
    assert (made.details, unit_acts.given_aliases(unit)) == ({"removed": "青石传媒"}, [])
    with pytest.raises(NotFound):
        find_unit(county.session, "青石传媒")
    with pytest.raises(NotFound, match="没有别名"):
        unit_acts.remove_alias(county.session, unit, "青石传媒", act=act, effective_on=JUNE)
    unit_acts.rename_unit(county.session, unit, "青石县传媒中心", act=act, effective_on=JUNE)
    for name in ("青石县传媒中心", "青石县融媒体中心"):
        with pytest.raises(Refused, match="不能取消"):
            unit_acts.remove_alias(county.session, unit, name, act=act, effective_on=JUNE)


def test_a_unit_renamed_back_is_not_its_own_alias(county: County) -> None:
    act = an_act(county.session)
    for name, day in (("青石县卫健委", JUNE), ("青石县卫生健康局", date(2026, 7, 1))):
        unit_acts.rename_unit(county.session, county.health, name, act=act, effective_on=day)
    assert [alias.alias for alias in county.health.aliases] == ["青石县卫健委"]


def test_a_name_that_another_unit_bears_is_refused(county: County) -> None:
    act = an_act(county.session)
    with pytest.raises(AlreadyExists, match="青石县公安局"):
        unit_acts.rename_unit(
            county.session, county.media, "青石县公安局", act=act, effective_on=JUNE
        )
    with pytest.raises(AlreadyExists):
        unit_acts.add_unit(county.session, "青石縣公安局", act=act, effective_on=JUNE)


def test_an_identifier_belongs_to_one_unit_and_finds_it(county: County) -> None:
    act, code = an_act(county.session), "11530000MB1234567A"
    made = unit_acts.add_unit(
        county.session,
        "青石县林业局",
        act=act,
        effective_on=JUNE,
        identifiers={"credit_code": code},
        aliases=["县林草局", "青石县林业局"],
    )
    assert find_unit(county.session, code) is made
    assert [alias.alias for alias in made.aliases] == ["县林草局"]
    with pytest.raises(AlreadyExists, match="青石县林业局"):
        unit_acts.add_unit(
            county.session,
            "青石县水利局",
            act=act,
            effective_on=JUNE,
            identifiers={"credit_code": code},
        )


def test_merging_returns_the_accounts_whose_host_must_be_filed_anew(county: County) -> None:
    account = county.account(host=county.health)
    county.account("青石警方", uid="7000002")
    left = unit_acts.merge_unit(
        county.session, county.health, county.police, act=an_act(county.session), effective_on=JUNE
    )
    assert left.refile == (account,)
    assert county.health.status is UnitStatus.MERGED
    assert county.health.successor_id == county.police.id
    with pytest.raises(Refused, match="已并入"):
        unit_acts.rename_unit(
            county.session, county.health, "新名", act=an_act(county.session), effective_on=JUNE
        )


def test_abolishing_names_the_units_below_that_need_another_parent(county: County) -> None:
    left = unit_acts.abolish_unit(
        county.session, county.office, act=an_act(county.session), effective_on=TODAY
    )
    assert set(left.orphans) == {county.police, county.media, county.health}
    assert left.refile == ()
    assert county.office.status is UnitStatus.ABOLISHED


def test_a_unit_is_not_its_own_successor(county: County) -> None:
    with pytest.raises(Refused):
        unit_acts.merge_unit(
            county.session,
            county.police,
            county.police,
            act=an_act(county.session),
            effective_on=JUNE,
        )


def test_an_existing_unit_goes_before_an_abolished_one_of_the_same_name(county: County) -> None:
    act = an_act(county.session)
    unit_acts.abolish_unit(county.session, county.health, act=act, effective_on=JUNE)
    assert find_unit(county.session, "青石县卫生健康局") is county.health
    new = unit_acts.add_unit(county.session, "青石县卫生健康局", act=act, effective_on=JUNE)
    assert find_unit(county.session, "青石县卫生健康局") is new


def test_a_split_notes_each_part_and_leaves_the_unit(county: County) -> None:
    act = an_act(county.session)
    left = unit_acts.split_unit(
        county.session, county.police, [county.media, county.health], act=act, effective_on=JUNE
    )
    acts = county.session.scalars(
        select(UnitAct).where(UnitAct.kind == UnitActKind.SPLIT).order_by(UnitAct.id)
    ).all()
    assert [done.other_unit_id for done in acts] == [county.media.id, county.health.id]
    assert left.unit.status is UnitStatus.ACTIVE
    with pytest.raises(Refused):
        unit_acts.split_unit(county.session, county.police, [], act=act, effective_on=JUNE)


def test_moving_changes_the_parent_from_its_day_on_and_never_in_a_circle(county: County) -> None:
    act = an_act(county.session)
    unit_acts.move_unit(county.session, county.media, county.police, act=act, effective_on=JUNE)
    assert county.media.parent is county.police
    then = history.states(county.session, SubjectKind.UNIT, as_of=date(2026, 5, 31))
    assert then[county.media.uid]["parent"] == county.office.uid
    with pytest.raises(Refused):
        unit_acts.move_unit(county.session, county.police, county.media, act=act, effective_on=JUNE)


def test_every_act_names_its_actor_reason_and_day(county: County) -> None:
    act = an_act(county.session, reason="机构改革")
    done = unit_acts.rename_unit(
        county.session, county.health, "青石县卫健委", act=act, effective_on=JUNE
    )
    assert (done.kind, done.effective_on, done.reason) == (UnitActKind.RENAME, JUNE, "机构改革")
    assert done.actor_id == act.actor.id
    assert done.details == {"from": "青石县卫生健康局", "to": "青石县卫健委"}
    assert county.session.scalars(select(Unit)).all()
