"""What was seen once holds an account out of the upload until a look or a person says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.findings.acts import confirm, dismiss, waive
from registry.findings.differences import Reconciliation, Stopping
from registry.models import Finding
from registry.vocab import FilingKind, FilingState, Verdict
from reports.reconcile_book import write_reconcile_book
from reports.reconcile_page import reconciliation_object
from reports.reconcile_words import stopping_words
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.workbooks import sheet_of

LATER = NOW + timedelta(days=100)
"""A reading of `NOW` no longer speaks of the present by then."""


@pytest.fixture
def county(session: Session) -> County:
    """An account whose row in the national system is to change."""
    made = found(session)
    made.report("media", name="青石融媒旧名")
    return made


def held(result: Reconciliation) -> list[tuple[str, ...]]:
    return [row.codes for row in result.held]


def finding(county: County, code: str) -> Finding:
    return county.session.scalars(select(Finding).where(Finding.code == code)).one()


def other_body(county: County) -> None:
    county.see("media", when=NOW, verified_subject="青石文化传媒有限公司")
    assert held(county.reconcile()) == [("RC309",)]


def test_another_body_that_was_read_long_ago_still_holds_the_account_back(county: County) -> None:
    other_body(county)
    result = county.reconcile(at=LATER)
    assert (result.counts, result.upload_rows, held(result)) == ({"RC306": 1}, (), [("RC309",)])
    (earlier,) = result.earlier
    assert earlier.outside["verified_subject"] == "青石文化传媒有限公司"
    assert "2026-11-22" in earlier.note
    assert (result.stopping, result.blocking) == (Stopping(found=1, earlier=1), 2)


def test_confirmed_it_holds_on_and_dismissed_it_does_not(county: County) -> None:
    other_body(county)
    confirm(county.session, finding(county, "RC309"), act=county.act_for(""))
    assert held(county.reconcile(at=LATER)) == [("RC309",)]
    dismiss(county.session, finding(county, "RC309"), act=county.act_for("挂牌的另一名称"))
    result = county.reconcile(at=LATER)
    assert (held(result), len(result.upload_rows), result.earlier) == ([], 1, ())


def test_a_fresh_look_that_shows_the_host_clears_it(county: County) -> None:
    other_body(county)
    county.see("media", when=LATER, verified_subject="青石县融媒体中心")
    result = county.reconcile(at=LATER)
    assert (held(result), len(result.upload_rows)) == ([], 1)
    assert finding(county, "RC309").ended_at == LATER


def test_what_is_waived_holds_again_and_counts_once_its_day_is_over(county: County) -> None:
    other_body(county)
    until, act = date(2026, 12, 31), county.act_for("机构改革")
    waive(county.session, finding(county, "RC309"), until=until, act=act)
    before = county.reconcile(at=NOW + timedelta(days=7))
    assert (held(before), len(before.upload_rows), before.blocking) == ([], 1, 1)
    after = county.reconcile(at=LATER)
    assert (held(after), after.upload_rows, after.blocking) == ([("RC309",)], (), 2)


@pytest.mark.parametrize("filed, codes", [({"name": "新名"}, []), ({"url": ""}, [("RC308",)])])
def test_a_ledger_that_was_changed_after_the_look_is_the_newer_word(
    county: County, filed: dict[str, str], codes: list[tuple[str, ...]]
) -> None:
    county.see("media", when=NOW, display_name="新名")
    assert held(county.reconcile()) == [("RC308",)]
    done, day = FilingState.COMPLETED, date(2026, 12, 1)
    county.file("media", FilingKind.CHANGE, done, form=filed, effective_on=day)
    assert held(county.reconcile(at=LATER)) == codes


def test_the_sheet_and_the_object_say_what_it_was(county: County, tmp_path: Path) -> None:
    county.judge("media", Verdict.GONE)
    county.reconcile()
    county.judge("media", Verdict.UNKNOWN)
    result = county.reconcile(at=LATER)
    write_reconcile_book(result, tmp_path / "核对.xlsx", platform=CATALOGUE.label)
    sheet = sheet_of(openpyxl.load_workbook(tmp_path / "核对.xlsx"), "暂缓报送")
    (row,) = sheet.iter_rows(min_row=sheet.max_row, values_only=True)
    assert "RC302 台账有、平台已不存在" in row
    said = " ".join(str(value) for value in row)
    assert "判断结果：已不存在" in said and "2026-11-22" in said and "注销" in str(row[-1])
    (told,) = reconciliation_object(result, [])["earlier"]
    assert (told["code"], told["standing"]) == ("RC302", "open")


def test_an_account_that_asks_nothing_of_the_upload_is_not_told_of(county: County) -> None:
    other_body(county)
    county.report("media", name="青石融媒")
    result = county.reconcile(at=LATER)
    assert (result.held, result.earlier, result.blocking) == ((), (), 1)
    assert result.stopping == Stopping(earlier=1)


def test_what_was_seen_before_a_completed_change_of_the_same_field_stops_no_upload(
    county: County,
) -> None:
    county.report("media", name="青石融媒")
    county.see("media", when=NOW, display_name="新名")
    assert county.reconcile().blocking == 1
    account = county.accounts["media"]
    account.name = account.fold = "再新的名"
    county.report("media", name="再新的名")
    day = date(2026, 11, 23)
    done, form = FilingState.COMPLETED, {"name": "再新的名"}
    county.file("media", FilingKind.CHANGE, done, form=form, effective_on=day)
    result = county.reconcile(at=NOW + timedelta(days=1))
    assert (result.blocking, result.stopping) == (0, Stopping(overtaken=1))
    assert finding(county, "RC308").ended_at is None, "nobody has looked since"
    assert "未再查看" in stopping_words(result)


@pytest.mark.parametrize("code", ["RC308", "RC309"])
def test_a_ledger_that_says_by_now_what_was_seen_ends_it(county: County, code: str) -> None:
    county.report("media", name="青石融媒")
    if code == "RC308":
        county.see("media", when=NOW, display_name="新名")
        form = {"name": "新名"}
    else:
        county.see("media", when=NOW, verified_subject="青石县民政局")
        form = {"host_unit": county.units["青石县民政局"].uid}
    assert county.reconcile().blocking == 1
    account = county.accounts["media"]
    if code == "RC308":
        account.name = account.fold = "新名"
        county.report("media", name="新名")
    else:
        account.roles[0].unit = county.units["青石县民政局"]
        county.report("media", host_unit="青石县民政局")
    done, day = FilingState.COMPLETED, date(2026, 11, 23)
    notice = "https://qingshi.example/n"
    county.file("media", FilingKind.CHANGE, done, form=form, effective_on=day, notice_url=notice)
    tomorrow = NOW + timedelta(days=1)
    county.reconcile(at=tomorrow)
    assert finding(county, code).ended_at == tomorrow
