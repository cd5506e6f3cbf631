"""The ids and roles of an account: which hold now, and the changes by which they begin and end.

Nothing is changed except through history. An id held by another live account is refused, unless it
is accepted as disputed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import AlreadyExists, NotFound, Refused
from registry.history import writing as history
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, AccountIdentifier, Unit
from registry.vocab import AccountState, RoleKind

ENDED_STATES = frozenset({AccountState.CLOSED, AccountState.TRANSFERRED, AccountState.ABANDONED})
"""States in which the account holds no id any more."""

Changes = dict[str, Any]
"""Changes of an account's state as `registry.history.writing.record` takes them."""


def live_identifiers(account: Account) -> dict[str, str]:
    """Scheme → value of the ids that are valid now; of several in a scheme the preferred one."""
    valid = [row for row in account.identifiers if row.valid_to is None]
    valid.sort(key=lambda row: (row.preferred, row.valid_from or date.min, row.id or 0))
    return {row.scheme: row.value for row in valid}


def native_id(account: Account) -> str:
    """The preferred id 平台ID, or the first valid one, or an empty text."""
    valid = [row for row in account.identifiers if row.valid_to is None]
    valid.sort(key=lambda row: (not row.preferred, row.id or 0))
    return valid[0].value if valid else ""


def holder_of(session: Session, platform: str, scheme: str, value: str) -> Account | None:
    """The live account that holds an id undisputed, or None."""
    return session.scalars(
        select(Account)
        .join(AccountIdentifier)
        .where(
            AccountIdentifier.platform == platform,
            AccountIdentifier.scheme == scheme,
            AccountIdentifier.value == value,
            AccountIdentifier.valid_to.is_(None),
            AccountIdentifier.disputed.is_(False),
        )
    ).first()


def check_unheld(
    session: Session, platform: str, scheme: str, value: str, *, but: Account | None = None
) -> None:
    """Raise AlreadyExists, naming the holder, if another live account holds the id."""
    holder = holder_of(session, platform, scheme, value)
    if holder is None or holder is but:
        return
    raise AlreadyExists(
        _("The id {scheme} {value} belongs to the account {name} of {host}.").format(
            scheme=scheme, value=value, name=holder.name, host=_host_name(holder)
        ),
        _("Correct the id; if the other account lost it, end it there: account identifier --end."),
    )


def add_identifier(
    session: Session,
    account: Account,
    scheme: str,
    value: str,
    *,
    act: Act,
    effective_on: date,
    preferred: bool | None = None,
    disputed: bool = False,
) -> AccountIdentifier:
    """A further id of the account; `preferred` None makes it the native id if there is none.

    An id of the same scheme that is valid stays valid: end it if it is replaced. Raises
    AlreadyExists, naming the holder, unless accepted as `disputed`; Refused for an account that
    holds no ids any more.
    """
    if account.state in ENDED_STATES:
        raise Refused(_("A closed account holds no ids; file its re-opening first."))
    entry: Changes = {"valid_from": effective_on, "valid_to": None, "disputed": disputed}
    if not disputed:
        check_unheld(session, account.platform, scheme, value, but=account)
    entries: Changes = {f"{scheme}:{value}": entry}
    first = not any(row.preferred and row.valid_to is None for row in account.identifiers)
    entry["preferred"] = first if preferred is None else preferred
    if preferred and not first:
        entries.update(_unpreferred(account))
    history.record(session, account, {"identifiers": entries}, effective_on=effective_on, act=act)
    return _identifier(account, scheme, value)


def end_identifier(
    session: Session, account: Account, scheme: str, value: str, *, act: Act, effective_on: date
) -> AccountIdentifier:
    """End an id's validity; `effective_on` is its last day. Raises NotFound."""
    row = _identifier(account, scheme, value)
    changes = {"identifiers": {f"{scheme}:{row.value}": {"valid_to": effective_on}}}
    history.record(session, account, changes, effective_on=effective_on, act=act)
    return row


def prefer_identifier(
    session: Session, account: Account, scheme: str, value: str, *, act: Act, effective_on: date
) -> AccountIdentifier:
    """Make an id the native id 平台ID. Raises NotFound."""
    row = _identifier(account, scheme, value)
    entries = {**_unpreferred(account), f"{scheme}:{row.value}": {"preferred": True}}
    history.record(session, account, {"identifiers": entries}, effective_on=effective_on, act=act)
    return row


def _unpreferred(account: Account) -> dict[str, dict[str, bool]]:
    rows = [row for row in account.identifiers if row.preferred and row.valid_to is None]
    return {f"{row.scheme}:{row.value}": {"preferred": False} for row in rows}


def _identifier(account: Account, scheme: str, value: str) -> AccountIdentifier:
    for row in account.identifiers:
        if (row.scheme, row.value) == (scheme, value) and row.valid_to is None:
            return row
    known = [f"{one} {id_}" for one, id_ in live_identifiers(account).items()]
    raise NotFound(
        _("{name} has no id {scheme} {value}.").format(
            name=account.name, scheme=scheme, value=value
        ),
        _("Its ids: {ids}.").format(ids=_(", ").join(known)) if known else "",
    )


def replace_identifiers(
    session: Session,
    account: Account,
    state: Mapping[str, Any],
    given: Mapping[str, str | None],
    day: date,
) -> Changes:
    """Changes by which each given scheme has that value from `day` on (None: has none).

    `state` is the account's state on that day, as history keeps it. Raises AlreadyExists, naming
    the holder, for a value that another live account holds.
    """
    valid = _open_entries(state["identifiers"])
    preferred = [name for name, entry in valid.items() if entry["preferred"]]
    native = preferred[0].split(":", 1)[0] if preferred else next(iter(given), "")
    entries: Changes = {}
    for scheme, value in given.items():
        for name, entry in valid.items():
            if name.split(":", 1)[0] == scheme and name != f"{scheme}:{value}":
                entries[name] = {"valid_to": _day_before(entry, day), "preferred": False}
        if value and f"{scheme}:{value}" not in valid:
            check_unheld(session, account.platform, scheme, value, but=account)
            entries[f"{scheme}:{value}"] = {
                "valid_from": day,
                "valid_to": None,
                "preferred": scheme == native,
                "disputed": False,
            }
    return {"identifiers": entries} if entries else {}


def _open_entries(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry for name, entry in entries.items() if entry["valid_to"] is None}


def _day_before(entry: Mapping[str, Any], day: date) -> date:
    """The last day of what something else replaces on `day`: never before its own first day."""
    since = entry["valid_from"]
    return max(date.fromisoformat(since), day - timedelta(days=1)) if since else day - timedelta(1)


def ended_identifiers(state: Mapping[str, Any], day: date) -> Changes:
    """Changes by which the account, being in `state`, holds no id after `day`."""
    entries = {name: {"valid_to": day} for name in _open_entries(state["identifiers"])}
    return {"identifiers": entries} if entries else {}


# --- roles ----------------------------------------------------------------------------------------


def units_in(account: Account, role: RoleKind) -> list[Unit]:
    """The units that have the role now, oldest first."""
    rows = [row for row in account.roles if row.role is role and row.valid_to is None]
    return [row.unit for row in sorted(rows, key=lambda row: (row.valid_from or date.min, row.id))]


def host_unit(account: Account) -> Unit:
    """主办单位 now. Raises NotFound if the account has none."""
    hosts = units_in(account, RoleKind.HOST)
    if not hosts:
        raise NotFound(_("{name} has no host unit.").format(name=account.name))
    return hosts[-1]


def _host_name(account: Account) -> str:
    hosts = units_in(account, RoleKind.HOST)
    return hosts[-1].name if hosts else ""


def replace_roles(
    state: Mapping[str, Any], role: RoleKind, unit_uids: Sequence[str], day: date
) -> Changes:
    """Changes by which exactly these units have the role from `day` on.

    `state` is the account's state on that day, as history keeps it.
    """
    wanted = {f"{role.value}:{uid}" for uid in unit_uids}
    had = {
        name: entry
        for name, entry in _open_entries(state["roles"]).items()
        if name.startswith(f"{role.value}:")
    }
    entries: Changes = {
        name: {"valid_to": _day_before(entry, day)}
        for name, entry in had.items()
        if name not in wanted
    }
    for name in sorted(wanted - set(had)):
        entries[name] = {"valid_from": day, "valid_to": None}
    return {"roles": entries} if entries else {}
