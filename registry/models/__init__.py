"""The tables. One module per subject; import them from here.

A subject is loaded when the first of its tables is named, and all of them before the first mapper
is used, since relationships and foreign keys lead from one to another. What speaks of bare tables
(`table_of`), as a sweep does while it asks, loads and sets up no more than it names.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, event
from sqlalchemy.orm import Mapper

from registry.models.base import Base, Instant, Moment, PackedUid, UidText, table_of

if TYPE_CHECKING:
    from registry.models.accounts import (
        Account,
        AccountIdentifier,
        AccountRole,
        AccountSource,
        Contact,
    )
    from registry.models.engine import HostUse, Reminder, SweepLease
    from registry.models.filings import Attachment, Erasure, Filing, FilingBatch, FilingStep
    from registry.models.findings import Finding, FindingEvent
    from registry.models.history import History
    from registry.models.intake import (
        Decision,
        ImportBatch,
        Lead,
        NationalSnapshot,
        OpenPair,
        SenderAccount,
        SenderMapping,
    )
    from registry.models.sweeps import (
        EvidenceSum,
        LatestLook,
        LinkResult,
        Observation,
        PlannedCheck,
        Run,
        Sweep,
    )
    from registry.models.units import (
        Actor,
        Jurisdiction,
        Registry,
        Unit,
        UnitAct,
        UnitAlias,
        UnitIdentifier,
    )

_SUBJECTS = {
    "accounts": ("Account", "AccountIdentifier", "AccountRole", "AccountSource", "Contact"),
    "engine": ("HostUse", "Reminder", "SweepLease"),
    "filings": ("Attachment", "Erasure", "Filing", "FilingBatch", "FilingStep"),
    "findings": ("Finding", "FindingEvent"),
    "history": ("History",),
    "intake": (
        *("Decision", "ImportBatch", "Lead"),
        *("NationalSnapshot", "OpenPair", "SenderAccount", "SenderMapping"),
    ),
    "sweeps": (
        *("EvidenceSum", "LatestLook", "LinkResult"),
        *("Observation", "PlannedCheck", "Run", "Sweep"),
    ),
    "units": (
        *("Actor", "Jurisdiction", "Registry"),
        *("Unit", "UnitAct", "UnitAlias", "UnitIdentifier"),
    ),
}
"""Module → its tables."""
_SUBJECT = {name: module for module, names in _SUBJECTS.items() for name in names}

__all__ = [
    "Account",
    "AccountIdentifier",
    "AccountRole",
    "AccountSource",
    "Actor",
    "Attachment",
    "Base",
    "Contact",
    "Decision",
    "Erasure",
    "EvidenceSum",
    "Filing",
    "FilingBatch",
    "FilingStep",
    "Finding",
    "FindingEvent",
    "History",
    "HostUse",
    "ImportBatch",
    "Instant",
    "Jurisdiction",
    "LatestLook",
    "Lead",
    "LinkResult",
    "Moment",
    "NationalSnapshot",
    "Observation",
    "PackedUid",
    "OpenPair",
    "PlannedCheck",
    "Registry",
    "Reminder",
    "Run",
    "SenderAccount",
    "SenderMapping",
    "Sweep",
    "SweepLease",
    "UidText",
    "Unit",
    "UnitAct",
    "UnitAlias",
    "UnitIdentifier",
    "all_tables",
    "table_of",
]


def __getattr__(name: str) -> Any:
    if name not in _SUBJECT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_SUBJECT[name]}"), name)
    return found


def all_tables() -> MetaData:
    """Every table there is, whether or not somebody has named it yet."""
    for module in _SUBJECTS:
        import_module(f"{__name__}.{module}")
    return Base.metadata


@event.listens_for(Mapper, "before_configured")
def _complete() -> None:
    all_tables()
