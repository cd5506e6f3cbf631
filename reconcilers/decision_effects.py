"""What each decision about a finding does, a filing apart: review it, remember something, or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from reconcilers.decisions import approve_duplicate, decide, newest_decision, take_offline
from reconcilers.outcomes import Effect, RowFault, decided_since, not_offered
from registry import finding_acts
from registry.account_parts import host_unit
from registry.dates import shanghai_date
from registry.errors import NotFound
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import Part
from registry.history import Act
from registry.messages import _, language
from registry.models import Account, Finding, Unit
from registry.unit_acts import add_alias
from registry.units import find_unit
from registry.vocab import Choice, DecisionKind, Review, SubjectKind, choices_for, label

Done = tuple[Effect, str]
"""What it came to, and in words."""


@dataclass(frozen=True, slots=True)
class Work:
    """In whose name, and of which workbook, rows are worked through."""

    session: Session
    book: DecidedBook
    act: Act

    def reason(self, row: DecidedRow, otherwise: str = "") -> Act:
        """The act with the row's own reason."""
        return replace(self.act, reason=row.remark or self.act.reason or otherwise)

    def need_reason(self, row: DecidedRow) -> Act:
        """The same; raises where nobody says why."""
        act = self.reason(row)
        if not act.reason.strip():
            raise RowFault(_("A reason is missing."), _("Write it into this column."), Part.REMARK)
        return act

    def remember(self, row: DecidedRow, kind: DecisionKind, left: str, right: str) -> None:
        """Keep a decision about a pair, or about a row of the national system alone."""
        act, source = self.reason(row), {"file": self.book.file, "sha256": self.book.sha256}
        if kind is DecisionKind.OFFLINE_THERE:
            take_offline(self.session, right, act, account=left, **source)
        else:
            decide(self.session, kind, left, right, act, **source)


def do(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """Do what the row decides, one of `DECISIONS`. Raises RowFault, TaizhangError."""
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
    act = work.need_reason(row)
    return _reviewed(finding_acts.dismiss(work.session, finding, act=act))


def _waive(work: Work, row: DecidedRow, finding: Finding) -> Done:
    if row.until is None:
        raise RowFault(_("The last day is missing."), _("Write a day like 2026-12-31."), Part.UNTIL)
    if finding.review is Review.WAIVED and finding.waived_until == row.until:
        return _as_it_is()
    act = work.need_reason(row)
    _check_day(row.until, act)
    finding_acts.waive(work.session, finding, until=row.until, act=act)
    words = _("{review} until {day}")
    review = label(finding.review, language())
    return Effect.REVIEWED, words.format(review=review, day=row.until.isoformat())


def _check_day(day: date, act: Act) -> None:
    if day < shanghai_date(act.at):
        raise RowFault(
            _("{day} is over.").format(day=day.isoformat()),
            _("Give today or a later day."),
            Part.UNTIL,
        )


def _offline(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """RC305: the row there is to go. The finding stays until it has gone."""
    if finding.subject_kind is not SubjectKind.NATIONAL_ROW:
        raise not_offered(choices_for(finding.code))
    known = newest_decision(work.session, "", finding.subject_uid)
    if known is not None and known.kind is DecisionKind.OFFLINE_THERE:
        return Effect.NOTHING, _("remembered already")
    work.remember(row, DecisionKind.OFFLINE_THERE, "", finding.subject_uid)
    _confirm(work, row, finding)
    return Effect.REMEMBERED, label(DecisionKind.OFFLINE_THERE, language())


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
    add_alias(work.session, unit, name, act=act, effective_on=day)
    if finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    return Effect.REMEMBERED, words


def _other_name(finding: Finding) -> str:
    facts = finding.facts
    for name in ("host_unit", "verified_subject"):
        if name in facts.get("fields", ()) and facts.get("outside", {}).get(name):
            return str(facts["outside"][name])
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
    act = work.need_reason(row)
    if row.until is not None:
        _check_day(row.until, act)
    approve_duplicate(work.session, finding.subject_uid, platform, form, row.until, act)
    if row.until is not None and finding.review is not Review.DISMISSED:
        finding_acts.waive(work.session, finding, until=row.until, act=act)
    elif finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    words = label(approved, language())
    if row.until is None:
        return Effect.REMEMBERED, words
    return Effect.REMEMBERED, _("{review} until {day}").format(
        review=words, day=row.until.isoformat()
    )


def _same_or_not(work: Work, row: DecidedRow, finding: Finding) -> Done:
    """DU402, DU403: two accounts of the ledger; the finding is confirmed or dismissed with it."""
    kind = DecisionKind(row.choice.value)
    left, right = finding.discriminator, finding.subject_uid
    known = newest_decision(work.session, left, right)
    words = label(kind, language())
    if known is not None and known.kind is kind:
        return Effect.NOTHING, _("remembered already")
    if known is not None and known.actor_id != work.act.actor.id:
        raise decided_since(known)
    work.remember(row, kind, left, right)
    act = work.reason(row, words)
    if kind is DecisionKind.SAME and finding.review is not Review.CONFIRMED:
        finding_acts.confirm(work.session, finding, act=act)
    elif kind is DecisionKind.NOT_SAME and finding.review is not Review.DISMISSED:
        finding_acts.dismiss(work.session, finding, act=act)
    return Effect.REMEMBERED, words


DECISIONS: Mapping[Choice, Callable[[Work, DecidedRow, Finding], Done]] = {
    Choice.CONFIRM: _confirm,
    Choice.DISMISS: _dismiss,
    Choice.WAIVE: _waive,
    Choice.CHANGE_THERE: _confirm,
    Choice.OFFLINE_THERE: _offline,
    Choice.ALIAS: _alias,
    Choice.APPROVE: _approve,
    Choice.SAME: _same_or_not,
    Choice.NOT_SAME: _same_or_not,
}
