"""Runs that ask the network, under the lease: a new one, or one that was interrupted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from commands import flow
from registry.messages import _

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry
    from sweeps.plan import Filters
    from sweeps.run import RunResult
    from sweeps.workers import Workers


def swept(
    door: Door,
    registry: Registry,
    *,
    at: datetime,
    filters: Filters,
    workers: Workers | None = None,
) -> tuple[str, RunResult]:
    """Plan a run and do it; one that was interrupted and is the same is gone on with instead.

    `workers`: those of a cluster. Raises SweepUnderWay.
    """
    from sweeps.lease import lease_for, leased

    with leased(registry, door.engine_clock, lease_for(filters.kinds)) as lease:
        uid = _gone_on_with(door, registry, at, filters) or flow.plan(
            door, registry, at=at, filters=filters, credentials=door.credentials
        )
        lease.renew()
        return uid, flow.do_run(door, registry, uid, door.credentials, lease=lease, workers=workers)


def resumed(
    door: Door, registry: Registry, workers: Workers | None = None
) -> tuple[str, RunResult]:
    """Go on with the latest run that was interrupted. Raises NotFound, SweepUnderWay."""
    from registry.sweep_queries import unfinished_run
    from sweeps.lease import leased

    with leased(registry, door.engine_clock) as lease:
        with registry.read() as session:
            uid = unfinished_run(session).uid
        return uid, flow.do_run(door, registry, uid, door.credentials, lease=lease, workers=workers)


def _gone_on_with(door: Door, registry: Registry, at: datetime, filters: Filters) -> str | None:
    """The run that need not be planned again. People are told, also of one left as it is."""
    from sweeps.leftover import left_over

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
    click.echo(words.format(point=flow.shown(found.time_point), left=found.left), err=True)
    return found.run_uid if found.same else None
