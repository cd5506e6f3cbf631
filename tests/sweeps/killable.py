"""A sweep in a process of its own, to be killed."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from checkers.base import Pace
from checkers.loading import Catalogue
from registry.db import open_registry
from sweeps.clock import SystemClock
from sweeps.cluster.fleet import cluster
from sweeps.evidence.store import EvidenceWriter
from sweeps.lease import LeaseLost
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Network
from sweeps.run import Settings, run
from tests.sweeps.play import catalogue, checker


def known(in_flight: int) -> Catalogue:
    """One platform, whose accounts are pages on this machine."""
    return catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=in_flight)}))


MOMENTS = ("statement", "commit", "committed", "record")
"""Where a sweep may end by itself: before a statement, before and after a commit, in the midst of an
evidence record."""


@dataclass(frozen=True)
class Doom:
    """That the sweep dies at this moment, at the so-manieth that comes."""

    moment: str
    count: int
    log: Path
    """Who dies leaves a line there."""

    def impend(self) -> None:
        """From now on it may come at any time."""
        left = itertools.count(self.count - 1, -1)

        def die_in_time(*_ignored: object) -> None:
            if next(left) == 0:
                self.die()

        match self.moment:
            case "statement":
                event.listen(Engine, "before_cursor_execute", die_in_time)
            case "commit":
                event.listen(Engine, "commit", die_in_time)
            case "committed":
                do_commit = DefaultDialect.do_commit

                def committed(dialect: DefaultDialect, connection: Any) -> None:
                    do_commit(dialect, connection)  # type: ignore[no-untyped-call]
                    die_in_time()

                DefaultDialect.do_commit = committed  # type: ignore[method-assign]
            case "record":
                self._cut_a_record(left)

    def _cut_a_record(self, left: Iterator[int]) -> None:
        write = EvidenceWriter._write

        def cut(writer: Any, *members: Any) -> None:
            if next(left) == 0:
                data = b"".join([each.data for each in members])
                writer._file.write(data[: len(data) // 2])
                writer._file.flush()
                self.die()
            write(writer, *members)

        EvidenceWriter._write = cut  # type: ignore[assignment, method-assign]

    def die(self) -> None:
        """As if somebody had pulled the plug."""
        with self.log.open("a") as log:
            log.write(f"{self.moment}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def main(
    location: str,
    data: str,
    run_uid: str,
    in_flight: int,
    doom: Doom | None = None,
    address: str = "",
) -> None:
    """Do what the run of that uid still owes, by the workers of the cluster at `address` if one is
    named. Ends with 3 when somebody else sweeps by now."""
    if doom is not None:
        doom.impend()
    registry, pages, clock = open_registry(location, data), known(in_flight), SystemClock()
    network = Network(allow_private=("127.0.0.1",))
    hands = cluster(address, clock, network, room=4) if address else nullcontext(None)
    try:
        with hands as workers:
            run(
                registry,
                run_uid,
                pages,
                credentials=Credentials.of(pages, {}),
                clock=clock,
                settings=Settings(workers=4, network=network),
                workers=workers,
            )
    except LeaseLost:
        sys.exit(3)
    finally:
        registry.close()
