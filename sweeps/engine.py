"""The driver: starts checks, sends their requests down the lanes, gives them the answers.

One thread does all of it; workers only fetch, and checkers compute beside it, so that one which does
not end can be left behind. It never waits while it holds anything, records every response before it
is used, and hands each finished check on at once.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from checkers.base import WALL_STATUS, Failure, Pace, Request, Response, is_wall_address
from checkers.loading import Catalogue
from registry.vocab import TRANSIENT_REASONS, WALL_REASONS, Reason
from sweeps.agenda import Agenda, Planned
from sweeps.clock import Clock
from sweeps.course import Asked, Course, CourseLimits, Result
from sweeps.credentials import Insertion
from sweeps.digest import AT_ONCE, Answered
from sweeps.egresses import Egresses
from sweeps.errands import Errand, UnderWay, lane_of, retry_after
from sweeps.lanes import Lanes
from sweeps.redirects import follow, looped
from sweeps.stepping import Stepping
from sweeps.tokens import Standing, Tokens
from sweeps.wire import MalformedRequest, host_of
from sweeps.workers import Workers

_HOLD = 0.25
"""Seconds between two groups of finished checks: each is a transaction of its own."""

_STEPS = 32
"""Checks that go on before requests are sent: what is due shall not wait for all of them."""

_SPELL = 0.01
"""Seconds after which requests are sent though fewer went on: to take a page apart takes longer than
to ask for one, and the pages of many sites may arrive at once."""

_LOOK = 0.005
"""Seconds after which to look whether a request that a lane waits for has gone out."""

_ANTI_BOT = frozenset({412, 418, 432, 461, 471, 521})
"""Statuses that mean the host itself has had enough of us, not just this page."""


class Recorder(Protocol):
    """Keeps what was exchanged, before it is used."""

    def redacted(self, response: Response) -> Response:
        """The response without any secret."""

    def record(self, ticket: int, request: Request, response: Response) -> str:
        """Keep an exchange; the id of its record, or empty."""

    def stand_in(self, request: Request, record: str, at: datetime) -> None:
        """Keep that `request` was never sent and got another exchange's answer."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How hard the driver tries."""

    retries: int = 2
    """Further tries after a passing fault."""
    back_off: float = 2.0
    """Seconds before the first of them; each further one waits four times as long."""
    losses: int = 10
    """Times that a request is asked again because its worker was lost."""
    ahead: int = 32
    """New checks that may stand before one lane at a time."""
    most: int = 4000
    """Checks under way at once, over all lanes."""
    limits: CourseLimits = CourseLimits()


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
        self._catalogue = catalogue
        self.lanes = lanes
        self._workers = workers
        self._tokens = tokens
        self._recorder = recorder
        self._clock = clock
        self._tuning = tuning
        self._stepping = Stepping(tuning.limits.seconds)
        self._numbers = itertools.count()
        self._errands: dict[int, Errand] = {}
        self._in_flight = 0
        self._ready: deque[UnderWay] = deque()
        self._under_way: set[UnderWay] = set()
        self._before_lane: dict[str, int] = {}
        self._for_token: dict[str, list[Errand]] = {}
        self._full: set[UnderWay] = set()
        """Checks with enough answers to be read."""
        self._finished: list[tuple[Planned, Result]] = []
        self._handed_over = -_HOLD
        self._hungry: set[str] = set()
        """Groups whose lane may have too few checks before it."""

    def run(
        self,
        agenda: Agenda,
        keep: Callable[[Sequence[tuple[Planned, Result]]], None],
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Work the agenda off. `keep` stores what has finished, and is called also on the way out.

        `tick` is called in between, at least twice a second.
        """
        self._hungry = set(agenda.groups())
        try:
            while self._turn(agenda, keep):
                tick()
        finally:
            self._hand_over(keep, all_now=True)
            if self._under_way:
                self._stepping.farewell([check.course.close for check in self._under_way])
            self._stepping.close()

    def _turn(
        self, agenda: Agenda, keep: Callable[[Sequence[tuple[Planned, Result]]], None]
    ) -> bool:
        """Do all that can be done now, then wait for more. False when nothing is left."""
        self._admit(agenda)
        until = self._clock.monotonic() + _SPELL
        for _step in range(min(len(self._ready), _STEPS)):
            self._step(self._ready.popleft())
            if self._clock.monotonic() > until:
                break
        self._spill()
        self._hand_over(keep)
        if not self._under_way:
            return bool(agenda.left)
        self._send()
        self._collect()
        return True

    def _hand_over(
        self, keep: Callable[[Sequence[tuple[Planned, Result]]], None], *, all_now: bool = False
    ) -> None:
        """Hand on what has finished; in a quick sweep several at a time, but no more are held back
        than are under way anyway, since both are what a killed run has to do again."""
        now = self._clock.monotonic()
        enough = all_now or len(self._finished) >= self._in_flight
        if self._finished and (enough or now >= self._handed_over + _HOLD):
            finished, self._finished = self._finished, []
            self._handed_over = now
            keep(finished)

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
        self._ready.append(check)

    def _step(self, check: UnderWay) -> None:
        """Let a check go on with its answers."""
        answers = None if check.asked is None else [a for a in check.answers if a is not None]
        asked_before = check.asked
        wanted = check.course.go(answers)
        if asked_before is not None:
            self._heed_walls(check, asked_before)
            self._has_begun(check)
        if isinstance(wanted, Result):
            self._has_begun(check)
            self._under_way.discard(check)
            self._finished.append((check.planned, wanted))
            return
        check.asked, check.missing = wanted, len(wanted.requests)
        check.answers, check.unread = [None] * check.missing, []
        hosts = frozenset(wanted.checker.hosts)
        for slot, request in enumerate(wanted.requests):
            if wanted.pace and (host := lane_of(request)):
                self.lanes.expect(host, wanted.pace)
            self._dispatch(Errand(check, slot, request, request, hosts))

    def _has_begun(self, check: UnderWay) -> None:
        if not check.begun:
            check.begun = True
            self._before_lane[check.group] -= 1
            self._hungry.add(check.group)

    def _heed_walls(self, check: UnderWay, asked: Asked) -> None:
        """A wall that only the checker could see closes the host, if it is clear which.

        With an account's own credential it is the account that is refused, not we.
        """
        walls = [reason for reason in check.course.walls if reason in WALL_REASONS]
        check.course.walls.clear()
        own = any(":" in (request.auth or "") for request in asked.requests)
        hosts = {lane_of(request) for request in asked.requests}
        if walls and len(hosts) == 1 and not own:
            self.lanes.wall(self.lanes.route(hosts.pop(), like=check.lane), walls[-1].value)

    # --- requests on their way out --------------------------------------------------------------

    def _dispatch(self, errand: Errand, not_before: float | None = None) -> None:
        """Put a request into its lane, or see that it cannot be sent."""
        failure = self._refusal(errand)
        if failure is not None:
            self._settle(errand, self._no_answer(errand, failure))
            return
        name = errand.request.auth
        if name and self._tokens.standing(name, self._clock.monotonic()) is Standing.NEEDS_TOKEN:
            self._await_token(name, errand)
            return
        ticket = next(self._numbers)
        self._errands[ticket] = errand
        fresh = errand.owner is not None and not errand.owner.begun and not errand.trail.hops
        self.lanes.add(ticket, errand.lane, fresh=fresh, turn=errand.turn, not_before=not_before)

    def _refusal(self, errand: Errand) -> Failure | None:
        try:
            why = self.lanes.closed(self._route(errand))
        except MalformedRequest as error:
            return Failure(Reason.NOT_FOUND, str(error))
        if why:
            return Failure(Reason.HOST_BLOCKED, why)
        name = errand.request.auth
        if name and self._tokens.standing(name, 0.0) is Standing.MISSING:
            return Failure(Reason.NO_CREDENTIAL, name)
        return looped(errand.request, errand.trail)

    def _route(self, errand: Errand) -> str:
        """Find the request's lane: by the way out that its check has taken, for an answer may hold
        what is good from one address only. What carries a credential goes out at home."""
        check = errand.owner
        like = errand.lane or (check.lane if check else "")
        home = bool(errand.request.auth or errand.token_for)
        errand.lane = self.lanes.route(host_of(errand.request.url), like=like, home=home)
        if check is not None:
            check.lane = errand.lane
        return errand.lane

    def _await_token(self, name: str, errand: Errand) -> None:
        waiting = self._for_token.setdefault(name, [])
        waiting.append(errand)
        if len(waiting) == 1:
            request = self._tokens.exchange_request(name)
            self._dispatch(Errand(None, 0, request, request, errand.hosts, token_for=name))

    def _send(self) -> None:
        self._note_sends()
        now = self._clock.monotonic()
        for ticket in self.lanes.due(now, self._workers.room - self._in_flight):
            errand = self._errands[ticket]
            errand.sent = self._inserted(errand)
            self._in_flight += 1
            self._workers.submit(ticket, errand.request, errand.sent)
            if errand.owner is not None:
                self._has_begun(errand.owner)
        self._spill()

    def _note_sends(self) -> None:
        """Tell the lanes which requests have really gone out, and when."""
        for ticket, at in self._workers.sent():
            errand = self._errands.get(ticket)
            if errand is not None:
                self.lanes.went_out(errand.lane, ticket, at)

    def _inserted(self, errand: Errand) -> Insertion | None:
        """The secrets for a request, at the moment of sending and anew for each hop: one to another
        site has no credential any more."""
        if errand.token_for:
            return self._tokens.exchange_secrets(errand.token_for)
        return self._tokens.insertion(errand.request.auth) if errand.request.auth else None

    def _collect(self) -> None:
        """Wait for an answer, or for the next request to be due."""
        now, due = self._clock.monotonic(), self.lanes.next_due()
        if due is None and not self._in_flight and not self._ready:
            raise RuntimeError("checks are under way and nothing can happen to them")
        free = self._in_flight < self._workers.room
        seconds = max(due - now, 0.0) if due is not None and free else 1.0
        if self.lanes.unsure:
            seconds = min(seconds, _LOOK)
        if self._finished:
            seconds = min(seconds, max(self._handed_over + _HOLD - now, 0.0))
        answers = self._workers.collect(0.0 if self._ready else seconds)
        self._note_sends()
        crowded = self._in_flight >= self._workers.room
        for ticket, response in answers:
            self._in_flight -= 1
            if response is None:
                self._lost(ticket, self._errands.pop(ticket))
            else:
                self._arrived(ticket, self._errands.pop(ticket), response)
            if crowded:
                # Others wait for just this place; what the answers mean can wait for them.
                self._send()
        for check in self._full:
            if check.missing:
                check.course.read(check.answers, check.unread)
                check.unread = []
        self._full.clear()

    def _lost(self, ticket: int, errand: Errand) -> None:
        """Whoever had the request is gone, perhaps after sending it. Asked again if that can do no
        harm; it says nothing about the host, so it does not count as a try."""
        errand.losses += 1
        harmless = errand.request.method in {"GET", "HEAD"}
        if harmless and errand.losses <= self._tuning.losses:
            self.lanes.finished(errand.lane, ticket, self._clock.monotonic())
            self._dispatch(errand)
            return
        reason = Reason.INTERRUPTED if harmless else Reason.CONNECTION
        lost = self._no_answer(errand, Failure(reason, "its worker was lost"))
        self._arrived(ticket, errand, lost.response)

    def _spill(self) -> None:
        """Answer what waits in lanes that have been closed, or put it into another lane."""
        for ticket, why in self.lanes.spilled():
            errand = self._errands.pop(ticket)
            if not why:
                errand.lane = ""
                if errand.owner is not None and not errand.owner.begun:
                    errand.owner.lane = ""
                self._dispatch(errand)
                continue
            failure = Failure(Reason.HOST_BLOCKED, why)
            self._settle(errand, errand.before or self._no_answer(errand, failure))

    # --- answers on their way in ----------------------------------------------------------------

    def _arrived(self, ticket: int, errand: Errand, response: Response) -> None:
        """Record an answer, then see what it means for its host and for whoever asked."""
        now = self._clock.monotonic()
        if response.failure:
            self.lanes.finished(errand.lane, ticket)
        else:
            self.lanes.finished(errand.lane, ticket, now, response.seconds)
        for name in filter(None, (errand.token_for, errand.request.auth)):
            self._tokens.learn(name, response)
        if errand.token_for:
            self._tokens.accept(errand.token_for, response, now)
            response = self._tokens.blotted(errand.token_for, response)
        response = self._recorder.redacted(response)
        record = self._recorder.record(ticket, errand.request, response)
        if errand.before and (not record or record in errand.records):
            # A replay in which no further try was recorded: what came before it stands.
            self._settle(errand, errand.before)
            return
        errand.records += (record,) if record else ()
        answer = Answered(replace(response, hops=errand.trail.hops), errand.records)
        again = self._weigh(errand, response) and not errand.request.once
        if again and errand.attempt < self._tuning.retries and not self.lanes.closed(errand.lane):
            errand.before, wait = answer, self._tuning.back_off * 4**errand.attempt
            errand.attempt += 1
            self._dispatch(errand, now + wait)
        elif self._expired(errand, response):
            errand.renewed, errand.before = True, answer
            self._dispatch(errand)
        elif onward := follow(errand.request, response, errand.trail):
            errand.request, errand.trail = onward
            errand.attempt, errand.before = 0, None
            self._dispatch(errand)
        else:
            self._settle(errand, answer)

    def _weigh(self, errand: Errand, response: Response) -> bool:
        """Tell the host's lane what happened. True when the request is worth another try."""
        if response.failure:
            return response.failure.reason in TRANSIENT_REASONS
        status = response.status
        if status == 429:
            return self.lanes.cool(errand.lane, retry_after(response), self._clock.monotonic())
        login = is_wall_address(response.url) or status in {401, 403}
        if status in _ANTI_BOT or "captcha" in response.url:
            self.lanes.wall(errand.lane, WALL_STATUS.get(status, Reason.CAPTCHA).value)
        elif not login:
            self.lanes.good(errand.lane)
        elif not errand.first.auth and lane_of(errand.first) in errand.hosts:
            reason = WALL_STATUS.get(status, Reason.LOGIN_WALL)
            first = self.lanes.route(lane_of(errand.first), like=errand.lane)
            self.lanes.wall(first, reason.value)
        return status >= 500 and status not in WALL_STATUS

    def _expired(self, errand: Errand, response: Response) -> bool:
        name = errand.request.auth
        if not name or errand.renewed:
            return False
        return self._tokens.drop_if_expired(name, response, errand.sent)

    def _settle(self, errand: Errand, answer: Answered) -> None:
        """Give an answer to whoever asked; those who wait for a token get it, or go on."""
        if errand.token_for:
            self._token_settled(errand.token_for, answer)
            return
        check = errand.owner
        assert check is not None
        check.answers[errand.slot] = answer
        if errand.first.read is not None:
            check.answers[errand.slot] = replace(answer, reader=errand.first.read)
            check.unread.append(errand.slot)
            self._full |= {check} if len(check.unread) >= AT_ONCE else set()
        check.missing -= 1
        if not check.missing:
            self._ready.append(check)

    def _token_settled(self, name: str, answer: Answered) -> None:
        waiting = self._for_token.pop(name, [])
        ready = self._tokens.standing(name, self._clock.monotonic()) is Standing.READY
        for errand in waiting:
            if ready:
                self._dispatch(errand)
            else:
                if answer.records:
                    record, at = answer.records[-1], answer.response.fetched_at
                    self._recorder.stand_in(errand.request, record, at)
                self._settle(errand, answer)

    def _no_answer(self, errand: Errand, failure: Failure) -> Answered:
        url, hops, now = errand.request.url, errand.trail.hops, self._clock.now()
        response = Response(url, 0, fetched_at=now, hops=hops, failure=failure)
        return Answered(response, errand.records)


def paces(catalogue: Catalogue) -> Mapping[str, Pace]:
    """What the checkers say of the hosts they ask."""
    checkers = (*catalogue.platforms.values(), *catalogue.shared.values())
    return {host: pace for checker in checkers for host, pace in checker.hosts.items()}
