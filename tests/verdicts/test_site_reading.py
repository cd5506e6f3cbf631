"""Websites judged from the tables: samples over many runs, our own outages, parts, findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from checkers.site_facts import DoubtfulDate, HiddenLink, SiteColumn, SiteFacts
from registry import db
from registry.accounts.reading import account_card
from registry.dates import SHANGHAI
from registry.models import Account, Finding, Run, Sweep
from registry.vocab import (
    CheckKind,
    ColumnKind,
    Outcome,
    Reason,
    SiteMark,
    SitePart,
    Verdict,
)
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field
from verdicts.ruleset import RuleSet, load
from verdicts.seen import Seen
from verdicts.site_reading import site_look
from verdicts.sweep import SweepJudgement, judge_sweep

NATIONAL = load("national-2019")
T = "2026-11-22 09:00"


def quick() -> RuleSet:
    """The national rules with four samples in one day, so that tests stay readable."""
    old = NATIONAL.rules["SITE-2"]
    figures = {**old.figures, "week_days": 1, "full_days": 1, "samples_per_day": 4}
    return replace(NATIONAL, rules={**NATIONAL.rules, "SITE-2": replace(old, figures=figures)})


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


def judged(field: Field, sweep: Sweep, **more: Any) -> SweepJudgement:
    now = sweep.time_point + timedelta(days=1)
    given = {"ruleset": quick(), "now": now, "act": field.act(now), **more}
    return judge_sweep(field.session, at=sweep.time_point, **given)


def findings(field: Field) -> list[Finding]:
    return list(field.session.scalars(select(Finding).order_by(Finding.id)))


def running(field: Field) -> list[tuple[str, str]]:
    names = {a.uid: a.name for a in field.session.scalars(select(Account))}
    return [(f.code, names[f.subject_uid]) for f in findings(field) if f.ended_at is None]


def sampled(field: Field, sweep: Sweep, hours: int, **sites: bool | None) -> list[Run]:
    """One run an hour up to T; each site (by name) opens, does not, or could not be told."""
    runs = []
    accounts = {a.name: a for a in field.session.scalars(select(Account))}
    for hour in range(hours):
        when = (sweep.time_point - timedelta(hours=hour)).astimezone(SHANGHAI)
        run = field.run(sweep)
        for name, opened in sites.items():
            moment = when.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
            if opened is None:
                seen = Seen("", when, Outcome.INCONCLUSIVE, reason=Reason.BLOCKED)
                field.observe(run, accounts[name], seen, CheckKind.SITE)
            else:
                field.sample(run, accounts[name], moment, opened)
        runs.append(run)
    return runs


# --- reachability -------------------------------------------------------------------------------


def test_a_site_that_did_not_open_is_raised_while_another_did(field: Field) -> None:
    down, up = field.account("青石县政府网", "website"), field.account("云川市政府网", "website")
    sweep = field.sweep(T)
    sampled(field, sweep, 4, 青石县政府网=False, 云川市政府网=True)
    told = judged(field, sweep)
    (finding,) = findings(field)
    assert (finding.code, finding.account_id) == ("SI701", down.id)
    assert told.settled.raised == (finding.uid,)
    assert {k: finding.facts[k] for k in ("samples", "failed", "failed_percent", "reasons")} == {
        "samples": 4,
        "failed": 4,
        "failed_percent": 100.0,
        "reasons": ["HTTP 502"],
    }
    assert finding.facts["last_failed_at"] == "2026-11-22T01:00:00+00:00"
    assert len(finding.observation_uids) == 4
    assert up.id not in {f.account_id for f in findings(field)}


def test_while_no_site_at_all_opens_it_is_our_own_line_that_is_down(field: Field) -> None:
    for name in ("青石县政府网", "云川市政府网"):
        field.account(name, "website")
    sweep = field.sweep(T)
    sampled(field, sweep, 4, 青石县政府网=False, 云川市政府网=False)
    judged(field, sweep)
    assert findings(field) == []


def test_a_site_that_told_nothing_beside_one_that_did_not_open_may_be_our_line_as_well(
    field: Field,
) -> None:
    for name in ("青石县政府网", "云川市政府网"):
        field.account(name, "website")
    sweep = field.sweep(T)
    sampled(field, sweep, 4, 青石县政府网=False, 云川市政府网=None)
    judged(field, sweep)
    assert findings(field) == []


def test_the_only_site_of_an_office_is_judged_by_its_own_samples(field: Field) -> None:
    field.account("青石县政府网", "website")
    sweep = field.sweep(T)
    sampled(field, sweep, 4, 青石县政府网=False)
    judged(field, sweep)
    assert running(field) == [("SI701", "青石县政府网")]


def test_inconclusive_looks_are_no_samples_and_too_few_samples_conclude_nothing(
    field: Field,
) -> None:
    field.account("青石县政府网", "website")
    one, two, three = (field.sweep(f"2026-11-{day} 09:00") for day in (20, 22, 24))
    sampled(field, one, 4, 青石县政府网=False)
    judged(field, one)
    assert running(field) == [("SI701", "青石县政府网")]
    sampled(field, two, 3, 青石县政府网=True)
    sampled(field, two, 12, 青石县政府网=None)
    judged(field, two)
    assert running(field) == [("SI701", "青石县政府网")]
    sampled(field, three, 4, 青石县政府网=True)
    judged(field, three)
    assert running(field) == []


def test_reachability_says_nothing_of_the_coverage_of_lists(field: Field) -> None:
    site = field.account("青石县政府网", "website")
    sweep = field.sweep(T)
    run, *_rest = sampled(field, sweep, 4, 青石县政府网=True)
    counts = judged(field, sweep).coverage.platforms["website"]
    assert (counts.accounts, counts.planned, counts.read) == (1, 0, 0)
    field.read(run, site, "2026-11-22 10:00", "2026-11-21 10:00")
    told = judged(field, sweep)
    assert (told.coverage.whole.planned, told.coverage.whole.read) == (1, 1)
    assert told.verdicts[Verdict.FRESH] == 1


def test_the_card_of_a_site_shows_one_sample_among_its_looks(field: Field) -> None:
    site = field.account("青石县政府网", "website")
    sweep = field.sweep(T)
    run, *_rest = sampled(field, sweep, 12, 青石县政府网=True)
    field.read(run, site, "2026-11-22 10:00", "2026-11-21 10:00")
    looks = account_card(field.session, site, now=at("2026-11-22 12:00")).looks
    assert [look.kind for look in looks] == [CheckKind.FRESHNESS, CheckKind.SITE]


# --- parts of a look ----------------------------------------------------------------------------


def stale_columns(count: int) -> tuple[SiteColumn, ...]:
    newest = at("2026-10-01 00:00")
    return tuple(
        SiteColumn(f"动态{n}", f"https://q.example/{n}/", ColumnKind.NEWS, 20, newest)
        for n in range(count)
    )


def test_parts_are_settled_each_by_itself_and_stay_as_they_are_when_not_looked_at(
    field: Field,
) -> None:
    site = field.account("青石县政府网", "website")
    weeks = [field.sweep(f"2026-11-{day:02} 09:00") for day in (1, 8, 15, 22)]
    runs = [field.run(week) for week in weeks]
    columns, marks = SitePart.COLUMNS, SitePart.MARKS
    field.site(
        runs[0],
        site,
        "2026-11-01 10:00",
        SiteFacts(frozenset({columns, marks}), columns=stale_columns(5)),
    )
    judged(field, weeks[0])
    assert [code for code, _name in running(field)] == ["SI703", "SI706"]
    facts = {f.code: f.facts for f in findings(field)}
    assert facts["SI703"]["columns"][0] == {
        "name": "动态0",
        "kind": "news",
        "newest_day": "2026-10-01",
        "url": "https://q.example/0/",
    }
    assert facts["SI706"]["missing"] == [
        "party_government",
        "site_code",
        "icp",
        "police",
        "error_report",
    ]
    field.fail(runs[1], site, "2026-11-08 10:00")
    judged(field, weeks[1])
    assert [code for code, _name in running(field)] == ["SI703", "SI706"]
    found = {mark: "滇ICP备00000000号" for mark in SiteMark}
    field.site(runs[2], site, "2026-11-15 10:00", SiteFacts(frozenset({marks}), marks=found))
    judged(field, weeks[2])
    assert [code for code, _name in running(field)] == ["SI703"]
    field.site(
        runs[3],
        site,
        "2026-11-22 10:00",
        SiteFacts(frozenset({columns}), columns=stale_columns(4)),
    )
    judged(field, weeks[3])
    assert running(field) == []


def test_a_look_before_the_time_point_or_after_the_next_is_not_this_ones(field: Field) -> None:
    site = field.account("青石县政府网", "website")
    one, two = field.sweep("2026-11-15 09:00"), field.sweep(T)
    bad = SiteFacts(frozenset({SitePart.MARKS}))
    field.site(field.run(one), site, "2026-11-15 08:59", bad)
    field.site(field.run(two), site, "2026-11-22 09:00", bad)
    judged(field, one)
    assert findings(field) == []
    judged(field, two)
    assert running(field) == [("SI706", "青石县政府网")]


def test_a_dismissed_hidden_link_comes_back_when_it_leads_to_another_host(field: Field) -> None:
    from registry.actors import get_actor
    from registry.findings.settling import dismiss
    from registry.history.writing import Act

    site = field.account("青石县政府网", "website")
    weeks = [field.sweep(f"2026-11-{day:02} 09:00") for day in (8, 15, 22)]
    hosts = ["ads.example", "ads.example", "bet.example"]
    for week, host in zip(weeks, hosts):
        when = (week.time_point + timedelta(hours=1)).astimezone(SHANGHAI)
        link = HiddenLink(f"https://{host}/{week.week}", "x", "style", "https://q.example/")
        look = SiteFacts(frozenset({SitePart.HIDDEN}), hidden=(link,))
        moment = when.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
        field.site(field.run(week), site, moment, look)
    judged(field, weeks[0])
    act = Act(get_actor(field.session, "王芳"), weeks[0].time_point, "本站投放")
    dismiss(field.session, findings(field)[0], act=act)
    judged(field, weeks[1])
    assert len(findings(field)) == 1
    judged(field, weeks[2])
    assert [f.facts["hosts"] for f in findings(field)] == [["ads.example"], ["bet.example"]]


def test_a_stale_home_page_has_one_code(field: Field) -> None:
    site = field.account("青石县政府网", "website")
    sweep = field.sweep(T)
    field.read(field.run(sweep), site, "2026-11-22 10:00", "2026-11-01 10:00")
    judged(field, sweep)
    assert running(field) == [("SI702", "青石县政府网")]


def test_what_is_stored_of_a_site_is_read_back_whole() -> None:
    from sweeps.site_writing import stored_site
    from verdicts.sites import Column, Doubtful, Hidden, SiteLook

    shanghai_noon = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    site = SiteFacts(
        looked_at=frozenset(SitePart),
        opened=False,
        why="HTTP 502",
        columns=(
            SiteColumn("通知公告", "https://q.example/t/", ColumnKind.NOTICE, 0),
            SiteColumn("要闻", "https://q.example/y/", ColumnKind.NEWS, 8, at("2026-11-20 00:00")),
        ),
        marks={SiteMark.ICP: "滇ICP备00000000号"},
        hidden=(HiddenLink("https://bet.example/1", "彩票", "size", "https://q.example/"),),
        doubtful=(
            DoubtfulDate("https://q.example/1", "通知", shanghai_noon, "版权年份", shanghai_noon),
        ),
    )
    stored = stored_site(site, lambda text, most: text[:most])
    assert stored["looked_at"] == ["columns", "dates", "hidden", "marks", "reach"]
    assert (stored["opened"], stored["why"]) == (False, "HTTP 502")
    assert stored["columns"][1]["newest"] == "2026-11-19T16:00:00+00:00"
    assert site_look("look", shanghai_noon, stored) == SiteLook(
        "look",
        shanghai_noon,
        frozenset(SitePart),
        (
            Column("通知公告", "https://q.example/t/", ColumnKind.NOTICE, 0, None),
            Column(
                "要闻", "https://q.example/y/", ColumnKind.NEWS, 8, at("2026-11-20 09:00").date()
            ),
        ),
        frozenset({SiteMark.ICP}),
        (Hidden("https://bet.example/1", "bet.example", "彩票", "size", "https://q.example/"),),
        (
            Doubtful(
                "https://q.example/1",
                "通知",
                shanghai_noon.date(),
                shanghai_noon.astimezone(UTC),
                "版权年份",
            ),
        ),
    )
    sample = stored_site(SiteFacts(frozenset({SitePart.REACH}), True), lambda text, most: text)
    assert sample == {"looked_at": ["reach"], "opened": True, "why": ""}


@pytest.mark.parametrize(
    "site",
    [
        SiteFacts(opened="yes"),  # type: ignore[arg-type]
        SiteFacts(looked_at=frozenset({"everything"})),  # type: ignore[arg-type]
        SiteFacts(columns=(SiteColumn("a", "b", entries="3"),)),  # type: ignore[arg-type]
        SiteFacts(columns=(SiteColumn("a", "b", newest=datetime(2026, 1, 1)),)),
        SiteFacts(marks={"crest": "x"}),  # type: ignore[dict-item]
    ],
)
def test_rubbish_is_refused(site: SiteFacts) -> None:
    from sweeps.site_writing import stored_site

    with pytest.raises((TypeError, ValueError)):
        stored_site(site, lambda text, most: text[:most])


def test_the_number_of_statements_does_not_grow_with_the_number_of_sites(
    registry: db.Registry,
) -> None:
    with registry.write() as session:
        field, counts = Field(session), []
        for size, day in ((5, "2026-11-15"), (600, "2026-11-22")):
            sweep = field.sweep(f"{day} 09:00")
            run = field.run(sweep)
            for n in range(size):
                account = field.account(f"青石{day}-{n}", "website")
                field.sample(run, account, f"{day} 08:00", n % 2 == 0)
                marks = SiteFacts(frozenset({SitePart.MARKS}))
                field.site(run, account, f"{day} 10:00", marks)
            ran: list[str] = []

            def note(*given: Any, ran: list[str] = ran) -> None:
                ran.append(given[2])

            event.listen(registry.engine, "before_cursor_execute", note)
            told = judged(field, sweep)
            event.remove(registry.engine, "before_cursor_execute", note)
            counts.append(len(ran))
            assert len(told.settled.raised) == size
        written = 2 * 600 // 100  # findings and their events, a hundred to a statement
        assert counts[1] <= counts[0] + 8 + written
