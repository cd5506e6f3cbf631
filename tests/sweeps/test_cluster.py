"""A sweep through the workers of a cluster: what it sees, how polite it is, what it keeps."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client
from sqlalchemy import select

from checkers.base import Credential, Pace, Request, Response, Steps, Target
from registry.db import Registry
from registry.models import Observation, PlannedCheck, Run
from registry.vocab import Outcome
from sweeps.clock import SystemClock
from sweeps.cluster.fleet import Cluster, ClusterLost, cluster
from sweeps.cluster.link import Done, Joined, Link
from sweeps.cluster.outpost import Errand, Sealed
from sweeps.driving.ground import Tuning
from sweeps.lanes.egresses import Egresses
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Limits, Network
from sweeps.run import Settings, evidence_folder, run
from tests.conftest import NOW
from tests.sweeps.dask_town import ROOT, THREADS, Town, starving, town
from tests.sweeps.loopback import Asked, Said, Server, serve
from tests.sweeps.play import add_account, catalogue, checker, facts
from tests.sweeps.test_killed import records_in
from tests.sweeps.test_run import planned

EGRESSES = ("east", "north", "west")
NETWORK = Network(Limits(10, 50, 60), ("127.0.0.1",))
QUICK = Tuning(back_off=0.01)
SECRET = "half-past-three-0123456789"

pytestmark = pytest.mark.slow
"""Each starts and ends processes of its own: one test at a time."""


class StillClock(SystemClock):
    """The stop-watch runs, the day does not."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("dask")
    talkative = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "debug"}
    with town(folder, EGRESSES, talkative) as running:
        yield running


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answers["*"] = Said(NOW.isoformat())
        yield running


def through(address: str, registry: Registry, known: Any, uid: str, **options: Any) -> Any:
    """Do a run through the workers at `address`."""
    environment = options.pop("environment", {})
    with cluster(address, StillClock(), NETWORK, room=4, **options) as workers:
        return run(
            registry,
            uid,
            known,
            credentials=Credentials.of(known, environment),
            clock=StillClock(),
            settings=Settings(network=NETWORK, tuning=QUICK),
            workers=workers,
        )


def seen(registry: Registry, uid: str) -> list[dict[str, Any]]:
    """What a run observed, without what names the run, the record or the moment."""
    other = {"id", "uid", "run_id", "records", "observed_at", "recorded_at"}
    with registry.read() as session:
        query = select(Observation).join(Run).where(Run.uid == uid)
        rows = session.scalars(query.order_by(Observation.account_id, Observation.kind)).all()
        names = [name for name in Observation.__table__.columns.keys() if name not in other]
        return [{name: getattr(row, name) for name in names} for row in rows]


def odd_answer(asked: Asked) -> Said:
    """Each account's page by its number: read, gone, broken, or somewhere else."""
    number = int(asked.path.strip("/").split("/")[-1])
    if asked.path.startswith("/there/") or number % 5 == 0:
        return Said(NOW.isoformat())
    if number % 5 == 1:
        return Said("", 302, (("Location", f"/there/{number}"),))
    return {2: Said("", 404), 3: Said("", 503)}.get(number % 5, Said("none"))


def test_a_cluster_observes_what_one_machine_does(
    dask: Town, registry: Registry, server: Server
) -> None:
    known = catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=4)}))
    server.answers["*"] = odd_answer
    with registry.write() as session:
        for number in range(40):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    here, there = planned(registry, known), planned(registry, known)
    settings = Settings(network=NETWORK, tuning=QUICK)
    credentials = Credentials.of(known, {})
    run(registry, here, known, credentials=credentials, clock=StillClock(), settings=settings)
    asked_here = Counter(server.paths())
    server.asked.clear()
    result = through(dask.address, registry, known, there)
    assert result.left == 0
    assert seen(registry, there) == seen(registry, here)
    assert Counter(server.paths()) == asked_here
    assert {row["outcome"] for row in seen(registry, there)} == {Outcome.READ, Outcome.INCONCLUSIVE}
    with registry.read() as session:
        made = session.scalars(select(Run).where(Run.uid == there)).one()
        rows = session.scalars(select(Observation).where(Observation.run_id == made.id)).all()
    kept = records_in(evidence_folder(registry), made.evidence)
    assert all(row.records and set(row.records) <= kept for row in rows)


class Ways:
    """Notes by which egress each address was asked, and when it came to the server."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.egress: dict[str, str] = {}
        self.at: dict[str, list[float]] = defaultdict(list)
        self.insertions: list[object] = []
        submit, egress = Cluster.submit, Egresses.egress
        taken: list[str] = []

        def noted_egress(egresses: Egresses, ticket: int) -> str:
            taken.append(egress(egresses, ticket))
            return taken[-1]

        def noted(workers: Cluster, ticket: int, request: Request, insertion: Any = None) -> None:
            submit(workers, ticket, request, insertion)
            self.egress[request.url] = taken.pop()

        sealed = Sealed.__init__

        def noted_errand(made: Sealed, errand: Errand) -> None:
            self.insertions.append(errand.insertion)
            sealed(made, errand)

        monkeypatch.setattr(Egresses, "egress", noted_egress)
        monkeypatch.setattr(Cluster, "submit", noted)
        monkeypatch.setattr(Sealed, "__init__", noted_errand)

    def answer(self, asked: Asked) -> Said:
        self.at[asked.path].append(time.monotonic())
        return Said(NOW.isoformat())


def test_a_host_is_asked_at_its_pace_by_each_egress(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = 0.6
    known = catalogue(checker(hosts={"127.0.0.1": Pace(gap, in_flight=4)}))
    ways = Ways(monkeypatch)
    server.answers["*"] = ways.answer
    with registry.write() as session:
        for number in range(18):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    assert through(dask.address, registry, known, planned(registry, known)).left == 0
    by_egress: dict[str, list[float]] = defaultdict(list)
    for path, moments in ways.at.items():
        assert len(moments) == 1
        by_egress[ways.egress[server.url(path)]] += moments
    assert set(by_egress) == set(EGRESSES)
    for moments in by_egress.values():
        moments.sort()
        # What the server's own threads add to a moment on a busy machine is not the program's.
        assert all(b - a > gap / 2 for a, b in zip(moments, moments[1:], strict=False))
    assert max(map(len, by_egress.values())) <= 9


def cookie_then_page(target: Target, _source: str) -> Steps:
    """A page that is only shown to who has fetched a cookie, and then another."""
    first: Response = yield Request(f"{target.url}/visit")
    for page in ("/list", "/more"):
        response: Response = yield Request(f"{target.url}{page}")
        text = response.usable().text()
    assert first.status == 200
    return facts(datetime.fromisoformat(text))


def test_a_check_stays_with_the_egress_it_began_on(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = catalogue(checker(cookie_then_page, hosts={"127.0.0.1": Pace(0.0, in_flight=8)}))
    ways = Ways(monkeypatch)
    server.answers["*"] = ways.answer
    with registry.write() as session:
        for number in range(12):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    assert through(dask.address, registry, known, planned(registry, known)).left == 0
    for number in range(12):
        urls = [server.url(f"/{number}/{page}") for page in ("visit", "list", "more")]
        assert len({ways.egress[url] for url in urls}) == 1
    assert len(set(ways.egress.values())) == 3


def with_credential(target: Target, _source: str) -> Steps:
    """A page that wants a key, then one that does not."""
    response: Response = yield Request(target.url, auth="weibo")
    response.usable()
    after: Response = yield Request(f"{target.url}/after")
    return facts(datetime.fromisoformat(after.usable().text()))


KEYED = catalogue(
    checker(
        with_credential,
        hosts={"127.0.0.1": Pace(0.0, in_flight=4)},
        credentials=[Credential("weibo", "query:access_token")],
    )
)
HELD = {"TAIZHANG_SECRET_WEIBO": SECRET}


def keyed(registry: Registry, server: Server) -> str:
    """A run of accounts that are read with a key."""
    with registry.write() as session:
        for number in range(6):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    return planned(registry, KEYED, credentials=Credentials.of(KEYED, HELD))


def test_what_carries_a_credential_goes_out_from_here(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = Ways(monkeypatch)
    uid = keyed(registry, server)
    assert through(dask.address, registry, KEYED, uid, environment=HELD).left == 0
    assert {row["outcome"] for row in seen(registry, uid)} == {Outcome.READ}
    assert set(ways.egress.values()) == {""}
    assert ways.insertions == []
    assert sum(SECRET in path for path in server.paths()) == 6


LOOK = """
import sys
from distributed import Client

with Client(sys.argv[1], timeout=20) as client:
    print(client.get_scheduler_logs(), client.get_worker_logs(), client.get_events())
    print(client.call_stack(), client.processing(), client.scheduler_info())
    scheduler = lambda dask_scheduler: [
        (repr(task), repr(task.run_spec), str(task.run_spec), task.key)
        for task in dask_scheduler.tasks.values()
    ]
    print(client.run_on_scheduler(scheduler))
    print(client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.transition_log)))
    worker = lambda dask_worker: [
        (repr(task), repr(task.run_spec), list(dask_worker.state.log))
        for task in dask_worker.state.tasks.values()
    ]
    print(client.run(worker))
    client.dump_cluster_state(sys.argv[2], format="yaml")
print(open(sys.argv[2] + ".yaml").read())
"""


def told_by(address: str, folder: Path) -> str:
    """All that a cluster tells of itself at this moment."""
    command = [sys.executable, "-c", LOOK, address, str(folder / f"dump-{time.monotonic_ns()}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_secret_sent_through_an_egress_stands_nowhere_in_the_cluster(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ways = Ways(monkeypatch)
    told: list[str] = []

    def look_while_it_waits(asked: Asked) -> Said:
        told.append(told_by(dask.address, tmp_path))
        return ways.answer(asked)

    server.answers["*"] = ways.answer
    server.answers["/3"] = look_while_it_waits
    uid = keyed(registry, server)
    options = {"environment": HELD, "credentials": "west"}
    assert through(dask.address, registry, KEYED, uid, **options).left == 0
    assert {row["outcome"] for row in seen(registry, uid)} == {Outcome.READ}
    assert set(ways.egress.values()) == {"west"}
    assert sum(insertion is not None for insertion in ways.insertions) == 6
    assert sum(SECRET in path for path in server.paths()) == 6
    told.append(told_by(dask.address, tmp_path))
    assert "fetch-" in told[0] and "carry_out" in told[0]
    for text in (*told, dask.logs()):
        assert SECRET not in text
        assert SECRET.encode().hex() not in text
        assert b64encode(SECRET.encode()).decode().rstrip("=")[:-1] not in text
        assert server.host not in text  # nor who was asked


class Killer:
    """Kills the process of a worker, one or the other, after every few requests: at once, or when it
    has stood still for a moment with whatever it had just done."""

    def __init__(self, dask: Town, seed: int, kills: int, few: int) -> None:
        self.victims: dict[int, set[str]] = {}
        """By number of the process: its addresses."""
        self._dask = dask
        self._random = random.Random(seed)
        self._wanted = kills
        self._few = few
        self._left = few
        self._lock = threading.Lock()

    @property
    def addresses(self) -> set[str]:
        """All that somebody was killed at."""
        return set().union(*self.victims.values())

    def answer(self, _asked: Asked) -> Said:
        with self._lock:
            self._left -= 1
            if self._left <= 0 and len(self.victims) < self._wanted:
                self._left = self._random.randint(1, 2 * self._few)
                self._kill()
        if self._random.random() < 0.5:
            time.sleep(self._random.uniform(0.0, 0.03))
        return Said(NOW.isoformat())

    def _kill(self) -> None:
        process = self._dask.worker(self._random.choice(sorted(self._dask.nannies)))
        if process is None or process.pid in self.victims:
            return
        try:
            held = [c.laddr.port for c in process.net_connections() if c.status == "LISTEN"]
            if self._random.random() < 0.5:
                process.kill()
            else:
                process.suspend()
                threading.Timer(self._random.uniform(0.0, 0.3), process.kill).start()
        except psutil.Error:
            return
        self.victims[process.pid] = {f"tcp://127.0.0.1:{port}" for port in held}


def handed_back(monkeypatch: pytest.MonkeyPatch) -> list[Joined]:
    """For each request that the driver gets back as lost, the worker that had it."""
    lost: list[Joined] = []
    done = Cluster._done

    def noted(fleet: Cluster, ticket: int, uid: str, response: Any, answers: Any) -> None:
        sent = fleet._sent.get(ticket)
        if response is None and sent is not None and sent.uid == uid:
            assert sent.worker is not None
            lost.append(sent.worker.joined)
        done(fleet, ticket, uid, response, answers)

    monkeypatch.setattr(Cluster, "_done", noted)
    return lost


def kept_once(registry: Registry, uid: str, server: Server, most: int) -> None:
    """Each planned check has been observed once and read, from whole evidence; no request was sent
    more often than its losses explain."""
    with registry.read() as session:
        made = session.scalars(select(Run).where(Run.uid == uid)).one()
        owed = select(PlannedCheck.account_id).where(PlannedCheck.run_id == made.id)
        due = session.scalars(owed).all()
        rows = session.scalars(select(Observation).where(Observation.run_id == made.id)).all()
        assert Counter(row.account_id for row in rows) == Counter(due)
        assert {(row.outcome, row.reason) for row in rows} == {(Outcome.READ, None)}
        assert made.finished_at is not None
        kept = records_in(evidence_folder(registry), made.evidence)
        assert all(row.records and set(row.records) <= kept for row in rows)
    assert len(due) <= len(server.asked) <= len(due) + most


def kill_workers(
    dask: Town,
    registry: Registry,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    *,
    kills: int,
    accounts: int,
) -> None:
    """Do a run, the scheduler starved and workers killed, and see what it has come to: nothing but
    what was under way in the killed ones has been asked again."""
    lost = handed_back(monkeypatch)
    known = catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=THREADS)}))
    killer = Killer(dask, 20261122, kills, few=20)
    server.answers["*"] = killer.answer
    with registry.write() as session:
        for number in range(accounts):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    uid = planned(registry, known)
    with starving(dask.scheduler, 20261123):
        assert through(dask.address, registry, known, uid).left == 0
    assert len(killer.victims) == kills
    assert {worker.address for worker in lost} <= killer.addresses
    assert max(Counter(worker.introduction.process for worker in lost).values()) <= THREADS
    kept_once(registry, uid, server, most=len(lost))


def test_fifty_killed_workers_lose_nothing_and_double_nothing(
    registry: Registry, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dask"
    folder.mkdir()
    with town(folder, EGRESSES) as dask:
        kill_workers(dask, registry, server, monkeypatch, kills=50, accounts=3000)


def test_a_killed_worker_loses_nothing(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_workers(dask, registry, server, monkeypatch, kills=2, accounts=120)


def heard(link: Link, *, joined: int = 0, done: int = 0) -> list[Any]:
    """What a link tells until so many have joined, or so many tasks are over."""
    told: list[Any] = []
    wanted, kind = (joined, Joined) if joined else (done, Done)
    while sum(isinstance(each, kind) for each in told) < wanted:
        told.append(link.news.get(timeout=60))
    return [each for each in told if isinstance(each, kind)]


def test_what_the_living_have_done_is_not_given_up_with_the_dead(
    dask: Town, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask fetches answers of several workers in one go; here that takes until one of them is dead,
    the one on whose account it was begun."""
    fetch, go_on = Client._gather_remote, threading.Event()

    async def delayed(client: Any, *options: Any) -> Any:
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        return await fetch(client, *options)

    monkeypatch.setattr(Client, "_gather_remote", delayed)
    link = Link(dask.address, NETWORK)
    link.open()
    try:
        workers = {worker.introduction.egress: worker for worker in heard(link, joined=3)}
        for ticket, egress in enumerate(("east", "west"), 1):
            worker = workers[egress]
            request = Request(server.url(f"/{egress}"))
            errand = Errand(worker.introduction.process, egress, request, None, 0.0)
            link.send(ticket, egress, worker.address, Sealed(errand))
            while len(link._client._gather_keys or ()) < ticket:
                time.sleep(0.01)
        first = dask.worker("east")
        assert first is not None
        first.kill()
        assert heard(link, done=1) == [Done(1, "east", None)]
        go_on.set()
        (second,) = heard(link, done=1)
    finally:
        go_on.set()
        link.close()
    assert second.ticket == 2 and second.response is not None and second.response.status == 200


def test_without_workers_a_run_waits_ends_with_all_kept_and_can_be_gone_on_with(
    registry: Registry, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=4)}))
    monkeypatch.setattr("sweeps.cluster.fleet._PATIENCE", 2.0)
    monkeypatch.setattr("sweeps.cluster.fleet._GRACE", 1.0)
    folder = tmp_path / "dask"
    folder.mkdir()
    told: list[str] = []
    with registry.write() as session:
        for number in range(30):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    uid = planned(registry, known)
    with town(folder, ("east",)) as dask:

        def last_of_its_kind(_asked: Asked) -> Said:
            if len(server.asked) == 10:
                dask.stop("east")
            return Said(NOW.isoformat())

        server.answers["*"] = last_of_its_kind
        with pytest.raises(ClusterLost, match="保留"):
            through(dask.address, registry, known, uid, tell=told.append)
        assert 0 < len(seen(registry, uid)) < 30
        assert len(set(told)) == 1  # once more, perhaps, before the first worker came
        server.answers["*"] = Said(NOW.isoformat())
        threading.Timer(1.0, dask.start, ("north",)).start()
        monkeypatch.setattr("sweeps.cluster.fleet._PATIENCE", 60.0)
        assert through(dask.address, registry, known, uid).left == 0
    kept_once(registry, uid, server, most=4)


def test_a_worker_that_joins_later_gets_its_share(
    dask: Town, registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = catalogue(checker(hosts={"127.0.0.1": Pace(0.2)}))
    ways = Ways(monkeypatch)
    south = dask.folder / "south.log"
    one_starts_it = threading.Lock()

    def asked_once_it_is_there(asked: Asked) -> Said:
        with one_starts_it:
            if "south" not in dask.nannies:
                dask.start("south")
        until = time.monotonic() + 30
        while "Registered to" not in (south.read_text() if south.exists() else ""):
            assert time.monotonic() < until
            time.sleep(0.05)
        return ways.answer(asked)

    server.answers["*"] = asked_once_it_is_there
    with registry.write() as session:
        for number in range(60):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))
    try:
        assert through(dask.address, registry, known, planned(registry, known)).left == 0
    finally:
        dask.stop("south")
    assert set(ways.egress.values()) == {*EGRESSES, "south"}
