"""What a killed run would do again: no more than was under way when it was killed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkers.base import Pace, Request, Response
from registry.db import Registry
from registry.models import Observation
from sweeps.network.credentials import Credentials, Insertion
from sweeps.run import run
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, add_account, catalogue, checker
from tests.sweeps.test_run import planned

ACCOUNTS = 40


class Counting(FakeWorkers):
    """Notes at each request how many of those before it have no observation yet."""

    def __init__(self, registry: Registry, clock: FakeClock, latency: float) -> None:
        super().__init__(clock, _page, latency)
        self.registry = registry
        self.unstored: list[int] = []

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        with self.registry.read() as session:
            stored = session.scalar(select(func.count()).select_from(Observation)) or 0
        self.unstored.append(len(self.unstored) - stored)
        super().submit(ticket, request, insertion)


def _page(request: Request) -> Response:
    return Response(request.url, 200, {}, b"none", NOW)


@pytest.mark.parametrize(("in_flight", "most"), [(1, 0), (4, 8)])
@pytest.mark.parametrize("latency", [0.0005, 0.2])
def test_answers_are_stored_before_many_more_are_asked_for(
    registry: Registry, in_flight: int, most: int, latency: float
) -> None:
    """`most`: one request at a time leaves nothing unstored when the next goes out; of four, those
    under way and as many that have just answered."""
    pages = catalogue(checker(hosts={"weibo.example": Pace(0.0, in_flight=in_flight)}))
    with registry.write() as session:
        for number in range(ACCOUNTS):
            add_account(session, f"青石{number}", url=f"https://weibo.example/{number}")
    clock = FakeClock()
    workers = Counting(registry, clock, latency)
    uid, credentials = planned(registry, pages), Credentials.of(pages, {})
    run(registry, uid, pages, credentials=credentials, clock=clock, workers=workers)
    assert len(workers.unstored) == ACCOUNTS
    assert max(workers.unstored) <= most
