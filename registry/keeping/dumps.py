"""All rows of a registry as JSON lines, and back: what a backup holds where there is no file.

The form is the same whatever the database, so a dump can be loaded into another kind. It moves
rows; it neither migrates nor mends them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import Enum as EnumType

from registry.models import LatestLook, Moment, all_tables

_BATCH = 2000

Row = dict[str, Any]


def tables() -> tuple[Table, ...]:
    """All tables that are written, each after those it points to; triggers keep the rest."""
    kept = LatestLook.__table__
    return tuple(table for table in all_tables().sorted_tables if table is not kept)


def read(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of a table with the values of its types, in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield dict(row._asdict())


def to_line(row: Mapping[str, Any]) -> bytes:
    """One row as a line of JSON: days and moments in ISO form, bytes in base64."""
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def from_line(table: Table, line: bytes) -> Row:
    """The row that `to_line` wrote. Raises ValueError, KeyError or TypeError for another line."""
    found = json.loads(line)
    return {column.name: _typed(column, found[column.name]) for column in table.columns}


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, EnumType) and column.type.enum_class:
        return column.type.enum_class(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


def load(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert the rows with the keys they had; how many. The table must be empty."""
    own = [column.name for column in table.columns if _points_to_itself(column)]
    later: list[Row] = []
    batch: list[Row] = []
    count = 0
    for row in rows:
        later += [{"key": row["id"], **{n: row[n] for n in own}}] if any(map(row.get, own)) else []
        batch.append(row | dict.fromkeys(own))
        count += 1
        if len(batch) == _BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)
    if later:
        values: Row = {name: bindparam(name) for name in own}
        where = table.c.id == bindparam("key")
        connection.execute(update(table).where(where).values(values), later)
    return count


def _points_to_itself(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def restart_keys(connection: Connection) -> None:
    """Let new rows be numbered after those that were loaded (PostgreSQL; SQLite does by itself)."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        key = next(iter(table.primary_key.columns))
        if not isinstance(key.type, Integer):
            continue
        last = connection.execute(select(func.max(key))).scalar()
        if last is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)"),
                {"table": table.name, "key": key.name, "last": last},
            )
