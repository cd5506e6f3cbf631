"""Judging again from evidence files: which run is planned for them, and what a person should mind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.messages import _
from registry.vocab import RunMethod

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from sweeps.evidence.replay import RecordedRun, Recording


def plan_replay(
    door: Door, registry: Registry, files: Collection[Path], *, quiet: bool = False
) -> tuple[str, Recording]:
    """Plan a run that judges again from evidence files what their runs had to check; returns its
    uid and the recording. Where the registry knows none of those runs, every check is planned, and
    people are told unless `quiet`. Raises what `sweeps.evidence.replay.opened` raises."""
    from sweeps.evidence.replay import opened
    from sweeps.planning.again import plan_again, recorded_runs
    from sweeps.run import adopt_evidence

    told, recording = opened(files)
    with registry.write() as session:
        known = recorded_runs(session, {each.run_uid: each.as_of for each in told})
        segments = {name for each in known for name in each.run.evidence}
        if known:
            actor = door.act(session).actor
            uid = plan_again(session, known, now=door.now, actor=actor).uid
        else:
            uid = _plan_unknown(door, session, told[0], recording)
    kept = adopt_evidence(registry, uid, files)
    if not quiet:
        _tell_replay(known=bool(known), left=sorted(segments.difference(kept)))
    return uid, recording


def _plan_unknown(door: Door, session: Session, told: RecordedRun, recording: Recording) -> str:
    """Plan every check there is, of a run that was made with another registry."""
    from sweeps.evidence.replay import RecordedCredentials
    from sweeps.planning.plan import Filters, plan_run

    return plan_run(
        session,
        at=told.time_point,
        now=door.now,
        catalogue=door.catalogue,
        credentials=RecordedCredentials(door.catalogue, recording),
        window_days=told.window_days,
        fresh_days=told.fresh_days,
        filters=Filters(everything=True),
        method=RunMethod.REPLAY,
        actor=door.act(session).actor,
        as_of=told.as_of,
        rsshub=door.settings.sweep.rsshub,
        order=door.source_order,
    ).uid


def _tell_replay(*, known: bool, left: Collection[str]) -> None:
    """What a person should mind of a replay, on stderr."""
    if not known:
        words = _(
            "The run of this evidence is not in this registry: every check is planned, and those"
            " that the evidence holds nothing of stay unread."
        )
        click.echo(words, err=True)
    if left:
        words = _("This run has further evidence; name it too, each with --replay: {files}")
        click.echo(words.format(files=_(", ").join(left)), err=True)
