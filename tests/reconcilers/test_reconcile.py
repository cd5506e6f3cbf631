"""Every fault planted once is found under its own code, and nothing else is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import approve_duplicate, decide
from registry.accounts.baseline import BaselineRow, register_baseline
from registry.dates import shanghai_date
from registry.errors import Refused
from registry.exchange.national_template import NationalEntry
from registry.findings.acts import dismiss
from registry.findings.differences import Difference, ReviewKind, Stopping, UploadAct
from registry.findings.facts import fact_rows
from registry.findings.rows import describe
from registry.models import Account, AccountRole, Finding, Jurisdiction, Lead, UnitAlias
from registry.names import fold_name
from registry.units.bulk import ensure_units
from registry.units.naming import UnitIndex, ensure_unit
from registry.vocab import (
    AccountState,
    CheckKind,
    Choice,
    DecisionKind,
    Existence,
    FilingKind,
    FilingState,
    NationalState,
    Precision,
    Review,
    RoleKind,
    Severity,
    UnitLevel,
    UnitStatus,
    Verdict,
)
from reports.reconcile_words import told_values
from tests.conftest import NOW
from tests.reconcilers.county import BEGAN, County, found

LATER = NOW - timedelta(hours=1)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def lead(county: County) -> None:
    county.session.add(
        Lead(
            platform="weibo",
            name="青石交警",
            url="https://weibo.com/u/1000000099",
            identifiers={"uid": "1000000099"},
            host_unit="青石县公安局",
            found_at=LATER,
            found_where="微博搜索",
        )
    )


def gone(county: County) -> None:
    county.see("media", when=LATER, existence=Existence.GONE_SIGNAL)
    county.judge("media", Verdict.GONE)


def closed_still_live(county: County) -> None:
    county.report("closed", state=NationalState.LIVE, state_raw="正常运行")


def not_reported(county: County) -> None:
    del county.national["school1"]


def not_in_ledger(county: County) -> None:
    county.national["extra"] = NationalEntry(
        platform="weibo",
        name="青石水利",
        host_unit="青石县水利局",
        identifiers={"uid": "1000000077"},
        state=NationalState.LIVE,
        national_code="53019999",
        number=99,
    )


def field_differs(county: County) -> None:
    county.report("school1", name="青石一中")


def offline_too_early(county: County) -> None:
    county.report("school1", state=NationalState.OFFLINE, state_raw="已下线")


def renamed(county: County) -> None:
    county.see("media", when=LATER, display_name="青石融媒发布厅")


def other_subject(county: County) -> None:
    county.see("media", when=LATER, verified_subject="青石文化传媒有限公司")


def new_host_without_notice(county: County) -> None:
    account = county.accounts["school1"]
    account.roles[0].valid_to = date(2026, 6, 30)
    other = county.unit("青石县教育局")
    account.roles.append(AccountRole(unit=other, role=RoleKind.HOST, valid_from=date(2026, 7, 1)))
    county.report("school1", host_unit="青石县教育局")
    county.see("school1", when=LATER, verified_subject="青石县教育局")


def never_cancelled(county: County) -> None:
    county.accounts["school1"].state = AccountState.CLOSING
    county.file(
        "school1",
        FilingKind.STOP,
        FilingState.COMPLETED,
        form={"stop_on": "2026-06-01"},
        effective_on=date(2026, 6, 1),
    )


def reopened(county: County) -> None:
    county.see("closed", when=LATER, verified_subject="青石县文化和旅游局", last_post_at=LATER)


def two_on_one_platform(county: County) -> None:
    uid = {"uid": "1000000021"}
    county.account("second", "青石融媒视界", "青石县融媒体中心", identifiers=uid, followers=10)


def same_id_twice(county: County) -> None:
    county.account(
        "again",
        "青石县一中",
        "青石县第一中学",
        identifiers={"uid": "1000000003"},
        disputed=["uid"],
        reported=None,
    )


def look_alike(county: County) -> None:
    county.account("alike", "青石融媒", "青石县国有资产公司", identifiers={"uid": "1000000022"})


def names_differ(county: County) -> None:
    county.account("hydro1", "青石水利", "青石县水利局", identifiers={"uid": "1000000031"})
    county.account("hydro2", "青石河长", "青石县水利局", "douyin")


def host_abolished(county: County) -> None:
    county.unit("青石县民政局").status = UnitStatus.ABOLISHED


def handle_posts(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, last_post_at=LATER)


def handle_taken(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, verified_subject="云川游乐有限公司")


def handle_gone(county: County, when: datetime, ordinal: int = 0) -> None:
    signal, kind = Existence.GONE_SIGNAL, CheckKind.HANDLE
    county.see("closed", when=when, kind=kind, existence=signal, ordinal=ordinal)


PLANTS: dict[str, Callable[[County], None]] = {
    "RC301": lead,
    "RC302": gone,
    "RC303": closed_still_live,
    "RC304": not_reported,
    "RC305": not_in_ledger,
    "RC306": field_differs,
    "RC307": offline_too_early,
    "RC308": renamed,
    "RC309": other_subject,
    "RC310": new_host_without_notice,
    "RC311": never_cancelled,
    "RC312": reopened,
    "DU401": two_on_one_platform,
    "DU402": same_id_twice,
    "DU403": look_alike,
    "DU404": names_differ,
    "DU405": host_abolished,
    "CL501": handle_posts,
    "CL502": handle_taken,
}


def test_where_everything_agrees_nothing_is_found(county: County) -> None:
    result = county.reconcile()
    assert (result.counts, result.review, result.blocking) == ({}, (), 0)
    assert (result.coverage.national_rows, result.coverage.matched) == (10, 10)
    assert (result.coverage.live, result.coverage.seen, result.coverage.named) == (9, 9, 9)


@pytest.mark.parametrize("code", PLANTS)
def test_a_planted_fault_is_found_under_its_own_code_only(county: County, code: str) -> None:
    PLANTS[code](county)
    result = county.reconcile()
    assert result.counts == ({"DU402": 1, "RC304": 1} if code == "DU402" else {code: 1})
    found = next(d for d in result.differences if d.code == code)
    assert found.action and found.responsible and found.deadline
    assert found.basis or code == "CL502"
    stored = county.session.scalars(select(Finding).where(Finding.code == code)).one()
    assert stored.subject_uid == found.subject_uid
    assert stored.facts["fields"] == list(found.fields)
    assert describe(stored.facts), "a list of findings says what was seen"


def test_all_faults_at_once_are_found_once_each(county: County) -> None:
    together = set(PLANTS) - {"RC306", "RC307", "RC310", "RC311", "CL501", "CL502", "RC304"}
    for code in sorted(together - {"DU402"}):
        PLANTS[code](county)
    assert sorted(county.codes()) == sorted(together - {"DU402"} | {"RC303"})


def test_a_fault_put_right_ends_its_finding(county: County) -> None:
    field_differs(county)
    county.reconcile()
    county.report("school1", name="青石县第一中学")
    result = county.reconcile(at=NOW + timedelta(days=1))
    stored = county.session.scalars(select(Finding)).one()
    assert result.counts == {}
    assert stored.ended_at == NOW + timedelta(days=1)


def test_a_term_runs_from_the_day_it_was_first_found(county: County) -> None:
    field_differs(county)
    first = county.reconcile().differences[0].deadline
    again = county.reconcile(at=NOW + timedelta(days=3)).differences[0].deadline
    assert first == again == date(2026, 11, 27)  # five working days from a Sunday


def test_the_term_of_a_pair_runs_from_the_run_that_first_asked(county: County) -> None:
    county.account("again", "青石融媒发布", "青石县融媒体中心", reported=None)
    county.report("school1", identifiers={"uid": "1000000045"})
    days = [
        {pair.kind: pair.deadline for pair in county.reconcile(at=when, national=national).review}
        for when, national in (
            (NOW, True),
            (NOW + timedelta(days=3), False),
            (NOW + timedelta(days=7), True),
        )
    ]
    first = date(2026, 11, 27)  # five working days from a Sunday
    both = {ReviewKind.ALIKE: first, ReviewKind.IDENTIFIER_DIFFERS: first}
    assert days == [both, {ReviewKind.ALIKE: first}, both]


def test_a_pair_that_was_settled_and_comes_back_has_a_term_of_its_own(county: County) -> None:
    county.report("school1", identifiers={"uid": "1000000045"})
    county.reconcile()
    county.report("school1", identifiers={"uid": "1000000003"})
    assert county.reconcile(at=NOW + timedelta(days=1)).review == ()
    county.report("school1", identifiers={"uid": "1000000045"})
    (pair,) = county.reconcile(at=NOW + timedelta(days=7)).review
    assert pair.deadline == date(2026, 12, 4)


def test_the_day_that_the_unit_was_given_counts(county: County) -> None:
    field_differs(county)
    county.reconcile()
    stored = county.session.scalars(select(Finding)).one()
    stored.due_on = date(2026, 12, 18)
    assert county.reconcile().differences[0].deadline == date(2026, 12, 18)


def test_an_office_sets_its_own_terms(county: County) -> None:
    field_differs(county)
    rules = county.session.scalars(select(Jurisdiction)).one()
    rules.limits = {**rules.limits, "RC306": 1}
    assert county.reconcile().differences[0].deadline == date(2026, 11, 23)


def test_what_stops_the_upload_is_told_apart_and_adds_up(county: County) -> None:
    field_differs(county)
    not_in_ledger(county)
    county.report("police", identifiers={"uid": "1000000099"})
    names_differ(county)
    result = county.reconcile()
    assert result.counts == {"DU404": 1, "RC305": 1, "RC306": 1}
    assert (result.stopping, result.blocking) == (Stopping(found=2, pairs=1), 3)
    later = county.reconcile(national=False, at=NOW + timedelta(days=1))
    assert (later.stopping, later.blocking) == (Stopping(earlier=2), 2)


def test_what_people_let_pass_stops_nothing_and_is_named(county: County) -> None:
    field_differs(county)
    county.reconcile()
    finding = county.session.scalars(select(Finding)).one()
    dismiss(county.session, finding, act=county.act_for("改名已经口头同意"))
    result = county.reconcile(at=NOW + timedelta(days=1))
    assert (result.stopping, result.blocking) == (Stopping(passed=1), 0)


def test_without_an_export_findings_about_it_stay_as_they_are(county: County) -> None:
    field_differs(county)
    county.reconcile()
    result = county.reconcile(national=False, at=NOW + timedelta(days=1))
    assert (result.counts, result.coverage.national_rows) == ({}, None)
    assert county.session.scalars(select(Finding)).one().ended_at is None
    assert result.blocking == 1


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.PENDING])
def test_an_unknown_verdict_is_no_difference_and_ends_none(
    county: County, verdict: Verdict
) -> None:
    gone(county)
    county.reconcile()
    county.judge("media", verdict)
    assert county.codes(at=NOW + timedelta(days=1)) == []
    assert county.session.scalars(select(Finding)).one().ended_at is None


def test_what_is_gone_is_called_so_and_nothing_weaker(county: County) -> None:
    gone(county)
    county.reconcile()
    rows = fact_rows(county.session.scalars(select(Finding)).one().facts)
    assert [row.value for row in rows if "不存在" in str(row.value)] == ["已不存在"]


def test_an_account_under_closing_that_is_gone_only_needs_its_paper(county: County) -> None:
    county.accounts["media"].state = AccountState.CLOSING
    gone(county)
    found = county.reconcile().differences[0]
    assert (found.code, found.severity) == ("RC302", Severity.ADVICE)


@pytest.mark.parametrize("code", ["RC304", "RC307"])
@pytest.mark.parametrize("kind", [FilingKind.STOP, FilingKind.CANCEL])
def test_a_closing_that_somebody_filed_by_hand_is_named(
    county: County, code: str, kind: FilingKind
) -> None:
    PLANTS[code](county)
    account = county.reconcile().differences[0].subject_uid
    key = next(key for key, each in county.accounts.items() if each.uid == account)
    filing = county.file(key, kind, FilingState.SUBMITTED)
    result = county.reconcile(at=NOW + timedelta(days=1))
    (found,) = result.differences
    assert f"{filing.number}（已提交）" in found.action and "备案在办" in found.action
    assert ([row.account_uid for row in result.held], result.upload_rows) == ([account], ())
    filing.state = FilingState.WITHDRAWN
    (found,) = county.reconcile(at=NOW + timedelta(days=2)).differences
    assert "备案在办" not in found.action


def test_only_a_change_of_a_field_that_differs_is_named(county: County) -> None:
    field_differs(county)
    county.file("school1", FilingKind.CHANGE, FilingState.SUBMITTED, form={"purpose": "招生"})
    assert "备案在办" not in county.reconcile().differences[0].action
    county.file("school1", FilingKind.CHANGE, FilingState.SUBMITTED, form={"name": "青石一中"})
    found = county.reconcile(at=NOW + timedelta(days=1)).differences[0]
    assert found.action.count("变更") == 1


# --- names and subjects


@pytest.mark.parametrize("state", [FilingState.SUBMITTED, FilingState.APPROVED])
@pytest.mark.parametrize(
    ("code", "kind", "form"),
    [
        ("RC308", FilingKind.CHANGE, {"name": "青石融媒发布厅"}),
        ("RC309", FilingKind.CHANGE, {"verified_subject": "青石县公安局"}),
        ("RC312", FilingKind.REOPEN, {}),
        ("CL501", FilingKind.REOPEN, {}),
    ],
)
def test_what_was_seen_stands_until_the_filing_is_completed(
    county: County, code: str, kind: FilingKind, form: dict[str, str], state: FilingState
) -> None:
    if code == "CL501":
        county.see("closed", when=LATER, last_post_at=LATER)
    else:
        PLANTS[code](county)
    (found,) = [each for each in county.reconcile().differences if each.code == code]
    key = next(key for key, each in county.accounts.items() if each.uid == found.subject_uid)
    filing = county.file(key, kind, state, form=form)
    if (kind, state) == (FilingKind.REOPEN, FilingState.APPROVED):
        county.accounts[key].state = AccountState.PROPOSED
    result = county.reconcile(at=NOW + timedelta(days=1))
    (found,) = [each for each in result.differences if each.code == code]
    assert "在办" in found.action and filing.number in found.action
    assert result.clear is (code == "CL501")  # which stops no upload


def test_a_row_without_code_id_or_link_is_named_in_the_remark(county: County) -> None:
    bare = {"national_code": "", "identifiers": {}, "url": ""}
    county.report("school1", **bare, fields={"remark": "无", "host_level": "市级"})
    (row,) = county.reconcile().upload_rows
    number = county.national["school1"].number
    assert row.act is UploadAct.CHANGE
    assert row.entry.fields["remark"].startswith("无；")
    assert f"第 {number} 行：青石县第一中学（青石县第一中学" in row.entry.fields["remark"]


@pytest.mark.parametrize("code", ["RC312", "CL501"])
def test_the_row_of_a_cancelled_account_that_is_alive_is_held(county: County, code: str) -> None:
    if code == "CL501":
        county.see("closed", when=LATER, last_post_at=LATER)
    else:
        reopened(county)
    county.report("closed", state=NationalState.LIVE)
    result = county.reconcile()
    assert set(result.counts) == {code, "RC303"} and result.upload_rows == ()
    assert [(row.act.value, row.codes) for row in result.held] == [("offline", (code,))]
    assert "暂缓" in told(county, "RC303").action
    finding = county.session.scalars(select(Finding).where(Finding.code == code)).one()
    dismiss(county.session, finding, act=county.act_for("不是本单位的"))
    (row,) = county.reconcile(at=NOW + timedelta(days=1)).upload_rows
    assert row.act.value == "offline"


def test_an_account_found_outside_stays_told_until_its_opening_is_completed(
    county: County,
) -> None:
    PLANTS["RC301"](county)
    (found,) = county.reconcile().differences
    lead = county.session.scalars(select(Lead)).one()
    ids = dict(lead.identifiers) or {"uid": "1000000077"}
    lead.identifiers = ids
    host, proposed = "青石县民政局", AccountState.PROPOSED
    county.account(
        "new",
        lead.name,
        host,
        lead.platform,
        state=proposed,
        identifiers=ids,
        reported=None,
        seen=False,
    )
    result = county.reconcile(at=NOW + timedelta(days=1))
    assert (result.counts, result.clear) == ({"RC301": 1}, False)
    county.accounts["new"].state = AccountState.ACTIVE
    assert "RC301" not in county.reconcile(at=NOW + timedelta(days=2), national=False).counts


def test_a_look_older_than_the_change_of_name_says_nothing(county: County) -> None:
    county.accounts["media"].name = "青石融媒台"
    county.accounts["media"].fold = "青石融媒台"
    county.report("media", name="青石融媒台")
    county.accounts["media_douyin"].name = county.accounts["media_douyin"].fold = "青石融媒台"
    county.report("media_douyin", name="青石融媒台")
    for key in ("media", "media_douyin"):
        county.file(
            key,
            FilingKind.CHANGE,
            FilingState.COMPLETED,
            form={"name": "青石融媒台"},
            effective_on=date(2026, 11, 22),
        )
    assert county.codes() == []


@pytest.mark.parametrize("shown", ["平 安 青 石", "@平安青石", "平安青石"])
def test_another_spelling_of_the_name_is_no_rename(county: County, shown: str) -> None:
    county.see("police", when=LATER, display_name=shown)
    assert county.codes() == []


@pytest.mark.parametrize(
    "subject",
    ["云川市青石县公安局", "青石县公安局官方微博", "公安局", "县公安局", "", "青石縣公安局"],
)
def test_another_form_of_the_host_s_name_is_the_same_body(county: County, subject: str) -> None:
    county.see("police", when=LATER, verified_subject=subject or None)
    assert county.codes() == []


@pytest.mark.parametrize("subject", ["云川市公安局", "青石县公安局交警大队", "青石县融媒体中心"])
def test_another_body_is_another_body(county: County, subject: str) -> None:
    county.see("police", when=LATER, verified_subject=subject)
    assert county.codes() == ["RC309"]


def unread(county: County, subject: str) -> None:
    """An account that no sweep has read, with the verified subject that the ledger declares."""
    county.account("unread", "青石林业", "青石县林业局", seen=False, verified_subject=subject)


def declare(county: County, key: str, subject: str) -> None:
    """Let the ledger and the national system name that verified subject."""
    county.accounts[key].verified_subject = subject
    county.report(key, fields={"verified_subject": subject})


def test_a_verified_subject_that_the_ledger_itself_declares_is_another_body_too(
    county: County,
) -> None:
    unread(county, "云川教育科技有限公司")
    result = county.reconcile()
    found = result.differences[0]
    assert (result.counts, found.fields) == ({"RC309": 1}, ("host_unit", "verified_subject"))
    assert found.outside["verified_subject"] == "云川教育科技有限公司"
    assert "台账" in found.note or "ledger" in found.note


def test_such_a_row_is_kept_out_of_the_upload_with_its_reason(county: County) -> None:
    unread(county, "云川教育科技有限公司")
    del county.national["unread"]
    result = county.reconcile()
    assert result.counts == {"RC304": 1, "RC309": 1}
    assert [row.codes for row in result.held] == [("RC309",)]
    assert not result.upload_rows


def test_where_the_platform_shows_the_host_nothing_is_said_of_what_is_declared(
    county: County,
) -> None:
    declare(county, "police", "云川市公安局")
    assert county.codes() == []


def test_a_declared_subject_put_right_ends_its_finding_without_a_look(county: County) -> None:
    unread(county, "云川教育科技有限公司")
    county.reconcile()
    declare(county, "unread", "青石县林业局")
    county.reconcile(at=NOW + timedelta(days=1))
    assert county.session.scalars(select(Finding)).one().ended_at == NOW + timedelta(days=1)


def test_what_the_platform_showed_is_not_ended_by_what_the_ledger_declares(
    county: County,
) -> None:
    declare(county, "media", "青石县融媒体中心")
    other_subject(county)
    county.reconcile()
    assert county.codes(at=NOW + timedelta(days=100)) == []
    assert county.session.scalars(select(Finding)).one().ended_at is None


def test_what_is_declared_and_what_is_shown_are_one_finding(county: County) -> None:
    unread(county, "云川教育科技有限公司")
    county.reconcile()
    county.see("unread", when=NOW, verified_subject="云川文化传媒有限公司")
    later = county.reconcile(at=NOW + timedelta(days=1)).differences
    assert [(d.ledger["verified_subject"], d.outside["verified_subject"]) for d in later] == [
        ("云川教育科技有限公司", "云川文化传媒有限公司")
    ]
    county.reconcile(at=NOW + timedelta(days=100))
    stored = county.session.scalars(select(Finding)).one()
    assert (stored.ended_at, stored.first_seen_at) == (None, NOW)
    assert stored.facts["outside"]["verified_subject"] == "云川文化传媒有限公司"


def test_a_declared_subject_whose_change_is_filed_is_told_until_it_is_completed(
    county: County,
) -> None:
    unread(county, "云川教育科技有限公司")
    form = {"verified_subject": "青石县林业局"}
    county.file("unread", FilingKind.CHANGE, FilingState.SUBMITTED, form=form)
    assert county.codes() == ["RC309"]


def test_a_change_of_host_with_its_notice_is_in_order(county: County) -> None:
    new_host_without_notice(county)
    county.file(
        "school1",
        FilingKind.CHANGE,
        FilingState.COMPLETED,
        form={"host_unit": county.unit("青石县教育局").uid},
        effective_on=date(2026, 7, 1),
        notice_url="https://www.qingshi.example/notice/1.html",
    )
    assert county.codes() == []


@pytest.mark.parametrize(
    ("day", "url", "found"),
    [
        (date(2026, 11, 1), "", ["RC310"]),
        (date(2026, 11, 30), "", []),
        (date(2026, 11, 1), "https://www.qingshi.example/notice/1.html", []),
        (None, "", []),
    ],
)
def test_a_change_of_host_that_is_filed_wants_its_notice_on_its_day(
    county: County, day: date | None, url: str, found: list[str]
) -> None:
    county.file(
        "school1",
        FilingKind.CHANGE,
        FilingState.APPROVED,
        form={"host_unit": county.unit("青石县教育局").uid},
        effective_on=day,
        notice_url=url,
    )
    assert county.codes() == found


def test_an_account_under_closing_within_the_limit_is_in_order(county: County) -> None:
    county.accounts["school1"].state = AccountState.CLOSING
    county.file(
        "school1",
        FilingKind.STOP,
        FilingState.COMPLETED,
        form={"stop_on": "2026-11-02"},
        effective_on=date(2026, 11, 2),
    )
    assert county.codes() == []


# --- closed accounts


def test_a_lead_to_a_closed_account_is_a_re_opening(county: County) -> None:
    county.session.add(
        Lead(platform="weibo", name="青石旅游", identifiers={"uid": "1000000006"}, found_at=LATER)
    )
    assert county.codes() == ["RC312"]


def test_a_handle_that_merely_resolves_says_nothing(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE)
    assert county.codes() == []


@pytest.mark.parametrize("name", ["青石旅游", "青石旅行社", None])
def test_a_cancelled_account_that_posts_is_nobody_s_until_its_body_is_told(
    county: County, name: str | None
) -> None:
    county.see("closed", when=LATER, display_name=name, last_post_at=LATER)
    assert county.codes() == ["CL501"]


def test_of_a_post_known_to_the_day_no_hour_is_told(county: County) -> None:
    posted: dict[str, Any] = {"last_post_at": LATER, "last_post_precision": Precision.DAY}
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, **posted)
    [found] = county.reconcile().differences
    assert (found.code, found.outside["last_post_at"]) == ("CL501", shanghai_date(LATER))


def test_a_cancelled_account_that_is_still_there_under_its_name_never_went(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, display_name="青石旅游")
    assert county.codes() == ["RC312"]


def test_the_newest_post_of_an_account_that_never_went_is_told_though_older_than_its_closing(
    county: County,
) -> None:
    older = CLOSING_DAY - timedelta(days=9)
    handle = CheckKind.HANDLE
    county.see("closed", when=LATER, kind=handle, display_name="青石旅游", last_post_at=older)
    (one,) = county.reconcile().differences
    assert (one.code, one.outside["last_post_at"]) == ("RC312", older)


def test_a_cancelled_account_under_another_name_says_nothing(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, display_name="青石旅行社")
    assert county.codes() == []


def test_one_id_may_be_gone_while_a_stranger_holds_another(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, verified_subject="云川游乐有限公司")
    handle_gone(county, NOW - timedelta(minutes=5), ordinal=1)
    assert county.codes() == ["CL502"]


def test_a_handle_that_has_gone_is_as_it_should_be(county: County) -> None:
    handle_taken(county)
    county.reconcile()
    tomorrow = NOW + timedelta(days=1)
    handle_gone(county, tomorrow)
    assert county.codes(at=tomorrow) == []
    assert county.session.scalars(select(Finding)).one().ended_at == tomorrow


def test_a_handle_that_merely_resolves_ends_nothing(county: County) -> None:
    handle_taken(county)
    county.reconcile()
    much_later = NOW + timedelta(days=100)
    county.see("closed", when=much_later, kind=CheckKind.HANDLE)
    assert county.codes(at=much_later) == []
    assert county.session.scalars(select(Finding)).one().ended_at is None


def test_a_lead_to_a_closed_account_that_was_gone_afterwards_is_settled(county: County) -> None:
    county.session.add(
        Lead(
            platform="weibo",
            name="青石旅游",
            identifiers={"uid": "1000000006"},
            found_at=NOW - timedelta(days=2),
        )
    )
    handle_gone(county, LATER)
    assert county.codes() == []


CLOSING_DAY = datetime(2020, 3, 2, 4, tzinfo=UTC)
"""Noon in Shanghai on the day of the closing."""


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"verified_subject": "云川游乐有限公司"}, ["CL502"]),
        ({"verified_subject": "青石县文化和旅游局"}, []),
        ({"display_name": "青石旅游"}, []),
        ({"last_post_at": CLOSING_DAY}, []),
    ],
)
def test_on_the_day_of_the_closing_only_another_body_is_told(
    county: County, facts: dict[str, Any], codes: list[str]
) -> None:
    county.see("closed", when=CLOSING_DAY, kind=CheckKind.HANDLE, **facts)
    assert county.codes(at=CLOSING_DAY + timedelta(hours=1), national=False) == codes


def test_a_look_at_the_account_on_the_day_of_its_closing_may_be_older(county: County) -> None:
    county.see("closed", when=CLOSING_DAY, verified_subject="云川游乐有限公司")
    assert county.codes(at=CLOSING_DAY + timedelta(hours=1), national=False) == []


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"verified_subject": "云川游乐有限公司"}, ["CL502"]),
        ({"verified_subject": "青石县文化和旅游局"}, ["RC312"]),
        ({"display_name": "青石旅游"}, ["RC312"]),
        ({"last_post_at": NOW - timedelta(days=3)}, []),
    ],
)
@pytest.mark.parametrize("dated", [False, True])
def test_looks_before_the_import_of_a_closed_account_count_unless_the_day_of_closing_is_known(
    county: County, facts: dict[str, Any], codes: list[str], dated: bool
) -> None:
    act = replace(county.act, at=NOW)
    row = BaselineRow(
        "weibo",
        "青石旅游",
        county.unit("青石县文化和旅游局"),
        identifiers={"uid": "1000000043"},
        state=AccountState.CLOSED,
        effective_on=date(2026, 11, 21) if dated else None,
    )
    county.accounts["brought"] = register_baseline(county.session, row, act)
    county.see("brought", when=NOW - timedelta(days=2), **facts)
    assert county.codes(national=False) == ([] if dated else codes)


def test_a_stranger_seen_on_the_day_of_the_closing_and_gone_since_is_settled(
    county: County,
) -> None:
    county.see(
        "closed",
        when=CLOSING_DAY,
        kind=CheckKind.HANDLE,
        verified_subject="云川游乐有限公司",
    )
    handle_gone(county, CLOSING_DAY + timedelta(hours=1))
    assert county.codes(at=CLOSING_DAY + timedelta(hours=2), national=False) == []


def test_a_lead_found_while_the_account_was_open_is_no_re_opening(county: County) -> None:
    ids = {"uid": "1000000006"}
    lead = Lead(platform="weibo", name="青石旅游", identifiers=ids, found_at=CLOSING_DAY)
    county.session.add(lead)
    assert county.codes() == []


@pytest.mark.parametrize("code", ["RC302", "RC308", "RC309", "RC310"])
def test_the_cancellation_of_an_account_ends_what_was_found_of_a_live_one(
    county: County, code: str
) -> None:
    PLANTS[code](county)
    county.reconcile(national=False)
    account = county.accounts["school1" if code == "RC310" else "media"]
    account.state = AccountState.CLOSED
    county.reconcile(national=False, at=NOW + timedelta(days=1))
    ended = select(Finding).where(Finding.code == code)
    assert county.session.scalars(ended).one().ended_at == NOW + timedelta(days=1)


def test_a_re_opening_completed_ends_what_was_found_of_the_closed_account(county: County) -> None:
    handle_posts(county)
    county.reconcile()
    county.accounts["closed"].state = AccountState.ACTIVE
    county.report("closed", state=NationalState.LIVE)
    county.reconcile(at=NOW + timedelta(days=1))
    finding = county.session.scalars(select(Finding).where(Finding.code == "CL501")).one()
    assert finding.ended_at == NOW + timedelta(days=1)


def test_posts_from_before_the_closing_are_no_sign_of_life(county: County) -> None:
    county.see("closed", when=LATER, last_post_at=NOW.replace(year=2020, month=2))
    assert county.codes() == []


def test_a_lead_that_the_ledger_knows_by_now_is_no_longer_one(county: County) -> None:
    lead(county)
    county.reconcile()
    county.account("traffic", "青石交警", "青石县公安局交警大队", identifiers={"uid": "1000000099"})
    assert county.codes(at=NOW + timedelta(days=1)) == []
    assert county.session.scalars(select(Finding)).one().ended_at is not None


# --- the national system


@pytest.mark.parametrize("state", [NationalState.OTHER, NationalState.OFFLINE_REQUESTED])
def test_a_closed_account_on_its_way_out_there_is_in_order(
    county: County, state: NationalState
) -> None:
    county.report("closed", state=state)
    assert county.codes() == []


def test_a_state_word_nobody_knows_is_no_difference(county: County) -> None:
    county.report("school1", state=NationalState.OTHER, state_raw="补录")
    assert county.codes() == []


def test_a_premature_request_is_a_state_that_differs(county: County) -> None:
    county.report("school1", state=NationalState.OFFLINE_REQUESTED, state_raw="申请下线")
    found = county.reconcile().differences[0]
    assert (found.code, found.fields) == ("RC306", ("state",))


def supervised(county: County, there: str) -> None:
    """The ledger names the supervising unit of 青石县第一中学, the national system another text."""
    unit, role = county.unit("青石县教育局"), RoleKind.SUPERVISING
    county.accounts["school1"].roles.append(AccountRole(unit=unit, role=role, valid_from=BEGAN))
    county.report("school1", fields={"supervising_unit": there})


def test_two_supervising_units_that_are_both_named_are_compared(county: County) -> None:
    supervised(county, "云川市教育局")
    result = county.reconcile()
    found = result.differences[0]
    assert (result.counts, found.fields) == ({"RC306": 1}, ("supervising_unit",))
    assert found.ledger["supervising_unit"] == "青石县教育局"
    assert found.outside["supervising_unit"] == "云川市教育局"
    assert result.upload_rows[0].changed == ("supervising_unit",)
    assert result.upload_rows[0].entry.fields["supervising_unit"] == "青石县教育局"


@pytest.mark.parametrize("there", ["青石县教育局", "县教育局", "青石县教体局", ""])
def test_a_supervising_unit_in_another_writing_is_the_same(county: County, there: str) -> None:
    county.unit("青石县教育局").aliases.append(UnitAlias(alias="青石县教体局", fold="青石县教体局"))
    supervised(county, there)
    assert county.codes() == []


def test_a_supervising_unit_that_holds_for_all_accounts_of_a_host_is_compared(
    county: County,
) -> None:
    county.unit("青石县第一中学").supervising_unit = county.unit("青石县教育局")
    county.report("school1", fields={"supervising_unit": "云川市教育局"})
    assert county.codes() == ["RC306"]


def test_a_parent_is_no_supervising_unit_that_anybody_named(county: County) -> None:
    county.unit("青石县第一中学").parent = county.unit("青石县教育局")
    county.report("school1", fields={"supervising_unit": "云川市教育局"})
    assert county.codes() == []


def test_what_one_side_leaves_empty_is_no_difference(county: County) -> None:
    county.report("school1", host_unit="", identifiers={}, url="")
    assert county.codes() == []


@pytest.mark.parametrize(
    ("there", "fields"),
    [
        ({"host_level": "市级"}, ["host_level"]),
        ({"host_level": "区县级"}, []),
        ({"host_level": "副处级"}, []),
        ({"region_code": "530111"}, ["region_code"]),
        ({"region_code": "530999"}, []),
        ({"region_code": "无"}, []),
    ],
)
def test_level_and_region_of_the_host_are_compared_where_both_tell_them(
    county: County, there: dict[str, str], fields: list[str]
) -> None:
    county.unit("青石县第一中学").region_code = "530999"
    county.report("school1", fields=there)
    assert [list(found.fields) for found in county.reconcile().differences] == [fields] * bool(
        fields
    )


@pytest.mark.parametrize("listed", [False, True])
def test_a_level_that_was_only_read_off_the_name_is_neither_compared_nor_uploaded(
    county: County, listed: bool
) -> None:
    name, session = "青石县城关镇中心小学", county.session
    if listed:
        index = UnitIndex(session)
        made = ensure_units(session, [name], act=county.act, effective_on=BEGAN, index=index)[name]
    else:
        made = ensure_unit(session, name, act=county.act, effective_on=BEGAN)
    assert made.level is UnitLevel.TOWNSHIP
    county.units[name] = made
    county.account("primary", "城关小学", name, identifiers={"uid": "1000000042"})
    county.report("primary", fields={"host_level": "县级"})
    assert county.codes() == []
    county.report("primary", name="城关中心小学", fields={"host_level": "县级"})
    result = county.reconcile()
    assert [found.fields for found in result.differences] == [("name",)]
    assert [row.entry.fields["host_level"] for row in result.upload_rows] == ["县级"]


def test_a_level_that_was_given_is_compared_though_the_name_says_the_same(county: County) -> None:
    name = "青石县城关镇中心小学"
    county.units[name] = ensure_unit(
        county.session, name, act=county.act, effective_on=BEGAN, level=UnitLevel.TOWNSHIP
    )
    county.account("primary", "城关小学", name, identifiers={"uid": "1000000042"})
    county.report("primary", fields={"host_level": "县级"})
    assert told(county, "RC306").fields == ("host_level",)


def test_a_name_that_is_wrong_only_in_width_is_no_difference(county: County) -> None:
    county.report("police", name="平安青石 ")
    county.report("police_service", name="青石公安（服务）")
    county.accounts["police_service"].name = "青石公安(服务)"
    county.accounts["police_service"].fold = "青石公安服务"
    assert county.codes() == []


def test_an_address_in_another_spelling_is_no_difference(county: County) -> None:
    county.accounts["police"].url = "https://weibo.com/u/1000000001"
    county.report("police", url="http://m.weibo.cn/u/1000000001?jumpfrom=weibocom")
    assert county.codes() == []


def test_an_address_of_another_account_differs(county: County) -> None:
    county.accounts["police"].url = "https://weibo.com/u/1000000001"
    county.report("police", url="https://weibo.com/u/1000000055")
    found = county.reconcile().differences[0]
    assert (found.code, found.fields) == ("RC306", ("url",))


def test_an_earlier_row_that_is_offline_there_already_asks_nothing(county: County) -> None:
    old = county.national["police"]
    county.national["old"] = replace(old, state=NationalState.OFFLINE, national_code="5301-old")
    result = county.reconcile()
    assert (result.counts, result.review) == ({}, ())


def test_a_second_live_row_of_one_account_goes_to_a_person(county: County) -> None:
    old = county.national["police"]
    county.national["old"] = replace(old, national_code="5301-old")
    result = county.reconcile()
    assert [pair.kind for pair in result.review] == [ReviewKind.TWICE]
    assert (result.counts, result.blocking) == ({}, 1)


# --- duplicates


def test_an_approved_exception_counts_until_its_last_day(county: County) -> None:
    two_on_one_platform(county)
    unit = county.unit("青石县融媒体中心")
    until = date(2026, 12, 31)
    approve_duplicate(county.session, unit.uid, "weibo", "", until, county.act)
    assert county.codes() == []
    assert county.codes(at=NOW + timedelta(days=60)) == ["DU401"]


def test_an_exception_cannot_end_before_it_is_made(county: County) -> None:
    unit = county.unit("青石县融媒体中心")
    with pytest.raises(Refused, match="2026-01-01"):
        approve_duplicate(county.session, unit.uid, "weibo", "", date(2026, 1, 1), county.act)


def test_one_that_is_being_closed_is_no_duplicate_any_more(county: County) -> None:
    two_on_one_platform(county)
    county.accounts["second"].state = AccountState.CLOSING
    county.file(
        "second",
        FilingKind.STOP,
        FilingState.APPROVED,
        form={"stop_on": "2026-11-20"},
        effective_on=date(2026, 11, 20),
    )
    assert county.codes() == []


def test_the_one_with_the_newest_post_is_suggested_to_keep(county: County) -> None:
    two_on_one_platform(county)
    county.see("media", when=LATER, last_post_at=NOW - timedelta(days=3))
    county.see("second", when=LATER, last_post_at=NOW - timedelta(days=40))
    found = county.reconcile().differences[0]
    assert found.ledger["name"] == "青石融媒"
    assert found.outside["name"] == "青石融媒视界"


def test_two_entries_of_one_name_without_ids_are_one_account(county: County) -> None:
    county.account("again", "青石融媒", "青石县融媒体中心", "douyin", reported=None)
    result = county.reconcile()
    assert {d.code for d in result.differences} == {"DU402"}
    assert {pair.kind for pair in result.review} == {ReviewKind.SEVERAL}


def test_two_entries_that_a_person_told_apart_are_two(county: County) -> None:
    look_alike(county)
    pair = (county.accounts["media"].uid, county.accounts["alike"].uid)
    decide(county.session, DecisionKind.NOT_SAME, *pair, county.act)
    assert county.codes() == []


# --- the upload


def test_the_upload_holds_only_what_must_change_there(county: County) -> None:
    not_reported(county)
    closed_still_live(county)
    county.report("media", name="青石融媒旧名")
    rows = county.reconcile().upload_rows
    assert [(row.act, row.entry.name, row.entry.state) for row in rows] == [
        (UploadAct.ADD, "青石县第一中学", NationalState.LIVE),
        (UploadAct.CHANGE, "青石融媒", NationalState.LIVE),
        (UploadAct.OFFLINE, "青石旅游", NationalState.OFFLINE_REQUESTED),
    ]
    assert rows[1].changed == ("name",)
    assert rows[1].entry.national_code == county.national["media"].national_code


def test_an_account_renamed_unfiled_is_held_back(county: County) -> None:
    renamed(county)
    county.report("media", name="青石融媒发布厅")
    result = county.reconcile()
    assert result.counts == {"RC306": 1, "RC308": 1}
    assert result.upload_rows == ()
    assert [(row.account_uid, row.codes) for row in result.held] == [
        (county.accounts["media"].uid, ("RC308",))
    ]


def test_the_gate_counts_what_is_open_and_not_what_was_dismissed(county: County) -> None:
    field_differs(county)
    assert county.reconcile().blocking == 1
    county.session.scalars(select(Finding)).one().review = Review.DISMISSED
    again = county.reconcile()
    assert (again.blocking, again.upload_rows) == (0, ())


def test_reconciling_twice_finds_the_same_findings_once(county: County) -> None:
    for code in ("RC305", "RC308", "DU401"):
        PLANTS[code](county)
    first, second = county.reconcile(), county.reconcile()
    assert first.counts == second.counts
    assert county.session.query(Finding).count() == 3


def test_the_ledger_is_left_as_it_was(county: County) -> None:
    before = {account.uid: account.revision for account in county.session.query(Account)}
    for code in ("RC305", "RC308", "DU402"):
        PLANTS[code](county)
    county.reconcile()
    after = {account.uid: account.revision for account in county.session.query(Account)}
    assert {uid: after[uid] for uid in before} == before
    assert BEGAN == date(2020, 3, 2)


# --- what is suggested ----------------------------------------------------------------------------


def told(county: County, code: str) -> Difference:
    [found] = [d for d in county.reconcile().differences if d.code == code]
    return found


def test_of_another_name_at_an_unchanged_id_no_rename_is_claimed(county: County) -> None:
    county.report("police", name="青石公安在线")
    found = told(county, "RC306")
    assert (found.fields, found.note) == (
        ("name",),
        "两边名称不同；平台上确已更名的，办理变更备案。",
    )


def test_letters_of_another_case_at_an_unchanged_id_are_a_rename(county: County) -> None:
    media = county.accounts["media"]
    media.name, media.fold = "青石融媒ABC", fold_name("青石融媒ABC")
    county.report("media", name="青石融媒abc")
    assert told(county, "RC306").fields == ("name",)
    county.report("media", name="＠青石融媒 ＡＢＣ")
    assert "RC306" not in county.codes()


@pytest.mark.parametrize(
    "printed", ["青石县教育局·体育局、科技局", "青石县教育科技局", "青石縣教育局/體育局/科技局"]
)
def test_a_name_that_only_respells_the_host_is_suggested_as_an_alias(
    county: County, printed: str
) -> None:
    county.account(
        "edu", "青石教育", "青石县教育局、体育局、科技局", identifiers={"uid": "1000000041"}
    )
    county.report("edu", host_unit=printed)
    found = told(county, "RC306")
    assert (found.fields, found.suggested) == (("host_unit",), Choice.ALIAS)
    assert "别名" in found.note or "简称" in found.note


def test_two_offices_that_are_one_in_many_places_are_suggested_as_an_alias_and_not_taken_for_one(
    county: County,
) -> None:
    county.account("service", "青石政务", "青石县政务服务管理局", identifiers={"uid": "1000000041"})
    county.report("service", host_unit="县行政审批局")
    found = told(county, "RC306")
    assert (found.fields, found.suggested) == (("host_unit",), Choice.ALIAS)
    county.report("service", host_unit="云川市行政审批局")
    assert told(county, "RC306").suggested is None


@pytest.mark.parametrize("printed", ["青石县民政局", "青石县教育局", "云川市教育局、体育局"])
def test_another_body_is_no_alias(county: County, printed: str) -> None:
    county.account("edu", "青石教育", "青石县教育体育局", identifiers={"uid": "1000000041"})
    county.unit("青石县教育局")
    county.report("edu", host_unit=printed)
    assert told(county, "RC306").suggested is None


def test_a_closed_account_that_comes_back_is_suggested_to_be_re_opened(county: County) -> None:
    county.reconcile()
    county.report("closed", state=NationalState.LIVE)
    found = told(county, "RC303")
    assert (found.suggested, found.subject_uid) == (
        Choice.FILE_REOPEN,
        county.accounts["closed"].uid,
    )
    assert "重新启用" in found.action


def test_a_closed_account_that_was_found_gone_is_not_offered_to_be_re_opened(
    county: County,
) -> None:
    county.report("closed", state=NationalState.LIVE)
    assert Choice.FILE_REOPEN in told(county, "RC303").choices
    handle_gone(county, LATER)
    found = told(county, "RC303")
    assert Choice.FILE_REOPEN not in found.choices and "已不存在" in found.note
    assert "重新启用" not in found.action
    county.see("closed", when=LATER + timedelta(hours=1), kind=CheckKind.HANDLE)
    assert Choice.FILE_REOPEN in told(county, "RC303").choices, "somebody has it again"


def test_a_closed_account_whose_id_another_body_has_is_not_offered_to_be_re_opened(
    county: County,
) -> None:
    county.reconcile()
    county.report("closed", state=NationalState.LIVE)
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, verified_subject="云川游乐有限公司")
    found = told(county, "RC303")
    assert Choice.FILE_REOPEN not in {*found.choices, found.suggested}
    assert "CL502" in found.note and "重新启用" not in found.action
    assert told(county, "CL502").subject_uid == found.subject_uid


def test_a_closed_account_never_taken_offline_has_not_come_back(county: County) -> None:
    county.report("closed", state=NationalState.LIVE)
    county.reconcile()
    county.report("media", url="https://weibo.com/u/1000000002")
    assert told(county, "RC303").suggested is None


def test_an_account_of_an_abolished_body_is_for_its_successor(county: County) -> None:
    gone, heir = county.unit("青石县民政局"), county.unit("青石县教育局")
    gone.status, gone.successor_id = UnitStatus.MERGED, heir.id
    county.session.flush()
    told = [each for each in county.reconcile().differences if each.code == "DU405"]
    assert told and {each.responsible for each in told} == {"青石县教育局"}
    assert told[0].note == "青石县民政局已并入青石县教育局。"
    assert told_values(told[0]) == (
        "主办单位：台账“青石县民政局”、承接单位“青石县教育局”；单位状态：已并入"
    )


def test_several_accounts_of_one_unit_are_told_with_their_ids_or_without(county: County) -> None:
    two_on_one_platform(county)
    (found_,) = [each for each in county.reconcile().differences if each.code == "DU401"]
    assert found_.note == (
        "各有平台ID：1000000021（青石融媒视界）、1000000002（青石融媒）。"
        " 建议保留：青石融媒视界（粉丝数最多）。"
    )
    county.account("third", "青石直播间", "青石县融媒体中心", reported=None)
    (found_,) = [each for each in county.reconcile().differences if each.code == "DU401"]
    assert found_.note.startswith("未登记平台ID的：青石直播间。")


def test_where_an_abolished_body_has_no_successor_that_is_said(county: County) -> None:
    host_abolished(county)
    (found_,) = [each for each in county.reconcile().differences if each.code == "DU405"]
    assert found_.note == "青石县民政局已不存在，没有登记承接单位。"


@pytest.mark.parametrize(
    "own, there, codes",
    [
        ("青石县卫健委", "青石县卫生健康委员会", []),
        ("青石县教育局", "青石县教育委员会", []),
        ("青石县卫生健康局", "青石县卫健委", []),
        ("青石县卫生健康局", "青石县卫生和计划生育局", ["RC306"]),
        ("青石县卫生和计划生育局", "青石县卫生健康局", ["RC306"]),
    ],
)
def test_a_unit_that_the_export_writes_otherwise_has_its_account_there(
    county: County, own: str, there: str, codes: list[str]
) -> None:
    county.account("health", "青石健康", own)
    county.report("health", host_unit=there)
    result = county.reconcile()
    assert not result.review
    assert [each.code for each in result.differences] == codes


def test_a_finding_says_which_field_a_level_and_a_code_are_of(county: County) -> None:
    county.unit("青石县第一中学").region_code = "530124"
    county.report("school1", fields={"host_level": "市级", "region_code": "530100"})
    county.reconcile()
    one = county.session.scalars(select(Finding)).one()
    assert describe(one.facts) == "主办单位层级：县级 → 市级；行政区划代码：530124 → 530100"
    rows = {(row.side, row.name): row.value for row in fact_rows(one.facts)}
    assert rows["台账", "主办单位层级"] == "县级"
    assert rows["实际或报送系统", "主办单位层级"] == "市级"
    assert rows["", "不一致的项目"] == ["主办单位层级", "行政区划代码"]


def test_overlong_names_of_the_export_are_quoted_by_their_beginning(county: County) -> None:
    long = "青石" * 600
    county.report("school1", name=long)
    county.report("pension", name=long, identifiers={})
    result = county.reconcile()
    found_ = county.session.scalars(select(Finding).where(Finding.code == "RC306")).one()
    (pair,) = result.review
    assert "…" in pair.why and len(pair.why) < 200
    assert describe(found_.facts).startswith("青石县第一中学 → 青石青石")
    assert len(describe(found_.facts)) < 150
    assert found_.facts["outside"]["name"] == long
