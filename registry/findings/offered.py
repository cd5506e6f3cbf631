"""Which decisions make sense in one row: of those that its code admits, the ones that what stands on
its two sides does not rule out. It looks at the row alone; what people said of it is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from registry.vocab import AccountState, Choice, FilingKind, choices_for

_LIVE = (AccountState.ACTIVE, AccountState.CLOSING)


@dataclass(frozen=True, slots=True)
class RowSides:
    """What a row says: as found, or as its finding stores it."""

    code: str
    ledger: Mapping[str, Any]
    outside: Mapping[str, Any]
    fields: Sequence[str]
    """The fields in which the sides differ."""
    accounts: Sequence[str] = ()
    """Of several accounts of which one is to be kept: their uids."""

    def stands(self, *states: AccountState) -> bool:
        """Whether the account is in one of these states, or its state is not told."""
        return self.ledger.get("state") in {None, "", *states}


def row_of(code: str, facts: Mapping[str, Any]) -> RowSides:
    """The row of a finding as it is stored."""
    sides = facts.get("ledger", {}), facts.get("outside", {})
    return RowSides(code, *sides, facts.get("fields", ()), facts.get("accounts", ()))


def offered(row: RowSides) -> tuple[Choice, ...]:
    """The decisions for that row, in the order of its code's."""
    return tuple(each for each in choices_for(row.code) if _FITS.get(each, _always)(row))


def other_name(row: RowSides) -> str:
    """The name of a body there that can be one more name of the host unit; empty where there is none.

    Of the national system the verified subject is one where the ledger has the host unit there."""
    if "host_unit" in row.fields and row.outside.get("host_unit"):
        return str(row.outside["host_unit"])
    own = row.ledger.get("verified_subject")
    if "verified_subject" in row.fields and row.outside.get("verified_subject"):
        if row.code == "RC309" or own == row.ledger.get("host_unit"):
            return str(row.outside["verified_subject"])
    return ""


def _can_change(row: RowSides) -> bool:
    if not row.stands(*_LIVE):
        return False
    if row.code == "RC309":
        return bool(row.outside.get("verified_subject"))
    return any(name in of_a_change() and row.outside.get(name) for name in row.fields)


@cache
def of_a_change() -> frozenset[str]:
    """The fields that a filing can change, as differences name them."""
    from registry.filings.form import FIELDS  # slow to load, and who writes an upload needs it not

    return frozenset((*FIELDS[FilingKind.CHANGE], "identifier"))


def _always(_row: RowSides) -> bool:
    return True


_FITS: Mapping[Choice, Callable[[RowSides], bool]] = {
    Choice.FILE_CHANGE: _can_change,
    Choice.FILE_STOP: lambda row: row.stands(AccountState.ACTIVE),
    Choice.FILE_CANCEL: lambda row: row.stands(*_LIVE),
    Choice.FILE_REOPEN: lambda row: row.stands(AccountState.CLOSED),
    Choice.STOP_OTHERS: lambda row: len(row.accounts) > 1,
    Choice.NOTICE: lambda row: bool(row.outside.get("effective_on")),
    Choice.ALIAS: lambda row: bool(other_name(row)),
}
