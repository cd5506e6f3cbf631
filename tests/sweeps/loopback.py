"""A server on loopback that a test scripts: path → what to answer, and what was asked of it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    client: int = 0
    """The port at the other end, the same for requests on one connection."""


@dataclass(frozen=True)
class Said:
    """One answer. `instead` is given the handler and may misbehave as it likes."""

    body: bytes | str | Mapping[str, Any] = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    instead: Callable[[BaseHTTPRequestHandler], None] | None = None

    def raw(self) -> bytes:
        body = self.body
        if isinstance(body, Mapping):
            body = json.dumps(body, ensure_ascii=False)
        return body.encode() if isinstance(body, str) else body


Answer = Said | Callable[[Asked], Said]


@dataclass
class Server:
    """The running server."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    """By path without query; `*` answers all others."""
    asked: list[Asked] = field(default_factory=list)
    scheme: str = "http"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}{path}"

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [asked.path for asked in self.asked]


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            asked = Asked(self.command, self.path, headers, body, self.client_address[1])
            server.asked.append(asked)
            rule = server.answers.get(
                self.path.split("?")[0], server.answers.get("*", Said("", 404))
            )
            said = rule if isinstance(rule, Said) else rule(asked)
            if said.instead is not None:
                said.instead(self)
                self.close_connection = True
                return
            raw = said.raw()
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(raw)

        do_POST = do_HEAD = do_GET

        def log_message(self, *_ignored: Any) -> None:
            """Quiet."""

    return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_ignored: Any) -> None:
        """A client that went away is what some tests are about."""


@contextmanager
def serve(context: ssl.SSLContext | None = None, **answers: Answer) -> Iterator[Server]:
    """A server for the length of the block; over TLS with `context`."""
    server = Server(0)
    httpd = _Quiet(("127.0.0.1", 0), _handler(server))
    if context is not None:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        server.scheme = "https"
    server.port = httpd.server_address[1]
    server.answers.update(answers)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
