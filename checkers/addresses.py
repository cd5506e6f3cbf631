"""Account addresses in a text: links with or without `https://`, compared with a platform's places.

It reads what stands in the address and asks nobody by itself: a short link stays an address of
unknown id, until a check that looks at the account anyway follows it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qs, unquote

from checkers.base import Checker, Inconclusive, Request, Response
from registry.vocab import Identity, Reason

_LONGEST = 2000
_LINK = re.compile(
    r"(?:https?://|(?<![\w@.-]))(?P<host>(?:[a-z0-9-]{1,63}\.)+[a-z]{2,12})(?::\d{1,5})?"
    r"(?P<rest>[/?#][^\s\"'<>，。；、！（）()【】《》“”]*)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Address:
    """One link as it stands in a text."""

    host: str
    """In lower case."""
    path: str
    """Without a slash at the end."""
    query: str
    url: str
    """With `https://` where the text left it out."""

    def parameter(self, name: str) -> str:
        """The first value of a query parameter, or an empty text."""
        return parse_qs(self.query).get(name, [""])[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a platform shows accounts, and where in the address the id stands."""

    host: str
    """The host, or its end: `douyin.com` is also `www.douyin.com` and `v.douyin.com`."""
    path: str
    """A pattern for the whole path; its group `id` is the id, if the path holds it."""
    scheme: str
    parameter: str = ""
    """The query parameter that holds the id, if the path does not."""
    below: bool = True
    """False: only the host itself or its `www`, since others below it hold other things."""


def addresses(text: str) -> Iterator[Address]:
    """The links in `text`, in order; a host without a path counts."""
    for found in _LINK.finditer(text[:_LONGEST]):
        rest = (found["rest"] or "").partition("#")[0]
        path, _, query = rest.partition("?")
        url = found.group() if "://" in found.group() else f"https://{found.group()}"
        yield Address(found["host"].lower(), unquote(path).rstrip("/"), query, url)


def at_host(address: Address, host: str, below: bool = True) -> bool:
    """True when the address is on that host, on its `www`, or (with `below`) anywhere below it."""
    return address.host in {host, f"www.{host}"} or (below and address.host.endswith("." + host))


class Addressed(Checker):
    """A checker that recognises accounts by address; most are read by hand today."""

    places: ClassVar[tuple[Place, ...]] = ()
    """Tried in order; the first that fits names the account."""
    bare: ClassVar[tuple[str, ...]] = ()
    """Schemes whose ids are unmistakable without an address."""

    def identify(self, text: str) -> Identity | None:
        """The account in an address, a share text or an unmistakable id; None for anything else."""
        lowered = text.lower() if "." in text else ""  # most ids hold no dot: no address either
        if lowered and any(place.host in lowered for place in self.places):
            for address in addresses(text):
                found = self._in(address)
                if found:
                    return found
        word = text.strip()
        for scheme in self.bare:
            if re.fullmatch(self.schemes[scheme], word):
                return Identity(self.platform, scheme, word)
        return None

    def _in(self, address: Address) -> Identity | None:
        for place in self.places:
            if not at_host(address, place.host, place.below):
                continue
            found = re.fullmatch(place.path, address.path)
            if not found:
                continue
            if place.scheme == "url":
                return Identity(self.platform, "url", address.url, address.url)
            value = address.parameter(place.parameter) if place.parameter else found["id"]
            if re.fullmatch(self.schemes[place.scheme], value):
                return Identity(self.platform, place.scheme, value, address.url)
        return None


def follow_short(checker: Checker, url: str) -> Generator[Request, Response, Identity]:
    """The account to which a short link leads, for one request.

    Each address on the way counts, the last one first, so a login in front of it hides nothing.
    Raises Inconclusive: no answer, or a link that leads to no account (not_found).
    """
    response = yield Request(url)
    way = [response.url, *(hop.location for hop in reversed(response.hops))]
    for address in way:
        found = checker.identify(address)
        if found and found.scheme != "url":
            return found
    response.usable()
    raise Inconclusive(Reason.NOT_FOUND, f"{url[:80]} leads to no account: {response.url[:80]}")
