"""An export of the national system that is much shorter than the last one is taken for a part of
it: compared as a whole, it would make missing what nobody has removed.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.actors import require_person
from registry.errors import Refused
from registry.exchange.national import NationalExport, latest_snapshot
from registry.history import Act
from registry.messages import _
from registry.models import Decision, NationalRow
from registry.vocab import DecisionKind

SHARE, ROWS = 0.10, 5
"""More than this share and more than this number of rows fewer: a person must say that it is so."""


def guard_whole(
    session: Session, export: NationalExport, act: Act, *, accepted: bool = False
) -> Decision | None:
    """Refuse an export that has lost many rows since the last one kept, unless `accepted`.

    What a person accepts is remembered with the file's hash. Raises Refused, ActorRequired.
    """
    last = latest_snapshot(session)
    if last is None or last.sha256 == export.sha256:
        return None
    count = select(func.count()).where(NationalRow.snapshot_id == last.id)
    old, new = session.scalars(count).one(), len(export.rows)
    if old - new <= max(ROWS, SHARE * old):
        return None
    if not accepted:
        raise Refused(
            _(
                "{file} has {new} rows, the export before it had {old}: it may be a part only."
            ).format(file=export.file_name, new=new, old=old),
            _("Export everything again; if so many rows are really gone, add --accept-absent."),
        )
    require_person(act.actor)
    made = Decision(
        kind=DecisionKind.ABSENT_ACCEPTED,
        left_key="outside:national",
        at=act.at,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        reason=act.reason,
        file_sha256=export.sha256,
        details={"file": export.file_name, "rows": new, "before": old},
    )
    session.add(made)
    return made
