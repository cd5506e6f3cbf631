"""What was seen of some accounts so far, read from the observations for planning.

Of each look a few columns; posts only of accounts whose rhythm is asked for, as days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.models import LinkResult, Observation, Run, table_of
from registry.vocab import CheckKind, CoverageKind, Outcome, Reason
from sweeps.planning.rhythm import HISTORY_DAYS, Rhythm
from sweeps.planning.watch import PERSON_DAYS
from verdicts.reading import KINDS, LOOK, read_look
from verdicts.seen import Seen

_LOOK = table_of(Observation).c

LOOK_BACK = timedelta(days=31)
"""Older looks at an open account prove nothing any more."""

_WATCH_BACK = timedelta(days=PERSON_DAYS + 1) - LOOK_BACK
"""So much further back go those at the ids of closed ones."""

Key = tuple[int, CheckKind, int]
"""Account, kind, ordinal."""


def looks_of(
    session: Session, ids: Sequence[int], kinds: Collection[CheckKind], since: datetime, sweep: int
) -> Mapping[Key, list[tuple[Seen, bool]]]:
    """The looks of these kinds at these accounts from `since` on, oldest first; with each, whether
    it belongs to `sweep`. What was seen of an account's identity counts as freshness; a menu of which
    our own limit left links untried counts as not asked for."""
    wanted = {*kinds, *(KINDS if set(kinds) & set(KINDS) else ())}
    recent = _LOOK.observed_at >= since
    if CheckKind.HANDLE in kinds:
        watched = _LOOK.kind == CheckKind.HANDLE
        recent = or_(recent, and_(watched, _LOOK.observed_at >= since - _WATCH_BACK))
    run = table_of(Run).c
    rows = session.execute(
        select(*LOOK, _LOOK.kind, _LOOK.ordinal, run.sweep_id)
        .join(table_of(Run), run.id == _LOOK.run_id)
        .where(_LOOK.account_id.in_(ids), _LOOK.kind.in_(wanted))
        .where(recent)
        .order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)
    )
    partly = _left_untried(session, ids, since) if CheckKind.MENU in kinds else frozenset()
    found: defaultdict[Key, list[tuple[Seen, bool]]] = defaultdict(list)
    for *columns, kind, ordinal, of_sweep in rows:
        account, seen = read_look(columns)
        if seen.uid in partly:
            seen = replace(seen, outcome=Outcome.INCONCLUSIVE, reason=Reason.OWN_LIMIT)
        own = of_sweep == sweep
        for counts in KINDS if kind in KINDS else (kind,):
            found[account, counts, ordinal].append((seen, own and counts is kind))
    return found


def _left_untried(session: Session, ids: Sequence[int], since: datetime) -> frozenset[str]:
    """The uids of the looks at menus of these accounts in which links were left to the next run."""
    link = table_of(LinkResult).c
    return frozenset(
        session.scalars(
            select(_LOOK.uid)
            .join(table_of(LinkResult), link.observation_id == _LOOK.id)
            .where(_LOOK.account_id.in_(ids), _LOOK.kind == CheckKind.MENU)
            .where(_LOOK.observed_at >= since, link.failure == Reason.OWN_LIMIT)
        )
    )


def rhythms(session: Session, ids: Sequence[int], now: datetime) -> Mapping[int, Rhythm]:
    """How regularly these accounts post, by all posts of the lists read in the last weeks."""
    since = now - timedelta(days=HISTORY_DAYS)
    rows = session.execute(
        select(
            _LOOK.account_id,
            _LOOK.observed_at,
            _LOOK.coverage,
            _LOOK.covered_since,
            _LOOK.facts["posts"],
        )
        .where(_LOOK.account_id.in_(ids), _LOOK.kind.in_(KINDS))
        .where(_LOOK.outcome == Outcome.READ, _LOOK.observed_at >= since)
        .order_by(_LOOK.account_id, _LOOK.observed_at)
        .execution_options(yield_per=200)
    )
    days: defaultdict[int, set[date]] = defaultdict(set)
    first: dict[int, date] = {}
    last: dict[int, date] = {}
    for account, observed_at, coverage, covered_since, posts in rows:
        shown = _days(posts or ())
        days[account] |= shown
        told_from = _told_from(coverage, covered_since, shown, observed_at)
        first[account] = min(first.get(account, told_from), told_from)
        last[account] = shanghai_date(observed_at)
    return {key: Rhythm.of(days[key], first[key], last[key]) for key in last}


def _days(posts: Iterable[Any]) -> set[date]:
    return {shanghai_date(_moment(post["at"])) for post in posts if post["own"]}


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told_from(
    coverage: CoverageKind, since: datetime | None, shown: Collection[date], at: datetime
) -> date:
    """The first day of which a list tells."""
    if coverage in {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}:
        return shanghai_date(at) - timedelta(days=HISTORY_DAYS)
    if coverage is CoverageKind.REACHES_BACK_TO and since is not None:
        return shanghai_date(since)
    return min(shown, default=shanghai_date(at))
