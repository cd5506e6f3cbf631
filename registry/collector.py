"""How often Python looks for cycles in programs that hold many small things until their end."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_THRESHOLDS = (50_000, 20, 50)
"""How many new objects, and young and middle sweeps, between two looks for cycles."""


def spare() -> None:
    """Look for cycles seldom, and no more at the end of the program.

    Ledgers are many small rows that live until the end: looking through them after every 700 new
    ones takes a third of a long command's time, and once more at the end a tenth of a second.
    """
    gc.set_threshold(*_THRESHOLDS)
    if _keep_modules not in gc.callbacks:
        gc.callbacks.append(_keep_modules)
        atexit.register(gc.freeze)


def _keep_modules(phase: str, _figures: dict[str, Any]) -> None:
    """What a program consists of lives until its end: a look that falls into the loading of a module
    is spared, and so is all that there is by then."""
    if phase == "start" and _loading():
        gc.freeze()


def _loading() -> bool:
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
    return False


def leave_alone() -> None:
    """Look through nothing of what there is by now: modules and their classes live until the end.

    The first look of a program goes through all that it has loaded, at once and with all threads
    standing still: thirty milliseconds in which a sweep sends nothing. Nothing is changed where
    nobody called `spare`: in somebody else's program, or in tests.
    """
    if _ours():
        gc.freeze()


@contextmanager
def resting() -> Iterator[None]:
    """Within the block, look for no cycles: for work whose rows all live until it ends, and the program
    with it. It is not for a sweep: what a block of hours leaves behind in cycles would stay for good.

    Nor is what it leaves looked through afterwards: with 100,000 rows that takes a fifth of a second
    for nothing. In somebody else's program, which goes on, it is looked through as ever; and whoever
    had looks for cycles turned off finds them so.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if _ours():
            gc.freeze()
        if looked:
            gc.enable()


def _ours() -> bool:
    """True in a program that called `spare`."""
    return gc.get_threshold() == _THRESHOLDS
