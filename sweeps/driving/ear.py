"""Waits for whichever comes first: something to be read on one of many sockets, or a call."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MOST = 400
"""Sockets at a time: on some systems no more than 512 can be waited for."""


class Ear:
    """One thread listens, any may call."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._called, self._call = socket.socketpair()
        for end in (self._called, self._call):
            end.setblocking(False)
        self._selector.register(self._called, selectors.EVENT_READ)
        self._listens = False
        self.held = 0
        """Sockets that are listened to."""

    def add(self, sock: socket.socket, meant: Any) -> None:
        """Listen to this socket too; `meant` is what is told when there is something to read."""
        self._selector.register(sock, selectors.EVENT_READ, meant)
        self.held += 1

    def drop(self, sock: socket.socket) -> None:
        """Listen to it no more."""
        self._selector.unregister(sock)
        self.held -= 1

    def listen(self, seconds: float, called: Callable[[], bool]) -> list[Any]:
        """What is meant by the sockets that can be read; waits for the first at most so long, and not
        at all once `called` is true."""
        self._listens = True
        # In this order: who calls after this look finds somebody who listens.
        found = self._selector.select(0.0 if called() else seconds)
        self._listens = False
        for key, _events in found:
            if key.data is None:
                with suppress(BlockingIOError):
                    self._called.recv(4096)
        return [key.data for key, _events in found if key.data is not None]

    def call(self) -> None:
        """End the wait, if there is one."""
        if self._listens:
            with suppress(OSError):  # full: it has been called already; closed: nobody waits
                self._call.send(b".")

    def close(self) -> None:
        """Listen no more."""
        self._selector.close()
        self._called.close()
        self._call.close()
