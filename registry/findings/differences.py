"""What reconciling hands on: differences, pairs a person must look at, rows for the upload, and
how much was seen. Plain frozen data that reports render; nothing is found or judged here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from registry.dates import shanghai_date
from registry.exchange.national_template import NationalEntry
from registry.exchange.national_changes import Changes
from registry.findings.drafts import Draft, Identity, fitted, plain
from registry.findings.offered import RowSides, offered
from registry.vocab import (
    BLOCKING_CODES,
    PAIR_CHOICES,
    AccountState,
    Choice,
    Review,
    Severity,
    SubjectKind,
    Verdict,
)

Side = Mapping[str, Any]
"""One side of a comparison: field name → value (text, enum, day, number). Never a contact."""


class ReviewKind(StrEnum):
    """Why a pair is left to a person."""

    SEVERAL = "several"
    """More than one candidate fits equally well."""
    IDENTIFIER_DIFFERS = "identifier_differs"
    """Name and unit agree, an id of the same kind does not."""
    UNIT_DIFFERS = "unit_differs"
    """The name agrees and the units do not, without any id."""
    CODE = "code"
    """The code is that of an account which is unlike the row."""
    RENAME = "rename"
    """One account of a unit and platform is missing where another, alike, appears."""
    TWICE = "twice"
    """The outside list holds the account a second time."""
    ALIKE = "alike"
    """Two entries of the ledger whose names may mean one account. Stops no upload."""


class UploadAct(StrEnum):
    """What an upload row does in the national system."""

    ADD = "add"
    CHANGE = "change"
    OFFLINE = "offline"


@dataclass(slots=True)
class Difference:
    """One place where two pictures differ, with what to do about it. Not changed once made."""

    code: str
    subject_kind: SubjectKind
    subject_uid: str
    """A uid; for an outside row, its stable key."""
    discriminator: str = ""
    ledger: Side = field(default_factory=dict)
    """What we declare; for duplicates, the account to keep."""
    outside: Side = field(default_factory=dict)
    """What the platform or the national system shows; for duplicates, the other account."""
    fields: tuple[str, ...] = ()
    """The fields in which the sides differ."""
    action: str = ""
    responsible: str = ""
    """The unit that must act, by name."""
    basis: str = ""
    """The regulation it rests on."""
    deadline: date | None = None
    note: str = ""
    """Why it was found, in words."""
    suggested: Choice | None = None
    """The decision that what is known speaks for, where it does."""
    without: tuple[Choice, ...] = ()
    """Decisions that its two sides admit, and what else is known does not."""
    account_id: int | None = None
    unit_id: int | None = None
    severity: Severity | None = None
    """Only where it departs from the code's own."""
    observation_uids: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Of several accounts of which one is to be kept: their uids, the one that is suggested first."""
    words: tuple[str, ...] = ()
    """What each of `accounts` is called where one is chosen."""
    keeps_first: bool = False
    """Whether the first of `accounts` is suggested to be kept; where nothing tells them apart, none is."""

    @property
    def identity(self) -> Identity:
        """The finding's identity: subject, code, discriminator."""
        fit = fitted(self.discriminator)
        return Identity(self.subject_kind, self.subject_uid, self.code, fit)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be decided about it."""
        sides = self.ledger, self.outside
        found = offered(RowSides(self.code, *sides, self.fields, self.accounts))
        return tuple(choice for choice in found if choice not in self.without)

    def draft(self) -> Draft:
        """The same as a finding to be settled."""
        return Draft(  # settling brings the values into the terms of JSON
            subject_kind=self.subject_kind,
            subject_uid=self.subject_uid,
            code=self.code,
            discriminator=self.discriminator,
            account_id=self.account_id,
            unit_id=self.unit_id,
            facts={"ledger": self.ledger, "outside": self.outside, "fields": self.fields},
            measured={
                "note": self.note,
                **(self._several() if self.accounts else {}),
            },
            observation_uids=self.observation_uids,
            severity=self.severity,
        )

    def _several(self) -> dict[str, Any]:
        """What the finding keeps of the accounts to choose from."""
        return {"accounts": self.accounts, "words": self.words, "keeps_first": self.keeps_first}


_NAMING = ("host_unit", "name", "identifier")


def fingerprint(
    ledger: Side, outside: Side, fields: Sequence[str], accounts: Sequence[str] = ()
) -> str:
    """Eight hex digits that change with the values in which the two sides differ (where one side is
    alone: with what names it) and the accounts concerned, and with nothing else. The same for a
    difference as found and as stored with its finding."""
    names = fields or _NAMING
    told = [(name, plain(ledger.get(name)), plain(outside.get(name))) for name in names]
    told += [("account", uid, "") for uid in accounts]
    return hashlib.blake2s(repr(told).encode(), digest_size=4).hexdigest()


def fingerprint_stored(facts: Mapping[str, Any]) -> str:
    """The fingerprint of a finding as it stands, by its facts."""
    sides = facts.get("ledger", {}), facts.get("outside", {})
    return fingerprint(*sides, facts.get("fields", ()), facts.get("accounts", ()))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a difference: the finding it is, and what people made of it."""

    finding_uid: str
    review: Review
    waived_until: date | None = None
    due_on: date | None = None
    """The day by which the unit was told to put it right, if it was."""
    first_seen_at: datetime | None = None

    def passed(self, today: date) -> bool:
        """Whether people let it pass on that Shanghai day: dismissed, or waived until it or later."""
        if self.review is Review.WAIVED:
            return self.waived_until is None or self.waived_until >= today
        return self.review is Review.DISMISSED


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """Two rows that may be one account: a person decides `same` or `not the same`."""

    kind: ReviewKind
    left_key: str
    """The account's uid."""
    right_key: str
    """The key of the outside row, as decisions name it; of ALIKE, the newer account's uid."""
    ledger: Side
    outside: Side
    score: float
    """0 to 100: likeness of the names."""
    why: str
    responsible: str = ""
    """The unit that can tell, by name."""
    basis: str = ""
    """The regulation it rests on."""
    deadline: date | None = None
    outside_kind: SubjectKind = SubjectKind.ACCOUNT
    """Of which list the other one is: an export of the national system, the leads, the ledger."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be decided about it: only a row of the national system is taken offline there."""
        national = self.outside_kind is SubjectKind.NATIONAL_ROW
        return tuple(c for c in PAIR_CHOICES if national or c is not Choice.OFFLINE_THERE)

    @property
    def command(self) -> str:
        """What decides it on the terminal, for `same`."""
        row = self.right_key if _PLAIN.fullmatch(self.right_key) else f'"{self.right_key}"'
        return f"taizhang reconcile decide {self.left_key} {row} --same"


_PLAIN = re.compile(r"[\w:.-]+")


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One row to enter into the national system."""

    act: UploadAct
    entry: NationalEntry
    """The row as it shall stand there."""
    changed: tuple[str, ...] = ()
    """For CHANGE: the fields that differ from what stands there now."""
    account_uid: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An account kept out of the upload because the ledger itself is not settled."""

    account_uid: str
    ledger: Side
    codes: tuple[str, ...]
    """Of the differences, in `Reconciliation.differences` or `.earlier`, to be settled first."""
    act: UploadAct = UploadAct.CHANGE
    """What the upload would do with it."""
    filed: tuple[str, ...] = ()
    """Those of the codes of which a filing is under way: the ledger is to follow."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """What stops the upload, told apart."""

    found: int = 0
    """Differences of this run, open or confirmed."""
    pairs: int = 0
    """Outside rows of which a person must decide whose they are."""
    earlier: int = 0
    """Findings of earlier runs of which this one could tell nothing."""
    passed: int = 0
    """Differences of this run that would stop it, had people not waived or dismissed them; they
    are in none of the others."""
    overtaken: int = 0
    """Findings of earlier runs that tell of an account as it was before a completed change of the very
    field, and of which nothing was seen since; in none of the others."""
    unread: int = 0
    """Rows of the export that were compared with no account, but for those that are offline there and
    that no account of the ledger may be."""
    states: int = 0
    """Rows of the export whose state was not compared: the mapping does not say what its word means."""

    @property
    def matters(self) -> int:
        """How many matters stop it."""
        return self.found + self.pairs + self.earlier + self.unread + self.states


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the ledger each comparison saw. Printed on every report."""

    accounts: Mapping[AccountState, int] = field(default_factory=dict)
    """Accounts in the ledger, by state."""
    live: int = 0
    """Accounts open to the public: ACTIVE and CLOSING."""
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    """Live accounts by verdict; those never judged count as UNKNOWN."""
    named: int = 0
    """Live accounts whose name was read off the platform."""
    subjects: int = 0
    """Live accounts whose verified subject was read off the platform."""
    national_rows: int | None = None
    """Rows of the national export; None when there was none."""
    matched: int = 0
    """Rows of the national export matched to an account."""
    absent: int = 0
    """Live accounts that no row of the national export can be."""
    unread: int = 0
    """Rows of the national export that were not compared: nobody knows their platform."""
    unknown_states: Mapping[str, int] = field(default_factory=dict)
    """Word for a state to which the mapping gives no meaning → rows of the national export with it."""

    @property
    def seen(self) -> int:
        """Live accounts about which reality said something: verdict other than UNKNOWN."""
        return sum(n for verdict, n in self.verdicts.items() if verdict is not Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row of the national export that was compared with no account: nobody knows its platform."""

    row: int
    """Its row in the export."""
    national_code: str
    host_unit: str
    platform: str
    """As printed."""
    name: str
    identifier: str
    url: str
    state: str
    accounts: tuple[str, ...] = ()
    """The accounts that it may be, by name and platform; they are not said to be absent there."""


@dataclass(frozen=True, slots=True)
class ExportUsed:
    """Which export of the national system was compared."""

    file_name: str
    kept_at: datetime
    """UTC; when it was kept."""
    reused: bool = False
    """Nobody named it this time: it was kept before."""
    same_as: str = ""
    """The name under which the same was kept before, if it was another."""


_OF_ROWS = frozenset(("RC303", "RC306", "RC307"))
"""Codes of an account and its row in the national system."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result of one reconciling: one list of what to do."""

    at: datetime
    """UTC; the moment for which it holds."""
    differences: tuple[Difference, ...]
    review: tuple[ReviewPair, ...]
    coverage: Coverage
    changes: Changes | None = None
    """What became of the national system's rows since the export before, if there was one."""
    upload_rows: tuple[UploadRow, ...] = ()
    held: tuple[HeldRow, ...] = ()
    unread: tuple[UnreadRow, ...] = ()
    """Rows of the export that were not compared."""
    earlier: tuple[Difference, ...] = ()
    """What earlier runs found and this one could not tell, as far as it holds an account back."""
    blocking: int = 0
    """Open or confirmed findings that stop the upload, plus pairs not yet decided and rows that could
    not be compared."""
    stopping: Stopping = Stopping()
    """The same told apart."""
    snapshot_uid: str | None = None
    export: ExportUsed | None = None
    """None where there was none: nothing is said of the national system."""
    registry_uid: str = ""
    """The registry it was made in."""
    office: str = ""
    """The unit whose registry that is."""
    standings: Mapping[Identity, Standing] = field(default_factory=dict)
    """What stands of each difference, by its identity."""

    @property
    def compared(self) -> bool:
        """Whether there was an export of the national system to compare the ledger with."""
        return self.snapshot_uid is not None

    @property
    def clear(self) -> bool:
        """Whether the upload may go out: the national system was compared, and nothing stops it."""
        return self.compared and not self.blocking

    @property
    def counts(self) -> dict[str, int]:
        """Differences by code, in the order of the codes."""
        return dict(sorted(Counter(d.code for d in self.differences).items()))

    @property
    def contradicted(self) -> dict[str, int]:
        """Field → accounts of which the row of the national system says something else."""
        told = (d for d in self.differences if d.code in _OF_ROWS)
        return dict(Counter(field for difference in told for field in difference.fields))

    @property
    def stopping_codes(self) -> frozenset[str]:
        """Those of which at least one difference stops the upload: not waived and not dismissed."""
        today = shanghai_date(self.at)
        found = ((each, self.standings.get(each.identity)) for each in self.differences)
        return frozenset(
            each.code
            for each, standing in found
            if each.code in BLOCKING_CODES and not (standing and standing.passed(today))
        )
