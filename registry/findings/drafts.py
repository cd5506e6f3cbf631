"""What a look hands on to be settled: a hit, its identity, and its facts in plain form.

Pure data. What becomes of it is decided in `registry.findings.settling`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

from registry.vocab import Severity, SubjectKind

_LONGEST = 300


class Identity(NamedTuple):
    """What makes two hits the same finding."""

    subject_kind: SubjectKind
    subject_uid: str
    code: str
    discriminator: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A hit, before it is known whether it is new."""

    subject_kind: SubjectKind
    subject_uid: str
    code: str
    discriminator: str = ""
    """Tells several of one code apart, e.g. a menu path."""
    account_id: int | None = None
    unit_id: int | None = None
    """The unit that must put it right."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What makes up the matter, see `registry.findings.matters`: where that changes, a dismissed
    finding is a new one."""
    measured: Mapping[str, Any] = field(default_factory=dict)
    """Figures that differ from look to look without a new matter (days). Stored with the facts."""
    observation_uids: tuple[str, ...] = ()
    severity: Severity | None = None
    """None: the default of the code."""

    @property
    def identity(self) -> Identity:
        return Identity(self.subject_kind, self.subject_uid, self.code, fitted(self.discriminator))


def fitted(discriminator: str) -> str:
    """The discriminator, cut to the width of its column so that different ones stay different."""
    if len(discriminator) <= _LONGEST:
        return discriminator
    digest = hashlib.sha256(discriminator.encode()).hexdigest()[:16]
    return f"{discriminator[: _LONGEST - 17]}…{digest}"


def plain(value: Any) -> Any:
    """The value as JSON holds it: enums by value, days and moments as ISO text, lists for tuples."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
