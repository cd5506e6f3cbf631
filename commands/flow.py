"""What several commands do alike: the rules in force, running a sweep with its progress, judging
it, reconciling. Wires the stages together and decides nothing."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from registry.dates import SHANGHAI
from registry.errors import Ambiguous, BadInput, Fault, Interrupted, NotFound
from registry.filings.jurisdictions import for_unit
from registry.findings.queries import FindingQuery, search
from registry.messages import _
from registry.models import Account, Observation, Run, Sweep
from registry.vocab import Review, RunMethod, Severity, samples_sites
from verdicts.ruleset import RuleSet, load

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from reconcilers.reconcile import Looked
    from registry.db import Registry
    from registry.exchange.national import KeptExport
    from registry.exchange.national_template import NationalMapping
    from registry.exchange.sheets import Stream
    from registry.findings.differences import Reconciliation
    from registry.history.writing import Act
    from sweeps.driving.workers import Workers
    from sweeps.evidence.replay import RecordedRun, Recording
    from sweeps.lease import Lease
    from sweeps.network.credentials import Credentials
    from sweeps.planning.forecast import Budgets
    from sweeps.planning.plan import Filters, NewRun
    from sweeps.planning.survey import Survey
    from sweeps.run import RunResult, Settings
    from verdicts.pending import Missing
    from verdicts.sweep import SweepJudgement

_RECENT = 4
"""Sweeps that are looked through for what is left to people."""


def rules_in_force(door: Door, session: Session, data: Path) -> RuleSet:
    """The rule set that the settings name, else the jurisdiction's, else the national one."""
    named = door.settings.rules.set
    rules = for_unit(session, None)
    return load(named or (rules.rule_set if rules else "national-2019"), data=data)


def latest_time_point(session: Session, now: datetime) -> datetime | None:
    """T of the latest sweep that has passed, UTC."""
    passed = select(Sweep.time_point).where(Sweep.time_point <= now)
    return session.scalars(passed.order_by(Sweep.time_point.desc()).limit(1)).first()


def recent_time_points(session: Session, now: datetime) -> list[datetime]:
    """T of the last few sweeps that have passed, UTC, the latest first."""
    passed = select(Sweep.time_point).where(Sweep.time_point <= now)
    return list(session.scalars(passed.order_by(Sweep.time_point.desc()).limit(_RECENT)))


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


def time_point(door: Door, registry: Registry, filters: Filters) -> datetime:
    """T of a plan, run or export for which nobody named one: the weekly one that the settings name, see
    `sweeps.planning.weekly.worked_for`; else that of a run that was interrupted and is the same, or now. Of
    samples of whether sites open, which are taken every hour and belong to the week before the next
    T, that of the latest sweep."""
    from sweeps.planning.leftover import left_over
    from sweeps.planning.plan import unproven
    from sweeps.planning.weekly import worked_for

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


def survey(
    door: Door, registry: Registry, session: Session, at: datetime, filters: Filters
) -> Survey:
    """Every check that the accounts could owe for `at`, and when it is due."""
    from sweeps.planning.plan import survey_of

    rules = rules_in_force(door, session, registry.data)
    return survey_of(
        session,
        at=at,
        now=door.now,
        catalogue=door.catalogue,
        credentials=door.credentials,
        fresh_days=_fresh(rules),
        soon_days=rules.soon_day,
        filters=filters,
        rsshub=door.settings.sweep.rsshub,
        order=door.source_order,
    )


def sweep_settings(door: Door) -> Settings:
    """The office's settings in the terms of the engine."""
    from sweeps.driving.ground import Tuning
    from sweeps.network.transport import Network, checked
    from sweeps.run import Settings

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
    from sweeps.planning.forecast import mistaken_hosts

    sweep_settings(door)
    for named, meant in mistaken_hosts(door.catalogue, door.settings.sweep.pace).items():
        text = _("[sweep.pace] names {named}, which no platform has: is {meant} meant?")
        warn(text.format(named=named, meant=meant))


def warn_of_refused(door: Door, hosts: Collection[str]) -> None:
    """Tell which of the hosts lie in the office's own network and would not be asked."""
    from commands.notifying import warn
    from sweeps.network.addresses import refused_as_written

    for host in refused_as_written(sorted(hosts), door.settings.sweep.allow_private):
        text = _(
            "{host} is an address of the office's own network and will be refused. To have it asked:"
            ' allow_private = ["{host}"] under [sweep] in taizhang.toml.'
        )
        warn(text.format(host=host))


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
) -> NewRun:
    """A new run with all that it owes, planned in the caller's transaction."""
    from sweeps.planning.plan import plan_run

    rules = rules_in_force(door, session, registry.data)
    return plan_run(
        session,
        at=at,
        now=door.now,
        catalogue=door.catalogue,
        credentials=credentials,
        window_days=_reach(rules),
        fresh_days=_fresh(rules),
        soon_days=rules.soon_day,
        filters=filters,
        method=method,
        actor=door.act(session).actor,
        rsshub=door.settings.sweep.rsshub,
        order=door.source_order,
        budgets=budgets(door),
    )


def budgets(door: Door) -> Budgets:
    """What hosts allow a day, with the office's own paces and hours."""
    from sweeps.planning.forecast import Budgets

    chosen = door.settings.sweep
    return Budgets(door.catalogue, chosen.pace, chosen.hours)


def time_point_of(registry: Registry, run_uid: str) -> datetime:
    """T of the sweep that a run belongs to, UTC."""
    with registry.read() as session:
        query = select(Sweep.time_point).join(Run).where(Run.uid == run_uid)
        return session.scalars(query).one()


def looked_at(registry: Registry, run_uid: str) -> set[str]:
    """The uids of the accounts of which a run noted anything."""
    with registry.read() as session:
        of_run = select(Account.uid).join(Observation, Observation.account_id == Account.id)
        return set(session.scalars(of_run.join(Run).where(Run.uid == run_uid)))


def proven_before(registry: Registry, run_uid: str) -> int:
    """How many accounts a run left out because earlier looks prove them for its T."""
    with registry.read() as session:
        options = session.scalars(select(Run.options).where(Run.uid == run_uid)).one()
        return int(options.get("proven", 0))


def pending(door: Door, registry: Registry) -> list[Missing]:
    """The accounts that may be gone by now and have to be looked at again."""
    from verdicts.pending import pending as found

    with registry.read() as session:
        rules = rules_in_force(door, session, registry.data)
        return found(session, rules, door.now, latest_time_point(session, door.now))


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


def plan_replay(
    door: Door, registry: Registry, files: Collection[Path], *, quiet: bool = False
) -> tuple[str, Recording]:
    """Plan a run that judges again from evidence files what their runs had to check; returns its
    uid and the recording. Where the registry knows none of those runs, every check is planned, and
    people are told unless `quiet`. Raises BadInput for files of several sweeps, and for files that are
    not as they were written: nothing is judged from those."""
    from sweeps.evidence.intact import altered
    from sweeps.evidence.replay import Recording, recorded_run
    from sweeps.planning.again import plan_again, recorded_runs
    from sweeps.run import adopt_evidence

    told = [recorded_run(file) for file in files]
    if problems := altered(files):
        raise BadInput(
            _("Nothing can be judged from evidence that was altered."),
            [Fault(problem) for problem in problems],
            _("Put the files back from a backup, then run the same command again."),
        )
    recording = Recording(files)
    if len({each.time_point for each in told}) > 1:
        raise BadInput(
            _("These files are of sweeps for several time points: {points}.").format(
                points=", ".join(sorted({shown(each.time_point) for each in told}))
            ),
            hint=_("Name the files of one sweep at a time."),
        )
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
    from registry.collector import leave_alone
    from sweeps.aside import beside
    from sweeps.run import run
    from verdicts.loading import load_judging

    leave_alone()
    try:
        with ExitStack() as stack:
            show = stack.enter_context(sweep_progress(door.engine_clock, door.catalogue))
            if recording is None:
                show = stack.enter_context(beside(load_judging, show))
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
        if recording is not None:
            raise
        raise Interrupted(
            _("Interrupted; everything seen so far is kept."),
            _("Go on later with `{command}`.").format(command=again),
        ) from None


def judge(door: Door, registry: Registry, at: datetime) -> SweepJudgement:
    """Judge the sweep of time point `at` and settle its findings, in one transaction."""
    with registry.write() as session:
        return judge_within(door, session, registry.data, at)


def judge_within(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The same in the caller's transaction."""
    from verdicts.sweep import judge_sweep

    rules = rules_in_force(door, session, data)
    act = door.act(session, _("sweep of {at}").format(at=shown(at)))
    return judge_sweep(
        session, at=at, ruleset=rules, now=door.now, act=act, platforms=door.platforms
    )


def look(door: Door, session: Session, data: Path, at: datetime) -> SweepJudgement:
    """The judgement of a sweep without touching a finding."""
    from verdicts.sweep import look_at_sweep

    rules = rules_in_force(door, session, data)
    return look_at_sweep(session, at=at, ruleset=rules, now=door.now, platforms=door.platforms)


def reconcile_all(
    door: Door,
    session: Session,
    data: Path,
    act: Act,
    national: KeptExport | None,
    looked: Looked | None = None,
) -> Reconciliation:
    """Compare ledger, reality as last swept, and the national export; settle the findings.

    `looked`: what `look_at_all` brought, where that was done while the export was awaited.
    """
    from reconcilers.reconcile import compare

    looked = looked or look_at_all(door, session, data)
    return compare(session, looked, act=act, catalogue=door.platforms, national=national)


def look_at_all(door: Door, session: Session, data: Path) -> Looked:
    """What reconciling can say before there is an export."""
    from reconcilers.reconcile import look as look_without_export

    at = latest_time_point(session, door.now)
    told = look(door, session, data, at).judgements if at else ()
    return look_without_export(
        session,
        at=door.now,
        catalogue=door.platforms,
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
    file: Path | Stream | None,
    mapping: NationalMapping,
    accept: Collection[str] = (),
) -> KeptExport | None:
    """The national export read from `file`, or from one that is open, and kept; else the one kept
    last, if any.

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
