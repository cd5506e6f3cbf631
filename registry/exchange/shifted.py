"""Guards against a sheet that is not what it seems: half a list, or a column that was shifted.

They stop an import until a person accepts what they saw; counters never trip them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from registry.errors import Refused
from registry.exchange.comparing import Comparison
from registry.exchange.plan_rows import Absent, Guard, ImportPlan, Suggestion
from registry.exchange.watched import accepting
from registry.messages import _

MORE_THAN = 5
"""Rows or accounts; so many or fewer are what one looks at row by row."""
SHARE = 10
"""Per cent."""

ABSENT = "absent"
IDENTIFIERS = "identifiers"
FIELDS = ("name", "host_unit", "verified_subject", "platform", IDENTIFIERS)
"""Fields that are watched."""


def find_guards(
    absent: Sequence[Absent],
    listed: int,
    compared: Iterable[Comparison],
    suggestions: Iterable[Suggestion],
) -> list[Guard]:
    """Every guard that is met. `listed`: the sender's accounts that were open before."""
    found = list(compared)
    changed = Counter(field for comparison in found for field in comparison.changed)
    changed["platform"] = sum(each.field == "platform" for each in suggestions)
    bases = {field: listed if field == "platform" else len(found) for field in FIELDS}
    guards = [Guard(ABSENT, sum(not each.accepted for each in absent), listed)]
    guards += [Guard(field, changed[field], bases[field]) for field in FIELDS]
    return [guard for guard in guards if is_many(guard.count, guard.of)]


def is_many(count: int, of: int) -> bool:
    """True when a person must say that so many rows really are what they seem."""
    return count > MORE_THAN and count * 100 > of * SHARE


def is_most(count: int, of: int) -> bool:
    """True when so many rows are lacking that the list can hardly be whole: more than half."""
    return count > MORE_THAN and count * 2 > of


def is_quarter(count: int, of: int) -> bool:
    """True when so many rows contradict the ledger that a column rather than each of them is wrong: two
    lists that were never compared differ in more rows than one list from one time to the next."""
    return count > MORE_THAN and count * 4 > of


def check_guards(plan: ImportPlan) -> None:
    """Raise Refused, naming every guard that nobody has accepted and how to accept it."""
    if not plan.stops:
        return
    flags = [
        "--accept-absent" if guard.what == ABSENT else accepting([guard.what])
        for guard in plan.stops
    ]
    raise Refused(
        " ".join(guard.message for guard in plan.stops),
        _("Look at the sheet. If it is right as it is, repeat with {flags}.").format(
            flags=" ".join(flags)
        ),
    )
