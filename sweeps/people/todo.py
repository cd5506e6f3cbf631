"""What no machine could read, for people to look at: accounts by risk, menu entries.

Reads only. It lists what the sweeps have looked at without an answer, not what they have yet to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.errors import NotFound
from registry.messages import _
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    LinkResult,
    Observation,
    Run,
    Sweep,
    Unit,
)
from registry.vocab import (
    LIVE_STATES,
    LOOK_SIGNALS,
    SEEN_BROKEN,
    SEEN_WORKING,
    WALL_REASONS,
    AccountState,
    CheckKind,
    LinkKind,
    Outcome,
    Reason,
    RoleKind,
)
from sweeps.people.unread import Left, Scope, unread_apps, unread_handles, unread_posts
from sweeps.planning.plan import Moments, below

FOR_PEOPLE = frozenset(
    {LinkKind.MINIPROGRAM, LinkKind.QR, LinkKind.EVENT, LinkKind.MATERIAL, LinkKind.UNKNOWN}
)
"""Menu entries that lead where HTTP does not."""

_UNANSWERED = WALL_REASONS | {
    Reason.HOST_BLOCKED,
    Reason.CHECKER_ERROR,
    Reason.CHECKER_TIMEOUT,
}
_SOON = timedelta(days=4)


class Risk(StrEnum):
    """How likely the account is silent, by what was known of it before."""

    OVERDUE = "overdue"
    """The newest post known is older than the window."""
    NEVER_SEEN = "never_seen"
    """No look has ever read a post."""
    SOON = "soon"
    """The window of the newest post known closes within days."""
    RECENT = "recent"
    CLOSED = "closed"
    """It is cancelled: the question is whether anybody holds its id."""


_ORDER = tuple(Risk)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A menu entry that a person must try."""

    path: str
    label: str
    kind: LinkKind
    url: str = ""
    appid: str = ""
    page: str = ""
    reason: Reason | None = None
    """Why it was not tried, e.g. no credential of the mini-program, or the wall that it met."""


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One account to look at, or one entry of its menu."""

    account_uid: str
    unit: str
    """主办单位; empty where none is known."""
    platform: str
    form: str
    name: str
    native_id: str
    url: str
    risk: Risk = Risk.RECENT
    reason: Reason | None = None
    """Why the machine read nothing; None when it read too little to judge."""
    last_post_at: datetime | None = None
    """The newest post that any look has seen up to T."""
    by_machine: bool = False
    """True when a checker for the platform is installed: next time it may succeed."""
    entry: MenuEntry | None = None


@dataclass(frozen=True, slots=True)
class TodoList:
    """What is left of a sweep."""

    rows: list[TodoRow]
    """For people: accounts by risk and unit, then menu entries."""
    later: int
    """How many accounts, or menus of theirs, are not or not wholly among the rows because the next run
    will ask for them: our own limit ended this one."""


def todo(
    session: Session,
    *,
    at: datetime,
    catalogue: Catalogue | None = None,
    unit_id: int | None = None,
) -> list[TodoRow]:
    """The rows of `todo_list`."""
    return todo_list(session, at=at, catalogue=catalogue, unit_id=unit_id).rows


def todo_list(
    session: Session,
    *,
    at: datetime,
    catalogue: Catalogue | None = None,
    unit_id: int | None = None,
) -> TodoList:
    """What a person must see for time point `at`, and what the next run will.

    Of the whole ledger, also where the sweep of `at` itself was about a part of it, see `Scope`.

    Raises NotFound when there was no sweep for `at`.
    """
    sweep = _sweep(session, at)
    left = _unanswered(session, sweep)
    entries, untried = _entries(session, left.scope)
    limited = left.limited | untried
    wanted, closed = {*left.reasons, *entries}, left.closed | limited
    accounts = _accounts(session, wanted | limited, closed, unit_id, catalogue)
    shown = {key for key in wanted & accounts.keys() if _is_shown(key, accounts[key], left)}
    rows = [
        _ranked(accounts[key], reason, left.newest.get(key), left.scope.moments)
        for key, reason in left.reasons.items()
        if key in shown
    ]
    rows.sort(key=lambda row: (_ORDER.index(row.risk), row.unit, row.platform, row.name))
    menus = [
        replace(accounts[key], entry=entry, reason=entry.reason)
        for key, found in entries.items()
        if key in shown
        for entry in found
    ]
    menus.sort(key=lambda row: (row.unit, row.name))
    return TodoList(rows + menus, len(limited & accounts.keys()))


def _is_shown(key: int, row: TodoRow, left: _Unanswered) -> bool:
    """Of cancelled accounts only those whose id is to be looked after."""
    return row.risk is not Risk.CLOSED or key in left.closed


def _sweep(session: Session, at: datetime) -> Sweep:
    sweep = session.scalars(select(Sweep).where(Sweep.time_point == at)).first()
    if sweep is None:
        raise NotFound(
            _("There was no sweep for that time point."), _("`taizhang sweep list` shows them.")
        )
    return sweep


# --- accounts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """By account key, what is known of those that no look has told enough of."""

    scope: Scope
    reasons: Mapping[int, Reason | None]
    """Of those for people: why a machine told nothing."""
    closed: set[int]
    """Those that are cancelled."""
    limited: set[int]
    """Those for the next run instead."""
    newest: Mapping[int, datetime]
    """The newest post known."""


def _unanswered(session: Session, sweep: Sweep) -> _Unanswered:
    scope = Scope.of(session, sweep)
    posts, apps = unread_posts(session, scope), unread_apps(session, scope)
    closed = unread_handles(session, scope)
    newest = _newest(session, {*posts, *apps, *closed}, sweep.time_point)
    still = {key: left.reason for key, left in posts.items() if _open(left, newest.get(key), scope)}
    reasons, limited = dict[int, Reason | None](), set[int]()
    for found in (still, apps, closed):
        limited |= {key for key, reason in found.items() if reason is Reason.OWN_LIMIT}
        reasons |= {key: why for key, why in found.items() if why is not Reason.OWN_LIMIT}
    return _Unanswered(scope, reasons, set(closed), limited - reasons.keys(), newest)


def _open(left: Left, newest: datetime | None, scope: Scope) -> bool:
    """Whether a sweep before that of T has left a question open that the newest post does not answer."""
    return left.sweep_id == scope.sweep_id or newest is None or newest < scope.moments.fresh_since


def _newest(session: Session, keys: Iterable[int], at: datetime) -> dict[int, datetime]:
    """Account key → the newest post that any look has seen up to `at`."""
    wanted = set(keys)
    rows = session.execute(
        select(Observation.account_id, func.max(Observation.last_post_at))
        .where(Observation.outcome == Outcome.READ, Observation.last_post_at <= at)
        .group_by(Observation.account_id)
    )
    return {key: newest for key, newest in rows if key in wanted and newest is not None}


def _ranked(
    row: TodoRow, reason: Reason | None, newest: datetime | None, moments: Moments
) -> TodoRow:
    if row.risk is Risk.CLOSED:
        risk = Risk.CLOSED
    elif newest is None:
        risk = Risk.NEVER_SEEN
    elif newest < moments.fresh_since:
        risk = Risk.OVERDUE
    else:
        risk = Risk.SOON if newest < moments.fresh_since + _SOON else Risk.RECENT
    return replace(row, reason=reason, risk=risk, last_post_at=newest)


# --- menu entries -----------------------------------------------------------------------------


def _entries(session: Session, scope: Scope) -> tuple[dict[int, list[MenuEntry]], set[int]]:
    """Account key → entries of its menu, as last read, that nobody has tried in that sweep or
    since; and the accounts with entries that our own limit left to the next run."""
    rows = session.execute(
        select(
            *(Observation.id, Observation.account_id, Run.sweep_id, LinkResult.path),
            *(LinkResult.label, LinkResult.kind, LinkResult.url, LinkResult.appid, LinkResult.page),
            *(LinkResult.signal, LinkResult.status, LinkResult.failure),
        )
        .join(Run, Run.id == Observation.run_id)
        .join(LinkResult, LinkResult.observation_id == Observation.id)
        .where(Run.sweep_id.in_(scope.sweeps), Observation.kind == CheckKind.MENU)
        .order_by(Observation.id, LinkResult.id)
    )
    tried: dict[tuple[int, str, str], list[tuple[int, int]]] = {}
    latest: dict[int, tuple[int, int, list[MenuEntry]]] = {}
    limited: dict[int, int] = {}
    for link in rows:
        look, key, sweep = link.id, link.account_id, link.sweep_id
        if link.signal in {SEEN_WORKING, SEEN_BROKEN}:
            tried.setdefault((key, link.path, link.label), []).append((look, sweep))
            continue
        if latest.get(key, (0,))[0] != look:
            latest[key] = (look, sweep, [])
        if link.failure is Reason.OWN_LIMIT:
            limited[key] = look
        elif _for_people(link):
            latest[key][2].append(_entry(link))
    left = {
        key: [
            entry
            for entry in entries
            if not any(
                trial > look or of == sweep
                for trial, of in tried.get((key, entry.path, entry.label), ())
            )
        ]
        for key, (look, sweep, entries) in latest.items()
    }
    return (
        {key: entries for key, entries in left.items() if entries},
        {key for key, look in limited.items() if latest[key][0] == look},
    )


def _for_people(link: Row[*tuple[Any, ...]]) -> bool:
    """Whether a person must try it: it is of a kind that HTTP seldom reaches and nothing has told
    of it, or a wall stood before it."""
    told = link.failure is None and (link.signal or link.status)
    if link.signal in LOOK_SIGNALS:
        return True
    return (link.kind in FOR_PEOPLE and not told) or link.failure in _UNANSWERED


def _entry(link: Row[*tuple[Any, ...]]) -> MenuEntry:
    return MenuEntry(
        link.path, link.label, link.kind, link.url, link.appid, link.page, link.failure
    )


# --- who they are -----------------------------------------------------------------------------


def _accounts(
    session: Session,
    keys: set[int],
    closed: set[int],
    unit_id: int | None,
    catalogue: Catalogue | None,
) -> dict[int, TodoRow]:
    """The live accounts among `keys` and the cancelled ones among `closed`, in the words that a list
    is printed with."""
    hosts = _hosts(session, unit_id)
    ids = _native_ids(session)
    columns = (
        Account.id,
        Account.uid,
        Account.platform,
        Account.form,
        Account.name,
        Account.url,
        Account.state,
    )
    query = select(*columns).where(Account.state.in_([*LIVE_STATES, AccountState.CLOSED]))
    platforms = catalogue.platforms if catalogue else {}
    return {
        row.id: TodoRow(
            row.uid,
            hosts.get(row.id, ""),
            row.platform,
            row.form,
            row.name,
            ids.get(row.id, ""),
            row.url,
            Risk.CLOSED if row.state is AccountState.CLOSED else Risk.RECENT,
            by_machine=bool(row.platform in platforms and platforms[row.platform].sources),
        )
        for row in session.execute(query)
        if row.id in (closed if row.state is AccountState.CLOSED else keys)
        if unit_id is None or row.id in hosts
    }


def _hosts(session: Session, unit_id: int | None) -> dict[int, str]:
    query = (
        select(AccountRole.account_id, Unit.name)
        .join(Unit, Unit.id == AccountRole.unit_id)
        .join(Account, Account.id == AccountRole.account_id)
        .where(AccountRole.role == RoleKind.HOST)
        .where(AccountRole.valid_to.is_(None) | (Account.state == AccountState.CLOSED))
    )
    if unit_id is not None:
        query = query.where(AccountRole.unit_id.in_(below(unit_id)))
    return {key: name for key, name in session.execute(query.order_by(AccountRole.id))}


def _native_ids(session: Session) -> Mapping[int, str]:
    query = (
        select(AccountIdentifier.account_id, AccountIdentifier.value)
        .join(Account, Account.id == AccountIdentifier.account_id)
        .where(AccountIdentifier.preferred)
        .where(AccountIdentifier.valid_to.is_(None) | (Account.state == AccountState.CLOSED))
        .order_by(AccountIdentifier.valid_to, AccountIdentifier.id)
    )
    return {key: value for key, value in session.execute(query)}


def accounts_of(rows: Sequence[TodoRow]) -> list[TodoRow]:
    """The rows that are about an account as a whole."""
    return [row for row in rows if row.entry is None]


def entries_of(rows: Sequence[TodoRow]) -> list[TodoRow]:
    """The rows that are about one entry of a menu."""
    return [row for row in rows if row.entry is not None]
