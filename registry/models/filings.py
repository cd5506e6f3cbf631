"""Filings 备案 with their steps and papers. A filing's state is not the account's state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.accounts import Account
from registry.models.base import Base, Exported, PackedUid
from registry.models.units import Unit
from registry.vocab import FilingKind, FilingState


class FilingBatch(Base, Exported):
    """Several filings handed in at once: one command or one sheet."""

    __tablename__ = "filing_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))


class Filing(Base, Exported):
    """One filing about one account. An opening has no account before it is approved."""

    __tablename__ = "filing"
    __table_args__ = (Index("ix_filing_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    """For people: year and ordinal, e.g. `2026-0012`; baselines have a series of their own, `B2026-…`."""
    kind: Mapped[FilingKind]
    state: Mapped[FilingState] = mapped_column(default=FilingState.DRAFT)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), default=None, index=True
    )
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("filing_batch.id"), default=None)
    host_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    """主办单位 that files."""
    form: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the form says, by model field name. Never a contact."""
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """变更前: the fields that `form` changes, as they stood at submission."""
    effective_on: Mapped[date | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    notice_url: Mapped[str] = mapped_column(String(2000), default="")
    level: Mapped[int] = mapped_column(default=0)
    """How many local approval steps have been passed."""
    waiting_since: Mapped[datetime | None] = mapped_column(default=None)
    """When it came to whoever must act now."""
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None] = mapped_column(default=None)

    account: Mapped[Account | None] = relationship()
    host_unit: Mapped[Unit | None] = relationship()
    batch: Mapped[FilingBatch | None] = relationship()
    steps: Mapped[list[FilingStep]] = relationship(
        back_populates="filing", order_by="FilingStep.ordinal"
    )
    attachments: Mapped[list[Attachment]] = relationship(back_populates="filing")


class FilingStep(Base, Exported):
    """One act on a filing: who, for which unit, when, with what remark. Append-only."""

    __tablename__ = "filing_step"
    __table_args__ = (UniqueConstraint("filing_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    ordinal: Mapped[int]
    act: Mapped[str] = mapped_column(String(32))
    """draft · submit · approve · return · reject · withdraw · complete · notice."""
    level: Mapped[int] = mapped_column(default=0)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    actor_name: Mapped[str] = mapped_column(String(100))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")

    filing: Mapped[Filing] = relationship(back_populates="steps")


class Attachment(Base, Exported):
    """A paper under its SHA-256 in `attachments/`, linked to what it proves."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(64), default="")
    """notice · cancellation_proof · approval · evidence · form …"""
    added_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), default=None, index=True
    )
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"), default=None, index=True)
    observation_uid: Mapped[str | None] = mapped_column(PackedUid, default=None)
    finding_uid: Mapped[str | None] = mapped_column(String(36), default=None)

    filing: Mapped[Filing | None] = relationship(back_populates="attachments")


class Erasure(Base):
    """An attachment's bytes were erased on purpose; its hash stays and `verify` accepts it."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    erased_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    reason: Mapped[str] = mapped_column(default="")
