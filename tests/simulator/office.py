"""An office that sweeps the town: the real program with the real checkers, in a process of its own.

The hosts' real names are reached through a proxy on loopback that the office trusts; certificates
come from an authority made for the test. Paces are the platforms' own, a hundred times as fast.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import trustme
from sqlalchemy import select

from checkers.loading import load_checkers
from registry.db import Registry
from registry.models import Account, AccountIdentifier, AccountRole, Observation, Run, Unit
from registry.vocab import AccountState, CheckKind, Outcome, Reason, RoleKind, Verdict
from sweeps.driving.engine import paces
from sweeps.network.credentials import variable
from tests.simulator.http import ROOT, Certificates, Report, Server, serving
from tests.simulator.manners import Manners
from tests.simulator.town import LOOKED, RSSHUB, Planted, T, Town
from tests.sweeps.play import add_account, add_unit
from verdicts.ruleset import load
from verdicts.sweep import look_at_sweep

FASTER = 100.0
"""How much faster than in earnest the town's hosts may be asked."""

_UNNAMED = 3.0
"""Seconds between two requests to a host that no checker names, in earnest."""

Ended = tuple[Outcome, Reason | None]


def gaps(town: Town) -> dict[str, float]:
    """Host → seconds between two requests, for the whole town."""
    known = paces(load_checkers())
    earnest = {host: known[host].min_gap if host in known else _UNNAMED for host in town.hosts}
    return {host: seconds / FASTER for host, seconds in earnest.items()}


@dataclass(slots=True)
class Office:
    """The ledger of the town and its settings; `sweep` runs the program."""

    registry: Registry
    location: str
    town: Town
    server: Server
    manners: Manners
    folder: Path
    pace: Mapping[str, float] = field(default_factory=dict)

    def fill(self) -> None:
        """Enter the accounts, all of one unit."""
        with self.registry.write() as session:
            unit = session.scalars(select(Unit)).first() or add_unit(session, "青石县人民政府")
            for planted in self.town.planted:
                _enter(session, unit, planted)

    def sweep(self, *words: str, now: datetime = LOOKED) -> dict[str, Any]:
        """`taizhang sweep run`; the object that it prints."""
        return self.asked("sweep", "run", "--at", T.isoformat(), *words, now=now)

    def asked(self, *words: str, now: datetime = LOOKED) -> dict[str, Any]:
        """A command of the program; the object that it prints."""
        command = [sys.executable, "-m", "tests.simulator.program", "hasty"]
        command += ["--db", self.location, "--data", str(self.registry.data)]
        command += ["--config", str(self._settings()), "--now", now.isoformat()]
        command += [*words, "--format", "json"]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def _settings(self) -> Path:
        lines = [
            "[sweep]",
            "retries = 1",
            f'trusted_proxy = "http://127.0.0.1:{self.server.ports[0]}"',
            f'ca_file = "{self.folder / "ca.pem"}"',
            f'rsshub = "https://{RSSHUB}"',
            "[sweep.pace]",
            *(f'"{host}" = {gap}' for host, gap in self.pace.items()),
            "[sources]",
            'weibo = ["page"]',
        ]
        path = self.folder / "taizhang.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def _environment(self) -> dict[str, str]:
        secrets = {
            variable(f"wechat:{planted.id}"): f"secret-of-{planted.number}"
            for planted in self.town.planted
            if planted.platform == "wechat"
        }
        return {**os.environ, "TAIZHANG_ACTOR": "王芳", "PYTHONUTF8": "1", **secrets}

    def verdicts(self) -> dict[str, Verdict]:
        """Account → what the sweep says of it."""
        with self.registry.read() as session:
            names = {account.uid: account.name for account in session.scalars(select(Account))}
            told = look_at_sweep(session, at=T, ruleset=load("national-2019"), now=LOOKED)
        return {names[judgement.account_uid]: judgement.verdict for judgement in told.judgements}

    def ended(self, run_uid: str, kind: CheckKind = CheckKind.FRESHNESS) -> dict[str, Ended]:
        """Account → how its check of that kind ended in that run."""
        query = (
            select(Account.name, Observation.outcome, Observation.reason)
            .join(Account, Account.id == Observation.account_id)
            .join(Run, Run.id == Observation.run_id)
            .where(Run.uid == run_uid, Observation.kind == kind)
        )
        with self.registry.read() as session:
            return {name: (outcome, why) for name, outcome, why in session.execute(query)}

    def report(self) -> Report:
        """What the hosts were asked."""
        return self.server.report()


def _enter(session: Any, unit: Unit, planted: Planted) -> None:
    account = add_account(session, planted.name, platform=planted.platform, url=planted.url)
    account.opened_on, ended = date(2020, 1, 1), planted.closed_on
    if ended is not None:
        account.state = AccountState.CLOSED
    account.identifiers += [
        AccountIdentifier(
            platform=planted.platform, scheme=scheme, value=value, preferred=True, valid_to=ended
        )
        for scheme, value in planted.identifiers.items()
    ]
    session.add(AccountRole(account=account, unit=unit, role=RoleKind.HOST, valid_to=ended))


def authority(folder: Path) -> Certificates:
    """An authority that the office is to trust, with a TLS context for any host."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")

    @cache
    def context(host: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(host).configure_cert(made)
        return made

    return context


@contextmanager
def office(
    registry: Registry,
    location: str,
    folder: Path,
    planted: Sequence[Planted],
    *,
    walls: Mapping[str, int] | None = None,
    latency: float = 0.005,
) -> Iterator[Office]:
    """The office, with the town's hosts answering for the length of the block."""
    town = Town(tuple(planted))
    polite = gaps(town)
    manners = Manners(town, polite, walls or {})
    certificates = authority(folder)
    # Made beforehand: it takes longer than two requests may be apart.
    for host in town.hosts:
        certificates(host)
    with serving(manners, latency=latency, certificates=certificates) as server:
        made = Office(registry, location, town, server, manners, folder, polite)
        made.fill()
        yield made
