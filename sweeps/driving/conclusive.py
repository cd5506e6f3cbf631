"""When one source has told enough, so that the next need not be asked. It decides no verdict."""

from __future__ import annotations

from checkers.base import Facts
from registry.vocab import CheckKind, CoverageKind, Existence
from sweeps.driving.targets import PlannedTarget


def conclusive(facts: Facts, planned: PlannedTarget) -> bool:
    """True when asking another source could not tell more about this check.

    An app concludes by being offered; the id of a cancelled account by anything but being gone. Of freshness, a READ concludes by a signal that the
    account is gone or restricted, by an own post within the window before T, or by a list that
    reaches back before the window and is current enough for T.
    """
    if planned.kind is CheckKind.APP:
        # That one store has it no longer says nothing of the next one.
        return facts.existence is Existence.EXISTS
    if planned.kind is CheckKind.HANDLE:
        return facts.existence is not Existence.GONE_SIGNAL
    if planned.kind is not CheckKind.FRESHNESS:
        return True
    if facts.existence in {Existence.GONE_SIGNAL, Existence.RESTRICTED}:
        return True
    own = [post.published_at for post in facts.posts if post.own]
    if any(planned.fresh_since <= at <= planned.time_point for at in own):
        return True
    coverage, needed = facts.coverage, min(planned.time_point, planned.as_of)
    if coverage.until is not None and coverage.until < needed:
        return False
    if coverage.kind is CoverageKind.REACHES_BACK_TO:
        return coverage.since is not None and coverage.since <= planned.read_back_to
    return coverage.kind in {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}
