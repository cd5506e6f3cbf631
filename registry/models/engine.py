"""What the engine keeps between runs: who sweeps now, what hosts were asked today, who was told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class SweepLease(Base):
    """The right to sweep this registry; its holder renews it while it works."""

    __tablename__ = "sweep_lease"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`sweep`, `sites` for samples of whether websites open, or `remind`."""
    holder: Mapped[str] = mapped_column(String(36))
    """A uid made for each holder."""
    machine: Mapped[str] = mapped_column(String(200), default="")
    process: Mapped[int] = mapped_column(default=0)
    """Process number on that machine."""
    taken_at: Mapped[datetime]
    renewed_at: Mapped[datetime]


class HostUse(Base):
    """How many requests one host got from one egress on one day of Shanghai, over all runs."""

    __tablename__ = "host_use"

    egress: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Empty for this machine's own way out."""
    host: Mapped[str] = mapped_column(String(260), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(default=0)


class Reminder(Base):
    """A unit was told that an account has been silent since a certain post: never told twice."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("account_id", "silence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    """The host unit as it was then."""
    silence: Mapped[str] = mapped_column(String(64))
    """What names the silence: the moment of the last post in ISO 8601, or `never`."""
    sent_at: Mapped[datetime]
