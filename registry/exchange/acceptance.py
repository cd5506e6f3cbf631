"""What a person accepted so that an import could go on, remembered for ever.

An accepted absence holds as long as the account stays away: once a list names it again, a later
absence is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import require_person
from registry.exchange.known import Known
from registry.exchange.plan_rows import ImportPlan, Result
from registry.exchange.shifted import ABSENT, FIELDS, IDENTIFIERS
from registry.bulk import chunks
from registry.history.writing import Act
from registry.models import Decision, ImportBatch, SenderAccount, Unit
from registry.vocab import DecisionKind


def accepted_absences(session: Session, sender_id: int | None, gone: Iterable[Known]) -> set[int]:
    """Keys of the absent accounts of which a person accepted that this sender lists them no more."""
    decided: set[int] = set()
    keys = {known.uid: known.id for known in gone} if sender_id else {}
    sender_uid = select(Unit.uid).where(Unit.id == sender_id).scalar_subquery()
    last = (
        select(SenderAccount.account_id, ImportBatch.applied_at)
        .join(ImportBatch, ImportBatch.id == SenderAccount.batch_id)
        .where(SenderAccount.sender_id == sender_id)
    )
    for some in chunks(keys):
        held = last.where(SenderAccount.account_id.in_([keys[uid] for uid in some]))
        listed = {key: at for key, at in session.execute(held)}
        query = select(Decision.left_key, Decision.at).where(
            Decision.kind == DecisionKind.ABSENT_ACCEPTED,
            Decision.left_key.in_(some),
            Decision.right_key == sender_uid,
        )
        for uid, at in session.execute(query):
            if at >= listed[keys[uid]]:
                decided.add(keys[uid])
    return decided


def decisions_of(session: Session, plan: ImportPlan, sender: Unit, act: Act) -> list[Decision]:
    """What applying the plan decides and nobody decided before, not yet in the session.

    Raises ActorRequired unless a person decides.
    """
    made = [*_absences(plan, sender), *_changes(session, plan, sender)]
    if made:
        require_person(act.actor)
    for each in made:
        each.at, each.actor_id, each.actor_name = act.at, act.actor.id, act.actor.name
        each.reason, each.file_sha256 = act.reason, plan.sha256
        each.details = {"file": plan.file_name, **(each.details or {})}
    return made


def _absences(plan: ImportPlan, sender: Unit) -> Iterator[Decision]:
    if ABSENT not in plan.accepted:
        return
    for each in plan.absent:
        if not each.accepted:
            yield Decision(
                kind=DecisionKind.ABSENT_ACCEPTED, left_key=each.account, right_key=sender.uid
            )


def _changes(session: Session, plan: ImportPlan, sender: Unit) -> Iterator[Decision]:
    """One for each field whose changes were in doubt, and one for ids taken as disputed."""
    counted = {guard.what: {"count": guard.count, "of": guard.of} for guard in plan.guards}
    disputed = sum(bool(row.disputed) for row in plan.rows if row.result is not Result.CONFLICT)
    if disputed:
        counted.setdefault(IDENTIFIERS, {})["disputed"] = disputed
    before = set(
        session.scalars(
            select(Decision.field).where(
                Decision.kind == DecisionKind.CHANGED_ACCEPTED,
                Decision.left_key == sender.uid,
                Decision.file_sha256 == plan.sha256,
            )
        )
    )
    for field in FIELDS:
        if field in plan.accepted and field in counted and field not in before:
            yield Decision(
                kind=DecisionKind.CHANGED_ACCEPTED,
                left_key=sender.uid,
                field=field,
                details=counted[field],
            )
