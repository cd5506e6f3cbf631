"""Several filings in one command: all of them, or none and every fault."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven
from registry.errors import BadInput
from registry.filings.batch import FilingRequest, file_batch
from registry.filings.openings import Openings
from registry.models import Contact, Filing, FilingBatch
from registry.vocab import FilingKind, FilingState
from tests.registry.county import County, an_act, found, machine

K = FilingKind


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def test_one_filing_makes_no_batch(county: County) -> None:
    account = county.account()
    batch = file_batch(
        county.session,
        [FilingRequest(K.CHANGE, account, {"name": "青石公安"})],
        act=an_act(county.session),
    )
    assert batch.row is None and batch.filings[0].batch is None


def test_several_filings_share_a_batch_and_keep_their_order(county: County) -> None:
    county.account("青石警方", uid="1")
    county.account("青石交警", uid="2")
    requests = [
        FilingRequest(K.CHANGE, "青石警方", {"purpose": "警务"}),
        FilingRequest(K.CHANGE, "青石交警", {"purpose": "交通"}),
        FilingRequest(
            K.OPEN,
            None,
            {"platform": "微博", "name": "青石消防"},
            host_unit="县公安局",
            contacts=[ContactGiven("李雷", "13800001234")],
        ),
    ]
    batch = file_batch(
        county.session, requests, act=an_act(county.session), title="季度变更", prefix="青石县"
    )
    assert [filing.number for filing in batch.filings] == ["2026-0001", "2026-0002", "2026-0003"]
    assert {filing.state for filing in batch.filings} == {FilingState.SUBMITTED}
    assert [caution.code for _filing, caution in batch.cautions] == ["NM-DUP"]


def test_drafts_can_be_kept_back(county: County) -> None:
    request = FilingRequest(K.CHANGE, county.account(), {"name": "青石公安"})
    (filing,) = file_batch(
        county.session, [request], act=machine(county.session), hand_in=False
    ).filings
    assert filing.state is FilingState.DRAFT


def test_all_faults_are_told_and_nothing_is_kept(county: County) -> None:
    county.account()
    requests = [
        FilingRequest(K.CHANGE, "青石警方", {"name": "青石公安"}),
        FilingRequest(K.CHANGE, "青石警方", {"followers": "很多", "opened_on": "某日"}),
        FilingRequest(K.REOPEN, "青石警方"),
        FilingRequest(K.STOP, "没有的账号", contacts=[ContactGiven("李雷", "1")]),
    ]
    with pytest.raises(BadInput, match="4 件备案中有 3 件") as caught:
        file_batch(county.session, requests, act=an_act(county.session))
    assert len(caught.value.faults) == 4
    assert all(
        "账号" in fault.message or "青石警方" in fault.message for fault in caught.value.faults
    )
    for table in (Filing, FilingBatch, Contact):
        assert county.session.scalar(select(func.count()).select_from(table)) == 0


def test_an_account_stopped_twice_in_one_batch_is_a_fault(county: County) -> None:
    account = county.account()
    stop = FilingRequest(K.STOP, account, {"stop_on": "2026-11-30"}, reason="整合")
    with pytest.raises(BadInput) as caught:
        file_batch(county.session, [stop, stop], act=an_act(county.session))
    assert "正在办理" in caught.value.faults[0].message


def openings(*uids: str) -> list[FilingRequest]:
    """An opening for each id."""
    return [
        FilingRequest(
            K.OPEN,
            None,
            {"platform": "微博", "name": f"青石{uid}", "identifiers": {"uid": uid}},
            host_unit="县公安局",
        )
        for uid in uids
    ]


def test_the_openings_under_way_are_read_once_however_many_are_handed_in(county: County) -> None:
    act, bind, told = an_act(county.session), county.session.get_bind(), list[str]()

    def tell(*arguments: object) -> None:
        told.append(str(arguments[2]))

    event.listen(bind, "before_cursor_execute", tell)
    try:
        for first in (1000001, 1000101):
            given = openings(*(str(first + number) for number in range(8)))
            file_batch(county.session, given, act=act, prefix="青石县")
    finally:
        event.remove(bind, "before_cursor_execute", tell)
    of_openings = [text for text in told if "filing.kind =" in text and "filing.state IN" in text]
    assert len(of_openings) == 2
    assert not [text for text in told if "json_extract" in text.lower() or "->" in text]


def test_two_openings_of_a_batch_with_one_id_are_one_too_many(county: County) -> None:
    with pytest.raises(BadInput) as caught:
        file_batch(
            county.session,
            openings("1000001", "1000002", "1000001"),
            act=an_act(county.session),
            prefix="青石县",
        )
    (fault,) = caught.value.faults
    assert "2026-0001" in fault.message


def test_an_opening_corrected_to_another_id_no_longer_holds_the_first(county: County) -> None:
    session, act = county.session, an_act(county.session)
    (opening,) = file_batch(session, openings("1000001"), act=act, prefix="青石县").filings
    known = Openings(session)
    assert known.other(a_draft(county), ("weibo", "uid", "1000001")) is opening
    opening.form = {**opening.form, "identifiers": {"uid": "1000009"}}
    assert known.other(a_draft(county), ("weibo", "uid", "1000001")) is None
    known.add(opening)
    assert known.other(a_draft(county), ("weibo", "uid", "1000009")) is opening
    assert known.other(opening, ("weibo", "uid", "1000009")) is None


def a_draft(county: County) -> Filing:
    given = openings("1000077")
    act = an_act(county.session)
    (filing,) = file_batch(county.session, given, act=act, prefix="青石县", hand_in=False).filings
    return filing
