"""Units as they are asked for: the list, and one unit with all that belongs to it. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from registry.messages import _
from registry.models import Account, AccountRole, Actor, Unit, UnitAct, UnitIdentifier
from registry.units.acts import LEVEL_READ_OFF, hosted_accounts
from registry.units.naming import find_unit
from registry.vocab import (
    LIVE_STATES,
    AccountState,
    RoleKind,
    UnitActKind,
    UnitKind,
    UnitLevel,
    UnitStatus,
)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the list."""

    uid: str
    name: str
    level: UnitLevel | None
    kind: UnitKind
    region_code: str | None
    parent: str
    status: UnitStatus
    accounts: int
    """How many open accounts it hosts."""
    aliases: str


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act on the unit."""

    effective_on: date
    kind: UnitActKind
    other: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class HostedRow:
    """One account that the unit hosts."""

    uid: str
    platform: str
    name: str
    state: AccountState


@dataclass(frozen=True, slots=True)
class UnitCard:
    """One unit in full."""

    uid: str
    name: str
    level: UnitLevel | None
    kind: UnitKind
    region_code: str | None
    parent: str
    supervising_unit: str
    status: UnitStatus
    aliases: str
    identifiers: str
    acts: tuple[ActRow, ...]
    accounts: tuple[HostedRow, ...]


def list_units(session: Session, *, under: str | None = None) -> list[UnitRow]:
    """All units by name, or `under` (a unit's name) and those below it. Raises NotFound."""
    units = session.scalars(
        select(Unit).options(selectinload(Unit.aliases)).order_by(Unit.name, Unit.id)
    ).all()
    if under:
        below = subtree(units, find_unit(session, under))
        units = [unit for unit in units if unit.id in below]
    names = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    counts = _hosted_counts(session)
    return [
        UnitRow(
            unit.uid,
            unit.name,
            unit.level,
            unit.kind,
            unit.region_code,
            names.get(unit.parent_id or 0, ""),
            unit.status,
            counts[unit.id],
            _joined(alias.alias for alias in unit.aliases),
        )
        for unit in units
    ]


def subtree(units: Sequence[Unit], top: Unit) -> set[int]:
    """The ids of `top` and of every unit below it."""
    children: dict[int, list[int]] = {}
    for unit in units:
        if unit.parent_id is not None:
            children.setdefault(unit.parent_id, []).append(unit.id)
    found, waiting = set[int](), [top.id]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(children.get(current, ()))
    return found


def unit_card(session: Session, unit: Unit) -> UnitCard:
    """The unit with its names, codes, acts and open accounts."""
    codes = select(UnitIdentifier).where(UnitIdentifier.unit_id == unit.id)
    return UnitCard(
        unit.uid,
        unit.name,
        unit.level,
        unit.kind,
        unit.region_code,
        unit.parent.name if unit.parent else "",
        unit.supervising_unit.name if unit.supervising_unit else "",
        unit.status,
        _joined(alias.alias for alias in unit.aliases),
        _joined(f"{code.scheme} {code.value}" for code in session.scalars(codes)),
        tuple(_acts(session, unit)),
        tuple(
            HostedRow(a.uid, a.platform, a.name, a.state) for a in hosted_accounts(session, unit)
        ),
    )


def _acts(session: Session, unit: Unit) -> list[ActRow]:
    rows = session.execute(
        select(UnitAct, Unit.name, Actor.name)
        .join(Actor, Actor.id == UnitAct.actor_id)
        .outerjoin(Unit, Unit.id == UnitAct.other_unit_id)
        .where(UnitAct.unit_id == unit.id)
        .order_by(UnitAct.effective_on, UnitAct.id)
    )
    return [
        ActRow(act.effective_on, act.kind, _about(act, other), actor, act.reason)
        for act, other, actor in rows
    ]


def _about(act: UnitAct, other: str | None) -> str:
    if act.kind is UnitActKind.RENAME:
        return f"{act.details.get('from', '')} → {act.details.get('to', '')}"
    if act.kind is UnitActKind.LIMIT:
        before, after = (act.details.get(key) for key in ("from", "to"))
        name = act.details.get("limit", "")
        return f"{name} {after}" if before is None else f"{name} {before} → {after}"
    if "removed" in act.details:
        return _("no longer {alias}").format(alias=str(act.details["removed"]))
    return other or str(act.details.get("alias", ""))


def _hosted_counts(session: Session) -> Counter[int]:
    rows = session.execute(
        select(AccountRole.unit_id, func.count())
        .join(Account, Account.id == AccountRole.account_id)
        .where(
            AccountRole.role == RoleKind.HOST,
            AccountRole.valid_to.is_(None),
            Account.state.in_(list(LIVE_STATES)),
        )
        .group_by(AccountRole.unit_id)
    )
    return Counter({unit_id: count for unit_id, count in rows})


def _joined(words: Iterable[str]) -> str:
    return "、".join(words)


def levels_read_off(session: Session) -> frozenset[int]:
    """Units by their key whose level nobody gave: it is what the name let expect."""
    told = UnitAct.details["level"].as_string() == LEVEL_READ_OFF["level"]
    query = select(UnitAct.unit_id).where(UnitAct.kind == UnitActKind.ADD, told)
    return frozenset(session.scalars(query))
