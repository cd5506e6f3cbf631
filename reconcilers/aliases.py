"""Names in an export that only respell the host unit: suggested as aliases, so that the next export
is understood. The name of another unit, and any other change, is another body.
"""

from __future__ import annotations

import unicodedata

from reconcilers.bodies import Bodies, Body
from registry.messages import _
from registry.names import fold_unit
from registry.vocab import Choice

_SHORTEST = 4
"""Characters that a short form has at least."""


def why_alias(text: str, body: Body, bodies: Bodies) -> str:
    """Why `text`, which no unit answers to, is likely one more name of `body`; empty if it is not.

    It differs in punctuation and accents alone (教育局、体育局 and 教育局/体育局), or leaves out
    characters between the ends of the unit's name (青石县市监局 of 青石县市场监督管理局).
    """
    if bodies.find(text) is not None:
        return ""
    printed, full = _bare(text), _bare(body.name)
    if not printed:
        return ""
    if printed == full:
        return _("The unit's name differs in punctuation and accents alone: an alias?")
    if _shortens(printed, full):
        return _("The unit's name with characters left out: a short form?")
    return ""


def no_alias(text: str, bodies: Bodies) -> tuple[Choice, ...]:
    """The decision that `text` is an alias, where a unit answers to it already; else nothing."""
    return (Choice.ALIAS,) if text and bodies.find(text) is not None else ()


def _shortens(short: str, full: str) -> bool:
    if not _SHORTEST <= len(short) < len(full):
        return False
    return short[:2] == full[:2] and short[-1] == full[-1] and _within(short, full)


def _bare(text: str) -> str:
    """The folded name without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", fold_unit(text))
    return "".join(char for char in plain if char.isalnum())


def _within(short: str, full: str) -> bool:
    """All characters of `short` stand in `full`, in this order."""
    rest = iter(full)
    return all(char in rest for char in short)
