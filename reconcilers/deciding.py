"""What the decisions of a workbook do: filings are drafted, findings reviewed, pairs remembered.

Every row is looked at before anything is kept: the caller throws the transaction away where there
is a fault, and always for a dry run. What is done already is not done again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reconcilers.deciding_filings import (
    KINDS,
    filing_requests,
    in_words,
    is_one_filing,
    left_as_it_is,
    known_filing,
    made_of,
    numbered,
    other_host,
    take_back,
    with_more,
)
from reconcilers.decision_effects import Work, do
from reconcilers.decisions import load_decisions
from reconcilers.kept import Keeping, kept_account, kept_words
from reconcilers.ledger import read_ledger
from reconcilers.naming import NATIONAL
from reconcilers.national import NationalPicture, match_national
from reconcilers.outcomes import (
    Carried,
    Effect,
    Outcome,
    RowFault,
    RowFaults,
    not_now,
    not_offered,
)
from reconcilers.said_since import (
    check_drafts,
    last_said,
    overruled,
    overrules_himself,
    said_otherwise,
    what_was_said,
)
from reconcilers.undoing import undo
from registry.dates import shanghai_date
from registry.errors import BadInput, Fault, IllegalTransition, Refused, TaizhangError
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import FindingKey, PairKey, Part
from registry.exchange.national import kept_last
from registry.filings.acts import lacks
from registry.filings.batch import FilingRequest, file_batch
from registry.findings import acts as finding_acts
from registry.findings.differences import fingerprint_stored
from registry.findings.offered import offered, row_of
from registry.bulk import chunks
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Filing, Finding, Registry
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.text import quoted
from registry.vocab import (
    DATED,
    PAIR_CHOICES,
    Choice,
    DecisionKind,
    FilingKind,
    Review,
    choices_for,
    label,
)


def carry_out(
    session: Session, book: DecidedBook, act: Act, *, catalogue: PlatformCatalogue
) -> Carried:
    """Do what the rows say, in the session's transaction; never commits.

    `act.reason` stands for rows without a remark. Raises Refused for a workbook of another
    registry. With faults in the result the caller must not commit.
    """
    _check_registry(session, book)
    picture = _picture(session, book, act, catalogue)
    desk = _Desk(Work(session, book, act, picture), catalogue)
    desk.run()
    faults, notes = (sorted(found, key=_fault_place) for found in (desk.faults, desk.notes))
    return Carried(sorted(desk.outcomes, key=_place), faults, notes)


def _picture(
    session: Session, book: DecidedBook, act: Act, catalogue: PlatformCatalogue
) -> NationalPicture | None:
    """The export kept last against the ledger, if a row says which of its rows an account is."""
    if not any(isinstance(row.key, PairKey) and _says_which(row, row.key) for row in book.rows):
        return None
    kept, decisions = kept_last(session), load_decisions(session, shanghai_date(act.at))
    return match_national(read_ledger(session), kept.rows, catalogue, decisions) if kept else None


def _says_which(row: DecidedRow, key: PairKey) -> bool:
    return row.choice is Choice.SAME and key.right.startswith(NATIONAL)


def _place(outcome: Outcome) -> tuple[str, int]:
    return outcome.sheet, outcome.row or 0


def _fault_place(fault: Fault) -> tuple[str, int]:
    return fault.sheet, fault.row or 0


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
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    """What is done and told beside."""
    requests: list[tuple[DecidedRow, Finding, FilingRequest]] = field(default_factory=list)
    asked: dict[tuple[FilingKind, str], int] = field(default_factory=dict)
    """(kind, account's uid) of each filing → the place of the first one among the requests."""
    served: list[tuple[DecidedRow, Finding, int]] = field(default_factory=list)
    """Rows that ask for the same filing as another one, with its place among the requests."""
    opened: dict[tuple[str, str, str], DecidedRow] = field(default_factory=dict)
    """(platform, scheme, id) of each account to be opened → the first row that asks for it."""
    keeping: Keeping = field(default_factory=Keeping)
    kept_words: dict[str, str] = field(default_factory=dict)
    """Finding uid → which of several accounts is kept, in words."""
    taken_back: dict[str, str] = field(default_factory=dict)
    """Finding uid → what was withdrawn, or decided before its filing, in words."""

    before: dict[str, str] = field(default_factory=dict)
    """Finding uid → what was said of it so far, in words."""

    def run(self) -> None:
        self.faults += self.work.book.faults
        contradicting = self._check_pairs()
        findings = self._findings()
        for row in self.work.book.rows:
            if row.key in contradicting:
                continue
            try:
                with self.work.session.begin_nested():
                    if isinstance(row.key, PairKey):
                        self._pair(row, row.key)
                    else:
                        self._finding(row, row.key, findings.get(row.key.uid))
            except RowFault as error:
                self.faults.append(row.fault(error.message, error.hint, error.part))
            except RowFaults as several:
                self.faults += (row.fault(e.message, e.hint, e.part) for e in several.faults)
            except TaizhangError as error:
                self.faults += _faults_of(row, error)
        self._file()

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

    # --- findings ---------------------------------------------------------------------------

    def _finding(self, row: DecidedRow, key: FindingKey, finding: Finding | None) -> None:
        if finding is None:
            raise RowFault(
                _("The ledger does not know this row."),
                _("The workbook is of another registry, or of one restored since: write it anew."),
                Part.KEY,
            )
        sides = (finding.facts.get("ledger", {}), finding.facts.get("outside", {}))
        _check_names(row, *(str(side.get("name") or "") for side in sides))
        if row.choice not in choices_for(finding.code):
            raise not_offered(offered(row_of(finding.code, finding.facts)))
        if self._is_over(row, key, finding):
            return
        if row.unread:
            raise RowFaults(list(self.work.lacks(row)))
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
        self._note_unused(row)
        self._note_before(row, finding)
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
            self.taken_back[finding.uid] = undone
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
                self._note(row, finding, effect, detail)
                return
            self.taken_back[finding.uid] = _("; ").join(filter(None, (undone, detail)))
        for request in requests:
            self._ask_filing(row, finding, request)

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
                self._note(row, finding, Effect.REMEMBERED, _("; ").join((undone, over)))
            else:
                self._note(row, finding, Effect.NOTHING, over)
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
            self.notes.append(row.fault(overrules_himself(finding, since)))

    def _note_unused(self, row: DecidedRow) -> None:
        """Tell of filled-in cells that the decision makes no use of."""
        words = _("{choice} makes no use of this column: “{value}” is passed over.")
        day = row.until.isoformat() if row.until and row.choice not in DATED else ""
        link = row.notice if row.choice is not Choice.NOTICE else ""
        for value, part in ((day, Part.UNTIL), (link, Part.NOTICE)):
            if value:
                choice = label(row.choice, language())
                told = words.format(choice=choice, value=quoted(value))
                self.notes.append(row.fault(told, _("Empty it, or decide otherwise."), part))

    def _note_before(self, row: DecidedRow, finding: Finding) -> None:
        """Keep in words what was said of the finding so far."""
        last = last_said(finding)
        if last is not None and finding.review is not Review.OPEN:
            words = _("before: {what} ({actor}, {day})")
            self.before[finding.uid] = words.format(
                what=what_was_said(finding, last),
                actor=last.actor_name,
                day=shanghai_date(last.at).isoformat(),
            )

    def _note(
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
        if kept := self.kept_words.get(finding.uid):
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

    # --- filings ----------------------------------------------------------------------------

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
            self.kept_words[finding.uid] = kept_words(finding, keep)
        return found

    def _ask_filing(self, row: DecidedRow, finding: Finding, request: FilingRequest) -> None:
        self._check_alone(row, request)
        known = known_filing(self.work.session, finding, request)
        if known is not None and (named := other_host(known, row.host)):
            raise RowFault(
                _("Filing {number} is there, and names another host unit: {unit}.").format(
                    number=known.number, unit=named
                ),
                _("Withdraw it first: `taizhang filing withdraw {number}`.").format(
                    number=known.number
                ),
                Part.HOST,
            )
        if known is not None:
            state = label(known.state, language())
            words = _("filing {number} is there: {state}").format(number=known.number, state=state)
            self._note(row, finding, Effect.NOTHING, words, known.number, request)
            return
        known_as = request.account.uid if isinstance(request.account, Account) else ""
        at = self.asked.setdefault((request.kind, known_as), len(self.requests))
        if at < len(self.requests):
            first, of, asked = self.requests[at]
            if is_one_filing(asked, request):
                self.requests[at] = (first, of, with_more(asked, request))
                self.served.append((row, finding, at))
                return
        self.requests.append((row, finding, replace(request, place=row.fault(""))))

    def _check_alone(self, row: DecidedRow, request: FilingRequest) -> None:
        """Raise RowFault where another row opens the account with one of these ids already."""
        if request.kind is not FilingKind.OPEN:
            return
        platform = str(request.fields.get("platform", ""))
        for scheme, value in (request.fields.get("identifiers") or {}).items():
            known = self.opened.setdefault((platform, scheme, value), row)
            if known is not row:
                words = _("Sheet {sheet}, row {row} opens the account with id {id} already.")
                raise RowFault(
                    words.format(sheet=known.place.sheet, row=known.place.row, id=value),
                    _("There can be only one: leave one of the rows empty, or decide otherwise."),
                )

    def _file(self) -> None:
        """Draft all filings together, and note each with its finding."""
        if not self.requests:
            return
        requests = [request for _row, _finding, request in self.requests]
        title = _("Decisions of {file}").format(file=self.work.book.file)
        try:
            batch = file_batch(
                self.work.session,
                requests,
                act=self.work.act,
                title=title,
                hand_in=False,
                catalogue=self.catalogue,
            )
        except BadInput as error:
            self.faults += error.faults
            self._note_others({(fault.sheet, fault.row) for fault in error.faults})
            return
        for (row, finding, request), filing in zip(self.requests, batch.filings, strict=True):
            about = row.key.fingerprint if isinstance(row.key, FindingKey) else ""
            act = self.work.reason(row)
            finding_acts.filed(self.work.session, finding, filing, act=act, about=about)
            words = in_words(request) + left_as_it_is(finding, row.choice, row.fields)
            if lacking := lacks(self.work.session, filing, act):
                words += _("; still lacks: {fields}").format(fields=_("; ").join(lacking))
            self._note(row, finding, Effect.FILED, words, filing.number, request)
        self._note_served(batch.filings)

    def _note_served(self, filings: Sequence[Filing]) -> None:
        """Note with each row that asks for another one's filing that it serves both."""
        for row, finding, at in self.served:
            first, _of, request = self.requests[at]
            about = row.key.fingerprint if isinstance(row.key, FindingKey) else ""
            act = self.work.reason(row)
            finding_acts.filed(self.work.session, finding, filings[at], act=act, about=about)
            words = _(
                "one filing for both, drafted with sheet {sheet}, row {row}: {filing}"
            ).format(sheet=first.place.sheet, row=first.place.row, filing=in_words(request))
            self._note(row, finding, Effect.REVIEWED, words, filings[at].number, request)

    def _note_others(self, faulty: Collection[tuple[str, int | None]]) -> None:
        """Say of the filings without a fault what they would be: none is kept."""
        for row, finding, request in self.requests:
            if (row.place.sheet, row.place.row) not in faulty:
                self._note(row, finding, Effect.FILED, in_words(request), "", request)

    # --- pairs ------------------------------------------------------------------------------

    def _check_pairs(self) -> set[FindingKey | PairKey]:
        """One row is one account, and one account is one row of the national system; the keys of
        those that say otherwise, each with its fault."""
        wrong: set[FindingKey | PairKey] = set()
        taken: dict[tuple[str, str], DecidedRow] = {}
        for row in self.work.book.rows:
            if not isinstance(row.key, PairKey) or row.choice is not Choice.SAME:
                continue
            national = row.key.right.startswith(NATIONAL)
            marks = [("row", row.key.right)] + [("account", row.key.left)] * national
            for mark in marks if row.key.right.startswith("outside:") else ():
                known = taken.setdefault(mark, row)
                if known is not row:
                    text = _("Row {row} says so of the same one already; only one can be it.")
                    message = text.format(row=known.place.row)
                    self.faults.append(row.fault(message, _("Choose one of the rows.")))
                    wrong.add(row.key)
        return wrong

    def _pair(self, row: DecidedRow, key: PairKey) -> None:
        account = self.work.session.scalars(select(Account).where(Account.uid == key.left)).first()
        if account is None:
            raise RowFault(
                _("The ledger does not know this row."),
                _("The workbook is of another registry, or of one restored since: write it anew."),
                Part.KEY,
            )
        _check_names(row, account.name)
        if row.unread:
            raise RowFaults(())
        national = key.right.startswith(NATIONAL)
        possible = PAIR_CHOICES if national else (Choice.SAME, Choice.NOT_SAME)
        if row.choice not in possible:
            raise not_offered(possible)
        kind, others = DecisionKind(row.choice.value), self._rows_of(key.left)
        effect, detail = self.work.settle(row, kind, key.left, key.right, others)
        self.outcomes.append(
            Outcome(
                *(row.place.sheet, row.place.row, "", account.platform, account.name),
                *(row.choice, effect, detail),
            )
        )

    def _rows_of(self, uid: str) -> set[str]:
        """The rows of the national system that the workbook itself decides of the account."""
        keys = (row.key for row in self.work.book.rows)
        return {key.right for key in keys if isinstance(key, PairKey) and key.left == uid}


def _check_names(row: DecidedRow, *known: str) -> None:
    """Raises RowFault where the row names other accounts than the matter that its key stands for: its
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


def _faults_of(row: DecidedRow, error: TaizhangError) -> list[Fault]:
    if isinstance(error, BadInput) and error.faults:
        return [row.fault(fault.message, fault.remedy) for fault in error.faults]
    return [row.fault(error.message, error.hint)]


def _possible(finding: Finding) -> list[Choice]:
    """Those of the decisions offered that the finding still admits."""
    legal, fitting = finding_acts.legal_acts(finding), offered(row_of(finding.code, finding.facts))
    return [each for each in fitting if _ACTS[_REVIEWS.get(each, Review.CONFIRMED)] in legal]
