"""Which addresses are a website's own, and which hosts it may link to without being seen to.

A department's `gaj.yunchuan.gov.cn` is not the city's site, and `yunchuan.gov.cn` is not the
department's; a site in a folder of a host keeps to its folder.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from checkers._site.names import words
from checkers._web.joining import plainly_joined

_SECOND_LEVEL = frozenset(
    "com net org gov edu ac mil ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx"
    " qh sc sd sh sn sx tj tw xj xz yn zj".split()
)
"""Labels under which .cn names are given out."""


_PLAIN = re.compile(
    r"https?://([a-z\d-]+(?:\.[a-z\d-]+)+)(?::\d{1,5})?(/[^?#\s]*)?(?:\?([^#\s]*))?", re.A
)
_MOST_KNOWN = 4096
"""Addresses that are remembered as they were taken apart; a page names each several times."""


@lru_cache(maxsize=_MOST_KNOWN)
def parts_of(url: str) -> tuple[str, str, str]:
    """Host in lower case, path and query; the host is empty for what is no web address.

    Raises ValueError for what cannot be taken apart.
    """
    plain = _PLAIN.fullmatch(url)
    if plain:
        host, path, query = plain.groups("")
        return host, path, query
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower() if parts.scheme in {"http", "https"} else ""
    return host, parts.path, parts.query


def host_of(url: str) -> str:
    """The host in lower case; empty for what is no web address."""
    try:
        return parts_of(url)[0]
    except ValueError:
        return ""


def absolute(base: str, href: str) -> str:
    """The whole address of a link on the page `base`, without its fragment; empty for none.

    `javascript:`, `mailto:` and the like lead nowhere.
    """
    if plain := plainly_joined(base, href):
        return plain
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href or href.startswith("#"):
        return ""
    try:
        url = urljoin(base, href).partition("#")[0]
    except ValueError:
        return ""
    return url if host_of(url) else ""


def bare(host: str) -> str:
    """The host without `www.`."""
    return host.removeprefix("www.")


def registrable(host: str) -> str:
    """The domain that somebody registered: `qingshi.gov.cn` of `www.qingshi.gov.cn`.

    Addresses of numbers are their own domain.
    """
    labels = host.split(".")
    if len(labels) < 3 or labels[-1].isdigit() or ":" in host:
        return host
    deep = labels[-1] == "cn" and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def within(host: str, domain: str) -> bool:
    """True for the domain itself and every host below it."""
    return host == domain or host.endswith("." + domain)


def is_own(url: str, home: str) -> bool:
    """True for addresses of the site whose home page is `home`: its host and those below it."""
    return _belongs(host_of(url), host_of(home))


@lru_cache(maxsize=1024)
def _belongs(host: str, home: str) -> bool:
    return bool(host) and within(bare(host), bare(home))


def same_host(url: str, home: str) -> bool:
    """True for the same host, with or without `www.`."""
    return bare(host_of(url)) == bare(host_of(home)) != ""


def below(url: str, home: str) -> bool:
    """True for a page of the same host and folder as `home`, which it is not itself."""
    if not same_host(url, home):
        return False
    return parts_of(url)[1].startswith(folder(home)) and place(url) != place(home)


def folder(url: str) -> str:
    """The folder of an address, with a slash at both ends."""
    return parts_of(url)[1].rpartition("/")[0] + "/"


_INDEX = re.compile(r"/(?:index|default|home)\.\w{2,5}$", re.I)
_OF_INDEX = frozenset({"", *"iIdDhH\u0130\u0131"})
"""How the last part of a path begins that may be an index file, or is none at all."""


@lru_cache(maxsize=_MOST_KNOWN)
def place(url: str) -> tuple[str, str, str]:
    """What two addresses of one page share: scheme, `www.` and index file do not count."""
    host, path, query = parts_of(url)
    if path[path.rfind("/") + 1 :][:1] in _OF_INDEX:
        path = _INDEX.sub("/", path) or "/"
    return bare(host), path, query


def is_foreign(url: str, home: str) -> bool:
    """True for a host outside the site's own list: its domain, gov.cn, platforms, known media."""
    return _is_elsewhere(host_of(url), host_of(home))


@lru_cache(maxsize=1024)
def _is_elsewhere(host: str, home: str) -> bool:
    if not host or within(host, registrable(home)):
        return False
    return not any(within(host, known) for known in words("hosts", "known"))
