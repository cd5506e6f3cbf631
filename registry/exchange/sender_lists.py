"""Which accounts a sender's list holds: kept at each import, and asked for at the next.

Equal accounts (one platform, name and unit) are told apart by their ordinal alone: their order in
the last list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from registry.exchange.known import Known
from registry.exchange.plan_rows import ImportPlan, PlanRow, Result
from registry.bulk import chunks
from registry.models import ImportBatch, SenderAccount

_Key = tuple[str, str, str]
"""Platform, folded name, host unit."""


def keep_list(session: Session, batch: ImportBatch, plan: ImportPlan, new: Iterable[int]) -> None:
    """Note that the batch held the plan's accounts; `new` are the keys of those it made, in order.

    A row in conflict keeps its account in the list but brings none into it.
    """
    mine = SenderAccount.sender_id == batch.sender_id
    held: list[int] = []
    joined: list[dict[str, Any]] = []
    free: dict[_Key, int] = defaultdict(int)
    for account_id, known, key in _accounts(plan, iter(new)):
        ordinal = free[key]
        free[key] += 1
        if known is None or known.ordinal is None:
            joined.append({"account_id": account_id, "ordinal": ordinal})
            continue
        held.append(account_id)
        if known.ordinal != ordinal:
            _move(session, mine, account_id, ordinal)
    for some in chunks(held):
        changed = update(SenderAccount).where(mine, SenderAccount.account_id.in_(some))
        session.execute(
            changed.values(batch_id=batch.id), execution_options={"synchronize_session": False}
        )
    for each in joined:
        each |= {"sender_id": batch.sender_id, "batch_id": batch.id}
    for rows in chunks(joined, 5000):
        session.execute(insert(SenderAccount), rows)
    _put_absent_last(session, mine, plan, free)


def _accounts(plan: ImportPlan, made: Iterator[int]) -> Iterator[tuple[int, Known | None, _Key]]:
    """Key, present state (None for a new one) and name of each account in the list, in order.

    Accounts that the list has under another name or unit come last: their rows are not their
    equals yet.
    """
    for row in plan.rows:
        known = row.match.known if row.match else None
        if row.result is Result.CREATE:
            yield next(made), None, _key_of_row(row)
        elif known is not None and row.result in {Result.UPDATE, Result.UNCHANGED}:
            yield known.id, known, _key(known)
    for row in plan.rows:
        known = row.match.known if row.match else None
        listed = known is not None and known.ordinal is not None
        if known is not None and (
            row.result is Result.FILING or (listed and row.result is Result.CONFLICT)
        ):
            yield known.id, known, _key(known)


def _put_absent_last(session: Session, mine: Any, plan: ImportPlan, free: dict[_Key, int]) -> None:
    """Equals that are absent come after those that are there."""
    for each in plan.absent:
        known = each.known
        if known is None or known.ordinal is None or known.ordinal >= free.get(_key(known), 0):
            continue
        _move(session, mine, known.id, free[_key(known)])
        free[_key(known)] += 1


def _move(session: Session, mine: Any, account_id: int, ordinal: int) -> None:
    row = SenderAccount
    session.execute(update(row).where(mine, row.account_id == account_id).values(ordinal=ordinal))


def _key(known: Known) -> _Key:
    return known.platform, known.fold, f"#{known.host_id}"


def _key_of_row(row: PlanRow) -> _Key:
    assert row.match is not None
    return row.platform, row.match.fold, row.match.host.key
