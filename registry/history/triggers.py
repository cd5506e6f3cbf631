"""Append-only protection of the tables that prove things, on both databases.

Beside it the one trigger that keeps `latest_look` in step with the observations: of each row on
SQLite, which knows no other, of each statement on PostgreSQL. What a trigger cannot prevent (a
rebuilt table, a foreign tool) is detected by `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, inspect, text

Keys = tuple[tuple[str, ...], ...]
"""The primary key of a table and what is unique in it, by the names of their columns."""

APPEND_ONLY: Mapping[str, Keys] = {
    "history": (("seq",), ("hash",), ("uid",)),
    "filing_step": (("id",), ("uid",), ("filing_id", "ordinal")),
    "finding_event": (("id",), ("uid",)),
    "observation": (("id",), ("uid",), ("run_id", "account_id", "kind", "ordinal")),
    "link_result": (("id",),),
    "unit_act": (("id",), ("uid",)),
    "decision": (("id",), ("uid",)),
    "erasure": (("id",), ("sha256",)),
    "evidence_sum": (("id",), ("name",)),
}
"""Tables whose rows are never changed or removed, each with all its keys. Written out here and not
read off the models: every command makes sure of the triggers, few need these tables."""

_BODY = "BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END"
_FUNCTION = f"""CREATE OR REPLACE FUNCTION taizhang_append_only() RETURNS trigger
AS $body${_BODY}$body$ LANGUAGE plpgsql"""
_KINDS = {"row": 1 + 2 + 8 + 16, "truncate": 2 + 32, "latest": 4}
"""What pg_trigger.tgtype says: row 1, before 2, insert 4, delete 8, update 16, truncate 32."""

_LATEST = "keep_observation_latest"
_INTO_LATEST = """INSERT INTO latest_look
(account_id, kind, newest_post_at, read_at, tried_at, failures)"""


def _together(later: str) -> str:
    """How new looks join those before; `later` is the greater of two values."""
    both = "coalesce({1}.{0}, excluded.{0}), coalesce(excluded.{0}, {1}.{0})"
    greater = ", ".join(
        f"{name} = {later}({both.format(name, 'latest_look')})"
        for name in ("newest_post_at", "read_at", "tried_at")
    )
    return f"""ON CONFLICT (account_id, kind) DO UPDATE SET {greater},
failures = excluded.failures
+ CASE WHEN excluded.read_at IS NULL THEN latest_look.failures ELSE 0 END"""


_LOOK = """NEW.account_id, NEW.kind, CASE WHEN NEW.actor_id IS NULL OR \
'self_report' <> (SELECT method FROM run WHERE id = NEW.run_id) THEN NEW.last_post_at END,
CASE WHEN NEW.outcome = 'read' THEN NEW.observed_at END, NEW.observed_at,
CASE WHEN NEW.outcome = 'inconclusive' THEN 1 ELSE 0 END"""
_LATEST_OF_ONE = f"""{_INTO_LATEST}
VALUES ({_LOOK})
{_together('max')}"""
_LATEST_OF_ADDED = f"""{_INTO_LATEST}
SELECT {_LOOK.replace('NEW.', 'look.')} FROM observation look WHERE look.id > ? ORDER BY look.id
{_together('max')}"""
_LATEST_OF_MANY = f"""{_INTO_LATEST}
SELECT look.account_id, look.kind,
max(look.last_post_at) FILTER (WHERE look.actor_id IS NULL OR run.method <> 'self_report'),
max(look.observed_at) FILTER (WHERE look.outcome = 'read'), max(look.observed_at),
count(*) FILTER (WHERE look.outcome = 'inconclusive' AND look.id > coalesce(look.last_read, 0))
FROM (SELECT *, max(id) FILTER (WHERE outcome = 'read') OVER (PARTITION BY account_id, kind)
AS last_read FROM added) look JOIN run ON run.id = look.run_id
GROUP BY look.account_id, look.kind
{_together('greatest')}"""
# Two writers that meet the same accounts in another order would wait for each other for ever.
_LATEST_BODY = f"""BEGIN PERFORM pg_advisory_xact_lock(hashtext('latest_look'));
{_LATEST_OF_MANY}; RETURN NULL; END"""
_LATEST_FUNCTION = f"""CREATE OR REPLACE FUNCTION taizhang_latest_look() RETURNS trigger
AS $body${_LATEST_BODY}$body$ LANGUAGE plpgsql"""
_LATEST_TRIGGERS = {
    "sqlite": f"BEGIN {_LATEST_OF_ONE}; END",
    "postgresql": "REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION taizhang_latest_look()",
}


def _sqlite(table: str, keys: Keys) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    # INSERT OR REPLACE deletes silently where a connection has not set recursive_triggers.
    # A question for each key: one with OR costs every row twice as much.
    there = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    replaces = "WHEN " + " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {same})" for same in there
    )
    return {
        f"keep_{table}_update": f"BEFORE UPDATE ON {table} {refuse}",
        f"keep_{table}_delete": f"BEFORE DELETE ON {table} {refuse}",
        f"keep_{table}_insert": f"BEFORE INSERT ON {table} {replaces} {refuse}",
    }


def _postgresql(table: str, _keys: Keys) -> dict[str, str]:
    call = "EXECUTE FUNCTION taizhang_append_only()"
    return {
        f"keep_{table}_row": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"keep_{table}_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    }


def wanted(dialect: str) -> dict[str, str]:
    """Trigger name → definition, for `sqlite` or `postgresql`."""
    per_table = _sqlite if dialect == "sqlite" else _postgresql
    found: dict[str, str] = {}
    for table, keys in APPEND_ONLY.items():
        found.update(per_table(table, keys))
    return found | {_LATEST: f"AFTER INSERT ON observation {_LATEST_TRIGGERS[dialect]}"}


def install(connection: Connection) -> None:
    """Create the triggers anew. Run after every migration, which may have rebuilt a table; a table
    that a later one makes has none yet."""
    dialect, there = connection.dialect.name, inspect(connection).get_table_names()
    if dialect == "postgresql":
        for function in (_FUNCTION, _LATEST_FUNCTION):
            connection.exec_driver_sql(function.replace("%", "%%"))
    for name, definition in wanted(dialect).items():
        table = definition.split(" ON ")[1].split()[0]
        if table not in there:
            continue
        on_table = f" ON {table}" if dialect == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition}")


@contextmanager
def at_rest(connection: Connection, table: str) -> Iterator[None]:
    """Within the block new rows of `table` do without the triggers of their insertion (SQLite).

    For thousands of rows by plain INSERT, whose keys the table assigns. They set off nothing one by
    one: `latest_look` takes them all at the end, and that nothing is replaced is still seen to by
    the trigger against DELETE, which `recursive_triggers` of our connections calls for REPLACE too.
    Nobody else meets the table like this, for all is within the writer's transaction; when the
    block fails, its rows are undone and the triggers are back. A block within another is part of it.
    """
    resting = {
        name: definition
        for name, definition in wanted("sqlite").items()
        if definition.split()[1] == "INSERT" and definition.split(" ON ")[1].split()[0] == table
    }
    if table in connection.info.setdefault(_AT_REST, set()):
        yield
        return
    with connection.begin_nested(), _much_cache(connection), _noted(connection, table):
        last = connection.exec_driver_sql(f"SELECT max(rowid) FROM {table}").scalar() or 0
        for name in resting:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        if _LATEST in resting:
            connection.exec_driver_sql(_LATEST_OF_ADDED, (last,))
        for name, definition in resting.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition}")


_AT_REST = "taizhang: tables at rest"


@contextmanager
def _noted(connection: Connection, table: str) -> Iterator[None]:
    connection.info[_AT_REST].add(table)
    try:
        yield
    finally:
        connection.info[_AT_REST].discard(table)


_CACHE = 16_000
"""KiB of pages kept while thousands of rows are written: none is written out and read again."""


@contextmanager
def _much_cache(connection: Connection) -> Iterator[None]:
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size = {-_CACHE}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


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
    """Triggers that are on, for every row and column, and call the function as it was written."""
    rows = connection.execute(
        text(
            "SELECT t.tgname, c.relname, t.tgtype, p.prosrc FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE c.relnamespace = current_schema()::regnamespace "
            "AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''"
        )
    )
    right = wanted("postgresql")
    return {
        name
        for name, table, kind, body in rows
        if f" ON {table} " in right.get(name, "")
        and kind == _KINDS[name.rsplit("_", 1)[1]]
        and body == (_LATEST_BODY if name == _LATEST else _BODY)
    }
