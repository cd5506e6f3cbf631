"""The runs of `sweep run`: those that ask the network, under the lease, and those that judge again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands import owing, replaying, running
from commands.sweep_options import filters_of
from commands.sweep_setup import check_sweep_settings
from registry.dates import to_the_minute
from registry.messages import _

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry
    from sweeps.driving.workers import Workers
    from sweeps.lease import SweepUnderWay
    from sweeps.planning.plan import Filters
    from sweeps.run import RunResult


def made(
    door: Door,
    registry: Registry,
    given: dict[str, Any],
    workers: Workers | None,
    *,
    resume: bool,
    replay: Collection[Path],
    other_registry: bool,
    wait: bool,
) -> tuple[str, RunResult]:
    """The run that `sweep run` was asked for, done: its uid and what it came to. `given`: the options
    of `choice_options`."""
    if resume:
        return resumed(door, registry, workers, wait)
    if replay:
        uid, recording = replaying.plan_replay(
            door, registry, replay, other_registry=other_registry
        )
        return uid, running.do_run(door, registry, uid, door.credentials, recording)
    filters = filters_of(door, registry, given)
    return swept(door, registry, at=given["at"], filters=filters, workers=workers, wait=wait)


def swept(
    door: Door,
    registry: Registry,
    *,
    at: datetime | None,
    filters: Filters,
    workers: Workers | None = None,
    wait: bool = False,
) -> tuple[str, RunResult]:
    """Plan a run and do it; one that was interrupted and is the same is gone on with instead.

    `at`: T, or None for the one that a run now works for. `workers`: those of a cluster. `wait`:
    for the end of a sweep that is under way. Raises SweepUnderWay.
    """
    from sweeps.lease import lease_for, leased

    check_sweep_settings(door, registry)  # what is wrong is told before anything is owed
    name, waits = lease_for(filters.kinds), _tell_waiting if wait else None
    with leased(registry, door.engine_clock, name, waits) as lease:
        at = owing.named_or_due(door, registry, at, filters)
        uid = _gone_on_with(door, registry, at, filters) or owing.plan(
            door, registry, at=at, filters=filters, credentials=door.credentials
        )
        lease.renew()
        return uid, running.do_run(
            door, registry, uid, door.credentials, lease=lease, workers=workers
        )


def resumed(
    door: Door, registry: Registry, workers: Workers | None = None, wait: bool = False
) -> tuple[str, RunResult]:
    """Go on with the latest run that was interrupted. Raises NotFound, SweepUnderWay."""
    from registry.sweep_queries import unfinished_run
    from sweeps.lease import SWEEP, leased

    check_sweep_settings(door, registry)
    with leased(registry, door.engine_clock, SWEEP, _tell_waiting if wait else None) as lease:
        with registry.read() as session:
            uid = unfinished_run(session).uid
        return uid, running.do_run(
            door, registry, uid, door.credentials, lease=lease, workers=workers
        )


def _tell_waiting(refusal: SweepUnderWay) -> None:
    click.echo(
        _("{who} Waiting for its end; Ctrl-C ends the waiting.").format(who=refusal.message),
        err=True,
    )


def _gone_on_with(door: Door, registry: Registry, at: datetime, filters: Filters) -> str | None:
    """The run that need not be planned again. People are told, also of one left as it is."""
    from sweeps.planning.leftover import left_over

    with registry.read() as session:
        found = left_over(session, at, filters, door.now)
    if found is None or not found.left:
        return None
    if found.same:
        words = _("Going on with the run of {point} that was interrupted: {left} checks left.")
    elif found.replanned:
        words = _(
            "The run of {point} was interrupted with {left} checks left; what of them is still due"
            " is planned anew."
        )
    else:
        words = _(
            "The run of {point} was interrupted with {left} checks left; this is another one."
            " To go on with that one when this one has ended: `taizhang sweep run --resume`."
        )
    click.echo(words.format(point=to_the_minute(found.time_point), left=found.left), err=True)
    return found.run_uid if found.same else None
