"""A sweep in a process of its own, to be killed."""

from __future__ import annotations

from checkers.base import Pace
from checkers.loading import Catalogue
from registry.db import open_registry
from sweeps.clock import SystemClock
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Network
from sweeps.run import Settings, run
from tests.sweeps.play import catalogue, checker


def known(in_flight: int) -> Catalogue:
    """One platform, whose accounts are pages on this machine."""
    return catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=in_flight)}))


def main(location: str, data: str, run_uid: str, in_flight: int) -> None:
    """Do what the run of that uid still owes."""
    registry, pages = open_registry(location, data), known(in_flight)
    try:
        run(
            registry,
            run_uid,
            pages,
            credentials=Credentials.of(pages, {}),
            clock=SystemClock(),
            settings=Settings(workers=4, network=Network(allow_private=("127.0.0.1",))),
        )
    finally:
        registry.close()
