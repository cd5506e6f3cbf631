"""Parts to drive the engine in tests: a clock that jumps, workers that answer from a function."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from checkers.base import (
    Checker,
    Coverage,
    Credential,
    Facts,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
)
from checkers.loading import Catalogue
from registry.models import Account, AccountIdentifier, AccountRole, Unit
from registry.vocab import AccountState, CoverageKind, Existence, Proof, RoleKind
from sweeps.network.credentials import Insertion
from tests.conftest import NOW

ALL_PROOFS = frozenset(Proof)


class FakeClock:
    """Time that passes only when somebody waits."""

    def __init__(self, now: datetime = NOW) -> None:
        self.began = now
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


Reply = Callable[[Request], Response]


class FakeWorkers:
    """Answers after `latency` seconds of the fake clock; keeps when each request was sent."""

    def __init__(self, clock: FakeClock, reply: Reply, latency: float = 0.2, room: int = 8) -> None:
        self.room = room
        self._clock = clock
        self._reply = reply
        self._latency = latency
        self.late: dict[str, float] = {}
        """Address → seconds of an answer that takes another time."""
        self._order = itertools.count()
        self._due: list[tuple[float, int, int, Request]] = []
        self.asked: list[tuple[float, Request]] = []
        self._unsaid: list[tuple[int, float]] = []
        self.insertions: list[Insertion | None] = []

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        now = self._clock.monotonic()
        self.asked.append((now, request))
        self._unsaid.append((ticket, now))
        self.insertions.append(insertion)
        at = now + self.late.get(request.url, self._latency)
        heapq.heappush(self._due, (at, next(self._order), ticket, request))

    def collect(self, seconds: float) -> list[tuple[int, Response]]:
        until = self._clock.monotonic() + seconds
        if self._due and self._due[0][0] <= until:
            self._clock.wait(max(self._due[0][0] - self._clock.monotonic(), 0.0))
            _at, _order, ticket, request = heapq.heappop(self._due)
            return [(ticket, self._reply(request))]
        self._clock.wait(seconds)
        return []

    def sent(self) -> list[tuple[int, float]]:
        said, self._unsaid = self._unsaid, []
        return said

    def close(self) -> None:
        """Nothing is open."""


class KeepingRecorder:
    """Counts what it is given."""

    def __init__(self) -> None:
        self.kept: list[tuple[Request, Response]] = []
        self.stood_in: list[tuple[Request, str]] = []

    def redacted(self, response: Response) -> Response:
        return response

    def record(self, _ticket: int, request: Request, response: Response) -> str:
        self.kept.append((request, response))
        return f"record-{len(self.kept)}"

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        self.stood_in.append((request, record))


Script = Callable[[Target, str], Generator[Any, Any, Any]]


def checker(
    script: Script | None = None,
    *,
    platform: str = "weibo",
    sources: Iterable[Source] = (Source("page", ALL_PROOFS),),
    hosts: Mapping[str, Pace] | None = None,
    credentials: Iterable[Credential] = (),
) -> Checker:
    """A checker whose steps are the given generator function."""

    class Scripted(Checker):
        label: ClassVar[Mapping[str, str]] = {"zh": platform, "en": platform}

        def check(self, target: Target, source: str) -> Steps:
            return (script or one_page)(target, source)

    Scripted.platform = platform
    Scripted.sources = tuple(sources)
    Scripted.hosts = dict(hosts or {})
    Scripted.credentials = tuple(credentials)
    return Scripted()


def one_page(target: Target, source: str) -> Steps:
    """Ask for the account's address and take what it says as its newest post, day by day."""
    response: Response = yield Request(target.url)
    text = response.usable().text()
    return facts(datetime.fromisoformat(text)) if text != "none" else facts()


def facts(*at: datetime, coverage: CoverageKind = CoverageKind.COMPLETE) -> Facts:
    """A whole list with posts at these moments."""
    posts = tuple(Post(moment) for moment in at)
    return Facts(Existence.EXISTS, posts, Coverage(coverage))


def catalogue(*checkers: Checker, **shared: Checker) -> Catalogue:
    """A catalogue of these checkers."""
    return Catalogue({made.platform: made for made in checkers}, shared)


def add_unit(session: Session, name: str = "青石县公安局", parent: Unit | None = None) -> Unit:
    """A unit of a made-up county."""
    unit = Unit(name=name, fold=name, parent=parent)
    session.add(unit)
    session.flush()
    return unit


def add_account(
    session: Session,
    name: str,
    *,
    platform: str = "weibo",
    url: str = "",
    host: Unit | None = None,
    state: AccountState = AccountState.ACTIVE,
    **identifiers: str,
) -> Account:
    """An account of the ledger."""
    account = Account(platform=platform, name=name, fold=name, url=url, state=state)
    for scheme, value in identifiers.items():
        account.identifiers.append(
            AccountIdentifier(platform=platform, scheme=scheme, value=value, preferred=True)
        )
    if host is not None:
        account.roles.append(AccountRole(unit=host, role=RoleKind.HOST))
    session.add(account)
    session.flush()
    return account
