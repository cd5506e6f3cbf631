"""Ledger against the national system's export: RC303 to RC307, and the rows for the next upload.

The row's state is a fact of its own and is compared, never taken over. A row whose state the
mapping does not know says nothing about its state.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from reconcilers.actions import come_back, last_day, not_in_use
from reconcilers.aliases import no_alias, why_alias
from reconcilers.decisions import Decisions
from reconcilers.differing import differing_fields
from reconcilers.drafting import Setting, about_account, about_outside
from reconcilers.exact import Exact, exact_pairs
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.matching import By, Matching, Pair, match
from reconcilers.naming import RowKeys, rows_words
from reconcilers.unread import may_be, unread_at
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import NationalEntry
from registry.findings.differences import Difference, ReviewKind
from registry.messages import _
from registry.platforms import PlatformCatalogue
from registry.text import fold_width
from registry.vocab import AccountState, Choice, NationalState, SubjectKind

CODES = ("RC303", "RC304", "RC305", "RC306", "RC307")

_RANK = {NationalState.LIVE: 3, NationalState.OTHER: 2, NationalState.OFFLINE_REQUESTED: 1}

_SURE = frozenset({By.DECISION, By.IDENTIFIER, By.ENDED_IDENTIFIER})
"""What an account is joined to a row by that no other row's name can undo."""

_LEFT = frozenset({NationalState.OFFLINE, NationalState.OFFLINE_REQUESTED})
"""States in which a row asks nothing more of anybody."""


@dataclass(frozen=True)
class NationalPicture:
    """The export matched to the ledger."""

    ledger: Ledger
    entries: NationalRows
    exact: Exact
    """Accounts and rows that one identifier joins, and nothing else speaks of."""
    matching: Matching[NationalEntry]
    """All others."""
    key: RowKeys
    leaving: Sequence[NationalEntry] = ()
    """Rows that a person wants taken offline and that still run there."""
    unread: Sequence[NationalEntry] = ()
    """Rows of which nobody knows the platform."""

    @property
    def matched(self) -> int:
        """Rows that are an account."""
        return len(self.exact) + len(self.matching.pairs)

    @cached_property
    def absent(self) -> Sequence[LedgerAccount]:
        """Accounts in use that no row is, nor may be."""
        doubtful = self.matching.doubtful_uids() | self.unclear
        return [a for a in self.matching.ledger_only if a.live and a.uid not in doubtful]

    @cached_property
    def may_be(self) -> Mapping[int, Sequence[LedgerAccount]]:
        """The accounts that each of the unread rows may be, by its place among them."""
        return may_be(self.ledger, self.unread)

    @property
    def unread_open(self) -> int:
        """How many of the unread rows ask for something: they run there, or may be an account."""
        may_be = self.may_be
        return sum(at in may_be or row.state not in _LEFT for at, row in enumerate(self.unread))

    def bearing(self, states: Collection[str]) -> frozenset[str]:
        """Uids of the accounts whose row prints its state with one of these words."""
        if not states:
            return frozenset()
        raw = self.entries.state_raw
        plain = {account.uid for account, at in self.exact.pairs() if raw[at] in states}
        pairs = (pair for pair in self.matching.pairs if pair.row.state_raw in states)
        return frozenset(plain.union(pair.account.uid for pair in pairs))

    @cached_property
    def unclear(self) -> frozenset[str]:
        """Uids of accounts that an unread row may be."""
        return frozenset(each.uid for found in self.may_be.values() for each in found)

    @cached_property
    def _others(self) -> Mapping[str, NationalEntry]:
        return {pair.account.uid: pair.row for pair in self.matching.pairs}

    def row_of(self, uid: str) -> NationalEntry | None:
        """The row that is the account of that uid."""
        if uid in self._others:
            return self._others[uid]
        at = self.exact.row_of(self.ledger.by_uid[uid])
        return None if at is None else self.entries[at]

    def row_keyed(self, key: str) -> NationalEntry | None:
        """The row that decisions name by that key."""
        named = (at for at in range(len(self.entries)) if self.key.at(at) == key)
        return next((self.entries[at] for at in named), None)

    def rows_held(self, uid: str) -> list[NationalEntry]:
        """All rows that hold an id of the account, or that a person declared to be it."""
        at, own = self.exact.row_of(self.ledger.by_uid[uid]), self.matching
        rows = [] if at is None else [self.entries[at]]
        rows += [pair.row for pair in own.pairs if pair.account.uid == uid and pair.by in _SURE]
        twice = (doubt for doubt in own.doubts if doubt.kind is ReviewKind.TWICE)
        return rows + [doubt.row for doubt in twice if doubt.account.uid == uid]

    def whole(self) -> Matching[NationalEntry]:
        """The matching with every pair, however plain."""
        exact = [Pair(a, self.entries[at], By.IDENTIFIER) for a, at in self.exact.pairs()]
        return replace(self.matching, pairs=(*exact, *self.matching.pairs))

    def around(self, row: NationalEntry, uid: str = "") -> Matching[NationalEntry]:
        """The matching with those of the plain pairs that are of a row like this one, or of the
        account of that uid."""
        names, rows = self.entries.name, self.entries
        alike = {at for at, name in enumerate(names) if name == row.name and rows[at] == row}
        exact = [
            Pair(account, rows[at], By.IDENTIFIER)
            for account, at in self.exact.pairs()
            if at in alike or account.uid == uid
        ]
        return replace(self.matching, pairs=(*exact, *self.matching.pairs))


def match_national(
    ledger: Ledger,
    entries: Sequence[NationalEntry],
    catalogue: PlatformCatalogue,
    decisions: Decisions,
) -> NationalPicture:
    """Match the rows of an export to the accounts of the ledger."""
    rows = NationalRows.of(entries)
    key = RowKeys(rows, ledger.bodies)
    given = decisions.offline
    unread = unread_at(rows)
    aside = {at for at in range(len(rows)) if given.get(key.at(at))} if given else set()
    aside -= set(unread)
    apart = aside.union(unread)
    exact = exact_pairs(ledger, rows, decisions, key.at, apart)
    matching = match(
        ledger,
        [rows[at] for at in exact.rows_left() if at not in apart],
        catalogue=catalogue,
        decisions=decisions,
        key=key,
        prefer=lambda entry: _RANK.get(entry.state, 0),
        code=lambda entry: entry.national_code,
        among=exact.accounts_left(ledger),
    )
    wanted = [rows[at] for at in sorted(aside)]
    wanted += [row for row in matching.outside_only if key(row) in given] if given else []
    leaving = [row for row in wanted if row.state not in _LEFT]
    asked = _without_old_rows(matching)
    return NationalPicture(ledger, rows, exact, asked, key, leaving, [rows[at] for at in unread])


def _without_old_rows(matching: Matching[NationalEntry]) -> Matching[NationalEntry]:
    """An account's earlier row that is offline there already asks nothing of anybody."""
    doubts = tuple(
        doubt
        for doubt in matching.doubts
        if doubt.kind is not ReviewKind.TWICE or doubt.row.state is not NationalState.OFFLINE
    )
    return replace(matching, doubts=doubts)


def national_differences(
    picture: NationalPicture,
    setting: Setting,
    catalogue: PlatformCatalogue,
    *,
    closed_on: Mapping[str, date],
    cancel_limit: int | None,
    came: Iterable[NationalEntry] = (),
    gone: Mapping[str, date] = MappingProxyType({}),
    taken: Collection[str] = (),
) -> Iterator[Difference]:
    """Every difference between ledger and export.

    `closed_on`: account uid → day of its cancellation; `cancel_limit`: working days within which
    it must be reported (None: no such rule here); `came`: rows that the export before lacked or had
    as offline;
    `gone`: closed account's uid → day of the look that found it gone from its platform; `taken`: uids
    of closed accounts whose id another body holds by now (CL502).
    """
    doubtful = picture.matching.doubtful_uids()
    back = {picture.key(row) for row in came}
    for pair in (*_plain_pairs(picture), *picture.matching.pairs):
        if pair.account.uid in doubtful:
            continue
        if pair.account.state is AccountState.CLOSED:
            closed = closed_on.get(pair.account.uid)
            limit = last_day(closed, cancel_limit) if closed and cancel_limit is not None else None
            seen, came_back = gone.get(pair.account.uid), picture.key(pair.row) in back
            other = pair.account.uid in taken
            yield from _of_closed(pair, setting, limit, came_back=came_back, gone=seen, taken=other)
        else:
            yield from _pair(pair, picture, setting, catalogue)
    for account in picture.absent:
        yield about_account(setting, "RC304", account, outside={})
    yield from _not_in_ledger(picture, setting)


def _not_in_ledger(picture: NationalPicture, setting: Setting) -> Iterator[Difference]:
    """RC305; rows that share an id are one account, and say so."""
    rows = [row for row in picture.matching.outside_only if row.state not in _LEFT]
    sharing = defaultdict[tuple[str, str, str], list[NationalEntry]](list)
    for row in rows:
        for scheme, value in row.identifiers.items():
            sharing[row.platform, scheme, value].append(row)
    for row in rows:
        ids = ((row.platform, *each) for each in row.identifiers.items())
        same = next((sharing[each] for each in ids if len(sharing[each]) > 1), ())
        others = [other for other in same if other is not row]
        words = _("It bears the same id as: {rows}. One account has one filing.")
        yield about_outside(
            setting,
            "RC305",
            SubjectKind.NATIONAL_ROW,
            picture.key(row),
            outside=side(row),
            unit=picture.ledger.bodies.find(row.host_unit),
            note=words.format(rows=rows_words(others)) if others else "",
        )


def _plain_pairs(picture: NationalPicture) -> Iterator[Pair[NationalEntry]]:
    """Of the pairs that an identifier joins, those in which anything is not the same."""
    rows = picture.entries
    for account, at in picture.exact.unlike_pairs():
        yield Pair(account, rows[at], By.IDENTIFIER)


def _of_closed(
    pair: Pair[NationalEntry],
    setting: Setting,
    limit: date | None,
    *,
    came_back: bool,
    gone: date | None,
    taken: bool,
) -> Iterator[Difference]:
    """RC303; a row that was gone and is there again may be the re-opening of the account, unless the
    account was found gone from its platform since its closing, or another body has its id."""
    if pair.row.state is not NationalState.LIVE:
        return
    notes = (
        [_("In the export before it was offline or not there: it has come back.")]
        if came_back
        else []
    )
    if gone is not None:
        seen = _("Looked at on {day}, after its closing: it is gone from the platform.")
        notes.append(seen.format(day=gone.isoformat()))
    if taken:
        notes.append(_("Another body has its id on the platform by now (CL502)."))
    ended = gone is not None or taken
    reopening = came_back and not ended
    yield about_account(
        setting,
        "RC303",
        pair.account,
        outside=side(pair.row),
        fields=("state",),
        deadline=limit,
        note=" ".join(notes),
        suggested=Choice.FILE_REOPEN if reopening else None,
        without=(Choice.FILE_REOPEN,) if ended else (),
        instruction=come_back() if reopening else "",
    )


def _pair(
    pair: Pair[NationalEntry],
    picture: NationalPicture,
    setting: Setting,
    catalogue: PlatformCatalogue,
) -> Iterator[Difference]:
    account, row = pair.account, pair.row
    if account.live and row.state is NationalState.OFFLINE:
        yield about_account(setting, "RC307", account, outside=side(row), fields=("state",))
        return
    found = differing_fields(account, row, picture.ledger, catalogue)
    known = pair.by in {By.IDENTIFIER, By.CODE}
    if known and account.live and "name" not in found and _letters_differ(account.name, row.name):
        found["name"] = (account.name, row.name)
    if found:
        alias = _alias(account, row, picture) if "host_unit" in found else ""
        renamed = (
            _("The names differ; if it was renamed on the platform, file the change.")
            if known and "name" in found
            else ""
        )
        yield about_account(
            setting,
            "RC306",
            account,
            outside={**side(row), **{field: there for field, (_own, there) in found.items()}},
            ledger={**account.side(), **{field: own for field, (own, _t) in found.items()}},
            fields=tuple(found),
            note=" ".join(filter(None, (renamed, alias))),
            suggested=Choice.ALIAS if alias else None,
            without=no_alias(row.host_unit, picture.ledger.bodies) if "host_unit" in found else (),
            instruction="" if account.live else not_in_use(),
        )


def _alias(account: LedgerAccount, row: NationalEntry, picture: NationalPicture) -> str:
    """Why the unit named there may be the host under one more name."""
    return why_alias(row.host_unit, account.host, picture.ledger.bodies) if account.host else ""


def _letters_differ(own: str, there: str) -> bool:
    """True when names that fold alike are written with other letters: a platform that shows another
    case was told so by the account's holder."""
    if own == there:
        return False
    letters = (re.findall("[A-Za-z]", fold_width(name)) for name in (own, there))
    return next(letters) != next(letters)


def side(row: NationalEntry) -> dict[str, Any]:
    """What a report prints of a national row."""
    return {
        "host_unit": row.host_unit,
        "platform": row.platform,
        "form": row.form,
        "name": row.name,
        "identifier": "; ".join(row.identifiers.values()),
        "verified_subject": row.fields.get("verified_subject", ""),
        "url": row.url,
        "state": row.state_raw or row.state,
        "national_code": row.national_code,
        "row": row.number or "",
    }
