"""Whether a finding says what it said when a person judged it. What counts is what the sides hold,
never where a row stands, when something was seen, or what is suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.names import fold_name

Facts = Mapping[str, Any]
"""The facts of a finding as they are stored, those of older versions too."""

_MUTUAL = frozenset({"DU401", "DU402", "DU404"})
"""Codes of accounts of which now the one is set against the others, now another."""

_NAMING = ("host_unit", "platform", "form", "name", "identifier")
"""What tells which account it is where one side is alone."""

_SHOWN = ("name", "identifier", "verified_subject", "effective_on", "stopped_on")
"""What tells which row or deed it is, of the fields in which the sides are not compared."""

_NAMES = frozenset(
    ("name", "host_unit", "supervising_unit", "operator", "verified_subject", "form")
)
"""Fields of which another spelling says the same."""

_BETWEEN = "; "
"""Between several ids of one row."""

_APART = "；"
"""Between the values of several accounts on one side."""


def same_matter(code: str, old: Facts, new: Facts) -> bool:
    """Whether what was judged, `old`, is what is found now: both as stored.

    Of two sides the fields must be the same in which they differ, with their values; by what else
    the outer side shows, such as a name, only what has come to be shown counts. Of one side alone
    what names it. Facts without sides are compared as they are.
    """
    if "outside" not in new:
        return all(key in old and old[key] == new[key] for key in new)
    if "outside" not in old or _judged(code, old) != _judged(code, new):
        return False
    before = dict(_shown(code, old))
    return all(before.get(name) == value for name, value in _shown(code, new))


def _judged(code: str, facts: Facts) -> dict[str, list[str]]:
    """Field → what stands in it on either side, of the fields that make up the matter."""
    ledger, outside = facts.get("ledger") or {}, facts["outside"] or {}
    if code in _MUTUAL:
        names = sorted(facts.get("fields") or _NAMING)
        return {name: sorted((*_parts(name, ledger), *_parts(name, outside))) for name in names}
    if ledger and outside:
        names = sorted(facts.get("fields") or ())
        return {name: [_value(name, ledger), _value(name, outside)] for name in names}
    return {name: [_value(name, ledger or outside)] for name in _NAMING}


def _shown(code: str, facts: Facts) -> Iterator[tuple[str, str]]:
    """What the outer side shows besides that the ledger does not have."""
    ledger, outside = facts.get("ledger") or {}, facts["outside"] or {}
    if code in _MUTUAL or not (ledger and outside):
        return
    for name in _SHOWN:
        value = _value(name, outside)
        if value and name not in facts.get("fields", ()) and value != _value(name, ledger):
            yield name, value


def _parts(name: str, side: Facts) -> list[str]:
    return [_word(name, part) for part in str(side.get(name) or "").split(_APART) if part]


def _value(name: str, side: Facts) -> str:
    return _word(name, str(side.get(name) or ""))


def _word(name: str, text: str) -> str:
    if name == "identifier":  # several stand in the order of their columns
        return _BETWEEN.join(sorted(text.split(_BETWEEN)))
    return fold_name(text) if name in _NAMES else text
