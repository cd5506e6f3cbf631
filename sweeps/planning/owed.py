"""What a run still owes: planned checks that have no observation yet, and their targets.

Read while the run is made, so it knows nothing of how the plan came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from registry.models import Observation, PlannedCheck, table_of
from sweeps.driving.agenda import Planned
from sweeps.driving.targets import PlannedTarget
from sweeps.planning.slow_first import waits_longest

_AT_ONCE = 1000
"""Rows fetched at a time."""


def _unanswered(run_id: int) -> ColumnElement[bool]:
    check, look = table_of(PlannedCheck).c, table_of(Observation).c
    return and_(
        check.run_id == run_id,
        ~exists().where(
            look.run_id == check.run_id,
            look.account_id == check.account_id,
            look.kind == check.kind,
            look.ordinal == check.ordinal,
        ),
    )


def remaining(session: Session, run_id: int) -> list[tuple[int, str]]:
    """Id and lane of each planned check of the run that has no observation, in order of planning;
    those whose links kept us waiting the last time come first."""
    session.flush()
    check = table_of(PlannedCheck).c
    lane = check.target["lane"].as_string()
    rows = session.execute(
        select(check.id, lane).where(_unanswered(run_id)).order_by(waits_longest(), check.id)
    )
    return [(row[0], intern(row[1])) for row in rows.yield_per(_AT_ONCE)]


def planned_count(session: Session, run_id: int) -> int:
    """How many checks the run owes in all."""
    session.flush()
    check = table_of(PlannedCheck)
    counted = select(func.count()).select_from(check).where(check.c.run_id == run_id)
    return session.scalar(counted) or 0


def load_planned(session: Session, ids: Sequence[int]) -> list[Planned]:
    """Planned checks by id, in the order of the ids."""
    session.flush()
    check = table_of(PlannedCheck).c
    columns = check.id, check.account_id, check.kind, check.ordinal, check.target
    rows = session.execute(select(*columns).where(check.id.in_(ids)))
    found = {
        key: Planned(key, account_id, kind, ordinal, PlannedTarget.from_json(target))
        for key, account_id, kind, ordinal, target in rows
    }
    return [found[planned_id] for planned_id in ids]
