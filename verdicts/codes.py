"""Finding codes of one account: which the facts ask for (hits), and which they can speak about.

A code that was not examined is left as it stands: a look that could not be read neither raises
nor ends anything. Names, links and the national system have codes of their own elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.vocab import AccountState, Verdict
from verdicts.existence import Presence, Standing
from verdicts.lists import silence
from verdicts.points import Point
from verdicts.seen import AccountFacts, Hit, Seen, SeenPost

STALE_CODES = ("ST101", "ST103", "ST105")
"""Of these a stale account has exactly one."""

_EVER = date(1990, 1, 1)
"""No account was opened before."""

HOME_CODE = "SI702"
"""Takes the place of ST101 and ST103 for platforms held to the window of SITE-3: websites."""


@dataclass(frozen=True, slots=True)
class Case:
    """One account at one time point, with what all codes ask first."""

    account: AccountFacts
    seen: Sequence[Seen]
    point: Point
    newest: SeenPost | None
    shown_in: tuple[str, ...]
    """The observation that shows the newest post."""
    presence: Presence

    @property
    def days(self) -> int | None:
        """Shanghai date of the time point minus that of the newest post."""
        return (self.point.day - self.newest.day).days if self.newest else None

    def open_since(self, day: date) -> bool:
        """True unless the account is known to have been opened after `day`."""
        return self.account.opened_on is None or self.account.opened_on <= day

    def posted_since(self, day: date) -> bool:
        return self.newest is not None and self.newest.day >= day

    @property
    def never_posted(self) -> bool:
        """True when a list without a post is whole, or reaches back to the day of opening. One that
        reaches back to the window alone tells nothing of what was before it."""
        since = self.account.opened_on or _EVER
        return self.newest is None and silence(self.seen, self.point.at, since) is not None

    def silent_since(self, day: date) -> Seen | None:
        """The look that proves that nothing was posted from `day` on, though it was open."""
        if self.posted_since(day) or not self.open_since(day):
            return None
        return silence(self.seen, self.point.at, day)


def hits(case: Case, verdict: Verdict, proof: tuple[str, ...]) -> tuple[Hit, ...]:
    """The codes to raise, with severity, facts and proof; codes the rule set does not ask for and
    platforms it does not concern are left out."""
    rules, platform = case.point.rules, case.account.platform
    found = [*_standing_hits(case, verdict), *_silence_hits(case, verdict, proof)]
    return tuple(
        Hit(code, rules.severity(code), facts, measured, uids)
        for code, facts, measured, uids in found
        if rules.asks(code, platform)
    )


_Found = tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]
"""Code, facts, measured figures, observation uids."""


def _standing_hits(case: Case, verdict: Verdict) -> Iterator[_Found]:
    if case.presence.standing is Standing.RESTRICTED:
        yield "ST108", {"signal": case.presence.signal}, {}, case.presence.proof


def _silence_hits(case: Case, verdict: Verdict, proof: tuple[str, ...]) -> Iterator[_Found]:
    if verdict not in {Verdict.FRESH, Verdict.STALE}:
        return
    if verdict is Verdict.STALE:
        yield _stale_code(case), _matter(case), _figures(case), proof
    point = case.point
    soon = point.soon_day if verdict is Verdict.FRESH else None
    days = (("ST102", soon), ("ST106", point.cadence_day), ("ST104", _dormant_day(case)))
    for code, day in days:
        look = case.silent_since(day) if day is not None else None
        if look is not None:
            uids = tuple(dict.fromkeys((look.uid, *case.shown_in)))
            yield code, _matter(case), _figures(case), uids


def _stale_code(case: Case) -> str:
    if case.account.state is AccountState.CLOSING:
        return "ST105"
    if _is_site(case):
        return HOME_CODE
    return "ST103" if case.never_posted else "ST101"


def _is_site(case: Case) -> bool:
    return case.point.rules.window_rule(case.account.platform) == "SITE-3"


def _dormant_day(case: Case) -> date | None:
    """The day of NM-ZOMBIE; None for one never seen posting whose opening nobody knows."""
    known = case.newest is not None or case.account.opened_on is not None
    return case.point.silent_day if known else None


def _matter(case: Case) -> dict[str, Any]:
    """The same silence is the same matter, however long it has lasted by now."""
    if case.newest is None and not case.never_posted:
        return {"newest_day": None, "older_unread": True}
    return {"newest_day": case.newest.day if case.newest else None}


def _figures(case: Case) -> dict[str, Any]:
    point, newest = case.point, case.newest
    return {
        "days": case.days,
        "newest_at": newest.at if newest else None,
        "precision": newest.precision if newest else None,
        "opened_on": case.account.opened_on,
        "time_point": point.at,
        "window_days": point.window_days,
        "edge": point.edge,
    }


def examined(case: Case, verdict: Verdict) -> frozenset[str]:
    """The codes that this case settles: raised above, or known not to hold."""
    codes: set[str] = set()
    if case.presence.standing in {Standing.ALIVE, Standing.RESTRICTED, Standing.GONE}:
        codes.add("ST108")
    if verdict not in {Verdict.FRESH, Verdict.STALE}:
        return frozenset(codes)
    codes.update(STALE_CODES)
    codes.update([HOME_CODE] if _is_site(case) else [])
    point = case.point
    days = {"ST102": point.soon_day, "ST106": point.cadence_day, "ST104": point.silent_day}
    codes.update(code for code, day in days.items() if _told(case, day))
    return frozenset(codes | ({"ST102"} if verdict is Verdict.STALE else set()))


def _told(case: Case, day: date | None) -> bool:
    """True when it is known whether anything was posted from `day` on; None: nobody asks."""
    if day is None or case.posted_since(day) or not case.open_since(day):
        return True
    return silence(case.seen, case.point.at, day) is not None
