"""The history: append-only, chained. The ledger as of any date is a fold of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Exported
from registry.vocab import SubjectKind


class History(Base, Exported):
    """One change of one subject with its full after-state."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_subject", "subject_kind", "subject_uid", "effective_on", "seq"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind]
    subject_uid: Mapped[str] = mapped_column(String(36))
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_uid: Mapped[str] = mapped_column(String(36))
    actor_name: Mapped[str] = mapped_column(String(100))
    acting_unit_uid: Mapped[str | None] = mapped_column(String(36), default=None)
    os_user: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    filing_uid: Mapped[str | None] = mapped_column(String(36), default=None, index=True)
    batch_uid: Mapped[str | None] = mapped_column(String(36), default=None)
    """The import batch or filing batch it came in."""
    rebased_seq: Mapped[int | None] = mapped_column(default=None)
    """For a re-based row: the later row it repeats on top of one entered late."""
    version: Mapped[int] = mapped_column(default=1)
    """Version of the form of `state`."""
    state: Mapped[str] = mapped_column(Text)
    """Full after-state, canonical JSON: sorted keys, no spaces, UTF-8."""
    changed: Mapped[str] = mapped_column(Text, default="[]")
    """The keys of `state` that the act set, even to what they were: canonical JSON, sorted.

    `name`, `roles/host:UID` …; empty for a subject's first row. A row entered late is a conflict
    for every later row that set the same key.
    """
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
