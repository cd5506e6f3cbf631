"""Which sources an account is looked at through: its own settings, the office's order, defaults."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checkers.base import Credential, Source
from registry.vocab import AccountState, CheckKind, Proof, Reason
from sweeps.driving.targets import PlannedSource
from sweeps.network.credentials import Credentials
from sweeps.planning.sourcing import (
    NamedSource,
    Order,
    PlannedAccount,
    Sourcing,
    filled,
    switched_on,
)
from tests.sweeps.play import ALL_PROOFS, catalogue, checker

HUB = "http://rsshub.qingshi.example:1200"
MENU = frozenset({CheckKind.MENU})
WEIBO = checker(
    sources=(
        Source("api", ALL_PROOFS, needs=("weibo",)),
        Source("rsshub", ALL_PROOFS, route="/weibo/user/{uid}"),
        Source("page", ALL_PROOFS),
        Source("menu", frozenset({Proof.LINKS}), MENU),
        Source("visitor", ALL_PROOFS, by_default=False),
    ),
    credentials=[Credential("weibo", "cookie")],
)
FEED = checker(
    platform="",
    sources=(Source("feed", ALL_PROOFS, address=True), Source("rsshub", ALL_PROOFS, address=True)),
)
CATALOGUE = catalogue(WEIBO, feed=FEED)
ACCOUNT = PlannedAccount(
    1, "0001", "weibo", "青石公安", "", AccountState.ACTIVE, {"uid": "1234567890"}
)


def sources(
    account: PlannedAccount = ACCOUNT,
    *,
    rsshub: str = HUB,
    order: Order | None = None,
    kind: CheckKind = CheckKind.FRESHNESS,
) -> tuple[PlannedSource, ...]:
    chosen = Sourcing(CATALOGUE, Credentials.of(CATALOGUE, {}), rsshub, order or {})
    return chosen.sources(account, kind, account.identifiers)


def names(**given: Any) -> list[tuple[str, Reason | None]]:
    return [(source.source, source.why_not) for source in sources(**given)]


# --- routes ---------------------------------------------------------------------------------------


def test_a_route_is_filled_with_the_accounts_id_and_put_behind_the_offices_rsshub() -> None:
    assert sources()[1] == PlannedSource("rsshub", f"{HUB}/weibo/user/1234567890")


def test_an_id_is_percent_encoded_so_that_it_stays_one_part_of_the_path() -> None:
    assert filled("/x/{name}/{id}", {"name": "青石/发布?", "id": "7"}) == (
        "/x/%E9%9D%92%E7%9F%B3%2F%E5%8F%91%E5%B8%83%3F/7"
    )


def test_a_source_without_an_rsshub_says_so_and_hides_none_of_the_next() -> None:
    assert names(rsshub="") == [
        ("api", Reason.NO_CREDENTIAL),
        ("rsshub", Reason.NO_SOURCE),
        ("page", None),
    ]


def test_an_account_without_the_routes_id_says_so() -> None:
    other = replace(ACCOUNT, identifiers={"domain": "qsga"}, url="https://weibo.example/qsga")
    assert names(account=other)[1:] == [("rsshub", Reason.NO_ADDRESS), ("page", None)]


def test_the_accounts_own_address_goes_before_the_route() -> None:
    row = NamedSource(source="rsshub", address="https://rss.example/1", enabled=True)
    own = replace(ACCOUNT, sources=[row])
    assert sources(own) == (PlannedSource("rsshub", "https://rss.example/1"),)


def test_an_account_that_names_the_source_without_address_gets_the_route() -> None:
    row = NamedSource(source="rsshub", address="", credential="", enabled=True)
    own = replace(ACCOUNT, sources=[row])
    assert sources(own) == (PlannedSource("rsshub", f"{HUB}/weibo/user/1234567890"),)
    assert names(account=own, rsshub="") == [("rsshub", Reason.NO_SOURCE)]


# --- the office's order ---------------------------------------------------------------------------


def test_the_offices_order_is_tried_and_nothing_else() -> None:
    assert names(order={"weibo": ["page", "rsshub"]}) == [("page", None), ("rsshub", None)]


def test_naming_a_source_that_is_off_by_default_switches_it_on() -> None:
    assert ("visitor", None) not in names()
    assert names(order={"weibo": ["visitor"]}) == [("visitor", None)]


def test_a_kind_that_no_named_source_looks_at_keeps_its_defaults() -> None:
    assert names(order={"weibo": ["page"]}, kind=CheckKind.MENU) == [("menu", None)]


def test_an_empty_order_leaves_the_platform_to_people() -> None:
    for kind in (CheckKind.FRESHNESS, CheckKind.MENU):
        assert names(order={"weibo": []}, kind=kind) == []


def test_a_shared_source_may_be_named_for_any_platform() -> None:
    assert names(order={"weibo": ["feed"]}) == [("feed", Reason.NO_ADDRESS)]


def test_another_platforms_order_changes_nothing() -> None:
    assert names(order={"zhihu": ["rsshub"]}) == names()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_accounts_own_settings_go_before_the_offices_order(enabled: bool) -> None:
    row = NamedSource(source="page", address="", credential="", enabled=enabled)
    own = replace(ACCOUNT, sources=[row])
    expected = [("page", None)] if enabled else [("rsshub", None)]
    assert names(account=own, order={"weibo": ["rsshub", "page"]}) == expected


def test_a_platform_without_a_checker_has_no_sources_unless_the_office_names_shared_ones() -> None:
    def on(order: Order) -> list[str]:
        found = switched_on(CATALOGUE, order, "zhihu", CheckKind.FRESHNESS)
        return [source.name for source in found]

    assert on({}) == []
    assert on({"zhihu": ["rsshub", "telegraph"]}) == ["rsshub"]


# --- credentials ----------------------------------------------------------------------------------


def test_a_source_that_needs_two_credentials_needs_both() -> None:
    both = checker(
        sources=(Source("api", ALL_PROOFS, needs=("weibo", "app")),),
        credentials=[Credential("weibo", "cookie"), Credential("app", "query:key")],
    )
    known = catalogue(both)

    def with_(**held: str) -> PlannedSource:
        secrets = Credentials.of(known, {f"TAIZHANG_SECRET_{k}": v for k, v in held.items()})
        (source,) = Sourcing(known, secrets, "", {}).sources(ACCOUNT, CheckKind.FRESHNESS, {})
        return source

    assert with_(WEIBO="a-long-secret") == PlannedSource("api", why_not=Reason.NO_CREDENTIAL)
    assert with_(WEIBO="a-long-secret", APP="another-secret") == PlannedSource("api", "", "weibo")
