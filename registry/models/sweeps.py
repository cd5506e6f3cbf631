"""Sweeps 巡查: a time point, its runs, what was planned and what was observed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base, Exported, Instant, PackedUid
from registry.uids import new_uid
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    LinkKind,
    Outcome,
    Precision,
    Reason,
    RunMethod,
)

if TYPE_CHECKING:
    from registry.models.accounts import Account


class Sweep(Base, Exported):
    """One pass over the accounts for a monitoring time point 监测时间点."""

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(primary_key=True)
    time_point: Mapped[datetime] = mapped_column(unique=True)
    """T, in UTC."""
    week: Mapped[str] = mapped_column(String(10), index=True)
    """ISO week of T in Shanghai, e.g. `2026-W47`."""
    created_at: Mapped[datetime]

    runs: Mapped[list[Run]] = relationship(back_populates="sweep", order_by="Run.id")


class Run(Base, Exported):
    """One invocation within a sweep. Resuming goes on with the same run."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"), index=True)
    method: Mapped[RunMethod]
    as_of: Mapped[datetime]
    """The moment given to checkers; frozen when planned, so that a resumed run asks the same."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    evidence: Mapped[list[str]] = mapped_column(default=list)
    """WARC files, one per segment, relative to `evidence/`."""
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)

    sweep: Mapped[Sweep] = relationship(back_populates="runs")


class EvidenceSum(Base):
    """What an evidence file was when nothing more was to be written to it. Append-only; it stays when
    the file is removed."""

    __tablename__ = "evidence_sum"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    """Relative to `evidence/`."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    marks: Mapped[str] = mapped_column(Text, default="")
    """What the hash was on the way, at equal steps: they prove what is left of a file that was cut."""
    recorded_at: Mapped[datetime]


class PlannedCheck(Base):
    """A check that this run owes, written before its first request."""

    __tablename__ = "planned_check"
    __table_args__ = (UniqueConstraint("run_id", "account_id", "kind", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[CheckKind]
    ordinal: Mapped[int] = mapped_column(default=0)
    target: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the checker is told, frozen at planning: ids, name, sources in order with addresses."""


class Observation(Base, Exported):
    """What one planned check found, or why it found nothing. Append-only."""

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("run_id", "account_id", "kind", "ordinal"),
        Index("ix_observation_newest", "account_id", "kind", "last_post_at", "run_id"),
        Index("ix_observation_time", "observed_at"),
        Index(
            "ix_observation_gone",
            "account_id",
            sqlite_where=text("existence = 'gone_signal'"),
        ),
    )
    # Every index is paid for by every row: one more only for a query that is asked often.

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(PackedUid, unique=True, default=new_uid)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[CheckKind]
    ordinal: Mapped[int] = mapped_column(default=0)
    observed_at: Mapped[datetime] = mapped_column(Instant)
    """UTC; when the last answer used was complete."""
    outcome: Mapped[Outcome]
    reason: Mapped[Reason | None] = mapped_column(default=None)
    detail: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(32), default="")
    existence: Mapped[Existence] = mapped_column(default=Existence.UNKNOWN)
    signal: Mapped[str] = mapped_column(Text, default="")
    last_post_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """Newest own post; with day precision, midnight in Shanghai of that day."""
    last_post_precision: Mapped[Precision | None] = mapped_column(default=None)
    last_post_derived: Mapped[Derivation | None] = mapped_column(default=None)
    coverage: Mapped[CoverageKind] = mapped_column(default=CoverageKind.UNREAD)
    covered_since: Mapped[datetime | None] = mapped_column(Instant, default=None)
    covered_until: Mapped[datetime | None] = mapped_column(Instant, default=None)
    """UTC; the list knows nothing of posts from here on, so it proves STALE only for a T before."""
    display_name: Mapped[str | None] = mapped_column(String(200), default=None)
    verified_subject: Mapped[str | None] = mapped_column(String(200), default=None)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Posts, counters, links, ids, note, as `sweeps` writes them."""
    records: Mapped[list[str]] = mapped_column(default=list)
    """WARC record ids of the exchanges used, in order."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"), default=None)
    """Who looked, for hand and self_report."""

    run: Mapped[Run] = relationship()
    account: Mapped[Account] = relationship()
    link_results: Mapped[list[LinkResult]] = relationship(back_populates="observation")


class LinkResult(Base):
    """What happened to one menu entry or link in one observation. Append-only."""

    __tablename__ = "link_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    observation_id: Mapped[int] = mapped_column(ForeignKey("observation.id"), index=True)
    path: Mapped[str] = mapped_column(String(300), default="")
    """Menu path joined by ` / `; the discriminator of a finding."""
    label: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[LinkKind]
    url: Mapped[str] = mapped_column(Text, default="")
    appid: Mapped[str] = mapped_column(String(64), default="")
    page: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[int] = mapped_column(default=0)
    final_url: Mapped[str] = mapped_column(Text, default="")
    signal: Mapped[str] = mapped_column(String(64), default="")
    failure: Mapped[Reason | None] = mapped_column(default=None)
    detail: Mapped[str] = mapped_column(Text, default="")
    certificate_expired_at: Mapped[datetime | None] = mapped_column(default=None)
    hops: Mapped[list[Any]] = mapped_column(default=list)

    observation: Mapped[Observation] = relationship(back_populates="link_results")


class LatestLook(Base):
    """What the observations of one account and kind come to. Kept by a trigger, never written."""

    __tablename__ = "latest_look"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[CheckKind] = mapped_column(primary_key=True)
    newest_post_at: Mapped[datetime | None] = mapped_column(Instant)
    """The newest own post that was ever seen; what a unit reports of itself does not count."""
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a look last ended READ."""
    tried_at: Mapped[datetime] = mapped_column(Instant)
    """When it was last looked at, with whatever outcome."""
    failures: Mapped[int]
    """INCONCLUSIVE looks noted since one was READ."""
