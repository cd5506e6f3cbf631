"""The base of all checkers, and what a check is told and gives back."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from checkers.base.declared import Credential, Pace, Source
from checkers.base.exchanges import Request, Unsupported
from checkers.base.facts import Coverage, Facts, Link
from registry.vocab import CheckKind, CoverageKind, Identity, PlatformInfo, Proof, Reason


@dataclass(frozen=True, slots=True)
class Target:
    """What a checker is told of the account it looks at. Holds no contact and no secret."""

    platform: str
    name: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    address: str = ""
    """What the office gave for this source: feed URL, RSSHub route, a known article."""
    credential: str = ""
    """Name of the credential for this account, e.g. `wechat:wx0123456789abcdef`."""
    kind: CheckKind = CheckKind.FRESHNESS
    as_of: datetime = datetime.min
    """UTC; the moment of the run, frozen when it was planned."""
    read_back_to: datetime = datetime.min
    """UTC; a list that reaches back to here can prove staleness."""
    links: tuple[Link, ...] = ()
    """For the link checker: what to try."""
    time_point: datetime = datetime.min
    """UTC; the monitoring time point. A post after it answers nothing, so the search goes on."""
    slow: tuple[str, ...] = ()
    """Addresses of links that kept us waiting the last time."""
    ill: tuple[str, ...] = ()
    """Of them those that failed then, however often they were tried."""
    moved: tuple[str, ...] = ()
    """Addresses of links that led on to others the last time, each of which takes two requests."""


Steps = Generator[Request | list[Request], Any, Facts]
"""A check under way: yields a Request and is sent a Response, or a list and is sent a list."""


class Checker:
    """Base of all checkers. A platform is one subclass in one file; sources without a platform
    (feeds, links) leave `platform` empty."""

    platform: ClassVar[str] = ""
    label: ClassVar[Mapping[str, str]] = {}
    synonyms: ClassVar[tuple[str, ...]] = ()
    """What spreadsheets call it, beside the label."""
    forms: ClassVar[Mapping[str, str]] = {}
    """Synonym → form, where a platform has several (订阅号, 服务号)."""
    schemes: ClassVar[Mapping[str, str]] = {}
    """Id scheme → pattern of a whole value; the first is the preferred one (the native id)."""
    hosts: ClassVar[Mapping[str, Pace]] = {}
    credentials: ClassVar[tuple[Credential, ...]] = ()
    sources: ClassVar[tuple[Source, ...]] = ()
    """In order of trust; the first usable one is asked first."""

    def identify(self, text: str) -> Identity | None:
        """The identity in an address or id, or None when it is not of this platform."""
        return None

    def check(self, target: Target, source: str) -> Steps:
        """Look at `target` through `source`. Raises Inconclusive or Unsupported; returns Facts."""
        raise Unsupported(Reason.NO_SOURCE, source)

    def foreseen(self, target: Target) -> list[Request]:
        """Requests of `check` that are known before the first answer, so that they may be sent ahead
        of their turn. Each equals the one that `check` yields, or was sent in vain."""
        return []

    @classmethod
    def info(cls) -> PlatformInfo:
        """What the registry needs to recognise this platform in a spreadsheet."""
        preferred = next(iter(cls.schemes), "")
        return PlatformInfo(
            cls.platform, cls.label, cls.synonyms, cls.forms, cls.schemes, preferred
        )

    @classmethod
    def source(cls, name: str) -> Source | None:
        """The source of that name, if this checker has it."""
        return next((s for s in cls.sources if s.name == name), None)


def bounded(facts: Facts, source: Source) -> Facts:
    """The facts cut down to what the source can prove: one that cannot prove STALE covers PARTIAL.

    The engine applies this to every READ, so that no checker can promise more than its source.
    """
    unproven = Proof.STALE not in source.proves
    if unproven and facts.coverage.kind not in {CoverageKind.PARTIAL, CoverageKind.UNREAD}:
        return replace(facts, coverage=Coverage(CoverageKind.PARTIAL))
    return facts


def validate_identifier(checker: Checker, scheme: str, value: str) -> bool:
    """True when `value` is a whole id of that scheme on that platform."""
    pattern = checker.schemes.get(scheme)
    return bool(pattern and re.fullmatch(pattern, value))
