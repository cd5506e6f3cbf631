"""What all benchmarks share: a command measured as a process, and one object that says what came.

Figures are compared within one run on one machine; a peer that is not installed is named missing.
The program is measured as it is when installed, that is with its modules compiled, as its peers are.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_WEIGH = Path(__file__).with_name("weigh.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a whole process took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, its children included."""
    peak: float
    """Largest resident memory in MiB, of the largest process or of all together."""
    out: str
    """What it printed."""

    def figures(self) -> dict[str, float]:
        """For the result."""
        return {
            "wall_s": round(self.wall, 3),
            "cpu_s": round(self.cpu, 3),
            "peak_mib": round(self.peak, 1),
        }


def measured(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, together: bool = False
) -> Cost:
    """Run a command to its end. Raises SystemExit with what it printed if it fails.

    `together`: memory is that of all its processes at one time, at the price of some wall time.
    """
    _compiled()
    how = "together" if together else "alone"
    figures, told = os.pipe()
    with open(figures, encoding="utf-8") as weighed:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_WEIGH), str(told), how, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environment or {})},
            pass_fds=[told],
            check=False,
        )
        os.close(told)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
        return Cost(**json.load(weighed), out=done.stdout)


@cache
def _compiled() -> None:
    """See to it that every module of the program has its bytecode."""
    for folder in sorted({path.parent for path in ROOT.glob("[!.]*/__init__.py")}):
        compileall.compile_dir(folder, quiet=2)


def python(script: Path, *arguments: str) -> Cost:
    """Run a script with this interpreter."""
    return measured([sys.executable, str(script), *arguments])


def installed(*modules: str) -> bool:
    """True when all of the modules can be imported."""
    return all(find_spec(name) is not None for name in modules)


@dataclass
class Result:
    """One benchmark's figures; `met` follows from `goals`."""

    bench: str
    params: Mapping[str, Any]
    ours: dict[str, Any] = field(default_factory=dict)
    peers: dict[str, Any] = field(default_factory=dict)
    goals: dict[str, float] = field(default_factory=dict)
    """Figure of ours → the most it may be."""

    def met(self) -> dict[str, bool]:
        """Figure → whether the goal is reached."""
        return {name: self.ours[name] <= most for name, most in self.goals.items()}

    def object(self) -> dict[str, Any]:
        """The one object that a benchmark prints with `--json`."""
        return {
            "bench": self.bench,
            "params": dict(self.params),
            "ours": self.ours,
            "peers": self.peers,
            "goals": self.goals,
            "met": self.met(),
        }


def report(make: Callable[[], Result]) -> None:
    """Run a benchmark and print its result: as JSON with `--json`, else line by line."""
    result = make()
    if "--json" in sys.argv:
        print(json.dumps(result.object(), ensure_ascii=False, indent=1))
        return
    print(f"{result.bench} {dict(result.params)}")
    for name, value in result.ours.items():
        goal = f"   goal ≤ {result.goals[name]}" if name in result.goals else ""
        met = "" if name not in result.goals else "  met" if result.met()[name] else "  NOT MET"
        print(f"  ours  {name:28} {value}{goal}{met}")
    for peer, figures in result.peers.items():
        print(f"  peer  {peer:28} {figures}")
