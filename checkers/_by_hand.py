"""Platforms that no honest source reads: a person looks at their accounts, and no sweep calls them
stale.
"""

from __future__ import annotations

from typing import ClassVar

from checkers.addresses import Addressed
from checkers.base import Steps, Target, Unsupported
from registry.vocab import Reason


class ByHand(Addressed):
    """A platform whose accounts are recognised and left to a person."""

    why: ClassVar[str] = ""
    """What stands in the way of every source, in English."""

    def check(self, target: Target, source: str) -> Steps:
        """Always Unsupported (by_hand), with the reason why."""
        raise Unsupported(Reason.BY_HAND, self.why)
