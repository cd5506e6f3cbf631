"""What a sweep owes: one planned check per account, kind and ordinal, written before any request.

Targets are frozen here, so that a resumed run asks the same as the run that was interrupted. It
reads in bulk, and it never asks whether an account should be in the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, insert, select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.actors import system
from registry.dates import shanghai_date, start_of_day
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    AccountSource,
    Actor,
    Observation,
    PlannedCheck,
    Run,
    Sweep,
    Unit,
)
from registry.vocab import (
    LIVE_STATES,
    AccountState,
    CheckKind,
    Existence,
    Outcome,
    RoleKind,
    RunMethod,
)
from sweeps.agenda import Planned
from sweeps.credentials import Credentials
from sweeps.shown_ids import with_shown
from sweeps.sourcing import Order, PlannedAccount, Sourcing
from sweeps.targets import PlannedSource, PlannedTarget

KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.MENU, CheckKind.APP, CheckKind.HANDLE})
"""What a run looks at unless told otherwise; names and existence ride along with freshness, and
whether a site can be reached is asked by runs of its own, hourly."""

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which checks a run makes; empty means no restriction."""

    kinds: Collection[CheckKind] = KINDS
    platforms: Collection[str] = ()
    unit_id: int | None = None
    """This unit and all below it, as host units."""
    account_ids: Collection[int] = ()
    everything: bool = False
    """Also what this sweep has read already (`--all`)."""

    def stored(self) -> dict[str, Any]:
        """For `run.options`."""
        return {
            "kinds": sorted(self.kinds),
            "platforms": sorted(self.platforms),
            "unit": self.unit_id,
            "accounts": len(self.account_ids),
            "all": self.everything,
        }


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


def iso_week(at: datetime) -> str:
    """The ISO week of a moment in Shanghai, e.g. `2026-W47`."""
    year, week, _day = shanghai_date(at).isocalendar()
    return f"{year}-W{week:02d}"


def get_sweep(session: Session, at: datetime, now: datetime) -> Sweep:
    """The sweep for time point `at`, created at the first mention."""
    found = session.scalars(select(Sweep).where(Sweep.time_point == at)).first()
    if found is not None:
        return found
    sweep = Sweep(time_point=at, week=iso_week(at), created_at=now)
    session.add(sweep)
    session.flush()
    return sweep


def plan_run(
    session: Session,
    *,
    at: datetime,
    now: datetime,
    catalogue: Catalogue,
    credentials: Credentials,
    window_days: int,
    fresh_days: int | None = None,
    filters: Filters = Filters(),
    method: RunMethod = RunMethod.ENGINE,
    actor: Actor | None = None,
    as_of: datetime | None = None,
    rsshub: str = "",
    order: Order = {},
) -> Run:
    """A new run of the sweep for time point `at`, with everything it owes.

    `window_days`: how far back a list must reach to prove staleness; `fresh_days`: how recent a
    post must be that makes asking on needless, the same unless told otherwise. `as_of`: the moment given to
    checkers, where it is not `now` (a replay). `rsshub`: the office's own instance, before which
    addresses that begin with `/` are put. `order`: the sources that the office wants tried, by
    platform. All moments are aware UTC.
    """
    sweep, fresh_days = get_sweep(session, at, now), fresh_days or window_days
    run = Run(
        sweep_id=sweep.id,
        method=method,
        as_of=as_of or now,
        started_at=now,
        actor_id=(actor or system(session)).id,
        evidence=[],
        options={"window_days": window_days, "fresh_days": fresh_days, **filters.stored()},
    )
    session.add(run)
    session.flush()
    moments = Moments.of(at, run.as_of, window_days, fresh_days)
    planner = _Planner(Sourcing(catalogue, credentials, rsshub, order), moments)
    settled = set[tuple[int, CheckKind, int]]()
    if not filters.everything:
        settled = _settled(session, sweep, moments)
    rows = (
        {"run_id": run.id, "account_id": account.id, **check}
        for account in _accounts(session, filters, catalogue, run.as_of)
        for check in planner.checks(account, filters.kinds)
        if (account.id, check["kind"], check["ordinal"]) not in settled
    )
    for chunk in _chunks(rows):
        session.execute(insert(PlannedCheck), chunk)
    return run


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


# --- which accounts ---------------------------------------------------------------------------


def _accounts(
    session: Session, filters: Filters, catalogue: Catalogue, as_of: datetime
) -> Iterator[PlannedAccount]:
    """The accounts in question, with their ids and sources, by id."""
    chosen = _chosen(session, filters)
    known = _identifiers(session, chosen)
    identifiers = with_shown(session, chosen, known, catalogue, as_of)
    sources = defaultdict[int, list[AccountSource]](list)
    for source in session.scalars(
        select(AccountSource)
        .where(AccountSource.account_id.in_(chosen))
        .order_by(AccountSource.position, AccountSource.id)
    ):
        sources[source.account_id].append(source)
    columns = (Account.id, Account.uid, Account.platform, Account.name, Account.url, Account.state)
    for row in session.execute(select(*columns).where(Account.id.in_(chosen)).order_by(Account.id)):
        yield PlannedAccount(*row, identifiers.get(row.id, {}), sources.get(row.id, ()))


def _chosen(session: Session, filters: Filters) -> Select[Any]:
    """The ids of the accounts that the filters leave."""
    states = set(LIVE_STATES)
    if CheckKind.HANDLE in filters.kinds:
        states.add(AccountState.CLOSED)
    chosen = select(Account.id).where(Account.state.in_(states))
    if filters.platforms:
        chosen = chosen.where(Account.platform.in_(list(filters.platforms)))
    if filters.account_ids:
        chosen = chosen.where(Account.id.in_(list(filters.account_ids)))
    if filters.unit_id is not None:
        hosts = exists().where(
            AccountRole.account_id == Account.id,
            AccountRole.role == RoleKind.HOST,
            AccountRole.unit_id.in_(below(filters.unit_id)),
        )
        chosen = chosen.where(hosts)
    return chosen


def below(unit_id: int) -> Select[Any]:
    """The ids of a unit and of all units below it."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte("tree", recursive=True)
    tree = tree.union(select(Unit.id).join(tree, Unit.parent_id == tree.c.id))
    return select(tree.c.id)


def _identifiers(session: Session, chosen: Select[Any]) -> dict[int, dict[str, str]]:
    """Per account its ids by scheme, the native one first. Of closed accounts, those they had."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    columns = (
        AccountIdentifier.account_id,
        AccountIdentifier.scheme,
        AccountIdentifier.value,
    )
    ended = AccountIdentifier.valid_to.is_not(None)
    for account_id, scheme, value in session.execute(
        select(*columns)
        .join(Account, Account.id == AccountIdentifier.account_id)
        .where(Account.id.in_(chosen))
        .where(~ended | (Account.state == AccountState.CLOSED))
        .order_by(
            AccountIdentifier.account_id,
            AccountIdentifier.preferred.desc(),
            AccountIdentifier.valid_to.desc(),
            AccountIdentifier.id.desc(),
        )
    ):
        found[account_id].setdefault(scheme, value)
    return found


def _settled(session: Session, sweep: Sweep, moments: Moments) -> set[tuple[int, CheckKind, int]]:
    """What earlier runs of this sweep have settled, so that asking again tells nothing new.

    A list read before T says nothing of the days after it, unless it showed a post that is recent
    enough for T already; nor does an app that a store offered before T. A signal that the account is gone wants a second look; whether a site
    can be reached is asked again each time.
    """
    enough = (Observation.observed_at >= moments.time_point) | Observation.last_post_at.between(
        moments.fresh_since, moments.time_point
    )
    fresh = (Observation.kind != CheckKind.FRESHNESS) | enough
    offered = (Observation.kind != CheckKind.APP) | (Observation.observed_at >= moments.time_point)
    rows = session.execute(
        select(Observation.account_id, Observation.kind, Observation.ordinal)
        .join(Run, Run.id == Observation.run_id)
        .where(Run.sweep_id == sweep.id, Observation.outcome == Outcome.READ)
        .where(Observation.existence != Existence.GONE_SIGNAL, fresh, offered)
        .where(Observation.kind != CheckKind.SITE)
    )
    return {(row.account_id, row.kind, row.ordinal) for row in rows}


# --- which checks of an account ---------------------------------------------------------------


class _Planner:
    """Turns an account into its planned checks."""

    def __init__(self, sourcing: Sourcing, moments: Moments) -> None:
        self._sourcing = sourcing
        self._moments = moments

    def checks(
        self, account: PlannedAccount, kinds: Collection[CheckKind]
    ) -> Iterator[dict[str, Any]]:
        """The columns of each planned check but run and account."""
        if account.state is AccountState.CLOSED:
            if CheckKind.HANDLE in kinds:
                yield from self._handles(account)
            return
        for kind in sorted(set(kinds) - {CheckKind.HANDLE}):
            sources = self._sourcing.sources(account, kind, account.identifiers)
            usable = any(source.why_not is None for source in sources)
            # Freshness is owed whatever happens; the rest is planned where it can be looked at.
            if usable or kind is CheckKind.FRESHNESS:
                yield self._check(account, kind, 0, account.identifiers, sources)

    def _handles(self, account: PlannedAccount) -> Iterator[dict[str, Any]]:
        """One check per id that a cancelled account had: who holds it now?"""
        for ordinal, (scheme, value) in enumerate(sorted(account.identifiers.items())):
            asked = {scheme: value}
            sources = self._sourcing.sources(account, CheckKind.HANDLE, asked)
            if any(source.why_not is None for source in sources):
                yield self._check(account, CheckKind.HANDLE, ordinal, asked, sources)

    def _check(
        self,
        account: PlannedAccount,
        kind: CheckKind,
        ordinal: int,
        identifiers: Mapping[str, str],
        sources: tuple[PlannedSource, ...],
    ) -> dict[str, Any]:
        target = PlannedTarget(
            account.uid,
            account.platform,
            account.name,
            kind,
            self._moments.as_of,
            self._moments.read_back_to,
            self._moments.time_point,
            self._moments.fresh_since,
            identifiers=identifiers,
            url=account.url,
            sources=sources,
        )
        return {"kind": kind, "ordinal": ordinal, "target": target.to_json()}


# --- what is left of a run --------------------------------------------------------------------


def _unanswered(run: Run) -> Any:
    return and_(
        PlannedCheck.run_id == run.id,
        ~exists().where(
            Observation.run_id == PlannedCheck.run_id,
            Observation.account_id == PlannedCheck.account_id,
            Observation.kind == PlannedCheck.kind,
            Observation.ordinal == PlannedCheck.ordinal,
        ),
    )


def remaining(session: Session, run: Run) -> list[tuple[int, str]]:
    """Id and lane of each planned check of the run that has no observation, in order of planning."""
    lane = PlannedCheck.target["lane"].as_string()
    rows = session.execute(
        select(PlannedCheck.id, lane).where(_unanswered(run)).order_by(PlannedCheck.id)
    )
    return [(row[0], row[1]) for row in rows]


def planned_count(session: Session, run: Run) -> int:
    """How many checks the run owes in all."""
    counted = select(func.count()).select_from(PlannedCheck).where(PlannedCheck.run_id == run.id)
    return session.scalar(counted) or 0


def load_planned(session: Session, ids: Sequence[int]) -> list[Planned]:
    """Planned checks by id, in the order of the ids."""
    found = {
        row.id: row for row in session.scalars(select(PlannedCheck).where(PlannedCheck.id.in_(ids)))
    }
    return [
        Planned(row.id, row.account_id, row.kind, row.ordinal, PlannedTarget.from_json(row.target))
        for row in (found[planned_id] for planned_id in ids)
    ]
