"""A clock that cannot be right, in words: nobody shall take what it leads to for the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.notifying import warn
from registry.dates import to_the_minute
from registry.messages import _

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry


def warn_of_clock(door: Door, registry: Registry) -> None:
    """Say on stderr that records of moments still to come are there, and what follows from that."""
    from registry.ahead import recorded_ahead

    with registry.read() as session:
        found = recorded_ahead(session, door.now)
    if found is None:
        return
    moments = {"now": to_the_minute(found.now), "latest": to_the_minute(found.latest)}
    text = _(
        "This machine's clock says {now}, but the latest record here is of {latest}: the clock was set"
        " back, or it was ahead then. What is due and who is silent is reckoned by the clock, so set it"
        " right first."
    )
    warn(text.format(**moments))
    if found.looked:
        text = _(
            "Looks dated after {now} are counted as made on their date; if that date is wrong, look"
            " again when the clock is right: `taizhang sweep run --all`."
        )
        warn(text.format(**moments))
