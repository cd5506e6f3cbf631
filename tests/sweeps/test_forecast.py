"""What politeness allows the sources."""

from __future__ import annotations

from checkers.loading import load_checkers
from sweeps.planning.forecast import Budgets

CATALOGUE = load_checkers()


def test_a_platforms_own_source_counts_at_its_slowest_host() -> None:
    budgets = Budgets(CATALOGUE, {})
    lane = "weibo:page:www.weibo.com"
    assert (budgets.host(lane), budgets.gap(lane)) == ("m.weibo.cn", 30.0)
    assert (budgets.host("bilibili:card:"), budgets.a_run("bilibili:card:")) == (
        "api.bilibili.com",
        100,
    )


def test_a_source_that_names_its_host_counts_there_with_what_a_check_takes() -> None:
    budgets = Budgets(CATALOGUE, {})
    api, pages = "wechat:api:", "wechat:article:"
    assert (budgets.host(api), budgets.gap(api)) == ("api.weixin.qq.com", 1.0)
    assert (budgets.requests(api), budgets.a_run(api), budgets.a_day(api)) == (8, 1000, 1000)
    assert (budgets.host(pages), budgets.gap(pages), budgets.a_day(pages)) == (
        "mp.weixin.qq.com",
        10.0,
        50,
    )
    assert budgets.host("weibo:api:") == "api.weibo.com"


def test_every_source_that_names_a_host_names_one_of_its_checker() -> None:
    named = [
        (source.host, checker.hosts)
        for checker in CATALOGUE.platforms.values()
        for source in checker.sources
        if source.host
    ]
    assert named and all(host in hosts for host, hosts in named)


def test_an_own_rsshub_counts_at_its_own_pace_whatever_the_platform() -> None:
    budgets = Budgets(CATALOGUE, {})
    lane = "weibo:rsshub:hub.example:1200"
    assert (budgets.host(lane), budgets.gap(lane)) == ("hub.example:1200", 5.0)


def test_any_other_feed_counts_at_the_pace_of_unknown_hosts() -> None:
    assert Budgets(CATALOGUE, {}).gap("wechat:feed:feeds.example") == 3.0


def test_the_offices_own_pace_goes_first() -> None:
    budgets = Budgets(CATALOGUE, {"m.weibo.cn": {"min_gap": 60.0, "per_run": 500, "daily": 70}})
    lane = "weibo:page:weibo.com"
    assert (budgets.gap(lane), budgets.a_run(lane), budgets.a_day(lane)) == (60.0, 70, 70)


def test_what_a_host_got_today_is_gone_from_its_day_but_not_from_a_run() -> None:
    budgets = Budgets(CATALOGUE, {"m.weibo.cn": {"min_gap": 1.0, "per_run": 50, "daily": 70}})
    lane = "weibo:page:weibo.com"
    assert [budgets.a_run(lane, spent) for spent in (0, 10, 40, 90)] == [50, 50, 30, 0]


def test_the_hours_of_a_day_bound_what_fits_into_it() -> None:
    assert Budgets(CATALOGUE, {}, hours=8).a_day("wechat:feed:feeds.example") == 8 * 3600 // 3
    assert Budgets(CATALOGUE, {}, hours=0).a_day("wechat:feed:feeds.example") == 24 * 3600 // 3


def test_checks_that_ask_nobody_cost_nothing() -> None:
    budgets = Budgets(CATALOGUE, {})
    assert (budgets.host(""), budgets.gap(""), budgets.a_day("")) == ("", 0.0, None)
