"""The words of the field: closed lists of states, reasons and codes, each with its Chinese label.

Imports the standard library only, so that checkers may use it. Import the words from here; the
modules behind it only keep what belongs together in one place.
"""

from __future__ import annotations

from registry.vocab.checks import (
    SEEN_BROKEN,
    SEEN_WORKING,
    TRANSIENT_REASONS,
    WALL_REASONS,
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
)
from registry.vocab.codes import BLOCKING_CODES, CODES, HAND_CODES, Code, code_title
from registry.vocab.hints import HintKind
from registry.vocab.labels import act_words, finding_act, label, link_signal
from registry.vocab.platforms import PLATFORM_PATTERN, Identity, PlatformInfo
from registry.vocab.sites import ColumnKind, SiteMark, SitePart
from registry.vocab.states import (
    LIVE_STATES,
    AccountState,
    ActorKind,
    CancelCause,
    FilingAct,
    FilingKind,
    FilingState,
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
    "ColumnKind",
    "CoverageKind",
    "DateFault",
    "DecisionKind",
    "Derivation",
    "Existence",
    "FilingAct",
    "FilingKind",
    "FilingState",
    "HAND_CODES",
    "HintKind",
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
    "SiteMark",
    "SitePart",
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
    "act_words",
    "finding_act",
    "link_signal",
    "label",
]
