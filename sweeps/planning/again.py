"""The plan of a replay: the very checks of the runs whose evidence it judges from, as the registry
knows them. Nothing is chosen anew, for what those runs never owed their evidence cannot answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.errors import Refused
from registry.messages import _
from registry.models import Actor, PlannedCheck, Run
from registry.vocab import RunMethod
from sweeps.evidence.replay import RecordedRun

_AT_ONCE = 1000
_KEPT = ("window_days", "fresh_days", "kinds", "platforms", "unit", "accounts", "all", "proven")
"""Of the options of a run; the others belong to its way, not to what it owed."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The run behind one or more evidence files."""

    run: Run
    as_of: datetime
    """The moment given to its checkers, UTC; where it was made elsewhere, not that of its plan."""


def recorded_runs(
    session: Session, told: Mapping[str, RecordedRun], *, other_registry: bool = False
) -> list[Recorded]:
    """The runs behind evidence files, the oldest first. `told`: the name of each file → what it says
    of its run. None at all where the files are of another registry and `other_registry` allows that.

    Raises Refused for files of runs that this registry does not know: they are another office's, or
    the database is not the one that they belong to."""
    moments = {each.run_uid: each.as_of for each in told.values()}
    runs = session.scalars(select(Run).where(Run.uid.in_(moments)).order_by(Run.id)).all()
    known = {run.uid for run in runs}
    foreign = [name for name, each in told.items() if each.run_uid not in known]
    if foreign and (runs or not other_registry):
        raise Refused(
            _("The run of this evidence is not in this registry: {files}.").format(
                files=_(", ").join(foreign)
            ),
            _(
                "Look whether --db names the right registry. Evidence of another one is judged only by"
                " itself, and with --other-registry: every check is then planned, and those that it"
                " holds nothing of stay unread."
            ),
        )
    return [Recorded(run, moments[run.uid]) for run in runs]


def plan_again(
    session: Session, recorded: Collection[Recorded], *, now: datetime, actor: Actor
) -> Run:
    """A replay of these runs, which are of one sweep; a check that several made is owed once, as
    the latest asked it. Never commits."""
    last = max(recorded, key=lambda each: each.run.id)
    options = {name: last.run.options[name] for name in _KEPT if name in last.run.options}
    replay = Run(
        sweep_id=last.run.sweep_id,
        method=RunMethod.REPLAY,
        as_of=last.as_of,
        started_at=now,
        actor_id=actor.id,
        evidence=[],
        options=options,
    )
    session.add(replay)
    session.flush()
    owed = set[tuple[int, str, int]]()
    for each in sorted(recorded, key=lambda each: -each.run.id):
        rows = [row for row in _checks(session, each) if _new(row, owed)]
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            session.execute(insert(PlannedCheck), [{"run_id": replay.id, **row} for row in some])
    return replay


def _checks(session: Session, recorded: Recorded) -> Iterator[dict[str, Any]]:
    """The columns of each planned check but its run, in the order in which they were planned."""
    columns = (
        PlannedCheck.account_id,
        PlannedCheck.kind,
        PlannedCheck.ordinal,
        PlannedCheck.target,
    )
    query = select(*columns).where(PlannedCheck.run_id == recorded.run.id).order_by(PlannedCheck.id)
    for account_id, kind, ordinal, target in session.execute(query):
        asked = {**target, "as_of": recorded.as_of.isoformat()}
        yield {"account_id": account_id, "kind": kind, "ordinal": ordinal, "target": asked}


def _new(row: dict[str, Any], owed: set[tuple[int, str, int]]) -> bool:
    key = (row["account_id"], row["kind"], row["ordinal"])
    if key in owed:
        return False
    owed.add(key)
    return True
