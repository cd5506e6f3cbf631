"""Who holds an identifier in force: looked up by value, and told apart by platform and scheme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reconcilers.holders import Holders, Key
from reconcilers.ledger import NOTHING, LedgerAccount
from registry.vocab import AccountState

PLATFORMS = ("weibo", "wechat")
SCHEMES = ("uid", "gh_id")
VALUES = ("1", "2", "3")


def account(
    number: int,
    platform: str,
    identifiers: Sequence[tuple[str, str]] = (),
    further: Sequence[tuple[str, str]] = (),
) -> LedgerAccount:
    """An account with identifiers in force: one of each scheme, and `further` ones of the same."""
    made = LedgerAccount(
        *(number, f"uid-{number}", platform, "", "名", "名", None, ""),
        *(AccountState.ACTIVE, None, None, "", 0),
    )
    if identifiers:
        made.scheme, made.value = identifiers[0]
    made.several = dict(identifiers) if len(identifiers) > 1 or further else NOTHING
    made.further = tuple(further)
    return made


def holders(*accounts: LedgerAccount) -> Holders:
    return Holders(accounts, [one for one in accounts if one.several])


def numbers(found: Sequence[LedgerAccount]) -> list[int]:
    return [one.id for one in found]


def test_one_holder_is_found_under_its_own_platform_and_scheme_only() -> None:
    told = holders(account(1, "weibo", [("uid", "77")]), account(2, "wechat"))
    assert numbers(told.of(("weibo", "uid", "77"))) == [1]
    assert told.of(("wechat", "uid", "77")) == []
    assert told.of(("weibo", "gh_id", "77")) == []
    assert told.of(("weibo", "uid", "78")) == []
    assert told.of(("weibo", "uid", "")) == []
    assert told.shared() == {}


def test_one_value_on_two_platforms_is_two_identifiers() -> None:
    told = holders(account(1, "weibo", [("uid", "77")]), account(2, "wechat", [("gh_id", "77")]))
    assert numbers(told.of(("weibo", "uid", "77"))) == [1]
    assert numbers(told.of(("wechat", "gh_id", "77"))) == [2]
    assert told.shared() == {}


def test_a_disputed_identifier_names_its_holders_as_they_were_entered() -> None:
    three = [account(number, "weibo", [("uid", "77")]) for number in (3, 1, 2)]
    told = holders(*three)
    assert numbers(told.of(("weibo", "uid", "77"))) == [1, 2, 3]
    assert {key: numbers(found) for key, found in told.shared().items()} == {
        ("weibo", "uid", "77"): [1, 2, 3]
    }


def test_every_identifier_of_an_account_that_has_several_leads_to_it() -> None:
    told = holders(
        account(1, "wechat", [("gh_id", "a"), ("uid", "b")], [("gh_id", "c")]),
        account(2, "wechat", [("gh_id", "c")]),
    )
    assert numbers(told.of(("wechat", "uid", "b"))) == [1]
    assert numbers(told.of(("wechat", "gh_id", "c"))) == [1, 2]
    assert set(told.shared()) == {("wechat", "gh_id", "c")}


_ID = st.tuples(st.sampled_from(SCHEMES), st.sampled_from(VALUES))
_ACCOUNT = st.tuples(
    st.sampled_from(PLATFORMS),
    st.lists(_ID, max_size=2, unique_by=lambda one: one[0]),
    st.lists(_ID, max_size=2, unique=True),
)


@given(st.lists(_ACCOUNT, max_size=6))
def test_it_answers_as_a_plain_table_of_all_identifiers_does(
    drawn: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]]]],
) -> None:
    accounts = [
        account(number, platform, ids, [more for more in further if ids and more not in ids])
        for number, (platform, ids, further) in enumerate(drawn, start=1)
    ]
    plain: defaultdict[Key, list[int]] = defaultdict(list)
    for one in accounts:
        for key in dict.fromkeys(one.keys()):
            plain[key].append(one.id)
    told = holders(*accounts)
    keys = [(p, s, v) for p in PLATFORMS for s in SCHEMES for v in VALUES]
    assert {key: numbers(told.of(key)) for key in keys if told.of(key)} == dict(plain)
    shared = {key: found for key, found in plain.items() if len(found) > 1}
    assert {key: numbers(found) for key, found in told.shared().items()} == shared
