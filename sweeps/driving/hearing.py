"""What comes back: heard at once by its lane, then worked off in groups: recorded, weighed, and asked
again, followed to where it leads, or given to whoever asked.

While requests are to be sent, answers wait a moment for each other, no more of them than are under
way; a refusal, and what others wait for, is looked at as it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checkers.base import WALL_STATUS, Failure, Response, is_wall_address
from registry.vocab import TRANSIENT_REASONS, Reason
from sweeps.driving.asking import Asking
from sweeps.driving.digest import Answered
from sweeps.driving.errands import Errand, lane_of, retry_after
from sweeps.driving.ground import Ground, Tuning
from sweeps.network.redirects import follow
from sweeps.network.transport import is_overdue

_TOGETHER = 16
"""Answers that are worked off together at most while there are requests to send: what has just been
done is done again in half the time."""

_REST = 0.2
"""Seconds for which an answer waits for others at most."""

_SOON = 0.02
"""Seconds: while something is due so soon, answers wait for others."""

ANTI_BOT = frozenset({412, 418, 432, 461, 471, 521})
"""Statuses that mean the host itself has had enough of us, not just this page: it is asked nothing more in
the run, whoever it is."""


class Hearing:
    """Hears all answers of a run."""

    def __init__(self, ground: Ground, asking: Asking, tuning: Tuning) -> None:
        self._lanes = ground.lanes
        self._tokens = ground.tokens
        self._recorder = ground.recorder
        self._clock = ground.clock
        self._asking = asking
        self._tuning = tuning
        self._heard: list[tuple[int, Errand, Response]] = []
        """A group of answers that nobody has looked at, begun at:"""
        self._since = 0.0

    @property
    def waiting(self) -> int:
        """Answers that nobody has looked at."""
        return len(self._heard)

    @property
    def until(self) -> float:
        """By when those that wait are looked at."""
        return self._since + _REST

    def take_in(self, answers: Sequence[tuple[int, Response | None]], due: float | None) -> None:
        """What has just come back; `due`: when the next request is to be sent."""
        crowded = self._asking.crowded
        patient = not crowded and due is not None and due - self._clock.monotonic() <= _SOON
        for ticket, response in answers:
            errand = self._asking.taken_back(ticket)
            if response is None:
                self._lost(ticket, errand)
            elif not self._hear(ticket, errand, response):
                patient = False
                self._work_off()
            if crowded:
                # Others wait for just this place; what a plain answer means can wait for them.
                self._asking.send()
        enough = len(self._heard) >= min(self._asking.in_flight, _TOGETHER)
        if not patient or enough or self._clock.monotonic() >= self.until:
            self._work_off()
        self._asking.read_full()

    def _hear(self, ticket: int, errand: Errand, response: Response) -> bool:
        """Tell the lane that a request of it is over. True when what the answer means can wait: it
        is a plain answer, neither a refusal nor one that others wait for, and nobody was led here.
        """
        now = self._clock.monotonic()
        if response.failure:
            self._lanes.finished(errand.lane, ticket)
        else:
            self._lanes.finished(errand.lane, ticket, now, response.seconds)
        if not self._heard:
            self._since = now
        self._heard.append((ticket, errand, response))
        return response.status == 200 and not errand.token_for and not errand.trail.hops

    def _work_off(self) -> None:
        """See what the answers mean that were heard."""
        heard, self._heard = self._heard, []
        for ticket, errand, response in heard:
            self._arrived(ticket, errand, response)

    def _lost(self, ticket: int, errand: Errand) -> None:
        """Whoever had the request is gone, perhaps after sending it. Asked again if that can do no
        harm; it says nothing about the host, so it does not count as a try."""
        errand.losses += 1
        harmless = errand.request.method in {"GET", "HEAD"}
        if harmless and errand.losses <= self._tuning.losses:
            self._lanes.finished(errand.lane, ticket, self._clock.monotonic())
            self._asking.dispatch(errand)
            return
        reason = Reason.INTERRUPTED if harmless else Reason.CONNECTION
        self._lanes.finished(errand.lane, ticket)
        lost = self._asking.no_answer(errand, Failure(reason, "its worker was lost"))
        self._arrived(ticket, errand, lost.response)

    def _arrived(self, ticket: int, errand: Errand, response: Response) -> None:
        """Record an answer, then see what it means for its host and for whoever asked."""
        now = self._clock.monotonic()
        for name in filter(None, (errand.token_for, errand.request.auth)):
            self._tokens.learn(name, response)
        if errand.token_for:
            self._tokens.accept(errand.token_for, response, now)
            response = self._tokens.blotted(errand.token_for, response)
        response = self._recorder.redacted(response)
        record = self._recorder.record(ticket, errand.request, response)
        if errand.before and (not record or record in errand.records):
            # A replay in which no further try was recorded: what came before it stands.
            self._asking.settle(errand, errand.before)
            return
        errand.records += (record,) if record else ()
        hops = errand.trail.hops
        answer = Answered(replace(response, hops=hops) if hops else response, errand.records)
        again = self._weigh(errand, response) and not errand.request.once
        if errand.forgotten:
            return
        attempt = max(errand.attempt, self._tuning.retries - 1 if errand.request.ill else 0)
        if again and attempt < self._tuning.retries and not self._lanes.closed(errand.lane):
            errand.before, errand.attempt = answer, attempt + 1
            self._asking.dispatch(errand, now + self._tuning.back_off * 4**attempt)
        elif self._expired(errand, response):
            errand.renewed, errand.before = True, answer
            self._asking.dispatch(errand)
        elif onward := follow(errand.request, response, errand.trail):
            errand.request, errand.trail = onward
            errand.attempt, errand.before = 0, None
            self._asking.dispatch(errand)
        else:
            self._asking.settle(errand, answer)

    def _weigh(self, errand: Errand, response: Response) -> bool:
        """Tell the host's lane what happened. True when the request is worth another try."""
        if response.failure:
            return self._weigh_failure(errand, response.failure)
        status, asked, now = response.status, retry_after(response), self._clock.monotonic()
        faulty = status >= 500 and status not in WALL_STATUS
        if status == 429 or (faulty and asked):
            return self._lanes.cool(errand.lane, asked, now)
        if status in ANTI_BOT:
            self._lanes.had_enough(errand.lane, WALL_STATUS[status], asked, now)
        elif "captcha" in response.url:
            self._lanes.wall(errand.lane, WALL_STATUS.get(status, Reason.CAPTCHA))
        elif is_wall_address(response.url) or status in {401, 403}:
            self._weigh_login(errand, WALL_STATUS.get(status, Reason.LOGIN_WALL))
        elif not faulty:
            self._lanes.good(errand.lane)
        return faulty

    def _weigh_login(self, errand: Errand, reason: Reason) -> None:
        """A page that asks who we are is one refusal more of the host that was asked first."""
        if not errand.first.auth and lane_of(errand.first) in errand.hosts:
            first = self._lanes.route(lane_of(errand.first), like=errand.lane)
            self._lanes.wall(first, reason)

    def _weigh_failure(self, errand: Errand, failure: Failure) -> bool:
        """Tell the lane of what says something about its host. True when it is worth another try."""
        if failure.reason is Reason.ADDRESS_REFUSED:
            self._lanes.refused(errand.lane)
        elif is_overdue(failure) and not errand.request.seconds:
            # A limit of the checker's own says how long it wants to wait, and nothing of the host.
            self._lanes.overdue(errand.lane)
        return failure.reason in TRANSIENT_REASONS

    def _expired(self, errand: Errand, response: Response) -> bool:
        name = errand.request.auth
        if not name or errand.renewed:
            return False
        return self._tokens.drop_if_expired(name, response, errand.sent)
