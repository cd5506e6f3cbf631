"""One export of the national system as it was read: its rows, all that is wrong with it, and what was
passed over. It reads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.errors import BadInput, Fault
from registry.exchange.national_template import NationalEntry
from registry.messages import _


@dataclass(frozen=True, slots=True)
class NationalExport:
    """One export as read, with everything that is wrong with it."""

    file_name: str
    sha256: str
    rows: Sequence[NationalEntry]
    faults: tuple[Fault, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    """Titles the mapping does not know; their columns were not read."""
    unknown_states: tuple[str, ...] = ()
    """State words the mapping does not list; such rows count as `other`."""
    notes: tuple[Fault, ...] = ()
    """Cells that say no day or no number where one is asked for; they are kept as they stand."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Field → the title of its column in the mapping."""
    headings: tuple[str, ...] = ()
    """Where titles were found, and which: 工作表“备案”第 1 行：平台类型、账号名称."""
    unread: tuple[Fault, ...] = ()
    """Rows of which nobody knows the platform. They are kept, and compared with no account."""
    remarks: tuple[str, ...] = ()
    """What was passed over: hidden sheets, lines of totals."""

    def checked(self) -> NationalExport:
        """Itself. Raises BadInput with all faults if there is any, a row lost in reading would
        look like an account missing there; and where nobody knows the platform of most rows."""
        if self.faults or 2 * len(self.unread) > len(self.rows):
            faults = sorted((*self.faults, *self.unread), key=lambda f: (f.sheet, f.row or 0))
            raise BadInput(
                _("{file} cannot be used: {count} faults.").format(
                    file=self.file_name, count=len(faults)
                ),
                faults,
                _("Correct the rows named, or the column mapping, and read the file again."),
            )
        return self
