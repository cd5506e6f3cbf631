"""Leads are kept once, by whatever tells the account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.leads import LeadDraft, add_leads
from registry.models import Lead
from tests.conftest import NOW

WEIBO = LeadDraft(
    "weibo", "青石发布", "https://weibo.com/u/1", {"uid": "1000000001"}, "青石县政府", "首页"
)


def kept(session: Session) -> list[Lead]:
    return list(session.scalars(select(Lead).order_by(Lead.id)))


def test_a_lead_keeps_what_was_seen(session: Session) -> None:
    assert add_leads(session, [WEIBO], found_at=NOW) == 1
    (lead,) = kept(session)
    assert (lead.platform, lead.name, lead.url) == ("weibo", "青石发布", "https://weibo.com/u/1")
    assert (lead.identifiers, lead.host_unit) == ({"uid": "1000000001"}, "青石县政府")
    assert (lead.found_where, lead.found_at, lead.account_id) == ("首页", NOW, None)


def test_the_same_account_is_the_same_lead_whatever_else_differs(session: Session) -> None:
    again = LeadDraft("weibo", "别名", "https://weibo.cn/1", {"uid": "1000000001"}, "", "别处")
    assert add_leads(session, [WEIBO, again], found_at=NOW) == 1
    assert add_leads(session, [again], found_at=NOW + timedelta(days=1)) == 0
    assert [lead.name for lead in kept(session)] == ["青石发布"]


def test_without_an_id_the_address_tells_and_without_that_the_name(session: Session) -> None:
    code = LeadDraft("wechat", "", "http://weixin.qq.com/r/A")
    other = LeadDraft("wechat", "", "http://weixin.qq.com/r/B")
    slashed = LeadDraft("wechat", "青石", "http://weixin.qq.com/r/A/")
    assert add_leads(session, [code, other, slashed], found_at=NOW) == 2
    named = LeadDraft("app", "掌上 青石", host_unit="青石县政府")
    same = LeadDraft("app", "掌上青石", host_unit="青石县政府")
    elsewhere = LeadDraft("app", "掌上青石", host_unit="云川市政府")
    assert add_leads(session, [named, same, elsewhere], found_at=NOW) == 2


def test_one_id_of_two_platforms_is_two_accounts(session: Session) -> None:
    other = LeadDraft("toutiao", "青石发布", "", {"uid": "1000000001"})
    assert add_leads(session, [WEIBO, other], found_at=NOW) == 2
