"""The units that the rows of a sheet name, looked up once each and without a query per row.

A name that no unit bears stays a name here; applying the plan makes the unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.errors import Ambiguous
from registry.exchange.senders import full_name
from registry.messages import _, language
from registry.models import Unit
from registry.names import fold_unit
from registry.units.naming import UnitIndex
from registry.vocab import UnitStatus, label


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """What the name of a unit stands for."""

    name: str
    """In full, of the unit itself where there is one."""
    key: str
    """Two names with one key are one unit."""
    unit_id: int | None = None
    """None for one that is not in the registry yet."""
    successor_id: int | None = None
    fault: str = ""
    """Why no new account can be given to it; in the user's language."""
    remedy: str = ""

    @property
    def is_new(self) -> bool:
        return self.unit_id is None and not self.fault

    def is_unit(self, unit_id: int | None) -> bool:
        """True for that unit, also where it succeeded the one named."""
        return unit_id is not None and unit_id in {self.unit_id, self.successor_id}


class NamedUnits:
    """Every unit that one sender's lists name."""

    def __init__(self, session: Session, sender: str) -> None:
        self.index = UnitIndex(session)
        self._session = session
        self._sender = sender
        self._found: dict[str, NamedUnit] = {}

    def find(self, name: str) -> NamedUnit:
        """The unit of that name as printed, short or full."""
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def name_of(self, unit_id: int | None) -> str:
        """The full name of a unit by its key; empty for none."""
        unit = self._session.get(Unit, unit_id) if unit_id else None
        return unit.name if unit else ""

    def uid_of(self, unit_id: int | None) -> str:
        """The uid of a unit by its key; empty for none."""
        unit = self._session.get(Unit, unit_id) if unit_id else None
        return unit.uid if unit else ""

    def _look_up(self, name: str) -> NamedUnit:
        full = full_name(name, self._sender)
        try:
            unit = self.index.find(name, prefix=self._sender)
        except Ambiguous as error:
            return NamedUnit(full, f"?{full}", fault=error.message, remedy=error.hint)
        if unit is None:
            return NamedUnit(full, fold_unit(full))
        named = NamedUnit(unit.name, f"#{unit.id}", unit.id, unit.successor_id)
        if unit.status is UnitStatus.ACTIVE:
            return named
        return NamedUnit(
            unit.name,
            named.key,
            unit.id,
            unit.successor_id,
            _("{name} no longer exists: {status}.").format(
                name=unit.name, status=label(unit.status, language())
            ),
            (
                _("Write the unit that took over, e.g. {name}.").format(
                    name=self.name_of(unit.successor_id)
                )
                if unit.successor_id
                else _("Write the unit that answers for the account now.")
            ),
        )
