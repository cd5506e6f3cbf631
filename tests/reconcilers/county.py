"""A made-up county in which ledger, reality and national system agree: every test spoils one thing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from reconcilers.reconcile import reconcile
from registry.accounts.making import create_account
from registry.actors import get_actor
from registry.exchange.national import KeptExport
from registry.exchange.national_export import NationalExport
from registry.exchange.national_template import WATCHED, NationalEntry
from registry.exchange.snapshots import keep_export
from registry.filings.jurisdictions import seed, seed_registry
from registry.findings.differences import Reconciliation
from registry.history.writing import Act
from registry.models import Account, Filing, Observation, Run, Sweep, Unit
from registry.units.naming import ensure_unit
from registry.vocab import (
    AccountState,
    CheckKind,
    CoverageKind,
    Existence,
    FilingKind,
    FilingState,
    NationalState,
    Outcome,
    RunMethod,
    UnitLevel,
    Verdict,
)
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE

BEGAN = date(2020, 3, 2)


@dataclass(frozen=True)
class Judged:
    """A verdict as the judge gives it."""

    verdict: Verdict


@dataclass
class County:
    """The session, the accounts by name and platform, and what the national system would export."""

    session: Session
    act: Act
    units: dict[str, Unit] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    national: dict[str, NationalEntry] = field(default_factory=dict)
    judgements: dict[str, Judged] = field(default_factory=dict)
    run: Run | None = None

    def unit(self, name: str) -> Unit:
        if name not in self.units:
            self.units[name] = ensure_unit(
                self.session, name, act=self.act, effective_on=BEGAN, level=UnitLevel.COUNTY
            )
        return self.units[name]

    def account(
        self,
        key: str,
        name: str,
        host: str,
        platform: str = "weibo",
        *,
        state: AccountState = AccountState.ACTIVE,
        identifiers: Mapping[str, str] | None = None,
        reported: NationalState | None = NationalState.LIVE,
        seen: bool = True,
        **more: Any,
    ) -> Account:
        """An account that is seen under its name and reported as it stands."""
        made = create_account(
            self.session,
            platform=platform,
            name=name,
            host_unit=self.unit(host),
            state=state,
            act=self.act,
            effective_on=BEGAN,
            identifiers=identifiers,
            **more,
        )
        self.accounts[key] = made
        if reported is not None:
            self.national[key] = NationalEntry(
                platform=platform,
                name=name,
                form=made.form,
                host_unit=host,
                url=made.url,
                identifiers=dict(identifiers or {}),
                state=reported,
                national_code=f"5301{len(self.national):04}",
                number=len(self.national) + 2,
            )
        if seen:
            self.see(key, display_name=name, verified_subject=host)
        return made

    def see(
        self,
        key: str,
        *,
        when: datetime = NOW - timedelta(hours=2),
        kind: CheckKind = CheckKind.FRESHNESS,
        existence: Existence = Existence.EXISTS,
        **facts: Any,
    ) -> Observation:
        """One more look at an account, in a run of its own."""
        run = Run(
            sweep=self._sweep(),
            method=RunMethod.HAND,
            as_of=when,
            started_at=when,
            actor_id=self.act.actor.id,
        )
        made = Observation(
            run=run,
            account_id=self.accounts[key].id,
            kind=kind,
            observed_at=when,
            outcome=Outcome.READ,
            existence=existence,
            coverage=CoverageKind.COMPLETE,
            **facts,
        )
        self.session.add_all([run, made])
        self.session.flush()
        return made

    def _sweep(self) -> Sweep:
        found = self.session.query(Sweep).first()
        return found or Sweep(time_point=NOW, week="2026-W47", created_at=NOW)

    def act_for(self, reason: str) -> Act:
        """An act of the office on the day of the tests, with its reason."""
        return Act(self.act.actor, NOW, reason)

    def judge(self, key: str, verdict: Verdict) -> None:
        self.judgements[self.accounts[key].uid] = Judged(verdict)

    def report(self, key: str, **changes: Any) -> None:
        """Change the account's row in the national system."""
        self.national[key] = replace(self.national[key], **changes)

    def file(self, key: str, kind: FilingKind, state: FilingState, **columns: Any) -> Filing:
        made = Filing(
            number=f"2026-{self.session.query(Filing).count():04}",
            kind=kind,
            state=state,
            account_id=self.accounts[key].id,
            created_at=NOW - timedelta(days=90),
            **columns,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def reconcile(self, *, national: bool = True, at: datetime = NOW) -> Reconciliation:
        """Reconcile as things stand."""
        self.session.flush()
        kept = None
        if national:
            kept = self.keep_export()
        return reconcile(
            self.session,
            at=at,
            act=self.act,
            catalogue=CATALOGUE,
            national=kept,
            judgements=self.judgements,
        )

    def keep_export(self) -> KeptExport:
        """Keep what the national system would export as it stands."""
        rows = tuple(self.national.values())
        sha256 = hashlib.sha256(repr(rows).encode()).hexdigest()
        accept = {"absent", *WATCHED}
        export = NationalExport("导出.xlsx", sha256, rows)
        return keep_export(self.session, export, self.act, accept)

    def codes(self, **options: Any) -> list[str]:
        """The codes found, with repetitions."""
        return [difference.code for difference in self.reconcile(**options).differences]


def found(session: Session) -> County:
    """The county with nothing to find in it."""
    act = Act(get_actor(session, "王敏"), NOW - timedelta(days=1))
    county = County(session, act)
    office = county.unit("青石县人民政府办公室")
    seed_registry(session, office, at=NOW)
    seed(session, office)
    county.account("police", "平安青石", "青石县公安局", identifiers={"uid": "1000000001"})
    county.account(
        "police_wechat",
        "平安青石",
        "青石县公安局",
        "wechat",
        form="订阅号",
        identifiers={"gh_id": "gh_00000000000a"},
    )
    county.account(
        "police_service",
        "青石公安服务",
        "青石县公安局",
        "wechat",
        form="服务号",
        identifiers={"gh_id": "gh_00000000000b"},
    )
    county.account("media", "青石融媒", "青石县融媒体中心", identifiers={"uid": "1000000002"})
    county.account("media_douyin", "青石融媒", "青石县融媒体中心", "douyin")
    county.account("school1", "青石县第一中学", "青石县第一中学", identifiers={"uid": "1000000003"})
    county.account("school2", "青石县第二中学", "青石县第二中学", identifiers={"uid": "1000000004"})
    county.account("pension", "青石县养老", "青石县民政局", identifiers={"uid": "1000000005"})
    county.account("agency", "青石县养老保险经办处", "青石县养老保险经办处")
    closed = county.account(
        "closed",
        "青石旅游",
        "青石县文化和旅游局",
        state=AccountState.CLOSED,
        identifiers={"uid": "1000000006"},
        reported=NationalState.OFFLINE,
        seen=False,
    )
    assert closed.identifiers[0].valid_to == BEGAN
    for key in county.accounts:
        county.judge(key, Verdict.UNKNOWN if key == "closed" else Verdict.FRESH)
    return county
