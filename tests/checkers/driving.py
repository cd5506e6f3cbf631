"""A checker driven by literal responses: no engine, no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from checkers.base import Facts, Inconclusive, Request, Response, Steps

NOON = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
"""2026-03-20 12:00 in Shanghai: when every literal response was fetched, unless it says so."""


@dataclass(frozen=True)
class Driven:
    """How a check ended, and what it asked on the way."""

    outcome: Facts | Inconclusive
    asked: tuple[Request, ...]


def answer(
    body: str | bytes | Mapping[str, Any] | list[Any] = "",
    status: int = 200,
    *,
    url: str = "",
    headers: Mapping[str, str] | None = None,
    at: datetime = NOON,
) -> Response:
    """A response; a dict or list becomes JSON, an empty `url` becomes the one asked for."""
    if isinstance(body, (Mapping, list)):
        body = json.dumps(body, ensure_ascii=False)
    raw = body.encode() if isinstance(body, str) else body
    return Response(url, status, dict(headers or {}), raw, at)


def run(steps: Steps, responses: Iterable[Response]) -> Driven:
    """Drive `steps` with `responses` in order; too few or too many of them fail the test."""
    waiting, asked = list(responses), list[Request]()

    def reply(request: Request) -> Any:
        asked.append(request)
        assert waiting, f"no response left for {request.method} {request.url}"
        response = waiting.pop(0)
        response = response if response.url else replace(response, url=request.url)
        return request.read(response) if request.read else response

    sent: Any = None
    outcome: Facts | Inconclusive
    try:
        while True:
            wanted = steps.send(sent)
            sent = [reply(r) for r in wanted] if isinstance(wanted, list) else reply(wanted)
    except StopIteration as stop:
        outcome = stop.value
    except Inconclusive as stop:
        outcome = stop
    assert not waiting, f"{len(waiting)} responses were never asked for"
    return Driven(outcome, tuple(asked))


def drive(steps: Steps, responses: Iterable[Response]) -> Facts | Inconclusive:
    """How the check ends."""
    return run(steps, responses).outcome


def read(steps: Steps, responses: Iterable[Response]) -> Facts:
    """The facts of a check that must end READ."""
    outcome = drive(steps, responses)
    assert isinstance(outcome, Facts), outcome
    return outcome


def refused(steps: Steps, responses: Iterable[Response]) -> Inconclusive:
    """The reason of a check that must not end READ."""
    outcome = drive(steps, responses)
    assert isinstance(outcome, Inconclusive), outcome
    return outcome
