"""Leads: accounts seen in reality that were not in the ledger then. They are read, matched to the
ledger as it is by now, and found again by whatever somebody writes for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import OUTSIDE, Decisions, outside_key
from reconcilers.ledger import Ledger
from reconcilers.matching import Matching, match, plain_url
from registry.accounts.search import readings
from registry.errors import Ambiguous
from registry.messages import _, language
from registry.models import Finding, Lead
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.text import quoted

LEAD = f"{OUTSIDE}lead:"
"""How the key of every lead begins, as decisions name it."""

_SHOWN = 8
"""How many leads a message lists."""


@dataclass(frozen=True)
class LeadRow:
    """An account seen in reality, as matching takes it."""

    uid: str
    platform: str
    name: str
    url: str
    identifiers: Mapping[str, str]
    host_unit: str
    found_at: datetime
    found_where: str
    found: bool = False
    """It was told of as RC301, and that runs."""
    form: str = ""


def read_leads(session: Session, until: datetime) -> list[LeadRow]:
    """Leads not yet filed."""
    f = Finding
    running = select(f.subject_uid).where(f.code == "RC301", f.ended_at.is_(None))
    told = set(session.scalars(running))
    query = select(Lead).where(Lead.account_id.is_(None), Lead.found_at <= until).order_by(Lead.id)
    return [
        LeadRow(
            *(lead.uid, lead.platform, lead.name, lead.url, lead.identifiers, lead.host_unit),
            *(lead.found_at, lead.found_where, lead.uid in told),
        )
        for lead in session.scalars(query)
    ]


def match_leads(
    ledger: Ledger, leads: Sequence[LeadRow], catalogue: PlatformCatalogue, decisions: Decisions
) -> Matching[LeadRow]:
    """Leads that the ledger knows by now, and those it does not."""
    return match(
        ledger,
        leads,
        catalogue=catalogue,
        decisions=decisions,
        key=lambda lead: outside_key(lead, "lead", ledger.bodies, lead.uid),
        repeated=True,
    )


def lead_side(lead: LeadRow) -> dict[str, Any]:
    """What a report prints of a lead."""
    return {
        "host_unit": lead.host_unit,
        "platform": lead.platform,
        "name": lead.name,
        "identifier": "; ".join(lead.identifiers.values()),
        "url": lead.url,
        "seen_at": lead.found_at,
        "found_where": where_words(lead.found_where),
    }


_WITH_EVIDENCE = re.compile(r"(.*?)\s*\((\S+\.warc\.gz)\)", re.DOTALL)


def where_words(found_where: str) -> str:
    """Where a lead was found, the file in which the page is kept told as what it is."""
    found = _WITH_EVIDENCE.fullmatch(found_where)
    if found is None:
        return found_where
    return _("{where} (the page is kept as evidence: {file})").format(where=found[1], file=found[2])


def lead_named(leads: Sequence[LeadRow], text: str, catalogue: PlatformCatalogue) -> LeadRow | None:
    """The lead that somebody means by its key, its uid, an id, its address or its name, the name with or
    without its platform; None where there is none. Raises Ambiguous where several are meant.
    """
    text = text.strip()
    for fits in _ways(text, catalogue) if text else ():
        found = [lead for lead in leads if fits(lead)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(
                _("{text} fits {count} leads:").format(text=quoted(text), count=len(found)),
                _("Name one by its id, its address, or the internal number that stands first."),
                [_told(lead, catalogue) for lead in found[:_SHOWN]] + ["…"] * (len(found) > _SHOWN),
            )
    return None


def _ways(text: str, catalogue: PlatformCatalogue) -> Iterator[Callable[[LeadRow], bool]]:
    """Whether a lead is meant, by each way of naming one, the surest first."""
    yield lambda lead: text.lower().removeprefix(LEAD) == lead.uid
    yield lambda lead: text in lead.identifiers.values()
    if address := plain_url(text):
        yield lambda lead: bool(lead.url) and plain_url(lead.url) == address
    for platform, _form, name in readings(text, catalogue):
        fold = fold_name(name)
        yield lambda lead, on=platform, fold=fold: (  # type: ignore[misc]
            fold_name(lead.name) == fold and on in {"", lead.platform}
        )


def _told(lead: LeadRow, catalogue: PlatformCatalogue) -> str:
    """One lead in a list."""
    words = (catalogue.label(lead.platform, language()), lead.name, *lead.identifiers.values())
    return "  ".join((lead.uid, " ".join(filter(None, (*words, lead.url)))))
