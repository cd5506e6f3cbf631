"""Which rows of a filled-in form were taken in before. A form sent twice is one look, not two: two
signals that an account is gone must come from two looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.models import Account, LinkResult, Observation, Run, Sweep
from registry.vocab import SEEN_BROKEN, SEEN_WORKING, CoverageKind, Existence, RunMethod
from sweeps.people.hand import SOURCE, Seen, SeenEntry, columns_of
from sweeps.people.todo_form import TodoAnswer

_AT_ONCE = 500


@dataclass
class Known:
    """What people noted for one time point, by account."""

    looks: dict[int, set[tuple[Any, ...]]] = field(default_factory=dict)
    entries: dict[int, set[tuple[str, ...]]] = field(default_factory=dict)
    moments: set[tuple[int, datetime]] = field(default_factory=set)

    @classmethod
    def of(
        cls, session: Session, *, at: datetime, method: RunMethod, accounts: Iterable[Account]
    ) -> Known:
        """What is noted of these accounts for time point `at` by that method."""
        known = cls()
        ids = sorted(account.id for account in accounts)
        for start in range(0, len(ids), _AT_ONCE):
            query = (
                select(Observation)
                .join(Run, Run.id == Observation.run_id)
                .join(Sweep, Sweep.id == Run.sweep_id)
                .where(Sweep.time_point == at, Run.method == method, Observation.source == SOURCE)
                .where(Observation.account_id.in_(ids[start : start + _AT_ONCE]))
                .options(selectinload(Observation.link_results))
            )
            for look in session.scalars(query):
                known.add(look)
        return known

    def add(self, look: Observation) -> None:
        """One more observation by a person."""
        self.moments.add((look.account_id, look.observed_at))
        if look.link_results:
            said = {_link(link) for link in look.link_results}
            self.entries.setdefault(look.account_id, set()).update(said)
        else:
            self.looks.setdefault(look.account_id, set()).add(_noted(look))

    def has(self, account: Account, answer: TodoAnswer) -> bool:
        """True when the answer was taken in before: it says the same, and names no other day."""
        if answer.dated and (account.id, answer.looked_at) not in self.moments:
            return False
        if answer.seen is not None:
            return _seen(answer.seen) in self.looks.get(account.id, ())
        return answer.entry is not None and _entry(answer.entry) in self.entries.get(account.id, ())


_UNSAID: dict[str, Any] = {
    "outcome": None,
    "existence": Existence.UNKNOWN,
    "coverage": CoverageKind.UNREAD,
    "last_post_at": None,
    "display_name": None,
    "verified_subject": None,
}
"""What is compared, with what the table holds where a look says nothing."""


def _noted(look: Observation) -> tuple[Any, ...]:
    return (*(getattr(look, key) for key in _UNSAID), look.facts.get("note", ""))


def _seen(seen: Seen) -> tuple[Any, ...]:
    said = columns_of(seen)
    return (*(said.get(key, unsaid) for key, unsaid in _UNSAID.items()), said["facts"]["note"])


def _link(link: LinkResult) -> tuple[str, ...]:
    return (link.path, link.label, link.signal)


def _entry(entry: SeenEntry) -> tuple[str, ...]:
    signal = SEEN_WORKING if entry.works else SEEN_BROKEN
    return (entry.path[:300], entry.label[:200], signal)
