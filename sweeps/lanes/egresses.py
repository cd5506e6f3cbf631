"""Several ways out to the network, each with lanes of its own: a host counts what it gets from each.

Spoken to like `Lanes`, with `host@egress` for a host alone; the empty egress is this machine's own.
A check stays on the way it began on, what carries a credential goes out at home, and everything else
takes the way on which the host's lane is free first. Several ways are no means to get around a wall:
what was refused is asked again from the same address or not at all, and a host that has refused two
addresses is left alone by all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from checkers.base import Pace
from registry.vocab import Reason
from sweeps.lanes.lane import Lane, Stop
from sweeps.lanes.lanes import Lanes

HOME = ""
"""The name of this machine's own way out."""


@dataclass(slots=True, eq=False)
class _Way:
    """One egress."""

    lanes: Lanes
    room: int = 0
    """Requests that it can take at once; 0 while it is away."""
    in_flight: int = 0
    load: int = 0
    """Tickets on its lanes, those in flight included."""
    taken: bool = False
    """Any check may take it."""

    @property
    def free(self) -> int:
        """Requests that it can take now."""
        return self.room - self.in_flight


@runtime_checkable
class Spread(Protocol):
    """Workers that sit at several egresses."""

    def spread(self, make: Callable[[str], Lanes]) -> Egresses:
        """The lanes of a run by these workers; `make` gives those of one egress by its name."""


class Egresses:
    """All lanes of a run with several egresses. `make` gives the lanes of one by its name."""

    def __init__(
        self, make: Callable[[str], Lanes], *, home: int = 0, credentials: str = HOME
    ) -> None:
        """`home`: requests that this machine sends at once by itself, those with a credential and
        what follows upon them. `credentials`: the egress that is to send these in its place."""
        self._make = make
        self._home = home
        self._ways = {HOME: _Way(make(HOME), home)}
        self._credentials = credentials
        self._expected: dict[str, Pace] = {}
        self._lost: list[int] = []
        """Tickets of ways that were given up."""
        self._parked: list[int] = []
        """Tickets for which there is no way at all."""
        self._by_ticket: dict[int, str] = {}
        """Egress of each ticket that was due and is not sent yet."""
        self._new: dict[int, str] = {}
        """Host of each ticket that waits for a check not begun, which any way will do for."""
        self._refused: dict[str, set[str]] = {}
        """By host: the egresses that it has refused."""
        self._now = 0.0
        self._turn = 0

    def __iter__(self) -> Iterator[Lane]:
        for way in self._ways.values():
            yield from way.lanes

    def ways(self) -> list[Lanes]:
        """The lanes of each egress."""
        return [way.lanes for way in self._ways.values()]

    # --- egresses come and go --------------------------------------------------------------------

    def seat(self, egress: str, room: int) -> None:
        """The workers of an egress take `room` requests at once from now on: it joins, grows,
        shrinks or, with none, is away and may come back to what waits for it."""
        way = self._way(egress)
        way.room = room + (self._home if egress == HOME else 0)
        if room > 0 and not way.taken:
            way.taken = True
            self._lost += self._parked
            self._parked = []
            self._deal_anew()

    def leave(self, egress: str) -> None:
        """An egress is given up: what waits for it takes another way. Its lanes keep count, should
        it come back."""
        way = self._way(egress)
        way.room, way.taken = self._home if egress == HOME else 0, False
        self._take_back(way, [ticket for lane in way.lanes for ticket in lane.empty()])

    def _deal_anew(self) -> None:
        """Let the new checks that wait anywhere choose again."""
        for way in self._ways.values():
            for lane in way.lanes:
                self._take_back(way, lane.empty_fresh())

    def _take_back(self, way: _Way, tickets: list[int]) -> None:
        """Tickets that were taken out of a way's lanes are for the driver to put elsewhere."""
        way.load -= len(tickets)
        for ticket in tickets:
            self._new.pop(ticket, None)
        self._lost += tickets

    def egress(self, ticket: int) -> str:
        """The egress by which a ticket that was due is to be sent."""
        return self._by_ticket.pop(ticket)

    def gap(self, egress: str, host: str) -> float:
        """Seconds between two requests from that egress to the host."""
        return self._way(egress).lanes.lane(host).pace.min_gap

    def _way(self, egress: str) -> _Way:
        if egress not in self._ways:
            lanes = self._make(egress)
            for host, pace in self._expected.items():
                lanes.expect(host, pace)
            self._ways[egress] = _Way(lanes)
        return self._ways[egress]

    # --- as the driver speaks to lanes ------------------------------------------------------------

    def route(self, host: str, *, like: str = "", home: bool = False) -> str:
        """The lane to `host`: for a credential that of its egress, else on the way of the lane
        `like` as long as that is there, else on the way that is free first."""
        if home:
            return _name(host, self._credentials)
        if like:
            egress = _split(like)[1]
            if egress == self._credentials or self._way(egress).taken:
                return _name(host, egress)
        there = self._open(host) or [name for name, way in self._ways.items() if way.taken]
        if not there:
            return _name(host, _NOWHERE)
        return _name(host, min(there, key=lambda name: self._wait(name, host)))

    def _open(self, host: str) -> list[str]:
        """The egresses from which the host may be asked."""
        ways = ((name, way) for name, way in self._ways.items() if way.taken)
        return [n for n, way in ways if host not in way.lanes or not way.lanes.closed(host)]

    def _wait(self, egress: str, host: str) -> tuple[bool, float, int, int]:
        """What speaks against an egress: its budget, then how long until it gets to one more."""
        way = self._ways[egress]
        if host not in way.lanes:
            return False, self._now, 0, way.load
        lane = way.lanes.lane(host)
        used_up = lane.pace.per_run is not None and lane.sent + lane.waiting >= lane.pace.per_run
        gap, ready = lane.pace.min_gap, lane.ready_at()
        begins = max(self._now + gap if ready is None else ready, self._now) + lane.waiting * gap
        return used_up, begins, lane.waiting + lane.in_flight, way.load

    def lane(self, name: str) -> Lane:
        """The lane of that name, opened at the first mention."""
        host, egress = _split(name)
        return self._way(egress).lanes.lane(host)

    def expect(self, host: str, pace: Pace) -> None:
        """Open the lanes of a host that is not named at another pace than the default one."""
        self._expected.setdefault(host, pace)
        for way in self._ways.values():
            way.lanes.expect(host, pace)

    def closed(self, name: str) -> Stop | None:
        """Why nothing more is asked on that lane; empty when it may be, were it later."""
        host, egress = _split(name)
        return None if egress == _NOWHERE else self._way(egress).lanes.closed(host)

    def add(
        self,
        ticket: int,
        name: str,
        *,
        fresh: bool = False,
        turn: int = 0,
        not_before: float | None = None,
    ) -> None:
        """Queue a ticket on a lane; see `Lanes.add`."""
        host, egress = _split(name)
        if egress == _NOWHERE:
            self._parked.append(ticket)
            return
        if fresh and not_before is None:
            self._new[ticket] = host
        way = self._way(egress)
        way.load += 1
        way.lanes.add(ticket, host, fresh=fresh, turn=turn, not_before=not_before)

    def due(self, now: float, room: int) -> list[int]:
        """At most `room` tickets that start now, no more on each way than it can take."""
        self._now = now
        started: list[int] = []
        names = list(self._ways)
        self._turn += 1
        for place in range(len(names)):
            name = names[(place + self._turn) % len(names)]
            way = self._ways[name]
            tickets = way.lanes.due(now, min(room - len(started), way.free))
            way.in_flight += len(tickets)
            for ticket in tickets:
                self._by_ticket[ticket] = name
                self._new.pop(ticket, None)
            started += tickets
        return started

    def idle(self, name: str, now: float) -> bool:
        """True when nothing waits on that lane and the host could be asked at once."""
        host, egress = _split(name)
        if egress == _NOWHERE or self._way(egress).free <= 0:
            return False
        return self._way(egress).lanes.idle(host, now)

    def next_due(self) -> float | None:
        """When something may start next; None when nothing waits that could, and infinity when all
        that waits is for an egress to come."""
        whens = [way.lanes.next_due() for way in self._ways.values() if way.free > 0]
        known = [when for when in whens if when is not None]
        return min(known) if known else math.inf if self._stranded() else None

    def _stranded(self) -> bool:
        away = (way for way in self._ways.values() if way.room == 0)
        return bool(self._parked) or any(lane.waiting for way in away for lane in way.lanes)

    def spilled(self) -> list[tuple[int, Stop | None]]:
        """Tickets taken out of lanes closed since the last call, with the reason, or without one
        where another way is open."""
        spilled: list[tuple[int, Stop | None]] = [(ticket, None) for ticket in self._lost]
        self._lost = []
        for way in self._ways.values():
            for ticket, why in way.lanes.spilled():
                way.load -= 1
                host = self._new.pop(ticket, "")
                spilled.append((ticket, None if host and self._open(host) else why))
        return spilled

    @property
    def unsure(self) -> bool:
        """True while some lane could go on if it knew when an earlier request was sent."""
        return any(way.lanes.unsure for way in self._ways.values())

    def went_out(self, name: str, ticket: int, at: float) -> None:
        """The request was on the wire at that time, at the latest."""
        host, egress = _split(name)
        self._way(egress).lanes.went_out(host, ticket, at)

    def finished(
        self, name: str, ticket: int, at: float | None = None, took: float | None = None
    ) -> None:
        """A request on that lane is over, one way or another; see `Lanes.finished`."""
        host, egress = _split(name)
        way = self._way(egress)
        way.in_flight -= 1
        way.load -= 1
        way.lanes.finished(host, ticket, at, took)

    def good(self, name: str) -> None:
        """The host answered as it should."""
        host, egress = _split(name)
        self._way(egress).lanes.good(host)

    def wall(self, name: str, reason: Reason) -> None:
        """The host refused this egress."""
        host, egress = _split(name)
        lanes = self._way(egress).lanes
        lanes.wall(host, reason)
        self._heed(host, egress)

    def had_enough(self, name: str, reason: Reason, seconds: float | None, now: float) -> None:
        """The host refuses us and not a page; see `Lanes.had_enough`."""
        host, egress = _split(name)
        self._way(egress).lanes.had_enough(host, reason, seconds, now)
        self._heed(host, egress)

    def overdue(self, name: str) -> None:
        """An answer was cut off at the limit of all; see `Lanes.overdue`."""
        host, egress = _split(name)
        self._way(egress).lanes.overdue(host)
        self._heed(host, egress)

    def refused(self, name: str) -> None:
        """Nothing was sent: the host's address may not be asked."""
        host, egress = _split(name)
        self._way(egress).lanes.refused(host)

    def cool(self, name: str, seconds: float | None, now: float) -> bool:
        """Rest on that lane; see `Lanes.cool`."""
        host, egress = _split(name)
        return self._rested(host, egress, self._way(egress).lanes.cool(host, seconds, now))

    def _rested(self, host: str, egress: str, rested: bool) -> bool:
        """New checks need not wait for a lane that rests; where it is closed, others may have to be."""
        way = self._way(egress)
        if rested:
            self._take_back(way, way.lanes.lane(host).empty_fresh())
        else:
            self._heed(host, egress)
        return rested

    def _heed(self, host: str, egress: str) -> None:
        """Of a host that has refused two egresses it is us that it refuses."""
        why = self._way(egress).lanes.lane(host).stopped
        refused = self._refused.setdefault(host, set())
        refused |= {egress} if why and not why.by_us else set()
        if why and len(refused) > 1:
            for way in self._ways.values():
                way.lanes.stop(host, why)


_NOWHERE = "\0"
"""Stands for the egress of what has none yet."""


def _name(host: str, egress: str) -> str:
    return f"{host}@{egress}" if egress else host


def _split(name: str) -> tuple[str, str]:
    host, _at, egress = name.partition("@")
    return host, egress
