"""One exchange against servers on loopback: what comes back, and what every failure is called."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import sweeps.network.connections
import sweeps.network.transport
from checkers.base import Request, Response
from registry.vocab import Reason
from sweeps.network.credentials import Insertion
from sweeps.network.transport import USER_AGENT, Limits, Network, Transport, transport
from tests.sweeps.loopback import Said, Server, serve
from tests.sweeps.play import FakeClock

CERTIFICATES = Path(__file__).parent / "certificates"
LOCAL = ("127.0.0.1",)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def way_out() -> Iterator[Transport]:
    limits = Limits(connect=5, read=5, total=20)
    with transport(FakeClock(), Network(limits, LOCAL)) as opened:
        yield opened


def reason(response: Response) -> Reason | None:
    assert response.failure is None or response.status == 0
    return response.failure.reason if response.failure else None


def test_an_answer_comes_back_with_status_headers_and_body(
    server: Server, way_out: Transport
) -> None:
    server.answers["/feed"] = Said("青石公安", headers=(("X-Count", "7"),))
    response = way_out.fetch(Request(server.url("/feed?x=1")))
    assert (response.status, response.text(), response.failure) == (200, "青石公安", None)
    assert response.headers["x-count"] == "7"
    assert response.url == server.url("/feed?x=1")
    assert response.fetched_at == FakeClock().now()


def test_we_say_who_we_are_and_that_we_read_chinese(server: Server, way_out: Transport) -> None:
    way_out.fetch(Request(server.url(), headers=(("Accept-Language", "en"), ("X-A", "1"))))
    way_out.fetch(Request(server.url()))
    assert server.asked[0].headers["accept-language"] == "en"
    headers = server.asked[1].headers
    assert headers["accept-language"] == "zh-CN,zh;q=0.9"
    assert headers["user-agent"] == USER_AGENT
    assert USER_AGENT.startswith("Mozilla/5.0") and "Taizhang" in USER_AGENT
    assert "python" not in USER_AGENT.lower()


@pytest.mark.parametrize(("seconds", "connect"), [(None, 5), (2.0, 5), (15.0, 15.0), (90.0, 20)])
def test_who_says_how_long_a_visit_may_take_may_connect_as_long(
    server: Server,
    way_out: Transport,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float | None,
    connect: float,
) -> None:
    ask, given = sweeps.network.connections.ask, list[tuple[float, float]]()

    def watched(*what: Any, connect: float, read: float) -> Any:
        given.append((connect, read))
        return ask(*what, connect=connect, read=read)

    monkeypatch.setattr(sweeps.network.transport, "ask", watched)
    assert way_out.fetch(Request(server.url(), seconds=seconds)).failure is None
    assert given == [(connect, 5)]


def test_a_post_sends_its_body(server: Server, way_out: Transport) -> None:
    way_out.fetch(Request.json_post(server.url("/list"), {"date": "2026-11-21"}))
    assert (server.asked[0].method, server.asked[0].body) == ("POST", b'{"date": "2026-11-21"}')


def test_one_connection_serves_many_requests(server: Server, way_out: Transport) -> None:
    server.answers["*"] = Said("ok")
    for number in range(5):
        way_out.fetch(Request(server.url(f"/{number}")))
    assert len({asked.client for asked in server.asked}) == 1


def test_a_compressed_body_is_opened(server: Server, way_out: Transport) -> None:
    packed = gzip.compress("青石发布".encode())
    server.answers["*"] = Said(packed, headers=(("Content-Encoding", "gzip"),))
    assert way_out.fetch(Request(server.url())).text() == "青石发布"


def test_redirects_are_the_drivers_business(server: Server, way_out: Transport) -> None:
    server.answers["/a"] = Said(status=302, headers=(("Location", "/b"),))
    response = way_out.fetch(Request(server.url("/a")))
    assert (response.status, response.headers["location"]) == (302, "/b")
    assert server.paths() == ["/a"]


def test_cookies_are_told_and_never_kept(server: Server, way_out: Transport) -> None:
    server.answers["*"] = Said(headers=(("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")))
    response = way_out.fetch(Request(server.url()))
    assert response.headers["set-cookie"] == "a=1; Path=/\nb=2"
    way_out.fetch(Request(server.url()))
    assert "cookie" not in server.asked[1].headers


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("query:token", lambda asked: asked.path == "/x?a=1&token=canary%20%2Fsecret"),
        ("header:Authorization", lambda asked: asked.headers["authorization"] == "canary /secret"),
        ("cookie", lambda asked: asked.headers["cookie"] == "canary /secret"),
        (
            "json:secret",
            lambda asked: asked.body == b'{"appid": "wx1", "secret": "canary /secret"}',
        ),
    ],
)
def test_a_secret_goes_to_its_place_on_the_wire(
    server: Server, way_out: Transport, place: str, seen: Callable[[object], bool]
) -> None:
    request = Request(server.url("/x?a=1"), body=b'{"appid": "wx1", "secret": "-"}')
    insertion = Insertion(place, "canary /secret")
    response = way_out.fetch(request, insertion)
    assert seen(server.asked[0])
    assert "canary" not in repr((request, response, insertion))


def test_the_cookies_that_answer_a_secret_are_dropped(server: Server, way_out: Transport) -> None:
    server.answers["*"] = Said(headers=(("Set-Cookie", "SUB=renewed-session"),))
    response = way_out.fetch(Request(server.url()), Insertion("cookie", "canary-cookie"))
    assert "set-cookie" not in response.headers


# --- limits -----------------------------------------------------------------------------------


def test_a_body_over_its_cap_is_not_read_to_its_end(server: Server, way_out: Transport) -> None:
    server.answers["*"] = Said(b"x" * 200_000)
    response = way_out.fetch(Request(server.url(), max_bytes=100_000))
    assert (reason(response), response.body) == (Reason.TOO_LARGE, b"")


def test_a_small_packet_that_unpacks_to_a_mountain_is_cut(
    server: Server, way_out: Transport
) -> None:
    server.answers["*"] = Said(
        gzip.compress(b"0" * 50_000_000), headers=(("Content-Encoding", "gzip"),)
    )
    assert reason(way_out.fetch(Request(server.url()))) is Reason.TOO_LARGE


def silent(gate: threading.Event) -> None:
    gate.wait()


def test_a_silent_server_times_out(server: Server) -> None:
    gate = threading.Event()
    server.answers["*"] = Said(instead=lambda handler: silent(gate))
    with transport(FakeClock(), Network(Limits(5, 0.2, 20), LOCAL)) as impatient:
        assert reason(impatient.fetch(Request(server.url()))) is Reason.TIMEOUT
    gate.set()


class Drip:
    """A byte now and then until told to stop: in the body, or in the headers. `third`: what happens
    when the third one is on its way."""

    def __init__(self, beginning: bytes, third: Callable[[], None] = lambda: None) -> None:
        self.beginning, self.third = beginning, third
        self.stop = threading.Event()

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + self.beginning)
        for number in range(1000):
            if self.stop.wait(0.02):
                return
            handler.wfile.write(b".")
            handler.wfile.flush()
            if number == 2:
                self.third()


BODY, HEADERS = b"Content-Length: 100000\r\n\r\n", b"X-A: "


@pytest.mark.parametrize("beginning", [BODY, HEADERS])
def test_a_server_that_drips_is_cut_at_the_limit_of_the_whole(
    server: Server, beginning: bytes
) -> None:
    drip = Drip(beginning)
    server.answers["*"] = Said(instead=drip)
    with transport(FakeClock(), Network(Limits(5, 5, 0.3), LOCAL)) as impatient:
        assert reason(impatient.fetch(Request(server.url()))) is Reason.TIMEOUT
    drip.stop.set()


# --- what may go wrong ------------------------------------------------------------------------


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as sock:
        return int(sock.getsockname()[1])


def test_nobody_listening_is_a_failed_connection(way_out: Transport) -> None:
    response = way_out.fetch(Request(f"http://127.0.0.1:{free_port()}/?key=canary"))
    assert reason(response) is Reason.CONNECTION
    assert response.failure and "canary" not in response.failure.detail


def test_a_connection_that_breaks_off_is_a_failed_connection(
    server: Server, way_out: Transport
) -> None:
    server.answers["*"] = Said(instead=lambda handler: None)
    assert reason(way_out.fetch(Request(server.url()))) is Reason.CONNECTION


def test_half_a_body_is_no_answer(server: Server, way_out: Transport) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    server.answers["*"] = Said(instead=half)
    assert reason(way_out.fetch(Request(server.url()))) is Reason.CONNECTION


def test_what_is_no_http_is_a_failed_connection(server: Server, way_out: Transport) -> None:
    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x15\x03nonsense")

    server.answers["*"] = Said(instead=nonsense)
    assert reason(way_out.fetch(Request(server.url()))) is Reason.CONNECTION


def test_a_name_that_does_not_resolve_says_so(way_out: Transport) -> None:
    assert reason(way_out.fetch(Request("http://qingshi.invalid/"))) is Reason.DNS


@pytest.mark.parametrize(
    "url",
    ["", "/x", "ftp://a.example/", "http://", "http://[::1", "http://h:port/", "http://a b/"],
)
def test_an_address_that_is_none_is_not_found(way_out: Transport, url: str) -> None:
    assert reason(way_out.fetch(Request(url))) is Reason.NOT_FOUND


def test_a_line_break_in_a_header_is_not_sent(server: Server, way_out: Transport) -> None:
    request = Request(server.url(), headers=(("X-A", "1\r\nX-B: 2"),))
    assert reason(way_out.fetch(request)) is Reason.NOT_FOUND
    assert server.asked == []


# --- TLS --------------------------------------------------------------------------------------


def tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def trusting(limits: Limits = Limits(5, 5, 20)) -> Network:
    return Network(limits, LOCAL, ca_file=str(CERTIFICATES / "authority.pem"))


def test_a_verified_server_is_read() -> None:
    with serve(tls("good")) as server, transport(FakeClock(), trusting()) as way_out:
        server.answers["*"] = Said("ok")
        assert way_out.fetch(Request(server.url())).body == b"ok"


def test_a_server_that_nobody_vouches_for_is_not_read(way_out: Transport) -> None:
    with serve(tls("good")) as server:
        response = way_out.fetch(Request(server.url()))
        assert reason(response) is Reason.TLS
        assert response.failure and response.failure.expires_at is None
        assert server.asked == []


def test_an_expired_certificate_comes_with_its_last_day() -> None:
    with serve(tls("expired")) as server, transport(FakeClock(), trusting()) as way_out:
        response = way_out.fetch(Request(server.url()))
        assert reason(response) is Reason.TLS
        assert response.failure
        assert response.failure.expires_at == datetime(2020, 1, 1, tzinfo=UTC)
        assert "expired" in response.failure.detail
        assert server.asked == []


def test_a_dripping_server_is_cut_over_tls_too() -> None:
    """The limit of the whole is over in the midst of the body, however long it took to get there."""
    ours = trusting(Limits(600, 600, 600))
    with serve(tls("good")) as server, transport(FakeClock(), ours) as way_out:

        def over() -> None:
            for timer in [*way_out._watch._limits]:
                way_out._watch.move(timer, 0.0)

        drip = Drip(BODY, over)
        server.answers["*"] = Said(instead=drip)
        response = way_out.fetch(Request(server.url()))
        drip.stop.set()
    assert reason(response) is Reason.TIMEOUT
    assert response.failure and response.failure.detail == "over 600 s in all"


# --- the guard --------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433"])
def test_our_own_machine_is_not_asked_unless_allowed(server: Server, host: str) -> None:
    with transport(FakeClock()) as guarded:
        response = guarded.fetch(Request(f"http://{host}:{server.port}/"))
        assert reason(response) in {Reason.ADDRESS_REFUSED, Reason.DNS}
    assert server.asked == []


def test_a_network_may_be_allowed(server: Server) -> None:
    for allowed in ("127.0.0.0/8", server.host):
        with transport(FakeClock(), Network(allow_private=(allowed,))) as way_out:
            assert reason(way_out.fetch(Request(server.url()))) is None


def test_a_proxy_of_the_environment_is_not_used(
    server: Server, way_out: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert reason(way_out.fetch(Request(server.url()))) is None


def test_a_declared_proxy_is_asked_instead_of_the_host() -> None:
    with serve() as proxy:
        proxy.answers["*"] = Said("by proxy")
        with transport(FakeClock(), Network(proxy=proxy.url())) as way_out:
            response = way_out.fetch(Request("http://www.qingshi.example/a"))
        assert response.body == b"by proxy"
        assert proxy.paths() == ["http://www.qingshi.example/a"]


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "100.100.100.200",
        "10.0.0.8",
        "127.0.0.1:8000",
        "127.1",
        "2852039166",
        "0xa9fea9fe",
        "169.254.169.254.",
        "localhost",
        "[::1]",
        "[fd00:ec2::254]",
        "[::ffff:10.0.0.8]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_not_sent_to_an_address_that_is_not_public(scheme: str, host: str) -> None:
    with serve() as proxy:
        with transport(FakeClock(), Network(proxy=proxy.url())) as way_out:
            assert reason(way_out.fetch(Request(f"{scheme}://{host}/latest"))) is (
                Reason.ADDRESS_REFUSED
            )
        assert proxy.asked == []


def test_a_proxy_is_sent_to_public_addresses_and_to_those_allowed() -> None:
    with serve() as proxy:
        proxy.answers["*"] = Said("by proxy")
        network = Network(allow_private=("10.0.0.0/8", "169.254.169.254"), proxy=proxy.url())
        with transport(FakeClock(), network) as way_out:
            for host in ("10.0.0.8", "169.254.169.254", "8.8.8.8", "12306.example"):
                assert reason(way_out.fetch(Request(f"http://{host}/a"))) is None
            assert reason(way_out.fetch(Request("http://192.168.0.1/a"))) is Reason.ADDRESS_REFUSED


def test_one_context_serves_all_hosts_and_is_made_for_the_first_that_speaks_tls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    make = sweeps.network.transport._context

    def counted(ca_file: str) -> ssl.SSLContext:
        made.append(ca_file)
        return make(ca_file)

    monkeypatch.setattr(sweeps.network.transport, "_context", counted)
    with serve() as plain, transport(FakeClock(), Network(allow_private=LOCAL)) as way_out:
        assert way_out.fetch(Request(plain.url())).failure is None
    assert made == []
    with (
        serve(tls("good")) as one,
        serve(tls("good")) as other,
        transport(FakeClock(), trusting()) as way_out,
    ):
        for server in (one, other, one):
            server.answers["*"] = Said("ok")
            assert way_out.fetch(Request(server.url())).body == b"ok"
    assert len(made) == 1
