"""Rows of an export and accounts of the ledger that share an identifier which nobody else has: found
and compared all at once, so that only what differs, or is not plain, is looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count, filterfalse, repeat
from operator import is_

from reconcilers.bodies import Body
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
    unlike: Sequence[int] = ()
    """The rows in which a field may not be the same on both sides, whatever the difference means.
    A field that one side leaves empty says nothing; one identifier they have in common."""

    @cached_property
    def _rows(self) -> Mapping[LedgerAccount, int]:
        """Each account that has a row, and the row's position."""
        rows = dict(zip(self.by_row, count()))
        rows.pop(None, None)
        return rows  # type: ignore[return-value]

    def __len__(self) -> int:
        """How many accounts have a row."""
        return len(self._rows)

    def pairs(self) -> Iterator[tuple[LedgerAccount, int]]:
        """One after the other, in the order of the rows."""
        for at, account in enumerate(self.by_row):
            if account is not None:
                yield account, at

    def unlike_pairs(self) -> Iterator[tuple[LedgerAccount, int]]:
        """Those of the rows `unlike`."""
        for at in self.unlike:
            account = self.by_row[at]
            if account is not None:
                yield account, at

    def row_of(self, account: LedgerAccount) -> int | None:
        """The position of the account's row."""
        return self._rows.get(account)

    def rows_left(self) -> list[int]:
        """The positions of the rows that are in no pair."""
        return list(compress(count(), map(is_, self.by_row, repeat(None))))

    def accounts_left(self, ledger: Ledger) -> list[LedgerAccount]:
        """The accounts of the ledger that are in no pair."""
        return list(filterfalse(self._rows.__contains__, ledger.accounts))


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
    found, unlike, others = _looked_up(ledger, rows)
    for at in others:
        held = ledger.held_by((rows.platform[at], rows.scheme[at], rows.value[at]))
        found[at] = held[0] if held else None
    for at in aside:
        found[at] = None
    claims = _claims(found, ledger, rows, aside)
    for at, accounts in claims.items():
        found[at] = next(iter(accounts)) if len(accounts) == 1 else None
    contested = {a for accounts in claims.values() if len(accounts) > 1 for a in accounts}
    exact = Exact(found, sorted({*unlike, *others, *claims}))
    if len(exact) < len(found) - found.count(None):
        counted = Counter(_known(found))
        contested |= {account for account, rows_ in counted.items() if rows_ > 1}
    if not contested and not decisions.pairs:
        return exact
    found = [None if account in contested else account for account in found]
    _leave_out_decided(found, decisions, key)
    return Exact(found, exact.unlike)


def _known(found: Iterable[LedgerAccount | None]) -> Iterator[LedgerAccount]:
    """Those that are one."""
    return filter(None, found)


def _looked_up(ledger: Ledger, rows: NationalRows) -> tuple[_Found, list[int], list[int]]:
    """For each row the one account that has its value as an identifier; the rows in which a field
    is not the same; and those where it is another kind of identifier.

    One pass over both: to fetch an account from memory takes longer than to compare it.
    """
    found: _Found = list(map(ledger.holders.alone.get, rows.value))
    unlike, others, of_host = list[int](), list[int](), _host_differs(rows)
    kinds, subjects = (rows.platform, rows.scheme), rows.column("verified_subject")
    told = (rows.name, rows.state, rows.host_unit, rows.form, rows.url, subjects)
    for at, (account, platform, scheme, name, state, unit, form, url, subject) in enumerate(
        zip(found, *kinds, *told, strict=True)
    ):
        if account is None:
            continue
        if account.scheme != scheme or account.platform != platform:
            others.append(at)
        elif (
            account.name != name
            or account.state is not _ACTIVE
            or (state is not _LIVE and state is not _OTHER)
            or (account.host_name != unit and unit and account.host_name)
            or (account.url != url and url and account.url)
            or (account.verified_subject != subject and subject and account.verified_subject)
            or (account.form != form and form and account.form)
            or (of_host is not None and of_host(account, at))
        ):
            unlike.append(at)
    return found, unlike, others


def _claims(
    found: _Found, ledger: Ledger, rows: NationalRows, aside: Collection[int]
) -> dict[int, set[LedgerAccount]]:
    """Which accounts a row may be that has several identifiers, or one that several accounts have."""
    claims: dict[int, set[LedgerAccount]] = {}
    for at, more in rows.further.items():
        leads = [ledger.held_by((rows.platform[at], *each))[:1] for each in more.items()]
        claims[at] = set(filter(None, (found[at], *(a for lead in leads for a in lead))))
    if common := ledger.holders.common:
        for at in compress(count(), map(common.__contains__, rows.value)):
            held = ledger.held_by((rows.platform[at], rows.scheme[at], rows.value[at]))
            claims[at] = {*claims.get(at, ()), *held}
    return {at: accounts for at, accounts in claims.items() if at not in aside}


def _leave_out_decided(found: _Found, decisions: Decisions, key: Callable[[int], str]) -> None:
    """Take out the pairs of which a person decided anything."""
    decided = {name for pair in decisions.pairs for name in pair}
    keys = any(name.startswith(OUTSIDE) for name in decided)
    for at, account in enumerate(found):
        if account is not None and (account.uid in decided or (keys and key(at) in decided)):
            found[at] = None


def _host_differs(rows: NationalRows) -> Callable[[LedgerAccount, int], bool] | None:
    """Whether the row says something else of the host unit's level or region, or of who supervises;
    None where no row says anything of these."""
    levels, codes = rows.column("host_level"), rows.column("region_code")
    offices = rows.column("supervising_unit")
    if not any(levels) and not any(codes) and not any(offices):
        return None
    words: dict[Body | None, tuple[str, str]] = {}

    def differs(account: LedgerAccount, at: int) -> bool:
        level, code, office = levels[at], codes[at], offices[at]
        own = words.get(account.host)
        if own is None:
            own = words[account.host] = account.given_level, account.region_code
        return bool(
            (level and own[0] not in {"", level})
            or (code and own[1] not in {"", code})
            or (office and account.supervising_name not in {"", office})
        )

    return differs
