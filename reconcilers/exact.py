"""Rows of an export and accounts of the ledger that share an identifier which nobody else has: found
and compared by column, so that only what differs, or is not plain, is looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from operator import attrgetter, ne
from typing import TypeVar

from reconcilers.decisions import Decisions
from reconcilers.ledger import Ledger, LedgerAccount
from registry.exchange.national_rows import NationalRows
from registry.vocab import AccountState, NationalState

_Value = TypeVar("_Value")

_LIVE, _OTHER = NationalState.LIVE, NationalState.OTHER
"""States there that do not contradict an account in use."""


@dataclass(frozen=True)
class Exact:
    """Pairs of an account and the position of its row."""

    accounts: Sequence[LedgerAccount] = ()
    positions: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.accounts)

    def pairs(self) -> Iterator[tuple[LedgerAccount, int]]:
        """One after the other."""
        return zip(self.accounts, self.positions, strict=True)


def exact_pairs(
    ledger: Ledger,
    rows: NationalRows,
    decisions: Decisions,
    key: Callable[[int], str],
    aside: Collection[int] = (),
) -> Exact:
    """The pairs that no other row, account or decision can change.

    Every identifier of the row leads to the one account or to none, no other row leads to it, and
    nobody decided anything of either. `key` names the row at a position as decisions do; the rows
    at the positions `aside` are nobody's.
    """
    keys = zip(rows.platform, rows.scheme, rows.value, strict=True)
    found = list(map(ledger.holders.get, keys))
    for at in aside:
        found[at] = None
    _leave_out(found, ledger, rows, aside)
    if decisions.pairs:
        decided = {name for pair in decisions.pairs for name in pair}
        for at, account in enumerate(found):
            if account is not None and (account.uid in decided or key(at) in decided):
                found[at] = None
    positions = [at for at, account in enumerate(found) if account is not None]
    return Exact([account for account in found if account is not None], positions)


def _leave_out(
    found: list[LedgerAccount | None], ledger: Ledger, rows: NationalRows, aside: Collection[int]
) -> None:
    """Take out rows that fit more than one account, and accounts that more than one row fits."""
    claims: dict[int, set[LedgerAccount]] = {}
    for at, more in rows.further.items():
        leads = {ledger.holders.get((rows.platform[at], *each)) for each in more.items()}
        claims[at] = {account for account in {found[at], *leads} if account is not None}
    if ledger.shared:
        for at, row in enumerate(zip(rows.platform, rows.scheme, rows.value, strict=True)):
            if row in ledger.shared:
                claims[at] = {*claims.get(at, ()), *ledger.shared[row]}
    for at in claims.keys() & set(aside):
        del claims[at]
    for at, accounts in claims.items():
        found[at] = next(iter(accounts)) if len(accounts) == 1 else None
    contested = {a for accounts in claims.values() if len(accounts) > 1 for a in accounts}
    if len(set(found)) < len(found):
        counted = Counter(account for account in found if account is not None)
        contested |= {account for account, count in counted.items() if count > 1}
    if contested:
        for at, account in enumerate(found):
            if account in contested:
                found[at] = None


def may_differ(exact: Exact, rows: NationalRows) -> Iterator[tuple[LedgerAccount, int]]:
    """The pairs in which a field is not the same on both sides, whatever the difference means.

    A field that one side leaves empty says nothing; one identifier they have in common.
    """
    there, accounts = partial(_at, exact.positions), exact.accounts
    numbers = range(len(accounts))
    found = {
        *compress(numbers, map(ne, map(attrgetter("name"), accounts), there(rows.name))),
        *(n for n, account in enumerate(accounts) if account.state is not AccountState.ACTIVE),
        *(n for n, s in enumerate(there(rows.state)) if s is not _LIVE and s is not _OTHER),
    }
    columns = {"host_name": rows.host_unit, "form": rows.form, "url": rows.url}
    for field in ("verified_subject", "host_level", "region_code"):
        columns[field] = rows.fields.get(field) or []
    for field, column in columns.items():
        if not any(column):
            continue
        own, said = list(map(attrgetter(field), accounts)), there(column)
        unlike = compress(numbers, map(ne, own, said))
        found |= {n for n in unlike if own[n] and said[n]}
    if rows.further:
        found |= {n for n in numbers if exact.positions[n] in rows.further}
    for n in sorted(found):
        yield accounts[n], exact.positions[n]


def _at(positions: Sequence[int], column: Sequence[_Value]) -> list[_Value]:
    """The values at the positions, in their order."""
    return list(map(column.__getitem__, positions))
