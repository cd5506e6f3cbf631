"""Which addresses may be asked."""

from __future__ import annotations

import pytest

from registry.errors import BadConfig
from sweeps.network.addresses import AddressRefused, Guard, refused_as_written


def guard(*found: str, allow: tuple[str, ...] = ()) -> Guard:
    return Guard(allow, lambda host, port: list(found))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        guard(address).addresses("menu.example", 80)


@pytest.mark.parametrize("address", ["1.1.1.1", "202.108.22.5", "2400:3200::1", "::ffff:1.1.1.1"])
def test_public_addresses_are_asked(address: str) -> None:
    assert guard(address).addresses("menu.example", 80) == [address]


def test_of_several_addresses_only_the_public_ones_are_used() -> None:
    assert guard("10.0.0.1", "1.1.1.1").addresses("menu.example", 80) == ["1.1.1.1"]


@pytest.mark.parametrize(
    "allowed", ["10.0.0.5", "10.0.0.5:1200", "10.0.0.0/8", "rss.example", "RSS.example:1200"]
)
def test_what_the_office_allows_is_asked(allowed: str) -> None:
    assert guard("10.0.0.5", allow=(allowed,)).addresses("rss.example", 1200) == ["10.0.0.5"]


@pytest.mark.parametrize("allowed", ["10.0.0.6", "10.0.0.5:80", "10.1.0.0/16", "rss.example:80"])
def test_and_nothing_beside_it(allowed: str) -> None:
    with pytest.raises(AddressRefused):
        guard("10.0.0.5", allow=(allowed,)).addresses("rss.example", 1200)


def test_a_metadata_address_is_allowed_by_itself_only() -> None:
    with pytest.raises(AddressRefused):
        guard("169.254.169.254", allow=("169.254.0.0/16", "rss.example")).addresses(
            "rss.example", 80
        )
    exact = guard("169.254.169.254", allow=("169.254.169.254",))
    assert exact.addresses("x", 80) == ["169.254.169.254"]


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(BadConfig):
        Guard(("10.0.0.0/99",))


def test_hosts_written_as_private_addresses_are_told_before_they_are_asked() -> None:
    hosts = [
        "10.20.0.5:1200",
        "192.168.1.9",
        "[::1]:1200",
        "rsshub.example.cn",
        "8.8.8.8",
        "127.1",
        "::1",
        "[x",
    ]
    assert refused_as_written(hosts, ()) == [
        "10.20.0.5:1200",
        "192.168.1.9",
        "[::1]:1200",
        "127.1",
        "::1",
    ]
    allowed = ("10.20.0.5:1200", "192.168.0.0/16", "::1")
    assert refused_as_written(hosts, allowed) == ["127.1"]
