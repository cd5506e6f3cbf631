"""One HTTP exchange: a `Request` goes out, a `Response` comes back, whatever happens in between.

No redirect is followed here, no lane kept, no retry made: that is the driver's. Every failure
becomes a `Failure` with a reason from the closed list; TLS is verified always.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import certifi
import urllib3
from urllib3.util.ssl_ import create_urllib3_context

from checkers.base import Failure, Request, Response
from registry.errors import BadConfig
from registry.vocab import Reason
from sweeps.clock import Clock
from sweeps.network.addresses import AddressRefused, Guard, spelt_out
from sweeps.network.begun import SHORT, Begun, Resumed, Told, arrived, is_whole, put
from sweeps.network.connections import (
    Connection,
    Rules,
    SharedContext,
    Shelf,
    Watch,
    WayOut,
    ask,
)
from sweeps.network.credentials import Insertion
from sweeps.network.declared import authority_fault, proxy_fault
from sweeps.network.heard import Heard
from sweeps.network.proxied import Proxy
from sweeps.network.wire import MalformedRequest, Wire, wire

USER_AGENT = (
    "Mozilla/5.0 (compatible; Taizhang/0.1; government new-media ledger) AppleWebKit/537.36"
    " (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
HEADERS: Mapping[str, str] = {
    "User-Agent": USER_AGENT,
    "Accept": "*/*",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
"""Sent with every request; a checker's own headers go before them."""

_CHUNK = 65536
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_OVER = "over"
"""How the detail of a failure begins that was cut off at its limit of all."""
_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much, in seconds."""

    connect: float = 10.0
    read: float = 20.0
    """Between two pieces of an answer."""
    total: float = 60.0
    """For one whole exchange, name resolution apart."""


@dataclass(frozen=True, slots=True)
class Network:
    """The office's settings for its way out."""

    limits: Limits = Limits()
    allow_private: tuple[str, ...] = ()
    proxy: str = field(default="", repr=False)
    """A proxy declared trusted: behind it the address guard sees only the addresses that are named as
    such, not what names lead to. May hold a password."""
    ca_file: str = ""
    """More certificate authorities, beside the usual ones."""


def checked(network: Network) -> Network:
    """The same settings. Raises BadConfig for what no connection could be made with; the address of
    the proxy is not named, for it may hold a password."""
    Guard(network.allow_private)
    wrong = network.proxy and proxy_fault(network.proxy)
    wrong = wrong or (network.ca_file and authority_fault(network.ca_file))
    if wrong:
        raise BadConfig(*wrong)
    return network


class Transport:
    """Fetches. Safe to call from many threads; `close` gives up the kept connections."""

    def __init__(self, clock: Clock, network: Network = Network()) -> None:
        """Raises BadConfig for settings with which nobody could be asked."""
        self._clock = clock
        self._network = checked(network)
        # One for all connections, made when the first needs it: to read the authorities takes 70 ms.
        context = SharedContext(partial(_context, network.ca_file))
        self._timeless = SharedContext(partial(_timeless, network.ca_file))
        self._guard = Guard(network.allow_private)
        self._watch = Watch()
        # Where a proxy stands is the office's own word; limits and the note of what was sent hold
        # on the way through it as well, and so does the word on addresses that are spelt out.
        guard = Guard(_EVERYWHERE) if network.proxy else self._guard
        beyond = Guard(network.allow_private, spelt_out)
        self._way_out = WayOut(Rules(guard, self._watch, context), network.proxy, beyond)
        self._shelf = Shelf()
        self._proxy = Proxy(network.proxy, clock) if network.proxy else None

    def assure(self) -> None:
        """Raises ProxyLost when nobody can be reached any more, because the proxy cannot."""
        if self._proxy is not None:
            self._proxy.assure()

    def close(self) -> None:
        """Close kept connections and the watch."""
        self._shelf.close()
        self._watch.close()

    def hang_up(self) -> None:
        """Close kept connections; whoever is asked next gets a new one."""
        self._shelf.clear()

    def fetch(
        self,
        request: Request,
        insertion: Insertion | None = None,
        on_sent: Callable[[], None] = lambda: None,
    ) -> Response:
        """The answer to one request; `on_sent` is called when that is on the wire. Never raises; the
        secret goes nowhere else."""
        try:
            sent = wire(request, insertion)
        except MalformedRequest as error:
            return self._failed(request, Failure(Reason.NOT_FOUND, str(error)))
        limit = self._limit(request)
        with self._watch.limit(limit, on_sent) as timer:
            exchange = partial(self._exchange, request, sent, insertion is not None)
            answer = self._tried(request, sent, exchange)
            return self._overdue(request, limit) if timer.expired else answer

    def begin(self, request: Request, insertion: Insertion | None = None) -> Begun | None:
        """Send a request over a connection that is kept, and wait for nothing; see `heard`. None where
        that cannot be done, and nothing was sent: `fetch` it."""
        try:
            sent = wire(request, insertion)
            message = self._way_out.message(sent, HEADERS)
        except (MalformedRequest, UnicodeError):
            return None
        connection = self._shelf.take(sent.place) if len(message) <= SHORT else None
        if connection is None:
            return None
        began, limit = self._clock.monotonic(), self._limit(request)
        # Until something comes, the shorter of two limits holds; what comes in pieces has all of it.
        timer = self._watch.begin(min(limit, self._network.limits.read))
        begun = Begun(request, sent, insertion is not None, connection, timer, limit, began)
        timer.hold(begun.socket, ours=False)
        if put(begun.socket, message):
            return begun
        self.give_up(begun)
        return None

    def heard(self, begun: Begun) -> Response | None:
        """The answer to what was begun, once it is there. None: nothing has come yet, or, if
        `so_far` is not empty any more, not all of it: `finish` it. Never raises."""
        data = b""
        try:
            found = arrived(begun.socket)
            if found is None:
                return None
            data, begun.late = found
        except OSError as error:
            answer = self._failed(begun.request, self._explain(error, begun.sent))
            begun.connection.close()
        else:
            if data and not is_whole(data, begun.sent.method):
                begun.so_far, begun.late = data, 0.0
                return None
            answer = self._read(begun, Told(data))
        self._watch.end(begun.timer)
        read = self._network.limits.read
        if begun.timer.expired and begun.limit > read:
            return self._failed(begun.request, Failure(Reason.TIMEOUT, TimeoutError.__name__))
        return self._overdue(begun.request, begun.limit) if begun.timer.expired else answer

    def finish(self, begun: Begun) -> Response:
        """Wait for the rest of what has come in part. Never raises."""
        left = begun.at + begun.limit - self._clock.monotonic()
        self._watch.move(begun.timer, left)
        begun.socket.settimeout(self._network.limits.read)
        answer = self._read(begun, Resumed(begun.so_far, begun.socket))
        self._watch.end(begun.timer)
        return self._overdue(begun.request, begun.limit) if begun.timer.expired else answer

    def give_up(self, begun: Begun) -> None:
        """Wait no more for what was begun."""
        self._watch.end(begun.timer)
        begun.connection.close()

    def _limit(self, request: Request) -> float:
        most = self._network.limits.total
        return min(most, request.seconds) if request.seconds else most

    def _tried(self, request: Request, sent: Wire, exchange: Callable[[], Response]) -> Response:
        try:
            return exchange()
        except _Stopped as stop:
            return self._failed(request, stop.failure)
        except Exception as error:
            # Whatever the HTTP stack raises on odd input costs one answer, never the sweep.
            return self._failed(request, self._explain(error, sent))

    def _overdue(self, request: Request, limit: float) -> Response:
        """What was cut off may look like an answer, or like any other failure."""
        return self._failed(request, Failure(Reason.TIMEOUT, f"{_OVER} {limit:g} s in all"))

    def _exchange(self, request: Request, sent: Wire, authorised: bool) -> Response:
        limits, began = self._network.limits, self._clock.monotonic()
        # Who says how long a visit may take is not told after less that nobody answered.
        connect = max(limits.connect, min(request.seconds or 0.0, limits.total))
        connection = self._shelf.take(sent.place) or self._way_out.to(sent.place)
        message = self._way_out.message(sent, HEADERS)
        with _closed_on_failure(connection):
            asks = partial(ask, connection, message, sent.method, connect=connect, read=limits.read)
            heard = self._proxy.asked(asks) if self._proxy is not None else asks()
            return self._answer(request, sent, authorised, began, connection, heard)

    def _read(self, begun: Begun, said: Told | Resumed) -> Response:
        """The answer out of what was said."""

        def read() -> Response:
            with _closed_on_failure(begun.connection):
                heard = Heard(said, begun.sent.method)
                heard.begin()
                return self._answer(
                    *(begun.request, begun.sent, begun.authorised, begun.at + begun.late),
                    *(begun.connection, heard),
                )

        return self._tried(begun.request, begun.sent, read)

    def _answer(
        self,
        request: Request,
        sent: Wire,
        authorised: bool,
        began: float,
        connection: Connection,
        heard: Heard,
    ) -> Response:
        """Read an answer to its end; its connection is kept, if it may be."""
        body = _body(heard, request.max_bytes)
        if heard.will_close:
            connection.close()
        else:
            self._shelf.put(sent.place, connection)
        headers = heard.named
        # Cookies that answer an authorised request may carry a new session of the office's account.
        if heard.cookies and not authorised:
            headers["set-cookie"] = "\n".join(heard.cookies)
        at, took = self._clock.now(), self._clock.monotonic() - began
        return Response(request.url, heard.status, headers, body, at, seconds=took)

    def _failed(self, request: Request, failure: Failure) -> Response:
        return Response(request.url, 0, fetched_at=self._clock.now(), failure=failure)

    def _explain(self, error: Exception, sent: Wire) -> Failure:
        """The failure behind an exception. Its text is not used: it may hold the address."""
        chain = list(_chain(error))
        for link in chain:
            if isinstance(link, AddressRefused):
                return Failure(Reason.ADDRESS_REFUSED, str(link))
            if isinstance(link, ssl.SSLCertVerificationError):
                return self._certificate(link, sent)
        for kind, reason in _REASONS:
            if any(isinstance(link, kind) for link in chain):
                return Failure(reason, _short(chain))
        return Failure(Reason.CONNECTION, _short(chain))

    def _certificate(self, error: ssl.SSLCertVerificationError, sent: Wire) -> Failure:
        detail = error.verify_message or "certificate not accepted"
        expired = error.verify_code == 10
        until = self._expired_at(sent) if expired and not self._network.proxy else None
        return Failure(Reason.TLS, detail, until)

    def _expired_at(self, sent: Wire) -> datetime | None:
        """When the certificate ran out: asked once more, verifying everything but the time."""
        try:
            host, port = sent.place.host, sent.place.port
            where = self._guard.addresses(host, port)[0]
            with (
                self._watch.plain(where, port, self._network.limits.connect) as raw,
                self._timeless().wrap_socket(raw, server_hostname=host) as secured,
            ):
                until = str((secured.getpeercert() or {}).get("notAfter", ""))
        except (OSError, AddressRefused, IndexError, ValueError):
            # Only the date is lost; that it has expired is known already.
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if until else None


def is_overdue(failure: Failure) -> bool:
    """True for an exchange that was cut off at its limit of all, while something was still coming."""
    return failure.reason is Reason.TIMEOUT and failure.detail.startswith(f"{_OVER} ")


class _Stopped(Exception):
    """An exchange that we ended ourselves."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason.value)
        self.failure = failure


@contextmanager
def _closed_on_failure(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _context(ca_file: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where())
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _timeless(ca_file: str) -> ssl.SSLContext:
    """Verifies everything but the time."""
    context = _context(ca_file)
    context.verify_flags = ssl.VerifyFlags(int(context.verify_flags) | _NO_CHECK_TIME)
    return context


def _body(heard: Heard, most: int) -> bytes:
    pieces, size = list[bytes](), 0
    for piece in heard.pieces():
        size += len(piece)
        if size > most:
            raise _Stopped(Failure(Reason.TOO_LARGE, f"over {most} bytes"))
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (urllib3.exceptions.NameResolutionError, Reason.DNS),
    (ssl.SSLError, Reason.TLS),
    (urllib3.exceptions.SSLError, Reason.TLS),
    (urllib3.exceptions.NewConnectionError, Reason.CONNECTION),
    (urllib3.exceptions.TimeoutError, Reason.TIMEOUT),
    (TimeoutError, Reason.TIMEOUT),
    (urllib3.exceptions.LocationParseError, Reason.NOT_FOUND),
    (UnicodeError, Reason.NOT_FOUND),
)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that it was made of: causes, contexts, and exceptions as arguments."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        link = todo.pop(0)
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            todo += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]


def _short(chain: list[BaseException]) -> str:
    """The names of the outermost and the innermost exception, with the system's word for it."""
    for link in chain:
        if isinstance(link, OSError) and link.strerror and not isinstance(link, ssl.SSLError):
            return link.strerror[:120]
    return type(chain[-1]).__name__


@contextmanager
def transport(clock: Clock, network: Network = Network()) -> Iterator[Transport]:
    """A transport that is closed when the block ends."""
    opened = Transport(clock, network)
    try:
        yield opened
    finally:
        opened.close()
