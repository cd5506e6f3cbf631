"""Finding a unit by any of its names, and making one that is named for the first time.

A name that fits several units is never decided here: the answer is Ambiguous with the candidates.
What is done to a unit afterwards (rename, merge …) stands in `registry.units.acts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.errors import Ambiguous, NotFound
from registry.history.writing import Act
from registry.messages import _
from registry.models import Unit, UnitAlias, UnitIdentifier
from registry.names import expand_unit, fold_unit, region_levels, simplify
from registry.text import clean
from registry.units.acts import add_unit
from registry.vocab import UnitKind, UnitLevel, UnitStatus

SHOWN = 5
"""How many candidates a message lists."""


class Named(Protocol):
    """A unit as messages name it."""

    @property
    def name(self) -> str: ...
    @property
    def uid(self) -> str: ...


LookUp = Callable[[str], list[Unit]]
"""From a folded name to the units that bear it now or bore it."""


def find_unit(session: Session, name: str, *, prefix: str = "") -> Unit:
    """The unit of that full name, alias, former name, identifier or uid.

    `prefix` is the sender, by whose region a short name is expanded (县公安局 → 青石县公安局). A
    unit that still exists is preferred to one merged or abolished. Raises NotFound (with names
    that look like it) or Ambiguous (with the candidates).
    """
    named = _resolve(name, prefix, lambda fold: _bearers(session, fold))
    units = named or _by_identifier(session, name.strip())
    return _only(units, name) if units else _missing(session, name)


class UnitIndex:
    """All units of a registry in memory, for lists of many rows: one query instead of one each.

    Answers as `find_unit` does, by names only. `remember` a unit that was made after loading.
    """

    def __init__(self, session: Session) -> None:
        self._by_fold: dict[str, list[Unit]] = defaultdict(list)
        for unit in session.scalars(select(Unit).options(selectinload(Unit.aliases))):
            self.remember(unit)

    def remember(self, unit: Unit) -> None:
        for fold in {unit.fold, *(alias.fold for alias in unit.aliases)}:
            if unit not in self._by_fold[fold]:
                self._by_fold[fold].append(unit)

    def find(self, name: str, *, prefix: str = "") -> Unit | None:
        """The unit, or None if no unit has that name. Raises Ambiguous."""
        units = _resolve(name, prefix, lambda fold: self._by_fold.get(fold, []))
        return _only(units, name) if units else None


def ensure_unit(
    session: Session,
    name: str,
    *,
    act: Act,
    effective_on: date,
    prefix: str = "",
    level: UnitLevel | None = None,
    kind: UnitKind | None = None,
    region_code: str | None = None,
    parent: Unit | None = None,
    supervising_unit: Unit | None = None,
    identifiers: Mapping[str, str] | None = None,
    index: UnitIndex | None = None,
    usual_level: UnitLevel | None = None,
) -> Unit:
    """The unit of that name (as `find_unit`), added under its expanded full name if there is none.

    What is given beside the name is used only for a new unit; its level, kind and parent are read
    off the name where that is safe, or its level is `usual_level`. With `index` the look-up makes no query. Raises Ambiguous.
    """
    found = index.find(name, prefix=prefix) if index else _found(session, name, prefix)
    if found is not None:
        return found
    full = expand_unit(name, prefix) if prefix else clean(name)
    seen_level, seen_kind = infer(full)
    unit = add_unit(
        session,
        full,
        act=act,
        effective_on=effective_on,
        level=level or usual_level or seen_level,
        level_read_off=level is None,
        kind=kind or seen_kind,
        region_code=region_code,
        parent=parent or _region_of(session, full, index),
        supervising_unit=supervising_unit,
        identifiers=identifiers,
    )
    if index is not None:
        index.remember(unit)
    return unit


def _found(session: Session, name: str, prefix: str) -> Unit | None:
    units = _resolve(name, prefix, lambda fold: _bearers(session, fold))
    return _only(units, name) if units else None


def _resolve(name: str, prefix: str, look_up: LookUp) -> list[Unit]:
    """Units of the name as written; else of the name expanded by the sender's region.

    A short name that some unit bears as an alias in another county is not taken for it when the
    sender's own expanded name is known, so the expanded one goes first.
    """
    names = [expand_unit(name, prefix), name] if prefix else [name]
    for each in names:
        fold = fold_unit(each)
        units = look_up(fold) if fold else []
        if units:
            return _preferred(units, fold)
    return []


def _preferred(units: list[Unit], fold: str) -> list[Unit]:
    """Of the units that bear a name: the existing ones first, and the present name before others."""
    living = [unit for unit in units if unit.status is UnitStatus.ACTIVE] or units
    return [unit for unit in living if unit.fold == fold] or living


def _bearers(session: Session, fold: str) -> list[Unit]:
    aliased = select(UnitAlias.unit_id).where(UnitAlias.fold == fold)
    found = select(Unit).where((Unit.fold == fold) | Unit.id.in_(aliased)).order_by(Unit.id)
    return list(session.scalars(found))


def _by_identifier(session: Session, text: str) -> list[Unit]:
    holders = select(UnitIdentifier.unit_id).where(UnitIdentifier.value == text)
    return list(session.scalars(select(Unit).where((Unit.uid == text) | Unit.id.in_(holders))))


def _only(units: list[Unit], name: str) -> Unit:
    if len(units) == 1:
        return units[0]
    raise several_called(name, units)


def several_called(name: str, units: Iterable[Named]) -> Ambiguous:
    """The error for a name that several units bear, which lists them."""
    return Ambiguous(
        _("Several units are called {name}: {names}.").format(name=name, names=_listed(units)),
        _("Use the full name or the uid."),
    )


def _missing(session: Session, name: str) -> Unit:
    fold = fold_unit(name)
    near = session.scalars(
        select(Unit).where(Unit.fold.contains(fold, autoescape=True)).order_by(Unit.id)
    )
    names = [unit.name for unit in near.fetchmany(SHOWN)] if fold else []
    hint = (
        _("Did you mean: {names}?").format(names=_(", ").join(names))
        if names
        else _("Add it with `taizhang unit add`, or see `taizhang unit list`.")
    )
    raise NotFound(_("No unit is called {name}.").format(name=name), hint)


def _listed(units: Iterable[Named]) -> str:
    shown = [f"{unit.name} ({unit.uid})" for unit in units]
    return _(", ").join(shown[:SHOWN] + ["…"] * (len(shown) > SHOWN))


def _region_of(session: Session, name: str, index: UnitIndex | None) -> Unit | None:
    """The region's own unit, when the name begins with it and it is in the registry."""
    levels = region_levels(name)
    for length in range(len(levels), 0, -1):
        region = "".join(levels[:length])
        if fold_unit(region) == fold_unit(name):
            continue
        found = index.find(region) if index else _found(session, region, "")
        if found is not None:
            return found
    return None


_LEVELS = {
    "省": UnitLevel.PROVINCE,
    "自治区": UnitLevel.PROVINCE,
    "自治州": UnitLevel.CITY,
    "地区": UnitLevel.CITY,
    "县": UnitLevel.COUNTY,
    "自治县": UnitLevel.COUNTY,
    "旗": UnitLevel.COUNTY,
    "镇": UnitLevel.TOWNSHIP,
    "乡": UnitLevel.TOWNSHIP,
    "街道": UnitLevel.TOWNSHIP,
}
_ZONES = ("高新区", "经开区", "开发区", "示范区", "新区")
_KINDS: tuple[tuple[tuple[str, ...], UnitKind], ...] = (
    (("管委会", "管理委员会"), UnitKind.ZONE),
    (("人民政府",), UnitKind.GOVERNMENT),
    (("科", "股"), UnitKind.SECTION),
    (("局", "厅", "委", "委员会", "办公室"), UnitKind.DEPARTMENT),
    (("中心", "医院", "学校", "中学", "小学", "图书馆", "博物馆"), UnitKind.INSTITUTION),
)


def infer(name: str) -> tuple[UnitLevel | None, UnitKind]:
    """Level and kind as far as a unit's name says them surely.

    市 and 区 say no level: a 市 may be a county-level one, a 区 of a city or of a county.
    """
    levels = region_levels(name)
    plain = simplify(name)
    last = simplify(levels[-1]) if levels else ""
    endings = [ending for ending in _LEVELS if last.endswith(ending)]
    level = _LEVELS[max(endings, key=len)] if endings and not last.endswith(_ZONES) else None
    kind = next((kind for ends, kind in _KINDS if plain.endswith(ends)), UnitKind.OTHER)
    if last.endswith(_ZONES) and plain in {"".join(levels), last}:
        return level, UnitKind.ZONE
    if levels and plain == simplify("".join(levels)):
        kind = UnitKind.GOVERNMENT
    if level is UnitLevel.TOWNSHIP and kind is not UnitKind.INSTITUTION:
        kind = UnitKind.TOWNSHIP
    return level, kind
