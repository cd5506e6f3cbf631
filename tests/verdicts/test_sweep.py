"""A sweep judged from the tables: verdicts, coverage, findings, links, and no query per account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry import db
from registry.errors import NotFound, Refused
from registry.models import Account, Finding, FindingEvent, LinkResult, Run, Sweep
from registry.vocab import (
    MOST_POSTS,
    AccountState,
    CheckKind,
    CoverageKind,
    Existence,
    LinkKind,
    LinkState,
    Outcome,
    Reason,
    RunMethod,
    Severity,
    Verdict,
)
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field, observation
from tests.verdicts.test_properties import looks as any_look
from verdicts.freshness import freshness
from verdicts.link_reading import judge_menu, judge_menus
from verdicts.links import PASSING_SIGNALS, Trial, Tried, trial
from verdicts.points import Point
from verdicts.ruleset import load
from verdicts.seen import AccountFacts, Seen, SeenPost, Why
from verdicts.sweep import SweepJudgement, judge_sweep, look_at_sweep

NATIONAL, COUNTY = load("national-2019"), load("example-county")


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


def judged(field: Field, sweep: Sweep, **more: Any) -> SweepJudgement:
    now = sweep.time_point + timedelta(days=1)
    given = {"ruleset": NATIONAL, "now": now, "act": field.act(now), **more}
    return judge_sweep(field.session, at=sweep.time_point, **given)


def findings(field: Field) -> list[Finding]:
    return list(field.session.scalars(select(Finding).order_by(Finding.id)))


def running(field: Field) -> list[tuple[str, str]]:
    return [(f.code, f.discriminator) for f in findings(field) if f.ended_at is None]


# --- verdicts and findings ----------------------------------------------------------------------


def test_every_live_account_is_judged_and_a_stale_one_gets_its_finding(field: Field) -> None:
    fresh, stale, unread = (field.account(name) for name in ("青石发布", "青石文旅", "青石教育"))
    sweep = field.sweep("2026-11-22 09:00")
    run = field.run(sweep)
    field.read(run, fresh, "2026-11-22 10:00", "2026-11-21 10:00")
    proof = field.read(run, stale, "2026-11-22 10:00", "2026-10-31 10:00")
    field.fail(run, unread, "2026-11-22 10:00")
    told = judged(field, sweep)
    assert [(j.account_uid, j.verdict) for j in told.judgements] == [
        (fresh.uid, Verdict.FRESH),
        (stale.uid, Verdict.STALE),
        (unread.uid, Verdict.UNKNOWN),
    ]
    assert told.verdicts == {
        Verdict.FRESH: 1,
        Verdict.STALE: 1,
        Verdict.PENDING: 0,
        Verdict.GONE: 0,
        Verdict.UNKNOWN: 1,
    }
    (finding,) = findings(field)
    assert told.settled.raised == (finding.uid,)
    assert (finding.code, finding.account_id, finding.unit_id) == (
        "ST101",
        stale.id,
        field.unit.id,
    )
    assert (finding.first_seen_at, finding.rule_set) == (sweep.time_point, "national-2019")
    assert finding.observation_uids == [proof.uid]
    assert finding.facts["newest_day"] == "2026-10-31"
    assert (finding.facts["days"], finding.facts["within_edge"]) == (22, False)


def test_judging_the_same_facts_again_changes_nothing(field: Field) -> None:
    account = field.account()
    sweep = field.sweep("2026-11-22 09:00")
    field.read(field.run(sweep), account, "2026-11-22 10:00", "2026-07-01 10:00")
    first = judged(field, sweep)
    count = select(func.count()).select_from(FindingEvent)
    before = field.session.scalar(count)
    second = judged(field, sweep)
    assert (second.judgements, second.settled.raised) == (first.judgements, ())
    assert field.session.scalar(count) == before == 2


def test_what_was_found_of_an_account_ends_when_it_is_cancelled(field: Field) -> None:
    account = field.account()
    first, second = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    field.read(field.run(first), account, "2026-11-15 10:00", "2026-10-11 10:00")
    judged(field, first)
    account.state = AccountState.CLOSED
    judged(field, first)
    assert running(field) == [("ST101", "")]
    judged(field, second)
    assert [finding.ended_at for finding in findings(field)] == [second.time_point]


def test_a_streak_goes_on_over_an_unread_week_and_ends_with_an_update(field: Field) -> None:
    account = field.account()
    weeks = [field.sweep(f"2026-11-{day:02} 09:00") for day in (1, 8, 15, 22)]
    runs = [field.run(week) for week in weeks]
    field.read(runs[0], account, "2026-11-01 10:00", "2026-10-11 10:00")
    judged(field, weeks[0])
    field.fail(runs[1], account, "2026-11-08 10:00")
    judged(field, weeks[1])
    field.read(runs[2], account, "2026-11-15 10:00", "2026-10-11 10:00")
    judged(field, weeks[2])
    (finding,) = findings(field)
    assert [e.act for e in finding.events] == ["raised", "seen"]
    assert (finding.facts["days"], finding.ended_at) == (35, None)
    field.read(runs[3], account, "2026-11-22 10:00", "2026-11-20 10:00", "2026-10-11 10:00")
    judged(field, weeks[3])
    assert findings(field)[0].ended_at == weeks[3].time_point


def test_a_later_list_proves_what_a_failed_look_could_not(field: Field) -> None:
    account = field.account()
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    field.fail(field.run(one), account, "2026-11-15 10:00")
    assert judged(field, one).judgements[0].verdict is Verdict.UNKNOWN
    field.read(field.run(two), account, "2026-11-22 10:00", "2026-10-11 10:00")
    assert judged(field, one).judgements[0].verdict is Verdict.STALE


def test_judging_an_older_week_again_leaves_the_newer_one_standing(field: Field) -> None:
    account = field.account()
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    field.read(field.run(one), account, "2026-11-15 10:00", "2026-11-02 10:00")
    field.read(field.run(two), account, "2026-11-22 10:00", "2026-11-02 10:00")
    judged(field, one)
    judged(field, two)
    before = [(f.code, f.ended_at) for f in findings(field)]
    assert before == [("ST102", two.time_point), ("ST101", None)]
    judged(field, one)
    assert [(f.code, f.ended_at) for f in findings(field)] == before


def test_a_closing_account_is_judged_and_a_closed_one_is_not(field: Field) -> None:
    closing = field.account("青石关停", state=AccountState.CLOSING)
    closed = field.account("青石旧号", state=AccountState.CLOSED)
    proposed = field.account("青石新号", state=AccountState.PROPOSED)
    sweep = field.sweep("2026-11-22 09:00")
    run = field.run(sweep)
    for account in (closing, closed, proposed):
        field.read(run, account, "2026-11-22 10:00", "2026-10-01 10:00")
    told = judged(field, sweep)
    assert [j.account_uid for j in told.judgements] == [closing.uid]
    assert [code for code, _rest in running(field)] == ["ST105"]


def test_gone_in_two_weeks_is_gone_and_was_pending_in_the_first(field: Field) -> None:
    account = field.account()
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    for sweep, day in ((one, "2026-11-15 10:00"), (two, "2026-11-22 10:00")):
        seen = Seen("", at(day), existence=Existence.GONE_SIGNAL)
        field.observe(field.run(sweep), account, seen, CheckKind.IDENTITY)
    assert judged(field, two).judgements[0].verdict is Verdict.GONE
    assert judged(field, one).judgements[0].verdict is Verdict.PENDING
    assert findings(field) == []


def test_a_trial_run_of_a_rule_set_touches_no_finding(field: Field) -> None:
    account = field.account()
    sweep = field.sweep("2026-11-22 09:00")
    field.read(field.run(sweep), account, "2026-11-22 10:00", "2026-11-10 10:00")
    now = sweep.time_point + timedelta(hours=2)
    told = look_at_sweep(field.session, at=sweep.time_point, ruleset=COUNTY, now=now)
    assert [hit.code for hit in told.judgements[0].hits] == ["ST102", "ST106"]
    assert findings(field) == []


def test_only_the_accounts_asked_for_are_judged(field: Field) -> None:
    one, two = field.account("青石发布"), field.account("青石文旅")
    sweep = field.sweep("2026-11-22 09:00")
    run = field.run(sweep)
    for account in (one, two):
        field.read(run, account, "2026-11-22 10:00", "2026-10-01 10:00")
    told = judged(field, sweep, accounts=[two.uid])
    assert [j.account_uid for j in told.judgements] == [two.uid]
    assert [f.subject_uid for f in findings(field)] == [two.uid]
    assert told.coverage.whole.accounts == 1
    many = [two.uid, *(f"nobody-{n}" for n in range(600))]
    assert len(judged(field, sweep, accounts=many).judgements) == 1


def test_other_kinds_of_check_say_nothing_about_freshness(field: Field) -> None:
    account = field.account()
    sweep = field.sweep("2026-11-22 09:00")
    listed = Seen("", at("2026-11-22 10:00"), posts=(SeenPost(at("2026-11-21 10:00")),))
    field.observe(field.run(sweep), account, listed, CheckKind.HANDLE)
    assert judged(field, sweep).judgements[0].why is Why.NOT_LOOKED


def test_a_sweep_of_the_future_is_refused_and_an_unknown_one_not_found(field: Field) -> None:
    sweep = field.sweep("2026-11-22 09:00")
    act = field.act(sweep.time_point)
    with pytest.raises(Refused):
        early = sweep.time_point - timedelta(seconds=1)
        judge_sweep(field.session, at=sweep.time_point, ruleset=NATIONAL, now=early, act=act)
    with pytest.raises(NotFound) as caught:
        judge_sweep(field.session, at=at("2026-11-15 09:00"), ruleset=NATIONAL, now=act.at, act=act)
    assert "2026-11-15T09:00+08:00" in caught.value.message


def test_a_stored_list_that_may_have_been_cut_proves_no_more_than_it_shows(field: Field) -> None:
    account = field.account()
    sweep = field.sweep("2026-09-01 09:00")
    later = tuple(SeenPost(at("2026-11-21 10:00") - timedelta(hours=n)) for n in range(MOST_POSTS))
    seen = Seen("", at("2026-11-22 10:00"), posts=later, coverage=CoverageKind.COMPLETE)
    field.observe(field.run(sweep), account, seen)
    told = judged(field, sweep, now=at("2026-11-22 12:00")).judgements[0]
    assert (told.verdict, told.why) == (Verdict.UNKNOWN, Why.NOT_FAR_ENOUGH)


# --- coverage -----------------------------------------------------------------------------------


def test_coverage_adds_up_as_a_whole_and_by_platform(field: Field) -> None:
    names = ("甲", "乙", "丙", "丁", "戊", "己", "庚")
    weibo = [field.account(f"青石{name}") for name in names]
    wechat = field.account("青石公众号", "wechat")
    sweep = field.sweep("2026-11-22 09:00")
    run, hand = field.run(sweep), field.run(sweep, RunMethod.HAND)
    reports = field.run(sweep, RunMethod.SELF_REPORT)
    field.plan(run, *weibo[:5], wechat)
    field.read(run, weibo[0], "2026-11-22 10:00", "2026-11-21 10:00")
    field.fail(run, weibo[1], "2026-11-22 10:00", Reason.LOGIN_WALL)
    field.fail(run, weibo[2], "2026-11-22 10:00", Reason.LOGIN_WALL)
    field.read(hand, weibo[2], "2026-11-22 15:00", "2026-11-21 10:00")
    field.fail(run, weibo[3], "2026-11-22 10:00", Reason.TIMEOUT)
    field.read(reports, weibo[5], "2026-11-22 16:00", "2026-11-21 10:00")
    field.fail(run, wechat, "2026-11-22 10:00", Reason.NO_CREDENTIAL, Outcome.UNSUPPORTED)
    coverage = judged(field, sweep).coverage
    whole, per = coverage.whole, coverage.platforms
    assert (whole.accounts, whole.planned, whole.read, whole.waiting) == (8, 7, 3, 1)
    assert (whole.by_hand, whole.self_reported) == (1, 1)
    assert whole.inconclusive == {Reason.LOGIN_WALL: 1, Reason.TIMEOUT: 1}
    assert whole.unsupported == {Reason.NO_CREDENTIAL: 1}
    assert (whole.passed_over, whole.share) == (1, 3 / 8)
    assert list(per) == ["wechat", "weibo"]
    assert (per["wechat"].planned, per["wechat"].read, per["wechat"].share) == (1, 0, 0.0)
    assert (per["weibo"].planned, per["weibo"].read) == (6, 3)
    for counts in (whole, *per.values()):
        unread = sum(counts.inconclusive.values()) + sum(counts.unsupported.values())
        assert counts.planned == counts.read + unread + counts.waiting


def test_looks_of_other_sweeps_are_not_this_ones_coverage(field: Field) -> None:
    account = field.account()
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    field.read(field.run(two), account, "2026-11-22 10:00", "2026-11-21 10:00")
    told = judged(field, one)
    assert (told.coverage.whole.planned, told.coverage.whole.share) == (0, 0.0)


# --- links --------------------------------------------------------------------------------------

Entry = dict[str, Any]
GUIDE: Entry = {
    "path": "服务 / 办事指南",
    "label": "办事指南",
    "url": "https://www.qingshi.example/guide",
}
QUERY: Entry = {
    "path": "服务 / 进度查询",
    "label": "进度查询",
    "url": "https://www.qingshi.example/query",
}


def test_a_dead_menu_link_is_raised_at_once_and_a_failing_one_in_the_second_week(
    field: Field,
) -> None:
    account = field.account(platform="wechat")
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    links = [{**GUIDE, "status": 404}, {**QUERY, "failure": Reason.TIMEOUT}]
    field.menu(field.run(one), account, "2026-11-15 10:00", links)
    told = judged(field, one)
    assert running(field) == [("LK201", "服务 / 办事指南")]
    assert (told.links[LinkState.BROKEN], told.links[LinkState.UNSURE]) == (1, 1)
    field.menu(field.run(two), account, "2026-11-22 10:00", links)
    told = judged(field, two)
    assert running(field) == [("LK201", "服务 / 办事指南"), ("LK201", "服务 / 进度查询")]
    assert told.links == {
        LinkState.WORKS: 0,
        LinkState.BROKEN: 2,
        LinkState.UNSURE: 0,
        LinkState.UNCHECKED: 0,
    }


def test_link_findings_end_when_the_link_works_or_left_the_menu_and_not_when_unsure(
    field: Field,
) -> None:
    account = field.account(platform="wechat")
    weeks = [field.sweep(f"2026-11-{day:02} 09:00") for day in (1, 8, 15, 22)]
    days = [f"2026-11-{day:02} 10:00" for day in (1, 8, 15, 22)]
    runs = [field.run(week) for week in weeks]
    dead = [{**GUIDE, "status": 404}, {**QUERY, "status": 404}]
    walls = [{**GUIDE, "status": 403}, {**QUERY, "failure": Reason.TIMEOUT}]
    field.menu(runs[0], account, days[0], dead)
    judged(field, weeks[0])
    field.menu(runs[1], account, days[1], walls)
    judged(field, weeks[1])
    assert len(running(field)) == 2
    field.menu(runs[2], account, days[2], [{**GUIDE, "status": 200}])
    judged(field, weeks[2])
    assert running(field) == []
    field.menu(runs[3], account, days[3], [])
    judged(field, weeks[3])
    assert [f.ended_at for f in findings(field)] == [weeks[2].time_point] * 2


def test_an_empty_menu_ends_link_findings_and_an_unread_one_does_not(field: Field) -> None:
    account = field.account(platform="wechat")
    weeks = [field.sweep(f"2026-11-{day:02} 09:00") for day in (8, 15, 22)]
    field.menu(field.run(weeks[0]), account, "2026-11-08 10:00", [{**GUIDE, "status": 404}])
    unread = Seen("", at("2026-11-15 10:00"), Outcome.INCONCLUSIVE, reason=Reason.TIMEOUT)
    field.observe(field.run(weeks[1]), account, unread, CheckKind.MENU)
    field.menu(field.run(weeks[2]), account, "2026-11-22 10:00", [])
    for week, left in zip(weeks, (1, 1, 0)):
        judged(field, week)
        assert len(running(field)) == left


def test_a_rule_set_raises_links_to_vetoes_and_mini_programs_are_left_to_people(
    field: Field,
) -> None:
    account = field.account(platform="wechat")
    sweep = field.sweep("2026-11-22 09:00")
    program: Entry = {
        "path": "服务 / 办理",
        "kind": LinkKind.MINIPROGRAM,
        "appid": "wx0000000000000001",
    }
    field.menu(field.run(sweep), account, "2026-11-22 10:00", [{**GUIDE, "status": 404}, program])
    told = judged(field, sweep, ruleset=COUNTY)
    (finding,) = findings(field)
    assert (finding.severity, finding.rule_set) == (Severity.VETO, "example-county")
    assert (finding.facts["label"], finding.facts["status"]) == ("办事指南", 404)
    assert told.links[LinkState.UNCHECKED] == 1


def test_a_person_who_tried_one_entry_says_nothing_about_the_others(field: Field) -> None:
    account = field.account(platform="wechat")
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    dead = [{**GUIDE, "status": 404}, {**QUERY, "status": 404}]
    field.menu(field.run(one), account, "2026-11-15 10:00", dead)
    judged(field, one)
    tried = [{**GUIDE, "signal": "seen_working"}]
    field.menu(field.run(two, RunMethod.HAND), account, "2026-11-22 10:00", tried)
    judged(field, two)
    assert running(field) == [("LK201", "服务 / 进度查询")]


def test_a_mini_program_seen_broken_by_a_person_stays_so_while_machines_cannot_tell(
    field: Field,
) -> None:
    account = field.account(platform="wechat")
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    program: Entry = {"path": "服务 / 办理", "kind": LinkKind.MINIPROGRAM, "appid": "wx01"}
    field.menu(field.run(one), account, "2026-11-15 10:00", [program])
    seen = [{**program, "signal": "seen_broken"}]
    field.menu(field.run(one, RunMethod.HAND), account, "2026-11-15 15:00", seen)
    judged(field, one)
    assert running(field) == [("LK202", "服务 / 办理")]
    field.menu(field.run(two), account, "2026-11-22 10:00", [program])
    judged(field, two)
    assert running(field) == [("LK202", "服务 / 办理")]


# --- the tables against the pure function -------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(any_look(), max_size=6),
    st.sampled_from([AccountState.ACTIVE, AccountState.CLOSING]),
    st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 22)),
)
def test_what_is_read_from_the_tables_leads_to_the_verdict_over_all_looks(
    registry: db.Registry, seen: list[Seen], state: AccountState, opened_on: date | None
) -> None:
    with registry.read() as session:
        field = Field(session)
        account = field.account(state=state, opened_on=opened_on)
        field.account("青石文旅")
        sweep = field.sweep("2026-11-22 09:00")
        for look in seen:
            field.observe(field.run(sweep, look.method), account, look)
        pure = freshness(
            AccountFacts(account.uid, "weibo", state, opened_on),
            seen,
            COUNTY,
            at=sweep.time_point,
        )
        now = at("2027-01-01 09:00")
        told = look_at_sweep(session, at=sweep.time_point, ruleset=COUNTY, now=now).judgements[0]
        assert told == pure
        session.rollback()


_WAYS_TO_FAIL: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 599},
    *({"failure": reason} for reason in Reason),
    *({"signal": signal, "status": 200} for signal in PASSING_SIGNALS),
]

_ANY_WAY: list[dict[str, Any]] = [
    *_WAYS_TO_FAIL,
    *({"status": status} for status in (0, 200, 302, 403, 404)),
    {"status": 200, "signal": "deleted"},
    {"url": "", "signal": "seen_working"},
    {"url": "y", "status": 500},
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(st.sampled_from(_ANY_WAY), min_size=3, max_size=3), min_size=2, max_size=3)
)
def test_links_are_judged_as_if_all_earlier_tries_were_read(
    registry: db.Registry, looks: list[list[dict[str, Any]]]
) -> None:
    with registry.read() as session:
        field = Field(session)
        account = field.account()
        days = ["2026-11-08", "2026-11-15", "2026-11-22"][-len(looks) :]
        tries = list[list[Tried]]()
        for day, ways in zip(days, looks, strict=True):
            sweep, when = field.sweep(f"{day} 09:00"), f"{day} 10:00"
            links = [{"path": str(n), "url": "x", **way} for n, way in enumerate(ways)]
            uid = field.menu(field.run(sweep), account, when, links).uid
            tries.append([Tried(at(when), uid=uid, **link) for link in links])
        point = Point.of(sweep.time_point, NATIONAL)
        failing = any(trial(tried) is Trial.FAILED for tried in tries[-1])
        earlier = sum(tries[:-1], []) if failing else []
        (told,) = judge_menus(session, point, [account.id])
        assert told == judge_menu(account.id, tries[-1], earlier, point)
        session.rollback()


def test_the_number_of_statements_does_not_grow_with_the_number_of_accounts(
    registry: db.Registry,
) -> None:
    def statements(session: Session, sweep: Sweep) -> int:
        ran: list[str] = []

        def note(*given: Any) -> None:
            ran.append(given[2])

        event.listen(registry.engine, "before_cursor_execute", note)
        judged(Field(session), sweep)
        event.remove(registry.engine, "before_cursor_execute", note)
        return len(ran)

    with registry.write() as session:
        field = Field(session)
        counts = []
        for size, day in ((10, "2026-11-15"), (700, "2026-11-22")):
            sweep = field.sweep(f"{day} 09:00")
            run = field.run(sweep)
            for account, when in _many(field, size, at(f"{day} 10:00")):
                _observe(field, run, account, when)
            session.flush()
            counts.append(statements(session, sweep))
        written = 2 * 700 // 100  # findings and their events, a hundred to a statement
        assert counts[1] <= counts[0] + 8 + written


def _many(field: Field, size: int, when: datetime) -> Iterator[tuple[Account, datetime]]:
    made = [
        Account(platform="weibo", name=f"青石{n}", fold=f"青石{n}", state=AccountState.ACTIVE)
        for n in range(size)
    ]
    field.session.add_all(made)
    field.session.flush()
    yield from ((account, when) for account in made)


def _observe(field: Field, run: Run, account: Account, when: datetime) -> None:
    old = SeenPost(when - timedelta(days=40))
    seen = Seen("", when, existence=Existence.EXISTS, posts=(old,), coverage=CoverageKind.COMPLETE)
    field.session.add(observation(run, account, seen, CheckKind.FRESHNESS))
    link = Seen("", when, existence=Existence.EXISTS)
    menu = observation(run, account, link, CheckKind.MENU)
    menu.link_results = [LinkResult(kind=LinkKind.URL, path="服务", url="x", status=500)]
    field.session.add(menu)


def test_whatever_fails_on_two_days_is_broken_though_alone_in_its_menu(field: Field) -> None:
    moment = at("2026-11-15 10:00")
    fails = [way for way in _WAYS_TO_FAIL if trial(Tried(moment, url="x", **way)) is Trial.FAILED]
    accounts = [field.account(f"青石{number}") for number in range(len(fails))]
    for day in ("2026-11-15", "2026-11-22"):
        sweep = field.sweep(f"{day} 09:00")
        run = field.run(sweep)
        for account, way in zip(accounts, fails, strict=True):
            field.menu(run, account, f"{day} 10:00", [{"path": "服务", "url": "x", **way}])
    assert judged(field, sweep).links[LinkState.BROKEN] == len(fails) > 15


def test_what_earlier_looks_prove_counts_as_covered_without_being_asked(field: Field) -> None:
    seen, unseen, asked = (field.account(f"青石{name}") for name in "甲乙丙")
    one, two = field.sweep("2026-11-15 09:00"), field.sweep("2026-11-22 09:00")
    earlier, run = field.run(one), field.run(two)
    field.read(earlier, seen, "2026-11-15 10:00", "2026-11-14 10:00")
    field.read(earlier, unseen, "2026-11-15 10:00", "2026-11-08 10:00")
    field.plan(run, asked)
    field.read(run, asked, "2026-11-22 10:00", "2026-11-21 10:00")
    whole = judged(field, two).coverage.whole
    assert (whole.accounts, whole.planned, whole.read, whole.proven_before) == (3, 1, 1, 1)
    assert (whole.told, whole.owed, whole.passed_over, whole.share) == (2, 2, 1, 2 / 3)
