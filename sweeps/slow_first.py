"""Which links kept a sweep waiting the last time, so that the next one begins with them.

A silent address takes as long as everything else together; asked last, it is what the whole sweep
waits for. Only the order follows from this: what is asked, and what is stored, stays the same.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from checkers.base import Facts
from registry.models import LinkResult, Observation, PlannedCheck
from registry.vocab import TRANSIENT_REASONS, CheckKind, Outcome

SLOW = 2.0
"""Seconds from which an answer counts as a long one; most come within one."""

KEY = "slow"
"""In the facts of an observation: address → seconds. In a planned target: addresses."""


def slow_answers(facts: Facts) -> dict[str, float]:
    """Address → seconds of the links that answered late."""
    late = (fact for fact in facts.link_facts if fact.url and fact.seconds >= SLOW)
    return {fact.url: round(float(fact.seconds), 1) for fact in late}


def slow_links(session: Session, accounts: Select[Any]) -> dict[int, tuple[str, ...]]:
    """Account key → addresses that the last look at its links waited for: late answers, and
    failures after which we try again. `accounts`: the keys in question."""
    last = (
        select(func.max(Observation.id))
        .where(Observation.kind == CheckKind.MENU, Observation.outcome == Outcome.READ)
        .where(Observation.account_id.in_(accounts))
        .group_by(Observation.account_id)
    )
    failed = or_(LinkResult.failure.in_(TRANSIENT_REASONS), LinkResult.status >= 500)
    rows = session.execute(
        select(Observation.account_id, LinkResult.url)
        .join(LinkResult, LinkResult.observation_id == Observation.id)
        .where(Observation.id.in_(last), LinkResult.url != "", failed)
        .order_by(LinkResult.id)
    )
    found = defaultdict[int, dict[str, None]](dict)
    for account, url in rows:
        found[account][url] = None
    late = Observation.facts[KEY]
    for account, seconds in session.execute(
        select(Observation.account_id, late)
        .where(Observation.id.in_(last), late.as_string().is_not(None))
        .order_by(Observation.id)
    ):
        found[account] |= dict.fromkeys(seconds)
    return {account: tuple(urls) for account, urls in found.items()}


def waits_longest() -> ColumnElement[bool]:
    """By which planned checks are ordered: those with such links come first."""
    none: ColumnElement[bool] = PlannedCheck.target[KEY].as_string().is_(None)
    return none
