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
    door: Door, registry: Registry, files: Collection[Path], *, other_registry: bool = False
) -> tuple[str, Recording]:
    """Plan a run that judges again from evidence files what their runs had to check; returns its
    uid and the recording. Of runs of another registry, where `other_registry` allows them, every check
    is planned. Raises what `sweeps.evidence.replay.opened` and `sweeps.planning.again.recorded_runs`
    raise."""
    from sweeps.evidence.replay import opened
    from sweeps.planning.again import plan_again, recorded_runs
    from sweeps.run import adopt_evidence

    told, recording = opened(files)
    with registry.write() as session:
        of_files = dict(zip((file.name for file in files), told, strict=True))
        known = recorded_runs(session, of_files, other_registry=other_registry)
        segments = {name for each in known for name in each.run.evidence}
        if known:
            actor = door.act(session).actor
            uid = plan_again(session, known, now=door.now, actor=actor).uid
        else:
            uid = _plan_unknown(door, session, told[0], recording)
    kept = adopt_evidence(registry, uid, files)
    _tell_further(sorted(segments.difference(kept)))
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


def _tell_further(left: Collection[str]) -> None:
    """That the runs have more evidence than was named, on stderr."""
    if left:
        words = _("This run has further evidence; name it too, each with --replay: {files}")
        click.echo(words.format(files=_(", ").join(left)), err=True)
