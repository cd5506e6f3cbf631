"""Planning with ids that a platform showed beside the ledger's: only where nothing is doubtful."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from checkers.base import Source
from registry import db
from registry.actors import system
from registry.models import Account, AccountIdentifier, Observation, PlannedCheck, Run
from registry.vocab import AccountState, CheckKind, Outcome, RunMethod
from sweeps.network.credentials import Credentials
from sweeps.planning.plan import Filters, sweep_key, plan_run
from tests.conftest import NOW
from tests.sweeps.play import ALL_PROOFS, add_account, catalogue, checker

DOUYIN = checker(
    platform="douyin",
    sources=(Source("page", ALL_PROOFS), Source("menu", ALL_PROOFS, frozenset({CheckKind.HANDLE}))),
)
type(DOUYIN).schemes = {"sec_uid": r"MS4w\w+", "douyin_id": r"[\w.]{4,30}"}
CATALOGUE = catalogue(DOUYIN)
SEC = "MS4wqingshi"


def shown(
    session: Session,
    of: Account,
    when: datetime = NOW - timedelta(days=7),
    method: RunMethod = RunMethod.ENGINE,
    **ids: Any,
) -> None:
    run = Run(
        sweep_id=sweep_key(session, NOW, NOW),
        method=method,
        as_of=when,
        started_at=when,
        actor_id=system(session).id,
    )
    session.add(run)
    session.flush()
    session.add(
        Observation(
            run_id=run.id,
            account_id=of.id,
            kind=CheckKind.FRESHNESS,
            observed_at=when,
            outcome=Outcome.READ,
            facts={"identifiers": ids},
        )
    )
    session.flush()


def planned(session: Session, **changes: Any) -> dict[str, dict[str, str]]:
    """Name → the ids that the check of each account is told."""
    given: dict[str, Any] = dict(
        at=NOW,
        now=NOW,
        catalogue=CATALOGUE,
        credentials=Credentials.of(CATALOGUE, {}),
        window_days=14,
    )
    run = plan_run(session, **{**given, **changes})
    checks = session.scalars(select(PlannedCheck).where(PlannedCheck.run_id == run.id))
    return {check.target["name"]: check.target["identifiers"] for check in checks}


def test_an_id_of_a_scheme_that_the_ledger_lacks_is_used_for_asking(session: Session) -> None:
    one = add_account(session, "青石文旅", platform="douyin", sec_uid=SEC)
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    assert planned(session) == {"青石文旅": {"sec_uid": SEC, "douyin_id": "qs.wenlv"}}
    assert [row.value for row in session.scalars(select(AccountIdentifier))] == [SEC]


@pytest.mark.parametrize(
    "ids",
    [
        {"douyin_id": "qs.wenlv"},
        {"sec_uid": "MS4wstranger", "douyin_id": "qs.wenlv"},
        {"sec_uid": SEC, "douyin_id": "?"},
        {"sec_uid": SEC, "uid": "1900000001"},
        {"sec_uid": SEC, "douyin_id": "qs.taken"},
        {"sec_uid": SEC, "douyin_id": "qs.ended"},
    ],
)
def test_a_doubtful_id_is_left_out(session: Session, ids: dict[str, Any]) -> None:
    one = add_account(session, "青石文旅", platform="douyin", sec_uid=SEC)
    add_account(session, "青石旅游", platform="douyin", douyin_id="qs.taken")
    old = add_account(session, "旧号", platform="douyin", douyin_id="qs.ended")
    old.identifiers[0].valid_to = NOW.date()
    shown(session, one, **ids)
    assert planned(session)["青石文旅"] == {"sec_uid": SEC}


def test_an_id_that_two_accounts_showed_is_left_out_for_both(session: Session) -> None:
    for name in ("甲", "乙"):
        one = add_account(session, name, platform="douyin", sec_uid=f"MS4w{name}")
        shown(session, one, sec_uid=f"MS4w{name}", douyin_id="qs.wenlv")
    assert planned(session) == {"甲": {"sec_uid": "MS4w甲"}, "乙": {"sec_uid": "MS4w乙"}}


def test_the_ledgers_id_of_a_scheme_goes_before_what_was_shown(session: Session) -> None:
    one = add_account(session, "青石文旅", platform="douyin", sec_uid=SEC, douyin_id="qs.old")
    shown(session, one, sec_uid=SEC, douyin_id="qs.new")
    assert planned(session)["青石文旅"]["douyin_id"] == "qs.old"


def test_the_latest_answer_that_agrees_counts(session: Session) -> None:
    one = add_account(session, "青石文旅", platform="douyin", sec_uid=SEC)
    answers: tuple[tuple[int, dict[str, Any]], ...] = (
        (9, {"sec_uid": SEC, "douyin_id": "qs.older"}),
        (8, {"sec_uid": SEC, "douyin_id": "qs.newer"}),
        (7, {"sec_uid": "MS4wstranger", "douyin_id": "qs.strange"}),
        (6, {}),
    )
    for days, ids in answers:
        shown(session, one, NOW - timedelta(days=days), **ids)
    assert planned(session)["青石文旅"]["douyin_id"] == "qs.newer"


@pytest.mark.parametrize(
    ("when", "method"),
    [
        (NOW - timedelta(days=15, seconds=1), RunMethod.ENGINE),
        (NOW, RunMethod.ENGINE),
        (NOW - timedelta(days=1), RunMethod.HAND),
        (NOW - timedelta(days=1), RunMethod.IMPORT),
    ],
)
def test_only_what_a_machine_saw_in_the_last_15_days_counts(
    session: Session, when: datetime, method: RunMethod
) -> None:
    one = add_account(session, "青石文旅", platform="douyin", sec_uid=SEC)
    shown(session, one, when, method, sec_uid=SEC, douyin_id="qs.wenlv")
    everything = Filters(everything=True)
    assert planned(session, filters=everything) == {"青石文旅": {"sec_uid": SEC}}


def test_of_a_cancelled_account_only_its_own_ids_are_asked_for(session: Session) -> None:
    one = add_account(session, "旧号", platform="douyin", state=AccountState.CLOSED, sec_uid=SEC)
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    kinds = Filters(kinds=[CheckKind.HANDLE])
    assert planned(session, filters=kinds) == {"旧号": {"sec_uid": SEC}}


def test_the_number_of_statements_does_not_grow_with_the_number_of_accounts(
    registry: db.Registry,
) -> None:
    with registry.write() as session:
        counts = []
        for size in (3, 300):
            for n in range(size):
                name = f"青石{size}号{n}"
                one = add_account(session, name, platform="douyin", sec_uid=f"MS4w{size}x{n}")
                shown(session, one, sec_uid=f"MS4w{size}x{n}", douyin_id=f"qs.{size}.{n}")
            ran: list[str] = []

            def note(*given: Any, ran: list[str] = ran) -> None:
                ran.append(given[2])

            event.listen(registry.engine, "before_cursor_execute", note)
            told = planned(session)
            event.remove(registry.engine, "before_cursor_execute", note)
            assert all(len(ids) == 2 for ids in told.values())
            counts.append(len(ran))
        assert counts[1] <= counts[0] + 2
