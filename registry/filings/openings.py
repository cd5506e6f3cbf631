"""Which openings under way name an id: two for one account are one too many.

A batch of hundreds is asked hundreds of times, so all openings are read once and kept by their ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Filing
from registry.vocab import FilingKind, FilingState

UNDER_WAY = (FilingState.SUBMITTED, FilingState.RETURNED, FilingState.APPROVED)

Key = tuple[str, str, str]
"""Platform, scheme, value."""


class Openings:
    """The openings under way of one session, as they stood when the first was asked for, and those
    that were handed in since. For one command: it does not hear of what others write."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_id: dict[Key, list[int]] | None = None

    def other(self, filing: Filing, key: Key) -> Filing | None:
        """The oldest opening under way, but `filing` itself, that names that id."""
        for number in self._known().get(key, ()):
            found = self._session.get(Filing, number) if number != filing.id else None
            if found and found.state in UNDER_WAY and key in _keys(found.form):
                return found
        return None

    def add(self, filing: Filing) -> None:
        """`filing` was handed in just now."""
        if self._by_id is not None and filing.kind is FilingKind.OPEN:
            for key in _keys(filing.form):
                self._by_id[key].append(filing.id)

    def _known(self) -> dict[Key, list[int]]:
        if self._by_id is None:
            self._by_id = defaultdict(list)
            f = Filing
            query = select(f.id, f.form).where(f.kind == FilingKind.OPEN, f.state.in_(UNDER_WAY))
            for number, form in self._session.execute(query.order_by(f.id)):
                for key in _keys(form):
                    self._by_id[key].append(number)
        return self._by_id


def _keys(form: Mapping[str, Any]) -> list[Key]:
    named = form.get("identifiers") or {}
    platform = form.get("platform", "")
    return [(platform, scheme, value) for scheme, value in named.items() if value]
