"""One sweep over the menus of a registry, from planning to verdicts, as `taizhang sweep run` does.

Run by `bench/links.py` as a process of its own. Its clock may stand some days ahead, since a link
that fails is judged by the days on which it did.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from registry import collector  # noqa: E402

collector.spare()

from checkers.loading import load_checkers  # noqa: E402
from registry.db import Registry, open_registry  # noqa: E402
from registry.vocab import CheckKind  # noqa: E402
from sweeps.aside import beside  # noqa: E402
from sweeps.network.credentials import Credentials  # noqa: E402
from sweeps.network.transport import Network  # noqa: E402
from sweeps.planning.plan import Filters, plan_run  # noqa: E402
from sweeps.run import Settings, run  # noqa: E402
from verdicts.loading import load_judging  # noqa: E402
from verdicts.ruleset import RuleSet, load  # noqa: E402

if TYPE_CHECKING:
    from verdicts.sweep import SweepJudgement


class DaysAhead:
    """The machine's own time on a later day."""

    def __init__(self, days: int) -> None:
        self._ahead = timedelta(days=days)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def sweep(folder: Path, told: Mapping[str, Any]) -> dict[str, Any]:
    """Plan, run and judge; what came of it."""
    clock = DaysAhead(told["days"])
    rules, known = load("national-2019"), load_checkers()
    credentials = Credentials.of(known, {})
    settings = Settings(
        workers=told["workers"],
        network=Network(allow_private=("127.0.0.1",), ca_file=told["ca_file"]),
        pace={"127.0.0.1": {"min_gap": 0.0, "in_flight": told["per_host"]}},
    )
    registry = open_registry(str(folder / "links.db"))
    at, filters = clock.now(), Filters(kinds=frozenset({CheckKind.MENU}), everything=True)
    with registry.write() as session:
        planned = plan_run(
            session,
            at=at,
            now=at,
            catalogue=known,
            credentials=credentials,
            window_days=rules.windows[0] + 1,
            filters=filters,
        ).uid
    collector.leave_alone()
    began = time.monotonic()
    with beside(load_judging) as told_of:
        result = run(
            registry,
            planned,
            known,
            credentials=credentials,
            clock=clock,
            settings=settings,
            on_progress=told_of,
        )
    ran = time.monotonic() - began
    judged = judge(registry, at, rules, clock.now())
    registry.close()
    outcomes = {outcome.value: count for outcome, count in result.outcomes.items()}
    links = {state.value: count for state, count in judged.links.items()}
    return {"at": at.isoformat(), "run_s": ran, "outcomes": outcomes, "links": links}


def judge(registry: Registry, at: datetime, rules: RuleSet, now: datetime) -> SweepJudgement:
    """The sweep of that time point judged and its findings settled."""
    from registry.actors import system
    from registry.history.writing import Act
    from verdicts.sweep import judge_sweep

    with registry.write() as session:
        act = Act(system(session), now)
        return judge_sweep(session, at=at, ruleset=rules, now=now, act=act)


if __name__ == "__main__":
    print(json.dumps(sweep(Path(sys.argv[1]), json.loads(sys.argv[2]))))
