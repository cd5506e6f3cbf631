"""What stands of the differences of a reconciling: the findings that run, what people let pass, and
what of it stops an upload.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.findings.differences import Difference, Standing, Stopping
from registry.findings.drafts import Identity
from registry.models import Finding
from registry.vocab import BLOCKING_CODES, Review


def running_standings(session: Session, codes: Collection[str]) -> dict[Identity, Standing]:
    """The findings of these codes that run, and what people made of them."""
    f = Finding
    columns = (f.subject_kind, f.subject_uid, f.code, f.discriminator)
    query = select(*columns, f.uid, f.review, f.waived_until, f.due_on, f.first_seen_at)
    rows = session.execute(query.where(f.code.in_(codes), f.ended_at.is_(None)))
    return {Identity(*row[:4]): Standing(*row[4:]) for row in rows}


def not_let_pass(
    found: Iterable[Difference], standings: Mapping[Identity, Standing], today: date
) -> list[Difference]:
    """Those of the differences that people have neither waived (through `today`) nor dismissed."""
    told = ((each, standings.get(each.identity)) for each in found)
    return [each for each, standing in told if standing is None or not standing.passed(today)]


def stops(
    session: Session,
    kept: Iterable[Difference],
    asked: Iterable[Difference],
    pairs: int,
    today: date,
    overtaken: int = 0,
) -> Stopping:
    """What stops the upload: `asked` are those of the differences `kept` that nobody let pass.
    `overtaken`: so many findings of earlier runs in which the ledger is the newer word."""
    stop = {each.identity for each in kept if each.code in BLOCKING_CODES}
    here = {each.identity for each in asked} & stop
    earlier = max(_blocking(session, today) - len(here) - overtaken, 0)
    return Stopping(len(here), pairs, earlier, len(stop) - len(here), overtaken)


def _blocking(session: Session, today: date) -> int:
    """Open and confirmed findings that stop an upload; a waiver that has run out counts as open."""
    f = Finding
    over = (f.review == Review.WAIVED) & (f.waived_until < today)
    count = (
        select(func.count())
        .select_from(f)
        .where(
            f.code.in_(BLOCKING_CODES),
            f.ended_at.is_(None),
            f.review.in_([Review.OPEN, Review.CONFIRMED]) | over,
        )
    )
    return session.scalar(count) or 0
