"""Opening, migrating and protecting a registry."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from registry import db
from registry.errors import AlreadyExists, BadConfig, NotFound, SchemaMismatch
from registry.exchange.national import entries_of
from registry.exchange.national_template import NationalEntry
from registry.history import triggers
from registry.models import History, NationalSnapshot, all_tables
from registry.vocab import NationalState, SubjectKind


def a_row(**changes: object) -> History:
    values: dict[str, object] = {
        "subject_kind": SubjectKind.UNIT,
        "subject_uid": "u1",
        "effective_on": date(2026, 1, 1),
        "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor_uid": "a1",
        "actor_name": "王芳",
        "state": "{}",
        "prev_hash": "0",
        "hash": "1",
    }
    return History(**(values | changes))


def test_the_migrations_make_exactly_the_tables_of_the_models(registry: db.Registry) -> None:
    with registry.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, all_tables()) == []


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    path.write_text("序号,账号名称\n" * 100, encoding="utf-8")
    with pytest.raises(BadConfig) as caught:
        db.open_registry(str(path))
    assert "不是台账数据库" in caught.value.message
    assert path.read_text(encoding="utf-8").startswith("序号")


def test_a_missing_registry_is_not_created_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        db.open_registry(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_registry_is_never_created_over_another(location: str) -> None:
    with pytest.raises(AlreadyExists):
        db.create(location)


def test_a_registry_of_another_version_is_not_opened(registry: db.Registry, location: str) -> None:
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch) as caught:
        db.open_registry(location)
    assert "9999" in caught.value.message


def test_an_older_registry_names_what_can_be_done_with_it(
    registry: db.Registry, location: str
) -> None:
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaMismatch) as caught:
        db.open_registry(location)
    # this program's backup cannot read it either
    assert "taizhang upgrade" in caught.value.hint and "taizhang backup" not in caught.value.hint
    with pytest.raises(SchemaMismatch, match="0001"):  # nor can it say what is amiss there
        db.open_unchecked(location)


def test_a_missing_protection_is_noticed_at_open_and_mended_by_upgrade(
    registry: db.Registry, location: str
) -> None:
    name = triggers.missing  # the triggers are all there before
    with registry.engine.connect() as connection:
        assert name(connection) == []
    drop = "DROP TRIGGER keep_history_update"
    if not registry.is_sqlite:
        drop = "DROP TRIGGER keep_history_row ON history"
    with registry.engine.begin() as connection:
        connection.exec_driver_sql(drop)
    with pytest.raises(SchemaMismatch):
        db.open_registry(location)
    db.upgrade(location).close()
    db.open_registry(location).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET reason = 'x'",
        "DELETE FROM history",
        "INSERT OR REPLACE INTO history SELECT * FROM history",
        "TRUNCATE history",
    ],
)
def test_history_rows_cannot_be_changed_or_removed(registry: db.Registry, statement: str) -> None:
    only = "sqlite" if "REPLACE" in statement else "postgresql" if "TRUNCATE" in statement else ""
    if only and registry.engine.dialect.name != only:
        pytest.skip(f"a statement of {only}")
    with registry.write() as session:
        session.add(a_row())
    with pytest.raises(DatabaseError, match="append-only"), registry.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with registry.read() as session:
        assert session.query(History).count() == 1


def test_a_naive_moment_is_refused(registry: db.Registry) -> None:
    with pytest.raises(Exception, match="time zone"), registry.write() as session:
        session.add(a_row(recorded_at=datetime(2026, 1, 1)))


def test_a_failed_write_leaves_nothing_behind(registry: db.Registry) -> None:
    with pytest.raises(RuntimeError), registry.write() as session:
        session.add(a_row())
        session.flush()
        raise RuntimeError
    with registry.read() as session:
        assert session.query(History).count() == 0


def test_a_new_file_has_larger_pages_and_an_older_one_keeps_its_own(tmp_path: Path) -> None:
    def page(name: str) -> int:
        registry = db.open_registry(str(tmp_path / name))
        with registry.engine.connect() as connection:
            found = int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
            log = int(connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one())
        registry.close()
        assert found * log == 16_384_000
        return found

    db.create(str(tmp_path / "new.db")).close()
    with closing(sqlite3.connect(tmp_path / "new.db")) as new:
        new.execute("PRAGMA journal_mode = DELETE")
        new.execute("PRAGMA page_size = 4096")
        new.execute("VACUUM")
        new.execute("VACUUM INTO ?", (str(tmp_path / "old.db"),))
    assert page("old.db") == 4096
    db.upgrade(str(tmp_path / "old.db")).close()
    assert page("old.db") == 4096
    db.create(str(tmp_path / "newer.db")).close()
    assert page("newer.db") == 8192


def test_the_newest_revision_is_told_by_the_names_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(db._config())
    assert db.head() == scripts.get_current_head()


def test_rows_of_earlier_national_exports_come_along(tmp_path: Path) -> None:
    location = str(tmp_path / "accounts.db")
    engine = db.connect(location)
    config = db._config()
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in (
            "INSERT INTO actor (id, uid, name, kind) VALUES (1, 'a1', '王芳', 'person')",
            "INSERT INTO national_snapshot (id, uid, file_name, sha256, taken_at, actor_id)"
            " VALUES (7, 's1', '导出.xlsx', '0', '2026-01-01 00:00:00.000000', 1)",
            "INSERT INTO national_row (snapshot_id, number, national_code, platform, form, name,"
            " host_unit, url, identifiers, state, state_raw, fields) VALUES (7, 4, '01', 'wechat',"
            " '订阅号', '青石发布', '青石县', '', '{\"gh_id\": \"gh_1\", \"wxid\": \"qingshi\"}',"
            " 'live', '在运行', '{\"opened_on\": \"2020\"}')",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with db.upgrade(location).read() as session:
        snapshot = session.get_one(NationalSnapshot, 7)
        entry = NationalEntry(
            platform="wechat",
            form="订阅号",
            name="青石发布",
            host_unit="青石县",
            identifiers={"gh_id": "gh_1", "wxid": "qingshi"},
            state=NationalState.LIVE,
            state_raw="在运行",
            national_code="01",
            fields={"opened_on": "2020"},
            number=4,
        )
        assert (snapshot.row_count, list(entries_of(session, snapshot))) == (1, [entry])
