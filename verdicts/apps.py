"""Whether an app can still be downloaded (ST107, NM-V2b): what stores and people said of it.

Offered again, the finding ends; a look that read nothing neither raises nor ends it. That an app
is offered does not show that it works: a person who finds that it does not says so himself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from registry.findings.drafts import Draft
from registry.models import Observation, Run, table_of
from registry.vocab import CheckKind, Existence, Outcome, RunMethod, SubjectKind
from verdicts.existence import Standing, presence
from verdicts.points import Point
from verdicts.reading import KINDS, MOST_NAMED, Subject
from verdicts.seen import Seen

_LOOK = table_of(Observation).c
_RUN = table_of(Run).c

APP_CODE = "ST107"
SEEN_MISSING = "seen_missing"
"""The signal where a person said no more than that it is not there."""

_BY_PEOPLE = (RunMethod.HAND, RunMethod.SELF_REPORT)


@dataclass(frozen=True, slots=True)
class AppJudgement:
    """An app about which something was told between the time point and the next."""

    account_id: int
    missing: bool
    """False: it was offered, or a person found it."""
    proof: tuple[str, ...] = ()
    signal: str = ""
    since: datetime | None = None
    """The first of the looks that it rests on, and the last."""
    seen_at: datetime | None = None


def judge_apps(
    session: Session, point: Point, subjects: Mapping[int, Subject]
) -> Iterator[AppJudgement]:
    """The apps among `subjects` (by key) about which a look at or after the time point decides.

    Which platforms are apps the rule set says, by those to which its rule applies.
    """
    rules = point.rules
    keys = {key for key, s in subjects.items() if rules.asks(APP_CODE, s.facts.platform)}
    if not keys:
        return
    now = _signs(session, _from(point), keys)
    gone = {
        key
        for key, looks in now.items()
        if any(look.existence is Existence.GONE_SIGNAL for look in looks)
    }
    before = _signs(session, _LOOK.observed_at < point.at, gone) if gone else {}
    for key, looks in now.items():
        told = judge_app(key, [*before.get(key, ()), *looks], point)
        if told is not None:
            yield told


def judge_app(account: int, looks: Sequence[Seen], point: Point) -> AppJudgement | None:
    """The judgement over one app by all looks that told something of it; None if undecided.

    `looks` must hold one at or after the time point. Missing: two gone signals as far apart as the
    rule set's method asks (`gone_hours`), with no sign of the app since the first of them.
    """
    there = presence(looks, at=point.at, gone_hours=point.rules.gone_hours, until=point.until)
    if there.standing is Standing.ALIVE:
        return AppJudgement(account, False, there.proof)
    if there.standing is not Standing.GONE:
        return None
    at = sorted(look.observed_at for look in looks if look.uid in there.proof)
    signal = there.signal or SEEN_MISSING
    return AppJudgement(account, True, there.proof, signal, at[0], at[-1])


def app_drafts(subject: Subject, told: AppJudgement, point: Point) -> Iterator[Draft]:
    """The finding of an app that cannot be downloaded; nothing for one that can."""
    if told.missing:
        yield Draft(
            SubjectKind.ACCOUNT,
            subject.facts.uid,
            APP_CODE,
            account_id=subject.id,
            unit_id=subject.unit_id,
            facts={"signal": told.signal},
            measured={"missing_since_at": told.since, "seen_at": told.seen_at},
            observation_uids=told.proof,
            severity=point.rules.severity(APP_CODE),
        )


# --- reading ------------------------------------------------------------------------------------


def _from(point: Point) -> ColumnElement[bool]:
    after = _LOOK.observed_at >= point.at
    return after if point.until is None else and_(after, _LOOK.observed_at < point.until)


def _signs(
    session: Session, when: ColumnElement[bool], keys: Collection[int]
) -> dict[int, list[Seen]]:
    """Account key → the looks that told whether the app is there: at stores, and by people."""
    session.flush()
    by_people = and_(_LOOK.kind.in_(KINDS), _RUN.method.in_(_BY_PEOPLE))
    query = (
        select(
            _LOOK.account_id,
            _LOOK.uid,
            _LOOK.observed_at,
            _RUN.method,
            _LOOK.existence,
            _LOOK.signal,
        )
        .join(table_of(Run), _LOOK.run_id == _RUN.id)
        .where(or_(_LOOK.kind == CheckKind.APP, by_people), when)
        .where(_LOOK.outcome == Outcome.READ, _LOOK.existence != Existence.UNKNOWN)
        .order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)
    )
    if len(keys) <= MOST_NAMED:
        query = query.where(_LOOK.account_id.in_(sorted(keys)))
    found: dict[int, list[Seen]] = {}
    rows: Any = session.execute(query.execution_options(yield_per=2000))
    for key, uid, at, method, existence, signal in rows:
        if key in keys:
            look = Seen(uid, at, method=method, existence=existence, signal=signal)
            found.setdefault(key, []).append(look)
    return found
