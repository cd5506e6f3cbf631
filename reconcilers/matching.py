"""Which outside row is which account, one to one: by decision, by any identifier, by the account
behind the address, by folded name and unit. What fits more than one way is left to a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from reconcilers import unclear
from reconcilers.decisions import Decisions, OutsideRow
from reconcilers.holders import Key
from reconcilers.ledger import Ledger, LedgerAccount
from registry.findings.differences import ReviewKind
from registry.messages import _
from registry.names import fold_name
from registry.platforms import PlatformCatalogue

RENAME_SCORE = 60.0
"""Likeness (0 to 100) from which, of several that a unit lost and won, two are suggested as one."""
MOST_COMPARED = 50
"""More accounts of one unit on one platform than this are not compared pair by pair."""

Row = TypeVar("Row", bound=OutsideRow)


class By(StrEnum):
    """What a match rests on, from the surest to the weakest."""

    DECISION = "decision"
    IDENTIFIER = "identifier"
    ENDED_IDENTIFIER = "ended_identifier"
    URL = "url"
    CODE = "code"
    NAME_AND_UNIT = "name_and_unit"
    NAME = "name"


@dataclass(slots=True)
class Pair(Generic[Row]):
    """One account and the row that is it. Not changed once made."""

    account: LedgerAccount
    row: Row
    by: By


@dataclass(frozen=True, slots=True)
class Doubt(Generic[Row]):
    """One account and a row that may be it."""

    kind: ReviewKind
    account: LedgerAccount
    row: Row
    key: str
    score: float
    why: str


@dataclass(frozen=True)
class Matching(Generic[Row]):
    """Every row and every account exactly once: matched, in doubt, or on one side only."""

    pairs: tuple[Pair[Row], ...]
    doubts: tuple[Doubt[Row], ...]
    ledger_only: tuple[LedgerAccount, ...]
    outside_only: tuple[Row, ...]

    def rows(self) -> Iterator[Row]:
        """The rows; one that is in doubt with several accounts comes as often."""
        yield from (pair.row for pair in self.pairs)
        yield from (doubt.row for doubt in self.doubts)
        yield from self.outside_only

    def doubtful_uids(self) -> frozenset[str]:
        """Accounts about which nothing can be said until a person has decided."""
        return frozenset(doubt.account.uid for doubt in self.doubts)


def match(
    ledger: Ledger,
    rows: Sequence[Row],
    *,
    catalogue: PlatformCatalogue,
    decisions: Decisions,
    key: Callable[[Row], str],
    prefer: Callable[[Row], int] = lambda _row: 0,
    code: Callable[[Row], str] = lambda _row: "",
    among: Sequence[LedgerAccount] | None = None,
    repeated: bool = False,
) -> Matching[Row]:
    """Match `rows` to the accounts of `ledger`, or to those `among` which they are looked for.

    `key` names a row as decisions do, no other row by the same one; `code` gives its code in the
    national system, empty where it has none. Of several rows with one
    account's identifier the one that `prefer` ranks highest is the account; the others are in
    doubt (TWICE), or are the account too in a list where each may come `repeated`.
    """
    accounts = ledger.accounts if among is None else tuple(among)
    if not rows:
        return Matching((), (), accounts, ())
    matcher = _Matcher(ledger, accounts, rows, catalogue, decisions, key, prefer, repeated)
    matcher.by_decision()
    matcher.by_identifier()
    matcher.by_url()
    matcher.by_code(code)
    matcher.by_name(with_unit=True)
    matcher.by_name(with_unit=False)
    matcher.renames()
    return matcher.result()


class _Matcher(Generic[Row]):
    """One matching under way. Keys are built only for what is left at each step."""

    def __init__(
        self,
        ledger: Ledger,
        accounts: Sequence[LedgerAccount],
        rows: Sequence[Row],
        catalogue: PlatformCatalogue,
        decisions: Decisions,
        key: Callable[[Row], str],
        prefer: Callable[[Row], int],
        repeated: bool,
    ) -> None:
        self.repeated = repeated
        self.ledger, self.bodies, self.catalogue = ledger, ledger.bodies, catalogue
        self.decisions, self.key = decisions, key
        # Stable: rows that rank equal keep the order of their list.
        self.free = dict(enumerate(sorted(rows, key=lambda row: -prefer(row))))
        self.left = {account.id: account for account in accounts}
        self.pairs: list[Pair[Row]] = []
        self.doubts: list[Doubt[Row]] = []
        self.doubted: dict[int, LedgerAccount] = {}
        self._decided = bool(decisions.pairs)

    # --- bookkeeping

    def _pair(self, number: int, account: LedgerAccount, by: By) -> None:
        self.pairs.append(Pair(account, self.free.pop(number), by))
        self.left.pop(account.id, None)

    def _doubt(
        self, kind: ReviewKind, number: int, accounts: Iterable[LedgerAccount], why: str
    ) -> None:
        """Put a row in doubt with each of `accounts`; neither is looked at further."""
        row = self.free.pop(number)
        for account in accounts:
            score = likeness(account, row)
            self.doubts.append(Doubt(kind, account, row, self.key(row), score, why))
            self.left.pop(account.id, None)
            self.doubted[account.id] = account

    def _barred(self, row: Row, account: LedgerAccount) -> bool:
        """A person said that these are not the same."""
        return self._decided and self.decisions.not_same(account.uid, self.key(row))

    # --- the steps

    def by_decision(self) -> None:
        """Pairs that a person declared to be the same."""
        if not self._decided:
            return
        numbers = {self.key(row): number for number, row in self.free.items()}
        for account in list(self.left.values()):
            for other in self.decisions.same_as(account.uid):
                if other in numbers and (account.id in self.left or self.repeated):
                    self._pair(numbers.pop(other), account, By.DECISION)

    def by_identifier(self) -> None:
        """Any identifier in force; after these, identifiers once in force."""
        for held_by, by in (
            (self.ledger.held_by, By.IDENTIFIER),
            (self.ledger.once_held_by, By.ENDED_IDENTIFIER),
        ):
            for number, row in list(self.free.items()):
                platform, found = row.platform, dict[int, LedgerAccount]()
                for scheme, value in row.identifiers.items():
                    for account in held_by((platform, scheme, value)):
                        found[account.id] = account
                if found:
                    self._identified(number, row, list(found.values()), by)

    def _identified(self, number: int, row: Row, found: list[LedgerAccount], by: By) -> None:
        if self._decided:
            found = [account for account in found if not self._barred(row, account)]
        if len(found) > 1:
            found = self._narrowed(row, found)
        if len(found) == 1 and self._is_open(found[0]):
            self._pair(number, found[0], by)
        elif len(found) == 1 and by is By.IDENTIFIER:
            why = _("Another row of the list has the same account's identifier.")
            self._doubt(ReviewKind.TWICE, number, found, why)
        elif len(found) > 1:
            self._doubt(ReviewKind.SEVERAL, number, found, unclear.ids_shared(found))

    def _is_open(self, account: LedgerAccount) -> bool:
        """Whether a row may still be taken for the account."""
        return account.id in self.left or (self.repeated and account.id not in self.doubted)

    def _narrowed(self, row: Row, found: list[LedgerAccount]) -> list[LedgerAccount]:
        """Those of several that also agree in name, and then in unit, if any do."""
        free = [account for account in found if account.id in self.left] or found
        named = [account for account in free if account.fold == fold_name(row.name)] or free
        hosted = [a for a in named if a.host and self.bodies.same(row.host_unit, a.host)]
        return hosted or named

    def by_url(self) -> None:
        """The account behind the address, by the id in it or by the address itself."""
        wanted = {number: row for number, row in self.free.items() if row.url}
        if not wanted:
            return
        by_address = _unique(
            (self._addresses(a.platform, a.url), a) for a in self.left.values() if a.url
        )
        for number, row in wanted.items():
            keys = self._addresses(row.platform, row.url)
            found = {a.id: a for key in keys if (a := self._behind(key, by_address)) is not None}
            fits = [a for a in found.values() if a.id in self.left and not self._barred(row, a)]
            if len(fits) == 1 and fits[0].platform == row.platform:
                if not contradicts(fits[0], row):
                    self._pair(number, fits[0], By.URL)

    def _behind(self, key: Key, by_address: dict[Key, LedgerAccount]) -> LedgerAccount | None:
        holders = self.ledger.held_by(key)
        return holders[0] if len(holders) == 1 else by_address.get(key)

    def _addresses(self, platform: str, url: str) -> list[Key]:
        """The id that an address names, and the address itself in one spelling."""
        identity = self.catalogue.account_at(platform, url)
        keys = [(identity.platform, identity.scheme, identity.value)] if identity else []
        plain = plain_url(url)
        return [*keys, ("", "url", plain)] if plain else keys

    def by_code(self, code: Callable[[Row], str]) -> None:
        """The code in the national system that the ledger has of an account. It was given by people
        and may have been given on: of an account that is another in all else a person is asked."""
        for number, row in list(self.free.items()) if self.ledger.by_code else ():
            found = self.ledger.by_code.get(code(row), ())
            if len(found) != 1 or found[0].id not in self.left or self._barred(row, found[0]):
                continue
            (account,) = found
            if self._is_code_of(row, account):
                self._pair(number, account, By.CODE)
            elif not self._named_otherwise(row, account):
                why = unclear.code_of_another(account, row, code(row))
                self._doubt(ReviewKind.CODE, number, [account], why)

    def _is_code_of(self, row: Row, account: LedgerAccount) -> bool:
        """Whether the row may be the account with its code: no id speaks against it, and unit or name
        for it."""
        fits = account.platform == row.platform and forms_fit(account, row)
        if not fits or contradicts(account, row) or self._named_otherwise(row, account):
            return False
        same = account.host is not None and self.bodies.same(row.host_unit, account.host) is True
        return same or likeness(account, row) >= RENAME_SCORE

    def _named_otherwise(self, row: Row, account: LedgerAccount) -> bool:
        """Whether name and unit of the row are those of another account that has no row yet."""
        return (account.fold != fold_name(row.name)) and any(
            other.host and self.bodies.same(row.host_unit, other.host)
            for other in self._by_fold.get((row.platform, fold_name(row.name)), ())
            if other.id in self.left and other is not account
        )

    @cached_property
    def _by_fold(self) -> Mapping[tuple[str, str], list[LedgerAccount]]:
        found: defaultdict[tuple[str, str], list[LedgerAccount]] = defaultdict(list)
        for account in self.left.values():
            found[account.platform, account.fold].append(account)
        return found

    def by_name(self, *, with_unit: bool) -> None:
        """Folded name within the platform, with the unit or, where a side lacks it, without."""
        rows: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, row in self.free.items():
            unit = self.bodies.key(row.host_unit) if with_unit else ""
            rows[row.platform, fold_name(row.name), unit].append(number)
        groups: defaultdict[tuple[str, ...], list[LedgerAccount]] = defaultdict(list)
        for account in self.left.values():
            unit = account.host.uid if with_unit and account.host else ""
            if (key := (account.platform, account.fold, unit)) in rows:
                groups[key].append(account)
        for which, numbers in rows.items():
            if which in groups:
                self._named(numbers, groups[which], with_unit)

    def _named(self, numbers: list[int], accounts: list[LedgerAccount], with_unit: bool) -> None:
        """Rows and accounts of one name: matched where exactly one fits either way."""
        fits = {number: self._fitting(number, accounts, with_unit) for number in numbers}
        seen = {number: self.free[number] for number in numbers}
        wanted: defaultdict[int, int] = defaultdict(int)
        for found in fits.values():
            for account in found:
                wanted[account.id] += 1
        for number, found in fits.items():
            if len(found) == 1 and wanted[found[0].id] == 1:
                self._settle(number, found[0], with_unit)
            elif found:
                rows = [row for other, row in seen.items() if found[0] in fits[other]]
                why = unclear.fits_several(found, rows)
                self._doubt(ReviewKind.SEVERAL, number, found, why)

    def _fitting(
        self, number: int, accounts: list[LedgerAccount], with_unit: bool
    ) -> list[LedgerAccount]:
        """The accounts that the row may be: form fits, not barred; the best of them if any is."""
        row = self.free[number]
        found = [a for a in accounts if forms_fit(a, row) and not self._barred(row, a)]
        if not with_unit:
            same = [a for a in found if a.host and self.bodies.same(row.host_unit, a.host)]
            found = same or found
        agreeing = [a for a in found if not contradicts(a, row)]
        found = agreeing or found
        exact = [a for a in found if a.form == row.form] if len(found) > 1 else []
        living = [a for a in exact or found if a.live]
        return living or exact or found

    def _settle(self, number: int, account: LedgerAccount, with_unit: bool) -> None:
        row = self.free[number]
        if contradicts(account, row):
            why = unclear.ids_differ(account, row)
            self._doubt(ReviewKind.IDENTIFIER_DIFFERS, number, [account], why)
        elif with_unit:
            self._pair(number, account, By.NAME_AND_UNIT)
        elif account.host is None or self.bodies.same(row.host_unit, account.host) is not False:
            self._pair(number, account, By.NAME)
        else:
            why = unclear.units_differ(account, row)
            self._doubt(ReviewKind.UNIT_DIFFERS, number, [account], why)

    def renames(self) -> None:
        """An account of a unit and platform is missing, another appears: suggested, not done."""
        missing: defaultdict[tuple[str, str], list[LedgerAccount]] = defaultdict(list)
        for account in self.left.values():
            if account.live and account.host:
                missing[account.platform, account.host.uid].append(account)
        new: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, row in self.free.items():
            new[row.platform, self.bodies.key(row.host_unit)].append(number)
        for key, numbers in new.items():
            for number, account in self._likeliest(numbers, missing.get(key, [])):
                alone = len(numbers) == len(missing[key]) == 1
                why = unclear.may_be_renamed(account, self.free[number], alone=alone)
                self._doubt(ReviewKind.RENAME, number, [account], why)

    def _likeliest(
        self, numbers: list[int], gone: list[LedgerAccount]
    ) -> list[tuple[int, LedgerAccount]]:
        """One to one: the only two there are, whatever their names; of several the most alike."""
        if not gone or max(len(numbers), len(gone)) > MOST_COMPARED:
            return []
        least = 0.0 if len(numbers) == len(gone) == 1 else RENAME_SCORE
        options = [
            (-score, number, account)
            for number in numbers
            for account in gone
            if self._may_be(self.free[number], account)
            and (score := likeness(account, self.free[number])) >= least
        ]
        pairs, taken = [], set[int]()
        for _score, number, account in sorted(options, key=lambda option: option[:2]):
            if number not in taken and -account.id not in taken:
                pairs.append((number, account))
                taken |= {number, -account.id}
        return pairs

    def _may_be(self, row: Row, account: LedgerAccount) -> bool:
        fits = forms_fit(account, row) and not contradicts(account, row)
        return fits and not self._barred(row, account)

    def result(self) -> Matching[Row]:
        return Matching(
            tuple(self.pairs),
            tuple(self.doubts),
            tuple(self.left.values()),
            tuple(self.free.values()),
        )


def likeness(account: LedgerAccount, row: OutsideRow) -> float:
    """Likeness of the names, 0 to 100, as they are compared."""
    return fuzz.ratio(account.fold, fold_name(row.name))


def contradicts(account: LedgerAccount, row: OutsideRow) -> bool:
    """Both name an id of one kind in force, and the ids differ."""
    return any(
        scheme in account.identifiers and (scheme, value) not in account.held
        for scheme, value in row.identifiers.items()
    )


def forms_fit(account: LedgerAccount, row: OutsideRow) -> bool:
    """Forms agree, or one side does not say."""
    return not account.form or not row.form or account.form == row.form


_PLAIN_URL = re.compile(
    r"https?://(?:www\.)?+([a-z0-9-]+\.[a-z0-9.-]+)(/[!-\"$->@-~]*)?(\?[!-\"$-~]+)?"
)
"""An address whose parts stand in it as they are; nearly all do."""


def plain_url(url: str) -> str:
    """An address without scheme, `www.`, case of the host, fragment and closing slash."""
    if whole := _PLAIN_URL.fullmatch(url):
        return f"{whole[1]}{(whole[2] or '').rstrip('/')}{whole[3] or ''}"
    return _taken_apart(url)


def _taken_apart(url: str) -> str:
    """The same for any address; nothing for what is none."""
    try:
        parts = urlsplit(url.strip() if "//" in url else f"//{url.strip()}")
        host, number = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if "." not in host:
        return ""
    port = f":{number}" if number not in {None, 80, 443} else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}"


def _unique(
    items: Iterable[tuple[list[Key], LedgerAccount]],
) -> dict[Key, LedgerAccount]:
    """Key → the one account that has it; keys of several are left out."""
    found: dict[Key, LedgerAccount | None] = {}
    for keys, account in items:
        for key in keys:
            found[key] = account if key not in found else None
    return {key: account for key, account in found.items() if account is not None}
