"""The minutes of a workbook's decisions: what came of each row, what stands in its way and what is
to be known beside it, in words for the person who filled it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcilers.outcomes import Carried, Effect, Outcome, RowFault
from reconcilers.said_since import last_said, what_was_said
from registry.dates import shanghai_date
from registry.errors import BadInput, Fault, TaizhangError
from registry.exchange.decided import DecidedRow
from registry.exchange.decision_sheet import Part
from registry.filings.batch import FilingRequest
from registry.messages import _, language
from registry.models import Account, Finding
from registry.text import quoted
from registry.vocab import DATED, Choice, Review, label


@dataclass(slots=True)
class Minutes:
    """Outcomes, faults and notes of one workbook, in the order in which its rows are worked through."""

    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    """What is done and told beside."""
    kept: dict[str, str] = field(default_factory=dict)
    """Finding uid → which of several accounts is kept, in words."""
    taken_back: dict[str, str] = field(default_factory=dict)
    """Finding uid → what was withdrawn, or decided before its filing, in words."""
    before: dict[str, str] = field(default_factory=dict)
    """Finding uid → what was said of it so far, in words."""

    def carried(self) -> Carried:
        """All of it in the order of the workbook."""
        faults, notes = (sorted(found, key=_fault_place) for found in (self.faults, self.notes))
        return Carried(sorted(self.outcomes, key=_place), faults, notes)

    def fault(self, row: DecidedRow, error: RowFault | TaizhangError) -> None:
        """Keep what stands in the way of a row."""
        if isinstance(error, RowFault):
            self.faults.append(row.fault(error.message, error.hint, error.part))
        elif isinstance(error, BadInput) and error.faults:
            self.faults += [row.fault(fault.message, fault.remedy) for fault in error.faults]
        else:
            self.faults.append(row.fault(error.message, error.hint))

    def note_unused(self, row: DecidedRow) -> None:
        """Tell of filled-in cells that the decision makes no use of."""
        words = _("{choice} makes no use of this column: “{value}” is passed over.")
        day = row.until.isoformat() if row.until and row.choice not in DATED else ""
        link = row.notice if row.choice is not Choice.NOTICE else ""
        for value, part in ((day, Part.UNTIL), (link, Part.NOTICE)):
            if value:
                choice = label(row.choice, language())
                told = words.format(choice=choice, value=quoted(value))
                self.notes.append(row.fault(told, _("Empty it, or decide otherwise."), part))

    def note_before(self, finding: Finding) -> None:
        """Keep in words what was said of the finding so far."""
        last = last_said(finding)
        if last is not None and finding.review is not Review.OPEN:
            words = _("before: {what} ({actor}, {day})")
            self.before[finding.uid] = words.format(
                what=what_was_said(finding, last),
                actor=last.actor_name,
                day=shanghai_date(last.at).isoformat(),
            )

    def outcome(
        self,
        row: DecidedRow,
        finding: Finding,
        effect: Effect,
        detail: str,
        filing: str = "",
        request: FilingRequest | None = None,
    ) -> None:
        """Note what came of a row; a row that makes several filings is noted with each."""
        account = request.account if request is not None else None
        side = finding.facts.get("ledger") or finding.facts.get("outside") or {}
        if kept := self.kept.get(finding.uid):
            detail = _("{first}; {then}").format(first=kept, then=detail)
        if back := self.taken_back.get(finding.uid):
            if effect is Effect.NOTHING and request is None:
                effect, detail = Effect.REVIEWED, label(finding.review, language())
            detail = _("{first}; {then}").format(first=back, then=detail)
        told = effect is Effect.NOTHING or finding.uid in self.taken_back
        if not told and (before := self.before.get(finding.uid)):
            detail = _("{first}; {then}").format(first=detail, then=before)
        self.outcomes.append(
            Outcome(
                row.place.sheet,
                row.place.row,
                finding.code,
                str(side.get("platform", "")),
                account.name if isinstance(account, Account) else str(side.get("name", "")),
                row.choice,
                effect,
                detail,
                filing,
            )
        )


def _place(outcome: Outcome) -> tuple[str, int]:
    return outcome.sheet, outcome.row or 0


def _fault_place(fault: Fault) -> tuple[str, int]:
    return fault.sheet, fault.row or 0
