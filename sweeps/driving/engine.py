"""The driver: starts checks, lets them go on, sends what they ask for, waits for answers.

One thread does all of it; workers only fetch, and checkers compute beside it, so that one which does
not end can be left behind. It never waits while it holds anything, records every response before it
is used, and hands each finished check on at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from checkers.base import Pace
from checkers.loading import Catalogue
from registry.vocab import WALL_REASONS
from sweeps.clock import Clock
from sweeps.driving.agenda import Agenda, Planned
from sweeps.driving.asking import Asking
from sweeps.driving.course import Asked, Course, Result
from sweeps.driving.errands import UnderWay, lane_of
from sweeps.driving.ground import Ground, Recorder, Tuning
from sweeps.driving.hearing import ANTI_BOT, Hearing
from sweeps.driving.stepping import Stepping
from sweeps.driving.workers import Workers
from sweeps.lanes.egresses import Egresses
from sweeps.lanes.lanes import Lanes
from sweeps.network.tokens import Tokens

_HOLD = 0.25
"""Seconds between two groups of finished checks: each is a transaction of its own."""

_TICK = 0.25
"""Seconds between two ticks at most, while nothing finishes."""

_STEPS = 32
"""Checks that go on before requests are sent: what is due shall not wait for all of them."""

_SPELL = 0.01
"""Seconds after which requests are sent though fewer went on: to take a page apart takes longer than
to ask for one, and the pages of many sites may arrive at once."""

_LOOK = 0.005
"""Seconds after which to look whether a request that a lane waits for has gone out."""


class Engine:
    """One pass over an agenda."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        lanes: Lanes | Egresses,
        workers: Workers,
        tokens: Tokens,
        recorder: Recorder,
        clock: Clock,
        tuning: Tuning = Tuning(),
    ) -> None:
        ground = Ground(lanes, workers, tokens, recorder, clock)
        self._catalogue = catalogue
        self.lanes = lanes
        self._workers = workers
        self._clock = clock
        self._tuning = tuning
        self._asking = Asking(ground, self._has_begun, self._held, share=tuning.share)
        self._hearing = Hearing(ground, self._asking, tuning)
        self._stepping = Stepping(tuning.limits.seconds)
        self._numbers = itertools.count()
        self._under_way: set[UnderWay] = set()
        self._before_lane: dict[str, int] = {}
        self._finished: list[tuple[Planned, Result]] = []
        self._handed_over = -_HOLD
        self._busiest = 0
        """Requests under way at once since then, at most."""
        self._hungry: set[str] = set()
        """Groups whose lane may have too few checks before it."""

    def run(
        self,
        agenda: Agenda,
        keep: Callable[[Sequence[tuple[Planned, Result]]], None],
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Work the agenda off. `keep` stores what has finished, and is called also on the way out.

        `tick` is called in between, after each group that was kept and at least twice a second.
        """
        self._hungry = set(agenda.groups())
        ticked = -_TICK
        try:
            while self._turn(agenda, keep):
                now = self._clock.monotonic()
                if self._handed_over >= ticked or now >= ticked + _TICK:
                    ticked = now
                    tick()
        finally:
            self._hand_over(keep)
            if self._under_way:
                self._stepping.farewell([check.course.close for check in self._under_way])
            self._stepping.close()

    def _turn(
        self, agenda: Agenda, keep: Callable[[Sequence[tuple[Planned, Result]]], None]
    ) -> bool:
        """Do all that can be done now, then wait for more. False when nothing is left."""
        self._admit(agenda)
        until, ready = self._clock.monotonic() + _SPELL, self._asking.ready
        if len(ready) > 1:
            self._stepping.begin(
                check.course.upcoming(check.told) for check in islice(ready, _STEPS)
            )
        for _step in range(min(len(ready), _STEPS)):
            self._step(ready.popleft())
            if self._clock.monotonic() > until:
                break
        self._asking.spill()
        if self._holds_enough():
            self._hand_over(keep)
        if not self._under_way:
            return bool(agenda.left)
        self._asking.send()
        if self._finished and self._clock.monotonic() >= self._handed_over + _HOLD:
            self._hand_over(keep)
        self._collect()
        return True

    def _collect(self) -> None:
        """Wait for an answer, or for the next request to be due."""
        now, due = self._clock.monotonic(), self.lanes.next_due()
        ready, hearing = self._asking.ready, self._hearing
        if due is None and not self._asking.in_flight and not ready:
            raise RuntimeError("checks are under way and nothing can happen to them")
        until = due if due is not None and not self._asking.crowded else now + 1.0
        if self.lanes.unsure:
            until = min(until, now + _LOOK)
        if self._finished:
            until = min(until, self._handed_over + _HOLD)
        if hearing.waiting:
            until = min(until, hearing.until)
        answers = self._workers.collect(0.0 if ready else max(until - now, 0.0))
        self._asking.note_sends()
        hearing.take_in(answers, due)

    def _holds_enough(self) -> bool:
        """True when nothing more shall be asked before what has finished is stored: in a quick sweep
        several checks are stored at a time, but no more are held back than were under way at once
        since the last time, since both are what a killed run has to do again. Where a host's window
        makes all wait, nothing is under way at the end of it; to store each answer alone for that
        would cost more than to get it."""
        self._busiest = most = max(self._busiest, self._asking.in_flight)
        held = self._held()
        return held >= most or held + len(self._asking.ready) >= 2 * most

    def _hand_over(self, keep: Callable[[Sequence[tuple[Planned, Result]]], None]) -> None:
        """Hand on what has finished."""
        if self._finished:
            finished, self._finished = self._finished, []
            self._handed_over, self._busiest = self._clock.monotonic(), self._asking.in_flight
            keep(finished)

    def _held(self) -> int:
        """Answers and finished checks that are waited with, so that more are stored at once."""
        return len(self._finished) + self._hearing.waiting

    # --- checks -------------------------------------------------------------------------------

    def _admit(self, agenda: Agenda) -> None:
        """Start new checks wherever a lane has few of them before it."""
        for group in sorted(self._hungry):
            room = self._tuning.most - len(self._under_way)
            if room <= 0:
                return
            self._hungry.discard(group)
            wanted = min(self._tuning.ahead - self._before_lane.get(group, 0), room)
            for planned in agenda.take(group, wanted):
                self._begin(planned, group)

    def _begin(self, planned: Planned, group: str) -> None:
        course = Course(
            planned.target,
            self._catalogue,
            self._clock.monotonic,
            self._tuning.limits,
            self._stepping.take,
        )
        check = UnderWay(planned, course, group, next(self._numbers))
        self._before_lane[group] = self._before_lane.get(group, 0) + 1
        self._under_way.add(check)
        self._asking.ready.append(check)

    def _step(self, check: UnderWay) -> None:
        """Let a check go on with its answers."""
        asked_before = check.asked
        wanted = check.course.go(check.told)
        if asked_before is not None:
            self._heed_walls(check, asked_before)
            self._has_begun(check)
        if isinstance(wanted, Result):
            self._has_begun(check)
            self._asking.forget(check)
            self._under_way.discard(check)
            self._finished.append((check.planned, wanted))
            return
        self._asking.ask(check, wanted)

    def _has_begun(self, check: UnderWay) -> None:
        if not check.begun:
            check.begun = True
            self._asking.begin(check)
            self._before_lane[check.group] -= 1
            if 4 * self._before_lane[check.group] <= 3 * self._tuning.ahead:
                self._hungry.add(check.group)

    def _heed_walls(self, check: UnderWay, asked: Asked) -> None:
        """A wall that only the checker could see closes the host, if it is clear which.

        With an account's own credential it is the account that is refused, not we. What the status alone
        said, of the host itself and not of one that it led on to, was counted when it came.
        """
        walls = [reason for reason in check.course.walls if reason in WALL_REASONS]
        check.course.walls.clear()
        answers = [answer.response for answer in check.told or ()]
        if not walls or any(each.status in ANTI_BOT and not each.hops for each in answers):
            return
        own = any(":" in (request.auth or "") for request in asked.requests)
        hosts = {lane_of(request) for request in asked.requests}
        if len(hosts) == 1 and not own:
            self.lanes.wall(self.lanes.route(hosts.pop(), like=check.lane), walls[-1])


def paces(catalogue: Catalogue) -> Mapping[str, Pace]:
    """What the checkers say of the hosts they ask."""
    checkers = (*catalogue.platforms.values(), *catalogue.shared.values())
    return {host: pace for checker in checkers for host, pace in checker.hosts.items()}
