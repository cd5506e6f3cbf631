"""Carries out an import plan: one batch, written whole or not at all.

New accounts come as BASELINE filings, plain changes as history, changes that must be filed as
CHANGE filings. Conflicts and absent accounts are left as they are, and the file itself is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.baseline import BaselineRow, baseline_many
from registry.dates import shanghai_date
from registry.errors import BadInput, Fault
from registry.exchange.acceptance import decisions_of
from registry.exchange.batches import add_batch, same_batch, sending_unit
from registry.exchange.comparing import details_of, exact_day, people_of
from registry.exchange.plan_rows import ImportPlan, PlanRow, Result
from registry.exchange.sender_lists import keep_list
from registry.exchange.senders import remember_columns
from registry.exchange.shifted import check_guards
from registry.exchange.unit_names import NamedUnit
from registry.exchange.updates import preferred_scheme, update_accounts
from registry.filings.batch import FilingRequest, file_batch
from registry.bulk import chunks
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, ImportBatch, Unit
from registry.platforms import PlatformCatalogue
from registry.units.bulk import ensure_units
from registry.units.naming import UnitIndex
from registry.vocab import AccountState, FilingKind, RoleKind

_AT_ONCE = 5000
"""New accounts between two reports of progress."""

Progress = Callable[[int, int], None]
"""Rows done, rows in all."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a plan."""

    batch: ImportBatch
    filings: tuple[str, ...] = ()
    """Numbers of the CHANGE filings submitted."""
    nothing_new: bool = False
    """True when this very file was applied last and nothing was left to do: nothing was written."""


def apply_plan(
    session: Session,
    plan: ImportPlan,
    act: Act,
    *,
    catalogue: PlatformCatalogue,
    skip_rejected: bool = False,
    options: Mapping[str, Any] | None = None,
    on_progress: Progress = lambda done, total: None,
) -> Applied:
    """Write the plan in the session's transaction; never commits.

    `options` are kept with the batch. Raises Refused for a guard that nobody accepted, BadInput
    with every fault when rows are rejected and `skip_rejected` is not given (a fault of a whole
    sheet always), ActorRequired when something was accepted by nobody, StaleRevision when the
    ledger changed after the plan was made. Refused, too, when nobody knows whose list it is.
    """
    check_guards(plan)
    check_faults(plan, skip_rejected=skip_rejected)
    writer = _Writer(session, plan, act, catalogue)
    return writer.write(dict(options or {}), on_progress)


def check_faults(plan: ImportPlan, *, skip_rejected: bool = False) -> None:
    """Raise BadInput with every fault that stands in the way of applying the plan."""
    faults = plan.sheet_faults if skip_rejected else plan.faults
    if not faults:
        return
    rows = len({(fault.sheet, fault.row) for fault in faults if fault.row is not None})
    raise BadInput(
        (
            _("{count} rows of {file} are rejected; nothing was written.").format(
                count=rows, file=plan.file_name
            )
            if rows
            else _("{file} cannot be imported as it is.").format(file=plan.file_name)
        ),
        faults,
        (
            _("Correct them, or leave them out: --skip-rejected --rejects FILE.")
            if not plan.sheet_faults
            else ""
        ),
    )


class _Writer:
    """One plan under way."""

    def __init__(
        self, session: Session, plan: ImportPlan, act: Act, catalogue: PlatformCatalogue
    ) -> None:
        self._session, self._plan, self._catalogue = session, plan, catalogue
        self._act = replace(act, reason=act.reason or plan.file_name)
        self._today = shanghai_date(act.at)

    def write(self, options: dict[str, Any], on_progress: Progress) -> Applied:
        plan, session = self._plan, self._session
        sender = sending_unit(session, plan.sender, self._act)
        decisions = decisions_of(session, plan, sender, self._act)
        before = same_batch(session, sender, plan.sha256, plan.kind)
        if before is not None and not plan.writes and not decisions:
            return Applied(before, nothing_new=True)
        batch = self._batch(sender, options)
        act = replace(self._act, batch_uid=batch.uid)
        units = self._units(act)
        new = self._create(batch, act, units, on_progress)
        changed = [r for r in plan.rows if r.result in {Result.UPDATE, Result.FILING}]
        update_accounts(session, changed, units, self._catalogue, act)
        filings = self._file(act, units)
        keep_list(session, batch, plan, (account.id for account in new))
        session.add_all(decisions)
        if plan.columns:
            remember_columns(session, sender.id, plan.columns)
        session.flush()
        on_progress(len(plan.rows), len(plan.rows))
        return Applied(batch, filings)

    def _batch(self, sender: Unit, options: dict[str, Any]) -> ImportBatch:
        plan = self._plan
        accepted = {"accepted": sorted(plan.accepted)} if plan.accepted else {}
        return add_batch(
            self._session,
            sender,
            self._act,
            kind=plan.kind,
            file_name=plan.file_name,
            sha256=plan.sha256,
            counts=plan.counts,
            options={**options, **accepted, "as_filing": plan.as_filing},
        )

    # --- units --------------------------------------------------------------------------------

    def _units(self, act: Act) -> dict[str, Unit]:
        """Every unit that the plan gives to an account, by key; new ones are made."""
        named = {unit.key: unit for unit in self._named()}
        names = {unit.name: unit.key for unit in named.values() if unit.is_new}
        found: dict[str, Unit] = {}
        if names:
            index = UnitIndex(self._session)
            made = ensure_units(
                self._session, names, act=act, effective_on=self._today, index=index
            )
            found = {key: made[name] for name, key in names.items()}
        keys = {unit.unit_id: unit.key for unit in named.values() if unit.unit_id is not None}
        for some in chunks(keys):
            for unit in self._session.scalars(select(Unit).where(Unit.id.in_(some))):
                found[keys[unit.id]] = unit
        return found

    def _named(self) -> Iterator[NamedUnit]:
        for row in self._plan.rows:
            yield from row.units()

    # --- accounts -----------------------------------------------------------------------------

    def _create(
        self, batch: ImportBatch, act: Act, units: Mapping[str, Unit], on_progress: Progress
    ) -> list[Account]:
        made: list[Account] = []
        for some in chunks(self._plan.of(Result.CREATE), _AT_ONCE):
            on_progress(len(made), len(self._plan.rows))
            new = [self._baseline(row, units) for row in some]
            made += baseline_many(self._session, new, act, batch)
        return made

    def _baseline(self, row: PlanRow, units: Mapping[str, Unit]) -> BaselineRow:
        assert row.match is not None
        record = row.match.record
        beside = {role: [units[unit.key] for unit in named] for role, named in row.beside.items()}
        return BaselineRow(
            platform=record.platform,
            form=record.form,
            name=record.name,
            host_unit=units[row.match.host.key],
            identifiers=record.identifiers,
            preferred=preferred_scheme(self._catalogue, record.platform, record.identifiers),
            disputed=row.disputed,
            state=record.state or AccountState.ACTIVE,
            verified_subject=record.verified_subject or None,
            url=record.url,
            purpose=record.purpose,
            opened_on=exact_day(record.opened_on),
            followers=record.followers,
            cadence=record.cadence,
            details=details_of(record),
            co_hosts=beside.get(RoleKind.CO_HOST, []),
            supervising_unit=next(iter(beside.get(RoleKind.SUPERVISING, [])), None),
            operator=next(iter(beside.get(RoleKind.OPERATOR, [])), None),
            contacts=people_of(record),
            fault=Fault("", file=self._plan.file_name, sheet=row.sheet, row=row.row),
        )

    def _file(self, act: Act, units: Mapping[str, Unit]) -> tuple[str, ...]:
        """A CHANGE filing, submitted, for each row that is to be filed."""
        rows = self._plan.of(Result.FILING)
        if not rows:
            return ()
        accounts = {row.account: account for row, account in self._accounts(rows)}
        requests = [self._request(row, accounts[row.account], units) for row in rows]
        title = _("Import of {file}").format(file=self._plan.file_name)
        done = file_batch(self._session, requests, act=act, title=title, catalogue=self._catalogue)
        return tuple(filing.number for filing in done.filings)

    def _accounts(self, rows: Sequence[PlanRow]) -> Iterator[tuple[PlanRow, Account]]:
        keys = {row.match.known.id: row for row in rows if row.match and row.match.known}
        for some in chunks(keys):
            for account in self._session.scalars(select(Account).where(Account.id.in_(some))):
                yield keys[account.id], account

    def _request(self, row: PlanRow, account: Account, units: Mapping[str, Unit]) -> FilingRequest:
        assert row.comparison is not None
        fields = {name: _filled(value, units) for name, value in row.comparison.filed.items()}
        reason = _("Import of {file}, row {row}").format(file=self._plan.file_name, row=row.row)
        place = Fault("", file=self._plan.file_name, sheet=row.sheet, row=row.row)
        return FilingRequest(FilingKind.CHANGE, account, fields, reason=reason, place=place)


def _filled(value: Any, units: Mapping[str, Unit]) -> Any:
    """The value as a filing takes it."""
    if isinstance(value, list):
        return [_filled(each, units) for each in value]
    return units[value.key] if isinstance(value, NamedUnit) else value
