"""The judge's facts read from the tables, set by set: a handful of queries for 100,000 accounts.

Of looks before the time point only what can matter is read: the newest post known, and the signs
of accounts that ever gave a signal of being gone. The verdict is the same as over all looks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from registry.models import Account, AccountRole, Observation, Run, Sweep, table_of
from registry.vocab import (
    MOST_POSTS,
    LIVE_STATES,
    CheckKind,
    CoverageKind,
    Existence,
    Precision,
    RoleKind,
    RunMethod,
)
from verdicts.points import Point
from verdicts.seen import AccountFacts, Seen, SeenPost

_LOOK = table_of(Observation).c
_ACCOUNT = table_of(Account).c
_ROLE = table_of(AccountRole).c
_RUN = table_of(Run).c
_SWEEP = table_of(Sweep).c

KINDS = (CheckKind.FRESHNESS, CheckKind.IDENTITY)
"""The checks that speak about whether an account is there and updated."""

MOST_NAMED = 500
"""Up to so many accounts are named in a query; more are read as a whole and sorted out here."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A live account as the judge needs it, with the keys that findings are stored under."""

    id: int
    name: str
    facts: AccountFacts
    unit_id: int | None
    """主办单位, who must put a finding right."""


def next_time_point(session: Session, at: datetime) -> datetime | None:
    """The first monitoring time point after `at`."""
    session.flush()
    later = select(func.min(_SWEEP.time_point)).where(_SWEEP.time_point > at)
    found: datetime | None = session.scalar(later)
    return found


def subjects(session: Session, accounts: Collection[str] | None = None) -> dict[int, Subject]:
    """The live accounts by key, all or those of the uids given, in the order of the ledger."""
    session.flush()
    query = select(
        _ACCOUNT.id,
        _ACCOUNT.name,
        _ACCOUNT.uid,
        _ACCOUNT.platform,
        _ACCOUNT.state,
        _ACCOUNT.opened_on,
    ).where(_ACCOUNT.state.in_(LIVE_STATES))
    if accounts is not None and len(accounts) <= MOST_NAMED:
        query = query.where(_ACCOUNT.uid.in_(list(accounts)))
    hosts = _hosts(session)
    wanted = None if accounts is None else set(accounts)
    return {
        key: Subject(key, name, AccountFacts(uid, platform, state, opened_on), hosts.get(key))
        for key, name, uid, platform, state, opened_on in session.execute(
            query.order_by(_ACCOUNT.id)
        )
        if wanted is None or uid in wanted
    }


def _hosts(session: Session) -> dict[int, int]:
    """Account key → key of its host unit now."""
    query = select(_ROLE.account_id, _ROLE.unit_id).where(
        _ROLE.role == RoleKind.HOST, _ROLE.valid_to.is_(None)
    )
    return {account: unit for account, unit in session.execute(query.order_by(_ROLE.id))}


def looks(session: Session, point: Point, keys: Collection[int]) -> dict[int, list[Seen]]:
    """Account key → the looks that can matter at `point`."""
    found: dict[int, dict[str, Seen]] = {key: {} for key in keys}
    for read in (_since, _gone_before, _newest_before):
        for account, look in read(session, point, _named(keys)):
            if account in found:
                found[account].setdefault(look.uid, look)
    return {account: list(looks.values()) for account, looks in found.items()}


def looks_since(session: Session, since: datetime, keys: Collection[int]) -> dict[int, list[Seen]]:
    """Account key → every look at or after `since` (aware), each with its newest post alone."""
    found: dict[int, list[Seen]] = {key: [] for key in keys}
    for row in _rows(session, _query(_named(keys), _LOOK.observed_at >= since)):
        account, look = read_look(row)
        if account in found:
            found[account].append(look)
    return found


def signs_of_missing(session: Session, point: Point) -> dict[int, list[Seen]]:
    """Account key → the signs before `point` of each account that ever gave one of being gone."""
    found: dict[int, list[Seen]] = {}
    for account, look in _gone_before(session, point, _LOOK.kind.in_(KINDS)):
        found.setdefault(account, []).append(look)
    return found


def newest_posts(session: Session, before: datetime, keys: Collection[int]) -> dict[int, datetime]:
    """Account key → its newest own post at or before `before` (aware), where one was ever seen."""
    session.flush()
    query = (
        select(_LOOK.account_id, func.max(_LOOK.last_post_at))
        .where(_named(keys), _LOOK.last_post_at <= before)
        .group_by(_LOOK.account_id)
    )
    return {key: at for key, at in session.execute(query) if key in keys and at is not None}


def _named(keys: Collection[int]) -> ColumnElement[bool]:
    of_kind = _LOOK.kind.in_(KINDS)
    if len(keys) > MOST_NAMED:
        return of_kind
    return and_(of_kind, _LOOK.account_id.in_(list(keys)))


LOOK = (
    _LOOK.account_id,
    _LOOK.uid,
    _LOOK.observed_at,
    _LOOK.outcome,
    _RUN.method,
    _LOOK.reason,
    _LOOK.existence,
    _LOOK.signal,
    _LOOK.last_post_at,
    _LOOK.last_post_precision,
    _LOOK.coverage,
    _LOOK.covered_since,
    _LOOK.covered_until,
)


def _query(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*LOOK).join(table_of(Run), _LOOK.run_id == _RUN.id).where(*conditions)


def read_look(row: Any) -> tuple[int, Seen]:
    """Account key and look, from a row of the columns `LOOK`."""
    account, uid, at, outcome, method, reason, existence, signal, last, precision, *cover = row
    newest = (SeenPost(last, precision or Precision.SECOND),) if last is not None else ()
    return account, Seen(uid, at, outcome, method, reason, existence, signal, newest, *cover)


def _since(
    session: Session, point: Point, named: ColumnElement[bool]
) -> Iterable[tuple[int, Seen]]:
    """Every look at or after the time point; of lists with later posts all posts are read."""
    after = _LOOK.observed_at >= point.at
    later = select(_LOOK.uid, _LOOK.facts).where(named, after, _LOOK.last_post_at > point.at)
    stored = {uid: stored_posts(facts) for uid, facts in _rows(session, later)}
    for row in _rows(session, _query(named, after)):
        account, look = read_look(row)
        yield account, _with_all(look, *stored[look.uid]) if look.uid in stored else look


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    session.flush()
    return session.execute(query.execution_options(yield_per=2000))


def stored_posts(facts: Mapping[str, Any]) -> tuple[tuple[SeenPost, ...], datetime | None]:
    """The account's own posts in the stored facts of an observation, and from when on they are
    whole: None, unless the list is so long that it may have been cut."""
    posts = facts.get("posts", [])
    own = tuple(
        SeenPost(datetime.fromisoformat(post["at"]), Precision(post["precision"]))
        for post in posts
        if post["own"]
    )
    if len(posts) < MOST_POSTS:
        return own, None
    return own, min(datetime.fromisoformat(post["at"]) for post in posts)


def _with_all(look: Seen, posts: tuple[SeenPost, ...], whole_from: datetime | None) -> Seen:
    """The look with all its posts; one whose list may have been cut reaches back only so far."""
    look = replace(look, posts=posts)
    if whole_from is None or look.coverage in {CoverageKind.PARTIAL, CoverageKind.UNREAD}:
        return look
    since = max(whole_from, look.covered_since or whole_from)
    return replace(look, coverage=CoverageKind.REACHES_BACK_TO, covered_since=since)


def _gone_before(
    session: Session, point: Point, named: ColumnElement[bool]
) -> Iterable[tuple[int, Seen]]:
    """Earlier signs of the accounts that ever gave a signal of being gone."""
    gone = select(_LOOK.account_id).where(
        # told as it stands in ix_observation_gone, which holds these few rows alone
        named,
        _LOOK.existence == literal(Existence.GONE_SIGNAL, literal_execute=True),
    )
    sign = or_(_LOOK.existence != Existence.UNKNOWN, _LOOK.last_post_at.is_not(None))
    before = _LOOK.observed_at < point.at
    return map(read_look, _rows(session, _query(named, before, sign, _LOOK.account_id.in_(gone))))


def _newest_before(
    session: Session, point: Point, named: ColumnElement[bool]
) -> Iterable[tuple[int, Seen]]:
    """The looks that show the newest post, of self-reports and of all others apart."""
    reports = select(_RUN.id).where(_RUN.method == RunMethod.SELF_REPORT)
    own = _LOOK.run_id.in_(reports)
    parts = [~own, own] if session.scalar(reports.limit(1)) is not None else [true()]
    for of_these in parts:
        # answered from the index ix_observation_newest alone
        newest = (
            select(_LOOK.account_id, func.max(_LOOK.last_post_at).label("at"))
            .where(named, of_these, _LOOK.last_post_at <= point.at)
            .group_by(_LOOK.account_id)
            .subquery()
        )
        same = and_(_LOOK.account_id == newest.c.account_id, _LOOK.last_post_at == newest.c.at)
        before = _query(named, of_these, _LOOK.observed_at < point.at)
        yield from map(read_look, _rows(session, before.join(newest, same)))
