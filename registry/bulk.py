"""Rows written without the bookkeeping of mapped objects, many of them at once.

Of many it knows no defaults: every column that is not to be NULL is named. It never commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import JSON, Connection, Dialect, Enum, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry.db import stored_json
from registry.history import triggers
from registry.models.base import (
    EPOCH,
    Base,
    Instant,
    Moment,
    PackedUid,
    packed_uids,
    table_of,
)

_T = TypeVar("_T")

_CHUNK = 10_000

_AT_ONCE = 200
"""Rows to a statement."""
_MANY = 1000
"""So many rows and more do without the triggers that each of them would set off."""
_MOST_PARAMETERS = 30_000
"""SQLite takes 32,766 in one statement."""

Values = Sequence[Any]
"""One row: a value for each of the columns named."""
Sides = Mapping[str, Sequence[Any]]
"""Column → its values, one for each row; all of one length."""


def insert_rows(
    session: Session, model: type[Base], columns: Sequence[str], rows: Iterable[Values]
) -> int:
    """Insert `rows`, each with its values in the order of `columns`; returns how many there were.

    Values are what the mapped columns take: enums, aware moments, dicts for JSON.
    """
    waiting, written = iter(rows), 0
    while chunk := list(islice(waiting, _CHUNK)):
        written += insert_columns(
            session, model, dict(zip(columns, zip(*chunk, strict=True), strict=True))
        )
    return written


@contextmanager
def many_rows(session: Session, model: type[Base]) -> Iterator[None]:
    """Within the block rows of `model` come in thousands, a group after the other, all or none.

    What the database does with each new row it does at the end, for all of them.
    """
    with _together(session.connection(), table_of(model)):
        yield


def _together(connection: Connection, table: Table) -> AbstractContextManager[None]:
    sqlite = connection.dialect.name == "sqlite"
    return triggers.at_rest(connection, table.name) if sqlite else nullcontext()


def insert_row(session: Session, model: type[Base], values: Mapping[str, Any]) -> int:
    """Insert one row, of which columns may be left to their defaults; returns its key."""
    session.flush()
    done = session.connection().execute(insert(table_of(model)).values(values))
    (key,) = done.inserted_primary_key or (0,)
    return int(key)


def insert_columns(session: Session, model: type[Base], sides: Sides) -> int:
    """The same of rows that stand side by side: values by column, which spares a tuple each."""
    table = table_of(model)
    session.flush()
    connection = session.connection()
    write = _through_driver if connection.dialect.name == "sqlite" else _through_copy
    count = len(next(iter(sides.values()), ()))
    many = count >= _MANY and not any(key.name in sides for key in table.primary_key)
    with _together(connection, table) if many else nullcontext():
        for start in range(0, count, _CHUNK):
            some = {name: side[start : start + _CHUNK] for name, side in sides.items()}
            write(connection, table, some)
    return count


def _through_copy(connection: Connection, table: Table, sides: Sides) -> None:
    """PostgreSQL's own way for many rows: one statement, after which its triggers come once."""
    bound = [_ready(connection.dialect, table.c[name].type, side) for name, side in sides.items()]
    names = ", ".join(f'"{name}"' for name in sides)
    statement = f'COPY "{table.name}" ({names}) FROM STDIN'
    driver: Any = connection.connection.driver_connection
    with _faults_as_usual(connection, statement), driver.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in zip(*bound, strict=True):
                copy.write_row(row)


@contextmanager
def _faults_as_usual(connection: Connection, statement: str) -> Iterator[None]:
    """What the driver raises within the block comes as SQLAlchemy tells it of any statement. Where
    Ctrl-C breaks in, the server may still wait for rows: the connection is given up, and all is undone.
    """
    fault = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except KeyboardInterrupt as interrupt:
        connection.invalidate(interrupt)
        raise
    except fault as error:
        raise DBAPIError.instance(
            statement, None, error, fault, dialect=connection.dialect
        ) from error


def _through_driver(connection: Connection, table: Table, sides: Sides) -> None:
    """The same with values prepared column by column and many rows to a statement.

    A statement that may fail half-way keeps a copy of each page it touches until it ends: two
    hundred rows that share it take half the time of as many statements.
    """
    count = len(next(iter(sides.values())))
    many = count > _AT_ONCE
    bound = [
        _bound(connection.dialect, table.c[name].type, side, many) for name, side in sides.items()
    ]
    fixed = tuple(at for at, side in enumerate(bound) if isinstance(side, _Same))
    same = tuple(side.value for side in bound if isinstance(side, _Same))
    moving = [_unadapted(side) for side in bound if not isinstance(side, _Same)]
    size = max(1, min(_AT_ONCE, (_MOST_PARAMETERS - len(same)) // max(1, len(moving))))
    whole = count - count % size if many else 0
    if whole:
        statement = _statement(table.name, tuple(sides), fixed, size)
        parts = ([side[at : at + size] for side in moving] for at in range(0, whole, size))
        connection.exec_driver_sql(statement, [(*same, *_interleaved(p, size)) for p in parts])
    if whole < count:
        single = _statement(table.name, tuple(sides), fixed, 1)
        rest = zip(*(side[whole:] for side in moving), strict=True) if moving else [()] * count
        connection.exec_driver_sql(single, [(*same, *row) for row in islice(rest, count - whole)])


_NULL = float("nan")
"""What SQLite takes for NULL."""


def _unadapted(side: Sequence[Any]) -> Sequence[Any]:
    """The same values as types of which the driver makes no doubt: for each None and for each
    `bytes` it looks for an adapter first, which takes longer than all else it does with it."""
    kinds = {*map(type, side)}
    if type(None) in kinds:
        side = [_NULL if value is None else value for value in side]
    if bytes in kinds:
        side = [bytearray(value) if value.__class__ is bytes else value for value in side]
    return side


def _interleaved(sides: Sequence[Sequence[Any]], rows: int) -> list[Any]:
    """The values of columns row by row, in one list."""
    found = [None] * (len(sides) * rows)
    for at, side in enumerate(sides):
        found[at :: len(sides)] = side
    return found


_JSON = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class _Same:
    """A column in which all rows hold this value: it is handed over once."""

    value: Any


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], fixed: tuple[int, ...], rows: int) -> str:
    """An INSERT of so many rows whose `fixed` columns take their values from the first row.

    Those are numbered and handed over first. The others have no number: SQLite would keep a list
    of those, to be gone through for each.
    """
    order = (*fixed, *(at for at in range(len(columns)) if at not in fixed))
    names = ", ".join(f'"{columns[at]}"' for at in order)
    moving = ["?"] * (len(columns) - len(fixed))
    one = f"({', '.join([*(f'?{number}' for number in range(1, len(fixed) + 1)), *moving])})"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * rows)}'


def _bound(dialect: Dialect, kind: Any, values: Sequence[Any], many: bool) -> Sequence[Any] | _Same:
    """The values as the driver takes them."""
    if isinstance(kind, JSON):  # [1] and [True] are equal, not their texts
        values = _ready(dialect, kind, values)
        return _Same(values[0]) if many and _all_same(values) else values
    if many and _all_same(values):
        return _Same(_ready(dialect, kind, values[:1])[0])
    return _ready(dialect, kind, values)


def _ready(dialect: Dialect, kind: Any, values: Sequence[Any]) -> Sequence[Any]:
    prepare = _preparing(dialect, kind)
    return prepare(values) if prepare else values


def _all_same(values: Sequence[Any]) -> bool:
    first = values[0]
    if values[-1] != first or values[len(values) // 2] != first:
        return False
    return values.count(first) == len(values) and len(set(map(type, values))) == 1


@lru_cache(maxsize=256)
def _preparing(dialect: Dialect, kind: Any) -> Callable[[Sequence[Any]], list[Any]] | None:
    """What makes a column of values into what the driver takes, if anything need be done."""
    prepare: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if prepare is None:
        return None
    if dialect.name == "sqlite" and (own := _OF_SQLITE.get(type(kind))):
        return own
    if isinstance(kind, JSON):
        return lambda values: [
            stored_json(value) if value.__class__ in _JSON else prepare(value) for value in values
        ]
    if isinstance(kind, Enum) and kind.enum_class is not None:
        known = {member: prepare(member) for member in kind.enum_class} | {None: prepare(None)}
        return lambda values: [known[v] if v in known else prepare(v) for v in values]
    return lambda values: [prepare(value) for value in values]


def _instants(values: Sequence[datetime | None]) -> list[int | None]:
    """`microseconds` of each, without a call for each."""
    try:
        since = [None if value is None else value - EPOCH for value in values]
    except TypeError:
        raise ValueError("a moment needs a time zone") from None
    return [
        None if d is None else (d.days * 86_400 + d.seconds) * 1_000_000 + d.microseconds
        for d in since
    ]


def _moment(value: datetime | None) -> str | None:
    """What the type `Moment` stores on SQLite, in a third of the time."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


_OF_SQLITE: Mapping[type, Callable[[Sequence[Any]], list[Any]]] = {
    Instant: _instants,
    Moment: lambda values: [_moment(value) for value in values],
    PackedUid: packed_uids,
}
"""What SQLite stores in its own way, by the type of its column."""


def chunks(keys: Iterable[_T], size: int = 1000) -> Iterator[list[_T]]:
    """The keys in lists short enough for one IN clause."""
    some: list[_T] = []
    for key in keys:
        some.append(key)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
