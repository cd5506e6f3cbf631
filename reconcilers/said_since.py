"""What somebody said of a finding after a workbook was written: an older workbook never overrules
another person, and whoever overrules himself is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconcilers.deciding_filings import KINDS
from reconcilers.outcomes import RowFault
from registry.dates import to_the_minute
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Filing, Finding, FindingEvent
from registry.vocab import Choice, FilingKind, Review, choices_for, label

_SAID = ("confirm", "dismiss", "waive", "filed", "unfiled")
_REVIEWS = {
    Choice.DISMISS: {Review.DISMISSED},
    Choice.WAIVE: {Review.WAIVED},
    Choice.ALIAS: {Review.DISMISSED},
    Choice.NOT_SAME: {Review.DISMISSED},
    Choice.APPROVE: {Review.DISMISSED, Review.WAIVED},
}
"""What the finding comes to; with every other decision it is confirmed."""


def last_said(finding: Finding) -> FindingEvent | None:
    """What a person said of it last."""
    said = [event for event in finding.events if event.act in _SAID]
    return said[-1] if said else None


def said_otherwise(row: DecidedRow, finding: Finding, book: DecidedBook) -> FindingEvent | None:
    """What was said last after the workbook was written, if the row wants it otherwise. A workbook
    tells its moment to the second."""
    written = max((stamp.at for stamp in book.stamps), default=None)
    last = last_said(finding)
    if last is None or written is None or last.at.replace(microsecond=0) <= written:
        return None
    return None if _is_so(row, finding, last) else last


def _is_so(row: DecidedRow, finding: Finding, last: FindingEvent) -> bool:
    """Whether the finding stands as the row wants it, so that nobody is overruled."""
    if row.choice is Choice.WAIVE and finding.waived_until != row.until:
        return False
    if finding.review not in _REVIEWS.get(row.choice, {Review.CONFIRMED}):
        return False
    asked = _kinds_asked(finding)
    if row.choice in {Choice.CHANGE_THERE, Choice.OFFLINE_THERE}:
        return not asked
    if row.choice in KINDS:
        only_confirmed = not asked and Choice.CONFIRM in choices_for(finding.code)
        return KINDS[row.choice] in asked or (only_confirmed and last.act == "confirm")
    return True


def _kinds_asked(finding: Finding) -> set[FilingKind]:
    """The kinds of the filings that are to put it right, as was said last of each."""
    asked: dict[str, FilingKind] = {}
    for event in finding.events:
        if event.act == "filed":
            asked[event.details["filing"]] = FilingKind(event.details["kind"])
        elif event.act == "unfiled":
            asked.pop(event.details["filing"], None)
    return set(asked.values())


def what_was_said(finding: Finding, last: FindingEvent) -> str:
    """The decision in words, as the workbook calls it where it does."""
    if last.act == "filed":
        words = _("{kind} filed as {number}")
        kind = label(FilingKind(last.details["kind"]), language())
        return words.format(kind=kind, number=last.details["number"])
    offered = choices_for(finding.code)
    for choice in (Choice.OFFLINE_THERE, Choice.CHANGE_THERE):
        if finding.review is Review.CONFIRMED and choice in offered:
            return label(choice, language())
    if finding.review is Review.WAIVED and finding.waived_until is not None:
        words = _("{review} until {day}")
        review = label(finding.review, language())
        return words.format(review=review, day=finding.waived_until.isoformat())
    return label(finding.review, language())


def overruled(finding: Finding, last: FindingEvent) -> RowFault:
    """The fault of a row of an older workbook that another person has decided otherwise."""
    words = _("{actor} decided it otherwise at {at}, after this workbook was written: {what}.")
    return RowFault(
        words.format(
            actor=last.actor_name, at=to_the_minute(last.at), what=what_was_said(finding, last)
        ),
        _("Clear the decision, or settle it between you: `taizhang finding show {uid}`.").format(
            uid=finding.uid
        ),
    )


def overrules_himself(finding: Finding, last: FindingEvent) -> str:
    """The note beside a row by which somebody takes back what he said later than the workbook."""
    words = _(
        "This workbook is older than your own decision of {at} ({what}), and takes its place."
    )
    return words.format(at=to_the_minute(last.at), what=what_was_said(finding, last))


def check_drafts(finding: Finding, gone: Sequence[Filing], book: DecidedBook, act: Act) -> None:
    """Raise RowFault where one of the filings that a row withdraws was drafted by another person after
    the workbook was written."""
    written = max((stamp.at for stamp in book.stamps), default=None)
    uids = {filing.uid for filing in gone}
    for event in finding.events:
        drafted = event.act == "filed" and event.details.get("filing") in uids
        if drafted and event.actor_id != act.actor.id and written is not None:
            if event.at.replace(microsecond=0) > written:
                raise overruled(finding, event)
