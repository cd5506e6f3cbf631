"""Hints in texts as findings: once for each place, never again after a person has dismissed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.findings.settling import UNSEEN, assign, clear, confirm, dismiss
from registry.history.writing import Act
from registry.models import Account, Finding, Sweep
from registry.vocab import AccountState, CheckKind, CoverageKind, HintKind, Remedy, Severity
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field, observation
from verdicts.hint_reading import text_look
from verdicts.hints import Hinted, TextLook, judge_texts
from verdicts.ruleset import load
from verdicts.seen import Seen
from verdicts.sweep import SweepJudgement, judge_sweep

MOBILE = {"kind": "mobile", "masked": "135****5678", "snippet": "李某135****5678"}
CITIZEN = {"kind": "id_card", "masked": "110***********7475", "snippet": "张某110***********7475"}
MISPRINT = {"kind": "misprint", "masked": "部暑 → 部署", "snippet": "部暑工作"}
FIRST, SECOND = "https://q.example/1", "https://q.example/2"


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


def read(
    field: Field,
    sweep: Sweep,
    account: Account,
    posts: Sequence[str],
    *hints: dict[str, str],
    scanned: Sequence[str] = (),
    kind: CheckKind = CheckKind.FRESHNESS,
) -> str:
    """A look an hour after T that lists titled posts at these addresses, with these hints."""
    when = sweep.time_point + timedelta(hours=1)
    made = observation(field.run(sweep), account, Seen("", when), kind)
    listed = [
        {"at": when.isoformat(), "precision": "second", "own": True, "title": "标题", "url": url}
        for url in posts
    ]
    made.facts = {"posts": listed, "hints": list(hints), "scanned": list(scanned)}
    return str(field.add(made).uid)


def judged(field: Field, sweep: Sweep) -> SweepJudgement:
    at, now = sweep.time_point, sweep.time_point + timedelta(days=1)
    rules, act = load("national-2019"), field.act(now)
    return judge_sweep(field.session, at=at, ruleset=rules, now=now, act=act)


def findings(field: Field) -> list[Finding]:
    query = select(Finding).where(Finding.code.in_(["CT601", "CT602"])).order_by(Finding.id)
    return list(field.session.scalars(query))


def open_places(field: Field) -> list[tuple[str, str]]:
    return [(f.code, f.discriminator) for f in findings(field) if f.ended_at is None]


def weeks(field: Field, count: int) -> list[Sweep]:
    return [field.sweep(f"2026-11-{day:02} 09:00") for day in (1, 8, 15, 22)[:count]]


def test_hints_of_one_place_are_one_finding_for_each_code_and_only_advice(field: Field) -> None:
    account = field.account()
    (week,) = weeks(field, 1)
    hints = [{**hint, "where": FIRST} for hint in (MOBILE, CITIZEN, MISPRINT)]
    uid = read(field, week, account, [FIRST, SECOND], *hints)
    judged(field, week)
    numbers, misprint = findings(field)
    assert (numbers.code, numbers.severity, numbers.discriminator) == (
        "CT601",
        Severity.ADVICE,
        FIRST,
    )
    assert numbers.facts == {
        "hints": [
            {"kind": "id_card", "masked": "110***********7475"},
            {"kind": "mobile", "masked": "135****5678"},
        ],
        "where": FIRST,
        "snippets": ["李某135****5678", "张某110***********7475"],
    }
    assert (misprint.code, misprint.facts["hints"]) == (
        "CT602",
        [{"kind": "misprint", "masked": "部暑 → 部署"}],
    )
    assert numbers.observation_uids == [uid]
    assert (numbers.account_id, numbers.unit_id) == (account.id, field.unit.id)


def test_a_hint_that_was_dismissed_is_not_raised_again(field: Field) -> None:
    account = field.account()
    one, two, three = weeks(field, 3)
    duty = {**MOBILE, "where": FIRST}
    read(field, one, account, [FIRST], duty)
    judged(field, one)
    act = Act(get_actor(field.session, "王芳"), one.time_point, "值班电话")
    dismiss(field.session, findings(field)[0], act=act)
    read(field, two, account, [FIRST], {**duty, "snippet": "值班135****5678"})
    judged(field, two)
    assert len(findings(field)) == 1
    read(field, three, account, [FIRST], duty, {**CITIZEN, "where": FIRST})
    judged(field, three)
    assert len(findings(field)) == 2


def remedies(field: Field) -> list[tuple[str, Remedy]]:
    return [(f.discriminator, f.remedy) for f in findings(field) if f.ended_at is None]


def test_a_confirmed_hint_that_is_not_there_any_more_is_marked_and_left_for_a_person_to_end(
    field: Field,
) -> None:
    account = field.account()
    one, two, three = weeks(field, 3)
    read(field, one, account, [FIRST, SECOND], *({**MOBILE, "where": w} for w in (FIRST, SECOND)))
    judged(field, one)
    assert open_places(field) == [("CT601", FIRST), ("CT601", SECOND)]
    act = Act(get_actor(field.session, "王芳"), two.time_point - timedelta(days=2), "核实")
    for found in findings(field):
        confirm(field.session, found, act=act)
    read(field, two, account, [SECOND])
    judged(field, two)
    assert remedies(field) == [(FIRST, Remedy.NONE), (SECOND, Remedy.RECHECKED)]
    read(field, three, account, [], scanned=[FIRST])
    told = judged(field, three)
    assert len(told.settled.rechecked) == 1 and told.settled.ended == ()
    assert remedies(field) == [(FIRST, Remedy.RECHECKED), (SECOND, Remedy.RECHECKED)]
    assert judged(field, three).settled.rechecked == ()
    act = Act(get_actor(field.session, "王芳"), three.time_point + timedelta(days=2), "已删除")
    clear(field.session, findings(field)[0], act=act)
    assert open_places(field) == [("CT601", SECOND)]


def test_a_hint_that_nobody_confirmed_ends_with_what_it_hinted_at(field: Field) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    read(field, one, account, [FIRST], {**MOBILE, "where": FIRST})
    judged(field, one)
    read(field, two, account, [FIRST])
    told = judged(field, two)
    assert len(told.settled.ended) == 1 and told.settled.rechecked == ()
    assert open_places(field) == []


def listing(
    field: Field,
    sweep: Sweep,
    account: Account,
    posts: Sequence[tuple[str, str]],
    *hints: dict[str, str],
    source: str = "page",
    coverage: CoverageKind = CoverageKind.REACHES_BACK_TO,
    since: str = "2026-10-20 09:00",
    titled: bool = True,
) -> None:
    """A look at the list of that source, with these addresses and moments."""
    when = sweep.time_point + timedelta(hours=1)
    made = observation(field.run(sweep), account, Seen("", when), CheckKind.FRESHNESS)
    made.source, made.coverage, made.covered_since = source, coverage, at(since)
    listed = [
        {
            "at": at(day).isoformat(),
            "precision": "second",
            "own": True,
            "title": url[8:] if titled else "",
            "url": url,
        }
        for url, day in posts
    ]
    made.facts = {"posts": listed, "hints": list(hints)}
    field.add(made)


def hinted(field: Field, sweep: Sweep, account: Account) -> None:
    """An article of the 28th of October with a number, read on the list of `page`."""
    posts = [(FIRST, "2026-10-28 10:00"), (SECOND, "2026-10-21 10:00")]
    listing(field, sweep, account, posts, {**MOBILE, "where": FIRST})
    judged(field, sweep)
    assert open_places(field) == [("CT601", FIRST)]


def test_a_hint_ends_with_its_article_when_a_list_that_reaches_behind_it_lacks_it(
    field: Field,
) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    hinted(field, one, account)
    act = Act(get_actor(field.session, "王芳"), one.time_point + timedelta(days=1), "核实")
    confirm(field.session, findings(field)[0], act=act)
    listing(field, two, account, [(SECOND, "2026-10-21 10:00")])
    assert len(judged(field, two).settled.rechecked) == 1
    assert remedies(field) == [(FIRST, Remedy.RECHECKED)]


def test_a_list_read_before_the_article_was_seen_says_nothing_of_it(field: Field) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    listing(field, one, account, [(SECOND, "2026-10-21 10:00")])
    hinted(field, two, account)
    judged(field, one)
    assert open_places(field) == [("CT601", FIRST)]


def test_of_a_hint_that_nobody_confirmed_a_deleted_article_is_the_end(field: Field) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    hinted(field, one, account)
    listing(field, two, account, [], coverage=CoverageKind.COMPLETE)
    assert len(judged(field, two).settled.ended) == 1
    assert open_places(field) == []


@pytest.mark.parametrize(
    "given",
    [
        {"since": "2026-10-28 10:00"},
        {"since": "2026-11-01 10:00"},
        {"source": "rsshub"},
        {"coverage": CoverageKind.PARTIAL},
        {"coverage": CoverageKind.UNREAD},
        {"posts": [("https://q.example/new", "2026-10-30 10:00"), (FIRST, "2026-10-28 10:00")]},
    ],
)
def test_a_list_that_does_not_prove_the_article_deleted_ends_nothing(
    field: Field, given: dict[str, Any]
) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    hinted(field, one, account)
    listing(field, two, account, given.pop("posts", []), **given, titled=False)
    judged(field, two)
    assert open_places(field) == [("CT601", FIRST)]


def test_a_hint_that_comes_back_waits_for_its_unit_again(field: Field) -> None:
    account = field.account()
    one, two, three = weeks(field, 3)
    duty = {**MOBILE, "where": FIRST}
    read(field, one, account, [FIRST], duty)
    judged(field, one)
    act = Act(get_actor(field.session, "王芳"), one.time_point + timedelta(days=1))
    (found,) = findings(field)
    assign(
        field.session, confirm(field.session, found, act=act), due_on=date(2026, 11, 20), act=act
    )
    read(field, two, account, [FIRST])
    judged(field, two)
    assert remedies(field) == [(FIRST, Remedy.RECHECKED)]
    judged(field, one)  # an older time point, judged again, takes nothing back
    assert remedies(field) == [(FIRST, Remedy.RECHECKED)]
    read(field, three, account, [FIRST], duty)
    judged(field, three)
    assert remedies(field) == [(FIRST, Remedy.DUE)]
    assert UNSEEN not in findings(field)[0].facts


def test_a_dismissed_hint_and_one_of_a_cancelled_account_end_by_themselves(field: Field) -> None:
    first, second = field.account(), field.account("青石公安")
    one, two = weeks(field, 2)
    for account in (first, second):
        read(field, one, account, [FIRST], {**MOBILE, "where": FIRST})
    judged(field, one)
    act = Act(get_actor(field.session, "王芳"), one.time_point, "值班电话")
    dismiss(field.session, findings(field)[0], act=act)
    second.state = AccountState.CLOSED
    read(field, two, first, [FIRST])
    judged(field, two)
    assert open_places(field) == []


def test_a_look_that_read_nothing_ends_no_hint(field: Field) -> None:
    account = field.account()
    one, two = weeks(field, 2)
    read(field, one, account, [FIRST], {**MOBILE, "where": FIRST})
    judged(field, one)
    field.fail(field.run(two), account, "2026-11-08 10:00")
    judged(field, two)
    assert open_places(field) == [("CT601", FIRST)]


def test_hints_of_a_menu_are_found_beside_those_of_posts(field: Field) -> None:
    account = field.account(platform="wechat")
    (week,) = weeks(field, 1)
    menu = {**MOBILE, "where": "服务 / 值班"}
    read(field, week, account, [FIRST], {**MISPRINT, "where": FIRST})
    read(field, week, account, [], menu, kind=CheckKind.MENU)
    judged(field, week)
    assert open_places(field) == [("CT602", FIRST), ("CT601", "服务 / 值班")]


def test_of_each_place_the_last_look_counts() -> None:
    hit = Hinted(HintKind.MOBILE, "135****5678", FIRST)
    early = TextLook("early", at("2026-11-22 10:00"), frozenset({FIRST, SECOND}), (hit,))
    late = TextLook("late", at("2026-11-22 11:00"), frozenset({FIRST}))
    told = judge_texts([late, early])
    assert [(p.code, p.where, len(p.hits), p.proof) for p in told] == [
        ("CT601", FIRST, 0, ("late",)),
        ("CT602", FIRST, 0, ("late",)),
        ("CT601", SECOND, 0, ("early",)),
        ("CT602", SECOND, 0, ("early",)),
    ]
    assert [len(p.hits) for p in judge_texts([early])] == [1, 0, 0, 0]


def test_a_post_listed_without_its_title_was_not_looked_through() -> None:
    facts: dict[str, Any] = {
        "posts": [{"url": FIRST, "title": ""}, {"url": "", "title": "甲"}, {"url": SECOND}]
    }
    assert text_look("look", at("2026-11-22 10:00"), facts).places == {"甲"}
