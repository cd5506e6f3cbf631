"""Judging again from evidence files: which run is planned for them, and what a person should mind."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.messages import _
from registry.text import display_safe
from registry.vocab import RunMethod

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from sweeps.evidence.adoption import Basis
    from sweeps.evidence.replay import RecordedRun, Recording


def plan_replay(
    door: Door, registry: Registry, files: Collection[Path], *, other_registry: bool = False
) -> tuple[str, Recording]:
    """Plan a run that judges again from evidence files what their runs had to check; returns its
    uid and the recording. Of runs of another registry, where `other_registry` allows them, every check
    is planned. Raises what `sweeps.evidence.adoption.recognised`, `sweeps.evidence.replay.opened` and
    `sweeps.planning.again.recorded_runs` raise."""
    from sweeps.evidence.adoption import adopt_evidence, assure_there, recognised
    from sweeps.evidence.replay import Recording, opened
    from sweeps.planning.again import plan_again, recorded_runs
    from sweeps.run import evidence_folder

    with registry.read() as session:
        assure_there(session, files)
    told, recording = opened(files)
    with registry.read() as session:
        run_of = {file: each.run_uid for file, each in zip(files, told, strict=True)}
        bases = recognised(session, run_of)
    if until := {each.path: each.until for each in bases if each.until is not None}:
        recording = Recording(files, until)
    with registry.write() as session:
        of_files = dict(zip((file.name for file in files), told, strict=True))
        known = recorded_runs(session, of_files, other_registry=other_registry)
        segments = {name for each in known for name in each.run.evidence}
        if known:
            actor = door.act(session).actor
            uid = plan_again(session, known, now=door.now, actor=actor).uid
        else:
            uid = _plan_unknown(door, session, told[0], recording)
    kept = adopt_evidence(registry, evidence_folder(registry), uid, files, door.now)
    _tell_bases(bases, recording)
    with registry.read() as session:
        _tell_further(session, sorted(segments.difference(kept)))
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


def _tell_bases(bases: Collection[Basis], recording: Recording) -> None:
    """Which files are not whole, and how much of them is judged, on stderr."""
    from sweeps.evidence.intact import is_cut

    cut = _(
        "{file}: the end of this file is missing. The {count} records before it are whole and are"
        " judged; a check whose answer stood behind them is noted as not in the evidence."
    )
    unproven = _(
        "{file}: no hash of it was kept, for its run is older than this version or has not ended; it is"
        " taken as it is."
    )
    for each in bases:
        name, count = display_safe(each.path.name), recording.read[each.path]
        if each.until is not None or is_cut(each.path):
            click.echo(cut.format(file=name, count=count), err=True)
        if each.unproven:
            click.echo(unproven.format(file=name), err=True)


def _tell_further(session: Session, left: Collection[str]) -> None:
    """That the runs have more evidence than was named, or had, on stderr."""
    from registry.keeping.retention import removals

    removed = removals(session, left)
    if names := [name for name in left if name not in removed]:
        words = _("This run has further evidence; name it too, each with --replay: {files}")
        click.echo(words.format(files=_(", ").join(names)), err=True)
    for name, day in removed.items():
        words = _("{file}, further evidence of this run, was removed by policy on {day}.")
        click.echo(words.format(file=name, day=day.isoformat()), err=True)
