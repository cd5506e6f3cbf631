"""Rows of an export that stand in it twice: one that says nothing else than the row before with its code
is passed over; of two that differ nobody knows which is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.errors import Fault
from registry.exchange.national_rows import NationalRows
from registry.messages import _


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row whose code stands in an earlier row."""

    at: int
    """Its position among the rows read."""
    fault: Fault
    """What is said of it where it differs from that row."""


def without_twins(
    rows: NationalRows, repeated: Sequence[Repeated]
) -> tuple[NationalRows, list[Fault], list[Fault]]:
    """The rows without those that say nothing new; the faults of these and of the others."""
    first: dict[str, int] = {}
    for at, code in enumerate(rows.national_code):
        first.setdefault(code, at)
    same, others = list[Repeated](), list[Fault]()
    for each in repeated:
        own, before = rows[each.at], rows[first[rows.national_code[each.at]]]
        if replace(own, number=0) == replace(before, number=0):
            same.append(each)
        else:
            others.append(each.fault)
    dropped = {each.at for each in same}
    kept = NationalRows(row for at, row in enumerate(rows) if at not in dropped) if same else rows
    return kept, [each.fault for each in same], others


def passed_over(fault: Fault) -> str:
    """What is said of a row that is passed over."""
    text = _("Sheet {sheet}, row {row} repeats an earlier row in every cell; it was passed over.")
    return text.format(sheet=fault.sheet, row=fault.row)
