"""Which platform a word in a spreadsheet means, and whether an id can be one of that platform.

Built from `PlatformInfo`s that its caller collects from the checkers: the registry never imports
one. Platforms that only spreadsheets know stand in `platforms.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from registry.errors import NotFound, Refused
from registry.messages import _, language
from registry.names import fold_name
from registry.resources import resource
from registry.text import quoted
from registry.vocab import PLATFORM_PATTERN, Identity, Lang, PlatformInfo

_FRONT = ("", "政务", "官方", "政府", "官")
_BEHIND = ("", "号", "账号", "公众号", "视频号", "短视频", "视频", "平台", "官方账号", "类")
_JOINTS = re.compile(r"[-–—_/:,.、]+")
_REMEMBERED = 4096

Recognised = tuple[str, str]
"""(platform, form); the form is empty where the word names none."""


def nobody(text: str) -> Identity | None:
    """An `identify` for when no checker is at hand: it knows no address."""
    return None


@cache
def known_platforms() -> tuple[PlatformInfo, ...]:
    """The platforms of `platforms.toml`, in its order."""
    text = resource("registry", "platforms.toml").read_text("utf-8")
    return tuple(
        PlatformInfo(
            platform,
            row["label"],
            tuple(row["synonyms"]),
            row.get("forms", {}),
            row.get("schemes", {}),
            next(iter(row.get("schemes", {})), ""),
        )
        for platform, row in tomllib.loads(text).items()
    )


class PlatformCatalogue:
    """All platforms known in this process, by the words that spreadsheets use for them."""

    def __init__(
        self,
        infos: Iterable[PlatformInfo],
        identify: Callable[[str], Identity | None] = nobody,
    ) -> None:
        """Of two infos with one name the later wins, and the synonyms of both count."""
        self._infos: dict[str, PlatformInfo] = {}
        for info in infos:
            self._infos[info.platform] = _joined(self._infos.get(info.platform), info)
        self._identify = identify
        self._words = _words(self._infos.values())
        self._endings = frozenset(word[-1] for word in self._words) | {"号", "频", "台", "類", "號"}
        self._seen: dict[str, Recognised | None] = {}
        self._schemes: dict[str, list[tuple[str, Callable[[str], Any]]]] = {}

    @classmethod
    def with_known(
        cls,
        infos: Iterable[PlatformInfo],
        identify: Callable[[str], Identity | None] = nobody,
    ) -> PlatformCatalogue:
        """The checkers' platforms, which go first, and those that only spreadsheets know."""
        known = {info.platform: info for info in known_platforms()}
        own = [_joined(known.pop(info.platform, None), info) for info in infos]
        return cls([*own, *known.values()], identify)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Every platform's name, in order of registration."""
        return tuple(self._infos)

    def info(self, platform: str) -> PlatformInfo:
        """Everything known of a platform. Raises NotFound."""
        return self._infos[self.validate(platform)]

    def validate(self, platform: str) -> str:
        """The platform's name if it is one of the catalogue. Raises NotFound."""
        if PLATFORM_PATTERN.fullmatch(platform) and platform in self._infos:
            return platform
        raise NotFound(
            _("No platform is called {name}.").format(name=platform),
            _("Known platforms: {names}.").format(
                names=_(", ").join(self.label(each, language()) for each in self._infos)
            ),
        )

    def label(self, platform: str, lang: str = Lang.ZH) -> str:
        """The printed name of a platform; its plain name where the catalogue does not know it."""
        info = self._infos.get(platform)
        return info.label.get(lang, platform) if info else platform

    def recognise(self, text: str) -> Recognised | None:
        """The platform and form that a cell, bracket or title names, or None.

        Words are compared folded (Traditional, widths, case); 政务, 官方 before and 号, 账号 behind
        a synonym do not matter.
        """
        if text not in self._seen:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[text] = self._look_up(text)
        return self._seen[text]

    def _look_up(self, text: str) -> Recognised | None:
        key = _JOINTS.sub("", fold_name(text)) if len(text) <= 40 else ""
        for front in _FRONT:
            rest = key[len(front) :] if key.startswith(front) else ""
            for behind in _BEHIND:
                word = rest[: len(rest) - len(behind)] if rest.endswith(behind) else ""
                if word in self._words:
                    return self._words[word]
        return None

    def mentioned(self, text: str) -> frozenset[str]:
        """The platforms whose words stand anywhere in a text, the longest word at each place."""
        key, found, at = fold_name(text[:200]), set[str](), 0
        while at < len(key):
            word = next(
                (key[at:end] for end in self._ends(key, at) if key[at:end] in self._words), ""
            )
            if word:
                found.add(self._words[word][0])
            at += len(word) or 1
        return frozenset(found)

    @staticmethod
    def _ends(key: str, at: int) -> range:
        """Where words that begin at `at` may end, the longest first; one letter is no word."""
        return range(min(len(key), at + 12), at + 1, -1)

    def may_end(self, text: str) -> bool:
        """False when no platform word can end as `text` does: a quick look before `recognise`."""
        return bool(text) and (text[-1] in self._endings or fold_name(text[-1]) in self._endings)

    def identify(self, text: str) -> Identity | None:
        """The account that an address or id names, asked of the checkers."""
        return self._identify(text)

    def account_at(self, platform: str, url: str) -> Identity | None:
        """The account that the address of an account of that platform names: what the platform's
        checker says, else what any does."""
        info = self._infos.get(platform)
        found = info.identify(url) if info and info.identify else None
        return found or self._identify(url)

    def spelled_out(self, text: str) -> Identity | None:
        """The account that `PLATFORM:ID` names, the platform by any of its words; else None."""
        word, _colon, value = (part.strip() for part in text.replace("：", ":").partition(":"))
        found = self.recognise(word) if value else None
        scheme = self.scheme_of(found[0], value) if found else None
        return Identity(found[0], scheme, value, form=found[1]) if found and scheme else None

    def named(self, text: str) -> str:
        """The platform of that name or of any word for it. Raises NotFound."""
        found = self.recognise(text)
        return found[0] if found else self.validate(text.strip())

    def check_identifier(self, platform: str, scheme: str, value: str) -> None:
        """Raise Refused unless `value` is a whole id of that scheme on that platform."""
        if self.valid_identifier(platform, scheme, value):
            return
        known = "、".join(self.info(platform).schemes)
        raise Refused(
            _("{value} is not a {scheme} of this platform.").format(
                value=quoted(value), scheme=scheme
            ),
            _("Kinds of id here: {schemes}.").format(schemes=known),
        )

    def valid_identifier(self, platform: str, scheme: str, value: str) -> bool:
        """True when `value` is a whole id of that scheme on that platform."""
        info = self._infos.get(platform)
        pattern = info.schemes.get(scheme) if info else None
        return bool(pattern and re.fullmatch(pattern, value))

    def scheme_of(self, platform: str, value: str) -> str | None:
        """The scheme that an id of unnamed kind follows: what the platform's checker says, else the
        first fit.

        The preferred scheme is tried first. Where just one fits, nobody else need be asked.
        """
        fits = [name for name, fits in self._patterns(platform) if fits(value)]
        if len(fits) == 1:
            return fits[0]
        info = self._infos.get(platform)
        found = (info and info.identify or self._identify)(value)
        if found and found.platform == platform and found.value == value:
            return found.scheme
        return fits[0] if fits else None

    def _patterns(self, platform: str) -> list[tuple[str, Callable[[str], Any]]]:
        """The platform's schemes with what tells their values, the preferred one first."""
        if platform not in self._schemes:
            info = self._infos.get(platform)
            schemes: Mapping[str, str] = info.schemes if info else {}
            order = sorted(schemes, key=lambda scheme: scheme != (info.preferred if info else ""))
            self._schemes[platform] = [(n, re.compile(schemes[n]).fullmatch) for n in order]
        return self._schemes[platform]


def _joined(old: PlatformInfo | None, new: PlatformInfo) -> PlatformInfo:
    if old is None:
        return new
    synonyms = tuple(dict.fromkeys((*new.synonyms, *old.synonyms)))
    return replace(new, synonyms=synonyms, forms={**old.forms, **new.forms})


def _words(infos: Iterable[PlatformInfo]) -> dict[str, Recognised]:
    """Folded word → platform and form. A plain synonym goes before a word put together."""
    words: dict[str, Recognised] = {}
    rows = list(infos)
    for info in rows:
        for word in (info.platform, *info.label.values(), *info.synonyms):
            words.setdefault(fold_name(word), (info.platform, ""))
    for info in rows:
        for spelling, form in info.forms.items():
            words[fold_name(spelling)] = (info.platform, form)
            for word in (info.label.get(Lang.ZH, ""), *info.synonyms):
                words.setdefault(fold_name(word + spelling), (info.platform, form))
    words.pop("", None)
    return words
