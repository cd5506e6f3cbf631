"""What a killed run would do again: no more than was under way when it was killed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkers.base import Pace, Request, Response, Steps, Target
from registry.db import Registry
from registry.models import Observation
from sweeps.network.credentials import Credentials, Insertion
from sweeps.run import run
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, add_account, catalogue, checker, facts
from tests.sweeps.test_run import planned

ACCOUNTS = 40


class Counting(FakeWorkers):
    """Notes at each request how many of those before it have no observation yet."""

    def __init__(self, registry: Registry, clock: FakeClock, latency: float, room: int = 8) -> None:
        super().__init__(clock, _page, latency, room)
        self.registry = registry
        self.unstored: list[int] = []

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        with self.registry.read() as session:
            stored = session.scalar(select(func.count()).select_from(Observation)) or 0
        self.unstored.append(len(self.unstored) - stored)
        super().submit(ticket, request, insertion)


class Together(Counting):
    """Gives back all answers that are there."""

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        answers = super().collect(seconds)
        while answers and (more := super().collect(0.0)):
            answers += more
        return answers


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


def test_a_machine_too_slow_to_read_what_comes_asks_no_further_ahead(registry: Registry) -> None:
    """Each page takes longer to be read than to be fetched."""
    clock = FakeClock()

    def slowly(target: Target, _source: str) -> Steps:
        yield Request(target.url)
        clock.wait(0.03)
        return facts()

    pages = catalogue(checker(slowly, hosts={"weibo.example": Pace(0.0, in_flight=4)}))
    with registry.write() as session:
        for number in range(ACCOUNTS):
            add_account(session, f"青石{number}", url=f"https://weibo.example/{number}")
    workers = Together(registry, clock, 0.0005, room=4)
    uid, credentials = planned(registry, pages), Credentials.of(pages, {})
    run(registry, uid, pages, credentials=credentials, clock=clock, workers=workers)
    assert len(workers.unstored) == ACCOUNTS
    assert max(workers.unstored) <= 8
