"""What waits for whom, and since how many working days: filings, and accounts being closed.

It only looks. Limits are the jurisdiction's data; where none is set, nothing can be exceeded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.dates import shanghai_date
from registry.filings import jurisdictions
from registry.filings.workdays import working_days
from registry.messages import _, language
from registry.models import Account, Filing, Jurisdiction, Unit
from registry.vocab import AccountState, FilingKind, FilingState, Task, UnitLevel, label

__all__ = ["DueFiling", "Task", "due"]


@dataclass(frozen=True, slots=True)
class DueFiling:
    """One thing that waits for somebody."""

    task: Task
    number: str
    """Of the filing; for CANCEL, of the stop."""
    filing_uid: str
    kind: FilingKind
    state: FilingState
    platform: str
    account_name: str
    account_uid: str | None
    host_unit: str
    waits_for: str
    """The unit, by name, or the level (县级) whose office must act."""
    level: int
    """Approval steps passed so far."""
    since: date
    """The day in Shanghai since which it waits; for CANCEL, of the notice."""
    working_days: int
    """Working days passed since then."""
    certain: bool
    """False where the calendar of holidays does not know a year: plain weekdays were counted."""
    limit: int | None
    """Working days allowed; None where the jurisdiction sets none."""
    batch_uid: str | None = None

    @property
    def exceeded(self) -> bool:
        return self.limit is not None and self.working_days > self.limit

    @property
    def note(self) -> str:
        """A remark on the count of days, or an empty text."""
        if self.certain:
            return ""
        return _("Holidays of the year are not published yet; weekdays were counted.")


def due(session: Session, now: datetime) -> list[DueFiling]:
    """Everything that waits at `now` (aware), what is over its limit first, then the longest.

    Approved filings with an effective date to come wait for nobody; nor do drafts.
    """
    look = _Look(session, shanghai_date(now))
    found = [item for filing in look.filings() if (item := look.of_filing(filing)) is not None]
    found.extend(look.closings())
    return sorted(found, key=lambda item: (not item.exceeded, -item.working_days, item.number))


_WAITING = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.APPROVED)


class _Look:
    """One look at the registry on one day, with the rules of each unit read once."""

    def __init__(self, session: Session, today: date) -> None:
        self.session = session
        self.today = today
        self._rules: dict[int, Jurisdiction | None] = {}

    def filings(self) -> Sequence[Filing]:
        return self.session.scalars(
            select(Filing)
            .where(Filing.state.in_(_WAITING))
            .options(
                joinedload(Filing.account), joinedload(Filing.host_unit), joinedload(Filing.batch)
            )
            .order_by(Filing.id)
        ).all()

    def rules(self, unit: Unit | None) -> Jurisdiction | None:
        key = unit.id if unit is not None else 0
        if key not in self._rules:
            self._rules[key] = jurisdictions.for_unit(self.session, unit)
        return self._rules[key]

    def of_filing(self, filing: Filing) -> DueFiling | None:
        since = shanghai_date(filing.waiting_since or filing.created_at)
        host = filing.host_unit.name if filing.host_unit else ""
        cancelled_on = filing.form.get("cancelled_on")
        if filing.state is FilingState.SUBMITTED:
            return self._approval(filing, since)
        if filing.kind is FilingKind.CANCEL and cancelled_on:
            limit = jurisdictions.limit(self.rules(filing.host_unit), "cancel")
            reported = date.fromisoformat(cancelled_on)
            return self._item(filing, Task.REPORT, host, min(reported, self.today), limit)
        if filing.state is FilingState.RETURNED:
            return self._item(filing, Task.CORRECT, host, since, None)
        if filing.effective_on is not None and filing.effective_on > self.today:
            return None
        limit = jurisdictions.limit(self.rules(filing.host_unit), "complete")
        since = max(since, filing.effective_on or since)
        return self._item(filing, Task.COMPLETE, host, since, limit)

    def _approval(self, filing: Filing, since: date) -> DueFiling:
        steps = jurisdictions.steps(self.rules(filing.host_unit))
        step = steps[min(filing.level, len(steps) - 1)]
        query = select(Unit.name).where(Unit.uid == step.unit_uid)
        name = self.session.scalars(query).first() if step.unit_uid else None
        waits_for = name or level_name(step.level)
        return self._item(filing, Task.APPROVE, waits_for, since, step.limit)

    def closings(self) -> Iterable[DueFiling]:
        """Stops whose notice period is over while their account is still not cancelled."""
        stops = self.session.scalars(
            select(Filing)
            .join(Filing.account)
            .where(
                Filing.kind == FilingKind.STOP,
                Filing.state == FilingState.COMPLETED,
                Account.state == AccountState.CLOSING,
            )
            .options(
                joinedload(Filing.account), joinedload(Filing.host_unit), joinedload(Filing.batch)
            )
            .order_by(Filing.id)
        ).all()
        latest = {stop.account_id: stop for stop in stops}
        filed = self._being_cancelled()
        for account_id, stop in latest.items():
            limit = jurisdictions.limit(self.rules(stop.host_unit), "notice")
            if account_id in filed or limit is None or stop.completed_at is None:
                continue
            host = stop.host_unit.name if stop.host_unit else ""
            since = shanghai_date(stop.completed_at)
            item = self._item(stop, Task.CANCEL, host, since, limit)
            if item.exceeded:
                yield item

    def _being_cancelled(self) -> set[int | None]:
        under_way = select(Filing.account_id).where(
            Filing.kind == FilingKind.CANCEL, Filing.state.in_(_WAITING)
        )
        return set(self.session.scalars(under_way))

    def _item(
        self, filing: Filing, task: Task, waits_for: str, since: date, limit: int | None
    ) -> DueFiling:
        account = filing.account
        passed = working_days(since, self.today)
        return DueFiling(
            task=task,
            number=filing.number,
            filing_uid=filing.uid,
            kind=filing.kind,
            state=filing.state,
            platform=account.platform if account else filing.form.get("platform", ""),
            account_name=account.name if account else filing.form.get("name", ""),
            account_uid=account.uid if account else None,
            host_unit=filing.host_unit.name if filing.host_unit else "",
            waits_for=waits_for,
            level=filing.level,
            since=since,
            working_days=passed.count,
            certain=passed.certain,
            limit=limit,
            batch_uid=filing.batch.uid if filing.batch else None,
        )


def level_name(level: str) -> str:
    if level in set(UnitLevel):
        return _("{level} office").format(level=label(UnitLevel(level), language()))
    return level or _("supervising unit")
