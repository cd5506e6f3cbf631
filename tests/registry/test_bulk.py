"""Many rows written at once are stored as the mapped classes would store them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from registry import db
from registry.bulk import insert_rows
from registry.models import Observation
from registry.uids import new_uid, new_uids, repeatable
from registry.vocab import CheckKind, CoverageKind, Existence, Outcome, Precision
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account
from tests.registry.test_latest import a_run

COLUMNS = (
    *("run_id", "account_id", "kind", "ordinal", "observed_at", "outcome", "detail", "source"),
    *("existence", "signal", "last_post_at", "last_post_precision", "coverage", "facts"),
    *("records", "uid"),
)


@pytest.fixture
def keys(session: Session) -> tuple[int, int]:
    return a_run(session).id, an_account(session, a_unit(session)).id


def a_row(keys: tuple[int, int], number: int, **changes: Any) -> tuple[Any, ...]:
    values = {
        "run_id": keys[0],
        "account_id": keys[1],
        "kind": CheckKind.HANDLE,
        "ordinal": number,
        "observed_at": NOW + timedelta(seconds=number),
        "outcome": Outcome.READ,
        "detail": "",
        "source": "页面",
        "existence": Existence.EXISTS if number % 2 else Existence.UNKNOWN,
        "signal": "",
        "last_post_at": None if number % 3 else NOW,
        "last_post_precision": None if number % 3 else Precision.DAY,
        "coverage": CoverageKind.UNREAD,
        "facts": {"note": f"第{number}号"},
        "records": [],
        "uid": new_uid(),
    } | changes
    return tuple(values[name] for name in COLUMNS)


def stored(session: Session) -> list[tuple[Any, ...]]:
    session.expire_all()
    found = session.scalars(select(Observation).order_by(Observation.ordinal))
    return [tuple(getattr(one, name) for name in COLUMNS) for one in found]


@pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 250])
def test_what_is_read_back_is_what_was_written(
    session: Session, keys: tuple[int, int], count: int
) -> None:
    rows = [a_row(keys, number) for number in range(count)]
    assert insert_rows(session, Observation, COLUMNS, rows) == count
    assert stored(session) == rows


def test_the_bytes_are_those_that_a_mapped_object_leaves(
    session: Session, keys: tuple[int, int]
) -> None:
    east = timezone(timedelta(hours=8))
    odd = [
        *(datetime(2026, 11, 1, 7, 30, 5, tzinfo=east), datetime(2026, 11, 1, tzinfo=UTC)),
        *(datetime(2026, 11, 1, 1, 2, 3, 45, tzinfo=UTC), None),
    ]
    bulk = [a_row(keys, at, last_post_at=moment) for at, moment in enumerate(odd)]
    insert_rows(session, Observation, COLUMNS, bulk)
    for at, moment in enumerate(odd):
        row = a_row(keys, 100 + at, last_post_at=moment, facts={"note": f"第{at}号"})
        session.add(Observation(**dict(zip(COLUMNS, row, strict=True))))
    session.flush()
    raw = session.execute(
        text("SELECT last_post_at, facts, outcome, records FROM observation ORDER BY ordinal")
    ).all()
    assert [tuple(map(str, row)) for row in raw[:4]] == [tuple(map(str, row)) for row in raw[4:]]


def test_values_that_are_equal_and_not_alike_are_kept_apart(
    session: Session, keys: tuple[int, int]
) -> None:
    """[1] == [True] == [1.0], and none of them is the other."""
    turns: list[Any] = [1, True, 1.0]
    rows = [a_row(keys, number, facts={"n": turns[number % 3]}) for number in range(150)]
    insert_rows(session, Observation, COLUMNS, rows)
    kinds = [type(row[COLUMNS.index("facts")]["n"]) for row in stored(session)]
    assert kinds == [type(turns[number % 3]) for number in range(150)]


def test_a_moment_without_a_time_zone_is_refused(session: Session, keys: tuple[int, int]) -> None:
    naive = a_row(keys, 0, observed_at=datetime(2026, 11, 1))
    with pytest.raises(Exception, match="time zone"):
        insert_rows(session, Observation, COLUMNS, [naive])


def test_a_row_that_stands_already_undoes_all(registry: db.Registry) -> None:
    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
        insert_rows(session, Observation, COLUMNS, [a_row(keys, 149)])
    with pytest.raises(DatabaseError), registry.write() as session:
        insert_rows(session, Observation, COLUMNS, [a_row(keys, n) for n in range(150)])
    with registry.read() as session:
        assert len(stored(session)) == 1


def test_chinese_in_json_is_stored_as_it_is_written_and_half_a_character_gets_through(
    session: Session, keys: tuple[int, int]
) -> None:
    if session.get_bind().dialect.name == "postgresql":
        pytest.skip("PostgreSQL takes no half characters at all")
    rows = [a_row(keys, 0), a_row(keys, 1, facts={"note": "\ud800"})]
    insert_rows(session, Observation, COLUMNS, rows)
    assert stored(session) == rows
    raw = session.scalar(text("SELECT facts FROM observation WHERE ordinal = 0"))
    assert raw == '{"note":"第0号"}'


def test_uids_made_together_are_as_those_made_alone() -> None:
    made = [uuid.UUID(text) for text in new_uids(1000)]
    assert len(set(made)) == 1000
    assert {one.version for one in made} == {7} and {one.variant for one in made} == {uuid.RFC_4122}
    alone = uuid.UUID(new_uid())
    assert abs(alone.int - made[0].int) >> 80 < 60_000


def test_repeatable_uids_are_repeatable_together_too() -> None:
    with repeatable(1, 1000):
        alone = [new_uid() for _ in range(3)]
    with repeatable(1, 1000):
        assert new_uids(3) == alone
