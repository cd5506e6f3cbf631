"""Settings of the way out that no connection could be made with are told before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import BadConfig
from sweeps.network.transport import Network, checked

AUTHORITY = Path(__file__).parent / "certificates" / "authority.pem"


@pytest.mark.parametrize(
    "proxy",
    [
        *("proxy.example:8080", "10.20.0.1", "socks5://10.20.0.1:1080", "http://", "http://[::1"),
        *("http://10.20.0.1:", "http://liwei:sesame@10.20.0.1:", "http://10.20.0.1:99999"),
        *("http://10.20.0.1:0", "http://10.20.0.1: 8080", "http://10.20.0.1:8080/proxy.pac"),
    ],
)
def test_a_proxy_that_is_none_is_told_with_an_example(proxy: str) -> None:
    with pytest.raises(BadConfig) as caught:
        checked(Network(proxy=proxy))
    assert "trusted_proxy" in caught.value.message and "http://" in caught.value.hint


def test_the_password_of_a_proxy_is_not_printed() -> None:
    with pytest.raises(BadConfig) as caught:
        checked(Network(proxy="ftp://liwei:sesame@proxy.example"))
    assert "sesame" not in f"{caught.value.message} {caught.value.hint}"


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "rubbish.pem").write_text("rubbish", encoding="utf-8")
    for name in ("none.pem", "rubbish.pem"):
        with pytest.raises(BadConfig) as caught:
            checked(Network(ca_file=str(tmp_path / name)))
        assert name in caught.value.message and "ca_file" in caught.value.hint


def test_a_network_that_is_none_is_told() -> None:
    with pytest.raises(BadConfig) as caught:
        checked(Network(allow_private=("10.0.0.0/99",)))
    assert "10.0.0.0/99" in caught.value.message


def test_good_settings_stay_as_they_are() -> None:
    given = Network(
        allow_private=("10.0.0.0/8",),
        proxy="http://liwei:sesame@10.20.0.1:8080",
        ca_file=str(AUTHORITY),
    )
    assert checked(given) is given
