"""Import batches: what was applied, from whom, and whether this very file was applied before.

Of the file only its name and SHA-256 are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.exchange.senders import Sender, require_sender
from registry.history.writing import Act
from registry.models import ImportBatch, Unit
from registry.units.naming import ensure_unit


def sending_unit(session: Session, sender: Sender, act: Act) -> Unit:
    """The sender as a unit, made if there is none yet. Raises Refused if nobody is named."""
    require_sender(sender)
    if sender.unit_id is not None:
        return session.get_one(Unit, sender.unit_id)
    return ensure_unit(session, sender.name, act=act, effective_on=shanghai_date(act.at))


def same_batch(session: Session, sender: Unit, sha256: str, kind: str) -> ImportBatch | None:
    """The sender's last batch of that kind, if it was this very file."""
    theirs = (ImportBatch.sender_id == sender.id, ImportBatch.kind == kind)
    query = select(ImportBatch).where(*theirs).order_by(ImportBatch.id.desc()).limit(1)
    last = session.scalars(query).first()
    return last if last is not None and last.sha256 == sha256 else None


def add_batch(
    session: Session,
    sender: Unit,
    act: Act,
    *,
    kind: str,
    file_name: str,
    sha256: str,
    counts: Mapping[str, int],
    options: Mapping[str, Any],
) -> ImportBatch:
    """A new batch, flushed."""
    batch = ImportBatch(
        sender_id=sender.id,
        kind=kind,
        file_name=file_name[:255],
        sha256=sha256,
        applied_at=act.at,
        actor_id=act.actor.id,
        counts=dict(counts),
        options=dict(options),
    )
    session.add(batch)
    session.flush()
    return batch
