"""A sweep in a process of its own, to be killed: LOCATION DATA RUN_UID."""

from __future__ import annotations

import sys

from checkers.base import Pace
from registry.db import open_registry
from sweeps.clock import SystemClock
from sweeps.credentials import Credentials
from sweeps.run import Settings, run
from sweeps.transport import Network
from tests.sweeps.play import catalogue, checker

CATALOGUE = catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=4)}))


def main(location: str, data: str, run_uid: str) -> None:
    registry = open_registry(location, data)
    try:
        run(
            registry,
            run_uid,
            CATALOGUE,
            credentials=Credentials.of(CATALOGUE, {}),
            clock=SystemClock(),
            settings=Settings(workers=4, network=Network(allow_private=("127.0.0.1",))),
        )
    finally:
        registry.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
