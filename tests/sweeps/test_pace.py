"""Pace on real threads and sockets: what is told of sending, and that nothing waits for another."""

from __future__ import annotations

import ast
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import sweeps
from checkers.base import Pace, Request, Response
from registry.vocab import Outcome, Reason
from sweeps.clock import SystemClock
from sweeps.driving.agenda import Agenda
from sweeps.driving.engine import Engine, paces
from sweeps.driving.workers import Threads
from sweeps.lanes.lanes import Lanes
from sweeps.network.credentials import Credentials, Insertion
from sweeps.network.tokens import Tokens
from sweeps.network.transport import Limits, Network, transport
from tests.conftest import NOW
from tests.sweeps.loopback import Asked, Said, serve
from tests.sweeps.play import FakeClock, KeepingRecorder, catalogue, checker
from tests.sweeps.test_engine import planned

LOCAL = Network(Limits(5, 20, 20), ("127.0.0.1",))
CERTIFICATES = Path(__file__).with_name("certificates")
SECONDS = 20
"""Longer than anything here takes; reached only where something waits for ever."""


def test_it_is_told_when_a_request_is_on_the_wire_and_not_only_when_it_is_answered() -> None:
    out = threading.Event()

    def answered_once_told(_asked: Asked) -> Said:
        return Said("told" if out.wait(SECONDS) else "never told")

    with serve() as server, transport(FakeClock(), LOCAL) as way_out:
        server.answers["*"] = answered_once_told
        told = [way_out.fetch(Request(server.url("/a")), None, out.set).text()]
        out.clear()
        # the same on a connection that is kept
        told.append(way_out.fetch(Request(server.url("/b")), None, out.set).text())
    assert told == ["told", "told"]


def test_of_what_never_went_out_nothing_is_told() -> None:
    told: list[str] = []
    with transport(FakeClock(), Network(LOCAL.limits)) as way_out:
        refused = way_out.fetch(Request("http://127.0.0.1:9/"), None, lambda: told.append("sent"))
    assert refused.failure is not None and told == []


def test_a_fetch_that_raises_costs_one_answer_and_tells_no_address() -> None:
    def fetch(
        request: Request, _insertion: Insertion | None, _on_sent: Callable[[], None]
    ) -> Response:
        raise ValueError(f"no sense in {request.url}")

    threads = Threads(fetch, SystemClock(), 1)
    for ticket in (1, 2):
        threads.submit(ticket, Request("http://127.0.0.1:9/?secret=abcdefgh"))
    answers: list[tuple[int, Response]] = []
    while len(answers) < 2:
        answers += threads.collect(1.0)
    threads.close()
    failures = [answer.failure for _ticket, answer in answers]
    assert [failure.reason for failure in failures if failure] == [Reason.CONNECTION] * 2
    assert [failure.detail for failure in failures if failure] == ["ValueError"] * 2


def test_threads_pass_on_which_request_was_sent_when() -> None:
    clock = FakeClock()
    clock.seconds = 7.0

    def fetch(
        request: Request, _insertion: Insertion | None, on_sent: Callable[[], None]
    ) -> Response:
        if "silent" not in request.url:
            on_sent()
        return Response(request.url, 200, fetched_at=NOW)

    threads = Threads(fetch, clock, 2)
    for ticket, path in enumerate(["a", "silent", "b"]):
        threads.submit(ticket, Request(f"https://a.example/{path}"))
    answers = list[int]()
    while len(answers) < 3:
        answers += [ticket for ticket, _response in threads.collect(SECONDS)]
    assert sorted(threads.sent()) == [(0, 7.0), (2, 7.0)]
    assert threads.sent() == []
    threads.close()


class Held:
    """Fetches that begin, and end one by one when they are let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.under_way, self.most = 0, 0
        self._lock = threading.Lock()

    def fetch(
        self, request: Request, _insertion: Insertion | None, _on_sent: Callable[[], None]
    ) -> Response:
        with self._lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.begun.release()
        assert self.go.acquire(timeout=SECONDS)
        with self._lock:
            self.under_way -= 1
        return Response(request.url, 200, fetched_at=NOW)

    def threads(self, count: int) -> Threads:
        """So many threads that have been given all that they take."""
        made = Threads(self.fetch, SystemClock(), count)
        for ticket in range(made.room):
            made.submit(ticket, Request(f"https://a.example/{ticket}"))
        self.wait_for(count)
        return made

    def wait_for(self, begun: int) -> None:
        for _fetch in range(begun):
            assert self.begun.acquire(timeout=SECONDS)


def test_for_eight_threads_one_request_more_is_at_hand_for_the_first_that_is_free() -> None:
    assert [Threads(Held().fetch, SystemClock(), n).room for n in (1, 7, 8, 100)] == [1, 7, 9, 112]
    held = Held()
    threads = held.threads(16)
    assert held.under_way == 16
    held.go.release(2)
    held.wait_for(2)
    assert (held.under_way, held.most) == (16, 16)
    held.go.release(16)
    answers = list[int]()
    while len(answers) < 18:
        answers += [ticket for ticket, _response in threads.collect(SECONDS)]
    assert sorted(answers) == list(range(18)) and held.most == 16
    threads.close()


def test_what_waits_for_a_thread_is_not_sent_after_the_end() -> None:
    held, before = Held(), set(threading.enumerate())
    threads = held.threads(8)
    threads.close()
    held.go.release(9)
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
    assert not held.begun.acquire(blocking=False)


def test_a_host_that_does_not_answer_holds_up_no_other() -> None:
    others_done = threading.Event()
    quick, waited = list[str](), list[bool]()

    def fetch(
        request: Request, _insertion: Insertion | None, on_sent: Callable[[], None]
    ) -> Response:
        on_sent()
        if "slow.example" in request.url:
            waited.append(others_done.wait(SECONDS))
        else:
            quick.append(request.url)
            if len(quick) == 20:
                others_done.set()
        return Response(request.url, 200, {}, NOW.isoformat().encode(), NOW)

    clock, results = SystemClock(), dict[int, Outcome]()
    hosts = {"slow.example": Pace(0.01), "quick.example": Pace(0.01)}
    known = catalogue(checker(hosts=hosts))
    checks = [planned(n, f"https://slow.example/{n}") for n in range(3)]
    checks += [planned(n, f"https://quick.example/{n}") for n in range(3, 23)]
    threads = Threads(fetch, clock, 8)
    engine = Engine(
        known,
        lanes=Lanes(paces(known)),
        workers=threads,
        tokens=Tokens(Credentials({})),
        recorder=KeepingRecorder(),
        clock=clock,
    )
    engine.run(
        Agenda([(c.id, c.target.lane) for c in checks], lambda ids: [checks[i] for i in ids]),
        lambda finished: results.update((p.id, result.outcome) for p, result in finished),
    )
    threads.close()
    assert waited == [True] * 3
    assert results == dict.fromkeys(range(23), Outcome.READ)


def test_nothing_in_sweeps_sleeps_but_the_clock() -> None:
    """Whoever slept would do so with its thread, its connection or a lock in hand."""
    sleepers = set()
    for path in Path(str(sweeps.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                sleepers |= {path.name} if called == "sleep" else set()
    # An outpost learns of its requests too late for lanes to space them to the millisecond, and holds
    # one back on its own thread for the little that it came too soon.
    assert sleepers <= {"clock.py", "outpost.py"} and "clock.py" in sleepers


def test_while_lanes_rest_no_thread_and_no_connection_is_held() -> None:
    under_way: set[str] = set()

    class Watched(FakeClock):
        def wait(self, seconds: float) -> None:
            assert not under_way, "a request is under way while everybody waits"
            super().wait(seconds)

    clock = Watched()
    with serve() as server, transport(clock, LOCAL) as way_out:
        server.answers["*"] = Said(NOW.isoformat())

        def fetch(
            request: Request, insertion: Insertion | None, on_sent: Callable[[], None]
        ) -> Response:
            under_way.add(request.url)
            try:
                return way_out.fetch(request, insertion, on_sent)
            finally:
                under_way.discard(request.url)

        known = catalogue(checker(hosts={"127.0.0.1": Pace(30.0)}))
        checks = [planned(n, server.url(f"/{n}")) for n in range(3)]
        engine = Engine(
            known,
            lanes=Lanes(paces(known)),
            workers=Threads(fetch, clock, 4),
            tokens=Tokens(Credentials({})),
            recorder=KeepingRecorder(),
            clock=clock,
        )
        engine.run(
            Agenda([(c.id, c.target.lane) for c in checks], lambda ids: [checks[i] for i in ids]),
            lambda finished: None,
        )
    assert len(server.asked) == 3 and clock.seconds >= 60.0


def test_the_seconds_between_two_requests_begin_when_the_earlier_one_was_sent() -> None:
    """The first connection takes nearly the whole gap to be made, and so does the first of those that
    are made beside it."""
    clock, gap = SystemClock(), 0.3
    begun, sent, slow = list[float](), list[float](), iter([0.25, 0.0, 0.25])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "good.pem")
    context.sni_callback = lambda *_which: clock.wait(next(slow, 0.0))
    network = Network(
        LOCAL.limits, LOCAL.allow_private, ca_file=str(CERTIFICATES / "authority.pem")
    )

    with serve(context) as server, transport(clock, network) as way_out:
        server.answers["*"] = Said(NOW.isoformat(), headers=(("Connection", "close"),))

        def fetch(
            request: Request, insertion: Insertion | None, on_sent: Callable[[], None]
        ) -> Response:
            def out() -> None:
                sent.append(clock.monotonic())
                on_sent()

            begun.append(clock.monotonic())
            return way_out.fetch(request, insertion, out)

        known = catalogue(checker(hosts={"127.0.0.1": Pace(gap, in_flight=4)}))
        checks = [planned(n, server.url(f"/{n}")) for n in range(4)]
        threads, results = Threads(fetch, clock, 4), dict[int, Outcome]()
        engine = Engine(
            known,
            lanes=Lanes(paces(known)),
            workers=threads,
            tokens=Tokens(Credentials({})),
            recorder=KeepingRecorder(),
            clock=clock,
        )
        engine.run(
            Agenda([(c.id, c.target.lane) for c in checks], lambda ids: [checks[i] for i in ids]),
            lambda finished: results.update((p.id, result.outcome) for p, result in finished),
        )
        threads.close()
    assert results == dict.fromkeys(range(4), Outcome.READ)
    assert sent[0] - begun[0] >= 0.25
    assert all(later - earlier >= gap for earlier, later in zip(sent, begun[1:]))
