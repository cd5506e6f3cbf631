"""Lists of problems and observations speak of known accounts and make none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from registry.errors import Refused
from registry.exchange.incoming import read_incoming
from registry.exchange.mentions import Fit, MentionList, find_mentions, keep_batch
from registry.exchange.plan import File
from registry.exchange.recognise import Kind
from registry.exchange.senders import find_sender
from tests.exchange.catalogues import CATALOGUE
from tests.exchange.lists import WITH_IDS, Desk, act
from tests.registry.county import TODAY

PROBLEMS = "平台,账号名称,责任单位,问题类别,检查时更新日期\n"


def found(desk: Desk, rows: str, *, sender: str = "青石县", header: str = PROBLEMS) -> MentionList:
    """The rows of a problem list with their accounts."""
    path = desk.folder / "问题.csv"
    path.write_text(header + rows, encoding="utf-8")
    whose = find_sender(desk.session, sender)
    incoming = read_incoming(path, CATALOGUE)
    assert incoming.recognition.kind is Kind.PROBLEMS
    parsed = incoming.parse(CATALOGUE, kind=Kind.PROBLEMS, sender=whose.name, today=TODAY)
    file = File(incoming.file, incoming.workbook.sha256, "problems")
    return find_mentions(desk.session, parsed, sender=whose, file=file, today=TODAY)


@pytest.fixture
def ledger(desk: Desk) -> Desk:
    """Two units with an account of one name, and one with an id."""
    rows = [
        ("青石县公安局", "平安青石", "微博", ""),
        ("青石县司法局", "平安青石", "微博", ""),
        ("青石县水务局", "青石水务", "微博", "7000001"),
    ]
    desk.take(rows, WITH_IDS)
    return desk


def test_rows_are_matched_by_name_platform_and_unit(ledger: Desk) -> None:
    rows = "微博,平安青石,县司法局,更新不及时,7月16日\n微博,青石水务,,更新不及时,7月17日\n"
    told = found(ledger, rows)
    assert [row.fit for row in told.rows] == [Fit.KNOWN, Fit.KNOWN]
    assert told.rows[0].account == ledger.accounts()[1].uid
    assert told.rows[0].ledger_host == "青石县司法局"
    assert told.rows[1].last_update == date(2026, 7, 17)
    assert told.rows[0].problem == "更新不及时"


def test_what_is_not_known_makes_no_account(ledger: Desk) -> None:
    told = found(ledger, "微信,青石文旅,县文旅局,更新不及时,7月16日\n")
    assert [row.fit for row in told.rows] == [Fit.UNKNOWN]
    keep_batch(ledger.session, told, act(ledger.session), {}, anew=False)
    assert len(ledger.accounts()) == 3
    assert told.counts["dated"] == 0


def test_several_accounts_of_one_name_are_not_told_apart_by_guess(ledger: Desk) -> None:
    told = found(ledger, "微博,平安青石,,更新不及时,7月16日\n")
    assert [row.fit for row in told.rows] == [Fit.UNCLEAR]
    assert told.rows[0].account is None


def test_a_date_ahead_or_a_mere_month_dates_nothing(ledger: Desk) -> None:
    rows = "微博,青石水务,,更新不及时,2027年1月1日\n微博,青石水务,,更新不及时,2026年7月\n"
    told = found(ledger, rows)
    assert [row.last_update for row in told.rows] == [None, None]
    assert "2027-01-01" in told.rows[0].reasons[0]


def test_a_row_that_cannot_be_read_is_told_by_its_number(ledger: Desk) -> None:
    told = found(ledger, "微博,青石水务,,更新不及时,某日\n")
    assert [(row.row, row.fit) for row in told.rows] == [(2, Fit.REJECTED)]


def test_a_list_of_problems_is_noted_once(ledger: Desk, session: Session) -> None:
    told = found(ledger, "微博,青石水务,,更新不及时,7月16日\n")
    batch = keep_batch(session, told, act(session), {}, anew=True)
    assert batch is not None
    assert (batch.kind, batch.counts["known"]) == ("problems", 1)
    assert keep_batch(session, told, act(session), {}, anew=False) is None


def test_a_list_of_nobody_is_shown_but_not_kept(ledger: Desk, tmp_path: Path) -> None:
    told = found(ledger, "微博,青石水务,,更新不及时,7月16日\n", sender="")
    assert [row.fit for row in told.rows] == [Fit.KNOWN]
    with pytest.raises(Refused):
        keep_batch(ledger.session, told, act(ledger.session), {}, anew=True)
