"""Looks, posts and moments written as literals: `at("2026-11-22 09:00")` is Shanghai time."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from registry.dates import SHANGHAI, start_of_day
from registry.vocab import CoverageKind, Existence, Outcome, Precision, Reason, RunMethod
from verdicts.seen import Seen, SeenPost

_numbers = count(1)


def at(text: str) -> datetime:
    """The moment in UTC of a day and time printed in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def post(text: str) -> SeenPost:
    """A post of that minute, or of that day when no time is given."""
    if len(text) == 10:
        day = datetime.fromisoformat(text).date()
        return SeenPost(start_of_day(day), Precision.DAY)
    return SeenPost(at(text), Precision.MINUTE)


def look(
    when: str,
    *posts: str,
    coverage: CoverageKind = CoverageKind.COMPLETE,
    since: str | None = None,
    until: str | None = None,
    existence: Existence = Existence.EXISTS,
    method: RunMethod = RunMethod.ENGINE,
    uid: str = "",
) -> Seen:
    """A look that read a list of posts; complete unless told otherwise."""
    return Seen(
        uid or f"look-{next(_numbers)}",
        at(when),
        method=method,
        existence=existence,
        posts=tuple(post(text) for text in posts),
        coverage=CoverageKind.REACHES_BACK_TO if since else coverage,
        covered_since=at(since) if since else None,
        covered_until=at(until) if until else None,
    )


def gone(when: str, uid: str = "") -> Seen:
    """A look at which the platform said that the account is gone."""
    return look(when, coverage=CoverageKind.UNREAD, existence=Existence.GONE_SIGNAL, uid=uid)


def restricted(when: str, uid: str = "") -> Seen:
    return look(when, coverage=CoverageKind.UNREAD, existence=Existence.RESTRICTED, uid=uid)


def alive(when: str) -> Seen:
    """A look that found the account and read no list."""
    return look(when, coverage=CoverageKind.UNREAD)


def failed(when: str, reason: Reason = Reason.LOGIN_WALL) -> Seen:
    """A look that read nothing."""
    return Seen(f"look-{next(_numbers)}", at(when), outcome=Outcome.INCONCLUSIVE, reason=reason)
