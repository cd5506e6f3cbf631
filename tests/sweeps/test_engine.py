"""The driver on a clock of its own: pace, retries, walls, tokens, redirects, all without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checkers.base import (
    Checker,
    Credential,
    Exchange,
    Failure,
    Hop,
    Inconclusive,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
)
from checkers.loading import Catalogue
from registry.vocab import CheckKind, Outcome, Reason
from sweeps.driving.agenda import Agenda, Planned
from sweeps.driving.course import Result
from sweeps.driving.engine import Engine, paces
from sweeps.driving.ground import Tuning
from sweeps.driving.targets import PlannedSource, PlannedTarget
from sweeps.lanes.lanes import Lanes
from sweeps.lanes.stops import stops
from sweeps.network.credentials import Credentials
from sweeps.network.tokens import Tokens
from tests.conftest import NOW
from tests.sweeps.play import (
    ALL_PROOFS,
    FakeClock,
    FakeWorkers,
    KeepingRecorder,
    catalogue,
    checker,
    facts,
    one_page,
)

HOST = "m.weibo.cn"
OK = NOW.isoformat().encode()


def planned(number: int, url: str, sources: Sequence[str] = ("page",)) -> Planned:
    target = PlannedTarget(
        f"uid-{number}",
        "weibo",
        f"青石{number}",
        CheckKind.FRESHNESS,
        NOW,
        NOW - timedelta(days=14),
        NOW,
        NOW - timedelta(days=13),
        {},
        url,
        tuple(PlannedSource(name) for name in sources),
    )
    return Planned(number, number, CheckKind.FRESHNESS, 0, target)


class Play:
    """One engine with everything about it that a test may want to see."""

    def __init__(
        self,
        made: Checker | Catalogue,
        reply: Callable[[Request], Response],
        *,
        environ: Mapping[str, str] | None = None,
        tuning: Tuning = Tuning(),
        latency: float = 0.2,
        room: int = 8,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        known = made if isinstance(made, Catalogue) else catalogue(made)
        self.clock = FakeClock()
        self.workers = FakeWorkers(self.clock, reply, latency, room)
        self.recorder = KeepingRecorder()
        self.groups: list[list[int]] = []
        self.results: dict[int, Result] = {}
        self.engine = Engine(
            known,
            lanes=Lanes(paces(known), overrides, default=Pace(1.0), margin=0.0),
            workers=self.workers,
            tokens=Tokens(Credentials.of(known, environ or {})),
            recorder=self.recorder,
            clock=self.clock,
            tuning=tuning,
        )

    def run(self, *checks: Planned) -> dict[int, Result]:
        by_id = {check.id: check for check in checks}
        agenda = Agenda(
            [(check.id, check.target.lane) for check in checks], lambda ids: [by_id[i] for i in ids]
        )
        self.engine.run(agenda, self._keep)
        assert sorted(self.results) == sorted(by_id)
        return self.results

    def _keep(self, finished: Sequence[tuple[Planned, Result]]) -> None:
        self.groups.append([check.id for check, _result in finished])
        for check, result in finished:
            assert check.id not in self.results
            self.results[check.id] = result

    @property
    def sent(self) -> list[tuple[float, str]]:
        return [(round(at, 3), request.url) for at, request in self.workers.asked]


def says(body: bytes | str | Mapping[str, Any] = OK, status: int = 200, **headers: str) -> Any:
    """A reply that is always the same."""
    raw = json.dumps(body).encode() if isinstance(body, Mapping) else body
    raw = raw.encode() if isinstance(raw, str) else raw
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Response(request.url, status, named, raw, NOW)


def fails(reason: Reason) -> Any:
    return lambda request: Response(request.url, 0, fetched_at=NOW, failure=Failure(reason))


def in_turn(*replies: Any) -> Any:
    """The replies one after the other, the last one for ever."""
    waiting = list(replies)
    return lambda request: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)


def by_path(**replies: Any) -> Any:
    """A reply by the last part of the path."""
    return lambda request: replies[request.url.rpartition("/")[2].partition("?")[0]](request)


PAGE = checker(hosts={HOST: Pace(30.0)})


def url(name: str = "u", host: str = HOST) -> str:
    return f"https://{host}/{name}"


def test_every_planned_check_gets_its_result_and_the_host_its_gap() -> None:
    play = Play(PAGE, says())
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(4)))
    assert {result.outcome for result in results.values()} == {Outcome.READ}
    assert [at for at, _url in play.sent] == [0.0, 30.0, 60.0, 90.0]


def test_a_source_may_bring_the_pace_of_the_offices_own_host() -> None:
    own = checker(sources=[Source("page", ALL_PROOFS, pace=Pace(5.0))])
    play = Play(own, says())
    play.run(*(planned(n, url(f"u{n}", "rsshub.qingshi.example:1200")) for n in range(3)))
    assert [at for at, _url in play.sent] == [0.0, 5.0, 10.0]


def test_one_slow_host_holds_no_other_up() -> None:
    play = Play(PAGE, says())
    slow = [planned(n, url(f"u{n}")) for n in range(40)]
    quick = [planned(100 + n, url(f"q{n}", "quick.example")) for n in range(40)]
    play.run(*slow, *quick)
    last_quick = max(at for at, sent in play.sent if "quick" in sent)
    assert last_quick == pytest.approx(39 * 1.2, abs=10.0)
    assert play.sent[-1][0] == 39 * 30.0


def test_finished_checks_are_handed_over_as_they_come() -> None:
    play = Play(PAGE, says())
    play.run(*(planned(n, url()) for n in range(3)))
    assert play.groups == [[0], [1], [2]]


def test_a_batch_spreads_over_its_hosts() -> None:
    def script(target: Target, source: str) -> Steps:
        yield [Request(url("x", f"h{n}.example")) for n in range(5)]
        return facts(NOW)

    play = Play(checker(script), says())
    play.run(planned(1, ""))
    assert [at for at, _url in play.sent] == [0.0] * 5


def test_answers_of_a_batch_come_back_in_its_own_order() -> None:
    got: list[str] = []

    def script(target: Target, source: str) -> Steps:
        answers = yield [Request(url("b", "slow.example")), Request(url("a", "fast.example"))]
        got.extend(answer.url for answer in answers)
        return facts(NOW)

    Play(checker(script, hosts={"slow.example": Pace(5.0)}), says()).run(planned(1, ""))
    assert got == [url("b", "slow.example"), url("a", "fast.example")]


def test_checks_under_way_go_before_new_ones() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.url + "/1")
        yield Request(target.url + "/2")
        return facts(NOW)

    play = Play(checker(script, hosts={HOST: Pace(1.0)}), says())
    play.run(planned(1, url("a")), planned(2, url("b")))
    assert [sent.rpartition(HOST)[2] for _at, sent in play.sent] == ["/a/1", "/a/2", "/b/1", "/b/2"]


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.CONNECTION, Reason.DNS])
def test_a_passing_fault_is_tried_again_later_and_later(reason: Reason) -> None:
    play = Play(checker(hosts={HOST: Pace(1.0)}), fails(reason))
    results = play.run(planned(1, url()))
    assert results[1].reason is reason
    assert [at for at, _url in play.sent] == [0.0, 2.2, 10.4]


def cut_off(request: Request) -> Response:
    failure = Failure(Reason.TIMEOUT, "over 60 s in all")
    return Response(request.url, 0, fetched_at=NOW, failure=failure)


def test_a_host_whose_answers_drip_is_left_alone_after_three_of_them() -> None:
    play = Play(PAGE, cut_off)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(4)))
    assert len(play.sent) == 3
    reasons = {result.reason for result in results.values()}
    assert reasons == {Reason.TIMEOUT, Reason.HOST_BLOCKED}
    (stop,) = stops(play.engine.lanes)
    assert (stop.host, stop.reason) == (HOST, Reason.TIMEOUT)


def test_a_whole_answer_between_two_that_drip_forgives_them() -> None:
    play = Play(PAGE, in_turn(cut_off, cut_off, says(), cut_off, cut_off, says()))
    play.run(*(planned(n, url(f"u{n}")) for n in range(6)))
    assert stops(play.engine.lanes) == []


def test_a_limit_of_the_checkers_own_closes_no_host() -> None:
    def script(target: Target, source: str) -> Steps:
        (yield Request(target.url, seconds=15.0, once=True)).usable()
        return facts(NOW)

    play = Play(checker(script, hosts={HOST: Pace(1.0)}), cut_off)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(5)))
    assert {result.reason for result in results.values()} == {Reason.TIMEOUT}
    assert len(play.sent) == 5


def test_refused_addresses_are_counted_by_their_host() -> None:
    play = Play(PAGE, fails(Reason.ADDRESS_REFUSED))
    play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert play.engine.lanes.lane(HOST).refused == 3


@pytest.mark.parametrize(
    ("retries", "tried"), [(0, [0.0]), (1, [0.0, 2.2]), (2, [0.0, 8.2]), (3, [0.0, 32.2])]
)
def test_what_failed_the_last_time_as_well_is_tried_again_once_and_late(
    retries: int, tried: list[float]
) -> None:
    def script(target: Target, source: str) -> Steps:
        (yield Request(target.url, ill=True)).usable()
        return facts(NOW)

    made = checker(script, hosts={HOST: Pace(1.0)})
    play = Play(made, fails(Reason.TIMEOUT), tuning=Tuning(retries=retries))
    assert play.run(planned(1, url()))[1].reason is Reason.TIMEOUT
    assert [at for at, _url in play.sent] == tried


@pytest.mark.parametrize("fault", [fails(Reason.TIMEOUT), says(status=503), says(status=429)])
def test_who_asks_once_is_told_of_the_first_fault(fault: Any) -> None:
    def script(target: Target, source: str) -> Steps:
        response: Response = yield Request(target.url, once=True)
        failure = response.failure
        return replace(facts(NOW), note=failure.reason.value if failure else str(response.status))

    play = Play(checker(script, hosts={HOST: Pace(1.0)}), in_turn(fault, says()))
    found = play.run(planned(1, url()))[1].facts
    assert found is not None and found.note in {"timeout", "503", "429"}
    assert len(play.sent) == 1


def test_a_server_error_may_pass() -> None:
    play = Play(checker(hosts={HOST: Pace(1.0)}), in_turn(says(status=503), says()))
    assert play.run(planned(1, url()))[1].outcome is Outcome.READ
    assert len(play.recorder.kept) == 2


@pytest.mark.parametrize("reason", [Reason.TLS, Reason.ADDRESS_REFUSED, Reason.TOO_LARGE])
def test_a_lasting_fault_is_not_tried_again(reason: Reason) -> None:
    play = Play(PAGE, fails(reason))
    assert play.run(planned(1, url()))[1].reason is reason
    assert len(play.sent) == 1


def test_a_429_rests_the_host_and_is_tried_once_more() -> None:
    play = Play(PAGE, in_turn(says(status=429, retry_after="120"), says()))
    assert play.run(planned(1, url()))[1].outcome is Outcome.READ
    assert [at for at, _url in play.sent] == [0.0, 120.2]


def test_a_429_may_name_a_date() -> None:
    when = "Sun, 22 Nov 2026 01:02:00 GMT"
    play = Play(PAGE, in_turn(says(status=429, retry_after=when), says()))
    play.run(planned(1, url()))
    assert [at for at, _url in play.sent] == [0.0, 120.2]


@pytest.mark.parametrize(
    "wait",
    [
        *("\xb2", "soon", "-1", "1.5", "", "0", "00", "Fri, 31 Dec 9999 23:59:59"),
        *("Sun, 22 Nov 2026 00:59:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
        "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    ],
)
def test_a_429_that_names_no_wait_to_come_rests_the_host_by_its_own_measure(wait: str) -> None:
    made = checker(hosts={HOST: Pace(1.0, cool_down=77.0)})
    play = Play(made, in_turn(says(status=429, retry_after=wait), says()))
    assert play.run(planned(1, url()))[1].outcome is Outcome.READ
    assert [at for at, _url in play.sent] == [0.0, 77.2]


def test_a_host_that_names_a_shorter_wait_than_our_measure_is_believed() -> None:
    play = Play(PAGE, in_turn(says(status=429, retry_after="40"), says()))
    play.run(planned(1, url()))
    assert [at for at, _url in play.sent] == [0.0, 40.2]


def test_a_wait_that_no_clock_can_count_is_told_like_any_long_one() -> None:
    play = Play(PAGE, says(status=429, retry_after="9" * 400))
    assert play.run(planned(1, url()))[1].reason is Reason.RATE_LIMITED
    (stop,) = stops(play.engine.lanes)
    assert stop.rest_seconds == 366 * 86_400


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_that_names_a_wait_is_asked_again_after_it(status: int) -> None:
    play = Play(PAGE, in_turn(says(status=status, retry_after="120"), says()))
    assert play.run(planned(1, url()))[1].outcome is Outcome.READ
    assert [at for at, _url in play.sent] == [0.0, 120.2]


def test_a_server_error_that_names_a_long_wait_ends_the_host_for_this_run() -> None:
    play = Play(PAGE, says(status=503, retry_after="7200"))
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert len(play.sent) == 1
    reasons = [results[n].reason for n in range(3)]
    assert reasons == [Reason.SERVER_ERROR] + [Reason.HOST_BLOCKED] * 2
    assert [stop.rest_seconds for stop in stops(play.engine.lanes)] == [7200]


@pytest.mark.parametrize("wait", ["", "0", "soon"])
def test_a_server_error_that_names_no_wait_is_tried_again_as_ever(wait: str) -> None:
    play = Play(checker(hosts={HOST: Pace(1.0)}), says(status=503, retry_after=wait))
    assert play.run(planned(1, url()))[1].reason is Reason.SERVER_ERROR
    assert len(play.sent) == 3


def test_a_server_error_forgives_a_site_no_earlier_refusal() -> None:
    site, refusal = "www.qingshi.example", says(status=403)
    play = Play(checker(), in_turn(refusal, refusal, says(status=500), refusal, says()))
    results = play.run(*(planned(n, url(f"u{n}", site)) for n in range(6)))
    assert len(play.sent) == 4
    assert [results[n].reason for n in (4, 5)] == [Reason.HOST_BLOCKED] * 2


@pytest.mark.parametrize("status", [412, 418, 432, 461, 471, 521])
def test_a_site_that_has_had_enough_of_us_is_asked_nothing_more_at_once(status: int) -> None:
    site = "www.qingshi.example"
    play = Play(checker(), says(status=status, retry_after="20"))
    results = play.run(*(planned(n, url(f"u{n}", site)) for n in range(3)))
    assert [at for at, _url in play.sent] == [0.0]
    assert [results[n].reason for n in (1, 2)] == [Reason.HOST_BLOCKED] * 2
    assert [stop.rest_seconds for stop in stops(play.engine.lanes)] == [20]


def test_a_second_429_ends_the_host_for_this_run() -> None:
    play = Play(PAGE, says(status=429, retry_after="60"))
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(5)))
    assert len(play.sent) == 2
    reasons = [results[n].reason for n in range(5)]
    assert reasons == [Reason.RATE_LIMITED] + [Reason.HOST_BLOCKED] * 4


@pytest.mark.parametrize("status", [403, 418, 432])
def test_a_wall_ends_the_host_and_the_rest_says_so(status: int) -> None:
    play = Play(PAGE, says(status=status))
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(5)))
    assert len(play.sent) == 1
    assert [results[n].reason for n in range(5)] == [Reason.BLOCKED] + [Reason.HOST_BLOCKED] * 4


def test_a_wall_that_only_the_checker_can_see_ends_the_host_too() -> None:
    def script(target: Target, source: str) -> Steps:
        response: Response = yield Request(target.url)
        response.usable()
        raise Inconclusive(Reason.LOGIN_WALL, "ok -100")

    play = Play(checker(script, hosts={HOST: Pace(30.0)}), says())
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert [results[n].reason for n in range(3)] == [Reason.LOGIN_WALL] + [Reason.HOST_BLOCKED] * 2


def test_a_refusal_of_one_accounts_own_credential_is_no_wall_for_the_others() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.url, auth=f"weibo:{target.name}")
        raise Inconclusive(Reason.RATE_LIMITED, "45009")

    spec = Credential("weibo", "header:Authorization", per_account=True)
    made = checker(script, hosts={HOST: Pace(1.0)}, credentials=[spec])
    environ = {f"TAIZHANG_SECRET_WEIBO___{n}": "canary-of-one-account" for n in range(3)}
    play = Play(made, says(), environ=environ)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert {result.reason for result in results.values()} == {Reason.RATE_LIMITED}
    assert len(play.sent) == 3


def test_login_pages_on_a_host_that_no_checker_names_close_nothing() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.url)
        return facts(NOW)

    play = Play(checker(script), says(status=401))
    play.run(*(planned(n, url(f"u{n}", "www.qingshi.example")) for n in range(6)))
    assert len(play.sent) == 6


@pytest.mark.parametrize("status", [401, 403])
def test_one_refusal_of_a_site_is_that_pages_answer_and_three_are_a_wall(status: int) -> None:
    """Also where the office has set a pace for the site: that makes no platform of it."""
    site = "www.qingshi.example"
    for refused, expected in ((2, [None] * 3), (3, [Reason.HOST_BLOCKED] * 3)):
        play = Play(
            checker(),
            in_turn(*[says(status=status)] * refused, says()),
            overrides={site: {"min_gap": 1.0, "cool_down": 1.0}},
        )
        results = play.run(*(planned(n, url(f"u{n}", site)) for n in range(refused + 3)))
        assert [results[n].reason for n in range(refused, refused + 3)] == expected


def together(target: Target, source: str) -> Steps:
    """Asks for the home page, as every such check does, then for a page of its own."""
    (yield Request(url("home", "www.qingshi.example"), shared=True)).usable()
    (yield Request(target.url)).usable()
    return facts(NOW)


def test_what_two_checks_ask_at_the_same_time_is_asked_once_and_is_the_evidence_of_both() -> None:
    play = Play(checker(together), says())
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert [sent for _at, sent in play.sent].count(url("home", "www.qingshi.example")) == 1
    assert [results[n].outcome for n in range(3)] == [Outcome.READ] * 3
    firsts = {results[n].records[0] for n in range(3)}
    assert len(firsts) == 1 and len({results[n].records[1] for n in range(3)}) == 3
    noted = [(request.url, record) for request, record in play.recorder.stood_in]
    assert (
        noted == [(url("home", "www.qingshi.example"), *firsts)] * 2
    )  # so that a replay has three


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(says(status=403), Reason.BLOCKED), (fails(Reason.TLS), Reason.TLS)],
)
def test_a_fault_or_a_wall_is_met_by_each_for_itself(reply: Any, reason: Reason) -> None:
    play = Play(checker(together), reply)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(2)))
    assert len(play.sent) == 2
    assert [results[n].reason for n in range(2)] == [reason] * 2


def test_an_answer_that_came_by_a_way_round_is_nobody_elses() -> None:
    reply = by_path(home=says(status=302, location="/start"), start=says(), u0=says(), u1=says())
    play = Play(checker(together), reply)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(2)))
    assert [sent.rpartition("/")[2] for _at, sent in play.sent].count("start") == 2
    assert not set(results[0].records) & set(results[1].records)


def test_a_replay_shares_no_answer_for_what_was_asked_twice() -> None:
    play = Play(checker(together), says(), tuning=Tuning(share=False))
    play.run(*(planned(n, url(f"u{n}")) for n in range(2)))
    assert len(play.sent) == 4


def test_a_host_that_leads_on_to_a_wall_elsewhere_is_left_alone_too() -> None:
    wall = "passport.weibo.cn"

    def reply(request: Request) -> Response:
        if wall in request.url:
            return says(status=412)(request)  # type: ignore[no-any-return]
        return says(status=302, location=url("visitor", wall))(request)  # type: ignore[no-any-return]

    play = Play(checker(hosts={HOST: Pace(1.0), wall: Pace(1.0)}), reply)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(4)))
    assert [sent for _at, sent in play.sent] == [url("u0"), url("visitor", wall)]
    assert [results[n].reason for n in range(1, 4)] == [Reason.HOST_BLOCKED] * 3


def test_a_blocked_host_leaves_the_next_source() -> None:
    def script(target: Target, source: str) -> Steps:
        host = HOST if source == "page" else "api.weibo.com"
        response: Response = yield Request(url("x", host))
        response.usable()
        return facts(NOW)

    made = checker(
        script,
        sources=[Source("page", ALL_PROOFS), Source("api", ALL_PROOFS)],
        hosts={HOST: Pace(30.0), "api.weibo.com": Pace(1.0)},
    )

    def reply(request: Request) -> Response:
        return (says(status=418) if HOST in request.url else says())(request)  # type: ignore[no-any-return]

    results = Play(made, reply).run(*(planned(n, url(), ("page", "api")) for n in range(3)))
    assert {result.source for result in results.values()} == {"api"}


def test_the_budget_of_a_run_leaves_the_rest_for_the_next() -> None:
    play = Play(checker(hosts={HOST: Pace(1.0, per_run=2)}), says())
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(4)))
    assert [results[n].reason for n in range(4)] == [None, None] + [Reason.OWN_LIMIT] * 2


def test_an_address_that_is_none_is_answered_at_once() -> None:
    for address in ("", "weixin://dl/business", "http://", "https://[::1", "http://h:port/"):
        play = Play(checker(), says())
        assert play.run(planned(1, address))[1].reason is Reason.NOT_FOUND
        assert play.sent == []


# --- redirects --------------------------------------------------------------------------------


def redirected(reply: Any, script: Any = None) -> tuple[Play, list[Response]]:
    got: list[Response] = []

    def look(target: Target, source: str) -> Steps:
        got.append((yield Request(target.url)))
        return facts(NOW)

    play = Play(checker(script or look), reply)
    play.run(planned(1, url("a", "a.example")))
    return play, got


def test_while_a_host_must_wait_no_answer_is_stored_alone_nor_more_held_than_were_under_way() -> (
    None
):
    play = Play(checker(hosts={HOST: Pace(0.02, in_flight=99)}), says(), room=99)
    play.run(*(planned(number, url(f"u{number}")) for number in range(500)))
    sizes = [len(group) for group in play.groups]
    at_once = max(sum(at < later <= at + 0.2 for later, _u in play.sent) for at, _u in play.sent)
    assert max(sizes) <= at_once + 2
    assert len(sizes) <= 40


def test_a_redirect_is_followed_in_the_lane_of_its_host_and_the_chain_kept() -> None:
    reply = by_path(
        a=says(status=302, location="https://b.example/b"),
        b=says(status=301, location="/c"),
        c=says(),
    )
    play, (response,) = redirected(reply)
    assert play.sent == [
        (0.0, "https://a.example/a"),
        (0.2, "https://b.example/b"),
        (1.2, "https://b.example/c"),
    ]
    assert response.url == "https://b.example/c"
    assert response.hops == (
        Hop("https://a.example/a", 302, "https://b.example/b"),
        Hop("https://b.example/b", 301, "/c"),
    )


def test_a_circle_ends_as_a_redirect_loop() -> None:
    reply = by_path(a=says(status=302, location="/b"), b=says(status=302, location="/a"))
    play, (response,) = redirected(reply)
    assert response.failure is not None
    assert response.failure.reason is Reason.REDIRECT_LOOP
    assert len(play.sent) == 2


def test_a_chain_without_end_ends_as_a_redirect_loop() -> None:
    def reply(request: Request) -> Response:
        return says(status=302, location=request.url + "x")(request)  # type: ignore[no-any-return]

    play, (response,) = redirected(reply)
    assert response.failure is not None
    assert len(play.sent) == 11


def test_a_page_may_send_us_to_itself_with_a_cookie() -> None:
    def reply(request: Request) -> Response:
        if ("Cookie", "pass=1") in request.headers:
            return says()(request)  # type: ignore[no-any-return]
        return says(status=302, location="/a", set_cookie="pass=1; Path=/; HttpOnly")(request)  # type: ignore[no-any-return]

    _play, (response,) = redirected(reply)
    assert response.status == 200


def test_a_redirect_out_of_the_web_is_the_answer() -> None:
    _play, (response,) = redirected(says(status=302, location="weixin://dl/business/?t=1"))
    assert (response.status, response.failure) == (302, None)


def test_a_request_that_wants_no_redirect_gets_the_answer_itself() -> None:
    got: list[Response] = []

    def script(target: Target, source: str) -> Steps:
        got.append((yield Request(target.url, redirects=False)))
        return facts(NOW)

    redirected(says(status=302, location="/b"), script)
    assert got[0].status == 302


def test_a_login_page_at_the_end_of_a_chain_closes_the_host_that_sent_us_there() -> None:
    def reply(request: Request) -> Response:
        if "passport" in request.url:
            return says()(request)  # type: ignore[no-any-return]
        return says(status=302, location="https://passport.weibo.com/visitor/visitor")(request)  # type: ignore[no-any-return]

    play = Play(PAGE, reply)
    results = play.run(*(planned(n, url(f"u{n}")) for n in range(3)))
    assert [results[n].reason for n in range(3)] == [Reason.LOGIN_WALL] + [Reason.HOST_BLOCKED] * 2


def test_a_credential_does_not_follow_to_another_site() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.url, auth="weibo")
        return facts(NOW)

    made = checker(
        script, hosts={"a.example": Pace(1.0)}, credentials=[Credential("weibo", "cookie")]
    )
    reply = by_path(
        a=says(status=302, location="/a2"),
        a2=says(status=302, location="https://b.example/b"),
        b=says(),
    )
    play = Play(made, reply, environ={"TAIZHANG_SECRET_WEIBO": "canary-cookie-value"})
    play.run(planned(1, url("a", "a.example")))
    assert [bool(insertion) for insertion in play.workers.insertions] == [True, True, False]


# --- tokens -----------------------------------------------------------------------------------

TOKEN_URL = "https://api.weixin.qq.com/cgi-bin/token"
WECHAT = Credential(
    "weibo",
    "query:access_token",
    exchange=Exchange(TOKEN_URL, extra=(("grant_type", "x"),), expired=frozenset({40001})),
    per_account=True,
)


def api(target: Target, source: str) -> Steps:
    answer: Response = yield Request("https://api.weixin.qq.com/list", auth="weibo:wx1")
    data = answer.json()
    if data.get("errcode"):
        raise Inconclusive(Reason.CONFIG, str(data))
    return facts(NOW)


def with_tokens(reply: Any, checks: int = 1) -> tuple[Play, dict[int, Result]]:
    made = checker(api, hosts={"api.weixin.qq.com": Pace(1.0)}, credentials=[WECHAT])
    play = Play(made, reply, environ={"TAIZHANG_SECRET_WEIBO_WX1": "canary-app-secret"})
    return play, play.run(*(planned(n, "") for n in range(checks)))


def test_a_token_is_fetched_once_and_used_for_all_that_need_it() -> None:
    token = says({"access_token": "canary-token-1", "expires_in": 7200})
    play, results = with_tokens(by_path(token=token, list=says({"list": []})), 3)
    assert [sent.rpartition("/")[2] for _at, sent in play.sent] == ["token"] + ["list"] * 3
    assert {result.outcome for result in results.values()} == {Outcome.READ}
    first, *others = [i for i in play.workers.insertions if i]
    assert (first.place, first.value) == ("json:secret", "canary-app-secret")
    assert {(i.place, i.value) for i in others} == {("query:access_token", "canary-token-1")}


def test_the_exchange_names_the_account_and_not_the_secret() -> None:
    token = says({"access_token": "canary-token-1", "expires_in": 7200})
    play, _results = with_tokens(by_path(token=token, list=says({})))
    request = play.recorder.kept[0][0]
    assert json.loads(request.body or b"") == {
        "appid": "wx1",
        "secret": "REDACTED",
        "grant_type": "x",
    }
    assert b"canary" not in play.recorder.kept[0][1].body


def test_an_answer_without_a_token_comes_back_in_place_of_the_response() -> None:
    play, results = with_tokens(by_path(token=says({"errcode": 40164, "errmsg": "ip"})), 2)
    assert [results[n].reason for n in range(2)] == [Reason.CONFIG] * 2
    assert "40164" in results[0].detail
    assert play.recorder.stood_in
    assert results[0].records == ("record-1",)


def test_an_expired_token_is_fetched_anew_once() -> None:
    tokens = in_turn(
        says({"access_token": "canary-token-1", "expires_in": 7200}),
        says({"access_token": "canary-token-2", "expires_in": 7200}),
    )
    listing = in_turn(says({"errcode": 40001}), says({"list": []}))
    play, results = with_tokens(by_path(token=tokens, list=listing))
    assert results[0].outcome is Outcome.READ
    values = [i.value for i in play.workers.insertions if i]
    assert values == ["canary-app-secret", "canary-token-1", "canary-app-secret", "canary-token-2"]


def test_a_token_that_never_works_ends_with_the_code() -> None:
    token = says({"access_token": "canary-token-1", "expires_in": 7200})
    play, results = with_tokens(by_path(token=token, list=says({"errcode": 40001})))
    assert results[0].reason is Reason.CONFIG
    assert len(play.sent) == 4


def test_without_the_secret_nothing_is_sent() -> None:
    made = checker(api, hosts={"api.weixin.qq.com": Pace(1.0)}, credentials=[WECHAT])
    play = Play(made, says())
    assert play.run(planned(1, ""))[1].reason is Reason.NO_CREDENTIAL
    assert play.sent == []


def test_a_secret_is_not_sent_on_by_a_redirect_of_the_token_address() -> None:
    reply = by_path(token=says(status=307, location="https://evil.example/token"))
    play, results = with_tokens(reply)
    assert len(play.sent) == 1
    assert results[0].outcome is Outcome.INCONCLUSIVE


# --- on the way out ---------------------------------------------------------------------------


def test_an_interruption_hands_over_what_has_finished_and_closes_the_rest() -> None:
    closed: list[str] = []

    def script(target: Target, source: str) -> Steps:
        try:
            response: Response = yield Request(target.url)
        finally:
            closed.append(target.name)
        del response
        return facts(NOW)

    def reply(request: Request) -> Response:
        if request.url.endswith("u2"):
            raise KeyboardInterrupt
        return says()(request)  # type: ignore[no-any-return]

    play = Play(checker(script, hosts={HOST: Pace(1.0)}), reply)
    with pytest.raises(KeyboardInterrupt):
        play.run(*(planned(n, url(f"u{n}")) for n in range(4)))
    assert sorted(play.results) == [0, 1]
    assert sorted(closed) == ["青石0", "青石1", "青石2", "青石3"]


def test_the_response_is_recorded_before_the_checker_sees_it() -> None:
    seen: list[int] = []
    play: Play

    def script(target: Target, source: str) -> Steps:
        yield Request(target.url)
        seen.append(len(play.recorder.kept))
        return facts(NOW)

    play = Play(checker(script), says())
    play.run(planned(1, url()))
    assert seen == [1]


def test_no_more_requests_are_under_way_than_there_are_workers() -> None:
    play = Play(checker(), says(), latency=10.0)
    play.run(*(planned(n, url("u", f"h{n}.example")) for n in range(20)))
    assert [at for at, _url in play.sent] == [0.0] * 8 + [10.0] * 8 + [20.0] * 4


def test_a_plain_page_check_reads_what_it_finds() -> None:
    made = checker(one_page)
    assert Play(made, says()).run(planned(1, url()))[1].outcome is Outcome.READ


def test_what_is_due_goes_out_before_finished_checks_are_stored() -> None:
    """Unless as many have finished as were under way; each takes longer to be read than the next
    request waits."""

    def slowly(target: Target, _source: str) -> Steps:
        yield Request(target.url)
        play.clock.wait(0.015)
        return facts()

    play = Play(
        checker(slowly, hosts={HOST: Pace(0.01, in_flight=99)}), says(), room=99, latency=0.5
    )
    overdue = list[bool]()
    keep = play._keep

    def storing(finished: Sequence[tuple[Planned, Result]]) -> None:
        if len(finished) < 20 and play.engine._under_way:
            due = play.engine.lanes.next_due()
            overdue.append(due is not None and due <= play.clock.monotonic())
        keep(finished)

    play._keep = storing  # type: ignore[method-assign]
    play.run(*(planned(number, url(f"u{number}")) for number in range(120)))
    assert overdue and not any(overdue)
