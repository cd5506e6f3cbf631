"""Exchanges over kept connections that nobody waits for: sent at once, heard when they are answered.

Most requests of a sweep go to a host that is connected already, and are answered in one piece. A
thread that sleeps for each of them is woken twice, which costs more than the exchange itself.
What is not that simple is said to be so, and is a thread's work from there on.
"""

from __future__ import annotations

import io
import re
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from checkers.base import Request
from sweeps.network.connections import Connection, Timer
from sweeps.network.stamps import STAMP_ROOM, age, peeked_age
from sweeps.network.wire import Wire

SHORT = 16_384
"""Bytes that the system takes off our hands at once, whatever the other side does."""

_CHUNK = 65_536

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.I)
_FRAMED = re.compile(rb"\r\n(?:transfer-encoding|content-length)[ \t]*:", re.I)


@dataclass(slots=True, eq=False)
class Begun:
    """A request that is on the wire."""

    request: Request
    sent: Wire
    authorised: bool
    """It carries a secret."""
    connection: Connection
    timer: Timer
    limit: float
    """Seconds for the whole of it, from:"""
    at: float
    late: float = 0.0
    """Seconds for which the answer was there before anybody looked."""
    so_far: bytes = b""
    """What has come, where that is not the whole answer: the rest is to be waited for."""

    @property
    def socket(self) -> socket.socket:
        sock: Any = self.connection.sock
        return sock  # type: ignore[no-any-return]


def put(sock: socket.socket, message: bytes) -> bool:
    """Put a message on the wire without waiting. False when that cannot be done: the connection is of
    no more use, and nobody has got a whole request."""
    if sock.gettimeout() != 0.0:  # the system is asked each time it is set, changed or not
        sock.settimeout(0.0)
    try:
        return sock.send(message) == len(message)
    except (BrokenPipeError, ConnectionResetError):
        return True  # its answer may have come before
    except OSError:
        return False


def arrived(sock: socket.socket) -> tuple[bytes, float] | None:
    """What has come by now, empty at the end of the connection, and the seconds that it has been there
    (0 where the system does not tell); None when there is nothing yet. Raises OSError."""
    try:
        if not isinstance(sock, ssl.SSLSocket) and hasattr(sock, "recvmsg"):
            data, told, _flags, _from = sock.recvmsg(_CHUNK, STAMP_ROOM)
            return data, age(told)
        since = peeked_age(sock)
        data = sock.recv(_CHUNK)
        while isinstance(sock, ssl.SSLSocket) and sock.pending() and len(data) < _CHUNK:
            data += sock.recv(_CHUNK)
        return data, since
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None


def is_whole(data: bytes, method: str) -> bool:
    """True for an answer whose one length says that it is all there; of any other, False."""
    end = data.find(b"\r\n\r\n")
    if end < 0 or method == "HEAD":
        return False
    head = data[: end + 2]
    if not head.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 4", b"HTTP/1.1 5")):
        return False
    told = _LENGTH.search(head)
    return (
        told is not None and len(_FRAMED.findall(head)) == 1 and len(data) - end - 4 == int(told[1])
    )


class Told:
    """Bytes that were received, to be read like a connection."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str, /) -> io.BufferedIOBase:
        return io.BytesIO(self._data)


class Resumed:
    """A connection of which some bytes were received already, to be read on."""

    def __init__(self, data: bytes, sock: socket.socket) -> None:
        self._data, self._sock = data, sock

    def makefile(self, _mode: str, /) -> io.BufferedIOBase:
        return io.BufferedReader(_Both(self._data, self._sock))


class _Both(io.RawIOBase):
    def __init__(self, data: bytes, sock: socket.socket) -> None:
        self._data, self._sock = data, sock

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if not self._data:
            return self._sock.recv_into(into)
        size = min(len(into), len(self._data))
        into[:size], self._data = self._data[:size], self._data[size:]
        return size
