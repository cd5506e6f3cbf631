"""What was last seen of each account: one row each, so that 100,000 accounts are read at once.

A trigger keeps the rows in the transaction of the observation (`registry.history.triggers`). They serve
planning, which looks ahead from now; a verdict for a time point gone by reads the observations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import LatestLook
from registry.vocab import CheckKind


@dataclass(frozen=True, slots=True)
class Latest:
    """What all looks of one kind at one account come to. Moments are in UTC."""

    newest_post_at: datetime | None
    """The newest own post that was ever seen (deleted since or not), self-reports left out."""
    read_at: datetime | None
    """When a look last ended READ."""
    tried_at: datetime
    """When it was last looked at, with whatever outcome."""
    failures: int
    """INCONCLUSIVE looks noted since one was READ."""


def latest_looks(session: Session, kind: CheckKind = CheckKind.FRESHNESS) -> dict[int, Latest]:
    """Account key → what its looks of this kind come to; accounts never looked at are not in it."""
    k = LatestLook
    query = select(k.account_id, k.newest_post_at, k.read_at, k.tried_at, k.failures)
    rows = session.execute(query.where(k.kind == kind))
    return {row[0]: Latest(row[1], row[2], row[3], row[4]) for row in rows}


def silent_since(
    session: Session, moment: datetime, kind: CheckKind = CheckKind.FRESHNESS
) -> list[tuple[int, datetime]]:
    """Key and newest own post of the accounts whose newest own post was before `moment`."""
    query = select(LatestLook.account_id, LatestLook.newest_post_at).where(
        LatestLook.kind == kind, LatestLook.newest_post_at < moment
    )
    return [(key, at) for key, at in session.execute(query) if at is not None]
