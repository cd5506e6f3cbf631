"""What checks ask for, until it is on its way or answered: requests in their lanes, tokens fetched
for them, places taken by those that may go.

It sends and never waits; what an answer means is for `hearing` to see.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from checkers.base import WALL_STATUS, Failure, Request, Response
from registry.vocab import Reason
from sweeps.driving.course import Asked
from sweeps.driving.digest import AT_ONCE, Answered
from sweeps.driving.errands import Errand, UnderWay, lane_of
from sweeps.driving.foresight import Foresight
from sweeps.driving.ground import Ground
from sweeps.network.credentials import Insertion
from sweeps.network.redirects import looped
from sweeps.network.tokens import Standing
from sweeps.network.wire import MalformedRequest, host_of

_AHEAD = 512
"""Answers that may be held at most before anybody asks for them."""


class Asking:
    """All requests of a run that are not answered yet."""

    def __init__(
        self,
        ground: Ground,
        begun: Callable[[UnderWay], None],
        held: Callable[[], int],
        *,
        share: bool = True,
    ) -> None:
        """`begun` is told of each check of which a request goes out; `held`: how many answers and
        finished checks are waited with; `share`: see `Tuning`."""
        self.lanes = ground.lanes
        self._workers = ground.workers
        self._tokens = ground.tokens
        self._recorder = ground.recorder
        self._clock = ground.clock
        self._begun, self._held = begun, held
        self._numbers = itertools.count()
        self._errands: dict[int, Errand] = {}
        self._for_token: dict[str, list[Errand]] = {}
        self._foresight = Foresight(min(2 * ground.workers.room, _AHEAD))
        self.in_flight = 0
        self.ready: deque[UnderWay] = deque()
        """Checks that can go on."""
        self._share = share
        self._shared: dict[Request, Errand] = {}
        """Those under way of which the answer may be given to several checks."""
        self._full: set[UnderWay] = set()
        """Those with enough answers to be read, though some are missing."""

    # --- what a check wants ---------------------------------------------------------------------

    def begin(self, check: UnderWay) -> None:
        """Something of the check was sent: guess what it will ask for."""
        self._foresight.add(check, check.course.foreseen())

    def forget(self, check: UnderWay) -> None:
        """Guess nothing more for it."""
        self._foresight.forget(check)

    def ask(self, check: UnderWay, wanted: Asked) -> None:
        """Ask for what the check wants; it is ready when all of it is there."""
        check.asked, check.missing = wanted, len(wanted.requests)
        check.answers, check.unread = [None] * check.missing, []
        hosts = frozenset(wanted.checker.hosts)
        for slot, request in enumerate(wanted.requests):
            if wanted.pace and (host := lane_of(request)):
                self.lanes.expect(host, wanted.pace)
            if request.shared and self._share:
                self._ask_together(check, slot, request, hosts)
                continue
            ahead = self._foresight.take(check, request)
            if ahead is None:
                self.dispatch(Errand(check, slot, request, request, hosts))
            else:
                self._take_up(ahead, slot)
        if check.course.knows_links:
            self._foresight.forget(check)

    def _ask_together(
        self, check: UnderWay, slot: int, request: Request, hosts: frozenset[str]
    ) -> None:
        """Ask, or wait for the answer to the same that another check has asked a moment ago."""
        asked = self._shared.get(request)
        if asked is not None and asked.also is not None:
            asked.also.append((check, slot))
            return
        self._shared[request] = errand = Errand(check, slot, request, request, hosts, also=[])
        self.dispatch(errand)

    def _take_up(self, ahead: Errand, slot: int) -> None:
        """What was sent ahead is asked for; its answer may be there already."""
        ahead.slot = slot
        if ahead.answer is not None:
            self.settle(ahead, ahead.answer)

    # --- on the way out ---------------------------------------------------------------------------

    def dispatch(self, errand: Errand, not_before: float | None = None) -> None:
        """Put a request into its lane, or see that it cannot be sent."""
        failure = self._refusal(errand)
        if failure is not None:
            self.settle(errand, self.no_answer(errand, failure))
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
            return why.failure
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
            self.dispatch(Errand(None, 0, request, request, errand.hosts, token_for=name))

    def send(self) -> None:
        """Send what is due, unless as much has come already and is not stored as may be under way at
        once: whoever reads more slowly than others answer would only have the more to ask again, were
        it killed."""
        self.note_sends()
        if len(self.ready) + self._held() >= self._workers.room:
            self.spill()
            return
        now = self._clock.monotonic()
        self._start_due(now)
        if self._foresight.guesses:
            room = self._workers.room - self.in_flight
            for errand in self._foresight.send(room, partial(self._may_start, now)):
                self.dispatch(errand)
                self._start_due(now)
        self.spill()

    def _start_due(self, now: float) -> None:
        for ticket in self.lanes.due(now, self._workers.room - self.in_flight):
            errand = self._errands[ticket]
            errand.sent = self._inserted(errand)
            self.in_flight += 1
            self._workers.submit(ticket, errand.request, errand.sent)
            if errand.owner is not None:
                self._begun(errand.owner)

    def _may_start(self, now: float, check: UnderWay, request: Request) -> bool:
        """True when nothing else waits for the request's lane and it could start there now."""
        host = lane_of(request)
        return bool(host) and self.lanes.idle(self.lanes.route(host, like=check.lane), now)

    def note_sends(self) -> None:
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

    def spill(self) -> None:
        """Answer what waits in lanes that have been closed, or put it into another lane."""
        for ticket, why in self.lanes.spilled():
            errand = self._errands.pop(ticket)
            if not why:
                errand.lane = ""
                if errand.owner is not None and not errand.owner.begun:
                    errand.owner.lane = ""
                self.dispatch(errand)
                continue
            self.settle(errand, errand.before or self.no_answer(errand, why.failure))

    @property
    def crowded(self) -> bool:
        """True while there is no place for another request."""
        return self.in_flight >= self._workers.room

    def taken_back(self, ticket: int) -> Errand:
        """The errand whose request is over."""
        self.in_flight -= 1
        return self._errands.pop(ticket)

    # --- answered -----------------------------------------------------------------------------------

    def settle(self, errand: Errand, answer: Answered) -> None:
        """Give an answer to whoever asked; those who wait for a token get it, or go on."""
        if errand.token_for:
            self._token_settled(errand.token_for, answer)
            return
        check = errand.owner
        assert check is not None
        if errand.slot is None:
            errand.answer = answer
            return
        check.answers[errand.slot] = answer
        if errand.first.read is not None:
            check.answers[errand.slot] = replace(answer, reader=errand.first.read)
            check.unread.append(errand.slot)
            self._full |= {check} if len(check.unread) >= AT_ONCE else set()
        check.missing -= 1
        if not check.missing:
            self.ready.append(check)
        if errand.also is not None:
            self._pass_on(errand, answer)

    def _pass_on(self, errand: Errand, answer: Answered) -> None:
        """Give an answer to all who wait for it, and note in the evidence that it was theirs, so that a
        replay gives it to as many. A fault or a wall is one check's own, and what came by a way round has
        several records: there the others ask for themselves."""
        del self._shared[errand.first]
        also, errand.also = errand.also or [], None
        plain = len(answer.records) == 1 and _is_good(answer.response)
        for check, slot in also:
            once_more = Errand(check, slot, errand.first, errand.first, errand.hosts)
            if plain:
                check.lane = errand.lane
                self._recorder.stand_in(errand.first, answer.records[0], answer.response.fetched_at)
                self.settle(once_more, answer)
            else:
                self.dispatch(once_more)

    def _token_settled(self, name: str, answer: Answered) -> None:
        waiting = self._for_token.pop(name, [])
        ready = self._tokens.standing(name, self._clock.monotonic()) is Standing.READY
        for errand in waiting:
            if ready:
                self.dispatch(errand)
            else:
                if answer.records:
                    record, at = answer.records[-1], answer.response.fetched_at
                    self._recorder.stand_in(errand.request, record, at)
                self.settle(errand, answer)

    def no_answer(self, errand: Errand, failure: Failure) -> Answered:
        """What stands in for the answer to a request that got none."""
        url, hops, now = errand.request.url, errand.trail.hops, self._clock.now()
        response = Response(url, 0, fetched_at=now, hops=hops, failure=failure)
        return Answered(response, errand.records)

    def read_full(self) -> None:
        """Let checkers read what has come of long lists."""
        for check in self._full:
            if check.missing:
                check.course.read(check.answers, check.unread)
                check.unread = []
        self._full.clear()


def _is_good(response: Response) -> bool:
    """Whether an answer is a page's own, neither fault nor wall."""
    return 0 < response.status < 500 and response.status not in WALL_STATUS and not response.failure
