"""An account and an outside row, or another account in the shape of one, compared key by key: what each
key says, from the surest to the weakest. What follows from it is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconcilers.decisions import OutsideRow
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.matching import forms_fit, likeness, plain_url
from registry.names import fold_name
from registry.platforms import PlatformCatalogue


class Speaks(StrEnum):
    """What one key says."""

    FOR = "for"
    AGAINST = "against"
    NOTHING = "nothing"
    """A side lacks it, or it cannot be told."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One key of both."""

    key: str
    """A field; of identifiers `identifier:` and their scheme."""
    left: str
    right: str
    speaks: Speaks
    score: float | None = None
    """0 to 100: likeness of the names."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An account in the shape of an outside row."""

    platform: str
    form: str
    name: str
    host_unit: str
    url: str
    identifiers: Mapping[str, str]

    @classmethod
    def of(cls, account: LedgerAccount) -> Declared:
        ids = dict(account.identifiers or account.ended)
        return cls(
            account.platform, account.form, account.name, account.host_name, account.url, ids
        )


def keys_compared(
    account: LedgerAccount, row: OutsideRow, ledger: Ledger, catalogue: PlatformCatalogue
) -> Iterator[Compared]:
    """Every key of the two, from the surest to the weakest."""
    yield from _identifiers(account, row)
    yield _address(account, row, catalogue)
    yield _plain("platform", account.platform, row.platform, account.platform == row.platform)
    yield _plain("form", account.form, row.form, forms_fit(account, row))
    score = round(likeness(account, row), 1)
    speaks = Speaks.FOR if account.fold == fold_name(row.name) else Speaks.AGAINST
    yield Compared("name", account.name, row.name, speaks, score)
    same = ledger.bodies.same(row.host_unit, account.host) if account.host else None
    yield _plain("host_unit", account.host_name, row.host_unit, same)


def _plain(key: str, left: str, right: str, agree: bool | None) -> Compared:
    if not left or not right or agree is None:
        return Compared(key, left, right, Speaks.NOTHING)
    return Compared(key, left, right, Speaks.FOR if agree else Speaks.AGAINST)


def _identifiers(account: LedgerAccount, row: OutsideRow) -> Iterator[Compared]:
    held: dict[str, list[str]] = {scheme: [] for scheme in row.identifiers}
    for scheme, value in (*account.identifiers.items(), *account.further, *_ended(account)):
        held.setdefault(scheme, []).append(value)
    for scheme, values in held.items():
        there = row.identifiers.get(scheme, "")
        agree = account.platform == row.platform and there in values
        yield _plain(f"identifier:{scheme}", "、".join(dict.fromkeys(values)), there, agree)


def _ended(account: LedgerAccount) -> Sequence[tuple[str, str]]:
    return tuple(account.ended.items())


def _address(account: LedgerAccount, row: OutsideRow, catalogue: PlatformCatalogue) -> Compared:
    """Addresses agree by the id in them, or by themselves; two that differ prove nothing unless
    both name an id."""
    own, there = catalogue.identify(account.url), catalogue.identify(row.url)
    agree: bool | None = None
    if own and there:
        agree = (own.platform, own.scheme, own.value) == (
            there.platform,
            there.scheme,
            there.value,
        )
    elif plain_url(account.url) == plain_url(row.url):
        agree = True
    elif there and there.platform == account.platform:
        agree = True if (there.scheme, there.value) in account.held else None
    return _plain("url", account.url, row.url, agree)
