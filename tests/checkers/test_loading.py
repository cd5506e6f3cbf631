"""Checkers are found through entry points; a broken one is named and stops nobody."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from checkers.base import Checker, Source
from checkers.loading import GROUP, BrokenChecker, load_checkers
from registry.vocab import Identity, Proof


class Harbour(Checker):
    platform = "harbour"
    label = {"zh": "港湾号", "en": "Harbour"}
    synonyms = ("港湾",)
    schemes = {"uid": r"h\d{4}"}

    def identify(self, text: str) -> Identity | None:
        return Identity("harbour", "uid", text) if text.startswith("h") else None


class AlsoHarbour(Harbour):
    pass


class Haven(Harbour):
    platform = "haven"
    label = {"zh": "避风港", "en": "Haven"}

    def identify(self, text: str) -> Identity | None:
        return Identity("haven", "uid", text) if text.startswith("h9") else None


class Shouting(Harbour):
    platform = "shouting"

    def identify(self, text: str) -> Identity | None:
        raise RuntimeError("of no use")


class Everywhere(Checker):
    label = {"zh": "随处", "en": "Everywhere"}
    sources = (Source("anywhere", frozenset({Proof.FRESH})),)


class BadName(Harbour):
    platform = "Bad Name"


class NoChinese(Harbour):
    platform = "plain"
    label = {"en": "Plain"}


class BadPattern(Harbour):
    platform = "pattern"
    schemes = {"uid": "("}


class TwoSources(Harbour):
    platform = "two"
    sources = (Source("a", frozenset()), Source("a", frozenset()))


class NoCredential(Harbour):
    platform = "keyless"
    sources = (Source("a", frozenset(), needs=("key",)),)


class NoSuchId(Harbour):
    platform = "idless"
    sources = (Source("rsshub", frozenset(), route="/harbour/{harbour_id}/{uid}"),)
    schemes = {"harbour_id": r"h\d{4}"}


class NoPath(Harbour):
    platform = "pathless"
    sources = (Source("rsshub", frozenset(), route="https://rss.example/{uid}"),)


def point(name: str, thing: str) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{thing}", GROUP)


def test_our_checkers_are_found_the_way_third_parties_are() -> None:
    found = load_checkers()
    assert {"weibo", "wechat", "douyin", "channels", "app", "website"} <= set(found.platforms)
    assert {"feed", "links"} <= set(found.shared)
    assert found.broken == ()


def test_a_third_partys_checker_needs_its_entry_point_only() -> None:
    found = load_checkers([point("harbour", "Harbour"), point("everywhere", "Everywhere")])
    assert list(found.platforms) == ["harbour"]
    assert list(found.shared) == ["everywhere"]
    assert [info.label["zh"] for info in found.infos()] == ["港湾号"]
    assert isinstance(found.get("harbour"), Harbour)
    assert found.get("nowhere") is None


def test_a_source_is_the_platforms_own_or_a_shared_one() -> None:
    found = load_checkers([point("harbour", "Harbour"), point("everywhere", "Everywhere")])
    shared = found.find_source("harbour", "anywhere")
    assert shared is not None and isinstance(shared[0], Everywhere)
    assert found.find_source("harbour", "nothing") is None
    own = load_checkers().find_source("weibo", "page")
    assert own is not None and own[1].name == "page"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("Absent", "AttributeError"),
        ("point", "not a subclass of Checker"),
        ("BadName", "not a platform's name"),
        ("NoChinese", "the label lacks zh"),
        ("BadPattern", "the pattern of uid is broken"),
        ("TwoSources", "two sources have one name"),
        ("NoCredential", "needs undeclared credentials: ['key']"),
        ("NoSuchId", "the route of rsshub names undeclared ids: ['uid']"),
        ("NoPath", "the route of rsshub does not begin with /"),
    ],
)
def test_a_broken_checker_is_named_and_the_others_work(thing: str, words: str) -> None:
    found = load_checkers([point("harbour", "Harbour"), point("faulty", thing)])
    assert list(found.platforms) == ["harbour"]
    (broken,) = found.broken
    assert (broken.name, broken.origin) == ("faulty", f"?: {__name__}:{thing}")
    assert words in broken.error


def test_a_module_that_is_not_there_is_named() -> None:
    missing = EntryPoint("lost", "no_such_module:Lost", GROUP)
    assert load_checkers([missing]).broken == (
        BrokenChecker(
            "lost",
            "?: no_such_module:Lost",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
    )


def test_a_platform_is_read_by_one_checker_and_the_second_is_refused() -> None:
    found = load_checkers([point("b", "AlsoHarbour"), point("a", "Harbour")])
    assert type(found.platforms["harbour"]) is Harbour
    assert found.broken[0].error == f"harbour is already read by ?: {__name__}:Harbour"


def test_an_address_that_two_platforms_claim_names_nobody() -> None:
    found = load_checkers([point("a", "Harbour"), point("b", "Haven"), point("c", "Shouting")])
    assert found.identify("h1234") == Identity("harbour", "uid", "h1234")
    assert found.identify("h9999") is None
    assert found.identify("x") is None


class Leaving(Harbour):
    platform = "leaving"

    def identify(self, text: str) -> Identity | None:
        raise SystemExit(text)


class _Gone:
    """An entry point whose module ends the program."""

    name, value, group, dist = "gone", "gone:Checker", GROUP, None

    def load(self) -> None:
        raise SystemExit(9)


def test_a_checker_that_would_end_the_program_is_as_broken_as_any() -> None:
    found = load_checkers([point("harbour", "Harbour"), point("leaving", "Leaving")])
    assert found.identify("h1") == Identity("harbour", "uid", "h1")
    gone: Any = _Gone()
    (broken,) = load_checkers([gone]).broken
    assert (broken.name, broken.error) == ("gone", "SystemExit: 9")
