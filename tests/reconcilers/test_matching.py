"""One row, one account: by id, by address, by name and unit; what fits twice is left to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from reconcilers.decisions import Decisions, decide, load_decisions, outside_key
from reconcilers.ledger import read_ledger
from reconcilers.matching import By, Matching, _taken_apart, match, plain_url
from reconcilers.national import match_national
from registry.exchange.comparing import title_of
from registry.exchange.national_template import NationalEntry
from registry.findings.differences import ReviewKind
from registry.history.writing import Act
from registry.vocab import DecisionKind, NationalState
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def matched(county: County, *rows: NationalEntry) -> Matching[NationalEntry]:
    county.session.flush()
    ledger = read_ledger(county.session)
    decisions = load_decisions(county.session, NOW.date())
    return match_national(ledger, rows, CATALOGUE, decisions).whole()


def by(matching: Matching[NationalEntry]) -> list[tuple[str, str, By]]:
    return [(pair.account.name, pair.row.name, pair.by) for pair in matching.pairs]


def test_any_identifier_in_force_decides_whatever_the_name(county: County) -> None:
    row = NationalEntry("weibo", "全新名称", identifiers={"uid": "1000000001"})
    assert by(matched(county, row)) == [("平安青石", "全新名称", By.IDENTIFIER)]


def test_a_closed_account_is_known_by_the_id_it_had(county: County) -> None:
    row = NationalEntry("weibo", "青石旅游", identifiers={"uid": "1000000006"})
    assert by(matched(county, row)) == [("青石旅游", "青石旅游", By.ENDED_IDENTIFIER)]


def test_an_id_of_one_platform_says_nothing_of_another(county: County) -> None:
    row = NationalEntry("toutiao", "别的", identifiers={"uid": "1000000001"})
    assert matched(county, row).outside_only == (row,)


def test_the_account_behind_an_address_decides(county: County) -> None:
    row = NationalEntry("weibo", "新名", url="https://weibo.com/u/1000000002?from=x")
    assert by(matched(county, row)) == [("青石融媒", "新名", By.URL)]


def test_an_address_in_another_spelling_is_the_same(county: County) -> None:
    county.accounts["agency"].url = "https://www.qingshi.example/weibo/"
    row = NationalEntry("weibo", "改了", url="http://QINGSHI.example/weibo#top")
    assert by(matched(county, row)) == [("青石县养老保险经办处", "改了", By.URL)]


@pytest.mark.parametrize(
    "name, unit",
    [
        ("青石县养老保险经办处", "青石县养老保险经办处"),
        ("@青石县养老保险经办处", "青石县養老保險經辦處"),
        ("青石县养老保险 经办处", ""),
        ("青石县养老保险经办处", "云川市青石县养老保险经办处"),
    ],
)
def test_name_and_unit_match_in_any_spelling(county: County, name: str, unit: str) -> None:
    matching = matched(county, NationalEntry("weibo", name, host_unit=unit))
    assert [pair.account.name for pair in matching.pairs] == ["青石县养老保险经办处"]


def test_the_same_name_of_another_unit_is_left_to_a_person(county: County) -> None:
    row = NationalEntry("weibo", "青石县养老保险经办处", host_unit="青石县教育局")
    assert [doubt.kind for doubt in matched(county, row).doubts] == [ReviewKind.UNIT_DIFFERS]


def test_same_named_accounts_are_told_apart_by_their_ids(county: County) -> None:
    """Two WeChat accounts of one name, which only their gh_ ids tell apart."""
    for key, gh in (("one", "gh_0000000000c1"), ("two", "gh_0000000000c2")):
        county.account(
            key, "青石政务", "青石县政务服务局", "wechat", identifiers={"gh_id": gh}, seen=False
        )
    rows = [county.national["two"], county.national["one"]]
    pairs = matched(county, *rows).pairs
    assert {pair.row.national_code: pair.account.native for pair in pairs} == {
        county.national["one"].national_code: "gh_0000000000c1",
        county.national["two"].national_code: "gh_0000000000c2",
    }


def test_equal_names_without_ids_go_to_a_person(county: County) -> None:
    for key, gh in (("one", "gh_0000000000c1"), ("two", "gh_0000000000c2")):
        county.account(
            key, "青石政务", "青石县政务服务局", "wechat", identifiers={"gh_id": gh}, seen=False
        )
    row = NationalEntry("wechat", "青石政务", host_unit="青石县政务服务局")
    matching = matched(county, row)
    assert {doubt.kind for doubt in matching.doubts} == {ReviewKind.SEVERAL}
    assert len(matching.doubts) == 2


def test_name_and_unit_with_another_id_of_the_same_kind_is_no_match(county: County) -> None:
    row = NationalEntry(
        "weibo", "平安青石", host_unit="青石县公安局", identifiers={"uid": "1000000055"}
    )
    assert [doubt.kind for doubt in matched(county, row).doubts] == [ReviewKind.IDENTIFIER_DIFFERS]


def test_what_is_unclear_is_said_with_what_stands_on_either_side(county: County) -> None:
    rows = [
        NationalEntry(
            "weibo", "平安青石", host_unit="青石县公安局", identifiers={"uid": "1000000055"}
        ),
        NationalEntry("weibo", "青石县养老保险经办处", host_unit="青石县教育局"),
        NationalEntry("douyin", "青石新闻", host_unit="青石县融媒体中心"),
    ]
    told = {doubt.kind: doubt.why for doubt in matched(county, *rows).doubts}
    assert "台账为 1000000001，清单为 1000000055" in told[ReviewKind.IDENTIFIER_DIFFERS]
    assert "台账为青石县养老保险经办处，清单为青石县教育局" in told[ReviewKind.UNIT_DIFFERS]
    assert "少了“青石融媒”，清单中多了“青石新闻”" in told[ReviewKind.RENAME]


def test_what_fits_several_is_said_of_each_of_them(county: County) -> None:
    for key, gh in (("one", "gh_0000000000c1"), ("two", "gh_0000000000c2")):
        county.account(
            key, "青石政务", "青石县政务服务局", "wechat", identifiers={"gh_id": gh}, seen=False
        )
    row = NationalEntry("wechat", "青石政务", host_unit="青石县政务服务局")
    (why,) = {doubt.why for doubt in matched(county, row).doubts}
    assert why.count("青石政务（青石县政务服务局）") == 2
    twice = [replace(row, name="青石融媒", platform="douyin", national_code=code) for code in "AB"]
    rows = [replace(one, host_unit="青石县融媒体中心") for one in twice]
    told = {doubt.why for doubt in matched(county, *rows).doubts}
    assert [why.count("青石融媒（青石县融媒体中心）") for why in told] == [2]


def test_the_form_tells_a_subscription_from_a_service_account(county: County) -> None:
    for key, form in (("sub", "订阅号"), ("service", "服务号")):
        county.account(key, "青石人社", "青石县人社局", "wechat", form=form, seen=False)
    row = NationalEntry("wechat", "青石人社", form="服务号", host_unit="青石县人社局")
    assert [pair.account.form for pair in matched(county, row).pairs] == ["服务号"]


def test_numbers_and_ordinals_keep_names_apart(county: County) -> None:
    row = NationalEntry("weibo", "青石县第三中学", host_unit="青石县第三中学")
    matching = matched(county, row)
    assert (matching.outside_only, matching.doubts) == ((row,), ())


def coded(county: County, key: str, name: str, host: str, code: str) -> None:
    """An account without any id of which the ledger has the code in the national system."""
    details = {title_of("national_code"): code}
    county.account(key, name, host, details=details, reported=None, seen=False)


def test_a_kept_code_joins_what_was_renamed(county: County) -> None:
    for key in "abc":
        coded(county, key, f"青石科普{key}站", "青石县科学技术协会", f"XMT{key}")
    row = NationalEntry(
        "weibo", "全民科学素质", host_unit="青石县科学技术协会", national_code="XMTb"
    )
    assert by(matched(county, row)) == [("青石科普b站", "全民科学素质", By.CODE)]


@pytest.mark.parametrize(
    "row",
    [
        NationalEntry("wechat", "云川旅游", host_unit="云川市旅游局", national_code="XMTa"),
        NationalEntry("weibo", "云川旅游", host_unit="云川市旅游局", national_code="XMTa"),
    ],
)
def test_a_code_that_was_given_on_is_left_to_a_person(county: County, row: NationalEntry) -> None:
    coded(county, "a", "青石科普", "青石县科学技术协会", "XMTa")
    (doubt,) = matched(county, row).doubts
    assert (doubt.kind, doubt.account.name) == (ReviewKind.CODE, "青石科普")
    assert "XMTa" in doubt.why and "云川旅游（云川市旅游局）" in doubt.why


def test_of_a_code_on_both_sides_with_two_ids_the_ids_are_the_reason(county: County) -> None:
    details = {title_of("national_code"): "XMTa"}
    name, host = "青石科普", "青石县科学技术协会"
    county.account("a", name, host, details=details, identifiers={"uid": "1000000071"})
    row = NationalEntry(
        "weibo", name, host_unit=host, national_code="XMTa", identifiers={"uid": "1000000072"}
    )
    (doubt,) = matched(county, row).doubts
    assert doubt.kind is ReviewKind.CODE
    assert doubt.why == (
        "编码 XMTa 相同，但平台ID不同：台账是 1000000071，青石科普（青石县科学技术协会）；"
        "清单是 1000000072，青石科普（青石县科学技术协会）。"
    )


def test_of_a_code_of_one_name_on_two_platforms_the_platform_is_the_reason(
    county: County,
) -> None:
    coded(county, "a", "青石科普", "青石县科学技术协会", "XMTa")
    row = NationalEntry("wechat", "青石科普", host_unit="青石县科学技术协会", national_code="XMTa")
    (doubt,) = matched(county, row).doubts
    assert "平台" in doubt.why and doubt.why.count("青石科普（青石县科学技术协会）") == 1


def test_a_code_speaks_neither_against_an_id_nor_against_name_and_unit(county: County) -> None:
    coded(county, "a", "青石科普", "青石县科学技术协会", "XMTa")
    coded(county, "b", "青石气象", "青石县气象局", "XMTb")
    rows = [
        NationalEntry("weibo", "青石气象", host_unit="青石县气象局", national_code="XMTa"),
        NationalEntry("weibo", "新名", identifiers={"uid": "1000000001"}, national_code="XMTb"),
    ]
    assert by(matched(county, *rows)) == [
        ("平安青石", "新名", By.IDENTIFIER),
        ("青石气象", "青石气象", By.NAME_AND_UNIT),
    ]


def test_a_rename_is_suggested_and_not_done(county: County) -> None:
    county.account("road", "青石交通运输", "青石县交通运输局", seen=False)
    row = NationalEntry("weibo", "青石交通出行", host_unit="青石县交通运输局")
    doubts = matched(county, row).doubts
    assert [(doubt.kind, doubt.account.name) for doubt in doubts] == [
        (ReviewKind.RENAME, "青石交通运输")
    ]
    assert 60 <= doubts[0].score < 100


def test_the_one_that_went_and_the_one_that_came_may_be_one_whatever_they_are_called(
    county: County,
) -> None:
    county.account("road", "青石交通运输", "青石县交通运输局", seen=False)
    row = NationalEntry("weibo", "云上同行", host_unit="青石县交通运输局")
    [doubt] = matched(county, row).doubts
    assert (doubt.kind, doubt.score) == (ReviewKind.RENAME, 0)


def test_of_several_that_went_and_came_those_alike_are_paired_one_to_one(county: County) -> None:
    host = "青石县交通运输局"
    for key, name in (("road", "青石交通运输"), ("bus", "青石公交热线")):
        county.account(key, name, host, seen=False)
    rows = [NationalEntry("weibo", n, host_unit=host) for n in ("青石公交", "青石交通", "云上行")]
    matching = matched(county, *rows)
    assert {(doubt.account.name, doubt.row.name) for doubt in matching.doubts} == {
        ("青石交通运输", "青石交通"),
        ("青石公交热线", "青石公交"),
    }
    assert matching.outside_only == (rows[2],)


def test_an_id_of_its_own_speaks_against_a_rename(county: County) -> None:
    host = "青石县交通运输局"
    county.account("road", "青石交通", host, identifiers={"uid": "1000000031"}, seen=False)
    row = NationalEntry("weibo", "青石交通A", host_unit=host, identifiers={"uid": "1000000032"})
    assert matched(county, row).outside_only == (row,)


def test_a_decision_joins_what_nothing_else_would(county: County) -> None:
    row = NationalEntry("weibo", "云上同行", national_code="X1")
    account = county.accounts["agency"]
    ledger = read_ledger(county.session)
    key = outside_key(row, "national", ledger.bodies, "X1")
    decide(county.session, DecisionKind.SAME, account.uid, key, county.act)
    assert by(matched(county, row)) == [("青石县养老保险经办处", "云上同行", By.DECISION)]


def test_a_decision_keeps_apart_what_an_id_would_join(county: County) -> None:
    row = NationalEntry("weibo", "平安青石", national_code="X1", identifiers={"uid": "1000000001"})
    key = outside_key(row, "national", read_ledger(county.session).bodies, "X1")
    decide(county.session, DecisionKind.NOT_SAME, county.accounts["police"].uid, key, county.act)
    assert matched(county, row).outside_only == (row,)


def test_the_newest_decision_on_a_pair_counts(county: County) -> None:
    left, right = county.accounts["police"].uid, "outside:national:X1"
    decide(county.session, DecisionKind.NOT_SAME, left, right, county.act)
    decide(county.session, DecisionKind.SAME, left, right, county.act)
    decisions = load_decisions(county.session, NOW.date())
    assert decisions.about(left, right) is DecisionKind.SAME
    assert decisions.about(right, left) is DecisionKind.SAME


def test_only_a_person_decides(county: County) -> None:
    from registry.actors import system
    from registry.errors import ActorRequired

    act = Act(system(county.session), NOW)
    with pytest.raises(ActorRequired):
        decide(county.session, DecisionKind.SAME, "a", "b", act)


def test_every_row_and_every_account_ends_in_exactly_one_place(county: County) -> None:
    rows = [
        *county.national.values(),
        NationalEntry("weibo", "无人认领", national_code="X2"),
        NationalEntry("weibo", "平安青石", national_code="X3", host_unit="青石县公安局"),
        NationalEntry("weibo", "又一个", national_code="X4", identifiers={"uid": "1000000001"}),
    ]
    matching = matched(county, *rows)
    accounts = [
        *(pair.account.uid for pair in matching.pairs),
        *(account.uid for account in matching.ledger_only),
    ]
    codes = [
        *(pair.row.national_code for pair in matching.pairs),
        *(doubt.row.national_code for doubt in matching.doubts),
        *(row.national_code for row in matching.outside_only),
    ]
    assert sorted(accounts) == sorted(set(accounts))
    assert sorted(codes) == sorted(row.national_code for row in rows)


def test_matching_nothing_is_fine(county: County) -> None:
    ledger = read_ledger(county.session)
    decisions = load_decisions(county.session, NOW.date())
    none: list[NationalEntry] = []
    empty = match(ledger, none, catalogue=CATALOGUE, decisions=decisions, key=lambda row: row.name)
    assert len(empty.ledger_only) == len(ledger.accounts)


@pytest.mark.parametrize(
    "url, plain",
    [
        ("https://www.Weibo.com/u/1/", "weibo.com/u/1"),
        ("weibo.com/u/1#a", "weibo.com/u/1"),
        ("http://a.example:8080/x?b=1", "a.example:8080/x?b=1"),
        ("无", ""),
        ("http://[", ""),
        ("http://a.example:99999999/", ""),
    ],
)
def test_an_address_has_one_plain_spelling(url: str, plain: str) -> None:
    assert plain_url(url) == plain


_URLS = st.tuples(
    st.sampled_from(("http://", "https://", "HTTP://", "//", "", "ftp://", "https:")),
    st.sampled_from(
        ("a.gov.cn", "www.a.gov.cn", "www.cn", "www.www.a.cn", "A.cn", "a", "a..b", ".")
    ),
    st.sampled_from(("", ":80", ":8080", ":x", "@b.cn", "。", " ")),
    st.text("/a?#&=%.:@ \t中[]\\", max_size=8),
).map("".join)


@given(_URLS)
def test_an_address_told_at_a_glance_is_told_as_one_that_is_taken_apart(url: str) -> None:
    assert plain_url(url) == _taken_apart(url)


_IDS = st.sampled_from(["1000000001", "1000000002", "1000000003", "1000000006", "1000000099"])
_ROWS = st.lists(
    st.builds(
        NationalEntry,
        platform=st.just("weibo"),
        name=st.sampled_from(["平安青石", "青石融媒", "别的"]),
        host_unit=st.sampled_from(["", "青石县公安局"]),
        identifiers=st.one_of(
            st.just({}),
            st.builds(lambda uid: {"uid": uid}, _IDS),
            st.builds(lambda uid, other: {"uid": uid, "domain": other}, _IDS, _IDS),
        ),
        state=st.sampled_from(list(NationalState)),
    ),
    max_size=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=_ROWS, told=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=2))
def test_what_identifiers_alone_decide_is_what_every_step_decides(
    county: County, rows: list[NationalEntry], told: list[tuple[int, bool]]
) -> None:
    rows = [replace(row, national_code=f"C{at}") for at, row in enumerate(rows)]
    ledger = read_ledger(county.session)
    police = ledger.held_by(("weibo", "uid", "1000000001"))[0].uid
    said = {
        pair: DecisionKind.SAME if same else DecisionKind.NOT_SAME
        for at, same in told
        for pair in ((police, f"outside:national:C{at}"), (f"outside:national:C{at}", police))
    }
    picture = match_national(ledger, rows, CATALOGUE, Decisions(said))
    rank = {NationalState.LIVE: 3, NationalState.OTHER: 2, NationalState.OFFLINE_REQUESTED: 1}
    every = match(
        ledger,
        rows,
        catalogue=CATALOGUE,
        decisions=Decisions(said),
        key=picture.key,
        prefer=lambda row: rank.get(row.state, 0),
    )
    assert _placed(picture.whole()) == _placed(every)


def _placed(matching: Matching[NationalEntry]) -> list[tuple[str, str]]:
    """(account's uid, row's code) of each pair; doubts about an earlier offline row are not asked."""
    pairs = [(pair.account.uid, pair.row.national_code) for pair in matching.pairs]
    doubts = [
        (doubt.account.uid, doubt.row.national_code)
        for doubt in matching.doubts
        if doubt.kind is not ReviewKind.TWICE or doubt.row.state is not NationalState.OFFLINE
    ]
    lone = [(account.uid, "") for account in matching.ledger_only]
    return sorted([*pairs, *doubts, *lone, *(("", r.national_code) for r in matching.outside_only)])
