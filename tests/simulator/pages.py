"""Sweeps of accounts that are pages on this machine, by the program in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import func, select

from registry.db import Registry
from registry.models import Observation
from tests.conftest import NOW
from tests.simulator.http import ROOT, Answer, Asked, Fault, Server
from tests.sweeps.play import add_account

SLOWLY = '[sweep.pace]\n"127.0.0.1" = 600\n'
"""Settings by which the second page is asked for ten minutes after the first."""


def answered(asked: Asked) -> Answer:
    """A page that says when its account last posted, or nothing ever."""
    if asked.path.endswith("silent"):
        return Answer(fault=Fault.SILENT)
    return Answer(NOW.isoformat())


def accounts(registry: Registry, server: Server, *paths: str) -> None:
    with registry.write() as session:
        for number, path in enumerate(paths):
            add_account(session, f"青石{number}", url=server.url(0, path))


def seen(registry: Registry) -> int:
    """Observations kept so far."""
    with registry.read() as session:
        return session.scalar(select(func.count()).select_from(Observation)) or 0


def until(reached: Callable[[], bool]) -> None:
    """Wait for it, half a minute at most."""
    last = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < last, "it never came to that"
        time.sleep(0.01)


@contextmanager
def sweeping(
    oddity: str,
    location: str,
    registry: Registry,
    settings: str = "",
    words: Sequence[str] = (),
    job: str = "run",
) -> Iterator[subprocess.Popen[str]]:
    """`taizhang sweep run`, or another `job`, in a process of its own, with more of the file's
    `[sweep]`."""
    config = registry.data.parent / "taizhang.toml"
    chosen = f'[sweep]\nallow_private = ["127.0.0.1"]\nretries = 0\n{settings}'
    config.write_text(chosen, encoding="utf-8")
    where = ["--db", location, "--data", str(registry.data), "--config", str(config)]
    command = [sys.executable, "-m", "tests.simulator.program", oddity, *where, "sweep", job]
    environment = {**os.environ, "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, *words], cwd=ROOT, stdout=pipe, stderr=pipe, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()
