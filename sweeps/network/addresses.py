"""Which network addresses the program may talk to: public ones, and those the office allows.

A menu link or a redirect may name anything, so that a sweep could be led into the office's own
network. The check is of the resolved address, and the connection is made to just that address.
Behind a proxy names are resolved elsewhere; what can be checked there is an address named as such.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from registry.errors import BadConfig
from registry.messages import _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → addresses as text, in order of preference. Raises OSError."""

METADATA = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254"})
"""Where cloud machines hand out their own credentials; allowed only by exact address."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """A host resolves to nothing but addresses that may not be asked."""


def resolve(host: str, port: int) -> list[str]:
    """The system's answer."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def spelt_out(host: str, _port: int) -> list[str]:
    """The address that a host is written as, in any way that systems read one (`127.1`, `0x7f000001`,
    `localhost`); none for a name, which only whoever resolves it can tell the address of."""
    plain = host.strip("[]").rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(plain.partition("%")[0]))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(plain))]
    except (OSError, UnicodeError):
        return []


_HOST = re.compile(r"(?=.*[^\W\d_])[\w-]+(\.[\w-]+)*\.?")
"""A name has a letter somewhere: `10.20` and `10.1.0.0-10.1.9.9` are slips of addresses."""


def entry_fault(entry: str, *, narrow: bool = True) -> tuple[str, str] | None:
    """What is wrong with an entry of `allow_private`, and how it is written; None for an address or a
    network, for a host name with a dot, and for either an address or any name with a port. A word alone
    may be meant for a switch, and a network of all addresses would be one (unless `narrow` is False).
    """
    plain = entry.strip().lower()
    remedy = _(
        'Write an address, a network or a host, e.g. "10.20.0.5:1200", "10.20.0.0/16" or'
        ' "rsshub.qingshi.example".'
    )
    if "/" in plain and "://" not in plain:
        return _network_fault(entry, plain, narrow)
    host, port = _parts(plain)
    if _is_address(host) or (_HOST.fullmatch(host) and ("." in host.rstrip(".") or port)):
        return None
    if _HOST.fullmatch(host):
        said = _("{entry} may be a word as well as a host.").format(entry=entry)
        return said, _('Write it with its port, e.g. "{host}:80".').format(host=host)
    return _("{entry} is no address, network or host.").format(entry=entry or '""'), remedy


def _network_fault(entry: str, plain: str, narrow: bool) -> tuple[str, str] | None:
    remedy = _("Write it like 10.20.0.0/16 in allow_private.")
    try:
        network = ipaddress.ip_network(plain)
    except ValueError:
        return _("{entry} is no network.").format(entry=entry), remedy
    if narrow and not network.prefixlen:
        return _("{entry} would allow every address.").format(entry=entry), remedy
    return None


def _parts(entry: str) -> tuple[str, int | None]:
    """Host and port of an entry; the host is empty where it has a port that is none."""
    if _is_address(entry):
        return entry, None
    try:
        parts = urlsplit(f"//{entry}")
        whole = parts.netloc == entry and "@" not in entry and not entry.endswith(":")
        return (parts.hostname or "") if whole and parts.port != 0 else "", parts.port
    except ValueError:
        return "", None


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return False


class Guard:
    """Decides over addresses. `allow_private`: host names, `host:port`, addresses or networks."""

    def __init__(self, allow_private: Iterable[str] = (), resolver: Resolve = resolve) -> None:
        """Raises BadConfig for an entry that is none of these."""
        self._resolve = resolver
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for entry in allow_private:
            if told := entry_fault(entry, narrow=False):
                raise BadConfig(*told)
            plain = entry.strip().lower()
            self._names.add(plain.replace("[", "").replace("]", ""))
            if "/" in plain:
                self._networks.append(ipaddress.ip_network(plain))

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect to. Raises AddressRefused, or OSError when the name does not resolve."""
        found = self._resolve(host, port)
        named = bool({host.lower(), f"{host.lower()}:{port}"} & self._names)
        good = [text for text in found if self._may(text, port, named)]
        if found and not good:
            raise AddressRefused(host)
        return good

    def _may(self, text: str, port: int, named: bool) -> bool:
        address = _plain(text)
        exact = bool({str(address), f"{address}:{port}"} & self._names)
        if str(address) in METADATA:
            return exact
        allowed = named or exact or any(address in network for network in self._networks)
        return allowed or is_public(address)


def refused_as_written(hosts: Iterable[str], allow_private: Iterable[str]) -> list[str]:
    """Those of `hosts` (with or without a port) that are written as an address and will be refused;
    of names only asking tells. Raises BadConfig like `Guard`."""
    guard = Guard(allow_private, spelt_out)
    return [host for host in hosts if _refused(guard, host)]


def _refused(guard: Guard, host: str) -> bool:
    bare = host.count(":") > 1 and not host.startswith("[")
    try:
        parts = urlsplit(f"//[{host}]" if bare else f"//{host}")
        for port in (parts.port,) if parts.port else (80, 443):
            guard.addresses(parts.hostname or "", port)
    except AddressRefused:
        return True
    except ValueError:  # no host at all; whoever asks for it is told so
        return False
    return False


def _plain(text: str) -> Address:
    """The address behind a text, out of an IPv6 wrapping where it has one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(address: Address) -> bool:
    """True for an address that anybody on the internet can reach."""
    return address.is_global and not (address.is_multicast or address.is_reserved)
