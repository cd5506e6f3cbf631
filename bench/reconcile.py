"""Ledger in SQLite against an export of the same size as .xlsx: the whole job, and its exact part.

Measures the command a clerk types, from start to written workbooks, and checks that every planted
difference is found and none invented. The peers compare two tables by key, nothing more, so they
stand beside the part of ours that does the same with both sides in memory: the same rows in, the
same answer out, see `exact_keys.py`. Two readers of workbooks say what this machine takes to read that
sheet to rows and do nothing with it (`sheet_readers.py`): a measure of the whole job that holds on
faster and slower machines. Memory is what all processes of the job hold at one time, in a run of its own,
because to look at it takes time.

`--growth` measures the same command at 100,000 and at 1,000,000 rows: what a row takes of the second
beside what it takes of the first, which is 1 where the job grows with its rows and no faster.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Result, installed, measured, python, report  # noqa: E402
from bench.ledgers import build  # noqa: E402

COUNT = 100_000
SEED = 1
MANY = 10
"""How many times as many rows `--growth` reconciles."""
_EXACT = Path(__file__).with_name("exact_keys.py")
_READERS = Path(__file__).with_name("sheet_readers.py")
_PEERS = {"polars": ("polars",), "pandas": ("pandas",), "csv-diff": ("csv_diff",)}


def run(folder: Path, count: int, seed: int) -> Result:
    """Everything that is measured, for a ledger of `count` accounts."""
    planted = build(folder, count=count, seed=seed)
    result = Result("reconcile", {"rows": count, "seed": seed, "share": 0.06})
    weighed = folder / "weighed"
    weighed.mkdir()
    shutil.copy(folder / "ledger.db", weighed)
    shutil.copy(folder / "export.xlsx", weighed)
    peak = measured(_job(weighed), together=True).figures()["peak_mib"]
    shutil.rmtree(weighed)
    cost = measured(_job(folder))
    result.ours |= cost.figures() | {"peak_mib": peak} | _truth(folder, planted)
    result.goals |= {"wall_s": 4.0, "peak_mib": 320.0, "missed": 0, "invented": 0}
    exact = json.loads(python(_EXACT, "ours", str(folder)).out)
    result.ours |= {f"exact_{name}": exact[name] for name in ("dropped", "added", "cells")}
    result.ours["exact_s"] = exact["seconds"]
    for peer, modules in {"datacompy": ("datacompy", "pandas"), **_PEERS}.items():
        if not installed(*modules):
            result.peers[peer] = "not installed"
            continue
        result.peers[peer] = json.loads(python(_EXACT, peer, str(folder)).out)
    if isinstance(datacompy := result.peers["datacompy"], dict):
        result.ours["exact_to_datacompy"] = round(exact["seconds"] / datacompy["seconds"], 2)
        result.goals["exact_to_datacompy"] = 0.65
    for reader in ("calamine", "openpyxl"):
        read = json.loads(python(_READERS, reader, str(folder / "export.xlsx")).out)
        result.peers[reader] = read
        result.ours[f"wall_to_{reader}"] = round(cost.wall / read["reading_s"], 2)
    return result


def grown(folder: Path, count: int, seed: int) -> Result:
    """The job for `count` accounts and for many times as many."""
    result = Result("reconcile", {"rows": count * MANY, "beside": count, "seed": seed})
    found = dict[int, dict[str, float]]()
    for rows in (count, count * MANY):
        place = folder / str(rows)
        place.mkdir()
        planted = build(place, count=rows, seed=seed)
        figures = measured(_job(place), together=True).figures()
        found[rows] = figures | _truth(place, planted)
        shutil.rmtree(place)
        result.ours |= {f"{name}_{rows}": figure for name, figure in found[rows].items()}
    few, many = found[count], found[count * MANY]
    for name in ("wall_s", "cpu_s"):
        result.ours[f"{name}_to_linear"] = round(many[name] / few[name] / MANY, 2)
        result.goals[f"{name}_to_linear"] = 1.2
    for name in ("missed", "invented"):
        result.goals[f"{name}_{count * MANY}"] = 0
    return result


def _job(folder: Path) -> list[str]:
    """The command a clerk types."""
    return [
        *(sys.executable, "-m", "cli", "--db", str(folder / "ledger.db"), "--actor", "bench"),
        *("reconcile", "run", "--national", str(folder / "export.xlsx")),
        *("--out", str(folder / "out")),
    ]


def _truth(folder: Path, planted: Any) -> dict[str, int]:
    """Differences missed and invented, by the findings that were stored."""
    with sqlite3.connect(folder / "ledger.db") as database:
        found = database.execute("SELECT subject_uid, code, subject_kind FROM finding").fetchall()
    wanted = {(uid, "RC304") for uid in planted.dropped}
    wanted |= {(uid, "RC306") for uid in (*planted.changed, *planted.renamed)}
    seen = {(uid, code) for uid, code, kind in found if kind == "account"}
    strangers = sum(1 for _uid, code, _kind in found if code == "RC305")
    others = {(uid, code) for uid, code in seen if code != "RC305"}
    missed = len(wanted - others) + max(len(planted.added) - strangers, 0)
    invented = len(others - wanted) + max(strangers - len(planted.added), 0)
    return {"planted": len(wanted) + len(planted.added), "missed": missed, "invented": invented}


def main() -> Result:
    count = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else COUNT
    seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else SEED
    folder = Path(tempfile.mkdtemp(prefix="bench-reconcile-"))
    try:
        return (grown if "--growth" in sys.argv else run)(folder, count, seed)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
