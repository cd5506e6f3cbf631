"""What a check is to look at, frozen at planning: to and from the JSON of `planned_check.target`.

It holds names of credentials and never a secret, and no contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checkers.base import Checker, Source, Target
from checkers.loading import Catalogue
from registry.vocab import CheckKind, Reason
from sweeps.network.wire import MalformedRequest, host_of

VERSION = 1

BY_HAND = Reason.BY_HAND.value
"""A source of this name asks nobody: its checker says that only a person can tell."""


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """One way to look at the account, in its turn."""

    source: str
    address: str = ""
    credential: str = ""
    """The credential's name."""
    why_not: Reason | None = None
    """Why it cannot be used, where that was known at planning."""


def lane_of(platform: str, url: str, sources: Iterable[PlannedSource]) -> str:
    """See `PlannedTarget.lane`."""
    usable = (s for s in sources if s.why_not is None and s.source != BY_HAND)
    first = next(usable, None)
    if first is None:
        return ""
    try:
        host = host_of(first.address or url)
    except MalformedRequest:
        host = ""
    return f"{platform}:{first.source}:{host}"


@dataclass(frozen=True, slots=True)
class PlannedTarget:
    """The account as it stood when the check was planned."""

    account: str
    """Its uid."""
    platform: str
    name: str
    kind: CheckKind
    as_of: datetime
    read_back_to: datetime
    time_point: datetime
    fresh_since: datetime
    """A post from here on is recent enough for the time point, so nothing more need be asked."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    sources: tuple[PlannedSource, ...] = ()
    slow: tuple[str, ...] = ()
    """Addresses of its links that kept us waiting the last time."""
    ill: tuple[str, ...] = ()
    """Of them those that failed."""
    moved: tuple[str, ...] = ()
    """Addresses of its links that led on to others the last time."""

    @property
    def lane(self) -> str:
        """Checks with the same value probably begin at the same host; empty where none is asked."""
        return lane_of(self.platform, self.url, self.sources)

    def to_json(self) -> dict[str, Any]:
        """The stored form; times in ISO 8601."""
        waits = {"slow": [*self.slow], "ill": [*self.ill], "moved": [*self.moved]}
        return {name: urls for name, urls in waits.items() if urls} | {
            "v": VERSION,
            "account": self.account,
            "platform": self.platform,
            "name": self.name,
            "kind": self.kind.value,
            "as_of": self.as_of.isoformat(),
            "read_back_to": self.read_back_to.isoformat(),
            "time_point": self.time_point.isoformat(),
            "fresh_since": self.fresh_since.isoformat(),
            "identifiers": dict(self.identifiers),
            "url": self.url,
            "lane": self.lane,
            "sources": [_source_to_json(source) for source in self.sources],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PlannedTarget:
        """The plan again. Raises KeyError or ValueError for what `to_json` did not write."""
        return cls(
            stored["account"],
            stored["platform"],
            stored["name"],
            CheckKind(stored["kind"]),
            datetime.fromisoformat(stored["as_of"]),
            datetime.fromisoformat(stored["read_back_to"]),
            datetime.fromisoformat(stored["time_point"]),
            datetime.fromisoformat(stored["fresh_since"]),
            stored["identifiers"],
            stored["url"],
            tuple(_source_from_json(source) for source in stored["sources"]),
            tuple(stored.get("slow", ())),
            tuple(stored.get("ill", ())),
            tuple(stored.get("moved", ())),
        )

    def target(self, source: PlannedSource) -> Target:
        """What the checker is told when it looks through this source."""
        return Target(
            self.platform,
            self.name,
            self.identifiers,
            self.url,
            source.address,
            source.credential,
            self.kind,
            self.as_of,
            self.read_back_to,
            time_point=self.time_point,
            slow=self.slow,
            ill=self.ill,
            moved=self.moved,
        )


@dataclass(frozen=True, slots=True)
class Way:
    """A planned source with the checker that knows it, if one is installed."""

    planned: PlannedSource
    checker: Checker | None
    source: Source | None


def ways(planned: PlannedTarget, catalogue: Catalogue) -> tuple[Way, ...]:
    """The sources in order, each with its checker."""
    found = [(p, catalogue.find_source(planned.platform, p.source)) for p in planned.sources]
    return tuple(Way(p, *(hit or (None, None))) for p, hit in found)


def _source_to_json(source: PlannedSource) -> dict[str, Any]:
    return {
        "source": source.source,
        "address": source.address,
        "credential": source.credential,
        "why_not": source.why_not.value if source.why_not else None,
    }


def _source_from_json(stored: Mapping[str, Any]) -> PlannedSource:
    why = stored["why_not"]
    return PlannedSource(
        stored["source"], stored["address"], stored["credential"], Reason(why) if why else None
    )
