"""The days up to a time point T, and who is looked at on which: by what a look ahead proves, what a
host allows a day, and evenly. It knows no account: it is given what each look loses on each day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

TOLERANCE = 0.05
"""A look may lose so much, in weeks proven, to be made on a quieter day."""

SHARE_A_DAY = 0.16
"""Of all accounts so many should be looked at on one day at most; what fails comes on top of it."""

FEW = 50
"""So many looks on one day are no load, however few accounts there are."""

NEVER = float("inf")
"""The loss on a day on which a look proves nothing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One look that is due by T."""

    lane: Hashable
    """Looks of one lane share a host, and what it allows."""
    losses: tuple[float, ...]
    """What it loses on each day from today to T's, in weeks proven; `NEVER` where it proves none."""

    yields: bool = False
    """It takes what room others leave."""

    requests: int = 1
    """That it takes of the room of its lane."""

    @property
    def good(self) -> tuple[int, ...]:
        """The days on which it loses little."""
        least = min(self.losses)
        return tuple(n for n, loss in enumerate(self.losses) if loss <= least + TOLERANCE)

    @property
    def regret(self) -> float:
        """What it loses at least when none of its good days has room for it."""
        least, good = min(self.losses), set(self.good)
        others = [loss for day, loss in enumerate(self.losses) if day not in good]
        return min(others, default=NEVER) - least


@dataclass(frozen=True, slots=True)
class Place:
    """The day of a task, counted from today."""

    day: int
    fits: bool = True
    """False: on every day on which it could be made, its host has been asked enough."""


def most_a_day(accounts: int, never_read: int, days: int) -> int:
    """How many looks an even week has on one day at most, of so many accounts in all; those that
    were never read all fit into the `days` that are left ahead of T."""
    return max(round(accounts * SHARE_A_DAY), -(-never_read // max(days, 1)), FEW)


def arrange(
    tasks: Sequence[Task],
    room: Callable[[Hashable], int | None],
    even: int | None = None,
    done: int = 0,
    asked: Mapping[str, int] = {},
) -> list[Place]:
    """A day for each task, in the order of the tasks.

    `room`: how many requests a lane has room for on one day; None for any number. `even`: how many
    looks there should be on one day over all lanes; `done`: looks made today; `asked`: requests that
    they took, by lane. Tasks with little choice choose first, and of
    those alike the one that would regret most; each takes the quietest of its good days, else the
    day on which it loses least. What no day has room for stands on its last day and does not fit.
    """
    week = _Week(room, even, done, asked)
    places: list[Place] = [Place(0)] * len(tasks)
    keys = [
        (task.yields, len(task.good), -task.regret, number) for number, task in enumerate(tasks)
    ]
    for *_choice, number in sorted(keys):
        places[number] = week.place(tasks[number])
    return places


class _Week:
    """What stands on each day so far."""

    def __init__(
        self,
        room: Callable[[Hashable], int | None],
        even: int | None,
        done: int,
        asked: Mapping[str, int],
    ) -> None:
        self._room = room
        self._even = even
        self._lanes: defaultdict[Hashable, Counter[int]] = defaultdict(Counter)
        self._whole = Counter({0: done})
        for lane, requests in asked.items():
            self._lanes[lane][0] = requests

    def place(self, task: Task) -> Place:
        """Take a day for the task."""
        load, whole, most = self._lanes[task.lane], self._whole, self._room(task.lane)
        possible = [day for day, loss in enumerate(task.losses) if loss < NEVER]
        free = [day for day in possible if _fits(load[day], task.requests, most)]
        calm = [day for day in free if self._even is None or whole[day] < self._even]
        quiet = [day for day in task.good if day in calm]
        if quiet:
            day = min(quiet, key=lambda day: (load[day], whole[day], day))
        elif calm or free:
            day = min(calm or free, key=lambda day: (task.losses[day], load[day], day))
        else:
            day = max(possible, default=len(task.losses) - 1)
        load[day] += task.requests
        whole[day] += 1
        return Place(day, bool(free))


def _fits(load: int, requests: int, most: int | None) -> bool:
    """Whether a look has room beside the others; one that takes more than a whole day has a day of
    its own."""
    return most is None or load + requests <= most or (load == 0 and most > 0)
