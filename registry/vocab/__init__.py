"""The words of the field: closed lists of states, reasons and codes, each with its Chinese label.

Imports the standard library only, so that checkers may use it. Import the words from here; the
modules behind it only keep what belongs together in one place.
"""

from __future__ import annotations

from registry.vocab.checks import (
    SEEN_BROKEN,
    SEEN_WORKING,
    CheckKind,
    CoverageKind,
    DateFault,
    Derivation,
    Existence,
    LinkKind,
    LinkState,
    Outcome,
    Precision,
    Proof,
    Reason,
    RunMethod,
    TRANSIENT_REASONS,
    WALL_REASONS,
)
from registry.vocab.codes import BLOCKING_CODES, CODES, Code, HAND_CODES, code_title
from registry.vocab.labels import finding_act, label
from registry.vocab.platforms import Identity, PLATFORM_PATTERN, PlatformInfo
from registry.vocab.states import (
    AccountState,
    ActorKind,
    CancelCause,
    FilingAct,
    FilingKind,
    FilingState,
    LIVE_STATES,
    Lang,
    NationalState,
    RoleKind,
    SubjectKind,
    Task,
    UnitActKind,
    UnitKind,
    UnitLevel,
    UnitStatus,
)
from registry.vocab.verdicts import DecisionKind, Remedy, Review, Severity, Verdict

__all__ = [
    "SEEN_BROKEN",
    "SEEN_WORKING",
    "AccountState",
    "ActorKind",
    "BLOCKING_CODES",
    "CODES",
    "CancelCause",
    "CheckKind",
    "Code",
    "CoverageKind",
    "DateFault",
    "DecisionKind",
    "Derivation",
    "Existence",
    "FilingAct",
    "FilingKind",
    "FilingState",
    "HAND_CODES",
    "Identity",
    "LIVE_STATES",
    "Lang",
    "LinkKind",
    "LinkState",
    "NationalState",
    "Outcome",
    "PLATFORM_PATTERN",
    "PlatformInfo",
    "Precision",
    "Proof",
    "Reason",
    "Remedy",
    "Review",
    "RoleKind",
    "RunMethod",
    "Severity",
    "SubjectKind",
    "TRANSIENT_REASONS",
    "Task",
    "UnitActKind",
    "UnitKind",
    "UnitLevel",
    "UnitStatus",
    "Verdict",
    "WALL_REASONS",
    "code_title",
    "finding_act",
    "label",
]
