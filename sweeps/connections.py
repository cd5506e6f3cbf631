"""Connections to checked addresses only, and a watch that cuts an exchange off at its time limit.

The library below limits the wait for each piece of an answer, so a server that sends a byte every
few seconds could hold a worker for ever. Limits here are real seconds: sockets know no other.
"""

from __future__ import annotations

import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)

from sweeps.addresses import Guard

_MOST_ADDRESSES = 3


class Timer:
    """The limit of one exchange."""

    def __init__(self) -> None:
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
        self._due: list[tuple[float, int, Timer]] = []
        self._number = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[Timer]:
        """Within the block, sockets opened or used by this thread are cut after `seconds`."""
        timer = Timer()
        self._here.timer = timer
        with self._changed:
            entry = (time.monotonic() + seconds, next(self._number), timer)
            heapq.heappush(self._due, entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="time-limits")
                self._thread.start()
            elif self._due[0] is entry:
                self._changed.notify()
        try:
            yield timer
        finally:
            self._here.timer = None
            timer.end()

    def using(self, sock: Any, *, ours: bool = False) -> None:
        """This thread's exchange goes over `sock`."""
        timer = getattr(self._here, "timer", None)
        if timer is not None and isinstance(sock, socket.socket):
            timer.hold(sock, ours=ours)

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
                now = time.monotonic()
                while self._due and self._due[0][0] <= now:
                    heapq.heappop(self._due)[2].expire()
                self._changed.wait(self._due[0][0] - now if self._due else None)


def pool_classes(guard: Guard, watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools by scheme whose connections obey the guard and the watch."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, guard, watch)

        def connect(self) -> None:
            super().connect()
            watch.using(self.sock)

        def request(self, *args: Any, **kwargs: Any) -> None:
            watch.using(self.sock)
            super().request(*args, **kwargs)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, guard, watch)

        def connect(self) -> None:
            super().connect()
            watch.using(self.sock)

        def request(self, *args: Any, **kwargs: Any) -> None:
            watch.using(self.sock)
            super().request(*args, **kwargs)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(connection: HTTPConnection, guard: Guard, watch: Watch) -> socket.socket:
    """A socket to the first of the checked addresses that answers."""
    try:
        addresses = guard.addresses(connection.host, connection.port)
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
        watch.using(sock.dup(), ours=True)
        return sock
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from last
    raise NewConnectionError(connection, "no connection") from last


def _seconds(connection: HTTPConnection) -> float | None:
    timeout = connection.timeout
    return float(timeout) if isinstance(timeout, (int, float)) else None
