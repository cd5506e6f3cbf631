"""The quick server itself: what it counts, how it answers, how it misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

import pytest
import requests

from tests.simulator.http import Answer, Asked, Fault, busiest, serving, spawned


def test_each_port_is_a_host_with_counts_of_its_own() -> None:
    with serving(lambda asked: Answer(asked.host), ports=2, latency=0.0) as server:
        with requests.Session() as session:
            told = [session.get(server.url(which)).text for which in (0, 1, 1)]
        report = server.report()
    assert told == [server.hosts[0], server.hosts[1], server.hosts[1]]
    assert [len(report.of(host).stamps) for host in server.hosts] == [1, 2]
    assert report.errors == [] and report.now == 0 and report.connections == 2


def test_a_request_is_seen_with_its_headers_and_body() -> None:
    seen: list[Asked] = []

    def handler(asked: Asked) -> Answer:
        seen.append(asked)
        return Answer({"number": asked.number}, 201, (("X-Kind", "made up"),))

    with serving(handler, latency=0.0) as server, requests.Session() as session:
        answer = session.post(server.url(0, "/a?b=1"), data=b"body", headers={"X-Name": "Qing"})
        session.head(server.url(0, "/head"))
    assert (answer.status_code, answer.json()) == (201, {"number": 1})
    assert answer.headers["X-Kind"] == "made up"
    assert (seen[0].method, seen[0].path, seen[0].body) == ("POST", "/a?b=1", b"body")
    assert seen[0].headers["x-name"] == "Qing"
    assert seen[1].method == "HEAD" and seen[0].client == seen[1].client


def test_what_is_in_flight_is_counted_over_all_hosts() -> None:
    with serving(lambda _asked: Answer("late"), ports=2, latency=0.3) as server:
        threads = [
            threading.Thread(target=requests.get, args=(server.url(number % 2),))
            for number in range(6)
        ]
        for thread in threads:
            thread.start()
        while server.report().now < 6:
            time.sleep(0.005)
        for thread in threads:
            thread.join()
        report = server.report()
    assert (report.now, report.most) == (0, 6)
    assert [report.of(host).most for host in server.hosts] == [3, 3]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RESET, requests.ConnectionError),
        (Fault.SILENT, requests.ReadTimeout),
        (Fault.CUT, requests.exceptions.ChunkedEncodingError),
    ],
)
def test_faults_reach_the_client(fault: Fault, error: type[Exception]) -> None:
    with serving(lambda _asked: Answer("some body", fault=fault), latency=0.0) as server:
        with pytest.raises(error):
            requests.get(server.url(0), timeout=0.5)
        while server.report().now:
            time.sleep(0.005)
        assert len(server.report().of(server.hosts[0]).stamps) == 1


def test_a_wrong_length_cuts_the_body_short_and_a_slow_one_comes_whole() -> None:
    answers = {
        "/wrong": Answer("twelve bytes", fault=Fault.WRONG_LENGTH),
        "/slow": Answer("slow", fault=Fault.SLOW, drip=0.001),
    }
    with serving(lambda asked: answers[asked.path], latency=0.0) as server:
        told = [requests.get(server.url(0, path)).text for path in answers]
    assert told == ["twelve", "slow"]


def test_a_handler_that_raises_is_heard_of() -> None:
    def handler(asked: Asked) -> Answer:
        raise KeyError(asked.path)

    with serving(handler, latency=0.0) as server:
        assert requests.get(server.url(0, "/x")).status_code == 500
        assert server.report().errors == ["GET /x: KeyError('/x')"]


def named(argument: str) -> Callable[[Asked], Answer]:
    """The handler of the next test's process."""
    reset = Answer(fault=Fault.RESET)
    return lambda asked: reset if asked.path == "/reset" else Answer(json.loads(argument))


def test_in_a_process_of_its_own_it_counts_the_same() -> None:
    with spawned(f"{__name__}:named", '{"town": "青石"}', ports=2, latency=0.0) as server:
        before = time.monotonic()
        assert requests.get(server.url(1, "/")).json() == {"town": "青石"}
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url(1, "/reset"))
        report = server.report()
    assert len(report.of(server.hosts[1]).stamps) == 2
    assert before <= report.of(server.hosts[1]).stamps[0] <= time.monotonic()
    assert (report.now, report.errors) == (0, [])


def test_the_busiest_window_is_half_open() -> None:
    assert busiest([0.0, 0.5, 1.0, 1.1, 1.4, 2.0], 1.0) == 4
    assert busiest([0.0, 1.0, 2.0], 1.0) == 1
    assert busiest([], 1.0) == 0
