"""Run the benchmarks one after the other, each in a process of its own, and rewrite the page.

`python -m bench.all [--only NAME …]`; names are those of the page. Results are kept as they come: a
benchmark that fails leaves its last row as it was, and the exit code says so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bench.machine import machine
from bench.page import PAGE, RESULTS, page, runs, stored

_KEYS = {"bench", "params", "ours", "peers", "goals", "met"}


def run(path: Path, options: Sequence[str]) -> dict[str, Any]:
    """The object that a benchmark prints. Raises ValueError, with what it said, for anything else."""
    before = machine()
    done = subprocess.run(
        [sys.executable, str(path), "--json", *options], capture_output=True, text=True
    )
    try:
        result = json.loads(done.stdout)
    except ValueError:
        result = None
    if done.returncode or not isinstance(result, dict) or not _KEYS <= result.keys():
        raise ValueError((done.stderr or done.stdout).strip()[-2000:])
    return {"on": date.today().isoformat(), "machine": before, "result": result}


def keep(results: dict[str, Any]) -> None:
    """Store the results of runs that there still are, and make the page of them."""
    kept = {name: results[name] for name in runs() if name in results}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 when a benchmark failed to run."""
    known = runs()
    parser = argparse.ArgumentParser(prog="python -m bench.all", description="Run the benchmarks.")
    parser.add_argument("--only", nargs="+", choices=list(known), default=list(known))
    parser.add_argument("--page", action="store_true", help="run nothing, make the page again")
    given = parser.parse_args(words)
    failed = False
    for name in [] if given.page else given.only:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            results = {**stored(), name: run(*known[name])}
        except ValueError as error:
            print(f"{name} failed:\n{error}", file=sys.stderr)
            failed = True
            continue
        keep(results)
        met = results[name]["result"]["met"]
        told = [f"{figure}: {'met' if good else 'NOT MET'}" for figure, good in met.items()]
        print("\n".join(told), file=sys.stderr)
    if given.page:
        keep(stored())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
