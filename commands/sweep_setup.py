"""The office's settings in the terms of the engine, and what looks like a slip in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from registry.messages import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from sweeps.planning.forecast import Budgets
    from sweeps.run import Settings


def sweep_settings(door: Door) -> Settings:
    """The office's settings in the terms of the engine."""
    from sweeps.driving.ground import Tuning
    from sweeps.network.transport import Network, checked
    from sweeps.run import Settings

    chosen = door.settings.sweep
    return Settings(
        workers=chosen.workers,
        tuning=Tuning(retries=chosen.retries),
        network=checked(
            Network(
                allow_private=chosen.allow_private,
                proxy=chosen.trusted_proxy,
                ca_file=chosen.ca_file,
            )
        ),
        pace=chosen.pace,
        misprints=door.misprints,
    )


def check_sweep_settings(door: Door, session: Session) -> None:
    """Raises BadConfig for settings that no sweep can work with; what looks like a slip is told."""
    from commands.notifying import warn

    sweep_settings(door)
    chosen = door.settings.sweep
    if not chosen.pace:
        return
    from sweeps.planning.named_hosts import idle_hosts

    for named, meant in idle_hosts(session, door.catalogue, chosen.pace, chosen.rsshub).items():
        text = _("[sweep.pace] names {named}, which no platform has: is {meant} meant?")
        if not meant:
            text = _(
                "[sweep.pace] names {named}, which no platform has and no address in the ledger, and"
                " which was never asked until now: is it written as meant?"
            )
        warn(text.format(named=named, meant=meant))


def warn_of_refused(door: Door, hosts: Collection[str]) -> None:
    """Tell which of the hosts lie in the office's own network and would not be asked."""
    from commands.notifying import warn
    from sweeps.network.addresses import refused_as_written

    allowed = door.settings.sweep.allow_private
    if refused := refused_as_written(sorted(hosts), allowed):
        text = _(
            "{hosts}: addresses of the office's own network, which will be refused. To have them"
            " asked: allow_private = [{line}] under [sweep] in taizhang.toml."
        )
        if len(refused) == 1:
            text = _(
                "{hosts} is an address of the office's own network and will be refused. To have it"
                " asked: allow_private = [{line}] under [sweep] in taizhang.toml."
            )
        line = ", ".join(f'"{host}"' for host in (*allowed, *refused))
        warn(text.format(hosts=", ".join(refused), line=line))


def budgets(door: Door) -> Budgets:
    """What hosts allow a day, with the office's own paces and hours."""
    from sweeps.planning.forecast import Budgets

    chosen = door.settings.sweep
    return Budgets(door.catalogue, chosen.pace, chosen.hours)
