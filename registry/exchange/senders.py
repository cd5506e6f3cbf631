"""Whose list it is, and what was settled about that sender's lists before: its column titles.

A sender is a unit. One that is new is only named in a plan; applying the plan makes the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import NotFound, Refused
from registry.messages import _
from registry.models import Registry, SenderMapping, Unit
from registry.names import expand_unit
from registry.text import clean
from registry.units.naming import find_unit


@dataclass(frozen=True, slots=True)
class Sender:
    """The unit that sent the list, as far as the registry knows it."""

    name: str
    """In full; the prefix by which short names of units are expanded. Empty if nobody is named."""
    unit_id: int | None = None
    """None for a unit that applying the plan will make."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → field, as settled with `--map` before."""


def find_sender(session: Session, name: str | None) -> Sender:
    """The sender of that name, which need not be a unit yet; by default this registry's office.

    Nameless when nothing is given and the registry has no office. Raises Ambiguous.
    """
    named = clean(name or "")
    unit = _unit(session, named) if named else _office(session)
    if unit is None:
        return Sender(named)
    mapping = select(SenderMapping.columns).where(SenderMapping.sender_id == unit.id)
    return Sender(unit.name, unit.id, session.scalar(mapping) or {})


def require_sender(sender: Sender) -> None:
    """Raise Refused if nobody knows whose list it is: then nothing can be kept of it."""
    if not sender.name:
        raise Refused(
            _("It is not said whose list this is."),
            _("Name the unit that sent it in full: --sender UNIT."),
        )


def _unit(session: Session, name: str) -> Unit | None:
    try:
        return find_unit(session, name)
    except NotFound:
        return None


def _office(session: Session) -> Unit | None:
    own = select(Unit).join(Registry, Registry.jurisdiction_uid == Unit.uid)
    return session.scalars(own.where(Registry.is_self)).first()


def remember_columns(session: Session, sender_id: int, columns: Mapping[str, str]) -> None:
    """Keep `columns` (`--map`) for this sender's next lists, on top of what was kept before."""
    found = session.scalars(
        select(SenderMapping).where(SenderMapping.sender_id == sender_id)
    ).first()
    if found is None:
        session.add(SenderMapping(sender_id=sender_id, columns=dict(columns)))
    else:
        found.columns = {**found.columns, **columns}
    session.flush()


def full_name(name: str, sender: str) -> str:
    """A unit's name with the region that the sender left out."""
    return expand_unit(name, sender) if sender else clean(name)
