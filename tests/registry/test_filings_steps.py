"""The way of a filing through drafting, approval level by level, return, rejection, withdrawal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven
from registry.errors import (
    ActorRequired,
    Ambiguous,
    BadInput,
    IllegalTransition,
    MissingField,
    NotFound,
    Refused,
)
from registry.filings import acts as filings
from registry.models import Account, Contact, Filing
from registry.vocab import AccountState, CancelCause, FilingKind, FilingState, label
from tests.registry.county import NOTICE, County, an_act, found, machine

OPENING = {"platform": "新浪微博", "name": "青石卫健", "host_unit": "青石县卫生健康局"}


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def drafted(county: County, **fields: object) -> Filing:
    act = an_act(county.session)
    return filings.draft(county.session, FilingKind.OPEN, act=act, fields={**OPENING, **fields})


def test_numbers_count_up_within_the_year(county: County) -> None:
    numbers = [drafted(county).number for _each in range(3)]
    assert numbers == ["2026-0001", "2026-0002", "2026-0003"]


def test_numbers_go_on_past_four_digits(county: County) -> None:
    drafted(county).number = "2026-9999"
    assert drafted(county).number == "2026-10000"
    assert drafted(county).number == "2026-10001"


def test_a_filing_is_found_by_its_number_its_ordinal_or_its_uid(county: County) -> None:
    filing = drafted(county)
    for name in ("2026-0001", "1", filing.uid):
        assert filings.find_filing(county.session, name) is filing
    with pytest.raises(NotFound):
        filings.find_filing(county.session, "2026-0002")
    drafted(county).number = "2025-0001"
    with pytest.raises(Ambiguous):
        filings.find_filing(county.session, "1")


def test_the_form_is_kept_by_field_name_with_units_by_uid(county: County) -> None:
    filing = drafted(
        county,
        operator="青石县融媒体中心",
        opened_on="2026年11月1日",
        followers="1,200",
        identifiers={"uid": "7000009"},
    )
    assert filing.form == {
        "platform": "weibo",
        "name": "青石卫健",
        "operator": county.media.uid,
        "opened_on": "2026-11-01",
        "followers": 1200,
        "identifiers": {"uid": "7000009"},
    }
    assert filing.host_unit is county.health


def test_every_fault_of_a_form_is_told_at_once(county: County) -> None:
    with pytest.raises(BadInput) as caught:
        drafted(
            county, host_unit="没有的局", opened_on="11月", followers="很多", cause="x", name=" "
        )
    columns = {fault.column for fault in caught.value.faults}
    assert columns == {"主办单位", "开设日期", "粉丝数", "关停原因类别", "名称"}


def test_nothing_is_missing_silently_when_an_opening_is_submitted(county: County) -> None:
    session, act = county.session, an_act(county.session)
    filing = filings.draft(session, FilingKind.OPEN, act=act, fields={"url": "https://a.example/"})
    with pytest.raises(MissingField) as caught:
        filings.submit(session, filing, act)
    assert "平台、名称、主办单位" in caught.value.message.replace("；", "、")
    assert filing.state is FilingState.DRAFT


def test_approval_passes_the_local_levels_in_order(session: Session) -> None:
    county = found(session, steps=2)
    filing, act = drafted(county), an_act(session)
    filings.submit(session, filing, act)
    filings.approve(session, filing, act)
    assert (filing.state, filing.level, filing.account) == (FilingState.SUBMITTED, 1, None)
    filings.approve(session, filing, an_act(session, name="赵敏"))
    assert (filing.state, filing.level) == (FilingState.APPROVED, 2)
    assert filing.account is not None and filing.account.state is AccountState.PROPOSED
    assert [(step.act, step.level, step.actor_name, step.unit_id) for step in filing.steps] == [
        ("draft", 0, "王芳", None),
        ("submit", 0, "王芳", None),
        ("approve", 1, "王芳", county.office.id),
        ("approve", 2, "赵敏", county.city.id),
    ]


def test_a_step_of_another_unit_is_not_passed_for_it(session: Session) -> None:
    county = found(session, steps=2)
    filing = drafted(county)
    filings.submit(session, filing, an_act(session))
    with pytest.raises(Refused, match="青石县"):
        filings.approve(session, filing, an_act(session, acting_unit=county.city))
    filings.approve(session, filing, an_act(session, acting_unit=county.office))
    assert filing.level == 1


def test_a_returned_filing_is_amended_and_begins_again_at_the_first_level(
    session: Session,
) -> None:
    county = found(session, steps=2)
    filing, act = drafted(county), an_act(session)
    filings.submit(session, filing, act)
    filings.approve(session, filing, act)
    filings.return_(session, filing, act, note="名称不规范")
    filings.amend(session, filing, act=act, fields={"name": "青石卫生健康"})
    filings.submit(session, filing, act)
    assert (filing.state, filing.level, filing.form["name"]) == (
        FilingState.SUBMITTED,
        0,
        "青石卫生健康",
    )
    assert filing.steps[3].note == "名称不规范"


def test_a_submitted_filing_cannot_be_amended(county: County) -> None:
    filing, act = drafted(county), an_act(county.session)
    filings.submit(county.session, filing, act)
    with pytest.raises(IllegalTransition):
        filings.amend(county.session, filing, act=act, fields={"name": "别的名称"})


def test_a_rejected_opening_leaves_a_filing_and_no_account(county: County) -> None:
    filing, act = drafted(county), an_act(county.session)
    filings.submit(county.session, filing, act)
    filings.reject(county.session, filing, act, note="已有同类账号")
    assert filing.state is FilingState.REJECTED
    assert county.session.scalars(select(Account)).all() == []
    with pytest.raises(IllegalTransition, match="不予批准"):
        filings.submit(county.session, filing, act)


@pytest.mark.parametrize("refuse", [filings.return_, filings.reject])
def test_returning_and_rejecting_need_a_reason(county: County, refuse: object) -> None:
    assert callable(refuse)
    filing, act = drafted(county), an_act(county.session)
    filings.submit(county.session, filing, act)
    with pytest.raises(MissingField):
        refuse(county.session, filing, act)


def test_what_answers_for_a_filing_must_be_a_person(county: County) -> None:
    session, act = county.session, machine(county.session)
    filing = drafted(county)
    filings.submit(session, filing, act)
    for call in (filings.approve, filings.withdraw, filings.complete):
        with pytest.raises(ActorRequired):
            call(session, filing, act)
    for refuse in (filings.return_, filings.reject):
        with pytest.raises(ActorRequired):
            refuse(session, filing, act, note="不妥")


def test_withdrawing_an_approved_opening_abandons_the_account(county: County) -> None:
    filing = county.opened()
    filings.withdraw(county.session, filing, an_act(county.session))
    assert filing.account is not None
    assert (filing.state, filing.account.state) == (FilingState.WITHDRAWN, AccountState.ABANDONED)


@pytest.mark.parametrize("submitted", [False, True])
def test_withdrawing_before_approval_leaves_no_account(county: County, submitted: bool) -> None:
    filing, act = drafted(county), an_act(county.session)
    if submitted:
        filings.submit(county.session, filing, act)
    filings.withdraw(county.session, filing, act)
    assert filing.state is FilingState.WITHDRAWN
    assert filing.account is None


def test_a_completed_opening_is_not_withdrawn(county: County) -> None:
    filing, act = county.opened(), an_act(county.session)
    filings.complete(
        county.session,
        filing,
        act,
        fields={"identifiers": "uid:7000009", "verified_subject": "青石县卫生健康局"},
    )
    with pytest.raises(IllegalTransition):
        filings.withdraw(county.session, filing, act)


def test_withdrawing_a_stop_lets_the_account_go_on(county: County) -> None:
    account = county.account()
    stop = county.stopped(account, complete=False)
    filings.withdraw(county.session, stop, an_act(county.session))
    assert account.state is AccountState.ACTIVE


def test_a_completed_stop_can_be_withdrawn_while_no_cancellation_is_approved(
    county: County,
) -> None:
    account, session = county.account(), county.session
    stop = county.stopped(account)
    cancel = filings.draft(session, FilingKind.CANCEL, act=an_act(session), account=account)
    filings.submit(session, cancel, an_act(session))
    filings.withdraw(session, stop, an_act(session))
    assert (stop.state, account.state) == (FilingState.WITHDRAWN, AccountState.ACTIVE)
    with pytest.raises(MissingField, match="先办理关停备案"):
        filings.approve(session, cancel, an_act(session))


def test_a_stop_is_not_withdrawn_once_the_cancellation_is_approved(county: County) -> None:
    account, session = county.account(), county.session
    stop = county.stopped(account)
    county.approved(FilingKind.CANCEL, account)
    with pytest.raises(IllegalTransition, match="注销已获批准"):
        filings.withdraw(session, stop, an_act(session))
    assert account.state is AccountState.CLOSING


def test_an_old_stop_is_not_withdrawn_after_the_account_came_back(county: County) -> None:
    account, session = county.account(), county.session
    old = county.stopped(account)
    county.cancelled(account)
    reopening = county.approved(FilingKind.REOPEN, account, days=1)
    filings.complete(
        session,
        reopening,
        an_act(session, days=1),
        fields={"identifiers": {"uid": "7000009"}, "verified_subject": "青石县公安局"},
    )
    county.approved(
        FilingKind.STOP, account, days=2, reason="整合", fields={"stop_on": "2026-12-01"}
    )
    assert account.state is AccountState.CLOSING
    with pytest.raises(IllegalTransition):
        filings.withdraw(session, old, an_act(session, days=3))


def test_withdrawing_an_approved_reopening_closes_the_account_again(county: County) -> None:
    account = county.account(state=AccountState.CLOSED)
    filing = county.approved(FilingKind.REOPEN, account)
    states = [account.state.value]
    filings.withdraw(county.session, filing, an_act(county.session))
    assert [*states, account.state.value] == ["proposed", "closed"]


def test_a_second_stop_of_one_account_names_the_one_under_way(county: County) -> None:
    account, session = county.account(), county.session
    given: dict[str, Any] = {"reason": "整合", "fields": {"stop_on": "2026-11-30"}}
    first = filings.draft(session, FilingKind.STOP, act=an_act(session), account=account, **given)
    filings.submit(session, first, an_act(session))
    other = filings.draft(session, FilingKind.STOP, act=an_act(session), account=account, **given)
    with pytest.raises(Refused, match=first.number):
        filings.submit(session, other, an_act(session))


def test_a_second_opening_with_one_id_names_the_one_under_way(county: County) -> None:
    session, act = county.session, an_act(county.session)
    first = drafted(county, identifiers={"uid": "1000000077"})
    other = drafted(county, identifiers={"uid": "1000000077"}, name="青石县卫健")
    third = drafted(county, identifiers={"uid": "1000000078"})
    filings.submit(session, first, act)
    with pytest.raises(Refused, match=first.number):
        filings.submit(session, other, act)
    filings.submit(session, third, act)
    filings.withdraw(session, first, act)
    filings.submit(session, other, act)


def test_a_cancellation_names_the_causes_as_the_option_takes_them(county: County) -> None:
    session, act, account = county.session, an_act(county.session), county.account()
    filing = filings.draft(session, FilingKind.CANCEL, act=act, account=account)
    [lacking] = filings.lacks(session, filing, act)
    with pytest.raises(MissingField) as caught:
        filings.submit(session, filing, act)
    assert lacking in caught.value.message and "--cause" in lacking
    assert all(label(cause) in lacking for cause in CancelCause)
    for cause in CancelCause:
        filings.amend(session, filing, act=act, fields={"cause": label(cause)})
        assert filings.lacks(session, filing, act) == []


def test_what_a_change_lacks_is_told_and_the_draft_stays_as_it_is(county: County) -> None:
    session, act, account = county.session, an_act(county.session), county.account()
    fields = {"name": account.name}
    filing = filings.draft(session, FilingKind.CHANGE, act=act, account=account, fields=fields)
    assert "变更" in " ".join(filings.lacks(session, filing, act)) and filing.before == {}
    filings.amend(session, filing, act=act, fields={"name": "另一个名称"})
    assert filings.lacks(session, filing, act) == [] and filing.before == {}


def test_an_illegal_filing_is_refused_when_it_is_drafted(county: County) -> None:
    account = county.account(state=AccountState.CLOSED)
    with pytest.raises(IllegalTransition) as caught:
        filings.draft(county.session, FilingKind.STOP, act=an_act(county.session), account=account)
    assert caught.value.hint == "当前可以办理：重新启用。"
    with pytest.raises(Refused):
        filings.draft(county.session, FilingKind.BASELINE, act=an_act(county.session))


def test_steps_cannot_be_changed_or_removed(county: County) -> None:
    filing = drafted(county)
    for statement in ("UPDATE filing_step SET note = 'x'", "DELETE FROM filing_step"):
        with pytest.raises(DatabaseError), county.session.begin_nested():
            county.session.execute(text(statement))
    assert len(filing.steps) == 1


def test_contacts_never_enter_the_form_and_move_to_the_account_on_approval(
    county: County,
) -> None:
    session, act = county.session, an_act(county.session)
    given = ContactGiven("李雷", "13800001234")
    filing = filings.draft(session, FilingKind.OPEN, act=act, fields=OPENING, contacts=[given])
    (contact,) = session.scalars(select(Contact)).all()
    assert [contact.filing_id] == [filing.id]
    assert "李雷" not in str(filing.form)
    with pytest.raises(BadInput):
        filings.amend(session, filing, act=act, fields={"contact": "李雷"})
    filings.submit(session, filing, act)
    filings.approve(session, filing, act)
    moved = county.session.scalars(select(Contact)).one()
    assert (moved.account, moved.filing_id) == (filing.account, None)


@pytest.mark.parametrize("how", ["withdraw", "reject"])
def test_contacts_of_a_filing_that_ends_unused_are_deleted(county: County, how: str) -> None:
    session, act = county.session, an_act(county.session)
    given = [ContactGiven("李雷", "13800001234")]
    filing = filings.draft(session, FilingKind.OPEN, act=act, fields=OPENING, contacts=given)
    filings.submit(session, filing, act)
    if how == "withdraw":
        filings.withdraw(session, filing, act)
    else:
        filings.reject(session, filing, act, note="不妥")
    assert session.scalars(select(Contact)).all() == []


def test_submission_warns_of_a_second_account_on_the_platform(county: County) -> None:
    county.account("青石疾控", host=county.health)
    done = filings.submit(county.session, drafted(county), an_act(county.session))
    assert [caution.code for caution in done.cautions] == ["NM-DUP"]
    assert "青石疾控" in done.cautions[0].message


def test_another_form_on_the_platform_is_no_second_account(county: County) -> None:
    county.account("青石卫健", platform="wechat", form="服务号", host=county.health, uid="")
    filing = drafted(county, platform="微信订阅号")
    assert filing.form["form"] == "订阅号"
    assert filings.submit(county.session, filing, an_act(county.session)).cautions == ()


def test_submission_warns_where_the_kind_of_unit_should_not_open_accounts(
    county: County,
) -> None:
    from registry.units.naming import ensure_unit

    act = an_act(county.session)
    ensure_unit(county.session, "青石县财政局预算股", act=act, effective_on=date(2026, 1, 1))
    filing = drafted(county, host_unit="青石县财政局预算股")
    done = filings.submit(county.session, filing, act)
    assert [caution.code for caution in done.cautions] == ["MAY-OPEN"]
    assert "内设机构" in done.cautions[0].message


def test_a_stop_needs_its_reason_and_day_and_then_the_notice(county: County) -> None:
    session, act, account = county.session, an_act(county.session), county.account()
    filing = filings.draft(session, FilingKind.STOP, act=act, account=account)
    with pytest.raises(MissingField, match="原因；停更日期.*--stop-on"):
        filings.submit(session, filing, act)
    filings.amend(session, filing, act=act, fields={"stop_on": "2026-11-30"}, reason="整合")
    filings.submit(session, filing, act)
    filings.approve(session, filing, act)
    assert account.state is AccountState.CLOSING
    with pytest.raises(MissingField, match="公告链接"):
        filings.complete(session, filing, act)
    filings.complete(session, filing, act, notice_url=NOTICE)
    assert (filing.notice_url, account.state) == (NOTICE, AccountState.CLOSING)
