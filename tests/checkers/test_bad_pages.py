"""Every source outlives pages that are very large or nested very deep, and learns nothing of them."""

from __future__ import annotations

import pytest

from checkers.base import (
    MAX_BODY,
    Checker,
    Facts,
    Failure,
    Request,
    Response,
    Source,
    bounded,
)
from registry.vocab import Existence, Proof, Reason
from tests.checkers.contract import SourceCases, look, suffices
from tests.checkers.test_contract import CATALOGUE, cases_of


def filled(unit: str) -> bytes:
    """As many of them as an answer may hold."""
    raw = unit.encode()
    return raw * (MAX_BODY // len(raw))


BODIES = {
    "100,000 nested tags": b"<html><body>" + b"<div>" * 100_000,
    "5 MB of paragraphs": b"<html><body>" + filled("<p>青石</p>")[:-20],
    "5 MB of open tags": filled("<a href='"),
}


def sources() -> list[tuple[str, Checker, Source, SourceCases]]:
    named = {**CATALOGUE.platforms, **CATALOGUE.shared}
    return [
        (f"{name} {source.name}", checker, source, held)
        for name, checker in named.items()
        for source in checker.sources
        if (held := (cases_of(name) or {}).get(source.name))
    ]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    ("checker", "source", "held"), [pytest.param(*row[1:], id=row[0]) for row in sources()]
)
def test_a_page_without_measure_is_read_to_its_end_and_says_nothing(
    checker: Checker, source: Source, held: SourceCases, body: bytes
) -> None:
    page = Response("", 200, {"content-type": "text/html; charset=utf-8"}, body)
    cut = Response("", 0, failure=Failure(Reason.TOO_LARGE))

    def answers(request: Request) -> Response:
        return page if len(body) <= request.max_bytes else cut

    outcome = look(checker, source.name, held.target, answers).outcome
    if isinstance(outcome, Facts):
        facts = bounded(outcome, source)
        assert facts.posts == ()
        assert facts.existence in {Existence.UNKNOWN, Existence.EXISTS}
        assert not suffices(facts, held.target) or source.proves == {Proof.LINKS}
