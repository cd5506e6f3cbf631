"""What was recorded cannot be changed, removed or replaced, on either database."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from registry import db
from registry.actors import get_actor
from registry.errors import SchemaMismatch
from registry.history import triggers
from registry.models import (
    Decision,
    Erasure,
    Filing,
    FilingStep,
    Finding,
    FindingEvent,
    LinkResult,
    Observation,
    Run,
    Sweep,
    UnitAct,
    all_tables,
)
from registry.vocab import (
    CheckKind,
    DecisionKind,
    FilingKind,
    LinkKind,
    Outcome,
    RunMethod,
    Severity,
    SubjectKind,
    UnitActKind,
)
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account

TABLES = (
    "history",
    "filing_step",
    "finding_event",
    "observation",
    "link_result",
    "unit_act",
    "decision",
    "erasure",
)


def fill(session: Session) -> None:
    """One row at least in every protected table."""
    unit = a_unit(session)
    account = an_account(session, unit)
    actor = get_actor(session, "王芳")
    who = {"actor_id": actor.id, "actor_name": actor.name}
    filing = Filing(number="2026-0001", kind=FilingKind.STOP, account=account, created_at=NOW)
    filing.steps.append(FilingStep(ordinal=1, act="draft", at=NOW, **who))
    finding = Finding(
        subject_kind=SubjectKind.ACCOUNT,
        subject_uid=account.uid,
        code="ST101",
        severity=Severity.VETO,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    finding.events.append(FindingEvent(at=NOW, act="raised", **who))
    sweep = Sweep(time_point=NOW, week="2026-W47", created_at=NOW)
    run = Run(sweep=sweep, method=RunMethod.HAND, as_of=NOW, started_at=NOW, actor_id=actor.id)
    seen = Observation(
        run=run, account=account, kind=CheckKind.MENU, observed_at=NOW, outcome=Outcome.READ
    )
    seen.link_results.append(LinkResult(kind=LinkKind.URL, url="https://qingshi.example/"))
    act = UnitAct(
        kind=UnitActKind.ADD,
        unit_id=unit.id,
        effective_on=date(2026, 1, 1),
        recorded_at=NOW,
        actor_id=actor.id,
    )
    decision = Decision(kind=DecisionKind.SAME, at=NOW, **who)
    erasure = Erasure(sha256="0" * 64, erased_at=NOW, actor_id=actor.id)
    session.add_all([filing, finding, seen, act, decision, erasure])


@pytest.fixture
def filled(registry: db.Registry) -> db.Registry:
    with registry.write() as session:
        fill(session)
    return registry


def content(registry: db.Registry, table: str) -> list[tuple[object, ...]]:
    with registry.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]


def test_these_tables_are_protected() -> None:
    assert set(triggers.APPEND_ONLY) >= set(TABLES)


@pytest.mark.parametrize("table", triggers.APPEND_ONLY)
def test_every_key_of_a_protected_table_is_known(table: str) -> None:
    known = all_tables().tables[table]
    unique = [
        constraint.columns.keys()
        for constraint in known.constraints
        if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint))
    ]
    unique += [index.columns.keys() for index in known.indexes if index.unique]
    assert sorted(triggers.APPEND_ONLY[table]) == sorted({tuple(key) for key in unique})


@pytest.mark.parametrize("table", TABLES)
def test_rows_can_be_neither_changed_nor_removed(filled: db.Registry, table: str) -> None:
    column = {"link_result": "url", "erasure": "reason", "unit_act": "reason"}.get(table, "uid")
    statements = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]
    if not filled.is_sqlite:
        statements += [f"TRUNCATE {table} CASCADE"]
    before = content(filled, table)
    assert before
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), filled.engine.begin() as open_one:
            open_one.exec_driver_sql(statement)
    assert content(filled, table) == before


@pytest.mark.parametrize("table", ["filing", "finding", "run", "account", "unit", "actor"])
def test_a_table_that_protected_ones_point_to_cannot_be_truncated(
    filled: db.Registry, table: str
) -> None:
    if filled.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), filled.engine.begin() as open_one:
        open_one.exec_driver_sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_a_foreign_tool_cannot_replace_rows(filled: db.Registry, table: str, verb: str) -> None:
    """A tool that knows nothing of ours: no foreign keys, no recursive triggers."""
    if filled.path is None:
        pytest.skip("a statement of SQLite")
    before = content(filled, table)
    tool = sqlite3.connect(filled.path)
    with pytest.raises(sqlite3.Error, match="append-only"):
        tool.execute(f"{verb} INTO {table} SELECT * FROM {table}")
    tool.close()
    assert content(filled, table) == before


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("filing_step", ("filing_id", "ordinal")),
        ("observation", ("run_id", "account_id", "kind", "ordinal")),
        ("history", ("hash",)),
        ("erasure", ("sha256",)),
        ("decision", ("uid",)),
    ],
)
def test_a_row_cannot_be_replaced_by_any_of_its_keys(
    filled: db.Registry, table: str, key: tuple[str, ...]
) -> None:
    if filled.path is None:
        pytest.skip("a statement of SQLite")
    before = content(filled, table)
    tool = sqlite3.connect(filled.path)
    columns = [row[1] for row in tool.execute(f"PRAGMA table_info({table})")]
    other = {"id": "999", "seq": "999", "uid": "'other'", "hash": "'other'", "sha256": "'other'"}
    values = [column if column in key else other.get(column, column) for column in columns]
    with pytest.raises(sqlite3.Error, match="append-only"):
        tool.execute(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM {table} LIMIT 1"
        )
    tool.close()
    assert content(filled, table) == before


def test_new_rows_are_still_welcome(filled: db.Registry) -> None:
    with filled.write() as session:
        an_account(session, a_unit(session, "青石县融媒体中心"), uid="2")
    assert len(content(filled, "history")) == 4


@pytest.mark.parametrize("table", TABLES)
def test_a_dropped_protection_is_noticed_at_open(
    filled: db.Registry, location: str, table: str
) -> None:
    name = f"keep_{table}_update" if filled.is_sqlite else f"keep_{table}_truncate"
    on_table = "" if filled.is_sqlite else f" ON {table}"
    with filled.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    with pytest.raises(SchemaMismatch) as caught:
        db.open_registry(location)
    assert name in caught.value.message


def alterations(sqlite: bool) -> list[tuple[str, ...]]:
    if sqlite:
        return [
            (
                "DROP TRIGGER keep_history_update",
                "CREATE TRIGGER keep_history_update BEFORE UPDATE ON history BEGIN SELECT 1; END",
            ),
            (
                "DROP TRIGGER keep_history_delete",
                "CREATE TRIGGER keep_history_delete BEFORE DELETE ON history "
                "WHEN 0 BEGIN SELECT RAISE(ABORT, 'append-only: history'); END",
            ),
        ]
    call = "EXECUTE FUNCTION taizhang_append_only()"
    return [
        ("ALTER TABLE history DISABLE TRIGGER keep_history_row",),
        ("ALTER TABLE history DISABLE TRIGGER ALL",),
        ("ALTER TABLE history ENABLE REPLICA TRIGGER keep_history_row",),
        (
            "DROP TRIGGER keep_history_row ON history",
            f"CREATE TRIGGER keep_history_row BEFORE DELETE ON history FOR EACH ROW {call}",
        ),
        (
            "DROP TRIGGER keep_history_row ON history",
            "CREATE TRIGGER keep_history_row BEFORE UPDATE OR DELETE ON history "
            f"FOR EACH ROW WHEN (false) {call}",
        ),
        (
            "CREATE OR REPLACE FUNCTION taizhang_append_only() RETURNS trigger AS $body$ "
            "BEGIN RETURN NEW; END $body$ LANGUAGE plpgsql",
        ),
        (
            "CREATE OR REPLACE FUNCTION taizhang_append_only() RETURNS trigger AS $body$ "
            "BEGIN IF false THEN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END IF; "
            "RETURN NEW; END $body$ LANGUAGE plpgsql",
        ),
    ]


@pytest.mark.parametrize("number", range(7))
def test_an_altered_protection_is_noticed_at_open(
    registry: db.Registry, location: str, number: int
) -> None:
    known = alterations(registry.is_sqlite)
    if number >= len(known):
        pytest.skip("fewer ways on this database")
    with registry.engine.begin() as connection:
        for statement in known[number]:
            connection.execute(text(statement))
    with pytest.raises(SchemaMismatch):
        db.open_registry(location)
    db.upgrade(location).close()
    db.open_registry(location).close()
