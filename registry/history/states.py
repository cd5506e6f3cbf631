"""The state of an account or a unit: the flat form in which history keeps a row.

Pure data: which keys there are, how changes are merged, how a value is reached. Contacts appear
only as salted digests. How a state is read off a live row and put back is `registry.history.live`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from registry.vocab import SubjectKind

VERSION = 1
"""Of the form below; a row of history names the version it was written in."""

State = dict[str, Any]

ACCOUNT_FIELDS = (
    "platform",
    "form",
    "name",
    "verified_subject",
    "url",
    "purpose",
    "opened_on",
    "cadence",
    "followers",
    "details",
    "state",
)
UNIT_FIELDS = ("name", "level", "kind", "region_code", "status")
UNIT_LINKS = ("parent", "supervising_unit", "successor")
"""Parts of a unit's state that name another unit by uid."""
KEYED = frozenset({"identifiers", "roles"})
"""Parts that are themselves keyed, by `scheme:value` and `role:UNIT_UID`."""
LISTS = frozenset({"aliases", "contacts"})
"""Parts that are lists without an order."""
BLANKS: Mapping[tuple[SubjectKind, str], Mapping[str, Any]] = {
    (SubjectKind.ACCOUNT, "identifiers"): {
        "valid_from": None,
        "valid_to": None,
        "preferred": False,
        "disputed": False,
    },
    (SubjectKind.ACCOUNT, "roles"): {"valid_from": None, "valid_to": None},
    (SubjectKind.UNIT, "identifiers"): {},
}
"""What an entry of a keyed part holds, with the values it has when none are given."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The value of a keyed entry that a state does not have."""


def plain(value: Any) -> Any:
    """The value as JSON holds it: days in ISO form, enums by value, lists for tuples."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def merged(kind: SubjectKind, state: State, changes: Mapping[str, Any]) -> tuple[State, list[str]]:
    """The state after `changes`, and the paths that they set: `name`, `roles/host:UID` …

    Keyed parts are merged entry by entry; an entry given as None is removed. Raises ValueError for
    a key that the form does not have.
    """
    after, paths = dict(state), []
    for key, value in changes.items():
        if key not in state:
            raise ValueError(f"the state of a {kind.value} has no key {key!r}")
        if key not in KEYED:
            paths.append(key)
            after[key] = sorted(set(plain(value))) if key in LISTS else plain(value)
            continue
        after[key] = dict(after[key])
        for name, entry in value.items():
            paths.append(f"{key}/{name}")
            put(
                after, paths[-1], ABSENT if entry is None else _entry(kind, after, key, name, entry)
            )
    return after, sorted(paths)


def _entry(kind: SubjectKind, state: State, key: str, name: str, given: Mapping[str, Any]) -> State:
    blank = BLANKS[kind, key]
    unknown = set(given) - set(blank)
    if unknown or ":" not in name:
        raise ValueError(f"no entry of {key}: {name!r} {sorted(unknown)}")
    return {**blank, **state[key].get(name, {}), **plain(given)}


def get(state: State, path: str) -> Any:
    """The value at a path; ABSENT for an entry that is not there."""
    key, slash, name = path.partition("/")
    return state[key].get(name, ABSENT) if slash else state[key]


def put(state: State, path: str, value: Any) -> None:
    """Set the value at a path, in place; ABSENT removes the entry."""
    key, slash, name = path.partition("/")
    if not slash:
        state[key] = value
    elif value is ABSENT:
        state[key].pop(name, None)
    else:
        state[key][name] = value


def overlaid(state: State, values: Mapping[str, Any]) -> State:
    """A copy of the state with the values at the given paths set."""
    after = {key: dict(part) if key in KEYED else part for key, part in state.items()}
    for path, value in values.items():
        put(after, path, value)
    return after
