"""What a row entered late does to the rows after it: pure rules over one subject's history.

A late row lands on its effective date, and each later date gets one re-based row on top of it.
Where a later row set the same key from another value, or the lifecycle forbids the outcome, the
late row is refused with every row that stands against it: nothing is ever decided here by order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from registry.errors import HistoryConflict
from registry.filings import lifecycle
from registry.history.states import ABSENT, State, get, merged, overlaid
from registry.messages import _, language
from registry.vocab import AccountState, FilingKind, RoleKind, SubjectKind, label

_ENDS = frozenset({AccountState.CLOSED, AccountState.TRANSFERRED, AccountState.ABANDONED})
"""States that end the validity of the account's identifiers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a subject's history, as far as later ones build on it."""

    seq: int
    effective_on: date
    state: State
    changed: tuple[str, ...] = ()
    """The paths it set; for a re-based row, all that were set on its date."""
    filing_uid: str | None = None
    rebased_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one effective date did: from the state before it to the state after it."""

    before: State
    entries: tuple[Entry, ...]

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(sorted({path for entry in self.entries for path in entry.changed}))


def extend(
    kind: SubjectKind,
    past: Sequence[Entry],
    changes: Mapping[str, Any],
    day: date,
    *,
    seq: int,
    filing_uid: str | None = None,
    filings: Mapping[str, FilingKind] | None = None,
) -> list[Entry]:
    """The rows to write for `changes` that take effect on `day`: the row, then re-based ones.

    `past` holds the subject's rows in order of (effective_on, seq), at least from the last one on
    or before `day`; `seq` is the number of the new row; `filings` names the kinds of the filings
    behind later rows. Raises HistoryConflict naming each row that contradicts.
    """
    base, later = _around(past, day)
    state, paths = merged(kind, base.state, changes)
    first = Entry(seq, day, state, tuple(paths), filing_uid)
    written, faults = [first], []
    if later and kind is SubjectKind.ACCOUNT:
        faults += _unconnected(base.state, state, first)
    for step in later:
        faults += _contradictions(step, state)
        if kind is SubjectKind.ACCOUNT:
            faults += _forbidden(step, state, filings or {})
        written.append(_replayed(step, state, seq + len(written)))
        state = written[-1].state
    if faults:
        raise HistoryConflict(
            _("This cannot take effect on {day}, because of what was recorded after it:").format(
                day=day.isoformat()
            )
            + "".join(f"\n{fault}" for fault in faults),
            _("Choose a later effective date, or file a correction of the rows named."),
        )
    return written


def _around(past: Sequence[Entry], day: date) -> tuple[Entry, list[Step]]:
    """The row that stood on `day`, and what each later date did."""
    before = [entry for entry in past if entry.effective_on <= day]
    if not before:
        raise HistoryConflict(
            _("The ledger knows nothing of it before {day} (row {seq}).").format(
                day=past[0].effective_on.isoformat(), seq=past[0].seq
            ),
            _("Choose an effective date on or after that day."),
        )
    steps, state = [], before[-1].state
    rest = (entry for entry in past if entry.effective_on > day)
    for _day, group in groupby(rest, key=lambda entry: entry.effective_on):
        steps.append(Step(state, tuple(group)))
        state = steps[-1].last.state
    return before[-1], steps


def _replayed(step: Step, state: State, seq: int) -> Entry:
    """The re-based row of the step's date when the date before it ended in `state`."""
    target, day = step.last.state, step.last.effective_on
    values = {path: get(target, path) for path in step.changed}
    after = overlaid(state, values)
    if "state" in values and after["state"] in _ENDS:
        for name, entry in after["identifiers"].items():
            if entry["valid_to"] is None:
                values[f"identifiers/{name}"] = {**entry, "valid_to": day.isoformat()}
        after = overlaid(after, values)
    return Entry(seq, day, after, tuple(sorted(values)), None, step.last.seq)


def _contradictions(step: Step, state: State) -> list[str]:
    """The step's rows that set a key which now starts from another value than it did."""
    faults = []
    for path in step.changed:
        was, now, then = get(step.before, path), get(state, path), get(step.last.state, path)
        if now not in (was, then):
            rows = [entry for entry in step.entries if path in entry.changed]
            faults.append(_contradiction(rows[-1], path, (was, then, now)))
    return faults


def _contradiction(entry: Entry, path: str, values: tuple[Any, Any, Any]) -> str:
    where = {"seq": entry.seq, "day": entry.effective_on.isoformat(), "what": key_label(path)}
    if "/" in path or path in {"contacts", "details"}:
        return _("Row {seq} of {day} also changes {what}.").format(**where)
    was, then, now = (value_label(path, value) for value in values)
    return _(
        "Row {seq} of {day} changes {what} from {old} to {new}; now it would start from {other}."
    ).format(**where, old=was, new=then, other=now)


def _unconnected(before: State, after: State, entry: Entry) -> list[str]:
    old, new = AccountState(before["state"]), AccountState(after["state"])
    if lifecycle.states_connect(old, new):
        return []
    return [
        _("Row {seq} of {day}: no filing leads from {old} to {new}.").format(
            seq=entry.seq,
            day=entry.effective_on.isoformat(),
            old=label(old, language()),
            new=label(new, language()),
        )
    ]


def _forbidden(step: Step, state: State, filings: Mapping[str, FilingKind]) -> list[str]:
    """The step's rows that the lifecycle would not have allowed from `state`."""
    if state["state"] == step.before["state"]:
        return []
    faults = []
    if "state" in step.changed:
        faults += _unconnected(state, step.last.state, step.last)
    now = AccountState(state["state"])
    for entry in step.entries:
        # A re-based row names the filing that made it necessary, not what it repeats.
        own = entry.filing_uid if entry.rebased_seq is None else None
        change = filings.get(own or "") is FilingKind.CHANGE
        if change and FilingKind.CHANGE not in lifecycle.legal_kinds(now):
            faults.append(
                _("Row {seq} of {day} is a change 变更, and the account would be {state}.").format(
                    seq=entry.seq,
                    day=entry.effective_on.isoformat(),
                    state=label(now, language()),
                )
            )
    return faults


def key_label(path: str) -> str:
    """The printed word for a part of the state: 名称, 主办单位, 标识 uid:1 …"""
    key, _slash, name = path.partition("/")
    if key == "roles":
        return label(RoleKind(name.split(":", 1)[0]), language())
    if key == "identifiers":
        return _("identifier {name}").format(name=name)
    return _KEYS[key]() if key in _KEYS else key


_KEYS = {
    "platform": lambda: _("platform"),
    "form": lambda: _("account form"),
    "name": lambda: _("name"),
    "verified_subject": lambda: _("verified subject"),
    "url": lambda: _("link"),
    "purpose": lambda: _("purpose"),
    "opened_on": lambda: _("date of opening"),
    "cadence": lambda: _("update cadence"),
    "followers": lambda: _("followers"),
    "details": lambda: _("other details"),
    "state": lambda: _("state"),
    "contacts": lambda: _("contacts"),
    "level": lambda: _("level"),
    "kind": lambda: _("kind of unit"),
    "region_code": lambda: _("region code"),
    "status": lambda: _("status of the unit"),
    "parent": lambda: _("parent unit"),
    "supervising_unit": lambda: _("supervising unit"),
    "successor": lambda: _("successor"),
    "aliases": lambda: _("aliases"),
}


def value_label(path: str, value: Any) -> str:
    """A value of the state in words, quoted; contacts and keyed entries are never spelled out."""
    if value is None or value is ABSENT or value == "":
        return _("nothing")
    if path == "state":
        return label(AccountState(value), language())
    return _("“{text}”").format(text=value)
