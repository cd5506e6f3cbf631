"""Accounts that a sender listed before and lists no more, and new rows that may be the same.

An absence is reported, never acted on; a renaming is suggested, never done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from registry.exchange.known import Known, Ledger
from registry.exchange.matching import Match, contradicts, forms_fit
from registry.exchange.plan_rows import Absent, Suggestion
from registry.messages import _
from registry.vocab import LIVE_STATES

_ALIKE = 0.5
"""Of several that could be paired, two names less alike than this are not."""
_MOST = 50
"""More accounts of one unit on one platform than this are not compared pair by pair."""

Key = TypeVar("Key")


def living(ledger: Ledger) -> list[Known]:
    """The sender's accounts that are open to the public."""
    return [known for known in ledger.listed if known.state in LIVE_STATES]


def find_absent(ledger: Ledger, matches: Iterable[Match]) -> list[Known]:
    """The sender's living accounts that no row speaks of, not even a row with faults."""
    named = {match.known.id for match in matches if match.known is not None}
    return [known for known in living(ledger) if known.id not in named]


def suggest(absent: Sequence[Absent], new: Sequence[Match]) -> list[Suggestion]:
    """Renamings: one account of a unit and platform is gone, another has come. And the same name
    of the same unit on another platform."""
    found = _pairs(absent, new, lambda k: (k.platform, k.host_id), _by_platform, "name")
    renamed = {each.account for each in found}
    rest = [each for each in absent if each.account not in renamed]
    rows = {(each.sheet, each.row, each.new) for each in found}
    left = [m for m in new if (m.record.sheet, m.record.row, m.record.name) not in rows]
    return found + _pairs(rest, left, lambda k: (k.fold, k.host_id), _by_name, "platform")


def _by_platform(match: Match) -> tuple[str, int | None]:
    return match.record.platform, match.host.unit_id


def _by_name(match: Match) -> tuple[str, int | None]:
    return match.fold, match.host.unit_id


def _pairs(
    absent: Sequence[Absent],
    new: Sequence[Match],
    key_of: Callable[[Known], Key],
    key_of_row: Callable[[Match], Key],
    field: str,
) -> list[Suggestion]:
    rows: dict[Key, list[Match]] = defaultdict(list)
    for match in new:
        rows[key_of_row(match)].append(match)
    groups: dict[Key, list[Known]] = defaultdict(list)
    for each in absent:
        if each.known is not None:
            groups[key_of(each.known)].append(each.known)
    return [
        _suggestion(known, match, field, len(gone) == len(rows[key]) == 1)
        for key, gone in groups.items()
        for known, match in _best(gone, rows.get(key, []))
    ]


def _best(gone: Sequence[Known], come: Sequence[Match]) -> list[tuple[Known, Match]]:
    """One to one as they are; of several, the most alike first."""
    if len(gone) > _MOST or len(come) > _MOST:
        return []
    alone = len(gone) == len(come) == 1
    options = [
        (SequenceMatcher(None, known.fold, match.fold).ratio(), n, m)
        for n, known in enumerate(gone)
        for m, match in enumerate(come)
        if _may_be_one(known, match)
    ]
    pairs, used = [], (set[int](), set[int]())
    for ratio, n, m in sorted(options, key=lambda option: (-option[0], option[1:])):
        if (alone or ratio >= _ALIKE) and n not in used[0] and m not in used[1]:
            pairs.append((gone[n], come[m]))
            used[0].add(n)
            used[1].add(m)
    return pairs


def _may_be_one(known: Known, match: Match) -> bool:
    record = match.record
    if record.platform != known.platform:
        return True
    return forms_fit(record.form, known.form) and not contradicts(record, known)


def _suggestion(known: Known, match: Match, field: str, alone: bool) -> Suggestion:
    record = match.record
    old, new = known.name, record.name
    why = _("named alike, of one unit and platform")
    if alone:
        why = _("the unit's only account that is missing and its only new one on the platform")
    if field == "platform":
        old, new = known.platform, record.platform
        why = _("unit and name are the same")
    return Suggestion(field, known.uid, known.name, old, new, record.sheet, record.row, why)
