"""What people see and note: observations by hand, and units' own reports, marked as such.

They stand in the same tables as a machine's and are judged by the same rules; nobody is believed
beyond what he saw. The list of what to look at is `todo`, re-exported here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.dates import TOLERANCE
from registry.errors import BadInput, Fault
from registry.messages import _
from registry.models import Account, Actor, Attachment, LinkResult, Observation, Run
from registry.vocab import (
    SEEN_BROKEN,
    SEEN_WORKING,
    AccountState,
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    LinkKind,
    Outcome,
    Precision,
    Reason,
    RunMethod,
)
from sweeps.people.todo import MenuEntry, Risk, TodoRow, accounts_of, entries_of, todo
from sweeps.planning.plan import sweep_key

SOURCE = "person"
"""`observation.source` of what a person saw."""

_MOST_TEXT = 1000

__all__ = [
    "SOURCE",
    "MenuEntry",
    "Risk",
    "Seen",
    "SeenEntry",
    "TodoRow",
    "accounts_of",
    "columns_of",
    "entries_of",
    "hand_run",
    "observe",
    "observe_menu",
    "todo",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw of an account."""

    existence: Existence = Existence.EXISTS
    """EXISTS, GONE_SIGNAL, RESTRICTED, or UNKNOWN when he could not look."""
    last_post: datetime | None = None
    """UTC, the newest post; with day precision, midnight in Shanghai of that day."""
    precision: Precision = Precision.DAY
    never_posted: bool = False
    """The account is there and has no post at all."""
    display_name: str = ""
    """The name that the platform shows, where it is another than the ledger's."""
    verified_subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What a person saw of one menu entry."""

    path: str
    label: str
    works: bool
    kind: LinkKind = LinkKind.MINIPROGRAM
    url: str = ""
    appid: str = ""
    page: str = ""
    note: str = ""


def hand_run(
    session: Session,
    *,
    at: datetime,
    now: datetime,
    actor: Actor,
    method: RunMethod = RunMethod.HAND,
) -> Run:
    """A run that holds what people saw, of the sweep for time point `at` (created if need be)."""
    run = Run(
        sweep_id=sweep_key(session, at, now),
        method=method,
        as_of=now,
        started_at=now,
        finished_at=now,
        actor_id=actor.id,
        evidence=[],
        options={},
    )
    session.add(run)
    session.flush()
    return run


def observe(
    session: Session,
    account: Account,
    seen: Seen,
    *,
    at: datetime,
    now: datetime,
    actor: Actor,
    looked_at: datetime | None = None,
    method: RunMethod = RunMethod.HAND,
    evidence: Attachment | None = None,
    run: Run | None = None,
    ordinal: int = 0,
) -> Observation:
    """Note what a person saw, in `run` or in a run of its own.

    `at` is the time point T, `looked_at` when he looked (default `now`), `evidence` a paper that
    shows it, `ordinal` how many looks at this account stand in `run` already. Raises BadInput for
    a post or a look that lies ahead, or for a contradiction.
    """
    looked_at = looked_at or now
    faults = contradictions(seen, looked_at=looked_at, now=now)
    if faults:
        raise BadInput(_("What was seen cannot be noted."), faults)
    run = run or hand_run(session, at=at, now=now, actor=actor, method=method)
    closed = account.state is AccountState.CLOSED
    observation = Observation(
        run_id=run.id,
        account_id=account.id,
        kind=CheckKind.HANDLE if closed else CheckKind.FRESHNESS,
        ordinal=ordinal,
        observed_at=looked_at,
        source=SOURCE,
        actor_id=actor.id,
        **columns_of(seen),
    )
    session.add(observation)
    session.flush()
    if evidence is not None:
        evidence.observation_uid = observation.uid
    return observation


def observe_menu(
    session: Session,
    account: Account,
    entries: Iterable[SeenEntry],
    *,
    at: datetime,
    now: datetime,
    actor: Actor,
    looked_at: datetime | None = None,
    method: RunMethod = RunMethod.HAND,
    run: Run | None = None,
) -> Observation:
    """Note which entries of an account's menu a person has tried, and with what success."""
    run = run or hand_run(session, at=at, now=now, actor=actor, method=method)
    observation = Observation(
        run_id=run.id,
        account_id=account.id,
        kind=CheckKind.MENU,
        observed_at=looked_at or now,
        outcome=Outcome.READ,
        existence=Existence.EXISTS,
        source=SOURCE,
        actor_id=actor.id,
        facts=_facts(""),
    )
    observation.link_results = [
        LinkResult(
            path=entry.path[:300],
            label=entry.label[:200],
            kind=entry.kind,
            url=entry.url,
            appid=entry.appid[:64],
            page=entry.page,
            signal=SEEN_WORKING if entry.works else SEEN_BROKEN,
            detail=entry.note[:_MOST_TEXT],
        )
        for entry in entries
    ]
    session.add(observation)
    session.flush()
    return observation


def contradictions(seen: Seen, *, looked_at: datetime, now: datetime) -> list[Fault]:
    """What cannot be true of it, all at once."""
    faults: list[Fault] = []
    if looked_at > now + TOLERANCE:
        faults.append(Fault(_("The day of looking lies ahead."), _("Enter a day that has been.")))
    if seen.last_post is not None and seen.last_post > looked_at + TOLERANCE:
        faults.append(
            Fault(
                _("The last post is later than the look at it."), _("Check the year and the day.")
            )
        )
    if seen.last_post is not None and seen.never_posted:
        faults.append(
            Fault(_("Never posted, and yet a last post is named."), _("Leave one of them out."))
        )
    if seen.last_post is not None and seen.existence is Existence.GONE_SIGNAL:
        faults.append(
            Fault(_("An account that is not there shows no posts."), _("Leave one of them out."))
        )
    if seen.never_posted and seen.existence is not Existence.EXISTS:
        faults.append(
            Fault(
                _("Only an account that is there can be seen to have no posts."),
                _("Choose one of the two."),
            )
        )
    return faults


def columns_of(seen: Seen) -> dict[str, Any]:
    """The columns of the observation that say what was seen."""
    if seen.existence is Existence.UNKNOWN and seen.last_post is None:
        return {
            "outcome": Outcome.INCONCLUSIVE,
            "reason": Reason.BY_HAND,
            "detail": seen.note[:_MOST_TEXT],
            "facts": _facts(seen.note),
        }
    coverage, since = _coverage(seen)
    dated = seen.last_post is not None
    return {
        "outcome": Outcome.READ,
        "existence": seen.existence,
        "signal": seen.note[:_MOST_TEXT] if seen.existence is not Existence.EXISTS else "",
        "last_post_at": seen.last_post,
        "last_post_precision": seen.precision if dated else None,
        "last_post_derived": Derivation.TEXT if dated else None,
        "coverage": coverage,
        "covered_since": since,
        "display_name": seen.display_name[:200] or None,
        "verified_subject": seen.verified_subject[:200] or None,
        "facts": _facts(seen.note, seen),
    }


def _coverage(seen: Seen) -> tuple[CoverageKind, datetime | None]:
    """Who saw the newest post has seen that there is none after it: the list since then."""
    if seen.never_posted:
        return CoverageKind.PROVEN_EMPTY, None
    if seen.last_post is not None and seen.existence is Existence.EXISTS:
        return CoverageKind.REACHES_BACK_TO, seen.last_post
    return CoverageKind.UNREAD, None


def _facts(note: str, seen: Seen | None = None) -> dict[str, Any]:
    posts = []
    if seen is not None and seen.last_post is not None:
        posts.append(
            {
                "at": seen.last_post.isoformat(),
                "precision": seen.precision.value,
                "own": True,
                "pinned": False,
                "title": "",
                "url": "",
                "derived": Derivation.TEXT.value,
            }
        )
    return {
        "posts": posts,
        "counters": {},
        "identifiers": {},
        "note": note[:_MOST_TEXT],
        "sources": [],
    }
