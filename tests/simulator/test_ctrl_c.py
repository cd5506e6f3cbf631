"""Ctrl-C, whatever the program is doing: it ends at once, keeps what it has, and says how to go on.

It shall take no more than two seconds; here a loaded machine gets five, where all that is being
waited for would take twenty at least.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from registry.db import Registry
from registry.models import Run, SweepLease
from tests.simulator.http import Server, serving
from tests.simulator.pages import SLOWLY, accounts, answered, seen, sweeping, until

AT_ONCE = 5.0

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there it is sent to a whole console, the tests' own included"
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(answered, latency=0.0) as running:
        yield running


def interrupted(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C; what the program says as it ends."""
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=AT_ONCE)[1]
    assert process.returncode == 130
    assert "已中断" in said and "Traceback" not in said
    return said


def assert_left(registry: Registry, kept: int) -> None:
    """Nobody holds the lease any more, and what was seen is there."""
    with registry.read() as session:
        assert session.scalars(select(SweepLease)).all() == []
    assert seen(registry) == kept


def test_while_requests_hang(registry: Registry, location: str, server: Server) -> None:
    accounts(registry, server, "/1", "/2", "/3", "/4/silent", "/5/silent")
    with sweeping("pages", location, registry) as process:
        until(lambda: seen(registry) == 3 and server.report().now == 2)
        said = interrupted(process)
    assert "taizhang sweep run --resume" in said
    assert_left(registry, kept=3)


def test_while_it_plans(registry: Registry, location: str, server: Server) -> None:
    accounts(registry, server, *(f"/{number}" for number in range(40)))
    with sweeping("slow-planning", location, registry) as process:
        assert process.stdout is not None and process.stdout.readline() == "planning\n"
        interrupted(process)
    assert_left(registry, kept=0)
    with registry.read() as session:
        assert session.scalars(select(Run)).all() == []
    assert server.report().hosts == {}


def test_while_a_lane_waits(registry: Registry, location: str, server: Server) -> None:
    accounts(registry, server, "/1", "/2")
    with sweeping("pages", location, registry, SLOWLY) as process:
        until(lambda: seen(registry) == 1)
        said = interrupted(process)
    assert "taizhang sweep run --resume" in said
    assert_left(registry, kept=1)


def test_while_a_checker_loops(registry: Registry, location: str, server: Server) -> None:
    accounts(registry, server, "/1", "/2", "/loop", "/3")
    with sweeping("looping", location, registry) as process:
        assert process.stdout is not None and process.stdout.readline() == "looping\n"
        interrupted(process)
    with registry.read() as session:
        assert session.scalars(select(SweepLease)).all() == []


def test_while_checkers_cling_to_what_they_ask(
    registry: Registry, location: str, server: Server
) -> None:
    accounts(registry, server, "/1", "/2/silent", "/3/silent", "/4/silent", "/5/silent")
    with sweeping("clinging", location, registry) as process:
        until(lambda: seen(registry) == 1 and server.report().now == 4)
        said = interrupted(process)
    assert "taizhang sweep run --resume" in said
    assert_left(registry, kept=1)


def test_while_it_takes_a_result_in(
    registry: Registry, location: str, server: Server, tmp_path: Path
) -> None:
    accounts(registry, server, "/1", "/2")
    targets, result = str(tmp_path / "目标.zip"), str(tmp_path / "结果.zip")
    with sweeping("pages", location, registry, words=[targets], job="export") as process:
        assert process.wait(60) == 0
    words = ["--from", targets, "--out", result]
    with sweeping("pages", location, registry, words=words) as process:
        assert process.wait(60) == 0
    with sweeping("slow-taking-in", location, registry, words=[result], job="import") as process:
        assert process.stdout is not None and process.stdout.readline() == "taking in\n"
        said = interrupted(process)
    assert "结果只会整个收回，不会只收一部分" in said
    assert_left(registry, kept=0)
    assert list((registry.data / "evidence").iterdir()) == []
    with sweeping("pages", location, registry, words=[result], job="import") as process:
        assert process.wait(60) == 0
    assert_left(registry, kept=2)


def test_what_was_interrupted_is_gone_on_with(
    registry: Registry, location: str, server: Server
) -> None:
    accounts(registry, server, "/1", "/2", "/3")
    with sweeping("pages", location, registry, SLOWLY) as process:
        until(lambda: seen(registry) == 1)
        interrupted(process)
    with sweeping("pages", location, registry, words=["--resume"]) as process:
        assert process.wait(60) == 0
    assert_left(registry, kept=3)
    assert len(server.report().of(server.hosts[0]).stamps) == 3
