"""Many rows written at once are stored as the mapped classes would store them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from registry import db
from registry.bulk import insert_rows, many_rows
from registry.db import stored_json
from registry.history import triggers
from registry.latest import latest_looks
from registry.models import Observation
from registry.models.base import packed_uid, packed_uids
from registry.uids import new_packed_uids, new_uid, new_uids, repeatable, uid_text
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


def test_thousands_of_rows_come_to_the_same_as_one_by_one(
    session: Session, keys: tuple[int, int]
) -> None:
    other = an_account(session, a_unit(session, "云川市气象局"), uid="9").id
    outcomes = [Outcome.READ, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED]

    def rows(account: int) -> list[tuple[Any, ...]]:
        return [
            a_row((keys[0], account), number, outcome=outcomes[number * 7 % 11 % 4])
            for number in range(1501)
        ]

    insert_rows(session, Observation, COLUMNS, rows(keys[1]))
    for row in rows(other):
        insert_rows(session, Observation, COLUMNS, [row])
    looks = latest_looks(session, CheckKind.HANDLE)
    assert looks[keys[1]] == looks[other]
    assert looks[other].failures > 0
    assert triggers.missing(session.connection()) == []


def test_thousands_that_fail_leave_nothing_and_the_protections_in_place(
    registry: db.Registry,
) -> None:
    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
        rows = [a_row(keys, number) for number in range(2000)]
        with pytest.raises(DatabaseError), session.begin_nested():
            insert_rows(session, Observation, COLUMNS, [*rows, a_row(keys, 7)])
    with registry.read() as session:
        assert stored(session) == []
        assert latest_looks(session, CheckKind.HANDLE) == {}
        assert triggers.missing(session.connection()) == []


def test_groups_that_come_together_come_to_the_same_as_one_by_one(
    session: Session, keys: tuple[int, int]
) -> None:
    """A group of a few among them, and one that would do without the triggers by itself."""
    other = an_account(session, a_unit(session, "云川市气象局"), uid="9").id
    outcomes = [Outcome.READ, Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED]
    both = [
        [
            a_row((keys[0], account), number, outcome=outcomes[number * 7 % 11 % 4])
            for number in range(1251)
        ]
        for account in (keys[1], other)
    ]
    with many_rows(session, Observation):
        for start, end in ((0, 3), (3, 1203), (1203, 1251)):
            insert_rows(session, Observation, COLUMNS, both[0][start:end])
    for row in both[1]:
        insert_rows(session, Observation, COLUMNS, [row])
    looks = latest_looks(session, CheckKind.HANDLE)
    assert looks[keys[1]] == looks[other]
    assert looks[other].failures > 0
    assert triggers.missing(session.connection()) == []


def test_groups_of_which_the_last_fails_leave_nothing_and_the_protections_in_place(
    registry: db.Registry,
) -> None:
    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
        with pytest.raises(DatabaseError), session.begin_nested():
            with many_rows(session, Observation):
                insert_rows(session, Observation, COLUMNS, [a_row(keys, n) for n in range(1500)])
                insert_rows(session, Observation, COLUMNS, [a_row(keys, 7)])
    with registry.write() as session:
        assert stored(session) == []
        assert latest_looks(session, CheckKind.HANDLE) == {}
        assert triggers.missing(session.connection()) == []
        with many_rows(session, Observation):
            insert_rows(session, Observation, COLUMNS, [a_row(keys, 1)])
    with registry.read() as session:
        assert [look.failures for look in latest_looks(session, CheckKind.HANDLE).values()] == [0]


def test_while_triggers_rest_nothing_is_replaced(registry: db.Registry) -> None:
    if not registry.is_sqlite:
        pytest.skip("a statement of SQLite")
    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
        insert_rows(session, Observation, COLUMNS, [a_row(keys, 0)])
    with pytest.raises(DatabaseError, match="append-only"), registry.write() as session:
        with triggers.at_rest(session.connection(), "observation"):
            session.execute(text("INSERT OR REPLACE INTO observation SELECT * FROM observation"))
    with registry.read() as session:
        assert len(stored(session)) == 1
        assert triggers.missing(session.connection()) == []


def test_a_foreign_key_that_leads_nowhere_refuses_thousands_too(
    registry: db.Registry,
) -> None:
    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
    with pytest.raises(DatabaseError), registry.write() as session:
        rows = [a_row(keys, number) for number in range(1999)]
        insert_rows(session, Observation, COLUMNS, [*rows, a_row((keys[0], 10**6), 1999)])


@pytest.mark.parametrize("odd", ["no uid", "0" * 36, "0192F000-0000-7000-8000-00000000000A"])
def test_a_text_that_is_no_uid_stays_as_it_is_among_uids(
    session: Session, keys: tuple[int, int], odd: str
) -> None:
    rows = [a_row(keys, 0), a_row(keys, 1, uid=odd), a_row(keys, 2)]
    insert_rows(session, Observation, COLUMNS, rows)
    assert stored(session) == rows


def test_uids_whose_dashes_stand_elsewhere_are_no_uids() -> None:
    good, shifted = new_uid(), new_uid().replace("-", "")
    shifted = f"{shifted[:7]}-{shifted[7:12]}-{shifted[12:16]}-{shifted[16:20]}-{shifted[20:]}"
    assert packed_uids([good, shifted]) == [packed_uid(good), shifted]
    assert packed_uids([good, None]) == [packed_uid(good), None]
    assert packed_uids([]) == []
    assert packed_uids([packed_uid(good)]) == [packed_uid(good)]
    assert packed_uids([packed_uid(good), good, None]) == [packed_uid(good)] * 2 + [None]


@pytest.mark.parametrize("value", [{"n": 2**70}, {"1": {"2": None}}, {"n": 0.1}, {"tab": "\t\x7f"}])
def test_what_json_can_say_is_read_back(value: dict[str, Any]) -> None:
    assert json.loads(stored_json(value)) == value


def test_ctrl_c_while_the_server_waits_for_rows_undoes_all(
    registry: db.Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    if registry.is_sqlite:
        pytest.skip("a statement of PostgreSQL")
    import psycopg

    def broken_in_upon(cursor: psycopg.Cursor, statement: str) -> None:
        cursor.connection.pgconn.send_query(statement.encode())
        raise KeyboardInterrupt

    with registry.write() as session:
        keys = a_run(session).id, an_account(session, a_unit(session)).id
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "copy", broken_in_upon)
        with pytest.raises(KeyboardInterrupt), registry.write() as session:
            insert_rows(session, Observation, COLUMNS, [a_row(keys, 0)])
    with registry.write() as session:
        assert stored(session) == []
        insert_rows(session, Observation, COLUMNS, [a_row(keys, 0)])
    with registry.read() as session:
        assert len(stored(session)) == 1


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError):
        stored_json({"at": NOW})


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
    packed = new_packed_uids(9000)
    assert packed == sorted(packed) and len(set(packed)) == 9000
    made = [uuid.UUID(bytes=one) for one in packed]
    assert {one.version for one in made} == {7} and {one.variant for one in made} == {uuid.RFC_4122}
    alone = uuid.UUID(new_uid())
    assert abs(alone.int - made[0].int) >> 80 < 60_000
    assert [uid_text(one) for one in packed[:9]] == [str(one) for one in made[:9]]
    assert new_packed_uids(0) == [] == new_uids(0)
    texts = new_uids(9000)
    assert texts == sorted(texts) and len(set(texts)) == 9000
    assert {str(uuid.UUID(text)) for text in texts} == set(texts)


def test_repeatable_uids_are_repeatable_together_too() -> None:
    with repeatable(1, 1000):
        alone = [new_uid() for _ in range(3)]
    with repeatable(1, 1000):
        assert [uid_text(one) for one in new_packed_uids(3)] == alone
    with repeatable(1, 1000):
        assert new_uids(3) == alone


@pytest.mark.parametrize("many", [False, True])
def test_a_uid_given_as_its_bytes_is_stored_as_its_text_would_be(
    session: Session, keys: tuple[int, int], many: bool
) -> None:
    texts = [new_uid() for _ in range(4)]
    given = [uuid.UUID(text).bytes for text in texts[:3]] + ([] if many else [texts[3]])
    rows = [a_row(keys, number, uid=uid) for number, uid in enumerate(given)]
    insert_rows(session, Observation, COLUMNS, rows)
    assert [row[-1] for row in stored(session)] == texts[: len(rows)]
    by_text = select(Observation.ordinal).where(Observation.uid == texts[1])
    assert session.scalars(by_text).all() == [1]
