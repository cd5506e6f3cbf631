"""What a look at a website showed, as JSON for `observation.facts["site"]`; `verdicts` reads it back.

It judges nothing. Lists that a hostile page could blow up are cut, and what is no fact of the
declared kind is refused, so that the check is stored as the checker's error.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from checkers.site_facts import DoubtfulDate, HiddenLink, SiteColumn, SiteFacts
from registry.vocab import ColumnKind, Precision, SiteMark, SitePart

MOST_COLUMNS = 500
MOST_HIDDEN = 200
MOST_DOUBTFUL = 200

Clean = Callable[[str, int], str]
"""Outside text and how much of it may be kept → the text as it may be stored."""


def stored_site(site: SiteFacts, clean: Clean) -> dict[str, Any]:
    """The facts as JSON: times ISO 8601 in UTC, empty lists left out. Raises TypeError, ValueError.

    An hourly sample is nothing but `looked_at`, `opened` and `why`.
    """
    if site.opened is not None and not isinstance(site.opened, bool):
        raise TypeError("opened is True, False or None")
    lists = {
        "columns": [_column(column, clean) for column in site.columns[:MOST_COLUMNS]],
        "marks": {SiteMark(mark).value: clean(text, 200) for mark, text in site.marks.items()},
        "hidden": [_hidden(link, clean) for link in site.hidden[:MOST_HIDDEN]],
        "doubtful": [_doubtful(date, clean) for date in site.doubtful[:MOST_DOUBTFUL]],
    }
    return {
        "looked_at": sorted(SitePart(part).value for part in site.looked_at),
        "opened": site.opened,
        "why": clean(site.why, 300),
        **{name: values for name, values in lists.items() if values},
    }


def _column(column: SiteColumn, clean: Clean) -> dict[str, Any]:
    entries = column.entries
    if entries is not None and (isinstance(entries, bool) or not isinstance(entries, int)):
        raise TypeError("entries are counted")
    return {
        "name": clean(column.name, 100),
        "url": clean(column.url, 2000),
        "kind": ColumnKind(column.kind).value,
        "entries": entries,
        "newest": _moment(column.newest) if column.newest else None,
        "precision": Precision(column.precision).value,
    }


def _hidden(link: HiddenLink, clean: Clean) -> dict[str, Any]:
    return {
        "url": clean(link.url, 2000),
        "text": clean(link.text, 200),
        "how": clean(link.how, 32),
        "page": clean(link.page, 2000),
    }


def _doubtful(date: DoubtfulDate, clean: Clean) -> dict[str, Any]:
    return {
        "url": clean(date.url, 2000),
        "title": clean(date.title, 300),
        "printed": _moment(date.printed),
        "evidence": clean(date.evidence, 300),
        "contradicted_by": _moment(date.contradicted_by),
    }


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC).isoformat()
