"""Runs one command and says what it took: `weigh.py FD HOW COMMAND…` writes the figures to the file
descriptor and exits as the command did. `together` weighs with it what it starts: of several processes
at one time memory is the sum, what they share counted once. To look takes time, which `alone`, the
largest process, does not.

On Linux a process begins with the peak of memory of the one that starts it. So what is measured is
started by this program, which holds next to nothing, and not by a benchmark that has just built a
world of rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MIB = 1024.0
_EVERY = 0.05
"""Seconds between two looks at how much several processes hold together."""


class Together(threading.Thread):
    """Looks, while a process has others beside it, how much all of them hold. Linux only."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.most = 0
        """KiB."""

    def run(self) -> None:
        while True:
            time.sleep(_EVERY)
            if len(all_of_it := list(_tree(self.pid))) > 1:
                self.most = max(self.most, sum(map(_held, all_of_it)))


def _tree(pid: int) -> Iterator[int]:
    """A process and all that it started, directly or not."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _held(pid: int) -> int:
    """KiB of a process; of what several share, its part. 0 of one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def main() -> int:
    """Run it, weigh it, pass on its exit status."""
    began = time.perf_counter()
    process = subprocess.Popen(sys.argv[3:])
    together = Together(process.pid)
    if sys.argv[2] == "together":
        together.start()
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    figures = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": max(usage.ru_maxrss, together.most) / MIB,
    }
    with open(int(sys.argv[1]), "w", encoding="utf-8") as told:
        json.dump(figures, told)
    return os.waitstatus_to_exitcode(status) and 1


if __name__ == "__main__":
    sys.exit(main())
