"""Sweeps and observations as they are asked for. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.errors import Ambiguous, NotFound
from registry.findings.facts import FactRow
from registry.findings.words import leads_to
from registry.keeping.retention import removals
from registry.messages import _, language
from registry.models import Account, Finding, Observation, PlannedCheck, Run, Sweep, UidText
from registry.seen_words import seen_rows
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
    code_title,
    samples_sites,
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
    """Planned checks without an observation: `--resume` goes on with them, unless it was closed."""
    closed: str
    """Why a person ended it with checks left; empty for others."""
    uid: str


@dataclass(frozen=True, slots=True)
class LookRow:
    """One observation of a run's list."""

    account: str
    platform: str
    kind: CheckKind
    observed_at: datetime
    outcome: Outcome
    reason: Reason | None
    source: str
    existence: Existence
    last_post_at: datetime | date | None
    """As precise as it is known: a day, or a moment."""
    display_name: str
    uid: str


def as_known(at: datetime | None, precision: Precision | None) -> datetime | date | None:
    """A moment that is known to the day only as that day in Shanghai."""
    return shanghai_date(at) if at is not None and precision is Precision.DAY else at


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
    removed: Mapping[str, date]
    """Of these files those that were removed by policy, with the day in Shanghai."""
    links: tuple[LinkRow, ...]
    seen: tuple[FactRow, ...] = ()
    """What it kept beside posts and links, in words: of a website, ids shown, hints."""
    others: tuple[LookRow, ...] = ()
    """Further observations on which the finding asked for rests."""
    finding: str = ""
    """Code and title of the finding that was asked for."""
    finding_uid: str = ""


def list_runs(session: Session) -> list[RunRow]:
    """All runs, the one just made first, with what came of their checks."""
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
        select(Run, Sweep).join(Sweep, Sweep.id == Run.sweep_id).order_by(Run.id.desc())
    )
    return [
        _run_row(run, sweep, planned.get(run.id, 0), ended.get(run.id, (0, 0, 0)))
        for run, sweep in rows
    ]


def _counts(session: Session, query: Any) -> dict[int, int]:
    return {key: count for key, count in session.execute(query)}


def _run_row(run: Run, sweep: Sweep, planned: int, ended: tuple[int, int, int]) -> RunRow:
    total = planned or sum(ended)  # what people noted was never planned
    left = total - sum(ended)
    return RunRow(
        sweep.time_point,
        sweep.week,
        run.method,
        run.started_at,
        run.finished_at,
        total,
        *ended,
        left,
        run.options.get("closed", {}).get("reason", "") if left else "",
        run.uid,
    )


def find_run(session: Session, text: str) -> Run:
    """The run of that uid or of an unambiguous beginning or end of it. Raises NotFound."""
    found: Run = _one(session, Run, text, _("There is no run {text}."))
    return found


def unfinished_run(session: Session) -> Run:
    """The latest run that was interrupted. Raises NotFound when all have ended.

    Samples of websites are not gone on with: each tells of its own hour.
    """
    runs = session.scalars(
        select(Run)
        .where(Run.finished_at.is_(None), Run.method == RunMethod.ENGINE)
        .order_by(Run.id.desc())
    )
    run = next((run for run in runs if not samples_sites(run.options.get("kinds", ()))), None)
    if run is None:
        raise NotFound(_("No run was interrupted."), _("Start one with `taizhang sweep run`."))
    return run


def asked_finding(session: Session, text: str) -> Finding | None:
    """The finding of that uid or of an unambiguous beginning or end of it. Raises Ambiguous."""
    found: list[Finding] = _fitting(session, Finding, text)
    if len(found) > 1:
        raise _several(text)
    return found[0] if found else None


def find_observations(session: Session, text: str) -> list[Observation]:
    """The observation of that uid, or all those behind a finding of that uid, the newest first.

    Raises NotFound, also for a finding that rests on no look at a platform.
    """
    finding = asked_finding(session, text)
    if finding is None:
        return [_one(session, Observation, text, _("{text} is no run, observation or finding."))]
    uids = finding.observation_uids
    query = select(Observation).where(Observation.uid.in_(uids))
    found = session.scalars(query.order_by(Observation.observed_at.desc(), Observation.id.desc()))
    looks = list(found)
    if not looks:
        raise NotFound(
            _("Finding {uid} rests on no look at a platform.").format(uid=finding.uid),
            _("What it rests on: `taizhang finding show {uid}`.").format(uid=finding.uid),
        )
    return looks


def latest_run(session: Session) -> Run:
    """The run that began last. Raises NotFound when there was none."""
    run = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).first()
    if run is None:
        raise NotFound(_("There was no sweep yet."), _("Start one with `taizhang sweep run`."))
    return run


def is_run(session: Session, text: str) -> bool:
    """True when the text names a run."""
    return bool(_fitting(session, Run, text))


def accounts_looked_at(session: Session, run_uid: str) -> set[str]:
    """The uids of the accounts of which a run noted anything."""
    of_run = select(Account.uid).join(Observation, Observation.account_id == Account.id)
    return set(session.scalars(of_run.join(Run).where(Run.uid == run_uid)))


def proven_before(session: Session, run_uid: str) -> int:
    """How many accounts a run left out because earlier looks prove them for its T."""
    options = session.scalars(select(Run.options).where(Run.uid == run_uid)).one()
    return int(options.get("proven", 0))


def run_looks(session: Session, run: Run) -> list[LookRow]:
    """What each check of the run came to, by platform and name; a few queries in all."""
    query = (
        select(Observation, Account.name, Account.platform)
        .join(Account, Account.id == Observation.account_id)
        .where(Observation.run_id == run.id)
        .order_by(Account.platform, Account.name, Observation.id)
    )
    return [_look_row(look, name, platform) for look, name, platform in session.execute(query)]


def _look_row(look: Observation, name: str, platform: str) -> LookRow:
    return LookRow(
        account=name,
        platform=platform,
        kind=look.kind,
        observed_at=look.observed_at,
        outcome=look.outcome,
        reason=look.reason,
        source=look.source,
        existence=look.existence,
        last_post_at=as_known(look.last_post_at, look.last_post_precision),
        display_name=look.display_name or "",
        uid=look.uid,
    )


def _fitting(session: Session, table: Any, text: str) -> list[Any]:
    """Up to two rows whose uid begins or ends like that."""
    uid = UidText(table.uid)
    fits = uid.startswith(text, autoescape=True) | uid.endswith(text, autoescape=True)
    return list(session.scalars(select(table).where(fits).limit(2))) if text else []


def _several(text: str) -> Ambiguous:
    return Ambiguous(_("{text} fits several.").format(text=text), _("Give more of the uid."))


def _one(session: Session, table: Any, text: str, message: str) -> Any:
    found = _fitting(session, table, text)
    if not found:
        raise NotFound(
            message.format(text=text),
            _(
                "Such a number looks like 019f34f0-73b2-70e0-bf71-5d8e2befe785; its beginning or end"
                " is enough. `taizhang sweep list` names runs, `taizhang sweep show RUN` its"
                " observations, `taizhang finding list --format json` findings."
            ),
        )
    if len(found) > 1:
        raise _several(text)
    return found[0]


def observation_card(
    session: Session,
    look: Observation,
    others: Sequence[Observation] = (),
    finding: Finding | None = None,
) -> ObservationCard:
    """The observation with its links and where its evidence lies; `others` are of one account, and it
    and they are behind `finding`."""
    account = session.get_one(Account, look.account_id)
    evidence = tuple(dict.fromkeys(n for each in (look, *others) for n in each.run.evidence))
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
        evidence=evidence,
        removed=removals(session, evidence),
        links=tuple(
            LinkRow(
                link.path or link.label,
                link.kind,
                leads_to(link.url, link.appid, link.page),
                link.status,
                link.signal,
                link.failure,
                link.final_url,
            )
            for link in look.link_results
        ),
        seen=seen_rows(look.facts),
        others=tuple(_look_row(other, account.name, account.platform) for other in others),
        finding=_titled(finding, account.platform) if finding else "",
        finding_uid=finding.uid if finding else "",
    )


def _titled(finding: Finding, platform: str) -> str:
    return f"{finding.code} {code_title(finding.code, language(), platform)}"
