"""Open accounts that may be gone by now. A verdict speaks of its time point; whoever sweeps ahead of
the next one hears of them here at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import chunks
from registry.models import Account
from registry.vocab import LIVE_STATES
from verdicts.existence import Standing, missing_since, presence
from verdicts.points import Point
from verdicts.reading import signs_of_missing
from verdicts.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Missing:
    """One account that gave a signal of being gone, without a sign of life after it."""

    account_uid: str
    platform: str
    name: str
    since: datetime
    """UTC; the first signal without a sign of life after it."""
    again_from: datetime
    """UTC; from then on a second one makes it gone."""
    signal: str
    """In the platform's own words."""
    gone: bool = False
    """The second one has come."""


def pending(
    session: Session, rules: RuleSet, now: datetime, judged: datetime | None = None
) -> list[Missing]:
    """Those that are PENDING by every look up to `now` (aware), the longest missing first; with them
    those that are GONE by signals since `judged`, the last time point, of which it cannot tell."""
    point = Point.of(now + timedelta(seconds=1), rules)
    apart = timedelta(hours=rules.gone_hours)
    found: dict[int, tuple[datetime, str, bool]] = {}
    for key, seen in signs_of_missing(session, point).items():
        there = presence(seen, at=point.at, gone_hours=rules.gone_hours)
        since, gone = missing_since(seen), there.standing is Standing.GONE
        if since is not None and (not gone or (judged is not None and since >= judged)):
            found[key] = since, there.signal, gone
    told = [
        Missing(uid, platform, name, found[key][0], found[key][0] + apart, *found[key][1:])
        for some in chunks(sorted(found))
        for key, uid, platform, name in session.execute(
            select(Account.id, Account.uid, Account.platform, Account.name).where(
                Account.id.in_(some), Account.state.in_(LIVE_STATES)
            )
        )
    ]
    return sorted(told, key=lambda each: (each.since, each.platform, each.name))
