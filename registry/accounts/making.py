"""Accounts: making one with all that belongs to it, and how it is to be looked at.

An account is never removed, and its state is set once, here, at its birth: from then on filings
and imports change it. Finding one stands in `account_search`, ids and roles in `account_parts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from sqlalchemy.orm import Session

from registry.accounts.parts import (
    ENDED_STATES,
    Changes,
    add_identifier,
    check_unheld,
    end_identifier,
    ended_identifiers,
    holder_of,
    host_unit,
    live_identifiers,
    native_id,
    prefer_identifier,
    replace_identifiers,
    replace_roles,
    units_in,
)
from registry.accounts.search import find_account
from registry.errors import NotFound, Refused
from registry.history import writing as history
from registry.history.writing import Act
from registry.messages import _
from registry.models import (
    Account,
    AccountIdentifier,
    AccountRole,
    AccountSource,
    Contact,
    Unit,
)
from registry.names import fold_name
from registry.text import clean, quoted
from registry.uids import new_salt
from registry.vocab import PLATFORM_PATTERN, AccountState, RoleKind

__all__ = [
    "ENDED_STATES",
    "Changes",
    "ContactGiven",
    "add_identifier",
    "check_platform",
    "check_unheld",
    "create_account",
    "end_identifier",
    "ended_identifiers",
    "find_account",
    "holder_of",
    "host_unit",
    "live_identifiers",
    "native_id",
    "new_contact",
    "prefer_identifier",
    "remove_source",
    "replace_identifiers",
    "replace_roles",
    "set_source",
    "units_in",
]


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """A person to call, as given with a filing or a sheet. Goes to `contact` and nowhere else."""

    name: str = ""
    phone: str = ""
    duty: str = "contact"
    """contact 联系人 · responsible 负责人 · admin 管理员."""

    def __repr__(self) -> str:
        return f"ContactGiven(duty={self.duty!r})"


class PlainFields(TypedDict, total=False):
    """What may be said of a new account beside its platform, name, ids and units."""

    form: str
    verified_subject: str | None
    url: str
    purpose: str
    opened_on: date | None
    followers: int | None
    cadence: str
    details: Mapping[str, Any] | None


def create_account(
    session: Session,
    *,
    platform: str,
    name: str,
    host_unit: Unit,
    state: AccountState,
    act: Act,
    effective_on: date,
    identifiers: Mapping[str, str] | None = None,
    preferred: str = "",
    disputed: Iterable[str] = (),
    co_hosts: Sequence[Unit] = (),
    supervising_unit: Unit | None = None,
    operator: Unit | None = None,
    contacts: Sequence[ContactGiven] = (),
    since: date | None = None,
    record: bool = True,
    **fields: Unpack[PlainFields],
) -> Account:
    """A new account with its ids and roles, flushed, and its first history row.

    `preferred` names the scheme of the native id (default: the first given); `disputed` schemes
    are accepted although another live account holds the value; `since` is the first day of ids and
    roles, None if unknown. Raises AlreadyExists for a value held by another, Refused for a
    platform that is no platform's name or an empty account name.
    """
    check_platform(platform)
    plain = {**fields, "details": dict(fields.get("details") or {})}
    account = Account(
        platform=platform, name=_named(name), fold=fold_name(name), state=state, **plain
    )
    ended = effective_on if state in ENDED_STATES else None
    contested = set(disputed)
    for scheme, value in (identifiers or {}).items():
        if ended is None and scheme not in contested:
            check_unheld(session, platform, scheme, value)
        row = AccountIdentifier(platform=platform, scheme=scheme, value=value, valid_from=since)
        row.valid_to, row.disputed = ended, scheme in contested
        row.preferred = scheme == (preferred or next(iter(identifiers or {})))
        account.identifiers.append(row)
    for role, unit in _roles(host_unit, co_hosts, supervising_unit, operator):
        account.roles.append(AccountRole(role=role, unit=unit, valid_from=since))
    account.contacts.extend(new_contact(given) for given in contacts)
    session.add(account)
    session.flush()
    if record:
        history.record(session, account, {}, effective_on=effective_on, act=act)
    return account


def check_platform(platform: str) -> None:
    """Raise Refused unless `platform` can be a platform's name."""
    if not PLATFORM_PATTERN.fullmatch(platform):
        raise Refused(
            _("{platform} is not the name of a platform.").format(platform=platform),
            _("Known platforms: see `taizhang checkers list`."),
        )


def _named(name: str) -> str:
    name = clean(name)
    if not name:
        raise Refused(_("An account needs a name."))
    return name


def _roles(
    host: Unit, co_hosts: Sequence[Unit], supervising: Unit | None, operator: Unit | None
) -> list[tuple[RoleKind, Unit]]:
    roles = [(RoleKind.HOST, host), *((RoleKind.CO_HOST, unit) for unit in co_hosts)]
    if supervising is not None:
        roles.append((RoleKind.SUPERVISING, supervising))
    if operator is not None:
        roles.append((RoleKind.OPERATOR, operator))
    return roles


def new_contact(given: ContactGiven) -> Contact:
    """A contact row with a salt of its own, not yet in a session."""
    return Contact(duty=given.duty, name=given.name, phone=given.phone, salt=new_salt())


def set_source(
    session: Session,
    account: Account,
    source: str,
    *,
    address: str = "",
    credential: str = "",
    enabled: bool = True,
    position: int = 0,
) -> AccountSource:
    """How the account is to be looked at through `source`; one setting per source and address.

    `credential` is the credential's name, never a secret. Raises Refused for an address that is
    neither one of the web nor a route, or that carries a password.
    """
    if re.match(r"https?://[^/?#]*@", address, re.I):
        raise Refused(
            _("The address holds a user name or password, which a registry does not keep."),
            _("Leave out what stands before the @; ask whoever runs the source for one without."),
        )
    if ":" in address.partition("/")[0] and not re.match(r"https?:", address, re.I):
        raise Refused(
            _("{text} is not a web address.").format(text=quoted(address)),
            _("Copy it from the browser; it begins with http:// or https://."),
        )
    for row in account.sources:
        if (row.source, row.address) == (source, address):
            row.credential, row.enabled, row.position = credential, enabled, position
            session.flush()
            return row
    made = AccountSource(
        source=source,
        address=address,
        credential=credential,
        enabled=enabled,
        position=position,
    )
    account.sources.append(made)
    session.flush()
    return made


def remove_source(session: Session, account: Account, source: str, *, address: str = "") -> None:
    """Forget a setting. Raises NotFound."""
    for row in account.sources:
        if (row.source, row.address) == (source, address):
            account.sources.remove(row)
            session.flush()
            return
    raise NotFound(
        _("{name} has no source {source} {address}.").format(
            name=account.name, source=source, address=address
        )
    )
