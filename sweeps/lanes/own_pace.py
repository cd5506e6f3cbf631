"""The paces that an office sets itself: what may be written for a host, and what cannot be meant.

A figure without bounds is no pace: a gap of years is a slip, and so is a budget of milliards; and no gap at
all is none either.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from registry.messages import _

_A_DAY = 86_400
_MOST_REQUESTS = 1_000_000


@dataclass(frozen=True, slots=True)
class _Figure:
    """What one figure of a pace may be, both ends included."""

    least: float
    most: int
    whole: bool = True
    """Else seconds, which may have a fraction."""


_FIGURES: Mapping[str, _Figure] = {
    "min_gap": _Figure(0.01, _A_DAY, whole=False),
    "per_run": _Figure(0, _MOST_REQUESTS),
    "daily": _Figure(0, _MOST_REQUESTS),
    "in_flight": _Figure(1, 1000),
    "cool_down": _Figure(0, _A_DAY, whole=False),
}


class Mistake(NamedTuple):
    """Something in the settings that cannot be meant."""

    where: str
    """Host and figure as the file writes them, e.g. `"m.weibo.cn".min_gap`."""
    message: str
    remedy: str


def own_paces(written: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Host, in small letters → the figures written for it; a number alone is the gap."""
    return {host.lower(): _figures(pace) for host, pace in written.items()}


def mistakes(written: Mapping[str, Any]) -> Iterator[Mistake]:
    """Everything that cannot be meant in a table of host → figures, or seconds alone."""
    named = Counter(host.lower() for host in written)
    for host, pace in written.items():
        where = f'"{host}"'
        yield from _of_host(host, where)
        if named[host.lower()] > 1:
            message = _("The host is named more than once, in capitals or not.")
            yield Mistake(where, message, _("Leave one line for each host."))
        if not isinstance(pace, dict):
            yield from _of_figure(where, "min_gap", pace)
            continue
        if not pace:
            example = _(
                'Write e.g. "m.weibo.cn" = {min_gap = 30, daily = 200}, or take the line away.'
            )
            yield Mistake(where, _("No figure is given."), example)
        for name, value in pace.items():
            yield from _of_figure(f"{where}.{name}", name, value)


def _figures(pace: Any) -> dict[str, float]:
    return dict(pace) if isinstance(pace, dict) else {"min_gap": pace}


def _of_host(host: str, where: str) -> Iterator[Mistake]:
    """A host as lanes name it; the address of a page would be the pace of nobody."""
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        alone = parts.netloc.rpartition("@")[2].strip() if parts.port != 0 else ""
    except ValueError:
        alone = ""
    if host and host == alone and not any(letter.isspace() for letter in host):
        return
    remedy = _('Write the host alone, e.g. "m.weibo.cn", or with its port, "10.20.0.5:1200".')
    if alone and " " not in alone:
        remedy = _('Write the host alone: "{host}".').format(host=alone)
    message = _("This is no host. A pace is that of a host, not of a page.")
    yield Mistake(where, message, remedy)


def _of_figure(where: str, name: str, value: Any) -> Iterator[Mistake]:
    figure = _FIGURES.get(name)
    if figure is None:
        known = _("Possible here: {known}.").format(known=", ".join(_FIGURES))
        yield Mistake(where, _("A pace has no such figure."), known)
        return
    bounds = f"{figure.least:g}–{figure.most}"
    if figure.whole:
        remedy = _("Write a whole number of requests, {bounds}.").format(bounds=bounds)
    else:
        remedy = _("Write a number of seconds, {bounds}.").format(bounds=bounds)
    kinds = int if figure.whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not _is_finite(value):
        told = _("This is no whole number.") if figure.whole else _("This is no number of seconds.")
        yield Mistake(where, told, remedy)
    elif not figure.least <= value <= figure.most:
        told = _("{value} is out of range.").format(value=_written(value))
        if name == "min_gap" and 0 <= value < figure.least:
            told = _("So short a gap is none: the host would be asked as fast as this machine can.")
        yield Mistake(where, told, remedy)


def _is_finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _written(value: float) -> str:
    """A number as people write it, cut short where it has no end."""
    text = str(value) if isinstance(value, int) and abs(value) < 10**15 else ""
    return text or (f"{value:g}" if abs(value) < 1e300 else "∞")
