"""What a sweep owes: one planned check per account, kind and ordinal, written before any request.

Targets are frozen here, so that a resumed run asks the same as the run that was interrupted. It
reads in bulk, and it never asks whether an account should be in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.actors import system_key
from registry.bulk import insert_row
from registry.dates import shanghai_date, start_of_day
from registry.models import Actor, PlannedCheck, Run, Sweep, table_of
from registry.uids import new_uid
from registry.vocab import CheckKind, RunMethod
from sweeps.driving.targets import PlannedTarget
from sweeps.network.credentials import Credentials
from sweeps.planning.choice import AT_ONCE, KINDS, Choice, Filters, below
from sweeps.planning.due import Frame
from sweeps.planning.forecast import Budgets
from sweeps.planning.slow_first import Waited
from sweeps.planning.sourcing import Order, PlannedAccount, Sourcing
from sweeps.planning.survey import Check, Entry, Survey, checks
from sweeps.planning.week import Week

__all__ = [
    "KINDS",
    "Filters",
    "Moments",
    "NewRun",
    "below",
    "sweep_key",
    "iso_week",
    "plan_run",
    "survey_of",
    "unproven",
]


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a run, all UTC."""

    time_point: datetime
    as_of: datetime
    read_back_to: datetime
    """The beginning of the day that lies the window before T."""
    fresh_since: datetime
    """The beginning of the first day on which a post is recent enough for T."""

    @classmethod
    def of(cls, at: datetime, as_of: datetime, window_days: int, fresh_days: int) -> Moments:
        """For time point `at`; windows in days of Shanghai."""
        day = shanghai_date(at)
        first, recent = day - timedelta(days=window_days), day - timedelta(days=fresh_days - 1)
        return cls(at, as_of, start_of_day(first), start_of_day(recent))


class NewRun(NamedTuple):
    """A run that was planned just now."""

    id: int
    uid: str


def iso_week(at: datetime) -> str:
    """The ISO week of a moment in Shanghai, e.g. `2026-W47`."""
    year, week, _day = shanghai_date(at).isocalendar()
    return f"{year}-W{week:02d}"


def sweep_key(session: Session, at: datetime, now: datetime) -> int:
    """The key of the sweep for time point `at`, which is entered at the first mention."""
    session.flush()
    found = _sweep_of(session, at)
    if found is not None:
        return found
    values = {"uid": new_uid(), "time_point": at, "week": iso_week(at), "created_at": now}
    return insert_row(session, Sweep, values)


def _sweep_of(session: Session, at: datetime) -> int | None:
    sweep = table_of(Sweep).c
    return session.scalar(select(sweep.id).where(sweep.time_point == at))


def plan_run(
    session: Session,
    *,
    at: datetime,
    now: datetime,
    catalogue: Catalogue,
    credentials: Credentials,
    window_days: int,
    fresh_days: int | None = None,
    soon_days: int | None = None,
    filters: Filters = Filters(),
    method: RunMethod = RunMethod.ENGINE,
    actor: Actor | None = None,
    as_of: datetime | None = None,
    rsshub: str = "",
    order: Order = {},
    budgets: Budgets | None = None,
) -> NewRun:
    """A new run of the sweep for time point `at`, with what is due; with everything if the filters
    say so. From T on that is whatever is not proven yet; ahead of T, what the week has for today.

    `window_days`: how far back a list must reach to prove staleness; `fresh_days`: how recent a
    post must be that makes asking on needless, the same unless told otherwise; `soon_days`: the days
    of silence that a unit is reminded of. `as_of`: the moment given to checkers, where it is not `now`
    (a replay). `rsshub`: the office's own instance, before which addresses that begin with `/` are
    put. `order`: the sources that the office wants tried, by platform. `budgets`: what hosts allow a
    day, by the checkers unless given. All moments are aware UTC.
    """
    fresh_days = fresh_days or window_days
    moments = Moments.of(at, as_of or now, window_days, fresh_days)
    options = {"window_days": window_days, "fresh_days": fresh_days, **filters.stored()}
    run = _new_run(session, moments, now, method, actor, options)
    survey = survey_of(
        session,
        at=at,
        now=now,
        catalogue=catalogue,
        credentials=credentials,
        fresh_days=fresh_days,
        soon_days=soon_days,
        filters=filters,
        as_of=moments.as_of,
        rsshub=rsshub,
        order=order,
    )
    week = Week.of(survey, budgets or Budgets(catalogue, {}), everything=filters.everything)
    _note(session, run, {**options, "proven": week.accounts_proven})
    _write(session, run, week.today, _Targets(survey.choice, survey.sourcing, moments, filters))
    return run


def _new_run(
    session: Session,
    moments: Moments,
    now: datetime,
    method: RunMethod,
    actor: Actor | None,
    options: dict[str, Any],
) -> NewRun:
    uid = new_uid()
    row = {
        "uid": uid,
        "sweep_id": sweep_key(session, moments.time_point, now),
        "method": method,
        "as_of": moments.as_of,
        "started_at": now,
        "actor_id": actor.id if actor is not None else system_key(session),
        "evidence": [],
        "options": options,
    }
    return NewRun(insert_row(session, Run, row), uid)


def _note(session: Session, run: NewRun, options: dict[str, Any]) -> None:
    table = table_of(Run)
    session.execute(update(table).where(table.c.id == run.id).values(options=options))


def survey_of(
    session: Session,
    *,
    at: datetime,
    now: datetime,
    catalogue: Catalogue,
    credentials: Credentials,
    fresh_days: int,
    soon_days: int | None = None,
    filters: Filters = Filters(),
    as_of: datetime | None = None,
    rsshub: str = "",
    order: Order = {},
) -> Survey:
    """Every check that the accounts could owe for `at`, and when it is due; see `plan_run`. It
    writes nothing, and needs no sweep of that time point."""
    session.flush()
    day = shanghai_date(at)
    recent = day - timedelta(days=fresh_days - 1)
    soon = day - timedelta(days=soon_days - 1) if soon_days else None
    return Survey(
        session,
        Choice(session, filters, catalogue, as_of or now),
        Sourcing(catalogue, credentials, rsshub, order),
        Frame(at, recent, soon),
        kinds=filters.kinds,
        now=now,
        sweep=_sweep_of(session, at) or 0,
    )


def unproven(session: Session, survey: Survey) -> bool:
    """Whether a T that has passed wants another run: there was none since T, by which it is judged;
    or there is a check of an open account that a machine could make now and that nothing proves."""
    session.flush()
    run, sweep = table_of(Run).c, table_of(Sweep).c
    since = select(run.id).join(table_of(Sweep), sweep.id == run.sweep_id)
    since = since.where(sweep.time_point == survey.at, run.started_at >= survey.at)
    if session.scalar(since.limit(1)) is None:
        return True
    return any(
        entry.lane and not entry.due.proven and not entry.waits(survey.now)
        for entry in survey
        if entry.kind is not CheckKind.HANDLE
    )


def _write(session: Session, run: NewRun, entries: Sequence[Entry], targets: _Targets) -> None:
    """The planned checks of the run, in this order, some at a time."""
    for first in range(0, len(entries), AT_ONCE):
        rows = targets.rows(entries[first : first + AT_ONCE])
        session.execute(insert(table_of(PlannedCheck)), [{"run_id": run.id, **row} for row in rows])


class _Targets:
    """Freezes what the checkers will be told."""

    def __init__(
        self, choice: Choice, sourcing: Sourcing, moments: Moments, filters: Filters
    ) -> None:
        self._choice = choice
        self._sourcing = sourcing
        self._moments = moments
        self._slow = choice.slow_links() if CheckKind.MENU in filters.kinds else {}
        """Account → what the last look at its links waited for."""

    def rows(self, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
        """The columns of each planned check but its run, in the order of the entries."""
        accounts = self._choice.accounts(list({entry.account_id for entry in entries}))
        menus = {entry.account_id for entry in entries if entry.kind is CheckKind.MENU}
        moved = self._choice.moved_links(list(menus)) if menus else {}
        for entry in entries:
            account = accounts[entry.account_id]
            for check in checks(account, [entry.kind], self._sourcing):
                if check.ordinal == entry.ordinal:
                    yield {
                        "account_id": account.id,
                        "kind": check.kind,
                        "ordinal": check.ordinal,
                        "target": self._target(account, check, moved).to_json(),
                    }

    def _target(
        self, account: PlannedAccount, check: Check, moved: Mapping[int, tuple[str, ...]]
    ) -> PlannedTarget:
        moments, of_menu = self._moments, check.kind is CheckKind.MENU
        waited = self._slow.get(account.id, Waited()) if of_menu else Waited()
        return PlannedTarget(
            account.uid,
            account.platform,
            account.name,
            check.kind,
            moments.as_of,
            moments.read_back_to,
            moments.time_point,
            moments.fresh_since,
            identifiers=check.identifiers,
            url=self._sourcing.address_of(account, check.kind, check.identifiers),
            sources=check.sources,
            slow=waited.slow,
            ill=waited.ill,
            moved=moved.get(account.id, ()) if of_menu else (),
        )
