"""Findings 问题 live across sweeps: what a look found is settled against what was known before.

A finding is one streak of one identity (subject, code, discriminator). What was not examined is
neither confirmed nor ended, so an inconclusive look changes nothing. Nothing here decides what is
a fault: drafts come from verdicts and reconcilers. What people do is in `registry.findings.acts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from registry.bulk import insert_columns, insert_rows
from registry.dates import shanghai_date
from registry.findings.acts import (
    add,
    assign,
    clear,
    confirm,
    dismiss,
    find_finding,
    recheck,
    reported,
    waive,
)
from registry.findings.drafts import Draft, Identity, fitted, plain
from registry.findings.matters import same_matter
from registry.history.writing import Act
from registry.models import Finding, FindingEvent
from registry.uids import new_uids
from registry.vocab import CODES, Remedy, Review, Severity, SubjectKind

__all__ = [
    "Draft",
    "Identity",
    "Settled",
    "add",
    "assign",
    "clear",
    "confirm",
    "dismiss",
    "expire_waivers",
    "find_finding",
    "recheck",
    "reported",
    "settle",
    "waive",
]

UNSEEN = "unseen_since_at"
"""The fact of a finding that a later look did not find: when that was."""

MOST_SUBJECTS = 500
"""Up to so many subjects are named in a query; more are read as a whole."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the drafts: uids of findings."""

    raised: tuple[str, ...] = ()
    """New ones, recurrences included."""
    seen: tuple[str, ...] = ()
    """Known ones that were met again."""
    ended: tuple[str, ...] = ()
    rechecked: tuple[str, ...] = ()
    """Known ones that were not met again, and that a person is to end."""


def settle(
    session: Session,
    drafts: Iterable[Draft],
    *,
    examined: Iterable[tuple[str, str]],
    at: datetime,
    act: Act,
    rule_set: str = "",
    examined_parts: Iterable[tuple[str, str, str]] = (),
    kept: Iterable[tuple[str, str, str]] = (),
    rechecked_parts: Iterable[tuple[str, str, str]] = (),
) -> Settled:
    """Bring the findings up to what was seen at `at` (aware; the time point of the look).

    `examined` are the (subject uid, code) about which this look can say something: an open finding
    of such a pair that no draft names ends at `at`. `examined_parts` are (subject uid, code,
    discriminator) that were examined alone; `kept` are those that could not be told this time
    although their pair was examined: they stay as they are. `rechecked_parts` are like
    `examined_parts`, but what a person confirmed and is not found there any more a person ends: it
    is marked as rechecked, until it is found again.
    A hit after the end of a streak is a new finding linked to the old one. Looks may be settled in
    any order; settling the same look twice changes nothing. Never commits.
    """
    session.flush()
    wanted = {draft.identity: draft for draft in drafts}
    looked_at = set(examined)
    parts = {(subject, code, fitted(rest)) for subject, code, rest in examined_parts}
    ledger = _Ledger(at, act, rule_set)
    again = {(subject, code, fitted(rest)) for subject, code, rest in rechecked_parts}
    latest = _latest(session, wanted, looked_at | {part[:2] for part in parts | again})
    known = {identity[1:] for identity in latest}
    stay = {part for part in ((*pair, fitted(rest)) for *pair, rest in kept) if part in known}
    for identity, draft in wanted.items():
        ledger.hit(draft, latest.get(identity))
    for identity, old in latest.items():
        pair, part = (identity.subject_uid, identity.code), identity[1:]
        told = part in parts or (pair in looked_at and part not in stay)
        if told and identity not in wanted:
            ledger.miss(old)
        elif part in again and identity not in wanted:
            ledger.unseen(old)
    ledger.write(session)
    return Settled(*map(tuple, (ledger.raised, ledger.seen, ledger.ended, ledger.rechecked)))


def expire_waivers(session: Session, *, act: Act) -> int:
    """Open again what was waived until a day before that of `act.at`; returns how many."""
    ledger = _Ledger(act.at, act, "")
    today = shanghai_date(act.at)
    query = select(Finding).where(Finding.review == Review.WAIVED, Finding.waived_until < today)
    for old in _rows(session, query):
        ledger.expire(old)
    ledger.write(session)
    return len(ledger.events)


# --- what is known ------------------------------------------------------------------------------


class _Known(NamedTuple):
    """The columns of a finding that settling looks at."""

    id: int
    uid: str
    subject_kind: SubjectKind
    subject_uid: str
    code: str
    discriminator: str
    account_id: int | None
    unit_id: int | None
    severity: Severity
    rule_set: str
    review: Review
    remedy: Remedy
    waived_until: date | None
    due_on: date | None
    first_seen_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    facts: dict[str, Any]
    observation_uids: list[str]


_COLUMNS = [getattr(Finding, name) for name in _Known._fields]


def _latest(
    session: Session, wanted: Collection[Identity], looked_at: Collection[tuple[str, str]]
) -> dict[Identity, _Known]:
    """The last finding of each identity that may be concerned, open or ended."""
    codes = {identity.code for identity in wanted} | {code for _subject, code in looked_at}
    subjects = {identity.subject_uid for identity in wanted} | {uid for uid, _code in looked_at}
    if not codes:
        return {}
    last = select(func.max(Finding.id)).where(Finding.code.in_(sorted(codes)))
    if len(subjects) <= MOST_SUBJECTS:
        last = last.where(Finding.subject_uid.in_(sorted(subjects)))
    last = last.group_by(
        Finding.subject_kind, Finding.subject_uid, Finding.code, Finding.discriminator
    )
    found = _rows(session, select(Finding).where(Finding.id.in_(last)))
    return {
        Identity(old.subject_kind, old.subject_uid, old.code, old.discriminator): old
        for old in found
    }


def _rows(session: Session, query: Select[Finding]) -> list[_Known]:
    rows = session.execute(query.with_only_columns(*_COLUMNS).order_by(Finding.id))
    return [_Known(*row) for row in rows]


# --- what is written ----------------------------------------------------------------------------


class _Ledger:
    """The rows to write, gathered so that 100,000 of them cost a handful of statements."""

    def __init__(self, at: datetime, act: Act, rule_set: str) -> None:
        self.at, self.act, self.rule_set = at, act, rule_set
        self.today = shanghai_date(act.at)
        self._seen_at = plain(at)
        self.raised: Sequence[str] = ()
        self.seen: list[str] = []
        self.ended: list[str] = []
        self.rechecked: list[str] = []
        self.inserts: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.events: list[tuple[int, str, dict[str, Any]]] = []
        """Of a finding's key: what happened, and its details."""

    def hit(self, draft: Draft, old: _Known | None) -> None:
        """A draft, and the last finding of its identity."""
        if old is None:
            self._raise(draft)
        elif old.ended_at is not None and self.at > old.ended_at:
            self._raise(draft, old)
        elif self._is_new_matter(draft, old):
            self._end(old)
            self._raise(draft, old)
        else:
            self._see(draft, old)

    def miss(self, old: _Known) -> None:
        """An examined identity without a draft. A later look than this one is not overruled."""
        if old.ended_at is None and self.at >= old.last_seen_at:
            self._end(old)

    def unseen(self, old: _Known) -> None:
        """The same where a person is to end what a person confirmed; a mere hint ends by itself."""
        if old.review is not Review.CONFIRMED:
            self.miss(old)
        elif old.ended_at is None and self.at >= old.last_seen_at and UNSEEN not in old.facts:
            facts = {**old.facts, UNSEEN: plain(self.at)}
            self.updates.append({"id": old.id, "remedy": Remedy.RECHECKED, "facts": facts})
            self._note(old.id, "recheck", passed=True)
            self.rechecked.append(old.uid)

    def expire(self, old: _Known) -> None:
        """Open a waived finding again once its last day is over."""
        self.updates.append({"id": old.id, "review": Review.OPEN, "waived_until": None})
        self._note(old.id, "waiver_ended", until=old.waived_until)

    def _is_new_matter(self, draft: Draft, old: _Known) -> bool:
        """True when what was dismissed is not what is seen now."""
        if old.review is not Review.DISMISSED or self.at < old.last_seen_at:
            return False
        return not same_matter(draft.code, old.facts, plain(draft.facts))

    def _raise(self, draft: Draft, previous: _Known | None = None) -> None:
        row = {
            **draft.identity._asdict(),
            **self._content(draft),
            "review": Review.OPEN,
            "remedy": Remedy.NONE,
            "first_seen_at": self.at,
            "last_seen_at": self.at,
            "previous_id": previous.id if previous else None,
        }
        self.inserts.append(row)

    def _content(self, draft: Draft) -> dict[str, Any]:
        return {
            "account_id": draft.account_id,
            "unit_id": draft.unit_id,
            "severity": draft.severity or CODES[draft.code].severity,
            "rule_set": self.rule_set,
            "facts": plain({**draft.facts, **draft.measured}),
            "observation_uids": list(draft.observation_uids),
        }

    def _see(self, draft: Draft, old: _Known) -> None:
        self.seen.append(old.uid)
        if old.review is Review.WAIVED and old.waived_until and old.waived_until < self.today:
            self.expire(old)
        if self.at < old.first_seen_at:
            self._change(old, {"first_seen_at": self.at})
        elif self.at >= old.last_seen_at:
            # a streak that ended at this very time point goes on; one that ended later stays ended
            end = old.ended_at if old.ended_at is not None and self.at < old.ended_at else None
            seen = {**self._content(draft), "last_seen_at": self.at, "ended_at": end}
            self._change(old, {**seen, **self._back(old, seen)})

    def _back(self, old: _Known, seen: dict[str, Any]) -> dict[str, Any]:
        """What changes besides for one that was marked as not found any more: it waits for its unit
        again, unless this look is older than the one that did not find it."""
        unseen = old.facts.get(UNSEEN)
        if unseen is None:
            return {}
        if self.at < datetime.fromisoformat(unseen):
            return {"facts": {**seen["facts"], UNSEEN: unseen}}
        return {"remedy": Remedy.DUE if old.due_on else Remedy.NONE}

    def _change(self, old: _Known, values: dict[str, Any]) -> None:
        """Write what differs."""
        changed = {key: value for key, value in values.items() if getattr(old, key) != value}
        if changed:
            self.updates.append({"id": old.id, **changed})
            self._note(old.id, "seen")

    def _end(self, old: _Known) -> None:
        if old.ended_at is not None:
            return
        self.updates.append({"id": old.id, "ended_at": self.at})
        self._note(old.id, "ended")
        self.ended.append(old.uid)

    def _note(self, finding_id: int, act: str, **details: Any) -> None:
        self.events.append((finding_id, act, {"seen_at": self._seen_at, **plain(details)}))

    def write(self, session: Session) -> None:
        """Insert, update and note everything; loaded findings are read again when next used."""
        for values in _alike(self.updates):
            session.execute(update(Finding), values)
        if self.inserts:
            self.raised = new_uids(len(self.inserts))
            for finding_id in _insert(session, self.raised, self.inserts):
                self._note(finding_id, "raised")
        if self.events:
            self._write_events(session)
        for loaded in list(session.identity_map.values()):
            if isinstance(loaded, Finding):
                session.expire(loaded)

    def _write_events(self, session: Session) -> None:
        act, count = self.act, len(self.events)
        ids, acts, details = zip(*self.events, strict=True)
        columns = {
            "uid": new_uids(count),
            "finding_id": ids,
            "at": [act.at] * count,
            "act": acts,
            "actor_id": [act.actor.id] * count,
            "actor_name": [act.actor.name] * count,
            "note": [act.reason] * count,
            "details": details,
        }
        insert_columns(session, FindingEvent, columns)


def _insert(session: Session, uids: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert the rows; their keys in the same order. RETURNING would cost a statement per row."""
    before = session.scalar(select(func.max(Finding.id))) or 0
    values = ((uid, *row.values()) for uid, row in zip(uids, rows, strict=True))
    insert_rows(session, Finding, ("uid", *rows[0]), values)
    after = select(Finding.uid, Finding.id).where(Finding.id > before)
    keys = {uid: key for uid, key in session.execute(after)}
    return [keys[uid] for uid in uids]


def _alike(rows: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows grouped by the columns they set: one statement for each group."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())
