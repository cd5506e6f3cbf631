"""Connections to checked addresses only, and a watch that cuts an exchange off at its time limit.

The library below limits the wait for each piece of an answer, so a server that sends a byte every
few seconds could hold a worker for ever. Limits here are real seconds: sockets know no other.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util import make_headers, parse_url

from sweeps.network.addresses import Guard
from sweeps.network.heard import Heard
from sweeps.network.stamps import stamped
from sweeps.network.wire import Place, Wire

_MOST_ADDRESSES = 3


class Timer:
    """The limit of one exchange."""

    def __init__(self, on_sent: Callable[[], None]) -> None:
        self.on_sent = on_sent
        """To be called when the request is on the wire."""
        self.expired = False
        self._over = False
        self._lock = threading.Lock()
        self._sockets: list[tuple[socket.socket, bool]] = []

    def hold(self, sock: socket.socket, *, ours: bool) -> None:
        """Cut this socket when time is up; `ours`: a duplicate, to be closed afterwards."""
        with self._lock:
            self._sockets.append((sock, ours))
            if self.expired:
                _cut(sock)

    def expire(self) -> None:
        """Time is up."""
        with self._lock:
            self.expired = not self._over
            for sock, _ours in self._sockets:
                _cut(sock)

    def end(self) -> None:
        """The exchange is over; its sockets belong to the pool again."""
        with self._lock:
            self._over = True
            for sock, ours in self._sockets:
                if ours:
                    sock.close()
            self._sockets.clear()


def _cut(sock: socket.socket) -> None:
    try:
        # Not SSLSocket.shutdown: it would take the TLS state away from under the reading thread.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        # Closed already, or not connected yet: nothing is left to cut.
        return


class Watch:
    """One thread that ends what takes too long."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._changed = threading.Condition()
        self._limits: dict[Timer, float] = {}
        """Exchanges under way, with the end of each on the stop-watch."""
        self._looks_at = math.inf
        """When the thread looks at them next; until then, only an earlier end need wake it."""
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def limit(self, seconds: float, on_sent: Callable[[], None] = lambda: None) -> Iterator[Timer]:
        """Within the block, sockets opened or used by this thread are cut after `seconds`, and
        `on_sent` is called when its request is on the wire."""
        timer = self.begin(seconds, on_sent)
        self._here.timer = timer
        try:
            yield timer
        finally:
            self._here.timer = None
            self.end(timer)

    def begin(self, seconds: float, on_sent: Callable[[], None] = lambda: None) -> Timer:
        """A limit that no thread waits within: whose sockets it is about is for its holder to say, and
        so is its end."""
        timer = Timer(on_sent)
        self.move(timer, seconds)
        return timer

    def move(self, timer: Timer, seconds: float) -> None:
        """The limit is so many seconds from now."""
        end = self._limits[timer] = time.monotonic() + seconds
        if end < self._looks_at:
            self._wake()

    def end(self, timer: Timer) -> None:
        """The exchange is over."""
        del self._limits[timer]
        timer.end()

    def _wake(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="time-limits")
                self._thread.start()
            else:
                self._changed.notify()

    def using(self, sock: Any, *, ours: bool = False) -> None:
        """This thread's exchange goes over `sock`."""
        timer = getattr(self._here, "timer", None)
        if timer is not None and isinstance(sock, socket.socket):
            timer.hold(sock, ours=ours)

    def sent(self) -> None:
        """This thread's request is on the wire."""
        timer = getattr(self._here, "timer", None)
        if timer is not None:
            timer.on_sent()

    @contextmanager
    def plain(self, address: str, port: int, seconds: float) -> Iterator[socket.socket]:
        """A bare connection to a checked address."""
        with closing(socket.create_connection((address, port), seconds)) as sock:
            self.using(sock.dup(), ours=True)
            yield sock

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                # First this, so that whoever comes after the look below finds no reason not to wake.
                self._looks_at = math.inf
                now, ends = time.monotonic(), list(self._limits.items())
                for timer, end in ends:
                    if end <= now:
                        timer.expire()
                self._looks_at = min((end for _timer, end in ends if end > now), default=math.inf)
                self._changed.wait(None if self._looks_at == math.inf else self._looks_at - now)


class SharedContext:
    """One TLS context for all who ask, made for the first of them."""

    def __init__(self, make: Callable[[], ssl.SSLContext]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: ssl.SSLContext | None = None

    def __call__(self) -> ssl.SSLContext:
        with self._lock:
            self._made = self._made or self._make()
            return self._made


@dataclass(frozen=True, slots=True)
class Rules:
    """What all connections obey."""

    guard: Guard
    watch: Watch
    context: Callable[[], ssl.SSLContext]
    """Whom they trust."""


class Plain(HTTPConnection):
    """A connection that obeys the rules."""

    def __init__(self, rules: Rules, host: str, port: int, **more: Any) -> None:
        super().__init__(host, port, **more)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._rules)

    def connect(self) -> None:
        super().connect()
        self._rules.watch.using(self.sock)


class Secure(HTTPSConnection):
    """The same over TLS."""

    def __init__(self, rules: Rules, host: str, port: int, **more: Any) -> None:
        super().__init__(host, port, ssl_context=rules.context(), **more)
        self._rules = rules

    def _new_conn(self) -> socket.socket:
        return _connect(self, self._rules)

    def connect(self) -> None:
        super().connect()
        self._rules.watch.using(self.sock)


Connection = Plain | Secure


class WayOut:
    """Makes connections: directly to whom they lead, or through a proxy."""

    def __init__(self, rules: Rules, proxy: str = "", beyond: Guard | None = None) -> None:
        """`beyond`: which hosts the proxy may be sent to."""
        self._rules = rules
        self._beyond = beyond
        self._proxy = parse_url(proxy) if proxy else None
        auth = unquote(self._proxy.auth or "") if self._proxy else ""
        self._headers = make_headers(proxy_basic_auth=auth) if auth else {}

    def to(self, place: Place) -> Connection:
        """A connection that is not open yet. Of a host behind a proxy it ends there, or leads
        through it where TLS is spoken. Raises AddressRefused where a proxy may not be sent."""
        if self._proxy is None:
            kind = Secure if place.scheme == "https" else Plain
            return kind(self._rules, place.host, place.port)
        if self._beyond is not None:
            self._beyond.addresses(place.host, place.port)
        proxy, secure = self._proxy, "https" in {place.scheme, self._proxy.scheme}
        config = ProxyConfig(self._rules.context() if secure else None, False, None, None)
        port = proxy.port or (443 if proxy.scheme == "https" else 80)
        connection = (Secure if secure else Plain)(
            self._rules, (proxy.host or "").strip("[]"), port, proxy=proxy, proxy_config=config
        )
        if place.scheme == "https":
            scheme = proxy.scheme or "http"
            connection.set_tunnel(place.host, place.port, headers=self._headers, scheme=scheme)
        return connection

    def message(self, sent: Wire, usual: Mapping[str, str]) -> bytes:
        """What is sent over such a connection."""
        if self._proxy is None or sent.place.scheme == "https":
            return sent.message(sent.target, usual)
        return sent.message(sent.url, {**usual, **self._headers})


def ask(
    connection: Connection, message: bytes, method: str, *, connect: float, read: float
) -> Heard:
    """Send a message and hear the head of the answer; seconds for a new connection, and for each
    piece of the answer."""
    watch, sock = connection._rules.watch, connection.sock
    if sock is None:
        connection.timeout = connect
        connection.connect()
        sock = connection.sock
        assert sock is not None
    else:
        watch.using(sock)
    if sock.gettimeout() != read:  # the system is asked each time it is set, changed or not
        sock.settimeout(read)
    with suppress(BrokenPipeError, ConnectionResetError):  # its answer may have come before
        sock.sendall(message)
    watch.sent()
    heard = Heard(sock, method)
    heard.begin()
    return heard


class Shelf:
    """Open connections that wait for the next request to their host, the one used last first. When
    there are too many, the one that has waited longest is closed."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._idle: dict[Place, list[Connection]] = {}
        self._since: dict[Connection, Place] = {}

    def take(self, place: Place) -> Connection | None:
        """One that is still open, off the shelf."""
        while True:
            with self._lock:
                idle = self._idle.get(place)
                if not idle:
                    return None
                connection = idle.pop()
                del self._since[connection]
            if connection.is_connected:
                return connection
            connection.close()

    def put(self, place: Place, connection: Connection) -> None:
        """Keep it for later."""
        with self._lock:
            self._idle.setdefault(place, []).append(connection)
            self._since[connection] = place
            if len(self._since) <= self._most:
                return
            oldest = next(iter(self._since))
            self._idle[self._since.pop(oldest)].remove(oldest)
        oldest.close()

    def clear(self) -> None:
        """Close all of them."""
        with self._lock:
            held = [*self._since]
            self._since.clear()
            self._idle.clear()
        for connection in held:
            connection.close()

    def close(self) -> None:
        """Close all of them, and those that are brought back later."""
        self._most = 0
        self.clear()


def _connect(connection: HTTPConnection, rules: Rules) -> socket.socket:
    """A socket to the first of the checked addresses that answers."""
    try:
        addresses = rules.guard.addresses(connection.host, connection.port)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from None
    except UnicodeError:
        raise LocationParseError("host") from None
    last: OSError = OSError("no address")
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            sock = socket.create_connection((address, connection.port), _seconds(connection))
        except OSError as error:
            last = error
            continue
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        stamped(sock)
        rules.watch.using(sock.dup(), ours=True)
        return sock
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from last
    raise NewConnectionError(connection, "no connection") from last


def _seconds(connection: HTTPConnection) -> float | None:
    timeout = connection.timeout
    return float(timeout) if isinstance(timeout, (int, float)) else None
