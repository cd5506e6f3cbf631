"""The hosts that a run asked nothing more, and why: what is kept of it with the run, for people.

Of what was left because of them each check says its reason itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.vocab import Reason
from sweeps.lanes.lane import Lane, Stop

KEY = "stopped"
"""Among the options of a run."""


@dataclass(frozen=True, slots=True)
class HostStop:
    """One host that a run let alone before its end."""

    host: str
    reason: Reason
    """OWN_LIMIT where a budget of ours was used up; else how the host refused."""
    budget: str = ""
    """Which figure of the pace was used up: `per_run` or `daily`."""
    requests: int = 0
    """What that figure allows."""
    rest_seconds: int = 0
    """For so long the host asked to be left alone, where that is longer than a run waits."""
    until: str = ""
    """The moment, in ISO 8601, before which no run asks it for that."""

    @classmethod
    def of(cls, host: str, why: Stop) -> HostStop:
        """That of a lane."""
        return cls(host, why.reason, why.budget, why.requests, round(why.rest))

    @classmethod
    def stored(cls, options: Mapping[str, Any]) -> tuple[HostStop, ...]:
        """Those that are kept among a run's options, by host."""
        found = (cls(**{**row, "reason": Reason(row["reason"])}) for row in options.get(KEY, ()))
        return tuple(sorted(found, key=lambda stop: stop.host))

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "host": self.host,
            "reason": self.reason.value,
            "budget": self.budget,
            "requests": self.requests,
            "rest_seconds": self.rest_seconds,
            "until": self.until,
        }


def stops(lanes: Iterable[Lane]) -> list[HostStop]:
    """The hosts of which no lane is open any more, one for each however many ways out there are."""
    why: dict[str, Stop | None] = {}
    for lane in lanes:
        open_yet = lane.stopped is None or why.get(lane.host, lane.stopped) is None
        why[lane.host] = None if open_yet else lane.stopped
    return [HostStop.of(host, stop) for host, stop in sorted(why.items()) if stop]
