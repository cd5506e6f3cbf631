"""Which of several accounts the rows of a workbook keep: the one chosen in the cell, else the one that
was suggested. Rows of one workbook that keep and give up the same account contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.outcomes import RowFault
from registry.exchange.decided import DecidedRow
from registry.exchange.decision_sheet import Part
from registry.messages import _
from registry.models import Account, Finding
from registry.names import fold_name
from registry.text import quoted
from registry.vocab import LIVE_STATES, Choice


def keeps_one(choice: Choice, finding: Finding) -> bool:
    """Whether the decision lets one of the finding's accounts stay and the others go."""
    return choice is Choice.STOP_OTHERS or (choice is Choice.SAME and finding.code == "DU402")


def kept_account(session: Session, row: DecidedRow, finding: Finding) -> Account | None:
    """The account that the row keeps; None for a decision that keeps none.

    Raises RowFault for a cell that names none of the finding's accounts, for an empty one where none
    is suggested, for an account that has closed since, and for any where nothing is kept.
    """
    if not keeps_one(row.choice, finding):
        if row.keep:
            raise RowFault(
                _("An account to keep is named, and the decision keeps none."),
                _("Choose a decision that keeps one, or leave this column empty."),
                Part.KEEP,
            )
        return None
    uid = _chosen(session, row.keep, finding)
    account = session.scalars(select(Account).where(Account.uid == uid)).first()
    if account is None or account.state not in LIVE_STATES:
        name = account.name if account is not None else uid
        raise RowFault(
            _("{name} is no longer in use and cannot be the one to keep.").format(name=name),
            _("Choose another one of the list."),
            Part.KEEP,
        )
    return account


def kept_words(finding: Finding, keep: Account) -> str:
    """Which account is kept, as the list of the cell calls it."""
    words = dict(
        zip(finding.facts.get("accounts", ()), finding.facts.get("words", ()), strict=False)
    )
    return _("kept: {name}").format(name=words.get(keep.uid, keep.name))


def _chosen(session: Session, text: str, finding: Finding) -> str:
    uids: Sequence[str] = finding.facts.get("accounts", ())
    words: Sequence[str] = finding.facts.get("words", ())
    if not text and uids and finding.facts.get("keeps_first", True):
        return uids[0]
    listed = _("Choose one from the list of the cell: {words}.").format(words=_("; ").join(words))
    if not text:
        raise RowFault(
            _("None of the accounts is suggested to be kept: nothing tells them apart."),
            *(listed, Part.KEEP),
        )
    found = _meant(text, uids, words, _names(session, uids))
    if len(found) == 1:
        return found[0]
    if found:
        numbers = _(" or ").join(str(uids.index(uid) + 1) for uid in found)
        raise RowFault(
            _("“{text}” reads like several accounts of this row.").format(text=quoted(text)),
            _("Write {numbers}: {words}.").format(numbers=numbers, words=_("; ").join(words)),
            Part.KEEP,
        )
    raise RowFault(
        _("“{text}” is none of the accounts of this row.").format(text=quoted(text)),
        *(listed, Part.KEEP),
    )


def _names(session: Session, uids: Sequence[str]) -> dict[str, str]:
    query = select(Account.uid, Account.name).where(Account.uid.in_(uids))
    return {uid: name for uid, name in session.execute(query)}


def _meant(
    text: str, uids: Sequence[str], words: Sequence[str], names: Mapping[str, str]
) -> list[str]:
    """The accounts that the text names: exactly, else as names are read. By its place, by the words of
    the list or by its name alone."""
    for reading in (str.strip, fold_name):
        meant = reading(text)
        found = [
            uid
            for uid, word in zip(uids, words, strict=False)
            if meant in {reading(word), word.partition(" ")[0], reading(names.get(uid, word))}
        ]
        if found:
            return found
    return []


@dataclass(slots=True)
class Keeping:
    """What the rows of one workbook keep and give up, by the account's uid."""

    kept: dict[str, DecidedRow] = field(default_factory=dict)
    gone: dict[str, DecidedRow] = field(default_factory=dict)

    def note(self, row: DecidedRow, keep: Account, going: Iterable[Account]) -> None:
        """Note a row. Raises RowFault where an earlier one says the contrary."""
        pairs = [(keep.uid, keep.name, self.gone)]
        pairs += [(account.uid, account.name, self.kept) for account in going]
        for uid, name, contrary in pairs:
            if other := contrary.get(uid):
                words = _("Sheet {sheet}, row {row} decides the contrary about {name}.")
                raise RowFault(
                    words.format(sheet=other.place.sheet, row=other.place.row, name=name),
                    _("Choose the same account to keep in both rows."),
                    Part.KEEP,
                )
        self.kept[keep.uid] = row
        self.gone.update({account.uid: row for account in going})
