"""A Dask scheduler and workers in processes of their own on loopback, each worker an egress."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sweeps.cluster.outpost import EGRESS

ROOT = Path(__file__).parent.parent.parent
THREADS = 4
"""Requests that a worker has under way at most."""
_START = 120.0


@dataclass
class Town:
    """The running cluster."""

    folder: Path
    address: str = ""
    scheduler: psutil.Process | None = None
    nannies: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """By egress: the process that starts the worker, and starts it again when it dies."""

    def log(self, name: str) -> Path:
        """What the scheduler or the worker of an egress has written."""
        return self.folder / f"{name}.log"

    def logs(self) -> str:
        """What all have written."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def worker(self, egress: str) -> psutil.Process | None:
        """The process that fetches for an egress; None while there is none."""
        try:
            children = psutil.Process(self.nannies[egress].pid).children()
            for child in children:
                if "spawn_main" in " ".join(child.cmdline()):
                    return child
        except psutil.Error:
            return None
        return None

    def start(
        self, egress: str, threads: int = THREADS, environment: Mapping[str, str] = {}
    ) -> None:
        """Start one more worker; it joins in its own time."""
        words = ["--scheduler-file", str(self.folder / "scheduler.json"), "--name", egress]
        words += ["--nthreads", str(threads), "--memory-limit", "0", "--no-dashboard"]
        words += ["--local-directory", str(self.folder)]
        self.nannies[egress] = self._spawn(
            egress, "dask_worker", words, {EGRESS: egress, **environment}
        )

    def stop(self, egress: str) -> None:
        """End a worker for good."""
        nanny = self.nannies.pop(egress)
        _end(nanny)

    def _spawn(
        self, name: str, module: str, words: list[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *words]
        with self.log(name).open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **environment}
            )


@contextmanager
def town(
    folder: Path, egresses: tuple[str, ...], environment: Mapping[str, str] = {}
) -> Iterator[Town]:
    """A scheduler with a worker for each egress, for the length of the block."""
    made = Town(folder)
    file = folder / "scheduler.json"
    words = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    words += ["--dashboard-address", "127.0.0.1:0"]
    scheduler = made._spawn("scheduler", "dask_scheduler", words, environment)
    made.scheduler = psutil.Process(scheduler.pid)
    try:
        for egress in egresses:
            made.start(egress, environment=environment)
        until = time.monotonic() + _START
        while time.monotonic() < until and not made.address:
            made.address = _address(file)
            time.sleep(0.05)
        yield made
    finally:
        for nanny in made.nannies.values():
            _end(nanny)
        _end(scheduler)


@contextmanager
def starving(scheduler: psutil.Process | None, seed: int, most: float = 0.2) -> Iterator[None]:
    """Within the block the scheduler gets its time in pieces, as on a machine that has too much to
    do: it stands still for up to `most` seconds again and again."""
    assert scheduler is not None
    chance, over = random.Random(seed), threading.Event()

    def starve() -> None:
        while not over.wait(chance.uniform(0.05, 0.3)):
            scheduler.suspend()
            over.wait(chance.uniform(0.0, most))
            scheduler.resume()

    thread = threading.Thread(target=starve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _address(file: Path) -> str:
    try:
        return str(json.loads(file.read_text())["address"])
    except (OSError, ValueError):
        return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """A process and what it has started."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        children = []
    process.kill()
    process.wait()
    for child in children:
        try:
            child.kill()
        except psutil.Error:
            continue
