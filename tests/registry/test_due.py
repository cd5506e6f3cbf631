"""What waits for whom and since how many working days. Today is Sunday, 22 November 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.filings import acts as filings
from registry.filings import jurisdictions
from registry.filings.due import DueFiling, Task, due
from registry.models import Account
from registry.vocab import FilingKind
from tests.conftest import NOW
from tests.registry.county import NOTICE, County, an_act, found

K = FilingKind


@pytest.fixture
def county(session: Session) -> County:
    return found(session, steps=2)


def after(days: int) -> datetime:
    return NOW + timedelta(days=days)


def only(county: County, days: int = 0) -> DueFiling:
    (item,) = due(county.session, after(days))
    return item


def change(county: County, account: Account, *, passed: int = 0, **given: Any) -> filings.Submitted:
    session, act = county.session, an_act(county.session)
    given.setdefault("fields", {"name": "青石公安"})
    filing = filings.draft(session, K.CHANGE, act=act, account=account, **given)
    done = filings.submit(session, filing, act)
    for _step in range(passed):
        filings.approve(session, filing, act)
    return done


def test_a_submitted_filing_waits_for_the_unit_of_its_step(county: County) -> None:
    change(county, county.account())
    item = only(county, days=4)
    assert (item.task, item.waits_for, item.level) == (Task.APPROVE, "青石县", 0)
    assert (item.since, item.working_days, item.limit) == (date(2026, 11, 22), 4, 5)
    assert (item.account_name, item.platform, item.host_unit) == (
        "青石警方",
        "weibo",
        "青石县公安局",
    )
    assert item.exceeded is False


def test_after_the_first_step_it_waits_for_the_next(county: County) -> None:
    change(county, county.account(), passed=1)
    item = only(county)
    assert (item.waits_for, item.level) == ("云川市", 1)


def test_a_step_without_a_unit_waits_for_the_office_of_its_level(county: County) -> None:
    rules = jurisdictions.for_unit(county.session, county.office)
    assert rules is not None
    rules.approval_steps = [{"level": "county", "unit": None, "limit": 3}]
    change(county, county.account())
    assert only(county).waits_for == "县级主管部门"


def test_the_limit_is_exceeded_when_more_working_days_have_passed(county: County) -> None:
    change(county, county.account())
    assert [only(county, days).exceeded for days in (5, 7, 8)] == [False, False, True]
    assert [only(county, days).working_days for days in (5, 7, 8)] == [5, 5, 6]


def test_a_returned_filing_waits_for_its_host_unit(county: County) -> None:
    filing = change(county, county.account()).filing
    filings.return_(county.session, filing, an_act(county.session), note="缺材料")
    item = only(county)
    assert (item.task, item.waits_for, item.limit) == (Task.CORRECT, "青石县公安局", None)


def test_an_approved_filing_waits_to_be_completed(county: County) -> None:
    change(county, county.account(), passed=2)
    item = only(county)
    assert (item.task, item.waits_for, item.limit) == (Task.COMPLETE, "青石县公安局", 20)


def test_an_effective_date_to_come_waits_for_nobody_until_that_day(county: County) -> None:
    change(county, county.account(), passed=2, effective_on=date(2026, 12, 1))
    assert due(county.session, after(8)) == []
    item = only(county, days=10)
    assert (item.since, item.working_days) == (date(2026, 12, 1), 1)


def test_drafts_and_what_has_ended_wait_for_nobody(county: County) -> None:
    session, act, account = county.session, an_act(county.session), county.account()
    filings.draft(session, K.CHANGE, act=act, account=account)
    for end in ("reject", "withdraw"):
        filing = change(county, account).filing
        getattr(filings, end)(session, filing, act, note="不妥")
    assert due(session, NOW) == []


def stopped(county: County) -> Account:
    account, session, act = county.account(), county.session, an_act(county.session)
    given: dict[str, Any] = {"reason": "整合", "fields": {"stop_on": "2026-11-30"}}
    stop = filings.draft(session, K.STOP, act=act, account=account, **given)
    filings.submit(session, stop, act)
    filings.approve(session, stop, act)
    filings.approve(session, stop, act)
    filings.complete(session, stop, act, notice_url=NOTICE)
    return account


def test_a_stop_whose_notice_period_is_over_waits_to_be_cancelled(county: County) -> None:
    stopped(county)
    assert due(county.session, after(20)) == []
    item = only(county, days=22)
    assert (item.task, item.kind, item.waits_for) == (Task.CANCEL, K.STOP, "青石县公安局")
    assert (item.working_days, item.limit, item.exceeded) == (16, 15, True)


def test_a_cancellation_under_way_takes_the_place_of_the_stop(county: County) -> None:
    account, session, act = stopped(county), county.session, an_act(county.session)
    cancel = filings.draft(session, K.CANCEL, act=act, account=account)
    filings.submit(session, cancel, act)
    item = only(county, days=22)
    assert (item.task, item.number) == (Task.APPROVE, cancel.number)


def test_a_cancellation_is_to_be_reported_within_days_of_the_platforms(county: County) -> None:
    account, session, act = stopped(county), county.session, an_act(county.session)
    fields = {"cancelled_on": "2026-11-16"}
    cancel = filings.draft(session, K.CANCEL, act=act, account=account, fields=fields)
    filings.submit(session, cancel, act)
    filings.approve(session, cancel, act)
    filings.approve(session, cancel, act)
    item = only(county)
    assert (item.task, item.since, item.limit) == (Task.REPORT, date(2026, 11, 16), 5)
    assert (item.working_days, item.exceeded) == (4, False)
    assert only(county, days=3).exceeded is True


def test_what_is_over_its_limit_comes_first(county: County) -> None:
    account = county.account()
    late = change(county, account).filing
    late.waiting_since = after(-30)
    change(county, account, fields={"purpose": "警务"}).filing.waiting_since = after(-2)
    approved = change(county, account, passed=2, fields={"cadence": "每日"}).filing
    approved.waiting_since = after(-12)
    assert [item.number for item in due(county.session, NOW)] == [
        late.number,
        approved.number,
        "2026-0002",
    ]


def test_a_year_without_holidays_published_is_remarked_on(county: County) -> None:
    change(county, county.account())
    item = only(county, days=365 * 40)
    assert item.certain is False
    assert "尚未公布" in item.note
    assert only(county).note == ""
