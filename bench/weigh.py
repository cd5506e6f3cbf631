"""Runs one command and says what it took: `weigh.py FD COMMAND…` writes the figures to the file
descriptor and exits as the command did.

On Linux a process begins with the peak of memory of the one that starts it. So what is measured is
started by this program, which holds next to nothing, and not by a benchmark that has just built a
world of rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

MIB = 1024.0


def main() -> int:
    """Run it, weigh it, pass on its exit status."""
    began = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:])
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    figures = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / MIB,
    }
    with open(int(sys.argv[1]), "w", encoding="utf-8") as told:
        json.dump(figures, told)
    return os.waitstatus_to_exitcode(status) and 1


if __name__ == "__main__":
    sys.exit(main())
