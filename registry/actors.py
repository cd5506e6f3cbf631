"""Who acts: attribution, not authentication. An act that must be a person's refuses any other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import insert_row
from registry.errors import ActorRequired
from registry.messages import _
from registry.models import Actor, Unit, table_of
from registry.uids import new_uid
from registry.vocab import ActorKind

SYSTEM_NAME = "taizhang"


def get_actor(
    session: Session, name: str, *, kind: ActorKind = ActorKind.PERSON, unit: Unit | None = None
) -> Actor:
    """The actor of that name and kind, created at the first mention.

    A person of the same name in another unit is another actor. Raises ActorRequired if the name
    is empty.
    """
    name = name.strip()
    if not name:
        raise ActorRequired(_("Nobody is named."), _("Say who acts with --actor NAME."))
    return session.get_one(Actor, _key(session, name, kind, unit.id if unit is not None else None))


def _key(session: Session, name: str, kind: ActorKind, unit_id: int | None) -> int:
    """The key of an actor, who is entered where there is none."""
    session.flush()
    row = table_of(Actor).c
    same = row.name == name, row.kind == kind, row.unit_id.is_not_distinct_from(unit_id)
    found = session.scalar(select(row.id).where(*same).order_by(row.id).limit(1))
    if found is not None:
        return int(found)
    values = {"uid": new_uid(), "name": name, "kind": kind, "unit_id": unit_id}
    return insert_row(session, Actor, values)


def system(session: Session) -> Actor:
    """The program itself, for acts that nobody in particular did."""
    return get_actor(session, SYSTEM_NAME, kind=ActorKind.SYSTEM)


def system_key(session: Session) -> int:
    """Its key, for rows that are written without a mapped object."""
    return _key(session, SYSTEM_NAME, ActorKind.SYSTEM, None)


def require_person(actor: Actor) -> None:
    """Raise ActorRequired unless a person (or a peer registry's person) answers for the act."""
    if actor.kind not in {ActorKind.PERSON, ActorKind.PEER}:
        raise ActorRequired(
            _("This act must be attributed to a person."),
            _("Say who acts with --actor NAME or the environment variable TAIZHANG_ACTOR."),
        )
