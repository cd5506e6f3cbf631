"""Rows of an export and accounts of the ledger that share an identifier which nobody else has: found
and compared in one pass, so that only what differs, or is not plain, is looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reconcilers.decisions import OUTSIDE, Decisions
from reconcilers.ledger import Ledger, LedgerAccount
from registry.exchange.national_rows import NationalRows
from registry.vocab import AccountState, NationalState

_ACTIVE, _LIVE, _OTHER = AccountState.ACTIVE, NationalState.LIVE, NationalState.OTHER
"""An account in use, and states there that do not contradict it."""

_Found = list[LedgerAccount | None]
"""At the position of each row the account that it is, if one is known."""


@dataclass(frozen=True)
class Exact:
    """Pairs of an account and the position of its row."""

    by_row: Sequence[LedgerAccount | None] = ()
    """At the position of each row its account; None for a row without one."""

    @cached_property
    def accounts(self) -> frozenset[LedgerAccount]:
        """The accounts that have a row."""
        return frozenset(filter(None, self.by_row))

    def __len__(self) -> int:
        return len(self.accounts)

    def pairs(self) -> Iterator[tuple[LedgerAccount, int]]:
        """One after the other."""
        for at, account in enumerate(self.by_row):
            if account is not None:
                yield account, at


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
    held = {kind: by_value.get for kind, by_value in ledger.holders.items()}
    kinds = zip(rows.platform, rows.scheme, strict=True)
    found: _Found = [
        held.get(kind, _nobody)(value) for kind, value in zip(kinds, rows.value, strict=True)
    ]
    for at in aside:
        found[at] = None
    contested = _contested(found, ledger, rows, aside)
    exact = Exact(found)
    if len(exact) < len(found) - found.count(None):
        counted = Counter(filter(None, found))
        contested |= {account for account, count in counted.items() if count > 1}
    if not contested and not decisions.pairs:
        return exact
    for at, account in enumerate(found):
        if account in contested:
            found[at] = None
    _leave_out_decided(found, decisions, key)
    return Exact(found)


def _nobody(value: str) -> None:
    """Who holds an id of a kind that no account has."""


def _contested(
    found: _Found, ledger: Ledger, rows: NationalRows, aside: Collection[int]
) -> set[LedgerAccount]:
    """Take out rows that fit more than one account; these accounts."""
    claims: dict[int, set[LedgerAccount]] = {}
    for at, more in rows.further.items():
        keys = [(rows.platform[at], *each) for each in more.items()]
        leads = [account for key in keys for account in ledger.held_by(key)[:1]]
        claims[at] = {account for account in (found[at], *leads) if account is not None}
    if ledger.shared:
        for at, row in enumerate(zip(rows.platform, rows.scheme, rows.value, strict=True)):
            if row in ledger.shared:
                claims[at] = {*claims.get(at, ()), *ledger.shared[row]}
    for at in claims.keys() & set(aside):
        del claims[at]
    for at, accounts in claims.items():
        found[at] = next(iter(accounts)) if len(accounts) == 1 else None
    return {a for accounts in claims.values() if len(accounts) > 1 for a in accounts}


def _leave_out_decided(found: _Found, decisions: Decisions, key: Callable[[int], str]) -> None:
    """Take out the pairs of which a person decided anything."""
    decided = {name for pair in decisions.pairs for name in pair}
    keys = any(name.startswith(OUTSIDE) for name in decided)
    for at, account in enumerate(found):
        if account is not None and (account.uid in decided or (keys and key(at) in decided)):
            found[at] = None


def may_differ(exact: Exact, rows: NationalRows) -> Iterator[tuple[LedgerAccount, int]]:
    """The pairs in which a field is not the same on both sides, whatever the difference means.

    A field that one side leaves empty says nothing; one identifier they have in common.
    """
    subjects = rows.column("verified_subject")
    told = (rows.name, rows.state, rows.host_unit, rows.form, rows.url, subjects)
    further, of_host = rows.further, _host_differs(rows)
    for at, (account, name, state, unit, form, url, subject) in enumerate(
        zip(exact.by_row, *told, strict=True)
    ):
        if account is not None and (
            account.name != name
            or account.state is not _ACTIVE
            or (state is not _LIVE and state is not _OTHER)
            or (account.host_name != unit and unit and account.host_name)
            or (account.url != url and url and account.url)
            or (account.verified_subject != subject and subject and account.verified_subject)
            or (account.form != form and form and account.form)
            or at in further
            or of_host(account, at)
        ):
            yield account, at


def _host_differs(rows: NationalRows) -> Callable[[LedgerAccount, int], bool]:
    """Whether the row says something else of the host unit's level or region, or of who supervises."""
    levels, codes = rows.column("host_level"), rows.column("region_code")
    offices = rows.column("supervising_unit")
    if not any(levels) and not any(codes) and not any(offices):
        return lambda account, at: False

    def differs(account: LedgerAccount, at: int) -> bool:
        level, code, office = levels[at], codes[at], offices[at]
        return bool(
            (level and account.host_level not in {"", level})
            or (code and account.region_code not in {"", code})
            or (office and account.supervising_name not in {"", office})
        )

    return differs
