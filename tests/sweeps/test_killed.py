"""A sweep that is killed again and again loses nothing and does nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from registry.db import Registry
from registry.models import Observation, PlannedCheck, Run
from registry.vocab import Outcome
from sweeps.credentials import Credentials
from sweeps.evidence import records
from sweeps.plan import plan_run
from sweeps.run import evidence_folder
from tests.conftest import NOW
from tests.sweeps.killable import CATALOGUE
from tests.sweeps.loopback import Asked, Said, serve
from tests.sweeps.play import add_account

ACCOUNTS = 300
ROOT = Path(__file__).parent.parent.parent


class Killer:
    """Lets a process ask a few times and then kills it, a moment before or after the answer."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.left = 0
        self.kills = 0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        with self.lock:
            self.process, self.left = process, self.random.randint(1, 16)

    def answer(self, _asked: Asked) -> Said:
        with self.lock:
            self.left -= 1
            if self.left == 0 and self.process is not None:
                self.kills += 1
                delay = self.random.choice((0.0, self.random.uniform(0.0, 0.03)))
                threading.Timer(delay, self.process.kill).start()
        return Said(NOW.isoformat())


@pytest.mark.slow
def test_a_sweep_killed_at_any_moment_ends_with_one_observation_per_planned_check(
    registry: Registry, location: str
) -> None:
    killer = Killer(20261122)
    with serve() as server:
        server.answers["*"] = killer.answer
        with registry.write() as session:
            for number in range(ACCOUNTS):
                add_account(session, f"青石{number}", url=server.url(f"/{number}"))
            uid = plan_run(
                session,
                at=NOW,
                now=NOW,
                catalogue=CATALOGUE,
                credentials=Credentials.of(CATALOGUE, {}),
                window_days=14,
            ).uid
        command = [sys.executable, "-m", "tests.sweeps.killable", location, str(registry.data), uid]
        ended = -1
        while ended != 0:
            with subprocess.Popen(command, cwd=ROOT) as process:
                killer.watch(process)
                ended = process.wait()
            assert ended in {0, -9, 1}, ended
            assert ended != 1, "the sweep failed by itself"
    assert killer.kills >= 10  # how many it takes depends on the load of the machine
    with registry.read() as session:
        planned = session.scalars(select(PlannedCheck.account_id)).all()
        seen = session.scalars(select(Observation)).all()
        run = session.scalars(select(Run)).one()
    assert Counter(row.account_id for row in seen) == Counter(planned)
    assert {row.outcome for row in seen} == {Outcome.READ}
    assert len(planned) == ACCOUNTS and run.finished_at is not None
    kept = records_in(evidence_folder(registry), run.evidence)
    assert all(record in kept for row in seen for record in row.records)
    # Only what was in flight when it was killed was asked again.
    assert len(server.asked) <= ACCOUNTS + killer.kills * 5


def records_in(folder: Path, names: list[str]) -> set[str]:
    """The ids of all whole records; what any other tool reads of a file is no less."""
    found: set[str] = set()
    for name in names:
        path = folder / name
        if not path.exists():
            continue
        with path.open("rb") as file:
            found |= {record.record_id for record in records(file)}
        with path.open("rb") as file:
            assert next(iter(ArchiveIterator(file))).rec_type == "warcinfo"
    return found
