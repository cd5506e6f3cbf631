"""Why an account and an outside row, or two accounts, are or are not taken for one: every key
compared, the decisions on the pair, and what matching made of it. It decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.actions import action
from reconcilers.compared import Compared, Declared, keys_compared
from reconcilers.decisions import Decisions, OutsideRow, load_decisions
from reconcilers.drafting import Setting
from reconcilers.duplicates import differences_between, duplicate_differences
from reconcilers.leads import LEAD, lead_named, lead_side, match_leads, read_leads
from reconcilers.ledger import Ledger, LedgerAccount, read_ledger
from reconcilers.matching import By, Matching, Pair, Row
from reconcilers.naming import no_record, row_named
from reconcilers.national import NationalPicture, match_national, national_differences
from reconcilers.national import side as national_side
from reconcilers.seen import read_reality
from reconcilers.twins import Resemblances, doubtful_twins, same_accounts
from registry.accounts.making import find_account
from registry.dates import shanghai_date
from registry.errors import NotFound, Refused
from registry.exchange.national import kept_last
from registry.exchange.national_template import NationalEntry
from registry.findings.differences import Difference, Side
from registry.messages import _, language
from registry.models import Decision
from registry.platforms import PlatformCatalogue
from registry.text import quoted
from registry.vocab import DecisionKind, code_title


class Answer(StrEnum):
    """What the two are taken for."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNDECIDED = "undecided"
    """Left to a person."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on the pair."""

    kind: DecisionKind
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What reconciling finds of the two together, as its workbook says it."""

    code: str
    title: str
    why: str
    action: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one pair, with all that it rests on."""

    answer: Answer
    why: str
    left_key: str
    right_key: str
    left_code: str
    """What a person can type for it: an id, a code, else the key or the end of the uid."""
    right_code: str
    left: Side
    right: Side
    compared: tuple[Compared, ...]
    decisions: tuple[Decided, ...] = ()
    """The newest last; that one counts."""
    findings: tuple[Listed, ...] = ()
    """Those about the two together; of an account and a row there also that one of them is alone."""


def explain(
    session: Session,
    account_uid: str,
    other: str,
    *,
    catalogue: PlatformCatalogue,
    at: datetime,
    also: str = "",
) -> Explanation:
    """Explain an account (uid) against `other`: a uid, the key of a row (`outside:…`), or the code,
    the number (`第3行`) or an id of a row of the export kept last.

    `also` as in `look_up`. Raises NotFound when no such row is kept, Ambiguous where several are meant.
    """
    return look_up(session, account_uid, other, catalogue=catalogue, at=at, also=also)[0]


def look_up(
    session: Session,
    account_uid: str,
    other: str,
    *,
    catalogue: PlatformCatalogue,
    at: datetime,
    also: str = "",
) -> tuple[Explanation, NationalPicture | None]:
    """The explanation, with the picture of the national system where `other` is a row of it.

    `also`: what else was written for the account; a row that it names counts where `other` names none.
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
        told = pair.of_accounts(ledger, ledger.by_uid[other])
        listed = _listed(session, ledger, decisions, at, account, ledger.by_uid[other])
        return replace(told, findings=tuple(listed)), None
    if other.startswith(LEAD) and (found := pair.of_lead(ledger, other, at)):
        return found, None
    kept = kept_last(session)
    picture = match_national(ledger, kept.rows if kept else (), catalogue, decisions)
    entry = row_named(picture.entries, picture.key, other)
    if entry is None and (found := pair.of_lead(ledger, other, at)):
        return found, None
    if entry is None and also:
        entry = row_named(picture.entries, picture.key, also)
    if entry is None:
        _check_two(session, account, other, catalogue)
        raise _nowhere(picture, other)
    told = pair.of_national(ledger, picture, entry)
    there = tuple(_listed_there(picture, at, catalogue, account, entry))
    return replace(told, findings=there), picture


def _nowhere(picture: NationalPicture, text: str) -> NotFound:
    """The error for a text that nothing answers to."""
    missing = _(
        "Neither the ledger, the export kept last nor the accounts that were found beside the ledger have"
        " {text}."
    ).format(text=quoted(text))
    return NotFound(
        no_record(picture.entries, text) or missing,
        _(
            "Name an account, a record of the export by its code in the national system, its id or its"
            " row, as in `row 3`, or an account not in the ledger (RC301) by its id, address or name."
        ),
    )


def _check_two(
    session: Session, account: LedgerAccount, other: str, catalogue: PlatformCatalogue
) -> None:
    """Raise Refused where `other` names the account itself and nothing else."""
    try:
        found = find_account(session, other, catalogue=catalogue)
    except NotFound:
        return
    if found.uid == account.uid:
        raise Refused(
            _("Both name one account, {name}: there is nothing to compare.").format(
                name=account.name
            ),
            _("Name another account, or a row of the export by its code or its number."),
        )


def _listed(
    session: Session,
    ledger: Ledger,
    decisions: Decisions,
    at: datetime,
    one: LedgerAccount,
    other: LedgerAccount,
) -> Iterator[Listed]:
    """The findings inside the ledger that are about both accounts."""
    seen = read_reality(session, ledger, {}, at)
    found, _pairs = duplicate_differences(ledger, seen, decisions, Setting(at))
    for each in differences_between(found, one, other):
        yield _told(each)


def _listed_there(
    picture: NationalPicture,
    at: datetime,
    catalogue: PlatformCatalogue,
    account: LedgerAccount,
    entry: NationalEntry,
) -> Iterator[Listed]:
    """The findings against the national system that are about the account and this row, or that one
    of them stands on its side alone."""
    key, side = picture.key(entry), national_side(entry)
    found = national_differences(picture, Setting(at), catalogue, closed_on={}, cancel_limit=None)
    for each in found:
        alone = each.code in {"RC304", "RC305"}
        if each.subject_uid == (key if each.code == "RC305" else account.uid):
            if alone or all(each.outside.get(f) == side[f] for f in ("row", "national_code")):
                yield _told(each)


def _told(found: Difference) -> Listed:
    return Listed(found.code, code_title(found.code, language()), found.note, found.action)


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
        compared = tuple(keys_compared(self.account, row, ledger, self.catalogue))
        code = _row_code(ledger, self.account, row, side) or key
        return self._explained(ledger, answer, why, (key, code), side, compared)

    def of_national(
        self, ledger: Ledger, picture: NationalPicture, entry: NationalEntry
    ) -> Explanation:
        around = picture.around(entry, self.account.uid)
        row = next((row for row in around.rows() if row == entry), entry)
        return self.of_row(ledger, around, row, picture.key(entry), national_side(row))

    def of_lead(self, ledger: Ledger, text: str, at: datetime) -> Explanation | None:
        """The same beside the lead that is meant, and that it is in nobody's ledger; None where no lead
        is meant."""
        leads = read_leads(self.session, at)
        lead = lead_named(leads, text, self.catalogue)
        if lead is None:
            return None
        matching = match_leads(ledger, leads, self.catalogue, self.decisions)
        told = self.of_row(ledger, matching, lead, f"{LEAD}{lead.uid}", lead_side(lead))
        if lead not in matching.outside_only:
            return told
        alone = Listed("RC301", code_title("RC301", language()), "", action("RC301"))
        return replace(told, findings=(alone,))

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
        compared = tuple(keys_compared(self.account, Declared.of(other), ledger, self.catalogue))
        called = other.uid, account_code(ledger, other)
        return self._explained(ledger, answer, why, called, other.side(), compared)

    def _explained(
        self,
        ledger: Ledger,
        answer: Answer,
        why: str,
        called: tuple[str, str],
        side: Side,
        compared: tuple[Compared, ...],
    ) -> Explanation:
        key, code = called
        return Explanation(
            answer,
            why,
            self.account.uid,
            key,
            account_code(ledger, self.account),
            code,
            self.account.side(),
            side,
            compared,
            tuple(_decided(self.session, self.account.uid, key)),
        )


_TAIL = 12
"""Characters of a uid that tell it from all others."""


def account_code(ledger: Ledger, account: LedgerAccount) -> str:
    """What can be typed for an account and means no other: its platform id, else the end of its uid."""
    bearers = [a for a in ledger.accounts if account.native and a.native == account.native]
    return account.native if len(bearers) == 1 else account.uid[-_TAIL:]


def _row_code(ledger: Ledger, account: LedgerAccount, row: OutsideRow, side: Side) -> str:
    """What can be typed for a row beside an account; empty where only its key will do."""
    if side.get("national_code"):
        return str(side["national_code"])
    for scheme, value in sorted(row.identifiers.items()):
        holders = ledger.held_by((row.platform, scheme, value))
        if all(holder is account for holder in holders):
            return value
    return ""


def _outcome(matching: Matching[Row], account: LedgerAccount, row: Row) -> tuple[Answer, str]:
    """What matching made of an account and a row, in words."""
    for doubt in matching.doubts:
        if doubt.account is account and doubt.row is row:
            return Answer.UNDECIDED, doubt.why
    for pair in matching.pairs:
        if pair.account is account and pair.row is row:
            return Answer.SAME, _because(pair)
    told = []
    for pair in matching.pairs:
        if pair.row is row:
            text = _("The row is the account {name} ({code}): {why}")
            other = pair.account
            code = other.native or other.uid[-_TAIL:]
            told.append(text.format(name=other.name, code=code, why=_because(pair)))
        if pair.account is account:
            text = _("The account is the row {name}: {why}")
            told.append(text.format(name=quoted(pair.row.name), why=_because(pair)))
    return Answer.NOT_SAME, " ".join(told) or _("No key joins them.")


def _because(pair: Pair[Row]) -> str:
    """What joins an account and a row, in words: an id by its value."""
    held = {*pair.account.held, *pair.account.ended.items()}
    ids = [value for scheme, value in pair.row.identifiers.items() if (scheme, value) in held]
    return _BY[pair.by]().format(ids=_(", ").join(ids))


_BY = {
    By.DECISION: lambda: _("A person decided so."),
    By.IDENTIFIER: lambda: _("They have an id in common: {ids}."),
    By.ENDED_IDENTIFIER: lambda: _("The account had the row's id: {ids}."),
    By.URL: lambda: _("Their addresses lead to one account."),
    By.CODE: lambda: _("The row has the code that the ledger has of the account."),
    By.NAME_AND_UNIT: lambda: _("Name and unit are the same, and no other pair fits."),
    By.NAME: lambda: _("The name is the same, no unit speaks against it, and no other pair fits."),
}


def _decided(session: Session, left: str, right: str) -> Iterator[Decided]:
    d = Decision
    query = select(d.kind, d.at, d.actor_name, d.reason).where(
        ((d.left_key == left) & (d.right_key == right))
        | ((d.left_key == right) & (d.right_key == left))
    )
    for row in session.execute(query.order_by(d.id)):
        yield Decided(*tuple[Any, ...](row))
