"""What one look at a website showed beyond its posts: columns, marks, hidden links, dates.

Facts only: what follows from them under 国办秘函〔2019〕19号 (SITE-1 … SITE-6) is for the judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.vocab import ColumnKind, Precision, SiteMark, SitePart


@dataclass(frozen=True, slots=True)
class SiteColumn:
    """One column 栏目 of the site, as its page showed it."""

    name: str
    url: str
    kind: ColumnKind = ColumnKind.OTHER
    entries: int | None = None
    """How many entries it lists; None when that could not be told, so it is not empty either."""
    newest: datetime | None = None
    """UTC; with day precision, midnight in Shanghai. None when no date could be told."""
    precision: Precision = Precision.DAY


@dataclass(frozen=True, slots=True)
class HiddenLink:
    """A link that no visitor sees, to a host outside the site's own list."""

    url: str
    text: str
    how: str
    """`style`, `size` or `position`."""
    page: str
    """The page that holds it."""


@dataclass(frozen=True, slots=True)
class DoubtfulDate:
    """A publish date that other evidence contradicts."""

    url: str
    title: str
    printed: datetime
    """UTC; midnight in Shanghai of the day printed."""
    evidence: str
    """What contradicts it, as seen."""
    contradicted_by: datetime
    """UTC; the moment that the evidence gives."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What was seen of a site. Nothing is said of a part that is not among `looked_at`."""

    looked_at: frozenset[SitePart] = frozenset()
    opened: bool | None = None
    """A reachability sample: the home page opened in time, or did not; None: no sample."""
    why: str = ""
    """Of a sample that did not open: the status or the failure."""
    columns: tuple[SiteColumn, ...] = ()
    marks: Mapping[SiteMark, str] = field(default_factory=dict)
    """The marks of identification that were found, each with what it says."""
    hidden: tuple[HiddenLink, ...] = ()
    doubtful: tuple[DoubtfulDate, ...] = ()
