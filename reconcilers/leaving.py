"""Rows of the national system that a person wants taken offline, and whether that word still stands:
what is said of the row's finding afterwards counts for more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import chunks
from registry.findings.differences import Standing
from registry.findings.drafts import Identity
from registry.models import Decision, Finding, FindingEvent
from registry.vocab import DecisionKind

CODE = "RC305"
"""Of the finding that the ledger does not have the row."""

_OTHERWISE = ("dismiss", "filed")
"""What is said of that finding by which the row is to stay: it is no fault, or its account is to be
entered in the ledger."""


def rows_staying(
    session: Session, keys: Collection[str], standings: Mapping[Identity, Standing], today: date
) -> set[str]:
    """Those of the rows (their keys), once to be taken offline, that are to stay: somebody said
    otherwise since, or they are let be for now. `standings`: what stands of each running finding.
    """
    if not keys:
        return set()
    let_be = {
        found.subject_uid
        for found, standing in standings.items()
        if found.code == CODE and standing.passed(today)
    }
    return taken_back(session, keys) | (let_be & set(keys))


def taken_back(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the rows of which something else was said since they were to be taken offline."""
    d, e, f = Decision, FindingEvent, Finding
    decided: dict[str, tuple[object, ...]] = {}
    said: dict[str, tuple[object, ...]] = {}
    for some in chunks(sorted(keys)):
        offline = select(d.right_key, d.at, d.uid).where(d.right_key.in_(some))
        offline = offline.where(d.kind == DecisionKind.OFFLINE_THERE).order_by(d.id)
        decided.update((key, tuple(when)) for key, *when in session.execute(offline))
        events = select(f.subject_uid, e.at, e.uid).join(f, e.finding_id == f.id)
        events = events.where(f.subject_uid.in_(some), f.code == CODE, e.act.in_(_OTHERWISE))
        said.update((key, tuple(when)) for key, *when in session.execute(events.order_by(e.id)))
    return {key for key, when in said.items() if key in decided and when > decided[key]}
