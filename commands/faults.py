"""How a fault in somebody's input is printed: where it stands, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.errors import Fault
from registry.messages import _
from registry.text import display_safe, quoted


def fault_lines(faults: Sequence[Fault], most: int) -> Iterator[str]:
    """A line for each of the first faults, and how many more there are."""
    for fault in faults[:most]:
        where = [fault.file, fault.sheet]
        where.append(_("row {row}").format(row=fault.row) if fault.row else "")
        where.append(
            _("column {column}").format(column=quoted(fault.column)) if fault.column else ""
        )
        place = " · ".join(part for part in where if part)
        line = f"{place}: {fault.message}" if place else fault.message
        yield display_safe(f"  {line} {fault.remedy}".rstrip())
    if len(faults) > most:
        yield _("  … and {more} more.").format(more=len(faults) - most)
