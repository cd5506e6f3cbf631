"""A part of the national export or a shifted column never looks like what has happened there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import get_actor, system
from registry.errors import ActorRequired, BadInput, Fault, Refused
from registry.exchange.national import store_snapshot, kept_last, latest_snapshot
from registry.exchange.national_changes import Changes, compare
from registry.exchange.national_export import NationalExport
from registry.exchange.national_template import NationalEntry
from registry.exchange.snapshots import keep_export, last_export
from registry.exchange.watched import watched_word
from registry.history.writing import Act
from registry.models import Decision, NationalSnapshot
from registry.vocab import DecisionKind, NationalState
from tests.conftest import NOW

Rows = Sequence[NationalEntry]


def listed(count: int, **fields: Any) -> list[NationalEntry]:
    """Rows of so many accounts, each of a unit of its own."""
    return [
        NationalEntry(
            "weibo",
            f"青石{n}",
            host_unit=f"青石县第{n}局",
            url=f"https://weibo.com/u/70000{n:02}",
            identifiers={"uid": f"70000{n:02}"},
            state=NationalState.LIVE,
            national_code=f"5301{n:04}",
            number=n + 2,
            **fields,
        )
        for n in range(count)
    ]


def each(rows: Rows, **changes: Any) -> list[NationalEntry]:
    return [replace(row, **changes) for row in rows]


def bare(rows: Rows) -> list[NationalEntry]:
    """Rows that only name and unit tell apart."""
    return each(rows, identifiers={}, url="", national_code="")


def export(rows: Rows, sha256: str) -> NationalExport:
    return NationalExport("导出.xlsx", sha256 * 64, tuple(rows))


@pytest.fixture
def act(session: Session) -> Act:
    act = Act(get_actor(session, "王敏"), NOW, "核对")
    keep_export(session, export(listed(60), "0"), act)
    return act


def refusal(session: Session, act: Act, rows: Rows, *accept: str) -> Refused:
    with pytest.raises(Refused) as caught:
        keep_export(session, export(rows, "1"), act, accept)
    return caught.value


@pytest.mark.parametrize("rows", [54, 60, 80])
def test_a_few_rows_less_are_no_matter(session: Session, act: Act, rows: int) -> None:
    kept = keep_export(session, export(listed(rows), "1"), act)
    assert kept.changes is not None
    assert (len(kept.changes.went), len(kept.changes.came)) == (
        max(0, 60 - rows),
        max(0, rows - 60),
    )


def test_many_rows_gone_are_refused_though_as_many_came(session: Session, act: Act) -> None:
    refused = refusal(session, act, listed(67)[7:])
    assert "60 行中有 7 行" in refused.message
    assert "--accept-absent" in refused.hint
    assert refusal(session, act, listed(67)[7:], "name").exit_code == 2


def test_a_refused_export_is_not_kept(session: Session, act: Act) -> None:
    refusal(session, act, listed(5))
    assert len(session.scalars(select(NationalSnapshot)).all()) == 1


@pytest.mark.parametrize(
    ("field", "shifted"),
    [
        ("host_unit", lambda row: replace(row, host_unit=row.name)),
        ("name", lambda row: replace(row, name=row.host_unit)),
        ("url", lambda row: replace(row, url="")),
        ("identifier", lambda row: replace(row, identifiers={})),
        ("national_code", lambda row: replace(row, national_code=f"9{row.national_code}")),
        ("state", lambda row: replace(row, state=NationalState.OFFLINE)),
    ],
)
def test_a_shifted_column_is_refused_until_accepted(
    session: Session, act: Act, field: str, shifted: Any
) -> None:
    rows = [shifted(row) for row in listed(60)]
    refused = refusal(session, act, rows)
    assert refused.hint.count("--accept") == 1
    assert f"--accept-changed {watched_word(field)}" in refused.hint
    kept = keep_export(session, export(rows, "1"), act, [field])
    assert kept.changes is not None
    assert kept.changes.changed[field] == 60
    assert kept.changes.came == kept.changes.went == ()


@pytest.mark.parametrize(
    ("field", "without"),
    [
        ("host_unit", {"host_unit": ""}),
        ("url", {"url": ""}),
        ("identifier", {"identifiers": {}}),
        ("national_code", {"national_code": ""}),
        ("state", {"state": NationalState.OTHER, "state_raw": ""}),
    ],
)
def test_a_column_that_is_gone_is_called_so(
    session: Session, act: Act, field: str, without: Any
) -> None:
    refused = refusal(session, act, [replace(row, **without) for row in listed(60)])
    assert f"各行都没有{watched_word(field)}" in refused.message
    assert "整栏错位" not in refused.message
    assert f"--accept-changed {watched_word(field)}" in refused.hint


def test_two_columns_changed_over_are_named_together(session: Session, act: Act) -> None:
    rows = [replace(row, name=row.host_unit, host_unit=row.name) for row in listed(60)]
    hint = refusal(session, act, rows, "name").hint
    assert "--accept-changed 主办单位" in hint
    assert "--accept-changed 名称" not in hint


def test_another_spelling_and_a_cell_filled_are_no_change() -> None:
    rows = bare(listed(9))
    spelled = each(rows, host_unit="", fields={"verified_subject": "青石县公安局"})
    filled = each(rows, fields={"verified_subject": "青石縣公安局", "remark": "a"})
    assert compare(spelled, each(spelled, fields=filled[0].fields)).changed == {}
    assert compare(each(rows, host_unit=""), each(rows, host_unit="")).changed == {}


def test_what_a_person_accepts_is_remembered_with_the_file(session: Session, act: Act) -> None:
    keep_export(session, export(listed(3), "1"), act, ["absent"])
    keep_export(session, export(listed(60), "0"), act)
    session.flush()
    made = session.scalars(select(Decision)).one()
    assert (made.kind, made.actor_name) == (DecisionKind.ABSENT_ACCEPTED, "王敏")
    assert (made.left_key, made.file_sha256) == ("outside:national", "1" * 64)
    assert made.details.pop("reading")
    assert made.details == {"file": "导出.xlsx", "count": 57, "of": 60}
    keep_export(session, export(listed(3), "1"), act)
    assert len(session.scalars(select(Decision)).all()) == 1


def test_only_a_person_accepts(session: Session, act: Act) -> None:
    with pytest.raises(ActorRequired):
        keep_export(session, export(listed(3), "1"), Act(system(session), NOW), ["absent"])


def test_the_file_kept_last_is_not_kept_twice(session: Session, act: Act) -> None:
    again = keep_export(session, export(listed(60), "0"), act)
    assert again.changes is None
    assert len(session.scalars(select(NationalSnapshot)).all()) == 1


def test_the_file_kept_last_read_by_another_mapping_is_looked_at_like_any_other(
    session: Session, act: Act
) -> None:
    fault = Fault("No row holds the column titles.", "Name them.", file="导出.xlsx")
    with pytest.raises(BadInput):
        keep_export(session, replace(export((), "0"), faults=(fault,)), act)
    without_hosts = export(each(listed(60), host_unit=""), "0")
    with pytest.raises(Refused) as caught:
        keep_export(session, without_hosts, act)
    assert "--accept-changed 主办单位" in caught.value.hint
    keep_export(session, without_hosts, act, ["host_unit"])
    assert len(session.scalars(select(NationalSnapshot)).all()) == 2


def test_another_reading_of_a_file_is_told_against_the_file_before_it(
    session: Session, act: Act
) -> None:
    first = keep_export(session, export(each(listed(62), host_unit=""), "1"), act, ["host_unit"])
    again = keep_export(session, export(listed(62), "1"), act)
    assert again.snapshot.uid != first.snapshot.uid
    last = last_export(session)
    assert last is not None and again.changes is not None and last.changes == again.changes
    assert [row.name for row in again.changes.came] == ["青石60", "青石61"]
    assert not again.changes.changed


def test_what_was_accepted_of_a_file_holds_for_what_was_read_of_it(
    session: Session, act: Act
) -> None:
    keep_export(session, export(listed(40), "1"), act, ["absent"])
    keep_export(session, export(listed(60), "0"), act)
    refusal(session, act, listed(3))
    keep_export(session, export(listed(40), "1"), act)
    refusal(session, act, listed(3))


def test_what_was_accepted_before_readings_were_kept_still_holds(
    session: Session, act: Act
) -> None:
    accepted = {"file": "导出.xlsx", "count": 20, "of": 60}
    kind, person = DecisionKind.ABSENT_ACCEPTED, act.actor
    made = Decision(kind=kind, left_key="outside:national", at=NOW, details=accepted)
    made.actor_id, made.actor_name, made.file_sha256 = person.id, person.name, "1" * 64
    session.add(made)
    keep_export(session, export(listed(40), "1"), act)
    refusal(session, act, listed(3))


def test_an_export_without_any_row_is_refused_until_accepted(session: Session) -> None:
    act = Act(get_actor(session, "王敏"), NOW, "核对")
    refused = refusal(session, act, ())
    assert "一行记录也没有" in refused.message and "--accept-absent" in refused.hint
    assert session.scalars(select(NationalSnapshot)).all() == []
    assert keep_export(session, export((), "1"), act, ["absent"]).rows == ()
    keep_export(session, export((), "1"), act)
    assert len(session.scalars(select(NationalSnapshot)).all()) == 1
    keep_export(session, export(listed(3), "2"), act)
    with pytest.raises(Refused):
        keep_export(session, export((), "3"), act)


def test_a_refusal_calls_columns_as_the_mapping_does(session: Session, act: Act) -> None:
    rows = [replace(row, name=f"别名{n}", host_unit="") for n, row in enumerate(listed(60))]
    named = replace(export(rows, "1"), titles={"name": "媒体全名", "host_unit": "主办 单位"})
    with pytest.raises(Refused) as caught:
        keep_export(session, named, act)
    assert "媒体全名" in caught.value.message and "各行都没有主办 单位" in caught.value.message
    assert "--accept-changed 媒体全名" in caught.value.hint
    assert '--accept-changed "主办 单位"' in caught.value.hint


def test_the_advice_after_a_part_was_accepted_is_complete(session: Session, act: Act) -> None:
    rows = [replace(row, host_unit="") for row in listed(60)[:40]]
    both = refusal(session, act, rows)
    rest = refusal(session, act, rows, "absent")
    assert both.hint == rest.hint
    assert "--accept-absent" in rest.hint and "--accept-changed 主办单位" in rest.hint
    assert "各行都没有主办单位" in rest.message and "缺" not in rest.message


def test_an_export_without_any_row_says_what_was_found(session: Session, act: Act) -> None:
    found = ("工作表“备案”第1行：平台类型、账号名称",)
    with pytest.raises(Refused) as caught:
        keep_export(session, replace(export((), "1"), headings=found), act)
    assert f"（{found[0]}）" in caught.value.message


def test_an_export_without_any_row_that_an_older_version_kept_is_asked_of_again(
    session: Session,
) -> None:
    act = Act(get_actor(session, "王敏"), NOW, "核对")
    store_snapshot(session, export((), "1"), act)
    refusal(session, act, ())


def test_the_export_kept_last_knows_what_changed_in_it(session: Session, act: Act) -> None:
    keep_export(session, export(listed(58), "1"), act)
    kept = last_export(session)
    assert kept is not None and kept.changes is not None
    assert [row.name for row in kept.changes.went] == ["青石58", "青石59"]


def test_rows_are_followed_by_code_then_id_then_name() -> None:
    rows = listed(3)
    later = [
        replace(rows[0], name="新名", identifiers={}),
        replace(rows[1], name="另名", national_code=""),
        replace(rows[2], identifiers={}, national_code="", url=""),
    ]
    found = compare(rows, later)
    assert (found.came, found.went, found.compared) == ((), (), 3)


def test_a_row_that_comes_back_into_service_is_no_new_one() -> None:
    rows = listed(2)
    before = [replace(rows[0], state=NationalState.OFFLINE), rows[1]]
    assert compare(before, rows) == Changes(2, 2, (), (), (rows[0],), {"state": 1}, 2)


def test_rows_without_any_id_that_come_or_go_are_for_a_person() -> None:
    rows = bare(listed(3))
    found = compare(rows[:2], [rows[1], rows[2], *listed(9)[8:]])
    assert [row.name for row in found.unidentified] == ["青石2", "青石0"]


def test_units_whose_region_is_written_otherwise_have_not_changed(
    session: Session, act: Act
) -> None:
    rows = [replace(row, host_unit=row.host_unit.replace("青石县", "青石")) for row in listed(60)]
    kept = keep_export(session, export(rows, "1"), act)
    assert kept.changes is not None
    assert "host_unit" not in kept.changes.changed


def test_supervising_units_are_compared_as_units_too(session: Session, act: Act) -> None:
    whole = listed(60, fields={"supervising_unit": "青石县人民政府办公室"})
    keep_export(session, export(whole, "1"), act)
    short = listed(60, fields={"supervising_unit": "青石人民政府办公室"})
    kept = keep_export(session, export(short, "2"), act)
    assert kept.changes is not None
    assert kept.changes.changed == {}


def test_the_name_is_called_as_the_export_calls_it(session: Session, act: Act) -> None:
    rows = [replace(row, name=row.host_unit) for row in listed(60)]
    refused = refusal(session, act, rows)
    assert "账号名称" in refused.message
    assert "--accept-changed 账号名称" in refused.hint


def test_rows_that_are_still_being_packed_are_kept_by_the_time_anybody_asks(
    session: Session, act: Act
) -> None:
    rows = listed(61)
    kept = keep_export(session, export(rows, "1"), act)
    last = kept_last(session)
    assert last is not None
    assert last.snapshot is kept.snapshot
    assert list(last.rows) == rows


def test_of_an_export_that_is_taken_back_nothing_is_kept(session: Session, act: Act) -> None:
    before = latest_snapshot(session)
    with session.begin_nested() as point:
        keep_export(session, export(listed(61), "1"), act)
        point.rollback()
    again = latest_snapshot(session)
    assert again is before
    assert keep_export(session, export(listed(62), "2"), act).snapshot is latest_snapshot(session)
