"""100,000 planned accounts: what planning and running them hold in memory, and whether it grows.

One process plans every account into SQLite with the real planner, then works a part of the plan off
with the real engine, evidence and transactions; nothing but the network is replaced, by one that answers at once.
Nothing is judged. Resident memory is read from the system while it works.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import insert  # noqa: E402

from bench.harness import Result, python, report  # noqa: E402
from bench.weigh import MIB  # noqa: E402
from checkers.base import Request, Response  # noqa: E402
from checkers.loading import load_checkers  # noqa: E402
from registry import db  # noqa: E402
from registry.models import Account, AccountIdentifier, AccountSource  # noqa: E402
from registry.uids import new_uid  # noqa: E402
from registry.vocab import AccountState, Outcome  # noqa: E402
from sweeps.network.credentials import Credentials, Insertion  # noqa: E402
from sweeps.planning.plan import plan_run  # noqa: E402
from sweeps.run import Progress, Settings, run  # noqa: E402

COUNT, SHARE = 100_000, 0.2
"""Accounts planned, and the share of the plan that is worked off."""
MOST = 381.0
"""MiB: 400 million bytes."""
HOSTS = 400
PACE = {f"feeds{n}.example": {"min_gap": 0.0} for n in range(HOSTS)}
T = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_AT_ONCE = 5000


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return T + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


class Feeds:
    """Workers that answer every request at once with a feed of ten posts."""

    room = 64

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: deque[tuple[int, Response]] = deque()
        items = "".join(
            f"<item><title>青石县第{n}条消息</title><link>https://f.example/{n}</link>"
            f"<pubDate>{T - timedelta(days=n, hours=2):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for n in range(10)
        )
        self._body = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        headers = {"content-type": "application/rss+xml"}
        answer = Response(request.url, 200, headers, self._body, self._clock.now())
        self._done.append((ticket, answer))

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        done = list(self._done)
        self._done.clear()
        if not done:
            self._clock.wait(seconds)
        return done

    def sent(self) -> list[tuple[int, float]]:
        """Each counts as sent when its answer is there."""
        return []

    def close(self) -> None:
        """Nothing is open."""


class Enough(Exception):
    """The part of the plan that is measured has been worked off."""


def resident() -> float:
    """MiB of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MIB / MIB


def fill(registry: db.Registry, count: int) -> None:
    """Accounts with an id and a feed each, over some hundred hosts."""
    with registry.write() as session:
        for first in range(1, count + 1, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, count + 1))
            session.execute(insert(Account), [_account(n) for n in some])
            session.execute(insert(AccountIdentifier), [_identifier(n) for n in some])
            session.execute(insert(AccountSource), [_source(n) for n in some])


def _account(n: int) -> dict[str, Any]:
    name = f"青石{n}号"
    state = AccountState.ACTIVE
    return {
        "id": n,
        "uid": new_uid(),
        "platform": "weibo",
        "name": name,
        "fold": name,
        "state": state,
    }


def _identifier(n: int) -> dict[str, Any]:
    scheme = {"platform": "weibo", "scheme": "uid", "value": str(1_000_000_000 + n)}
    return {"account_id": n, "preferred": True, **scheme}


def _source(n: int) -> dict[str, Any]:
    address = f"https://feeds{n % HOSTS}.example/{n}.xml"
    return {"account_id": n, "source": "feed", "address": address, "position": 0}


def work(folder: Path, count: int, share: float) -> dict[str, Any]:
    """Fill, plan and run in this process; what it took."""
    registry = db.create(str(folder / "accounts.db"))
    fill(registry, count)
    known = load_checkers()
    nobody = Credentials.of(known, {})
    began = time.perf_counter()
    with registry.write() as session:
        made = plan_run(
            session, at=T, now=T, catalogue=known, credentials=nobody, window_days=15, fresh_days=14
        )
        uid = made.uid
    planning, planned_at = time.perf_counter() - began, resident()
    goal, clock = round(count * share), Clock()

    read = 0

    def watch(progress: Progress) -> None:
        nonlocal read
        read = progress.outcomes[Outcome.READ]
        if progress.done >= goal * len(samples) / 20:
            samples.append(resident())
        if progress.done >= goal:
            raise Enough

    samples = [resident()]
    try:
        run(
            registry,
            uid,
            known,
            credentials=nobody,
            clock=clock,
            settings=replace(Settings(), pace=PACE),
            workers=Feeds(clock),
            on_progress=watch,
        )
    except Enough:
        pass
    registry.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    return {
        "planning_s": round(planning, 1),
        "rss_planned_mib": round(planned_at, 1),
        "rss_samples_mib": [round(mib, 1) for mib in samples],
        "peak_mib": round(peak, 1),
        "read": read,
    }


def main() -> Result:
    """Measured in a process of its own, so that nothing else is counted."""
    count = int(_given("--accounts") or COUNT)
    result = Result("memory", {"accounts": count, "hosts": HOSTS, "worked_off": SHARE})
    folder = Path(tempfile.mkdtemp(prefix="bench-memory-"))
    try:
        done = json.loads(python(Path(__file__), "work", str(folder), str(count)).out)
    finally:
        shutil.rmtree(folder)
    samples = done["rss_samples_mib"]
    half = samples[len(samples) // 2 :]
    result.ours |= done | {"growth_of_second_half_mib": round(half[-1] - half[0], 1)}
    result.ours["unread"] = max(round(count * SHARE) - done["read"], 0)
    result.goals |= {"peak_mib": MOST, "growth_of_second_half_mib": 10.0, "unread": 0}
    return result


def _given(name: str) -> str | None:
    words: Iterator[str] = iter(sys.argv)
    return next((next(words) for word in words if word == name), None)


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        print(json.dumps(work(Path(sys.argv[2]), int(sys.argv[3]), SHARE)))
    else:
        report(main)
