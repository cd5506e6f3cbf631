"""One reconciling: ledger against reality, the national system and itself, settled as findings and
handed on as one list of what to do. Set-based throughout; it fetches nothing and writes no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.deadlines import with_deadlines
from reconcilers.earlier import earlier_matters, overtaken
from reconcilers.leaving import rows_staying
from reconcilers.national import NationalPicture
from reconcilers.pictures import Found, Known, Looked, compared, look
from reconcilers.seen import Judged
from reconcilers.settled import CODES, asked_for, order, settle_found
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
from registry.findings.differences import (
    Coverage,
    Difference,
    ExportUsed,
    HeldRow,
    Reconciliation,
    Standing,
    Stopping,
    UnreadRow,
    UploadRow,
)
from registry.findings.drafts import Identity
from registry.history.writing import Act
from registry.models import Registry, Unit
from registry.platforms import PlatformCatalogue
from verdicts.ruleset import RuleSet


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


def compare(
    session: Session,
    looked: Looked,
    *,
    act: Act,
    catalogue: PlatformCatalogue,
    national: KeptExport | None = None,
) -> Reconciliation:
    """The rest of it, as of the moment of the look, which it uses up. Never commits."""
    known, found = looked.known, compared(session, looked, catalogue, national)
    kept = asked_for(found.result.differences, known.setting)
    settle_found(session, known, kept, found, act)
    standings = running_standings(session, CODES)
    kept = with_deadlines(kept, standings, known.rules, known.setting.today)
    asked = not_let_pass(kept, standings, known.setting.today)
    old = overtaken(session, _running(known, kept, standings), known.ledger, known.papers)
    stopping = stops(session, kept, asked, found.stopping, known.setting.today, old)
    stopping = _with_notcompared(stopping, found)
    following = ledger_follows(session)
    rows, held, earlier = _upload(session, known, found.picture, asked, following, standings)
    kept = with_places(kept, rows, held, following, already_drafted(session, standings))
    return Reconciliation(
        at=known.setting.at,
        differences=tuple(sorted(kept, key=order)),
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
    known: Known,
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
    known: Known,
    asked: Iterable[Difference],
    standings: Mapping[Identity, Standing],
) -> list[Difference]:
    """What keeps an account out of the upload, runs, and is not among what this run found."""
    running = _running(known, asked, standings)
    return list(earlier_matters(session, running, known.ledger, known.papers, known.setting))


def _running(
    known: Known, found: Iterable[Difference], standings: Mapping[Identity, Standing]
) -> list[str]:
    """Uids of the findings that keep an account out of the upload, that nobody let pass and that are
    not among the differences `found`."""
    here, today = {difference.identity for difference in found}, known.setting.today
    return [
        standing.finding_uid
        for identity, standing in standings.items()
        if identity.code in HOLDING and identity not in here and not standing.passed(today)
    ]


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


def _unread(picture: NationalPicture | None, catalogue: PlatformCatalogue) -> tuple[UnreadRow, ...]:
    """Rows that were not compared."""
    return unread_told(picture.unread, picture.may_be, catalogue) if picture else ()


def _with_notcompared(stopping: Stopping, found: Found) -> Stopping:
    """The same with the rows of the export that were not compared, or not in their state."""
    if found.picture is None:
        return stopping
    unread, states = found.picture.unread_open, sum(found.unknown_states.values())
    return replace(stopping, unread=unread, states=states)


def _with_rows(coverage: Coverage, found: Found) -> Coverage:
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
