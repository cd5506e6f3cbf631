"""One HTTP exchange: a `Request` goes out, a `Response` comes back, whatever happens in between.

No redirect is followed here, no lane kept, no retry made: that is the driver's. Every failure
becomes a `Failure` with a reason from the closed list; TLS is verified always.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from checkers.base import Failure, Request, Response
from registry.vocab import Reason
from sweeps.addresses import AddressRefused, Guard
from sweeps.clock import Clock
from sweeps.connections import Watch, pool_classes
from sweeps.credentials import Insertion
from sweeps.wire import MalformedRequest, Wire, wire

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
    """A proxy declared trusted: behind it the address guard sees nothing. May hold a password."""
    ca_file: str = ""
    """More certificate authorities, beside the usual ones."""


class _Adapter(HTTPAdapter):
    """Keeps connections, all with one SSL context, made by our guarded classes."""

    def __init__(self, context: ssl.SSLContext, guard: Guard, watch: Watch, size: int) -> None:
        self._context = context
        self._classes = pool_classes(guard, watch)
        super().__init__(pool_connections=256, pool_maxsize=size)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._classes

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)

    def cert_verify(self, *_ignored: Any) -> None:
        """The shared context verifies; reading the authorities anew each time costs 20 ms."""


class Transport:
    """Fetches. Safe to call from many threads; `close` gives up the kept connections."""

    def __init__(self, clock: Clock, network: Network = Network(), *, size: int = 16) -> None:
        self._clock = clock
        self._network = network
        self._context = _context(network.ca_file)
        self._guard = Guard(network.allow_private)
        self._watch = Watch()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        # Nothing that one account's page sets may follow us to the next.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(self._context, self._guard, self._watch, size)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        if network.proxy:
            self._session.proxies = {"http": network.proxy, "https": network.proxy}

    def close(self) -> None:
        """Close kept connections and the watch."""
        self._session.close()
        self._watch.close()

    def fetch(self, request: Request, insertion: Insertion | None = None) -> Response:
        """The answer to one request. Never raises; the secret goes nowhere but on the wire."""
        try:
            sent = wire(request, insertion)
        except MalformedRequest as error:
            return self._failed(request, Failure(Reason.NOT_FOUND, str(error)))
        most = self._network.limits.total
        limit = min(most, request.seconds) if request.seconds else most
        with self._watch.limit(limit) as timer:
            try:
                answer = self._exchange(request, sent, authorised=insertion is not None)
            except _Stopped as stop:
                answer = self._failed(request, stop.failure)
            except Exception as error:
                # Whatever the HTTP stack raises on odd input costs one answer, never the sweep.
                answer = self._failed(request, self._explain(error, sent))
            if not timer.expired:
                return answer
        # What was cut off may look like an answer, or like any other failure.
        return self._failed(request, Failure(Reason.TIMEOUT, f"over {limit:g} s in all"))

    def _exchange(self, request: Request, sent: Wire, authorised: bool) -> Response:
        limits = self._network.limits
        # Who says how long a visit may take is not told after less that nobody answered.
        connect = max(limits.connect, min(request.seconds or 0.0, limits.total))
        prepared = requests.Request(
            sent.method, sent.url, headers={**HEADERS, **dict(sent.headers)}, data=sent.body
        ).prepare()
        answer = self._session.send(
            prepared, stream=True, allow_redirects=False, timeout=(connect, limits.read)
        )
        with answer:
            body = _body(answer, request.max_bytes)
            headers = _headers(answer, authorised)
        return Response(request.url, answer.status_code, headers, body, self._clock.now())

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
        context = _context(self._network.ca_file)
        context.verify_flags = ssl.VerifyFlags(int(context.verify_flags) | _NO_CHECK_TIME)
        try:
            where = self._guard.addresses(sent.host, sent.port)[0]
            with (
                self._watch.plain(where, sent.port, self._network.limits.connect) as raw,
                context.wrap_socket(raw, server_hostname=sent.host) as secured,
            ):
                until = str((secured.getpeercert() or {}).get("notAfter", ""))
        except (OSError, AddressRefused, IndexError, ValueError):
            # Only the date is lost; that it has expired is known already.
            return None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if until else None


class _Stopped(Exception):
    """An exchange that we ended ourselves."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason.value)
        self.failure = failure


def _context(ca_file: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where())
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _body(answer: requests.Response, most: int) -> bytes:
    pieces, size = list[bytes](), 0
    for piece in answer.iter_content(_CHUNK):
        size += len(piece)
        if size > most:
            raise _Stopped(Failure(Reason.TOO_LARGE, f"over {most} bytes"))
        pieces.append(piece)
    return b"".join(pieces)


def _headers(answer: requests.Response, authorised: bool) -> dict[str, str]:
    """Names in lower case; several cookies on lines of their own.

    The cookies that answer an authorised request may carry a new session of the office's account:
    they are dropped.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    cookies = answer.raw.headers.getlist("set-cookie")
    headers.pop("set-cookie", None)
    if cookies and not authorised:
        headers["set-cookie"] = "\n".join(cookies)
    return headers


_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (urllib3.exceptions.NameResolutionError, Reason.DNS),
    (ssl.SSLError, Reason.TLS),
    (urllib3.exceptions.SSLError, Reason.TLS),
    (requests.exceptions.SSLError, Reason.TLS),
    (urllib3.exceptions.NewConnectionError, Reason.CONNECTION),
    (urllib3.exceptions.TimeoutError, Reason.TIMEOUT),
    (requests.exceptions.Timeout, Reason.TIMEOUT),
    (TimeoutError, Reason.TIMEOUT),
    (requests.exceptions.InvalidURL, Reason.NOT_FOUND),
    (requests.exceptions.InvalidSchema, Reason.NOT_FOUND),
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
def transport(clock: Clock, network: Network = Network(), *, size: int = 16) -> Iterator[Transport]:
    """A transport that is closed when the block ends."""
    opened = Transport(clock, network, size=size)
    try:
        yield opened
    finally:
        opened.close()
