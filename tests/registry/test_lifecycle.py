"""The lifecycle table, pair by pair, and what it says when it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import IllegalTransition
from registry.filings import lifecycle
from registry.vocab import AccountState, FilingAct, FilingKind, FilingState

A, K = AccountState, FilingKind

LEGAL: dict[tuple[FilingKind, AccountState | None], tuple[AccountState | None, AccountState]] = {
    (K.BASELINE, None): (None, A.ACTIVE),
    (K.OPEN, None): (A.PROPOSED, A.ACTIVE),
    (K.CHANGE, A.ACTIVE): (None, A.ACTIVE),
    (K.CHANGE, A.CLOSING): (None, A.CLOSING),
    (K.STOP, A.ACTIVE): (A.CLOSING, A.CLOSING),
    (K.CANCEL, A.CLOSING): (None, A.CLOSED),
    (K.CANCEL, A.ACTIVE): (None, A.CLOSED),
    (K.REOPEN, A.CLOSED): (A.PROPOSED, A.ACTIVE),
    (K.TRANSFER, A.ACTIVE): (None, A.TRANSFERRED),
    (K.TRANSFER, A.CLOSING): (None, A.TRANSFERRED),
}
PAIRS = [(kind, state) for kind in FilingKind for state in (None, *AccountState)]
MOVES = {
    ("draft", "submit"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("returned", "submit"): "submitted",
    ("returned", "withdraw"): "withdrawn",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "reject"): "rejected",
    ("submitted", "withdraw"): "withdrawn",
    ("approved", "complete"): "completed",
    ("approved", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_every_pair_of_filing_and_account_state_is_legal_or_refused(
    pair: tuple[FilingKind, AccountState | None],
) -> None:
    kind, state = pair
    if pair in LEGAL:
        lifecycle.check(kind, state)
        found = lifecycle.row(kind, state)
        assert (found.on_approve, found.on_complete) == LEGAL[pair]
    else:
        with pytest.raises(IllegalTransition):
            lifecycle.check(kind, state)


@pytest.mark.parametrize("kind", FilingKind)
@pytest.mark.parametrize("state", FilingState)
@pytest.mark.parametrize("act", FilingAct)
def test_every_move_of_a_filing_is_legal_or_refused(
    kind: FilingKind, state: FilingState, act: FilingAct
) -> None:
    expected = MOVES.get((state.value, act.value))
    if (kind, state, act) == (K.STOP, FilingState.COMPLETED, FilingAct.WITHDRAW):
        expected = "withdrawn"
    if expected is None:
        with pytest.raises(IllegalTransition):
            lifecycle.check_move(state, act, kind)
    else:
        assert lifecycle.check_move(state, act, kind).value == expected


@pytest.mark.parametrize("state", [FilingState.APPROVED, FilingState.COMPLETED])
def test_a_stop_is_not_withdrawn_once_a_cancellation_is_approved(state: FilingState) -> None:
    with pytest.raises(IllegalTransition, match="注销已获批准"):
        lifecycle.check_move(state, FilingAct.WITHDRAW, K.STOP, cancelling=True)


def test_the_refusal_names_the_state_the_filing_and_what_is_allowed() -> None:
    with pytest.raises(IllegalTransition) as caught:
        lifecycle.check(K.OPEN, A.ACTIVE)
    assert caught.value.message == "账号当前为“正常运行”，不能办理“开设”备案。"
    assert caught.value.hint == "当前可以办理：变更、关停、注销、划转。"


def test_a_proposed_account_is_first_opened_or_given_up() -> None:
    with pytest.raises(IllegalTransition) as caught:
        lifecycle.check(K.STOP, A.PROPOSED)
    assert caught.value.hint == "请先办结或撤回该账号的开设备案。"


def test_an_abandoned_account_sends_the_user_to_a_new_opening() -> None:
    with pytest.raises(IllegalTransition) as caught:
        lifecycle.check(K.REOPEN, A.ABANDONED)
    assert "新的开设备案" in caught.value.hint


def test_the_refused_move_of_a_filing_names_the_possible_ones() -> None:
    with pytest.raises(IllegalTransition) as caught:
        lifecycle.check_move(FilingState.DRAFT, FilingAct.APPROVE, K.OPEN, number="2026-0007")
    assert caught.value.message == "备案 2026-0007 当前为“草稿”，不能执行“批准”。"
    assert caught.value.hint == "当前可以：提交、撤回。"


@pytest.mark.parametrize("state", [A.CLOSING, A.CLOSED, A.TRANSFERRED, A.PROPOSED, A.ACTIVE])
def test_the_notice_of_a_stop_can_be_recorded_whatever_came_after(state: AccountState) -> None:
    assert lifecycle.check_completion(K.STOP, state).on_complete is A.CLOSING


def test_an_opening_is_completed_only_while_proposed() -> None:
    assert lifecycle.check_completion(K.OPEN, A.PROPOSED).on_complete is A.ACTIVE
    for state in set(AccountState) - {A.PROPOSED}:
        with pytest.raises(IllegalTransition):
            lifecycle.check_completion(K.OPEN, state)


def test_states_connect_along_the_table_and_its_withdrawals_only() -> None:
    assert {
        (before.value, after.value)
        for before in AccountState
        for after in AccountState
        if before is not after and lifecycle.states_connect(before, after)
    } == {
        ("proposed", "active"),
        ("proposed", "abandoned"),
        ("proposed", "closed"),
        ("active", "closing"),
        ("active", "closed"),
        ("active", "transferred"),
        ("closing", "active"),
        ("closing", "closed"),
        ("closing", "transferred"),
        ("closed", "proposed"),
    }
    assert all(lifecycle.states_connect(state, state) for state in AccountState)


@given(st.lists(st.sampled_from(FilingKind), max_size=12), st.data())
def test_filing_after_filing_the_account_stays_on_the_table(
    kinds: list[FilingKind], data: st.DataObject
) -> None:
    state: AccountState | None = None
    for kind in kinds:
        if kind not in lifecycle.legal_kinds(state):
            with pytest.raises(IllegalTransition):
                lifecycle.check(kind, state)
            continue
        found = lifecycle.row(kind, state)
        approved = found.on_approve or state
        if data.draw(st.booleans(), label="withdrawn after approval"):
            after = lifecycle.WITHDRAWN_TO[kind] if found.on_approve else state
        else:
            after = found.on_complete
        if state is not None and approved is not None:
            assert lifecycle.states_connect(state, approved)
        if approved is not None and after is not None:
            assert lifecycle.states_connect(approved, after)
        state = after
