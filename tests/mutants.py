"""How many faults, planted at random in the checkers, the tests find: a sample, not all.

`python -m tests.mutants [--count N] [--seed S] [--only PART]` plants one at a time in a copy of the
checkout and runs the tests of that platform. Left out are faults that nothing can show: in
annotations, in `@dataclass` and `@cache`, and an order in place of an identity, since the members of
closed lists have none.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
LIMIT = 240
"""Seconds after which a fault counts as found: the tests do not end."""

_SHARED = ("base", "addresses", "loading", "naming", "signals", "site_facts")
_POINTLESS = re.compile(r"Variable|Operator_Is(Not)?_[LG]t")
"""Operators that plant nothing until they are told which variables, or nothing that shows."""

_WORDS = {
    "_site": ("site", "website"),
    "_wechat": ("wechat", "wxa", "links", "miniprogram"),
    "_matrix": ("matrix", "discover"),
    "html": ("html", "matrix", "site", "website"),
    "hiding": ("hiding", "html", "site"),
    "charset": ("charset", "html", "site"),
    "qr": ("qr", "links"),
    "feeds": ("feed",),
    "pages": ("links", "wechat", "feed"),
    "miniprogram": ("miniprogram", "wxa"),
    "baijiahao": ("left_to_a_person",),
    "kuaishou": ("left_to_a_person",),
    "channels": ("left_to_a_person",),
}
"""Folder or file of `checkers` → what its tests are called, where that is not its own name."""

_UNSEEN = re.compile(r"dataclass|cache|lru_cache")
_LEFT_OUT = ("__pycache__", ".venv", ".git", "*.db*", "demo-report", ".mypy_cache", ".pytest_cache")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that can be planted."""

    file: str
    """Relative to the checkout."""
    operator: str
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.operator.removeprefix('core/')} #{self.occurrence}"


def faults(path: Path) -> Iterator[Fault]:
    """Every fault that can be planted in a file and could be seen."""
    source = path.read_text("utf-8")
    tree, unread = get_ast(source), list(_unseen(ast.parse(source)))
    for name in sorted(n for n in operator_names() if not _POINTLESS.search(n)):
        operator = get_operator(name)()
        places = [p for node in _walk(tree) for p in operator.mutation_positions(node)]
        for occurrence, (start, _end) in enumerate(places):
            if not any(first <= start <= last for first, last in unread):
                file = str(path.relative_to(ROOT))
                yield Fault(file, name, occurrence, start[0])


def _walk(node: object) -> Iterator[object]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _walk(child)


def _unseen(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations and decorators of data stand."""
    for node in ast.walk(tree):
        inside = [getattr(node, name, None) for name in ("annotation", "returns")]
        inside += [d for d in getattr(node, "decorator_list", ()) if _UNSEEN.match(ast.unparse(d))]
        for part in inside:
            if isinstance(part, ast.expr):
                assert part.end_lineno is not None and part.end_col_offset is not None
                yield (part.lineno, part.col_offset - 1), (part.end_lineno, part.end_col_offset)


@cache
def suite_for(file: str) -> tuple[str, ...]:
    """What to run for a file of `checkers`: the tests that bear its platform's name, its examples in
    the contract; for what all platforms share, all of them."""
    *folders, name = Path(file).with_suffix("").parts[1:]
    if name in _SHARED or "base" in folders:
        return ("tests/checkers",)
    part = folders[0] if folders and folders[0] != "_web" else name.partition("_")[0] or name
    words = _WORDS.get(part, (part.lstrip("_").partition("_")[0],))
    named = sorted({p for w in words for p in (ROOT / "tests").glob(f"c*/test_*{w}*.py")})
    files = [str(path.relative_to(ROOT)) for path in named]
    return (*files, "tests/checkers/test_contract.py", "tests/checkers/test_platforms.py")


def _can_be_planted(fault: Fault) -> bool:
    """False where the operator itself trips over what it meets there."""
    try:
        mutate_code(
            (ROOT / fault.file).read_text("utf-8"), get_operator(fault.operator)(), fault.occurrence
        )
    except AttributeError:
        return False
    return True


def found(fault: Fault, copy: Path) -> bool:
    """True when the tests in `copy` fail with the fault planted."""
    path = copy / fault.file
    whole = path.read_text("utf-8")
    planted = mutate_code(whole, get_operator(fault.operator)(), fault.occurrence)
    if planted is None or planted == whole:
        raise SystemExit(f"nothing to plant: {fault}")
    path.write_text(planted, "utf-8")
    try:
        return not _pass(copy, suite_for(fault.file))
    finally:
        path.write_text(whole, "utf-8")


def _pass(copy: Path, tests: tuple[str, ...]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    command += ["--deselect", "tests/checkers/test_bad_pages.py"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def survivors(chosen: list[Fault], workers: int) -> list[Fault]:
    """Those of the faults that no test found. Tests that fail without a fault end everything."""
    sound = set[tuple[str, ...]]()
    with tempfile.TemporaryDirectory() as folder:
        copies = SimpleQueue[Path]()
        for number in range(workers):
            copy = Path(folder) / str(number)
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
            copies.put(copy)

        def survives(fault: Fault) -> bool:
            copy = copies.get()
            try:
                tests = suite_for(fault.file)
                if tests not in sound and not _pass(copy, tests):
                    raise SystemExit(f"these fail as it is: {' '.join(tests)}")
                sound.add(tests)
                kept = not found(fault, copy)
            finally:
                copies.put(copy)
            print(f"{'SURVIVES' if kept else 'found':9} {fault}", flush=True)
            return kept

        with ThreadPoolExecutor(workers) as pool:
            return [f for f, kept in zip(chosen, pool.map(survives, chosen), strict=True) if kept]


def main() -> None:
    """Sample, plant, count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="part of a file's name")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    files = [p for p in sorted((ROOT / "checkers").rglob("*.py")) if given.only in str(p)]
    possible = [fault for path in files for fault in faults(path)]
    random.Random(given.seed).shuffle(possible)
    chosen = list(islice(filter(_can_be_planted, possible), given.count))
    left = survivors(chosen, given.workers)
    share = 1 - len(left) / len(chosen)
    print(f"{len(chosen) - len(left)} of {len(chosen)} found ({share:.1%}), of {len(possible)}")
    for fault in left:
        print(fault)


if __name__ == "__main__":
    main()
