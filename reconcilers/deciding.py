"""What the decisions of a workbook do: filings are drafted, findings reviewed, pairs remembered.

Every row is looked at before anything is kept: the caller throws the transaction away where there
is a fault, and always for a dry run. What is done already is not done again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reconcilers.decision_effects import Work, do
from reconcilers.decisions import newest_decision
from reconcilers.deciding_filings import KINDS, filing_request, in_words, known_filing
from reconcilers.outcomes import Carried, Effect, Outcome, RowFault, decided_since, not_offered
from registry import finding_acts
from registry.dates import shanghai_date
from registry.differences import fingerprint
from registry.errors import BadInput, Fault, Refused, TaizhangError
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import FindingKey, PairKey, Part
from registry.filing_batch import FilingRequest, file_batch
from registry.history import Act
from registry.live import chunks
from registry.messages import _, language
from registry.models import Account, Finding, FindingEvent, Registry
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.vocab import (
    PAIR_CHOICES,
    Choice,
    DecisionKind,
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
    desk = _Desk(Work(session, book, act), catalogue)
    desk.run()
    return Carried(sorted(desk.outcomes, key=_place), sorted(desk.faults, key=_fault_place))


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
_SAID = ("confirm", "dismiss", "waive", "filed")


@dataclass(slots=True)
class _Desk:
    """The rows of one workbook being worked through."""

    work: Work
    catalogue: PlatformCatalogue
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[DecidedRow, Finding, FilingRequest]] = field(default_factory=list)

    def run(self) -> None:
        self.faults += self.work.book.faults
        self._check_pairs()
        findings = self._findings()
        for row in self.work.book.rows:
            try:
                with self.work.session.begin_nested():
                    if isinstance(row.key, PairKey):
                        self._pair(row, row.key)
                    else:
                        self._finding(row, row.key, findings.get(row.key.uid))
            except RowFault as error:
                self.faults.append(row.fault(error.message, error.hint, error.part))
            except TaizhangError as error:
                self.faults += _faults_of(row, error)
        self._file()

    def _findings(self) -> dict[str, Finding]:
        uids = [row.key.uid for row in self.work.book.rows if isinstance(row.key, FindingKey)]
        found: dict[str, Finding] = {}
        for some in chunks(uids):
            query = select(Finding).where(Finding.uid.in_(some))
            for finding in self.work.session.scalars(query.options(selectinload(Finding.events))):
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
        offered = choices_for(finding.code)
        if row.choice not in offered:
            raise not_offered(offered)
        if self._is_over(row, key, finding):
            return
        if row.choice in KINDS:
            self._ask_filing(row, finding)
            return
        effect, detail = do(self.work, row, finding)
        self._note(row, finding, effect, detail)

    def _is_over(self, row: DecidedRow, key: FindingKey, finding: Finding) -> bool:
        """True, and noted, when the matter has ended. Raises for one that is another matter now."""
        if finding.ended_at is not None:
            day = shanghai_date(finding.ended_at).isoformat()
            self._note(row, finding, Effect.NOTHING, _("ended on {day}").format(day=day))
            return True
        facts = finding.facts
        now = fingerprint(
            facts.get("ledger", {}), facts.get("outside", {}), facts.get("fields", ())
        )
        if now != key.fingerprint:
            raise RowFault(
                _("What this row says has changed since the workbook was written."),
                _("Clear its decision, and decide it in a workbook written anew."),
            )
        other = _said_by_another(finding, self.work.book, self.work.act)
        if other is not None and not _is_so(row, finding):
            words = _("{actor} has decided it since: {review}.")
            raise RowFault(
                words.format(actor=other.actor_name, review=label(finding.review, language())),
                _(
                    "Clear the decision, or settle it between you: `taizhang finding show {uid}`."
                ).format(uid=finding.uid),
            )
        return False

    def _note(
        self, row: DecidedRow, finding: Finding, effect: Effect, detail: str, filing: str = ""
    ) -> None:
        side = finding.facts.get("ledger") or finding.facts.get("outside") or {}
        self.outcomes.append(
            Outcome(
                row.place.sheet,
                row.place.row,
                finding.code,
                str(side.get("platform", "")),
                str(side.get("name", "")),
                row.choice,
                effect,
                detail,
                filing,
            )
        )

    # --- filings ----------------------------------------------------------------------------

    def _ask_filing(self, row: DecidedRow, finding: Finding) -> None:
        request = filing_request(self.work.session, finding, row.choice, row.remark, self.catalogue)
        known = known_filing(self.work.session, finding, request)
        if known is not None:
            state = label(known.state, language())
            words = _("filing {number} is there: {state}").format(number=known.number, state=state)
            self._note(row, finding, Effect.NOTHING, words, known.number)
            return
        self.requests.append((row, finding, replace(request, place=row.fault(""))))

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
            self._note(row, finding, Effect.FILED, in_words(request), filing.number)

    def _note_others(self, faulty: Collection[tuple[str, int | None]]) -> None:
        """Say of the filings without a fault what they would be: none is kept."""
        for row, finding, request in self.requests:
            if (row.place.sheet, row.place.row) not in faulty:
                self._note(row, finding, Effect.FILED, in_words(request))

    # --- pairs ------------------------------------------------------------------------------

    def _check_pairs(self) -> None:
        """One account is one row of a list, and the other way round."""
        taken: dict[tuple[str, str], DecidedRow] = {}
        for row in self.work.book.rows:
            if not isinstance(row.key, PairKey) or row.choice is not Choice.SAME:
                continue
            source = row.key.right.split(":")[1] if ":" in row.key.right else ""
            for mark in ((source, row.key.left), ("", row.key.right)):
                known = taken.setdefault(mark, row)
                if known is not row:
                    text = _("Row {row} says so of the same one already; only one can be it.")
                    message = text.format(row=known.place.row)
                    self.faults.append(row.fault(message, _("Choose one of the rows.")))

    def _pair(self, row: DecidedRow, key: PairKey) -> None:
        account = self.work.session.scalars(select(Account).where(Account.uid == key.left)).first()
        if account is None:
            raise RowFault(
                _("The ledger does not know this row."),
                _("The workbook is of another registry, or of one restored since: write it anew."),
                Part.KEY,
            )
        _check_names(row, account.name)
        if row.choice not in PAIR_CHOICES:
            raise not_offered(PAIR_CHOICES)
        kind = DecisionKind(row.choice.value)
        known = newest_decision(self.work.session, key.left, key.right)
        effect, detail = Effect.REMEMBERED, label(kind, language())
        if known is not None and known.kind is kind:
            effect, detail = Effect.NOTHING, _("remembered already")
        elif known is not None and known.actor_id != self.work.act.actor.id:
            raise decided_since(known)
        else:
            self.work.remember(row, kind, key.left, key.right)
        self.outcomes.append(
            Outcome(
                *(row.place.sheet, row.place.row, "", account.platform, account.name),
                *(row.choice, effect, detail),
            )
        )


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


def _said_by_another(finding: Finding, book: DecidedBook, act: Act) -> FindingEvent | None:
    """Who else said something of it after the workbook was written, last of all."""
    written = max((stamp.at for stamp in book.stamps), default=None)
    said = [event for event in finding.events if event.act in _SAID]
    last = said[-1] if said else None
    if last is None or last.actor_id == act.actor.id or written is None or last.at <= written:
        return None
    return last


def _is_so(row: DecidedRow, finding: Finding) -> bool:
    """Whether the finding stands as the row wants it, so that nobody is overruled."""
    if row.choice is Choice.WAIVE and finding.waived_until != row.until:
        return False
    return finding.review is _REVIEWS.get(row.choice, finding.review)
