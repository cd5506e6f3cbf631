"""The made-up 青石县 of 云川市 with its office, and filings carried through for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry.accounts.making import create_account
from registry.actors import get_actor
from registry.filings import acts as filings
from registry.filings import jurisdictions
from registry.history.writing import Act
from registry.models import Account, Attachment, Filing, Unit
from registry.units.naming import ensure_unit
from registry.vocab import AccountState, ActorKind, FilingKind, UnitKind
from tests.conftest import NOW

NEW_YEAR = date(2026, 1, 1)
TODAY = date(2026, 11, 22)
NOTICE = "https://www.qingshi.example/notice/1.html"


def an_act(session: Session, *, days: int = 0, name: str = "王芳", **rest: Any) -> Act:
    """An act of a person, `days` after the tests' today."""
    return Act(get_actor(session, name), NOW + timedelta(days=days), **rest)


def machine(session: Session) -> Act:
    """An act of an import, for which no person answers."""
    return Act(get_actor(session, "import", kind=ActorKind.IMPORT), NOW)


@dataclass
class County:
    """青石县 with one approval step (by itself), and three of its bodies."""

    session: Session
    office: Unit
    city: Unit
    police: Unit
    media: Unit
    health: Unit

    def account(
        self,
        name: str = "青石警方",
        *,
        platform: str = "weibo",
        host: Unit | None = None,
        state: AccountState = AccountState.ACTIVE,
        uid: str = "7000001",
        on: date = NEW_YEAR,
        **more: Any,
    ) -> Account:
        """An account registered on New Year's Day 2026."""
        return create_account(
            self.session,
            platform=platform,
            name=name,
            host_unit=host or self.police,
            state=state,
            identifiers={"uid": uid} if uid else {},
            act=an_act(self.session),
            effective_on=on,
            **more,
        )

    def approved(
        self, kind: FilingKind, account: Account | None = None, *, days: int = 0, **given: Any
    ) -> Filing:
        """A filing drafted, submitted and approved."""
        act = an_act(self.session, days=days)
        filing = filings.draft(self.session, kind, act=act, account=account, **given)
        filings.submit(self.session, filing, act)
        filings.approve(self.session, filing, act)
        return filing

    def stopped(self, account: Account, *, complete: bool = True) -> Filing:
        """A stop of the account, carried through."""
        stop = self.approved(
            FilingKind.STOP, account, reason="职能调整", fields={"stop_on": "2026-11-30"}
        )
        if complete:
            filings.complete(self.session, stop, an_act(self.session), notice_url=NOTICE)
        return stop

    def cancelled(self, account: Account) -> Filing:
        """A cancellation with the platform's proof, carried through."""
        cancel = self.approved(FilingKind.CANCEL, account)
        self.attach(cancel, "cancellation_proof")
        filings.complete(self.session, cancel, an_act(self.session))
        return cancel

    def opened(self, **given: Any) -> Filing:
        """An opening of 青石卫健 on Weibo by 青石县卫生健康局, approved."""
        fields = {"platform": "weibo", "name": "青石卫健", "host_unit": self.health}
        return self.approved(FilingKind.OPEN, fields=fields, **given)

    def attach(self, filing: Filing, purpose: str, at: datetime = NOW) -> Attachment:
        """A paper on a filing."""
        paper = Attachment(
            sha256="ab" * 32,
            file_name="证明.pdf",
            size=3,
            purpose=purpose,
            added_at=at,
            actor_id=an_act(self.session).actor.id,
            filing=filing,
        )
        self.session.add(paper)
        self.session.flush()
        return paper


def found(session: Session, *, steps: int = 1) -> County:
    """The county with `steps` local approval steps."""
    act = an_act(session)
    rules = jurisdictions.found_office(session, "青石县", act=act, parent="云川市")
    rules.approval_steps = rules.approval_steps[:steps]
    units = {
        name: ensure_unit(session, name, act=act, effective_on=NEW_YEAR)
        for name in ("青石县公安局", "青石县融媒体中心", "青石县卫生健康局")
    }
    session.flush()
    office = session.get_one(Unit, rules.unit_id)
    assert office.parent is not None
    for unit in units.values():
        assert unit.parent is office
    assert units["青石县公安局"].kind is UnitKind.DEPARTMENT
    return County(session, office, office.parent, *units.values())
