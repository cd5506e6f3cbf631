"""What is to run when, so that an office's sweeps go by themselves: jobs without any system's form.

Times are Shanghai's. With a weekly time point a run a day does what is due by then, which is little;
without one a run looks at everything, so there is one a week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time

from registry.errors import BadConfig
from registry.messages import _
from sweeps.planning.weekly import WeekPoint

MINUTE_OF_SAMPLES = 7
"""Of every hour; on the hour itself everybody asks."""

_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program runs, all paths absolute."""

    program: tuple[str, ...]
    """The words before the options."""
    options: tuple[str, ...]
    """Global options: which registry, which settings."""
    folder: str
    """The working folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Nothing secret."""
    secrets: str = ""
    """File of further variables, read where it is there: addresses, credentials."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done again and again."""

    name: str
    """ASCII, for names of files and units."""
    title: str
    words: tuple[str, ...]
    """The command with its options."""
    at: time | None = None
    """Time of day in Shanghai; None: every hour at `MINUTE_OF_SAMPLES`."""
    weekday: int | None = None
    """0 is Monday; None: every day."""


def jobs(
    daily: time, point: WeekPoint | None, *, samples: bool = False, remind: bool = False
) -> Iterator[Job]:
    """The jobs of an office: `daily` is when its runs begin; `samples` for sites that are to be
    tried every hour, `remind` for a reminder after the run of the day."""
    run = ("sweep", "run", "--notify")
    if point is None:
        yield Job("taizhang-weekly", _("Taizhang: weekly sweep"), run, daily, _MONDAY)
    else:
        yield Job("taizhang-daily", _("Taizhang: what is due today"), run, daily)
        yield Job(
            "taizhang-time-point",
            _("Taizhang: at the monitoring time point"),
            # a share of the week that is still being looked at is no reason to be refused
            (*run, "--wait"),
            point.at,
            point.weekday,
        )
    if samples:
        words = ("sweep", "run", "--kind", "site")
        yield Job("taizhang-sites", _("Taizhang: whether sites open, every hour"), words)
    if remind:
        yield Job("taizhang-remind", _("Taizhang: update reminders"), ("remind",), time(9, 30))


def checked(place: Place) -> Place:
    """The place, if it can be written into a definition. Raises BadConfig for line ends and other
    control characters in a path, which no form can hold."""
    words = [*place.program, *place.options, place.folder, place.secrets]
    words += [part for pair in place.environment.items() for part in pair]
    for word in words:
        if any(ord(character) < 32 or ord(character) == 127 for character in word):
            raise BadConfig(
                _("A path or name holds a control character: {word}").format(word=word),
                _("Rename the folder, then try again."),
            )
    return place
