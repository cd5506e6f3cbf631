"""The limits of an office: listed with their sources, set by name, remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.deadlines import due
from reconcilers.limits import LimitRow, change, limits
from registry.errors import NotFound, Refused, TaizhangError
from registry.filings.jurisdictions import for_unit, found_office, steps
from registry.models import UnitAct
from registry.units.naming import find_unit
from registry.units.reading import unit_card
from tests.registry.county import an_act

TODAY = date(2026, 11, 23)


@pytest.fixture
def office(session: Session) -> Session:
    found_office(session, "青石县", act=an_act(session), parent="云川市")
    return session


def row(session: Session, name: str) -> LimitRow:
    return next(each for each in limits(session) if each.name == name)


def put(session: Session, *given: str, reason: str = "本县规定", basis: str = "") -> list[LimitRow]:
    act = replace(an_act(session), reason=reason)
    return change(session, given, act=act, effective_on=TODAY, basis=basis)


def test_limits_are_listed_with_who_says_so(office: Session) -> None:
    notice, code = row(office, "notice"), row(office, "RC304")
    assert (notice.days, notice.basis) == (15, "云南：公告期不少于15个工作日")
    assert (notice.since, notice.actor, notice.reason) == (None, "", "")
    assert (code.title, code.days) == ("台账有、报送系统没有", 5)
    assert code.basis.startswith("本项目约定")
    assert (row(office, "approve-1").title, row(office, "approve-2").days) == (
        "第1步审批（县级主管部门）",
        5,
    )
    assert row(office, "pair").days == 5


def test_a_limit_that_is_set_holds_and_says_who_set_it(office: Session) -> None:
    put(office, "RC304=8", "approve-2 = 3", basis="青石县2026年工作方案")
    set_ = row(office, "RC304")
    actor = an_act(office).actor.name
    assert (set_.days, set_.since, set_.actor) == (8, TODAY, actor)
    assert (set_.basis, set_.reason) == ("青石县2026年工作方案", "本县规定")
    rules = for_unit(office, None)
    assert due("RC304", date(2026, 11, 2), rules) == date(2026, 11, 12)
    assert [step.limit for step in steps(rules)] == [5, 3]


def test_former_limits_stay_with_the_acts_of_the_unit(office: Session) -> None:
    put(office, "notice=20")
    put(office, "notice=18", reason="更正")
    card = unit_card(office, find_unit(office, "青石县"))
    told = [(act.other, act.reason) for act in card.acts if act.kind.value == "limit"]
    assert told == [("notice 15 → 20", "本县规定"), ("notice 20 → 18", "更正")]
    assert (row(office, "notice").days, row(office, "notice").basis) == (18, "")


def test_a_limit_is_found_by_its_title_and_in_any_width(office: Session) -> None:
    put(office, "关停公告期不少于＝２０", "rc304=7")
    assert (row(office, "notice").days, row(office, "RC304").days) == (20, 7)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        (("RC304=8", "没有的=3"), NotFound, "没有叫“没有的”的期限"),
        (("RC304",), Refused, "RC304=8"),
        (("RC304=0",), Refused, "1 至 250"),
        (("RC304=251",), Refused, "1 至 250"),
        (("RC304=2.5",), Refused, "1 至 250"),
        (("RC304=",), Refused, "1 至 250"),
        (("RC304=8", "rc304=9"), Refused, "两次"),
    ],
)
def test_what_cannot_be_set_sets_nothing(
    office: Session, given: tuple[str, ...], error: type[TaizhangError], told: str
) -> None:
    with pytest.raises(error) as caught:
        put(office, *given)
    assert told in caught.value.message + caught.value.hint
    assert row(office, "RC304").days == 5
    assert "limit" not in [act.kind.value for act in office.scalars(select(UnitAct))]


def test_an_unknown_name_is_told_all_that_there_are(office: Session) -> None:
    with pytest.raises(NotFound) as caught:
        put(office, "期限=3")
    for each in limits(office):
        assert f"{each.name} {each.title}" in caught.value.hint


def test_a_limit_needs_a_reason_and_an_office(session: Session) -> None:
    with pytest.raises(Refused, match="没有"):
        put(session, "RC304=8")
    found_office(session, "青石县", act=an_act(session))
    with pytest.raises(Refused, match="理由"):
        put(session, "RC304=8", reason=" ")
