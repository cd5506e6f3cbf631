"""Leads 线索: accounts seen in reality and not in the ledger, kept until they are filed.

An account that is seen again is the same lead: the first sighting stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lead
from registry.names import fold_name


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """A lead before it is kept."""

    platform: str
    name: str = ""
    url: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    host_unit: str = ""
    """Of the site on which it was seen; not proven."""
    found_where: str = ""

    def keys(self) -> list[tuple[str, ...]]:
        """By what the same account is recognised: its ids; without any its address, else name."""
        ids = [(self.platform, scheme, value) for scheme, value in self.identifiers.items()]
        if ids:
            return list(ids)
        if self.url:
            return [(self.platform, "url", self.url.rstrip("/"))]
        return [(self.platform, "name", fold_name(self.name), fold_name(self.host_unit))]


def add_leads(session: Session, drafts: Iterable[LeadDraft], *, found_at: datetime) -> int:
    """Keep those that are not kept yet; returns how many were new. Never commits.

    A lead that was filed already (it has an account) is not opened again.
    """
    known = {key for lead in session.scalars(select(Lead)) for key in _draft_of(lead).keys()}
    added = 0
    for draft in drafts:
        keys = draft.keys()
        if known & set(keys):
            continue
        known.update(keys)
        session.add(_row(draft, found_at))
        added += 1
    session.flush()
    return added


def _draft_of(lead: Lead) -> LeadDraft:
    return LeadDraft(
        lead.platform, lead.name, lead.url, lead.identifiers, lead.host_unit, lead.found_where
    )


def _row(draft: LeadDraft, found_at: datetime) -> Lead:
    return Lead(
        platform=draft.platform,
        name=draft.name[:200],
        url=draft.url[:2000],
        identifiers=dict(draft.identifiers),
        host_unit=draft.host_unit[:200],
        found_at=found_at,
        found_where=draft.found_where,
    )
