"""The office's settings in the terms of the engine, and what looks like a slip in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from commands.judging import rules_in_force
from registry.errors import BadInput, Fault, TaizhangError
from registry.messages import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from sweeps.network.transport import Network
    from sweeps.planning.forecast import Budgets
    from sweeps.run import Settings


PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
"""The environment's names for a proxy, which other programs go by."""


def sweep_settings(door: Door) -> Settings:
    """The office's settings in the terms of the engine."""
    from sweeps.driving.ground import Tuning
    from sweeps.run import Settings

    chosen = door.settings.sweep
    return Settings(
        workers=chosen.workers,
        tuning=Tuning(retries=chosen.retries),
        network=_network(door),
        pace=chosen.pace,
        misprints=door.misprints,
    )


def _network(door: Door) -> Network:
    """The way out that the office has declared. Raises BadConfig."""
    from sweeps.network.transport import Network, checked

    chosen = door.settings.sweep
    return checked(
        Network(
            allow_private=chosen.allow_private, proxy=chosen.trusted_proxy, ca_file=chosen.ca_file
        )
    )


def check_sweep_settings(door: Door, registry: Registry) -> None:
    """Raises for settings that no sweep can work with, whatever is wrong with them at once; what looks
    like a slip is told."""
    with registry.read() as session:
        _all_sound(
            door,
            lambda: _network(door),
            lambda: door.misprints,
            lambda: door.source_order,
            lambda: rules_in_force(door, session, registry.data),
        )
        _tell_idle(door, session)
    _tell_unused_proxy(door)


def _all_sound(door: Door, *looks: Callable[[], object]) -> None:
    """Look at all; of several mistakes all are told together, with those of form before them."""
    from commands.settings import WrongSettings

    wrong: list[TaizhangError] = []
    for look in (lambda: door.settings, *looks):
        try:
            look()
        except TaizhangError as error:
            wrong.append(error)
            if isinstance(error, WrongSettings):
                door.settings = error.sound  # the other looks go by what can be read
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        file = door.settings.file
        raise BadInput(
            _("The settings file {file} is wrong.").format(file=file),
            [fault for error in wrong for fault in _faults(error, file)],
            _("Mend the lines named, or take the file away to use the defaults."),
        )


def _faults(error: TaizhangError, file: str) -> Sequence[Fault]:
    listed = error.faults if isinstance(error, BadInput) else ()
    return listed or [Fault(error.message, error.hint, file=file)]


def _tell_idle(door: Door, session: Session) -> None:
    """Tell of paces that are those of nobody."""
    from commands.notifying import warn

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


def _tell_unused_proxy(door: Door) -> None:
    """Tell that a proxy which the environment names is not used unless it is declared trusted."""
    from commands.notifying import warn

    name = next((name for name in PROXIES if os.environ.get(name)), None)
    if name and not door.settings.sweep.trusted_proxy:
        warn(
            _(
                "{name} names a proxy, which sweeps do not use: behind it nobody here sees which"
                " addresses are asked. If it keeps private addresses out and there is no other way to"
                ' the network, declare it: trusted_proxy = "http://HOST:PORT" under [sweep] in'
                " taizhang.toml."
            ).format(name=name)
        )


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
