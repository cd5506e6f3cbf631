"""Who may work for a cluster and who is refused; what a worker does with an errand."""

from __future__ import annotations

import subprocess
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from checkers.base import Pace, Request, Response
from registry.errors import BadConfig
from registry.vocab import Reason
from sweeps.clock import SystemClock
from sweeps.cluster.fleet import Cluster, checked, cluster
from sweeps.cluster.link import Done, Joined, Left, Link, Unfit
from sweeps.cluster.trouble import Cause, Trouble
from sweeps.cluster.outpost import Errand, Gate, Introduction, Sealed, carry_out, introduce, leave
from sweeps.lanes.egresses import HOME
from sweeps.lanes.lanes import Lanes
from sweeps.network.credentials import Insertion
from sweeps.network.transport import Limits, Network
from tests.conftest import NOW
from tests.sweeps.dask_town import ROOT
from tests.sweeps.loopback import Said, Server, serve

NETWORK = Network(Limits(5, 5, 20), ("127.0.0.1",))
SECRET = "half-past-three-0123456789"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answers["*"] = Said(NOW.isoformat())
        yield running


@pytest.fixture(autouse=True)
def no_post_outlives_its_test() -> Iterator[None]:
    yield
    leave()


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("tcp://8.8.8.8:8786", "TLS"),
        ("8.8.8.8:8786", "TLS"),
        ("http://127.0.0.1:8786", "地址"),
        ("tcp://127.0.0.1", "地址"),
        ("tls://127.0.0.1:99999", "地址"),
    ],
)
def test_an_address_that_is_none_or_open_to_others_is_refused(address: str, word: str) -> None:
    with pytest.raises(BadConfig, match=word) as refused:
        checked(address)
    assert refused.value.hint


@pytest.mark.parametrize("address", ["10.1.2.3:8786", "tcp://127.0.0.1:1", "tls://203.0.113.7:2"])
def test_a_private_network_or_tls_is_taken(address: str) -> None:
    assert checked(address).endswith(address)


def test_an_address_at_which_nobody_answers_is_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweeps.cluster.fleet._ANSWER", 1.0)
    for address in (server.host, "127.0.0.1:1"):
        with pytest.raises(BadConfig, match="没有应答"):
            with cluster(address, SystemClock(), NETWORK, room=1):
                raise AssertionError("not reached")


def raised(error: Exception, by: Exception) -> Exception:
    """An error as Dask wraps it."""
    try:
        raise error from by
    except Exception as wrapped:
        return wrapped


TLS = "TLS expects a `ssl_context` argument of type ssl.SSLContext Instead got None"


@pytest.mark.parametrize(
    ("error", "cause", "words"),
    [
        (raised(OSError("Timed out"), ConnectionRefusedError(111, "no")), Cause.SILENT, "没有启动"),
        (OSError("Timed out trying to connect"), Cause.SILENT, "防火墙"),
        (raised(OSError("closed"), ConnectionResetError(104, "reset")), Cause.RESET, "tls://"),
        (TypeError(TLS), Cause.NO_CERTIFICATE, "DASK_DISTRIBUTED__COMM__TLS__"),
        (FileNotFoundError(2, "No such file or directory"), Cause.NO_FILE, "证书文件"),
        (raised(OSError("bad"), ssl.SSLError("verify failed")), Cause.UNTRUSTED, "同一个证书机构"),
        (ModuleNotFoundError("No module named 'sweeps'"), Cause.OTHER_PROGRAM, "没有安装台账"),
        (RuntimeError("insides"), Cause.OTHER, "insides"),
    ],
)
def test_what_dask_says_is_told_in_the_offices_words(
    error: Exception, cause: Cause, words: str
) -> None:
    trouble = Trouble.of(error)
    assert trouble.cause is cause and words in trouble.words


def test_who_takes_the_call_and_says_nothing_may_be_something_else() -> None:
    assert "不是 Dask 调度进程" in Trouble(Cause.MUTE).words


def test_without_dask_one_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadConfig) as refused:
        with cluster("127.0.0.1:1", SystemClock(), NETWORK, room=1):
            raise AssertionError("not reached")
    assert "taizhang[cluster]" in refused.value.hint


def test_dask_is_loaded_only_for_a_cluster() -> None:
    look = "import sys, cli, sweeps.cluster.fleet, commands.clustering; print('distributed' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "False"


def news(address: str, **said: Any) -> Joined:
    return Joined(address, "w", 4, Introduction("p", **said))


def met(address: str, **options: Any) -> tuple[Cluster, list[str]]:
    """A cluster of which no line is open, and what it tells people."""
    told: list[str] = []
    link = Link(address, NETWORK)
    made = Cluster(
        link,
        SystemClock(),
        NETWORK,
        lambda *_any: Response("", 0),
        room=1,
        tell=told.append,
        **options,
    )
    return made, told


@pytest.mark.parametrize(
    ("joined", "options"),
    [
        (news("tcp://8.8.8.8:1", egress="east"), {}),
        (news("tcp://10.0.0.7:1", egress="east"), {"credentials": "east"}),
        (news("tcp://10.0.0.7:1", egress="east", agreement=0), {}),
        (Unfit("w", Trouble.of(ModuleNotFoundError("No module named 'sweeps'"))), {}),
    ],
)
def test_a_worker_that_cannot_be_trusted_or_understood_is_not_used(
    joined: Any, options: dict[str, Any]
) -> None:
    workers, told = met("tcp://10.0.0.1:8786", **options)
    workers._link.news.put(joined)
    assert workers.collect(0.0) == []
    assert workers.room == 1 and len(told) == 1


def test_workers_of_one_machine_share_an_egress_unless_they_are_named() -> None:
    workers, _told = met("tcp://10.0.0.1:8786")
    for joined in (
        news("tcp://10.0.0.7:1", egress=""),
        news("tcp://10.0.0.7:2", egress=""),
        news("tcp://10.0.0.8:1", egress="east"),
        news("tcp://127.0.0.1:1", egress=""),
    ):
        workers._link.news.put(joined)
    workers.collect(0.0)
    found = [worker.egress for worker in workers._workers.values()]
    assert found == ["10.0.0.7", "10.0.0.7", "east", "10.0.0.1"]


def test_workers_beside_the_driver_share_its_own_way_out() -> None:
    workers, _told = met("tcp://127.0.0.1:8786")
    workers._link.news.put(news("tcp://127.0.0.1:1", egress=""))
    workers.collect(0.0)
    assert [worker.egress for worker in workers._workers.values()] == [HOME]


def test_a_process_that_introduces_itself_again_still_has_what_it_had() -> None:
    workers, _told = met("tcp://10.0.0.1:8786")
    lanes = workers.spread(lambda _egress: Lanes({}))
    workers._link.news.put(news("tcp://10.0.0.7:1", egress="east"))
    workers.collect(0.0)
    lanes.expect("a.cn", Pace(0.0, in_flight=8))
    for ticket in range(3):
        lanes.add(ticket, lanes.route("a.cn"))
    assert len(lanes.due(0.0, 8)) == 3
    for ticket in range(3):
        workers.submit(ticket, Request("http://a.cn/"))
    workers._link.news.put(Done(0, workers._sent[0].uid, None))
    assert [ticket for ticket, _answer in workers.collect(0.0)] == [0]
    assert workers.room == 1  # until it has said again who it is
    workers._link.news.put(news("tcp://10.0.0.7:1", egress="east"))
    workers.collect(0.0)
    (worker,) = workers._workers.values()
    assert worker.busy == 2
    workers._link.news.put(Left("tcp://10.0.0.7:1"))
    workers._link.news.put(Joined("tcp://10.0.0.7:1", "w", 4, Introduction("q", egress="east")))
    workers.collect(0.0)
    (worker,) = workers._workers.values()
    assert worker.busy == 0


def test_what_a_worker_had_is_over_when_it_goes_while_it_is_asked_anew_who_it_is() -> None:
    link, task, where = Link("tcp://10.0.0.1:8786", NETWORK), Mock(), "tcp://10.0.0.7:1"
    link._at[where] = {task}
    link._heard((0.0, {"action": "remove-worker", "worker": "tcp://10.0.0.8:1"}))
    assert not task.cancel.called and link.news.empty()
    link._heard((0.0, {"action": "remove-worker", "worker": where}))
    assert task.cancel.called and link.news.get_nowait() == Left(where)


# --- in the worker --------------------------------------------------------------------------------


def test_a_worker_carries_an_errand_out_once_and_only_its_own(server: Server) -> None:
    me = introduce(NETWORK)
    server.answers["*"] = Said("here")
    request = Request(server.url("/1"))
    first = Sealed(Errand(me.process, "a", request, None, 0.0))
    answer = carry_out(first)
    assert answer is not None and answer.body == b"here"
    assert carry_out(first) is None
    assert carry_out(Sealed(Errand("another", "b", request, None, 0.0))) is None
    assert server.paths() == ["/1"]


def test_the_address_guard_stands_in_the_worker_too(server: Server) -> None:
    me = introduce(Network(Limits(5, 5, 20)))
    answer = carry_out(Sealed(Errand(me.process, "c", Request(server.url()), None, 0.0)))
    assert answer is not None and answer.failure is not None
    assert answer.failure.reason is Reason.ADDRESS_REFUSED
    assert server.asked == []


def test_no_text_form_of_an_errand_shows_a_secret() -> None:
    errand = Errand("p", "u", Request("http://a.cn/"), Insertion("query:k", SECRET), 1.0)
    sealed = Sealed(errand)
    assert sealed.opened() == errand
    assert SECRET not in f"{errand!r} {errand} {sealed!r} {sealed}"


def test_a_worker_keeps_requests_apart_as_they_really_go_out() -> None:
    gate, moments = Gate(), list[float]()

    def one(held_up: float) -> None:
        with gate.passed("a.cn", 0.6) as on_sent:
            time.sleep(held_up)
            moments.append(time.monotonic())
            on_sent()

    threads = [threading.Thread(target=one, args=(held_up,)) for held_up in (0.2, 0.0, 0.0)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert all(b - a >= 0.6 for a, b in zip(moments, moments[1:], strict=False))
