"""What the pages of a site say beside their lists' titles, page by page, for hints. Never stored.

A line that stands on every page, a head or a foot, is handed over once, with the first page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from checkers._site.entries import Entry
from checkers._site.tree import SitePage
from checkers.base import Passage

LONGEST = 20_000
"""Characters of one page that are handed over; a look reads at most some thirty pages."""


@dataclass(slots=True)
class Passages:
    """The passages of one look, in the order in which its pages were read."""

    found: list[Passage] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def add(self, page: SitePage, where: str, listed: Sequence[Entry] = ()) -> None:
        """Take in what a page says. Titles of dated entries in `listed` are posts' and left out."""
        titled = {entry.place for entry in listed if entry.dated and entry.own}
        self._seen.update(entry.title for entry in listed if entry.place in titled)
        lines = dict.fromkeys(page.lines(LONGEST, titled))
        fresh = [line for line in lines if line not in self._seen]
        self._seen.update(fresh)
        self.found.append(Passage("\n".join(fresh), where))
