"""The columns 栏目 of a website: which links of a home page lead to one, and what its page shows.

A column counts as empty only when its own page says so or holds an empty list and no script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from checkers._site.dates import in_address
from checkers._site.entries import Entry
from checkers._site.filling import is_bare_list, is_filled_by_scripts, says_empty
from checkers._site.hosts import below, place
from checkers._site.kinds import looks_like_article
from checkers._site.marks import metas
from checkers._site.names import is_more, kind_of, may_name_a_column
from checkers._site.robots import Rule, may_read
from checkers._site.tree import SitePage
from checkers.site_facts import SiteColumn
from registry.dates import start_of_day
from registry.vocab import ColumnKind

MOST_COLUMNS = 16
"""Column pages that one look reads; those whose kind has a window go first."""

_ORDER = (ColumnKind.NEWS, ColumnKind.NOTICE, ColumnKind.OTHER)


@dataclass(frozen=True, slots=True)
class Lead:
    """A link that seems to lead to a column."""

    name: str
    """Empty for 更多."""
    url: str
    kind: ColumnKind


def leads(page: SitePage, home: str, rules: tuple[Rule, ...]) -> list[Lead]:
    """The columns to read, at most 16, each address once: news, notices, then others."""
    found: dict[tuple[str, str, str], Lead] = {}
    for link, url in page.links():
        if not below(url, home):
            continue
        label = page.words(link, 10) or " ".join((link.get("title") or "").split())
        if not may_name_a_column(label):
            continue
        lead = Lead("" if is_more(label) else label, url, kind_of(label))
        if not _leads_to_list(lead) or not may_read(rules, url):
            continue
        known = found.get(place(url))
        if known is None or (not known.name and lead.name):
            found[place(url)] = lead
    ranked = sorted(found.values(), key=lambda lead: (_ORDER.index(lead.kind), not lead.name))
    return ranked[:MOST_COLUMNS]


def _leads_to_list(lead: Lead) -> bool:
    """Names of news and notices tell by themselves; others only with the address of a folder."""
    path = urlsplit(lead.url).path
    if looks_like_article(lead.url):
        return False
    named = lead.kind is not ColumnKind.OTHER
    return named or path.endswith("/") or "index" in path or "list" in path


def read_column(lead: Lead, page: SitePage, listed: Sequence[Entry], today: date) -> SiteColumn:
    """What the column's page shows; `listed`: its entries."""
    held = metas(page)
    called = held.get("columnname", "")
    kind = kind_of(lead.name, called, held.get("columntype", ""))
    entries, newest = _count(page, listed), None
    if entries:
        newest = _newest(listed, today)
    return SiteColumn(
        (lead.name or called or lead.url)[:100],
        lead.url,
        kind,
        entries,
        start_of_day(newest) if newest else None,
    )


def _count(page: SitePage, listed: Sequence[Entry]) -> int | None:
    """How many entries the page lists; None when scripts may fill it or nothing tells."""
    if listed:
        return None if is_filled_by_scripts(page) else len(listed)
    if is_bare_list(page):
        return 0
    return 0 if not is_filled_by_scripts(page) and says_empty(page) else None


def _newest(listed: Sequence[Entry], today: date) -> date | None:
    """The newest day of the page, unless its main list holds entries that may be newer."""
    days = [entry.day for entry in listed if entry.dated and entry.day]
    groups = Counter(entry.group for entry in listed if entry.dated)
    if not days:
        return None
    main = groups.most_common(1)[0][0]
    unsure = [entry for entry in listed if entry.group == main and not entry.dated]
    if any(latest(entry, today) > max(days) for entry in unsure):
        return None
    return max(days)


def latest(entry: Entry, today: date) -> date:
    """The latest day on which the entry can have been published; today when nothing tells."""
    if entry.day is not None:
        # without a year it is taken at its last occurrence
        return entry.day
    told = in_address(entry.url)
    return min(told.last, today) if told else today
