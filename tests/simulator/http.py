"""A quick HTTP server on loopback that plays many hosts at once, counts all and may misbehave.

One port of 127.0.0.1 is one host. In a thread of the caller's process:

    def handler(asked: Asked) -> Answer:
        return Answer("hello") if asked.path == "/" else Answer(status=404)

    with serving(handler, ports=4, latency=0.2) as server:
        requests.get(server.url(0, "/"))              # or server.url(server.ports[0], "/")
        report = server.report()
        report.hosts[server.hosts[0]].stamps          # monotonic seconds of each arrival
        report.hosts[server.hosts[0]].most            # most in flight at once on that host
        report.now, report.most                       # in flight over all hosts: now, at most

In a process of its own (for benchmarks), `module:function` names a function that is given
`argument` and returns the handler; everything else is the same, the report being asked for over a
control port that is itself not counted:

    with spawned("bench.links:handler", "seed=7", ports=12, latency=0.2) as server: ...

`time.monotonic()` is the same clock in all processes of a Linux machine, so stamps may be compared
with the client's. `busiest(stamps, 1.0)` is the largest number of stamps within any second.
A request is in flight from its last byte's arrival until its answer is sent whole or the connection
is gone. The handler runs on the server's loop: it must compute quickly and never wait; to answer
late it says so (`Answer.delay`). A handler that raises answers 500, and `report.errors` says why.

With `certificates` (host → TLS context) each port is also a proxy for CONNECT and for whole
addresses (`GET http://name/`); `Asked.host` and the report then go by the name that was asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LATENCY = 0.2
"""Seconds until an answer that does not say otherwise."""

ROOT = Path(__file__).parent.parent.parent


class Fault(Enum):
    """How an answer goes wrong."""

    RESET = auto()
    """The connection is reset instead of an answer."""
    SILENT = auto()
    """Nothing comes, until the client gives up."""
    CUT = auto()
    """Half of the body, then the end of the connection."""
    SLOW = auto()
    """The body byte by byte, `Answer.drip` seconds apart."""
    WRONG_LENGTH = auto()
    """More body than the Content-Length says."""


@dataclass(slots=True)
class Asked:
    """One request as the server saw it."""

    host: str
    """`127.0.0.1:PORT`; behind the proxy the name that was asked for."""
    port: int
    method: str
    path: str
    """With its query."""
    head: bytes
    """Request line and headers as they came."""
    body: bytes
    at: float
    """Monotonic seconds of its arrival."""
    number: int
    """Its place among the host's requests, from 1."""
    client: int
    """The port at the other end, the same for requests on one connection."""

    @property
    def headers(self) -> dict[str, str]:
        """By name in lower case; read anew at each call."""
        return _headers(self.head)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says. `headers` get a Content-Length unless a fault forbids it."""

    body: bytes | str | Mapping[str, Any] = b""
    """A mapping is sent as JSON."""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float | None = None
    """Seconds from arrival to answer; None: the server's latency."""
    fault: Fault | None = None
    drip: float = 0.05

    def raw(self) -> bytes:
        """The body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


Handler = Callable[[Asked], Answer]
Certificates = Callable[[str], ssl.SSLContext]


@dataclass(slots=True)
class Counted:
    """What one host was asked."""

    stamps: list[float] = field(default_factory=list)
    """Monotonic seconds of each request's arrival, in order."""
    now: int = 0
    most: int = 0


@dataclass(slots=True)
class Report:
    """What all hosts were asked so far."""

    hosts: dict[str, Counted] = field(default_factory=dict)
    now: int = 0
    """In flight over all hosts."""
    most: int = 0
    connections: int = 0
    """Accepted so far."""
    heads: int = 0
    """Requests that wanted no body."""
    errors: list[str] = field(default_factory=list)
    """What handlers raised."""
    cpu: float = 0.0
    """Seconds of the server's whole process; filled in by `report()`."""

    def of(self, host: str) -> Counted:
        """The host's counts; nothing yet for one that was not asked."""
        return self.hosts.setdefault(host, Counted())

    def arrived(self, host: str, at: float) -> int:
        """Count a request; its number on its host."""
        counted = self.of(host)
        counted.stamps.append(at)
        counted.now += 1
        counted.most = max(counted.most, counted.now)
        self.now += 1
        self.most = max(self.most, self.now)
        return len(counted.stamps)

    def over(self, host: str) -> None:
        """The request is in flight no more."""
        self.hosts[host].now -= 1
        self.now -= 1

    def object(self) -> dict[str, Any]:
        """For JSON; `read` makes a report of it again."""
        hosts = {
            host: {"stamps": counted.stamps, "now": counted.now, "most": counted.most}
            for host, counted in self.hosts.items()
        }
        return {
            "hosts": hosts,
            "now": self.now,
            "most": self.most,
            "connections": self.connections,
            "heads": self.heads,
            "errors": self.errors,
            "cpu": time.process_time(),
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Report:
        """A report out of what another process said."""
        hosts = {host: Counted(**counted) for host, counted in said["hosts"].items()}
        return cls(**{**said, "hosts": hosts})


def busiest(stamps: Sequence[float], seconds: float) -> int:
    """The largest number of stamps in any half-open window of that length."""
    most, first = 0, 0
    for last, stamp in enumerate(stamps):
        while stamps[first] <= stamp - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all connections share."""

    handler: Handler
    report: Report
    latency: float
    certificates: Certificates | None = None
    open: set[asyncio.Transport] = field(default_factory=set)


class _Connection(asyncio.Protocol):
    """One client, its requests one after the other."""

    def __init__(self, stage: _Stage, host: str = "") -> None:
        self._stage = stage
        self._named = host
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._busy = ""
        """The host of the request being answered."""
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._made = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._stage.open.add(transport)
        self._port = int(transport.get_extra_info("sockname")[1])
        self._client = int(transport.get_extra_info("peername")[1])
        self._stage.report.connections += not self._named
        self._made = True
        if self._buffer:
            self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        # Within a tunnel the first request may come before we are told that the tunnel stands.
        if self._made and not self._busy:
            self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        self._closing = True
        self._stage.open.discard(self._transport)
        if self._timer is not None:
            self._timer.cancel()
        self._done()

    def _next(self) -> None:
        """Take the next whole request out of what has come, and see to its answer."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        length = int(_headers(head)["content-length"]) if b"ontent-" in head else 0
        if len(self._buffer) < end + 4 + length:
            return
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        method, target, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        if method == "CONNECT" and self._stage.certificates is not None:
            self._loop.create_task(self._tunnel(target.rpartition(":")[0]))
            return
        host, path = self._aim(target)
        now = time.monotonic()
        self._busy = host
        number = self._stage.report.arrived(host, now)
        self._stage.report.heads += method == "HEAD"
        self._answer(Asked(host, self._port, method, path, head, body, now, number, self._client))

    def _aim(self, target: str) -> tuple[str, str]:
        """Host and path of a request's target."""
        if target.startswith("http://"):
            parts = urlsplit(target)
            return parts.netloc, target[len("http://") + len(parts.netloc) :] or "/"
        return self._named or f"127.0.0.1:{self._port}", target

    def _answer(self, asked: Asked) -> None:
        try:
            answer = self._stage.handler(asked)
        except Exception as error:  # the client must get something, and the test must hear of it
            self._stage.report.errors.append(f"{asked.method} {asked.path[:80]}: {error!r}")
            answer = Answer("the handler failed", 500)
        delay = self._stage.latency if answer.delay is None else answer.delay
        if answer.fault is Fault.SILENT:
            return
        if delay > 0:
            self._timer = self._loop.call_later(delay, self._send, answer, asked.method)
        else:
            self._send(answer, asked.method)

    def _send(self, answer: Answer, method: str) -> None:
        if answer.fault is Fault.RESET:
            self._reset()
            return
        raw = answer.raw()
        length = len(raw) // 2 if answer.fault is Fault.WRONG_LENGTH else len(raw)
        head = _head(answer, length)
        if method == "HEAD" or answer.status in {204, 304}:
            raw = b""
        if answer.fault is Fault.CUT:
            self._transport.write(head + raw[: len(raw) // 2])
            self._transport.close()
        elif answer.fault is Fault.SLOW:
            self._transport.write(head)
            self._drip(deque(raw), answer.drip)
        else:
            self._transport.write(head + raw)
            self._done()
            if answer.fault is Fault.WRONG_LENGTH:
                self._transport.close()
            elif not self._closing:
                self._next()

    def _drip(self, left: deque[int], seconds: float) -> None:
        if left and not self._closing:
            self._transport.write(bytes([left.popleft()]))
            self._timer = self._loop.call_later(seconds, self._drip, left, seconds)
            return
        self._done()
        if not self._closing:
            self._next()

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _done(self) -> None:
        if self._busy:
            self._stage.report.over(self._busy)
            self._busy = ""

    async def _tunnel(self, host: str) -> None:
        """Speak TLS from here on, in the name of `host`."""
        assert self._stage.certificates is not None
        self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inner = _Connection(self._stage, host)
        context = self._stage.certificates(host)
        self._stage.open.discard(self._transport)
        try:
            secured = await self._loop.start_tls(self._transport, inner, context, server_side=True)
        except (OSError, ssl.SSLError):
            # The client went away or does not trust the certificate.
            self._transport.abort()
            return
        if secured is not None:
            inner.connection_made(secured)


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {"content-length": "0"} | {
        name.strip().lower(): value.strip() for name, _colon, value in pairs
    }


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def _head(answer: Answer, length: int) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += [f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, in a thread or in a process of its own."""

    ports: tuple[int, ...]
    ask: Callable[[], Report]
    scheme: str = "http"

    @property
    def hosts(self) -> tuple[str, ...]:
        """As the report names them."""
        return tuple(f"127.0.0.1:{port}" for port in self.ports)

    def url(self, which: int, path: str = "/") -> str:
        """An address on the host of that port, or of that place among the ports."""
        port = self.ports[which] if which < len(self.ports) else which
        return f"{self.scheme}://127.0.0.1:{port}{path}"

    def report(self) -> Report:
        """What was asked so far."""
        return self.ask()


async def _listen(
    stage: _Stage, ports: int, context: ssl.SSLContext | None
) -> tuple[list[asyncio.Server], tuple[int, ...]]:
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda: _Connection(stage), "127.0.0.1", 0, ssl=context, backlog=2048
        )
        for _number in range(ports)
    ]
    return servers, tuple(int(server.sockets[0].getsockname()[1]) for server in servers)


@contextmanager
def serving(
    handler: Handler,
    *,
    ports: int = 1,
    latency: float = LATENCY,
    context: ssl.SSLContext | None = None,
    certificates: Certificates | None = None,
) -> Iterator[Server]:
    """A server in a thread, for the length of the block; over TLS with `context`."""
    stage = _Stage(handler, Report(), latency, certificates)
    loop = asyncio.new_event_loop()
    servers, numbers = loop.run_until_complete(_listen(stage, ports, context))
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="simulator")
    thread.start()

    async def told() -> Report:
        return Report.read(json.loads(json.dumps(stage.report.object())))

    def ask() -> Report:
        return asyncio.run_coroutine_threadsafe(told(), loop).result(10)

    try:
        yield Server(numbers, ask, "https" if context else "http")
    finally:
        asyncio.run_coroutine_threadsafe(_close(stage, servers), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(stage: _Stage, servers: Sequence[asyncio.Server]) -> None:
    for server in servers:
        server.close()
    for transport in [*stage.open]:
        transport.abort()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    # What was aborted hears of it in the next turn of the loop.
    await asyncio.sleep(0)


@contextmanager
def spawned(
    handler: str,
    argument: str = "",
    *,
    ports: int = 1,
    latency: float = LATENCY,
    certificate: str = "",
) -> Iterator[Server]:
    """A server in a process of its own. `handler`: `module:function`, called with `argument`.

    `certificate`: a PEM file with chain and key; then it speaks TLS.
    """
    # Not `-m`: handlers must meet the very classes that this module compares with.
    start = "from tests.simulator.http import main; main()"
    command = [sys.executable, "-c", start, handler, argument]
    command += ["--ports", str(ports), "--latency", str(latency), "--certificate", certificate]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{handler} did not start")
        said = json.loads(line)

        def ask() -> Report:
            with urllib.request.urlopen(f"http://127.0.0.1:{said['control']}/") as answer:
                return Report.read(json.load(answer))

        try:
            yield Server(tuple(said["ports"]), ask, "https" if certificate else "http")
        finally:
            process.stdin.close() if process.stdin else None
            process.wait(10)


async def _run(arguments: argparse.Namespace) -> None:
    module, _colon, name = arguments.handler.partition(":")
    made: Handler = getattr(importlib.import_module(module), name)(arguments.argument)
    context = None
    if arguments.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate)
    stage = _Stage(made, Report(), arguments.latency)
    kept, ports = await _listen(stage, arguments.ports, context)
    desk = _Stage(lambda _asked: Answer(stage.report.object()), Report(), 0.0)
    control, (number,) = await _listen(desk, 1, None)
    print(json.dumps({"ports": ports, "control": number}), flush=True)
    # The end of our standard input is the end of whoever started us.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await _close(stage, kept)
    await _close(desk, control)


def plain(_argument: str) -> Handler:
    """A handler that answers `ok` to everything, for `spawned` where only the pace matters."""
    answer = Answer("ok")
    return lambda _asked: answer


def main() -> None:
    """The process of `spawned`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("handler")
    parser.add_argument("argument")
    parser.add_argument("--ports", type=int, default=1)
    parser.add_argument("--latency", type=float, default=LATENCY)
    parser.add_argument("--certificate", default="")
    asyncio.run(_run(parser.parse_args()))
