"""Observations as lines of a parcel, and back: every column but the keys of one database.

What comes back is outside input: a line with a field too many, one too few or of another type is
none of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, DateTime, Integer, String, Table, select
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Session, selectinload

from registry.keeping.dumps import to_line
from registry.models import Account, LinkResult, Moment, Observation, PackedUid, Run
from registry.vocab import MOST_POSTS, CheckKind, Derivation, Precision
from sweeps.planning.slow_first import KEY as SLOW_LINKS
from sweeps.writing import Row

_OWN_KEYS = {"id", "run_id", "account_id", "observation_id", "origin_id", "actor_id"}
"""Keys that mean something in one database only."""
_PLACE = {"kind", "ordinal"}
_BATCH = 500

Check = tuple[str, CheckKind, int]
"""Account uid, kind, ordinal."""

Reader = Callable[[Any], Any]


def _columns(model: Any) -> dict[str, Column[Any]]:
    table = model.__table__
    assert isinstance(table, Table)
    return {column.name: column for column in table.columns if column.name not in _OWN_KEYS}


_LOOK, _LINK = _columns(Observation), _columns(LinkResult)


def look_lines(session: Session, run: Run) -> Iterator[bytes]:
    """The observations of a run, one line each, in the order in which they were made."""
    last = 0
    while True:
        rows = session.execute(
            select(Observation, Account.uid)
            .join(Account, Account.id == Observation.account_id)
            .where(Observation.run_id == run.id, Observation.id > last)
            .order_by(Observation.id)
            .limit(_BATCH)
            .options(selectinload(Observation.link_results))
        ).all()
        for look, account in rows:
            links = [_plain(link, _LINK) for link in sorted(look.link_results, key=_number)]
            yield to_line({"account": account, **_plain(look, _LOOK), "links": links})
            last = look.id
        session.expunge_all()
        if len(rows) < _BATCH:
            return


def _number(link: LinkResult) -> int:
    return link.id


def _plain(row: Any, columns: Mapping[str, Column[Any]]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}


def read_look(line: Any) -> tuple[Check, Callable[[int], Row]]:
    """Whose check a line is about, and its row once the account's key is known.

    Raises ValueError for a line that is none of ours.
    """
    if not isinstance(line, dict) or {*line} != {"account", "links", *_LOOK}:
        raise ValueError("other fields than an observation has")
    values = {name: read(line[name]) for name, read in _READ_LOOK.items()}
    links = [_link(each) for each in _list(line["links"])]
    _check_facts(values["facts"])
    if not all(isinstance(record, str) for record in _list(values["records"])):
        raise ValueError("records are named by texts")
    kind, ordinal = values["kind"], values["ordinal"]
    columns = {name: value for name, value in values.items() if name not in _PLACE}

    def row(account_id: int) -> Row:
        return Row(account_id, kind, ordinal, columns, tuple(links))

    return (_typed(line["account"], str), kind, ordinal), row


def _link(line: Any) -> dict[str, Any]:
    if not isinstance(line, dict) or {*line} != {*_LINK}:
        raise ValueError("other fields than a link has")
    found = {name: read(line[name]) for name, read in _READ_LINK.items()}
    for hop in _list(found["hops"]):
        url, status, location = _list(hop)
        _typed(url, str), _typed(status, int), _typed(location, str)
    return found


def _reader(column: Column[Any]) -> Reader:
    """What reads a value of that column, and raises ValueError for one of another type."""
    reads = _reader_of(column.name, column.type)

    def read(value: Any) -> Any:
        if value is not None:
            return reads(value)
        if not column.nullable:
            raise ValueError(f"{column.name} is missing")
        return None

    return read


def _reader_of(name: str, kind: Any) -> Reader:
    if isinstance(kind, EnumType) and kind.enum_class:
        return _one_of(kind.enum_class)
    if isinstance(kind, (Moment, DateTime)):
        return _moment
    if isinstance(kind, Integer):
        return _whole(name)
    if isinstance(kind, (String, PackedUid)):
        return _text(name, kind.length)
    return lambda value: value


def _one_of(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Any:
        if type(value) is not str or value not in members:
            raise ValueError(f"none of {kind.__name__}")
        return members[value]

    return read


def _whole(name: str) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not -(1 << 31) <= value < 1 << 31:
            raise ValueError(f"{name} is no whole number, or too large")
        return value

    return read


def _text(name: str, most: int | None) -> Reader:
    def read(value: Any) -> str:
        if type(value) is not str or most is not None and len(value) > most:
            raise ValueError(f"{name} is no text, or too long")
        return value

    return read


def _moment(text: Any) -> datetime:
    at = datetime.fromisoformat(_typed(text, str))
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC)


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{kind.__name__} is wanted")
    return value


def _list(value: Any) -> list[Any]:
    found: list[Any] = _typed(value, list)
    return found


_READ_LOOK = {name: _reader(column) for name, column in _LOOK.items()}
_READ_LINK = {name: _reader(column) for name, column in _LINK.items()}


# --- facts ------------------------------------------------------------------------------------

_POST: Mapping[str, Reader] = {
    "at": _moment,
    "precision": _one_of(Precision),
    "own": lambda value: _typed(value, bool),
    "pinned": lambda value: _typed(value, bool),
    "title": lambda value: _typed(value, str),
    "url": lambda value: _typed(value, str),
    "derived": _one_of(Derivation),
}
_FACTS: Mapping[str, type] = {
    "posts": list,
    "counters": dict,
    "identifiers": dict,
    "note": str,
    "sources": list,
}
_MORE_FACTS: Mapping[str, type] = {"hints": list, "scanned": list, "site": dict, SLOW_LINKS: dict}


def _check_facts(facts: Any) -> None:
    """Raise ValueError unless the facts have the form in which `sweeps.writing` stores them."""
    if not {*_FACTS} <= {*_typed(facts, dict)} <= {*_FACTS, *_MORE_FACTS}:
        raise ValueError("other facts than a check has")
    for name, value in facts.items():
        _typed(value, {**_FACTS, **_MORE_FACTS}[name])
    if len(facts["posts"]) > MOST_POSTS:
        raise ValueError("too many posts")
    for post in facts["posts"]:
        if {*_typed(post, dict)} != {*_POST}:
            raise ValueError("other fields than a post has")
        for name, reads in _POST.items():
            reads(post[name])
    for count in facts["counters"].values():
        _typed(count, int)
    for text in facts["identifiers"].values():
        _typed(text, str)
    for tried in facts["sources"]:
        _typed(tried, dict)
    for seconds in facts.get(SLOW_LINKS, {}).values():
        _typed(seconds, float)
