"""Findings settled from sweep to sweep: streaks, recurrences, waivers, and nothing from nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry import db
from registry.actors import get_actor, system
from registry.findings.settling import Draft, Settled, dismiss, expire_waivers, settle, waive
from registry.history.writing import Act
from registry.models import Finding, FindingEvent
from registry.vocab import Review, Severity, SubjectKind

FIRST = datetime(2026, 11, 8, 1, 0, tzinfo=UTC)
SECOND, THIRD, FOURTH = (FIRST + timedelta(days=7 * n) for n in (1, 2, 3))


def draft(uid: str = "account-1", code: str = "ST101", **more: Any) -> Draft:
    return Draft(SubjectKind.ACCOUNT, uid, code, **{"facts": {"newest_day": "2026-10-01"}, **more})


def look(
    session: Session,
    at: datetime,
    *drafts: Draft,
    examined: Iterable[tuple[str, str]] = (("account-1", "ST101"),),
    **more: Any,
) -> Settled:
    """One sweep at `at`, settled an hour later by the program itself."""
    act = Act(system(session), at + timedelta(hours=1))
    return settle(session, drafts, examined=examined, at=at, act=act, **more)


def person(session: Session, at: datetime, reason: str = "已电话核实") -> Act:
    return Act(get_actor(session, "王芳"), at, reason)


def all_findings(session: Session) -> list[Finding]:
    return list(session.scalars(select(Finding).order_by(Finding.id)))


def only(session: Session) -> Finding:
    (finding,) = all_findings(session)
    return finding


def acts(finding: Finding) -> list[str]:
    return [event.act for event in finding.events]


def snapshot(session: Session) -> list[Any]:
    findings = session.execute(select(*Finding.__table__.columns).order_by(Finding.id)).all()
    return [*findings, session.scalar(select(func.count()).select_from(FindingEvent))]


# --- streaks ------------------------------------------------------------------------------------


def test_a_hit_is_raised_once_with_its_facts_and_an_event(session: Session) -> None:
    settled = look(
        session,
        FIRST,
        draft(measured={"days": 38}, observation_uids=("seen-1",)),
        rule_set="national-2019",
    )
    finding = only(session)
    assert settled == Settled(raised=(finding.uid,))
    assert (finding.severity, finding.review, finding.rule_set) == (
        Severity.VETO,
        Review.OPEN,
        "national-2019",
    )
    assert finding.facts == {"newest_day": "2026-10-01", "days": 38}
    assert (finding.first_seen_at, finding.last_seen_at, finding.ended_at) == (FIRST, FIRST, None)
    assert (finding.observation_uids, acts(finding)) == (["seen-1"], ["raised"])
    assert finding.events[0].at == FIRST + timedelta(hours=1)


def test_the_same_hit_a_week_later_goes_on_with_the_streak(session: Session) -> None:
    look(session, FIRST, draft(measured={"days": 38}))
    settled = look(session, SECOND, draft(measured={"days": 45}))
    finding = only(session)
    assert settled == Settled(seen=(finding.uid,))
    assert (finding.first_seen_at, finding.last_seen_at) == (FIRST, SECOND)
    assert (finding.facts["days"], acts(finding)) == (45, ["raised", "seen"])


def test_settling_the_same_look_again_changes_nothing(session: Session) -> None:
    for _round in range(2):
        look(session, FIRST, draft(), draft(code="ST104"))
        look(session, SECOND, draft(), examined=[("account-1", "ST101"), ("account-1", "ST104")])
    before = snapshot(session)
    look(session, FIRST, draft(), draft(code="ST104"))
    look(session, SECOND, draft(), examined=[("account-1", "ST101"), ("account-1", "ST104")])
    assert snapshot(session) == before


def test_an_examined_subject_without_a_hit_ends_the_streak(session: Session) -> None:
    look(session, FIRST, draft())
    settled = look(session, SECOND)
    finding = only(session)
    assert settled == Settled(ended=(finding.uid,))
    assert (finding.last_seen_at, finding.ended_at) == (FIRST, SECOND)
    assert acts(finding) == ["raised", "ended"]


def test_a_subject_that_was_not_examined_neither_adds_to_nor_breaks_the_streak(
    session: Session,
) -> None:
    look(session, FIRST, draft())
    assert look(session, SECOND, examined=[]) == Settled()
    assert look(session, THIRD, examined=[("account-2", "ST101")]) == Settled()
    finding = only(session)
    assert (finding.last_seen_at, finding.ended_at, acts(finding)) == (FIRST, None, ["raised"])


def test_a_recurrence_is_a_new_finding_linked_to_the_old(session: Session) -> None:
    look(session, FIRST, draft())
    look(session, SECOND)
    look(session, THIRD, draft())
    old, new = all_findings(session)
    assert (old.ended_at, new.previous_id, new.ended_at) == (SECOND, old.id, None)
    assert new.first_seen_at == THIRD


def test_subjects_codes_and_discriminators_are_told_apart(session: Session) -> None:
    menu = [draft(code="LK201", discriminator=path) for path in ("服务 / 办事", "服务 / 查询")]
    look(session, FIRST, draft(), draft("account-2"), *menu)
    look(session, SECOND, menu[0], examined=[("account-1", "LK201")])
    running = [f for f in all_findings(session) if f.ended_at is None]
    assert [(f.subject_uid, f.code, f.discriminator) for f in running] == [
        ("account-1", "ST101", ""),
        ("account-2", "ST101", ""),
        ("account-1", "LK201", "服务 / 办事"),
    ]


def test_a_part_that_could_not_be_told_is_kept_while_the_rest_ends(session: Session) -> None:
    menu = [draft(code="LK201", discriminator=path) for path in ("服务 / 办事", "服务 / 查询")]
    look(session, FIRST, *menu)
    look(
        session,
        SECOND,
        examined=[("account-1", "LK201")],
        kept=[("account-1", "LK201", "服务 / 查询")],
    )
    assert [f.ended_at for f in all_findings(session)] == [SECOND, None]


def test_a_part_examined_alone_ends_alone(session: Session) -> None:
    menu = [draft(code="LK201", discriminator=path) for path in ("服务 / 办事", "服务 / 查询")]
    look(session, FIRST, *menu)
    parts = [("account-1", "LK201", "服务 / 办事")]
    look(session, SECOND, examined=[], examined_parts=parts)
    assert [f.ended_at for f in all_findings(session)] == [SECOND, None]


def test_a_discriminator_longer_than_its_column_stays_distinct(session: Session) -> None:
    long = ["服务 / " + "办" * 400 + end for end in ("甲", "乙")]
    drafts = [draft(code="LK201", discriminator=path) for path in long]
    look(session, FIRST, *drafts)
    settled = look(session, SECOND, *drafts)
    assert len(settled.seen) == 2
    assert {len(f.discriminator) for f in all_findings(session)} == {300}


def test_the_responsible_unit_and_severity_follow_the_latest_look(session: Session) -> None:
    look(session, FIRST, draft(severity=Severity.WARNING))
    look(session, SECOND, draft(severity=Severity.VETO), rule_set="example-county")
    assert (only(session).severity, only(session).rule_set) == (Severity.VETO, "example-county")


def test_a_loaded_finding_shows_what_settling_wrote(session: Session) -> None:
    look(session, FIRST, draft())
    finding = only(session)
    look(session, SECOND)
    assert finding.ended_at == SECOND


# --- looks out of order -------------------------------------------------------------------------


def test_an_older_look_settled_later_overrules_nothing(session: Session) -> None:
    look(session, SECOND, draft(measured={"days": 45}))
    look(session, FIRST, examined=[("account-1", "ST101")])
    finding = only(session)
    assert (finding.ended_at, finding.facts["days"]) == (None, 45)


def test_an_older_look_with_the_same_hit_begins_the_streak_earlier(session: Session) -> None:
    look(session, SECOND, draft(measured={"days": 45}))
    look(session, FIRST, draft(measured={"days": 38}))
    finding = only(session)
    assert (finding.first_seen_at, finding.last_seen_at) == (FIRST, SECOND)
    assert finding.facts["days"] == 45


def test_a_look_between_hit_and_end_does_not_revive_the_streak(session: Session) -> None:
    look(session, FIRST, draft())
    look(session, THIRD)
    look(session, SECOND, draft())
    finding = only(session)
    assert (finding.last_seen_at, finding.ended_at) == (SECOND, THIRD)


def test_a_better_look_at_the_same_time_point_corrects_both_ways(session: Session) -> None:
    look(session, FIRST, draft())
    look(session, FIRST)
    assert only(session).ended_at == FIRST
    look(session, FIRST, draft())
    assert only(session).ended_at is None


# --- review -------------------------------------------------------------------------------------


def test_a_dismissed_finding_stays_dismissed_while_the_facts_are_the_same(
    session: Session,
) -> None:
    look(session, FIRST, draft(measured={"days": 38}))
    dismiss(session, only(session), act=person(session, FIRST))
    look(session, SECOND, draft(measured={"days": 45}))
    assert (only(session).review, only(session).facts["days"]) == (Review.DISMISSED, 45)


def test_a_dismissed_finding_whose_facts_change_is_a_new_matter(session: Session) -> None:
    look(session, FIRST, draft())
    dismiss(session, only(session), act=person(session, FIRST))
    look(session, SECOND, draft(facts={"newest_day": "2026-10-20"}))
    old, new = all_findings(session)
    assert (old.review, old.ended_at) == (Review.DISMISSED, SECOND)
    assert (new.review, new.previous_id) == (Review.OPEN, old.id)


def test_a_dismissed_finding_that_ended_and_comes_back_is_open_again(session: Session) -> None:
    look(session, FIRST, draft())
    dismiss(session, only(session), act=person(session, FIRST))
    look(session, SECOND)
    look(session, THIRD, draft())
    assert [f.review for f in all_findings(session)] == [Review.DISMISSED, Review.OPEN]


def test_a_waiver_holds_through_its_last_day(session: Session) -> None:
    look(session, FIRST, draft())
    waive(session, only(session), until=date(2026, 11, 15), act=person(session, FIRST))
    look(session, SECOND, draft())
    assert (SECOND.date(), only(session).review) == (date(2026, 11, 15), Review.WAIVED)
    look(session, THIRD, draft())
    assert (only(session).review, only(session).waived_until) == (Review.OPEN, None)
    assert acts(only(session)) == ["raised", "waive", "seen", "waiver_ended", "seen"]


def test_waivers_expire_without_a_sweep_too(session: Session) -> None:
    look(session, FIRST, draft(), draft("account-2"))
    for finding, day in zip(all_findings(session), (14, 15)):
        waive(session, finding, until=date(2026, 11, day), act=person(session, FIRST))
    # 00:30 on the 15th in Shanghai is still the 14th in UTC
    midnight = datetime(2026, 11, 14, 16, 30, tzinfo=UTC)
    assert expire_waivers(session, act=Act(system(session), midnight)) == 1
    assert [f.review for f in all_findings(session)] == [Review.OPEN, Review.WAIVED]


def test_facts_are_kept_in_plain_form(session: Session) -> None:
    facts = {"day": date(2026, 10, 1), "at": FIRST, "kind": SubjectKind.UNIT, "both": ("甲", "乙")}
    look(session, FIRST, draft(facts=facts))
    settled = look(session, FIRST, draft(facts=facts))
    assert only(session).facts == {
        "day": "2026-10-01",
        "at": "2026-11-08T01:00:00+00:00",
        "kind": "unit",
        "both": ["甲", "乙"],
    }
    assert (len(settled.seen), acts(only(session))) == (1, ["raised"])


# --- many ---------------------------------------------------------------------------------------


def test_the_number_of_statements_does_not_grow_with_the_number_of_findings(
    registry: db.Registry,
) -> None:
    def statements(count: int, at: datetime) -> int:
        ran: list[str] = []
        with registry.write() as session:
            drafts = [draft(f"{at:%j}-{n}") for n in range(count)]
            examined = [(one.subject_uid, "ST101") for one in drafts]
            act = Act(system(session), at)
            event.listen(registry.engine, "before_cursor_execute", lambda *a: ran.append(a[2]))
            settle(session, drafts, examined=examined, at=at, act=act)
            settle(session, drafts[: count // 2], examined=examined, at=at + timedelta(1), act=act)
        return len(ran)

    few, many = statements(20, FIRST), statements(2000, SECOND)
    # new rows go a hundred to a statement, changes in batches of about a thousand
    written = (2000 + 3000) // 100
    assert many <= few + 12 + written
    with registry.read() as session:
        ended = select(func.count()).where(Finding.ended_at.is_not(None))
        assert session.scalar(ended) == 10 + 1000


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["hit", "miss", "nothing"]), max_size=8))
def test_streaks_are_runs_of_hits_with_unread_looks_left_out(
    registry: db.Registry, looks: list[str]
) -> None:
    with registry.read() as session:
        for week, seen in enumerate(looks):
            look(
                session,
                FIRST + timedelta(days=7 * week),
                *([draft()] if seen == "hit" else []),
                examined=[] if seen == "nothing" else [("account-1", "ST101")],
            )
        told = [seen for seen in looks if seen != "nothing"]
        starts = [n for n, seen in enumerate(told) if seen == "hit" and told[n - 1 : n] != ["hit"]]
        found = all_findings(session)
        assert len(found) == len(starts)
        assert sum(f.ended_at is None for f in found) == (told[-1:] == ["hit"])
        assert all(new.previous_id == old.id for old, new in zip(found, found[1:]))
        session.rollback()
