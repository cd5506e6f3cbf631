"""Units with their aliases, identifiers and acts; who acts; whose rules apply."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base, Exported
from registry.vocab import ActorKind, UnitActKind, UnitKind, UnitLevel, UnitStatus


class Registry(Base):
    """A registry: this one, and later its peers."""

    __tablename__ = "registry"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_self: Mapped[bool] = mapped_column(default=False)
    jurisdiction_uid: Mapped[str | None] = mapped_column(String(36), default=None)
    """The unit whose jurisdiction this is; by uid, as peers' units are not in this database."""
    region_code: Mapped[str | None] = mapped_column(String(12), default=None)
    created_at: Mapped[datetime]


class Unit(Base, Exported):
    """A government body 单位. `name` is the full name as printed; `fold` is for comparison only."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    fold: Mapped[str] = mapped_column(String(200), index=True)
    level: Mapped[UnitLevel | None] = mapped_column(default=None)
    kind: Mapped[UnitKind] = mapped_column(default=UnitKind.OTHER)
    region_code: Mapped[str | None] = mapped_column(String(12), default=None)
    """GB/T 2260, six digits; development zones and townships may have none."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None, index=True)
    supervising_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    """主管单位, where it differs from the parent (vertically managed bodies)."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    status: Mapped[UnitStatus] = mapped_column(default=UnitStatus.ACTIVE)
    revision: Mapped[int] = mapped_column(default=0)
    """The latest history seq of this row, for optimistic locking."""

    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id], remote_side=[id])
    supervising_unit: Mapped[Unit | None] = relationship(
        foreign_keys=[supervising_unit_id], remote_side=[id]
    )
    aliases: Mapped[list[UnitAlias]] = relationship(
        back_populates="unit", cascade="all, delete-orphan"
    )


class UnitAlias(Base):
    """Another name of a unit: short form, former name, spelling."""

    __tablename__ = "unit_alias"
    __table_args__ = (UniqueConstraint("unit_id", "fold"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    alias: Mapped[str] = mapped_column(String(200))
    fold: Mapped[str] = mapped_column(String(200), index=True)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    """Set for a former name: the last day on which it was the name."""

    unit: Mapped[Unit] = relationship(back_populates="aliases")


class UnitIdentifier(Base):
    """统一社会信用代码, 网站标识码 or a local code."""

    __tablename__ = "unit_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(64))


class UnitAct(Base, Exported):
    """One act on a unit: what was done, when it took effect, on whose word."""

    __tablename__ = "unit_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[UnitActKind]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    other_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    """The other side: successor of a merger, part of a split, new parent."""
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Actor(Base):
    """Who acts. Attribution, not authentication: the name as given at the door."""

    __tablename__ = "actor"
    __table_args__ = (Index("ix_actor_name_kind", "name", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[ActorKind] = mapped_column(default=ActorKind.PERSON)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)


class Jurisdiction(Base):
    """The rules of one office: who approves, within which limits, who may open, which rule set."""

    __tablename__ = "jurisdiction"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), unique=True)
    approval_steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """In order: `{"level": "county", "unit": UID or null, "limit": working days}`."""
    limits: Mapped[dict[str, int]] = mapped_column(default=dict)
    """Working days: `notice` 公告期, `cancel` report after cancelling, `complete` after approval."""
    may_open: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"warn_kinds": ["section", …]}`: kinds of unit whose opening is warned about at submit."""
    rule_set: Mapped[str] = mapped_column(String(64), default="national-2019")
