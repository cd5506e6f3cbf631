"""What came in: import batches and senders, decisions, national snapshots, leads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, Exported
from registry.vocab import DecisionKind


class ImportBatch(Base, Exported):
    """One applied import. The file itself is not kept: only its name and SHA-256."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    kind: Mapped[str] = mapped_column(String(32))
    """ledger · problems · observations · national."""
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    applied_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    counts: Mapped[dict[str, int]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SenderMapping(Base):
    """What was settled for a sender once: which of its columns is which field."""

    __tablename__ = "sender_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), unique=True)
    columns: Mapped[dict[str, str]] = mapped_column(default=dict)


class SenderAccount(Base):
    """Which accounts a sender's list holds: the key for rows without any id, and for absence.

    Key of a row without ids: (sender, platform, folded name, host unit, ordinal among equals).
    """

    __tablename__ = "sender_account"
    __table_args__ = (UniqueConstraint("sender_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    ordinal: Mapped[int] = mapped_column(default=0)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    """The last batch that held the account."""


class Decision(Base, Exported):
    """What a person decided, remembered for ever: same, not the same, absence accepted …"""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_pair", "left_key", "right_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DecisionKind]
    left_key: Mapped[str] = mapped_column(String(300), default="")
    """An account uid, or `outside:…` for a row of an outside list."""
    right_key: Mapped[str] = mapped_column(String(300), default="")
    field: Mapped[str] = mapped_column(String(64), default="")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    valid_to: Mapped[date | None] = mapped_column(default=None)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    actor_name: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OpenPair(Base):
    """Two that may be one account, which a person has yet to decide: its term runs from here. Gone
    from the table once it is no longer asked."""

    __tablename__ = "open_pair"

    left_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    right_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    """As decisions name them."""
    first_asked_at: Mapped[datetime]


class NationalSnapshot(Base, Exported):
    """One export of the national system, as read."""

    __tablename__ = "national_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))

    row_count: Mapped[int]
    block: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """All rows, compressed: see `registry.exchange.national_rows`. Contacts are not taken over.
    A row's state is the third of the three: nothing is merged into it."""


class Lead(Base, Exported):
    """An account seen in reality and not in the ledger 线索."""

    __tablename__ = "lead"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(2000), default="")
    identifiers: Mapped[dict[str, str]] = mapped_column(default=dict)
    host_unit: Mapped[str] = mapped_column(String(200), default="")
    found_at: Mapped[datetime]
    found_where: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), default=None)
    """Set once the lead was filed."""
