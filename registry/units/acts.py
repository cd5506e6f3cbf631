"""What is done to units: add, alias, rename, merge, split, abolish, move, each with its history.

None of them touches an account: an account's host changes by a CHANGE filing only, so merging and
abolishing return the accounts whose host must be filed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import AlreadyExists, NotFound, Refused
from registry.history.writing import Act, record
from registry.messages import _, language
from registry.models import Account, AccountRole, Unit, UnitAct, UnitAlias, UnitIdentifier
from registry.names import fold_unit
from registry.text import clean
from registry.vocab import (
    LIVE_STATES,
    AccountState,
    RoleKind,
    UnitActKind,
    UnitKind,
    UnitLevel,
    UnitStatus,
    label,
)

LEVEL_READ_OFF = {"level": "name"}
"""Details of the act that added a unit whose level was read off its name."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What an act on a unit leaves for people to do."""

    unit: Unit
    refile: tuple[Account, ...] = ()
    """Accounts that the unit hosts and that need a CHANGE filing (or a STOP)."""
    orphans: tuple[Unit, ...] = ()
    """Units below it that still exist and need another parent."""


def add_unit(
    session: Session,
    name: str,
    *,
    act: Act,
    effective_on: date,
    level: UnitLevel | None = None,
    kind: UnitKind = UnitKind.OTHER,
    region_code: str | None = None,
    parent: Unit | None = None,
    supervising_unit: Unit | None = None,
    identifiers: Mapping[str, str] | None = None,
    aliases: Sequence[str] = (),
    level_read_off: bool = False,
) -> Unit:
    """A new unit under its full name; `level_read_off`: nobody gave its level, it is what the name
    lets expect. Raises AlreadyExists if an existing unit bears the name."""
    name = clean(name)
    _check_free(session, name)
    _check_codes(session, identifiers or {})
    unit = Unit(
        name=name,
        fold=fold_unit(name),
        level=level,
        kind=kind,
        region_code=region_code,
        parent=parent,
        supervising_unit=supervising_unit,
        status=UnitStatus.ACTIVE,
    )
    for alias in dict.fromkeys(clean(each) for each in aliases):
        if fold_unit(alias) not in {unit.fold, *(known.fold for known in unit.aliases)}:
            unit.aliases.append(UnitAlias(alias=alias, fold=fold_unit(alias)))
    session.add(unit)
    session.flush()
    for scheme, value in (identifiers or {}).items():
        session.add(UnitIdentifier(unit_id=unit.id, scheme=scheme, value=value))
    session.flush()
    details = LEVEL_READ_OFF if level and level_read_off else {}
    _record(session, unit, UnitActKind.ADD, {}, effective_on, act, details, other=parent)
    return unit


def add_alias(
    session: Session, unit: Unit, alias: str, *, act: Act, effective_on: date, finding: str = ""
) -> UnitAlias:
    """Another name by which the unit is found. One it has already is returned as it is. `finding`:
    uid of the one that was decided by it."""
    alias = clean(alias)
    fold = fold_unit(alias)
    known = _alias(unit, fold)
    if known is not None:
        return known
    if fold == unit.fold:
        raise AlreadyExists(_("{name} is the unit's own name.").format(name=alias))
    changes = {"aliases": _aliases(unit, alias)}
    details = {"alias": alias, **({"finding": finding} if finding else {})}
    _record(session, unit, UnitActKind.ALIAS, changes, effective_on, act, details)
    made = _alias(unit, fold)
    assert made is not None
    return made


def given_aliases(unit: Unit) -> list[str]:
    """The other names that people gave the unit; its former names are not among them."""
    return [alias.alias for alias in unit.aliases if alias.valid_to is None]


def remove_alias(
    session: Session, unit: Unit, alias: str, *, act: Act, effective_on: date
) -> UnitAct:
    """Take another name from the unit again. Raises NotFound for one it does not have, Refused for its
    own and for a former name."""
    fold = fold_unit(clean(alias))
    known = _alias(unit, fold)
    if fold == unit.fold or (known is not None and known.valid_to is not None):
        raise Refused(
            _("{alias} is or was the unit's own name and stays.").format(alias=alias),
            _("To rename the unit, use `taizhang unit rename`."),
        )
    if known is None:
        raise NotFound(
            _("{name} has no other name {alias}.").format(name=unit.name, alias=alias),
            _("Its names: `taizhang unit show {name}`.").format(name=unit.name),
        )
    changes, details = {"aliases": _aliases(unit, without=fold)}, {"removed": known.alias}
    return _record(session, unit, UnitActKind.ALIAS, changes, effective_on, act, details)


def rename_unit(
    session: Session, unit: Unit, name: str, *, act: Act, effective_on: date
) -> UnitAct:
    """Give the unit another name; the former one stays as an alias valid to the day before.

    Raises AlreadyExists if another existing unit bears the name.
    """
    name = clean(name)
    _check_exists(unit)
    _check_free(session, name, but=unit)
    former = unit.name
    changes = {"name": name, "aliases": _aliases(unit, former, without=fold_unit(name))}
    if fold_unit(former) == fold_unit(name):
        changes = {"name": name}
    details = {"from": former, "to": name}
    done = _record(session, unit, UnitActKind.RENAME, changes, effective_on, act, details)
    alias = _alias(unit, fold_unit(former))
    if alias is not None:
        alias.valid_to = effective_on - timedelta(days=1)
        session.flush()
    return done


def merge_unit(
    session: Session, unit: Unit, into: Unit, *, act: Act, effective_on: date
) -> Aftermath:
    """The unit ends and `into` succeeds it. Returns the accounts whose host must be filed anew."""
    _check_exists(unit)
    _check_exists(into)
    _check_other(into, unit)
    changes = {"status": UnitStatus.MERGED.value, "successor": into.uid}
    _record(session, unit, UnitActKind.MERGE, changes, effective_on, act, other=into)
    return _aftermath(session, unit)


def split_unit(
    session: Session, unit: Unit, parts: Sequence[Unit], *, act: Act, effective_on: date
) -> Aftermath:
    """`parts` were split off the unit, which goes on; abolish it if it does not.

    Returns its accounts, some of which may now belong to a part.
    """
    _check_exists(unit)
    if not parts or unit in parts:
        raise Refused(_("A split needs at least one other unit that comes out of it."))
    for part in parts:
        _check_exists(part)
        _record(session, unit, UnitActKind.SPLIT, {}, effective_on, act, other=part)
    return _aftermath(session, unit)


def abolish_unit(
    session: Session,
    unit: Unit,
    *,
    act: Act,
    effective_on: date,
    successor: Unit | None = None,
) -> Aftermath:
    """The unit ends, with or without a successor. Returns the accounts that lost their host."""
    _check_exists(unit)
    changes: dict[str, Any] = {"status": UnitStatus.ABOLISHED.value}
    if successor is not None:
        _check_exists(successor)
        _check_other(successor, unit)
        changes["successor"] = successor.uid
    _record(session, unit, UnitActKind.ABOLISH, changes, effective_on, act, other=successor)
    return _aftermath(session, unit)


def move_unit(
    session: Session,
    unit: Unit,
    parent: Unit | None,
    *,
    act: Act,
    effective_on: date,
    supervising_unit: Unit | None = None,
) -> UnitAct:
    """Put the unit under another parent (None: under nobody), and another supervising unit if given.

    Raises Refused if the new parent stands below the unit.
    """
    _check_exists(unit)
    changes: dict[str, Any] = {"parent": parent.uid if parent else None}
    if parent is not None:
        _check_exists(parent)
        _check_not_below(parent, unit)
    if supervising_unit is not None:
        changes["supervising_unit"] = supervising_unit.uid
    details = {"from": unit.parent.uid if unit.parent else None, "to": changes["parent"]}
    done = _record(
        session, unit, UnitActKind.MOVE, changes, effective_on, act, details, other=parent
    )
    session.expire(unit, ["parent", "supervising_unit"])
    return done


def hosted_accounts(session: Session, unit: Unit) -> tuple[Account, ...]:
    """The accounts that the unit hosts now and that are proposed, active or closing."""
    hosted = (
        select(Account)
        .join(AccountRole)
        .where(
            AccountRole.unit_id == unit.id,
            AccountRole.role == RoleKind.HOST,
            AccountRole.valid_to.is_(None),
            Account.state.in_([*LIVE_STATES, AccountState.PROPOSED]),
        )
        .order_by(Account.id)
    )
    return tuple(session.scalars(hosted).unique())


def _aftermath(session: Session, unit: Unit) -> Aftermath:
    below = select(Unit).where(Unit.parent_id == unit.id, Unit.status == UnitStatus.ACTIVE)
    orphans = () if unit.status is UnitStatus.ACTIVE else tuple(session.scalars(below))
    return Aftermath(unit, hosted_accounts(session, unit), orphans)


def _record(
    session: Session,
    unit: Unit,
    kind: UnitActKind,
    changes: Mapping[str, Any],
    effective_on: date,
    act: Act,
    details: Mapping[str, Any] | None = None,
    *,
    other: Unit | None = None,
) -> UnitAct:
    """One history row and one UnitAct row."""
    if changes or kind is UnitActKind.ADD:
        record(session, unit, changes, effective_on=effective_on, act=act)
    done = UnitAct(
        kind=kind,
        unit_id=unit.id,
        other_unit_id=other.id if other else None,
        effective_on=effective_on,
        recorded_at=act.at,
        actor_id=act.actor.id,
        reason=act.reason,
        details=dict(details or {}),
    )
    session.add(done)
    session.flush()
    return done


def _check_free(session: Session, name: str, *, but: Unit | None = None) -> None:
    if not fold_unit(name):
        raise Refused(_("A unit needs a name."))
    same = select(Unit).where(Unit.fold == fold_unit(name), Unit.status == UnitStatus.ACTIVE)
    for unit in session.scalars(same):
        if unit is not but:
            raise AlreadyExists(
                _("There is already a unit called {name}.").format(name=unit.name),
                _("To make one unit of two, use `taizhang unit merge`."),
            )


def _check_codes(session: Session, identifiers: Mapping[str, str]) -> None:
    for scheme, value in identifiers.items():
        holder = session.scalars(
            select(Unit)
            .join(UnitIdentifier, UnitIdentifier.unit_id == Unit.id)
            .where(UnitIdentifier.scheme == scheme, UnitIdentifier.value == value)
        ).first()
        if holder is not None:
            raise AlreadyExists(
                _("The code {value} belongs to {name}.").format(value=value, name=holder.name)
            )


def _check_exists(unit: Unit) -> None:
    if unit.status is UnitStatus.ACTIVE:
        return
    successor = unit.successor_id is not None
    raise Refused(
        _("{name} no longer exists: {status}.").format(
            name=unit.name, status=label(unit.status, language())
        ),
        _("Name its successor instead.") if successor else "",
    )


def _check_other(other: Unit, unit: Unit) -> None:
    if other is unit:
        raise Refused(_("A unit cannot be its own successor."))


def _check_not_below(parent: Unit, unit: Unit) -> None:
    above: Unit | None = parent
    while above is not None:
        if above is unit:
            raise Refused(
                _("{parent} stands below {name} and cannot become its parent.").format(
                    parent=parent.name, name=unit.name
                )
            )
        above = above.parent


def _aliases(unit: Unit, *more: str, without: str = "") -> list[str]:
    names = {alias.fold: alias.alias for alias in unit.aliases}
    names.update({fold_unit(name): name for name in more})
    names.pop(without, None)
    return sorted(names.values())


def _alias(unit: Unit, fold: str) -> UnitAlias | None:
    same: Iterable[UnitAlias] = (alias for alias in unit.aliases if alias.fold == fold)
    return next(iter(same), None)
