"""Two programs on one registry: the second is refused while the first lives, and follows it when it
was killed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from registry.db import Registry
from registry.models import Run, Sweep
from tests.simulator.http import Server, serving
from tests.simulator.pages import SLOWLY, accounts, answered, seen, sweeping, until

T = ["--at", "2026-11-22T09:00"]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(answered, latency=0.0) as running:
        yield running


def test_the_second_is_told_who_sweeps_and_asks_nobody(
    registry: Registry, location: str, server: Server
) -> None:
    accounts(registry, server, "/1", "/2")
    with sweeping("pages", location, registry, SLOWLY, T) as first:
        until(lambda: seen(registry) == 1)
        with sweeping("pages", location, registry, words=T) as second:
            said = second.communicate(timeout=60)[1]
        assert second.returncode == 2
        assert "另一次巡查正在进行" in said and f"进程 {first.pid}" in said
        assert "Traceback" not in said
    assert len(server.report().of(server.hosts[0]).stamps) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches the tests as well")
def test_one_that_waits_begins_when_the_first_has_ended(
    registry: Registry, location: str, server: Server
) -> None:
    accounts(registry, server, "/1", "/2")
    with sweeping("pages", location, registry, SLOWLY) as first:
        until(lambda: seen(registry) == 1)
        with sweeping(
            "pages", location, registry, words=["--at", "2026-11-23T09:00", "--wait"]
        ) as second:
            assert second.stderr is not None
            told = second.stderr.readline()
            assert f"进程 {first.pid}" in told and "等它结束" in told
            first.send_signal(signal.SIGINT)
            first.communicate(timeout=60)
            second.communicate(timeout=60)
        assert second.returncode == 0
    with registry.read() as session:
        assert len(session.scalars(select(Sweep)).all()) == 2
    # What the first one saw is proven for the time point of the second.
    assert seen(registry) == 2
    assert len(server.report().of(server.hosts[0]).stamps) == 2


def test_one_that_was_killed_is_followed_at_once_and_gone_on_with(
    registry: Registry, location: str, server: Server
) -> None:
    accounts(registry, server, "/1", "/2", "/3")
    with sweeping("pages", location, registry, SLOWLY, T) as first:
        until(lambda: seen(registry) == 1)
        first.kill()
    with sweeping("pages", location, registry, words=T) as second:
        said = second.communicate(timeout=60)[1]
    assert second.returncode == 0, said
    assert "接着做 2026-11-22 09:00 那次中断的巡查：还剩 2 项。" in said
    assert seen(registry) == 3
    assert len(server.report().of(server.hosts[0]).stamps) == 3
    with registry.read() as session:
        assert len(session.scalars(select(Run)).all()) == 1
