"""Who is reminded before the window closes, of what, and never twice of the same silence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.models import (
    Account,
    AccountRole,
    Finding,
    Reminder,
    Run,
    Unit,
    UnitAlias,
    UnitIdentifier,
)
from registry.names import fold_unit
from registry.vocab import (
    AccountState,
    CoverageKind,
    Existence,
    Precision,
    Review,
    RoleKind,
    Severity,
    SubjectKind,
)
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field
from verdicts.reminders import Reminders, due, note
from verdicts.ruleset import load
from verdicts.seen import Seen, SeenPost

NATIONAL, COUNTY = load("national-2019"), load("example-county")
NOW = at("2026-11-20 09:00")


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


@pytest.fixture
def run(field: Field) -> Run:
    return field.run(field.sweep("2026-11-16 09:00"))


def told(field: Field, now: datetime = NOW) -> Reminders:
    return due(field.session, NATIONAL, now)


def names(found: Reminders) -> list[str]:
    return [silent.name for unit in found.units for silent in unit.accounts]


def test_an_account_seen_silent_for_ten_days_is_reminded_of(field: Field, run: Run) -> None:
    account = field.account("青石文旅")
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    field.read(run, field.account("青石发布"), "2026-11-19 10:00", "2026-11-18 08:00")
    (unit,) = told(field).units
    (silent,) = unit.accounts
    assert (unit.unit, unit.unit_id) == ("青石县融媒体中心", field.unit.id)
    assert (silent.name, silent.platform, silent.account_id) == ("青石文旅", "weibo", account.id)
    assert silent.last_post_at == at("2026-11-09 08:00")
    assert silent.stale_on == date(2026, 11, 23)
    assert silent.looked_at == at("2026-11-19 10:00")


@pytest.mark.parametrize(
    ("newest", "looked", "why"),
    [
        ("2026-11-11 08:00", "2026-11-19 10:00", "day 8 is too early"),
        ("2026-11-09 08:00", "2026-11-18 10:00", "it was last seen on day 9"),
        ("2026-11-06 08:00", "2026-11-19 10:00", "it is stale today: a finding says so"),
        ("2026-10-06 08:00", "2026-11-19 10:00", "it is long stale"),
    ],
)
def test_before_its_day_or_after_the_window_nobody_is_reminded(
    newest: str, looked: str, why: str, field: Field, run: Run
) -> None:
    field.read(run, field.account(), looked, newest)
    assert names(told(field)) == [], why


def test_a_silence_that_no_list_proves_is_counted_and_not_told(field: Field, run: Run) -> None:
    stale_look, partial = field.account("青石文旅"), field.account("青石教育")
    field.read(run, stale_look, "2026-11-16 10:00", "2026-11-09 08:00")
    field.fail(field.run(run.sweep), stale_look, "2026-11-19 10:00")
    seen = Seen(
        "",
        at("2026-11-19 10:00"),
        posts=(SeenPost(at("2026-11-09 08:00")),),
        coverage=CoverageKind.PARTIAL,
    )
    field.observe(run, partial, seen)
    assert told(field) == Reminders((), 2)


def test_a_list_that_proves_it_counts_though_a_later_look_read_none(field: Field, run: Run) -> None:
    account = field.account()
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    field.fail(field.run(run.sweep), account, "2026-11-20 08:00")
    assert names(told(field)) == ["青石发布"]


def test_a_post_seen_later_ends_the_silence(field: Field, run: Run) -> None:
    account = field.account()
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    field.read(field.run(run.sweep), account, "2026-11-20 08:00", "2026-11-20 07:00")
    assert told(field) == Reminders((), 0)


def test_the_same_silence_is_told_once_and_the_next_one_again(field: Field, run: Run) -> None:
    account = field.account()
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    note(field.session, told(field).units[0], NOW)
    field.read(field.run(run.sweep), account, "2026-11-21 10:00", "2026-11-09 08:00")
    assert told(field, at("2026-11-21 12:00")) == Reminders((), 0)
    field.read(field.run(run.sweep), account, "2026-12-03 10:00", "2026-11-23 08:00")
    (again,) = told(field, at("2026-12-03 12:00")).units
    note(field.session, again, at("2026-12-03 12:00"))
    field.session.flush()
    kept = field.session.scalars(select(Reminder).order_by(Reminder.id)).all()
    assert [row.silence for row in kept] == [
        "2026-11-09T00:00:00+00:00",
        "2026-11-23T00:00:00+00:00",
    ]
    assert {row.unit_id for row in kept} == {field.unit.id}
    assert kept[0].sent_at == NOW.astimezone(UTC)


def test_a_post_known_to_the_day_and_then_to_the_second_is_one_silence(
    field: Field, run: Run
) -> None:
    account = field.account()
    by_day = SeenPost(at("2026-11-09 00:00"), Precision.DAY)
    seen = Seen("", at("2026-11-19 10:00"), posts=(by_day,), coverage=CoverageKind.COMPLETE)
    field.observe(run, account, seen)
    first = told(field)
    assert first.units[0].accounts[0].last_post_at == date(2026, 11, 9)
    note(field.session, first.units[0], NOW)
    field.read(field.run(run.sweep), account, "2026-11-20 10:00", "2026-11-09 08:30")
    assert told(field, at("2026-11-20 12:00")) == Reminders((), 0)


def test_noting_twice_keeps_one_row(field: Field, run: Run) -> None:
    field.read(run, field.account(), "2026-11-19 10:00", "2026-11-09 08:00")
    (unit,) = told(field).units
    note(field.session, unit, NOW)
    note(field.session, unit, NOW)
    assert field.session.scalar(select(func.count()).select_from(Reminder)) == 1


def test_an_account_that_never_posted_is_told_of_by_its_opening(field: Field, run: Run) -> None:
    account = field.account(opened_on=date(2026, 11, 9))
    field.read(run, account, "2026-11-19 10:00")
    (silent,) = told(field).units[0].accounts
    assert (silent.last_post_at, silent.silence) == (None, "never")
    assert silent.stale_on == date(2026, 11, 22)
    note(field.session, told(field).units[0], NOW)
    assert told(field) == Reminders((), 0)


@pytest.mark.parametrize(
    "existence", [Existence.GONE_SIGNAL, Existence.RESTRICTED], ids=["gone", "restricted"]
)
def test_one_that_the_platform_took_away_is_not_reminded_of(
    existence: Existence, field: Field, run: Run
) -> None:
    account = field.account()
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    field.observe(
        field.run(run.sweep), account, Seen("", at("2026-11-20 08:00"), existence=existence)
    )
    assert told(field) == Reminders((), 0)


@pytest.mark.parametrize("state", [AccountState.CLOSED, AccountState.PROPOSED])
def test_accounts_that_are_not_live_are_not_reminded_of(
    state: AccountState, field: Field, run: Run
) -> None:
    field.read(run, field.account(state=state), "2026-11-19 10:00", "2026-11-09 08:00")
    assert told(field) == Reminders((), 0)


@pytest.mark.parametrize("review", [Review.WAIVED, Review.DISMISSED])
def test_a_silence_that_a_person_excused_is_not_reminded_of(
    review: Review, field: Field, run: Run
) -> None:
    account = field.account()
    field.read(run, account, "2026-11-19 10:00", "2026-11-09 08:00")
    field.add(finding(account, review))
    assert told(field) == Reminders((), 0)


def finding(account: Account, review: Review) -> Finding:
    values: dict[str, Any] = {
        "code": "ST102",
        "subject_kind": SubjectKind.ACCOUNT,
        "subject_uid": account.uid,
        "account_id": account.id,
        "severity": Severity.ADVICE,
        "rule_set": "national-2019",
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "review": review,
    }
    return Finding(**values)


def test_each_host_unit_gets_one_reminder_the_most_urgent_first(field: Field, run: Run) -> None:
    police = field.add(Unit(name="青石县公安局", fold=fold_unit("青石县公安局")))
    field.add(UnitIdentifier(unit_id=police.id, scheme="uscc", value="115309210152"))
    field.add(UnitAlias(unit_id=police.id, alias="QSGA", fold="qsga"))
    first, second = field.account("青石发布"), field.account("青石头条")
    other = field.account("青石公安")
    other.roles[:] = [AccountRole(role=RoleKind.HOST, unit=police)]
    nobody = field.account("青石无主")
    nobody.roles.clear()
    for account, day in ((first, 10), (second, 9), (other, 8), (nobody, 10)):
        field.read(run, account, "2026-11-20 08:00", f"2026-11-{day:02} 08:00")
    found = told(field)
    assert [(unit.unit, [s.name for s in unit.accounts]) for unit in found.units] == [
        ("青石县公安局", ["青石公安"]),
        ("青石县融媒体中心", ["青石头条", "青石发布"]),
        ("", ["青石无主"]),
    ]
    assert found.units[0].called == ("青石县公安局", "QSGA", "115309210152")
    assert found.units[2].called == ()


def test_rule_sets_without_a_reminder_remind_nobody(field: Field, run: Run) -> None:
    from dataclasses import replace

    field.read(run, field.account(), "2026-11-19 10:00", "2026-11-09 08:00")
    rules = {name: rule for name, rule in NATIONAL.rules.items() if name != "NM-SOON"}
    assert due(field.session, replace(NATIONAL, rules=rules), NOW) == Reminders((), 0)
