"""The hosts that a run let alone, in words: why, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from registry.dates import to_the_minute
from registry.messages import _, language
from registry.text import display_safe
from registry.vocab import Reason, label

if TYPE_CHECKING:
    from sweeps.lanes.stops import HostStop

TODO = "taizhang sweep todo"

MOST_HOSTS = 10
"""Hosts that are named one by one, up to so many."""


def again_words(at: datetime, *, everything: bool) -> str:
    """The command that goes on with what such a run of the sweep of `at` has left."""
    words = f'taizhang sweep run --at "{to_the_minute(at)}"'
    return f"{words} --all" if everything else words


def tell_stops(stopped: Sequence[HostStop], again: str, todo: str = TODO) -> None:
    """One line for each host. `again`: the command that goes on with what is left; `todo`: the one that
    makes the list for people."""
    for stop in stopped[:MOST_HOSTS]:
        click.echo(f"  {display_safe(stop.host)}: {_told(stop, again, todo)}")
    if len(stopped) > MOST_HOSTS:
        click.echo(_("  … and {count} more hosts").format(count=len(stopped) - MOST_HOSTS))


def _told(stop: HostStop, again: str, todo: str) -> str:
    if stop.budget == "daily":
        text = _("its {count} requests of a day are used up; go on from tomorrow: `{again}`.")
    elif stop.budget:
        text = _("its {count} requests of one run are used up; go on at any time: `{again}`.")
    elif stop.until:
        text = _(
            "it asked to be left alone for {rest}; no run asks it before {until}, go on then: `{again}`."
        )
    elif stop.rest_seconds:
        text = _("it asked to be left alone for {rest}; go on after that: `{again}`.")
    elif stop.reason is Reason.TIMEOUT:
        text = _(
            "its answers came so slowly that three in succession were cut off, and it was left alone;"
            " go on in some hours: `{again}`. Until then people look: `{todo}`."
        )
    else:
        text = _(
            "it refused ({why}) and was left alone; go on in some hours: `{again}`. If it refuses"
            " again, ask it less often ([sweep.pace] in taizhang.toml) or another source; until then"
            " people look: `{todo}`."
        )
    return text.format(
        count=stop.requests,
        why=label(stop.reason, language().value),
        rest=resting(stop.rest_seconds),
        until=to_the_minute(datetime.fromisoformat(stop.until)) if stop.until else "",
        again=again,
        todo=todo,
    )


def resting(seconds: float) -> str:
    """A length of rest in words: minutes, or from two hours on hours, rounded up."""
    minutes = -(-round(seconds) // 60)
    if minutes < 120:
        return _("{count} minutes").format(count=minutes)
    return _("{count} hours").format(count=-(-minutes // 60))
