"""`sweep run --notify`: a message after a run, however it ended. Nothing here changes an exit code:
what cannot be sent is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING

import click

from registry.errors import TaizhangError
from registry.messages import _
from registry.text import display_safe
from registry.vocab import Outcome, Reason

if TYPE_CHECKING:
    from commands.door import Door
    from registry.db import Registry
    from reports.run_note import RunFigures
    from sweeps.messaging import Delivery
    from sweeps.run import RunResult
    from verdicts.sweep import SweepJudgement

_PATIENCE = 1.5
"""Seconds that a message may take once somebody has interrupted the sweep."""


@dataclass(frozen=True, slots=True)
class Announcer:
    """Tells of one run, if somebody wants it told and can be."""

    door: Door
    registry: Registry
    wanted: bool
    low: float | None
    """Share of accounts read that the caller asks for."""

    def judged(self, result: RunResult, told: SweepJudgement) -> None:
        """A run whose sweep has been judged."""
        from reports.run_note import LOW_COVERAGE, run_note
        from sweeps.people.hand import todo

        if not self.wanted:
            return
        with self.registry.read() as session:
            waiting = len(todo(session, at=told.at, catalogue=self.door.catalogue))
            low = LOW_COVERAGE if self.low is None else self.low
            note = run_note(session, told, replace(_figures(result), by_person=waiting, low=low))
        _send(self.door, *note)

    def ahead(self, result: RunResult, at: datetime, proven: int, missing: int) -> None:
        """A run whose time point is still to come; `proven` accounts need no look for it, `missing`
        may be gone."""
        from reports.run_note import ahead_note

        if self.wanted:
            _send(self.door, *ahead_note(at, _figures(result), proven, missing))


@contextmanager
def announced(
    door: Door, registry: Registry, wanted: bool, low: float | None = None
) -> Iterator[Announcer]:
    """What it yields tells how the run ended; a run that did not end is told of here."""
    from sweeps.lease import WaitEnded

    announcer = Announcer(door, registry, wanted and _reaches(door), low)
    if not announcer.wanted:
        yield announcer
        return
    try:
        yield announcer
    except WaitEnded:
        raise  # there was no run to tell of
    except KeyboardInterrupt:
        # whoever ends a sweep is not kept waiting for a robot that does not answer
        telling = Thread(target=_failed, args=(door, _("interrupted")), daemon=True)
        telling.start()
        telling.join(_PATIENCE)
        raise
    except Exception as error:
        _failed(door, _why(error))
        raise


def warn(text: str) -> None:
    """One line on stderr."""
    click.secho(_("Warning: {text}").format(text=display_safe(text)), fg="yellow", err=True)


def warn_undelivered(told: Delivery) -> None:
    """One line for each address that did not take a message; no address is shown."""
    for each in told.undelivered:
        warn(
            _("{service} did not take the message: {why}.").format(
                service=each.service, why=each.why
            )
        )


def _reaches(door: Door) -> bool:
    """Whether anybody can be told; said before the run, which may take hours, and not again."""
    try:
        if door.messenger.reaches():
            return True
        warn(_("No addresses are set, so nobody will be told (see the guide, --notify)."))
    except TaizhangError as error:
        warn(f"{error.message} {error.hint}")
    return False


def _figures(result: RunResult) -> RunFigures:
    from reports.run_note import RunFigures

    return RunFigures(
        result.planned,
        result.done,
        result.outcomes.get(Outcome.READ, 0),
        limited=result.reasons.get(Reason.OWN_LIMIT, 0),
    )


def _why(error: Exception) -> str:
    if isinstance(error, TaizhangError):
        return error.message
    return _("an error in the program ({kind})").format(kind=type(error).__name__)


def _failed(door: Door, why: str) -> None:
    from reports.run_note import failure_note

    _send(door, *failure_note(None, why))


def _send(door: Door, title: str, body: str) -> None:
    try:
        body = door.credentials.redactor.text(body)
        warn_undelivered(door.messenger.send(title, body))
    except TaizhangError as error:
        warn(error.message)
