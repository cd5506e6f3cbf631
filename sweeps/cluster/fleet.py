"""Workers on other machines, each an egress: the driver keeps lanes, checks, secrets and evidence.

A worker that dies loses nothing: what it had is handed back as lost and asked again. Requests with a
credential are sent by this machine itself, unless the office names one egress for them: what a token
is good for may hang on the address that it is used from, as with WeChat's list of allowed addresses.
"""

from __future__ import annotations

import importlib
import ipaddress
import math
import queue
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from checkers.base import Request, Response
from registry.errors import BadConfig, TaizhangError
from registry.messages import _
from sweeps.clock import Clock
from sweeps.cluster.link import Cut, Done, Joined, Left, Link, Met, News, Unfit
from sweeps.cluster.outpost import AGREEMENT, Errand, Sealed
from sweeps.cluster.trouble import Cause, Trouble
from sweeps.driving.workers import Fetch
from sweeps.lanes.egresses import HOME, Egresses
from sweeps.lanes.lanes import Lanes
from sweeps.network.credentials import Insertion
from sweeps.network.transport import Network, transport
from sweeps.network.wire import host_of

_SLICE = 0.5
"""Seconds: a wait is cut into such pieces, because on some systems Ctrl-C cannot break one."""

_PATIENCE = 120.0
"""Seconds without any worker after which the run ends, to be gone on with later."""

_SOON = 1.0
"""Seconds after which people are told."""

_GRACE = 10.0
"""Seconds for which what waits for an egress whose workers are gone waits for them to come back."""

_ANSWER = 12.0
"""Seconds within which the scheduler must answer at the beginning."""

_LONGEST_NAME = 64
"""Characters of an egress's name, as kept with the days' budgets."""

_OVERDUE = 60.0
"""Seconds beyond the longest exchange after which an answer is not waited for any more."""


class ClusterLost(TaizhangError):
    """No worker is left. All that was done is kept."""

    code = "cluster_lost"


@dataclass(slots=True, eq=False)
class _Worker:
    """One process at an egress."""

    joined: Joined
    egress: str
    busy: int = 0

    @property
    def free(self) -> int:
        """Requests that it can take now."""
        return self.joined.threads - self.busy


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request that is with a worker, or with a thread of ours."""

    uid: str
    until: float
    """Stop-watch: after that it is taken for lost."""
    worker: _Worker | None = None


class Cluster:
    """`Workers` over a link. One thread uses it; see the module."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        network: Network,
        own: Fetch,
        *,
        room: int,
        credentials: str = HOME,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        """`own` and `room`: what this machine sends by itself, and how much of it at once.
        `credentials`: the egress that sends requests with a credential. `tell`: for people."""
        self._link = link
        self._clock = clock
        self._own = own
        self._own_room = room
        self._credentials = credentials
        self._tell = tell
        self._longest = network.limits.total + _OVERDUE
        self._workers: dict[str, _Worker] = {}
        self._sent: dict[int, _Sent] = {}
        self._stamps: deque[tuple[int, float]] = deque()
        self._away: dict[str, float] = {}
        """Egresses without workers: when they are given up."""
        self._look_at = 0.0
        self._alone: float | None = None
        """Since when nothing can happen for want of workers."""
        self._told = False
        self._egresses = Egresses(lambda _egress: Lanes({}))

    @property
    def room(self) -> int:
        """How many requests may be under way at once."""
        return self._own_room + sum(worker.joined.threads for worker in self._workers.values())

    def spread(self, make: Callable[[str], Lanes]) -> Egresses:
        """The lanes of a run by these workers; `make` gives those of one egress by its name."""
        self._egresses = Egresses(make, home=self._own_room, credentials=self._credentials)
        for egress in {worker.egress for worker in self._workers.values()}:
            self._seat(egress)
        return self._egresses

    def submit(self, ticket: int, request: Request, insertion: Insertion | None = None) -> None:
        """Send this request now, by the egress that its lane has chosen."""
        egress, uid = self._egresses.egress(ticket), uuid.uuid4().hex
        host, until = host_of(request.url), self._clock.monotonic() + self._longest
        worker = None if egress == HOME and insertion else self._chosen(egress, host)
        self._sent[ticket] = _Sent(uid, until, worker)
        if worker is not None:
            worker.busy += 1
            process, gap = worker.joined.introduction.process, self._egresses.gap(egress, host)
            sealed = Sealed(Errand(process, uid, request, insertion, gap))
            self._went_out(ticket)
            self._link.send(ticket, uid, worker.joined.address, sealed)
        elif egress == HOME:
            arguments = (ticket, uid, request, insertion)
            threading.Thread(target=self._fetch_here, args=arguments, daemon=True).start()
        else:
            self._link.news.put(Done(ticket, uid, None))

    def _fetch_here(
        self, ticket: int, uid: str, request: Request, insertion: Insertion | None
    ) -> None:
        out = partial(self._went_out, ticket)
        self._link.news.put(Done(ticket, uid, self._own(request, insertion, out)))

    def _went_out(self, ticket: int) -> None:
        self._stamps.append((ticket, self._clock.monotonic()))

    def sent(self) -> Sequence[tuple[int, float]]:
        """What was sent since the last call. A worker keeps requests apart as they really go out, so
        of its own it is enough to know when they were handed to it."""
        return [self._stamps.popleft() for _stamp in range(len(self._stamps))]

    def collect(self, seconds: float) -> Sequence[tuple[int, Response | None]]:
        """What has come back; None for what was lost with its worker. Raises ClusterLost."""
        answers: list[tuple[int, Response | None]] = []
        try:
            self._hear(self._link.news.get(timeout=max(min(seconds, _SLICE), 0.0)), answers)
            while True:
                self._hear(self._link.news.get_nowait(), answers)
        except queue.Empty:
            self._look_round(answers)
            return answers

    def close(self) -> None:
        """Give up what is under way."""
        self._link.close()

    # --- workers ------------------------------------------------------------------------------

    def _chosen(self, egress: str, host: str) -> _Worker | None:
        """Of an egress's processes the same for one host as long as that is free: it has the
        connection, and it keeps the host's requests apart."""
        there = [w for w in self._workers.values() if w.egress == egress and w.free > 0]
        return min(there, key=lambda w: hash((w.joined.address, host)), default=None)

    def _hear(self, news: News, answers: list[tuple[int, Response | None]]) -> None:
        match news:
            case Done(ticket, uid, response):
                self._done(ticket, uid, response, answers)
            case Joined():
                self._join(news)
            case Unfit(name, trouble):
                self._refuse(name, trouble.words)
            case Left(address):
                if worker := self._workers.pop(address, None):
                    self._seat(worker.egress)
            case Cut(_) | Met():
                # Who is gone with the scheduler is told one by one.
                return

    def _done(
        self,
        ticket: int,
        uid: str,
        response: Response | None,
        answers: list[tuple[int, Response | None]],
    ) -> None:
        sent = self._sent.get(ticket)
        if sent is None or sent.uid != uid:
            return  # given up in the meantime
        del self._sent[ticket]
        if sent.worker is not None:
            sent.worker.busy -= 1
            if response is None:
                self._doubt(sent.worker)
        # One clock for all that is observed, whatever those of other machines show.
        answers.append((ticket, response and replace(response, fetched_at=self._clock.now())))

    def _doubt(self, worker: _Worker) -> None:
        """One that is there and yet did not do it may be another process by now: it gets nothing
        until it has introduced itself again."""
        address = worker.joined.address
        if self._workers.get(address) is worker:
            del self._workers[address]
            self._seat(worker.egress)
            self._link.forget(address)

    def _join(self, joined: Joined) -> None:
        egress = self._egress_of(joined)
        where = host_in(joined.address)
        if joined.introduction.agreement != AGREEMENT:
            self._refuse(joined.name, _("it has another version of the program"))
        elif self._link.bare and not within_reach(where, private=True):
            self._refuse(joined.name, _("it is on an open network and the link has no TLS"))
        elif self._link.bare and egress == self._credentials and not within_reach(where):
            self._refuse(joined.name, _("credentials go to it only over TLS"))
        else:
            # The same process again, after a doubt, still has what it had.
            had = (sent.worker for sent in self._sent.values() if sent.worker is not None)
            same = next((worker for worker in had if worker.joined == joined), None)
            self._workers[joined.address] = same or _Worker(joined, egress)
            self._seat(egress)

    def _refuse(self, name: str, why: str) -> None:
        self._tell(_("Worker {name} is not used: {why}").format(name=name, why=why))

    def _egress_of(self, joined: Joined) -> str:
        """As the worker calls it, else its machine: several processes of one are one egress, and
        those of this machine share our own."""
        if joined.introduction.egress:
            return joined.introduction.egress[:_LONGEST_NAME]
        where = host_in(joined.address)
        if is_here(where):
            where = host_in(self._link.address)
            return HOME if is_here(where) else where[:_LONGEST_NAME]
        return where[:_LONGEST_NAME]

    def _seat(self, egress: str) -> None:
        """Tell the lanes how many requests the egress takes now."""
        here = [w.joined.threads for w in self._workers.values() if w.egress == egress]
        self._egresses.seat(egress, sum(here))
        if here:
            self._away.pop(egress, None)
        else:
            self._away.setdefault(egress, self._clock.monotonic() + _GRACE)

    def _look_round(self, answers: list[tuple[int, Response | None]]) -> None:
        """Give up what has been waited for long enough."""
        now = self._clock.monotonic()
        for egress, until in list(self._away.items()):
            if now >= until:
                del self._away[egress]
                self._egresses.leave(egress)
        if now >= self._look_at:
            self._look_at = now + _SLICE
            for ticket, sent in list(self._sent.items()):
                if now >= sent.until:
                    self._done(ticket, sent.uid, None, answers)
        self._be_patient(now)

    def _be_patient(self, now: float) -> None:
        """Raises ClusterLost when for want of workers nothing has happened for too long."""
        due = self._egresses.next_due()
        if self._sent or (due is not None and due < math.inf):
            self._alone = None
            return
        if self._alone is None:
            self._alone, self._told = now, False
        alone = now - self._alone
        if alone >= _SOON and not self._told:
            self._told = True
            self._tell(
                _("No worker is there; waiting for one, at most {seconds} seconds.").format(
                    seconds=round(_PATIENCE)
                )
            )
        if alone >= _PATIENCE:
            raise ClusterLost(
                _("No worker of the cluster is there any more. All that was done is kept."),
                _("Start workers, then go on with `taizhang sweep run --resume --cluster …`."),
            )


# --- the way in -----------------------------------------------------------------------------------


@contextmanager
def cluster(
    address: str,
    clock: Clock,
    network: Network,
    *,
    room: int,
    credentials: str = HOME,
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[Cluster]:
    """The workers of the Dask scheduler at `address`, for the length of the block.

    Raises BadConfig when Dask is not installed, or for an address that is none, is open to others or
    does not answer.
    """
    try:
        importlib.import_module("distributed")
    except ImportError:
        raise BadConfig(
            _("A cluster needs Dask, which is not installed."),
            _("Install it with: pip install 'taizhang[cluster]'"),
        ) from None
    link = Link(checked(address), _for_workers(network))
    with transport(clock, network) as way_out:
        workers = Cluster(
            link, clock, network, way_out.fetch, room=room, credentials=credentials, tell=tell
        )
        link.open()
        try:
            _await_answer(link)
            yield workers
        finally:
            workers.close()


def _for_workers(network: Network) -> Network:
    """The office's limits. What belongs to this machine's way out stays here."""
    return replace(network, proxy="", ca_file="")


def _await_answer(link: Link) -> None:
    """Return when the scheduler has answered. Raises BadConfig."""
    trouble, given_up = Trouble(Cause.MUTE), time.monotonic() + _ANSWER
    while time.monotonic() < given_up:
        try:
            first = link.news.get(timeout=_SLICE)
        except queue.Empty:
            continue
        if isinstance(first, Met):
            return
        trouble = first.trouble if isinstance(first, Cut) else trouble
        break
    raise BadConfig(
        _("The cluster at {address} does not answer. {why}").format(
            address=link.address, why=trouble.words
        ),
        _(
            "Start it with `dask scheduler`, or leave out --cluster to sweep from this machine alone."
        ),
    )


def checked(address: str) -> str:
    """The address in full. Raises BadConfig for one that is none, or is open to others."""
    full = address if "://" in address else f"tcp://{address}"
    parts = urlsplit(full)
    try:
        good = parts.scheme in {"tcp", "tls"} and parts.hostname and parts.port
    except ValueError:
        good = False
    if not good:
        raise BadConfig(
            _("{address} is no address of a cluster.").format(address=address or "“”"),
            _("Write it like tls://10.1.2.3:8786."),
        )
    if parts.scheme == "tcp" and not within_reach(str(parts.hostname), private=True):
        raise BadConfig(
            _("{address} is on an open network, and the link would have no TLS.").format(
                address=address
            ),
            _("Start the cluster with certificates and write tls:// (see docs/scaling.md)."),
        )
    return full


def host_in(address: str) -> str:
    """The host of `tcp://host:port`."""
    return urlsplit(address).hostname or ""


def within_reach(host: str, *, private: bool = False) -> bool:
    """True when `host` is this machine by its loopback name or, with `private`, on a private
    network; by every address that it has. A name that nobody knows is not."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    addresses = [ipaddress.ip_address(str(each).partition("%")[0]) for each in found]
    return all(each.is_loopback or (private and each.is_private) for each in addresses)


def is_here(host: str) -> bool:
    """True when this machine has that address."""
    try:
        family, kind, protocol, _name, where = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(where)
    except OSError:
        return False
    return True
