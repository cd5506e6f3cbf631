"""What people do with findings: every legal and illegal move, and who must answer for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.actors import get_actor, system
from registry.errors import (
    ActorRequired,
    AlreadyExists,
    Ambiguous,
    IllegalTransition,
    MissingField,
    NotFound,
    Refused,
)
from registry.findings.acts import (
    MOVES,
    add,
    assign,
    clear,
    confirm,
    dismiss,
    find_finding,
    legal_acts,
    recheck,
    reported,
    waive,
)
from registry.findings.queries import FindingQuery, search
from registry.history.writing import Act
from registry.models import Account, Attachment, Finding
from registry.vocab import Remedy, Review, Severity, SubjectKind
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account

FRIDAY = date(2026, 11, 27)


def person(session: Session, *, days: int = 0, reason: str = "已核实") -> Act:
    return Act(get_actor(session, "王芳"), NOW + timedelta(days=days), reason)


def make(session: Session, review: Review = Review.OPEN, remedy: Remedy = Remedy.NONE) -> Finding:
    finding = Finding(
        subject_kind=SubjectKind.ACCOUNT,
        subject_uid="account-1",
        code="ST101",
        severity=Severity.VETO,
        review=review,
        remedy=remedy,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    session.add(finding)
    session.flush()
    return finding


ACTS: dict[str, Callable[[Session, Finding, Act], Finding]] = {
    "confirm": lambda s, f, act: confirm(s, f, act=act),
    "dismiss": lambda s, f, act: dismiss(s, f, act=act),
    "waive": lambda s, f, act: waive(s, f, until=FRIDAY, act=act),
    "assign": lambda s, f, act: assign(s, f, due_on=FRIDAY, act=act),
    "reported": lambda s, f, act: reported(s, f, act=act),
    "recheck": lambda s, f, act: recheck(s, f, passed=True, act=act),
    "clear": lambda s, f, act: clear(s, f, act=act),
}

LEGAL = {
    (Review.OPEN, Remedy.NONE): ["confirm", "dismiss", "waive"],
    (Review.OPEN, Remedy.DUE): ["confirm", "dismiss", "waive"],
    (Review.OPEN, Remedy.REPORTED): ["confirm", "dismiss", "waive"],
    (Review.OPEN, Remedy.RECHECKED): ["confirm", "dismiss", "waive"],
    (Review.OPEN, Remedy.CLEARED): [],
    (Review.CONFIRMED, Remedy.NONE): ["dismiss", "waive", "assign"],
    (Review.CONFIRMED, Remedy.DUE): ["dismiss", "waive", "assign", "reported", "recheck"],
    (Review.CONFIRMED, Remedy.REPORTED): ["dismiss", "waive", "recheck"],
    (Review.CONFIRMED, Remedy.RECHECKED): ["dismiss", "waive", "clear"],
    (Review.CONFIRMED, Remedy.CLEARED): [],
    (Review.DISMISSED, Remedy.NONE): ["confirm"],
    (Review.DISMISSED, Remedy.DUE): ["confirm"],
    (Review.DISMISSED, Remedy.REPORTED): ["confirm"],
    (Review.DISMISSED, Remedy.RECHECKED): ["confirm"],
    (Review.DISMISSED, Remedy.CLEARED): [],
    (Review.WAIVED, Remedy.NONE): ["confirm", "dismiss", "waive"],
    (Review.WAIVED, Remedy.DUE): ["confirm", "dismiss", "waive"],
    (Review.WAIVED, Remedy.REPORTED): ["confirm", "dismiss", "waive"],
    (Review.WAIVED, Remedy.RECHECKED): ["confirm", "dismiss", "waive"],
    (Review.WAIVED, Remedy.CLEARED): [],
}


def test_the_table_of_legal_moves_is_complete() -> None:
    assert set(LEGAL) == {(review, remedy) for review in Review for remedy in Remedy}
    assert set(ACTS) == set(MOVES)


@pytest.mark.parametrize(("review", "remedy"), list(LEGAL))
def test_every_act_in_every_state_is_legal_or_refused_naming_the_legal_ones(
    session: Session, review: Review, remedy: Remedy
) -> None:
    legal = LEGAL[review, remedy]
    for name, do in ACTS.items():
        finding = make(session, review, remedy)
        assert list(legal_acts(finding)) == legal
        if name in legal:
            assert do(session, finding, person(session)).events[-1].act == name
            continue
        with pytest.raises(IllegalTransition) as caught:
            do(session, finding, person(session))
        assert (finding.review, finding.remedy, finding.events) == (review, remedy, [])
        for other in legal:
            assert other in caught.value.hint


@pytest.mark.parametrize("name", list(ACTS))
def test_no_act_goes_without_a_person(session: Session, name: str) -> None:
    for (review, remedy), legal in LEGAL.items():
        if name in legal:
            finding = make(session, review, remedy)
            with pytest.raises(ActorRequired):
                ACTS[name](session, finding, Act(system(session), NOW, "自动"))
            assert finding.events == []


def test_the_way_of_a_rectification(session: Session) -> None:
    finding, unit = make(session), a_unit(session)
    confirm(session, finding, act=person(session))
    assign(session, finding, due_on=FRIDAY, unit=unit, act=person(session, days=1))
    assert (finding.remedy, finding.due_on, finding.unit_id) == (Remedy.DUE, FRIDAY, unit.id)
    reported(session, finding, act=person(session, days=2))
    recheck(session, finding, passed=False, due_on=date(2026, 12, 4), act=person(session, days=3))
    assert (finding.remedy, finding.due_on) == (Remedy.DUE, date(2026, 12, 4))
    reported(session, finding, act=person(session, days=4))
    recheck(session, finding, passed=True, act=person(session, days=5))
    clear(session, finding, act=person(session, days=6))
    assert (finding.remedy, finding.ended_at) == (Remedy.CLEARED, NOW + timedelta(days=6))
    assert [(event.act, event.actor_name) for event in finding.events] == [
        ("confirm", "王芳"),
        ("assign", "王芳"),
        ("reported", "王芳"),
        ("recheck", "王芳"),
        ("reported", "王芳"),
        ("recheck", "王芳"),
        ("clear", "王芳"),
    ]
    assert finding.events[3].details == {"passed": False, "due_on": "2026-12-04", "evidence": []}


def test_clearing_what_the_machine_saw_ended_keeps_that_day(session: Session) -> None:
    finding = make(session, Review.CONFIRMED, Remedy.RECHECKED)
    finding.ended_at = NOW - timedelta(days=3)
    clear(session, finding, act=person(session))
    assert finding.ended_at == NOW - timedelta(days=3)


@pytest.mark.parametrize("name", ["dismiss", "waive"])
def test_what_is_let_be_needs_a_reason(session: Session, name: str) -> None:
    with pytest.raises(MissingField):
        ACTS[name](session, make(session), person(session, reason="  "))


def test_deadlines_are_not_set_into_the_past(session: Session) -> None:
    finding = make(session, Review.CONFIRMED)
    # 16:30 UTC on the 21st is already the 22nd in Shanghai
    early = replace(person(session), at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC))
    for day in (date(2026, 11, 21), date(2026, 11, 20)):
        with pytest.raises(Refused):
            assign(session, finding, due_on=day, act=early)
        with pytest.raises(Refused):
            waive(session, finding, until=day, act=early)
    assign(session, finding, due_on=date(2026, 11, 22), act=early)


def test_a_waiver_is_forgotten_when_the_review_goes_on(session: Session) -> None:
    finding = make(session)
    waive(session, finding, until=FRIDAY, act=person(session))
    assert finding.events[-1].details == {"until": "2026-11-27"}
    confirm(session, finding, act=person(session))
    assert (finding.review, finding.waived_until) == (Review.CONFIRMED, None)


# --- by hand ------------------------------------------------------------------------------------


def paper(session: Session, account: Account | None = None) -> Attachment:
    made = Attachment(
        sha256="cd" * 32,
        file_name="截图.png",
        size=3,
        purpose="evidence",
        added_at=NOW,
        actor_id=get_actor(session, "王芳").id,
        account_id=account.id if account else None,
    )
    session.add(made)
    session.flush()
    return made


def by_hand(session: Session, subject: Any, **more: Any) -> Finding:
    given: dict[str, Any] = {
        "code": "CT603",
        "seen_at": NOW,
        "act": person(session, reason="标题表述错误"),
    }
    return add(session, subject, **(given | more))


def test_a_person_enters_a_veto_with_evidence(session: Session) -> None:
    police = a_unit(session)
    account, shot = an_account(session, police), paper(session)
    finding = by_hand(session, account, evidence=[shot], url="https://weibo.example/1")
    assert (finding.code, finding.severity, finding.review) == (
        "CT603",
        Severity.VETO,
        Review.OPEN,
    )
    assert (finding.account_id, finding.unit_id) == (account.id, police.id)
    assert finding.facts == {"what": "标题表述错误", "url": "https://weibo.example/1"}
    assert shot.finding_uid == finding.uid
    assert (finding.events[0].act, finding.events[0].details) == (
        "raised",
        {"evidence": ["cd" * 32]},
    )


def test_a_finding_about_a_unit_is_the_units_own(session: Session) -> None:
    unit = a_unit(session)
    finding = by_hand(session, unit, code="CT606", evidence=[paper(session)])
    assert (finding.subject_kind, finding.unit_id, finding.account_id) == (
        SubjectKind.UNIT,
        unit.id,
        None,
    )


@pytest.mark.parametrize("code", ["ST101", "CT601", "RC308", "XX999"])
def test_what_a_machine_decides_is_not_entered_by_hand(session: Session, code: str) -> None:
    with pytest.raises(Refused) as caught:
        by_hand(session, a_unit(session), code=code, url="https://weibo.example/1")
    assert "CT603" in caught.value.hint


def test_by_hand_needs_a_person_a_reason_and_evidence(session: Session) -> None:
    unit = a_unit(session)
    with pytest.raises(MissingField):
        by_hand(session, unit)
    with pytest.raises(MissingField):
        by_hand(session, unit, url="https://weibo.example/1", act=person(session, reason=""))
    with pytest.raises(ActorRequired):
        machine = Act(system(session), NOW, "文本扫描")
        by_hand(session, unit, url="https://weibo.example/1", act=machine)


def test_the_same_thing_is_entered_once_until_it_was_dismissed_or_cleared(
    session: Session,
) -> None:
    unit = a_unit(session)
    first = by_hand(session, unit, url="https://weibo.example/1")
    with pytest.raises(AlreadyExists):
        by_hand(session, unit, url="https://weibo.example/1")
    other = by_hand(session, unit, url="https://weibo.example/2")
    assert other.previous_id is None
    dismiss(session, first, act=person(session))
    again = by_hand(session, unit, url="https://weibo.example/1")
    assert (again.previous_id, first.ended_at) == (first.id, NOW)


# --- finding one --------------------------------------------------------------------------------


def test_a_finding_is_found_by_its_uid_or_an_unambiguous_part(session: Session) -> None:
    one, two = make(session), make(session)
    assert find_finding(session, one.uid) is one
    assert find_finding(session, two.uid[-8:].upper()) is two
    with pytest.raises(Ambiguous) as caught:
        find_finding(session, one.uid[:4])
    assert one.uid in caught.value.message and two.uid in caught.value.message
    for nothing in ("ffffffff", "%", "_", ""):
        with pytest.raises(NotFound):
            find_finding(session, nothing)


def test_findings_are_searched_by_what_they_are_and_where_they_stand(session: Session) -> None:
    old = make(session)
    waived = make(session, Review.WAIVED)
    waived.waived_until = date(2026, 11, 21)
    due = make(session, Review.CONFIRMED, Remedy.DUE)
    due.due_on, due.code = date(2026, 11, 21), "LK201"
    old.ended_at = NOW
    session.flush()

    def found(**conditions: Any) -> list[Finding]:
        return search(session, FindingQuery(**conditions), now=NOW)

    assert found() == [old, waived, due]
    assert found(running=True) == [waived, due]
    assert found(running=False) == [old]
    assert found(codes=["LK201"]) == [due]
    assert found(reviews=[Review.OPEN]) == [old, waived]
    assert found(reviews=[Review.WAIVED]) == []
    assert found(overdue_on=date(2026, 11, 22)) == [due]
    assert found(overdue_on=date(2026, 11, 21)) == []
    assert found(seen_from=NOW, seen_before=NOW + timedelta(1)) == [old, waived, due]
    assert found(seen_before=NOW) == found(seen_from=NOW + timedelta(1)) == []
