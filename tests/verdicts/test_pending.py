"""Who may be gone by now is told of at once, whatever the next time point is."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from registry.vocab import AccountState
from tests.verdicts.building import alive, at, failed, gone, look
from tests.verdicts.fieldwork import Field
from verdicts.pending import pending
from verdicts.ruleset import load
from verdicts.seen import Seen

RULES = load("national-2019")
JUDGED = at("2026-11-16 09:00")
NOW = at("2026-11-19 10:00")


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


def told(field: Field, *looks: Seen, state: AccountState = AccountState.ACTIVE) -> list[bool]:
    """Whether each account found is gone by now: one entry for the one there is, or none."""
    account = field.account("青石公安", state=state)
    sweep = field.sweep("2026-11-23 09:00")
    for each in looks:
        field.observe(field.run(sweep), account, each)
    return [each.gone for each in pending(field.session, RULES, NOW, JUDGED)]


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ([look("2026-11-17 10:00", "2026-11-17 08:00"), gone("2026-11-18 10:00")], [False]),
        ([gone("2026-11-19 10:00")], [False]),  # this very moment
        ([gone("2026-11-18 10:00"), gone("2026-11-18 20:00")], [False]),
        ([gone("2026-11-18 10:00"), failed("2026-11-19 10:00")], [False]),
        ([gone("2026-11-18 10:00"), gone("2026-11-19 10:00")], [True]),
        ([gone("2026-11-18 10:00"), alive("2026-11-19 10:00")], []),
        ([gone("2026-11-10 10:00"), gone("2026-11-12 10:00")], []),  # judged so at the last T
        ([look("2026-11-17 10:00", "2026-11-17 08:00")], []),
    ],
)
def test_a_signal_tells_until_a_sign_of_life_or_a_verdict(
    field: Field, looks: list[Seen], found: list[bool]
) -> None:
    assert told(field, *looks) == found


def test_it_says_since_when_and_from_when_on_a_second_look_decides(field: Field) -> None:
    told(field, gone("2026-11-18 10:00"))
    (found,) = pending(field.session, RULES, NOW)
    assert (found.name, found.since) == ("青石公安", at("2026-11-18 10:00"))
    assert found.again_from == at("2026-11-19 10:00")


def test_a_cancelled_account_is_meant_to_be_gone(field: Field) -> None:
    assert told(field, gone("2026-11-18 10:00"), state=AccountState.CLOSED) == []
