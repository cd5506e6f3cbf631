"""Which links kept a sweep waiting the last time, so that the next one begins with them.

A silent address takes as long as everything else together, and one that leads on to another as long
as two; asked last, it is what the whole sweep waits for. Only the order follows from this: what is
asked, and what is stored, stays the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from checkers.base import Facts
from registry.models import LinkResult, Observation, PlannedCheck, table_of
from registry.vocab import TRANSIENT_REASONS, CheckKind, Outcome

SLOW = 2.0
"""Seconds from which an answer counts as a long one; most come within one."""

MOST_MOVED = 20
"""Addresses of one account that are kept in its plan for leading on; there may be a great many."""

KEY = "slow"
"""In the facts of an observation: address → seconds. In a planned target: addresses."""


def slow_answers(facts: Facts) -> dict[str, float]:
    """Address → seconds of the links that answered late."""
    late = (fact for fact in facts.link_facts if fact.url and fact.seconds >= SLOW)
    return {fact.url: round(float(fact.seconds), 1) for fact in late}


@dataclass(frozen=True, slots=True)
class Waited:
    """What the last look at the links of one account waited for."""

    ill: tuple[str, ...] = ()
    """Addresses that failed in a way after which we try again."""
    late: tuple[str, ...] = ()
    """Others that answered late."""

    @property
    def slow(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.ill, *self.late)


def slow_links(session: Session, accounts: Select[Any]) -> dict[int, Waited]:
    """Account key → what the last look at its links waited for. `accounts`: the keys in question."""
    look, link = table_of(Observation).c, table_of(LinkResult).c
    last = _last_looks(look.account_id.in_(accounts))
    failed = or_(link.failure.in_(TRANSIENT_REASONS), link.status >= 500)
    rows = session.execute(
        select(look.account_id, link.url)
        .join(table_of(LinkResult), link.observation_id == look.id)
        .where(look.id.in_(last), link.url != "", failed)
        .order_by(link.id)
    )
    ill = defaultdict[int, dict[str, None]](dict)
    for account, url in rows:
        ill[account][url] = None
    seconds = look.facts[KEY]
    answered = session.execute(
        select(look.account_id, seconds)
        .where(look.id.in_(last), seconds.as_string().is_not(None))
        .order_by(look.id)
    )
    late = {account: tuple(urls) for account, urls in answered}
    return {
        account: Waited(
            tuple(ill[account]), tuple(u for u in late.get(account, ()) if u not in ill[account])
        )
        for account in ill.keys() | late.keys()
    }


def moved_links(session: Session, accounts: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Account key → addresses, the first few, that led on to others at the last look at its links.
    `accounts`: keys, as many as one statement may name."""
    look, link = table_of(Observation).c, table_of(LinkResult).c
    rows = session.execute(
        select(look.account_id, link.url)
        .join(table_of(LinkResult), link.observation_id == look.id)
        .where(look.id.in_(_last_looks(look.account_id.in_(accounts))))
        .where(link.url != "", link.final_url.not_in(("", link.url)))
        .order_by(link.id)
    )
    found = defaultdict[int, dict[str, None]](dict)
    for account, url in rows:
        if len(found[account]) < MOST_MOVED:
            found[account][url] = None
    return {account: tuple(urls) for account, urls in found.items()}


def _last_looks(of: ColumnElement[bool]) -> Select[Any]:
    """The newest look at the links of each account that was read."""
    look = table_of(Observation).c
    return (
        select(func.max(look.id))
        .where(look.kind == CheckKind.MENU, look.outcome == Outcome.READ, of)
        .group_by(look.account_id)
    )


def waits_longest() -> ColumnElement[bool]:
    """By which planned checks are ordered: those with such links come first."""
    target = table_of(PlannedCheck).c.target
    none: ColumnElement[bool] = target[KEY].as_string().is_(None)
    return none
