"""What all tables share: the types of a moment and a uid, enums by value, the origin registry."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, ForeignKey, MetaData, String, Table
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from registry.uids import new_uid, uid_text


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(value: datetime) -> int:
    """Whole microseconds since 1970 in UTC. A naive value is refused."""
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    since = value - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class _Microseconds(DATETIME):
    """A column that SQLite calls DATETIME and that holds whole numbers."""

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: None if value is None else microseconds(value)

    def literal_processor(self, dialect: Dialect) -> Any:
        return lambda value: "NULL" if value is None else str(microseconds(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        def read(value: int | None) -> datetime | None:
            return None if value is None else EPOCH + timedelta(microseconds=value)

        return read


class Instant(Moment):
    """A Moment of a table with millions of rows: on SQLite 8 bytes instead of 26 characters.

    It compares with its like alone: SQLite would take a Moment's text for later than any number.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "sqlite":
            return super().load_dialect_impl(dialect)
        return _Microseconds()  # type: ignore[no-untyped-call]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if dialect.name == "sqlite" else super().process_bind_param(value, dialect)


class PackedUid(TypeDecorator[str]):
    """A uid of a table with millions of rows: text in Python, 16 bytes on SQLite.

    A text that is no uid stays a text, which equals none. Given its 16 bytes, it is stored alike.
    """

    impl = String(36)
    cache_ok = True

    def process_bind_param(self, value: str | bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if isinstance(value, bytes):
            return value if dialect.name == "sqlite" else uid_text(value)
        return packed_uid(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if isinstance(value, bytes):
            return uid_text(value)
        return None if value is None else str(value)


def packed_uid(text: str) -> bytes | str:
    """The 16 bytes of a uid in small letters; another text as it is."""
    if len(text) != 36 or not text[8] == text[13] == text[18] == text[23] == "-":
        return text
    digits = text.replace("-", "")
    try:
        packed = bytes.fromhex(digits)
    except ValueError:
        return text
    return packed if packed.hex() == digits else text


def packed_uids(given: Sequence[str | bytes | None]) -> list[bytes | str | None]:
    """`packed_uid` of each text, in a quarter of the time where all are uids; bytes as they are."""
    if set(map(type, given)) == {bytes}:
        return list(given)
    texts = [each for each in given if isinstance(each, str)]
    if len(texts) == len(given) and set(map(len, texts)) == {36}:
        joined = "".join(texts)
        digits = joined.replace("-", "")
        if {*joined[8::36], *joined[13::36], *joined[18::36], *joined[23::36]} == {"-"}:
            with suppress(ValueError):
                packed = bytes.fromhex(digits)
                if packed.hex() == digits:
                    return [packed[at : at + 16] for at in range(0, len(packed), 16)]
    return [packed_uid(each) if isinstance(each, str) else each for each in given]


class UidText(FunctionElement[str]):
    """The text of a uid column, by which parts of it can be looked for."""

    inherit_cache = True
    type = String()


@compiles(UidText)
def _as_it_is(element: UidText, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(UidText, "sqlite")
def _unpacked(element: UidText, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    digits = f"lower(hex({column}))"
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    written = " || '-' || ".join(f"substr({digits}, {at}, {size})" for at, size in parts)
    return f"CASE typeof({column}) WHEN 'blob' THEN {written} ELSE {column} END"


def _values(members: type[enum.Enum]) -> list[str]:
    return [member.value for member in members]


class Base(DeclarativeBase):
    """Base of all tables. Enums are stored by value as text, so a new one needs no migration.

    Tables are made by the migrations. What only PostgreSQL is told of an index stands there alone:
    named here, it would load that dialect whenever the program starts.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            length=32,
            values_callable=_values,
        ),
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        dict[str, int]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


def table_of(model: type[Base]) -> Table:
    """The bare table of a model, for statements that need no mapper to be set up."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


class Exported:
    """Mix-in of rows that may one day leave a registry."""

    uid: Mapped[str] = mapped_column(String(36), unique=True, default=new_uid)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("registry.id"), default=None)
    """The registry the row was born in; NULL for this one."""
