"""All checkers that are installed, ours and third parties', found through their entry points.

A checker that cannot be used is a named fault in the catalogue and never stops the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import Distribution, EntryPoint, entry_points

from checkers.base import Checker, Source
from registry.vocab import PLATFORM_PATTERN, Identity, PlatformInfo

GROUP = "taizhang.checkers"
OURS = "taizhang"
_DEMANDED_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class BrokenChecker:
    """A checker that is installed and cannot be used."""

    name: str
    """Its entry point's name."""
    origin: str
    """The distribution that brought it, and where in it the checker should be."""
    error: str
    """In English, for whoever maintains it."""


class _Unusable(Exception):
    """What is wrong with a checker's declarations."""


@dataclass(frozen=True)
class Catalogue:
    """The checkers at hand."""

    platforms: Mapping[str, Checker] = field(default_factory=dict)
    """Platform → its checker."""
    shared: Mapping[str, Checker] = field(default_factory=dict)
    """Entry point's name → a checker for accounts of any platform (`feed`, `links`)."""
    broken: tuple[BrokenChecker, ...] = ()

    def get(self, platform: str) -> Checker | None:
        """The checker of that platform, if one is installed."""
        return self.platforms.get(platform)

    def find_source(self, platform: str, name: str) -> tuple[Checker, Source] | None:
        """The source of that name: the platform's own, else one of the shared checkers'."""
        own = self.platforms.get(platform)
        for checker in ([own] if own else []) + list(self.shared.values()):
            source = checker.source(name)
            if source:
                return checker, source
        return None

    def identify(self, text: str) -> Identity | None:
        """The account in an address, id or share text; None when none or several platforms fit."""
        found = self.candidates(text)
        return found[0] if len(found) == 1 else None

    def candidates(self, text: str) -> tuple[Identity, ...]:
        """What each platform takes the text for, in order of registration."""
        found = (_ask(checker, text) for checker in self.platforms.values())
        return tuple(identity for identity in found if identity)

    def infos(self) -> list[PlatformInfo]:
        """What each platform is called and how its ids look, in order of registration."""
        return [
            replace(checker.info(), identify=partial(_ask, checker))
            for checker in self.platforms.values()
        ]


def _ask(checker: Checker, text: str) -> Identity | None:
    try:
        return checker.identify(text)
    except (Exception, SystemExit):  # a third party's fault must not end everybody's import
        return None


def load_checkers(found: Iterable[EntryPoint] | None = None) -> Catalogue:
    """The catalogue of all installed checkers (or of `found`), ours first, then by name."""
    points = entry_points(group=GROUP) if found is None else found
    platforms, shared = dict[str, Checker](), dict[str, Checker]()
    holders, broken = dict[str, str](), list[BrokenChecker]()
    for point in sorted(set(points), key=_precedence):
        try:
            checker = _load(point)
            key = checker.platform or point.name
            if key in holders:
                raise _Unusable(f"{key} is already read by {holders[key]}")
        except (Exception, SystemExit) as error:  # what a plug-in raises on import is its own fault
            broken.append(BrokenChecker(point.name, _origin(point), _said(error)))
            continue
        holders[key] = _origin(point)
        (platforms if checker.platform else shared)[key] = checker
    return Catalogue(platforms, shared, tuple(broken))


def _distribution(point: EntryPoint) -> str:
    return _name(point.dist) if point.dist else ""


@cache
def _name(distribution: Distribution) -> str:
    """Read out of its metadata, which takes a while."""
    return distribution.name


def _precedence(point: EntryPoint) -> tuple[bool, str, str]:
    return (_distribution(point) != OURS, _distribution(point), point.name)


def _origin(point: EntryPoint) -> str:
    return f"{_distribution(point) or '?'}: {point.value}"


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, _Unusable) else f"{type(error).__name__}: {error}"


def _load(point: EntryPoint) -> Checker:
    made = point.load()
    if not (isinstance(made, type) and issubclass(made, Checker)):
        raise _Unusable(f"{point.value} is not a subclass of Checker")
    _validate(made)
    return made()


def _validate(checker: type[Checker]) -> None:
    """Raises _Unusable when what the class declares cannot be worked with."""
    if checker.platform and not PLATFORM_PATTERN.fullmatch(checker.platform):
        raise _Unusable(f"{checker.platform!r} is not a platform's name")
    for lang in _DEMANDED_LANGUAGES:
        if not checker.label.get(lang):
            raise _Unusable(f"the label lacks {lang}")
    for scheme, pattern in checker.schemes.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise _Unusable(f"the pattern of {scheme} is broken: {error}") from None
    names = [source.name for source in checker.sources]
    if len(names) != len(set(names)):
        raise _Unusable("two sources have one name")
    kinds = {credential.kind for credential in checker.credentials}
    for source in checker.sources:
        missing = {*source.needs, *source.instead} - kinds
        if missing:
            raise _Unusable(f"{source.name} needs undeclared credentials: {sorted(missing)}")
        _validate_route(checker, source)


def _validate_route(checker: type[Checker], source: Source) -> None:
    """A route is a path whose braces name ids of the platform."""
    unknown = set(re.findall(r"\{(.*?)\}", source.route)) - set(checker.schemes)
    if source.route and not source.route.startswith("/"):
        raise _Unusable(f"the route of {source.name} does not begin with /")
    if unknown:
        raise _Unusable(f"the route of {source.name} names undeclared ids: {sorted(unknown)}")
