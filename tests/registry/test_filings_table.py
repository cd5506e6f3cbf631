"""Whatever is tried with filings, in whatever order, accounts never leave the lifecycle table."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import db
from registry.errors import IllegalTransition, MissingField, Refused, StaleRevision
from registry.filings import acts as filings
from registry.filings import lifecycle
from registry.filings.lifecycle import states_connect
from registry.history import writing as history
from registry.history.chain import first_break
from registry.history.writing import state_of
from registry.models import Account, Filing
from registry.vocab import AccountState, FilingAct, FilingKind, FilingState, SubjectKind
from tests.registry.county import NOTICE, County, an_act, found

KINDS = [kind for kind in FilingKind if kind is not FilingKind.BASELINE]
ACTS = [act for act in FilingAct if act not in {FilingAct.DRAFT, FilingAct.NOTICE}]
FIELDS: dict[FilingKind, dict[str, Any]] = {
    FilingKind.STOP: {"stop_on": "2026-11-30"},
    FilingKind.CANCEL: {"cause": "seized"},
    FilingKind.TRANSFER: {"transferred_to": "白水县公安局"},
}
EXPECTED = (IllegalTransition, MissingField, Refused, StaleRevision)
BARE = st.sampled_from([False] * 7 + [True])
"""Whether the papers are left out."""
FAR = st.sampled_from([3, 3, 3, 2, 2, 1, 0])
CARRIED = st.tuples(st.sampled_from(KINDS), st.integers(0, 3), BARE, FAR)
"""A filing of a kind about some account, taken so many acts far."""
SINGLE = st.tuples(st.sampled_from(ACTS), st.integers(0, 50), BARE, st.just(0))
"""One act on some filing, whatever its state."""
WAY = (FilingAct.SUBMIT, FilingAct.APPROVE, FilingAct.COMPLETE)
Step = tuple[FilingKind | FilingAct, int, bool, int]


@contextmanager
def a_county() -> Iterator[County]:
    """A registry of its own for each example; its writes are undone at the end."""
    with tempfile.TemporaryDirectory() as folder:
        registry = db.create(str(Path(folder) / "accounts.db"))
        try:
            with Session(registry.engine.execution_options(writes=True)) as session:
                yield found(session)
        finally:
            registry.close()


def begin(county: County, kind: FilingKind, pick: int, bare: bool) -> None:
    """Draft a filing of a kind about some account, with its form or without."""
    accounts = county.session.scalars(select(Account).order_by(Account.id)).all()
    fields = {} if bare else dict(FIELDS.get(kind, {}))
    if kind is FilingKind.OPEN:
        fields.update(platform="weibo", name=f"青石{pick}号", host_unit=county.police)
    if kind is FilingKind.CHANGE:
        fields["name"] = f"改名{pick}"
    account = accounts[pick % len(accounts)] if accounts and kind is not FilingKind.OPEN else None
    act = an_act(county.session)
    filings.draft(
        county.session, kind, act=act, account=account, fields=fields, reason="" if bare else "整合"
    )


def go_on(county: County, what: FilingAct, pick: int, bare: bool) -> None:
    """One act on some filing."""
    session, act = county.session, an_act(county.session)
    rows = session.scalars(select(Filing).order_by(Filing.id)).all()
    if not rows:
        return
    filing = rows[pick % len(rows)]
    if what is FilingAct.SUBMIT:
        filings.submit(session, filing, act)
    elif what is FilingAct.APPROVE:
        filings.approve(session, filing, act)
    elif what is FilingAct.RETURN:
        filings.return_(session, filing, act, note="缺材料")
    elif what is FilingAct.REJECT:
        filings.reject(session, filing, act, note="不妥")
    elif what is FilingAct.WITHDRAW:
        filings.withdraw(session, filing, act)
    else:
        complete(county, filing, bare)


def complete(county: County, filing: Filing, bare: bool) -> None:
    more: dict[str, Any] = {}
    if filing.kind in {FilingKind.OPEN, FilingKind.REOPEN} and not bare:
        more["fields"] = {
            "identifiers": {"uid": str(8000000 + filing.id)},
            "verified_subject": "青石县公安局",
        }
    act = an_act(county.session)
    filings.complete(county.session, filing, act, notice_url="" if bare else NOTICE, **more)


def states(session: Session) -> dict[int, AccountState]:
    return {account.id: account.state for account in session.scalars(select(Account))}


def check(county: County, before: dict[int, AccountState]) -> None:
    """What must hold after every act, done or refused."""
    for key, now in states(county.session).items():
        if key in before:
            assert states_connect(before[key], now)
        else:
            assert now is AccountState.PROPOSED
    for filing in county.session.scalars(select(Filing)):
        approved = filing.state in {FilingState.APPROVED, FilingState.COMPLETED}
        assert not (approved and filing.account is None)
        if filing.kind is FilingKind.OPEN and filing.state is FilingState.APPROVED:
            assert filing.account is not None
            assert filing.account.state is AccountState.PROPOSED
    for account in county.session.scalars(select(Account)):
        live = [row for row in account.identifiers if row.valid_to is None]
        assert not (live and account.state in {AccountState.CLOSED, AccountState.TRANSFERRED})


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.one_of(CARRIED, CARRIED, SINGLE), min_size=10, max_size=25))
def test_random_acts_never_leave_the_table(steps: list[Step]) -> None:
    walk(steps)


def test_random_walks_make_every_change_of_state_that_the_table_has() -> None:
    dice = random.Random(20261122)
    made: set[tuple[AccountState | None, AccountState]] = set()
    for _walk in range(4):
        made |= walk([a_step(dice) for _step in range(100)])
    assert {edge for edge in made if edge[0] is not None} == lifecycle.EDGES


def a_step(dice: random.Random) -> Step:
    """A filing of some kind taken some way, or the withdrawal of the last one."""
    if dice.random() < 0.2:
        return FilingAct.WITHDRAW, -1, False, 0
    return dice.choice(KINDS), dice.randrange(60), dice.random() < 0.1, dice.choice([3, 3, 2, 1])


def walk(steps: Sequence[Step]) -> set[tuple[AccountState | None, AccountState]]:
    """Try the steps in a fresh registry; the changes of state that came of them."""
    with a_county() as county:
        made: set[tuple[AccountState | None, AccountState]] = set()
        county.account()
        for what, pick, bare, far in steps:
            before = states(county.session)
            if isinstance(what, FilingAct):
                attempt(county, lambda: go_on(county, what, pick, bare))
            elif attempt(county, lambda: begin(county, what, pick, bare)):
                last = len(county.session.scalars(select(Filing.id)).all()) - 1
                for act in WAY[:far]:
                    attempt(county, lambda: go_on(county, act, last, bare))
                    made |= differences(before, states(county.session))
                    before = states(county.session)
            made |= differences(before, states(county.session))
        agree(county.session)
        return made


def differences(
    before: dict[int, AccountState], after: dict[int, AccountState]
) -> set[tuple[AccountState | None, AccountState]]:
    return {
        (before.get(key), state) for key, state in after.items() if before.get(key) is not state
    }


def attempt(county: County, do: Callable[[], None]) -> bool:
    """Try an act; True if it was done. Either way the table must hold."""
    before = states(county.session)
    savepoint = county.session.begin_nested()
    try:
        do()
    except EXPECTED:
        savepoint.rollback()
        check(county, before)
        return False
    savepoint.commit()
    check(county, before)
    return True


def agree(session: Session) -> None:
    """The live rows equal the last states of history, and the chain holds."""
    last = history.states(session, SubjectKind.ACCOUNT)
    for account in session.scalars(select(Account)):
        assert last[account.uid] == state_of(account)
    assert first_break(session) is None
