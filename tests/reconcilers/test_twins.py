"""Entries of the ledger that are one account, and those a person must look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reconcilers.decisions import decide
from registry.findings.differences import ReviewKind
from registry.vocab import DecisionKind
from tests.conftest import NOW
from tests.reconcilers.county import County, found

MEDIA = "青石县融媒体中心"


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def second(county: County, name: str, host: str = MEDIA, **more: Any) -> None:
    """One more entry, unknown to the national system, on the platform of 青石融媒."""
    county.account("second", name, host, reported=None, **more)


def alike(county: County) -> list[tuple[str, str]]:
    """Names of the pairs in review as alike."""
    review = county.reconcile(national=False).review
    return [
        (pair.ledger["name"], pair.outside["name"])
        for pair in review
        if pair.kind is ReviewKind.ALIKE
    ]


def test_another_writing_of_one_account_s_name_without_an_id_is_the_account(
    county: County,
) -> None:
    second(county, "青石县融媒")
    result = county.reconcile(national=False)
    assert result.counts == {"DU402": 1}
    [found] = result.differences
    assert found.outside["name"] == "青石县融媒" and "有平台ID" in found.note


def test_ids_that_differ_make_two_accounts_of_one_unit(county: County) -> None:
    second(county, "青石县融媒", identifiers={"uid": "1000000077"})
    assert county.codes(national=False) == ["DU401"]
    assert alike(county) == []


def test_a_name_with_a_badge_more_may_be_a_second_account(county: County) -> None:
    second(county, "青石融媒发布")
    assert county.codes(national=False) == ["DU401"]
    assert alike(county) == [("青石融媒", "青石融媒发布")]


def test_a_doubtful_pair_stops_no_upload(county: County) -> None:
    second(county, "青石融媒发布")
    before = county.reconcile(national=False).blocking
    pair = [county.accounts[key].uid for key in ("media", "second")]
    decide(county.session, DecisionKind.NOT_SAME, pair[0], pair[1], county.act)
    after = county.reconcile(national=False, at=NOW + timedelta(hours=1))
    assert (before, after.blocking, after.review) == (after.blocking, before, ())


def test_a_pair_that_a_person_calls_the_same_is_a_duplicate(county: County) -> None:
    second(county, "青石融媒发布")
    pair = [county.accounts[key].uid for key in ("media", "second")]
    decide(county.session, DecisionKind.SAME, pair[0], pair[1], county.act)
    assert county.codes(national=False) == ["DU402"]


def test_three_entries_of_one_account_are_two_too_many(county: County) -> None:
    second(county, "青石融媒", identifiers={})
    county.account("third", "青石融媒", MEDIA, reported=None)
    result = county.reconcile(national=False)
    assert result.counts == {"DU402": 2}
    assert len({difference.discriminator for difference in result.differences}) == 1


def test_of_two_entries_the_one_with_a_sign_of_life_is_to_be_kept(county: County) -> None:
    second(county, "青石融媒")
    county.see("second", last_post_at=NOW - timedelta(days=1))
    (difference,) = county.reconcile(national=False).differences
    assert difference.subject_uid == county.accounts["second"].uid
    assert difference.ledger["identifier"] == ""
    assert difference.outside["identifier"] != ""


@pytest.mark.parametrize("name", ["青石县融媒", "青石融媒发布"])
def test_such_a_name_of_another_unit_can_be_mistaken(county: County, name: str) -> None:
    ids = {"uid": "1000000077"}
    second(county, name, "青石县国有资产公司", identifiers=ids)
    assert county.codes(national=False) == ["DU403"]


@pytest.mark.parametrize(
    "name, host",
    [
        ("青石县第三中学", "青石县第三中学"),
        ("青石县第一中学附属小学", "青石县第一中学附属小学"),
        ("云川融媒", "云川市融媒体中心"),
    ],
)
def test_look_alikes_that_are_no_duplicates_stay_apart(
    county: County, name: str, host: str
) -> None:
    second(county, name, host, identifiers={"uid": "1000000077"})
    assert county.codes(national=False) == [] and alike(county) == []


def test_a_unit_may_write_its_name_otherwise_on_another_platform(county: County) -> None:
    for platform, name in (("weibo", "青石水利"), ("douyin", "青石县水利发布")):
        county.account(platform, name, "青石县水利局", platform, reported=None)
    assert county.codes(national=False) == []


def test_accounts_of_two_units_that_may_be_one_are_a_question_and_no_look_alikes(
    county: County,
) -> None:
    county.account("full", "诗画青石", "青石县文化和旅游局", "douyin", reported=None)
    county.account("short", "诗画青石", "青石县文旅局", "douyin", reported=None)
    assert county.codes(national=False) == []
    [pair] = county.reconcile(national=False).review
    assert "青石县文旅局" in pair.why and "unit merge" in pair.why


def test_of_two_accounts_whose_ids_differ_nobody_is_asked_whether_they_are_one(
    county: County,
) -> None:
    for key, host, uid in (("full", "青石县文化和旅游局", "77"), ("short", "青石县文旅局", "78")):
        county.account(key, "诗画青石", host, reported=None, identifiers={"uid": f"10000000{uid}"})
    result = county.reconcile(national=False)
    assert (result.counts, result.review) == ({"DU403": 1}, ())
    [alike] = result.differences
    assert "名称相同" in alike.note and "unit merge" in alike.note
    assert result.stopping.found == 0


def test_names_that_only_may_mean_one_account_are_no_question_where_the_ids_differ(
    county: County,
) -> None:
    def pair(**ids: Any) -> None:
        county.account("one", "东东坡A镇", "东东坡A镇政府", reported=None, **ids)

    second(county, "东东坪A镇", "东东坪A镇政府", identifiers={"uid": "1000000077"})
    pair(identifiers={"uid": "1000000078"})
    assert alike(county) == []


@pytest.mark.parametrize(
    "name, chars",
    [("青岩融媒", "石岩"), ("青石融谋", "媒谋")],
)
def test_a_name_that_differs_by_one_character_from_another_unit_s_can_be_mistaken(
    county: County, name: str, chars: str
) -> None:
    second(county, name, "云川国有资产公司", identifiers={"uid": "1000000077"})
    (found,) = county.reconcile(national=False).differences
    assert found.code == "DU403"
    assert {found.ledger["name"], found.outside["name"]} == {"青石融媒", name}
    assert set(chars) <= set(found.note)


@pytest.mark.parametrize(
    "name, host",
    [
        ("青山融媒", "青山镇人民政府"),
        ("东石融媒", "云川国有资产公司"),
        ("青石传媒", "青石县传媒公司"),
        ("青5融媒", "云川国有资产公司"),
    ],
)
def test_a_character_that_its_own_unit_explains_or_that_is_a_direction_is_no_mistake(
    county: County, name: str, host: str
) -> None:
    second(county, name, host, identifiers={"uid": "1000000077"})
    assert county.codes(national=False) == [] and alike(county) == []


def test_of_two_accounts_alone_the_one_without_its_own_place_is_hinted_at(
    session: Session,
) -> None:
    county = County(session, found(session).act)
    county.account("one", "松岭发布", "松岭县人民政府办公室", "douyin", reported=None)
    county.account("two", "松岑发布", "云川文化公司", "douyin", reported=None)
    assert [d.code for d in county.reconcile(national=False).differences] == ["DU403"]


def test_a_word_that_several_units_are_called_by_is_no_mistake(session: Session) -> None:
    county = County(session, found(session).act)
    county.account("radio", "青石之声", "青石县融媒体中心", "douyin", reported=None)
    for key, host in (("one", "共青团云川市委员会"), ("two", "共青团临河县委员会")):
        county.account(key, "青年之声", host, "douyin", reported=None)
    pairs = {
        frozenset((each.ledger["name"], each.outside["name"]))
        for each in county.reconcile(national=False).differences
        if each.code == "DU403"
    }
    assert pairs == {frozenset({"青年之声"})}
