"""Duplicates among 100,000 account names: writings of one body that were planted, and look-alikes
that are none. Precision and recall of both tiers on three seeds, the whole process timed.

A pair counts as found only where it joins the planted name to the one it was made from. The words
and rules of the held-out world are in no other: what it shows was not tuned for, and has no goal.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Result, installed, python, report  # noqa: E402
from bench.name_world import SPELLINGS, build  # noqa: E402

COUNT = 100_000
SEEDS = (1, 2, 3)
_FINDERS = Path(__file__).with_name("name_finders.py")
_PEERS = {
    "rapidfuzz_88": ("rapidfuzz", "numpy"),
    "rapidfuzz_80": ("rapidfuzz", "numpy"),
    "recordlinkage": ("recordlinkage",),
    "splink": ("splink", "duckdb"),
}
_GOALS = {
    "certain_wrong": 0.005,
    "certain_missed": 0.08,
    "all_wrong": 0.015,
    "all_missed": 0.05,
    "spellings_missed": 0.02,
    "wall_s": 2.5,
    "peak_mib": 250.0,
}


def judged(folder: Path, finder: str) -> dict[str, Any]:
    """Shares of pairs found that are wrong and of those planted that were missed, by tier; recall
    by family of what was planted: in the certain tier, in all.
    """
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = [(body, family, int(of)) for _number, body, family, of in csv.reader(file)]
    with (folder / f"pairs-{finder}.csv").open(encoding="utf-8", newline="") as file:
        found = {(int(one), int(other)): tier for one, other, tier in csv.reader(file)}
    right, wrong = Counter[str](), Counter[str]()
    for (one, other), tier in found.items():
        (right if truth[one][0] == truth[other][0] else wrong)[tier] += 1
    families: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, (_body, family, of) in enumerate(truth):
        if of >= 0:
            tier = found.get((min(number, of), max(number, of)), "missed")
            families[family][tier] += 1
    planted = sum(families.values(), Counter[str]())
    spellings = sum((families[name] for name in SPELLINGS if name in families), Counter[str]())
    return {
        "certain_wrong": _share(wrong["certain"], wrong["certain"] + right["certain"]),
        "certain_missed": _share(planted.total() - planted["certain"], planted.total()),
        "all_wrong": _share(wrong.total(), wrong.total() + right.total()),
        "all_missed": _share(planted["missed"], planted.total()),
        "spellings_missed": _share(spellings["missed"], spellings.total()),
        "recall": {
            family: f"{_share(told['certain'], told.total()):.3f} / "
            f"{1 - _share(told['missed'], told.total()):.3f}"
            for family, told in sorted(families.items())
        },
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _run(folder: Path, finder: str) -> dict[str, Any]:
    cost = python(_FINDERS, finder, str(folder))
    return {**judged(folder, finder), **cost.figures()}


def run(root: Path, count: int, seeds: tuple[int, ...]) -> Result:
    """All seeds with ours, the first with each peer, and the held-out world."""
    result = Result("duplicates", {"names": count, "seeds": seeds}, goals=dict(_GOALS))
    each = {}
    for seed in seeds:
        folder = _world(root, count, seed)
        each[seed] = _run(folder, "ours")
    for figure in _GOALS:
        result.ours[figure] = max(told[figure] for told in each.values())
    for seed, told in each.items():
        result.ours[f"seed {seed}"] = told
    result.ours["held out"] = _run(_world(root, count, seeds[0], held_out=True), "ours")
    first = root / str(seeds[0])
    for peer, modules in _PEERS.items():
        result.peers[peer] = _run(first, peer) if installed(*modules) else "not installed"
    for peer, told in result.peers.items():
        if isinstance(told, dict):
            told["wall_to_ours"] = round(told["wall_s"] / each[seeds[0]]["wall_s"], 1)
    return result


def _world(root: Path, count: int, seed: int, *, held_out: bool = False) -> Path:
    folder = root / (f"{seed}-held-out" if held_out else str(seed))
    folder.mkdir()
    build(count=count, seed=seed, held_out=held_out).write(folder)
    return folder


def main() -> Result:
    given = sys.argv
    count = int(given[given.index("--names") + 1]) if "--names" in given else COUNT
    seeds: tuple[int, ...] = SEEDS
    if "--seeds" in given:
        seeds = tuple(map(int, given[given.index("--seeds") + 1].split(",")))
    root = Path(tempfile.mkdtemp(prefix="bench-duplicates-"))
    try:
        return run(root, count, seeds)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    report(main)
