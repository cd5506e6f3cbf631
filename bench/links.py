"""5,000 links tried by a whole sweep: its verdicts, its politeness, and its time beside its peers'.

Sweeps the same menus on two days, in processes of their own; the second knows which links kept the
first waiting. The servers are processes as well and count what is under way. `--latency SECONDS`
and `--tls` show what a link costs in CPU; `--count` and `--seed` make another world.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import certifi

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Cost, Result, measured, report  # noqa: E402
from bench.link_peers import PEERS, Peer, Task  # noqa: E402
from bench.link_world import (  # noqa: E402
    ANYWHERE,
    IN_FLIGHT,
    World,
    truth,
    write_pages,
)
from registry.db import create, open_registry  # noqa: E402
from registry.models import Account  # noqa: E402
from registry.vocab import AccountState  # noqa: E402
from tests.simulator.http import Server, spawned  # noqa: E402
from verdicts.link_reading import judge_menus  # noqa: E402
from verdicts.points import Point  # noqa: E402
from verdicts.ruleset import load  # noqa: E402

COUNT = 5000
SEED = 4
PORTS = 250
"""Hosts that the addresses lie on, each a port."""
PER_HOST = 8
"""Requests to one host at once, at most."""
INCOMPLETE = "does not try all addresses"
HEADS_ONLY = "asks for heads: it reads no page and sees none that says it is gone"
_HANDLER = "bench.link_world:handler"
_SWEEP = Path(__file__).with_name("link_sweep.py")


@dataclass(frozen=True, slots=True)
class Bad:
    """Servers whose certificates nobody should accept, and the authority to be trusted."""

    expired: str
    self_signed: str
    authority: str
    """For ours, which adds it to the usual ones."""
    authorities: str
    """The usual ones with it, for peers, who know only one file."""
    good: str


def certificates(folder: Path) -> Bad:
    """Made anew for each run: a good one, one that ran out, one of an authority nobody knows."""
    import trustme

    ours, foreign = trustme.CA(), trustme.CA()
    past = datetime(2020, 1, 1)
    made = {
        "good": ours.issue_cert("127.0.0.1", "localhost"),
        "expired": ours.issue_cert("127.0.0.1", not_before=datetime(2019, 1, 1), not_after=past),
        "self_signed": foreign.issue_cert("127.0.0.1"),
    }
    for name, certificate in made.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / f"{name}.pem"))
    ours.cert_pem.write_to_path(str(folder / "authority.pem"))
    # Everybody trusts the usual authorities as well: reading them is a part of the cost.
    usual = Path(certifi.where()).read_bytes()
    (folder / "authorities.pem").write_bytes(usual + ours.cert_pem.bytes())
    names = ("expired", "self_signed", "authority", "authorities", "good")
    return Bad(*(str(folder / f"{name}.pem") for name in names))


@contextmanager
def played(world: World, folder: Path, bad: Bad, *, tls: bool) -> Iterator[tuple[Server, Any]]:
    """The servers of a world, and address → kind."""
    argument = world.argument(folder)
    (folder / "pages.json").unlink(missing_ok=True)
    with ExitStack() as stack:
        plain = stack.enter_context(
            spawned(
                _HANDLER,
                argument,
                ports=PORTS,
                latency=world.latency,
                certificate=bad.good if tls else "",
            )
        )
        others = {
            kind: stack.enter_context(spawned(_HANDLER, argument, certificate=certificate))
            for kind, certificate in (("expired", bad.expired), ("self_signed", bad.self_signed))
        }
        servers = {"plain": plain, **others}
        where = {k: [s.url(port, "") for port in s.ports] for k, s in servers.items()}
        yield plain, write_pages(world, where, folder)


# --- ours -----------------------------------------------------------------------------------------


def ours(world: World, folder: Path, bad: Bad, *, tls: bool) -> dict[str, Any]:
    """Two sweeps over the same menus and what is wrong with their verdicts."""
    with played(world, folder, bad, tls=tls) as (server, kinds):
        _write_accounts(world, server, folder)
        told = dict[str, Any]()
        for days, name in ((0, "first"), (1, "second")):
            cost = _swept(folder, days, bad)
            said = json.loads(cost.out.splitlines()[-1])
            told[f"{name}_s"] = round(cost.wall, 2)
            told[f"{name}_cpu_ms_a_url"] = round(1000 * cost.cpu / world.count, 2)
            told[f"{name}_peak_mib"] = round(cost.peak, 1)
            told[f"{name}_run_s"] = round(said["run_s"], 2)
            wrong = _wrong(folder, datetime.fromisoformat(said["at"]), kinds, days + 1)
            told[f"{name}_wrong"] = sum(wrong.values())
            if wrong:
                told[f"{name}_wrong_kinds"] = {" ".join(key): n for key, n in wrong.items()}
        said_by = server.report()
        if said_by.errors:
            raise SystemExit(f"the server failed: {said_by.errors[:3]}")
        return told | {"most_in_flight": said_by.most}


def _write_accounts(world: World, server: Server, folder: Path) -> None:
    registry = create(str(folder / "links.db"))
    with registry.write() as session:
        for number in range(world.accounts):
            name = f"青石县政务公开第{number}站"
            url, state = server.url(number, f"/list/{number}"), AccountState.ACTIVE
            session.add(Account(platform="website", name=name, fold=name, url=url, state=state))
    registry.close()


def _swept(folder: Path, days: int, bad: Bad) -> Cost:
    told = {"days": days, "workers": IN_FLIGHT, "per_host": PER_HOST, "ca_file": bad.authority}
    return measured([sys.executable, str(_SWEEP), str(folder), json.dumps(told)])


def _wrong(folder: Path, at: datetime, kinds: dict[str, str], days: int) -> Counter[Any]:
    """(kind, what was said) → how often that is not the truth. An address not judged is wrong."""
    registry = open_registry(str(folder / "links.db"))
    point = Point.of(at, load("national-2019"))
    said = dict[str, tuple[str, str]]()
    with registry.read() as session:
        accounts = [account.id for account in session.query(Account)]
        for menu in judge_menus(session, point, accounts):
            said |= {x.last.url: (x.state.value, x.code or "") for x in menu.links}
    registry.close()
    wrong = Counter[Any]()
    for url, kind in kinds.items():
        verdict = said.get(url, ("not judged", ""))
        if verdict != truth(kind, days):
            wrong[(kind, *verdict)] += 1
    return wrong


# --- peers ----------------------------------------------------------------------------------------


def beside(peer: Peer, world: World, folder: Path, bad: Bad, *, tls: bool) -> dict[str, Any]:
    """One peer over the same world, on servers of its own."""
    with played(world, folder, bad, tls=tls) as (server, kinds):
        _readable(folder)
        cost = peer.run(Task(folder, server.url(0, "/list/all"), bad.authorities))
        told = server.report()
    tried = sum(kind not in ANYWHERE for kind in kinds.values())
    asked = sum(len(counted.stamps) for counted in told.hosts.values())
    figures: dict[str, Any] = {
        "wall_s": round(cost.wall, 2),
        "cpu_ms_a_url": round(1000 * cost.cpu / world.count, 2),
        "most_in_flight": told.most,
        "requests": asked,
        "connections": told.connections,
    }
    if told.heads > tried / 2:
        figures["does_less"] = HEADS_ONLY
    if asked < tried:
        figures["no_peer"] = INCOMPLETE
    elif told.most > IN_FLIGHT:
        figures["no_peer"] = "breaks its limit"
    return figures


def _readable(folder: Path) -> None:
    """linkchecker gives up root's rights before it reads its settings."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


# --- all ------------------------------------------------------------------------------------------


def run(folder: Path, world: World, *, tls: bool) -> Result:
    """Everything that is measured."""
    params = {"urls": world.count, "seed": world.seed, "latency_s": world.latency, "tls": tls}
    result = Result("links", {**params, "hosts": PORTS, "per_host": PER_HOST, "retries": 2})
    bad = certificates(folder)
    result.ours |= ours(world, folder, bad, tls=tls)
    for peer in PEERS:
        there = peer.there
        told = beside(peer, world, folder, bad, tls=tls) if there else "not installed"
        result.peers[peer.name] = told
    _set_goals(result, world, tls=tls)
    return result


def _set_goals(result: Result, world: World, *, tls: bool) -> None:
    """Time beside the checkers that keep their limit, CPU beside all that read all pages."""
    ours = result.ours
    result.goals |= {"first_wrong": 0, "second_wrong": 0, "most_in_flight": IN_FLIGHT}
    whole = {p: told for p, told in result.peers.items() if told != "not installed"}
    whole = {p: told for p, told in whole.items() if told.get("no_peer") != INCOMPLETE}
    if world.latency:
        ours["bound_s"] = round(world.bound(), 2)
        ours["second_to_bound"] = round(ours["second_s"] / world.bound(), 3)
        result.goals["second_to_bound"] = 1.10
        checkers = {peer.name for peer in PEERS if peer.judges}
        fair = [whole[p]["wall_s"] for p in whole if p in checkers and "no_peer" not in whole[p]]
        if fair:
            ours["second_to_best_peer"] = round(ours["second_s"] / min(fair), 3)
            result.goals["second_to_best_peer"] = 0.80
    alike = [told["cpu_ms_a_url"] for told in whole.values() if "does_less" not in told]
    if tls and alike:
        result.goals |= {"first_cpu_ms_a_url": min(alike), "second_cpu_ms_a_url": min(alike)}


def _given(name: str, default: float) -> float:
    return float(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def main() -> Result:
    world = World(
        int(_given("--seed", SEED)), int(_given("--count", COUNT)), _given("--latency", 0.2)
    )
    folder = Path(tempfile.mkdtemp(prefix="bench-links-"))
    try:
        return run(folder, world, tls="--tls" in sys.argv)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
