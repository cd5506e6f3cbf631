"""`sweep run --cluster`: the workers of a cluster for the length of a run. Dask is imported only then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from registry.messages import _

if TYPE_CHECKING:
    from commands.door import Door
    from sweeps.driving.workers import Workers


@contextmanager
def clustered(door: Door, address: str | None, *, replaying: bool) -> Iterator[Workers | None]:
    """The workers behind `address`, or None for this machine's own. Raises BadConfig before anything
    is planned when there is no cluster to speak to."""
    if address is None:
        yield None
        return
    if replaying:
        raise click.UsageError(_("--cluster and --replay exclude each other."))
    from commands.sweep_setup import sweep_settings
    from commands.notifying import warn
    from sweeps.cluster.fleet import cluster

    settings = sweep_settings(door)
    with cluster(
        address,
        door.engine_clock,
        settings.network,
        room=settings.workers,
        credentials=door.settings.sweep.credential_egress,
        tell=warn,
    ) as workers:
        yield workers
