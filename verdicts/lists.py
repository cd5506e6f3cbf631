"""What lists of posts tell: the newest post known, and whether silence since a day is proven.

A post once seen counts even if it was deleted later. Silence needs one list that was current at
the time point and cannot lack a post since that day; anything less proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from registry.dates import start_of_day
from registry.vocab import CoverageKind, Reason, RunMethod
from verdicts.seen import Seen, SeenPost, Why

_WHOLE = frozenset({CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY})


def newest_post(seen: Sequence[Seen], at: datetime) -> tuple[SeenPost | None, tuple[str, ...]]:
    """The newest own post at or before `at` in all looks, with the observation that shows it.

    Of several observations the last one counts that is not a unit's report of itself.
    """
    shown = [(post, look) for look in seen if look.is_read for post in look.posts if post.at <= at]
    if not shown:
        return None, ()
    newest = max(shown, key=lambda pair: (pair[0].at, *_trust(pair[1])))
    return newest[0], (newest[1].uid,)


def _trust(look: Seen) -> tuple[bool, datetime, str]:
    return look.method is not RunMethod.SELF_REPORT, look.observed_at, look.uid


def silence(seen: Sequence[Seen], at: datetime, since: date) -> Seen | None:
    """The look whose list cannot lack a post from the day `since` (Shanghai) up to `at`, or None.

    Such a list is current at `at` or later and complete, proven empty, or reaches back to that day.
    """
    proofs = [look for look in seen if look.read_at >= at and _reaches(look, since)]
    return max(proofs, key=_trust, default=None)


def _reaches(look: Seen, since: date) -> bool:
    if not look.is_read:
        return False
    if look.coverage is CoverageKind.REACHES_BACK_TO:
        return look.covered_since is not None and look.covered_since <= start_of_day(since)
    return look.coverage in _WHOLE


def obstacle(seen: Sequence[Seen], at: datetime) -> tuple[Why, Reason | None]:
    """What is missing for a proof of silence; the nearest look tells."""
    after = [look for look in seen if look.observed_at >= at]
    if not after:
        return Why.NOT_LOOKED, None
    read = [look for look in after if look.is_read]
    if not read:
        return Why.NOT_READ, max(after, key=_trust).reason
    lists = [look for look in read if look.coverage is not CoverageKind.UNREAD]
    if not lists:
        return Why.NO_LIST, None
    current = [look for look in lists if look.read_at >= at]
    if not current:
        return Why.ENDS_EARLY, None
    back = any(look.coverage is CoverageKind.REACHES_BACK_TO for look in current)
    return (Why.NOT_FAR_ENOUGH if back else Why.PARTIAL), None
