"""Local approval of filings, level by level as the jurisdiction says, and the steps all acts leave.

A step is never changed or removed. Every act here is a person's.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from registry.actors import require_person
from registry.errors import MissingField, Refused
from registry.filings import effects as filing_effects
from registry.filings import jurisdictions, lifecycle
from registry.filings.due import level_name
from registry.filings.jurisdictions import ApprovalStep
from registry.history.writing import Act
from registry.messages import _
from registry.models import Contact, Filing, FilingStep, Unit
from registry.personal import without_numbers
from registry.vocab import FilingAct, FilingState


def approval_steps(session: Session, filing: Filing) -> tuple[ApprovalStep, ...]:
    """The local approval steps that hold for a filing, in order."""
    return jurisdictions.steps(jurisdictions.for_unit(session, filing.host_unit))


def approve(session: Session, filing: Filing, act: Act, *, note: str = "") -> Filing:
    """Pass one local approval step; the last one approves the filing and acts on the account.

    Raises IllegalTransition (also when the account has changed its state since submission), Refused
    when another unit's approval is due, ActorRequired.
    """
    require_person(act.actor)
    locked(session, filing)
    after = lifecycle.check_move(filing.state, FilingAct.APPROVE, filing.kind, number=filing.number)
    steps = approval_steps(session, filing)
    step = steps[min(filing.level, len(steps) - 1)]
    unit = _approver(session, step, act)
    filing.level += 1
    filing.waiting_since = act.at
    if filing.level >= len(steps):
        filing_effects.check_still_legal(session, filing, act)
        filing_effects.approve(session, filing, act)
        filing.state = after
    add_step(session, filing, FilingAct.APPROVE, act, note=note, unit=unit)
    return filing


def awaited(session: Session, filing: Filing) -> str:
    """Whose approval a submitted filing waits for: a unit, else a level; "" for other filings."""
    if filing.state is not FilingState.SUBMITTED:
        return ""
    steps = approval_steps(session, filing)
    step = steps[min(filing.level, len(steps) - 1)]
    named = session.scalar(select(Unit.name).where(Unit.uid == step.unit_uid))
    return named or level_name(step.level)


def _approver(session: Session, step: ApprovalStep, act: Act) -> Unit | None:
    """The unit whose step it is, if the jurisdiction names one."""
    if step.unit_uid is None:
        return act.acting_unit
    unit = session.scalars(select(Unit).where(Unit.uid == step.unit_uid)).one_or_none()
    if unit is not None and act.acting_unit is not None and act.acting_unit is not unit:
        raise Refused(
            _("It is for {name} to approve this filing now.").format(name=unit.name),
            _("Act for that unit, or change the approval steps of the jurisdiction."),
        )
    return unit


def return_(session: Session, filing: Filing, act: Act, *, note: str = "") -> Filing:
    """Send a submitted filing back to be corrected; handed in anew it begins at the first level.

    The note (or the act's reason) must say what is to be corrected: MissingField otherwise.
    """
    return _refuse(session, filing, FilingAct.RETURN, act, note)


def reject(session: Session, filing: Filing, act: Act, *, note: str = "") -> Filing:
    """Refuse a submitted filing for good. A rejected opening leaves no account.

    The note (or the act's reason) must say why: MissingField otherwise.
    """
    return _refuse(session, filing, FilingAct.REJECT, act, note)


def _refuse(session: Session, filing: Filing, what: FilingAct, act: Act, note: str) -> Filing:
    require_person(act.actor)
    locked(session, filing)
    after = lifecycle.check_move(filing.state, what, filing.kind, number=filing.number)
    note = note.strip() or act.reason
    if not note:
        raise MissingField(
            _("A filing is not returned or rejected without a reason."), _("Give it with --note.")
        )
    if after is FilingState.REJECTED:
        drop_contacts(session, filing)
    filing.state = after
    filing.waiting_since = act.at if after is FilingState.RETURNED else None
    add_step(session, filing, what, act, note=note)
    return filing


def drop_contacts(session: Session, filing: Filing) -> None:
    """Delete the contacts of a filing that will never be acted on: nobody needs them any more."""
    session.execute(delete(Contact).where(Contact.filing_id == filing.id))


def locked(session: Session, filing: Filing) -> None:
    """Read the filing anew and keep other writers off it until the transaction ends."""
    session.refresh(filing, with_for_update=True)


def add_step(
    session: Session,
    filing: Filing,
    what: FilingAct,
    act: Act,
    *,
    note: str = "",
    unit: Unit | None = None,
) -> FilingStep:
    """The step that an act leaves: who, for which unit, when, with what remark."""
    acting = unit or act.acting_unit
    step = FilingStep(
        ordinal=len(filing.steps) + 1,
        act=what.value,
        level=filing.level,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        unit_id=acting.id if acting else act.actor.unit_id,
        at=act.at,
        note=without_numbers(note or act.reason),
    )
    filing.steps.append(step)
    session.flush()
    return step
