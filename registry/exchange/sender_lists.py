"""Which accounts a sender's list holds: kept at each import, and asked for at the next.

Equal accounts (one platform, name and unit) are told apart by their ordinal alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from registry.exchange.known import Known
from registry.exchange.plan_rows import ImportPlan, Result
from registry.live import chunks
from registry.models import ImportBatch, SenderAccount

_Key = tuple[str, str, str]
"""Platform, folded name, host unit."""


def keep_list(session: Session, batch: ImportBatch, plan: ImportPlan, new: Iterable[int]) -> None:
    """Note that the batch held the plan's accounts; `new` are the keys of those it made, in order.

    A row in conflict keeps its account in the list but brings none into it.
    """
    made = iter(new)
    held: list[int] = []
    joined: list[tuple[int, _Key]] = []
    for row in plan.rows:
        known = row.match.known if row.match else None
        if row.match is None or row.result is Result.REJECTED:
            continue
        key = (row.platform, row.match.fold, row.match.host.key)
        if known is not None and known.ordinal is not None:
            held.append(known.id)
        elif row.result is Result.CREATE:
            joined.append((next(made), key))
        elif known is not None and row.result is not Result.CONFLICT:
            joined.append((known.id, key))
    table = SenderAccount
    for some in chunks(held):
        mine = (table.sender_id == batch.sender_id, table.account_id.in_(some))
        session.execute(update(table).where(*mine).values(batch_id=batch.id))
    for fresh in chunks(_joining(batch, joined, _next_ordinals(plan)), 5000):
        session.execute(insert(table), fresh)


def _next_ordinals(plan: ImportPlan) -> dict[_Key, int]:
    """The first ordinal that is free, by key."""
    there = [row.match.known for row in plan.rows if row.match and row.match.known]
    there += [each.known for each in plan.absent if each.known]
    free: dict[_Key, int] = defaultdict(int)
    for known in there:
        if known.ordinal is not None:
            free[_key(known)] = max(free[_key(known)], known.ordinal + 1)
    return free


def _key(known: Known) -> _Key:
    return known.platform, known.fold, f"#{known.host_id}"


def _joining(
    batch: ImportBatch, joined: list[tuple[int, _Key]], free: dict[_Key, int]
) -> Iterable[dict[str, int | None]]:
    for account_id, key in joined:
        yield {
            "sender_id": batch.sender_id,
            "account_id": account_id,
            "ordinal": free[key],
            "batch_id": batch.id,
        }
        free[key] += 1
