"""How the sources of all platforms stand for one office."""

from __future__ import annotations

from typing import Any

import pytest

from checkers.base import Credential, Source
from registry.errors import BadInput
from registry.messages import set_language
from registry.platforms import PlatformCatalogue
from registry.vocab import CheckKind, Lang, Proof
from sweeps.network.credentials import Credentials
from sweeps.planning.offers import Held, Switch, offers
from sweeps.planning.sourcing import Order, checked_order, names_of
from tests.sweeps.play import ALL_PROOFS, catalogue, checker

MENU = frozenset({CheckKind.MENU})
WEIBO = checker(
    sources=(
        Source("api", ALL_PROOFS, needs=("weibo",)),
        Source("menu", frozenset({Proof.LINKS}), MENU, needs=("own",), instead=("weibo",)),
        Source("page", ALL_PROOFS),
        Source("visitor", ALL_PROOFS, needs=("own", "weibo"), by_default=False),
    ),
    credentials=[Credential("weibo", "cookie"), Credential("own", "cookie", per_account=True)],
)
XUEXI = checker(platform="xuexi", sources=())
FEED = checker(platform="", sources=(Source("feed", ALL_PROOFS, address=True),))
LINKS = checker(platform="", sources=(Source("http", frozenset({Proof.LINKS}), MENU),))
CATALOGUE = catalogue(WEIBO, XUEXI, feed=FEED, links=LINKS)
PLATFORMS = PlatformCatalogue.with_known(CATALOGUE.infos())


def listed(order: Order | None = None, **held: str) -> list[tuple[Any, ...]]:
    secrets = Credentials.of(CATALOGUE, {f"TAIZHANG_SECRET_{k}": v for k, v in held.items()})
    return [
        (offer.platform, offer.source.name if offer.source else "", offer.switch, offer.held)
        for offer in offers(CATALOGUE, order or {}, secrets)
    ]


def test_each_source_says_whether_it_is_used_and_what_is_at_hand() -> None:
    assert listed() == [
        ("weibo", "api", Switch.DEFAULT, Held.NO),
        ("weibo", "menu", Switch.DEFAULT, Held.PER_ACCOUNT),
        ("weibo", "page", Switch.DEFAULT, Held.NOT_NEEDED),
        ("weibo", "visitor", Switch.OFF, Held.NO),
        ("xuexi", "", Switch.BY_HAND, Held.NOT_NEEDED),
        ("feed", "feed", Switch.ACCOUNT, Held.NOT_NEEDED),
        ("links", "http", Switch.DEFAULT, Held.NOT_NEEDED),
    ]


def test_of_several_credentials_the_one_that_lacks_is_told() -> None:
    found = {source: held for _platform, source, _switch, held in listed(WEIBO="a-long-secret")}
    assert (found["api"], found["visitor"]) == (Held.YES, Held.PER_ACCOUNT)


def test_what_will_do_instead_counts_where_the_first_is_missing() -> None:
    other = checker(
        sources=(Source("menu", ALL_PROOFS, needs=("a",), instead=("b",)),),
        credentials=[Credential("a", "cookie"), Credential("b", "cookie")],
    )
    known = catalogue(other)

    def held(**environ: str) -> Held:
        secrets = Credentials.of(known, {f"TAIZHANG_SECRET_{k}": v for k, v in environ.items()})
        return offers(known, {}, secrets)[0].held

    assert (held(), held(A="a-long-secret"), held(B="a-long-secret")) == (
        Held.NO,
        Held.YES,
        Held.YES,
    )


@pytest.mark.parametrize(
    ("hub", "held"), [("", Held.NO_RSSHUB), ("https://rss.example", Held.NOT_NEEDED)]
)
def test_a_route_needs_an_rsshub(hub: str, held: Held) -> None:
    routed = Source("rsshub", ALL_PROOFS, route="/weibo/user/{uid}")
    known = catalogue(checker(sources=(routed, Source("page", ALL_PROOFS))))
    found = offers(known, {}, Credentials.of(known, {}), rsshub=hub)
    assert [offer.held for offer in found] == [held, Held.NOT_NEEDED]


def test_what_the_office_ordered_comes_first_and_in_its_order() -> None:
    found = listed({"weibo": ["feed", "visitor", "page"]})
    assert [(source, switch) for _platform, source, switch, _held in found[:5]] == [
        ("feed", Switch.OFFICE),
        ("visitor", Switch.OFFICE),
        ("page", Switch.OFFICE),
        ("menu", Switch.DEFAULT),
        ("api", Switch.OFF),
    ]


def test_an_empty_order_switches_everything_off() -> None:
    assert {switch for _p, _s, switch, _h in listed({"weibo": []})[:4]} == {Switch.OFF}


# --- the order as an office writes it -------------------------------------------------------------


def test_a_platform_may_be_called_by_any_of_its_names() -> None:
    order = checked_order({"微博": ["page", "api", "page"]}, CATALOGUE, PLATFORMS)
    assert order == {"weibo": ("page", "api")}


def test_what_may_be_named_are_own_sources_and_those_that_any_account_can_have() -> None:
    assert names_of(CATALOGUE, "weibo") == ("api", "menu", "page", "visitor", "feed")
    assert names_of(CATALOGUE, "zhihu") == ("feed",)


def test_every_fault_is_told_at_once_with_what_there_is_instead() -> None:
    set_language(Lang.EN)
    given = {"weibo": ["pgae"], "微博": ["api"], "telegraph": ["page"]}
    with pytest.raises(BadInput) as caught:
        checked_order(given, CATALOGUE, PLATFORMS, "taizhang.toml")
    assert [(fault.message, fault.file) for fault in caught.value.faults] == [
        ("sources.weibo: This platform has no source pgae.", "taizhang.toml"),
        ("sources.微博: This platform stands here twice.", "taizhang.toml"),
        ("sources.telegraph: No platform is called telegraph.", "taizhang.toml"),
    ]
    first, _second, third = caught.value.faults
    assert first.remedy == "Possible here: api, menu, page, visitor, feed."
    assert third.remedy.startswith("Known platforms: ")
