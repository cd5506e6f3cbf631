"""What checks under way will ask for by all that is known, asked while places stand empty.

While the pages are fetched that say which links there are, most places have nothing to do, and the
links that take longest are known from the last time. Nobody is held up by this: such a request goes
only into a place, and down a lane, that nothing else waits for. A wrong guess costs one request.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from checkers.base import Request
from sweeps.driving.errands import Errand, UnderWay

_LOOKS = 16
"""Checks in succession none of which may start anything, after which no other is looked at."""


class Foresight:
    """The guesses of all checks. `most`: errands sent ahead whose answers nobody has asked for yet."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turns: deque[tuple[UnderWay, deque[Request]]] = deque()
        """Of each check the next request, then of each the one after it."""
        self._ahead: dict[UnderWay, dict[Request, Errand]] = {}
        self._out = 0

    @property
    def guesses(self) -> bool:
        """True while there is something that was not asked for yet."""
        return bool(self._turns)

    def add(self, check: UnderWay, requests: Sequence[Request]) -> None:
        """A check has begun, and will probably ask for these."""
        if requests:
            self._ahead[check] = {}
            self._turns.append((check, deque(requests)))

    def send(self, room: int, may_start: Callable[[UnderWay, Request], bool]) -> Iterator[Errand]:
        """At most `room` errands that may start now; the next is looked for after one is on its way."""
        room, missed = min(room, self._most - self._out), 0
        while room > 0 and missed < min(len(self._turns), _LOOKS):
            check, requests = self._turns.popleft()
            if check not in self._ahead:
                continue
            if may_start(check, requests[0]):
                request = requests.popleft()
                errand = self._ahead[check][request] = Errand(check, None, request, request)
                room, missed = room - 1, 0
                self._out += 1
                yield errand
            else:
                missed += 1
            if requests:
                self._turns.append((check, requests))

    def take(self, check: UnderWay, request: Request) -> Errand | None:
        """The errand on which the request was sent ahead, for a check that now asks for it."""
        ahead = self._ahead.get(check)
        if not ahead or request not in ahead:
            return None
        self._out -= 1
        return ahead.pop(request)

    def forget(self, check: UnderWay) -> None:
        """The check knows by now what it wants: what it did not ask for it never will."""
        for errand in self._ahead.pop(check, {}).values():
            errand.forgotten = True
            self._out -= 1
