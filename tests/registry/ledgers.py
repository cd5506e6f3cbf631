"""Made-up subjects of 青石县 for the tests of history and what is built on it."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.history.writing import Act, record
from registry.models import Account, AccountIdentifier, AccountRole, Contact, History, Unit
from registry.names import fold_name, fold_unit
from registry.vocab import AccountState, RoleKind, UnitKind, UnitLevel
from tests.conftest import NOW


def an_act(session: Session, *, at: datetime = NOW, **rest: Any) -> Act:
    """An act of 王芳."""
    return Act(get_actor(session, "王芳"), at, **rest)


def a_unit(session: Session, name: str = "青石县公安局", *, on: date = date(2026, 1, 1)) -> Unit:
    """A unit with its first row of history."""
    unit = Unit(name=name, fold=fold_unit(name), level=UnitLevel.COUNTY, kind=UnitKind.DEPARTMENT)
    session.add(unit)
    session.flush()
    record(session, unit, {}, effective_on=on, act=an_act(session))
    return unit


def an_account(
    session: Session,
    host: Unit,
    name: str = "青石警方",
    *,
    on: date = date(2026, 1, 1),
    uid: str = "7000001",
    at: datetime = NOW,
    contact: tuple[str, str] | None = None,
    **fields: Any,
) -> Account:
    """An active Weibo account with one identifier, one host, and its first row of history."""
    values: dict[str, Any] = {"platform": "weibo", "state": AccountState.ACTIVE, "name": name}
    account = Account(**(values | {"fold": fold_name(name)} | fields))
    account.identifiers.append(
        AccountIdentifier(platform=account.platform, scheme="uid", value=uid, preferred=True)
    )
    account.roles.append(AccountRole(role=RoleKind.HOST, unit=host, valid_from=on))
    if contact:
        account.contacts.append(
            Contact(name=contact[0], phone=contact[1], salt=secrets.token_bytes(16))
        )
    session.add(account)
    session.flush()
    record(session, account, {}, effective_on=on, act=an_act(session, at=at))
    return account


def rename(session: Session, account: Account, name: str, on: date) -> History:
    """A change of name that takes effect on `on`."""
    return record(session, account, {"name": name}, effective_on=on, act=an_act(session))
