"""One reconciling: ledger against reality, the national system and itself, settled as findings and
handed on as one list of what to do. Set-based throughout; it fetches nothing and writes no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reconcilers import duplicates, handles, reality
from reconcilers import national as system
from reconcilers.decisions import load_decisions
from reconcilers.drafting import Setting
from reconcilers.handles import read_holders
from reconcilers.ledger import Ledger, read_ledger
from reconcilers.matching import Doubt
from reconcilers.national import NationalPicture, match_national, national_differences
from reconcilers.papers import Papers, read_papers
from reconcilers.reality import Examined, match_leads, read_leads, reality_differences
from reconcilers.seen import Judged, Reality, read_reality
from reconcilers.upload import ledger_follows, plan_upload
from registry.differences import (
    Coverage,
    Difference,
    Reconciliation,
    ReviewPair,
    Side,
    Standing,
)
from registry.drafts import Identity
from registry.exchange.national import KeptExport
from registry.exchange.national_template import NationalEntry
from registry.findings import settle
from registry.history import Act
from registry.jurisdictions import for_unit, limit
from registry.models import Finding, Registry, Unit
from registry.platforms import PlatformCatalogue
from registry.vocab import BLOCKING_CODES, Review, Verdict
from verdicts.ruleset import RuleSet

CODES = (*reality.CODES, *system.CODES, *duplicates.CODES, *handles.CODES)


@dataclass(frozen=True)
class _Limits:
    """Working days of the jurisdiction; None where it sets none."""

    stop: int | None
    """From the stop until the account must be cancelled."""
    cancel: int | None
    """From the cancellation until it must be reported."""


def reconcile(
    session: Session,
    *,
    at: datetime,
    act: Act,
    catalogue: PlatformCatalogue,
    national: KeptExport | None = None,
    judgements: Mapping[str, Judged] | None = None,
    ruleset: RuleSet | None = None,
) -> Reconciliation:
    """Compare everything as of `at` (aware), settle the findings, and say what to do.

    `judgements`: account uid → verdict of the latest sweep. Without a `national` export nothing is
    said of the national system. Never commits.
    """
    setting = Setting(at, ruleset)
    ledger = read_ledger(session)
    decisions = load_decisions(session, setting.today)
    papers = read_papers(session, ledger)
    uids = {account.id: account.uid for account in ledger.accounts}
    seen = read_reality(session, uids, judgements or {}, at)
    limits = _limits(session)

    leads = match_leads(ledger, read_leads(session, at), catalogue, decisions)
    result = reality_differences(
        ledger,
        seen,
        papers,
        leads,
        setting,
        holders=read_holders(session, ledger, papers, at),
        stop_limit=limits.stop,
    )
    doubts: list[ReviewPair] = [_pair(d, reality.lead_side(d.row)) for d in leads.doubts]
    picture = None
    if national is not None:
        picture = match_national(ledger, national.rows, catalogue, decisions)
        came = national.changes.came if national.changes else ()
        result.differences.extend(_national(picture, setting, catalogue, papers, limits, came))
        doubts += [_pair(d, system.side(d.row)) for d in picture.matching.doubts]
    stopping = len({pair.right_key for pair in doubts})
    found, alike = duplicates.duplicate_differences(ledger, seen, decisions, setting)
    result.differences.extend(found)

    kept = _kept(result.differences, ruleset)
    _settle(session, ledger, kept, result, picture, at, act, ruleset)
    standings = _standings(session)
    asked = [d for d in kept if not _let_pass(standings.get(d.identity))]
    follows = ledger_follows(session) if picture else ()
    rows, held = plan_upload(picture, asked, follows) if picture else ([], [])
    return Reconciliation(
        at=at,
        differences=tuple(sorted(kept, key=_order)),
        review=(*doubts, *alike),
        coverage=_coverage(ledger, seen, picture),
        changes=national.changes if national else None,
        upload_rows=tuple(rows),
        held=tuple(held),
        blocking=_blocking(session) + stopping,
        snapshot_uid=national.snapshot.uid if national else None,
        **_own(session),
        standings=standings,
    )


def _own(session: Session) -> dict[str, str]:
    """Whose registry this is."""
    query = select(Registry.uid, Unit.name).outerjoin(Unit, Unit.uid == Registry.jurisdiction_uid)
    row = session.execute(query.where(Registry.is_self)).first()
    return {"registry_uid": row[0], "office": row[1] or ""} if row else {}


def _limits(session: Session) -> _Limits:
    """Public notice and then cancellation: the stop's limit is the sum of both."""
    rules = for_unit(session, None)
    notice, complete = limit(rules, "notice"), limit(rules, "complete")
    stop = None if notice is None and complete is None else (notice or 0) + (complete or 0)
    return _Limits(stop, limit(rules, "cancel"))


def _national(
    picture: NationalPicture,
    setting: Setting,
    catalogue: PlatformCatalogue,
    papers: Papers,
    limits: _Limits,
    came: Iterable[NationalEntry],
) -> Iterable[Difference]:
    return national_differences(
        picture,
        setting,
        catalogue,
        closed_on=papers.closed_on,
        cancel_limit=limits.cancel,
        came=came,
    )


def _pair(doubt: Doubt[Any], outside: Side) -> ReviewPair:
    return ReviewPair(
        doubt.kind,
        doubt.account.uid,
        doubt.key,
        doubt.account.side(),
        outside,
        doubt.score,
        doubt.why,
    )


def _kept(differences: Iterable[Difference], ruleset: RuleSet | None) -> list[Difference]:
    """Those that the rule set asks for on the platform concerned."""
    if ruleset is None:
        return list(differences)
    return [
        d
        for d in differences
        if ruleset.asks(d.code, str((d.ledger or d.outside).get("platform", "")))
    ]


def _order(difference: Difference) -> tuple[str, str, str, str]:
    side = difference.ledger or difference.outside
    return difference.code, difference.responsible, str(side.get("platform", "")), difference.note


def _settle(
    session: Session,
    ledger: Ledger,
    differences: list[Difference],
    result: Examined,
    picture: NationalPicture | None,
    at: datetime,
    act: Act,
    ruleset: RuleSet | None,
) -> None:
    """Raise, see again or end the findings. Only open ones of codes that were looked at matter."""
    f = Finding
    open_now = select(f.subject_uid, f.code).where(f.code.in_(CODES), f.ended_at.is_(None))
    doubtful: set[str] = set()
    if picture is not None:
        doubtful |= picture.matching.doubtful_uids()
        doubtful |= {doubt.key for doubt in picture.matching.doubts}
    examined = {
        (uid, code)
        for uid, code in session.execute(open_now)
        if _was_examined(uid, code, result, picture is not None, doubtful)
        or reality.asked_no_more(ledger, uid, code)
    }
    name = ruleset.name if ruleset else ""
    drafts = [difference.draft() for difference in differences]
    settle(session, drafts, examined=examined, at=at, act=act, rule_set=name)


def _was_examined(
    uid: str, code: str, result: Examined, with_national: bool, doubtful: set[str]
) -> bool:
    """Whether this run can say that an open finding no longer holds."""
    if code in system.CODES:
        return with_national and uid not in doubtful
    if code in duplicates.CODES:
        return True
    return (uid, code) in result.told


def _standings(session: Session) -> dict[Identity, Standing]:
    """The findings that run, and what people made of them."""
    f = Finding
    columns = (f.subject_kind, f.subject_uid, f.code, f.discriminator)
    query = select(*columns, f.uid, f.review, f.waived_until)
    rows = session.execute(query.where(f.code.in_(CODES), f.ended_at.is_(None)))
    return {Identity(*row[:4]): Standing(*row[4:]) for row in rows}


def _let_pass(standing: Standing | None) -> bool:
    """Whether people have waived or dismissed it."""
    return standing is not None and standing.review in {Review.DISMISSED, Review.WAIVED}


def _blocking(session: Session) -> int:
    """Open and confirmed findings that stop an upload."""
    f = Finding
    count = (
        select(func.count())
        .select_from(f)
        .where(
            f.code.in_(BLOCKING_CODES),
            f.ended_at.is_(None),
            f.review.in_([Review.OPEN, Review.CONFIRMED]),
        )
    )
    return session.scalar(count) or 0


def _coverage(ledger: Ledger, seen: Reality, picture: NationalPicture | None) -> Coverage:
    known = [seen.get(account.uid) for account in ledger.live]
    verdicts = Counter(one.verdict if one else Verdict.UNKNOWN for one in known)
    return Coverage(
        accounts=Counter(account.state for account in ledger.accounts),
        live=len(ledger.live),
        verdicts=verdicts,
        named=sum(one is not None and one.display_name is not None for one in known),
        subjects=sum(one is not None and one.verified_subject is not None for one in known),
        national_rows=len(picture.entries) if picture else None,
        matched=picture.matched if picture else 0,
    )
