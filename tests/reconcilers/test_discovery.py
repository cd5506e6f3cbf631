"""What a site shows against the ledger: leads, known, missing, and what nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from reconcilers.decisions import load_decisions
from reconcilers.discovery import (
    Comparison,
    SeenAccount,
    Standing,
    compare,
    others_names,
    own_names,
    site_hosts,
)
from reconcilers.ledger import read_ledger
from registry.vocab import AccountState
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found

POLICE = "青石县公安局"
WECHAT = ("平安青石", "青石公安服务", "青石警方")


@pytest.fixture
def county(session: Session) -> County:
    """The county, with a site and a WeChat account of the police."""
    made = found(session)
    made.account("wx", "青石警方", POLICE, "wechat")
    site = made.account("site", "青石公安网", POLICE, "website")
    site.url = "https://www.qsga.gov.cn/index.html"
    made.account("old", "青石旧号", POLICE, "douyin", state=AccountState.CLOSING)
    session.flush()
    return made


def told(county: County, *seen: SeenAccount, **changes: Any) -> Comparison:
    unit = county.unit(POLICE)
    given: dict[str, Any] = {
        "unit": POLICE,
        "units": {unit.id},
        "below": {unit.id},
        "catalogue": CATALOGUE,
        "decisions": load_decisions(county.session, NOW.date()),
        "whole": True,
        "unread_codes": False,
    }
    return compare(read_ledger(county.session), seen, **{**given, **changes})


def lines(comparison: Comparison) -> list[tuple[Standing, str]]:
    return [(row.standing, row.name) for row in comparison.rows]


def test_what_the_site_does_not_show_is_missed_and_the_site_itself_is_not(county: County) -> None:
    assert lines(told(county)) == [
        (Standing.NOT_SHOWN, "平安青石"),
        *((Standing.NOT_SHOWN, name) for name in WECHAT),
    ]
    assert told(county).leads == ()


def test_an_account_known_by_its_id_is_known_under_its_own_name(county: County) -> None:
    seen = SeenAccount("weibo", "新名", "https://weibo.com/u/1000000001", {"uid": "1000000001"})
    assert lines(told(county, seen)) == [
        (Standing.KNOWN, "平安青石"),
        *((Standing.NOT_SHOWN, name) for name in WECHAT),
    ]


def test_an_account_of_another_unit_is_no_lead(county: County) -> None:
    seen = SeenAccount("weibo", "", "", {"uid": "1000000002"})
    rows = told(county, seen).rows
    assert [(r.standing, r.name) for r in rows if r.standing is Standing.OTHERS] == [
        (Standing.OTHERS, "青石融媒")
    ]


@pytest.mark.parametrize("host", ["青石县文化和旅游局", POLICE])
def test_a_cancelled_account_is_called_so_and_not_another_unit_s(county: County, host: str) -> None:
    closed = county.accounts["closed"]
    closed.roles[0].unit = county.unit(host)
    county.session.flush()
    seen = SeenAccount("weibo", "", "", {"uid": "1000000006"})
    assert lines(told(county, seen))[0] == (Standing.CLOSED, "青石旅游")
    assert told(county, seen).leads == ()


def test_an_unknown_account_is_a_lead_with_the_site_s_unit(county: County) -> None:
    seen = SeenAccount(
        "douyin", "青石特警", "https://v.douyin.com/x/", {}, "首页 https://a.example/"
    )
    comparison = told(county, seen)
    (lead,) = comparison.leads
    assert (lead.platform, lead.name, lead.url) == ("douyin", "青石特警", seen.url)
    assert (lead.host_unit, lead.found_where) == (POLICE, seen.where)
    assert comparison.rows[0].standing is Standing.LEAD


def test_a_wechat_code_without_a_name_says_nothing_of_any_account(county: County) -> None:
    seen = SeenAccount("wechat", "", "http://weixin.qq.com/r/A")
    comparison = told(county, seen)
    assert comparison.leads == ()
    assert (Standing.UNSURE, "青石警方") in lines(comparison)
    assert (Standing.NOT_SHOWN, "平安青石") in lines(comparison)


def test_a_wechat_code_with_the_account_s_name_is_it(county: County) -> None:
    seen = SeenAccount("wechat", "青石警方", "http://weixin.qq.com/r/A")
    assert (Standing.KNOWN, "青石警方") in lines(told(county, seen))


def test_images_that_nobody_read_may_be_what_is_missed(county: County) -> None:
    assert lines(told(county, unread_codes=True)) == [
        (Standing.NOT_SHOWN, "平安青石"),
        *((Standing.UNSURE, name) for name in WECHAT),
    ]


def test_nothing_is_missed_on_a_site_read_in_part(county: County) -> None:
    standings = {row.standing for row in told(county, whole=False).rows}
    assert standings == {Standing.UNSURE}


def test_one_account_by_two_addresses_is_no_doubt(county: County) -> None:
    first = SeenAccount("weibo", "", "https://weibo.com/u/1000000001", {"uid": "1000000001"})
    again = SeenAccount("weibo", "平安青石", "https://weibo.cn/u/1000000001", {"uid": "1000000001"})
    comparison = told(county, first, again)
    assert lines(comparison)[:2] == [(Standing.KNOWN, "平安青石")] * 2
    assert comparison.leads == ()


def test_whose_site_an_address_is(county: County) -> None:
    ledger = read_ledger(county.session)

    def names(url: str) -> list[str]:
        return [body.name for body in site_hosts(ledger, url)]

    assert names("http://qsga.gov.cn/xmt/") == [POLICE]
    assert names("https://www.qsga.gov.cn") == [POLICE]
    assert names("https://www.qingshi.gov.cn/") == []
    assert names("nonsense") == []


def test_names_tell_own_from_others(county: County) -> None:
    ledger, unit = read_ledger(county.session), county.unit(POLICE)
    own = own_names(ledger, {unit.id}, POLICE)
    assert {"青石县", "青石", POLICE, "平安青石", "青石警方"} <= own
    others = others_names(ledger, {unit.id}, own)
    assert "青石融媒" in others
    assert not own & others
