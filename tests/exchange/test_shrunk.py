"""A part of the national export never looks like mass removal."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.errors import Refused
from registry.exchange.national import NationalExport, store_snapshot
from registry.exchange.national_template import NationalEntry
from registry.exchange.shrunk import guard_whole
from registry.history import Act
from registry.models import Decision
from tests.conftest import NOW


def an_export(rows: int, sha256: str = "1" * 64) -> NationalExport:
    entries = tuple(NationalEntry("weibo", f"青石{n}", number=n + 2) for n in range(rows))
    return NationalExport("导出.xlsx", sha256, entries)


@pytest.fixture
def act(session: Session) -> Act:
    act = Act(get_actor(session, "王敏"), NOW, "核对")
    store_snapshot(session, an_export(60, "0" * 64), act)
    return act


@pytest.mark.parametrize("rows", [54, 55, 60, 80])
def test_a_few_rows_less_are_no_matter(session: Session, act: Act, rows: int) -> None:
    assert guard_whole(session, an_export(rows), act) is None


def test_many_rows_less_are_refused_with_both_figures(session: Session, act: Act) -> None:
    with pytest.raises(Refused, match="导出.xlsx 有 53 行，上一次导出有 60 行") as caught:
        guard_whole(session, an_export(53), act)
    assert "--accept-absent" in caught.value.hint


def test_what_a_person_accepts_is_remembered_with_the_file(session: Session, act: Act) -> None:
    guard_whole(session, an_export(3), act, accepted=True)
    session.flush()
    made = session.scalars(select(Decision)).one()
    assert (made.actor_name, made.file_sha256) == ("王敏", "1" * 64)
    assert made.details == {"file": "导出.xlsx", "rows": 3, "before": 60}


def test_the_same_file_again_and_the_first_of_all_are_taken(session: Session, act: Act) -> None:
    assert guard_whole(session, an_export(60, "0" * 64), act) is None


def test_without_an_earlier_export_there_is_nothing_to_compare(session: Session) -> None:
    act = Act(get_actor(session, "王敏"), NOW)
    assert guard_whole(session, an_export(1), act) is None
