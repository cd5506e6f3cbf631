"""One reconciling: ledger against reality, the national system and itself, settled as findings and
handed on as one list of what to do. Set-based throughout; it fetches nothing and writes no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers import duplicates, handles, reality
from reconcilers import national as system
from reconcilers.actions import FILING
from reconcilers.asked import with_terms
from reconcilers.deadlines import with_deadlines
from reconcilers.decisions import Decisions, load_decisions
from reconcilers.drafting import Setting
from reconcilers.earlier import earlier_matters, overtaken
from reconcilers.handles import Holders, gone_since, read_holders
from reconcilers.leaving import rows_staying
from reconcilers.leads import LeadRow, lead_side, match_leads, read_leads
from reconcilers.ledger import Ledger, read_ledger
from reconcilers.matching import Doubt
from reconcilers.naming import rows_words
from reconcilers.national import NationalPicture, match_national, national_differences
from reconcilers.papers import Papers, read_papers
from reconcilers.reality import Examined, reality_differences, subjects_by_look
from reconcilers.seen import Judged, Reality, read_reality
from reconcilers.standing import not_let_pass, running_standings, stops
from reconcilers.unread import told as unread_told
from reconcilers.upload import (
    HOLDING,
    Matter,
    already_drafted,
    ledger_follows,
    plan_upload,
    with_places,
)
from registry.exchange.national import KeptExport
from registry.exchange.national_template import NationalEntry
from registry.filings.jurisdictions import for_unit, limit
from registry.findings.differences import (
    Coverage,
    Difference,
    ExportUsed,
    HeldRow,
    Reconciliation,
    ReviewKind,
    ReviewPair,
    Side,
    Standing,
    Stopping,
    UnreadRow,
    UploadRow,
)
from registry.findings.drafts import Identity
from registry.findings.settling import settle
from registry.history.writing import Act
from registry.messages import _
from registry.models import Finding, Jurisdiction, Registry, Unit
from registry.platforms import PlatformCatalogue
from registry.vocab import Review, SubjectKind, Verdict
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
    looked = look(session, at=at, catalogue=catalogue, judgements=judgements, ruleset=ruleset)
    return compare(session, looked, act=act, catalogue=catalogue, national=national)


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


def compare(
    session: Session,
    looked: Looked,
    *,
    act: Act,
    catalogue: PlatformCatalogue,
    national: KeptExport | None = None,
) -> Reconciliation:
    """The rest of it, as of the moment of the look, which it uses up. Never commits."""
    known, found = looked.known, _compared(session, looked, catalogue, national)
    kept = _kept(found.result.differences, known.setting)
    _settle(session, known, kept, found, act)
    standings = running_standings(session, CODES)
    kept = with_deadlines(kept, standings, known.rules, known.setting.today)
    asked = not_let_pass(kept, standings, known.setting.today)
    old = overtaken(session, _running(known, kept, standings), known.ledger, known.papers)
    stopping = stops(session, kept, asked, found.stopping, known.setting.today, old)
    stopping = _with_not_compared(stopping, found)
    following = ledger_follows(session)
    rows, held, earlier = _upload(session, known, found.picture, asked, following, standings)
    kept = with_places(kept, rows, held, following, already_drafted(session, standings))
    return Reconciliation(
        at=known.setting.at,
        differences=tuple(sorted(kept, key=_order)),
        review=tuple(found.pairs),
        coverage=_with_rows(looked.coverage, found),
        changes=national.changes if national else None,
        upload_rows=tuple(rows),
        held=tuple(held),
        unread=_unread(found.picture, catalogue),
        earlier=tuple(earlier),
        blocking=stopping.matters,
        stopping=stopping,
        snapshot_uid=national.snapshot.uid if national else None,
        export=_used(national) if national else None,
        **_own(session),
        standings=standings,
    )


def _upload(
    session: Session,
    known: _Known,
    picture: NationalPicture | None,
    asked: Sequence[Difference],
    following: Mapping[Matter, str],
    standings: Mapping[Identity, Standing],
) -> tuple[list[UploadRow], list[HeldRow], list[Difference]]:
    """What goes up, what is held back, and what earlier runs found that holds some of it back;
    nothing where the national system was not compared."""
    if picture is None:
        return [], [], []
    earlier = _earlier(session, known, asked, standings)
    leaving = set(map(picture.key, picture.leaving))
    staying = rows_staying(session, leaving, standings, known.setting.today)
    rows, held = plan_upload(picture, (*asked, *earlier), following, staying)
    waiting = {row.account_uid for row in held}
    return rows, held, [each for each in earlier if each.subject_uid in waiting]


def _earlier(
    session: Session,
    known: _Known,
    asked: Iterable[Difference],
    standings: Mapping[Identity, Standing],
) -> list[Difference]:
    """What keeps an account out of the upload, runs, and is not among what this run found."""
    running = _running(known, asked, standings)
    return list(earlier_matters(session, running, known.ledger, known.papers, known.setting))


def _running(
    known: _Known, found: Iterable[Difference], standings: Mapping[Identity, Standing]
) -> list[str]:
    """Uids of the findings that keep an account out of the upload, that nobody let pass and that are
    not among the differences `found`."""
    here, today = {difference.identity for difference in found}, known.setting.today
    return [
        standing.finding_uid
        for identity, standing in standings.items()
        if identity.code in HOLDING and identity not in here and not standing.passed(today)
    ]


# --- reading and comparing ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
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


def _read(
    session: Session,
    at: datetime,
    ruleset: RuleSet | None,
    judgements: Mapping[str, Judged],
    ledger: Ledger,
) -> _Known:
    setting, papers = Setting(at, ruleset), read_papers(session, ledger)
    return _Known(
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


@dataclass
class _Found:
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

    known: _Known
    found: _Found
    """By reality."""
    among: Sequence[Difference]
    alike: Sequence[ReviewPair]
    """Within the ledger."""
    coverage: Coverage
    """But for the national system."""


def _compared(
    session: Session,
    looked: Looked,
    catalogue: PlatformCatalogue,
    national: KeptExport | None,
) -> _Found:
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


def _with_reality(session: Session, known: _Known, catalogue: PlatformCatalogue) -> _Found:
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
    return _Found(result, [_of_lead(doubt) for doubt in leads.doubts])


def _with_system(
    found: _Found, known: _Known, catalogue: PlatformCatalogue, national: KeptExport
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


def _used(national: KeptExport) -> ExportUsed:
    snapshot, given = national.snapshot, national.given_as
    same = snapshot.file_name if given and given != snapshot.file_name else ""
    name = given or snapshot.file_name
    return ExportUsed(name, snapshot.taken_at, national.reused, same_as=same)


def _own(session: Session) -> dict[str, str]:
    """Whose registry this is."""
    query = select(Registry.uid, Unit.name).outerjoin(Unit, Unit.uid == Registry.jurisdiction_uid)
    row = session.execute(query.where(Registry.is_self)).first()
    return {"registry_uid": row[0], "office": row[1] or ""} if row else {}


def _limits(rules: Jurisdiction | None) -> _Limits:
    """Public notice and then cancellation: the stop's limit is the sum of both."""
    notice, complete = limit(rules, "notice"), limit(rules, "complete")
    stop = None if notice is None and complete is None else (notice or 0) + (complete or 0)
    return _Limits(stop, limit(rules, "cancel"))


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


def _kept(differences: Iterable[Difference], setting: Setting) -> list[Difference]:
    """Those that the rule set asks for on the platform concerned."""
    return [
        d
        for d in differences
        if setting.asks(d.code, str((d.ledger or d.outside).get("platform", "")))
    ]


def _order(difference: Difference) -> tuple[str, str, str, str]:
    side = difference.ledger or difference.outside
    return difference.code, difference.responsible, str(side.get("platform", "")), difference.note


def _settle(
    session: Session, known: _Known, differences: list[Difference], found: _Found, act: Act
) -> None:
    """Raise, see again or end the findings. Only open ones of codes that were looked at matter."""
    f, result, ruleset = Finding, found.result, known.setting.ruleset
    open_now = select(f.subject_uid, f.code).where(f.code.in_(CODES), f.ended_at.is_(None))
    doubtful: set[str] = set()
    if found.picture is not None:
        doubtful |= found.picture.matching.doubtful_uids() | found.picture.unclear
        doubtful |= {doubt.key for doubt in found.picture.matching.doubts}
    stateless = found.picture.bearing(found.unknown_states) if found.picture else frozenset[str]()
    running = {(uid, code) for uid, code in session.execute(open_now)}
    reality.tell_plain(result, known.ledger, running, known.by_look)
    examined = {
        (uid, code)
        for uid, code in running
        if _was_examined(uid, code, result, found.picture is not None, doubtful)
        and not (code in _OF_STATES and uid in stateless)
        or reality.asked_no_more(known.ledger, uid, code)
    }
    settle(
        session,
        [difference.draft() for difference in differences],
        examined=examined,
        at=known.setting.at,
        act=act,
        rule_set=ruleset.name if ruleset else "",
    )


_OF_STATES = frozenset(("RC303", "RC307"))
"""Of these nothing is told by a row whose state is not known."""


def _was_examined(
    uid: str, code: str, result: Examined, with_national: bool, doubtful: set[str]
) -> bool:
    """Whether this run can say that an open finding no longer holds."""
    if code in system.CODES:
        return with_national and uid not in doubtful
    if code in duplicates.CODES:
        return True
    return (uid, code) in result.told


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


def _unread(picture: NationalPicture | None, catalogue: PlatformCatalogue) -> tuple[UnreadRow, ...]:
    """Rows that were not compared."""
    return unread_told(picture.unread, picture.may_be, catalogue) if picture else ()


def _with_not_compared(stopping: Stopping, found: _Found) -> Stopping:
    """The same with the rows of the export that were not compared, or not in their state."""
    if found.picture is None:
        return stopping
    unread, states = found.picture.unread_open, sum(found.unknown_states.values())
    return replace(stopping, unread=unread, states=states)


def _with_rows(coverage: Coverage, found: _Found) -> Coverage:
    picture = found.picture
    if picture is None:
        return coverage
    return replace(
        coverage,
        national_rows=len(picture.entries),
        matched=picture.matched,
        absent=len(picture.absent),
        unread=len(picture.unread),
        unknown_states=found.unknown_states,
    )
