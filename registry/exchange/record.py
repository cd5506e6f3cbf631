"""What one row of a list says of one account, and everything that could not be understood.

Shapes only. Texts are as printed; what was concluded (full unit name, platform, numbers, days)
stands in fields of its own, with how it was concluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.accounts.splitting import How
from registry.dates import Span
from registry.errors import Fault
from registry.vocab import AccountState


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A person named in the row. Personal data: masked wherever it is shown."""

    duty: str = "contact"
    """`contact` 联系人, `responsible` 负责人, `admin` 管理员."""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One account as a row prints it. A row that holds several accounts gives several records."""

    sheet: str
    row: int
    """The sender's own row number, from 1."""
    name: str
    platform: str
    form: str = ""
    platform_how: How = How.HABIT
    host_unit: str = ""
    """As printed; empty where the list names none."""
    host_unit_full: str | None = None
    """Completed by the sender's region (县公安局 → 青石县公安局); None where nothing was to add."""
    host_assumed: bool = False
    """True when the cell was empty and the unit is that of the row above, or the default."""
    co_hosts: tuple[str, ...] = ()
    """Further host units of the cell, completed."""
    supervising_unit: str = ""
    """As printed, completed by the sender's region."""
    operator: str = ""
    """As printed, completed by the sender's region."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Scheme → value, each valid for the platform."""
    url: str = ""
    sequence: str = ""
    verified_subject: str = ""
    verified: bool | None = None
    opened_on: Span | None = None
    """The day, or the month or year where no day is printed."""
    last_update: Span | None = None
    never_updated: bool = False
    """The last-update cell says that nothing was ever published."""
    followers: int | None = None
    posts_count: int | None = None
    purpose: str = ""
    cadence: str = ""
    state: AccountState | None = None
    """None where the sheet prints none."""
    state_text: str = ""
    problem: str = ""
    address: str = ""
    domain_area: str = ""
    national_code: str = ""
    note: str = ""
    contacts: tuple[ContactEntry, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    """Columns we do not know: title → text. Never a contact."""
    split_from: str = ""
    """The cell as printed, when it held several accounts."""
    hidden: bool = False
    """The sender had hidden the row."""

    @property
    def host(self) -> str:
        """The host unit's full name as far as known."""
        return self.host_unit_full or self.host_unit

    @property
    def contact_name(self) -> str:
        """The first contact's name."""
        return self.contacts[0].name if self.contacts else ""

    @property
    def contact_phone(self) -> str:
        """The first contact's telephone number."""
        return self.contacts[0].phone if self.contacts else ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no account: a heading, a total, a footnote."""

    sheet: str
    row: int
    reason: str
    """In the user's language."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """All rows of a sheet or file."""

    records: tuple[Record, ...] = ()
    faults: tuple[Fault, ...] = ()
    """Everything wrong, with the sender's row numbers; `row` is None for the whole sheet."""
    rejected: tuple[Record, ...] = ()
    """What could be read of the rows with faults: such an account is not absent from the list."""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    """What was read otherwise than printed, in the user's language."""

    @property
    def rejected_rows(self) -> frozenset[tuple[str, int]]:
        """(sheet, row) of every row with a fault."""
        return frozenset((f.sheet, f.row) for f in self.faults if f.row is not None)

    def __add__(self, other: Parsed) -> Parsed:
        return Parsed(
            self.records + other.records,
            self.faults + other.faults,
            self.rejected + other.rejected,
            self.skipped + other.skipped,
            self.notes + other.notes,
        )
