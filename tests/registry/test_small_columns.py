"""Moments as numbers and uids as bytes, in tables with millions of rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.models import Instant, Observation, PackedUid, Run, Sweep, UidText
from registry.vocab import CheckKind, Outcome, RunMethod
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account

UID = "0197a1b2-c3d4-7e5f-8a6b-0123456789ab"
EAST = timezone(timedelta(hours=8))
SQLITE = dialect()

bind_uid = PackedUid().bind_processor(SQLITE)
read_uid = PackedUid().result_processor(SQLITE, None)
bind_moment = Instant().dialect_impl(SQLITE).bind_processor(SQLITE)
read_moment = Instant().dialect_impl(SQLITE).result_processor(SQLITE, None)


def a_look(session: Session, **columns: object) -> Observation:
    actor = get_actor(session, "王芳")
    run = Run(
        sweep=Sweep(time_point=NOW, week="2026-W47", created_at=NOW),
        **{"method": RunMethod.ENGINE, "as_of": NOW, "started_at": NOW, "actor_id": actor.id},
    )
    values = {"kind": CheckKind.FRESHNESS, "observed_at": NOW, "outcome": Outcome.READ, **columns}
    look = Observation(run=run, account_id=an_account(session, a_unit(session)).id, **values)
    session.add(look)
    session.flush()
    return look


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_to_the_microsecond(at: datetime) -> None:
    assert bind_moment is not None and read_moment is not None
    stored = bind_moment(at)
    assert type(stored) is int and read_moment(stored) == at


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(EAST)))
def test_moments_stand_in_the_order_of_their_numbers(one: datetime, other: datetime) -> None:
    assert bind_moment is not None
    assert (bind_moment(one) < bind_moment(other)) is (one < other)


@given(st.uuids())
def test_a_uid_is_sixteen_bytes_and_comes_back(uid: object) -> None:
    assert bind_uid is not None and read_uid is not None
    stored = bind_uid(str(uid))
    assert len(stored) == 16 and read_uid(stored) == str(uid)


@pytest.mark.parametrize(
    "text",
    ["", "seen-1", "0" * 36, UID.upper(), UID.replace("-", "_"), f"{UID[:-2]} a", f"{UID[:-1]}g"],
)
def test_a_text_that_is_no_uid_stays_as_it_is(text: str) -> None:
    assert bind_uid is not None and read_uid is not None
    assert bind_uid(text) == text and read_uid(text) == text


def test_a_naive_moment_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="time zone"):
        session.execute(select(Observation).where(Observation.observed_at > datetime(2026, 11, 1)))


def test_questions_are_asked_in_moments_and_uids(session: Session) -> None:
    look = a_look(session, uid=UID, last_post_at=NOW - timedelta(microseconds=1))
    key, at = Observation.id, Observation.last_post_at
    for asked in (
        *(at < NOW, at.between(NOW - timedelta(days=1), NOW), at == look.last_post_at),
        *(at < literal(NOW, Instant(), literal_execute=True), Observation.uid.in_([UID, "seen-1"])),
        *(UidText(Observation.uid).startswith(UID[:10]), UidText(Observation.uid).endswith("89ab")),
    ):
        assert session.scalars(select(key).where(asked)).all() == [look.id]
    for asked in (at >= NOW, Observation.uid.in_(["seen-1", UID.upper()])):
        assert session.scalars(select(key).where(asked)).all() == []
    newest = session.scalar(select(func.max(at)))
    assert newest == look.last_post_at and newest is not None and newest.tzinfo is UTC
    assert session.scalar(select(UidText(Observation.uid))) == UID


def test_on_sqlite_they_are_numbers_and_bytes(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL has its own types")
    a_look(session, uid=UID, observed_at=datetime(2026, 11, 23, 9, tzinfo=EAST))
    raw = session.execute(text("SELECT observed_at, uid FROM observation")).one()
    assert tuple(raw) == (1_795_395_600_000_000, bytes.fromhex(UID.replace("-", "")))
