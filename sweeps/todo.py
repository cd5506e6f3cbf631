"""What no machine could read in a sweep, for people to look at: accounts by risk, menu entries.

Reads only. It lists what the sweep has looked at without an answer, not what it has yet to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
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
    CoverageKind,
    Existence,
    LinkKind,
    Outcome,
    Reason,
    RoleKind,
    RunMethod,
)
from sweeps.plan import Moments, below

FOR_PEOPLE = frozenset(
    {LinkKind.MINIPROGRAM, LinkKind.QR, LinkKind.EVENT, LinkKind.MATERIAL, LinkKind.UNKNOWN}
)
"""Menu entries that lead where HTTP does not."""

_UNANSWERED = WALL_REASONS | {Reason.HOST_BLOCKED, Reason.CHECKER_ERROR, Reason.CHECKER_TIMEOUT}
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


def todo(
    session: Session,
    *,
    at: datetime,
    catalogue: Catalogue | None = None,
    unit_id: int | None = None,
) -> list[TodoRow]:
    """What a person must see for time point `at`: accounts by risk and unit, then menu entries.

    Raises NotFound when there was no sweep for `at`.
    """
    sweep = session.scalars(select(Sweep).where(Sweep.time_point == at)).first()
    if sweep is None:
        raise NotFound(
            _("There was no sweep for that time point."), _("`taizhang sweep list` shows them.")
        )
    moments = _moments(session, sweep)
    reasons = {**_unread(session, sweep, moments), **_unread_apps(session, sweep)}
    closed = _unread_handles(session, sweep)
    reasons |= closed
    entries = _entries(session, sweep)
    accounts = _accounts(session, {*reasons, *entries}, set(closed), unit_id, catalogue)
    newest = _newest(session, reasons, at)
    rows = [
        _ranked(accounts[key], reason, newest.get(key), moments)
        for key, reason in reasons.items()
        if key in accounts
    ]
    rows.sort(key=lambda row: (_ORDER.index(row.risk), row.unit, row.platform, row.name))
    menus = [
        replace(accounts[key], entry=entry, reason=entry.reason)
        for key, found in entries.items()
        if key in accounts
        for entry in found
    ]
    menus.sort(key=lambda row: (row.unit, row.name))
    return rows + menus


def _moments(session: Session, sweep: Sweep) -> Moments:
    """The windows that the sweep's runs were planned with; two weeks where none was."""
    options = session.scalars(
        select(Run.options).where(Run.sweep_id == sweep.id).order_by(Run.id.desc())
    )
    found: Mapping[str, Any] = next((o for o in options if "window_days" in o), {})
    window, fresh = found.get("window_days", 14), found.get("fresh_days", 14)
    return Moments.of(sweep.time_point, sweep.time_point, window, fresh)


# --- accounts ---------------------------------------------------------------------------------


def _unread(session: Session, sweep: Sweep, moments: Moments) -> dict[int, Reason | None]:
    """Account key → why, for each account about which no look of the sweep was conclusive."""
    rows = session.execute(
        select(
            Observation.account_id,
            Observation.outcome,
            Observation.reason,
            Observation.existence,
            Observation.observed_at,
            Observation.last_post_at,
            Observation.coverage,
            Observation.covered_since,
            Observation.covered_until,
        )
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id == sweep.id, Observation.kind == CheckKind.FRESHNESS)
        .order_by(Observation.id)
    ).all()
    told = {row.account_id for row in rows if _tells(row, moments)}
    reasons: dict[int, Reason | None] = {}
    for row in rows:
        if row.account_id not in told:
            reasons[row.account_id] = row.reason
    return reasons


def _unread_apps(session: Session, sweep: Sweep) -> dict[int, Reason | None]:
    """Account key → why, for each app whose stores told nothing and that no person has seen."""
    by_people = Run.method.in_((RunMethod.HAND, RunMethod.SELF_REPORT))
    rows = session.execute(
        select(Observation.account_id, Observation.kind, Observation.outcome, Observation.reason)
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id == sweep.id, or_(Observation.kind == CheckKind.APP, by_people))
        .order_by(Observation.id)
    ).all()
    told = {row.account_id for row in rows if row.outcome is Outcome.READ}
    return {
        row.account_id: row.reason
        for row in rows
        if row.kind is CheckKind.APP and row.account_id not in told
    }


def _unread_handles(session: Session, sweep: Sweep) -> dict[int, Reason | None]:
    """Account key → why, for each cancelled account of which no machine could ask for an id and
    that no person has looked at."""
    rows = session.execute(
        select(Observation.account_id, Observation.outcome, Observation.reason)
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id == sweep.id, Observation.kind == CheckKind.HANDLE)
        .order_by(Observation.id)
    ).all()
    told = {row.account_id for row in rows if row.outcome is not Outcome.UNSUPPORTED}
    return {row.account_id: row.reason for row in rows if row.account_id not in told}


def _tells(row: Any, moments: Moments) -> bool:
    """True when the look leaves a person nothing to add for the time point."""
    if row.outcome is not Outcome.READ:
        return False
    if row.existence in {Existence.GONE_SIGNAL, Existence.RESTRICTED}:
        return True
    if row.last_post_at and moments.fresh_since <= row.last_post_at <= moments.time_point:
        return True
    current = min(row.observed_at, row.covered_until or row.observed_at)
    if current < moments.time_point:
        return False
    if row.coverage is CoverageKind.REACHES_BACK_TO:
        return row.covered_since is not None and row.covered_since <= moments.read_back_to
    return row.coverage in {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}


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


def _entries(session: Session, sweep: Sweep) -> dict[int, list[MenuEntry]]:
    """Account key → entries of its menu, as the sweep last read it, that nobody has tried yet."""
    rows = session.execute(
        select(Observation.id, Observation.account_id, LinkResult)
        .join(Run, Run.id == Observation.run_id)
        .join(LinkResult, LinkResult.observation_id == Observation.id)
        .where(Run.sweep_id == sweep.id, Observation.kind == CheckKind.MENU)
        .order_by(Observation.id, LinkResult.id)
    )
    tried: set[tuple[int, str, str]] = set()
    latest: dict[int, tuple[int, list[MenuEntry]]] = {}
    for look, key, link in rows:
        if link.signal in {SEEN_WORKING, SEEN_BROKEN}:
            tried.add((key, link.path, link.label))
            continue
        if latest.get(key, (0,))[0] != look:
            latest[key] = (look, [])
        if _for_people(link):
            latest[key][1].append(_entry(link))
    left = {
        key: [entry for entry in entries if (key, entry.path, entry.label) not in tried]
        for key, (_look, entries) in latest.items()
    }
    return {key: entries for key, entries in left.items() if entries}


def _for_people(link: LinkResult) -> bool:
    """Whether a person must try it: it is of a kind that HTTP seldom reaches and nothing has told
    of it, or a wall stood before it."""
    told = link.failure is None and (link.signal or link.status)
    if link.signal in LOOK_SIGNALS:
        return True
    return (link.kind in FOR_PEOPLE and not told) or link.failure in _UNANSWERED


def _entry(link: LinkResult) -> MenuEntry:
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
