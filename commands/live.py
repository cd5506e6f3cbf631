"""How a sweep shows itself while it runs: a table of hosts on a terminal, a line a minute elsewhere.

It draws what `sweeps.gauge` read. Names of hosts come from outside and are printed as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from commands.stop_words import resting
from registry.dates import SHANGHAI, to_the_minute
from registry.messages import _, language
from registry.vocab import label
from reports.cells import one_line

if TYPE_CHECKING:
    from rich.table import Table

    from sweeps.gauge import HostStanding, Standing
    from sweeps.lanes.lane import Stop

MOST_HOSTS = 15
"""Rows of the table; the other hosts share one."""

NARROW = 72
"""With fewer columns than this the rate is left out."""

_LEAST = 8
"""Columns that a host's name and its state have at least."""
_BETWEEN = 3
"""Columns between two of the table's."""


def table(standing: Standing, now: datetime, columns: int = 100) -> Table:
    """The standing at `now` (aware) for a terminal of so many columns; each host has one line."""
    from reports import terminal

    titles = [_("Host"), _("Done"), _("Waiting"), _("Per minute"), _("State"), _("Left, at least")]
    shown = [_cells(host, now) for host in standing.hosts[:MOST_HOSTS]]
    rest = standing.hosts[MOST_HOSTS:]
    if rest:
        shown.append(_rest(rest))
    right = [1, 2, 3, 5]
    if columns < NARROW:
        titles, shown = _without(3, titles), [_without(3, row) for row in shown]
        right = [1, 2, 4]
    made = _fitted(titles, shown, columns)
    return terminal.table(
        titles, made, right=right, caption=summary(standing), lang=language().value
    )


def _without(place: int, cells: list[str]) -> list[str]:
    return [*cells[:place], *cells[place + 1 :]]


def _fitted(titles: list[str], rows: list[list[str]], columns: int) -> list[list[str]]:
    """The rows, host and state shortened so that they fit into a line."""
    from rich.cells import cell_len

    # as they are printed: what is made harmless may be longer
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(titles, *rows, strict=True)]
    state = len(titles) - 2
    figures = sum(width for place, width in enumerate(widths) if place not in {0, state})
    room = max(columns - figures - _BETWEEN * (len(titles) - 1), 2 * _LEAST)
    of_state = min(widths[state], max(room - widths[0], room // 2))
    for row in rows:
        row[0] = _shortened(row[0], room - of_state)
        row[state] = _shortened(row[state], of_state, tail=0)
    return rows


def _shortened(text: str, room: int, tail: int | None = None) -> str:
    """The text within so many columns: its beginning and its last part, of which a Chinese character
    takes two; `tail`: so many columns of the end, instead of the most part."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= room:
        return text
    end = 2 * (room - 1) // 3 if tail is None else tail
    last = set_cell_size(text[::-1], end)[::-1].strip() if end else ""
    return f"{set_cell_size(text, room - 1 - end).rstrip()}…{last}"


def line(standing: Standing, now: datetime) -> str:
    """The standing in one line for a log: when, how far, how long yet."""
    return f"{to_the_minute(now)} {summary(standing)}"


def summary(standing: Standing) -> str:
    """How far the whole is, and how long it takes yet where the hosts' paces tell."""
    share = standing.done / standing.planned if standing.planned else 1.0
    text = _("Sweep: {done} of {planned} checks ({share:.0%})")
    if round(standing.seconds_left):
        text = _("Sweep: {done} of {planned} checks ({share:.0%}), at least {left} more")
    if standing.refused:
        text += _(", {refused} requests refused (addresses of the office's own network)")
    return text.format(
        refused=standing.refused,
        done=standing.done,
        planned=standing.planned,
        share=share,
        left=lasting(standing.seconds_left),
    )


def lasting(seconds: float) -> str:
    """A length of time as a clock shows it: `2:05:00`, `12:30`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cells(host: HostStanding, now: datetime) -> list[str]:
    return [
        host.host,
        str(host.done),
        str(host.waiting),
        f"{host.per_minute:.0f}",
        _state(host, now),
        lasting(host.seconds_left) if round(host.seconds_left) else "",
    ]


def _rest(hosts: Sequence[HostStanding]) -> list[str]:
    left = max(host.seconds_left for host in hosts)
    return [
        _("{count} other hosts").format(count=len(hosts)),
        str(sum(host.done for host in hosts)),
        str(sum(host.waiting for host in hosts)),
        f"{sum(host.per_minute for host in hosts):.0f}",
        "",
        lasting(left) if round(left) else "",
    ]


def _state(host: HostStanding, now: datetime) -> str:
    if host.stopped:
        return _("stopped: {why}").format(why=_why(host.stopped))
    if host.cooling:
        until = (now + timedelta(seconds=host.cooling)).astimezone(SHANGHAI)
        return _("cooling until {time}").format(time=f"{until:%H:%M:%S}")
    if host.overdue:
        return _("slow: {count} timed out").format(count=host.overdue)
    if host.refused:
        return _("refused {count}: address of the office's own network").format(count=host.refused)
    return ""


def _why(stop: Stop) -> str:
    """A reason out of the closed list by its printed name, what is ours in fewer words; and when the
    host is asked again."""
    if stop.budget == "daily":
        return _("the day's limit is used up, on tomorrow")
    if stop.by_us:
        return _("the run's limit is used up, on in the next run")
    if stop.rest:
        return _("wants {rest} of rest, on after that").format(rest=resting(stop.rest))
    return _("{why}, on in the next run").format(why=label(stop.reason, language().value))
