"""The link to a Dask scheduler: who its workers are, tasks to one of them, and what became of each.

It runs in a thread with a loop of its own, and tells what happens through a queue. It decides
nothing: every task is for one worker, is never moved, and is not tried again by Dask.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from checkers.base import Response
from sweeps.cluster.outpost import Introduction, Sealed, agreed, carry_out, introduce
from sweeps.cluster.trouble import Cause, Trouble
from sweeps.network.transport import Network

_LOOK = 1.0
"""Seconds between two looks at who is there; what the scheduler tells by itself is quicker."""
_WELCOME = 15.0
"""Seconds within which a worker must introduce itself."""
_CALL = 10.0
"""Seconds within which the scheduler must answer."""
_SILENCE = 60.0
"""Seconds without an answer after which the line is given up. One that is only starved of time comes
back; with the line all that is under way would be lost and asked again."""
_CLOSE = 1.0
"""Seconds that we take to say goodbye."""


@dataclass(frozen=True, slots=True)
class Met:
    """The scheduler has answered."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A worker has come."""

    address: str
    name: str
    threads: int
    introduction: Introduction


@dataclass(frozen=True, slots=True)
class Unfit:
    """A worker has come that cannot say who it is in our way."""

    name: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Left:
    """A worker has gone; the tasks that it had are over."""

    address: str


@dataclass(frozen=True, slots=True)
class Done:
    """A task is over; without a response nobody knows how."""

    ticket: int
    uid: str
    response: Response | None


@dataclass(frozen=True, slots=True)
class Cut:
    """The scheduler does not answer; it is called again until it does."""

    trouble: Trouble


News = Met | Joined | Unfit | Left | Done | Cut


class Link:
    """See the module. `address` is that of the scheduler."""

    def __init__(self, address: str, network: Network) -> None:
        self.address = address
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._network = network
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Any = None
        self._stir: asyncio.Event = asyncio.Event()
        self._known: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._at: dict[str, set[asyncio.Task[None]]] = {}
        """Of them those that wait for a worker's answers, by its address."""
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="cluster-link")

    @property
    def bare(self) -> bool:
        """True when what goes over it can be read on the way."""
        return not self.address.startswith("tls://")

    def open(self) -> None:
        """Begin to call the scheduler."""
        self._thread.start()

    def close(self) -> None:
        """Give everything up."""
        self._closing = True
        self._soon(self._stir.set)
        self._thread.join(_CLOSE)

    def send(self, ticket: int, uid: str, address: str, sealed: Sealed) -> None:
        """Hand a worker a task; its end is told once, whatever becomes of it."""
        self._soon(self._begin, ticket, uid, address, sealed)

    def forget(self, address: str) -> None:
        """Ask a worker anew who it is."""
        self._soon(self._known.discard, address)
        self._soon(self._stir.set)

    def _soon(self, what: Any, *args: Any) -> None:
        loop = self._loop
        with suppress(RuntimeError):  # the loop may have been closed
            if loop is not None:
                loop.call_soon_threadsafe(what, *args)

    # --- in the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        import distributed

        with hushed():
            asyncio.run(self._main(distributed.Client))

    async def _main(self, make: Any) -> None:
        self._loop = asyncio.get_running_loop()
        # Dask's own tasks may end badly when a worker does; the terminal need not hear of it.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        while not self._closing:
            trouble = Trouble(Cause.SILENT, "connection lost")
            try:
                async with make(
                    self.address, asynchronous=True, set_as_default=False, timeout=_CALL
                ) as client:
                    # Tasks pass through the scheduler, which must have the program for it.
                    await asyncio.wait_for(client.run_on_scheduler(agreed), _CALL)
                    self.news.put(Met())
                    self._client = client
                    client.subscribe_topic("all", self._heard)
                    await self._watch(client)
            except Exception as error:
                # Whatever Dask raises on a bad line costs the line, never the sweep.
                trouble = Trouble.of(error)
            self._client = None
            self._gone(self._held)
            if not self._closing:
                self.news.put(Cut(trouble))
                await self._pause()
        for task in self._tasks:
            task.cancel()

    async def _watch(self, client: Any) -> None:
        """Tell who comes and goes until the connection is lost or we are closed."""
        while not self._closing and client.status == "running":
            self._stir.clear()
            told = await asyncio.wait_for(client.scheduler.identity(n_workers=-1), _SILENCE)
            self._gone(self._held - set(told["workers"]))
            for address, worker in told["workers"].items():
                if address not in self._known and worker["status"] == "running":
                    self._known.add(address)
                    self._spawn(self._welcome(client, address, worker))
            await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stir.wait(), _LOOK)

    def _heard(self, event: tuple[float, Any]) -> None:
        """The scheduler has told something that concerns all."""
        told = event[1]
        if not isinstance(told, dict):
            return
        if told.get("action") == "remove-worker":
            self._gone(self._held & {told.get("worker")})
        if told.get("action") in {"add-worker", "remove-worker"}:
            self._stir.set()

    @property
    def _held(self) -> set[str]:
        """Who is known, or has tasks of ours though we have asked it anew who it is."""
        return self._known | self._at.keys()

    def _gone(self, addresses: set[str]) -> None:
        for address in addresses:
            self._known.discard(address)
            self.news.put(Left(address))
            for task in self._at.pop(address, ()):
                task.cancel()

    async def _welcome(self, client: Any, address: str, worker: dict[str, Any]) -> None:
        asked = client.run(introduce, self._network, workers=[address], on_error="return")
        try:
            said = (await asyncio.wait_for(asked, _WELCOME)).get(address)
        except (OSError, TimeoutError) as error:
            said = error
        if address not in self._known:
            return
        name = str(worker["name"])
        if isinstance(said, Introduction):
            self.news.put(Joined(address, name, worker["nthreads"], said))
        elif said is None or isinstance(said, OSError):
            self._known.discard(address)  # asked again at the next look
        else:
            self.news.put(Unfit(name, Trouble.of(said)))

    def _begin(self, ticket: int, uid: str, address: str, sealed: Sealed) -> None:
        client = self._client
        if client is None or address not in self._known:
            self.news.put(Done(ticket, uid, None))
            return
        try:
            future = client.submit(
                carry_out,
                sealed,
                key=f"fetch-{uuid.uuid4().hex}",
                pure=False,
                retries=0,
                workers=[address],
                allow_other_workers=False,
            )
        except Exception:
            # A client that is being closed; whatever it says, nothing was sent.
            self.news.put(Done(ticket, uid, None))
            return
        task = self._spawn(self._bring(ticket, uid, future))
        here = self._at.setdefault(address, set())
        here.add(task)
        task.add_done_callback(here.discard)

    async def _bring(self, ticket: int, uid: str, future: Any) -> None:
        """Wait for a task's end and tell it."""
        response = None
        try:
            # Dask fetches in one go what several workers have done. Whoever gives up waiting for one
            # that is dead must not call that off for the living.
            response = await asyncio.shield(future)
        except (Exception, asyncio.CancelledError):
            # Cancelled, lost with its worker, or broken on the way: nobody knows what was sent.
            pass
        finally:
            future.release()
            self.news.put(Done(ticket, uid, response))

    def _spawn(self, coroutine: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@contextmanager
def hushed() -> Iterator[None]:
    """Within the block Dask does not tell the terminal what we tell in our own words."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    loggers = [logging.getLogger(name) for name in names]
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="distributed")
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
