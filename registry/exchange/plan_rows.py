"""What a plan consists of: frozen rows, absent accounts, suggestions and guards.

Shapes only, fit to be shown: contacts in them are masked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from registry.errors import Fault
from registry.exchange.comparing import Change, Comparison
from registry.exchange.known import Known
from registry.exchange.matching import Match
from registry.exchange.record import Skipped
from registry.exchange.senders import Sender
from registry.exchange.unit_names import NamedUnit
from registry.filings.form import field_label
from registry.messages import _
from registry.vocab import AccountState, RoleKind


class Result(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    FILING = "filing"
    """A CHANGE filing is submitted for it (`--as-filing`)."""
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"


def result_label(result: Result) -> str:
    """The printed word for a result."""
    return {
        Result.CREATE: _("new"),
        Result.UPDATE: _("updated"),
        Result.FILING: _("filed as a change"),
        Result.UNCHANGED: _("unchanged"),
        Result.CONFLICT: _("conflict"),
        Result.REJECTED: _("rejected"),
    }[result]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One account of one row."""

    sheet: str
    row: int
    """The sender's own row number, from 1."""
    result: Result
    platform: str
    form: str
    name: str
    host_unit: str
    """In full."""
    host_assumed: bool
    account: str | None
    """Uid of the account it speaks of; None for a new one."""
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is a conflict or rejected, with what to do."""
    match: Match | None = field(default=None, repr=False, compare=False)
    comparison: Comparison | None = field(default=None, repr=False, compare=False)
    beside: Mapping[RoleKind, tuple[NamedUnit, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """The units beside the host of a new account."""
    disputed: frozenset[str] = frozenset()
    """Schemes of ids that are taken although something else holds them."""

    def units(self) -> Iterator[NamedUnit]:
        """The units that it gives to its account."""
        if self.match is not None and self.result is Result.CREATE:
            yield self.match.host
            for units in self.beside.values():
                yield from units
        elif self.comparison is not None and self.result in {Result.UPDATE, Result.FILING}:
            yield from self.comparison.roles.values()
            for value in self.comparison.filed.values():
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, NamedUnit):
                        yield each


@dataclass(frozen=True, slots=True)
class Absent:
    """An account that the sender listed before and lists no more. It is never closed."""

    account: str
    """Its uid."""
    platform: str
    name: str
    host_unit: str
    state: AccountState
    accepted: bool = False
    """A person accepted that it is absent, and it has not come back since."""
    known: Known | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An absent account and a new row that may be one account."""

    field: str
    """`name` for a renaming, `platform` for another platform."""
    account: str
    """Uid of the absent account."""
    name: str
    old: str
    new: str
    sheet: str
    row: int
    why: str = ""
    """What speaks for it, in words."""


@dataclass(frozen=True, slots=True)
class UnitTwin:
    """A unit that the plan would make and that likely is another one in a shorter or longer writing.
    It is said and nothing more: a person decides."""

    sheet: str
    row: int
    """The first row that names it."""
    name: str
    likely: str
    """In full."""
    known: bool
    """Whether that one is in the registry; else it stands in the list too."""

    @property
    def command(self) -> str:
        """What makes them one, before the list is imported."""
        one, other = _quoted(self.likely), _quoted(self.name)
        if self.known:
            return f"taizhang unit alias {one} {other}"
        return f"taizhang unit add {one} --alias {other}"

    @property
    def command_afterwards(self) -> str:
        """The same once both are in the registry."""
        return f"taizhang unit merge {_quoted(self.name)} {_quoted(self.likely)}"


def _quoted(name: str) -> str:
    """The name as one word of a command."""
    return name if _WORD.fullmatch(name) else f'"{name}"'


_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Guard:
    """So many rows differ in one way that the sheet itself is in doubt."""

    what: str
    """`absent`, or the field that changed."""
    count: int
    of: int

    @property
    def message(self) -> str:
        figures = {"count": self.count, "total": self.of}
        if self.what == "absent":
            return _("{count} of the sender's {total} accounts are not in the list.").format(
                **figures
            )
        text = _("{field} is changed in {count} of {total} accounts: a shifted column?")
        return text.format(field=plan_field(self.what), **figures)


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do, and everything that stands in its way."""

    file_name: str
    sha256: str
    kind: str
    sender: Sender
    rows: tuple[PlanRow, ...]
    absent: tuple[Absent, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    unit_twins: tuple[UnitTwin, ...] = ()
    """Units that would be made and are likely known; see `reconcilers.unit_twins`."""
    guards: tuple[Guard, ...] = ()
    """Every guard that was met, accepted or not."""
    faults: tuple[Fault, ...] = ()
    """Everything wrong, row by row and of whole sheets."""
    skipped: tuple[Skipped, ...] = ()
    accepted: frozenset[str] = frozenset()
    """What was accepted: `absent`, or a field."""
    as_filing: bool = False
    supplement: bool = False
    """True for rows that come back corrected: what they do not name is not absent."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns settled with `--map`, to be remembered for the sender."""

    def of(self, result: Result) -> list[PlanRow]:
        """The rows with that result."""
        return [row for row in self.rows if row.result is result]

    @property
    def counts(self) -> dict[str, int]:
        """Each result with its number of accounts, and the number of absent ones."""
        found = Counter(row.result for row in self.rows)
        return {**{r.value: found[r] for r in Result}, "absent": len(self.absent)}

    @property
    def stops(self) -> tuple[Guard, ...]:
        """The guards that nobody has accepted."""
        return tuple(guard for guard in self.guards if guard.what not in self.accepted)

    @property
    def sheet_faults(self) -> tuple[Fault, ...]:
        """What is wrong with a whole sheet; no row of it can be left out instead."""
        return tuple(fault for fault in self.faults if fault.row is None)

    @property
    def writes(self) -> bool:
        """True if applying the plan would change an account or make a filing."""
        return any(r.result in {Result.CREATE, Result.UPDATE, Result.FILING} for r in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """The plan as one object, for JSON."""
        return {
            "file": self.file_name,
            "sha256": self.sha256,
            "kind": self.kind,
            "sender": self.sender.name,
            "sender_is_new": self.sender.unit_id is None,
            "counts": self.counts,
            "rows": [_plain(row, _ROW) for row in self.rows],
            "absent": [_plain(row, _ABSENT) for row in self.absent],
            "suggestions": list(self.suggestions),
            "unit_twins": [
                {**_plain(twin, _TWIN), "file": self.file_name} for twin in self.unit_twins
            ],
            "guards": [
                {"what": g.what, "count": g.count, "of": g.of, "accepted": g not in self.stops}
                for g in self.guards
            ],
            "faults": list(self.faults),
            "skipped": list(self.skipped),
        }


_ROW = (
    "sheet",
    "row",
    "result",
    "platform",
    "form",
    "name",
    "host_unit",
    "host_assumed",
    "account",
    "changes",
    "reasons",
)
_TWIN = ("sheet", "row", "name", "likely", "known", "command")
_ABSENT = ("account", "platform", "name", "host_unit", "state", "accepted")


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def plan_field(name: str) -> str:
    """The printed word for a field of a plan."""
    key, slash, title = name.partition("/")
    return title if slash else field_label(key)
