"""What ways of looking there are at each platform, and which of them this office uses.

It decides nothing: `sourcing` does, for each account; this shows how that stands in general.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from checkers.base import Checker, Source
from checkers.loading import Catalogue
from registry.vocab import CheckKind
from sweeps.network.credentials import Credentials
from sweeps.planning.sourcing import Order, switched_on


class Switch(StrEnum):
    """Whether a source is used, and who says so."""

    DEFAULT = "default"
    OFFICE = "office"
    ACCOUNT = "account"
    """Only where an account's own settings name it."""
    OFF = "off"
    BY_HAND = "by_hand"
    """The platform has no source at all, so there is nothing to switch."""


class Held(StrEnum):
    """Whether this office's secrets for a source are known here."""

    YES = "yes"
    NO = "no"
    PER_ACCOUNT = "per_account"
    """Each account has its own, so that it is known only where an account is named."""
    NO_RSSHUB = "no_rsshub"
    """It goes through the office's own RSSHub, and the settings name none."""
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Offer:
    """One source of one platform."""

    platform: str
    """The platform, or a shared checker's name."""
    checker: Checker
    source: Source | None
    """None where there is none at all: people look."""
    switch: Switch
    held: Held


def offers(
    catalogue: Catalogue, order: Order, credentials: Credentials, *, rsshub: str = ""
) -> list[Offer]:
    """Per platform its sources: those in use in the order in which they are tried, then the rest.

    `rsshub`: the address of the office's own instance, if it has one.
    """
    listed = [
        offer
        for platform, checker in catalogue.platforms.items()
        for offer in _of_platform(catalogue, order, credentials, platform, checker)
    ]
    if not rsshub:
        listed = [_without_rsshub(offer) for offer in listed]
    return listed + [
        Offer(name, checker, source, _shared(source), _held(source, credentials))
        for name, checker in catalogue.shared.items()
        for source in checker.sources
    ]


def _of_platform(
    catalogue: Catalogue, order: Order, credentials: Credentials, platform: str, checker: Checker
) -> Iterator[Offer]:
    named = order.get(platform, ())
    in_use = {
        source.name: source
        for kind in CheckKind
        for source in switched_on(catalogue, order, platform, kind)
    }
    places = [*named, *(source.name for source in checker.sources)]
    for source in sorted(in_use.values(), key=lambda source: places.index(source.name)):
        switch = Switch.OFFICE if source.name in named else Switch.DEFAULT
        yield Offer(platform, checker, source, switch, _held(source, credentials))
    for source in checker.sources:
        if source.name not in in_use:
            yield Offer(platform, checker, source, Switch.OFF, _held(source, credentials))
    if not in_use and not checker.sources:
        yield Offer(platform, checker, None, Switch.BY_HAND, Held.NOT_NEEDED)


def _without_rsshub(offer: Offer) -> Offer:
    routed = offer.source is not None and offer.source.route
    return replace(offer, held=Held.NO_RSSHUB) if routed else offer


def _shared(source: Source) -> Switch:
    return Switch.ACCOUNT if source.address else Switch.DEFAULT


_WORST = (Held.NO, Held.PER_ACCOUNT, Held.YES)


def _held(source: Source, credentials: Credentials) -> Held:
    """The worst of what the source needs, or the best of what will do instead."""
    needed = {_held_of(kind, credentials) for kind in source.needs}
    instead = {_held_of(kind, credentials) for kind in source.instead}
    worst = next((held for held in _WORST if held in needed), Held.NOT_NEEDED)
    best = next((held for held in reversed(_WORST) if held in instead), Held.NO)
    return best if worst is Held.NO else worst


def _held_of(kind: str, credentials: Credentials) -> Held:
    spec = credentials.spec(kind)
    if spec is not None and spec.per_account:
        return Held.PER_ACCOUNT
    return Held.YES if credentials.has(kind) else Held.NO
