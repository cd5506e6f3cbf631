"""By when a difference or an open question is to be settled. Where a regulation sets a limit its day
is known before; all others get a term of the house from the day on which they were first found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from reconcilers.actions import last_day
from registry.dates import shanghai_date
from registry.findings.differences import Difference, Standing
from registry.findings.drafts import Identity
from registry.filings.jurisdictions import limit
from registry.models import Jurisdiction

PAIR = "pair"
"""The name of the term for a pair that only a person can tell."""


@dataclass(frozen=True, slots=True)
class Term:
    """So many working days, and who says so."""

    days: int
    source: str
    """In Chinese, as the page of the codes prints it."""


_ROW = Term(5, "本项目约定，比照安康“注销后5个工作日内报告”")
_PAPER = Term(10, "本项目约定：补办一件备案")
_ACCOUNT = Term(20, "本项目约定：与关停公告（云南：不少于15个工作日）相当")

TERMS: Mapping[str, Term] = {
    **dict.fromkeys(("RC303", "RC304", "RC305", "RC306", "RC307", "DU402", PAIR), _ROW),
    **dict.fromkeys(("RC301", "RC302", "RC308", "RC309", "RC310", "RC312", "DU405"), _PAPER),
    **dict.fromkeys(("CL501", "CL502"), _PAPER),
    **dict.fromkeys(("DU401", "DU403", "DU404"), _ACCOUNT),
}
"""Working days from the day on which it was first found: for correcting a row, for filing a paper,
for what takes an account. RC311 has none: its day is over when it is found. An office sets others under the same names
(`taizhang rules limits`).
"""


def due(name: str, found: date, rules: Jurisdiction | None) -> date:
    """The last day for a code, or for `PAIR`, that was first found on the Shanghai day `found`."""
    days = limit(rules, name)
    return _last(found, TERMS[name].days if days is None else days)


@cache
def _last(found: date, days: int) -> date:
    return last_day(found, days)


def with_deadlines(
    differences: Sequence[Difference],
    standings: Mapping[Identity, Standing],
    rules: Jurisdiction | None,
    today: date,
) -> list[Difference]:
    """The differences with their days: the one the unit was given with its finding, else that of the
    regulation, else the term of the house."""
    return [
        replace(each, deadline=_deadline(each, standings.get(each.identity), rules, today))
        for each in differences
    ]


def _deadline(
    found: Difference, standing: Standing | None, rules: Jurisdiction | None, today: date
) -> date:
    if standing is not None and standing.due_on is not None:
        return standing.due_on
    if found.deadline is not None:
        return found.deadline
    first = standing.first_seen_at if standing else None
    return due(found.code, shanghai_date(first) if first else today, rules)
