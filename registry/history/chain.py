"""The hash chain of history: each row's SHA-256 covers all its columns and the hash before it.

It links new rows and finds the first row that does not hold. It cannot see a chain that was
recomputed from some row to its end; the anchor noted elsewhere does (`registry.history.verify`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from registry.messages import _
from registry.models import History
from registry.vocab import SubjectKind

GENESIS = "0" * 64
"""What the first row has as the hash before it."""
HASHED = (
    "seq",
    "uid",
    "origin_id",
    "subject_kind",
    "subject_uid",
    "effective_on",
    "recorded_at",
    "actor_uid",
    "actor_name",
    "acting_unit_uid",
    "os_user",
    "reason",
    "filing_uid",
    "batch_uid",
    "rebased_seq",
    "version",
    "state",
    "changed",
    "prev_hash",
)
"""The columns that the hash covers, which are all but the hash. A column that is added later needs
a new `version` and a rule here, or the chain of every existing registry would break."""
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
_LOCK = 0x7461697A
"""Key of PostgreSQL's advisory lock: `taiz`."""
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of the chain; seq 0 when there is none."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first row at which the chain does not hold, and what is wrong there."""

    seq: int
    what: str


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, characters as they are."""
    return _ENCODER.encode(value)


def digest(row: Mapping[str, Any]) -> str:
    """SHA-256 in hex over the columns of HASHED: day and moment in ISO form, the latter in UTC."""
    known = {name: row[name] for name in HASHED}
    known["subject_kind"] = SubjectKind(row["subject_kind"]).value
    known["effective_on"] = row["effective_on"].isoformat()
    known["recorded_at"] = row["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(known).encode()).hexdigest()


def lock_head(session: Session) -> Head:
    """The head of the chain, held for this transaction: other writers wait until it ends.

    SQLite has one writer at a time by itself; PostgreSQL needs a lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    return head(session)


def head(session: Session) -> Head:
    """The last row of the chain as it stands."""
    row = session.execute(
        select(History.seq, History.hash).order_by(History.seq.desc()).limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def link(last: Head, rows: Sequence[dict[str, Any]]) -> None:
    """Give the rows, in order, the `seq`, `prev_hash` and `hash` that follow on `last`."""
    seq, prev = last.seq, last.hash
    for row in rows:
        seq += 1
        row["seq"], row["prev_hash"] = seq, prev
        prev = row["hash"] = digest(row)


def first_break(session: Session) -> Break | None:
    """The first row that was altered, removed or put in between; None when all rows hold."""
    seq, prev = 0, GENESIS
    for row in _rows(session):
        if isinstance(row, Break):
            return row
        wrong = _wrong(row, seq, prev)
        if wrong:
            return Break(seq + 1 if row.seq > seq + 1 else row.seq, wrong)
        seq, prev = row.seq, row.hash
    return _cut_off(session, seq)


def _wrong(row: Row[Any], seq: int, prev: str) -> str:
    """What is wrong with a row that should follow on row `seq` with hash `prev`; "" if nothing."""
    if row.seq != seq + 1:
        return _("Rows {first} to {last} are missing.").format(first=seq + 1, last=row.seq - 1)
    try:
        right = digest(row._asdict())
    except (TypeError, ValueError, AttributeError):
        return _("The row cannot be read as it was written.")
    if right != row.hash:
        return _("The content was changed after it was recorded.")
    if row.prev_hash != prev:
        return _("It does not follow on row {before}: one of the two was rewritten.").format(
            before=seq
        )
    return ""


def _rows(session: Session) -> Iterator[Row[Any] | Break]:
    """All rows in order; a Break for one whose columns do not even hold values of their type."""
    columns = [getattr(History, name) for name in (*HASHED, "hash")]
    last, size = 0, _BATCH
    while True:
        query = select(*columns).where(History.seq > last).order_by(History.seq).limit(size)
        try:
            rows = session.execute(query).all()
        except (TypeError, ValueError, LookupError):
            if size == 1:
                seq = session.scalar(select(func.min(History.seq)).where(History.seq > last))
                yield Break(seq or last + 1, _("The row cannot be read as it was written."))
                return
            size = 1
            continue
        if not rows:
            return
        yield from rows
        last = rows[-1].seq


def _cut_off(session: Session, seq: int) -> Break | None:
    """Rows cut off at the end, where the database still knows how far it had counted (SQLite)."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    counted = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'history'"))
    if counted is None or counted <= seq:
        return None
    return Break(
        seq + 1, _("Rows {first} to {last} are missing.").format(first=seq + 1, last=counted)
    )
