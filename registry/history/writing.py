"""The history of the ledger: every change of an account or unit is written here, with its date.

`record` is the only way in. It keeps rows chained, lands late ones on their effective date, and
leaves the live row equal to the last state. It decides nothing about filings.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.errors import StaleRevision
from registry.history.chain import canonical, link, lock_head
from registry.bulk import chunks
from registry.history.live import Applied, Subject, apply, kind_of, state_of, states_of
from registry.history.rebase import Entry, extend
from registry.history.states import VERSION, State, merged
from registry.messages import _
from registry.models import Account, Actor, Filing, History, Unit, table_of
from registry.uids import new_uid
from registry.vocab import FilingKind, SubjectKind

__all__ = ["Act", "record", "record_many", "revisions", "rows_of", "state_of", "states"]

Item = tuple[Subject, Mapping[str, Any], date]
"""A subject, the changes to it, and the day from which they hold."""


@dataclass(frozen=True, slots=True)
class Act:
    """On whose word, when and why something is recorded."""

    actor: Actor
    at: datetime
    """Aware; stored in UTC as `recorded_at`."""
    reason: str = ""
    acting_unit: Unit | None = None
    """The unit acted for."""
    os_user: str = ""
    filing_uid: str | None = None
    batch_uid: str | None = None


def record(
    session: Session,
    subject: Subject,
    changes: Mapping[str, Any],
    *,
    effective_on: date,
    act: Act,
    expected: int | None = None,
) -> History:
    """Write one change, in effect from `effective_on` (a day in Shanghai); returns its row.

    A subject without history must have been added and flushed: its first row takes the state from
    the live row. Otherwise `changes` holds top-level keys of the state; `identifiers` and `roles`
    are merged entry by entry, None removes one. They are applied to the live row, contacts apart.
    Raises HistoryConflict when a row entered late contradicts later ones, StaleRevision when the
    row was changed since it was read (or since `expected`), ValueError for an unknown key.
    """
    if expected is not None and subject.revision != expected:
        raise _stale(subject)
    seq = _write(session, [(subject, changes, effective_on)], act)[0]
    return session.get_one(History, seq)


def record_many(session: Session, items: Sequence[Item], act: Act) -> list[int]:
    """Write many changes at once, in the order given; the `seq` of each one's own row.

    For imports: a bounded number of queries per thousand rows. Raises as `record` does.
    """
    return _write(session, items, act) if items else []


def states(
    session: Session,
    kind: SubjectKind,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    uids: Collection[str] | None = None,
) -> dict[str, State]:
    """The state of every subject by uid: what held on day `as_of`, as it was known at `known_at`.

    Without either, the latest. Rows are known in the order in which they were written, so what was
    known at a moment is always one consistent ledger. `uids` limits the answer.
    """
    last_known = _last_known(session, known_at) if known_at else None
    parts: Iterable[list[str] | None] = [None] if uids is None else chunks(uids)
    found: dict[str, State] = {}
    for some in parts:
        for uid, state in session.execute(_latest(kind, as_of, last_known, some)):
            found[uid] = json.loads(state)
    return found


def rows_of(session: Session, kind: SubjectKind, uid: str) -> list[History]:
    """All rows of one subject in the order in which they take effect."""
    return list(
        session.scalars(
            select(History)
            .where(History.subject_kind == kind, History.subject_uid == uid)
            .order_by(History.effective_on, History.seq)
        )
    )


def revisions(session: Session, kind: SubjectKind, uids: Collection[str]) -> dict[str, int]:
    """The number of the latest row of each of the subjects that has any."""
    found: dict[str, int] = {}
    for some in chunks(uids):
        for uid, seq in session.execute(
            select(History.subject_uid, func.max(History.seq))
            .where(History.subject_kind == kind, History.subject_uid.in_(some))
            .group_by(History.subject_uid)
        ):
            found[uid] = seq
    return found


def _last_known(session: Session, known_at: datetime) -> int:
    return (
        session.scalar(
            select(History.seq)
            .where(History.recorded_at <= known_at)
            .order_by(History.seq.desc())
            .limit(1)
        )
        or 0
    )


def _latest(
    kind: SubjectKind,
    as_of: date | None,
    last_known: int | None,
    uids: Sequence[str] | None = None,
) -> Select[str, str]:
    """Subject uid and state of the last row per subject, in the order of its index."""
    row = History
    following = func.lead(row.seq).over(
        partition_by=row.subject_uid, order_by=(row.effective_on, row.seq)
    )
    ranked = select(row.seq, following.label("following")).where(row.subject_kind == kind)
    if as_of is not None:
        ranked = ranked.where(row.effective_on <= as_of)
    if last_known is not None:
        ranked = ranked.where(row.seq <= last_known)
    if uids is not None:
        ranked = ranked.where(row.subject_uid.in_(uids))
    last = ranked.subquery()
    return (
        select(row.subject_uid, row.state)
        .join(last, last.c.seq == row.seq)
        .where(last.c.following.is_(None))
    )


@dataclass(slots=True)
class _Thread:
    """One subject while rows are being added to it."""

    subject: Subject
    kind: SubjectKind
    past: list[Entry] = field(default_factory=list)
    initial: State | None = None
    """The live row's state, for a subject that has no row yet."""
    paths: set[str] = field(default_factory=set)
    """What has to be put on the live row."""

    def add(
        self, changes: Mapping[str, Any], day: date, seq: int, act: Act, filings: _Filings
    ) -> list[Entry]:
        """The rows that the changes make, which from now on belong to the past."""
        if self.past:
            new = extend(
                self.kind,
                self.past,
                changes,
                day,
                seq=seq,
                filing_uid=act.filing_uid,
                filings=filings,
            )
            self.paths.update(new[0].changed)
            self.paths.update(path for entry in new[1:] for path in entry.changed)
        else:
            state, paths = merged(self.kind, self.initial or {}, changes)
            new = [Entry(seq, day, state, (), act.filing_uid)]
            self.paths.update(paths)
        self.past += new
        if len(self.past) > len(new):
            self.past.sort(key=lambda entry: (entry.effective_on, entry.seq))
        return new


_Filings = Mapping[str, FilingKind]
_Threads = dict[tuple[SubjectKind, str], _Thread]


def _write(session: Session, items: Sequence[Item], act: Act) -> list[int]:
    """Chain, insert and apply; the seq of each item's own row."""
    session.flush()
    last = lock_head(session)
    threads = _threads(session, items)
    filings = _filing_kinds(session, threads, items)
    rows: list[dict[str, Any]] = []
    own, signed = [], _signed(act)
    for subject, changes, day in items:
        thread = threads[kind_of(subject), subject.uid]
        new = thread.add(changes, day, last.seq + len(rows) + 1, act, filings)
        own.append(new[0].seq)
        rows.extend(_row(thread, entry) | signed for entry in new)
    link(last, rows)
    session.execute(insert(table_of(History)), rows)
    touched = [thread for thread in threads.values() if thread.paths]
    apply(session, [Applied(t.subject, t.past[-1].state, sorted(t.paths)) for t in touched])
    _set_revisions(session, threads, last.seq)
    return own


def _signed(act: Act) -> dict[str, Any]:
    """The columns that all rows of one act share."""
    return {
        "origin_id": None,
        "recorded_at": act.at,
        "actor_uid": act.actor.uid,
        "actor_name": act.actor.name,
        "acting_unit_uid": act.acting_unit.uid if act.acting_unit else None,
        "os_user": act.os_user,
        "reason": act.reason,
        "filing_uid": act.filing_uid,
        "batch_uid": act.batch_uid,
        "version": VERSION,
    }


def _row(thread: _Thread, entry: Entry) -> dict[str, Any]:
    return {
        "uid": new_uid(),
        "subject_kind": thread.kind,
        "subject_uid": thread.subject.uid,
        "effective_on": entry.effective_on,
        "rebased_seq": entry.rebased_seq,
        "state": canonical(entry.state),
        "changed": canonical(entry.changed),
    }


def _threads(session: Session, items: Sequence[Item]) -> _Threads:
    """The subjects with as much of their past as the items need. Raises StaleRevision."""
    threads: _Threads = {}
    first_day: dict[tuple[SubjectKind, str], date] = {}
    for subject, _changes, day in items:
        key = (kind_of(subject), subject.uid)
        threads.setdefault(key, _Thread(subject, key[0]))
        first_day[key] = min(day, first_day.get(key, day))
    for kind in (SubjectKind.UNIT, SubjectKind.ACCOUNT):
        mine = {uid: thread for (of, uid), thread in threads.items() if of is kind}
        _check_revisions(session, kind, mine)
        _read_last(session, mine)
        late = [uid for uid, t in mine.items() if t.past and _is_late(t, first_day[kind, uid])]
        _read_all(session, kind, late, mine)
        new = {t.subject.id: t for t in mine.values() if not t.past}
        for key_id, state in states_of(session, kind, new).items():
            new[key_id].initial = state
    return threads


def _is_late(thread: _Thread, day: date) -> bool:
    return day < thread.past[-1].effective_on


def _check_revisions(session: Session, kind: SubjectKind, mine: Mapping[str, _Thread]) -> None:
    """Refuse to build on a live row that somebody changed after it was read."""
    found = revisions(session, kind, mine)
    for uid, thread in mine.items():
        if found.get(uid, 0) != thread.subject.revision:
            raise _stale(thread.subject)


def _stale(subject: Account | Unit) -> StaleRevision:
    return StaleRevision(
        _("{name} was changed by somebody else in the meantime.").format(name=subject.name),
        _("Look at it again, then repeat what you meant to do."),
    )


_ENTRY = (
    History.seq,
    History.effective_on,
    History.state,
    History.changed,
    History.filing_uid,
    History.rebased_seq,
)


def _entry(row: Any) -> Entry:
    paths = tuple(json.loads(row.changed))
    state = json.loads(row.state)
    return Entry(row.seq, row.effective_on, state, paths, row.filing_uid, row.rebased_seq)


def _read_last(session: Session, mine: Mapping[str, _Thread]) -> None:
    by_seq = {t.subject.revision: t for t in mine.values() if t.subject.revision}
    for some in chunks(by_seq):
        for row in session.execute(select(*_ENTRY).where(History.seq.in_(some))):
            by_seq[row.seq].past = [_entry(row)]


def _read_all(
    session: Session, kind: SubjectKind, late: Sequence[str], mine: Mapping[str, _Thread]
) -> None:
    for some in chunks(late):
        for uid in some:
            mine[uid].past = []
        rows = session.execute(
            select(History.subject_uid, *_ENTRY)
            .where(History.subject_kind == kind, History.subject_uid.in_(some))
            .order_by(History.subject_uid, History.effective_on, History.seq)
        )
        for row in rows:
            mine[row.subject_uid].past.append(_entry(row))


def _filing_kinds(session: Session, threads: _Threads, items: Sequence[Item]) -> _Filings:
    """The kinds of the filings behind the rows that a late row could contradict."""
    uids = {
        entry.filing_uid
        for subject, _changes, day in items
        for entry in threads[kind_of(subject), subject.uid].past
        if entry.filing_uid and entry.effective_on > day
    }
    found: dict[str, FilingKind] = {}
    for some in chunks(uids):
        for uid, kind in session.execute(
            select(Filing.uid, Filing.kind).where(Filing.uid.in_(some))
        ):
            found[uid] = kind
    return found


def _set_revisions(session: Session, threads: _Threads, before: int) -> None:
    """Let every live row name its latest history row, with one statement per table."""
    for kind, table in ((SubjectKind.ACCOUNT, Account), (SubjectKind.UNIT, Unit)):
        mine = [thread for (of, _uid), thread in threads.items() if of is kind]
        if not mine:
            continue
        new = (History.subject_kind == kind, History.seq > before)
        latest = select(func.max(History.seq)).where(*new, History.subject_uid == table.uid)
        written = select(History.subject_uid).where(*new)
        session.execute(
            update(table)
            .where(table.uid.in_(written))
            .values(revision=latest.scalar_subquery())
            .execution_options(synchronize_session=False)
        )
        for thread in mine:
            newest = max(entry.seq for entry in thread.past)
            set_committed_value(thread.subject, "revision", newest)
