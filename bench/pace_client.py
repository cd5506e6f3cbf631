"""The client of the pace benchmark: a whole process that does what `sweep run` does with a planned run.

Arguments: a folder with `plan.json` (see `bench.sweep_pace`) and the registry. It opens the registry,
takes up the run, asks through lanes, threads, connections and WARC evidence, and stores one
observation for each check.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from registry import collector  # noqa: E402

collector.spare()

from checkers.base import (  # noqa: E402
    Checker,
    Coverage,
    Facts,
    Pace,
    Post,
    Request,
    Source,
    Steps,
    Target,
)
from checkers.loading import Catalogue  # noqa: E402
from registry.vocab import CoverageKind, Existence, Proof  # noqa: E402

WORKERS = 192
"""Requests under way at once: the fastest rates of all hosts times the latency, and some."""


class Desk(Checker):
    """A made-up platform: an account is `pages` addresses, asked one after the other."""

    platform = "desk"
    label = {"zh": "演练台", "en": "Desk"}
    sources = (Source("page", frozenset(Proof)),)

    def __init__(self, pages: int) -> None:
        self._pages = pages

    def check(self, target: Target, source: str) -> Steps:
        posts: list[Post] = []
        for page in range(self._pages):
            answer = yield Request(f"{target.url}?page={page}")
            told = answer.usable().json()
            posts += [
                Post(datetime.fromisoformat(post["at"]), title=post["title"])
                for post in told["posts"]
            ]
        return Facts(Existence.EXISTS, tuple(posts), Coverage(CoverageKind.COMPLETE))


def main(folder: Path) -> None:
    """Do the planned run, and say how many observations it came to."""
    from registry.db import open_registry
    from sweeps.clock import SystemClock
    from sweeps.network.credentials import Credentials
    from sweeps.network.transport import Network
    from sweeps.run import Settings, run

    plan = json.loads((folder / "plan.json").read_text())
    Desk.hosts = {host: Pace(1 / rate, in_flight=500) for host, rate in plan["hosts"].items()}
    registry = open_registry(str(folder / "desk.db"))
    collector.leave_alone()
    result = run(
        registry,
        plan["run"],
        Catalogue({"desk": Desk(plan["pages"])}),
        credentials=Credentials({}),
        clock=SystemClock(),
        settings=Settings(workers=WORKERS, network=Network(allow_private=("127.0.0.0/8",))),
    )
    registry.close()
    print(json.dumps({outcome.value: count for outcome, count in result.outcomes.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
