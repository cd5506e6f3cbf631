"""The way out through a proxy: real names over TLS, and the same limits as without one."""

from __future__ import annotations

from pathlib import Path

from checkers.base import Request
from registry.vocab import Reason
from sweeps.clock import SystemClock
from sweeps.network.transport import Limits, Network, transport
from tests.simulator.http import Answer, Asked, Fault, serving
from tests.simulator.office import authority


def named(asked: Asked) -> Answer:
    return Answer(f"{asked.host} {asked.path}")


def test_hosts_are_reached_by_name_over_tls_and_without(tmp_path: Path) -> None:
    with serving(named, latency=0.0, certificates=authority(tmp_path)) as server:
        network = Network(proxy=server.url(0), ca_file=str(tmp_path / "ca.pem"))
        with transport(SystemClock(), network) as way_out:
            told = [
                way_out.fetch(Request(f"{scheme}://www.qingshi.example/a?b=1")).text()
                for scheme in ("https", "http", "https")
            ]
        report = server.report()
    assert told == ["www.qingshi.example /a?b=1"] * 3
    assert len(report.of("www.qingshi.example").stamps) == 3
    assert report.connections == 2, "the tunnel was not kept"


def test_an_authority_that_is_not_trusted_is_no_authority(tmp_path: Path) -> None:
    with serving(named, latency=0.0, certificates=authority(tmp_path)) as server:
        with transport(SystemClock(), Network(proxy=server.url(0))) as way_out:
            answer = way_out.fetch(Request("https://www.qingshi.example/"))
    assert answer.failure is not None and answer.failure.reason is Reason.TLS
    assert server.ports and answer.body == b""


def test_a_body_that_drips_is_cut_off_behind_a_proxy_too(tmp_path: Path) -> None:
    drips = Answer("slow " * 100, fault=Fault.SLOW, drip=0.05)
    with serving(lambda _asked: drips, latency=0.0, certificates=authority(tmp_path)) as server:
        ca = str(tmp_path / "ca.pem")
        network = Network(Limits(1.0, 1.0, 0.5), proxy=server.url(0), ca_file=ca)
        with transport(SystemClock(), network) as way_out:
            answers = [
                way_out.fetch(Request(f"{scheme}://www.qingshi.example/"))
                for scheme in ("https", "http")
            ]
    assert [a.failure and a.failure.reason for a in answers] == [Reason.TIMEOUT] * 2
