"""What a workbook says of pairs: whether two records are one account, remembered for ever."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from reconcilers.decision_effects import Work
from reconcilers.naming import NATIONAL
from reconcilers.outcomes import (
    Outcome,
    RowFaults,
    check_names,
    not_offered,
    unknown_here,
)
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import PairKey
from registry.models import Account
from registry.vocab import PAIR_CHOICES, Choice, DecisionKind


def names_national_row(row: DecidedRow) -> bool:
    """Whether the row says which row of the national system an account is."""
    key = row.key
    return isinstance(key, PairKey) and row.choice is Choice.SAME and key.right.startswith(NATIONAL)


def contradicting(book: DecidedBook) -> Iterator[tuple[DecidedRow, DecidedRow]]:
    """(earlier row, row) where the later one makes a second account of a row outside, or a second
    row of the national system of an account: one row is one account."""
    taken: dict[tuple[str, str], DecidedRow] = {}
    for row in book.rows:
        if not isinstance(row.key, PairKey) or row.choice is not Choice.SAME:
            continue
        marks = [("row", row.key.right)]
        if names_national_row(row):
            marks.append(("account", row.key.left))
        for mark in marks if row.key.right.startswith("outside:") else ():
            known = taken.setdefault(mark, row)
            if known is not row:
                yield known, row


def decide_pair(work: Work, row: DecidedRow, key: PairKey) -> Outcome:
    """Remember what the row says of its pair. Raises RowFault and RowFaults."""
    account = work.session.scalars(select(Account).where(Account.uid == key.left)).first()
    if account is None:
        raise unknown_here()
    check_names(row, account.name)
    if row.unread:
        raise RowFaults(())
    national = key.right.startswith(NATIONAL)
    possible = PAIR_CHOICES if national else (Choice.SAME, Choice.NOT_SAME)
    if row.choice not in possible:
        raise not_offered(possible)
    kind, others = DecisionKind(row.choice.value), _rows_of(work.book, key.left)
    effect, detail = work.settle(row, kind, key.left, key.right, others)
    return Outcome(
        *(row.place.sheet, row.place.row, "", account.platform, account.name),
        *(row.choice, effect, detail),
    )


def _rows_of(book: DecidedBook, uid: str) -> set[str]:
    """The rows of the national system that the workbook itself decides of the account."""
    keys = (row.key for row in book.rows)
    return {key.right for key in keys if isinstance(key, PairKey) and key.left == uid}
