"""The program as people start it, in a process of its own, with something odd about it.

    python -m tests.simulator.program ODDITY WORDS…

The oddities are named below; `none` is the program as it is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cli
from checkers import loading
from checkers.base import Pace, Steps, Target
from commands import sweep_setup
from sweeps.network.transport import Limits
from sweeps.parcels import arriving
from sweeps.planning.sourcing import Sourcing
from sweeps.run import Settings
from tests.sweeps.play import catalogue, checker, one_page

PAGES = {"127.0.0.1": Pace(0.0, in_flight=4)}


def pages() -> None:
    """The one platform is Weibo, and its accounts are pages on this machine."""
    _known(one_page)


def looping() -> None:
    """The same, but the checker never ends with an account whose address ends in `loop`."""

    def script(target: Target, source: str) -> Steps:
        if target.url.endswith("loop"):
            print("looping", flush=True)
            while True:
                pass
        return (yield from one_page(target, source))

    _known(script)


def clinging() -> None:
    """The same, but a checker that is given up never ends."""

    def script(target: Target, source: str) -> Steps:
        try:
            return (yield from one_page(target, source))
        except GeneratorExit:
            while True:
                pass

    _known(script)


def slow_planning() -> None:
    """The same, and the sources of each account take a second to choose."""
    pages()
    sources = Sourcing.sources

    def slowly(sourcing: Sourcing, *given: Any) -> Any:
        print("planning", flush=True)
        time.sleep(1)
        return sources(sourcing, *given)

    setattr(Sourcing, "sources", slowly)


def slow_taking_in() -> None:
    """The same, and what comes back of another machine takes long to write."""
    pages()
    write = getattr(arriving, "add_rows")

    def slowly(*given: Any) -> None:
        print("taking in", flush=True)
        write(*given)
        time.sleep(20)

    setattr(arriving, "add_rows", slowly)


def hasty() -> None:
    """The real checkers; nothing is waited for longer than a second, and tried anew at once."""
    chosen = sweep_setup.sweep_settings

    def settings(door: Any) -> Settings:
        made = chosen(door)
        network = replace(made.network, limits=Limits(1.0, 1.0, 2.0))
        return replace(made, network=network, tuning=replace(made.tuning, back_off=0.01))

    setattr(sweep_setup, "sweep_settings", settings)


def _known(script: Callable[[Target, str], Steps]) -> None:
    made = catalogue(checker(script, hosts=PAGES))
    setattr(loading, "load_checkers", lambda: made)


ODDITIES: dict[str, Callable[[], None]] = {
    "none": lambda: None,
    "pages": pages,
    "looping": looping,
    "clinging": clinging,
    "slow-planning": slow_planning,
    "slow-taking-in": slow_taking_in,
    "hasty": hasty,
}

if __name__ == "__main__":
    ODDITIES[sys.argv[1]]()
    sys.exit(cli.main(sys.argv[2:]))
