"""How regularly an account posts, from all posts that were seen: the chance of a post on some days.

It asks the past weeks: how often was there a post on these very weekdays? Later weeks weigh more,
so that one who falls silent is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

HISTORY_DAYS = 56
"""How far back posts are asked for."""

_FADING = 0.6
"""What each week weighs beside the one after it."""
_DOUBT = 0.25
"""The weight of knowing nothing, of which half speaks for a post."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days with a post as bits, which 100,000 accounts can afford."""

    until: date = date.min
    """The last day of which the lists tell."""
    days: int = 0
    """Bit n: a post on the day n days before `until`."""
    span: int = -1
    """So many days before `until` the lists tell of; −1 where there was none."""

    @classmethod
    def of(cls, posts: Iterable[date], since: date, until: date) -> Rhythm:
        """From the days of posts, where lists tell of the days from `since` to `until`."""
        span = min((until - since).days, HISTORY_DAYS)
        bits = 0
        for day in posts:
            back = (until - day).days
            if 0 <= back <= span:
                bits |= 1 << back
        return cls(until, bits, span)

    def chance(self, first: date, last: date) -> float:
        """Of at least one post from `first` to `last`, both included; 0 when there is no such day."""
        length = (last - first).days + 1
        if length <= 0:
            return 0.0
        back = -(-max((last - self.until).days, 0) // 7) * 7 - (last - self.until).days
        mask, weight, hits, asked = (1 << length) - 1, 1.0, 0.0, 0.0
        while back + length - 1 <= self.span:
            hits += weight * bool(self.days >> back & mask)
            asked += weight
            weight *= _FADING
            back += 7
        return (hits + _DOUBT / 2) / (asked + _DOUBT)
