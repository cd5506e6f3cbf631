"""What the decisions of a workbook do: filings are drafted, findings reviewed, pairs remembered.

Every row is looked at before anything is kept: the caller throws the transaction away where there
is a fault, and always for a dry run. What is done already is not done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reconcilers.deciding_filings import KINDS, filing_requests, made_of, numbered, take_back
from reconcilers.deciding_pairs import contradicting, decide_pair, names_national_row
from reconcilers.decision_effects import Work, do
from reconcilers.decisions import load_decisions
from reconcilers.gathered import Gathered
from reconcilers.kept import Keeping, kept_account, kept_words
from reconcilers.ledger import read_ledger
from reconcilers.minutes import Minutes
from reconcilers.national import NationalPicture, match_national
from reconcilers.outcomes import (
    Carried,
    Effect,
    RowFault,
    RowFaults,
    check_names,
    not_now,
    not_offered,
    unknown_here,
)
from reconcilers.said_since import check_drafts, overruled, overrules_himself, said_otherwise
from reconcilers.undoing import undo
from registry.bulk import chunks
from registry.dates import shanghai_date
from registry.errors import IllegalTransition, Refused, TaizhangError
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import FindingKey, PairKey, Part
from registry.exchange.national import kept_last
from registry.filings.batch import FilingRequest
from registry.findings import acts as finding_acts
from registry.findings.differences import fingerprint_stored
from registry.findings.offered import offered, row_of
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, Finding, Registry
from registry.platforms import PlatformCatalogue
from registry.vocab import Choice, Review, choices_for


def carry_out(
    session: Session, book: DecidedBook, act: Act, *, catalogue: PlatformCatalogue
) -> Carried:
    """Do what the rows say, in the session's transaction; never commits.

    `act.reason` stands for rows without a remark. Raises Refused for a workbook of another
    registry. With faults in the result the caller must not commit.
    """
    _check_registry(session, book)
    work, minutes = Work(session, book, act, _picture(session, book, act, catalogue)), Minutes()
    _Desk(work, catalogue, minutes, Gathered(work, minutes, catalogue)).run()
    return minutes.carried()


def _picture(
    session: Session, book: DecidedBook, act: Act, catalogue: PlatformCatalogue
) -> NationalPicture | None:
    """The export kept last against the ledger, if a row says which of its rows an account is."""
    if not any(map(names_national_row, book.rows)):
        return None
    kept, decisions = kept_last(session), load_decisions(session, shanghai_date(act.at))
    return match_national(read_ledger(session), kept.rows, catalogue, decisions) if kept else None


def _check_registry(session: Session, book: DecidedBook) -> None:
    own = session.scalar(select(Registry.uid).where(Registry.is_self)) or ""
    if any(stamp.registry_uid not in {own, "-"} for stamp in book.stamps):
        raise Refused(
            _("{file} is a workbook of another registry; nothing was written.").format(
                file=book.file
            ),
            _("Open the registry it was made in with --db, or write the workbook anew here."),
        )


_REVIEWS = {
    Choice.CONFIRM: Review.CONFIRMED,
    Choice.CHANGE_THERE: Review.CONFIRMED,
    Choice.DISMISS: Review.DISMISSED,
    Choice.WAIVE: Review.WAIVED,
    **dict.fromkeys(KINDS, Review.CONFIRMED),
}
"""What the finding comes to; the other decisions look themselves what was remembered before."""
_ACTS = {Review.CONFIRMED: "confirm", Review.DISMISSED: "dismiss", Review.WAIVED: "waive"}


@dataclass(slots=True)
class _Desk:
    """The rows of one workbook being worked through."""

    work: Work
    catalogue: PlatformCatalogue
    minutes: Minutes
    gathered: Gathered
    keeping: Keeping = field(default_factory=Keeping)

    def run(self) -> None:
        self.minutes.faults += self.work.book.faults
        wrong, findings = self._contradicting(), self._findings()
        for row in self.work.book.rows:
            if row.key in wrong:
                continue
            try:
                with self.work.session.begin_nested():
                    if isinstance(row.key, PairKey):
                        self.minutes.outcomes.append(decide_pair(self.work, row, row.key))
                    else:
                        self._finding(row, row.key, findings.get(row.key.uid))
            except RowFaults as several:
                for error in several.faults:
                    self.minutes.fault(row, error)
            except (RowFault, TaizhangError) as error:
                self.minutes.fault(row, error)
        self.gathered.draft()

    def _contradicting(self) -> set[FindingKey | PairKey]:
        """The keys of pairs that an earlier row leaves no room for, each with its fault."""
        wrong: set[FindingKey | PairKey] = set()
        for earlier, row in contradicting(self.work.book):
            text = _("Row {row} says so of the same one already; only one can be it.")
            message = text.format(row=earlier.place.row)
            self.minutes.fault(row, RowFault(message, _("Choose one of the rows.")))
            wrong.add(row.key)
        return wrong

    def _findings(self) -> dict[str, Finding]:
        uids = [row.key.uid for row in self.work.book.rows if isinstance(row.key, FindingKey)]
        found: dict[str, Finding] = {}
        for some in chunks(uids):
            query = select(Finding).where(Finding.uid.in_(some))
            query = query.options(selectinload(Finding.events))
            fresh = query.execution_options(populate_existing=True)
            for finding in self.work.session.scalars(fresh):
                found[finding.uid] = finding
        return found

    def _finding(self, row: DecidedRow, key: FindingKey, finding: Finding | None) -> None:
        if finding is None:
            raise unknown_here()
        sides = (finding.facts.get("ledger", {}), finding.facts.get("outside", {}))
        check_names(row, *(str(side.get("name") or "") for side in sides))
        if row.choice not in choices_for(finding.code):
            raise not_offered(offered(row_of(finding.code, finding.facts)))
        if self._is_over(row, key, finding):
            return
        if row.unread:
            raise RowFaults(list(self.work.lacks(row)))
        _check_columns(row)
        self.minutes.note_unused(row)
        self.minutes.note_before(finding)
        undone = undo(self.work, row, finding)
        keep = kept_account(self.work.session, row, finding)
        requests = self._requests(row, finding, keep)
        act = self.work.reason(row)
        back = take_back(self.work.session, finding, row.choice, requests, act, keep)
        if back:
            check_drafts(finding, back, self.work.book, act)
            words = _("draft {number} withdrawn")
            numbers = _(", ").join(filing.number for filing in back)
            undone = _("; ").join(filter(None, (undone, words.format(number=numbers))))
        if undone:
            self.minutes.taken_back[finding.uid] = undone
        self._decide(row, finding, requests, undone)

    def _decide(
        self, row: DecidedRow, finding: Finding, requests: Sequence[FilingRequest], undone: str
    ) -> None:
        """What the row says beside its filings, and then these."""
        if row.choice not in KINDS:
            effect, detail = self._done(row, finding)
            if not requests:
                if going := made_of(self.work.session, finding):
                    detail += _("; filing {filings} goes on").format(filings=numbered(going))
                self.minutes.outcome(row, finding, effect, detail)
                return
            self.minutes.taken_back[finding.uid] = _("; ").join(filter(None, (undone, detail)))
        for request in requests:
            self.gathered.ask(row, finding, request)

    def _done(self, row: DecidedRow, finding: Finding) -> tuple[Effect, str]:
        """Do what the row says. Raises RowFault where the finding no longer admits it."""
        try:
            return do(self.work, row, finding)
        except IllegalTransition as error:
            raise not_now(finding, row.choice, _possible(finding)) from error

    def _is_over(self, row: DecidedRow, key: FindingKey, finding: Finding) -> bool:
        """True, and noted, when the matter has ended. Raises for one that is another matter now."""
        if finding.ended_at is not None:
            day = shanghai_date(finding.ended_at).isoformat()
            over = _("ended on {day}").format(day=day)
            if undone := undo(self.work, row, finding):
                self._check_since(row, finding)
                self.minutes.outcome(row, finding, Effect.REMEMBERED, _("; ").join((undone, over)))
            else:
                self.minutes.outcome(row, finding, Effect.NOTHING, over)
            return True
        if fingerprint_stored(finding.facts) != key.fingerprint:
            raise RowFault(
                _("What this row says has changed since the workbook was written."),
                _("Clear its decision, and decide it in a workbook written anew."),
            )
        self._check_since(row, finding)
        return False

    def _check_since(self, row: DecidedRow, finding: Finding) -> None:
        """Raise RowFault where another person has decided otherwise since the workbook was written;
        note it where that was the same one."""
        since = said_otherwise(row, finding, self.work.book)
        if since is not None and since.actor_id != self.work.act.actor.id:
            raise overruled(finding, since)
        if since is not None:
            self.minutes.notes.append(row.fault(overrules_himself(finding, since)))

    def _requests(
        self, row: DecidedRow, finding: Finding, keep: Account | None
    ) -> list[FilingRequest]:
        if row.choice not in KINDS and keep is None:
            return []
        said = (row.choice, row.remark, self.catalogue, row.fields, keep, row.host)
        found = filing_requests(self.work.session, finding, *said)
        if keep is not None:
            going = [each.account for each in found if isinstance(each.account, Account)]
            self.keeping.note(row, keep, going)
            self.minutes.kept[finding.uid] = kept_words(finding, keep)
        return found


def _check_columns(row: DecidedRow) -> None:
    """Raise RowFault for a column that only another decision makes use of and that would change what
    is filed."""
    if row.fields and row.choice is not Choice.FILE_CHANGE:
        raise RowFault(
            _("Fields are named, and no change is filed."),
            _("Choose to file the change, or leave this column empty."),
            Part.FIELDS,
        )
    if row.host and row.choice is not Choice.FILE_OPEN:
        raise RowFault(
            _("A host unit is named, and no opening is filed."),
            _("Choose to file the opening, or leave this column empty."),
            Part.HOST,
        )


def _possible(finding: Finding) -> list[Choice]:
    """Those of the decisions offered that the finding still admits."""
    legal, fitting = finding_acts.legal_acts(finding), offered(row_of(finding.code, finding.facts))
    return [each for each in fitting if _ACTS[_REVIEWS.get(each, Review.CONFIRMED)] in legal]
