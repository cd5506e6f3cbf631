"""Answers that a checker reads as they come: what it is sent, what is kept, what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from checkers.base import Checker, Facts, Inconclusive, Request, Response, Source, Steps, Target
from registry.vocab import Existence, Outcome, Reason
from sweeps.driving.course import Result
from sweeps.driving.digest import AT_ONCE
from tests.sweeps.play import ALL_PROOFS, checker
from tests.sweeps.test_engine import Play, planned, says

COUNT = 3 * AT_ONCE + 5


def reading(
    read: Callable[[Response], Any], told: list[Any], sources: Sequence[Source] = ()
) -> Checker:
    """A checker that asks for many pages and keeps what it is sent."""

    def script(target: Target, source: str) -> Steps:
        if source == "second":
            return Facts(Existence.EXISTS)
        urls = [f"https://qs.example/{number}" for number in range(COUNT)]
        told.extend((yield [Request(url, read=read) for url in urls]))
        return Facts(Existence.EXISTS)

    return checker(script, sources=sources or (Source("page", ALL_PROOFS),))


def driven(made: Checker, *sources: str) -> Result:
    play = Play(made, lambda request: says(request.url)(request))
    return play.run(planned(1, "https://qs.example/", sources or ("page",)))[1]


def test_what_the_reader_makes_is_sent_in_the_order_of_the_requests() -> None:
    told: list[Any] = []
    result = driven(reading(lambda response: response.text(), told))
    assert result.outcome is Outcome.READ
    assert told == [f"https://qs.example/{number}" for number in range(COUNT)]
    assert len(result.records) == COUNT


def test_answers_are_read_before_the_last_has_come() -> None:
    read: list[str] = []
    sent_at: list[int] = []

    def reader(response: Response) -> None:
        read.append(response.url)

    def reply(request: Request) -> Any:
        sent_at.append(len(read))
        return says()(request)

    Play(reading(reader, []), reply).run(planned(1, "https://qs.example/"))
    assert len(read) == COUNT
    assert sent_at[-1] >= AT_ONCE


def test_a_request_without_a_reader_gets_its_answer() -> None:
    kept: list[Any] = []

    def script(target: Target, source: str) -> Steps:
        one = Request("https://qs.example/1", read=lambda response: response.status)
        kept.extend((yield [one, Request("https://qs.example/2")]))
        kept.append((yield one))
        return Facts(Existence.EXISTS)

    driven(checker(script))
    assert kept[0] == 200 and kept[2] == 200
    assert (kept[1].url, kept[1].body) == ("https://qs.example/2", b"https://qs.example/2")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Inconclusive(Reason.CAPTCHA, "a wall"), Reason.CAPTCHA),
        (ValueError("odd"), Reason.CHECKER_ERROR),
        (SystemExit(3), Reason.CHECKER_ERROR),
    ],
)
def test_what_a_reader_raises_ends_its_source_like_any_step(
    error: BaseException, reason: Reason
) -> None:
    def reader(response: Response) -> None:
        raise error

    sources = (Source("page", ALL_PROOFS), Source("second", ALL_PROOFS))
    alone = driven(reading(reader, []))
    assert (alone.outcome, alone.reason) == (Outcome.INCONCLUSIVE, reason)
    helped = driven(reading(reader, [], sources), "page", "second")
    assert [tried.reason for tried in helped.tries][0] is reason
