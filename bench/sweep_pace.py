"""How near to the bound of politeness a whole sweep comes, and whether any host is asked too often.

Each scenario is a number of hosts with a rate each; the bound is the largest requests ÷ rate. The
plan (accounts and planned checks in SQLite) is made before; the client is a process of its own from
its start to its end, that does the planned run with lanes, HTTP, WARC evidence and observations.
The server is another process that answers after 200 ms and stamps each arrival. With `busy`, a
third process burns one core the while. Peers fetch the same addresses and keep nothing.

Options: `--small`, `--big`, `--busy`, `--quiet` choose among the scenarios; by default all run.
`--alone` leaves the peers out; `--seconds N` cuts the scenarios to a bound of so many.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Cost, Result, installed, python, report  # noqa: E402
from tests.simulator.http import Answer, Asked, Handler, Report  # noqa: E402
from tests.simulator.http import busiest, spawned  # noqa: E402

LATENCY = 0.2
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CLIENT = Path(__file__).with_name("pace_client.py")
PEERS = Path(__file__).with_name("pace_peers.py")
_PEER_MODULES = {
    "scrapy": ("scrapy",),
    "requests-ratelimiter": ("requests_ratelimiter", "requests"),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Hosts with their rates (requests per second) and how many requests each gets."""

    name: str
    rates: tuple[int, ...]
    requests: tuple[int, ...]
    pages: int
    """Requests of one account, each made after the answer to the one before."""
    limit: float
    """Goal: wall ÷ bound."""

    @property
    def bound(self) -> float:
        """Seconds in which politeness alone would let all be asked."""
        return max(count / rate for count, rate in zip(self.requests, self.rates, strict=True))

    def cut(self, seconds: float) -> Scenario:
        """The same with fewer requests, so that it is over the sooner."""
        share = min(seconds / self.bound, 1.0)
        accounts = [max(round(count * share / self.pages), 1) for count in self.requests]
        return replace(self, requests=tuple(count * self.pages for count in accounts))


SMALL = Scenario("small", (50, 20, 10, 5), (1000, 300, 100, 50), 1, 1.03)
BIG = Scenario(
    "big",
    (240, 120, 80, 60, 50, 40, 30, 20, 12, 8, 5, 2),
    (7200, 3590, 2400, 1800, 1500, 1200, 900, 600, 360, 240, 150, 60),
    2,
    1.04,
)


def desk(_argument: str) -> Handler:
    """The server's side: a short list of posts for any address."""
    posts = [{"at": f"2026-11-{day:02d}T08:00:00+00:00", "title": f"第{day}日"} for day in (20, 13)]
    body = json.dumps({"posts": posts}, ensure_ascii=False).encode()
    answer = Answer(body, 200, (("Content-Type", "application/json"),))

    def handler(_asked: Asked) -> Answer:
        return answer

    return handler


@contextmanager
def _busy(wanted: bool) -> Iterator[None]:
    """A process that burns a core for the length of the block, if wanted."""
    if not wanted:
        yield
        return
    burner = multiprocessing.Process(target=_burn, daemon=True)
    burner.start()
    try:
        yield
    finally:
        burner.kill()
        burner.join()


def _burn() -> None:
    while True:
        pass


def _prepare(folder: Path, scenario: Scenario, names: Sequence[str]) -> None:
    """A registry with the accounts and a run that owes them, and what the client must know."""
    from bench.pace_client import Desk
    from checkers.loading import Catalogue
    from registry.db import create
    from registry.models import Account
    from registry.vocab import AccountState, CheckKind
    from sweeps.network.credentials import Credentials
    from sweeps.planning.plan import Filters, plan_run

    hosts = dict(zip(names, scenario.rates, strict=True))
    addresses = [
        f"http://{host}/account/{number}"
        for host, count in zip(names, scenario.requests, strict=True)
        for number in range(count // scenario.pages)
    ]
    registry = create(str(folder / "desk.db"))
    with registry.write() as session:
        for number, url in enumerate(addresses):
            name = f"青石县第{number}号"
            account = Account(platform="desk", name=name, fold=name, url=url)
            account.state = AccountState.ACTIVE
            session.add(account)
        session.flush()
        run = plan_run(
            session,
            at=NOW,
            now=NOW,
            catalogue=Catalogue({"desk": Desk(scenario.pages)}),
            credentials=Credentials({}),
            window_days=15,
            filters=Filters(kinds=(CheckKind.FRESHNESS,)),
        )
        uid = run.uid
    registry.close()
    plan = {"run": uid, "hosts": hosts, "pages": scenario.pages, "addresses": addresses}
    (folder / "plan.json").write_text(json.dumps(plan))


def _figures(
    scenario: Scenario, cost: Cost, server: Report, rates: Mapping[str, int]
) -> dict[str, Any]:
    """What came of one client."""
    counted = {host: server.of(host).stamps for host in rates}
    total = sum(len(stamps) for stamps in counted.values())
    windows = {host: busiest(stamps, 1.0) for host, stamps in counted.items()}
    over = {host: _over(counted[host], rate) for host, rate in rates.items()}
    return {
        "to_bound": round(cost.wall / scenario.bound, 4),
        "windows_over_rate": sum(over.values()),
        "worst_window": max(windows[host] / rate for host, rate in rates.items()),
        "cpu_ms": round(1000 * cost.cpu / max(total, 1), 3),
        "peak_mib": round(cost.peak, 1),
        "requests": total,
    }


def _over(stamps: list[float], rate: int) -> int:
    """How many windows of a second, each begun by a request, hold more than `rate` of them."""
    return sum(later - first < 1.0 for first, later in zip(stamps, stamps[rate:]))


def _measure(
    scenario: Scenario, busy: bool, script: Path, *arguments: str
) -> tuple[dict[str, Any], str]:
    """Run one client against a server of its own; its figures and what it printed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ports = len(scenario.rates)
        with spawned("bench.sweep_pace:desk", ports=ports, latency=LATENCY) as server:
            # Elsewhere: what this process holds would count as the memory of those that it starts.
            preparing = multiprocessing.Process(
                target=_prepare, args=(folder, scenario, server.hosts)
            )
            preparing.start()
            preparing.join()
            with _busy(busy):
                cost = python(script, *arguments, str(folder))
            seen = server.report()
            rates = dict(zip(server.hosts, scenario.rates, strict=True))
            return _figures(scenario, cost, seen, rates), cost.out


def run(scenarios: tuple[Scenario, ...], loads: tuple[bool, ...]) -> Result:
    """Everything that is measured."""
    params = {scenario.name: f"{scenario.bound:g} s" for scenario in scenarios}
    result = Result("sweep_pace", {**params, "latency_s": LATENCY})
    for scenario in scenarios:
        for busy in loads:
            key = f"{scenario.name}_busy" if busy else scenario.name
            figures, said = _measure(scenario, busy, CLIENT)
            result.ours |= {f"{key}_{name}": value for name, value in figures.items()}
            wanted = sum(scenario.requests)
            result.ours[f"{key}_missing_or_doubled"] = abs(wanted - figures["requests"])
            read = json.loads(said.splitlines()[-1]).get("read", 0)
            result.ours[f"{key}_unread"] = wanted // scenario.pages - read
            goals = {"to_bound": scenario.limit, "windows_over_rate": 0, "missing_or_doubled": 0}
            goals |= {"unread": 0, "cpu_ms": 1.1, "peak_mib": 80.0}
            result.goals |= {f"{key}_{name}": most for name, most in goals.items()}
    for peer, modules in _PEER_MODULES.items() if "--alone" not in sys.argv else ():
        if not installed(*modules):
            result.peers[peer] = "not installed"
            continue
        smallest = scenarios[0]
        result.peers[peer] = {
            f"{smallest.name}{'_busy' if busy else ''}_{name}": value
            for busy in loads
            for name, value in _measure(smallest, busy, PEERS, peer)[0].items()
        }
    return result


def main() -> None:
    """As the options say."""
    wanted = tuple(s for s in (SMALL, BIG) if f"--{s.name}" in sys.argv) or (SMALL, BIG)
    if "--seconds" in sys.argv:
        seconds = float(sys.argv[sys.argv.index("--seconds") + 1])
        wanted = tuple(scenario.cut(seconds) for scenario in wanted)
    loads = tuple(busy for busy in (False, True) if ("--busy", "--quiet")[not busy] in sys.argv)
    report(lambda: run(wanted, loads or (False, True)))


if __name__ == "__main__":
    main()
