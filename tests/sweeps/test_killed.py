"""A sweep that is killed again and again loses nothing and does nothing twice.

`TAIZHANG_TEST_KILLS` says how often; 200 take a minute or two.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select
from warcio.archiveiterator import ArchiveIterator

from checkers.loading import Catalogue
from registry.db import Registry
from registry.models import Account, HostUse, Observation, PlannedCheck, Run, SweepLease
from registry.vocab import Outcome
from sweeps.evidence.intact import check
from sweeps.evidence.store import records
from sweeps.network.credentials import Credentials
from sweeps.planning.plan import plan_run
from sweeps.run import evidence_folder
from tests.conftest import NOW
from tests.simulator.http import Answer, Asked, Server, serving
from tests.sweeps import killable
from tests.sweeps.killable import MOMENTS, Doom
from tests.sweeps.play import add_account

KILLS = int(os.environ.get("TAIZHANG_TEST_KILLS", "200"))
MOST_ASKED = 16
"""Requests after which a process is dead at the latest."""

ACCOUNTS = KILLS // 2 * MOST_ASKED + 100
"""So many that the last kill hits a sweep that still has work."""

SOON = {"statement": 40, "commit": 5, "committed": 5, "record": 8}
"""So many of each are sure to come before those requests have been asked."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no fork server"),
]


class Killer:
    """Kills each process after some requests, a moment before or after the answer; now and then one
    that may not have asked anything yet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.process: ForkServerProcess | None = None
        self.left = 0
        self.asked: list[str] = []
        """Paths, of the process that runs now."""

    def doom(self, kill: int, log: Path) -> Doom | None:
        """Every second process dies by itself, in the midst of what cannot be aimed at from here."""
        if kill % 2 == 0:
            return None
        moment = MOMENTS[kill // 2 % len(MOMENTS)]
        return Doom(moment, self.random.randint(1, SOON[moment]), log)

    def watch(self, process: ForkServerProcess, *, doomed: bool) -> None:
        """Take the next victim; a doomed one has all its time to die by itself."""
        with self.lock:
            self.process, self.asked = process, []
            self.left = MOST_ASKED if doomed else self.random.randint(1, MOST_ASKED)
            if not doomed and self.random.random() < 0.1:
                self._kill(self.random.uniform(0.0, 0.5))

    def spare(self) -> None:
        """Let the next process live."""
        with self.lock:
            self.process, self.asked = None, []

    def answer(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked.path)
            self.left -= 1
            if self.left == 0 and self.process is not None:
                self._kill(self.random.choice((0.0, self.random.uniform(0.0, 0.03))))
        return Answer(NOW.isoformat())

    def _kill(self, delay: float) -> None:
        assert self.process is not None
        timer = threading.Timer(delay, self.process.kill)
        timer.daemon = True
        timer.start()


@pytest.fixture
def killer() -> Killer:
    return Killer(20261122)


@pytest.fixture
def server(killer: Killer) -> Iterator[Server]:
    with serving(killer.answer, latency=0.002) as running:
        yield running


def planned(registry: Registry, server: Server, pages: Catalogue) -> str:
    """A run over all accounts; its uid."""
    with registry.write() as session:
        for number in range(ACCOUNTS):
            add_account(session, f"青石{number}", url=server.url(0, f"/{number}"))
        return plan_run(
            session,
            at=NOW,
            now=NOW,
            catalogue=pages,
            credentials=Credentials.of(pages, {}),
            window_days=14,
        ).uid


def done(registry: Registry, server: Server) -> set[str]:
    """The paths of the accounts that have an observation."""
    with registry.read() as session:
        query = select(Account.url).join(Observation, Observation.account_id == Account.id)
        return {url.removeprefix(server.url(0, "")) for url in session.scalars(query)}


@pytest.mark.parametrize(("in_flight", "most_lost"), [(1, 1), (4, 12)])
def test_a_sweep_killed_at_any_moment_ends_with_one_observation_per_planned_check(
    registry: Registry,
    location: str,
    killer: Killer,
    server: Server,
    in_flight: int,
    most_lost: int,
) -> None:
    """`most_lost`: accounts that a killed process may have asked in vain: those under way, and where
    these are several also those that had just answered and were about to be stored together."""
    context = forkserver("tests.sweeps.killable")
    uid = planned(registry, server, killable.known(in_flight))
    arguments = (location, str(registry.data), uid, in_flight)
    kills, asked, log = KILLS // 2, Counter[str](), registry.data.parent / "dooms"
    for kill in range(kills + 1):
        before, last = done(registry, server), kill == kills
        doom = None if last else killer.doom(kill, log)
        process = context.Process(target=killable.main, args=(*arguments, doom))
        process.start()
        killer.spare() if last else killer.watch(process, doomed=doom is not None)
        process.join()
        assert process.exitcode == (0 if last else -9)
        # What was seen is never asked again; what was asked in vain had not been stored yet.
        assert before.isdisjoint(killer.asked)
        assert len(set(killer.asked) - done(registry, server)) <= most_lost
        asked.update(killer.asked)
    assert_whole(registry)
    again = sum(asked.values()) - ACCOUNTS
    assert len(asked) == ACCOUNTS and again <= kills * most_lost
    assert ACCOUNTS <= counted(registry) <= sum(asked.values())
    dooms = Counter(log.read_text().split())
    assert min(dooms[moment] for moment in MOMENTS) >= kills // (4 * len(MOMENTS))
    print(f"{kills} kills, {ACCOUNTS} accounts, {again} asked again, {dict(dooms)}")


def forkserver(*modules: str) -> ForkServerContext:
    """Where processes begin with these modules loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules])
    return context


def counted(registry: Registry) -> int:
    """Requests that hosts' budgets know of."""
    with registry.read() as session:
        return session.scalar(select(func.sum(HostUse.requests))) or 0


def assert_whole(registry: Registry) -> None:
    """One observation for each planned check, each with its record in a readable file."""
    with registry.read() as session:
        owed = session.scalars(select(PlannedCheck.account_id)).all()
        seen = session.scalars(select(Observation)).all()
        run = session.scalars(select(Run)).one()
        urls = {account.id: account.url for account in session.scalars(select(Account))}
        assert session.scalars(select(SweepLease)).all() == []
    assert Counter(row.account_id for row in seen) == Counter(owed)
    assert {row.outcome for row in seen} == {Outcome.READ}
    assert len(owed) == ACCOUNTS and run.finished_at is not None
    folder = evidence_folder(registry)
    kept = answers_in(folder, run.evidence)
    assert all(kept[row.records[-1]] == urls[row.account_id] for row in seen)
    assert len({record for row in seen for record in row.records}) == len(seen)
    with registry.read() as session:
        found = check(session, folder)
    assert found.problems == () and found.notes != ()  # some were cut, and that is no fault


def answers_in(folder: Path, names: list[str]) -> dict[str, str]:
    """The whole answers: id of the record → address."""
    found: dict[str, str] = {}
    for name in names:
        with (folder / name).open("rb") as file:
            answers = (record for record in records(file) if record.kind == "response")
            found |= {each.record_id: each.fields["WARC-Target-URI"] for each in answers}
    return found


def records_in(folder: Path, names: list[str]) -> set[str]:
    """The ids of all whole records; what any other tool reads of a file is no less."""
    found: set[str] = set()
    for name in names:
        path = folder / name
        if not path.exists():
            continue
        with path.open("rb") as file:
            found |= {record.record_id for record in records(file)}
        if path.stat().st_size > 0:
            with path.open("rb") as file:
                assert next(iter(ArchiveIterator(file))).rec_type == "warcinfo"
    return found
