"""Append-only protection of the tables that prove things, on both databases.

What a trigger cannot prevent (a rebuilt table, a foreign tool) is detected by `verify`.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from registry.models import Base

APPEND_ONLY = (
    "history",
    "filing_step",
    "finding_event",
    "observation",
    "link_result",
    "unit_act",
    "decision",
    "erasure",
)
"""Tables whose rows are never changed or removed."""

_FUNCTION = """CREATE OR REPLACE FUNCTION taizhang_append_only() RETURNS trigger AS $body$
BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END $body$ LANGUAGE plpgsql"""


def _sqlite(table: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    columns = Base.metadata.tables[table].columns
    keys = [c.name for c in columns if c.primary_key or c.unique]
    same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    # INSERT OR REPLACE deletes silently where a connection has not set recursive_triggers.
    replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
    return {
        f"keep_{table}_update": f"BEFORE UPDATE ON {table} {refuse}",
        f"keep_{table}_delete": f"BEFORE DELETE ON {table} {refuse}",
        f"keep_{table}_insert": f"BEFORE INSERT ON {table} {replaces} {refuse}",
    }


def _postgresql(table: str) -> dict[str, str]:
    call = "EXECUTE FUNCTION taizhang_append_only()"
    return {
        f"keep_{table}_row": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"keep_{table}_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    }


def wanted(dialect: str) -> dict[str, str]:
    """Trigger name → definition, for `sqlite` or `postgresql`."""
    per_table = _sqlite if dialect == "sqlite" else _postgresql
    found: dict[str, str] = {}
    for table in APPEND_ONLY:
        found.update(per_table(table))
    return found


def install(connection: Connection) -> None:
    """Create the triggers anew. Run after every migration, which may have rebuilt a table."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text(_FUNCTION))
    for name, definition in wanted(dialect).items():
        table = definition.split(" ON ")[1].split()[0]
        on_table = f" ON {table}" if dialect == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition}")


def missing(connection: Connection) -> list[str]:
    """Names of triggers that are absent, altered or switched off."""
    there = _present_sqlite if connection.dialect.name == "sqlite" else _present_postgresql
    present = there(connection)
    return sorted(name for name in wanted(connection.dialect.name) if name not in present)


def _present_sqlite(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    right = wanted("sqlite")
    return {name for name, sql in rows if sql == f"CREATE TRIGGER {name} {right.get(name)}"}


def _present_postgresql(connection: Connection) -> set[str]:
    body = connection.exec_driver_sql(
        "SELECT prosrc FROM pg_proc WHERE proname = 'taizhang_append_only'"
    ).scalar()
    if body is None or "RAISE EXCEPTION" not in body:
        return set()
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = 'taizhang_append_only' AND t.tgenabled IN ('O', 'A')"
    )
    right = wanted("postgresql")
    return {name for name, table in rows if f" ON {table} " in right.get(name, "")}
