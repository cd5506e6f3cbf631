"""Ids that a platform showed beside one of the ledger's: proposed, and entered by a person's act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.accounts.making import create_account
from registry.accounts.parts import add_identifier, end_identifier, live_identifiers
from registry.accounts.reading import account_card
from registry.accounts.seen_ids import SeenId, seen_ids, take_seen
from registry.actors import system
from registry.errors import AlreadyExists, Refused
from registry.history.writing import rows_of
from registry.models import Account, Observation, Run
from registry.platforms import PlatformCatalogue
from registry.units.naming import ensure_unit
from registry.vocab import AccountState, CheckKind, Outcome, PlatformInfo, RunMethod, SubjectKind
from sweeps.planning.plan import sweep_key
from tests.conftest import NOW
from tests.registry.county import NEW_YEAR, TODAY, an_act

PLATFORMS = PlatformCatalogue(
    [
        PlatformInfo(
            "douyin",
            {"zh": "抖音", "en": "Douyin"},
            (),
            schemes={"sec_uid": r"MS4w[\w-]{4,}", "douyin_id": r"[\w.]{4,30}"},
            preferred="sec_uid",
        )
    ]
)
SEC, OTHER_SEC = "MS4wqingshi1", "MS4wqingshi2"


def account(session: Session, name: str = "青石文旅", **ids: str) -> Account:
    unit = ensure_unit(session, "青石县文旅局", act=an_act(session), effective_on=NEW_YEAR)
    return create_account(
        session,
        platform="douyin",
        name=name,
        host_unit=unit,
        identifiers=ids,
        state=AccountState.ACTIVE,
        act=an_act(session),
        effective_on=NEW_YEAR,
    )


def shown(
    session: Session,
    of: Account,
    *,
    hours: int = 0,
    outcome: Outcome = Outcome.READ,
    kind: CheckKind = CheckKind.FRESHNESS,
    **ids: Any,
) -> None:
    """An answer so many hours before now that showed these ids."""
    run = Run(
        sweep_id=sweep_key(session, NOW, NOW),
        method=RunMethod.ENGINE,
        as_of=NOW,
        started_at=NOW,
        actor_id=system(session).id,
    )
    session.add(run)
    session.flush()
    session.add(
        Observation(
            run_id=run.id,
            account_id=of.id,
            kind=kind,
            observed_at=NOW - timedelta(hours=hours),
            outcome=outcome,
            facts={"posts": [], "identifiers": ids},
        )
    )
    session.flush()


def pairs(found: tuple[SeenId, ...]) -> list[tuple[str, str]]:
    return [(seen.scheme, seen.value) for seen in found]


def test_an_id_shown_beside_one_of_the_ledgers_is_proposed(session: Session) -> None:
    one = account(session, sec_uid=SEC)
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    assert seen_ids(session, one, PLATFORMS) == (SeenId("douyin_id", "qs.wenlv", NOW),)
    assert live_identifiers(one) == {"sec_uid": SEC}
    assert account_card(session, one, now=NOW).seen_ids == (SeenId("douyin_id", "qs.wenlv", NOW),)


@pytest.mark.parametrize(
    "ids",
    [
        {"douyin_id": "qs.wenlv"},
        {"sec_uid": OTHER_SEC, "douyin_id": "qs.wenlv"},
        {"sec_uid": SEC},
        {"sec_uid": SEC, "douyin_id": "?"},
        {"sec_uid": SEC, "uid": "1900000001"},
        {},
    ],
)
def test_nothing_is_proposed_without_an_id_of_the_ledgers_beside_it(
    session: Session, ids: dict[str, Any]
) -> None:
    one = account(session, sec_uid=SEC)
    shown(session, one, **ids)
    assert seen_ids(session, one, PLATFORMS) == ()


def test_the_latest_answer_that_agrees_counts_and_what_was_not_read_is_no_answer(
    session: Session,
) -> None:
    one = account(session, sec_uid=SEC)
    shown(session, one, hours=5, sec_uid=SEC, douyin_id="older")
    shown(session, one, hours=4, sec_uid=SEC, douyin_id="newer")
    shown(session, one, hours=3, sec_uid=OTHER_SEC, douyin_id="strangers")
    shown(session, one, hours=2)
    shown(session, one, hours=1, sec_uid=SEC, douyin_id="unread", outcome=Outcome.INCONCLUSIVE)
    shown(session, one, sec_uid=SEC, douyin_id="handle", kind=CheckKind.HANDLE)
    assert pairs(seen_ids(session, one, PLATFORMS)) == [("douyin_id", "newer")]


def test_an_id_that_has_ended_agrees_with_nothing(session: Session) -> None:
    one = account(session, sec_uid=SEC)
    end_identifier(session, one, "sec_uid", SEC, act=an_act(session), effective_on=TODAY)
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    assert seen_ids(session, one, PLATFORMS) == ()


def test_the_ids_seen_are_entered_by_an_act_in_the_history(session: Session) -> None:
    one = account(session, sec_uid=SEC)
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    act = an_act(session, reason="核对一致")
    (made,) = take_seen(session, one, platforms=PLATFORMS, act=act, effective_on=TODAY)
    assert (made.scheme, made.value, made.valid_from, made.preferred, made.disputed) == (
        "douyin_id",
        "qs.wenlv",
        TODAY,
        False,
        False,
    )
    last = rows_of(session, SubjectKind.ACCOUNT, one.uid)[-1]
    assert (last.actor_name, last.reason) == ("王芳", "核对一致")
    assert "douyin_id:qs.wenlv" in last.state
    assert seen_ids(session, one, PLATFORMS) == ()
    with pytest.raises(Refused):
        take_seen(session, one, platforms=PLATFORMS, act=act, effective_on=TODAY)


def test_an_id_of_another_live_account_is_refused_and_the_holder_named(session: Session) -> None:
    one = account(session, sec_uid=SEC)
    account(session, "青石旅游", sec_uid=OTHER_SEC, douyin_id="qs.wenlv")
    shown(session, one, sec_uid=SEC, douyin_id="qs.wenlv")
    assert seen_ids(session, one, PLATFORMS)[0].held_by == "青石旅游"
    with pytest.raises(AlreadyExists) as caught:
        take_seen(session, one, platforms=PLATFORMS, act=an_act(session), effective_on=TODAY)
    assert "青石旅游" in caught.value.message
    assert live_identifiers(one) == {"sec_uid": SEC}


def test_an_id_that_differs_from_the_ledgers_is_shown_and_not_entered(session: Session) -> None:
    one = account(session, sec_uid=SEC, douyin_id="qs.old")
    shown(session, one, sec_uid=SEC, douyin_id="qs.new")
    assert seen_ids(session, one, PLATFORMS) == (
        SeenId("douyin_id", "qs.new", NOW, instead_of="qs.old"),
    )
    with pytest.raises(Refused) as caught:
        take_seen(session, one, platforms=PLATFORMS, act=an_act(session), effective_on=TODAY)
    assert "douyin_id:qs.new (qs.old)" in caught.value.message
    add_identifier(session, one, "douyin_id", "qs.new", act=an_act(session), effective_on=TODAY)
    assert seen_ids(session, one, PLATFORMS) == ()
