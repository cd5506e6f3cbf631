"""The verdict over one account: FRESH, STALE, PENDING, GONE or UNKNOWN, with its finding codes.

A pure function of what was seen, a rule set and a time point. STALE has to be proven: a look that
failed, a list that may lack posts or ends before the time point never leads to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from registry.vocab import Reason, RunMethod, Verdict
from verdicts.codes import Case, examined, hits
from verdicts.existence import Standing, presence
from verdicts.lists import newest_post, obstacle, silence
from verdicts.points import Point
from verdicts.ruleset import RuleSet
from verdicts.seen import AccountFacts, Judgement, Seen, Why

_ABSENT = {
    Standing.GONE: (Verdict.GONE, Why.GONE_TWICE),
    Standing.PENDING: (Verdict.PENDING, Why.GONE_ONCE),
    Standing.RESTRICTED: (Verdict.UNKNOWN, Why.RESTRICTED),
}


def freshness(
    account: AccountFacts,
    seen: Sequence[Seen],
    ruleset: RuleSet,
    *,
    at: datetime,
    until: datetime | None = None,
) -> Judgement:
    """The verdict at `at` (aware) over everything that was ever `seen` of a live account.

    `until` bounds the signals that it is gone (normally the next time point). What the unit
    reported of itself counts, and the judgement says where it would be another without.
    """
    return judge(account, seen, Point.of(at, ruleset, until))


def judge(account: AccountFacts, seen: Sequence[Seen], point: Point) -> Judgement:
    """As `freshness`, for a point made once for many accounts."""
    point = point.of_platform(account.platform)
    whole = _judge(account, seen, point)
    others = [look for look in seen if look.method is not RunMethod.SELF_REPORT]
    if len(others) == len(seen):
        return whole
    return replace(whole, self_reported=whole.verdict is not _judge(account, others, point).verdict)


def _judge(account: AccountFacts, seen: Sequence[Seen], point: Point) -> Judgement:
    newest, shown_in = newest_post(seen, point.at)
    there = presence(seen, at=point.at, gone_hours=point.rules.gone_hours, until=point.until)
    case = Case(account, seen, point, newest, shown_in, there)
    verdict, why, proof, reason = _verdict(case)
    return Judgement(
        account_uid=account.uid,
        verdict=verdict,
        why=why,
        days=case.days,
        within_edge=_within_edge(case),
        newest=newest,
        proof=proof,
        reason=reason,
        hits=hits(case, verdict, proof),
        examined=examined(case, verdict),
    )


def _verdict(case: Case) -> tuple[Verdict, Why, tuple[str, ...], Reason | None]:
    """(verdict, why, proof, reason of a look that read nothing)."""
    point, there = case.point, case.presence
    if there.standing in _ABSENT:
        verdict, why = _ABSENT[there.standing]
        return verdict, why, there.proof, None
    if case.newest is not None and case.newest.day >= point.first_day:
        return Verdict.FRESH, Why.RECENT_POST, case.shown_in, None
    proof = silence(case.seen, point.at, point.first_day)
    if proof is None:
        missing, reason = obstacle(case.seen, point.at)
        return Verdict.UNKNOWN, missing, (), reason
    if not case.open_since(point.first_day):
        return Verdict.UNKNOWN, Why.TOO_NEW, (proof.uid,), None
    why = Why.NO_RECENT_POST if case.newest else Why.NONE_IN_WINDOW
    why = Why.NEVER_POSTED if case.never_posted else why
    return Verdict.STALE, why, tuple(dict.fromkeys((proof.uid, *case.shown_in))), None


def _within_edge(case: Case) -> bool:
    point, days = case.point, case.days
    return days is not None and abs(days - point.window_days) <= point.rules.edge_margin_days
