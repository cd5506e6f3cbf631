"""What the judge is given and what it answers: frozen data without a session, a clock or a rule.

`Seen` is one look at an account, built from an observation; `Judgement` is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registry.dates import shanghai_date
from registry.vocab import (
    AccountState,
    CoverageKind,
    Existence,
    Outcome,
    Precision,
    Reason,
    RunMethod,
    Severity,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the ledger says of an account, as far as the judge cares."""

    uid: str
    platform: str
    state: AccountState = AccountState.ACTIVE
    opened_on: date | None = None
    """None counts as open for as long as anybody knows."""


@dataclass(frozen=True, slots=True)
class SeenPost:
    """One post by the account itself."""

    at: datetime
    """UTC; with day precision midnight in Shanghai, of which only the date means anything."""
    precision: Precision = Precision.SECOND

    @property
    def day(self) -> date:
        """Its date in Shanghai."""
        return shanghai_date(self.at)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at an account."""

    uid: str
    """Of the observation."""
    observed_at: datetime
    outcome: Outcome = Outcome.READ
    method: RunMethod = RunMethod.ENGINE
    reason: Reason | None = None
    """Why nothing was read."""
    existence: Existence = Existence.UNKNOWN
    signal: str = ""
    posts: tuple[SeenPost, ...] = ()
    """Own posts; of a look before the time point the newest is enough."""
    coverage: CoverageKind = CoverageKind.UNREAD
    covered_since: datetime | None = None
    covered_until: datetime | None = None
    """The list knows nothing of posts from here on."""

    @property
    def is_read(self) -> bool:
        return self.outcome is Outcome.READ

    @property
    def read_at(self) -> datetime:
        """The moment up to which its list is current."""
        return min(self.observed_at, self.covered_until or self.observed_at)


class Why(StrEnum):
    """What a verdict rests on, or what it lacks."""

    RECENT_POST = "recent_post"
    NO_RECENT_POST = "no_recent_post"
    NONE_IN_WINDOW = "none_in_window"
    """No post in a list that reaches back to the window; nobody has seen an earlier one."""
    NEVER_POSTED = "never_posted"
    GONE_TWICE = "gone_twice"
    GONE_ONCE = "gone_once"
    RESTRICTED = "restricted"
    TOO_NEW = "too_new"
    NOT_LOOKED = "not_looked"
    """No look at or after the time point."""
    NOT_READ = "not_read"
    """Looks at or after the time point, none of which read anything; `reason` says why."""
    NO_LIST = "no_list"
    """Read, but no list of posts in it."""
    ENDS_EARLY = "ends_early"
    """The list ends before the time point."""
    PARTIAL = "partial"
    """The list may lack posts, so it proves fresh and never stale."""
    NOT_FAR_ENOUGH = "not_far_enough"
    """The list does not reach back before the window."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding code that the facts ask for."""

    code: str
    severity: Severity
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What makes up the matter."""
    measured: Mapping[str, Any] = field(default_factory=dict)
    """Figures that change from look to look."""
    proof: tuple[str, ...] = ()
    """Uids of the observations it rests on."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict over one account at one time point."""

    account_uid: str
    verdict: Verdict
    why: Why
    days: int | None = None
    """Shanghai date of the time point minus that of the newest own post known."""
    within_edge: bool = False
    """So near the end of the window that an error of a day matters."""
    newest: SeenPost | None = None
    """The newest own post at or before the time point, in all looks."""
    proof: tuple[str, ...] = ()
    """Uids of the observations that the verdict rests on."""
    reason: Reason | None = None
    """With NOT_READ: why the last look read nothing."""
    hits: tuple[Hit, ...] = ()
    examined: frozenset[str] = frozenset()
    """The codes about which this judgement says something, hit or not."""
    self_reported: bool = False
    """True when the verdict would be another without what the unit reported of itself."""
