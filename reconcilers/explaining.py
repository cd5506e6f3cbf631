"""Why an account and an outside row, or two accounts, are or are not taken for one: every key
compared, the decisions on the pair, and what matching made of it. It decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import Decisions, OutsideRow, load_decisions
from reconcilers.ledger import Ledger, LedgerAccount, read_ledger
from reconcilers.matching import By, Matching, Row, forms_fit, likeness, plain_url
from reconcilers.national import match_national
from reconcilers.national import side as national_side
from reconcilers.reality import lead_side, match_leads, read_leads
from reconcilers.twins import Resemblances, doubtful_twins, same_accounts
from registry.dates import shanghai_date
from registry.differences import Side
from registry.errors import NotFound
from registry.exchange.national import kept_last
from registry.messages import _
from registry.models import Decision
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.vocab import DecisionKind


class Answer(StrEnum):
    """What the two are taken for."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNDECIDED = "undecided"
    """Left to a person."""


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
class Decided:
    """A decision on the pair."""

    kind: DecisionKind
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one pair, with all that it rests on."""

    answer: Answer
    why: str
    left_key: str
    right_key: str
    left: Side
    right: Side
    compared: tuple[Compared, ...]
    decisions: tuple[Decided, ...] = ()
    """The newest last; that one counts."""


def explain(
    session: Session, account_uid: str, other: str, *, catalogue: PlatformCatalogue, at: datetime
) -> Explanation:
    """Explain an account (uid) against `other`: a uid, the key of a row (`outside:…`), or the code
    or id of a row of the export kept last.

    Raises NotFound when no such row is kept.
    """
    ledger, decisions = read_ledger(session), load_decisions(session, shanghai_date(at))
    account = ledger.by_uid.get(account_uid)
    if account is None:  # abandoned before it was opened
        raise NotFound(
            _("This account was never opened, so nothing is compared with it."),
            _("Name an account that is or was in use."),
        )
    pair = _Pair(session, account, decisions, catalogue)
    if other in ledger.by_uid:
        return pair.of_accounts(ledger, ledger.by_uid[other])
    if other.startswith("outside:lead"):
        leads = read_leads(session, at)
        matching = match_leads(ledger, leads, catalogue, decisions)
        keys = {f"outside:lead:{lead.uid}": lead for lead in leads}
        if other in keys:
            lead = keys[other]
            return pair.of_row(ledger, matching, lead, other, lead_side(lead))
    kept = kept_last(session)
    picture = match_national(ledger, kept.rows if kept else (), catalogue, decisions)
    for entry in picture.entries:
        key = picture.key(entry)
        if other in {key, entry.national_code, *entry.identifiers.values()}:
            whole = picture.whole()
            row = next((row for row in whole.rows() if row == entry), entry)
            return pair.of_row(ledger, whole, row, key, national_side(row))
    raise NotFound(
        _("Neither the ledger nor the export kept last has {text}.").format(text=other),
        _("Name an account, or a row by its key, its code in the national system or its id."),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    session: Session
    account: LedgerAccount
    decisions: Decisions
    catalogue: PlatformCatalogue

    def of_row(
        self,
        ledger: Ledger,
        matching: Matching[Row],
        row: Row,
        key: str,
        side: Side,
    ) -> Explanation:
        answer, why = _outcome(matching, self.account, row)
        if self.decisions.not_same(self.account.uid, key):
            answer, why = Answer.NOT_SAME, _("A person decided so.")
        compared = tuple(_keys(self.account, row, ledger, self.catalogue))
        return self._explained(answer, why, key, side, compared)

    def of_accounts(self, ledger: Ledger, other: LedgerAccount) -> Explanation:
        older, newer = sorted((self.account.uid, other.uid))
        said = self.decisions.about(older, newer)
        names = Resemblances(ledger)
        twins = same_accounts(ledger, self.decisions, names)
        twin = twins.get((older, newer), "")
        answer = Answer.SAME if twin or said is DecisionKind.SAME else Answer.NOT_SAME
        why = twin or _("No id that both hold; name, unit, platform and form are not all the same.")
        for doubt in doubtful_twins(ledger, twins, self.decisions, names):
            if (doubt.left_key, doubt.right_key) == (older, newer):
                answer, why = Answer.UNDECIDED, doubt.why
        if said is not None:
            why = _("A person decided so.")
        compared = tuple(_keys(self.account, _Declared.of(other), ledger, self.catalogue))
        return self._explained(answer, why, other.uid, other.side(), compared)

    def _explained(
        self, answer: Answer, why: str, key: str, side: Side, compared: tuple[Compared, ...]
    ) -> Explanation:
        return Explanation(
            answer,
            why,
            self.account.uid,
            key,
            self.account.side(),
            side,
            compared,
            tuple(_decided(self.session, self.account.uid, key)),
        )


def _outcome(matching: Matching[Row], account: LedgerAccount, row: Row) -> tuple[Answer, str]:
    """What matching made of an account and a row, in words."""
    for doubt in matching.doubts:
        if doubt.account is account and doubt.row is row:
            return Answer.UNDECIDED, doubt.why
    for pair in matching.pairs:
        if pair.account is account and pair.row is row:
            return Answer.SAME, _BY[pair.by]()
    told = []
    for pair in matching.pairs:
        if pair.row is row:
            text = _("The row is the account {name} ({uid}): {why}")
            other = pair.account
            told.append(text.format(name=other.name, uid=other.uid, why=_BY[pair.by]()))
        if pair.account is account:
            text = _("The account is the row {name}: {why}")
            told.append(text.format(name=pair.row.name, why=_BY[pair.by]()))
    return Answer.NOT_SAME, " ".join(told) or _("No key joins them.")


_BY = {
    By.DECISION: lambda: _("A person decided so."),
    By.IDENTIFIER: lambda: _("They have an id in common."),
    By.ENDED_IDENTIFIER: lambda: _("The account had the row's id."),
    By.URL: lambda: _("Their addresses lead to one account."),
    By.NAME_AND_UNIT: lambda: _("Name and unit are the same, and no other pair fits."),
    By.NAME: lambda: _("The name is the same, no unit speaks against it, and no other pair fits."),
}


@dataclass(frozen=True, slots=True)
class _Declared:
    """An account in the shape of an outside row."""

    platform: str
    form: str
    name: str
    host_unit: str
    url: str
    identifiers: Mapping[str, str]

    @classmethod
    def of(cls, account: LedgerAccount) -> _Declared:
        ids = dict(account.identifiers or account.ended)
        return cls(
            account.platform, account.form, account.name, account.host_name, account.url, ids
        )


def _keys(
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


def _decided(session: Session, left: str, right: str) -> Iterator[Decided]:
    d = Decision
    query = select(d.kind, d.at, d.actor_name, d.reason).where(
        ((d.left_key == left) & (d.right_key == right))
        | ((d.left_key == right) & (d.right_key == left))
    )
    for row in session.execute(query.order_by(d.id)):
        yield Decided(*tuple[Any, ...](row))
