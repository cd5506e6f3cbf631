"""Dates out of a list are observations that can show fresh and never stale."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Account, Observation, Sweep
from registry.vocab import CoverageKind, Outcome, Precision, RunMethod
from sweeps.people.imported import Listed, keep_listed, not_kept
from sweeps.planning.plan import sweep_key
from tests.conftest import NOW
from tests.registry.county import an_act, found


def an_account(session: Session) -> Account:
    return found(session).account()


def test_a_date_becomes_an_observation_of_the_latest_sweep(session: Session) -> None:
    account = an_account(session)
    week_ago = sweep_key(session, NOW - timedelta(days=7), NOW)
    run = keep_listed(
        session,
        [Listed(account.id, date(2026, 11, 20), "更新不及时")],
        now=NOW,
        actor=an_act(session).actor,
        options={"batch": "b"},
    )
    assert run is not None
    assert (run.sweep_id, run.method) == (week_ago, RunMethod.IMPORT)
    [seen] = session.scalars(select(Observation))
    assert (seen.outcome, seen.coverage) == (Outcome.READ, CoverageKind.PARTIAL)
    assert seen.last_post_precision is Precision.DAY
    assert seen.last_post_at is not None
    assert seen.last_post_at.isoformat() == "2026-11-19T16:00:00+00:00"
    assert seen.facts["note"] == "更新不及时"
    assert [post["own"] for post in seen.facts["posts"]] == [True]


def test_without_a_sweep_one_is_made_for_now(session: Session) -> None:
    account = an_account(session)
    actor = an_act(session).actor
    keep_listed(session, [Listed(account.id, date(2026, 7, 1))], now=NOW, actor=actor, options={})
    assert [sweep.time_point for sweep in session.scalars(select(Sweep))] == [NOW]


def test_several_dates_of_one_account_are_kept_in_order(session: Session) -> None:
    account = an_account(session)
    actor = an_act(session).actor
    listed = [Listed(account.id, date(2026, 7, 1)), Listed(account.id, date(2026, 7, 2))]
    keep_listed(session, listed, now=NOW, actor=actor, options={})
    assert [o.ordinal for o in session.scalars(select(Observation))] == [0, 1]


def test_a_date_is_noted_once(session: Session) -> None:
    account = an_account(session)
    actor = an_act(session).actor
    first, second = Listed(account.id, date(2026, 7, 1)), Listed(account.id, date(2026, 7, 2))
    assert not_kept(session, [first, first, second]) == [first, second]
    keep_listed(session, [first], now=NOW, actor=actor, options={})
    assert not_kept(session, [first, second]) == [second]


def test_nothing_dated_makes_no_run(session: Session) -> None:
    assert keep_listed(session, [], now=NOW, actor=an_act(session).actor, options={}) is None
    assert not session.scalars(select(Sweep)).all()


def test_a_date_in_a_list_shows_fresh_and_never_stale(session: Session) -> None:
    from registry.vocab import Verdict
    from verdicts.ruleset import load
    from verdicts.sweep import look_at_sweep

    county = found(session)
    old, recent = county.account(), county.account("青石交警", uid="7000002")
    sweep_key(session, NOW - timedelta(hours=1), NOW)
    listed = [Listed(old.id, date(2026, 7, 1)), Listed(recent.id, date(2026, 11, 20))]
    keep_listed(session, listed, now=NOW, actor=an_act(session).actor, options={})
    told = look_at_sweep(
        session, at=NOW - timedelta(hours=1), ruleset=load("national-2019"), now=NOW
    )
    verdicts = {judgement.account_uid: judgement.verdict for judgement in told.judgements}
    assert verdicts == {old.uid: Verdict.UNKNOWN, recent.uid: Verdict.FRESH}
