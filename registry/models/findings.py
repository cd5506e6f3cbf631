"""Findings 问题 and what became of them, on two axes: review and remedy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base, Exported
from registry.vocab import Remedy, Review, Severity, SubjectKind


class Finding(Base, Exported):
    """Something a rule flags, with evidence. Identity: subject, code, discriminator.

    `ended_at` closes a streak: the next hit of the same identity is a new finding linked to it.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_identity", "subject_kind", "subject_uid", "code", "discriminator"),
        Index("ix_finding_code", "code", "review"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind]
    subject_uid: Mapped[str] = mapped_column(String(100))
    """A uid; for an outside row, its stable key."""
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), default=None, index=True
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None, index=True)
    """The unit that must put it right."""
    code: Mapped[str] = mapped_column(String(8))
    discriminator: Mapped[str] = mapped_column(String(300), default="")
    severity: Mapped[Severity]
    rule_set: Mapped[str] = mapped_column(String(64), default="")
    review: Mapped[Review] = mapped_column(default=Review.OPEN)
    remedy: Mapped[Remedy] = mapped_column(default=Remedy.NONE)
    waived_until: Mapped[date | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), default=None)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was seen, in the terms of the code: days, names, addresses, both sides."""
    observation_uids: Mapped[list[str]] = mapped_column(default=list)

    events: Mapped[list[FindingEvent]] = relationship(
        back_populates="finding", order_by="FindingEvent.id"
    )


class FindingEvent(Base, Exported):
    """One thing that happened to a finding. Append-only; the single source of its statistics."""

    __tablename__ = "finding_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(32))
    """raised · seen · ended · confirm · dismiss · waive · filed · assign · reported · recheck · clear."""
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    actor_name: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    finding: Mapped[Finding] = relationship(back_populates="events")
