"""How much of what was to be looked at was read: the figures that stand on every report.

An account that could not be read is counted as such, with the reason; nothing is left out of the
sum. `accounts` = `planned` + `proven_before` + the rest, which nobody looked at; `planned` = read +
inconclusive + unsupported + waiting. An account that earlier looks prove fresh need not be asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Observation, PlannedCheck, Run, Sweep, table_of
from registry.vocab import CheckKind, Outcome, Reason, RunMethod
from verdicts.reading import Subject

_RANK = (Outcome.READ, Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED)
"""Of several looks at one account the best one counts."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures over some accounts in one sweep, by their freshness check."""

    accounts: int = 0
    """Live accounts in the ledger."""
    planned: int = 0
    """Of these, planned or looked at in this sweep."""
    read: int = 0
    by_hand: int = 0
    """Of the read, by a person only."""
    self_reported: int = 0
    """Of the read, by the unit's own report only."""
    inconclusive: Mapping[Reason, int] = field(default_factory=dict)
    unsupported: Mapping[Reason, int] = field(default_factory=dict)
    waiting: int = 0
    """Planned, and not yet looked at."""
    proven_before: int = 0
    """Not planned: looks of earlier sweeps prove them fresh at T."""

    @property
    def told(self) -> int:
        """Read in this sweep, or proven before."""
        return self.read + self.proven_before

    @property
    def owed(self) -> int:
        """Planned in this sweep, or proven before."""
        return self.planned + self.proven_before

    @property
    def passed_over(self) -> int:
        """Neither planned in this sweep nor proven: such as a sweep of a part leaves out."""
        return self.accounts - self.owed

    @property
    def share(self) -> float:
        """Told ÷ accounts, from 0 to 1: of the same accounts as the verdicts; 0 where there are
        none."""
        return self.told / self.accounts if self.accounts else 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The figures of one sweep."""

    whole: Counts
    platforms: Mapping[str, Counts]
    """By platform, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the freshness check of one account went in this sweep."""

    platform: str
    planned: bool = False
    outcome: Outcome | None = None
    reason: Reason | None = None
    method: RunMethod | None = None
    fresh: bool = False
    """Fresh at T by all looks there are; by earlier ones where it was not planned."""


def measure(
    session: Session,
    sweep: Sweep,
    subjects: Mapping[int, Subject],
    fresh: Collection[int] = frozenset(),
) -> Coverage:
    """The coverage of `subjects` (by account key) in all runs of `sweep`. `fresh`: those of them
    that are fresh at T by all looks there are."""
    outlooks = {
        key: Outlook(subject.facts.platform, fresh=key in fresh)
        for key, subject in subjects.items()
    }
    for key in _planned(session, sweep):
        if key in outlooks:
            outlooks[key] = Outlook(outlooks[key].platform, planned=True)
    for key, outcome, reason, method in _looks(session, sweep):
        if key in outlooks:
            new = Outlook(outlooks[key].platform, True, outcome, reason, method)
            outlooks[key] = better(outlooks[key], new)
    return count(outlooks.values())


def _planned(session: Session, sweep: Sweep) -> Iterable[int]:
    session.flush()
    check, run = table_of(PlannedCheck).c, table_of(Run).c
    return session.scalars(
        select(check.account_id)
        .join(table_of(Run), check.run_id == run.id)
        .where(run.sweep_id == sweep.id, check.kind == CheckKind.FRESHNESS)
    )


def _looks(
    session: Session, sweep: Sweep
) -> Iterable[tuple[int, Outcome, Reason | None, RunMethod]]:
    look, run = table_of(Observation).c, table_of(Run).c
    rows = session.execute(
        select(look.account_id, look.outcome, look.reason, run.method)
        .join(table_of(Run), look.run_id == run.id)
        .where(run.sweep_id == sweep.id, look.kind == CheckKind.FRESHNESS)
        .order_by(look.id)
    )
    return ((key, outcome, reason, method) for key, outcome, reason, method in rows)


def better(old: Outlook, new: Outlook) -> Outlook:
    """The one that tells more: read before inconclusive before unsupported; a machine before a
    person before the unit itself; otherwise the later one."""
    if old.outcome is None or new.outcome is None:
        return old if new.outcome is None else new
    ranks = [(_RANK.index(o.outcome), _distrust(o.method)) for o in (old, new) if o.outcome]
    return old if ranks[0] < ranks[1] else new


def _distrust(method: RunMethod | None) -> int:
    return {RunMethod.HAND: 1, RunMethod.SELF_REPORT: 2}.get(method or RunMethod.ENGINE, 0)


def count(outlooks: Iterable[Outlook]) -> Coverage:
    """The figures over these outlooks, as a whole and by platform."""
    every = list(outlooks)
    platforms: dict[str, list[Outlook]] = {}
    for outlook in every:
        platforms.setdefault(outlook.platform, []).append(outlook)
    return Coverage(_count(every), {name: _count(platforms[name]) for name in sorted(platforms)})


def _count(outlooks: list[Outlook]) -> Counts:
    read = [o for o in outlooks if o.outcome is Outcome.READ]
    return Counts(
        accounts=len(outlooks),
        planned=sum(o.planned for o in outlooks),
        read=len(read),
        by_hand=sum(o.method is RunMethod.HAND for o in read),
        self_reported=sum(o.method is RunMethod.SELF_REPORT for o in read),
        inconclusive=_reasons(outlooks, Outcome.INCONCLUSIVE),
        unsupported=_reasons(outlooks, Outcome.UNSUPPORTED),
        waiting=sum(o.planned and o.outcome is None for o in outlooks),
        proven_before=sum(o.fresh and not o.planned for o in outlooks),
    )


def _reasons(outlooks: list[Outlook], outcome: Outcome) -> dict[Reason, int]:
    """Reason → count, most frequent first."""
    found = Counter(o.reason or Reason.AMBIGUOUS for o in outlooks if o.outcome is outcome)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0].value)))
