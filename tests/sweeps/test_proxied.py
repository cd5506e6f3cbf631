"""A proxy that lets nothing through ends the run: no host is blamed, and all that is left stays due."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from checkers.base import Pace, Request
from registry.db import Registry
from registry.vocab import Outcome, Reason
from sweeps.network.proxied import Proxy, ProxyLost
from sweeps.network.transport import Limits, Network, transport
from sweeps.run import Settings
from tests.conftest import NOW
from tests.sweeps.loopback import Asked, Said, serve
from tests.sweeps.play import FakeClock, add_account, catalogue, checker
from tests.sweeps.test_run import observations, planned, swept

HOSTS = ("www.qingshi.example", "www.baita.example", "www.heyuan.example")


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as sock:
        return int(sock.getsockname()[1])


def ledger(registry: Registry, scheme: str = "http") -> tuple[Any, str]:
    """An account at each host, and a run that owes them."""
    with registry.write() as session:
        for host in HOSTS:
            add_account(session, host, url=f"{scheme}://{host}/")
    known = catalogue(checker(hosts={host: Pace(1.0) for host in HOSTS}))
    return known, planned(registry, known)


def by(proxy: str) -> Settings:
    return Settings(network=Network(Limits(5, 5, 20), proxy=proxy))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_run_ends_with_a_proxy_that_is_not_there_and_notes_nothing(
    registry: Registry, scheme: str
) -> None:
    known, uid = ledger(registry, scheme)
    port = free_port()
    with pytest.raises(ProxyLost) as ended:
        swept(registry, known, uid, settings=by(f"http://liwei:sesame@127.0.0.1:{port}"))
    told = f"{ended.value.message} {ended.value.hint}"
    assert f"http://127.0.0.1:{port}" in ended.value.message and "trusted_proxy" in told
    assert "sesame" not in told and "liwei" not in told
    assert ended.value.exit_code == 2
    assert observations(registry, uid) == []
    with serve() as proxy:
        proxy.answers["*"] = Said(NOW.isoformat())
        result = swept(registry, known, uid, settings=by(proxy.url())) if scheme == "http" else None
    assert result is None or result.outcomes == {Outcome.READ: len(HOSTS)}


def test_a_proxy_that_wants_a_password_ends_the_run_as_well(registry: Registry) -> None:
    known, uid = ledger(registry)
    with serve() as proxy:
        proxy.answers["*"] = Said("", 407)
        with pytest.raises(ProxyLost) as ended:
            swept(registry, known, uid, settings=by(proxy.url()))
    assert "407" in ended.value.message and observations(registry, uid) == []


def test_a_proxy_that_wants_a_password_for_a_tunnel_says_so_too() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as proxy:

        def refuses() -> None:
            client, _address = proxy.accept()
            with closing(client):
                client.recv(65536)
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

        thread = threading.Thread(target=refuses, daemon=True)
        thread.start()
        network = Network(proxy=f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with transport(FakeClock(), network) as way_out:
            answer = way_out.fetch(Request(f"https://{HOSTS[0]}/"))
            with pytest.raises(ProxyLost) as ended:
                way_out.assure()
        thread.join(20)
    assert answer.failure is not None and "407" in ended.value.message


def test_a_proxy_that_has_worked_is_called_again_before_it_is_given_up() -> None:
    clock = FakeClock()
    proxy = Proxy("http://10.20.0.1:8080", clock)
    heard: Any = SimpleNamespace(status=200)
    tries = iter([heard, _gone(), _gone(), heard, *(_gone() for _n in range(4))])

    def ask() -> Any:
        tried = next(tries)
        if isinstance(tried, Exception):
            raise tried
        return tried

    assert proxy.asked(ask) is heard and clock.seconds == 0
    assert proxy.asked(ask) is heard and clock.seconds == 3
    proxy.assure()
    with pytest.raises(NewConnectionError):
        proxy.asked(ask)
    assert clock.seconds == 10 and next(tries, None) is None
    with pytest.raises(ProxyLost):
        proxy.assure()


def _gone() -> NewConnectionError:
    return NewConnectionError(HTTPConnection("10.20.0.1", 8080), "no connection")


def test_a_host_that_a_proxy_cannot_reach_is_that_hosts_failure(registry: Registry) -> None:
    known, uid = ledger(registry)

    def answer(asked: Asked) -> Said:
        return Said("", 502) if HOSTS[1] in asked.path else Said(NOW.isoformat())

    with serve() as proxy:
        proxy.answers = {f"http://{host}/": answer for host in HOSTS}
        result = swept(registry, known, uid, settings=by(proxy.url()))
    assert result.outcomes == {Outcome.READ: 2, Outcome.INCONCLUSIVE: 1}
    assert result.reasons == {Reason.SERVER_ERROR: 1}
