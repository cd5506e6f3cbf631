"""The tables. One module per subject; import them from here so that all are always mapped."""

from registry.models.accounts import (
    Account,
    AccountIdentifier,
    AccountRole,
    AccountSource,
    Contact,
)
from registry.models.base import Base, Moment
from registry.models.filings import Attachment, Erasure, Filing, FilingBatch, FilingStep
from registry.models.findings import Finding, FindingEvent
from registry.models.history import History
from registry.models.intake import (
    Decision,
    ImportBatch,
    Lead,
    NationalRow,
    NationalSnapshot,
    SenderAccount,
    SenderMapping,
)
from registry.models.sweeps import LinkResult, Observation, PlannedCheck, Run, Sweep
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
    "ImportBatch",
    "Jurisdiction",
    "Lead",
    "LinkResult",
    "Moment",
    "NationalRow",
    "NationalSnapshot",
    "Observation",
    "PlannedCheck",
    "Registry",
    "Run",
    "SenderAccount",
    "SenderMapping",
    "Sweep",
    "Unit",
    "UnitAct",
    "UnitAlias",
    "UnitIdentifier",
]
