"""Apps that cannot be downloaded: two gone signals far enough apart, and what ends the finding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Account, Finding, Run, Sweep
from registry.vocab import CheckKind, Existence, Outcome, Reason, RunMethod, Severity
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field
from verdicts.apps import AppJudgement, judge_app
from verdicts.points import Point
from verdicts.ruleset import load
from verdicts.seen import Seen
from verdicts.sweep import judge_sweep

NATIONAL = load("national-2019")
T = "2026-11-22 09:00"
GONE, THERE = Existence.GONE_SIGNAL, Existence.EXISTS


@pytest.fixture
def field(session: Session) -> Field:
    return Field(session)


def sign(when: str, existence: Existence = GONE, uid: str = "", signal: str = "") -> Seen:
    return Seen(uid or when, at(when), existence=existence, signal=signal)


def told(*looks: Seen, until: str = "") -> AppJudgement | None:
    return judge_app(7, looks, Point.of(at(T), NATIONAL, at(until) if until else None))


# --- one app ------------------------------------------------------------------------------------


def test_two_gone_signals_a_day_apart_make_it_missing() -> None:
    first, second = sign("2026-11-22 10:00", uid="a"), sign("2026-11-23 10:00", uid="b", signal="x")
    assert told(second, first) == AppJudgement(
        7, True, ("a", "b"), "x", at("2026-11-22 10:00"), at("2026-11-23 10:00")
    )


def test_less_than_a_day_apart_nothing_is_decided() -> None:
    assert told(sign("2026-11-22 10:00"), sign("2026-11-23 09:59")) is None


def test_one_gone_signal_decides_nothing() -> None:
    assert told(sign("2026-11-22 10:00")) is None


def test_a_gone_signal_of_an_earlier_sweep_counts_with_one_of_this() -> None:
    missing = told(sign("2026-11-15 10:00"), sign("2026-11-22 10:00"))
    assert missing is not None and missing.missing
    assert missing.since == at("2026-11-15 10:00")


def test_an_offer_between_two_gone_signals_breaks_them() -> None:
    offered = sign("2026-11-18 10:00", THERE)
    assert told(sign("2026-11-15 10:00"), offered, sign("2026-11-22 10:00")) is None


def test_an_offer_since_the_time_point_says_that_it_is_there() -> None:
    offered = sign("2026-11-22 11:00", THERE, uid="c")
    assert told(sign("2026-11-15 10:00"), offered) == AppJudgement(7, False, ("c",))


def test_an_app_that_is_restricted_is_neither_missing_nor_there() -> None:
    assert told(sign("2026-11-22 10:00", Existence.RESTRICTED)) is None


def test_a_person_who_gives_no_words_still_says_that_it_is_missing() -> None:
    missing = told(sign("2026-11-22 10:00"), sign("2026-11-23 10:00"))
    assert missing is not None and missing.signal == "seen_missing"


# --- in a sweep ---------------------------------------------------------------------------------


def judged(field: Field, sweep: Sweep, now_days: int = 3, **more: Any) -> None:
    now = sweep.time_point + timedelta(days=now_days)
    given = {"ruleset": NATIONAL, "now": now, "act": field.act(now), **more}
    judge_sweep(field.session, at=sweep.time_point, **given)


def looked(
    field: Field,
    run: Run,
    app: Account,
    when: str,
    existence: Existence = GONE,
    kind: CheckKind = CheckKind.APP,
    signal: str = "not_in_app_store",
    outcome: Outcome = Outcome.READ,
) -> str:
    """The uid of an observation of that look."""
    reason = None if outcome is Outcome.READ else Reason.BLOCKED
    seen = Seen("", at(when), outcome, reason=reason, existence=existence, signal=signal)
    return field.observe(run, app, seen, kind).uid


def looks(field: Field, app: Account, sweep: Sweep, *moments: str, **more: Any) -> list[str]:
    """One look each, in runs of their own."""
    method = more.pop("method", RunMethod.ENGINE)
    return [looked(field, field.run(sweep, method), app, when, **more) for when in moments]


def found(field: Field) -> list[Finding]:
    query = select(Finding).where(Finding.code == "ST107").order_by(Finding.id)
    return list(field.session.scalars(query))


def running(field: Field) -> list[str]:
    return [finding.subject_uid for finding in found(field) if finding.ended_at is None]


def test_an_app_gone_from_its_stores_is_a_veto_with_its_proof(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep = field.sweep(T)
    uids = looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    judged(field, sweep)
    (finding,) = found(field)
    assert (finding.subject_uid, finding.discriminator, finding.severity) == (
        app.uid,
        "",
        Severity.VETO,
    )
    assert finding.facts == {
        "signal": "not_in_app_store",
        "missing_since_at": "2026-11-22T02:00:00+00:00",
        "seen_at": "2026-11-23T02:00:00+00:00",
    }
    assert finding.observation_uids == uids
    assert (finding.account_id, finding.unit_id) == (app.id, field.unit.id)


def test_one_look_or_two_within_a_day_raise_nothing(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep = field.sweep(T)
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-22 20:00")
    judged(field, sweep)
    assert found(field) == []


def test_an_earlier_sweeps_signal_is_the_first_of_two(field: Field) -> None:
    app = field.account("青石通", platform="app")
    looks(field, app, field.sweep("2026-11-15 09:00"), "2026-11-15 10:00")
    sweep = field.sweep(T)
    looks(field, app, sweep, "2026-11-22 10:00")
    judged(field, sweep)
    assert running(field) == [app.uid]


def test_signals_before_the_time_point_alone_raise_nothing(field: Field) -> None:
    app = field.account("青石通", platform="app")
    looks(field, app, field.sweep("2026-11-15 09:00"), "2026-11-15 10:00", "2026-11-17 10:00")
    sweep = field.sweep(T)
    judged(field, sweep)
    assert found(field) == []


def test_signals_after_the_next_time_point_do_not_count_for_this_one(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep, following = field.sweep(T), field.sweep("2026-11-23 09:00")
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    judged(field, sweep)
    assert found(field) == []
    judged(field, following)
    assert running(field) == [app.uid]


def test_a_look_that_read_nothing_neither_raises_nor_ends(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep, later = field.sweep(T), field.sweep("2026-11-29 09:00")
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    judged(field, sweep)
    unread: dict[str, Any] = {"existence": Existence.UNKNOWN, "outcome": Outcome.INCONCLUSIVE}
    looks(field, app, later, "2026-11-29 10:00", "2026-12-01 10:00", **unread)
    judged(field, later)
    assert running(field) == [app.uid]


def test_offered_again_the_finding_ends(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep, later = field.sweep(T), field.sweep("2026-11-29 09:00")
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    judged(field, sweep)
    looks(field, app, later, "2026-11-29 10:00", existence=THERE)
    judged(field, later)
    assert running(field) == []
    assert [finding.ended_at for finding in found(field)] == [later.time_point]


def test_a_person_can_find_it_missing_and_find_it_again(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep, later = field.sweep(T), field.sweep("2026-11-29 09:00")
    by_hand: dict[str, Any] = {"kind": CheckKind.FRESHNESS, "method": RunMethod.HAND, "signal": ""}
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00", **by_hand)
    judged(field, sweep)
    assert [finding.facts["signal"] for finding in found(field)] == ["seen_missing"]
    looks(field, app, later, "2026-11-29 10:00", **by_hand | {"existence": THERE})
    judged(field, later)
    assert running(field) == []


def test_what_a_machine_says_of_its_posts_says_nothing_of_an_apps_stores(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep = field.sweep(T)
    moments = ("2026-11-22 10:00", "2026-11-23 10:00")
    looks(field, app, sweep, *moments, kind=CheckKind.FRESHNESS)
    judged(field, sweep)
    assert found(field) == []


def test_a_machines_look_is_no_persons_because_a_person_looked_elsewhere(field: Field) -> None:
    app, other = (field.account(name, platform="app") for name in ("青石通", "云川通"))
    sweep = field.sweep(T)
    moments = ("2026-11-22 10:00", "2026-11-23 10:00")
    looks(field, app, sweep, *moments, kind=CheckKind.FRESHNESS)
    by_hand: dict[str, Any] = {"kind": CheckKind.FRESHNESS, "method": RunMethod.HAND}
    looks(field, other, sweep, *moments, **by_hand)
    judged(field, sweep)
    assert running(field) == [other.uid]


def test_a_units_own_word_counts_as_a_persons(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep = field.sweep(T)
    own: dict[str, Any] = {"kind": CheckKind.IDENTITY, "method": RunMethod.SELF_REPORT}
    looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00", **own)
    judged(field, sweep)
    assert running(field) == [app.uid]


def test_a_look_at_the_very_time_point_counts_for_it(field: Field) -> None:
    app = field.account("青石通", platform="app")
    looks(field, app, field.sweep("2026-11-15 09:00"), "2026-11-15 10:00")
    sweep = field.sweep(T)
    looks(field, app, sweep, T)
    judged(field, sweep)
    assert running(field) == [app.uid]


def test_a_look_at_the_next_time_point_is_the_next_ones(field: Field) -> None:
    app = field.account("青石通", platform="app")
    sweep = field.sweep(T)
    looks(field, app, sweep, "2026-11-20 08:00", "2026-11-22 08:00", "2026-11-29 09:00")
    field.sweep("2026-11-29 09:00")
    judged(field, sweep, now_days=9)
    assert found(field) == []


def test_other_platforms_have_no_store_to_vanish_from(field: Field) -> None:
    account = field.account("青石发布", platform="weibo")
    sweep = field.sweep(T)
    looks(field, account, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    judged(field, sweep)
    assert found(field) == []


def test_each_app_is_judged_by_its_own_looks(field: Field, monkeypatch: Any) -> None:
    apps = [field.account(f"青石{n}", platform="app") for n in range(4)]
    sweep = field.sweep(T)
    for app in apps[:2]:
        looks(field, app, sweep, "2026-11-22 10:00", "2026-11-23 10:00")
    looks(field, apps[2], sweep, "2026-11-22 10:00", existence=THERE)
    monkeypatch.setattr("verdicts.apps.MOST_NAMED", 2)
    judged(field, sweep, accounts=[apps[0].uid, apps[2].uid, apps[3].uid])
    assert running(field) == [apps[0].uid]
    judged(field, sweep)
    assert running(field) == [apps[0].uid, apps[1].uid]
