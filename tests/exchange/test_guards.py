"""Half a list and a shifted column are stopped until a person accepts them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.errors import ActorRequired, Refused
from registry.exchange.plan_rows import Guard
from registry.exchange.shifted import check_guards
from registry.models import Decision
from registry.exchange.watched import watched_word
from registry.vocab import ActorKind, DecisionKind
from tests.conftest import NOW
from tests.exchange.lists import HEADER, WITH_IDS, Desk, act, many

HOST = "青石县公安局"


def ids(count: int, **given: str) -> list[tuple[str, str, str, str]]:
    """Accounts with ids; `host` or `name` puts something else into each row."""
    return [
        (
            given.get("host", HOST),
            given.get("name", "青石") + str(n),
            "微博",
            given.get("uid", "70000") + f"{n:02d}",
        )
        for n in range(count)
    ]


def test_five_absent_accounts_are_let_pass(desk: Desk) -> None:
    desk.take(many(12))
    assert not desk.plan(many(7)).guards


def test_more_than_five_and_a_tenth_absent_stop_the_import(desk: Desk) -> None:
    desk.take(many(12))
    plan = desk.plan(many(6))
    assert plan.guards == (Guard("absent", 6, 12),)
    with pytest.raises(Refused, match="12 个账号，其中 6 个") as refused:
        desk.apply(plan)
    assert "--accept-absent" in refused.value.hint
    assert refused.value.exit_code == 2


def test_a_tenth_absent_of_many_is_let_pass(desk: Desk) -> None:
    desk.take(many(60))
    assert not desk.plan(many(54)).guards
    assert desk.plan(many(53)).guards == (Guard("absent", 7, 60),)


def test_accepting_an_absence_is_a_decision_that_lasts(desk: Desk) -> None:
    desk.take(many(12))
    plan = desk.plan(many(6), accept={"absent"})
    desk.apply(plan)
    decisions = desk.session.scalars(select(Decision)).all()
    assert {each.left_key for each in decisions} == {each.account for each in plan.absent}
    assert {each.kind for each in decisions} == {DecisionKind.ABSENT_ACCEPTED}
    assert {(each.actor_name, each.file_sha256) for each in decisions} == {("王芳", plan.sha256)}
    later = desk.plan([*many(6), (HOST, "青石新号", "微博")])
    assert not later.guards
    assert [each.accepted for each in later.absent] == [True] * 6


def test_an_account_that_came_back_is_absent_anew(desk: Desk) -> None:
    desk.take(many(12))
    desk.take(many(6), accept={"absent"})
    tomorrow = replace(act(desk.session), at=NOW + timedelta(days=1))
    desk.apply(desk.plan(many(12)), by=tomorrow)
    assert desk.plan(many(6)).guards == (Guard("absent", 6, 12),)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (ids(8, name="青石号"), "name"),
        (ids(8, host="青石县司法局"), "host_unit"),
        ([(*row[:3], "7100" + row[3][-3:]) for row in ids(8)], "identifiers"),
    ],
)
def test_a_shifted_column_stops_the_import(
    changed: list[tuple[str, ...]], field: str, desk: Desk
) -> None:
    desk.take(ids(8), WITH_IDS)
    plan = desk.plan(changed, WITH_IDS)
    assert plan.guards == (Guard(field, 8, 8),)
    with pytest.raises(Refused) as refused:
        desk.apply(plan)
    assert f"--accept-changed {watched_word(field)}" in refused.value.hint


def test_a_shifted_column_of_subjects_stops_the_import(desk: Desk) -> None:
    header = (*HEADER, "认证主体")
    desk.take([(*row, HOST) for row in many(8)], header)
    plan = desk.plan([(*row, f"青石公司{row[1]}") for row in many(8)], header)
    assert plan.guards == (Guard("verified_subject", 8, 8),)


def test_a_shifted_column_of_platforms_stops_the_import(desk: Desk) -> None:
    desk.take(many(8))
    plan = desk.plan([(host, name, "抖音") for host, name, _platform in many(8)])
    assert {guard.what for guard in plan.guards} == {"absent", "platform"}


def test_counters_never_stop_an_import(desk: Desk) -> None:
    header = (*HEADER, "粉丝数", "账号链接")
    desk.take([(*row, "1", "") for row in many(20)], header)
    rows = [(*row, "2", f"https://weibo.com/u/70000{n:02d}") for n, row in enumerate(many(20))]
    assert not desk.plan(rows, header).guards


def test_an_accepted_change_is_a_decision_and_still_a_conflict(desk: Desk) -> None:
    desk.take(ids(8), WITH_IDS)
    plan = desk.plan(ids(8, name="青石号"), WITH_IDS, accept={"name"})
    check_guards(plan)
    desk.apply(plan)
    [decision] = desk.session.scalars(select(Decision))
    assert (decision.kind, decision.field) == (DecisionKind.CHANGED_ACCEPTED, "name")
    assert decision.file_sha256 == plan.sha256
    assert decision.details["count"] == 8
    assert {account.name for account in desk.accounts()} == {row[1] for row in ids(8)}


def test_only_a_person_accepts(desk: Desk) -> None:
    desk.take(many(12))
    plan = desk.plan(many(6), accept={"absent"})
    with pytest.raises(ActorRequired):
        desk.apply(plan, by=act(desk.session, kind=ActorKind.IMPORT))


def test_one_acceptance_does_not_cover_another_doubt(desk: Desk) -> None:
    desk.take(many(12))
    with pytest.raises(Refused):
        check_guards(desk.plan(many(6), accept={"name"}))
