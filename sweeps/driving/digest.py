"""Answers read by the checker as they come, some at a time, where its requests say how.

So a check that asks for hundreds of pages neither keeps them all until the last is there, nor begins
to compute only then.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checkers.base import Response

AT_ONCE = 16
"""Answers read in one step: each step is a hand-over to another thread."""

Reader = Callable[[Response], Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A response with the evidence records it stands in, redirects included."""

    response: Response
    records: tuple[str, ...] = ()
    reader: Reader | None = None
    """By which the checker wants it read; None when it has been, or wants the response itself."""
    told: Any = None
    """What the reader made of it; the response has no body any more."""
    is_read: bool = False
    error: BaseException | None = None
    """What the reader raised instead."""

    @property
    def sent(self) -> Any:
        """What the checker is sent for its request."""
        return self.told if self.is_read else self.response


def digest(
    answers: MutableSequence[Answered | None],
    wanted: Sequence[tuple[int, Answered]],
    step: Callable[[Callable[[], Any]], Any],
) -> None:
    """Read the `wanted` ones, each with its place among the answers, in one `step`."""
    try:
        told = step(lambda: [_told(answer) for _at, answer in wanted])
    except Exception as error:  # an overdue step is the checker's fault like any other
        told = [(None, error)] * len(wanted)
    for (at, answer), (made, fault) in zip(wanted, told, strict=True):
        empty = replace(answer.response, body=b"")
        answers[at] = Answered(empty, answer.records, None, made, True, fault)


def _told(answer: Answered) -> tuple[Any, BaseException | None]:
    assert answer.reader is not None
    try:
        return answer.reader(answer.response), None
    except Exception as error:  # raised where the checker goes on, as if it had read it there
        return None, error
