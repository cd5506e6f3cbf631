"""Which cells of a difference contradict each other, so that they are marked on either side: the same
field, or where the other side has no such field, what it shows in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry.findings.differences import Difference
from registry.names import fold_name

_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "state": ("verdict", "existence", "stopped_on", "found_where"),
    "host_unit": ("verified_subject", "effective_on"),
}
"""Field of the ledger → what the other side shows against it, where it has no such field."""

_OF_A_HANDLE = frozenset({"RC312", "CL501", "CL502"})
"""Codes of a cancelled account's handle: whoever has it now may bear another name."""

Marks = tuple[frozenset[str], frozenset[str]]


def marks(found: Difference) -> Marks:
    """The fields to be marked on the ledger's side and on the other; none where one side is alone."""
    if not found.ledger or not found.outside:
        return frozenset(), frozenset()
    own, there = set(found.fields), set(found.fields)
    for field in found.fields:
        if not found.outside.get(field):
            there |= {name for name in _INSTEAD.get(field, ()) if found.outside.get(name)}
    if found.code == "CL501":
        there.add("last_post_at")
    if found.code in _OF_A_HANDLE:
        for own_field, other in _of_a_handle(found):
            own.add(own_field)
            there.add(other)
    return frozenset(own), frozenset(there)


def _of_a_handle(found: Difference) -> Iterator[tuple[str, str]]:
    """(field of the ledger, field of the other side) of what tells one holder from another."""
    name, seen = found.ledger.get("name"), found.outside.get("name")
    if name and seen and fold_name(str(name)) != fold_name(str(seen)):
        yield "name", "name"
    if "verified_subject" in found.fields:
        yield "host_unit", "verified_subject"
