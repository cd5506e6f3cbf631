"""A run that nobody goes on with: targets that were never taken elsewhere, or a sweep left undone.

What it has seen stays, what it owes stays owed in the figures of its sweep; it is only not waited for.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from registry.errors import MissingField, Refused
from registry.history.writing import Act
from registry.messages import _
from registry.models import Run


def close(session: Session, run: Run, act: Act) -> None:
    """End the run as it stands; `act.reason` says why. Never commits.

    Looks that come back of it later are taken in all the same. Whoever calls holds the lease, so
    that nobody is about to go on with it. Raises Refused for one that has ended, MissingField
    without a reason.
    """
    if not act.reason.strip():
        raise MissingField(_("A reason is missing."), _("Say why with --reason TEXT."))
    if run.finished_at is not None:
        raise Refused(
            _("Run {uid} has ended already.").format(uid=run.uid),
            _("`taizhang sweep list` shows which ones have not."),
        )
    run.finished_at = act.at
    run.options = {**run.options, "closed": {"by": act.actor.name, "reason": act.reason}}
    session.flush()
