"""Names in an export that only respell the host unit: suggested as aliases, so that the next export
is understood. The name of another unit, and any other change, is another body.
"""

from __future__ import annotations

import unicodedata

from reconcilers.bodies import Apart, Bodies, Body, apart
from reconcilers.shortening import body_parts
from registry.messages import _
from registry.names import expand_unit, fold_unit, often_one
from registry.vocab import Choice

_SHORTEST = 4
"""Characters that a short form has at least."""


def why_alias(text: str, body: Body, bodies: Bodies) -> str:
    """Why `text`, which no unit answers to, is likely one more name of `body`; empty if it is not.

    It differs in punctuation and accents alone (教育局、体育局 and 教育局/体育局), or leaves out
    characters between the ends of the unit's name (青石县市监局 of 青石县市场监督管理局), or the two are
    one office in many places (行政审批局, 政务服务管理局).
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
    if _often_one(text, body.name):
        return _("In many places the two are one office: an alias, or has the unit been renamed?")
    return ""


def _often_one(text: str, name: str) -> bool:
    """Whether both are offices of one place that are one office elsewhere."""
    there, own = apart(expand_unit(text, name)), apart(name)
    if not there.stem or there.stem != own.stem or not there.is_there(own):
        return False
    pairs = ((one, other) for one, others in often_one().items() for other in others)
    for one, other in (map(_of_no_place, pair) for pair in pairs):
        if (there.writes(one) and own.writes(other)) or (there.writes(other) and own.writes(one)):
            return True
    return False


def _of_no_place(name: str) -> Apart:
    mid, kind = body_parts(name)
    return Apart((), "", "", name, mid, kind)


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
