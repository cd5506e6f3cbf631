"""What several commands do alike: the rules in force, running a sweep with its progress, judging
it, reconciling. Wires the stages together and decides nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from registry.dates import SHANGHAI
from registry.errors import Ambiguous, NotFound
from registry.finding_queries import FindingQuery, search
from registry.jurisdictions import for_unit
from registry.messages import _
from registry.models import Run, Sweep
from registry.sweep_queries import samples_sites
from registry.vocab import Review, RunMethod, Severity
from verdicts.ruleset import RuleSet, load
from verdicts.sweep import SweepJudgement, judge_sweep, look_at_sweep

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from registry.db import Registry
    from registry.differences import Reconciliation
    from registry.exchange.national import KeptExport
    from registry.exchange.national_template import NationalMapping
    from registry.history import Act
    from sweeps.credentials import Credentials
    from sweeps.forecast import Budgets
    from sweeps.lease import Lease
    from sweeps.plan import Filters
    from sweeps.replay import Recording
    from sweeps.run import RunResult, Settings
    from sweeps.survey import Survey
    from sweeps.workers import Workers


def rules_in_force(door: Door, session: Session, data: Path) -> RuleSet:
    """The rule set that the settings name, else the jurisdiction's, else the national one."""
    named = door.settings.rules.set
    rules = for_unit(session, None)
    return load(named or (rules.rule_set if rules else "national-2019"), data=data)


def latest_time_point(session: Session, now: datetime) -> datetime | None:
    """T of the latest sweep that has passed, UTC."""
    passed = select(Sweep.time_point).where(Sweep.time_point <= now)
    return session.scalars(passed.order_by(Sweep.time_point.desc()).limit(1)).first()


def meant_time_point(session: Session, given: datetime) -> datetime:
    """T of the sweep that people mean by `given`: that very moment, or, where they named a day
    alone (its midnight), the one sweep of that day in Shanghai. `given` itself when there is none.

    Raises Ambiguous when the day has several.
    """
    local = given.astimezone(SHANGHAI)
    if local.time() != time():
        return given
    query = select(Sweep.time_point).where(
        Sweep.time_point >= given, Sweep.time_point < given + timedelta(days=1)
    )
    found = session.scalars(query.order_by(Sweep.time_point)).all()
    if len(found) > 1 and found[0] != given:
        raise Ambiguous(
            _("There are several sweeps of {day}: {points}.").format(
                day=local.date().isoformat(), points=", ".join(map(shown, found))
            ),
            _('Name the moment, e.g. --at "{point}".').format(point=shown(found[-1])),
        )
    return found[0] if found else given


def needed_time_point(session: Session, now: datetime) -> datetime:
    """The same; raises NotFound when there was no sweep yet."""
    found = latest_time_point(session, now)
    if found is None:
        raise NotFound(_("There was no sweep yet."), _("Make one with `taizhang sweep run`."))
    return found


def run_point(door: Door, registry: Registry, filters: Filters) -> datetime:
    """T of a run for which nobody named one: the weekly one that the settings name, see
    `sweeps.weekly.worked_for`; else that of a run that was interrupted and is the same, or now. Of
    samples of whether sites open, which are taken every hour and belong to the week before the next
    T, that of the latest sweep."""
    from sweeps.leftover import left_over
    from sweeps.plan import unproven
    from sweeps.weekly import worked_for

    weekly = door.settings.sweep.time_point
    with registry.read() as session:
        if samples_sites(filters.kinds):
            return latest_time_point(session, door.now) or door.this_minute
        if weekly is None:
            left = left_over(session, None, filters, door.now)
            same = left is not None and left.same and left.time_point <= door.now
            return left.time_point if left is not None and same else door.this_minute
        return worked_for(
            weekly,
            door.now,
            lambda at: unproven(session, survey(door, registry, session, at, filters)),
        )


def plan_point(door: Door, registry: Registry, filters: Filters) -> datetime:
    """T that a plan is about unless told: the coming weekly one, where the settings name it; else
    that of a run."""
    weekly = door.settings.sweep.time_point
    if weekly is None or samples_sites(filters.kinds):
        return run_point(door, registry, filters)
    return weekly.coming(door.now)


def survey(
    door: Door, registry: Registry, session: Session, at: datetime, filters: Filters
) -> Survey:
    """Every check that the accounts could owe for `at`, and when it is due."""
    from sweeps.plan import survey_of

    rules = rules_in_force(door, session, registry.data)
    return survey_of(
        session,
        at=at,
        now=door.now,
        catalogue=door.catalogue,
        credentials=door.credentials,
        fresh_days=_fresh(rules),
        filters=filters,
        rsshub=door.settings.sweep.rsshub,
        order=door.source_order,
    )


def sweep_settings(door: Door) -> Settings:
    """The office's settings in the terms of the engine."""
    from sweeps.engine import Tuning
    from sweeps.run import Settings
    from sweeps.transport import Network, checked

    chosen = door.settings.sweep
    return Settings(
        workers=chosen.workers,
        tuning=Tuning(retries=chosen.retries),
        network=checked(
            Network(
                allow_private=chosen.allow_private,
                proxy=chosen.trusted_proxy,
                ca_file=chosen.ca_file,
            )
        ),
        pace=chosen.pace,
        misprints=door.misprints,
    )


def check_sweep_settings(door: Door) -> None:
    """Raises BadConfig for settings that no sweep can work with; what looks like a slip is told."""
    from commands.notifying import warn
    from sweeps.forecast import mistaken_hosts

    sweep_settings(door)
    for named, meant in mistaken_hosts(door.catalogue, door.settings.sweep.pace).items():
        text = _("[sweep.pace] names {named}, which no platform has: is {meant} meant?")
        warn(text.format(named=named, meant=meant))


def plan(
    door: Door,
    registry: Registry,
    *,
    at: datetime,
    filters: Filters,
    credentials: Credentials,
) -> str:
    """Plan a run of the sweep for time point `at`; returns the run's uid."""
    check_sweep_settings(door)  # what is wrong with them is told before anything is owed
    with registry.write() as session:
        return planned(door, registry, session, at, filters, credentials).uid


def planned(
    door: Door,
    registry: Registry,
    session: Session,
    at: datetime,
    filters: Filters,
    credentials: Credentials,
    method: RunMethod = RunMethod.ENGINE,
) -> Run:
    """A new run with all that it owes, planned in the caller's transaction."""
    from sweeps.plan import plan_run

    rules = rules_in_force(door, session, registry.data)
    return plan_run(
        session,
        at=at,
        now=door.now,
        catalogue=door.catalogue,
        credentials=credentials,
        window_days=_reach(rules),
        fresh_days=_fresh(rules),
        filters=filters,
        method=method,
        actor=door.act(session).actor,
        rsshub=door.settings.sweep.rsshub,
        order=door.source_order,
        budgets=budgets(door),
    )


def budgets(door: Door) -> Budgets:
    """What hosts allow a day, with the office's own paces and hours."""
    from sweeps.forecast import Budgets

    chosen = door.settings.sweep
    return Budgets(door.catalogue, chosen.pace, chosen.hours)


def time_point_of(registry: Registry, run_uid: str) -> datetime:
    """T of the sweep that a run belongs to, UTC."""
    with registry.read() as session:
        query = select(Sweep.time_point).join(Run).where(Run.uid == run_uid)
        return session.scalars(query).one()


def proven_before(registry: Registry, run_uid: str) -> int:
    """How many accounts a run left out because earlier looks prove them for its T."""
    with registry.read() as session:
        options = session.scalars(select(Run.options).where(Run.uid == run_uid)).one()
        return int(options.get("proven", 0))


def open_severities(door: Door, registry: Registry) -> set[Severity]:
    """The severities of running findings that nobody dismissed or waived."""
    reviews = [Review.OPEN, Review.CONFIRMED]
    with registry.read() as session:
        found = search(session, FindingQuery(reviews=reviews, running=True), now=door.now)
        return {finding.severity for finding in found}


def _reach(rules: RuleSet) -> int:
    """Days a list must reach back so that every window of the rule set can be judged."""
    return max(*rules.windows, rules.cadence_days or 0) + 1


def _fresh(rules: RuleSet) -> int:
    """Days within which a post proves all that is asked of an account, the local cadence too."""
    return min(*rules.windows, rules.cadence_days or rules.window_days)


def plan_replay(door: Door, registry: Registry, files: Collection[Path]) -> tuple[str, Recording]:
    """Plan a run that judges again from evidence files; returns its uid and the recording."""
    from sweeps.plan import Filters, plan_run
    from sweeps.replay import RecordedCredentials, Recording, recorded_run
    from sweeps.run import adopt_evidence

    told, recording = recorded_run(next(iter(files))), Recording(files)
    with registry.write() as session:
        run = plan_run(
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
        )
        uid = run.uid
    adopt_evidence(registry, uid, files)
    return uid, recording


def do_run(
    door: Door,
    registry: Registry,
    run_uid: str,
    credentials: Credentials,
    recording: Recording | None = None,
    lease: Lease | None = None,
    workers: Workers | None = None,
    again: str = "taizhang sweep run --resume",
) -> RunResult:
    """Do what a run owes, showing on a terminal how it gets on.

    `again`: the command by which it is gone on with when it is interrupted.
    """
    from commands.progress import sweep_progress
    from sweeps.run import run

    try:
        with sweep_progress(door.engine_clock, door.catalogue) as show:
            return run(
                registry,
                run_uid,
                door.catalogue,
                credentials=credentials,
                clock=door.engine_clock,
                settings=sweep_settings(door),
                recording=recording,
                workers=workers,
                lease=lease,
                on_progress=show,
            )
    except KeyboardInterrupt:
        if recording is None:
            click.echo(_("Go on later with `{command}`.").format(command=again), err=True)
        raise


def judge(door: Door, registry: Registry, at: datetime) -> SweepJudgement:
    """Judge the sweep of time point `at` and settle its findings, in one transaction."""
    with registry.write() as session:
        return judge_within(door, session, registry.data, at)


def judge_within(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The same in the caller's transaction."""
    rules = rules_in_force(door, session, data)
    act = door.act(session, _("sweep of {at}").format(at=shown(at)))
    return judge_sweep(
        session, at=at, ruleset=rules, now=door.now, act=act, platforms=door.platforms
    )


def look(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The judgement of a sweep without touching a finding."""
    rules = rules_in_force(door, session, data)
    return look_at_sweep(session, at=at, ruleset=rules, now=door.now, platforms=door.platforms)


def reconcile_all(
    door: Door,
    session: Session,
    data: Path,
    act: Act,
    national: KeptExport | None,
) -> Reconciliation:
    """Compare ledger, reality as last swept, and the national export; settle the findings."""
    from reconcilers.reconcile import reconcile

    at = latest_time_point(session, door.now)
    told = look(door, session, data, at).judgements if at else ()
    return reconcile(
        session,
        at=door.now,
        act=act,
        catalogue=door.platforms,
        national=national,
        judgements={judgement.account_uid: judgement for judgement in told},
        ruleset=rules_in_force(door, session, data),
    )


def national_mapping(door: Door, path: Path | None) -> NationalMapping:
    """The column mapping given, else that of the settings, else the shipped one."""
    from registry.exchange.national_template import load_mapping

    named = door.settings.national.mapping
    return load_mapping(path or (Path(named) if named else None))


def export_of(
    door: Door,
    session: Session,
    act: Act,
    file: Path | None,
    mapping: NationalMapping,
    accept: Collection[str] = (),
) -> KeptExport | None:
    """The national export just read from `file` and kept, else the one kept last, if any.

    Raises Refused for one that looks like a part or has a shifted column, see
    `registry.exchange.snapshots.keep_export`.
    """
    from registry.exchange.national import read_national
    from registry.exchange.snapshots import keep_export, last_export

    if file is None:
        return last_export(session)
    export = read_national(file, mapping, door.platforms)
    return keep_export(session, export, act, accept)


def shown(at: datetime) -> str:
    """A moment for a message: Shanghai, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
