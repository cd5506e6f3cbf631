"""Whether an account was there at a time point: gone, pending, restricted, alive, or untold.

A single "not found" never makes an account GONE: platforms answer so while they review an account.
What could not be read says nothing, neither for nor against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from registry.vocab import Existence
from verdicts.seen import Seen


class Standing(StrEnum):
    ALIVE = "alive"
    """Seen to exist at or after the time point."""
    RESTRICTED = "restricted"
    PENDING = "pending"
    """A gone signal, not yet confirmed by a second one far enough from it."""
    GONE = "gone"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Presence:
    """The standing with the observations it rests on and the platform's own words."""

    standing: Standing
    proof: tuple[str, ...] = ()
    signal: str = ""


class _Sign(NamedTuple):
    at: datetime
    existence: Existence
    uid: str
    signal: str


def presence(
    seen: Sequence[Seen], *, at: datetime, gone_hours: int, until: datetime | None = None
) -> Presence:
    """How the account stood at `at`, by signs before `until` (both aware).

    GONE: two gone signals at least `gone_hours` apart without a sign of life after the first of
    them. A sign of life is a look that found the account, restricted or not, or an own post.
    """
    signs = sorted(sign for sign in _signs(seen) if until is None or sign.at < until)
    after = [sign for sign in signs if sign.at >= at]
    restricted = next((s for s in after if s.existence is Existence.RESTRICTED), None)
    alive = next((s for s in after if s.existence is Existence.EXISTS), None)
    if alive is not None:
        if restricted is not None and restricted.at < alive.at:
            return Presence(Standing.RESTRICTED, (restricted.uid,), restricted.signal)
        return Presence(Standing.ALIVE, (alive.uid,))
    streak = _gone_streak(signs)
    if streak:
        far = streak[-1].at - streak[0].at >= timedelta(hours=gone_hours)
        ends = (streak[0].uid, streak[-1].uid) if far else (streak[-1].uid,)
        return Presence(Standing.GONE if far else Standing.PENDING, ends, streak[-1].signal)
    if restricted is not None:
        return Presence(Standing.RESTRICTED, (restricted.uid,), restricted.signal)
    return Presence(Standing.UNTOLD)


def missing_since(seen: Sequence[Seen]) -> datetime | None:
    """The first gone signal without a sign of life after it, UTC; None where there is none."""
    streak = _gone_streak(sorted(_signs(seen)))
    return streak[0].at if streak else None


def _signs(seen: Sequence[Seen]) -> Iterator[_Sign]:
    for look in seen:
        if not look.is_read:
            continue
        if look.existence is not Existence.UNKNOWN:
            yield _Sign(look.observed_at, look.existence, look.uid, look.signal)
        for post in look.posts:
            yield _Sign(post.at, Existence.EXISTS, look.uid, "")


def _gone_streak(signs: Sequence[_Sign]) -> list[_Sign]:
    """The gone signals since the last sign of life."""
    streak: list[_Sign] = []
    for sign in signs:
        streak = [*streak, sign] if sign.existence is Existence.GONE_SIGNAL else []
    return streak
