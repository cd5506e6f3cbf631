"""Every fault planted once is found under its own code, and nothing else is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import approve_duplicate, decide
from registry.differences import Difference, ReviewKind, UploadAct
from registry.errors import Refused
from registry.exchange.national_template import NationalEntry
from registry.models import Account, AccountRole, Finding, Lead
from registry.names import fold_name
from registry.vocab import (
    AccountState,
    CheckKind,
    Choice,
    DecisionKind,
    Existence,
    FilingKind,
    FilingState,
    NationalState,
    Review,
    RoleKind,
    Severity,
    UnitStatus,
    Verdict,
)
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
    county.account("second", "青石融媒视界", "青石县融媒体中心", identifiers={"uid": "1000000021"})


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
    assert found.action and found.responsible
    stored = county.session.scalars(select(Finding).where(Finding.code == code)).one()
    assert stored.subject_uid == found.subject_uid
    assert stored.facts["fields"] == list(found.fields)


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


def test_an_account_under_closing_that_is_gone_only_needs_its_paper(county: County) -> None:
    county.accounts["media"].state = AccountState.CLOSING
    gone(county)
    found = county.reconcile().differences[0]
    assert (found.code, found.severity) == ("RC302", Severity.ADVICE)


# --- names and subjects


def test_a_name_filed_and_not_yet_completed_is_not_unfiled(county: County) -> None:
    renamed(county)
    county.file("media", FilingKind.CHANGE, FilingState.SUBMITTED, form={"name": "青石融媒发布厅"})
    assert county.codes() == []


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


def test_a_closed_account_whose_re_opening_is_filed_may_live(county: County) -> None:
    reopened(county)
    county.file("closed", FilingKind.REOPEN, FilingState.SUBMITTED)
    assert county.codes() == []


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


def test_a_cancelled_account_that_is_still_there_under_its_name_never_went(county: County) -> None:
    county.see("closed", when=LATER, kind=CheckKind.HANDLE, display_name="青石旅游")
    assert county.codes() == ["RC312"]


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


def test_a_name_changed_at_an_unchanged_id_is_called_a_rename(county: County) -> None:
    county.report("police", name="青石公安在线")
    found = told(county, "RC306")
    assert (found.fields, found.note) == (("name",), "平台ID未变：已更名。")


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


def test_a_closed_account_never_taken_offline_has_not_come_back(county: County) -> None:
    county.report("closed", state=NationalState.LIVE)
    county.reconcile()
    county.report("media", url="https://weibo.com/u/1000000002")
    assert told(county, "RC303").suggested is None
