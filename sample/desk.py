"""The clerks of the sample and how they act: every act has a person, a unit and a fixed moment.

What happens is told as stories that yield the moment of their next act, and played together in the
order of time, so that the history of the sample grows as a real one does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.dates import SHANGHAI
from registry.filings import acts as filings
from registry.history.writing import Act
from registry.models import Account, Filing, Unit
from registry.units.naming import find_unit
from registry.vocab import FilingKind
from sample.county import CITY, COUNTY

CLERKS = {COUNTY: "许静", CITY: "方远"}
"""Who acts for which office."""

Story = Callable[["Desk"], Iterator[datetime]]


def moment(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class Desk:
    """One session in which the clerks work, with the accounts by the sample's own keys."""

    session: Session
    accounts: dict[str, str] = field(default_factory=dict)
    """Key of the sample → uid."""

    def play(self, stories: Iterable[Story]) -> None:
        """Let everything happen, the earliest act first."""
        waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
        for number, story in enumerate(stories):
            told = story(self)
            heapq.heappush(waiting, (next(told), number, told))
        while waiting:
            _at, number, told = heapq.heappop(waiting)
            following = next(told, None)
            if following is not None:
                heapq.heappush(waiting, (following, number, told))

    def account(self, key: str) -> Account:
        """The account that the sample calls `key`."""
        return self.session.scalars(select(Account).where(Account.uid == self.accounts[key])).one()

    def unit(self, name: str) -> Unit:
        return find_unit(self.session, name)

    def act(self, at: datetime, office: str = COUNTY, reason: str = "") -> Act:
        """An act of the office's clerk."""
        unit = self.unit(office)
        actor = get_actor(self.session, CLERKS[office], unit=unit)
        return Act(actor, at, reason, acting_unit=unit)

    def submitted(
        self,
        kind: FilingKind,
        at: datetime,
        key: str = "",
        *,
        fields: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> Filing:
        """A filing drafted and handed in by the county's clerk."""
        act = self.act(at)
        account = self.account(key) if key else None
        filing = filings.draft(
            self.session, kind, act=act, account=account, fields=fields or {}, **given
        )
        filings.submit(self.session, filing, act)
        return filing

    def approval(self, filing: Filing, at: datetime) -> Iterator[datetime]:
        """Approval by the county and, a day later, by the city."""
        for level, office in enumerate((COUNTY, CITY)):
            then = at + timedelta(days=level)
            yield then
            filings.approve(self.session, filing, self.act(then, office), note="同意")

    def completed(self, filing: Filing, at: datetime, **given: Any) -> Filing:
        """The filing, approved before, as completed by the county's clerk."""
        return filings.complete(self.session, filing, self.act(at), **given)
