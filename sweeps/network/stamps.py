"""When something arrived by the system's own note, for those who look at their connections now and then.

Lanes reckon from when an answer came; to be woken for each would cost more than most answers do. Only
Linux tells: elsewhere an answer has come when it is looked at.
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterable

_SO_TIMESTAMPNS = 35
"""Linux's name for the note, which Python has none for; also that of the message that brings it."""
_STAMP = struct.Struct("qq")
"""Seconds and nanoseconds of the calendar."""

STAMP_ROOM = socket.CMSG_SPACE(_STAMP.size) if hasattr(socket, "CMSG_SPACE") else 0

_OLDEST = 60.0
"""Seconds; what claims to be older was noted before somebody set the clock."""


def stamped(sock: socket.socket) -> None:
    """Ask the system to note when something arrives there."""
    if sys.platform == "linux":
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        except OSError:
            # It cannot: then nothing is told, and nothing is lost but a few milliseconds.
            return


def age(told: Iterable[tuple[int, int, bytes]]) -> float:
    """Seconds since what was just received had arrived; 0 where that was not told."""
    for level, kind, stamp in told:
        known = level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS
        if known and len(stamp) == _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack(stamp)
            passed = time.time() - seconds - nanoseconds / 1e9
            return passed if 0.0 < passed < _OLDEST else 0.0
    return 0.0


def peeked_age(sock: socket.socket) -> float:
    """The same of what waits there, which nobody takes."""
    if not hasattr(sock, "recvmsg"):
        return 0.0
    # Not SSLSocket.recvmsg, which there is none of: it is about the bytes that travelled.
    _byte, told, _flags, _from = socket.socket.recvmsg(sock, 1, STAMP_ROOM, socket.MSG_PEEK)
    return age(told)
