"""The tables. One module per subject; import them from here so that all are always mapped."""

from registry.models.accounts import (
    Account,
    AccountIdentifier,
    AccountRole,
    AccountSource,
    Contact,
)
from registry.models.base import Base, Instant, Moment, PackedUid, UidText
from registry.models.engine import HostUse, Reminder, SweepLease
from registry.models.filings import Attachment, Erasure, Filing, FilingBatch, FilingStep
from registry.models.findings import Finding, FindingEvent
from registry.models.history import History
from registry.models.intake import (
    Decision,
    ImportBatch,
    Lead,
    NationalSnapshot,
    SenderAccount,
    SenderMapping,
)
from registry.models.sweeps import (
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
]
