"""Observations into the registry, and out of it who has been silent: 1,000,000 of 100,000 accounts.

Rows go in as `sweep import` puts those of a parcel in: a transaction for each sweep, groups as large
as it holds at once (`sweeps.parcels.arriving.AT_ONCE`) through `sweeps.writing.add_rows`, into the
program's own table with every index, key and trigger. A sweep that runs stores by the same way the
few checks that ended together: `small_group_ms_a_row`. What goes in is the finished check: moments,
enums and facts as Python objects with one post each, made before the clock starts. Account order is
that of twelve lanes side by side. `ns_a_row` ≤ 4000 is 250,000 rows a second over the whole.

Inside the clock, for every row: its uid, its moments, enums and facts as the database takes them
(the facts as JSON), the INSERT with foreign keys, three unique keys and three indexes, that no row
is replaced, that `latest_look` is kept, and the commit, with whatever SQLite moves from its log to
the file meanwhile. Outside: what a checker read and its cleaning.

Peers write the same columns on SQLite: plain sqlite3 with ready-made values, a statement a row,
into a table without key, index or trigger; SQLAlchemy into the protected table.
`--postgres URL`, or TAIZHANG_TEST_POSTGRES, names a server where a database may be made and dropped:
figures without a goal.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, make_url

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Result, report  # noqa: E402
from registry import collector, db  # noqa: E402
from registry.actors import get_actor  # noqa: E402
from registry.bulk import insert_rows, many_rows  # noqa: E402
from registry.latest import silent_since  # noqa: E402
from registry.models import Account, Observation, Run, Sweep  # noqa: E402
from registry.uids import new_uid  # noqa: E402
from registry.vocab import (  # noqa: E402
    AccountState,
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Outcome,
    Precision,
    RunMethod,
)
from sweeps.parcels.arriving import AT_ONCE  # noqa: E402
from sweeps.writing import Row, add_rows  # noqa: E402

collector.spare()  # as the program does

ACCOUNTS, SWEEPS, SEED, LANES = 100_000, 10, 1, 12
START = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
SILENT = 0.12
"""Share of the accounts that post no more."""
PEER_ROWS = 100_000
REPEATS = 9


@dataclass(frozen=True, slots=True)
class World:
    """What is swept: the silent ones and how the lanes mix."""

    accounts: int
    sweeps: int
    seed: int

    def rows(self, sweep: int) -> Iterator[Row]:
        """The finished checks of one sweep in the order in which twelve lanes deliver them."""
        draw = random.Random(self.seed * 1000 + sweep)
        began = START + timedelta(weeks=sweep)
        lanes = [iter(range(1 + lane, self.accounts + 1, LANES)) for lane in range(LANES)]
        number = 0
        while lanes:
            lane = draw.choice(lanes)
            account = next(lane, None)
            if account is None:
                lanes.remove(lane)
                continue
            number += 1
            yield self._row(account, began + timedelta(seconds=number * 0.5), draw)

    @property
    def looked_at(self) -> datetime:
        """When the question is asked: a week after the last sweep."""
        return START + timedelta(weeks=self.sweeps)

    def silent(self, account: int) -> bool:
        return random.Random(self.seed * self.accounts + account).random() < SILENT

    def _row(self, account: int, at: datetime, draw: random.Random) -> Row:
        shown = START if self.silent(account) else at
        posted = shown - timedelta(seconds=draw.randrange(1, 6 * 86_400))
        number = draw.randrange(10**15, 10**16)
        post = {
            **{"at": posted.isoformat(), "precision": "second", "own": True, "pinned": False},
            "title": f"青石县发布第{account}号通知",
            "url": f"https://m.weibo.example/status/{number}",
            "derived": Derivation.FIELD.value,
        }
        facts = {"posts": [post], "counters": {"followers": number % 90_000}, "identifiers": {}}
        columns = {
            **{"observed_at": at, "outcome": Outcome.READ, "reason": None, "detail": ""},
            **{"source": "api", "existence": Existence.EXISTS, "signal": ""},
            **{"last_post_at": posted, "last_post_precision": Precision.SECOND},
            **{"last_post_derived": Derivation.FIELD, "coverage": CoverageKind.REACHES_BACK_TO},
            **{"covered_since": posted - timedelta(days=30), "covered_until": None},
            **{"display_name": f"青石{account}", "verified_subject": "青石县人民政府"},
            **{
                "facts": facts | {"note": "", "sources": []},
                "records": [f"urn:uuid:{uuid.UUID(int=number)}"],
            },
        }
        return Row(account, CheckKind.FRESHNESS, 0, columns)


def fill(registry: db.Registry, world: World) -> list[int]:
    """Accounts and one run for each sweep; the runs' keys."""
    with registry.write() as session:
        insert_rows(
            session,
            Account,
            (
                *("uid", "platform", "form", "name", "fold", "url", "purpose", "cadence"),
                *("details", "state", "revision"),
            ),
            (
                (f"{n:036d}", "weibo", "weibo", f"青石{n}", f"青石{n}", "", "", "", {})
                + (AccountState.ACTIVE, 1)
                for n in range(1, world.accounts + 1)
            ),
        )
        actor = get_actor(session, "bench")
        session.flush()
        runs = []
        for number in range(world.sweeps):
            at = START + timedelta(weeks=number)
            sweep = Sweep(time_point=at, week=f"w{number}", created_at=at)
            run = Run(
                sweep=sweep, method=RunMethod.ENGINE, as_of=at, started_at=at, actor_id=actor.id
            )
            runs.append(run)
        session.add_all(runs)
        session.flush()
        return [run.id for run in runs]


def ours(registry: db.Registry, world: World) -> dict[str, Any]:
    """Everything in, then the question, each measured."""
    runs = fill(registry, world)
    took = [taken_in(registry, run, world.rows(number)) for number, run in enumerate(runs)]
    count = world.accounts
    figures = {
        "rows_per_s": round(count * len(took) / sum(each.wall for each in took)),
        "best_sweep_rows_per_s": round(count / min(each.wall for each in took)),
        "cpu_us_a_row": round(sum(each.cpu for each in took) / len(took) / count * 1e6, 2),
    }
    return figures | asked(registry, world)


@dataclass(slots=True)
class Watch:
    """Seconds that passed within its blocks, and those for which this process worked."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> None:
        self.wall, self.cpu = self.wall - time.perf_counter(), self.cpu - time.process_time()

    def __exit__(self, *_failure: object) -> None:
        self.wall, self.cpu = self.wall + time.perf_counter(), self.cpu + time.process_time()


def taken_in(registry: db.Registry, run: int, coming: Iterator[Row]) -> Watch:
    """All of one sweep stored; what that took without the making of the rows."""
    watch = Watch()
    with ExitStack() as transaction:
        with watch:
            session = transaction.enter_context(registry.write())
            transaction.enter_context(many_rows(session, Observation))
        while rows := list(islice(coming, AT_ONCE)):
            with watch:
                add_rows(session, run, rows)
        with watch:
            transaction.close()
    return watch


def asked(registry: db.Registry, world: World) -> dict[str, Any]:
    """The median of several times asking, after one to warm up, and whether the answer is right."""
    before = world.looked_at - timedelta(days=14)
    times: list[float] = []
    for _ in range(REPEATS + 1):
        with registry.read() as session:
            began = time.perf_counter()
            found = silent_since(session, before)
            times.append((time.perf_counter() - began) * 1000)
    right = {number for number in range(1, world.accounts + 1) if world.silent(number)}
    return {
        "latest_older_ms": round(statistics.median(times[1:]), 1),
        "found": len(found),
        "wrong": len({key for key, _at in found} ^ right),
    }


def small_groups(registry: db.Registry, world: World, run: int) -> float:
    """CPU in milliseconds of one finished check that is stored by itself, transaction included."""
    rows = [row for row, _ in zip(world.rows(world.sweeps), range(1000), strict=False)]
    began = time.process_time()
    for start in range(0, len(rows), 4):
        with registry.write() as session:
            add_rows(session, run, rows[start : start + 4])
    return round((time.process_time() - began) / len(rows) * 1000, 3)


# --- peers ---------------------------------------------------------------------------------------


def _values(rows: list[Row], run: int) -> list[dict[str, Any]]:
    return [
        {
            **{"run_id": run, "uid": new_uid(), "origin_id": None, "actor_id": None},
            **{"account_id": row.account_id, "kind": row.kind, "ordinal": 0},
            **row.columns,
        }
        for row in rows
    ]


def core(registry: db.Registry, rows: list[Row], run: int) -> None:
    """SQLAlchemy Core, one executemany in a transaction."""
    with registry.write() as session:
        session.connection().execute(insert(Observation), _values(rows, run))


def orm(registry: db.Registry, rows: list[Row], run: int) -> None:
    """Mapped objects, `add_all`."""
    with registry.write() as session:
        session.add_all(Observation(**values) for values in _values(rows, run))


def peer(folder: Path, world: World, write: Callable[[db.Registry, list[Row], int], None]) -> Any:
    """Rows a second of another way into a registry of the same kind."""
    registry = db.create(str(folder / f"{write.__name__}.db"))
    runs = fill(registry, world)
    rows = [row for row, _ in zip(world.rows(0), range(PEER_ROWS), strict=False)]
    began = time.perf_counter()
    write(registry, rows, runs[0])
    took = time.perf_counter() - began
    registry.close()
    return {"rows_per_s": round(len(rows) / took), "rows": len(rows)}


def bare(folder: Path, made: Path) -> dict[str, Any]:
    """Plain sqlite3: values as they are stored already, into a table with nothing around it.

    File, pages and log are a registry's. Each row is a statement, so that many rows to a statement
    may come below it: it is what a plain program pays, no lower bound.
    """
    source = sqlite3.connect(made)
    rows = source.execute(f"SELECT * FROM observation LIMIT {PEER_ROWS}").fetchall()
    source.close()
    engine = db.connect(str(folder / "bare.db"))
    raw = engine.raw_connection()
    target = raw.driver_connection
    assert isinstance(target, sqlite3.Connection)
    target.execute(f"CREATE TABLE bare ({', '.join(f'c{n}' for n in range(len(rows[0])))})")
    places = ", ".join("?" * len(rows[0]))
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        target.execute("BEGIN")
        target.executemany(f"INSERT INTO bare VALUES ({places})", rows)
        target.execute("COMMIT")
        best = max(best, len(rows) / (time.perf_counter() - began))
    texts = (
        value if isinstance(value, bytes) else str(value).encode()
        for row in rows
        for value in row
        if value
    )
    size = sum(map(len, texts)) / len(rows)
    raw.close()
    engine.dispose()
    return {"rows_per_s": round(best), "rows": len(rows), "bytes_a_row": round(size)}


# --- PostgreSQL ----------------------------------------------------------------------------------


def on_postgres(url: str, world: World) -> dict[str, Any]:
    """The same on a database made for it, dropped afterwards."""
    server = make_url(url)
    name = f"bench_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        place = server.set(database=name).render_as_string(hide_password=False)
        registry = db.create(place)
        figures = ours(registry, world)
        registry.close()
        return figures
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def _option(name: str, default: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def run(folder: Path) -> Result:
    """Everything that is measured."""
    world = World(
        int(_option("--accounts", str(ACCOUNTS))),
        int(_option("--sweeps", str(SWEEPS))),
        int(_option("--seed", str(SEED))),
    )
    result = Result(
        "storage",
        {
            **{"rows": world.accounts * world.sweeps, "accounts": world.accounts},
            **{
                "seed": world.seed,
                "at_once": AT_ONCE,
                "a_row": "23 columns, one post in its facts",
            },
        },
    )
    registry = db.create(str(folder / "accounts.db"))
    result.ours |= ours(registry, world)
    with registry.write() as session:
        actor = get_actor(session, "bench")
        sweep = Sweep(time_point=world.looked_at, week="w", created_at=world.looked_at)
        last = Run(
            **{"sweep": sweep, "method": RunMethod.ENGINE, "as_of": world.looked_at},
            **{"started_at": world.looked_at, "actor_id": actor.id},
        )
        session.add(last)
        session.flush()
        key = last.id
    result.ours["small_group_ms_a_row"] = small_groups(registry, world, key)
    registry.close()
    result.ours["ns_a_row"] = round(1e9 / result.ours["rows_per_s"])
    result.goals |= {"ns_a_row": 4000, "latest_older_ms": 75, "wrong": 0}
    result.peers["sqlite3 executemany, bare table"] = bare(folder, folder / "accounts.db")
    result.peers["SQLAlchemy Core executemany"] = peer(folder, world, core)
    result.peers["SQLAlchemy ORM add_all"] = peer(folder, world, orm)
    url = _option("--postgres", os.environ.get("TAIZHANG_TEST_POSTGRES", ""))
    result.ours["postgresql"] = on_postgres(url, world) if url else "no server named"
    return result


def main() -> Result:
    folder = Path(tempfile.mkdtemp(prefix="bench-storage-"))
    try:
        return run(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
