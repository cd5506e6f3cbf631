"""Rows of the national system of which nobody knows the platform: they are compared with no account, and an
account that one of them may be is not said to be absent there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, count

from reconcilers.ledger import Ledger, LedgerAccount
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import ID_WORD, PLATFORM_WORD, NationalEntry
from registry.findings.differences import UnreadRow
from registry.messages import _
from registry.names import fold_name
from registry.platforms import PlatformCatalogue


def unread_at(rows: NationalRows) -> list[int]:
    """The positions of such rows."""
    if "" not in rows.platform:
        return []
    return list(compress(count(), (not platform for platform in rows.platform)))


def may_be(
    ledger: Ledger, unread: Sequence[NationalEntry]
) -> Mapping[int, Sequence[LedgerAccount]]:
    """For each of these rows, by its place among them, the accounts that it may be: the one that alone
    has its id, or else by code, id, link or name."""
    if not unread:
        return {}
    wanted: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(unread):
        for key in _keys(row):
            wanted.setdefault(key, []).append(at)
    found: dict[int, dict[str, LedgerAccount]] = {at: {} for at in range(len(unread))}
    for at, row in enumerate(unread):
        for account in ledger.by_code.get(row.national_code, ()) if row.national_code else ():
            found[at][account.uid] = account
    holders: dict[int, dict[str, LedgerAccount]] = {at: {} for at in range(len(unread))}
    for account in ledger.accounts:
        for key in _own_keys(account):
            for at in wanted.get(key, ()):
                found[at][account.uid] = account
                if key[0] == _ID:
                    holders[at][account.uid] = account
    for at, accounts in holders.items():
        if len(accounts) == 1:
            found[at] = accounts
    return {at: list(accounts.values()) for at, accounts in found.items() if accounts}


_ID = "id"
"""The kind of key by which a row is one account, if only one has it, whatever else it may be."""


def _keys(row: NationalEntry) -> Iterator[tuple[str, str]]:
    yield "name", fold_name(row.name)
    for kind, text in (("url", row.url), (_ID, row.fields.get(ID_WORD, ""))):
        if text:
            yield kind, text


def _own_keys(account: LedgerAccount) -> Iterator[tuple[str, str]]:
    yield "name", account.fold
    if account.url:
        yield "url", account.url
    for _scheme, value in account.held:
        yield _ID, value


def told(
    unread: Sequence[NationalEntry],
    found: Mapping[int, Sequence[LedgerAccount]],
    catalogue: PlatformCatalogue,
) -> tuple[UnreadRow, ...]:
    """The rows for reports."""
    return tuple(
        UnreadRow(
            *(row.number, row.national_code, row.host_unit, row.fields.get(PLATFORM_WORD, "")),
            *(row.name, row.fields.get(ID_WORD, ""), row.url, row.state_raw),
            tuple(_called(account, catalogue) for account in found.get(at, ())),
        )
        for at, row in enumerate(unread)
    )


def _called(account: LedgerAccount, catalogue: PlatformCatalogue) -> str:
    """The name with the platform: a unit's accounts on several bear one name."""
    text = _("{name} ({platform})")
    return text.format(name=account.name, platform=catalogue.label(account.platform))
