"""One planned check on its way: its sources in order, each checker's steps, and how it ends.

It fetches nothing and stores nothing: it says which requests it wants and is given the responses.
Whatever a checker does (raise, yield rubbish, never end), the course ends with a `Result`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, MutableSequence, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from checkers.base import (
    Checker,
    Facts,
    Inconclusive,
    Pace,
    Request,
    Source,
    Steps,
    Target,
    Unsupported,
    bounded,
)
from checkers.loading import Catalogue
from registry.vocab import CheckKind, LinkKind, Outcome, Reason
from sweeps.driving.conclusive import conclusive
from sweeps.driving.digest import Answered, digest
from sweeps.driving.soundness import Ended, Unsound, onward, sound_request, without_future
from sweeps.driving.stepping import Overdue, Step, Take, directly
from sweeps.driving.targets import PlannedSource, PlannedTarget, Way, ways
from sweeps.network.wire import MalformedRequest, host_of

NOTHING_ASKED = frozenset(
    {Reason.NO_CREDENTIAL, Reason.NO_ADDRESS, Reason.NO_SOURCE, Reason.BY_HAND}
)
"""Reasons why a source could not even be asked: UNSUPPORTED."""

TRIED = frozenset({LinkKind.URL, LinkKind.ARTICLE, LinkKind.MINIPROGRAM, LinkKind.QR})
"""Links that the link checker is given; it says which of them it could not ask for."""


def _weight(reason: Reason) -> int:
    """Of several reasons the one is told that the office can do most about."""
    order = (Reason.NO_CREDENTIAL, Reason.NO_ADDRESS, Reason.BY_HAND, Reason.NO_SOURCE)
    return order.index(reason) if reason in order else -1


@dataclass(frozen=True, slots=True)
class CourseLimits:
    """What one source may cost, so that no checker holds up a sweep."""

    requests: int = 300
    seconds: float = 30.0
    """Of the checker's own computing; waiting for lanes and answers does not count. A single step
    may take no longer either."""


@dataclass(frozen=True, slots=True)
class Try:
    """How looking through one source ended."""

    source: str
    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended; `facts` only for READ."""

    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    source: str = ""
    facts: Facts | None = None
    observed_at: datetime | None = None
    """When the last answer was complete; None when nothing was asked."""
    records: tuple[str, ...] = ()
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests that the check wants answered before it goes on, in this order."""

    requests: tuple[Request, ...]
    checker: Checker
    single: bool
    """The checker yielded one request, not a list, and is sent one response."""
    pace: Pace | None = None
    """What the source says of hosts that no checker names."""


class _Rubbish(Exception):
    """The checker did not keep its contract."""


class _Unending(Exception):
    """The checker took more than its limits."""


class Course:
    """See the module. Call `go(None)` first, then `go(answers)` until it returns a Result."""

    def __init__(
        self,
        planned: PlannedTarget,
        catalogue: Catalogue,
        stop_watch: Callable[[], float],
        limits: CourseLimits = CourseLimits(),
        take: Take = directly,
    ) -> None:
        self.planned = planned
        self._catalogue = catalogue
        self._stop_watch = stop_watch
        self._limits = limits
        self._take = take
        self._ways = list(ways(planned, catalogue))
        self._way: Way | None = None
        self._steps: Generator[Any, Any, Any] | None = None
        self._upcoming: Step | None = None
        """The step that comes next, where somebody wanted to know."""
        self._single = False
        self._menu: tuple[str, Facts] | None = None
        self._requests = 0
        self._seconds = 0.0
        self._tries: list[Try] = []
        self._refusals: list[Reason] = []
        """Why sources that seemed usable were not: better advice than what planning knew."""
        self._kept: list[tuple[str, Facts]] = []
        self._records: list[str] = []
        self._observed_at: datetime | None = None
        self.walls: list[Reason] = []
        """Walls that the last checker met; the driver takes them out."""

    def go(self, answers: Sequence[Answered] | None) -> Asked | Result:
        """Go on with the answers to what was asked last."""
        step, self._upcoming = self._upcoming or self._next_step(answers), None
        while step is not None:
            asked = self._step(step)
            if asked is not None:
                return asked
            step = self._next_step(None)
        return self._result()

    def upcoming(self, answers: Sequence[Answered] | None) -> tuple[str, Step] | None:
        """The checker's name and the step with which `go` will begin, for whoever has those of many
        checks taken together; None where that is not sure. `go` comes next, with these answers."""
        if any(answer.reader or answer.is_read for answer in answers or ()):
            return None
        self._upcoming = self._upcoming or self._next_step(answers)
        return (_name(self._checker()), self._upcoming) if self._upcoming else None

    def _next_step(self, answers: Sequence[Answered] | None) -> Step | None:
        """To go on with these answers, or with the next source; None when there is none left."""
        sent = self._sent([*answers]) if answers is not None else None
        if self._steps is None and not self._next_source():
            return None
        return self._onward(sent)

    def _onward(self, sent: Any) -> Step:
        assert self._steps is not None
        return partial(_timed, self._stop_watch, self._steps, sent)

    def foreseen(self) -> tuple[Request, ...]:
        """What it will probably ask for, whatever it is answered first: links that took longer than
        others the last time."""
        planned, found = self.planned, self._catalogue.shared.get("links")
        waits = bool(planned.slow or planned.moved) and planned.kind is CheckKind.MENU
        if found is None or not waits:
            return ()
        target = planned.target(PlannedSource(""))
        try:
            requests = self._take(_name(found), partial(found.foreseen, target))
            return tuple(r for r in map(sound_request, requests) if r.auth is None)
        except Exception:  # a guess that cannot be made is none
            return ()

    @property
    def knows_links(self) -> bool:
        """True once it has been told which links there are."""
        return self._menu is not None

    @property
    def seeks_links(self) -> bool:
        """True while it asks which links there are."""
        return self.planned.kind is CheckKind.MENU and not self.knows_links

    def read(self, answers: MutableSequence[Answered | None], places: Iterable[int]) -> None:
        """Let the checker read what it wants to of these answers, before the others are there."""
        if wanted := [(at, found) for at in places if (found := answers[at]) and found.reader]:
            began = self._stop_watch()
            digest(answers, wanted, partial(self._take, _name(self._checker())))
            self._seconds += self._stop_watch() - began

    def _sent(self, answers: list[Answered | None]) -> Any:
        """What the checker is sent; None, and the source has failed, when it could not read it."""
        if self._steps is not None:
            self.read(answers, range(len(answers)))
        there = [answer for answer in answers if answer is not None]
        for answer in there:
            self._records += answer.records
            self._observed_at = answer.response.fetched_at
        error = next((answer.error for answer in there if answer.error), None)
        if error is not None and self._steps is not None:
            self._shut(self._steps)
            self._failed(error)
            return None
        sent = [answer.sent for answer in there]
        return sent[0] if self._single else sent

    def close(self) -> None:
        """Give the check up. The checker's own code runs on the thread of whoever calls this."""
        self._take = directly
        if self._steps is not None:
            self._shut(self._steps)
        self._steps = None

    def _shut(self, steps: Generator[Any, Any, Any]) -> None:
        try:
            self._take(_name(self._checker()), steps.close)
        except Exception:
            # A checker that refuses to be closed is left to the garbage collector.
            return

    # --- one source after the other -----------------------------------------------------------

    def _next_source(self) -> bool:
        """Begin to look through the next source. False when there is none left, or no need."""
        if self._done():
            return False
        while self._ways:
            way = self._ways.pop(0)
            self._way, self._requests, self._seconds = way, 0, 0.0
            if way.planned.why_not or way.checker is None or way.source is None:
                reason = way.planned.why_not or Reason.NO_SOURCE
                self._tries.append(Try(way.planned.source, Outcome.UNSUPPORTED, reason))
                continue
            self._begin(way.checker, self.planned.target(way.planned), way.source.name)
            return True
        return False

    def _begin(self, checker: Checker, target: Target, source: str) -> None:
        """None of the checker's own code runs yet, so that it does in the first step."""
        self._steps = _begun(checker, target, source)

    def _done(self) -> bool:
        return any(conclusive(facts, self.planned) for _source, facts in self._kept)

    # --- one step after the other -------------------------------------------------------------

    def _step(self, step: Step) -> Asked | None:
        """Let the checker go on until it wants answers. None when it has come to its end."""
        steps = self._steps
        assert steps is not None
        name = _name(self._checker())
        try:
            while True:
                wanted, seconds = self._take(name, step)
                self._seconds += seconds
                if isinstance(wanted, Ended):
                    self._ended(wanted.facts)
                    return None
                asked = self._asked(wanted)
                if asked.requests:
                    return asked
                self._requests += 1
                step = self._onward([])
        except Overdue as error:
            # Its code may still be running, so that it cannot even be closed.
            self._failed(error)
        except (Exception, SystemExit) as error:
            # Whatever a checker raises is one row's fault, never the sweep's.
            self._shut(steps)
            self._failed(error)
        return None

    def _asked(self, wanted: Any) -> Asked:
        """What the checker yielded, if it keeps the contract and its limits."""
        single = isinstance(wanted, Request)
        # Only a list itself is sure to have an end.
        requests = (wanted,) if single else tuple(wanted) if type(wanted) is list else None
        if requests is None or not all(isinstance(request, Request) for request in requests):
            raise _Rubbish(f"it yielded {type(wanted).__name__}, neither a request nor a list")
        self._requests += len(requests)
        if self._requests > self._limits.requests or self._seconds > self._limits.seconds:
            raise _Unending()
        checker = self._checker()
        for request in map(sound_request, requests):
            if request.auth and not self._may_hold(checker, request):
                raise _Rubbish("it wants a credential sent to a host that it does not name")
        self._single = single
        return Asked(requests, checker, single, self._pace())

    def _checker(self) -> Checker:
        if self._menu is not None:
            return self._link_checker()[0]
        assert self._way is not None and self._way.checker is not None
        return self._way.checker

    def _pace(self) -> Pace | None:
        """The source's own pace; links lead anywhere and have none."""
        if self._menu is not None or self._way is None or self._way.source is None:
            return None
        return self._way.source.pace

    def _may_hold(self, checker: Checker, request: Request) -> bool:
        """A checker is lent what it declares itself, for hosts that the file of any checker which
        declares it names, and for the address that the office gave for this source. Links lead
        anywhere: they have no such address.
        """
        assert self._way is not None
        given = self._way.planned.address if self._menu is None else ""
        try:
            host = host_of(request.url)
            if given and host == host_of(given):
                return True
        except MalformedRequest:
            return False
        kind = (request.auth or "").partition(":")[0]
        if not _declares(checker, kind):
            return False
        holders = [checker, *self._catalogue.platforms.values()]
        named = {h for holder in holders if _declares(holder, kind) for h in holder.hosts}
        return bool({host, host.partition(":")[0]} & named)

    # --- how a source ends --------------------------------------------------------------------

    def _ended(self, facts: Any) -> None:
        self._steps = None
        if not isinstance(facts, Facts):
            self._failed(_Rubbish(f"it returned {type(facts).__name__}, not Facts"))
            return
        try:
            if self._menu is not None:
                self._linked(facts)
            else:
                self._read(without_future(facts, self._observed_at or self.planned.as_of))
        except Exception as error:  # facts that cannot be worked with are the checker's fault
            self._failed(error)

    def _read(self, facts: Facts) -> None:
        assert self._way is not None and self._way.source is not None
        name, source = self._way.planned.source, self._way.source
        facts = bounded(facts, source)
        conclusive(facts, self.planned)
        if self.planned.kind is CheckKind.MENU and self._begin_links(name, facts):
            return
        self._keep(name, facts)

    def _keep(self, name: str, facts: Facts) -> None:
        self._kept.append((name, facts))
        self._tries.append(Try(name, Outcome.READ))

    def _begin_links(self, name: str, facts: Facts) -> bool:
        """Ask for the menu's addresses. False when there is nothing to ask for."""
        links = tuple(x for x in facts.links if x.kind in TRIED)
        found = self._catalogue.shared.get("links")
        if not links or found is None:
            return False
        self._menu = (name, facts)
        self._requests, self._seconds = 0, 0.0
        checker, source = self._link_checker()
        target = replace(self.planned.target(self._way_planned()), links=links)
        self._begin(checker, target, source.name)
        return True

    def _way_planned(self) -> Any:
        assert self._way is not None
        return self._way.planned

    def _link_checker(self) -> tuple[Checker, Source]:
        checker = self._catalogue.shared["links"]
        source = next(s for s in checker.sources if CheckKind.MENU in s.kinds)
        return checker, source

    def _linked(self, facts: Facts) -> None:
        assert self._menu is not None
        name, menu = self._menu
        self._menu = None
        self._keep(name, replace(menu, link_facts=facts.link_facts))

    def _failed(self, error: BaseException) -> None:
        self._steps = None
        reason, detail = self._explained(error)
        if isinstance(error, Inconclusive) and not isinstance(error, Unsupported):
            self.walls.append(reason)
        if self._menu is not None:
            # The menu was read; that its addresses could not be tried is a note on it.
            name, menu = self._menu
            self._menu = None
            self._keep(name, replace(menu, note=f"{menu.note} links: {reason.value}".strip()))
            return
        unsupported = isinstance(error, Unsupported) or reason in NOTHING_ASKED
        outcome = Outcome.UNSUPPORTED if unsupported else Outcome.INCONCLUSIVE
        self._refusals += [reason] if unsupported else []
        source = self._way.planned.source if self._way else ""
        self._tries.append(Try(source, outcome, reason, detail))

    def _explained(self, error: BaseException) -> tuple[Reason, str]:
        """The reason behind an error. Its text is asked for beside the driver, like any step: it may
        be the checker's own code that makes it."""
        if isinstance(error, (_Unending, Overdue)):
            return Reason.CHECKER_TIMEOUT, str(error)
        try:
            return self._take(_name(self._checker()), partial(_told, error))  # type: ignore[no-any-return]
        except Overdue:
            return Reason.CHECKER_TIMEOUT, f"the text of {type(error).__name__} has no end"
        except Exception:
            return Reason.CHECKER_ERROR, f"{type(error).__name__}, which cannot be told"

    # --- how the check ends -------------------------------------------------------------------

    def _result(self) -> Result:
        tries = tuple(self._tries)
        result = Result(
            Outcome.INCONCLUSIVE,
            observed_at=self._observed_at,
            records=tuple(self._records),
            tries=tries,
        )
        unread = self._unread_store()
        if self._kept and unread is None:
            source, facts = self._best()
            return replace(result, outcome=Outcome.READ, source=source, facts=facts)
        asked = unread or next((t for t in tries if t.outcome is Outcome.INCONCLUSIVE), None)
        if asked is not None:
            return replace(result, reason=asked.reason, detail=asked.detail, source=asked.source)
        reasons = self._refusals or [t.reason for t in tries if t.reason]
        reason = min(reasons, key=_weight, default=Reason.BY_HAND)
        reason = Reason.BY_HAND if reason is Reason.NO_SOURCE else reason
        detail = next((t.detail for t in tries if t.reason is reason), "")
        return replace(result, outcome=Outcome.UNSUPPORTED, reason=reason, detail=detail)

    def _unread_store(self) -> Try | None:
        """Of an app that no store read offers, or an id that is gone by all that was read: the first
        source that could not be read, and may know better.

        One that the app was not known to be in (not_found) does not count.
        """
        if self.planned.kind not in {CheckKind.APP, CheckKind.HANDLE} or self._done():
            return None
        unread = (t for t in self._tries if t.outcome is Outcome.INCONCLUSIVE)
        return next((t for t in unread if t.reason is not Reason.NOT_FOUND), None)

    def _best(self) -> tuple[str, Facts]:
        """The conclusive facts; else those with the newest post, the earlier source on a tie."""
        for source, facts in self._kept:
            if conclusive(facts, self.planned):
                return source, facts
        return max(
            self._kept,
            key=lambda kept: (
                kept[1].newest.published_at.timestamp() if kept[1].newest else float("-inf")
            ),
        )


def _name(checker: Checker) -> str:
    return checker.platform or type(checker).__name__


def _begun(checker: Checker, target: Target, source: str) -> Steps:
    """The steps of a checker, of which the first begins them."""
    steps = checker.check(target, source)
    if not isinstance(steps, Generator):
        raise _Rubbish(f"check() returned {type(steps).__name__}, not a generator")
    return (yield from steps)


def _timed(
    stop_watch: Callable[[], float], steps: Generator[Any, Any, Any], sent: Any
) -> tuple[Any, float]:
    """What a step of the checker comes to, and the seconds that it took."""
    began = stop_watch()
    return onward(steps, sent), stop_watch() - began


def _declares(checker: Checker, kind: str) -> bool:
    return any(credential.kind == kind for credential in checker.credentials)


def _told(error: BaseException) -> tuple[Reason, str]:
    if isinstance(error, Inconclusive):
        reason: Any = error.reason
        detail: Any = error.detail
        if isinstance(reason, Reason) and isinstance(detail, str):
            return reason, detail
        return Reason.CHECKER_ERROR, "it is inconclusive without a reason of the list"
    if isinstance(error, Unsound):
        return Reason.CHECKER_ERROR, f"what it handed over is unsound: {error}"
    if isinstance(error, _Rubbish):
        return Reason.CHECKER_ERROR, str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return Reason.CHECKER_ERROR, f"{type(error).__name__}: {str(error)[:200]}{where}"
