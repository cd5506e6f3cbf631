"""The pictures that one reconciling sets side by side: what was read of the ledger, of reality and of
people's decisions, and what comparing them, and an export, brings. It settles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers import duplicates
from reconcilers import national as system
from reconcilers.actions import FILING
from reconcilers.asked import with_terms
from reconcilers.decisions import Decisions, load_decisions
from reconcilers.drafting import Setting
from reconcilers.handles import Holders, gone_since, read_holders
from reconcilers.leads import LeadRow, lead_side, match_leads, read_leads
from reconcilers.ledger import Ledger, read_ledger
from reconcilers.matching import Doubt
from reconcilers.naming import rows_words
from reconcilers.national import NationalPicture, match_national, national_differences
from reconcilers.papers import Papers, read_papers
from reconcilers.reality import Examined, reality_differences, subjects_by_look
from reconcilers.seen import Judged, Reality, read_reality
from registry.exchange.national import KeptExport
from registry.exchange.national_template import NationalEntry
from registry.filings.jurisdictions import for_unit, limit
from registry.findings.differences import Coverage, Difference, ReviewKind, ReviewPair, Side
from registry.messages import _
from registry.models import Finding, Jurisdiction
from registry.platforms import PlatformCatalogue
from registry.vocab import Review, SubjectKind, Verdict
from verdicts.ruleset import RuleSet


@dataclass(frozen=True)
class Known:
    """All that one reconciling looks at, but for the export."""

    setting: Setting
    ledger: Ledger
    decisions: Decisions
    papers: Papers
    seen: Reality
    holders: Holders
    """What was read of the ids of closed accounts."""
    rules: Jurisdiction | None
    by_look: Collection[str]
    """See `subjects_by_look`."""


@dataclass(frozen=True)
class _Limits:
    """Working days of the jurisdiction; None where it sets none."""

    stop: int | None
    """From the stop until the account must be cancelled."""
    cancel: int | None
    """From the cancellation until it must be reported."""


@dataclass
class Found:
    """What comparing the pictures brought."""

    result: Examined
    pairs: list[ReviewPair]
    """For a person to decide."""
    picture: NationalPicture | None = None
    stopping: int = 0
    """Outside rows that a person must look at before an upload."""
    unknown_states: Mapping[str, int] = field(default_factory=dict)
    """Word for a state without a meaning → rows of the export that bear it."""


@dataclass(frozen=True)
class Looked:
    """What can be said without an export: ledger against reality and against itself."""

    known: Known
    found: Found
    """By reality."""
    among: Sequence[Difference]
    alike: Sequence[ReviewPair]
    """Within the ledger."""
    coverage: Coverage
    """But for the national system."""


def look(
    session: Session,
    *,
    at: datetime,
    catalogue: PlatformCatalogue,
    judgements: Mapping[str, Judged] | None = None,
    ruleset: RuleSet | None = None,
) -> Looked:
    """All of it that needs no export, for a caller who waits for one. It writes nothing."""
    known = _read(session, at, ruleset, judgements or {}, read_ledger(session))
    found = _with_reality(session, known, catalogue)
    among, alike = duplicates.duplicate_differences(
        *(known.ledger, known.seen, known.decisions, known.setting),
        dismissed=_dismissed_look_alikes(session),
    )
    return Looked(known, found, among, alike, _coverage(known.ledger, known.seen))


def _read(
    session: Session,
    at: datetime,
    ruleset: RuleSet | None,
    judgements: Mapping[str, Judged],
    ledger: Ledger,
) -> Known:
    setting, papers = Setting(at, ruleset), read_papers(session, ledger)
    return Known(
        setting,
        ledger,
        load_decisions(session, setting.today),
        papers,
        read_reality(session, ledger, judgements, at),
        read_holders(session, ledger, papers, at),
        for_unit(session, None),
        subjects_by_look(session),
    )


def _dismissed_look_alikes(session: Session) -> frozenset[tuple[str, str]]:
    """(older, newer) uids of accounts of which a running DU403 was dismissed."""
    f = Finding
    query = select(f.discriminator, f.subject_uid).where(
        f.code == "DU403", f.ended_at.is_(None), f.review == Review.DISMISSED
    )
    return frozenset((older, newer) for older, newer in session.execute(query))


def compared(
    session: Session,
    looked: Looked,
    catalogue: PlatformCatalogue,
    national: KeptExport | None,
) -> Found:
    """Each picture against the ledger, and the ledger against itself."""
    known, found = looked.known, looked.found
    if national is not None:
        _with_system(found, known, catalogue, national)
    found.stopping = len({pair.right_key for pair in found.pairs})
    found.result.differences.extend(looked.among)
    found.pairs.extend(map(_answered, looked.alike))
    found.pairs = with_terms(
        session,
        found.pairs,
        known.rules,
        at=known.setting.at,
        with_national=national is not None,
    )
    return found


def _with_reality(session: Session, known: Known, catalogue: PlatformCatalogue) -> Found:
    ledger, at = known.ledger, known.setting.at
    leads = match_leads(ledger, read_leads(session, at), catalogue, known.decisions)
    result = reality_differences(
        ledger,
        known.seen,
        known.papers,
        leads,
        known.setting,
        holders=known.holders,
        by_look=known.by_look,
        stop_limit=_limits(known.rules).stop,
    )
    return Found(result, [_of_lead(doubt) for doubt in leads.doubts])


def _with_system(
    found: Found, known: Known, catalogue: PlatformCatalogue, national: KeptExport
) -> None:
    picture = match_national(known.ledger, national.rows, catalogue, known.decisions)
    found.picture, found.unknown_states = picture, national.unknown_states
    changes = national.changes
    differences = national_differences(
        picture,
        known.setting,
        catalogue,
        closed_on=known.papers.closed_on,
        cancel_limit=_limits(known.rules).cancel,
        came=(*changes.came, *changes.resumed) if changes else (),
        gone=gone_since(known.holders),
        taken={each.subject_uid for each in found.result.differences if each.code == "CL502"},
    )
    found.result.differences.extend(differences)
    found.pairs.extend(_of_row(doubt, picture) for doubt in picture.matching.doubts)


def _limits(rules: Jurisdiction | None) -> _Limits:
    """Public notice and then cancellation: the stop's limit is the sum of both."""
    notice, complete = limit(rules, "notice"), limit(rules, "complete")
    stop = None if notice is None and complete is None else (notice or 0) + (complete or 0)
    return _Limits(stop, limit(rules, "cancel"))


def _coverage(ledger: Ledger, seen: Reality) -> Coverage:
    """How much is known, but of the national system."""
    known = [seen.get(account.uid) for account in ledger.live]
    verdicts = Counter(one.verdict if one else Verdict.UNKNOWN for one in known)
    return Coverage(
        accounts=Counter(account.state for account in ledger.accounts),
        live=len(ledger.live),
        verdicts=verdicts,
        named=sum(one is not None and one.display_name is not None for one in known),
        subjects=sum(one is not None and one.verified_subject is not None for one in known),
        national_rows=None,
        matched=0,
    )


def _of_lead(doubt: Doubt[LeadRow]) -> ReviewPair:
    return _answered(_pair(doubt, SubjectKind.LEAD, lead_side(doubt.row)))


def _of_row(doubt: Doubt[NationalEntry], picture: NationalPicture) -> ReviewPair:
    pair = _pair(doubt, SubjectKind.NATIONAL_ROW, system.side(doubt.row))
    if doubt.kind is ReviewKind.TWICE:
        others = [row for row in picture.rows_held(doubt.account.uid) if row != doubt.row]
        told = _("{why} {rows}").format(why=doubt.why, rows=rows_words(others))
        pair = replace(pair, why=told)
    return _answered(pair)


def _pair(doubt: Doubt[Any], kind: SubjectKind, outside: Side) -> ReviewPair:
    return ReviewPair(
        doubt.kind,
        doubt.account.uid,
        doubt.key,
        doubt.account.side(),
        outside,
        doubt.score,
        doubt.why,
        outside_kind=kind,
    )


def _answered(pair: ReviewPair) -> ReviewPair:
    """The pair with who can tell, and on which basis."""
    unit = pair.ledger.get("host_unit") or pair.outside.get("host_unit") or ""
    return replace(pair, responsible=str(unit), basis=FILING)
