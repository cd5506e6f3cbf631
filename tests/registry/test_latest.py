"""What was last seen of each account, kept in step with the observations by the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from registry import db
from registry.actors import get_actor
from registry.bulk import insert_rows
from registry.history import triggers
from registry.latest import Latest, latest_looks, silent_since
from registry.models import LatestLook, Observation, Run, Sweep
from registry.uids import new_uid
from registry.vocab import CheckKind, CoverageKind, Existence, Outcome, RunMethod
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account

DAY = timedelta(days=1)
POST = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
LONG_AGO = datetime(1969, 12, 31, 23, 59, 59, 5, tzinfo=UTC)
MOMENTS = ("observed_at", "last_post_at", "covered_since", "covered_until")


def a_run(session: Session, method: RunMethod = RunMethod.ENGINE) -> Run:
    actor = get_actor(session, "王芳")
    sweep = session.scalars(select(Sweep)).first() or Sweep(
        time_point=NOW, week="2026-W47", created_at=NOW
    )
    run = Run(sweep=sweep, method=method, as_of=NOW, started_at=NOW, actor_id=actor.id)
    session.add(run)
    session.flush()
    return run


def look(session: Session, run: Run, account: int, **columns: object) -> None:
    values = {"kind": CheckKind.FRESHNESS, "observed_at": NOW, "outcome": Outcome.READ, **columns}
    session.add(Observation(run_id=run.id, account_id=account, **values))
    session.flush()


@pytest.fixture
def account(session: Session) -> int:
    return an_account(session, a_unit(session)).id


def test_the_newest_post_ever_seen_stays_though_a_later_look_shows_an_older_one(
    session: Session, account: int
) -> None:
    look(session, a_run(session), account, last_post_at=POST)
    look(session, a_run(session), account, last_post_at=POST - DAY, observed_at=NOW + DAY)
    look(session, a_run(session), account, last_post_at=None, observed_at=NOW + 2 * DAY)
    assert latest_looks(session) == {account: Latest(POST, NOW + 2 * DAY, NOW + 2 * DAY, 0)}


def test_failures_are_counted_until_a_look_is_read(session: Session, account: int) -> None:
    counts = []
    for day, outcome in enumerate(
        (
            *(Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED),
            *(Outcome.READ, Outcome.INCONCLUSIVE),
        )
    ):
        look(session, a_run(session), account, outcome=outcome, observed_at=NOW + day * DAY)
        counts.append(latest_looks(session)[account].failures)
    assert counts == [1, 2, 2, 0, 1]
    latest = latest_looks(session)[account]
    assert (latest.read_at, latest.tried_at) == (NOW + 3 * DAY, NOW + 4 * DAY)


def test_looks_that_are_stored_together_come_to_the_same(session: Session, account: int) -> None:
    """A statement with many rows, as the sweep writes them."""
    other = an_account(session, a_unit(session, "云川市气象局"), uid="9").id
    runs = [a_run(session).id for _ in range(5)]
    read, not_read = Outcome.READ, Outcome.INCONCLUSIVE
    columns = ("run_id", "account_id", "kind", "ordinal", "observed_at", "outcome", "last_post_at")
    defaults = {
        **{"detail": "", "source": "", "existence": Existence.UNKNOWN, "signal": ""},
        **{"coverage": CoverageKind.UNREAD, "facts": {}, "records": []},
    }

    def store(key: int, outcomes: list[Outcome], first: int) -> None:
        rows = [
            (runs[at], key, CheckKind.FRESHNESS, first, NOW + at * DAY, outcome)
            + (POST + at * DAY if outcome is read else None, new_uid(), *defaults.values())
            for at, outcome in enumerate(outcomes)
        ]
        insert_rows(session, Observation, (*columns, "uid", *defaults), rows)

    store(account, [not_read, read, not_read, read, not_read], 0)
    store(other, [not_read, Outcome.UNSUPPORTED, not_read], 0)
    assert latest_looks(session) == {
        account: Latest(POST + 3 * DAY, NOW + 3 * DAY, NOW + 4 * DAY, 1),
        other: Latest(None, None, NOW + 2 * DAY, 2),
    }
    store(account, [not_read, not_read], 1)
    store(other, [read, read], 1)
    assert latest_looks(session) == {
        account: Latest(POST + 3 * DAY, NOW + 3 * DAY, NOW + 4 * DAY, 3),
        other: Latest(POST + DAY, NOW + DAY, NOW + 2 * DAY, 0),
    }


def test_an_account_that_was_never_read_has_no_moment_of_reading(
    session: Session, account: int
) -> None:
    look(session, a_run(session), account, outcome=Outcome.INCONCLUSIVE)
    assert latest_looks(session) == {account: Latest(None, None, NOW, 1)}
    assert latest_looks(session, CheckKind.MENU) == {}


def test_what_a_unit_reports_of_itself_is_a_look_and_its_post_does_not_count(
    session: Session, account: int
) -> None:
    actor = get_actor(session, "王芳").id
    look(session, a_run(session, RunMethod.HAND), account, last_post_at=POST - DAY, actor_id=actor)
    report = a_run(session, RunMethod.SELF_REPORT)
    look(session, report, account, last_post_at=POST, actor_id=actor)
    assert latest_looks(session)[account].newest_post_at == POST - DAY


def test_looks_that_are_noted_late_take_nothing_back(session: Session, account: int) -> None:
    look(session, a_run(session), account, last_post_at=POST)
    look(session, a_run(session), account, last_post_at=POST - DAY, observed_at=NOW - 9 * DAY)
    assert latest_looks(session)[account] == Latest(POST, NOW, NOW, 0)


def test_the_silent_are_those_whose_newest_post_lies_before(session: Session, account: int) -> None:
    other = an_account(session, a_unit(session, "云川市气象局"), uid="9").id
    never = an_account(session, a_unit(session, "青石县气象局"), uid="8").id
    run = a_run(session)
    look(session, run, account, last_post_at=POST)
    look(session, run, other, last_post_at=POST - DAY)
    look(session, run, never)
    assert silent_since(session, POST) == [(other, POST - DAY)]
    assert silent_since(session, POST + DAY) == [(account, POST), (other, POST - DAY)]


def test_a_look_that_is_undone_leaves_no_trace(registry: db.Registry) -> None:
    with registry.write() as session:
        key = an_account(session, a_unit(session)).id
        look(session, a_run(session), key, last_post_at=POST)
    with pytest.raises(RuntimeError), registry.write() as session:
        look(session, a_run(session), key, last_post_at=POST + DAY)
        raise RuntimeError
    with registry.read() as session:
        assert latest_looks(session)[key].newest_post_at == POST


def test_without_its_trigger_a_registry_is_not_opened(registry: db.Registry) -> None:
    on_table = "" if registry.is_sqlite else " ON observation"
    with registry.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER keep_observation_latest{on_table}")
        assert triggers.missing(connection) == ["keep_observation_latest"]
        triggers.install(connection)
        assert triggers.missing(connection) == []


def test_gone_accounts_are_found_by_the_index_that_holds_them_alone(
    registry: db.Registry,
) -> None:
    if not registry.is_sqlite:
        pytest.skip("a plan of SQLite")
    query = "SELECT account_id FROM observation WHERE kind IN (?) AND existence = 'gone_signal'"
    with registry.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("freshness",)).all()
    assert "ix_observation_gone" in plan[0][3]


# --- an older registry --------------------------------------------------------------------------


@pytest.fixture
def empty(location: str) -> str:
    """A database without tables."""
    engine = db.connect(location)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        engine.dispose()
        Path(location).unlink()
    engine.dispose()
    return location


def migrate_to(location: str, revision: str) -> None:
    """As the program of that revision left it, protections included."""
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    config.attributes["autogenerate"] = True  # its triggers are put in below
    engine = db.connect(location)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(triggers._FUNCTION.replace("%", "%%"))
        for name, definition in triggers.wanted(connection.dialect.name).items():
            if name != "keep_observation_latest" and "evidence_sum" not in name:
                connection.exec_driver_sql(f"CREATE TRIGGER {name} {definition}")
    engine.dispose()


def in_old_writing(connection: Connection) -> None:
    """The moments and uids of observations as texts, in which programs before 0005 wrote them."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("DROP TRIGGER keep_observation_update")
    for look in connection.execute(select(Observation.__table__)).mappings().all():
        written = {name: look[name] and f"{look[name]:%Y-%m-%d %H:%M:%S.%f}" for name in MOMENTS}
        written |= {"uid": look["uid"]}
        changes = ", ".join(f"{name} = :{name}" for name in written)
        connection.execute(
            text(f"UPDATE observation SET {changes} WHERE id = :id"), {**written, "id": look["id"]}
        )
    refuse = triggers.wanted("sqlite")["keep_observation_update"]
    connection.exec_driver_sql(f"CREATE TRIGGER keep_observation_update {refuse}")


def test_an_older_registry_with_observations_is_upgraded(empty: str, tmp_path: Path) -> None:
    migrate_to(empty, "0002")
    old = db.Registry(db.connect(empty), tmp_path / "accounts.data")
    with old.write() as session:
        key = an_account(session, a_unit(session)).id
        failed = an_account(session, a_unit(session, "云川市气象局"), uid="9").id
        for day in range(3):
            run = a_run(session)
            post = {"last_post_at": POST - day * DAY, "covered_since": LONG_AGO}
            look(session, run, key, **post, observed_at=NOW + day * DAY)
            outcome = Outcome.INCONCLUSIVE if day else Outcome.READ
            look(session, run, failed, outcome=outcome, observed_at=NOW + day * DAY)
        look(session, a_run(session), key, kind=CheckKind.MENU, existence=Existence.EXISTS)
        report = a_run(session, RunMethod.SELF_REPORT)
        look(session, report, key, last_post_at=POST + DAY)
        session.flush()
        before = [tuple(row) for row in session.execute(select(Observation.__table__))]
        in_old_writing(session.connection())
        kinds = "SELECT typeof(observed_at), typeof(covered_since), typeof(uid) FROM observation"
        if old.is_sqlite:
            assert session.execute(text(kinds)).first() == ("text",) * 3
    old.close()

    with pytest.raises(Exception, match="0002"):
        db.open_registry(empty)
    new = db.upgrade(empty, tmp_path / "accounts.data")
    with new.read() as session:
        assert [tuple(row) for row in session.execute(select(Observation.__table__))] == before
        if new.is_sqlite:
            assert session.execute(text(kinds)).first() == ("integer", "integer", "blob")
        assert latest_looks(session) == {
            key: Latest(POST, NOW + 2 * DAY, NOW + 2 * DAY, 0),
            failed: Latest(None, NOW, NOW + 2 * DAY, 2),
        }
        assert set(latest_looks(session, CheckKind.MENU)) == {key}
    with pytest.raises(DatabaseError, match="append-only"), new.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE observation SET detail = 'x'")
    with new.write() as session:
        look(session, a_run(session), failed, observed_at=NOW + 9 * DAY)
        assert session.get_one(LatestLook, (failed, CheckKind.FRESHNESS)).failures == 0
    new.close()
