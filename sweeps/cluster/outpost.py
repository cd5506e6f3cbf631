"""What runs in a worker of a cluster: one way out to the network, kept for the life of the process.

A worker fetches what it is handed, once, and nothing else: it knows no lane, no checker, no database
and no credential but the one within the task at hand. It refuses a task that was meant for an
earlier process at its address or that it has begun before, so that nothing is sent of which the
driver does not know.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from checkers.base import Request, Response
from sweeps.clock import SystemClock
from sweeps.lanes.lane import MARGIN, in_a_window, is_kept
from sweeps.network.credentials import Insertion, Redactor, quiet_logs
from sweeps.network.transport import Network, Transport

AGREEMENT = 2
"""Number of the form in which driver and workers speak; both must have the same."""

EGRESS = "TAIZHANG_EGRESS"
"""Environment of a worker: the name of its way out. Workers behind one public address share one."""
PROXY = "TAIZHANG_TRUSTED_PROXY"
CA_FILE = "TAIZHANG_CA_FILE"
"""Environment of a worker: what `trusted_proxy` and `ca_file` are in the driver's settings."""

_REMEMBERED = 100_000
"""Tasks of which a worker knows that it has begun them."""

_HOSTS = 4096
"""Hosts whose latest requests a worker knows; of others the driver's lanes alone keep count."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """How a worker's process presents itself."""

    process: str
    """Drawn anew by each process."""
    egress: str
    """What its environment calls its way out; empty when it does not."""
    agreement: int = AGREEMENT


@dataclass(frozen=True, slots=True)
class Errand:
    """One request to be sent by one process."""

    process: str
    uid: str
    request: Request
    insertion: Insertion | None
    gap: float
    """Seconds between two requests to that host, as its lane has them."""


class Sealed:
    """An errand in a wrapper of which no log, dashboard or text form shows the contents."""

    __slots__ = ("_contents",)

    def __init__(self, errand: Errand) -> None:
        self._contents = pickle.dumps(errand)

    def __repr__(self) -> str:
        return "<sealed errand>"

    def opened(self) -> Errand:
        """The errand."""
        errand: Errand = pickle.loads(self._contents)
        return errand


class _Start:
    """A request to one host, sent or about to be."""

    __slots__ = ("at", "known")

    def __init__(self) -> None:
        self.at = 0.0
        self.known = threading.Event()

    def went_out(self) -> None:
        """It is on the wire, or never will be."""
        if not self.known.is_set():
            self.at = time.monotonic()
            self.known.set()


class Gate:
    """Keeps requests to one host apart here too, however they were held up on their way from the
    driver: each waits for the sending of the one that would fill its window or, where the gap itself is
    meant, of the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._starts: OrderedDict[str, deque[_Start]] = OrderedDict()

    @contextmanager
    def passed(self, host: str, gap: float) -> Iterator[Callable[[], None]]:
        """A block in which one request may be sent; call what it yields when that is on the wire."""
        if gap <= 0:
            yield lambda: None
            return
        window = in_a_window(gap)
        held = 1 if is_kept(gap) else window
        start, before = self._enter(host, held)
        try:
            if before is not None:
                before.known.wait()
                apart = held * (gap + MARGIN / window)
                time.sleep(max(before.at + apart - time.monotonic(), 0.0))
            yield start.went_out
        finally:
            start.went_out()

    def _enter(self, host: str, held: int) -> tuple[_Start, _Start | None]:
        """A place among the starts, and the start that it must keep away from."""
        start = _Start()
        with self._lock:
            starts = self._starts.pop(host, None)
            if starts is None or starts.maxlen != held:
                starts = deque(maxlen=held)
            before = starts[0] if len(starts) == held else None
            starts.append(start)
            self._starts[host] = starts
            if len(self._starts) > _HOSTS:
                self._starts.popitem(last=False)
        return start, before


class Outpost:
    """A process that fetches."""

    def __init__(self, network: Network) -> None:
        """`network`: the office's limits; the way out itself is this machine's."""
        self.process = uuid.uuid4().hex
        self._gate = Gate()
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, None] = OrderedDict()
        self._redactor = Redactor()
        self._quiet = ExitStack()
        self._quiet.enter_context(quiet_logs(self._redactor))
        way_out = replace(
            network, proxy=os.environ.get(PROXY, ""), ca_file=os.environ.get(CA_FILE, "")
        )
        self._transport = Transport(SystemClock(), way_out)

    def carry_out(self, errand: Errand) -> Response | None:
        """The answer; None for an errand that is not for us to begin."""
        if errand.process != self.process or not self._begin(errand.uid):
            return None
        for secret in errand.insertion.all() if errand.insertion else ():
            self._redactor.add(secret.value)
        with self._gate.passed(errand.request.host, errand.gap) as on_sent:
            return self._transport.fetch(errand.request, errand.insertion, on_sent)

    def close(self) -> None:
        """The way out is shut, and the HTTP library's log is no longer screened by this post."""
        self._transport.close()
        self._quiet.close()

    def _begin(self, uid: str) -> bool:
        with self._lock:
            if uid in self._begun:
                return False
            self._begun[uid] = None
            if len(self._begun) > _REMEMBERED:
                self._begun.popitem(last=False)
            return True


_posts: dict[Network, Outpost] = {}
"""One for each set of limits that drivers have come with."""
_opening = threading.Lock()


def agreed() -> int:
    """Which agreement the program keeps on this machine; runs in the scheduler."""
    return AGREEMENT


def introduce(network: Network) -> Introduction:
    """Open this process's way out under the office's limits, if it is not; runs in the worker."""
    with _opening:
        if network not in _posts:
            _posts[network] = Outpost(network)
    return Introduction(_posts[network].process, os.environ.get(EGRESS, "").strip())


def leave() -> None:
    """Shut every way out that this process has opened."""
    with _opening:
        while _posts:
            _posts.popitem()[1].close()


def carry_out(sealed: Sealed) -> Response | None:
    """Run an errand; runs in the worker, as a task."""
    errand = sealed.opened()
    for post in list(_posts.values()):
        if post.process == errand.process:
            return post.carry_out(errand)
    return None
