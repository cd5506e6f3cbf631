"""Units of a list that are likely known: named with their place and the way to make them one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.unit_twins import with_unit_twins
from registry.actors import get_actor
from registry.exchange.matching import Match
from registry.exchange.plan_rows import ImportPlan, PlanRow, Result
from registry.exchange.record import Record
from registry.exchange.senders import Sender
from registry.exchange.unit_names import NamedUnits
from registry.history.writing import Act
from registry.models import Unit
from registry.units.acts import abolish_unit, add_alias
from registry.units.naming import ensure_unit
from tests.conftest import NOW

DAY = date(2020, 3, 2)


def know(session: Session, *names: str) -> None:
    act = Act(get_actor(session, "王敏"), NOW, "")
    for name in names:
        ensure_unit(session, name, act=act, effective_on=DAY)


def created(units: NamedUnits, number: int, host: str) -> PlanRow:
    record = Record("台账", number, "账号", "weibo", host_unit=host)
    match = Match(record, units.find(host), "账号")
    name = match.host.name
    return PlanRow(
        "台账", number, Result.CREATE, "weibo", "", "账号", name, False, None, match=match
    )


def twins(session: Session, *hosts: str, sender: str = "青石县") -> list[tuple[str, str, bool]]:
    """(unit of the list, what it likely is, whether that is known) of a list with these hosts."""
    units = NamedUnits(session, sender)
    rows = [created(units, number, host) for number, host in enumerate(hosts, start=2)]
    plan = ImportPlan("台账.csv", "", "ledger", Sender(sender), tuple(rows))
    found = with_unit_twins(session, plan).unit_twins
    names = [units.find(host).name for host in hosts]
    assert [twin.row for twin in found] == [2 + names.index(twin.name) for twin in found]
    return [(twin.name, twin.likely, twin.known) for twin in found]


@pytest.mark.parametrize(
    "known, listed",
    [
        ("青石县第二中学", "青石二中"),
        ("青石县卫生健康委员会", "青石县卫健委"),
        ("青石县市场监督管理局", "青石县市监局"),
        ("青石县教育局", "青石教育局"),
        ("青石县公安局", "云川市青石县公安局"),
        ("云川市青石县公安局", "青石县公安局"),
        ("青石县住房和城乡建设局", "青石县住建局"),
        ("青石县二中", "青石县第二中学"),
        ("青石县人民政府办公室", "青石县政府办"),
    ],
)
def test_another_writing_of_a_known_unit_is_named(
    session: Session, known: str, listed: str
) -> None:
    know(session, known)
    assert twins(session, listed, "青石县民政局") == [(listed, known, True)]


@pytest.mark.parametrize(
    "known, listed",
    [
        ("青石县第一中学", "青石二中"),
        ("青石县教育局", "白水县教育局"),
        ("青石县教育局", "青石县教育局招生办公室"),
        ("青石县公安局", "青石县公安局交警大队"),
        ("青石县卫生监督局", "青石县卫生局"),
        ("青石县人民政府", "青石县人民政府办公室"),
        ("青石县", "青石县人民政府办公室"),
        ("青石县东城街道办事处", "青石县西城街道办事处"),
    ],
)
def test_another_body_is_not(session: Session, known: str, listed: str) -> None:
    know(session, known)
    assert twins(session, listed) == []


def test_two_writings_in_one_list_are_named_once_and_the_longer_stays(session: Session) -> None:
    hosts = ("青石县第二中学", "青石县民政局", "青石二中", "青石二中")
    assert twins(session, *hosts) == [("青石二中", "青石县第二中学", False)]


def test_three_writings_lead_to_the_known_one(session: Session) -> None:
    know(session, "青石县第二中学")
    found = twins(session, "青石二中", "云川市青石县第二中学")
    assert sorted(found) == [
        ("云川市青石县第二中学", "青石县第二中学", True),
        ("青石二中", "青石县第二中学", True),
    ]


def test_what_may_be_one_of_two_is_not_guessed(session: Session) -> None:
    know(session, "青石县教育局", "青石县教育研究院", "云川市青石区教育局", "白水市青石区教育局")
    assert twins(session, "青石教育") == []
    assert twins(session, "青石区教育局") == []


def test_a_unit_that_has_ended_is_no_likely_one(session: Session) -> None:
    know(session, "青石县第二中学")
    act = Act(get_actor(session, "王敏"), NOW, "撤并")
    unit = session.scalars(select(Unit)).one()
    abolish_unit(session, unit, act=act, effective_on=DAY)
    assert twins(session, "青石二中") == []


def test_an_alias_is_a_writing_too_and_settles_its_own(session: Session) -> None:
    know(session, "青石县教育体育和科学技术局")
    act = Act(get_actor(session, "王敏"), NOW, "")
    unit = session.scalars(select(Unit)).one()
    add_alias(session, unit, "青石县教育局", act=act, effective_on=DAY)
    assert twins(session, "青石县教育局") == []
    assert twins(session, "青石教育局") == [("青石教育局", "青石县教育体育和科学技术局", True)]


def test_a_list_that_makes_no_unit_says_nothing(session: Session) -> None:
    know(session, "青石县第二中学", "青石二中")
    assert twins(session, "青石二中", "青石县第二中学") == []
