"""Requests that no thread waits for come to what a thread would have come to, and to nothing else."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checkers.base import Request, Response
from registry.vocab import Reason
from sweeps.clock import SystemClock
from sweeps.driving.workers import Threads
from sweeps.network.begun import is_whole
from sweeps.network.credentials import Insertion
from sweeps.network.transport import Limits, Network, Transport
from tests.conftest import NOW
from tests.sweeps.loopback import Said, Server, serve

LOCAL = ("127.0.0.1",)
SECONDS = 20.0
CERTIFICATES = Path(__file__).parent / "certificates"


class Noted(Transport):
    """Notes which requests a thread fetched from the beginning."""

    def __init__(self, network: Network) -> None:
        super().__init__(SystemClock(), network)
        self.fetched: list[str] = []

    def fetch(
        self,
        request: Request,
        insertion: Insertion | None = None,
        on_sent: Callable[[], None] = lambda: None,
    ) -> Response:
        self.fetched.append(request.url)
        return super().fetch(request, insertion, on_sent)


@contextmanager
def desk(limits: Limits = Limits(5, 5, 20), ca_file: str = "") -> Iterator[tuple[Noted, Threads]]:
    way_out = Noted(Network(limits, LOCAL, ca_file=ca_file))
    threads = Threads(way_out.fetch, SystemClock(), 4, way_out)
    try:
        yield way_out, threads
    finally:
        threads.close()
        way_out.close()


def answer(threads: Threads, request: Request, insertion: Insertion | None = None) -> Response:
    threads.submit(1, request, insertion)
    while True:
        for ticket, response in threads.collect(SECONDS):
            assert ticket == 1
            return response


def plainly(response: Response) -> Response:
    """Without when it came, by our clock and by the server's."""
    headers = {name: value for name, value in response.headers.items() if name.lower() != "date"}
    return replace(response, headers=headers, fetched_at=NOW, seconds=0.0)


def silent(gate: threading.Event) -> Said:
    def wait(_handler: BaseHTTPRequestHandler) -> None:
        gate.wait(SECONDS)

    return Said(instead=wait)


def raw(*pieces: bytes) -> Said:
    def write(handler: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
        handler.close_connection = True

    return Said(instead=write)


OK = b"HTTP/1.1 200 OK\r\n"
ANSWERS = {
    "short": Said("好", headers=(("Content-Type", "text/plain"), ("Set-Cookie", "a=1; path=/"))),
    "empty": Said(b""),
    "long": Said(b"x" * 300_000),
    "too large": Said(b"x" * 700_000),
    "packed": Said(gzip.compress(b"y" * 5000), headers=(("Content-Encoding", "gzip"),)),
    "packed badly": Said(b"no gzip", headers=(("Content-Encoding", "gzip"),)),
    "led on": Said(b"", 302, (("Location", "/other"),)),
    "none": Said(b"nobody", 404),
    "no body": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "chunks": raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n", b"0\r\n\r\n"),
    "chunks and a length": raw(
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    "to the end": raw(OK + b"\r\nuntil it closes"),
    "two lengths": raw(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
    "more than its length": raw(OK + b"Content-Length: 3\r\n\r\nabcde"),
    "less than its length": raw(OK + b"Content-Length: 9\r\n\r\nabc"),
    "its head in pieces": raw(OK, b"Content-Len", b"gth: 2\r\n\r", b"\nab"),
    "something in between": raw(
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nab"
    ),
    "bare line ends": raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nab"),
    "closes": raw(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nab"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "nothing": raw(),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_begun_on_a_kept_connection_ends_as_what_a_thread_fetches(name: str) -> None:
    with serve() as server, desk() as (way_out, threads):
        server.answers |= {"/first": Said("kept"), "/second": ANSWERS[name], "/third": Said("3")}
        second = Request(server.url("/second"), max_bytes=500_000)
        fetched = way_out.fetch(second)
        way_out.fetched.clear()
        way_out.hang_up()
        assert answer(threads, Request(server.url("/first"))).text() == "kept"
        assert plainly(answer(threads, second)) == plainly(fetched)
        third = answer(threads, Request(server.url("/third")))
        if ANSWERS[name].instead and third.failure and third.failure.reason is Reason.CONNECTION:
            # That server closes without a word, at times just when it is asked: who sweeps asks again.
            third = answer(threads, Request(server.url("/third")))
        assert third.text() == "3"
    assert server.url("/second") not in way_out.fetched


def test_a_connection_is_opened_by_a_thread_and_used_by_none() -> None:
    with serve() as server, desk() as (way_out, threads):
        server.answers["*"] = Said("said")
        for number in range(5):
            assert answer(threads, Request(server.url(f"/{number}"))).text() == "said"
    assert way_out.fetched == [server.url("/0")]
    assert len({asked.client for asked in server.asked}) == 1


def test_over_tls_too() -> None:
    authority = CERTIFICATES / "authority.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "good.pem")
    with serve(context) as server, desk(ca_file=str(authority)) as (way_out, threads):
        server.answers |= {"*": Said("said"), "/long": Said(b"x" * 100_000)}
        paths = ("/0", "/1", "/long", "/3")
        sizes = [len(answer(threads, Request(server.url(path))).body) for path in paths]
    assert sizes == [4, 4, 100_000, 4]
    assert way_out.fetched == [server.url("/0")]


@pytest.mark.parametrize("limits", [Limits(5, 0.2, 20), Limits(5, 5, 0.2)])
def test_who_says_nothing_on_a_kept_connection_is_waited_for_as_long(limits: Limits) -> None:
    gate = threading.Event()
    with serve() as server, desk(limits) as (way_out, threads):
        server.answers |= {"/first": Said("kept")}
        server.answers["/silent"] = silent(gate)
        fetched = way_out.fetch(Request(server.url("/silent")))
        answer(threads, Request(server.url("/first")))
        begun = answer(threads, Request(server.url("/silent")))
        gate.set()
    assert plainly(begun) == plainly(fetched)
    assert begun.failure is not None and begun.failure.reason is Reason.TIMEOUT


def test_an_answer_that_drips_is_cut_at_the_limit_of_the_whole() -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(OK + b"Content-Length: 100000\r\n\r\n")
        while not stop.wait(0.02):
            handler.wfile.write(b".")

    with serve() as server, desk(Limits(5, 5, 0.4)) as (_way_out, threads):
        server.answers |= {"/first": Said("kept"), "/drip": Said(instead=drip)}
        answer(threads, Request(server.url("/first")))
        cut = answer(threads, Request(server.url("/drip")))
        stop.set()
    assert cut.failure is not None and cut.failure.reason is Reason.TIMEOUT


def test_a_secret_goes_to_its_place_and_the_cookies_that_answer_it_are_dropped() -> None:
    insertion = Insertion("query:access_token", "T0KEN")
    with serve() as server, desk() as (_way_out, threads):
        server.answers["*"] = Said("said", headers=(("Set-Cookie", "session=1"),))
        answer(threads, Request(server.url("/first")))
        told = answer(threads, Request(server.url("/second")), insertion)
    assert server.asked[-1].path == "/second?access_token=T0KEN"
    assert "set-cookie" not in told.headers


def test_the_time_that_an_answer_lay_there_unread_is_not_the_hosts(server: Server) -> None:
    """Only Linux says when it came."""
    with desk() as (_way_out, threads):
        server.answers["*"] = Said("said")
        answer(threads, Request(server.url("/first")))
        threads.submit(1, Request(server.url("/second")))
        threading.Event().wait(0.3)
        ((_ticket, response),) = threads.collect(SECONDS)
    assert response.seconds < 0.3


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def test_what_a_thread_has_is_collected_while_others_are_begun(server: Server) -> None:
    gate = threading.Event()
    with serve() as other, desk() as (way_out, threads):
        server.answers |= {"/first": Said("kept")}
        server.answers["/slow"] = silent(gate)
        other.answers["*"] = Said("other")
        answer(threads, Request(server.url("/first")))
        threads.submit(7, Request(server.url("/slow")))
        threads.submit(8, Request(other.url("/new")))
        got = list(threads.collect(SECONDS))
        while not got:
            got = list(threads.collect(SECONDS))
        gate.set()
    assert [(ticket, response.text()) for ticket, response in got] == [(8, "other")]


def test_nothing_is_heard_of_what_was_begun_after_the_end(server: Server) -> None:
    gate = threading.Event()
    with desk() as (_way_out, threads):
        server.answers |= {"/first": Said("kept")}
        server.answers["/slow"] = silent(gate)
        answer(threads, Request(server.url("/first")))
        threads.submit(7, Request(server.url("/slow")))
    gate.set()


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (OK + b"Content-Length: 2\r\n\r\nab", True),
        (OK + b"content-length:0\r\n\r\n", True),
        (OK + b"Content-Length: 2\r\n\r\na", False),
        (OK + b"Content-Length: 2\r\n\r\nabc", False),
        (OK + b"X-Content-Length: 2\r\n\r\nab", False),
        (OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab", False),
        (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", False),
        (b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (OK, False),
    ],
)
def test_only_one_length_says_that_an_answer_is_whole(data: bytes, whole: bool) -> None:
    assert is_whole(data, "GET") is whole
    assert not is_whole(data, "HEAD")


class Sending:
    """Sends everything at once, and hears nothing."""

    def __init__(self) -> None:
        self.pairs: list[tuple[socket.socket, socket.socket]] = []

    def begin(self, request: Request, insertion: Insertion | None) -> Any:
        self.pairs.append(socket.socketpair())
        return SimpleNamespace(socket=self.pairs[-1][0])

    def heard(self, begun: Any) -> None:
        return None

    finish: Any = heard
    give_up: Any = heard

    def assure(self) -> None:
        pass


def test_no_more_are_on_their_way_than_there_are_places_whoever_sends_them() -> None:
    fetched, sending = list[str](), Sending()

    def fetch(request: Request, insertion: Any, on_sent: Callable[[], None]) -> Response:
        fetched.append(request.url)
        return Response(request.url, 200, fetched_at=NOW)

    threads = Threads(fetch, SystemClock(), 4, sending)
    for ticket in range(6):
        threads.submit(ticket, Request("http://127.0.0.1/"))
    assert (len(sending.pairs), fetched) == (4, [])
    threads.close()
    for end in (end for pair in sending.pairs for end in pair):
        end.close()
