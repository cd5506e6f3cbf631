"""What an earlier decision about a finding left behind, taken back where it is decided otherwise: a
name given to the unit, an exception for several accounts, that two alike are two.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decision_effects import Work
from reconcilers.decisions import newest_decision, withdraw_duplicate, withdraw_pair
from reconcilers.outcomes import RowFault
from reconcilers.pairs import said_before
from registry.accounts.parts import host_unit
from registry.dates import shanghai_date
from registry.exchange.decided import DecidedRow
from registry.messages import _
from registry.models import Account, Finding, Unit, UnitAct
from registry.units.acts import given_aliases, remove_alias
from registry.vocab import Choice, DecisionKind, UnitActKind


def undo(work: Work, row: DecidedRow, finding: Finding) -> str:
    """Take back what the finding's earlier decision left behind, unless the row says the same again;
    returns it in words, nothing where there was nothing. Raises RowFault for an exception that was
    made elsewhere."""
    if finding.code == "DU401" and row.choice is not Choice.APPROVE:
        return _exception(work, row, finding)
    if finding.code == "DU403" and row.choice not in (Choice.NOT_SAME, Choice.DISMISS):
        return _two_accounts(work, row, finding)
    if finding.account_id is not None and row.choice is not Choice.ALIAS:
        return _aliases(work, row, finding)
    return ""


def _exception(work: Work, row: DecidedRow, finding: Finding) -> str:
    known = newest_decision(work.session, finding.subject_uid, finding.discriminator)
    if known is None or known.kind is not DecisionKind.DUPLICATE_APPROVED:
        return ""
    if known.valid_to is not None and known.valid_to < shanghai_date(work.act.at):
        return ""
    made = {event.at for event in finding.events if event.act in ("dismiss", "waive")}
    if known.at not in made:
        if finding.ended_at is not None:
            return ""
        raise RowFault(
            said_before(known),
            _("Withdraw it with `taizhang reconcile approve-duplicate … --withdraw` first."),
        )
    platform, _colon, form = finding.discriminator.partition(":")
    withdraw_duplicate(work.session, finding.subject_uid, platform, form, work.reason(row))
    return _("exception withdrawn")


def _two_accounts(work: Work, row: DecidedRow, finding: Finding) -> str:
    """DU403: that they are two accounts, if it is still said of them; the next reconciling asks again."""
    known = newest_decision(work.session, finding.discriminator, finding.subject_uid)
    said = known is not None and not known.details.get("withdrawn")
    if known is None or not said or known.kind is not DecisionKind.NOT_SAME:
        return ""
    withdraw_pair(work.session, known, work.reason(row))
    return _("no longer said: {before}").format(before=said_before(known))


def _aliases(work: Work, row: DecidedRow, finding: Finding) -> str:
    """The name that this finding's earlier decision gave to the unit, if it still has it."""
    account = work.session.get(Account, finding.account_id)
    if account is None:
        return ""
    unit = host_unit(account)
    said = {event.at for event in finding.events if event.act == "dismiss"}
    given = given_aliases(unit)
    act = work.reason(row)
    gone = []
    for name in _given_by(work.session, unit, finding, said):
        if name in given:
            remove_alias(work.session, unit, name, act=act, effective_on=shanghai_date(act.at))
            gone.append(name)
    words = _("{name} is no other name of {unit} any more")
    return _("; ").join(words.format(name=name, unit=unit.name) for name in gone)


def _given_by(session: Session, unit: Unit, finding: Finding, said: set[datetime]) -> list[str]:
    """Names added to the unit by a decision about the finding; older versions noted only when."""
    query = select(UnitAct).where(UnitAct.unit_id == unit.id, UnitAct.kind == UnitActKind.ALIAS)
    acts = [
        act
        for act in session.scalars(query.order_by(UnitAct.id))
        if act.details.get("finding", finding.uid if act.recorded_at in said else "") == finding.uid
    ]
    return list(dict.fromkeys(str(act.details["alias"]) for act in acts if "alias" in act.details))
