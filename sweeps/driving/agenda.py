"""What a run still owes, by the host at which each check probably begins.

Only ids are held; targets are read a few at a time, so that 100,000 checks need no memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from registry.vocab import CheckKind
from sweeps.driving.targets import PlannedTarget

_AT_ONCE = 50
"""Targets of one lane read at a time."""
_IN_ALL = 1000
"""Targets held at a time over all lanes; with many lanes each one reads fewer at a time."""
_LEAST = 8


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned check."""

    id: int
    account_id: int
    kind: CheckKind
    ordinal: int
    target: PlannedTarget


Load = Callable[[Sequence[int]], Sequence[Planned]]
"""Planned checks by id, in the order of the ids."""


class Agenda:
    """The checks of a run that have no observation yet."""

    def __init__(self, owed: Iterable[tuple[int, str]], load: Load) -> None:
        """`owed`: id and lane of each check, in the order in which they should be made."""
        self._load = load
        self._ids: dict[str, deque[int]] = {}
        self._loaded: dict[str, deque[Planned]] = {}
        self.left = 0
        for planned_id, lane in owed:
            self._ids.setdefault(lane, deque()).append(planned_id)
            self.left += 1
        self._at_once = max(min(_AT_ONCE, _IN_ALL // max(len(self._ids), 1)), _LEAST)

    def groups(self) -> list[str]:
        """The lanes that still have something on the agenda."""
        return [*self._ids]

    def ahead(self) -> list[tuple[str, int]]:
        """The lanes with the number of checks that have not been taken there."""
        return [
            (lane, len(ids) + len(self._loaded.get(lane, ()))) for lane, ids in self._ids.items()
        ]

    def take(self, group: str, count: int) -> list[Planned]:
        """At most `count` checks of a lane, taken off the agenda."""
        taken: list[Planned] = []
        while len(taken) < count and group in self._ids:
            taken.append(self._next(group))
        self.left -= len(taken)
        return taken

    def _next(self, group: str) -> Planned:
        loaded = self._loaded.setdefault(group, deque())
        if not loaded:
            ids = self._ids[group]
            wanted = [ids.popleft() for _id in range(min(len(ids), self._at_once))]
            loaded.extend(self._load(wanted))
        planned = loaded.popleft()
        if not loaded and not self._ids[group]:
            del self._ids[group], self._loaded[group]
        return planned
