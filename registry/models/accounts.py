"""Accounts: what the ledger declares. Contacts stand apart, because they can be forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base, Exported
from registry.models.units import Unit
from registry.vocab import AccountState, RoleKind


class Account(Base, Exported):
    """One presence on one platform 账号. Name and platform are not a key: identifiers are."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_platform_fold", "platform", "fold"),
        Index("ix_account_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(32))
    form: Mapped[str] = mapped_column(String(32), default="")
    """订阅号, 服务号 …, where a platform has several; otherwise empty."""
    name: Mapped[str] = mapped_column(String(200))
    """As printed by the sender."""
    fold: Mapped[str] = mapped_column(String(200))
    verified_subject: Mapped[str | None] = mapped_column(String(200), default=None)
    url: Mapped[str] = mapped_column(String(2000), default="")
    purpose: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date | None] = mapped_column(default=None)
    followers: Mapped[int | None] = mapped_column(default=None)
    cadence: Mapped[str] = mapped_column(String(100), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Other columns of the sender's sheet, by title. Never a contact."""
    state: Mapped[AccountState]
    revision: Mapped[int] = mapped_column(default=0)
    """The latest history seq of this row, for optimistic locking."""

    identifiers: Mapped[list[AccountIdentifier]] = relationship(
        back_populates="account", cascade="all, delete-orphan"
    )
    roles: Mapped[list[AccountRole]] = relationship(
        back_populates="account", cascade="all, delete-orphan"
    )
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="account", cascade="all, delete-orphan"
    )
    sources: Mapped[list[AccountSource]] = relationship(
        back_populates="account",
        cascade="all, delete-orphan",
        order_by="AccountSource.position",
    )


class AccountIdentifier(Base, Exported):
    """An id of an account by scheme. One live account holds a (platform, scheme, value).

    The platform is part of the key because different platforms name their ids alike (`uid`).
    """

    __tablename__ = "account_identifier"
    __table_args__ = (
        Index(
            "uq_account_identifier_live",
            "platform",
            "scheme",
            "value",
            unique=True,
            sqlite_where=text("valid_to IS NULL AND NOT disputed"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    platform: Mapped[str] = mapped_column(String(32))
    scheme: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    """The last day of validity; closing or transferring the account sets it."""
    preferred: Mapped[bool] = mapped_column(default=False)
    """True for the native id 平台ID."""
    disputed: Mapped[bool] = mapped_column(default=False)
    """Accepted although another live account holds it (raises DU402)."""

    account: Mapped[Account] = relationship(back_populates="identifiers")


class AccountRole(Base, Exported):
    """Which unit answers for an account in which role."""

    __tablename__ = "account_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[RoleKind]
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)

    account: Mapped[Account] = relationship(back_populates="roles")
    unit: Mapped[Unit] = relationship()


class Contact(Base):
    """A person to call about an account. Personal data: stored here and nowhere else.

    History holds only a digest salted with `salt`; deleting the row makes it meaningless.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), default=None, index=True
    )
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"), default=None, index=True)
    """For an opening not yet approved, which has no account."""
    duty: Mapped[str] = mapped_column(String(32), default="contact")
    """contact 联系人 · responsible 负责人 · admin 管理员."""
    name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))

    account: Mapped[Account | None] = relationship(back_populates="contacts")


class AccountSource(Base):
    """How the office wants an account looked at: source, address, credential name, order."""

    __tablename__ = "account_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    source: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(2000), default="")
    credential: Mapped[str] = mapped_column(String(200), default="")
    """The credential's name, e.g. `wechat:wx…`; the secret itself is never stored."""
    enabled: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    account: Mapped[Account] = relationship(back_populates="sources")
