"""Answers as bytes on a connection: where a head ends and a body, and which connections are kept."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException, IncompleteRead

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from checkers.base import Request
from registry.vocab import Reason
from sweeps.network.addresses import Guard
from sweeps.network.connections import Plain, Rules, Shelf, Watch
from sweeps.network.heard import Heard
from sweeps.network.transport import Network, transport
from sweeps.network.wire import MalformedRequest, Place, host_of, wire
from tests.sweeps.loopback import Said, serve
from tests.sweeps.play import FakeClock

OK = b"HTTP/1.1 200 OK\r\n"


def heard(said: bytes, method: str = "GET", *, ended: bool = True) -> Heard:
    """The answer in these bytes, after which the server closes or waits."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(said)
        if ended:
            theirs.close()
        answer = Heard(ours, method)
        answer.begin()
        return answer


def body(answer: Heard) -> bytes:
    return b"".join(answer.pieces())


def test_what_comes_in_between_is_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    answer = heard(early + OK + b"Content-Length: 2\r\n\r\nok")
    assert (answer.status, answer.named, body(answer)) == (200, {"content-length": "2"}, b"ok")


def test_headers_are_told_by_name_in_lower_case() -> None:
    lines = (
        b"X-A: 1\r\nx-a:2\r\nX-Long: one\r\n\ttwo\r\n three\r\nrubbish\r\nX-Empty:\r\n"
        b"Set-Cookie: a=1; Expires=Mon, 01 Jan 2027 00:00:00 GMT\r\nSet-Cookie: b=2\r\n"
    )
    answer = heard(OK + lines + b"\r\n")
    assert answer.named == {"x-a": "1, 2", "x-long": "one two three", "x-empty": ""}
    assert answer.cookies == ["a=1; Expires=Mon, 01 Jan 2027 00:00:00 GMT", "b=2"]


@pytest.mark.parametrize(
    ("said", "whole", "closes"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabcdef", b"abc", False),
        (OK + b"Content-Length: 3\r\nConnection: close\r\n\r\nabc", b"abc", True),
        (OK + b"Content-Length: 0\r\n\r\n", b"", False),
        (OK + b"Content-Length: 3, 3\r\n\r\nabc", b"abc", False),
        (OK + b"Content-Length: many\r\n\r\nabc", b"abc", True),
        (OK + b"\r\nabc", b"abc", True),
        (
            OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
            b"abc",
            False,
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", False),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc", True),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc",
            b"abc",
            False,
        ),
        (b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", b"abc", False),
    ],
)
def test_a_body_ends_where_its_head_says(said: bytes, whole: bytes, closes: bool) -> None:
    answer = heard(said)
    assert (body(answer), answer.will_close) == (whole, closes)


def test_the_answer_to_a_head_has_no_body() -> None:
    answer = heard(OK + b"Content-Length: 9\r\n\r\n", "HEAD", ended=False)
    assert (body(answer), answer.will_close) == (b"", False)


@pytest.mark.parametrize(
    "said",
    [
        OK + b"Content-Length: 9\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        OK
        + b"Content-Length: 90\r\nContent-Encoding: gzip\r\n\r\n"
        + gzip.compress(b"abc", mtime=0),
    ],
)
def test_a_body_that_breaks_off_is_none(said: bytes) -> None:
    answer = heard(said)
    with pytest.raises((IncompleteRead, HTTPException)):
        body(answer)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 099 Low\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X-A: 1\r\n" * 101 + b"\r\n",
    ],
)
def test_what_is_no_answer_is_refused(said: bytes) -> None:
    with pytest.raises((HTTPException, OSError)):
        heard(said)


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(b"abc" * 99, mtime=0)),
        ("GZIP", gzip.compress(b"abc" * 50, mtime=0) + gzip.compress(b"abc" * 49, mtime=0)),
        ("deflate", zlib.compress(b"abc" * 99)),
        ("deflate", zlib.compress(b"abc" * 99)[2:-4]),
        ("identity", b"abc" * 99),
    ],
)
def test_a_packed_body_is_unpacked(name: str, packed: bytes) -> None:
    head = f"Content-Encoding: {name}\r\nContent-Length: {len(packed)}\r\n\r\n"
    assert body(heard(OK + head.encode() + packed)) == b"abc" * 99


# --- addresses on the wire --------------------------------------------------------------------

_PART = st.text("ab.%2EeF/?&=;:@~!$'()*+,#é政 \"<[]|\\^{}-_", max_size=12)


@given(st.sampled_from(["http", "https"]), st.sampled_from(["", ":80", ":8080", ":70000"]), _PART)
def test_an_address_travels_as_the_library_would_write_it(
    scheme: str, port: str, path: str
) -> None:
    url = f"{scheme}://a.example{port}/{path}"
    try:
        sent = wire(Request(url))
    except MalformedRequest:
        assert port == ":70000" or not url.isascii() or not _parsed(url)
        return
    assert sent.target.isascii() and sent.target.startswith("/")
    assert not set(sent.target) & set(' "<>\\^`{|}')
    assert (sent.place.scheme, sent.place.host) == (scheme, "a.example")
    if url.isascii():
        assert sent.target == parse_url(url.partition("#")[0]).request_uri
    assert host_of(url) == "a.example" + port


def _parsed(url: str) -> bool:
    try:
        return bool(parse_url(url))
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("url", "place", "target"),
    [
        ("http://a.example", Place("http", "a.example", 80), "/"),
        ("https://A.example?x=1#top", Place("https", "a.example", 443), "/?x=1"),
        ("http://[::1]:81/a", Place("http", "::1", 81), "/a"),
        ("http://u:p@a.example:80/", Place("http", "a.example", 80), "/"),
        ("http://a.example/x/../y/./z", Place("http", "a.example", 80), "/y/z"),
        ("http://a.example/%e6%94", Place("http", "a.example", 80), "/%E6%94"),
        (
            "http://政务.example/公开",
            Place("http", "xn--zfr164b.example", 80),
            "/%E5%85%AC%E5%BC%80",
        ),
    ],
)
def test_an_address_leads_to_a_place(url: str, place: Place, target: str) -> None:
    sent = wire(Request(url))
    assert (sent.place, sent.target) == (place, target)


@pytest.mark.parametrize("name", ["X A", "X:A", "", "X-Ä"])
def test_a_header_whose_name_is_none_is_not_sent(name: str) -> None:
    with pytest.raises(MalformedRequest):
        wire(Request("http://a.example/", headers=((name, "1"),)))


# --- connections that are kept ----------------------------------------------------------------


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(most=2)


@contextmanager
def connection() -> Iterator[tuple[Plain, socket.socket]]:
    """One that is open, and its other end."""
    ours, theirs = socket.socketpair()
    made = Plain(Rules(Guard(), Watch(), ssl.create_default_context), "a.example", 80)
    made.sock = ours
    with closing(ours), closing(theirs):
        yield made, theirs


def test_the_connection_used_last_is_taken_first_and_the_oldest_is_closed(shelf: Shelf) -> None:
    here, there = Place("http", "a.example", 80), Place("http", "b.example", 80)
    with connection() as (first, _1), connection() as (second, _2), connection() as (third, _3):
        for place, made in ((here, first), (there, second), (here, third)):
            shelf.put(place, made)
        assert [made.is_closed for made in (first, second, third)] == [True, False, False]
        assert shelf.take(here) is third and shelf.take(here) is None
        shelf.clear()
        assert second.is_closed and shelf.take(there) is None


def test_a_connection_that_the_server_closed_is_not_taken(shelf: Shelf) -> None:
    place = Place("http", "a.example", 80)
    with connection() as (made, theirs):
        shelf.put(place, made)
        theirs.close()
        assert shelf.take(place) is None and made.is_closed


def test_after_a_body_without_an_end_the_next_request_has_a_new_connection() -> None:
    with serve() as server, transport(FakeClock(), Network(allow_private=("127.0.0.1",))) as out:
        server.answers["/long"] = Said("x" * 500)
        server.answers["/a"] = Said("ok")
        refused = out.fetch(Request(server.url("/long"), max_bytes=99))
        assert refused.failure is not None and refused.failure.reason is Reason.TOO_LARGE
        assert out.fetch(Request(server.url("/a"))).body == b"ok"
        out.hang_up()
        assert out.fetch(Request(server.url("/a"))).body == b"ok"
        assert len({asked.client for asked in server.asked}) == 3
