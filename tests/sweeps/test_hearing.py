"""When answers are looked at: plain ones together, what others depend on as it comes."""

from __future__ import annotations

from itertools import pairwise

from checkers.base import Pace, Request, Response
from tests.sweeps.play import KeepingRecorder, checker
from tests.sweeps.test_engine import HOST, Play, planned, says, url

QUICK = checker(hosts={HOST: Pace(0.01, in_flight=99)})
CHECKS = 60


class Noting(KeepingRecorder):
    """Notes when each answer was looked at."""

    def __init__(self, play: Play) -> None:
        super().__init__()
        self.clock, self.workers = play.clock, play.workers
        self.at: list[float] = []
        self.asked: list[int] = []
        """Requests that had been sent by then."""

    def record(self, ticket: int, request: Request, response: Response) -> str:
        self.at.append(self.clock.monotonic())
        self.asked.append(len(self.workers.asked))
        return super().record(ticket, request, response)


def noted(play: Play) -> Noting:
    recorder = Noting(play)
    play.engine._hearing._recorder = recorder
    return recorder


def checks() -> list[tuple[int, str]]:
    return [(number, url(f"u{number}")) for number in range(CHECKS)]


def test_while_requests_are_sent_plain_answers_are_looked_at_together() -> None:
    play = Play(QUICK, says(), room=99)
    recorder = noted(play)
    play.run(*(planned(number, address) for number, address in checks()))
    last_sent = max(at for at, _url in play.sent)
    while_sending = [at for at in recorder.at if at < last_sent]
    assert len(recorder.at) == CHECKS
    assert len(while_sending) >= 16 and len(set(while_sending)) <= 2


def test_requests_go_out_as_if_nobody_had_to_look_at_answers() -> None:
    play = Play(QUICK, says(), room=99)
    play.run(*(planned(number, address) for number, address in checks()))
    sent = [at for at, _url in play.sent]
    # two by two, see `sweeps.lanes.lane`
    assert all(later - earlier <= 0.0121 for earlier, later in pairwise(sent))


def test_no_answer_waits_longer_than_a_moment() -> None:
    play = Play(QUICK, says(), room=99, latency=0.5)
    recorder = noted(play)
    play.run(*(planned(number, address) for number, address in checks()))
    came = [at + 0.5 for at, _url in play.sent]
    waited = [looked - at for at, looked in zip(sorted(came), recorder.at, strict=True)]
    assert max(waited) <= 0.2 + 1e-9


def test_a_refusal_is_looked_at_as_it_comes_and_nothing_more_is_sent() -> None:
    play = Play(QUICK, says(status=429), room=99)
    recorder = noted(play)
    play.run(*(planned(number, address) for number, address in checks()))
    assert recorder.at[0] == play.sent[0][0] + 0.2
    # Those under way when the first came back, and none after the second.
    assert max(at for at, _url in play.sent) <= 0.2 + 1e-9


FREE = checker(hosts={HOST: Pace(0.0, in_flight=99)})


def test_a_place_is_taken_again_before_a_plain_answer_is_looked_at() -> None:
    play = Play(FREE, says(), room=4)
    recorder = noted(play)
    play.run(*(planned(number, address) for number, address in checks()))
    assert recorder.asked[:4] == [5, 6, 7, 8]


def test_a_place_is_not_taken_again_before_a_refusal_is_looked_at() -> None:
    play = Play(FREE, says(status=418), room=4)
    recorder = noted(play)
    play.run(*(planned(number, address) for number, address in checks()))
    assert recorder.asked == [4, 4, 4, 4]
