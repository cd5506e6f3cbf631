"""A made-up county's accounts and sweeps, with observations written as the engine writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkers.site_facts import SiteFacts
from registry.actors import get_actor, system
from registry.history.writing import Act
from registry.models import (
    Account,
    AccountRole,
    LinkResult,
    Observation,
    PlannedCheck,
    Run,
    Sweep,
    Unit,
)
from registry.names import fold_name, fold_unit
from registry.vocab import (
    AccountState,
    CheckKind,
    CoverageKind,
    Existence,
    LinkKind,
    Outcome,
    Reason,
    RoleKind,
    RunMethod,
    SitePart,
)
from sweeps.site_writing import stored_site
from tests.verdicts.building import at
from verdicts.seen import Seen, SeenPost


@dataclass
class Field:
    """A session with one unit and whatever a test adds."""

    session: Session
    unit: Unit = field(init=False)

    def __post_init__(self) -> None:
        name = "青石县融媒体中心"
        self.unit = self.add(Unit(name=name, fold=fold_unit(name)))

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def act(self, when: datetime) -> Act:
        return Act(system(self.session), when)

    def account(self, name: str = "青石发布", platform: str = "weibo", **more: Any) -> Account:
        values = {"state": AccountState.ACTIVE, **more}
        account = Account(platform=platform, name=name, fold=fold_name(name), **values)
        account.roles.append(AccountRole(role=RoleKind.HOST, unit=self.unit))
        return self.add(account)  # type: ignore[no-any-return]

    def sweep(self, when: str) -> Sweep:
        """A sweep for the time point `when` in Shanghai."""
        moment = at(when)
        return self.add(  # type: ignore[no-any-return]
            Sweep(time_point=moment, week=moment.strftime("%G-W%V"), created_at=moment)
        )

    def run(self, sweep: Sweep, method: RunMethod = RunMethod.ENGINE) -> Run:
        return self.add(  # type: ignore[no-any-return]
            Run(
                sweep_id=sweep.id,
                method=method,
                as_of=sweep.time_point,
                started_at=sweep.time_point,
                actor_id=get_actor(self.session, "王芳").id,
            )
        )

    def plan(self, run: Run, *accounts: Account) -> None:
        for account in accounts:
            self.add(PlannedCheck(run_id=run.id, account_id=account.id, kind=CheckKind.FRESHNESS))

    def observe(
        self, run: Run, account: Account, seen: Seen, kind: CheckKind = CheckKind.FRESHNESS
    ) -> Observation:
        """The observation that stands for `seen`."""
        return self.add(observation(run, account, seen, kind))  # type: ignore[no-any-return]

    def read(self, run: Run, account: Account, when: str, *posts: str) -> Observation:
        """A complete list of posts read at `when`, all in Shanghai time."""
        listed = tuple(SeenPost(at(text)) for text in posts)
        seen = Seen(
            "", at(when), existence=Existence.EXISTS, posts=listed, coverage=CoverageKind.COMPLETE
        )
        return self.observe(run, account, seen)

    def fail(
        self,
        run: Run,
        account: Account,
        when: str,
        reason: Reason = Reason.LOGIN_WALL,
        outcome: Outcome = Outcome.INCONCLUSIVE,
    ) -> Observation:
        """A look at `when` that read nothing."""
        return self.observe(run, account, Seen("", at(when), outcome, reason=reason))

    def menu(
        self, run: Run, account: Account, when: str, links: Sequence[dict[str, Any]]
    ) -> Observation:
        """A menu read at `when` with what happened to its links."""
        seen = Seen("", at(when), existence=Existence.EXISTS)
        made = observation(run, account, seen, CheckKind.MENU)
        made.link_results = [LinkResult(**{"kind": LinkKind.URL, **link}) for link in links]
        return self.add(made)  # type: ignore[no-any-return]

    def site(
        self,
        run: Run,
        account: Account,
        when: str,
        site: SiteFacts,
        kind: CheckKind = CheckKind.FRESHNESS,
    ) -> Observation:
        """A look at a website at `when`, stored as the engine stores it."""
        made = observation(run, account, Seen("", at(when), existence=Existence.EXISTS), kind)
        stored = stored_site(site, lambda text, most: text[:most])
        made.facts = {**made.facts, "site": stored}
        return self.add(made)  # type: ignore[no-any-return]

    def sample(self, run: Run, account: Account, when: str, opened: bool) -> Observation:
        """An attempt to open the home page of a website at `when`."""
        reach = frozenset({SitePart.REACH})
        why = "" if opened else "HTTP 502"
        return self.site(run, account, when, SiteFacts(reach, opened, why), CheckKind.SITE)


def observation(run: Run, account: Account, seen: Seen, kind: CheckKind) -> Observation:
    newest = max(seen.posts, key=lambda post: post.at, default=None)
    return Observation(
        **({"uid": seen.uid} if seen.uid else {}),
        run_id=run.id,
        account_id=account.id,
        kind=kind,
        observed_at=seen.observed_at,
        outcome=seen.outcome,
        reason=seen.reason,
        existence=seen.existence,
        signal=seen.signal,
        last_post_at=newest.at if newest else None,
        last_post_precision=newest.precision if newest else None,
        coverage=seen.coverage,
        covered_since=seen.covered_since,
        covered_until=seen.covered_until,
        facts={"posts": [_stored(post) for post in seen.posts]},
    )


def _stored(post: SeenPost) -> dict[str, Any]:
    return {"at": post.at.isoformat(), "precision": post.precision.value, "own": True}
