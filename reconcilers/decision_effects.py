"""What each decision about a finding does, a filing apart: review it, remember something, or both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.actions import basis
from reconcilers.deciding_filings import numbered
from reconcilers.decisions import approve_duplicate, newest_decision, record_notice
from reconcilers.national import NationalPicture
from reconcilers.outcomes import Effect, RowFault, RowFaults, decided_since, not_offered
from reconcilers.pairs import gives_up, row_goes, said_before, settle, stays
from registry.accounts.parts import host_unit
from registry.dates import shanghai_date
from registry.errors import BadInput, NotFound
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import Part
from registry.filings.acts import note_notice
from registry.filings.form import checked_url
from registry.findings import acts as finding_acts
from registry.findings.filings import UNDECIDED
from registry.findings.offered import other_name, row_of
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Decision, Filing, Finding, Unit
from registry.units.acts import add_alias
from registry.units.naming import find_unit
from registry.vocab import (
    DATED,
    Choice,
    DecisionKind,
    FilingKind,
    Review,
    SubjectKind,
    choices_for,
    code_title,
    label,
)

Done = tuple[Effect, str]
"""What it came to, and in words."""


@dataclass(frozen=True, slots=True)
class Work:
    """In whose name, and of which workbook, rows are worked through."""

    session: Session
    book: DecidedBook
    act: Act
    picture: NationalPicture | None = None
    """The national system against the ledger, where any row needs it."""

    def reason(self, row: DecidedRow, otherwise: str = "") -> Act:
        """The act with the row's own reason."""
        return replace(self.act, reason=row.remark or self.act.reason or otherwise)

    def complete(self, row: DecidedRow) -> Act:
        """The same; raises RowFaults where a cell that the decision needs is missing or wrong."""
        if faults := list(self.lacks(row)):
            raise RowFaults(faults)
        return self.reason(row)

    def lacks(self, row: DecidedRow) -> Iterator[RowFault]:
        """Everything that is missing or wrong in the cells beside the decision."""
        if row.until is None:
            if row.choice is Choice.WAIVE and Part.UNTIL not in row.unread:
                said = _("Write a day like 2026-12-31.")
                yield RowFault(_("The last day is missing."), said, Part.UNTIL)
        elif row.choice in DATED and row.until < shanghai_date(self.act.at):
            over = _("{day} is over.").format(day=row.until.isoformat())
            yield RowFault(over, _("Give today or a later day."), Part.UNTIL)
        if row.choice is Choice.NOTICE:
            yield from _wrong_notice(row.notice)
        if row.choice in _REASONED and not self.reason(row).reason.strip():
            yield RowFault(_("A reason is missing."), _("Write it into this column."), Part.REMARK)

    def settle(
        self,
        row: DecidedRow,
        kind: DecisionKind,
        left: str,
        right: str,
        spare: Collection[str] = (),
    ) -> Done:
        """Keep a decision about a pair. Raises RowFault where another one has decided otherwise, or
        where nobody says why it is no longer so."""
        done = settle(
            self.session,
            kind,
            left,
            right,
            self.reason(row),
            overrule=lambda earlier: self._overrule(row, earlier),
            picture=self.picture,
            spare=spare,
            **self.source,
        )
        if not done.recorded:
            return Effect.NOTHING, _("remembered already")
        words = [label(kind, language())]
        if done.earlier is not None and done.earlier.kind is not kind:
            words.append(_("overrules: {before}").format(before=said_before(done.earlier)))
        if done.offline:
            words.append(gives_up(done.offline))
        if done.staying:
            words.append(stays(done.staying))
        return Effect.REMEMBERED, _("; ").join(words)

    @property
    def source(self) -> dict[str, str]:
        """The workbook, as decisions name it."""
        return {"file": self.book.file, "sha256": self.book.sha256}

    def _overrule(self, row: DecidedRow, earlier: Decision) -> None:
        if earlier.actor_id != self.act.actor.id:
            raise decided_since(earlier)
        if not self.reason(row).reason.strip():
            raise RowFault(
                _("{before} It is now to be otherwise, without a reason.").format(
                    before=said_before(earlier)
                ),
                _("Write the reason into this column."),
                Part.REMARK,
            )


_REASONED = frozenset({Choice.WAIVE, Choice.DISMISS, Choice.APPROVE})
"""Decisions that nobody makes without a reason."""


def do(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """Do what the row decides, one of `DECISIONS`. Raises RowFault, RowFaults, TaizhangError."""
    return DECISIONS[row.choice](work, row, finding)


def _reviewed(finding: Finding) -> Done:
    return Effect.REVIEWED, label(finding.review, language())


def _as_it_is() -> Done:
    return Effect.NOTHING, _("said of it already")


def _confirm(work: Work, row: DecidedRow, finding: Finding) -> Done:
    if finding.review is Review.CONFIRMED:
        return _as_it_is()
    return _reviewed(finding_acts.confirm(work.session, finding, act=work.reason(row)))


def _dismiss(work: Work, row: DecidedRow, finding: Finding) -> Done:
    if finding.review is Review.DISMISSED:
        return _as_it_is()
    act = work.complete(row)
    return _reviewed(finding_acts.dismiss(work.session, finding, act=act))


def _waive(work: Work, row: DecidedRow, finding: Finding) -> Done:
    if finding.review is Review.WAIVED and finding.waived_until == row.until:
        return _as_it_is()
    act = work.complete(row)
    assert row.until is not None
    finding_acts.waive(work.session, finding, until=row.until, act=act)
    words = _("{review} until {day}")
    review = label(finding.review, language())
    return Effect.REVIEWED, words.format(review=review, day=row.until.isoformat())


def _offline(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """RC305: the row there is to go. The finding stays until it has gone."""
    if finding.subject_kind is not SubjectKind.NATIONAL_ROW:
        raise not_offered(choices_for(finding.code))
    if not row_goes(work.session, finding.subject_uid, work.reason(row), **work.source):
        return Effect.NOTHING, _("remembered already")
    return Effect.REMEMBERED, label(DecisionKind.OFFLINE_THERE, language())


def _wrong_notice(url: str) -> Iterator[RowFault]:
    said = _("Copy the address of the notice into this column.")
    try:
        checked_url(url)
    except BadInput as error:
        yield RowFault(error.message, said, Part.NOTICE)
    if not url:
        yield RowFault(_("The link of the notice is missing."), said, Part.NOTICE)


def _notice(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """RC310: the notice is there; the next reconciling finds nothing to say any more."""
    account = work.session.get(Account, finding.account_id) if finding.account_id else None
    day = _day(finding.facts.get("outside", {}).get("effective_on"))
    if account is None or day is None:
        raise not_offered(choices_for(finding.code))
    act, url = work.complete(row), row.notice
    known = newest_decision(work.session, account.uid, day.isoformat())
    if known is not None and known.details.get("url") == url:
        return Effect.NOTHING, _("remembered already")
    record_notice(work.session, account.uid, url, day, act)
    words = _("notice of the change of host on {day}: {url}").format(day=day.isoformat(), url=url)
    if noted := _note_in_filings(work.session, finding, account, day, url, act):
        words += _("; written into filing {filings}").format(filings=numbered(noted))
    return Effect.REMEMBERED, words


def _note_in_filings(
    session: Session, finding: Finding, account: Account, day: date, url: str, act: Act
) -> list[Filing]:
    """The filings of that change of host which wait for the notice, with the link in them; the step
    names the finding and its basis."""
    f = Filing
    query = select(f).where(
        f.account_id == account.id,
        f.kind == FilingKind.CHANGE,
        f.state.in_(UNDECIDED),
        f.effective_on == day,
        f.notice_url == "",
    )
    waiting = [each for each in session.scalars(query.order_by(f.id)) if "host_unit" in each.form]
    words = _("{code} {title}; basis: {basis}").format(
        code=finding.code,
        title=code_title(finding.code, language()),
        basis=basis(finding.code, None),
    )
    note = _("; ").join(filter(None, (words, act.reason)))
    for each in waiting:
        note_notice(session, each, url, act, note=note)
    return waiting


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _alias(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """RC306, RC309: the other side's name is one of the host unit's."""
    name = _other_name(finding)
    account = work.session.get(Account, finding.account_id) if finding.account_id else None
    if account is None:
        raise not_offered(choices_for(finding.code))
    unit = host_unit(account)
    bearer = _bearer(work.session, name)
    words = _("{name} is another name of {unit}").format(name=name, unit=unit.name)
    if bearer is unit:
        return Effect.NOTHING, words
    if bearer is not None:
        raise RowFault(
            _("{name} is the name of another unit: {unit}.").format(name=name, unit=bearer.name),
            _("Choose another decision."),
        )
    act = work.reason(row, words)
    day = shanghai_date(act.at)
    add_alias(work.session, unit, name, act=act, effective_on=day, finding=finding.uid)
    if finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    return Effect.REMEMBERED, words


def _other_name(finding: Finding) -> str:
    if name := other_name(row_of(finding.code, finding.facts)):
        return name
    raise RowFault(_("The two sides name the same unit."), _("Choose another decision."))


def _bearer(session: Session, name: str) -> Unit | None:
    try:
        return find_unit(session, name)
    except NotFound:
        return None


def _approve(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """DU401: the exception is kept; with it the finding is let be."""
    platform, _colon, form = finding.discriminator.partition(":")
    known = newest_decision(work.session, finding.subject_uid, finding.discriminator)
    approved = DecisionKind.DUPLICATE_APPROVED
    if known is not None and known.kind is approved and known.valid_to == row.until:
        return Effect.NOTHING, _("remembered already")
    act = work.complete(row)
    approve_duplicate(work.session, finding.subject_uid, platform, form, row.until, act)
    if row.until is not None and finding.review is not Review.DISMISSED:
        finding_acts.waive(work.session, finding, until=row.until, act=act)
    elif finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    words = label(approved, language())
    if row.until is not None:
        words = _("{review} until {day}").format(review=words, day=row.until.isoformat())
    if known is not None:
        words += _("; in place of: {before}").format(before=said_before(known))
    return Effect.REMEMBERED, words


def _same_or_not(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """DU402, DU403: two accounts of the ledger; the finding is confirmed or dismissed with it."""
    kind = DecisionKind(row.choice.value)
    effect, words = work.settle(row, kind, finding.discriminator, finding.subject_uid)
    if effect is Effect.NOTHING:
        return effect, words
    act = work.reason(row, label(kind, language()))
    if kind is DecisionKind.SAME and finding.review is not Review.CONFIRMED:
        finding_acts.confirm(work.session, finding, act=act)
    elif kind is DecisionKind.NOT_SAME and finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    return effect, words


DECISIONS: Mapping[Choice, Callable[[Work, DecidedRow, Finding], Done]] = {
    Choice.CONFIRM: _confirm,
    Choice.DISMISS: _dismiss,
    Choice.WAIVE: _waive,
    Choice.CHANGE_THERE: _confirm,
    Choice.OFFLINE_THERE: _offline,
    Choice.NOTICE: _notice,
    Choice.ALIAS: _alias,
    Choice.APPROVE: _approve,
    Choice.SAME: _same_or_not,
    Choice.NOT_SAME: _same_or_not,
}
