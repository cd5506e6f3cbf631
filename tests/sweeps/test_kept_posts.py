"""Of a long list the newest posts are kept, and whoever reads the list knows that it was cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from checkers.base import Coverage, Facts, Post
from registry.vocab import MOST_POSTS, CheckKind, CoverageKind, Outcome
from sweeps.driving.course import Result
from sweeps.network.credentials import Redactor
from sweeps.writing import row
from verdicts.reading import stored_posts

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def kept(count: int) -> tuple[int, datetime | None]:
    """How many posts are kept of a list of so many, one an hour, and since when it is whole."""
    posts = tuple(Post(NOW - timedelta(hours=n)) for n in range(count))
    facts = Facts(posts=posts, coverage=Coverage(CoverageKind.COMPLETE))
    result = Result(Outcome.READ, facts=facts, source="page", observed_at=NOW)
    stored = row(1, CheckKind.FRESHNESS, 0, result, NOW, Redactor()).columns["facts"]
    own, since = stored_posts(stored)
    return len(own), since


def test_a_list_that_was_cut_is_read_as_one_and_a_shorter_one_is_whole() -> None:
    oldest = NOW - timedelta(hours=MOST_POSTS - 1)
    assert kept(MOST_POSTS + 7) == (MOST_POSTS, oldest)
    assert kept(MOST_POSTS - 1) == (MOST_POSTS - 1, None)
