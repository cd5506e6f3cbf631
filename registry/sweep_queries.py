"""Sweeps and observations as they are asked for. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from registry.errors import Ambiguous, NotFound
from registry.messages import _
from registry.models import Account, Finding, Observation, PlannedCheck, Run, Sweep
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    LinkKind,
    Outcome,
    Precision,
    Reason,
    RunMethod,
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the list."""

    time_point: datetime
    week: str
    method: RunMethod
    started_at: datetime
    finished_at: datetime | None
    planned: int
    read: int
    inconclusive: int
    unsupported: int
    left: int
    """Planned checks without an observation: `--resume` goes on with them."""
    uid: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One menu entry or link of an observation."""

    path: str
    kind: LinkKind
    url: str
    status: int
    signal: str
    failure: Reason | None
    final_url: str


@dataclass(frozen=True, slots=True)
class ObservationCard:
    """One observation in full, down to the evidence."""

    uid: str
    account: str
    platform: str
    account_uid: str
    kind: CheckKind
    method: RunMethod
    observed_at: datetime
    outcome: Outcome
    reason: Reason | None
    detail: str
    source: str
    existence: Existence
    signal: str
    last_post_at: datetime | None
    last_post_precision: Precision | None
    last_post_derived: Derivation | None
    coverage: CoverageKind
    covered_since: datetime | None
    covered_until: datetime | None
    display_name: str
    verified_subject: str
    facts: Mapping[str, Any]
    records: tuple[str, ...]
    """Ids of the WARC records, in order."""
    evidence: tuple[str, ...]
    """The files that hold them."""
    links: tuple[LinkRow, ...]


def list_runs(session: Session) -> list[RunRow]:
    """All runs, the newest time point first, with what came of their checks."""
    planned = _counts(
        session, select(PlannedCheck.run_id, func.count()).group_by(PlannedCheck.run_id)
    )
    o = Observation
    found = session.execute(
        select(
            o.run_id,
            func.sum(case((o.outcome == Outcome.READ, 1), else_=0)),
            func.sum(case((o.outcome == Outcome.INCONCLUSIVE, 1), else_=0)),
            func.sum(case((o.outcome == Outcome.UNSUPPORTED, 1), else_=0)),
        ).group_by(o.run_id)
    )
    ended = {run_id: (int(a), int(b), int(c)) for run_id, a, b, c in found}
    rows = session.execute(
        select(Run, Sweep)
        .join(Sweep, Sweep.id == Run.sweep_id)
        .order_by(Sweep.time_point.desc(), Run.id.desc())
    )
    return [
        _run_row(run, sweep, planned.get(run.id, 0), ended.get(run.id, (0, 0, 0)))
        for run, sweep in rows
    ]


def _counts(session: Session, query: Any) -> dict[int, int]:
    return {key: count for key, count in session.execute(query)}


def _run_row(run: Run, sweep: Sweep, planned: int, ended: tuple[int, int, int]) -> RunRow:
    total = planned or sum(ended)  # what people noted was never planned
    return RunRow(
        sweep.time_point,
        sweep.week,
        run.method,
        run.started_at,
        run.finished_at,
        total,
        *ended,
        total - sum(ended),
        run.uid,
    )


def find_run(session: Session, text: str) -> Run:
    """The run of that uid or of an unambiguous beginning or end of it. Raises NotFound."""
    found: Run = _one(session, Run, text, _("There is no run {text}."))
    return found


def unfinished_run(session: Session) -> Run:
    """The latest run that was interrupted. Raises NotFound when all have ended."""
    run = session.scalars(
        select(Run)
        .where(Run.finished_at.is_(None), Run.method == RunMethod.ENGINE)
        .order_by(Run.id.desc())
    ).first()
    if run is None:
        raise NotFound(_("No run was interrupted."), _("Start one with `taizhang sweep run`."))
    return run


def find_observation(session: Session, text: str) -> Observation:
    """The observation of that uid, or the newest one behind a finding of that uid."""
    finding = session.scalars(select(Finding).where(Finding.uid == text)).first()
    if finding is not None and finding.observation_uids:
        text = finding.observation_uids[-1]
    found: Observation = _one(session, Observation, text, _("There is no observation {text}."))
    return found


def _one(session: Session, table: Any, text: str, message: str) -> Any:
    fits = table.uid.startswith(text, autoescape=True) | table.uid.endswith(text, autoescape=True)
    found = session.scalars(select(table).where(fits).limit(2)).all() if text else []
    if not found:
        raise NotFound(
            message.format(text=text), _("`taizhang sweep list` and `account show` name them.")
        )
    if len(found) > 1:
        raise Ambiguous(_("{text} fits several.").format(text=text), _("Give more of the uid."))
    return found[0]


def observation_card(session: Session, look: Observation) -> ObservationCard:
    """The observation with its links and where its evidence lies."""
    account = session.get_one(Account, look.account_id)
    return ObservationCard(
        uid=look.uid,
        account=account.name,
        platform=account.platform,
        account_uid=account.uid,
        kind=look.kind,
        method=look.run.method,
        observed_at=look.observed_at,
        outcome=look.outcome,
        reason=look.reason,
        detail=look.detail,
        source=look.source,
        existence=look.existence,
        signal=look.signal,
        last_post_at=look.last_post_at,
        last_post_precision=look.last_post_precision,
        last_post_derived=look.last_post_derived,
        coverage=look.coverage,
        covered_since=look.covered_since,
        covered_until=look.covered_until,
        display_name=look.display_name or "",
        verified_subject=look.verified_subject or "",
        facts=look.facts,
        records=tuple(look.records),
        evidence=tuple(look.run.evidence),
        links=tuple(
            LinkRow(
                link.path or link.label,
                link.kind,
                link.url or f"{link.appid} {link.page}".strip(),
                link.status,
                link.signal,
                link.failure,
                link.final_url,
            )
            for link in look.link_results
        ),
    )
