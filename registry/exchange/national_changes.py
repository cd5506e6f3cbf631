"""Two exports of the national system compared: what came, what went, in which fields rows changed.

It knows neither files nor snapshots, and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from registry.exchange.national_template import WATCHED, NationalEntry
from registry.names import differ_in_region_only, fold_name
from registry.vocab import NationalState

_OPEN = frozenset({NationalState.LIVE, NationalState.OTHER})

_UNITS = frozenset(("host_unit", "supervising_unit", "operator"))
"""Fields that name a unit."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the rows of one export in the next."""

    before: int
    """Rows of the earlier export."""
    now: int
    came: tuple[NationalEntry, ...] = ()
    """Rows that the earlier one lacks."""
    went: tuple[NationalEntry, ...] = ()
    """Rows that the later one lacks, as they stood."""
    resumed: tuple[NationalEntry, ...] = ()
    """Rows of both that were offline, or asked to be, in the earlier one and run in the later."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """Field → rows of both in which its value is another; empty cells that are filled count not."""
    compared: int = 0
    """Rows of both."""

    @property
    def unidentified(self) -> tuple[NationalEntry, ...]:
        """Rows that came or went with neither code nor id nor link. Nothing tells whether one that
        went is one that came, so a person must look."""
        return tuple(row for row in (*self.came, *self.went) if not _named(row))


def _named(row: NationalEntry) -> bool:
    return bool(row.national_code or row.identifiers or row.url)


def compare(before: Iterable[NationalEntry], rows: Sequence[NationalEntry]) -> Changes:
    """Compare two exports, row by row: by code, by any id, then by platform, form, name and unit.

    `before` is read once and not kept. Each row is found once.
    """
    return _Comparing(rows).run(before)


class _Comparing:
    """Two exports under way: the later by its keys, the earlier as it passes by."""

    def __init__(self, rows: Sequence[NationalEntry]) -> None:
        self.rows = rows
        self.free = dict.fromkeys(range(len(rows)))
        self.codes: dict[str, int] = {}
        self.ids: dict[tuple[str, str, str], int] = {}
        for number, row in enumerate(rows):
            if row.national_code:
                self.codes[row.national_code] = number
            for scheme, value in row.identifiers.items():
                self.ids.setdefault((row.platform, scheme, value), number)
        self.changed: Counter[str] = Counter()
        self.resumed: list[int] = []
        self.compared = self.before = 0

    def run(self, before: Iterable[NationalEntry]) -> Changes:
        left = [row for row in before if not self._found(row)]
        went = self._by_name(left)
        return Changes(
            self.before,
            len(self.rows),
            tuple(self.rows[number] for number in sorted(self.free)),
            tuple(went),
            tuple(self.rows[number] for number in sorted(self.resumed)),
            {name: self.changed[name] for name in WATCHED if self.changed[name]},
            self.compared,
        )

    def _found(self, old: NationalEntry) -> bool:
        self.before += 1
        numbers = [self.codes.get(old.national_code, -1)]
        numbers += (self.ids.get((old.platform, s, v), -1) for s, v in old.identifiers.items())
        for number in numbers:
            if number in self.free:
                self._pair(old, number)
                return True
        return False

    def _by_name(self, left: Sequence[NationalEntry]) -> list[NationalEntry]:
        """Pair what is left by name; returns what went. A row of which nobody knew the platform then, or
        knows it now, is found by name and unit alone."""
        named: dict[tuple[str, ...], list[int]] = {}
        unread_then = {_loose_key(old) for old in left if old.unread}
        for number in self.free if left else ():
            row = self.rows[number]
            named.setdefault(_name_key(row), []).append(number)
            if row.unread or (unread_then and _loose_key(row) in unread_then):
                named.setdefault((_UNREAD, *_loose_key(row)), []).append(number)
        went = []
        for old in left:
            numbers = list(named.get(_name_key(old), []))
            for number in named.get((_UNREAD, *_loose_key(old)), []):
                if old.unread or self.rows[number].unread:
                    numbers.append(number)
            fits = [n for n in numbers if n in self.free and not _ids_differ(old, self.rows[n])]
            if fits:
                self._pair(old, fits[0])
            else:
                went.append(old)
        return went

    def _pair(self, old: NationalEntry, number: int) -> None:
        del self.free[number]
        new = self.rows[number]
        self.compared += 1
        self.changed.update(_changed(old, new))
        if old.state not in _OPEN and new.state is NationalState.LIVE:
            self.resumed.append(number)


def _name_key(row: NationalEntry) -> tuple[str, ...]:
    return row.platform, row.form, fold_name(row.name), fold_name(row.host_unit)


_UNREAD = "?"
"""In place of a platform that nobody knows."""


def _loose_key(row: NationalEntry) -> tuple[str, str]:
    return fold_name(row.name), fold_name(row.host_unit)


def _ids_differ(old: NationalEntry, new: NationalEntry) -> bool:
    """Both have ids of one kind, and none in common."""
    kinds = old.identifiers.keys() & new.identifiers.keys()
    return bool(kinds) and all(old.identifiers[k] != new.identifiers[k] for k in kinds)


def _changed(old: NationalEntry, new: NationalEntry) -> Iterator[str]:
    """The watched fields that were filled and hold another value."""
    if old.state is not new.state and (old.state_raw != new.state_raw or not old.state_raw):
        yield "state"  # the same word has only got another meaning by the mapping
    for name in ("national_code", "platform", "form", "name", "host_unit", "url"):
        if _differ(name, getattr(old, name), getattr(new, name)):
            yield name
    if old.identifiers != new.identifiers and old.identifiers:
        if _ids_differ(old, new) or not old.identifiers.keys() & new.identifiers.keys():
            yield "identifier"
    if old.fields != new.fields:
        for name in old.fields.keys() & set(WATCHED):
            if _differ(name, old.fields[name], new.fields.get(name, "")):
                yield name


def _differ(name: str, old: str, new: str) -> bool:
    """Whether a filled field holds another value, and not the same one written otherwise."""
    if old == new or not old or fold_name(old) == fold_name(new):
        return False
    return name not in _UNITS or not differ_in_region_only(old, new)
