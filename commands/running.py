"""Doing what a run owes, with its progress on a terminal; Ctrl-C is answered with how to go on."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from commands import sweep_setup
from registry.errors import Interrupted, TaizhangError
from registry.messages import _

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry
    from sweeps.driving.workers import Workers
    from sweeps.evidence.replay import Recording
    from sweeps.lease import Lease
    from sweeps.network.credentials import Credentials
    from sweeps.run import RunResult


def do_run(
    door: Door,
    registry: Registry,
    run_uid: str,
    credentials: Credentials,
    recording: Recording | None = None,
    lease: Lease | None = None,
    workers: Workers | None = None,
    again: str = "taizhang sweep run --resume",
) -> RunResult:
    """Do what a run owes, showing on a terminal how it gets on.

    `again`: the command by which it is gone on with when it is interrupted.
    """
    from commands.progress import sweep_progress
    from registry.collector import leave_alone
    from sweeps.aside import beside
    from sweeps.evidence.store import Unwritten
    from sweeps.network.proxied import ProxyLost
    from sweeps.run import run
    from verdicts.loading import load_judging

    leave_alone()
    try:
        with ExitStack() as stack:
            show = stack.enter_context(sweep_progress(door.engine_clock, door.catalogue))
            if recording is None:
                show = stack.enter_context(beside(load_judging, show))
            return run(
                registry,
                run_uid,
                door.catalogue,
                credentials=credentials,
                clock=door.engine_clock,
                settings=sweep_setup.sweep_settings(door),
                recording=recording,
                workers=workers,
                lease=lease,
                on_progress=show,
            )
    except (Unwritten, ProxyLost) as error:
        raise type(error)(error.message, _way_on(error, again)) from None
    except KeyboardInterrupt:
        if recording is not None:
            raise
        raise Interrupted(
            _("Interrupted; everything seen so far is kept."),
            _("Go on later with `{command}`.").format(command=again),
        ) from None


def _way_on(error: TaizhangError, again: str) -> str:
    """What to do about an error that ended a run, and how that is gone on with."""
    from sweeps.evidence.store import Unwritten

    words = _("{remedy} All that was seen is kept and the rest stays due; go on with `{command}`.")
    if isinstance(error, Unwritten):
        words = _(
            "Make room on the disk, or see that the folder can be written; then go on with"
            " `{command}`."
        )
    return words.format(remedy=error.hint, command=again)
