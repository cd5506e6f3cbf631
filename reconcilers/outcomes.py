"""What came of a workbook's decisions, row by row, and what stands in the way of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from registry.dates import shanghai_date
from registry.errors import Fault
from registry.exchange.decided import DecidedRow
from registry.exchange.decision_sheet import Part
from registry.messages import _, language
from registry.models import Decision, Finding
from registry.names import fold_name
from registry.vocab import Choice, label


class Effect(StrEnum):
    """What a decided row comes to."""

    FILED = "filed"
    """A filing is drafted."""
    REVIEWED = "reviewed"
    """The finding is confirmed, dismissed or waived."""
    REMEMBERED = "remembered"
    """A decision, or an alias, is kept for every later reconciling."""
    NOTHING = "nothing"
    """It is done already, or the matter has ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decided row and what came of it."""

    sheet: str
    row: int | None
    code: str
    """Empty for a pair."""
    platform: str
    name: str
    choice: Choice
    effect: Effect
    detail: str = ""
    """What is done, in words."""
    filing: str = ""
    """The number of the filing."""

    @property
    def matter(self) -> str:
        """The code, or `pair`."""
        return self.code or "pair"


@dataclass(slots=True)
class Carried:
    """All decided rows; where there are faults, nothing of it may be kept."""

    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    """What stands in no row's way and is to be known."""

    @property
    def counts(self) -> dict[Effect, int]:
        """Rows by effect."""
        found = Counter(outcome.effect for outcome in self.outcomes)
        return {effect: found[effect] for effect in Effect}

    @property
    def nothing_new(self) -> bool:
        return all(outcome.effect is Effect.NOTHING for outcome in self.outcomes)

    def unnumbered(self) -> Carried:
        """The same without the numbers of filings that are not kept."""
        rows = [
            replace(outcome, filing="") if outcome.effect is Effect.FILED else outcome
            for outcome in self.outcomes
        ]
        return Carried(rows, self.faults, self.notes)


class RowFault(Exception):
    """A fault of the row at hand."""

    def __init__(self, message: str, hint: str = "", part: Part = Part.DECISION) -> None:
        super().__init__(message)
        self.message, self.hint, self.part = message, hint, part


class RowFaults(Exception):
    """Several faults of the row at hand, or none beyond those that its reading found."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(len(faults))
        self.faults = tuple(faults)


def unknown_here() -> RowFault:
    """The fault of a row whose key stands for nothing in this registry."""
    return RowFault(
        _("The ledger does not know this row."),
        _("The workbook is of another registry, or of one restored since: write it anew."),
        Part.KEY,
    )


def check_names(row: DecidedRow, *known: str) -> None:
    """Raise RowFault where the row names other accounts than the matter that its key stands for: its
    cells were moved without the key."""
    wanted = {fold_name(name) for name in known if name}
    if row.names and wanted and wanted.isdisjoint(map(fold_name, row.names)):
        raise RowFault(
            _("This row names {shown}, but its key is that of {meant}.").format(
                shown=row.names[0], meant=next(filter(None, known))
            ),
            _("Sort and move whole rows with the hidden column; write the workbook anew."),
            Part.KEY,
        )


def not_offered(offered: Sequence[Choice]) -> RowFault:
    words = _(", ").join(label(choice, language()) for choice in offered)
    return RowFault(
        _("This cannot be decided about such a row."), _("Possible: {words}.").format(words=words)
    )


def not_now(finding: Finding, choice: Choice, possible: Sequence[Choice]) -> RowFault:
    """What was decided before leaves no room for the choice, in the words of the sheet."""
    words = _("{choice} is not possible: the finding is {review}.")
    others = _(", ").join(label(each, language()) for each in possible)
    return RowFault(
        words.format(choice=label(choice, language()), review=label(finding.review, language())),
        _("Possible: {words}.").format(words=others) if others else _("Clear the decision."),
    )


def decided_since(known: Decision) -> RowFault:
    words = _("{actor} decided it on {day}: {review}.")
    return RowFault(
        words.format(
            actor=known.actor_name,
            day=shanghai_date(known.at).isoformat(),
            review=label(known.kind, language()),
        ),
        _(
            "Clear the decision, or settle it between you and use `taizhang reconcile decide` with"
            " --reverse."
        ),
    )
